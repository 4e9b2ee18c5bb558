-- Runs that do not move: what a leader has to look after, on Today and on the page Team.

create type private.stuck_run as (
  execution_id uuid, customer_id uuid, worker_id uuid, reason text, since date, about_id uuid
);
comment on type private.stuck_run is 'An open run that does not move, and why, as private.stuck_runs returns it.';

create function private.stuck_runs(today date) returns setof private.stuck_run
language sql stable security invoker set search_path = ''
as $$
  with runs as (
    select e.*, coalesce(e.assigned_to, e.owner_id) as worker
    from public.workflow_executions e
    where e.company_id = (select private.current_company_id()) and e.ended_at is null
  ), found as (
    select r.id, 1 as place, 'no_answer' as reason, private.today(x.respond_by) as since, x.assigned_to as about_id
    from runs r join public.workflow_escalations x on x.execution_id = r.id
    where x.ended_at is null and x.acknowledged_at is null and x.respond_by < clock_timestamp()
    union all
    select r.id, 2, 'overdue', r.due_on, null from runs r where r.status = 'active' and r.due_on < stuck_runs.today
    union all
    select r.id, 3, 'snoozed_too_long', k.notice_deadline, s.snoozed_by
    from runs r
    join public.workflow_snoozes s on s.execution_id = r.id and s.ended_at is null
    join public.current_contracts k on k.customer_id = r.customer_id
    where
      r.status = 'snoozed' and k.notice_deadline >= stuck_runs.today
      and private.today(s.until_at) > k.notice_deadline
    union all
    select r.id, 4, 'approval_waits', private.today(a.created_at), a.requested_by
    from runs r join public.price_approvals a on a.execution_id = r.id
    where a.status = 'waiting' and a.superseded_at is null and a.created_at < clock_timestamp() - interval '2 days'
    union all
    select r.id, 5, 'untouched', private.today(r.updated_at), null
    from runs r where r.status = 'active' and r.updated_at < clock_timestamp() - interval '14 days'
  )
  select distinct on (r.id) r.id, r.customer_id, r.worker, f.reason, f.since, f.about_id
  from found f join runs r on r.id = f.id
  order by r.id, f.place, f.since
$$;
comment on function private.stuck_runs is
'Open runs of the caller''s company that do not move, each with its strongest reason: an escalation nobody answered in '
'time, overdue, snoozed beyond the notice deadline (since: that deadline), a price that waits for two days, nothing '
'changed for two weeks. `about_id`: who has not answered, who snoozed, who asked.';

grant execute on function private.stuck_runs to authenticated;
