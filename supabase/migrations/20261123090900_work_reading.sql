-- Reading what actions left: with a run, its snooze, its escalation and what can be undone; and the inbox, in one request.

create function private.told_to_me(because text, chosen_by uuid) returns text
language sql stable security invoker set search_path = ''
as $$
  select case when chosen_by <> auth.uid() and starts_with(because, 'The day you chose')
    then format('The day %s chose', (select p.full_name from public.profiles p where p.id = chosen_by)) || substr(because, length('The day you chose') + 1)
    else because end
$$;
comment on function private.told_to_me is 'Why a run is back, for somebody who may not be who chose the day.';

create function private.snooze_of(execution uuid) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select jsonb_build_object(
    'count', (select count(*) from public.workflow_snoozes c where c.execution_id = execution and c.ended_by is distinct from 'undo'),
    'latest', (
      select to_jsonb(s) - 'already_left' || jsonb_build_object('snoozed_by_name', p.full_name,
        'woke_because', private.told_to_me(s.woke_because, s.snoozed_by),
        'due_because', (select private.told_to_me(d.because, s.snoozed_by) from private.due_snoozes(clock_timestamp(), array[execution]) d where d.snooze_id = s.id limit 1))
      from public.workflow_snoozes s join public.profiles p on p.id = s.snoozed_by
      where s.execution_id = execution and s.ended_by is distinct from 'undo' order by s.created_at desc, s.id limit 1))
$$;
comment on function private.snooze_of is 'How often a run was put away, and the latest time; due_because is why it is over, where it is.';

create function private.escalation_of(execution uuid) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select to_jsonb(x) || jsonb_build_object(
    'context_pack', x.context_pack || jsonb_build_object('chat', coalesce((
      select m.messages from public.workflow_escalation_extracts m where m.escalation_id = x.id), '[]')),
    'raised_by_name', r.full_name, 'assigned_to_name', a.full_name, 'is_overdue', x.ended_at is null and x.acknowledged_at is null and x.respond_by < now(),
    'comments', coalesce((
      select jsonb_agg(jsonb_build_object('body', c.body, 'author_name', p.full_name, 'created_at', c.created_at) order by c.id)
      from public.workflow_escalation_comments c join public.profiles p on p.id = c.author_id where c.escalation_id = x.id), '[]'))
  from public.workflow_escalations x
  join public.profiles r on r.id = x.raised_by join public.profiles a on a.id = x.assigned_to
  where x.execution_id = execution order by x.created_at desc, x.id limit 1
$$;
comment on function private.escalation_of is 'The latest escalation of a run, with its people, clock and comments, and the extract of the chat where one may see it; null when there was none.';
grant execute on function private.told_to_me, private.snooze_of, private.escalation_of to authenticated;

create or replace function public.workflow_run(p_execution_id uuid) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  run jsonb;
begin
  select jsonb_build_object(
    'execution', to_jsonb(e),
    'customer_name', (select c.name from public.customers c where c.id = e.customer_id),
    'owner_name', (select p.full_name from public.profiles p where p.id = e.owner_id),
    'may_write', private.may_write_execution(e.id),
    'version', to_jsonb(v),
    'latest_version', (select max(n.version) from public.workflow_definition_versions n where n.definition_id = v.definition_id),
    'snooze', private.snooze_of(e.id),
    'escalation', private.escalation_of(e.id),
    'undoable', coalesce((
      select jsonb_agg(jsonb_build_object('run_id', r.id, 'kind', r.kind, 'name', r.name, 'summary', r.summary, 'slide_id', r.slide_id,
        'created_at', r.created_at, 'actor_name', p.full_name) order by r.created_at desc)
      from public.saved_action_runs r join public.profiles p on p.id = r.actor_id
      where r.execution_id = e.id and r.undone_at is null and r.before <> '{}' and r.created_at > now() - interval '24 hours'
        and (r.actor_id = (select auth.uid()) or (select private.leads_team()))), '[]'),
    'steps', coalesce((
      select jsonb_agg(to_jsonb(s) || jsonb_build_object('saved_by_name', p.full_name) order by s.created_at)
      from public.workflow_step_executions s join public.profiles p on p.id = s.saved_by where s.execution_id = e.id), '[]'),
    'events', coalesce((
      select jsonb_agg(to_jsonb(x) order by x.id desc) from (
        select t.id, t.kind, t.slide_id, t.payload, t.created_at, p.full_name as actor_name
        from public.workflow_execution_events t left join public.profiles p on p.id = t.actor_id
        where t.execution_id = e.id order by t.id desc limit 50) x), '[]'))
  into run
  from public.workflow_executions e join public.workflow_definition_versions v on v.id = e.definition_version_id
  where e.id = p_execution_id;
  if run is null then
    raise sqlstate 'PT404' using message = 'This run does not exist, or you may not see it.';
  end if;
  return run;
