-- The dashboard in one request: at most three things, the rest counted, four figures with a trend, renewals, runs to resume.
-- A CSM sees their own customers, a leader the company's. A run whose snooze is over is a thing again, first and with the
-- sentence why, before anything materialises it; the workflows' own rules decide which one fits;
-- escalations stand with their clock; follow-ups due and notices are counted.

-- The rules of the workflows a company offers: its own definition before the stock one of the same id, whose rule it
-- inherits unless it has one.
create function private.suggestion_rules(company uuid)
returns table (workflow_id text, is_stock boolean, rank int, signals text[], only_leading boolean, deadline_points_from int, deadline_points_below int, arr_from numeric)
language sql stable security invoker set search_path = ''
as $$
  select d.workflow_id, d.is_stock_workflow, r.*
  from (
    select distinct on (w.workflow_id) w.workflow_id, w.is_stock_workflow, coalesce(w.suggested_when, stock.suggested_when) as suggested_when
    from public.workflow_definitions w
    left join public.workflow_definitions stock on stock.workflow_id = w.workflow_id and stock.company_id is null
    where w.status = 'published' and (w.company_id = company or w.company_id is null)
    order by w.workflow_id, w.company_id nulls last) d
  cross join lateral jsonb_populate_record(null::private.suggestion_rule, d.suggested_when) r
  where d.suggested_when is not null
$$;
comment on function private.suggestion_rules is 'When which workflow is suggested to a company''s people.';

create function private.fits_customer(rule_signals text[], only_leading boolean, points_from int, points_below int, arr_from numeric,
  signals text[], leading_signal text, deadline_points int, arr numeric) returns boolean
language sql immutable set search_path = ''
as $$
  select (rule_signals is null or case when only_leading then leading_signal = any (rule_signals) else signals && rule_signals end)
    and (points_from is null or deadline_points >= points_from)
    and (points_below is null or deadline_points < points_below)
    and (arr_from is null or coalesce(arr >= arr_from, false))
$$;
comment on function private.fits_customer is 'True if a suggestion rule fits a customer with these signals, deadline points and ARR.';

create function public.zen_dashboard() returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  today constant date := current_date;
  asked_at constant timestamptz := clock_timestamp();
  threshold constant int := 40;
  trend_weeks constant int := 12;
  me constant uuid := auth.uid();
  leads constant boolean := private.leads_team();
  mine uuid[];
  board jsonb;
