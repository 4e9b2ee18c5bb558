-- Scores as pages read them: kept ones where they are fresh, derived ones where they are not. And who keeps them.

create function private.derive_scores(days date[], among uuid[]) returns setof public.customer_scores
language sql stable security invoker set search_path = ''
as $$
  select
    h.company_id, h.customer_id, h.day::private.day, h.score, h.band,
    h.usage_points, h.usage_out_of, h.engagement_points, h.engagement_out_of,
    h.support_points, h.support_out_of, h.voice_points, h.voice_out_of,
    h.active_users, h.seats, h.utilisation, h.target, h.last_touch_on,
    h.recent_tickets, h.open_tickets, h.open_p1, h.survey_average, h.survey_answers, h.version,
    p.arr, p.score, p.weighted_arr_points, p.weighted_deadline_points, p.signals, p.reasons,
    p.notice_deadline, p.leading_signal, p.deadline_points, p.rule_version,
    private.is_today_somewhere(h.day), now()::private.moment
  from unnest(days) d (day)
  cross join lateral private.priority_points(d.day, among) p
  join private.health_points(days, among) h on h.day = d.day and h.customer_id = p.customer_id
$$;
comment on function private.derive_scores is
'Scores of each active customer one may see (or those `among`) on each of the days, computed now.';

create function private.derive_past_scores(days date[], among uuid[]) returns setof public.customer_scores
language sql stable security invoker set search_path = ''
as $$
  select
    h.company_id, h.customer_id, h.day::private.day, h.score, h.band,
    h.usage_points, h.usage_out_of, h.engagement_points, h.engagement_out_of,
    h.support_points, h.support_out_of, h.voice_points, h.voice_out_of,
    h.active_users, h.seats, h.utilisation, h.target, h.last_touch_on,
    h.recent_tickets, h.open_tickets, h.open_p1, h.survey_average, h.survey_answers, h.version,
    k.arr, null::int, null::int, null::int, null::jsonb, null::jsonb,
    null::date, null::text, null::int, null::int,
    false, now()::private.moment
  from private.health_points(days, among) h
  left join lateral (
    select x.arr from public.contracts x where x.customer_id = h.customer_id and x.starts_on <= h.day
    order by x.starts_on desc, x.id limit 1
  ) k on true
$$;
comment on function private.derive_past_scores is
'Health and ARR of each active customer one may see (or those `among`) on each of the days, as the records stand now.';

create function private.count_active_customers(days date[], among uuid[]) returns bigint
language sql stable security invoker set search_path = ''
as $$
  select count(*) from public.customers c join unnest(days) d (day) on c.customer_since <= d.day
  where c.status = 'active' and (among is null or c.id = any(among))
$$;
comment on function private.count_active_customers is
'How many scores there are of the customers one may see (or those `among`) on the days: each active one, each day.';

create function private.read_scores(as_of date, among uuid[] default null) returns setof public.customer_scores
language plpgsql stable security invoker set search_path = ''
as $$
declare
  stale uuid[];
  fresh bigint;
begin
  if not private.is_day(as_of) then
    return;
  elsif not private.is_today_somewhere(as_of) then
    return query select d.* from private.derive_scores(array[as_of], among) d;
    return;
  end if;
  stale := private.list_stale_customers(among);
  return query
    select k.* from public.customer_scores k join public.customers c on c.id = k.customer_id
    where k.day = as_of and c.status = 'active' and c.customer_since <= as_of
      and (among is null or k.customer_id = any (among)) and k.customer_id <> all (stale);
  get diagnostics fresh = row_count;
  if fresh < private.count_active_customers(array[as_of], among) then
    return query select d.* from private.derive_scores(array[as_of], array(
      select c.id from public.customers c
      where c.status = 'active' and c.customer_since <= as_of and (among is null or c.id = any (among))
        and (c.id = any (stale)
          or not exists (select from public.customer_scores k where k.customer_id = c.id and k.day = as_of)))) d;
  end if;
