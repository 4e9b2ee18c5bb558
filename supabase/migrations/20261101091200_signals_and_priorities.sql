-- What speaks for acting on a customer now, and how much: one formula, every addend with its sentence.
--
--   priority (0-100) = arr (0-30) + deadline (0-40) + signals (0-30)
--   arr       30 x ln(1 + ARR / 10,000) / ln(1 + 300,000 / 10,000), at most 30
--   deadline  40 x (120 - days to the notice deadline) / 120 between 120 days and the deadline; 40 in the 14 days after
--             it, 20 after that until 30 days after the renewal date; a red account counts from 180 days, not 120
--   signals   the points of each signal below, strongest first, until 30 are reached

create function public.customer_signals(as_of date default current_date, among uuid[] default null)
returns table (customer_id uuid, kind text, points int, sentence text)
language sql stable security invoker set search_path = ''
as $$
  with health as materialized (select * from private.health_points(array[as_of], among)),
  customers as materialized (
    select c.id, c.competitor, as_of - c.customer_since as age
    from public.customers c join health h on h.customer_id = c.id
  ),
  trend as (
    select c.id as customer_id, t.recent, t.before
    from customers c cross join lateral (
      select avg(w.active_users::numeric / w.seats) filter (where w.week_starts_on > as_of - 28) as recent,
        avg(w.active_users::numeric / w.seats) filter (where w.week_starts_on <= as_of - 28) as before
      from public.usage_weeks w
      where w.customer_id = c.id and w.week_starts_on between as_of - 84 and as_of) t
  ),
  departures as (
    select c.id as customer_id, x.name, x.role, as_of - x.left_on as days
    from customers c cross join lateral (
      select k.name, k.role, k.left_on from public.contacts k
      where k.customer_id = c.id and k.status = 'left' and k.replaced_by is null
        and k.role in ('executive_sponsor', 'economic_buyer', 'champion') and k.left_on between as_of - 180 and as_of
      order by k.role = 'champion', k.left_on desc, k.name limit 1) x
  ),
  detractors as (
    select c.id as customer_id, coalesce(x.name, 'Somebody') as name, x.score
    from customers c cross join lateral (
      select k.name, r.score
      from public.survey_responses r left join public.contacts k on k.id = r.contact_id
      where r.customer_id = c.id and r.score <= 6 and r.responded_on between as_of - 90 and as_of
      order by r.responded_on desc, r.score, k.name limit 1) x
  )
  select d.customer_id,
    case when d.role = 'champion' then 'champion_left' else 'sponsor_left' end,
    case when d.role = 'champion' then 15 else 25 end,
    format('%s, %s, left %s; no successor is known.', d.name, replace(d.role, '_', ' '),
      case d.days when 0 then 'today' when 1 then '1 day ago' else d.days || ' days ago' end)
  from departures d
  union all
  select h.customer_id, 'low_usage', 20,
    format('%s %% of the seats are in use (last 28 days).', round(100 * h.utilisation))
  from health h join customers c on c.id = h.customer_id
  where h.utilisation < 0.5 and c.age >= 90
  union all
  select t.customer_id, 'usage_falling', 15,
    format('Usage fell by %s %% against the two months before.', round(100 * (1 - t.recent / t.before)))
  from trend t
  where t.before > 0 and t.recent / t.before <= 0.8
  union all
  select h.customer_id, 'p1_open', least(20, 10 * h.open_p1),
    format('%s P1 ticket%s open.', h.open_p1, case when h.open_p1 = 1 then ' is' else 's are' end)
  from health h where h.open_p1 > 0
  union all
  select h.customer_id, 'silence', case when as_of - h.last_touch_on >= 60 then 15 else 10 end,
    format('Nobody has been in contact for %s days.', as_of - h.last_touch_on)
  from health h where as_of - h.last_touch_on >= 30
  union all
  select d.customer_id, 'detractor', 10, format('%s answered %s out of 10 in a survey.', d.name, d.score)
  from detractors d
  union all
  select c.id, 'competitor', 15, format('%s is being evaluated as an alternative.', c.competitor)
  from customers c where c.competitor is not null
  union all
  select h.customer_id, 'seats_full', 10,
    format('%s %% of the seats are in use: room to grow.', round(100 * h.utilisation))
  from health h where h.utilisation > 0.9
