-- Escalating a run to a colleague: severity, response time, question, comments, decision.

create table public.workflow_escalations (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  execution_id uuid not null,
  customer_id uuid not null,
  raised_by uuid not null,
  assigned_to uuid not null,
  severity text not null check (severity ~ '^[a-z][a-z_]{0,39}$'),
  ask text not null check (length(ask) between 1 and 4000 and not private.is_blank(ask)),
  context_pack jsonb not null default '{}' check (
    private.is_readable_json(context_pack) and jsonb_typeof(context_pack) = 'object'
  ),
  respond_by private.moment not null,
  clock_started_at private.moment not null default now(),
  acknowledged_at private.moment,
  decision text check (length(decision) <= 4000 and (decision is null or not private.is_blank(decision))),
  created_at private.moment not null default now(),
  ended_at private.moment,
  ended_by text check (ended_by in ('hand_back', 'withdraw', 'complete', 'undo', 'operator')),
  seen_at private.moment,
  check ((ended_at is null) = (ended_by is null)),
  check (ended_by <> 'hand_back' or decision is not null),
  unique (id, company_id),
  foreign key (execution_id, company_id) references public.workflow_executions (id, company_id),
  foreign key (customer_id, company_id) references public.customers (id, company_id),
  foreign key (raised_by, company_id) references public.profiles (id, company_id),
  foreign key (assigned_to, company_id) references public.profiles (id, company_id)
);
comment on table public.workflow_escalations is
'An escalation of a run to a colleague: severity, response time, question, decision.';
comment on column public.workflow_escalations.id is 'Identity of the escalation.';
comment on column public.workflow_escalations.company_id is 'Tenant.';
comment on column public.workflow_escalations.execution_id is 'The run.';
comment on column public.workflow_escalations.customer_id is 'The customer of the run.';
comment on column public.workflow_escalations.raised_by is 'Who escalated.';
comment on column public.workflow_escalations.assigned_to is
'Who it is assigned to; may change the run while it is open.';
comment on column public.workflow_escalations.severity is 'A code of severities; sets the response time.';
comment on column public.workflow_escalations.ask is 'What is asked for.';
comment on column public.workflow_escalations.context_pack is 'Facts and answers at that time.';
comment on column public.workflow_escalations.respond_by is 'When a response is due, by severity.';
comment on column public.workflow_escalations.clock_started_at is
'When it was raised or last redirected: from then on the days of its severity count.';
comment on column public.workflow_escalations.acknowledged_at is
'When it was acknowledged, which stops the response clock.';
comment on column public.workflow_escalations.decision is 'The decision it was handed back with.';
comment on column public.workflow_escalations.created_at is 'When it was raised.';
comment on column public.workflow_escalations.ended_at is 'When it ended; null while it is open.';
comment on column public.workflow_escalations.ended_by is
'What ended it: hand_back, withdraw, complete, undo or operator.';
comment on column public.workflow_escalations.seen_at is 'When the decision was seen by whoever raised it, or by who deals with it for them.';
create unique index workflow_escalations_one_open on public.workflow_escalations (execution_id) where ended_at is null;
create index workflow_escalations_execution on public.workflow_escalations (execution_id, company_id, created_at desc);
create index workflow_escalations_assigned on public.workflow_escalations (
  assigned_to, company_id
) where ended_at is null;
create index workflow_escalations_assigned_all on public.workflow_escalations (assigned_to, company_id);
create index workflow_escalations_raised on public.workflow_escalations (raised_by, company_id, created_at desc);
create index workflow_escalations_customer on public.workflow_escalations (customer_id, company_id);
create index workflow_escalations_unseen on public.workflow_escalations (
  company_id, raised_by
) where ended_by = 'hand_back' and seen_at is null;
create index workflow_escalations_company on public.workflow_escalations (company_id, created_at desc, id desc);

