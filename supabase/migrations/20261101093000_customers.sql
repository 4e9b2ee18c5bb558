-- Customers and their contacts. Everyone in the company reads them; a CSM writes their own, leaders write all.

create table public.customers (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null references public.companies (id),
  owner_id uuid not null,
  name text not null check (length(name) between 1 and 200 and not private.is_blank(name)),
  domain text check (domain ~ '^[a-z0-9.-]{1,253}$'),
  industry text check (length(industry) <= 2000),
  country text check (length(country) <= 2000),
  segment text not null check (segment in ('smb', 'mid', 'enterprise')),
  customer_since private.day not null,
  time_zone text not null default 'UTC',
  summary text check (length(summary) <= 20000),
  competitor text check (length(competitor) <= 2000),
  status text not null default 'active' check (status in ('active', 'churned', 'archived')),
  revision int not null default 1,
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  unique (id, company_id),
  foreign key (owner_id, company_id) references public.profiles (id, company_id)
);
comment on table public.customers is 'A customer of the company.';
comment on column public.customers.id is 'Identity of the customer.';
comment on column public.customers.company_id is 'Tenant.';
comment on column public.customers.owner_id is 'The CSM who is responsible.';
comment on column public.customers.name is 'Name of the customer.';
comment on column public.customers.domain is 'Domain of their website and email, in lower case; null if not known.';
comment on column public.customers.industry is 'Line of business.';
comment on column public.customers.country is 'Name of the country.';
comment on column public.customers.segment is 'smb under 25k ARR, mid to 100k, enterprise above.';
comment on column public.customers.customer_since is 'First day of the first contract.';
comment on column public.customers.time_zone is 'IANA name; meetings are proposed in it.';
comment on column public.customers.summary is 'What they use the product for, in one or two sentences.';
comment on column public.customers.competitor is 'A competitor they are evaluating; null if none is known.';
comment on column public.customers.status is
'active, churned, or archived: taken back with the import that had added it, but there is work on it.';
comment on column public.customers.revision is 'Grows with every update; compare-and-set.';
comment on column public.customers.created_at is 'When the row was inserted.';
comment on column public.customers.updated_at is 'When the row last changed.';
create index customers_company_owner on public.customers (company_id, owner_id);
create index customers_domain on public.customers (company_id, domain);
create index customers_plain_name on public.customers (company_id, private.plain_words(name));
create index customers_owner on public.customers (owner_id, company_id);
create trigger touch before update on public.customers for each row execute function private.touch_updated_at();
create trigger record_insert after insert on public.customers referencing new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_update after update on public.customers referencing old table as old_rows new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_delete after delete on public.customers referencing old table as old_rows
for each statement execute function private.record_row_changes();
create trigger revise before update on public.customers for each row execute function private.increment_revision();
create trigger require_time_zone before insert or update of time_zone on public.customers
for each row execute function private.require_time_zone();

