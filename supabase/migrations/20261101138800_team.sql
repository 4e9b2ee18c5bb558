-- The page Team in one request, for leaders: what each member has, what is ahead, and the runs that do not move.

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

create function private.team_escalations(p_team text)
returns table (id uuid, assigned_to uuid, place bigint)
language sql stable security invoker set search_path = ''
as $$
  select e.id, e.assigned_to, row_number() over (order by e.respond_by, e.id)
  from public.workflow_escalations e
  join public.workflow_executions r on r.id = e.execution_id
  where
    e.company_id = (select private.current_company_id()) and e.ended_at is null
    and (p_team is null or exists (
      select from public.profiles p
      where
        p.id in (e.assigned_to, coalesce(r.assigned_to, r.owner_id))
        and private.team_key(p.team) = private.team_key(p_team)
    ))
$$;
comment on function private.team_escalations is
'Open escalations of the caller''s company, or to a team of it and of its runs, numbered by when the first answer is due.';

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
    'stuck_run_count', jsonb_array_length(stuck),
    'escalations', (
      select coalesce(jsonb_agg(
        private.describe_escalation(x.id, auth.uid()) || jsonb_build_object('assigned_to_id', x.assigned_to)
        order by x.place), '[]')
      from private.team_escalations(p_team) x where x.place <= 200),
    'escalation_count', (select count(*) from private.team_escalations(p_team)));
end;
$$;
comment on function public.team_overview is
'For leaders: the members of the company, or of one team of it, with their load, up to 500 runs of theirs that do not '
'move, most ARR first, up to 200 open escalations to them or of their runs, the first answer due first, and their '
'number, and the names of all teams.';

create function public.team_rows(
  p_figure text, p_person_id uuid default null, p_most int default 50, p_first int default 0
) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  company constant uuid := private.current_company_id();
  today constant date := private.today();
  most constant int := greatest(1, least(coalesce(p_most, 50), 1000));
  first constant int := greatest(0, coalesce(p_first, 0));
begin
  perform private.require_member();
  if not private.is_team_lead() then
    raise sqlstate 'PT403' using message = 'Only managers and admins see the team.';
  end if;
  perform private.raise_invalid(array[
    case when not coalesce(p_figure in ('open', 'overdue', 'snoozed', 'late_follow_ups'), false)
      then 'No rows of the team are called so.' end]);
  return (
    with found as (
      select
        e.id as execution_id, e.customer_id, v.name as title, coalesce(e.assigned_to, e.owner_id) as person_id,
        case
          when p_figure = 'snoozed' then (
            select private.today(s.until_at) from public.workflow_snoozes s
            where s.execution_id = e.id and s.ended_at is null limit 1)
          else e.due_on
        end as day,
        e.id
      from public.workflow_executions e
      join public.workflow_definition_versions v on v.id = e.definition_version_id
      where
        e.company_id = company and e.ended_at is null
        and case p_figure
          when 'open' then true
          when 'overdue' then e.status = 'active' and e.due_on < today
          when 'snoozed' then e.status = 'snoozed'
          else false
        end
      union all
      select f.execution_id, f.customer_id, f.title, f.assigned_to, f.due_on, f.id
      from public.follow_ups f
      where p_figure = 'late_follow_ups' and f.company_id = company and f.done_at is null and f.due_on < today
    ), placed as (
      select f.*, row_number() over (order by f.day, f.id) as place from found f
      where p_person_id is null or f.person_id = p_person_id
    )
    select jsonb_build_object(
      'total', count(*),
      'rows', coalesce(jsonb_agg(jsonb_build_object(
        'id', p.id, 'execution_id', p.execution_id, 'customer_id', p.customer_id, 'customer_name', c.name,
        'title', p.title, 'person_name', w.full_name, 'day', p.day
      ) order by p.place) filter (where p.place > first and p.place <= first + most), '[]'))
    from placed p
    join public.customers c on c.id = p.customer_id
    join public.profiles w on w.id = p.person_id);
end;
$$;
comment on function public.team_rows is
'For leaders: the rows behind a figure of the page Team, of a person or of all: open, overdue or snoozed runs, or '
'late_follow_ups, p_most (up to 1,000) without the first p_first, and the number of all. `day`: due, or until when it '
'is snoozed.';

grant execute on function private.team_members, private.team_escalations, public.team_overview, public.team_rows to authenticated;
