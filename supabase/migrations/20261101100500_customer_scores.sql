-- Health, signals and priority of every customer, kept a day each. They are computed by the formulas of
-- health_and_priority.sql alone; kept rows only save the time (decision 0035).
--
-- A write of anything a score is computed from marks its customers as stale, in the same transaction. Whoever keeps a
-- score removes the marks that its snapshot saw. So a reader that sees a change sees the mark, or a row computed from
-- that change: it derives what is marked and what is missing, and never shows an old score as today's.
--
-- A row computed while its day was today is history once the day is over: it stays as it was, by the rules of then. A
-- row of an earlier day is a reading of the records as they stand, and goes stale with them.

create table public.customer_scores (
  company_id uuid not null,
  customer_id uuid not null,
  day private.day not null,
  health_score int,
  health_band text check (health_band in ('green', 'yellow', 'red')),
  usage_points int,
  usage_out_of int,
  engagement_points int,
  engagement_out_of int,
  support_points int,
  support_out_of int,
  voice_points int,
  voice_out_of int,
  active_users int,
  seats int,
  utilisation numeric check (utilisation between 0 and 1e9),
  usage_target numeric check (usage_target between 0 and 1e9),
  last_touch_on private.day,
  recent_tickets int not null,
  open_tickets int not null,
  open_p1 int not null,
  survey_average numeric check (survey_average between 0 and 10),
  survey_answers int not null,
  health_rule_version int not null,
  arr numeric(14, 0) check (arr between 0 and 1e14),
  priority_score int,
  arr_points int,
  deadline_points int,
  signals jsonb check (private.is_readable_json(signals)),
  reasons jsonb check (private.is_readable_json(reasons)),
  notice_deadline private.day,
  leading_signal text,
  deadline_urgency int,
  priority_rule_version int,
  is_history boolean not null,
  computed_at private.moment not null default now(),
  primary key (customer_id, day),
  foreign key (customer_id, company_id) references public.customers (id, company_id) on delete cascade
);
comment on table public.customer_scores is
'Health, signals and priority of a customer on a day, as computed. A customer in private.stale_customers has newer '
'ones: read them through private.read_scores.';
comment on column public.customer_scores.company_id is 'Tenant.';
comment on column public.customer_scores.customer_id is 'The customer.';
comment on column public.customer_scores.day is 'The day it is as of.';
comment on column public.customer_scores.health_score is '0-100; null where there is too little to judge by.';
comment on column public.customer_scores.health_band is 'green, yellow or red; null without a score.';
comment on column public.customer_scores.usage_points is 'Points for usage; null if it is left out.';
comment on column public.customer_scores.usage_out_of is 'Weight of usage; null if the rules leave it out.';
comment on column public.customer_scores.engagement_points is 'Points for engagement; null if it is left out.';
comment on column public.customer_scores.engagement_out_of is 'Weight of engagement; null if the rules leave it out.';
comment on column public.customer_scores.support_points is 'Points for support; null if it is left out.';
comment on column public.customer_scores.support_out_of is 'Weight of support; null if the rules leave it out.';
comment on column public.customer_scores.voice_points is 'Points for survey answers; null if they are left out.';
comment on column public.customer_scores.voice_out_of is 'Weight of survey answers; null if the rules leave them out.';
comment on column public.customer_scores.active_users is 'People active in the last 28 days; null without usage data.';
comment on column public.customer_scores.seats is 'Seats in the same week of usage.';
comment on column public.customer_scores.utilisation is 'active_users / seats.';
comment on column public.customer_scores.usage_target is 'The utilisation full points are given for at this age.';
comment on column public.customer_scores.last_touch_on is 'Last contact; null if there is none on record.';
comment on column public.customer_scores.recent_tickets is 'Tickets opened in 30 days.';
comment on column public.customer_scores.open_tickets is 'Tickets open on the day.';
comment on column public.customer_scores.open_p1 is 'P1 tickets open on the day.';
comment on column public.customer_scores.survey_average is 'Average survey answer of 180 days; null without answers.';
comment on column public.customer_scores.survey_answers is 'Survey answers of 180 days.';
comment on column public.customer_scores.health_rule_version is 'The version of the rules of health it is by.';
comment on column public.customer_scores.arr is 'ARR of the contract in force on the day; null without one.';
comment on column public.customer_scores.priority_score is
'0-100; null, as all that belongs to it, on an earlier day that was computed later.';
comment on column public.customer_scores.arr_points is 'Points of the priority for ARR.';
comment on column public.customer_scores.deadline_points is 'Points of the priority for the notice deadline.';
comment on column public.customer_scores.signals is
'Signals, strongest first: kind and points, before the addend of signals is full.';
comment on column public.customer_scores.reasons is
'What adds up to the priority, with a sentence each. Sentences name people: null once the day is over.';
comment on column public.customer_scores.notice_deadline is 'Notice deadline of the contract in force on the day.';
comment on column public.customer_scores.leading_signal is 'The kind of the strongest signal; null without one.';
comment on column public.customer_scores.deadline_urgency is
'Points for the notice deadline on the scale of 0 to 40, whatever their weight: suggestions go by them.';
comment on column public.customer_scores.priority_rule_version is 'The version of the rules of priority it is by.';
comment on column public.customer_scores.is_history is
'True if it was computed while the day was today somewhere: once the day is over it never changes.';
comment on column public.customer_scores.computed_at is 'When it was computed.';
create index customer_scores_customer on public.customer_scores (customer_id, company_id);
create index customer_scores_company on public.customer_scores (company_id, day);
create index customer_scores_reasons on public.customer_scores (day) where reasons is not null;