end;
$$;
comment on function public.workflow_run is 'A run with its pinned version, steps, snooze, escalation, what can be undone and the latest 50 events.';

create function private.escalation_context(p_execution_id uuid) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select private.context_pack(e.id, auth.uid()) from public.workflow_executions e
  where e.id = p_execution_id and e.company_id = private.my_company()
$$;
create function public.escalation_context(p_execution_id uuid) returns jsonb
language sql stable security invoker set search_path = '' as $$ select private.escalation_context(p_execution_id) $$;
comment on function private.escalation_context is 'The whole of public.escalation_context.';
comment on function public.escalation_context is 'What a colleague would be given if this run were escalated now: facts, answers, an extract of one''s own chat.';
grant execute on function private.escalation_context, public.escalation_context to authenticated;
grant execute on function public.escalation_context to service_role;

create function public.available_actions() returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(a) || jsonb_build_object('is_global', a.company_id is null, 'is_hidden', h.action_id is not null)
    order by a.company_id nulls first, a.created_at, a.name), '[]')
  from public.saved_actions a left join public.hidden_saved_actions h on h.action_id = a.id
$$;
comment on function public.available_actions is 'Global actions and the company''s own, archived and hidden ones among them and marked.';
grant execute on function public.available_actions to authenticated, service_role;

create function public.colleagues() returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'full_name', p.full_name, 'role', p.role) order by p.full_name), '[]')
  from public.profiles p where p.is_active
$$;
comment on function public.colleagues is 'The active people of one''s company.';
grant execute on function public.colleagues to authenticated, service_role;

create function public.inbox(p_team boolean default false) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  me constant uuid := auth.uid();
  team constant boolean := p_team and private.leads_team();
  most constant int := 200;
  found jsonb;