end;
$$;
comment on function private.read_scores is
'Scores of each active customer one may see (or those `among`) on a day. For a day that is today somewhere kept rows '
'are read, and only what is stale or missing is derived; any other day is derived from the records as they stand.';

create function private.find_missing_scores(days date[], among uuid[])
returns table (days date[], customers uuid[])
language sql stable security invoker set search_path = ''
as $$
  with stale as materialized (select unnest(private.list_stale_customers(among)) as customer_id),
  missing as (
    select c.id, array_agg(d.day order by d.day) as days
    from public.customers c
    join unnest(days) d (day) on c.customer_since <= d.day
    left join public.customer_scores k on k.customer_id = c.id and k.day = d.day
    where
      c.status = 'active' and (among is null or c.id = any(among))
      and (
        k.day is null
        or ((not k.is_history or private.is_today_somewhere(d.day)) and c.id in (select s.customer_id from stale s))
      )
    group by c.id
  )
  select m.days, array_agg(m.id) from missing m group by m.days
$$;
comment on function private.find_missing_scores is
'Which active customers one may see (or of those `among`) have no fresh score on which of the days: customers that '
'lack the same days in one row.';

create function private.read_past_scores(days date[], among uuid[]) returns setof public.customer_scores
language plpgsql stable security invoker set search_path = ''
as $$
declare
  stale constant uuid[] := private.list_stale_customers(among);
  still_today constant date[] := array(select d from unnest(days) d where private.is_today_somewhere(d));
  kept_rows bigint;
begin
  return query
    select k.* from public.customer_scores k join public.customers c on c.id = k.customer_id
    where (among is null or k.customer_id = any (among)) and k.day = any (days)
      and c.status = 'active' and c.customer_since <= k.day
      and (k.customer_id <> all (stale) or (k.is_history and k.day <> all (still_today)));
  get diagnostics kept_rows = row_count;
  if kept_rows < private.count_active_customers(days, among) then
    return query
      select h.* from private.find_missing_scores(days, among) m
      cross join lateral private.derive_past_scores(m.days, m.customers) h;
  end if;
end;
$$;
comment on function private.read_past_scores is
'Health and ARR of each active customer one may see (or those `among`) on each of the days, both without repetition: '
'history where it was kept, else the records as they stand. Priorities only where they were kept.';

create function private.read_history_scores(days date[], among uuid[]) returns setof public.customer_scores
language sql stable security invoker set search_path = ''
as $$
  select p.* from private.read_past_scores(days, among) p
  union all
  select k.* from public.customer_scores k join public.customers c on c.id = k.customer_id
  where
    k.day = any(days) and (among is null or k.customer_id = any(among)) and c.status <> 'active' and k.is_history
    and not private.is_today_somewhere(k.day)
$$;
comment on function private.read_history_scores is
'As read_past_scores, with customers that have left since: of these the days that were kept while they were there.';

create function private.sum_kept_scores(days date[], among uuid[])
returns table (
  day date, customers bigint, arr numeric, arr_at_risk numeric, active_users bigint, seats bigint, open_tickets bigint,
  usage_customers bigint
)
language plpgsql stable security invoker set search_path = ''
as $$
declare
  stale constant uuid[] := private.list_stale_customers(among);
  still_today constant date[] := array(select d from unnest(days) d where private.is_today_somewhere(d));
begin
  -- A day at a time: the rows of all days together would be sorted by their day first.
  return query
    select d.day, x.* from unnest(days) d (day)
    cross join lateral (
      select
        count(*), sum(k.arr), case
          when count(k.health_band) > 0
            then coalesce(sum(k.arr) filter (where k.health_band = private.at_risk_band()), 0)
        end,
        sum(k.active_users), sum(k.seats), sum(k.open_tickets), count(k.active_users)
      from public.customer_scores k join public.customers c on c.id = k.customer_id
      where k.day = d.day and (among is null or k.customer_id = any (among))
        and c.status = 'active' and c.customer_since <= k.day
        and (k.customer_id <> all (stale) or (k.is_history and k.day <> all (still_today)))
    ) x;
