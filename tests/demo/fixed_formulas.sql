-- The formulas of health and priority with their weights written out, as they were before rules had versions. The test
-- beside this file compares stock's rules with them.

create schema fixed_formulas;

create function fixed_formulas.health_points(days date[], among uuid[] default null)
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
    where c.status = 'active' and (among is null or c.id = any(among))
  ), evidence as (
    select
      b.day, b.customer_id, b.age, u.active_users, u.seats,
      round(u.active_users::numeric / u.seats, 4) as utilisation,
      case when b.age < 183 then 0.50 when b.age < 274 then 0.75 else 0.80 end as target,
      greatest(n.last_on, k.last_on) as last_touch_on,
      t.recent::int as recent_tickets, t.open_any::int as open_tickets, t.open_p1::int as open_p1,
      s.average as survey_average, s.answers::int as survey_answers
    from book b
    left join lateral (
      select w.active_users, w.seats from public.usage_weeks w
      where w.customer_id = b.customer_id and w.week_starts_on between b.day - 28 and b.day
      order by w.week_starts_on desc limit 1
    ) u on true
    left join lateral (
      select x.happened_on as last_on from public.notes x
      where x.customer_id = b.customer_id and x.kind in ('call', 'meeting', 'email') and x.happened_on <= b.day
      order by x.happened_on desc limit 1
    ) n on true
    left join lateral (
      select max(x.last_contact_on) as last_on from public.contacts x
      where x.customer_id = b.customer_id and x.last_contact_on <= b.day
    ) k on true
    left join lateral (
      select
        count(*) filter (where x.opened_on > b.day - 30) as recent,
        count(*) filter (where x.solved_on is null or x.solved_on > b.day) as open_any,
        count(*) filter (where x.priority = 'p1' and (x.solved_on is null or x.solved_on > b.day)) as open_p1
      from public.tickets x where x.customer_id = b.customer_id and x.opened_on <= b.day
    ) t on true
    left join lateral (
      select avg(x.score) as average, count(*) as answers from public.survey_responses x
      where x.customer_id = b.customer_id and x.responded_on between b.day - 180 and b.day
    ) s on true
  ), points as materialized (
    -- least and greatest ignore nulls: a part without data must not reach them.
    select
      e.*,
      case when e.utilisation is not null then round(40 * least(1, e.utilisation / e.target))::int end as usage_points,
      case
        when e.last_touch_on is not null
          then round(25 * greatest(0, least(1, (60 - (e.day - e.last_touch_on)) / 46.0)))::int
      end as engagement_points,
      greatest(0, 20 - 4 * greatest(0, e.recent_tickets - 1) - 6 * e.open_p1) as support_points,
      round(15 * e.survey_average / 10)::int as voice_points
    from evidence e
  ), scored as materialized (
    select
      p.*,
      case when p.age >= 60 and num_nonnulls(p.usage_points, p.engagement_points, p.voice_points) > 0 then round(
        100.0
        * (
          coalesce(p.usage_points, 0) + coalesce(p.engagement_points, 0) + p.support_points
          + coalesce(p.voice_points, 0)
        )
        / (
          20 + case when p.usage_points is null then 0 else 40 end
          + case when p.engagement_points is null then 0 else 25 end
          + case when p.voice_points is null then 0 else 15 end
        )
      )::int end as score
    from points p
  )
  select
    s.day, s.customer_id, s.score,
    case when s.score is null then null when s.score >= 70 then 'green' when s.score >= 45 then 'yellow' else 'red' end,
    s.usage_points, s.engagement_points, s.support_points, s.voice_points,
    s.active_users, s.seats, s.utilisation, s.target, s.last_touch_on,
    s.recent_tickets, s.open_tickets, s.open_p1, s.survey_average, s.survey_answers
  from scored s
$$;
create function fixed_formulas.customer_health(as_of date default private.today(), among uuid[] default null)
returns table (
  customer_id uuid, score int, band text,
  usage_points int, usage_sentence text, engagement_points int, engagement_sentence text,
  support_points int, support_sentence text, voice_points int, voice_sentence text,
  utilisation numeric, last_touch_on date, open_p1 int, open_tickets int
)
language sql stable security invoker set search_path = ''
as $$
  select
    h.customer_id, h.score, h.band,
    h.usage_points,
    case
      when h.usage_points is null then 'No usage data in the last 28 days.'
      else format(
        '%s of %s seats in use (%s%%) in the last 28 days; the target at this stage of the contract is %s%%.',
        h.active_users, h.seats, round(100 * h.utilisation), round(100 * h.target)
      )
    end,
    h.engagement_points,
    case
      when h.last_touch_on is null then 'No contact on record.'
      when h.last_touch_on = as_of then 'Last contact today.'
      else
        format(
          'Last contact %s day%s ago.',
          as_of - h.last_touch_on,
          case when as_of - h.last_touch_on = 1 then '' else 's' end
        )
    end,
    h.support_points,
    format(
      '%s ticket%s opened in the last 30 days; %s open P1.',
      h.recent_tickets,
      case when h.recent_tickets = 1 then '' else 's' end,
      h.open_p1
    ),
    h.voice_points,
    case
      when h.survey_answers = 0 then 'No survey answers in the last 180 days.'
      else format(
        '%s out of 10 on average from %s survey answer%s in the last 180 days.',
        round(h.survey_average, 1), h.survey_answers, case when h.survey_answers = 1 then '' else 's' end
      )
    end,
    h.utilisation, h.last_touch_on, h.open_p1, h.open_tickets
  from fixed_formulas.health_points(array[as_of], among) h
