-- What is a renewal, and what became of it. Every contract is one renewal, on the day its term ends. It is open until
-- a run decides it, the next term is written, or the customer is lost. Nothing of this is stored: an outcome that is
-- taken back opens the renewal again.

-- A term that ends so much earlier than agreed was replaced in its middle: its renewal is that of the next term.
create function private.is_replaced_term(term public.contracts, next_starts_on date) returns boolean
language sql immutable set search_path = ''
as $$
  select least(term.ends_on, next_starts_on) < (term.starts_on + make_interval(months => term.term_months))::date - 31
$$;
comment on function private.is_replaced_term is
'True for a term whose successor begins more than a month before the agreed end: it changed in its middle.';

create function private.term_outcomes(company uuid)
returns table (
  contract_id uuid, customer_id uuid, customer_name text, owner_id uuid, segment text, arr numeric,
  renews_on date, outcome text, decided_on date, arr_after numeric
)
language sql stable security invoker set search_path = ''
as $$
  with zone as materialized (select private.time_zone() as name), terms as (
    select
      k as term, k.id, k.customer_id, k.starts_on, k.ends_on, k.arr,
      lead(k.starts_on) over w as next_starts_on, lead(k.arr) over w as next_arr,
      (lead(k.created_at) over w at time zone (select name from zone))::date as next_written_on
    from public.contracts k
    where k.company_id = company
    window w as (partition by k.customer_id order by k.starts_on, k.id desc)
  ), kinds as (
    select distinct on (o.code) o.code, o.needs_amount
    from public.outcome_codes o where o.company_id = company or o.company_id is null
    order by o.code, o.company_id nulls last
  ), runs as (
    select
      e.id, e.customer_id, e.outcome_code, e.outcome_amount,
      (e.started_at at time zone (select name from zone))::date as started_on,
      (e.ended_at at time zone (select name from zone))::date as ended_on
    from public.workflow_executions e
    join public.workflow_definition_versions v on v.id = e.definition_version_id
    join kinds o on o.code = e.outcome_code
    where
      e.company_id = company and e.status = 'completed' and v.category = 'renewal'
      and (o.needs_amount or o.code = 'churned')
  ), decided as (
    select distinct on (t.id) t.id, r.outcome_code, r.outcome_amount, r.ended_on
    from runs r
    join terms t
      on t.customer_id = r.customer_id and t.starts_on <= r.started_on
      and (t.next_starts_on is null or t.next_starts_on > r.started_on)
    order by t.id, r.ended_on desc, r.id
  ), judged as (
    select
      t.id, t.customer_id, c.name, c.owner_id, c.segment, c.status, t.arr, t.ends_on, d.outcome_code,
      case
        when d.outcome_code = 'churned' and coalesce(t.next_starts_on > t.ends_on, true) then 'churned'
        when d.id is null and private.is_replaced_term(t.term, t.next_starts_on) then 'replaced'
        when t.next_starts_on is not null or d.outcome_code <> 'churned' then 'kept'
        when c.status = 'churned' then 'churned'
      end as fate,
      coalesce(
        d.ended_on,
        case when t.next_starts_on is null then t.ends_on else least(t.next_written_on, t.next_starts_on) end
      ) as decided_on,
      coalesce(t.next_arr, d.outcome_amount, t.arr) as arr_after
    from terms t
    join public.customers c on c.id = t.customer_id
    left join decided d on d.id = t.id
    where c.status in ('active', 'churned')
  )
  select
    j.id, j.customer_id, j.name, j.owner_id, j.segment, j.arr, j.ends_on,
    case
      when j.fate is distinct from 'kept' then j.fate
      when j.outcome_code in ('renewed', 'expanded', 'downgraded') then j.outcome_code
      when j.arr_after > j.arr then 'expanded'
      when j.arr_after < j.arr then 'downgraded'
      else 'renewed'
    end,
    case when j.fate is not null then j.decided_on end,
    case j.fate when 'kept' then j.arr_after when 'churned' then 0 end
  from judged j
$$;
comment on function private.term_outcomes is
'Each contract of active and churned customers as a renewal. outcome: null while open; renewed, expanded or downgraded '
'with the ARR afterwards; churned; replaced for a term that changed in its middle. A run that decided says the outcome, '
'else the next term does.';

-- SaaS Capital 2023, medians by annual contract value; docs/decisions/0038-forecast.md.
create function private.retention_benchmarks() returns table (arr_from numeric, arr_to numeric, grr numeric, nrr numeric)
language sql immutable set search_path = ''
as $$
  values
  (0::numeric, 12000::numeric, 0.90, 1.00), (12000, 25000, 0.90, 1.02), (25000, 50000, 0.92, 1.03),
  (50000, 100000, 0.93, 1.05), (100000, 250000, 0.93, 1.07), (250000, null, 0.93, 1.10)
$$;
comment on function private.retention_benchmarks is
'Median gross and net revenue retention a year by ARR of the customer, as shares (SaaS Capital 2023).';

create function private.benchmark_share(arr numeric) returns numeric
language sql immutable set search_path = ''
as $$
  select b.grr from private.retention_benchmarks() b
  where coalesce(arr, 0) >= b.arr_from and coalesce(arr < b.arr_to, true)
$$;
comment on function private.benchmark_share is
'What is taken for the share that renews where a company has too few renewals of its own: the benchmark of gross '
'retention for that ARR.';

-- The band a fortnight or more before the decision: on the day of a loss everybody knows. Only what was kept counts.
create function private.renewal_experience(company uuid)
returns table (segment text, band text, renewals int, renewed int)
language sql stable security invoker set search_path = ''
as $$
  select x.segment, coalesce(s.health_band, 'none'), count(*)::int, count(*) filter (where x.outcome <> 'churned')::int
  from private.term_outcomes(company) x
  left join lateral (
    select k.health_band from public.customer_scores k
    where k.customer_id = x.customer_id and k.day between x.decided_on - 90 and x.decided_on - 14
    order by k.day desc limit 1
  ) s on true
  where x.outcome in ('renewed', 'expanded', 'downgraded', 'churned')
  group by 1, 2
$$;
comment on function private.renewal_experience is
'Closed renewals of a company and how many of them renewed, by segment and by the health band kept 14 to 90 days '
'before it was decided (none without one).';

create function private.least_experience() returns int
language sql immutable set search_path = '' as $$ select 20 $$;
comment on function private.least_experience is
'From how many closed renewals on their share is used; with fewer the benchmark is.';

create function private.forecast_quarters(company uuid, today date)
returns table (starts_on date, until_on date, label text)
language sql stable security invoker set search_path = ''
as $$
  with year as materialized (select private.fiscal_year_start_month(company) as start_month)
  select q.starts_on, (q.starts_on + interval '3 months')::date, q.label
  from year y
  cross join lateral private.quarter_of_day(today, y.start_month) f
  cross join generate_series(0, 3) n
  cross join lateral private.quarter_of_day((f.starts_on + make_interval(months => 3 * n))::date, y.start_month) q
$$;
comment on function private.forecast_quarters is
'The fiscal quarter of a company a day is in and the three after it.';

grant execute on function private.is_replaced_term, private.term_outcomes, private.retention_benchmarks,
private.benchmark_share, private.renewal_experience, private.least_experience, private.forecast_quarters
to authenticated;
