-- Escalation is a contract: to whom, how severe, by when an answer is due, what is asked, and how it came back.

create table public.workflow_escalations (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  execution_id uuid not null,
  customer_id uuid not null,
  raised_by uuid not null,
  assigned_to uuid not null,
  severity text not null check (severity ~ '^[a-z][a-z_]{0,39}$'),
  ask text not null check (length(ask) between 1 and 4000),
  context_pack jsonb not null default '{}' check (jsonb_typeof(context_pack) = 'object'),
  respond_by timestamptz not null,
  acknowledged_at timestamptz,
  decision text check (length(decision) between 1 and 4000),
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  ended_by text check (ended_by in ('hand_back', 'complete', 'undo', 'operator')),
  seen_at timestamptz,
  check ((ended_at is null) = (ended_by is null)),
  check (ended_by <> 'hand_back' or decision is not null),
  unique (id, company_id),
  foreign key (execution_id, company_id) references public.workflow_executions (id, company_id),
  foreign key (customer_id, company_id) references public.customers (id, company_id),
  foreign key (raised_by, company_id) references public.profiles (id, company_id),
  foreign key (assigned_to, company_id) references public.profiles (id, company_id)
);
comment on table public.workflow_escalations is 'A run handed to a colleague, with a severity, a clock and what they need to know.';
comment on column public.workflow_escalations.id is 'Identity of the escalation.';
comment on column public.workflow_escalations.company_id is 'Tenant.';
comment on column public.workflow_escalations.execution_id is 'The run.';
comment on column public.workflow_escalations.customer_id is 'The customer of the run.';
comment on column public.workflow_escalations.raised_by is 'Who asks.';
comment on column public.workflow_escalations.assigned_to is 'Who is asked; may work on the run while it lasts.';
comment on column public.workflow_escalations.severity is 'A code of severities; sets the clock.';
comment on column public.workflow_escalations.ask is 'What is asked, in words.';
comment on column public.workflow_escalations.context_pack is 'What was known in that moment: facts and answers so far.';
comment on column public.workflow_escalations.respond_by is 'When the first answer is due: so many days after it was raised as its severity says.';
comment on column public.workflow_escalations.acknowledged_at is 'When the person asked said they have it; stops the clock.';
comment on column public.workflow_escalations.decision is 'What was decided on handing back.';
comment on column public.workflow_escalations.created_at is 'When it was raised.';
comment on column public.workflow_escalations.ended_at is 'When it ended; null while it lasts.';
comment on column public.workflow_escalations.ended_by is 'What ended it: handed back, or the run was completed.';
comment on column public.workflow_escalations.seen_at is 'When whoever raised it saw the decision.';
create unique index workflow_escalations_one_open on public.workflow_escalations (execution_id) where ended_at is null;
create index workflow_escalations_execution on public.workflow_escalations (execution_id, company_id, created_at desc);
create index workflow_escalations_assigned on public.workflow_escalations (
  assigned_to, company_id
) where ended_at is null;
create index workflow_escalations_assigned_all on public.workflow_escalations (assigned_to, company_id);
create index workflow_escalations_raised on public.workflow_escalations (raised_by, company_id, created_at desc);
create index workflow_escalations_customer on public.workflow_escalations (customer_id, company_id);
create index workflow_escalations_company on public.workflow_escalations (company_id, created_at desc, id desc);