begin
  perform private.require_member();
  select coalesce(array_agg(c.id), '{}') into mine from public.customers c
  where c.status = 'active' and (leads or c.owner_id = me);

  with due as materialized (
    select d.execution_id, d.snooze_id, d.because from private.due_snoozes(asked_at, null) d
  ),
  woken as (
    select e.id as execution_id, e.customer_id, e.workflow_id, private.told_to_me(coalesce(d.because, s.woke_because), s.snoozed_by) as because, coalesce(s.ended_at, asked_at) as woke_at, s.reason
    from public.workflow_executions e
    cross join lateral (
      select * from public.workflow_snoozes x where x.execution_id = e.id and x.ended_by is distinct from 'undo' order by x.created_at desc, x.id limit 1) s
    left join due d on d.snooze_id = s.id
    where e.customer_id = any (mine) and ((leads) or e.owner_id = me)
      and (e.status = 'snoozed' and d.snooze_id is not null or e.status = 'active' and s.ended_by in ('date', 'signal') and s.woke_revision = e.revision)
  ),
  rules as materialized (
    select * from private.suggestion_rules(private.my_company())
  ),
  ranked as (
    select p.*, c.name as customer_name, o.full_name as owner_name,
      (select r.workflow_id from rules r
        where private.fits_customer(r.signals, r.only_leading, r.deadline_points_from, r.deadline_points_below, r.arr_from,
          array(select reason ->> 'kind' from jsonb_array_elements(p.reasons) reason), p.leading_signal, p.deadline_points, p.arr)
        order by r.rank, r.is_stock, r.workflow_id limit 1) as workflow_id
    from public.customer_priorities(today, mine) p
    join public.customers c on c.id = p.customer_id
    join public.profiles o on o.id = c.owner_id
  ),
  waiting as (
    select r.customer_id, r.score, r.reasons, r.arr, r.notice_deadline, r.days_to_notice, r.health_score, r.health_band, r.leading_signal, r.deadline_points,
      r.customer_name, r.owner_name, coalesce(k.workflow_id, r.workflow_id) as workflow_id, d.name as workflow_name,
      k.execution_id, k.because as woke_because, k.reason as snooze_reason,
      row_number() over (order by k.execution_id is null, r.score desc, r.notice_deadline nulls last, r.customer_name) as place
    from ranked r
    left join lateral (select * from woken w where w.customer_id = r.customer_id order by w.woke_at desc, w.execution_id limit 1) k on true
    left join lateral (
      select v.name from public.workflow_definitions w join public.workflow_definition_versions v on v.definition_id = w.id
      where w.workflow_id = coalesce(k.workflow_id, r.workflow_id) and w.status = 'published'
      order by w.company_id nulls last, v.version desc limit 1) d on true
    where k.execution_id is not null or (r.score >= threshold
      and not exists (
        select 1 from public.workflow_executions e
        where e.customer_id = r.customer_id and (e.ended_at is null or (e.workflow_id = r.workflow_id and e.ended_at > now() - interval '45 days'))))
  ),
  trend as (
    select h.day,
      sum(k.arr) as arr,
      case when count(h.band) > 0 then coalesce(sum(k.arr) filter (where h.band in ('yellow', 'red')), 0) end as arr_at_risk,
      sum(h.active_users) as active_users, sum(h.seats) as seats,
      sum(h.open_tickets) as open_tickets
    from private.health_points(array(select today - 7 * n from generate_series(0, trend_weeks) n), mine) h
    left join lateral (
      select x.arr from public.contracts x where x.customer_id = h.customer_id and x.starts_on <= h.day
      order by x.starts_on desc, x.id limit 1) k on true
    group by h.day
  )
  select jsonb_build_object(
    'today', today,
    'customers', cardinality(mine),
    'things', coalesce((
      select jsonb_agg(to_jsonb(w) - 'place' order by w.place) from waiting w where w.place <= 3), '[]'),
    'waiting', (select count(*) from waiting where place > 3),
    'next_deadline', (select min(notice_deadline) from waiting where place > 3 and notice_deadline >= today),
    'calm', (select count(*) from ranked r where r.score < threshold and not exists (select 1 from woken w where w.customer_id = r.customer_id)),
    'snoozed', (select count(*) from public.workflow_executions e where e.customer_id = any (mine) and e.status = 'snoozed'
      and not exists (select 1 from due d where d.execution_id = e.id)),
    'escalations', coalesce((
      select jsonb_agg(to_jsonb(x) order by x.is_over, x.respond_by) from (
        select x.id as escalation_id, x.execution_id, x.severity, x.ask, x.respond_by, x.acknowledged_at, x.decision, x.ended_at is not null as is_over,
          x.ended_at is null and x.acknowledged_at is null and x.respond_by < now() as is_overdue, x.assigned_to = me as to_me,
          a.full_name as assigned_to_name, b.full_name as raised_by_name, c.name as customer_name, v.name as workflow_name
        from public.workflow_escalations x
        join public.workflow_executions e on e.id = x.execution_id
        join public.workflow_definition_versions v on v.id = e.definition_version_id
        join public.customers c on c.id = x.customer_id
        join public.profiles a on a.id = x.assigned_to join public.profiles b on b.id = x.raised_by
        where (x.ended_at is null and (x.assigned_to = me or x.raised_by = me or e.owner_id = me))
           or (x.ended_by = 'hand_back' and x.seen_at is null and x.raised_by = me and x.ended_at > now() - interval '30 days')
        order by is_over, x.respond_by limit 20) x), '[]'),
    'inbox', (
      select jsonb_build_object(
        'follow_ups', (select count(*) from public.follow_ups f where f.assigned_to = me and f.done_at is null and f.due_on <= today),
        'notices', (select count(*) from public.notices n where n.person_id = me and n.read_at is null))),
    'completed_this_week', (
      select count(*) from public.workflow_executions e
      where e.customer_id = any (mine) and e.status = 'completed' and e.ended_at > now() - interval '7 days'),
    'trend', coalesce((select jsonb_agg(to_jsonb(t) order by t.day) from trend t), '[]'),
    'usage_customers', (
      select count(distinct u.customer_id) from public.usage_weeks u
      where u.customer_id = any (mine) and u.week_starts_on > today - 28),
    'renewals', coalesce((
      select jsonb_agg(to_jsonb(x) order by x.month, x.band) from (
        select to_char(k.ends_on, 'YYYY-MM') as month, coalesce(r.health_band, 'none') as band,
          count(*) as customers, sum(k.arr) as arr
        from ranked r join public.current_contracts k on k.customer_id = r.customer_id
        where k.ends_on >= date_trunc('month', today) and k.ends_on < date_trunc('month', today) + interval '12 months'
        group by 1, 2) x), '[]'),
    'resume', coalesce((
      select jsonb_agg(to_jsonb(x) order by x.updated_at desc) from (
        select e.id as execution_id, e.workflow_id, v.name as workflow_name, e.customer_id, c.name as customer_name,
          e.status, e.current_slide, e.due_on, e.updated_at, e.started_at, o.full_name as owner_name,
          cardinality(v.slide_sequence) as slides,
          (select count(*) from public.workflow_step_executions s where s.execution_id = e.id and s.status <> 'draft') as slides_done
        from public.workflow_executions e
        join public.workflow_definition_versions v on v.id = e.definition_version_id
        join public.customers c on c.id = e.customer_id
        join public.profiles o on o.id = e.owner_id
        where e.ended_at is null and e.status in ('active', 'escalated') and not exists (select 1 from woken w where w.execution_id = e.id)
          and ((leads and e.customer_id = any (mine)) or e.owner_id = me)
        order by e.updated_at desc limit 20) x), '[]'),
    'recently_completed', coalesce((
      select jsonb_agg(to_jsonb(x) order by x.ended_at desc) from (
        select e.id as execution_id, v.name as workflow_name, c.name as customer_name, e.outcome_code, e.outcome_amount, e.ended_at
        from public.workflow_executions e
        join public.workflow_definition_versions v on v.id = e.definition_version_id
        join public.customers c on c.id = e.customer_id
        where e.customer_id = any (mine) and e.status = 'completed' and e.ended_at > now() - interval '7 days'
        order by e.ended_at desc limit 5) x), '[]'))
  into board;
  return board;
end;
$$;
comment on function public.zen_dashboard is 'What the signed-in person needs today; see docs/data-model.md for the formula behind things.';

grant execute on function private.suggestion_rules, private.fits_customer, public.zen_dashboard to authenticated;