begin
  perform private.require_member();
  with due as materialized (select * from private.due_snoozes(clock_timestamp(), null)),
  runs as (
    select e.id, e.status, e.revision, e.owner_id, e.due_on, e.workflow_id, e.current_slide, v.name as workflow_name, e.customer_id, c.name as customer_name, o.full_name as owner_name
    from public.workflow_executions e
    join public.workflow_definition_versions v on v.id = e.definition_version_id
    join public.customers c on c.id = e.customer_id
    join public.profiles o on o.id = e.owner_id
    where e.ended_at is null and e.status <> 'active'
       or exists (select 1 from public.workflow_snoozes s where s.execution_id = e.id and s.ended_by in ('date', 'signal') and s.woke_revision = e.revision)
       or exists (select 1 from public.workflow_escalations x where x.execution_id = e.id)
  ),
  woken as (
    select r.*, private.told_to_me(coalesce(d.because, s.woke_because), s.snoozed_by) as because, s.reason, coalesce(s.ended_at, s.until_at) as woke_at
    from runs r join lateral (
      select * from public.workflow_snoozes s where s.execution_id = r.id and s.ended_by is distinct from 'undo' order by s.created_at desc, s.id limit 1) s on true
    left join due d on d.snooze_id = s.id
    where (team or r.owner_id = me)
      and (r.status = 'snoozed' and d.snooze_id is not null or r.status = 'active' and s.ended_by in ('date', 'signal') and s.woke_revision = r.revision)
  ),
  snoozed as (
    select r.*, s.id as snooze_id, s.reason, s.until_at, s.is_backstop, s.signal, s.created_at as snoozed_at, p.full_name as snoozed_by_name,
      (select count(*) from public.workflow_snoozes c where c.execution_id = r.id and c.ended_by is distinct from 'undo') as count
    from runs r join public.workflow_snoozes s on s.execution_id = r.id and s.ended_at is null
    join public.profiles p on p.id = s.snoozed_by
    where r.status = 'snoozed' and (team or r.owner_id = me) and not exists (select 1 from due d where d.snooze_id = s.id)
  ),
  escalations as (
    select r.*, x.id as escalation_id, x.severity, x.ask, x.respond_by, x.acknowledged_at, x.created_at as raised_at, x.ended_at, x.ended_by, x.decision, x.seen_at,
      x.raised_by, x.assigned_to, a.full_name as assigned_to_name, b.full_name as raised_by_name,
      x.ended_at is null and x.acknowledged_at is null and x.respond_by < now() as is_overdue,
      (select count(*) from public.workflow_escalation_comments c where c.escalation_id = x.id) as comments
    from runs r join public.workflow_escalations x on x.execution_id = r.id
    join public.profiles a on a.id = x.assigned_to join public.profiles b on b.id = x.raised_by
    where x.ended_at is null or (x.ended_by = 'hand_back' and x.seen_at is null and x.ended_at > now() - interval '30 days')
  ),
  follow_ups as (
    select f.id, f.title, f.due_on, f.customer_id, c.name as customer_name, f.execution_id, f.assigned_to, p.full_name as assigned_to_name, b.full_name as created_by_name,
      f.due_on < current_date as is_overdue
    from public.follow_ups f join public.customers c on c.id = f.customer_id
    join public.profiles p on p.id = f.assigned_to join public.profiles b on b.id = f.created_by
    where f.done_at is null and (team or f.assigned_to = me)
  ),
  told as (
    select n.id, n.body, n.created_at, n.customer_id, c.name as customer_name, n.execution_id, p.full_name as from_name
    from public.notices n left join public.customers c on c.id = n.customer_id left join public.profiles p on p.id = n.from_id
    where n.person_id = me and n.read_at is null
  ),
  undone as (
    select u.id as run_id, u.kind, u.name, u.summary, u.created_at, u.undone_at, u.execution_id, u.slide_id, u.customer_id, c.name as customer_name,
      p.full_name as actor_name, q.full_name as undone_by_name, u.undone_at is null and u.before <> '{}' as can_undo
    from public.saved_action_runs u
    join public.profiles p on p.id = u.actor_id left join public.profiles q on q.id = u.undone_by left join public.customers c on c.id = u.customer_id
    where (team or u.actor_id = me or u.undone_by = me)
      and (u.undone_at > now() - interval '24 hours' or u.created_at > now() - interval '24 hours')
  ),
  approvals as (select * from private.waiting_approvals(team))
  select jsonb_build_object(
    'counts', jsonb_build_object(
      'woken', (select count(*) from woken), 'snoozed', (select count(*) from snoozed),
      'to_me', (select count(*) from escalations x where x.ended_at is null and x.assigned_to = me),
      'by_me', (select count(*) from escalations x where x.raised_by = me),
      'team', case when team then (select count(*) from escalations x where x.ended_at is null) end,
      'follow_ups', (select count(*) from follow_ups), 'notices', (select count(*) from told), 'approvals', (select count(*) from approvals),
      'undone', (select count(*) from undone)),
    'woken', coalesce((select jsonb_agg(to_jsonb(x) order by x.woke_at desc) from (select * from woken order by woke_at desc limit most) x), '[]'),
    'snoozed', coalesce((select jsonb_agg(to_jsonb(x) order by x.until_at nulls last, x.snoozed_at) from (select * from snoozed order by until_at nulls last, snoozed_at limit most) x), '[]'),
    'escalations', coalesce((select jsonb_agg(to_jsonb(x) || jsonb_build_object('to_me', x.assigned_to = me, 'by_me', x.raised_by = me) order by x.ended_at is not null, x.respond_by) from (
      select * from escalations where team or assigned_to = me or raised_by = me or owner_id = me order by ended_at is not null, respond_by limit most) x), '[]'),
    'follow_ups', coalesce((select jsonb_agg(to_jsonb(x) order by x.due_on, x.title) from (select * from follow_ups order by due_on, title limit most) x), '[]'),
    'notices', coalesce((select jsonb_agg(to_jsonb(x) order by x.created_at desc) from (select * from told order by created_at desc limit most) x), '[]'),
    'approvals', coalesce((select jsonb_agg(to_jsonb(x) order by x.created_at) from (select * from approvals order by created_at limit most) x), '[]'),
    'undone', coalesce((select jsonb_agg(to_jsonb(x) order by coalesce(x.undone_at, x.created_at) desc) from (select * from undone order by coalesce(undone_at, created_at) desc limit most) x), '[]'))
  into found;
  return found;
end;
$$;
comment on function public.inbox is 'What waits for the signed-in person (p_team: for the company, leaders only): counts of all, and the first 200 rows of each kind.';
grant execute on function public.inbox to authenticated, service_role;
