-- Saved views of the book: a name for a filter, an order and columns; one's own, or the whole company's.

create table public.book_views (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  owner_id uuid not null default auth.uid(),
  name text not null check (private.text_error(name, 80, 'x') is null),
  is_shared boolean not null default false,
  filter jsonb not null default '{}' check (
    private.is_readable_json(filter) and jsonb_typeof(filter) = 'object' and octet_length(filter::text) <= 10000
  ),
  sort text not null default 'deadline' check (length(sort) between 1 and 60),
  -- Not "columns": that is a word of PostgREST's own in an address, and such a column could not be filtered by.
  shown_columns text[] not null check (
    cardinality(shown_columns) <= 40 and octet_length(array_to_string(shown_columns, '', '-')) <= 2000
  ),
  revision int not null default 1,
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  unique (company_id, owner_id, name),
  foreign key (owner_id, company_id) references public.profiles (id, company_id)
);
comment on table public.book_views is
'A saved view of the book. A filter, an order or a column that a later version no longer knows stays: the page names '
'it and shows the rest.';
comment on column public.book_views.id is 'Identity of the view.';
comment on column public.book_views.company_id is 'Tenant.';
comment on column public.book_views.owner_id is 'Who saved it; only they change it, and leaders what is shared.';
comment on column public.book_views.name is 'What it is called.';
comment on column public.book_views.is_shared is 'True if the whole company sees it.';
comment on column public.book_views.filter is 'Filters as the address of the page has them, by parameter.';
comment on column public.book_views.sort is 'What it is sorted by, as in the address: "arr.desc".';
comment on column public.book_views.shown_columns is 'Columns in their order, beside the name.';
comment on column public.book_views.revision is 'Grows with every update; compare-and-set.';
comment on column public.book_views.created_at is 'When the row was inserted.';
comment on column public.book_views.updated_at is 'When the row last changed.';
create index book_views_owner on public.book_views (owner_id, company_id);
create trigger touch before update on public.book_views for each row execute function private.touch_updated_at();
create trigger revise before update on public.book_views for each row execute function private.increment_revision();

alter table public.book_views enable row level security;
revoke all on public.book_views from anon, authenticated;
grant select,
insert (company_id, owner_id, name, is_shared, filter, sort, shown_columns),
update (name, is_shared, filter, sort, shown_columns),
delete
on public.book_views to authenticated;
create policy "people read their own views and those of the company" on public.book_views
for select to authenticated using (
  company_id = (select private.current_company_id()) and (owner_id = (select auth.uid()) or is_shared)
);
create policy "people save views of their own" on public.book_views
for insert to authenticated
with check (company_id = (select private.current_company_id()) and owner_id = (select auth.uid()));
create policy "people change their own views, leaders those of the company" on public.book_views
for update to authenticated
using (
  company_id = (select private.current_company_id())
  and (owner_id = (select auth.uid()) or (is_shared and (select private.is_team_lead())))
)
with check (
  company_id = (select private.current_company_id())
  and (owner_id = (select auth.uid()) or (is_shared and (select private.is_team_lead())))
);
create policy "people delete their own views, leaders those of the company" on public.book_views
for delete to authenticated
using (
  company_id = (select private.current_company_id())
  and (owner_id = (select auth.uid()) or (is_shared and (select private.is_team_lead())))
);
