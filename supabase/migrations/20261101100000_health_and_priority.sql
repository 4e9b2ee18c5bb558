-- Customer health, 0-100, the sum of four parts, for any day. What is kept of it is in customer_scores.sql.
--
--   usage       0-40  28-day actives / seats, against a target that rises with the customer's age (50%, 75%, 80%)
--   engagement  0-25  days since the last contact: full up to 14 days, nothing from 60
--   support     0-20  minus 4 for each ticket opened in the last 30 days beyond the first, minus 6 for each open P1
--   voice       0-15  average survey answer of the last 180 days, out of 10
--
-- A part without data is left out and the rest scaled to 100. No score in the first 60 days, and none from support
-- alone: no tickets is not health. green from 70, yellow from 45, red below. These are stock's weights and thresholds;
-- a company's own are a version of its score_rules.

-- Immutable and without arguments: the planner puts its value in its place.
create function private.at_risk_band() returns text
language sql immutable set search_path = ''
as $$ select 'red' $$;
comment on function private.at_risk_band is
'The health band of a customer at risk, on every page that counts or filters them.';

create function private.health_points(
  days date[], among uuid[] default null, rule_version int default null, trial jsonb default null,
  with_churned boolean default false
)
returns table (
  day date, customer_id uuid, score int, band text,
  usage_points int, engagement_points int, support_points int, voice_points int,
  active_users int, seats int, utilisation numeric, target numeric, last_touch_on date,
  recent_tickets int, open_tickets int, open_p1 int, survey_average numeric, survey_answers int,
  company_id uuid, version int, usage_out_of int, engagement_out_of int, support_out_of int, voice_out_of int
)
language sql stable security invoker set search_path = ''
as $$
  with book as materialized (
    select d.day, c.id as customer_id, c.company_id, c.segment, d.day - c.customer_since as age
    from public.customers c join unnest(days) d (day) on c.customer_since <= d.day
    where (c.status = 'active' or with_churned) and (among is null or c.id = any(among))
  ), rules as materialized (
    select x.company_id, r.*
    from (select distinct b.company_id from book b) x
    cross join lateral private.health_rule(x.company_id, rule_version, trial) r
  ), evidence as (
    select
      b.day, b.customer_id, b.company_id, b.segment, b.age, u.active_users, u.seats,
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
      r.version, r.usage_weight, r.engagement_weight, r.support_weight, r.voice_weight,
      coalesce((r.segments #>> array[e.segment, 'green'])::int, r.green) as green,
      coalesce((r.segments #>> array[e.segment, 'yellow'])::int, r.yellow) as yellow,
      case
        when e.utilisation is not null then round(r.usage_weight * least(1, e.utilisation / e.target))::int
      end as usage_points,
      case
        when e.last_touch_on is not null
          then round(r.engagement_weight * greatest(0, least(1, (60 - (e.day - e.last_touch_on)) / 46.0)))::int
      end as engagement_points,
      round(
        r.support_weight * greatest(0, 20 - 4 * greatest(0, e.recent_tickets - 1) - 6 * e.open_p1) / 20.0
      )::int as support_points,
      round(r.voice_weight * e.survey_average / 10)::int as voice_points
    from evidence e join rules r on r.company_id = e.company_id
  ), scored as materialized (
    select
      p.*,
      case when p.age >= 60 and num_nonnulls(p.usage_points, p.engagement_points, p.voice_points) > 0 then round(
        100.0
        * (
          coalesce(p.usage_points, 0) + coalesce(p.engagement_points, 0) + coalesce(p.support_points, 0)
          + coalesce(p.voice_points, 0)
        )
        / (
          coalesce(p.support_weight, 0) + case when p.usage_points is null then 0 else p.usage_weight end
          + case when p.engagement_points is null then 0 else p.engagement_weight end
          + case when p.voice_points is null then 0 else p.voice_weight end
        )
      )::int end as score
    from points p
  )
  select
    s.day, s.customer_id, s.score,
    case
      when s.score is null then null when s.score >= s.green then 'green' when s.score >= s.yellow then 'yellow'
      else 'red'
    end,
    s.usage_points, s.engagement_points, s.support_points, s.voice_points,
    s.active_users, s.seats, s.utilisation, s.target, s.last_touch_on,
    s.recent_tickets, s.open_tickets, s.open_p1, s.survey_average, s.survey_answers,
    s.company_id, s.version, s.usage_weight, s.engagement_weight, s.support_weight, s.voice_weight
  from scored s
$$;
comment on function private.health_points is
'Health and its figures, for each of the days and each active customer one may see (or those `among`), by a version '
'of their company''s rules (the latest without one) or by rules on trial. out_of: the weight of a part, null where it '
'is left out.';

-- Priority of a customer: one formula, each reason with its sentence.
--
--   priority (0-100) = arr (0-30) + deadline (0-40) + signals (0-30)
--   arr       30 x ln(1 + ARR / 10,000) / ln(1 + 300,000 / 10,000), at most 30
--   deadline  40 x (120 - days to the notice deadline) / 120 between 120 days and the deadline; 40 in the 14 days after
--             it, 20 after that until 30 days after the renewal date; a red account counts from 180 days, not 120;
--             0 once the next term is agreed: a renewal that is agreed asks for nothing more
--   signals   the points of each signal below, strongest first, until 30 are reached

create function private.find_signals(as_of date, among uuid[], with_churned boolean default false)
returns table (customer_id uuid, kind text, points int, sentence text)
language sql stable security invoker set search_path = ''
as $$
  with health as materialized (select * from private.health_points(array[as_of], among, null, null, with_churned)),
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
comment on function private.find_signals is
'Signals of each active customer one may see (or those `among`; churned ones too where asked for) on a day.';

create function private.arr_points(arr numeric, weight int default 30) returns int
language sql immutable set search_path = ''
as $$ select coalesce(round(weight * least(1, ln(1 + greatest(arr, 0) / 10000) / ln(31.0))), 0)::int $$;
comment on function private.arr_points is 'Points of a priority for ARR, up to a weight.';

create function private.deadline_points(
  days_to_notice int, days_to_renewal int, is_red boolean, weight int default 40
) returns int
language sql immutable set search_path = ''
as $$
  select case
    when days_to_notice is null or days_to_renewal < -30 then 0
    when days_to_notice < -14 then round(weight / 2.0)::int
    when days_to_notice < 0 then weight
    else
      round(weight * greatest(0, 1 - days_to_notice / case when coalesce(is_red, false) then 180.0 else 120.0 end))::int
  end
$$;
comment on function private.deadline_points is 'Points of a priority for the notice deadline, up to a weight.';

create function private.priority_points(
  as_of date, among uuid[], by_version int default null, trial jsonb default null, with_churned boolean default false
)
returns table (
  customer_id uuid, score int, reasons jsonb, arr numeric, notice_deadline date, days_to_notice int,
  health_score int, health_band text, leading_signal text, deadline_points int, rule_version int, today_from int,
  signals jsonb, weighted_arr_points int, weighted_deadline_points int
)
language sql stable security invoker set search_path = ''
as $$
  with health as materialized (
    select * from private.health_points(array[as_of], among, null, null, with_churned)
  ), rules as materialized (
    select h.customer_id, r.*
    from health h join (
      select x.company_id, p.* from (select distinct y.company_id from health y) x
      cross join lateral private.priority_rule(x.company_id, by_version, trial) p
    ) r on r.company_id = h.company_id
  ), capped as (
    select
      s.customer_id, s.kind, s.sentence, s.points as own_points,
      greatest(0, least(s.points, r.signals_weight - coalesce(sum(s.points) over (
        partition by s.customer_id order by s.points desc, s.kind rows between unbounded preceding and 1 preceding
      ), 0)))::int as points,
      row_number() over (partition by s.customer_id order by s.points desc, s.kind) as place
    from private.find_signals(as_of, among, with_churned) s join rules r on r.customer_id = s.customer_id
  ),
  signals as (
    select
      c.customer_id, sum(c.points)::int as points, max(c.kind) filter (where c.place = 1) as strongest,
      jsonb_agg(jsonb_build_object('kind', c.kind, 'points', c.points, 'sentence', c.sentence) order by c.place)
        as reasons,
      jsonb_agg(jsonb_build_object('kind', c.kind, 'points', c.own_points) order by c.place) as kinds
    from capped c group by c.customer_id
  ),
  addends as (
    select
      h.customer_id, h.score as health_score, h.band, k.arr, k.notice_deadline, k.ends_on, k.auto_renews,
      k.notice_deadline - as_of as days, k.ends_on - as_of as days_to_renewal,
      private.arr_points(k.arr, r.arr_weight) as arr_points,
      case
        when
          n.starts_on is null
          then private.deadline_points(
            k.notice_deadline - as_of, k.ends_on - as_of, h.band = private.at_risk_band(), r.deadline_weight
          )
        else 0
      end as deadline_points,
      case
        when
          n.starts_on is null
          then private.deadline_points(k.notice_deadline - as_of, k.ends_on - as_of, h.band = private.at_risk_band())
        else 0
      end as deadline_urgency,
      n.starts_on as renewed_from, r.version, r.today_from
    from health h join rules r on r.customer_id = h.customer_id
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
      -- The app writes the amount, in the currency and locale of the company.
      jsonb_strip_nulls(jsonb_build_object(
        'kind', 'arr', 'points', a.arr_points, 'sentence', case when a.arr is null then 'No ARR on record.' end,
        'amount', a.arr
      ))
    ) || coalesce(s.reasons, '[]'),
    a.arr, a.notice_deadline, a.days, a.health_score, a.band, s.strongest, a.deadline_urgency, a.version, a.today_from,
    coalesce(s.kinds, '[]'), a.arr_points, a.deadline_points
  from addends a left join signals s on s.customer_id = a.customer_id
$$;
comment on function private.priority_points is
'Priority of each active customer one may see (or those `among`) on a day, by a version of their company''s rules (the '
'latest without one) or by rules on trial. deadline_points are 0-40 whatever their weight: suggestions go by them. '
'signals have the points of each before the addend of signals is full; weighted ones are the other two addends.';

grant execute on function private.at_risk_band, private.health_points, private.find_signals, private.arr_points, private.deadline_points,
private.priority_points to authenticated;
