-- The page Today in one request: the list of the day (today_list.sql), the rest counted, four figures with a trend,
-- renewals, runs to resume. All of it is of one's own customers; a leader has what waits in the team on the list, and
-- the team's figures. The rules of the workflows decide which one is suggested for a customer.

create function private.dashboard_open_runs(items text[], today date, first int, most int) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  with found as (
    select e.*, row_number() over (order by e.due_on, e.updated_at desc, e.id) as place
    from public.workflow_executions e
    where
      e.ended_at is null and e.status in ('active', 'escalated')
      and array[e.owner_id, e.assigned_to] && (select private.represented_people())
      and not (
        e.status = 'active' and coalesce(e.assigned_to, e.owner_id) = any((select private.represented_people())::uuid[])
        and (
          'run:' || e.id = any(items)
          or (
            'customer:' || e.customer_id = any(items)
            and private.takes_place_of_customer(
              e.id, e.customer_id, e.started_at, today::timestamp at time zone private.time_zone()
            )
          )
        )
      )
  )
  select
    jsonb_build_object(
      'open_run_count', (select count(*) from found),
      'open_runs', coalesce(jsonb_agg(to_jsonb(x) - 'place' order by x.place), '[]')
    )
  from (
    select
      e.id as execution_id, e.workflow_id, v.name as workflow_name, e.customer_id, c.name as customer_name,
      e.status, e.current_slide, e.due_on, e.updated_at, e.started_at, o.full_name as owner_name, e.place,
      (select a.full_name from public.profiles a where a.id = e.assigned_to) as assigned_to_name,
      private.count_slides_of_run(e.id, v.slide_sequence, v.slide_contexts) as slides,
      (
        select count(*) from public.workflow_step_executions s where s.execution_id = e.id and s.status <> 'draft'
      ) as slides_done
    from found e
    join public.workflow_definition_versions v on v.id = e.definition_version_id
    join public.customers c on c.id = e.customer_id
    join public.profiles o on o.id = e.owner_id
    where e.place > first and e.place <= first + most
  ) x
$$;
comment on function private.dashboard_open_runs is
'One''s open runs to resume that are not on the list of the day, overdue ones first: `most` of them without the first '
'`first`, and the number of all.';

create function private.dashboard_renewals(ranked private.ranked_customer[], today date) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(n) order by n.month, n.band), '[]')
  from (
    select
      to_char(k.ends_on::timestamp, 'YYYY-MM') as month, coalesce(r.health_band, 'none') as band,
      count(*) as customers, sum(k.arr) as arr
    from unnest(ranked) r join public.current_contracts k on k.customer_id = r.customer_id
    -- Without a time zone: with one it would be computed for each contract.
    where
      k.ends_on >= date_trunc('month', today::timestamp)
      and k.ends_on < date_trunc('month', today::timestamp) + interval '12 months'
    group by 1, 2
  ) n
$$;
comment on function private.dashboard_renewals is 'Renewals of the next twelve months by month and health band.';

