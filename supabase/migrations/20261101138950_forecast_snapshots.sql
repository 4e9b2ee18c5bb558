-- The forecast as it stood each week: the worker takes a snapshot of every company once an ISO week. What moved since,
-- and how right the computed call was, are readings of it. A week the worker missed has none, and none is made up.

create table public.forecast_snapshots (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null references public.companies (id),
  week_starts_on private.day not null check (extract(isodow from week_starts_on) = 1),
  day private.day not null,
  taken_at private.moment not null default now(),
  unique (company_id, week_starts_on),
  unique (id, company_id)
);
comment on table public.forecast_snapshots is 'The forecast of a company as it stood once in an ISO week.';
comment on column public.forecast_snapshots.id is 'Identity of the snapshot.';
comment on column public.forecast_snapshots.company_id is 'Tenant.';
comment on column public.forecast_snapshots.week_starts_on is 'Monday of the week, in UTC.';
comment on column public.forecast_snapshots.day is 'The day it is as of, in UTC.';
comment on column public.forecast_snapshots.taken_at is 'When it was taken.';

create table public.forecast_snapshot_rows (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  snapshot_id uuid not null,
  contract_id uuid not null,
  customer_id uuid not null,
  owner_id uuid not null,
  segment text not null check (segment in ('smb', 'mid', 'enterprise')),
  renews_on private.day not null,
  arr numeric(14, 0) not null check (arr between 0 and 1e14),
  outcome text check (outcome in ('renewed', 'expanded', 'downgraded', 'churned')),
  band text check (band in ('green', 'yellow', 'red')),
  share numeric not null check (share between 0 and 1),
  computed numeric not null check (computed between 0 and 1e15),
  csm_category text check (csm_category in ('commit', 'likely', 'doubtful', 'lost')),
  csm_amount private.amount,
  csm numeric check (csm between 0 and 1e15),
  leader_category text check (leader_category in ('commit', 'likely', 'doubtful', 'lost')),
  leader_amount private.amount,
  leader numeric check (leader between 0 and 1e15),
  unique (snapshot_id, contract_id),
  foreign key (snapshot_id, company_id) references public.forecast_snapshots (id, company_id) on delete cascade,
  foreign key (customer_id, company_id) references public.customers (id, company_id) on delete cascade,
  foreign key (owner_id, company_id) references public.profiles (id, company_id)
);
comment on table public.forecast_snapshot_rows is 'A renewal as the forecast had it in a week.';
comment on column public.forecast_snapshot_rows.id is 'Identity of the row.';
comment on column public.forecast_snapshot_rows.company_id is 'Tenant.';
comment on column public.forecast_snapshot_rows.snapshot_id is 'The snapshot.';
comment on column public.forecast_snapshot_rows.contract_id is 'The contract, which may have been deleted since.';
comment on column public.forecast_snapshot_rows.customer_id is 'The customer.';
comment on column public.forecast_snapshot_rows.owner_id is 'Who owned the customer then.';
comment on column public.forecast_snapshot_rows.segment is 'Segment of the customer then.';
comment on column public.forecast_snapshot_rows.renews_on is 'Renewal date then.';
comment on column public.forecast_snapshot_rows.arr is 'ARR of the contract then.';
comment on column public.forecast_snapshot_rows.outcome is 'What had become of it; null while open.';
comment on column public.forecast_snapshot_rows.band is 'Health then; null without a score.';
comment on column public.forecast_snapshot_rows.share is 'The share taken to renew then.';
comment on column public.forecast_snapshot_rows.computed is 'ARR expected by the computed call, or kept.';
comment on column public.forecast_snapshot_rows.csm_category is 'The CSM''s call then; null without one.';
comment on column public.forecast_snapshot_rows.csm_amount is 'Amount of that call.';
comment on column public.forecast_snapshot_rows.csm is 'ARR expected by that call, or kept; null without either.';
comment on column public.forecast_snapshot_rows.leader_category is 'The leader''s call then; null without one.';
comment on column public.forecast_snapshot_rows.leader_amount is 'Amount of that call.';
comment on column public.forecast_snapshot_rows.leader is 'ARR expected by that call, or kept; null without either.';
create index forecast_snapshot_rows_snapshot on public.forecast_snapshot_rows (snapshot_id, company_id);
create index forecast_snapshot_rows_contract on public.forecast_snapshot_rows (contract_id);
create index forecast_snapshot_rows_customer on public.forecast_snapshot_rows (customer_id, company_id);
create index forecast_snapshot_rows_owner on public.forecast_snapshot_rows (owner_id, company_id);

