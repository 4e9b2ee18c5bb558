-- The page Team in one request, for leaders: what each member has, what is ahead, and the runs that do not move.

create function private.stuck_runs(today date)
returns table (execution_id uuid, customer_id uuid, worker_id uuid, reason text, since date, about_id uuid)
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

create function private.team_members(today date, stuck uuid[], team text) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  with company as materialized (select private.current_company_id() as id), books as materialized (
    select
      c.owner_id as person_id, count(*) as customers, sum(k.arr) as arr,
      count(*) filter (where h.band = private.at_risk_band()) as at_risk,
      sum(k.arr) filter (where h.band = private.at_risk_band()) as arr_at_risk,
      count(*) filter (where k.notice_deadline between today and today + 90) as renewals,
      sum(k.arr) filter (where k.notice_deadline between today and today + 90) as arr_renewing
    from public.customers c
    left join public.current_contracts k on k.customer_id = c.id
    left join public.customer_health(today) h on h.customer_id = c.id
    where c.company_id = (select id from company) and c.status = 'active'
    group by c.owner_id
  ), runs as materialized (
    select
      coalesce(e.assigned_to, e.owner_id) as person_id, count(*) as open_runs,
      count(*) filter (where e.status = 'active' and e.due_on < today) as overdue_runs,
      count(*) filter (where e.status = 'snoozed') as snoozed_runs,
      count(*) filter (where e.id = any(stuck)) as stuck_runs
    from public.workflow_executions e
    where e.company_id = (select id from company) and e.ended_at is null
    group by 1
  ), asked as materialized (
    select x.assigned_to as person_id, count(*) as escalations
    from public.workflow_escalations x
    where x.company_id = (select id from company) and x.ended_at is null
    group by 1
  ), promised as materialized (
    select f.assigned_to as person_id, count(*) as follow_ups
    from public.follow_ups f
    where f.company_id = (select id from company) and f.done_at is null and f.due_on < today
    group by 1
  )
  select
    coalesce(jsonb_agg(jsonb_build_object(
      'id', p.id, 'full_name', p.full_name, 'role', p.role, 'team', p.team,
      'customers', coalesce(b.customers, 0), 'arr', coalesce(b.arr, 0),
      'at_risk', coalesce(b.at_risk, 0), 'arr_at_risk', coalesce(b.arr_at_risk, 0),
      'renewals', coalesce(b.renewals, 0), 'arr_renewing', coalesce(b.arr_renewing, 0),
      'open_runs', coalesce(r.open_runs, 0), 'overdue_runs', coalesce(r.overdue_runs, 0),
      'snoozed_runs', coalesce(r.snoozed_runs, 0), 'stuck_runs', coalesce(r.stuck_runs, 0),
      'escalations', coalesce(a.escalations, 0), 'late_follow_ups', coalesce(f.follow_ups, 0),
      'away_until', (
        select n.ends_on from public.absences n
        where n.person_id = p.id and n.ended_at is null and today between n.starts_on and n.ends_on
      )
    ) order by coalesce(b.arr, 0) desc, p.full_name, p.id), '[]')
  from public.profiles p
  left join books b on b.person_id = p.id
  left join runs r on r.person_id = p.id
  left join asked a on a.person_id = p.id
  left join promised f on f.person_id = p.id
  where
    p.company_id = (select id from company) and p.is_active
    and (team_members.team is null or private.team_key(p.team) = private.team_key(team_members.team))
$$;
comment on function private.team_members is
'The active members of the caller''s company, or of one team of it, largest book first: active customers with ARR, those at risk (band red), '
'notice deadlines of the next 90 days, open runs they work on, open escalations to them, follow-ups that are late.';

create function public.team_overview(p_team text default null) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  today constant date := private.today();
  stuck jsonb;
begin
  perform private.require_member();
  if not private.is_team_lead() then
    raise sqlstate 'PT403' using message = 'Only managers and admins see the team.';
  end if;
  stuck := (
    select
      coalesce(jsonb_agg(jsonb_build_object(
        'execution_id', s.execution_id, 'customer_id', s.customer_id, 'customer_name', c.name,
        'workflow_name', v.name, 'worker_id', s.worker_id, 'worker_name', w.full_name, 'arr', coalesce(k.arr, 0),
        'reason', s.reason, 'since', s.since, 'about_name', a.full_name
      ) order by coalesce(k.arr, 0) desc, s.since, s.execution_id), '[]')
    from private.stuck_runs(today) s
    join public.workflow_executions e on e.id = s.execution_id
    join public.workflow_definition_versions v on v.id = e.definition_version_id
    join public.customers c on c.id = s.customer_id
    join public.profiles w on w.id = s.worker_id
    left join public.current_contracts k on k.customer_id = s.customer_id
    left join public.profiles a on a.id = s.about_id
    where p_team is null or private.team_key(w.team) = private.team_key(p_team)
  );
  return jsonb_build_object(
    'today', today,
    'teams', (
      select coalesce(jsonb_agg(distinct p.team), '[]')
      from public.profiles p
      where p.company_id = (select private.current_company_id()) and p.is_active and p.team is not null
    ),
    'members', private.team_members(today, array(
      select (x.run ->> 'execution_id')::uuid from jsonb_array_elements(stuck) x (run)), p_team),
    'stuck_runs', jsonb_path_query_array(stuck, '$[0 to 499]'),
    'stuck_run_count', jsonb_array_length(stuck));
end;
$$;
comment on function public.team_overview is
'For leaders: the members of the company, or of one team of it, with their load, up to 500 runs of theirs that do not '
'move, most ARR first, and the names of all teams.';

grant execute on function private.stuck_runs, private.team_members, public.team_overview to authenticated;