create function private.dashboard_list(
  waiting private.waiting_item[], items text[], ranked private.ranked_customer[], today date
) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  with placed as materialized (
    select
      w as item, w.customer_id, w.execution_id, w.urgency,
      case when w.key = any(items) or w.former_key = any(items) then private.place_on_list(w, items) end as place,
      case when w.urgency < 6 then w.place end as urgent_place
    from unnest(waiting) w
  ),
  -- Once for all: two looks for each of two thousand customers take longer than the rest of the list.
  in_hand as materialized (
    select
      p.customer_id, bool_or(p.place is not null) as is_listed, bool_or(p.urgency < 6) as is_pressing
    from placed p group by p.customer_id
  ),
  open_runs as materialized (
    select
      e.customer_id,
      bool_or(e.status <> 'snoozed' or e.id in (select p.execution_id from placed p where p.execution_id is not null))
        as is_in_progress
    from public.workflow_executions e join unnest(ranked) r on r.customer_id = e.customer_id
    where e.ended_at is null
    group by e.customer_id
  ),
  customers as materialized (
    select
      r.notice_deadline,
      case
        when h.is_listed then 'listed'
        when h.is_pressing then 'pressing'
        when o.is_in_progress then 'in_progress'
        when o.customer_id is not null then 'snoozed'
        when h.customer_id is not null then 'can_wait'
        else 'calm'
      end as state
    from unnest(ranked) r
    left join in_hand h on h.customer_id = r.customer_id
    left join open_runs o on o.customer_id = r.customer_id
  )
  select
    jsonb_build_object(
      'items', coalesce((
        select jsonb_agg(private.describe_waiting_item(p.item) order by p.urgent_place, p.place)
        from placed p
        where p.place is not null
      ), '[]'),
      'listed', cardinality(items),
      'more', (select count(*) from placed p where p.place is null),
      'pressing', (select count(*) from placed p where p.place is null and p.urgency < 6),
      'can_wait', count(*) filter (where c.state = 'can_wait'),
      'in_progress', count(*) filter (where c.state = 'in_progress'),
      'calm', count(*) filter (where c.state = 'calm'),
      'next_deadline', min(c.notice_deadline) filter (where c.state = 'can_wait' and c.notice_deadline >= today)
    )
  from customers c
$$;
comment on function private.dashboard_list is
'The list of the day, what cannot wait first, and how long it was (`listed`), what waits beside it (`more`, of which '
'`pressing` cannot wait), and the other customers counted, but for those that cannot wait and those with snoozed runs.';

create function private.dashboard_trend(
  customers uuid[], today date, out trend jsonb, out usage_customers bigint, out is_kept boolean
)
language plpgsql stable security invoker set search_path = ''
as $$
declare
  days constant date[] := private.trend_days(today);
begin
  select
    jsonb_agg(to_jsonb(s) - '{customers,usage_customers}'::text[] order by s.day) filter (where s.customers > 0),
    sum(s.usage_customers) filter (where s.day = today),
    sum(s.customers) = private.count_active_customers(days, dashboard_trend.customers)
  into trend, usage_customers, is_kept
  from private.sum_kept_scores(days, dashboard_trend.customers) s;
  if not is_kept then
    select
      jsonb_agg(to_jsonb(x) - 'usage_customers' order by x.day),
      coalesce(sum(x.usage_customers) filter (where x.day = today), 0)
    into trend, usage_customers
    from (
      select
        h.day, sum(h.arr) as arr,
        case
          when count(h.health_band) > 0
            then coalesce(sum(h.arr) filter (where h.health_band = private.at_risk_band()), 0)
        end as arr_at_risk,
        sum(h.active_users) as active_users, sum(h.seats) as seats, sum(h.open_tickets) as open_tickets,
        count(h.active_users) as usage_customers
      from private.read_past_scores(days, dashboard_trend.customers) h
      group by h.day
    ) x;
  end if;
  trend := coalesce(trend, '[]');
end;
$$;
comment on function private.dashboard_trend is
'ARR, ARR at risk, usage and tickets of these customers (of all one may see for null), weekly over twelve weeks; '
'usage_customers: those with usage today; is_kept: nothing was derived.';

create function private.dashboard_price_approvals(without uuid[]) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select
    jsonb_build_object(
      'price_approval_count', count(*),
      'price_approvals', coalesce(
        jsonb_agg(private.describe_price_to_approve(f.id) order by f.place) filter (where f.place <= 5), '[]'
      )
    )
  from (
    select p.id, row_number() over (order by p.since, p.id) as place
    from private.prices_to_approve() p
    where p.id <> all(without)
  ) f
$$;
comment on function private.dashboard_price_approvals is
'Prices the signed-in person may decide on, but for those on the list: the five that wait longest, and the number of '
'all.';

