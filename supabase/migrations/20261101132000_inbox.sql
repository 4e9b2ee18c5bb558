-- The inbox in one request: what came back, what is put away, escalations, follow-ups, notices, approvals, what was undone.

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

grant execute on function public.inbox to authenticated;