end;
$$;
comment on function private.sum_kept_scores is
'ARR, ARR at risk, usage and tickets of the active customers one may see (or those `among`) on each of the days, as far '
'as their scores are kept and fresh: of how many `customers`, and how many of these have usage.';

-- Only one transaction at a time keeps scores of a company: an older snapshot never writes over a newer one. Whoever
-- comes second keeps nothing, and waits for nobody. The snapshot has to be taken after the lock, so each statement
-- needs one of its own.
create function private.begin_keeping_scores(company uuid) returns boolean
language sql volatile security definer set search_path = ''
as $$
  select
    current_setting('transaction_isolation') = 'read committed' and current_setting('transaction_read_only') = 'off'
    and pg_try_advisory_xact_lock(hashtextextended('private.keep_scores ' || company, 0))
$$;
comment on function private.begin_keeping_scores is
'True if this transaction may keep scores of the company from now on: no other one does.';

create function private.keep_scores(company uuid, today date, among uuid[]) returns int
language plpgsql volatile security definer set search_path = ''
as $$
declare
  customers uuid[];
  days date[];
  kept int;
begin
  if not private.is_today_somewhere(today) or not private.begin_keeping_scores(company) then
    return 0;
  end if;
  -- Not those that somebody is deleting: the foreign key would wait for them, and they for rows of this transaction.
  customers := array(
    select c.id from public.customers c where c.company_id = company and c.id = any (among) for key share skip locked);
  days := array(
    select today union select k.day from public.customer_scores k
    where k.company_id = company and private.is_today_somewhere(k.day) and k.customer_id = any (customers));
  delete from public.customer_scores k
  where k.customer_id = any (customers) and (k.day = any (days) or not k.is_history);
  -- One statement, one snapshot: what is computed saw every change whose mark is removed.
  with seen as (
    delete from private.stale_customers s where s.customer_id = any (customers) returning s.customer_id
  ), kept as (
    insert into public.customer_scores select d.* from private.derive_scores(days, customers) d returning customer_id
  )
  select count(*) into kept from (select customer_id from seen union select customer_id from kept) x;
  return kept;
end;
$$;
comment on function private.keep_scores is
'Computes and keeps the scores of these customers of a company for a day that is today somewhere, and for those of '
'yesterday and tomorrow that are kept already. Returns of how many; 0 if another transaction is keeping some.';

create function private.keep_past_scores(company uuid, days date[], among uuid[]) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  customers uuid[];
begin
  if not private.begin_keeping_scores(company) then
    return;
  end if;
  customers := array(
    select c.id from public.customers c where c.company_id = company and c.id = any (among) for key share skip locked);
  insert into public.customer_scores
  select d.* from private.find_missing_scores(days, customers) m
  cross join lateral private.derive_past_scores(m.days, m.customers) d
  where not exists (select from private.stale_customers s where s.customer_id = d.customer_id)
  on conflict (customer_id, day) do nothing;
end;
$$;
comment on function private.keep_past_scores is
'Keeps health and ARR of these customers of a company on earlier days that were not kept in their time.';

create function private.keep_scores_of_today(customers uuid[]) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  company constant uuid := private.current_company_id();
  today constant date := private.today();
  due constant uuid[] := private.list_stale_customers(customers) || array(
    select c.id from public.customers c join unnest(customers) own (id) on own.id = c.id
    where c.company_id = company and c.status = 'active' and c.customer_since <= today
      and not exists (
        select from public.customer_scores k where k.company_id = company and k.customer_id = c.id and k.day = today)
    limit 1000);
begin
  if cardinality(due) > 0 then
    perform private.keep_scores(company, today, due[:1000]);
  end if;
end;
$$;
comment on function private.keep_scores_of_today is
'Keeps today''s scores of these customers of the signed-in person''s company where they are stale or missing: at most '
'a thousand, as somebody waits. The rest is derived when read, or kept by the worker.';

create function private.trend_days(today date) returns date[]
language sql immutable set search_path = ''
as $$ select array(select today - 7 * n from generate_series(0, 12) n) $$;
comment on function private.trend_days is 'The days of the trend of Today: weekly over twelve weeks.';