alter table public.forecast_snapshots enable row level security;
alter table public.forecast_snapshot_rows enable row level security;
revoke all on public.forecast_snapshots, public.forecast_snapshot_rows from anon, authenticated;
grant select on public.forecast_snapshots, public.forecast_snapshot_rows to authenticated, service_role;
-- Taken by the function below alone: the operator's key makes none up either.
revoke insert, update, delete on public.forecast_snapshots, public.forecast_snapshot_rows from service_role;
create policy "members read when their company's forecast was kept" on public.forecast_snapshots
for select to authenticated using (company_id = (select private.current_company_id()));
create policy "owners read what was forecast of theirs, leaders all" on public.forecast_snapshot_rows
for select to authenticated
using (
  company_id = (select private.current_company_id())
  and (
    (select private.is_team_lead())
    or array[owner_id] && (select private.represented_people())
    or customer_id in (
      select c.id from public.customers c where array[c.owner_id] && (select private.represented_people())
    )
  )
);

create function private.keep_forecast(company uuid, today date) returns int
language plpgsql volatile security definer set search_path = ''
as $$
declare
  made uuid;
  kept int;
begin
  insert into public.forecast_snapshots (company_id, week_starts_on, day)
  values (company, date_trunc('week', today)::date, today)
  on conflict (company_id, week_starts_on) do nothing
  returning id into made;
  if made is null then
    return 0;
  end if;
  insert into public.forecast_snapshot_rows (
    company_id, snapshot_id, contract_id, customer_id, owner_id, segment, renews_on, arr, outcome, band, share, computed,
    csm_category, csm_amount, csm, leader_category, leader_amount, leader)
  select
    company, made, f.contract_id, f.customer_id, f.owner_id, f.segment, f.renews_on, f.arr, f.outcome, f.band, f.share,
    f.computed, f.csm_category, f.csm_amount, f.csm, f.leader_category, f.leader_amount, f.leader
  from private.forecast_rows(company, today) f;
  get diagnostics kept = row_count;
  return kept;
end;
$$;
comment on function private.keep_forecast is
'Takes the snapshot of a company for the week of a day, whole or not at all, once: a second call does nothing. Returns '
'how many renewals it has.';

-- A company without a customer has nothing to forecast, and gets its first snapshot with the first of them.
create function private.keep_due_forecasts(most int) returns int
language plpgsql volatile security definer set search_path = ''
as $$
declare
  today constant date := private.utc_day(now());
  company uuid;
  done int := 0;
begin
  for company in
    select c.id from public.companies c
    where
      not exists (
        select from public.forecast_snapshots s
        where s.company_id = c.id and s.week_starts_on = date_trunc('week', today)::date)
      and exists (select from public.customers x where x.company_id = c.id)
    order by c.id limit least(greatest(most, 1), 100)
    for no key update skip locked
  loop
    perform private.keep_forecast(company, today);
    done := done + 1;
  end loop;
  return done;
end;
$$;
comment on function private.keep_due_forecasts is 'See public.keep_due_forecasts.';

create function public.keep_due_forecasts(p_most int default 5) returns int
language sql volatile security invoker set search_path = ''
as $$ select private.keep_due_forecasts(p_most) $$;
comment on function public.keep_due_forecasts is
'For the worker: takes the snapshot of this ISO week (UTC) for at most `p_most` companies that lack it. Returns for how '
'many; 0 if nothing is left to do this week.';

grant execute on function private.keep_due_forecasts, public.keep_due_forecasts to service_role;