create table public.workflow_escalation_comments (
  id bigint primary key generated always as identity,
  company_id uuid not null,
  escalation_id uuid not null,
  author_id uuid not null,
  body text not null check (length(body) between 1 and 4000),
  created_at timestamptz not null default now(),
  foreign key (escalation_id, company_id) references public.workflow_escalations (id, company_id),
  foreign key (author_id, company_id) references public.profiles (id, company_id)
);
comment on table public.workflow_escalation_comments is 'What was said about an escalation; append-only.';
comment on column public.workflow_escalation_comments.id is 'Grows with time.';
comment on column public.workflow_escalation_comments.company_id is 'Tenant.';
comment on column public.workflow_escalation_comments.escalation_id is 'The escalation.';
comment on column public.workflow_escalation_comments.author_id is 'Who said it.';
comment on column public.workflow_escalation_comments.body is 'What was said.';
comment on column public.workflow_escalation_comments.created_at is 'When.';
create index workflow_escalation_comments_escalation on public.workflow_escalation_comments (
  escalation_id, company_id, id
);
create index workflow_escalation_comments_author on public.workflow_escalation_comments (author_id, company_id);
create index workflow_escalation_comments_company on public.workflow_escalation_comments (company_id);

create table public.workflow_escalation_extracts (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  escalation_id uuid not null unique,
  messages jsonb not null default '[]' check (jsonb_typeof(messages) = 'array'),
  created_at timestamptz not null default now(),
  foreign key (escalation_id, company_id) references public.workflow_escalations (id, company_id)
);
comment on table public.workflow_escalation_extracts is 'The last texts of the chat of whoever raised an escalation, given to the person asked; not for the rest of the company.';
comment on column public.workflow_escalation_extracts.id is 'Identity of the row.';
comment on column public.workflow_escalation_extracts.company_id is 'Tenant.';
comment on column public.workflow_escalation_extracts.escalation_id is 'The escalation.';
comment on column public.workflow_escalation_extracts.messages is 'At most six of role, slide_id, text (1,000 characters), at.';
comment on column public.workflow_escalation_extracts.created_at is 'When.';
create index workflow_escalation_extracts_escalation on public.workflow_escalation_extracts (escalation_id, company_id);

alter table public.workflow_escalations enable row level security;
alter table public.workflow_escalation_comments enable row level security;
alter table public.workflow_escalation_extracts enable row level security;
revoke all on public.workflow_escalations,
public.workflow_escalation_comments,
public.workflow_escalation_extracts from anon,
authenticated;
grant select on public.workflow_escalations,
public.workflow_escalation_comments,
public.workflow_escalation_extracts to authenticated;
create policy "members read their company's escalations" on public.workflow_escalations
for select to authenticated using (company_id = (select private.my_company()));
create policy "members read their company's comments on escalations" on public.workflow_escalation_comments
for select to authenticated using (company_id = (select private.my_company()));
create policy "people in an escalation and leaders read the extract of its chat" on public.workflow_escalation_extracts
for select to authenticated
using (company_id = (select private.my_company()) and ((select private.leads_team()) or exists (
  select 1 from public.workflow_escalations x
  where x.id = escalation_id and (select auth.uid()) in (x.raised_by, x.assigned_to)
)));

-- What the person asked needs to know, gathered in the moment of asking. The chat is the asker's own.
create function private.context_pack(execution uuid, asker uuid) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select
    jsonb_build_object(
      'customer', c.name, 'workflow', v.name, 'slide', e.current_slide, 'due_on', e.due_on, 'as_of', now(),
      'owner', (select p.full_name from public.profiles p where p.id = e.owner_id),
      'facts', jsonb_strip_nulls(jsonb_build_object(
        'arr', k.arr, 'renewal_date', k.ends_on, 'notice_deadline', k.notice_deadline, 'auto_renews', k.auto_renews,
        'health', h.score, 'health_band', h.band, 'open_tickets', h.open_tickets, 'open_p1', h.open_p1,
        'competitor', c.competitor
      )),
      'answers', coalesce((
        select
          jsonb_agg(
            jsonb_build_object(
              'slide_id', s.slide_id, 'status', s.status, 'answers',
              case when length(s.answers::text) <= 20000 then s.answers else '{}' end
            )
            order by array_position(v.slide_sequence, s.slide_id)
          )
        from public.workflow_step_executions s where s.execution_id = e.id and s.answers <> '{}'
      ), '[]'),
      'chat', coalesce((
        select
          jsonb_agg(
            jsonb_build_object('role', m.role, 'slide_id', m.slide_id, 'text', m.said, 'at', m.created_at)
            order by m.created_at, m.id
          )
        from (
          select m.id, m.role, t.slide_id, left(m.content ->> 'text', 1000) as said, m.created_at
          from public.workflow_chat_threads t join public.workflow_chat_messages m on m.thread_id = t.id
          where t.execution_id = e.id and t.owner_id = asker and m.role <> 'system' and m.message_type = 'text'
          order by m.created_at desc, m.id desc limit 6
        ) m
      ), '[]')
    )
  from public.workflow_executions e
  join public.customers c on c.id = e.customer_id
  join public.workflow_definition_versions v on v.id = e.definition_version_id
  left join public.current_contracts k on k.customer_id = e.customer_id
  left join
    private.health_points(
      array[current_date], array[(select x.customer_id from public.workflow_executions x where x.id = execution)]
    ) h
    on h.customer_id = e.customer_id
  where e.id = execution