create function private.keep_scores_of_trend(customers uuid[], most int default 1000) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  company constant uuid := private.current_company_id();
  days constant date[] := array(
    select d from unnest(private.trend_days(private.today())) d where not private.is_today_somewhere(d));
begin
  perform private.keep_past_scores(company, days, array(
    select c.id from private.find_missing_scores(days, customers) m join public.customers c on c.id = any (m.customers)
    where c.company_id = company limit most));
end;
$$;
comment on function private.keep_scores_of_trend is
'Keeps the scores of these customers of the signed-in person''s company on the days of the trend where they are '
'missing: at most of a thousand, as somebody waits.';

create function private.keep_due_scores(most int) returns int
language plpgsql volatile security definer set search_path = ''
as $$
declare
  part record;
  done int;
  over int;
begin
  delete from private.stale_customers s where not exists (select from public.customers c where c.id = s.customer_id);
  done := 0;
  for part in
    with days as (
      select distinct p.company_id, (now() at time zone p.time_zone)::date as day from public.profiles p
      where p.is_active
    ), due as (
      select s.company_id, coalesce(max(d.day), private.today()) as day, s.customer_id
      from private.stale_customers s left join days d on d.company_id = s.company_id
      group by s.company_id, s.customer_id
      union
      select c.company_id, d.day, c.id
      from days d join public.customers c on c.company_id = d.company_id
      where c.status = 'active' and c.customer_since <= d.day
        and not exists (select from public.customer_scores k where k.customer_id = c.id and k.day = d.day)
      limit least(greatest(most, 1), 5000)
    )
    select d.company_id, d.day, array_agg(d.customer_id) as customers from due d group by d.company_id, d.day
  loop
    done := done + private.keep_scores(part.company_id, part.day, part.customers);
  end loop;
  update public.customer_scores k set reasons = null
  where (k.customer_id, k.day) in (
    select x.customer_id, x.day from public.customer_scores x
    where x.reasons is not null and x.day < private.today() - 2 limit least(greatest(most, 1), 5000));
  get diagnostics over = row_count;
  return done + over;
end;
$$;
comment on function private.keep_due_scores is 'See public.keep_due_scores.';

create function public.keep_due_scores(p_most int default 500) returns int
language sql volatile security invoker set search_path = ''
as $$ select private.keep_due_scores(p_most) $$;
comment on function public.keep_due_scores is
'For the worker: keeps the scores of at most `p_most` customers that are stale, or lack those of a day that has begun '
'for somebody of their company, and removes the sentences of days that are over. Returns of how many rows; 0 if '
'nothing is left to do now.';

create function private.read_health(as_of date, among uuid[], by_version int)
returns table (
  customer_id uuid, score int, band text, usage_points int, engagement_points int, support_points int,
  voice_points int, active_users int, seats int, utilisation numeric, target numeric, last_touch_on date,
  recent_tickets int, open_tickets int, open_p1 int, survey_average numeric, survey_answers int,
  version int, usage_out_of int, engagement_out_of int, support_out_of int, voice_out_of int
)
language sql stable security invoker set search_path = ''
as $$
  select
    k.customer_id, k.health_score, k.health_band, k.usage_points, k.engagement_points, k.support_points,
    k.voice_points, k.active_users, k.seats, k.utilisation, k.usage_target, k.last_touch_on,
    k.recent_tickets, k.open_tickets, k.open_p1, k.survey_average, k.survey_answers,
    k.health_rule_version, k.usage_out_of, k.engagement_out_of, k.support_out_of, k.voice_out_of
  from private.read_scores(as_of, among) k
  where by_version is null and private.is_today_somewhere(as_of)
  union all
  select
    k.customer_id, k.health_score, k.health_band, k.usage_points, k.engagement_points, k.support_points,
    k.voice_points, k.active_users, k.seats, k.utilisation, k.usage_target, k.last_touch_on,
    k.recent_tickets, k.open_tickets, k.open_p1, k.survey_average, k.survey_answers,
    k.health_rule_version, k.usage_out_of, k.engagement_out_of, k.support_out_of, k.voice_out_of
  from private.read_history_scores(array[as_of], among) k
  where by_version is null and private.is_day(as_of) and not private.is_today_somewhere(as_of)
  union all
  select
    h.customer_id, h.score, h.band, h.usage_points, h.engagement_points, h.support_points,
    h.voice_points, h.active_users, h.seats, h.utilisation, h.target, h.last_touch_on,
    h.recent_tickets, h.open_tickets, h.open_p1, h.survey_average, h.survey_answers,
    h.version, h.usage_out_of, h.engagement_out_of, h.support_out_of, h.voice_out_of
  from private.health_points(array[as_of], among, by_version) h
  where by_version is not null
