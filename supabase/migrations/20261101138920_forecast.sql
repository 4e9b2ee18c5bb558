-- The forecast: the renewals of four fiscal quarters, decided or open, with three calls that are never averaged.
-- An open renewal that is overdue counts in the quarter of today, a decided one in that of its later day.

create type private.forecast_row as (
  contract_id uuid, customer_id uuid, customer_name text, owner_id uuid, segment text, quarter_on date, due_on date,
  renews_on date, arr numeric, outcome text, decided_on date, band text, share numeric, share_n int, share_renewed int,
  computed numeric, csm_category text, csm_amount numeric, csm numeric, csm_revision int, leader_category text,
  leader_amount numeric, leader numeric, leader_revision int
);
comment on type private.forecast_row is
'A renewal with its calls. computed, csm and leader are ARR expected after it, for a decided one the ARR there is; csm '
'and leader are null without a call. share is of share_n closed renewals, or the benchmark where those are too few.';

create function private.forecast_rows(company uuid, today date) returns setof private.forecast_row
language sql stable security invoker set search_path = ''
as $$
  with quarters as materialized (
    select q.starts_on, q.until_on from private.forecast_quarters(company, today) q
  ), outcomes as materialized (
    select x.*, greatest(x.renews_on, coalesce(x.decided_on, today)) as due_on from private.term_outcomes(company) x
    where x.outcome is distinct from 'replaced'
  ), due as materialized (
    select o.*, q.starts_on as quarter_on
    from outcomes o join quarters q on o.due_on >= q.starts_on and o.due_on < q.until_on
  ), scores as materialized (
    select s.customer_id, s.health_band
    from private.read_scores(today, array(select distinct d.customer_id from due d where d.outcome is null)) s
  ), experience as materialized (
    select * from private.renewal_experience(company)
  ), calls as materialized (
    select distinct on (c.contract_id, c.level) c.contract_id, c.level, c.category, c.amount, c.revision
    from public.forecast_calls c where c.company_id = company
    order by c.contract_id, c.level, c.revision desc
  )
  select
    d.contract_id, d.customer_id, d.customer_name, d.owner_id, d.segment, d.quarter_on, d.due_on, d.renews_on, d.arr,
    d.outcome, d.decided_on, s.health_band, w.share, coalesce(e.renewals, 0), coalesce(e.renewed, 0),
    coalesce(d.arr_after, round(d.arr * w.share)),
    m.category, m.amount, coalesce(d.arr_after, private.forecast_call_value(m.category, m.amount, d.arr)), m.revision,
    l.category, l.amount, coalesce(d.arr_after, private.forecast_call_value(l.category, l.amount, d.arr)), l.revision
  from due d
  left join scores s on s.customer_id = d.customer_id
  left join experience e on e.segment = d.segment and e.band = coalesce(s.health_band, 'none')
  cross join
    lateral (
      select
        case
          when e.renewals >= private.least_experience() then round(e.renewed::numeric / e.renewals, 4)
          else private.benchmark_share(d.arr)
        end as share
    ) w
  left join calls m on m.contract_id = d.contract_id and m.level = 'csm'
  left join calls l on l.contract_id = d.contract_id and l.level = 'leader'
$$;
comment on function private.forecast_rows is
'The renewals of a company that are due in the fiscal quarter of a day and the three after it, with their calls.';

create function private.forecast_owners(owner text) returns uuid[]
language plpgsql stable security invoker set search_path = ''
as $$
declare
  wanted uuid[];
begin
  if not private.is_team_lead() or owner = 'mine' then
    return private.represented_people();
  elsif coalesce(owner, 'team') = 'team' then
    return null;
  end if;
  wanted := array_remove(array[private.parse_uuid(owner)], null);
  if wanted = '{}' then
    raise sqlstate 'PT400' using message = 'The owner cannot be read.';
  end if;
  return wanted;
end;
$$;
comment on function private.forecast_owners is
'Owners whose renewals a leader asks for: mine, team (all, null) or a person; of anybody else their own and of whom '
'they stand in for. Raises PT400.';