create table public.contacts (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  customer_id uuid not null,
  name text not null check (length(name) between 1 and 200 and not private.is_blank(name)),
  title text check (length(title) <= 500),
  email text check (length(email) <= 500),
  role text not null check (
    role in ('economic_buyer', 'champion', 'executive_sponsor', 'admin', 'detractor', 'procurement', 'legal', 'user')
  ),
  influence int check (influence between 1 and 5),
  sentiment text check (sentiment in ('positive', 'neutral', 'negative')),
  last_contact_on private.day,
  status text not null default 'active' check (status in ('active', 'left', 'unknown')),
  left_on private.day,
  replaced_by uuid,
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  unique (id, company_id),
  foreign key (customer_id, company_id) references public.customers (id, company_id),
  foreign key (replaced_by, company_id) references public.contacts (id, company_id),
  check (left_on is null or status = 'left')
);
comment on table public.contacts is 'A person at a customer.';
comment on column public.contacts.id is 'Identity of the contact.';
comment on column public.contacts.company_id is 'Tenant.';
comment on column public.contacts.customer_id is 'Where they work.';
comment on column public.contacts.name is 'Name of the contact.';
comment on column public.contacts.title is 'Job title.';
comment on column public.contacts.email is 'Email address; null if not known.';
comment on column public.contacts.role is 'Role in the decision.';
comment on column public.contacts.influence is '1 (none) to 5 (decides); null if not known.';
comment on column public.contacts.sentiment is 'Attitude towards us; null if not known.';
comment on column public.contacts.last_contact_on is 'Last call, meeting or email; null if never.';
comment on column public.contacts.status is 'active, left, or unknown (not confirmed for long).';
comment on column public.contacts.left_on is 'When they left the customer.';
comment on column public.contacts.replaced_by is 'The contact who took over; null if there is none yet.';
comment on column public.contacts.created_at is 'When the row was inserted.';
comment on column public.contacts.updated_at is 'When the row last changed.';
create index contacts_customer on public.contacts (customer_id, company_id, private.plain_words(name));
create index contacts_email on public.contacts (company_id, lower(email));
create index contacts_replaced_by on public.contacts (replaced_by, company_id);
create trigger touch before update on public.contacts for each row execute function private.touch_updated_at();
create trigger record_insert after insert on public.contacts referencing new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_update after update on public.contacts referencing old table as old_rows new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_delete after delete on public.contacts referencing old table as old_rows
for each statement execute function private.record_row_changes();

create function private.can_write_customer(customer uuid) returns boolean
language sql stable security definer set search_path = ''
as $$
  select exists(
    select 1 from public.customers c
    where
      c.id = customer and c.company_id = private.current_company_id()
      and (c.owner_id = any(private.represented_people()) or private.is_team_lead())
  )
$$;
comment on function private.can_write_customer is
'True if the customer is the person''s own, of somebody they stand in for, or of the company they lead.';
grant execute on function private.can_write_customer to authenticated;

alter table public.customers enable row level security;
alter table public.contacts enable row level security;
revoke all on public.customers, public.contacts from anon, authenticated;
grant select,
insert (
  company_id, owner_id, name, domain, industry, country, segment, customer_since, time_zone, summary, competitor, status
),
update (
  owner_id, name, domain, industry, country, segment, customer_since, time_zone, summary, competitor, status
),
delete
on public.customers to authenticated;
grant select,
insert (
  company_id, customer_id, name, title, email, role, influence, sentiment, last_contact_on, status, left_on, replaced_by
),
update (name, title, email, role, influence, sentiment, last_contact_on, status, left_on, replaced_by),
delete
on public.contacts to authenticated;

create policy "members read their company's customers" on public.customers
for select to authenticated using (company_id = (select private.current_company_id()));
create policy "members add customers of their own, leaders for anyone" on public.customers
for insert to authenticated
with check (
  company_id = (select private.current_company_id())
  and (owner_id = (select auth.uid()) or (select private.is_team_lead()))
);
create policy "members change customers of their own, leaders all" on public.customers
for update to authenticated
using (
  company_id = (select private.current_company_id())
  and (owner_id = (select auth.uid()) or (select private.is_team_lead()))
)
with check (
  company_id = (select private.current_company_id())
  and (owner_id = (select auth.uid()) or (select private.is_team_lead()))
);
create policy "members remove customers of their own, leaders all" on public.customers
for delete to authenticated
using (
  company_id = (select private.current_company_id())
  and (owner_id = (select auth.uid()) or (select private.is_team_lead()))
);

create policy "members read their company's contacts" on public.contacts
for select to authenticated using (company_id = (select private.current_company_id()));
create policy "members add contacts where they may write the customer" on public.contacts
for insert to authenticated
with check (company_id = (select private.current_company_id()) and private.can_write_customer(customer_id));
create policy "members change contacts where they may write the customer" on public.contacts
for update to authenticated
using (company_id = (select private.current_company_id()) and private.can_write_customer(customer_id))
with check (company_id = (select private.current_company_id()) and private.can_write_customer(customer_id));
create policy "members remove contacts where they may write the customer" on public.contacts
for delete to authenticated
using (company_id = (select private.current_company_id()) and private.can_write_customer(customer_id));