$$;
comment on function private.context_pack is 'Facts, answers so far and the last six texts of the asker''s chat about a run. For functions that have checked who asks.';

create function private.escalation_context(p_execution_id uuid) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select private.context_pack(e.id, auth.uid()) from public.workflow_executions e
  where e.id = p_execution_id and e.company_id = private.my_company()
$$;
comment on function private.escalation_context is 'The whole of public.escalation_context.';

create function public.escalation_context(p_execution_id uuid) returns jsonb
language sql stable security invoker set search_path = '' as $$ select private.escalation_context(p_execution_id) $$;
comment on function public.escalation_context is 'What a colleague would be given if this run were escalated now: facts, answers, an extract of one''s own chat.';

create function private.do_escalate(me public.profiles, run public.workflow_executions, p jsonb) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  person public.profiles;
  pack jsonb;
  asked uuid;
begin
  perform private.require_transition('escalate', run, 'escalated');
  select * into person from public.profiles x where x.id = private.as_id(p ->> 'to') and x.company_id = me.company_id;
  perform private.refuse(array_remove(array[
    case when person.id is null then 'Choose who is asked.'
         when person.id = me.id then 'Choose a colleague: you cannot escalate to yourself.' end,
    case when private.response_time(run.company_id, p ->> 'severity') is null then 'Choose how severe it is.' end,
    private.words_fault(p ->> 'ask', 4000, 'Say what you ask for.')], null));
  if not person.is_active then
    raise sqlstate 'PT409' using message = format('%s has left the company.', person.full_name), hint = 'Choose somebody else; nothing was changed.';
  end if;
  pack := private.context_pack(run.id, me.id);
  perform private.begin_action('escalate', jsonb_build_object('person', person.full_name, 'severity', p ->> 'severity', 'ask', trim(p ->> 'ask')));
  update public.workflow_executions e set status = 'escalated', revision = e.revision + 1 where e.id = run.id;
  insert into public.workflow_escalations (company_id, execution_id, customer_id, raised_by, assigned_to, severity, ask, respond_by, context_pack)
  values (run.company_id, run.id, run.customer_id, me.id, person.id, p ->> 'severity', trim(p ->> 'ask'),
    now() + private.response_time(run.company_id, p ->> 'severity'), pack - 'chat')
  returning id into asked;
  insert into public.workflow_escalation_extracts (company_id, escalation_id, messages) values (run.company_id, asked, pack -> 'chat');
  return jsonb_build_object('revision', run.revision + 1, 'before', '{}'::jsonb, 'summary', format('Escalated to %s, %s.', person.full_name, p ->> 'severity'));
end;
$$;
comment on function private.do_escalate is 'Hands a run to a colleague. p: to (a person''s id), severity, ask.';

create function private.end_escalation(execution uuid, ended_by text) returns void
language sql volatile security definer set search_path = ''
as $$
  update public.workflow_escalations e set ended_at = now(), ended_by = end_escalation.ended_by
  where e.execution_id = execution and e.ended_at is null