$$;
-- Priority of a customer: one formula, each reason with its sentence.
--
--   priority (0-100) = arr (0-30) + deadline (0-40) + signals (0-30)
--   arr       30 x ln(1 + ARR / 10,000) / ln(1 + 300,000 / 10,000), at most 30
--   deadline  40 x (120 - days to the notice deadline) / 120 between 120 days and the deadline; 40 in the 14 days after
--             it, 20 after that until 30 days after the renewal date; a red account counts from 180 days, not 120;
--             0 once the next term is agreed: a renewal that is agreed asks for nothing more
--   signals   the points of each signal below, strongest first, until 30 are reached

create function fixed_formulas.customer_signals(as_of date default private.today(), among uuid[] default null)
returns table (customer_id uuid, kind text, points int, sentence text)
language sql stable security invoker set search_path = ''
as $$
  with health as materialized (select * from fixed_formulas.health_points(array[as_of], among)),
  customers as materialized (
    select c.id, c.competitor, as_of - c.customer_since as age
    from public.customers c join health h on h.customer_id = c.id
  ),
  trend as (
    select c.id as customer_id, t.recent, t.before
    from customers c cross join lateral (
      select
        avg(w.active_users::numeric / w.seats) filter (where w.week_starts_on > as_of - 28) as recent,
        avg(w.active_users::numeric / w.seats) filter (where w.week_starts_on <= as_of - 28) as before
      from public.usage_weeks w
      where w.customer_id = c.id and w.week_starts_on between as_of - 84 and as_of
    ) t
  ),
  departures as (
    select c.id as customer_id, x.name, x.role, as_of - x.left_on as days
    from customers c cross join lateral (
      select k.name, k.role, k.left_on from public.contacts k
      where
        k.customer_id = c.id and k.status = 'left' and k.replaced_by is null
        and k.role in ('executive_sponsor', 'economic_buyer', 'champion') and k.left_on between as_of - 180 and as_of
      order by k.role = 'champion', k.left_on desc, k.name limit 1
    ) x
  ),
  detractors as (
    select c.id as customer_id, coalesce(x.name, 'Someone') as name, x.score
    from customers c cross join lateral (
      select k.name, r.score
      from public.survey_responses r left join public.contacts k on k.id = r.contact_id
      where r.customer_id = c.id and r.score <= 6 and r.responded_on between as_of - 90 and as_of
      order by r.responded_on desc, r.score, k.name limit 1
    ) x
  )
  select
    d.customer_id,
    case when d.role = 'champion' then 'champion_left' else 'sponsor_left' end,
    case when d.role = 'champion' then 15 else 25 end,
    format(
      '%s, %s, left %s; no successor is known.', d.name, replace(d.role, '_', ' '),
      case d.days when 0 then 'today' when 1 then '1 day ago' else d.days || ' days ago' end
    )
  from departures d
  union all
  select
    h.customer_id, 'low_usage', 20,
    format('%s%% of seats in use (last 28 days).', round(100 * h.utilisation))
  from health h join customers c on c.id = h.customer_id
  where h.utilisation < 0.5 and c.age >= 90
  union all
  select
    t.customer_id, 'usage_falling', 15,
    format('Usage fell %s%% from the previous two months.', round(100 * (1 - t.recent / t.before)))
  from trend t
  where t.before > 0 and t.recent / t.before <= 0.8
  union all
  select
    h.customer_id, 'p1_open', least(20, 10 * h.open_p1),
    format('%s P1 ticket%s open.', h.open_p1, case when h.open_p1 = 1 then ' is' else 's are' end)
  from health h where h.open_p1 > 0
  union all
  select
    h.customer_id, 'silence', case when as_of - h.last_touch_on >= 60 then 15 else 10 end,
    format('No contact for %s days.', as_of - h.last_touch_on)
  from health h where as_of - h.last_touch_on >= 30
  union all
  select d.customer_id, 'detractor', 10, format('%s answered %s out of 10 in a survey.', d.name, d.score)
  from detractors d
  union all
  select c.id, 'competitor', 15, format('They are evaluating %s.', c.competitor)
  from customers c where c.competitor is not null
  union all
  select
    h.customer_id, 'seats_full', 10,
    format('%s%% of seats in use: room to grow.', round(100 * h.utilisation))
  from health h where h.utilisation > 0.9
