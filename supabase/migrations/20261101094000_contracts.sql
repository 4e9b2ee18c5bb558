-- Contracts and the price list. The date that matters is the notice deadline: the last day one can act.

create table public.modules (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null references public.companies (id),
  name text not null check (length(name) between 1 and 100 and not private.is_blank(name)),
  annual_price_per_seat numeric(12, 2) not null check (annual_price_per_seat between 0 and 9999999999.99),
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  unique (company_id, name)
);
comment on table public.modules is 'The price list of the company.';
comment on column public.modules.id is 'Identity of the module.';
comment on column public.modules.company_id is 'Tenant.';
comment on column public.modules.name is 'Name as sold.';
comment on column public.modules.annual_price_per_seat is 'List price per seat and year.';
comment on column public.modules.created_at is 'When the row was inserted.';
comment on column public.modules.updated_at is 'When the row last changed.';
create trigger touch before update on public.modules for each row execute function private.touch_updated_at();
create trigger record_insert after insert on public.modules referencing new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_update after update on public.modules referencing old table as old_rows new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_delete after delete on public.modules referencing old table as old_rows
for each statement execute function private.record_row_changes();

alter table public.modules enable row level security;
revoke all on public.modules from anon, authenticated;
grant select,
insert (company_id, name, annual_price_per_seat),
update (name, annual_price_per_seat),
delete
on public.modules to authenticated;
create policy "members read their company's price list" on public.modules
for select to authenticated using (company_id = (select private.current_company_id()));
create policy "leaders add to their company's price list" on public.modules
for insert to authenticated
with check (company_id = (select private.current_company_id()) and (select private.is_team_lead()));
create policy "leaders change their company's price list" on public.modules
for update to authenticated
using (company_id = (select private.current_company_id()) and (select private.is_team_lead()))
with check (company_id = (select private.current_company_id()) and (select private.is_team_lead()));
create policy "leaders remove from their company's price list" on public.modules
for delete to authenticated
using (company_id = (select private.current_company_id()) and (select private.is_team_lead()));

create table public.contracts (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  customer_id uuid not null,
  starts_on private.day not null,
  ends_on private.day not null,
  term_months int not null check (term_months between 1 and 120),
  notice_days int not null check (notice_days between 0 and 365),
  notice_deadline date not null generated always as (ends_on - notice_days) stored,
  auto_renews boolean not null,
  seats int not null check (seats > 0),
  annual_price_per_seat numeric(12, 2) not null check (annual_price_per_seat between 0 and 9999999999.99),
  discount_percent private.percentage not null default 0,
  arr numeric(14, 0) not null generated always as (
    round(seats * annual_price_per_seat * (1 - discount_percent / 100))
  ) stored,
  uplift_cap_percent private.percentage,
  modules text[] not null default '{}',
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  foreign key (customer_id, company_id) references public.customers (id, company_id),
  check (ends_on > starts_on)
);
comment on table public.contracts is 'A term agreed with a customer; the latest that has begun is the current one.';
comment on column public.contracts.id is 'Identity of the contract.';
comment on column public.contracts.company_id is 'Tenant.';
comment on column public.contracts.customer_id is 'The customer.';
comment on column public.contracts.starts_on is 'First day of the term.';
comment on column public.contracts.ends_on is 'Renewal date: the day after the last day of the term.';
comment on column public.contracts.term_months is 'Length of the term in months.';
comment on column public.contracts.notice_days is 'Days of notice before the renewal date.';
comment on column public.contracts.notice_deadline is 'Renewal date minus notice days: the last day one can act.';
comment on column public.contracts.auto_renews is 'True if it renews unless somebody gives notice.';
comment on column public.contracts.seats is 'Seats bought.';
comment on column public.contracts.annual_price_per_seat is 'List price per seat and year.';
comment on column public.contracts.discount_percent is 'Discount on the list price.';
comment on column public.contracts.arr is 'Annual recurring revenue: seats x price x (1 - discount), to the dollar.';
comment on column public.contracts.uplift_cap_percent is 'Largest price increase at renewal; null if there is no cap.';
comment on column public.contracts.modules is 'Names of the modules bought.';
comment on column public.contracts.created_at is 'When the row was inserted.';
comment on column public.contracts.updated_at is 'When the row last changed.';
create index contracts_customer on public.contracts (customer_id, company_id, starts_on desc);
create index contracts_company on public.contracts (company_id, notice_deadline);
create trigger touch before update on public.contracts for each row execute function private.touch_updated_at();
create trigger record_insert after insert on public.contracts referencing new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_update after update on public.contracts referencing old table as old_rows new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_delete after delete on public.contracts referencing old table as old_rows
for each statement execute function private.record_row_changes();

alter table public.contracts enable row level security;
revoke all on public.contracts from anon, authenticated;
grant select,
insert (
  company_id, customer_id, starts_on, ends_on, term_months, notice_days, auto_renews, seats, annual_price_per_seat,
  discount_percent, uplift_cap_percent, modules
),
update (
  starts_on, ends_on, term_months, notice_days, auto_renews, seats, annual_price_per_seat, discount_percent,
  uplift_cap_percent, modules
),
delete
on public.contracts to authenticated;
create policy "members read their company's contracts" on public.contracts
for select to authenticated using (company_id = (select private.current_company_id()));
create policy "leaders add contracts" on public.contracts
for insert to authenticated
with check (company_id = (select private.current_company_id()) and (select private.is_team_lead()));
create policy "leaders change contracts" on public.contracts
for update to authenticated
using (company_id = (select private.current_company_id()) and (select private.is_team_lead()))
with check (company_id = (select private.current_company_id()) and (select private.is_team_lead()));
create policy "leaders remove contracts" on public.contracts
for delete to authenticated
using (company_id = (select private.current_company_id()) and (select private.is_team_lead()));

create view public.current_contracts with (security_invoker = true) as
select distinct on (customer_id) *
from public.contracts
where starts_on <= (select private.today())
order by customer_id, starts_on desc, id;
comment on view public.current_contracts is
'The contract in force (or last in force) today of each customer one may see.';
revoke all on public.current_contracts from anon, authenticated;
grant select on public.current_contracts to authenticated;

create function private.lock_contracts(variadic customer_ids uuid[]) returns void
language plpgsql volatile security invoker set search_path = ''
as $$
begin
  perform 1 from public.customers c where c.id = any(customer_ids) order by c.id for no key update;
  perform 1 from public.contracts k where k.customer_id = any(customer_ids) order by k.id for no key update;
end;
$$;
comment on function private.lock_contracts is
'Until the transaction ends nobody else changes, adds or undoes terms of these customers through a function that locks '
'them as well: what is read next is what is written to.';
grant execute on function private.lock_contracts to authenticated;
