-- What moved the forecast since a snapshot: each renewal's difference, in parts by cause that add up to it exactly.

create function private.forecast_value(
  call text, computed numeric, csm numeric, leader numeric
) returns numeric
language sql immutable set search_path = ''
as $$ select coalesce(case call when 'computed' then computed when 'csm' then csm else leader end, 0) $$;
comment on function private.forecast_value is 'The ARR expected by one of the three calls; 0 without one.';

-- Steps from the value then to the value now, one thing changed at a time: their differences telescope.
create function private.forecast_steps(
  call text, was public.forecast_snapshot_rows, is_now private.forecast_row, value_was numeric, value_now numeric
) returns table (cause text, step numeric)
language sql immutable set search_path = ''
as $$
  select s.cause, s.value - lag(s.value, 1, value_was) over (order by s.place)
  from (
    select
      1, 'contract', case call
        when 'computed' then round((is_now).arr * (was).share)
        when 'csm' then coalesce(private.forecast_call_value((was).csm_category, (was).csm_amount, (is_now).arr), 0)
        else coalesce(private.forecast_call_value((was).leader_category, (was).leader_amount, (is_now).arr), 0)
      end
    where (was).outcome is null and (is_now).outcome is null
    union all
    select
      2, case
        when (is_now).outcome is distinct from (was).outcome then coalesce((is_now).outcome, 'reopened')
        when (is_now).outcome is not null then 'contract'
        when call <> 'computed' then 'call'
        when (is_now).band is distinct from (was).band then 'health'
        else 'experience'
      end, value_now
  ) s (place, cause, value)
$$;
comment on function private.forecast_steps is
'Of a renewal that was and is in the forecast: by how much each cause moved it. renewed, expanded, downgraded, churned: '
'decided; reopened; contract: its ARR, or what it ended with, is another; call: another call; health: another band; '
'experience: another share for the same band.';

create function private.forecast_moves(company uuid, today date, snapshot uuid, owners uuid[], call text)
returns table (contract_id uuid, customer_id uuid, cause text, step numeric, value_was numeric, value_now numeric)
language sql stable security invoker set search_path = ''
as $$
  with pairs as (
    select
      w.r as was, n as is_now,
      (w.r).id is not null and (owners is null or (w.r).owner_id = any(owners)) as counted_then,
      n.contract_id is not null and (owners is null or n.owner_id = any(owners)) as counts_now,
      private.forecast_value(call, (w.r).computed, (w.r).csm, (w.r).leader) as value_was,
      private.forecast_value(call, n.computed, n.csm, n.leader) as value_now,
      coalesce((w.r).contract_id, n.contract_id) as contract_id, coalesce(n.customer_id, (w.r).customer_id) as customer_id,
      (w.r).id as was_id, (w.r).renews_on as renewed_on, n.contract_id as now_id
    from (select r from public.forecast_snapshot_rows r where r.snapshot_id = snapshot) w
    full join private.forecast_rows(company, today) n on n.contract_id = (w.r).contract_id
  )
  select p.contract_id, p.customer_id, s.cause, s.step, p.value_was, p.value_now
  from pairs p
  cross join lateral private.forecast_steps(call, p.was, p.is_now, p.value_was, p.value_now) s
  where p.counted_then and p.counts_now
  union all
  select
    p.contract_id, p.customer_id, case when p.was_id is null then 'entered' else 'owner' end, p.value_now, 0, p.value_now
  from pairs p where p.counts_now and not p.counted_then
  union all
  select
    p.contract_id, p.customer_id, case
      when p.now_id is not null then 'owner'
      when
        p.renewed_on < (select min(q.starts_on) from private.forecast_quarters(company, today) q)
        and exists(select from public.contracts k where k.id = p.contract_id)
        then 'past'
      else 'gone'
    end, -p.value_was, p.value_was, 0
  from pairs p where p.counted_then and not p.counts_now