$$;
comment on function public.customer_signals is 'Signals of every active customer one may see (or only those among), as of a day, with points and evidence.';

create function private.arr_points(arr numeric) returns int
language sql immutable set search_path = ''
as $$ select coalesce(round(30 * least(1, ln(1 + greatest(arr, 0) / 10000) / ln(31.0))), 0)::int $$;
comment on function private.arr_points is 'The ARR addend of a priority, 0-30.';

create function private.deadline_points(days_to_notice int, days_to_renewal int, is_red boolean) returns int
language sql immutable set search_path = ''
as $$
  select case
    when days_to_notice is null or days_to_renewal < -30 then 0
    when days_to_notice < -14 then 20
    when days_to_notice < 0 then 40
    else round(40 * greatest(0, 1 - days_to_notice / case when coalesce(is_red, false) then 180.0 else 120.0 end))::int
  end
$$;
comment on function private.deadline_points is 'The deadline addend of a priority, 0-40.';
grant execute on function private.arr_points, private.deadline_points to authenticated;

create function public.customer_priorities(as_of date default current_date, among uuid[] default null)
returns table (
  customer_id uuid, score int, reasons jsonb, arr numeric, notice_deadline date, days_to_notice int,
  health_score int, health_band text, leading_signal text, deadline_points int
)
language sql stable security invoker set search_path = ''
as $$
  with health as materialized (select * from private.health_points(array[as_of], among)),
  capped as (
    select s.customer_id, s.kind, s.sentence,
      greatest(0, least(s.points, 30 - coalesce(sum(s.points) over (
        partition by s.customer_id order by s.points desc, s.kind rows between unbounded preceding and 1 preceding), 0)))::int as points,
      row_number() over (partition by s.customer_id order by s.points desc, s.kind) as place
    from public.customer_signals(as_of, among) s
  ),
  signals as (
    select c.customer_id, sum(c.points)::int as points, max(c.kind) filter (where c.place = 1) as leading,
      jsonb_agg(jsonb_build_object('kind', c.kind, 'points', c.points, 'sentence', c.sentence) order by c.place) as reasons
    from capped c group by c.customer_id
  ),
  addends as (
    select h.customer_id, h.score as health_score, h.band, k.arr, k.notice_deadline, k.ends_on, k.auto_renews,
      k.notice_deadline - as_of as days, k.ends_on - as_of as days_to_renewal,
      private.arr_points(k.arr) as arr_points,
      private.deadline_points(k.notice_deadline - as_of, k.ends_on - as_of, h.band = 'red') as deadline_points
    from health h
    left join lateral (
      select * from public.contracts x where x.customer_id = h.customer_id and x.starts_on <= as_of
      order by x.starts_on desc, x.id limit 1) k on true
  )
  select a.customer_id, a.arr_points + a.deadline_points + coalesce(s.points, 0),
    jsonb_build_array(
      jsonb_build_object('kind', 'deadline', 'points', a.deadline_points, 'sentence', case
        when a.days is null then 'No contract on record.'
        when a.days_to_renewal < 0 then format('The renewal date passed %s day%s ago.', -a.days_to_renewal, case when a.days_to_renewal = -1 then '' else 's' end)
        when a.days < 0 then format('The notice deadline passed %s day%s ago; the term ends %s.', -a.days, case when a.days = -1 then '' else 's' end,
          case a.days_to_renewal when 0 then 'today' when 1 then 'tomorrow' else 'in ' || a.days_to_renewal || ' days' end)
        when a.days = 0 then 'The notice deadline is today.'
        else format('The notice deadline is in %s day%s.', a.days, case when a.days = 1 then '' else 's' end) end),
      jsonb_build_object('kind', 'arr', 'points', a.arr_points, 'sentence', case
        when a.arr is null then 'No ARR on record.'
        else format('$%s of ARR.', ltrim(to_char(a.arr, 'FM999,999,999,999'))) end)
    ) || coalesce(s.reasons, '[]'),
    a.arr, a.notice_deadline, a.days, a.health_score, a.band, s.leading, a.deadline_points
  from addends a left join signals s on s.customer_id = a.customer_id
$$;
comment on function public.customer_priorities is 'Priority of every active customer one may see (or only those among), as of a day, with the addends that make it up.';
grant execute on function public.customer_signals, public.customer_priorities to authenticated;
