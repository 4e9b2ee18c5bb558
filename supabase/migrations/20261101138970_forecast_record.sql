-- How right the calls were, and what was kept of the revenue there was: the track record of the forecast.

create function private.claimed_share_of_category(category text) returns numeric
language sql immutable set search_path = ''
as $$
  select case category
    when 'commit' then 0.95
    when 'likely' then 0.75
    when 'doubtful' then 0.35
    when 'lost' then 0.05
  end
$$;
comment on function private.claimed_share_of_category is
'The probability that a category claims a renewal has: commit 95%, likely 75%, doubtful 35%, lost 5%. The Brier score '
'is measured against it.';

create function private.round_share_to_tenth(share numeric) returns text
language sql immutable set search_path = ''
as $$ select least(floor(share * 10), 9) * 10 || '%' $$;
comment on function private.round_share_to_tenth is 'The tenth a share is in, by where it begins: 0% to 90%.';

create function private.closed_calls(company uuid, owners uuid[])
returns table (contract_id uuid, call text, category text, claim numeric, is_renewed boolean)
language sql stable security invoker set search_path = ''
as $$
  with closed as materialized (
    select x.contract_id, x.decided_on, x.outcome <> 'churned' as is_renewed
    from private.term_outcomes(company) x
    where
      x.outcome in ('renewed', 'expanded', 'downgraded', 'churned') and x.decided_on <= private.today()
      and (owners is null or x.owner_id = any(owners))
  ), zone as materialized (select private.time_zone() as name)
  select x.contract_id, l.level, l.category, private.claimed_share_of_category(l.category), x.is_renewed
  from closed x
  join (
    select distinct on (c.contract_id, c.level) c.contract_id, c.level, c.category
    from public.forecast_calls c
    join closed d on d.contract_id = c.contract_id
    where c.company_id = company and (c.called_at at time zone (select z.name from zone z))::date <= d.decided_on
    order by c.contract_id, c.level, c.revision desc
  ) l on l.contract_id = x.contract_id
  union all
  select x.contract_id, 'computed', null, s.share, x.is_renewed
  from closed x
  join (
    select distinct on (r.contract_id) r.contract_id, r.share
    from public.forecast_snapshot_rows r
    join public.forecast_snapshots p on p.id = r.snapshot_id
    join closed d on d.contract_id = r.contract_id
    where r.company_id = company and r.outcome is null and p.day <= d.decided_on
    order by r.contract_id, p.day desc
  ) s on s.contract_id = x.contract_id
$$;
comment on function private.closed_calls is
'Closed renewals of these owners (null: all) with the last call of each level up to the day of the decision, and the '
'share of the last snapshot before it: what each claimed, and whether it renewed.';

create function public.forecast_record(p_owner text default null) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  company constant uuid := private.current_company_id();
  owners uuid[];
begin
  perform private.require_member();
  owners := private.forecast_owners(p_owner);
  return (
    with calls as materialized (
      select * from private.closed_calls(company, owners)
    ), scores as (
      select
        c.call, count(*) as renewals, count(*) filter (where c.is_renewed) as renewed,
        round(avg((c.claim - c.is_renewed::int) ^ 2), 4) as brier,
        round(stddev_samp((c.claim - c.is_renewed::int) ^ 2) / sqrt(count(*)::numeric), 4) as standard_error
      from calls c group by c.call
    ), categories as (
      select
        c.call, coalesce(c.category, private.round_share_to_tenth(c.claim)) as category, round(avg(c.claim), 4) as claim,
        count(*) as renewals, count(*) filter (where c.is_renewed) as renewed
      from calls c group by 1, 2
    )
    select jsonb_build_object(
      'closed', (
        select count(*) from private.term_outcomes(company) x
        where x.outcome in ('renewed', 'expanded', 'downgraded', 'churned') and x.decided_on <= private.today()
          and (owners is null or x.owner_id = any (owners))),
      'least_experience', private.least_experience(),
      'scores', (select coalesce(jsonb_agg(to_jsonb(s) order by s.call), '[]') from scores s),
      'categories', (select coalesce(jsonb_agg(to_jsonb(g) order by g.call, g.claim desc), '[]') from categories g)));
end;
$$;
comment on function public.forecast_record is
'How right the calls on closed renewals were: the Brier score of each call (0: always right and sure; 0.25: a coin '
'toss) with its standard error (null for one renewal), and how many of each category renewed, for the computed call '
'of each tenth of its share (round_share_to_tenth). p_owner as for forecast.';

