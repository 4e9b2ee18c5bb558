-- The page Today in one request: three customers to act on, the rest counted, four figures with a trend, renewals, runs
-- to resume. A CSM sees their own customers, a leader the company's. A run whose snooze is over comes first, with the
-- reason; the rules of the workflows decide which one is suggested.

-- A company's own definition comes before the stock one with the same id, and inherits its rule unless it has one.
create function private.suggestion_rules(company uuid)
returns table (
  workflow_id text,
  is_stock boolean,
  rank int,
  signals text[],
  only_leading boolean,
  deadline_points_from int,
  deadline_points_below int,
  arr_from numeric
)
language sql stable security invoker set search_path = ''
as $$
  select d.workflow_id, d.is_stock_workflow, r.*
  from (
    select distinct on (w.workflow_id)
      w.workflow_id, w.is_stock_workflow, coalesce(w.suggested_when, stock.suggested_when) as suggested_when
    from public.workflow_definitions w
    left join public.workflow_definitions stock on stock.workflow_id = w.workflow_id and stock.company_id is null
    where w.status = 'published' and (w.company_id = company or w.company_id is null)
    order by w.workflow_id, w.company_id nulls last
  ) d
  cross join lateral jsonb_populate_record(null::private.suggestion_rule, d.suggested_when) r
  where d.suggested_when is not null
$$;
comment on function private.suggestion_rules is 'The suggestion rules of the workflows a company offers.';

create function private.fits_customer(
  rule_signals text[], only_leading boolean, points_from int, points_below int, arr_from numeric,
  signals text[], leading_signal text, deadline_points int, arr numeric
) returns boolean
language sql immutable set search_path = ''
as $$
  select
    (
      rule_signals is null
      or case when only_leading then leading_signal = any(rule_signals) else signals && rule_signals end
    )
    and (points_from is null or deadline_points >= points_from)
    and (points_below is null or deadline_points < points_below)
    and (arr_from is null or coalesce(arr >= arr_from, false))
$$;
comment on function private.fits_customer is
'True if a suggestion rule fits a customer with these signals, deadline points and ARR.';

create function private.ranked_customers(customers uuid[], today date)
returns table (
  customer_id uuid, score int, reasons jsonb, arr numeric, notice_deadline date, days_to_notice int,
  health_score int, health_band text, leading_signal text, deadline_points int,
  customer_name text, owner_name text, workflow_id text
)
language sql stable security invoker set search_path = ''
as $$
  with rules as materialized (select * from private.suggestion_rules(private.current_company_id()))
  select
    p.*, c.name, o.full_name,
    (
      select r.workflow_id from rules r
      where
        private.fits_customer(
          r.signals, r.only_leading, r.deadline_points_from, r.deadline_points_below, r.arr_from,
          array(select reason ->> 'kind' from jsonb_array_elements(p.reasons) reason),
          p.leading_signal, p.deadline_points, p.arr
        )
      order by r.rank, r.is_stock, r.workflow_id limit 1
    )
  from public.customer_priorities(today, customers) p
  join public.customers c on c.id = p.customer_id
  join public.profiles o on o.id = c.owner_id
$$;
comment on function private.ranked_customers is
'Priorities of these customers with names and the workflow suggested for each.';

create function private.published_workflow_name(workflow text) returns text
language sql stable security invoker set search_path = ''
as $$
  select v.name
  from public.workflow_definitions d join public.workflow_definition_versions v on v.definition_id = d.id
  where d.workflow_id = workflow and d.status = 'published'
  order by d.company_id nulls last, v.version desc limit 1
$$;
comment on function private.published_workflow_name is
'Name of the latest version of a workflow, the company''s own before the stock one.';

create function private.has_recent_run(customer uuid, workflow text) returns boolean
language sql stable security invoker set search_path = ''
as $$
  select exists(
    select 1 from public.workflow_executions e
    where
      e.customer_id = customer
      and (e.ended_at is null or (e.workflow_id = workflow and e.ended_at > now() - interval '45 days'))
  )
$$;
comment on function private.has_recent_run is
'True if a customer has an open run, or one of this workflow that ended within 45 days.';