$$;
comment on function private.read_health is
'Health and its figures as they were kept on the day, else by the current rules; by a version of the rules, computed.';

create function public.customer_health(
  as_of date default private.today(), among uuid[] default null, by_version int default null
)
returns table (
  customer_id uuid, score int, band text,
  usage_points int, usage_sentence text, engagement_points int, engagement_sentence text,
  support_points int, support_sentence text, voice_points int, voice_sentence text,
  utilisation numeric, last_touch_on date, open_p1 int, open_tickets int,
  rule_version int, usage_out_of int, engagement_out_of int, support_out_of int, voice_out_of int
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
    h.utilisation, h.last_touch_on, h.open_p1, h.open_tickets,
    h.version, h.usage_out_of, h.engagement_out_of, h.support_out_of, h.voice_out_of
  from private.read_health(as_of, among, by_version) h
$$;
comment on function public.customer_health is
'Health of each active customer one may see (or those `among`) on a day, with its parts in sentences: as it was kept on '
'a day that is over, also of customers that have left since, else by a version of the rules (the latest without one).';

create function public.customer_signals(as_of date default private.today(), among uuid[] default null)
returns table (customer_id uuid, kind text, points int, sentence text)
language sql stable security invoker set search_path = ''
as $$
  select k.customer_id, s.kind, s.points, r.sentence
  from private.read_scores(as_of, among) k
  cross join lateral jsonb_to_recordset(k.signals) s (kind text, points int)
  cross join lateral (
    select x.sentence from jsonb_to_recordset(k.reasons) x (kind text, sentence text) where x.kind = s.kind
  ) r
$$;
comment on function public.customer_signals is
'Signals of each active customer one may see (or those `among`) on a day, with points and evidence.';

create function public.customer_priorities(
  as_of date default private.today(), among uuid[] default null, by_version int default null
)
returns table (
  customer_id uuid, score int, reasons jsonb, arr numeric, notice_deadline date, days_to_notice int,
  health_score int, health_band text, leading_signal text, deadline_points int, rule_version int
)
language sql stable security invoker set search_path = ''
as $$
  select
    k.customer_id, k.priority_score, k.reasons, k.arr, k.notice_deadline, k.notice_deadline - as_of, k.health_score,
    k.health_band, k.leading_signal, k.deadline_urgency, k.priority_rule_version
  from private.read_scores(as_of, among) k
  where by_version is null
  union all
  select
    p.customer_id, p.score, p.reasons, p.arr, p.notice_deadline, p.days_to_notice, p.health_score, p.health_band,
    p.leading_signal, p.deadline_points, p.rule_version
  from private.priority_points(as_of, among, by_version) p
  where by_version is not null
$$;
comment on function public.customer_priorities is
'Priority of each active customer one may see (or those `among`) on a day, with the reasons that add up to it, by a '
'version of the rules (the latest without one).';

grant execute on function private.derive_scores, private.derive_past_scores, private.read_scores,
private.find_missing_scores,
private.read_past_scores,
private.read_history_scores,
private.sum_kept_scores,
private.read_health,
public.customer_health,
public.customer_signals,
public.customer_priorities,
private.count_active_customers,
private.trend_days,
private.keep_scores_of_today,
private.keep_scores_of_trend to authenticated;
grant execute on function private.keep_due_scores, public.keep_due_scores to service_role;