$$;
comment on function private.forecast_moves is
'By how much each cause moved each renewal of these owners (null: all) since a snapshot, by one of the three calls. '
'Beside those of forecast_steps: entered: new in the four quarters; owner: the customer came from or went to another; '
'past: its quarter is over; gone: moved beyond the quarters, replaced or deleted. The steps add up to the difference of '
'the sums exactly.';

create function private.forecast_weeks(company uuid, today date) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('week_starts_on', w.day::date, 'day', s.day) order by w.day desc), '[]')
  from (
    select min(x.week_starts_on) as week from public.forecast_snapshots x where x.company_id = company
  ) first
  cross join lateral generate_series(
    greatest(first.week, date_trunc('week', today)::date - 7 * 26)::timestamp,
    date_trunc('week', today), interval '7 days'
  ) w (day)
  left join public.forecast_snapshots s on s.company_id = company and s.week_starts_on = w.day::date
  where first.week is not null
$$;
comment on function private.forecast_weeks is
'The weeks since the first snapshot, half a year at most, the latest first, each with the day its snapshot is as of; '
'null for a week without one.';

create function public.forecast_moves(
  p_call text default 'computed', p_week date default null, p_owner text default null
) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  today constant date := private.today();
  company constant uuid := private.current_company_id();
  owners uuid[];
  base public.forecast_snapshots;
  answer jsonb;
begin
  perform private.require_member();
  owners := private.forecast_owners(p_owner);
  if p_call is null or p_call not in ('computed', 'csm', 'leader') then
    raise sqlstate 'PT400' using message = 'There is no such call.';
  end if;
  select * into base from public.forecast_snapshots s
  where s.company_id = company and (p_week is null or s.week_starts_on = p_week)
  order by s.week_starts_on desc limit 1;
  answer := jsonb_build_object(
    'today', today, 'weeks', private.forecast_weeks(company, today),
    'week_starts_on', base.week_starts_on, 'day', base.day);
  if base.id is null then
    return answer || jsonb_build_object('value_was', null, 'value_now', null, 'causes', '[]'::jsonb);
  end if;
  return answer || (
    with moves as materialized (
      select m.*, c.name as customer_name from private.forecast_moves(company, today, base.id, owners, p_call) m
      join public.customers c on c.id = m.customer_id
    ), ranked as (
      select m.*, row_number() over (partition by m.cause order by abs(m.step) desc, m.customer_name, m.contract_id) as place
      from moves m where m.step <> 0
    ), causes as (
      select
        r.cause, sum(r.step) as step, count(*) as renewals,
        jsonb_agg(jsonb_build_object(
          'contract_id', r.contract_id, 'customer_id', r.customer_id, 'customer_name', r.customer_name, 'step', r.step,
          'value_was', r.value_was, 'value_now', r.value_now) order by r.place) filter (where r.place <= 100) as rows
      from ranked r group by r.cause
    ), totals as (
      select
        coalesce(sum(private.forecast_value(p_call, w.computed, w.csm, w.leader)), 0) as value_was
      from public.forecast_snapshot_rows w
      where w.snapshot_id = base.id and (owners is null or w.owner_id = any (owners))
    )
    select jsonb_build_object(
      'value_was', (select value_was from totals),
      'value_now', (select value_was from totals) + coalesce((select sum(step) from causes), 0),
      'causes', coalesce(jsonb_agg(to_jsonb(c) order by abs(c.step) desc, c.cause), '[]'))
    from causes c);
end;
$$;
comment on function public.forecast_moves is
'What moved the forecast since the snapshot of a week (its Monday; the latest without one) by one of the three calls: '
'the sum then and now, each cause with its part and up to 100 renewals, and the weeks there are. Without a snapshot '
'value_was is null. p_owner as for forecast. Raises PT400.';

grant execute on function private.forecast_value, private.forecast_steps, private.forecast_moves, private.forecast_weeks,
public.forecast_moves to authenticated;