$$;
create function fixed_formulas.arr_points(arr numeric) returns int
language sql immutable set search_path = ''
as $$ select coalesce(round(30 * least(1, ln(1 + greatest(arr, 0) / 10000) / ln(31.0))), 0)::int $$;
create function fixed_formulas.deadline_points(days_to_notice int, days_to_renewal int, is_red boolean) returns int
language sql immutable set search_path = ''
as $$
  select case
    when days_to_notice is null or days_to_renewal < -30 then 0
    when days_to_notice < -14 then 20
    when days_to_notice < 0 then 40
    else round(40 * greatest(0, 1 - days_to_notice / case when coalesce(is_red, false) then 180.0 else 120.0 end))::int
  end
$$;
create function fixed_formulas.customer_priorities(as_of date default private.today(), among uuid[] default null)
returns table (
  customer_id uuid, score int, reasons jsonb, arr numeric, notice_deadline date, days_to_notice int,
  health_score int, health_band text, leading_signal text, deadline_points int
)
language sql stable security invoker set search_path = ''
as $$
  with health as materialized (select * from fixed_formulas.health_points(array[as_of], among)),
  capped as (
    select
      s.customer_id, s.kind, s.sentence,
      greatest(0, least(s.points, 30 - coalesce(sum(s.points) over (
        partition by s.customer_id order by s.points desc, s.kind rows between unbounded preceding and 1 preceding
      ), 0)))::int as points,
      row_number() over (partition by s.customer_id order by s.points desc, s.kind) as place
    from fixed_formulas.customer_signals(as_of, among) s
  ),
  signals as (
    select
      c.customer_id, sum(c.points)::int as points, max(c.kind) filter (where c.place = 1) as strongest,
      jsonb_agg(jsonb_build_object('kind', c.kind, 'points', c.points, 'sentence', c.sentence) order by c.place)
        as reasons
    from capped c group by c.customer_id
  ),
  addends as (
    select
      h.customer_id, h.score as health_score, h.band, k.arr, k.notice_deadline, k.ends_on, k.auto_renews,
      k.notice_deadline - as_of as days, k.ends_on - as_of as days_to_renewal,
      fixed_formulas.arr_points(k.arr) as arr_points,
      case
        when
          n.starts_on is null
          then fixed_formulas.deadline_points(k.notice_deadline - as_of, k.ends_on - as_of, h.band = 'red')
        else 0
      end as deadline_points,
      n.starts_on as renewed_from
    from health h
    left join lateral (
      select * from public.contracts x where x.customer_id = h.customer_id and x.starts_on <= as_of
      order by x.starts_on desc, x.id limit 1
    ) k on true
    left join lateral (
      select x.starts_on from public.contracts x where x.customer_id = h.customer_id and x.starts_on > as_of
      order by x.starts_on, x.id limit 1
    ) n on true
  )
  select
    a.customer_id, a.arr_points + a.deadline_points + coalesce(s.points, 0),
    jsonb_build_array(
      jsonb_build_object('kind', 'deadline', 'points', a.deadline_points, 'sentence', case
        when a.days is null then 'No contract on record.'
        when
          a.renewed_from is not null
          then format('The next term is agreed and begins on %s.', to_char(a.renewed_from, 'FMDD FMMonth YYYY'))
        when
          a.days_to_renewal < 0
          then
            format(
              'The renewal date passed %s day%s ago.',
              -a.days_to_renewal,
              case when a.days_to_renewal = -1 then '' else 's' end
            )
        when a.days < 0
          then
            format(
              'The notice deadline passed %s day%s ago; the term ends %s.',
              -a.days,
              case when a.days = -1 then '' else 's' end,
              case a.days_to_renewal
                when 0 then 'today' when 1 then 'tomorrow' else 'in ' || a.days_to_renewal || ' days'
              end
            )
        when a.days = 0 then 'The notice deadline is today.'
        else format('The notice deadline is in %s day%s.', a.days, case when a.days = 1 then '' else 's' end)
      end),
      jsonb_strip_nulls(jsonb_build_object(
        'kind', 'arr', 'points', a.arr_points, 'sentence', case when a.arr is null then 'No ARR on record.' end,
        'amount', a.arr
      ))
    ) || coalesce(s.reasons, '[]'),
    a.arr, a.notice_deadline, a.days, a.health_score, a.band, s.strongest, a.deadline_points
  from addends a left join signals s on s.customer_id = a.customer_id
$$;