create function private.retention_rows(company uuid, today date)
returns table (
  customer_id uuid, owner_id uuid, segment text, arr_then numeric, arr_now numeric,
  computed numeric, csm numeric, leader numeric
)
language sql stable security invoker set search_path = ''
as $$
  with year_ago as materialized (select (today - interval '1 year')::date as day), terms as materialized (
    select k.id, k.customer_id, k.arr, k.starts_on, k.ends_on
    from public.contracts k where k.company_id = company and k.starts_on <= today
  ), terms_then as (
    select distinct on (t.customer_id) t.customer_id, t.arr, t.ends_on
    from terms t where t.starts_on <= (select y.day from year_ago y)
    order by t.customer_id, t.starts_on desc, t.id
  ), terms_now as (
    select distinct on (t.customer_id) t.customer_id, t.arr
    from terms t order by t.customer_id, t.starts_on desc, t.id
  ), due as (
    select distinct on (f.customer_id) f.customer_id, f.computed, f.csm, f.leader
    from private.forecast_rows(company, today) f order by f.customer_id, f.renews_on desc
  )
  select
    c.id, c.owner_id, c.segment,
    case when c.status = 'active' or t.ends_on > (select y.day from year_ago y) then t.arr end,
    case when c.status = 'active' then n.arr else 0 end,
    case when c.status = 'churned' then 0 when d.customer_id is null then n.arr else d.computed end,
    case when c.status = 'churned' then 0 when d.customer_id is null then n.arr else d.csm end,
    case when c.status = 'churned' then 0 when d.customer_id is null then n.arr else d.leader end
  from terms_now n
  join public.customers c on c.id = n.customer_id and c.status in ('active', 'churned')
  left join terms_then t on t.customer_id = n.customer_id
  left join due d on d.customer_id = n.customer_id
$$;
comment on function private.retention_rows is
'ARR of each customer a year ago (null: none yet, or lost before), now, and after the four quarters by each call (what '
'is not due stays; null for a renewal without that call).';

create function public.forecast_retention(p_owner text default null) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  today constant date := private.today();
  company constant uuid := private.current_company_id();
  owners uuid[];
begin
  perform private.require_member();
  owners := private.forecast_owners(p_owner);
  return (
    with mine as materialized (
      select
        r.*, b.grr, b.nrr,
        -- least() passes over nulls: who has no ARR then, or no call, has kept nothing of it either.
        case when r.arr_then is not null then least(r.arr_now, r.arr_then) end as kept_now,
        case when r.computed is not null then least(r.computed, r.arr_now) end as kept_computed,
        case when r.csm is not null then least(r.csm, r.arr_now) end as kept_csm,
        case when r.leader is not null then least(r.leader, r.arr_now) end as kept_leader
      from private.retention_rows(company, today) r
      left join private.retention_benchmarks() b
        on r.arr_then >= b.arr_from and coalesce(r.arr_then < b.arr_to, true)
      where owners is null or r.owner_id = any (owners)
    ), sums as (
      select
        m.segment, o.full_name as owner_name, m.owner_id, grouping(m.segment, m.owner_id) as depth,
        count(m.arr_then) as customers, sum(m.arr_then) as arr_then,
        sum(m.arr_now) filter (where m.arr_then is not null) as arr_now, sum(m.kept_now) as kept_now,
        sum(m.grr * m.arr_then) as benchmark_kept, sum(m.nrr * m.arr_then) as benchmark_now,
        sum(m.arr_now) as base, sum(m.computed) as computed, sum(m.kept_computed) as kept_computed,
        sum(m.arr_now) filter (where m.csm is not null) as csm_base, sum(m.csm) as csm, sum(m.kept_csm) as kept_csm,
        count(*) filter (where m.csm is null) as csm_missing,
        sum(m.arr_now) filter (where m.leader is not null) as leader_base, sum(m.leader) as leader,
        sum(m.kept_leader) as kept_leader, count(*) filter (where m.leader is null) as leader_missing
      from mine m left join public.profiles o on o.id = m.owner_id
      group by grouping sets ((), (m.segment), (m.owner_id, o.full_name))
    )
    select jsonb_build_object(
      'today', today, 'since', (today - interval '1 year')::date,
      'until', (select max(q.until_on) - 1 from private.forecast_quarters(company, today) q),
      'groups', coalesce(jsonb_agg(to_jsonb(s) - 'depth' order by s.depth = 3 desc, s.depth,
        array_position(array['smb', 'mid', 'enterprise'], s.segment), s.owner_name, s.owner_id)
        filter (where s.base is not null), '[]'))
    from sums s);
end;
$$;
comment on function public.forecast_retention is
'Sums of ARR behind gross and net retention: over the year to today, and from today to the end of the four quarters '
'by each call; of all, by segment and by owner. Gross retention is kept / base, net is the sum / base; renewals '
'without a call are left out of that call, and counted. benchmark_*: what the benchmark for each customer''s ARR '
'would be. p_owner as for forecast.';

grant execute on function private.claimed_share_of_category, private.round_share_to_tenth, private.closed_calls, public.forecast_record,
private.retention_rows, public.forecast_retention to authenticated;