alter table public.customer_scores enable row level security;
revoke all on public.customer_scores from anon, authenticated;
grant select on public.customer_scores to authenticated;
create policy "members read their company's scores" on public.customer_scores
for select to authenticated using (company_id = (select private.current_company_id()));

-- Marks are only ever added by writers, a row of its own for each transaction: two writers never wait for each other,
-- and no mark is left out because of another one that is being removed at that moment.
create table private.stale_customers (
  customer_id uuid not null,
  company_id uuid not null,
  transaction_id xid8 not null default pg_current_xact_id(),
  began_at private.moment not null default now(),
  primary key (customer_id, transaction_id, began_at)
);
comment on table private.stale_customers is 'Customers whose kept scores are older than what they are computed from.';
comment on column private.stale_customers.customer_id is 'The customer; it may have been deleted since.';
comment on column private.stale_customers.company_id is 'Tenant.';
comment on column private.stale_customers.transaction_id is 'The transaction that changed something.';
comment on column private.stale_customers.began_at is 'When that transaction began.';
create index stale_customers_company on private.stale_customers (company_id);
alter table private.stale_customers enable row level security;
revoke all on private.stale_customers from anon, authenticated;

create function private.mark_scores_stale(customers uuid[]) returns void
language sql volatile security definer set search_path = ''
as $$
  insert into private.stale_customers (customer_id, company_id)
  select c.id, c.company_id from public.customers c where c.id = any(customers)
  on conflict (customer_id, transaction_id, began_at) do nothing
$$;
comment on function private.mark_scores_stale is 'Marks the kept scores of these customers as stale, once a transaction.';

create function private.mark_customers_of_rows() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    perform private.mark_scores_stale(array(select distinct n.customer_id from new_rows n));
  elsif tg_op = 'DELETE' then
    perform private.mark_scores_stale(array(select distinct o.customer_id from old_rows o));
  else
    perform private.mark_scores_stale(array(
      select n.customer_id from new_rows n union select o.customer_id from old_rows o));
  end if;
  return null;
end;
$$;
comment on function private.mark_customers_of_rows is
'After a statement on what hangs on customers: marks their scores as stale.';

-- Scores know nothing of names, owners and domains: a book that is handed over stays as it is kept.
create function private.mark_changed_customers() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    perform private.mark_scores_stale(array(select n.id from new_rows n));
  else
    perform private.mark_scores_stale(array(
      select n.id from new_rows n join old_rows o on o.id = n.id
      where (o.status, o.customer_since, o.segment, o.competitor)
        is distinct from (n.status, n.customer_since, n.segment, n.competitor)));
  end if;
  return null;
end;
$$;
comment on function private.mark_changed_customers is
'After a statement on customers: marks as stale the scores of those that changed in what scores are computed from.';

create function private.mark_customers_of_contacts() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.mark_scores_stale(array(
    select distinct r.customer_id from public.survey_responses r join new_rows n on n.id = r.contact_id));
  return null;
end;
$$;
comment on function private.mark_customers_of_contacts is
'After an update of contacts: marks the customers whose survey answers name them, which may be another one.';

create function private.mark_customers_of_rules() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.mark_scores_stale(array(
    select c.id from public.customers c
    where exists (select from new_rows n where n.company_id is null or n.company_id = c.company_id)));
  return null;
end;
$$;
comment on function private.mark_customers_of_rules is
'After new score rules: marks all customers of their company, or of all companies for stock''s.';

create trigger mark_insert after insert on public.customers referencing new table as new_rows
for each statement execute function private.mark_changed_customers();
create trigger mark_update after update on public.customers referencing old table as old_rows new table as new_rows
for each statement execute function private.mark_changed_customers();
create trigger mark_answers after update on public.contacts referencing new table as new_rows
for each statement execute function private.mark_customers_of_contacts();
create trigger mark_insert after insert on public.score_rules referencing new table as new_rows
for each statement execute function private.mark_customers_of_rules();

do $$
declare
  source text;
begin
  foreach source in array
    array['contacts', 'contracts', 'usage_weeks', 'tickets', 'survey_responses', 'notes'] loop
    execute format(
      'create trigger mark_insert after insert on public.%I referencing new table as new_rows '
      'for each statement execute function private.mark_customers_of_rows()', source);
    execute format(
      'create trigger mark_update after update on public.%I referencing old table as old_rows new table as new_rows '
      'for each statement execute function private.mark_customers_of_rows()', source);
    execute format(
      'create trigger mark_delete after delete on public.%I referencing old table as old_rows '
      'for each statement execute function private.mark_customers_of_rows()', source);
  end loop;
end;
$$;

create function private.list_stale_customers(among uuid[] default null) returns uuid[]
language sql stable security definer set search_path = ''
as $$
  select coalesce(array_agg(distinct s.customer_id), '{}') from private.stale_customers s
  where
    (auth.uid() is null or s.company_id = private.current_company_id())
    and (among is null or s.customer_id = any(among))
$$;
comment on function private.list_stale_customers is
'Customers (of these) whose kept scores are stale: the signed-in person''s company''s, or all for the operator.';

create function private.is_today_somewhere(day date) returns boolean
language sql stable set search_path = ''
as $$
  select day between private.utc_day(now() - interval '12 hours') and private.utc_day(now() + interval '14 hours')
$$;
comment on function private.is_today_somewhere is 'True if it is that day in some time zone of the world.';

grant execute on function private.list_stale_customers, private.is_today_somewhere to authenticated, service_role;
