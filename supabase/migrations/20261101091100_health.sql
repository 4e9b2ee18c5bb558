-- Customer health, 0-100, from parts that add up, as of any day: nothing is stored, so nothing can be stale.
--
--   usage       0-40  28-day actives / seats, against a target that rises with the contract's age (50 %, 75 %, 80 %)
--   engagement  0-25  days since the last contact: full up to 14 days, nothing from 60
--   support     0-20  minus 4 for each ticket opened in the last 30 days beyond the first, minus 6 for each open P1
--   voice       0-15  average survey answer of the last 180 days, out of 10
--
-- A part without data is left out and the rest scaled to 100. No score in the first 60 days.
-- green from 70, yellow from 45, red below.

create function public.customer_health(as_of date default current_date)
returns table (
  customer_id uuid, score int, band text,
  usage_points int, usage_sentence text, engagement_points int, engagement_sentence text,
  support_points int, support_sentence text, voice_points int, voice_sentence text,
  utilisation numeric, last_touch_on date, open_p1 int, open_tickets int
)
language sql stable security invoker set search_path = ''
as $$
  with evidence as (
    select c.id as customer_id, as_of - c.customer_since as tenure_days,
      u.active_users, u.seats, round(u.active_users::numeric / u.seats, 4) as utilisation,
      case when as_of - c.customer_since < 183 then 0.50 when as_of - c.customer_since < 274 then 0.75 else 0.80 end as target,
      greatest(n.last_on, k.last_on) as last_touch_on,
      coalesce(t.open_p1, 0)::int as open_p1, coalesce(t.open_any, 0)::int as open_tickets, coalesce(t.recent, 0)::int as recent_tickets,
      s.average, s.answers
    from public.customers c
    left join lateral (
      select w.active_users, w.seats from public.usage_weeks w
      where w.customer_id = c.id and w.week_starts_on between as_of - 28 and as_of
      order by w.week_starts_on desc limit 1) u on true
    left join lateral (
      select max(x.happened_on) as last_on from public.notes x
      where x.customer_id = c.id and x.kind in ('call', 'meeting', 'email') and x.happened_on <= as_of) n on true
    left join lateral (
      select max(x.last_contact_on) as last_on from public.contacts x
      where x.customer_id = c.id and x.last_contact_on <= as_of) k on true
    left join lateral (
      select count(*) filter (where x.solved_on is null or x.solved_on > as_of) as open_any,
        count(*) filter (where x.priority = 'p1' and (x.solved_on is null or x.solved_on > as_of)) as open_p1,
        count(*) filter (where x.opened_on > as_of - 30) as recent
      from public.tickets x where x.customer_id = c.id and x.opened_on <= as_of) t on true
    left join lateral (
      select avg(x.score) as average, count(*) as answers from public.survey_responses x
      where x.customer_id = c.id and x.responded_on between as_of - 180 and as_of) s on true
    where c.status = 'active' and c.customer_since <= as_of
  ), points as (
    select e.*,
      round(40 * least(1, e.utilisation / e.target))::int as usage_points,
      round(25 * greatest(0, least(1, (60 - (as_of - e.last_touch_on)) / 46.0)))::int as engagement_points,
      greatest(0, 20 - 4 * greatest(0, e.recent_tickets - 1) - 6 * e.open_p1) as support_points,
      round(15 * e.average / 10)::int as voice_points
    from evidence e
  ), scored as (
    select p.*,
      case when p.tenure_days < 60 then null else round(
        100.0 * (coalesce(p.usage_points, 0) + coalesce(p.engagement_points, 0) + p.support_points + coalesce(p.voice_points, 0))
        / (20 + case when p.usage_points is null then 0 else 40 end
              + case when p.engagement_points is null then 0 else 25 end
              + case when p.voice_points is null then 0 else 15 end))::int end as score
    from points p
  )
  select s.customer_id, s.score,
    case when s.score is null then null when s.score >= 70 then 'green' when s.score >= 45 then 'yellow' else 'red' end,
    s.usage_points,
    case when s.usage_points is null then 'No usage data in the last 28 days.'
      else format('%s of %s seats in use (%s %%) in the last 28 days; at this age of the contract %s %% is the aim.',
        s.active_users, s.seats, round(100 * s.utilisation), round(100 * s.target)) end,
    s.engagement_points,
    case when s.last_touch_on is null then 'No contact on record.'
      when s.last_touch_on = as_of then 'Last contact today.'
      else format('Last contact %s day%s ago.', as_of - s.last_touch_on, case when as_of - s.last_touch_on = 1 then '' else 's' end) end,
    s.support_points,
    format('%s ticket%s opened in the last 30 days; %s open P1.', s.recent_tickets, case when s.recent_tickets = 1 then '' else 's' end, s.open_p1),
    s.voice_points,
    case when s.answers = 0 then 'No survey answers in the last 180 days.'
      else format('%s out of 10 on average, n = %s, in the last 180 days.', round(s.average, 1), s.answers) end,
    s.utilisation, s.last_touch_on, s.open_p1, s.open_tickets
  from scored s
$$;
comment on function public.customer_health is 'Health of every active customer one may see, as of a day, with its parts and their evidence.';
grant execute on function public.customer_health to authenticated;