create function private.dashboard_open_runs(me uuid, leads boolean, customers uuid[], without uuid[]) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(x) order by x.updated_at desc), '[]')
  from (
    select
      e.id as execution_id, e.workflow_id, v.name as workflow_name, e.customer_id, c.name as customer_name,
      e.status, e.current_slide, e.due_on, e.updated_at, e.started_at, o.full_name as owner_name,
      cardinality(v.slide_sequence) as slides,
      (
        select count(*) from public.workflow_step_executions s where s.execution_id = e.id and s.status <> 'draft'
      ) as slides_done
    from public.workflow_executions e
    join public.workflow_definition_versions v on v.id = e.definition_version_id
    join public.customers c on c.id = e.customer_id
    join public.profiles o on o.id = e.owner_id
    where
      e.ended_at is null and e.status in ('active', 'escalated') and e.id <> all(without)
      and ((leads and e.customer_id = any(customers)) or e.owner_id = me)
    order by e.updated_at desc limit 20
  ) x
$$;
comment on function private.dashboard_open_runs is
'The 20 latest open runs to resume: one''s own, or for leaders those of these customers.';

create function private.dashboard_priorities(me uuid, leads boolean, customers uuid[], today date) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  with due as materialized (
    select d.execution_id, d.snooze_id, d.because from private.due_snoozes(clock_timestamp(), null) d
  ),
  -- Runs whose snooze is over, woken already or not, and that nobody has changed since.
  woken as materialized (
    select
      e.id as execution_id, e.customer_id, e.workflow_id, s.reason, coalesce(s.ended_at, clock_timestamp()) as woke_at,
      private.personal_wake_reason(coalesce(d.because, s.woke_because), s.snoozed_by) as because
    from public.workflow_executions e
    cross join
      lateral (
        select * from public.workflow_snoozes x
        where x.execution_id = e.id and x.ended_by is distinct from 'undo'
        order by x.created_at desc, x.id limit 1
      ) s
    left join due d on d.snooze_id = s.id
    where
      e.customer_id = any(customers) and (leads or e.owner_id = me)
      and (
        (e.status = 'snoozed' and d.snooze_id is not null)
        or (e.status = 'active' and s.ended_by in ('date', 'signal') and s.woke_revision = e.revision)
      )
  ),
  ranked as materialized (select * from private.ranked_customers(customers, today)),
  waiting as (
    select
      r.customer_id, r.score, r.reasons, r.arr, r.notice_deadline, r.days_to_notice, r.health_score, r.health_band,
      r.leading_signal, r.deadline_points, r.customer_name, r.owner_name,
      w.execution_id, w.because as woke_because, w.reason as snooze_reason,
      coalesce(w.workflow_id, r.workflow_id) as workflow_id,
      row_number() over (
        order by w.execution_id is null, r.score desc, r.notice_deadline nulls last, r.customer_name
      ) as place
    from ranked r
    left join lateral (
      select * from woken x where x.customer_id = r.customer_id order by x.woke_at desc, x.execution_id limit 1
    ) w on true
    where w.execution_id is not null or (r.score >= 40 and not private.has_recent_run(r.customer_id, r.workflow_id))
  ),
  renewals as (
    select
      to_char(k.ends_on, 'YYYY-MM') as month, coalesce(r.health_band, 'none') as band,
      count(*) as customers, sum(k.arr) as arr
    from ranked r join public.current_contracts k on k.customer_id = r.customer_id
    where k.ends_on >= date_trunc('month', today) and k.ends_on < date_trunc('month', today) + interval '12 months'
    group by 1, 2
  )
  select jsonb_build_object(
    'things', coalesce((
      select
        jsonb_agg(
          to_jsonb(w) - 'place' || jsonb_build_object('workflow_name', private.published_workflow_name(w.workflow_id))
          order by w.place
        )
      from waiting w where w.place <= 3
    ), '[]'),
    'waiting', (select count(*) from waiting w where w.place > 3),
    'next_deadline', (
      select min(w.notice_deadline) from waiting w where w.place > 3 and w.notice_deadline >= today
    ),
    'calm', (
      select count(*) from ranked r
      where r.score < 40 and not exists (select 1 from woken w where w.customer_id = r.customer_id)
    ),
    'snoozed', (
      select count(*) from public.workflow_executions e
      where
        e.customer_id = any(customers) and e.status = 'snoozed'
        and not exists (select 1 from due d where d.execution_id = e.id)
    ),
    'renewals', coalesce((select jsonb_agg(to_jsonb(n) order by n.month, n.band) from renewals n), '[]'),
    'resume', private.dashboard_open_runs(me, leads, customers, array(select w.execution_id from woken w))
  )
$$;
comment on function private.dashboard_priorities is
'The three customers to act on first and the rest counted, runs to resume, renewals of the next twelve months.';