$$;
comment on function private.end_escalation is 'Ends the escalation a run leaves without being handed back.';

create function private.open_escalation(me public.profiles, escalation uuid) returns public.workflow_escalations
language plpgsql volatile security definer set search_path = ''
as $$
declare
  asked public.workflow_escalations;
begin
  select * into asked from public.workflow_escalations x where x.id = escalation and x.company_id = me.company_id;
  if not found then
    raise sqlstate 'PT404' using message = 'This escalation does not exist, or you may not see it.';
  end if;
  perform 1 from public.workflow_executions e where e.id = asked.execution_id for no key update;
  select * into asked from public.workflow_escalations x where x.id = escalation for update;
  if asked.ended_at is not null then
    raise sqlstate 'PT409' using message = 'This escalation has ended already.', hint = 'Nothing was changed.';
  end if;
  return asked;
end;
$$;
comment on function private.open_escalation is 'An escalation that lasts, locked with its run; refuses any other with the reason.';

create function private.acknowledge_escalation(p_escalation_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.me();
  asked public.workflow_escalations := private.open_escalation(me, p_escalation_id);
begin
  if asked.assigned_to <> me.id then
    raise sqlstate 'PT403' using message = 'Only the person asked can say they have it.';
  end if;
  if asked.acknowledged_at is null then
    update public.workflow_escalations x set acknowledged_at = now() where x.id = asked.id returning * into asked;
    insert into public.workflow_execution_events (company_id, execution_id, kind, actor_id, payload)
    values (asked.company_id, asked.execution_id, 'acknowledged', me.id, jsonb_build_object('escalation_id', asked.id));
  end if;
  return jsonb_build_object('escalation_id', asked.id, 'acknowledged_at', asked.acknowledged_at);
end;
$$;
comment on function private.acknowledge_escalation is 'The whole of public.acknowledge_escalation.';

create function public.acknowledge_escalation(p_escalation_id uuid) returns jsonb
language sql volatile security invoker set search_path
= '' as $$ select private.acknowledge_escalation(p_escalation_id) $$;
comment on function public.acknowledge_escalation is 'The person asked says they have it: the clock stops. Said twice is said once.';

create function private.comment_escalation(p_escalation_id uuid, p_body text) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.me();
  asked constant public.workflow_escalations := private.open_escalation(me, p_escalation_id);
begin
  if me.id not in (asked.assigned_to, asked.raised_by) and me.role = 'csm'
     and not exists (select 1 from public.workflow_executions e where e.id = asked.execution_id and e.owner_id = me.id) then
    raise sqlstate 'PT403' using message = 'Only the people in this escalation, and managers, comment on it.';
  end if;
  perform private.refuse(array_remove(array[private.words_fault(p_body, 4000, 'Write what you want to say.')], null));
  insert into public.workflow_escalation_comments (company_id, escalation_id, author_id, body) values (asked.company_id, asked.id, me.id, trim(p_body));
  insert into public.workflow_execution_events (company_id, execution_id, kind, actor_id, payload)
  values (asked.company_id, asked.execution_id, 'commented', me.id, jsonb_build_object('escalation_id', asked.id, 'words', left(trim(p_body), 300)));
  return jsonb_build_object('escalation_id', asked.id);
end;
$$;
comment on function private.comment_escalation is 'The whole of public.comment_escalation.';

create function public.comment_escalation(p_escalation_id uuid, p_body text) returns jsonb
language sql volatile security invoker set search_path
= '' as $$ select private.comment_escalation(p_escalation_id, p_body) $$;
comment on function public.comment_escalation is 'A comment on an escalation that lasts, by the people in it or a leader.';

create function private.hand_back_escalation(p_escalation_id uuid, p_decision text, p_key uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.me();
  done public.saved_action_runs := private.earlier_click(me, p_key);
  asked public.workflow_escalations;
  run public.workflow_executions;
begin
  if done.id is not null then
    return private.same_click(done, done.kind = 'hand_back' and done.before ->> 'escalation_id' = p_escalation_id::text);
  end if;
  asked := private.open_escalation(me, p_escalation_id);
  if me.id <> asked.assigned_to and me.role = 'csm' then
    raise sqlstate 'PT403' using message = 'Only the person asked, or a manager, hands it back.';
  end if;
  perform private.refuse(array_remove(array[private.words_fault(p_decision, 4000, 'Say what was decided.')], null));
  select * into run from public.workflow_executions e where e.id = asked.execution_id;
  perform private.require_transition('hand_back', run, 'active');
  perform private.begin_action('hand_back', jsonb_build_object('decision', trim(p_decision)));
  update public.workflow_executions e set status = 'active', revision = e.revision + 1 where e.id = run.id returning * into run;
  update public.workflow_escalations x
  set ended_at = now(), ended_by = 'hand_back', decision = trim(p_decision), acknowledged_at = coalesce(x.acknowledged_at, now())
  where x.id = asked.id;
  return private.record_action(me, null, 'hand_back', 'Hand back', run, run.customer_id, null, jsonb_build_object('decision', trim(p_decision)), p_key, 'inbox',
    jsonb_build_object('before', jsonb_build_object('escalation_id', asked.id), 'summary', 'Handed back with a decision.'));
end;
$$;
comment on function private.hand_back_escalation is 'The whole of public.hand_back_escalation.';

create function public.hand_back_escalation(p_escalation_id uuid, p_decision text, p_key uuid) returns jsonb
language sql volatile security invoker set search_path
= '' as $$ select private.hand_back_escalation(p_escalation_id, p_decision, p_key) $$;
comment on function public.hand_back_escalation is 'Gives an escalated run back with a decision; can be undone for 24 hours. p_key is one for each click.';

create function private.see_decision(p_escalation_id uuid) returns void
language sql volatile security definer set search_path = ''
as $$
  update public.workflow_escalations x set seen_at = now()
  where
    x.id = p_escalation_id
    and x.raised_by = (select auth.uid())
    and x.company_id = (select private.my_company())
    and x.ended_at is not null
    and x.seen_at is null
$$;
comment on function private.see_decision is 'The whole of public.see_decision.';

create function public.see_decision(p_escalation_id uuid) returns void
language sql volatile security invoker set search_path = '' as $$ select private.see_decision(p_escalation_id) $$;
comment on function public.see_decision is 'Whoever raised an escalation has seen what was decided: it leaves their inbox.';

create function private.escalation_of(execution uuid) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select
    to_jsonb(x) || jsonb_build_object(
      'context_pack', x.context_pack || jsonb_build_object('chat', coalesce((
        select m.messages from public.workflow_escalation_extracts m where m.escalation_id = x.id
      ), '[]')),
      'raised_by_name',
      r.full_name,
      'assigned_to_name',
      a.full_name,
      'is_overdue',
      x.ended_at is null and x.acknowledged_at is null and x.respond_by < now(),
      'comments', coalesce((
        select
          jsonb_agg(
            jsonb_build_object('body', c.body, 'author_name', p.full_name, 'created_at', c.created_at) order by c.id
          )
        from public.workflow_escalation_comments c
        join public.profiles p on p.id = c.author_id
        where c.escalation_id = x.id
      ), '[]')
    )
  from public.workflow_escalations x
  join public.profiles r on r.id = x.raised_by join public.profiles a on a.id = x.assigned_to
  where x.execution_id = execution order by x.created_at desc, x.id limit 1
$$;
comment on function private.escalation_of is 'The latest escalation of a run, with its people, clock and comments, and the extract of the chat where one may see it; null when there was none.';

grant execute on function private.escalation_context, public.escalation_context, private.acknowledge_escalation,
public.acknowledge_escalation, private.comment_escalation, public.comment_escalation, private.hand_back_escalation,
public.hand_back_escalation, private.see_decision, public.see_decision, private.escalation_of to authenticated;
