-- Customer health, 0-100, from parts that add up, as of any day: nothing is stored, so nothing can be stale.
--
--   usage       0-40  28-day actives / seats, against a target that rises with the customer's age (50 %, 75 %, 80 %)
--   engagement  0-25  days since the last contact: full up to 14 days, nothing from 60
--   support     0-20  minus 4 for each ticket opened in the last 30 days beyond the first, minus 6 for each open P1
--   voice       0-15  average survey answer of the last 180 days, out of 10
--
-- A part without data is left out and the rest scaled to 100. No score in the first 60 days, and none while support is all
-- there is to judge by: no tickets alone is not health. green from 70, yellow from 45, red below.

create function private.health_points(days date[], among uuid[] default null)
returns table (
  day date, customer_id uuid, score int, band text,
  usage_points int, engagement_points int, support_points int, voice_points int,
  active_users int, seats int, utilisation numeric, target numeric, last_touch_on date,
  recent_tickets int, open_tickets int, open_p1 int, survey_average numeric, survey_answers int
)
language sql stable security invoker set search_path = ''
as $$
  with book as materialized (
    select d.day, c.id as customer_id, d.day - c.customer_since as age
    from public.customers c join unnest(days) d (day) on c.customer_since <= d.day
    where c.status = 'active' and (among is null or c.id = any (among))
  ), evidence as (
    select b.day, b.customer_id, b.age, u.active_users, u.seats,
      round(u.active_users::numeric / u.seats, 4) as utilisation,
      case when b.age < 183 then 0.50 when b.age < 274 then 0.75 else 0.80 end as target,
      greatest(n.last_on, k.last_on) as last_touch_on,
      t.recent::int as recent_tickets, t.open_any::int as open_tickets, t.open_p1::int as open_p1,
      s.average as survey_average, s.answers::int as survey_answers
    from book b
    left join lateral (
      select w.active_users, w.seats from public.usage_weeks w
      where w.customer_id = b.customer_id and w.week_starts_on between b.day - 28 and b.day
      order by w.week_starts_on desc limit 1) u on true
    left join lateral (
      select x.happened_on as last_on from public.notes x
      where x.customer_id = b.customer_id and x.kind in ('call', 'meeting', 'email') and x.happened_on <= b.day
      order by x.happened_on desc limit 1) n on true
    left join lateral (
      select max(x.last_contact_on) as last_on from public.contacts x
      where x.customer_id = b.customer_id and x.last_contact_on <= b.day) k on true
    left join lateral (
      select count(*) filter (where x.opened_on > b.day - 30) as recent,
        count(*) filter (where x.solved_on is null or x.solved_on > b.day) as open_any,
        count(*) filter (where x.priority = 'p1' and (x.solved_on is null or x.solved_on > b.day)) as open_p1
      from public.tickets x where x.customer_id = b.customer_id and x.opened_on <= b.day) t on true
    left join lateral (
      select avg(x.score) as average, count(*) as answers from public.survey_responses x
      where x.customer_id = b.customer_id and x.responded_on between b.day - 180 and b.day) s on true
  ), points as materialized (
    -- least and greatest pass over a null: a part without data must not reach them. Materialized, lest each use computes it anew.
    select e.*,
      case when e.utilisation is not null then round(40 * least(1, e.utilisation / e.target))::int end as usage_points,
      case when e.last_touch_on is not null
        then round(25 * greatest(0, least(1, (60 - (e.day - e.last_touch_on)) / 46.0)))::int end as engagement_points,
      greatest(0, 20 - 4 * greatest(0, e.recent_tickets - 1) - 6 * e.open_p1) as support_points,
      round(15 * e.survey_average / 10)::int as voice_points
    from evidence e
  ), scored as materialized (
    select p.*,
      case when p.age >= 60 and num_nonnulls(p.usage_points, p.engagement_points, p.voice_points) > 0 then round(
        100.0 * (coalesce(p.usage_points, 0) + coalesce(p.engagement_points, 0) + p.support_points + coalesce(p.voice_points, 0))
        / (20 + case when p.usage_points is null then 0 else 40 end
              + case when p.engagement_points is null then 0 else 25 end
              + case when p.voice_points is null then 0 else 15 end))::int end as score
    from points p
  )
  select s.day, s.customer_id, s.score,
    case when s.score is null then null when s.score >= 70 then 'green' when s.score >= 45 then 'yellow' else 'red' end,
    s.usage_points, s.engagement_points, s.support_points, s.voice_points,
    s.active_users, s.seats, s.utilisation, s.target, s.last_touch_on,
    s.recent_tickets, s.open_tickets, s.open_p1, s.survey_average, s.survey_answers
  from scored s
$$;
comment on function private.health_points is 'The formula, for each of the days and every active customer one may see (or only those among); with the figures behind it.';

create function public.customer_health(as_of date default current_date, among uuid[] default null)
returns table (
  customer_id uuid, score int, band text,
  usage_points int, usage_sentence text, engagement_points int, engagement_sentence text,
  support_points int, support_sentence text, voice_points int, voice_sentence text,
  utilisation numeric, last_touch_on date, open_p1 int, open_tickets int
)
language sql stable security invoker set search_path = ''
as $$
  select h.customer_id, h.score, h.band,
    h.usage_points,
    case when h.usage_points is null then 'No usage data in the last 28 days.'
      else format('%s of %s seats in use (%s %%) in the last 28 days; at this age of the contract %s %% is the aim.',
        h.active_users, h.seats, round(100 * h.utilisation), round(100 * h.target)) end,
    h.engagement_points,
    case when h.last_touch_on is null then 'No contact on record.'
      when h.last_touch_on = as_of then 'Last contact today.'
      else format('Last contact %s day%s ago.', as_of - h.last_touch_on, case when as_of - h.last_touch_on = 1 then '' else 's' end) end,
    h.support_points,
    format('%s ticket%s opened in the last 30 days; %s open P1.', h.recent_tickets, case when h.recent_tickets = 1 then '' else 's' end, h.open_p1),
    h.voice_points,
    case when h.survey_answers = 0 then 'No survey answers in the last 180 days.'
      else format('%s out of 10 on average, n = %s, in the last 180 days.', round(h.survey_average, 1), h.survey_answers) end,
    h.utilisation, h.last_touch_on, h.open_p1, h.open_tickets
  from private.health_points(array[as_of], among) h
$$;
comment on function public.customer_health is 'Health of every active customer one may see (or only those among), as of a day, with its parts and their evidence.';
grant execute on function private.health_points, public.customer_health to authenticated;
