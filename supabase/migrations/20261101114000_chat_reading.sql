-- Reading conversations: the panel beside a slide and a whole conversation, each in one request; tokens and cost.

create function private.thread_header(thread uuid) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select
    to_jsonb(t) || jsonb_build_object(
      'is_own', coalesce(t.owner_id = auth.uid(), false), 'owner_name', p.full_name,
      'messages', said.messages, 'last_message_at', said.last_at
    )
  from public.workflow_chat_threads t join public.profiles p on p.id = t.owner_id
  cross join
    lateral (
      select count(*) as messages, max(m.created_at) as last_at
      from public.workflow_chat_messages m
      where m.thread_id = t.id
    ) said
  where t.id = thread and private.can_read_thread(t.id)
$$;
comment on function private.thread_header is
'A conversation with the name of its owner, how many messages it has and when the last one was.';

-- Definer, with the rule of the conversation inside: the policies would evaluate it for every row.
create function private.thread_messages(thread uuid, most int) returns jsonb
language sql stable security definer set search_path = ''
as $$
  with readable as materialized (select thread as id where private.can_read_thread(thread)),
  newest as (
    select m.* from public.workflow_chat_messages m where m.thread_id = (select id from readable)
    order by m.created_at desc, m.position desc, m.id desc limit most
  )
  select jsonb_build_object(
    'messages', coalesce((select jsonb_agg(to_jsonb(n) order by n.created_at, n.position, n.id) from newest n), '[]'),
    'feedback', coalesce((
      select jsonb_agg(to_jsonb(f) || jsonb_build_object('person_name', p.full_name) order by f.created_at)
      from public.workflow_chat_feedback f join public.profiles p on p.id = f.person_id
      where f.message_id in (select n.id from newest n)
    ), '[]'),
    'tool_calls', coalesce((
      select jsonb_agg(private.tool_call_json(c) order by c.created_at, c.id)
      from public.workflow_llm_tool_calls c where c.thread_id = (select id from readable)
    ), '[]')
  )
$$;
comment on function private.thread_messages is
'The newest messages of a conversation in order, their feedback, and its tool calls.';

create function private.offered_branches(execution uuid, slide text) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select
    coalesce(jsonb_agg(
      to_jsonb(n) || jsonb_build_object('position', n.place, 'action', case
        when a.id is not null
          then
            jsonb_build_object('id', a.id, 'kind', a.kind, 'name', a.name, 'description', a.description)
      end)
      order by n.place, n.label
    ), '[]')
  from public.workflow_executions e
  cross join private.list_branches_of_version(e.definition_version_id, slide) n
  left join public.saved_actions a on a.id = n.saved_action_id and a.archived_at is null
  where e.id = execution and (n.branch_type <> 'saved_action' or a.id is not null)
$$;
comment on function private.offered_branches is
'Branches offered on a slide of a run: those of the version the run is pinned to, with the action of each.';

create function public.chat_panel(p_execution_id uuid, p_slide_id text, p_thread_id uuid default null) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  shown public.workflow_chat_threads;
begin
  perform private.require_member();
  if not exists (select 1 from public.workflow_executions e where e.id = p_execution_id) then
    raise sqlstate 'PT404' using message = 'This run does not exist, or you don''t have access to it.';
  end if;
  select t.* into shown from public.workflow_chat_threads t
  where t.execution_id = p_execution_id and t.slide_id = p_slide_id
    and case when p_thread_id is null then t.owner_id = auth.uid() and t.status = 'active' else t.id = p_thread_id end
  order by t.created_at desc, t.id desc limit 1;
  return jsonb_build_object(
    'thread', case when shown.id is not null then private.thread_header(shown.id) end,
    'threads', coalesce((
      select jsonb_agg(private.thread_header(t.id) order by t.created_at desc, t.id desc) from (
        select * from public.workflow_chat_threads t
        where t.execution_id = p_execution_id and t.slide_id = p_slide_id
          and (t.owner_id = auth.uid() or t.is_shared)
        order by t.created_at desc, t.id desc limit 50) t), '[]'),
    'thread_count', (
      select count(*) from public.workflow_chat_threads t
      where t.execution_id = p_execution_id and t.slide_id = p_slide_id
        and (t.owner_id = auth.uid() or t.is_shared)),
    'branches', private.offered_branches(p_execution_id, p_slide_id),
    'tokens_today', private.tokens_used_today(), 'model_budget', private.model_budget())
    || private.thread_messages(shown.id, 500);