create function private.dashboard_trend(customers uuid[], today date) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(x) order by x.day), '[]')
  from (
    select
      h.day, sum(k.arr) as arr,
      case
        when count(h.band) > 0 then coalesce(sum(k.arr) filter (where h.band in ('yellow', 'red')), 0)
      end as arr_at_risk,
      sum(h.active_users) as active_users, sum(h.seats) as seats, sum(h.open_tickets) as open_tickets
    from private.health_points(array(select today - 7 * n from generate_series(0, 12) n), customers) h
    left join lateral (
      select x.arr from public.contracts x where x.customer_id = h.customer_id and x.starts_on <= h.day
      order by x.starts_on desc, x.id limit 1
    ) k on true
    group by h.day
  ) x
$$;
comment on function private.dashboard_trend is
'ARR, ARR at risk, usage and tickets of these customers, weekly over twelve weeks.';

create function private.dashboard_escalations(me uuid) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(x) order by x.is_over, x.respond_by), '[]')
  from (
    select
      x.id as escalation_id, x.execution_id, x.severity, x.ask, x.respond_by, x.acknowledged_at, x.decision,
      x.ended_at is not null as is_over,
      x.ended_at is null and x.acknowledged_at is null and x.respond_by < now() as is_overdue,
      x.assigned_to = me as to_me, a.full_name as assigned_to_name, b.full_name as raised_by_name,
      c.name as customer_name, v.name as workflow_name
    from public.workflow_escalations x
    join public.workflow_executions e on e.id = x.execution_id
    join public.workflow_definition_versions v on v.id = e.definition_version_id
    join public.customers c on c.id = x.customer_id
    join public.profiles a on a.id = x.assigned_to
    join public.profiles b on b.id = x.raised_by
    where
      (x.ended_at is null and me in (x.assigned_to, x.raised_by, e.owner_id))
      or (
        x.ended_by = 'hand_back' and x.seen_at is null and x.raised_by = me and x.ended_at > now() - interval '30 days'
      )
    order by is_over, x.respond_by limit 20
  ) x
$$;
comment on function private.dashboard_escalations is
'Open escalations one is part of, and decisions one has not seen: at most 20, the most urgent first.';

create function private.dashboard_finished_runs(customers uuid[]) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  with finished as (
    select
      e.id as execution_id, v.name as workflow_name, c.name as customer_name, e.outcome_amount, e.ended_at,
      coalesce(
        (private.find_outcome_code(e.company_id, v.category, e.outcome_code)).label, replace(e.outcome_code, '_', ' ')
      ) as outcome_label,
      row_number() over (order by e.ended_at desc) as place
    from public.workflow_executions e
    join public.workflow_definition_versions v on v.id = e.definition_version_id
    join public.customers c on c.id = e.customer_id
    where e.customer_id = any(customers) and e.status = 'completed' and e.ended_at > now() - interval '7 days'
  )
  select
    jsonb_build_object(
      'completed_this_week', count(*),
      'recently_completed',
      coalesce(jsonb_agg(to_jsonb(f) - 'place' order by f.place) filter (where f.place <= 5), '[]')
    )
  from finished f
$$;
comment on function private.dashboard_finished_runs is
'How many runs were completed in seven days, and the latest five.';

create function public.zen_dashboard() returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  me constant uuid := auth.uid();
  leads constant boolean := private.is_team_lead();
  today constant date := private.today();
  customers uuid[];
begin
  perform private.require_member();
  select coalesce(array_agg(c.id), '{}') into customers from public.customers c
  where c.status = 'active' and (leads or c.owner_id = me);
  return jsonb_build_object(
    'today', today,
    'customers', cardinality(customers),
    'usage_customers', (
      select count(distinct u.customer_id) from public.usage_weeks u
      where u.customer_id = any (customers) and u.week_starts_on > today - 28),
    'inbox', jsonb_build_object(
      'follow_ups', (
        select count(*) from public.follow_ups f
        where f.assigned_to = me and f.done_at is null and f.due_on <= today),
      'notices', (select count(*) from public.notices n where n.person_id = me and n.read_at is null)),
    'escalations', private.dashboard_escalations(me),
    'trend', private.dashboard_trend(customers, today))
    || private.dashboard_finished_runs(customers)
    || private.dashboard_priorities(me, leads, customers, today);
end;
$$;
comment on function public.zen_dashboard is
'What the signed-in person needs today; docs/data-model.md has the formula of the priorities.';

grant execute on function private.suggestion_rules, private.fits_customer, private.ranked_customers,
private.published_workflow_name, private.has_recent_run, private.dashboard_open_runs, private.dashboard_priorities,
private.dashboard_trend, private.dashboard_escalations, private.dashboard_finished_runs, public.zen_dashboard
to authenticated;