create function private.dashboard_escalations(me uuid, without uuid[]) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  with found as (
    select
      x.id, x.ended_at is not null as is_over, x.respond_by,
      row_number() over (order by x.ended_at is not null, x.respond_by, x.id) as place
    from public.workflow_escalations x
    join public.workflow_executions e on e.id = x.execution_id
    where
      x.id <> all(without)
      and (
        (
          x.ended_at is null
          and array[x.assigned_to, x.raised_by, e.owner_id, e.assigned_to] && (select private.represented_people())
        )
        or x.id in (
          select d.id
          from private.unseen_decisions((select private.represented_people()), (select private.current_company_id())) d
        )
      )
  )
  select
    jsonb_build_object(
      'escalation_count', count(*),
      'escalations', coalesce(
        jsonb_agg(private.describe_escalation(f.id, me) order by f.place) filter (where f.place <= 20), '[]'
      )
    )
  from found f
$$;
comment on function private.dashboard_escalations is
'Open escalations one is part of, and decisions one has not seen, but for those on the list: the 20 most urgent, and '
'the number of all.';

create function private.dashboard_finished_runs(leads boolean, customers uuid[], first int, most int) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  with finished as (
    select e.id, row_number() over (order by e.ended_at desc, e.id) as place
    from public.workflow_executions e join public.customers c on c.id = e.customer_id
    where
      e.company_id = (select private.current_company_id()) and e.status = 'completed'
      and e.ended_at > now() - interval '7 days' and c.status = 'active' and (leads or e.customer_id = any(customers))
  ),
  shown as (
    select
      e.id as execution_id, v.name as workflow_name, c.name as customer_name, e.outcome_amount, e.ended_at,
      coalesce(
        (private.find_outcome_code(e.company_id, v.category, e.outcome_code)).label, replace(e.outcome_code, '_', ' ')
      ) as outcome_label,
      f.place
    from finished f
    join public.workflow_executions e on e.id = f.id
    join public.workflow_definition_versions v on v.id = e.definition_version_id
    join public.customers c on c.id = e.customer_id
    where f.place > first and f.place <= first + most
  )
  select
    jsonb_build_object(
      'completed_this_week', (select count(*) from finished),
      'finished_runs', (select coalesce(jsonb_agg(to_jsonb(f) - 'place' order by f.place), '[]') from shown f)
    )
$$;
comment on function private.dashboard_finished_runs is
'How many runs of these customers, for a leader of the company, were completed in seven days, and `most` of them, '
'without the latest `first`.';

create function private.team_figures(today date) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  with company as materialized (select private.current_company_id() as id), books as materialized (
    select
      count(*) as customers,
      count(*) filter (where h.health_band = private.at_risk_band()) as at_risk,
      coalesce(sum(h.arr) filter (where h.health_band = private.at_risk_band()), 0) as arr_at_risk
    from private.read_scores(today) h
  ), runs as materialized (
    select
      count(*) as open_runs,
      count(*) filter (where e.status = 'active' and e.due_on < today) as overdue_runs
    from public.workflow_executions e
    where e.company_id = (select id from company) and e.ended_at is null
  )
  select
    to_jsonb(b) || to_jsonb(r) || jsonb_build_object(
      'stuck_runs', (select count(*) from private.stuck_runs(today)),
      'escalations', (
        select count(*) from public.workflow_escalations x
        where x.company_id = (select id from company) and x.ended_at is null
      )
    )
  from books b cross join runs r
$$;
comment on function private.team_figures is
'The team in figures, for leaders: active customers, those at risk (band red) with their ARR, open, overdue and stuck '
'runs, open escalations.';

-- Volatile: the first call of a day stores its list. Generic plans, which Postgres takes from the sixth call of a
-- connection on, do not know how many customers there are, and take twice as long with two thousand.
create function public.zen_dashboard() returns jsonb
language plpgsql volatile security invoker set search_path = '' set plan_cache_mode = 'force_custom_plan'
as $$
declare
  me constant uuid := auth.uid();
  leads constant boolean := private.is_team_lead();
  today constant date := private.today();
  customers constant uuid[] := private.own_customers();
  known private.ranked_customer[];
  ranked private.ranked_customer[];
  waiting private.waiting_item[];
  trend record;
  items text[];
