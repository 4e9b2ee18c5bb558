-- A renewal that is agreed asks for nothing more: once the next term stands, the notice deadline of this one has no points.

create or replace function public.customer_priorities(as_of date default current_date, among uuid[] default null)
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
      case when n.starts_on is null then private.deadline_points(k.notice_deadline - as_of, k.ends_on - as_of, h.band = 'red') else 0 end as deadline_points,
      n.starts_on as renewed_from
    from health h
    left join lateral (
      select * from public.contracts x where x.customer_id = h.customer_id and x.starts_on <= as_of
      order by x.starts_on desc, x.id limit 1) k on true
    left join lateral (
      select x.starts_on from public.contracts x where x.customer_id = h.customer_id and x.starts_on > as_of
      order by x.starts_on, x.id limit 1) n on true
  )
  select a.customer_id, a.arr_points + a.deadline_points + coalesce(s.points, 0),
    jsonb_build_array(
      jsonb_build_object('kind', 'deadline', 'points', a.deadline_points, 'sentence', case
        when a.days is null then 'No contract on record.'
        when a.renewed_from is not null then format('The next term is agreed; it begins on %s.', to_char(a.renewed_from, 'FMDD FMMonth YYYY'))
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