create function private.describe_forecast_rows(rows jsonb, today date) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select
    coalesce(jsonb_agg(
      p.row || jsonb_build_object(
        'owner_name', o.full_name,
        'is_own', (p.row ->> 'owner_id')::uuid = any(mine.people),
        'csm_unmet', private.unmet_evidence(p.row ->> 'csm_category', v.evidence),
        'leader_unmet', private.unmet_evidence(p.row ->> 'leader_category', v.evidence)
      ) order by p.place), '[]')
  from jsonb_array_elements(rows) with ordinality p (row, place)
  join public.profiles o on o.id = (p.row ->> 'owner_id')::uuid
  cross join (select private.represented_people() as people) mine
  left join lateral (
    select private.renewal_evidence((p.row ->> 'customer_id')::uuid, today) as evidence
    where p.row ->> 'outcome' is null and coalesce(p.row ->> 'csm_category', p.row ->> 'leader_category') is not null
  ) v on true
$$;
comment on function private.describe_forecast_rows is
'Renewals of a page with what only the rows on screen need: the owner''s name, whether the '
'caller is or stands in for them, and the evidence that the calls lack.';

create function public.forecast(
  p_owner text default null, p_segment text default null, p_quarter date default null, p_state text default null,
  p_first int default 0, p_most int default 50
) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  today constant date := private.today();
  company constant uuid := private.current_company_id();
  owners uuid[];
  answer jsonb;
begin
  perform private.require_member();
  owners := private.forecast_owners(p_owner);
  if not coalesce(p_segment in ('smb', 'mid', 'enterprise'), true)
    or not coalesce(p_state in ('open', 'decided', 'no_csm', 'no_leader'), true) then
    raise sqlstate 'PT400' using message = 'The filter of the forecast cannot be read.';
  end if;
  with mine as materialized (
    select f.* from private.forecast_rows(company, today) f
    where (owners is null or f.owner_id = any (owners)) and (p_segment is null or f.segment = p_segment)
  ), sums as (
    select
      m.quarter_on, count(*) as renewals, coalesce(sum(m.arr), 0) as arr, count(m.outcome) as decided,
      coalesce(sum(m.arr) filter (where m.outcome is not null), 0) as decided_arr,
      coalesce(sum(m.computed) filter (where m.outcome is not null), 0) as kept,
      coalesce(sum(m.computed), 0) as computed, coalesce(sum(m.csm), 0) as csm, coalesce(sum(m.leader), 0) as leader,
      count(*) filter (where m.csm is null) as csm_missing,
      coalesce(sum(m.arr) filter (where m.csm is null), 0) as csm_missing_arr,
      count(*) filter (where m.leader is null) as leader_missing,
      coalesce(sum(m.arr) filter (where m.leader is null), 0) as leader_missing_arr
    from mine m group by m.quarter_on
  ), chosen as (
    select m.* from mine m
    where (p_quarter is null or m.quarter_on = p_quarter)
      and (p_state is null or case p_state
        when 'open' then m.outcome is null when 'decided' then m.outcome is not null
        when 'no_csm' then m.csm is null else m.leader is null end)
  ), page as (
    select * from chosen c order by c.outcome is not null, c.due_on, c.arr desc, c.contract_id
    offset greatest(0, coalesce(p_first, 0)) limit greatest(1, least(coalesce(p_most, 50), 1000))
  )
  select jsonb_build_object(
    'quarters', (
      select jsonb_agg(to_jsonb(q) || coalesce(to_jsonb(s), '{}') order by q.starts_on)
      from private.forecast_quarters(company, today) q left join sums s on s.quarter_on = q.starts_on),
    'total', (select count(*) from chosen),
    'rows', (select coalesce(jsonb_agg(to_jsonb(p)), '[]') from page p))
  into answer;
  return answer || jsonb_build_object(
    'today', today, 'rows', private.describe_forecast_rows(answer -> 'rows', today),
    'least_experience', private.least_experience(),
    'owners', (
      select coalesce(jsonb_agg(jsonb_build_object('id', o.id, 'name', o.full_name) order by o.full_name, o.id), '[]')
      from public.profiles o
      where o.company_id = company and exists (select from public.customers c where c.owner_id = o.id)));
end;
$$;
comment on function public.forecast is
'The forecast: four fiscal quarters with what is due, decided and expected by each call, and p_most (up to 1,000) of '
'their renewals without the first p_first, open ones first, by date; of a quarter (its first day) and state (open, '
'decided, no_csm, no_leader) where given. p_owner of a leader: mine, team or a person; anybody else gets their own.';

grant execute on function private.forecast_rows, private.forecast_owners, private.describe_forecast_rows,
public.forecast to authenticated;