create table public.workflow_escalation_comments (
  id bigint primary key generated always as identity,
  company_id uuid not null,
  escalation_id uuid not null,
  author_id uuid not null,
  body text not null check (length(body) between 1 and 4000),
  created_at private.moment not null default now(),
  foreign key (escalation_id, company_id) references public.workflow_escalations (id, company_id),
  foreign key (author_id, company_id) references public.profiles (id, company_id)
);
comment on table public.workflow_escalation_comments is 'A comment on an escalation; append-only.';
comment on column public.workflow_escalation_comments.id is 'Grows with time.';
comment on column public.workflow_escalation_comments.company_id is 'Tenant.';
comment on column public.workflow_escalation_comments.escalation_id is 'The escalation.';
comment on column public.workflow_escalation_comments.author_id is 'Who wrote it.';
comment on column public.workflow_escalation_comments.body is 'Text of the comment.';
comment on column public.workflow_escalation_comments.created_at is 'When it was written.';
create index workflow_escalation_comments_escalation on public.workflow_escalation_comments (
  escalation_id, company_id, id
);
create index workflow_escalation_comments_author on public.workflow_escalation_comments (author_id, company_id);
create index workflow_escalation_comments_company on public.workflow_escalation_comments (company_id);

create table public.workflow_escalation_extracts (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  escalation_id uuid not null unique,
  messages jsonb not null default '[]' check (private.is_readable_json(messages) and jsonb_typeof(messages) = 'array'),
  created_at private.moment not null default now(),
  foreign key (escalation_id, company_id) references public.workflow_escalations (id, company_id)
);
comment on table public.workflow_escalation_extracts is
'The last texts of the chat of whoever escalated, for the person it is assigned to and leaders.';
comment on column public.workflow_escalation_extracts.id is 'Identity of the row.';
comment on column public.workflow_escalation_extracts.company_id is 'Tenant.';
comment on column public.workflow_escalation_extracts.escalation_id is 'The escalation.';
comment on column public.workflow_escalation_extracts.messages is
'At most six of role, slide_id, text (1,000 characters), at; an answer''s row as signed.';
comment on column public.workflow_escalation_extracts.created_at is 'When it was escalated.';
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
for select to authenticated using (company_id = (select private.current_company_id()));
create policy "members read their company's comments on escalations" on public.workflow_escalation_comments
for select to authenticated using (company_id = (select private.current_company_id()));
create policy "people in an escalation and leaders read its chat extract" on public.workflow_escalation_extracts
for select to authenticated
using (company_id = (select private.current_company_id()) and ((select private.is_team_lead()) or exists (
  select 1 from public.workflow_escalations x
  where x.id = escalation_id and (select auth.uid()) in (x.raised_by, x.assigned_to)
)));