end;
$$;
comment on function public.chat_panel is
'The chat of a slide: the person''s open conversation (or the one named) with its newest 500 messages, headers of the '
'latest 50 own and shared ones and the number of all, branches offered.';

create function public.chat_thread(p_thread_id uuid, p_most int default 2000) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  thread public.workflow_chat_threads;
begin
  perform private.require_member();
  select * into thread from public.workflow_chat_threads where id = p_thread_id;
  if not found then
    raise sqlstate 'PT404' using message = 'This conversation does not exist, or you don''t have access to it.';
  end if;
  return (
    select jsonb_build_object(
      'thread', private.thread_header(thread.id),
      'customer', jsonb_build_object('id', c.id, 'name', c.name),
      'workflow', jsonb_build_object(
        'workflow_id', e.workflow_id, 'name', v.name, 'version', v.version, 'status', e.status),
      'contexts', coalesce((
        select jsonb_agg(to_jsonb(x) order by x.created_at, x.id)
        from public.workflow_llm_context x where x.thread_id = thread.id), '[]'))
      || private.thread_messages(thread.id, greatest(1, least(coalesce(p_most, 2000), 50000)))
    from public.workflow_executions e
    join public.customers c on c.id = e.customer_id
    join public.workflow_definition_versions v on v.id = e.definition_version_id
    where e.id = thread.execution_id);
end;
$$;
comment on function public.chat_thread is
'A whole conversation: messages (the newest p_most, up to 50,000), feedback, tool calls and what the model was given.';

create function private.chat_usage(p_days int)
returns table (
  day date,
  workflow_id text,
  person_id uuid,
  person_name text,
  answers bigint,
  input_tokens bigint,
  output_tokens bigint,
  cost_usd numeric, not_reported bigint
)
language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.require_member();
  if coalesce(p_days, 0) not between 1 and 366 then
    raise sqlstate 'PT400' using message = 'Choose 1 to 366 days of usage.';
  end if;
  return query
  with used as (
    select m.created_at as used_at, e.workflow_id as workflow, t.owner_id as person, m.input_tokens as input,
      m.output_tokens as output, m.cost_usd as cost
    from public.workflow_chat_messages m
    join public.workflow_chat_threads t on t.id = m.thread_id
    join public.workflow_executions e on e.id = t.execution_id
    where m.company_id = private.current_company_id() and m.role = 'assistant' and m.position = 0
      and m.model is not null
    union all
    select p.asked_at, 'drafts-by-description', p.author_id, p.input_tokens, p.output_tokens, p.cost_usd
    from public.workflow_proposals p
    where p.company_id = private.current_company_id() and p.status <> 'asked' and p.model <> 'rules'
  )
  select private.today(u.used_at), u.workflow, u.person, p.full_name, count(*),
    sum(u.input)::bigint, sum(u.output)::bigint, sum(u.cost),
    count(*) filter (where u.input is null or u.output is null)
  from used u join public.profiles p on p.id = u.person
  where (u.person = auth.uid() or private.is_team_lead())
    and u.used_at >= date_trunc('day', now(), private.time_zone()) - make_interval(days => p_days - 1)
  group by 1, 2, 3, 4
  order by 1 desc, 2, 4;
end;
$$;
comment on function private.chat_usage is 'See public.chat_usage.';

create function public.chat_usage(p_days int default 30)
returns table (
  day date,
  workflow_id text,
  person_id uuid,
  person_name text,
  answers bigint,
  input_tokens bigint,
  output_tokens bigint,
  cost_usd numeric, not_reported bigint
)
language sql stable security invoker set search_path = ''
as $$ select * from private.chat_usage(p_days) $$;
comment on function public.chat_usage is
'Tokens and cost by day where the person is, workflow and person: one''s own, or the team''s for leaders; those of '
'drafts by description too. Sums are of what was reported; not_reported counts the other answers.';

grant execute on function private.thread_header, private.thread_messages, private.offered_branches, public.chat_panel,
public.chat_thread, private.chat_usage, public.chat_usage to authenticated;