begin
  perform private.require_member();
  perform private.keep_scores_of_today(case when leads then private.active_customers() else customers end);
  trend := private.dashboard_trend(customers, today);
  if not trend.is_kept then
    perform private.keep_scores_of_trend(customers);
  end if;
  known := private.rank_customers_for(me, leads, customers, today);
  ranked := array(select r from unnest(known) r join unnest(customers) own (id) on own.id = r.customer_id);
  waiting := array(select w from private.waiting_items(me, leads, customers, known, today) w order by w.place);
  items := private.open_today_list(waiting);
  -- The customers one may choose from come last: what is added to an object is a copy of it.
  return private.dashboard_list(waiting, items, ranked, today)
    || private.dashboard_escalations(me, array(
      select w.escalation_id from unnest(waiting) w
      where w.escalation_id is not null and private.place_on_list(w, items) is not null))
    || private.dashboard_price_approvals(array(
      select w.price_approval_id from unnest(waiting) w
      where w.price_approval_id is not null and private.place_on_list(w, items) is not null))
    || private.dashboard_open_runs(items, today, 0, 20)
    || private.dashboard_finished_runs(leads, customers, 0, 20)
    || jsonb_build_object(
    'today', today,
    'first_steps', private.first_steps(),
    'customers', cardinality(customers),
    'team', case when leads then private.team_figures(today) end,
    'usage_customers', trend.usage_customers,
    'snoozed', (
      select count(*) from public.workflow_executions e join unnest(customers) own (id) on own.id = e.customer_id
      where e.status = 'snoozed' and not exists (select from unnest(waiting) w where w.execution_id = e.id)),
    'inbox', jsonb_build_object(
      'follow_ups', (
        select count(*) from public.follow_ups f
        where f.assigned_to = any (private.represented_people()) and f.done_at is null and f.due_on <= today),
      'notices', (select count(*) from public.notices n where n.person_id = me and n.read_at is null)),
    'customer_choices', (
      select coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'name', c.name) order by c.name), '[]')
      from public.customers c where c.status = 'active' and (leads or c.id = any (customers))),
    'renewals', private.dashboard_renewals(ranked, today),
    'quarters', private.fiscal_quarters(
      private.current_company_id(), today, (date_trunc('month', today) + interval '11 months')::date),
    'trend', trend.trend);
end;
$$;
comment on function public.zen_dashboard is
'What the signed-in person needs today. docs/data-model.md has the order of the list and the formula of priorities.';

create function public.today_open_runs(p_most int default 20, p_first int default 0) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
begin
  perform private.require_member();
  return private.dashboard_open_runs(
    private.read_today_list(), private.today(), greatest(0, coalesce(p_first, 0)),
    greatest(1, least(coalesce(p_most, 20), 1000)));
end;
$$;
comment on function public.today_open_runs is
'Open runs of Today, overdue ones first: p_most (up to 1,000), without the first p_first, and the number of all.';

create function public.today_finished_runs(p_most int default 20, p_first int default 0) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
begin
  perform private.require_member();
  return private.dashboard_finished_runs(
    private.is_team_lead(), private.own_customers(), greatest(0, coalesce(p_first, 0)),
    greatest(1, least(coalesce(p_most, 20), 1000)));
end;
$$;
comment on function public.today_finished_runs is
'Runs completed in seven days, the latest first: p_most (up to 1,000), without the first p_first, and the number of '
'all.';

grant execute on function private.dashboard_renewals, private.dashboard_list, private.dashboard_trend,
private.dashboard_price_approvals, private.dashboard_escalations, private.dashboard_open_runs,
private.dashboard_finished_runs, private.team_figures,
public.zen_dashboard,
public.today_open_runs,
public.today_finished_runs to authenticated;