create function private.build_escalation_context(execution uuid, asker uuid, today date) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select
    jsonb_build_object(
      'customer',
      c.name,
      'workflow',
      v.name,
      'category',
      v.category,
      'slide',
      e.current_slide,
      'due_on',
      e.due_on,
      'as_of',
      now(),
      'owner', (select p.full_name from public.profiles p where p.id = e.owner_id),
      'assigned_to', (select p.full_name from public.profiles p where p.id = e.assigned_to),
      'facts', jsonb_strip_nulls(jsonb_build_object(
        'arr', k.arr, 'renewal_date', k.ends_on, 'notice_deadline', k.notice_deadline, 'auto_renews', k.auto_renews,
        'health', h.score, 'health_band', h.band, 'open_tickets', h.open_tickets, 'open_p1', h.open_p1,
        'competitor', c.competitor
      )),
      'answers', coalesce((
        select
          jsonb_agg(
            jsonb_build_object(
              'slide_id', s.slide_id, 'status', s.status, 'is_too_long', length(s.answers::text) > 20000, 'answers',
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
            || case when m.signed is null then '{}' else jsonb_build_object('signed', m.signed) end
            order by m.created_at, m.id
          )
        from (
          select
            m.id, m.role, t.slide_id, left(m.content ->> 'text', 1000) as said, m.created_at,
            -- The whole row, so that the app can verify its signature; a very long answer stays unverified.
            case
              when m.role = 'assistant' and length(m.content::text) <= 20000
                then to_jsonb(m) - '{id,company_id,created_at,estimated_tokens}'::text[]
            end as signed
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
      array[today], array[(select x.customer_id from public.workflow_executions x where x.id = execution)]
    ) h
    on h.customer_id = e.customer_id
  where e.id = execution
$$;
comment on function private.build_escalation_context is
'Facts, answers and the last six texts of one''s chat about a run. The caller checks the rights.';

create function private.escalation_context(p_execution_id uuid) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select private.build_escalation_context(e.id, auth.uid(), private.today()) from public.workflow_executions e
  where e.id = p_execution_id and e.company_id = private.current_company_id()
$$;
comment on function private.escalation_context is 'See public.escalation_context.';

create function public.escalation_context(p_execution_id uuid) returns jsonb
language sql stable security invoker set search_path = ''
as $$ select private.escalation_context(p_execution_id) $$;
comment on function public.escalation_context is
'What a colleague would be given if this run were escalated now: facts, answers, an extract of one''s own chat.';

create function private.escalate_run(me public.profiles, run public.workflow_executions, p jsonb) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  severity constant text := p ->> 'severity';
  ask constant text := trim(p ->> 'ask');
  person public.profiles;
  context jsonb;
  escalation uuid;
begin
  perform private.require_transition('escalate', run, 'escalated');
  select * into person from public.profiles x
  where x.id = private.parse_uuid(p ->> 'to') and x.company_id = me.company_id;
  perform private.raise_invalid(array[
    case when person.id is null then 'Choose a colleague.'
         when person.id = me.id then 'You cannot escalate to yourself. Choose a colleague.' end,
    case when coalesce((private.find_severity(run.company_id, severity)).is_archived, true)
         then 'Choose a severity.' end,
    private.text_error(ask, 4000, 'Say what you need.')]);
  if not person.is_active then
    raise sqlstate 'PT409' using message = format('%s has left the company.', person.full_name),
      hint = 'Choose someone else. Nothing was changed.';
  end if;
  context := private.build_escalation_context(run.id, me.id, private.today());
  perform private.transition(run, 'escalate', '{"status": "escalated"}', jsonb_build_object(
    'person', person.full_name, 'severity', severity, 'ask', ask));
  insert into public.workflow_escalations (
    company_id, execution_id, customer_id, raised_by, assigned_to, severity, ask, respond_by, context_pack)
  values (
    run.company_id, run.id, run.customer_id, me.id, person.id, severity, ask,
    private.response_deadline(run.company_id, severity), context - 'chat')
  returning id into escalation;
  insert into public.workflow_escalation_extracts (company_id, escalation_id, messages)
  values (run.company_id, escalation, context -> 'chat');
  return jsonb_build_object(
    'revision', run.revision + 1, 'summary', format('Escalated to %s, %s.', person.full_name,
      lower(private.severity_label(run.company_id, severity))));
end;
$$;
comment on function private.escalate_run is
'Escalates a run to a colleague. p: to (the id of a person), severity, ask.';

create function private.end_escalation(execution uuid, ended_by text) returns void
language sql volatile security definer set search_path = ''
as $$
  update public.workflow_escalations e set ended_at = now(), ended_by = end_escalation.ended_by
  where e.execution_id = execution and e.ended_at is null
$$;
comment on function private.end_escalation is 'Ends the open escalation of a run, if there is one, without a decision.';

create function private.lock_open_escalation(me public.profiles, escalation uuid) returns public.workflow_escalations
language plpgsql volatile security definer set search_path = ''
as $$
declare
  found_escalation public.workflow_escalations;
begin
  select * into found_escalation from public.workflow_escalations x
  where x.id = escalation and x.company_id = me.company_id;
  if not found then
    raise sqlstate 'PT404' using message = 'This escalation does not exist, or you don''t have access to it.';
  end if;
  -- The run first, as every action locks it: the other way round two people would wait for each other.
  perform 1 from public.workflow_executions e where e.id = found_escalation.execution_id for no key update;
  select * into found_escalation from public.workflow_escalations x where x.id = escalation for update;
  if found_escalation.ended_at is not null then
    raise sqlstate 'PT409' using message = 'This escalation has already ended.', hint = 'Nothing was changed.';
  end if;
  return found_escalation;
end;
$$;
comment on function private.lock_open_escalation is
'An open escalation of one''s company, locked with its run; raises PT404 or PT409 for any other.';

create function private.acknowledge_escalation(p_escalation_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
  escalation public.workflow_escalations := private.lock_open_escalation(me, p_escalation_id);
begin
  if escalation.assigned_to <> all(private.represented_people()) then
    raise sqlstate 'PT403' using message = 'Only the assignee can acknowledge it.';
  end if;
  if escalation.acknowledged_at is null then
    update public.workflow_escalations x set acknowledged_at = now() where x.id = escalation.id
    returning * into escalation;
    perform private.log_execution_event(
      escalation.company_id, escalation.execution_id, 'acknowledged',
      jsonb_build_object('escalation_id', escalation.id));
  end if;
  return jsonb_build_object('escalation_id', escalation.id, 'acknowledged_at', escalation.acknowledged_at);
end;
$$;
comment on function private.acknowledge_escalation is 'See public.acknowledge_escalation.';

create function public.acknowledge_escalation(p_escalation_id uuid) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.acknowledge_escalation(p_escalation_id) $$;
comment on function public.acknowledge_escalation is
'Acknowledges an escalation assigned to oneself, which stops its response clock. Idempotent.';

create function private.comment_escalation(p_escalation_id uuid, p_body text) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
  escalation constant public.workflow_escalations := private.lock_open_escalation(me, p_escalation_id);
begin
  if not array[escalation.assigned_to, escalation.raised_by] && private.represented_people()
     and me.role = 'csm' and not exists (
    select 1 from public.workflow_executions e
    where e.id = escalation.execution_id and private.works_on_run(e)) then
    raise sqlstate 'PT403' using message = 'Only the people in this escalation and managers can comment on it.';
  end if;
  perform private.raise_invalid(array[private.text_error(p_body, 4000, 'Write a comment.')]);
  insert into public.workflow_escalation_comments (company_id, escalation_id, author_id, body)
  values (escalation.company_id, escalation.id, me.id, trim(p_body));
  perform private.log_execution_event(
    escalation.company_id, escalation.execution_id, 'commented',
    jsonb_build_object('escalation_id', escalation.id, 'words', left(trim(p_body), 300)));
  return jsonb_build_object('escalation_id', escalation.id);
end;
$$;
comment on function private.comment_escalation is 'See public.comment_escalation.';

create function public.comment_escalation(p_escalation_id uuid, p_body text) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.comment_escalation(p_escalation_id, p_body) $$;
comment on function public.comment_escalation is 'Comments on an open escalation: for the people in it and leaders.';

create function private.hand_back_escalation(p_escalation_id uuid, p_decision text, p_key uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
  done public.saved_action_runs := private.find_action_run(me, p_key);
  escalation public.workflow_escalations;
  run public.workflow_executions;
begin
  if done.id is not null then
    return private.replay_action_run(
      done, done.kind = 'hand_back' and done.before ->> 'escalation_id' = p_escalation_id::text);
  end if;
  escalation := private.lock_open_escalation(me, p_escalation_id);
  if escalation.assigned_to <> all(private.represented_people()) and me.role = 'csm' then
    raise sqlstate 'PT403' using message = 'Only the assignee or a manager can hand it back.';
  end if;
  perform private.raise_invalid(array[private.text_error(p_decision, 4000, 'Say what was decided.')]);
  select * into run from public.workflow_executions e where e.id = escalation.execution_id;
  update public.workflow_escalations x
  set ended_at = now(), ended_by = 'hand_back', decision = trim(p_decision),
      acknowledged_at = coalesce(x.acknowledged_at, now())
  where x.id = escalation.id;
  run := private.transition(
    run, 'hand_back', '{"status": "active"}', jsonb_build_object('decision', trim(p_decision)));
  return private.record_action_run(me, run, jsonb_build_object(
    'kind', 'hand_back', 'name', 'Hand back', 'idempotency_key', p_key, 'source', 'page',
    'parameters', jsonb_build_object('decision', trim(p_decision)),
    'before', jsonb_build_object('escalation_id', escalation.id, 'acknowledged_at', escalation.acknowledged_at),
    'summary', 'Handed back with a decision.'));
end;
$$;
comment on function private.hand_back_escalation is 'See public.hand_back_escalation.';

create function public.hand_back_escalation(p_escalation_id uuid, p_decision text, p_key uuid) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.hand_back_escalation(p_escalation_id, p_decision, p_key) $$;
comment on function public.hand_back_escalation is
'Gives an escalated run back with a decision; can be undone for 24 hours. p_key is one for each click.';

create function private.require_may_take_back(me public.profiles, escalation public.workflow_escalations) returns void
language plpgsql stable set search_path = ''
as $$
begin
  if me.id <> escalation.raised_by and me.role = 'csm' then
    raise sqlstate 'PT403' using message = 'Only the person who escalated this or a manager can change it.';
  end if;
end;
$$;
comment on function private.require_may_take_back is
'Raises PT403 unless the person raised the escalation or leads a team.';

create function private.notify_about_escalation(
  me public.profiles, escalation public.workflow_escalations, body text
) returns uuid
language plpgsql volatile security definer set search_path = ''
as $$
declare
  notice uuid;
begin
  insert into public.notices (company_id, person_id, from_id, customer_id, execution_id, body)
  select me.company_id, escalation.assigned_to, me.id, escalation.customer_id, escalation.execution_id, left(body, 2000)
  where escalation.assigned_to <> me.id
  returning id into notice;
  return notice;
end;
$$;
comment on function private.notify_about_escalation is
'Writes a notice to the person an escalation is assigned to, unless it is oneself; returns its id.';

create function private.withdraw_escalation(p_escalation_id uuid, p_reason text, p_key uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
  done public.saved_action_runs := private.find_action_run(me, p_key);
  reason constant text := nullif(trim(p_reason), '');
  escalation public.workflow_escalations;
  run public.workflow_executions;
  notice uuid;
begin
  if done.id is not null then
    return private.replay_action_run(
      done, done.kind = 'withdraw' and done.before ->> 'escalation_id' = p_escalation_id::text);
  end if;
  escalation := private.lock_open_escalation(me, p_escalation_id);
  perform private.require_may_take_back(me, escalation);
  perform private.raise_invalid(array[private.length_error(reason, 1000)]);
  select * into run from public.workflow_executions e where e.id = escalation.execution_id;
  run := private.transition(
    run, 'withdraw', '{"status": "active"}', jsonb_strip_nulls(jsonb_build_object('reason', reason)));
  notice := private.notify_about_escalation(
    me, escalation, format('%s withdrew the escalation to you%s', me.full_name, coalesce(': ' || reason, '.')));
  return private.record_action_run(me, run, jsonb_build_object(
    'kind', 'withdraw', 'name', 'Withdraw', 'idempotency_key', p_key, 'source', 'page',
    'parameters', jsonb_strip_nulls(jsonb_build_object('reason', reason)),
    'before', jsonb_build_object(
      'escalation_id', escalation.id, 'acknowledged_at', escalation.acknowledged_at, 'notice_id', notice),
    'summary', 'Withdrew the escalation.'));
end;
$$;
comment on function private.withdraw_escalation is 'See public.withdraw_escalation.';

create function public.withdraw_escalation(p_escalation_id uuid, p_reason text, p_key uuid) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.withdraw_escalation(p_escalation_id, p_reason, p_key) $$;
comment on function public.withdraw_escalation is
'Takes an escalated run back, for whoever raised it and leaders, with a notice to the person it was assigned to. Can '
'be undone for 24 hours. p_key is one for each click.';

create function private.find_new_assignee(
  me public.profiles, escalation public.workflow_escalations, person uuid
) returns public.profiles
language plpgsql stable security definer set search_path = ''
as $$
declare
  found_person public.profiles;
begin
  select * into found_person from public.profiles p where p.id = person and p.company_id = me.company_id;
  perform private.raise_invalid(array[case
    when found_person.id is null then 'Choose a colleague.'
    when found_person.id = escalation.assigned_to then format('It is already with %s.', found_person.full_name)
    when found_person.id = escalation.raised_by then 'Choose someone other than the person who escalated it.' end]);
  if not found_person.is_active then
    raise sqlstate 'PT409' using message = format('%s has left the company.', found_person.full_name),
      hint = 'Choose someone else. Nothing was changed.';
  end if;
  return found_person;
end;
$$;
comment on function private.find_new_assignee is
'The colleague an escalation can go to instead; raises PT400 or PT409 for anybody else.';

create function private.redirect_escalation(p_escalation_id uuid, p_to uuid, p_key uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
  done public.saved_action_runs := private.find_action_run(me, p_key);
  escalation public.workflow_escalations;
  person public.profiles;
  run public.workflow_executions;
  notice uuid;
begin
  if done.id is not null then
    return private.replay_action_run(done, done.kind = 'redirect'
      and done.before ->> 'escalation_id' = p_escalation_id::text and done.parameters ->> 'to' = p_to::text);
  end if;
  escalation := private.lock_open_escalation(me, p_escalation_id);
  perform private.require_may_take_back(me, escalation);
  person := private.find_new_assignee(me, escalation, p_to);
  select * into run from public.workflow_executions e where e.id = escalation.execution_id;
  run := private.transition(run, 'redirect', '{}', jsonb_build_object('person', person.full_name));
  notice := private.notify_about_escalation(me, escalation, format(
    '%s redirected this escalation to %s.', me.full_name, person.full_name));
  update public.workflow_escalations x
  set assigned_to = person.id, acknowledged_at = null, clock_started_at = now(),
      respond_by = coalesce(
        private.response_deadline(x.company_id, x.severity), now() + (x.respond_by - x.created_at))
  where x.id = escalation.id;
  return private.record_action_run(me, run, jsonb_build_object(
    'kind', 'redirect', 'name', 'Redirect', 'idempotency_key', p_key, 'source', 'page',
    'parameters', jsonb_build_object('to', person.id),
    'before', jsonb_build_object(
      'escalation_id', escalation.id, 'notice_id', notice, 'assigned_to', escalation.assigned_to,
      'acknowledged_at', escalation.acknowledged_at, 'respond_by', escalation.respond_by,
      'clock_started_at', escalation.clock_started_at),
    'summary', format('Redirected the escalation to %s.', person.full_name)));
end;
$$;
comment on function private.redirect_escalation is 'See public.redirect_escalation.';

create function public.redirect_escalation(p_escalation_id uuid, p_to uuid, p_key uuid) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.redirect_escalation(p_escalation_id, p_to, p_key) $$;
comment on function public.redirect_escalation is
'Gives an open escalation to somebody else, for whoever raised it and leaders: the response clock starts again, and '
'the person it was assigned to gets a notice. Can be undone for 24 hours. p_key is one for each click.';

-- No end in time: what nobody has seen waits until it is seen.
create function private.unseen_decisions(people uuid[], company uuid) returns setof public.workflow_escalations
language sql stable security invoker set search_path = ''
as $$
  select x.*
  from public.workflow_escalations x
  where
    x.company_id = company and x.ended_by = 'hand_back' and x.seen_at is null
    and (
      x.raised_by = any (people)
      or exists (
        select 1
        from public.profiles p cross join public.workflow_executions e
        where
          p.id = x.raised_by and not p.is_active
          and e.id = x.execution_id and coalesce(e.assigned_to, e.owner_id) = any (people)
      )
    )
$$;
comment on function private.unseen_decisions is
'Decisions that wait until one of these people sees them: on escalations they raised, and on runs they have of '
'somebody who has left.';

create function private.mark_decision_seen(p_escalation_id uuid) returns void
language sql volatile security definer set search_path = ''
as $$
  update public.workflow_escalations x set seen_at = now()
  from private.unseen_decisions(private.represented_people(), private.current_company_id()) d
  where
    x.id = d.id
    and exists (
      select 1 from public.workflow_escalations e
      where e.id = p_escalation_id and e.execution_id = d.execution_id and d.created_at <= e.created_at
    )
$$;
comment on function private.mark_decision_seen is 'See public.mark_decision_seen.';

create function public.mark_decision_seen(p_escalation_id uuid) returns void
language sql volatile security invoker set search_path = ''
as $$ select private.mark_decision_seen(p_escalation_id) $$;
comment on function public.mark_decision_seen is
'Marks the decision on an escalation, and earlier ones on its run, as seen by who raised it or deals with it for '
'them, which takes them out of the inbox.';

create function private.unseen_decisions_on_run(execution uuid) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select
    coalesce(
      jsonb_agg(
        jsonb_build_object(
          'escalation_id', d.id, 'ask', d.ask, 'decision', d.decision, 'ended_at', d.ended_at,
          'raised_by', d.raised_by, 'raised_by_name', r.full_name, 'assigned_to_name', a.full_name
        ) order by d.created_at desc, d.id
      ), '[]'
    )
  from private.unseen_decisions(
    (select private.represented_people()), (select private.current_company_id())
  ) d
  join public.profiles r on r.id = d.raised_by join public.profiles a on a.id = d.assigned_to
  where d.execution_id = execution
$$;
comment on function private.unseen_decisions_on_run is
'Decisions on a run that the signed-in person has not seen yet, the latest first.';

create function private.latest_escalation(execution uuid) returns jsonb
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
      'unseen_decisions',
      private.unseen_decisions_on_run(execution),
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
comment on function private.latest_escalation is
'The latest escalation of a run with people, comments, the decisions on any of its escalations that wait to be seen, '
'and, for whoever may read it, the extract of the chat; null if there is none.';

grant execute on function private.escalation_context, public.escalation_context, private.acknowledge_escalation,
public.acknowledge_escalation, private.comment_escalation, public.comment_escalation, private.hand_back_escalation,
public.hand_back_escalation, private.withdraw_escalation, public.withdraw_escalation, private.redirect_escalation,
public.redirect_escalation,
private.unseen_decisions,
private.unseen_decisions_on_run,
private.mark_decision_seen,
public.mark_decision_seen,
private.latest_escalation to authenticated;
