-- Data of a company's other systems. The rows of a file are staged as records, checked, decided about by a leader,
-- applied by the worker, and can be taken back. People only read these tables: functions write them.

create table public.imports (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null references public.companies (id),
  kind text not null check (
    kind in (
      'customers', 'contacts', 'contracts', 'usage_weeks', 'tickets', 'survey_responses', 'notes', 'modules', 'flat',
      'demo_book'
    )
  ),
  file_name text not null check (length(file_name) between 1 and 300),
  source text not null check (length(source) between 1 and 100),
  headers text[] not null check (cardinality(headers) between 1 and 500),
  mapping jsonb not null check (private.is_readable_json(mapping) and length(mapping::text) <= 200000),
  status text not null default 'staging' check (
    status in ('staging', 'checked', 'decided', 'applied', 'stopped', 'undone')
  ),
  error text check (length(error) <= 2000),
  revision int not null default 1,
  failed_attempts int not null default 0,
  retry_at private.moment not null default now(),
  default_owner_id uuid not null,
  created_by uuid,
  decided_by uuid,
  decided_at private.moment,
  applied_at private.moment,
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  unique (id, company_id),
  foreign key (default_owner_id, company_id) references public.profiles (id, company_id),
  foreign key (created_by, company_id) references public.profiles (id, company_id),
  foreign key (decided_by, company_id) references public.profiles (id, company_id)
);
comment on table public.imports is 'A file that is brought in.';
comment on column public.imports.id is 'Identity of the import.';
comment on column public.imports.company_id is 'Tenant.';
comment on column public.imports.kind is
'Table its records go to; flat for customers with a contract and a contact, demo_book for records of every table.';
comment on column public.imports.file_name is 'Name of the file.';
comment on column public.imports.source is 'The system the file comes from; external ids are of this system.';
comment on column public.imports.headers is 'Headers of the columns, in their order.';
comment on column public.imports.mapping is 'How columns become fields: ColumnMapping of lib/imports/column_mapping.py.';
comment on column public.imports.status is
'staging: rows are being added; checked: can be decided; decided: the worker applies it; applied; stopped: whoever '
'decided may no longer import; undone.';
comment on column public.imports.error is 'Why it stopped, as a sentence.';
comment on column public.imports.revision is
'Grows with each change of its rows or mapping: a decision names the one that was seen.';
comment on column public.imports.failed_attempts is
'How often the worker failed at its next rows, one time after another.';
comment on column public.imports.retry_at is 'When the worker may try again.';
comment on column public.imports.default_owner_id is
'Who gets new customers whose owner the file does not name, or who has not joined yet.';
comment on column public.imports.created_by is 'Who began it; null for the operator.';
comment on column public.imports.decided_by is 'Who decided to bring it in; null before, and for the operator.';
comment on column public.imports.decided_at is 'When it was decided.';
comment on column public.imports.applied_at is 'When the last of its rows was applied.';
comment on column public.imports.created_at is 'When it began.';
comment on column public.imports.updated_at is 'When the row last changed.';
create index imports_company on public.imports (company_id, created_at desc, id desc);
create index imports_decided on public.imports (decided_at) where status = 'decided';
create index imports_default_owner on public.imports (default_owner_id, company_id);
create index imports_created_by on public.imports (created_by, company_id);
create index imports_decided_by on public.imports (decided_by, company_id);
create trigger touch before update on public.imports for each row execute function private.touch_updated_at();

create table public.import_rows (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  import_id uuid not null,
  kind text not null check (
    kind in ('customers', 'contacts', 'contracts', 'usage_weeks', 'tickets', 'survey_responses', 'notes', 'modules')
  ),
  place int not null,
  line int not null check (line > 0),
  cells text[] not null check (cardinality(cells) <= 500),
  field_values jsonb not null default '{}' check (jsonb_typeof(field_values) = 'object'),
  blank_fields text[] not null default '{}',
  problems jsonb not null default '[]',
  candidates jsonb not null default '[]',
  chosen_id uuid,
  is_dropped boolean not null default false,
  verdict text check (verdict in ('new', 'changed', 'unchanged', 'refused')),
  refusals jsonb not null default '[]',
  record jsonb not null default '{}',
  changes jsonb not null default '{}',
  new_id uuid not null default gen_random_uuid(),
  row_id uuid,
  natural_key text,
  same_as_line int,
  applied_at private.moment,
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  unique (import_id, company_id, place, line),
  foreign key (import_id, company_id) references public.imports (id, company_id) on delete cascade
);
comment on table public.import_rows is 'A record of a file, with what bringing it in would do.';
comment on column public.import_rows.id is 'Identity of the staged record.';
comment on column public.import_rows.company_id is 'Tenant.';
comment on column public.import_rows.import_id is 'The import.';
comment on column public.import_rows.kind is 'Table it goes to.';
comment on column public.import_rows.place is 'Order of its kind: customers come before what hangs on them.';
comment on column public.import_rows.line is 'Line of the file it begins on.';
comment on column public.import_rows.cells is 'Its cells, as corrected.';
comment on column public.import_rows.field_values is
'Its values by field, parsed; fields it says nothing about are absent.';
comment on column public.import_rows.blank_fields is
'Fields whose cell was blank and whose value is what the mapping gives instead: only a new record gets it.';
comment on column public.import_rows.problems is 'Cells that could not be parsed: column, cell, reason, remedy.';
comment on column public.import_rows.candidates is 'Rows with similar names, by likeness: id, name, score.';
comment on column public.import_rows.chosen_id is
'The customer a person chose: the record itself, or the one it hangs on.';
comment on column public.import_rows.is_dropped is 'True for a row that is left out.';
comment on column public.import_rows.verdict is 'new, changed, unchanged or refused; null before the check.';
comment on column public.import_rows.refusals is 'Why it is refused: field, column, cell, reason, remedy.';
comment on column public.import_rows.record is 'The columns it would write.';
comment on column public.import_rows.changes is 'Column to old and new value, for a changed record.';
comment on column public.import_rows.new_id is 'The id it gets if it is new.';
comment on column public.import_rows.row_id is 'The row it is about; its new id for a new record.';
comment on column public.import_rows.natural_key is 'What tells the record from others of its kind in the file.';
comment on column public.import_rows.same_as_line is 'An earlier line with the same record; null without one.';
comment on column public.import_rows.applied_at is 'When it was brought in, or found unchanged.';
comment on column public.import_rows.created_at is 'When the row was staged.';
comment on column public.import_rows.updated_at is 'When the row last changed.';
-- Few, since each step of a check writes every row anew: the unique one is for the foreign key and the order, too.
create index import_rows_unchecked on public.import_rows (import_id, place, line) where verdict is null;
create index import_rows_key on public.import_rows (import_id, kind, natural_key);
create trigger touch before update on public.import_rows for each row execute function private.touch_updated_at();

create table public.import_mappings (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null references public.companies (id),
  name text not null check (length(name) between 1 and 100),
  kind text not null check (length(kind) <= 63),
  header_key text not null check (length(header_key) between 1 and 100),
  mapping jsonb not null check (private.is_readable_json(mapping) and length(mapping::text) <= 200000),
  saved_by uuid,
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  unique (company_id, name),
  foreign key (saved_by, company_id) references public.profiles (id, company_id)
);
comment on table public.import_mappings is 'How files of a company''s other systems are mapped; used again next time.';
comment on column public.import_mappings.id is 'Identity of the mapping.';
comment on column public.import_mappings.company_id is 'Tenant.';
comment on column public.import_mappings.name is 'Name of the mapping, as the command line names it.';
comment on column public.import_mappings.kind is 'Kind of the import.';
comment on column public.import_mappings.header_key is 'Digest of the set of headers of the file it was made for.';
comment on column public.import_mappings.mapping is 'ColumnMapping of lib/imports/column_mapping.py.';
comment on column public.import_mappings.saved_by is 'Who saved it last; null for the operator.';
comment on column public.import_mappings.created_at is 'When it was first saved.';
comment on column public.import_mappings.updated_at is 'When it was last saved.';
create index import_mappings_headers on public.import_mappings (company_id, header_key, updated_at desc);
create index import_mappings_saved_by on public.import_mappings (saved_by, company_id);
create trigger touch before update on public.import_mappings for each row execute function private.touch_updated_at();

create table public.external_ids (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null references public.companies (id),
  source text not null check (length(source) between 1 and 100),
  table_name text not null check (length(table_name) <= 63),
  external_id text not null check (length(external_id) between 1 and 200),
  row_id uuid not null,
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  unique (company_id, source, table_name, external_id)
);
comment on table public.external_ids is 'The id a row has in another system.';
comment on column public.external_ids.id is 'Identity of the pair.';
comment on column public.external_ids.company_id is 'Tenant.';
comment on column public.external_ids.source is
'The other system; contract_number for numbers of contracts, survey_contact for answers of people who are no contacts.';
comment on column public.external_ids.table_name is 'Table of the row.';
comment on column public.external_ids.external_id is 'Id in the other system.';
comment on column public.external_ids.row_id is 'Id of the row; a row that is gone is not found by it.';
comment on column public.external_ids.created_at is 'When it was first seen.';
comment on column public.external_ids.updated_at is 'When the row last changed.';
create index external_ids_row on public.external_ids (row_id);
create trigger touch before update on public.external_ids for each row execute function private.touch_updated_at();

create table public.pending_owners (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  customer_id uuid not null,
  email text not null check (email is not distinct from private.normalize_email(email)),
  owner_id uuid not null,
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  unique (customer_id, company_id),
  foreign key (customer_id, company_id) references public.customers (id, company_id) on delete cascade,
  foreign key (owner_id, company_id) references public.profiles (id, company_id)
);
comment on table public.pending_owners is 'A customer whose owner has not joined yet.';
comment on column public.pending_owners.id is 'Identity of the row.';
comment on column public.pending_owners.company_id is 'Tenant.';
comment on column public.pending_owners.customer_id is 'The customer.';
comment on column public.pending_owners.email is 'Who gets the customer when they join, by address.';
comment on column public.pending_owners.owner_id is
'Who has it until then. Once somebody else has it, joining changes nothing.';
comment on column public.pending_owners.created_at is 'When it was imported.';
comment on column public.pending_owners.updated_at is 'When the row last changed.';
create index pending_owners_email on public.pending_owners (company_id, email);
create index pending_owners_owner on public.pending_owners (owner_id, company_id);
create trigger touch before update on public.pending_owners for each row execute function private.touch_updated_at();

create trigger record_insert after insert on public.external_ids referencing new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_update after update on public.external_ids
referencing old table as old_rows new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_delete after delete on public.external_ids referencing old table as old_rows
for each statement execute function private.record_row_changes();
create trigger record_insert after insert on public.pending_owners referencing new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_update after update on public.pending_owners
referencing old table as old_rows new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_delete after delete on public.pending_owners referencing old table as old_rows
for each statement execute function private.record_row_changes();

alter table public.imports enable row level security;
alter table public.import_rows enable row level security;
alter table public.import_mappings enable row level security;
alter table public.external_ids enable row level security;
alter table public.pending_owners enable row level security;
revoke all on public.imports, public.import_rows, public.import_mappings, public.external_ids, public.pending_owners
from anon, authenticated;
grant select on public.imports,
public.import_rows,
public.import_mappings,
public.external_ids,
public.pending_owners to authenticated;
create policy "members read their company's imports" on public.imports
for select to authenticated using (company_id = (select private.current_company_id()));
create policy "leaders read the rows of their company's imports" on public.import_rows
for select to authenticated
using (company_id = (select private.current_company_id()) and (select private.is_team_lead()));
create policy "members read their company's mappings" on public.import_mappings
for select to authenticated using (company_id = (select private.current_company_id()));
create policy "members read their company's external ids" on public.external_ids
for select to authenticated using (company_id = (select private.current_company_id()));
create policy "members read their company's pending owners" on public.pending_owners
for select to authenticated using (company_id = (select private.current_company_id()));

-- Recorded as the change that promised it: taking an import back takes the customers of those who joined back too.
create function private.assign_customers_to(person public.profiles) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  previous constant private.change_sources := private.current_change_source();
  promise record;
begin
  for promise in
    select coalesce(h.source, previous.source) as source, coalesce(h.source_id, previous.source_id) as source_id,
      array_agg(p.id) as pending_ids
    from public.pending_owners p
    left join lateral (
      select c.source, c.source_id from public.row_changes c
      where c.row_id = p.id and c.table_name = 'pending_owners' and c.source in ('import', 'import_undo')
      order by c.number desc limit 1
    ) h on previous.source <> 'seed'
    where p.company_id = person.company_id and p.email = person.email
    group by 1, 2
  loop
    perform private.begin_change(promise.source, promise.source_id, person.id);
    perform private.expect_joined_owner(promise.source_id, promise.pending_ids, person.id);
    update public.customers c set owner_id = person.id
    from public.pending_owners p
    where p.id = any(promise.pending_ids)
      and c.id = p.customer_id and c.company_id = p.company_id and c.owner_id = p.owner_id;
    delete from public.pending_owners p where p.id = any(promise.pending_ids);
  end loop;
  if found then
    perform private.begin_change(previous.source, previous.source_id, previous.person);
  end if;
end;
$$;
comment on function private.assign_customers_to is
'Gives a person the customers imported for them, unless somebody else has them by now.';

create function private.assign_pending_customers() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if new.is_active and (tg_op = 'INSERT' or not old.is_active) then
    perform private.assign_customers_to(new);
  end if;
  return null;
end;
$$;
comment on function private.assign_pending_customers is
'After somebody joined: they become the owner of the customers imported for them.';
create trigger assign_pending_customers after insert or update of is_active on public.profiles
for each row execute function private.assign_pending_customers();

create function private.is_operator() returns boolean
language sql stable set search_path = ''
as $$ select auth.uid() is null and coalesce(auth.role() = 'service_role', false) $$;
comment on function private.is_operator is 'True for a request with the operator''s key.';

create function private.require_importer(company uuid default null) returns uuid
language plpgsql stable security definer set search_path = ''
as $$
declare
  me public.profiles;
begin
  if private.is_operator() then
    if not exists (select 1 from public.companies c where c.id = company) then
      raise sqlstate 'PT404' using message = 'This company does not exist.';
    end if;
    return company;
  end if;
  me := private.current_profile();
  if me.role not in ('manager', 'admin') then
    raise sqlstate 'PT403' using message = 'Only managers and admins can import.',
      hint = 'Ask a manager to bring the file in.';
  elsif company <> me.company_id then
    raise sqlstate 'PT404' using message = 'This company does not exist, or you don''t have access to it.';
  end if;
  return me.company_id;
end;
$$;
comment on function private.require_importer is
'The company the caller may import to: their own, or the one the operator names. Raises PT403, PT404.';

create function private.lock_import(import uuid, allowed_statuses text[]) returns public.imports
language plpgsql volatile security definer set search_path = ''
as $$
declare
  locked public.imports;
begin
  select * into locked from public.imports i where i.id = import;
  if not private.is_operator() then
    perform private.require_importer();
  end if;
  if locked.id is null or not (private.is_operator() or locked.company_id = private.current_company_id()) then
    raise sqlstate 'PT404' using message = 'This import does not exist, or you don''t have access to it.';
  end if;
  select * into locked from public.imports i where i.id = locked.id for no key update;
  if locked.status <> all(allowed_statuses) then
    raise sqlstate 'PT409' using message = format('This import cannot be changed: it is %s.', locked.status),
      hint = 'Load the page again.';
  end if;
  return locked;
end;
$$;
comment on function private.lock_import is
'An import of the caller''s company, locked. Raises PT403, PT404, and PT409 if its status is another one.';

create function private.count_import_change(import uuid, new_status text) returns void
language sql volatile security definer set search_path = ''
as $$ update public.imports i set status = new_status, revision = i.revision + 1 where i.id = import $$;
comment on function private.count_import_change is 'Says that an import is no longer as it was seen.';

create function private.is_column_mapping(mapping jsonb) returns boolean
language sql immutable set search_path = ''
as $$
  select case
    when jsonb_typeof(mapping) = 'object'
      then
        mapping ?& array['kind', 'columns']
        and mapping - array['kind', 'source', 'columns', 'fixed', 'currency', 'usage_period'] = '{}'
        and jsonb_typeof(coalesce(mapping -> 'source', '""')) = 'string'
        and jsonb_typeof(coalesce(mapping -> 'fixed', '{}')) = 'object'
        and coalesce(mapping ->> 'currency', 'USD') ~ '^[A-Z]{3}$'
        and coalesce(mapping ->> 'usage_period', 'week') in ('week', 'day', 'month')
        and jsonb_typeof(mapping -> 'columns') = 'array' and not jsonb_path_exists(mapping, '$.columns[500]')
        and not exists (
          select 1 from jsonb_path_query(mapping, '$.columns[*]') c
          where not coalesce(
            jsonb_typeof(c) = 'object' and jsonb_typeof(c -> 'header') = 'string'
            and case c ->> 'use'
              when 'left_out' then c - array['use', 'header'] = '{}'
              when 'undecided' then c - array['use', 'header'] = '{}'
              when 'field' then
                jsonb_typeof(c -> 'field') = 'string' and jsonb_typeof(coalesce(c -> 'words', '{}')) = 'object'
                and c
                - array['use', 'header', 'field', 'day_order', 'decimal_sign', 'is_fraction', 'words', 'blank_value']
                = '{}'
            end, false
          )
        )
    else false
  end
$$;
comment on function private.is_column_mapping is
'True for JSON of the shape of ColumnMapping in lib/imports/column_mapping.py; which reads it strictly.';

create function private.mapping_error(mapping jsonb, kind text) returns text
language sql immutable set search_path = ''
as $$
  select case
    when
      not coalesce(
        private.is_readable_json(mapping) and length(mapping::text) <= 200000 and private.is_column_mapping(mapping)
        and mapping ->> 'kind' = kind, false
      )
      then 'This is not a mapping of such a file.'
  end
$$;
comment on function private.mapping_error is
'The error of a mapping that cannot be kept for files of this kind; null if there is none.';

create function private.import_kind_error(kind text) returns text
language sql immutable set search_path = ''
as $$
  select case when coalesce(kind not in (
    'customers', 'contacts', 'contracts', 'usage_weeks', 'tickets', 'survey_responses', 'notes', 'modules', 'flat',
    'demo_book'
  ), true) then 'There is no such kind of import.' end
$$;
comment on function private.import_kind_error is 'The error of an unknown kind of import; null if there is none.';

-- Rows that were just written have no statistics: the planner takes a company or a file for a handful of rows, reads it
-- as a whole for each record, and a check takes minutes. Autovacuum comes a minute later.
create function private.refresh_statistics(table_name text, columns text[]) returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  execute format('analyze (skip_locked) public.%I (%s)', table_name, private.list_columns(columns));
end;
$$;
comment on function private.refresh_statistics is
'Counts the values of columns of a public table, unless it is being done.';

create function private.begin_import(
  company uuid, kind text, file_name text, source text, headers text[], mapping jsonb
) returns uuid
language plpgsql volatile security definer set search_path = ''
as $$
declare
  tenant constant uuid := private.require_importer(company);
  owner_id uuid := auth.uid();
  made uuid;
begin
  if owner_id is null then
    select p.id into owner_id from public.profiles p where p.company_id = tenant and p.is_active
    order by private.role_rank(p.role) desc, p.created_at, p.id limit 1;
  end if;
  if owner_id is null then
    raise sqlstate 'PT409' using message = 'Nobody has joined this company yet.',
      hint = 'New customers need an owner: let an admin join first.';
  end if;
  perform private.raise_invalid(array[
    private.import_kind_error(kind), private.text_error(file_name, 300, 'The file has no name.'),
    private.text_error(source, 100, 'Name the system the file comes from.'), private.mapping_error(mapping, kind),
    case when coalesce(cardinality(headers), 0) not between 1 and 500 or array_ndims(headers) <> 1
        or array_position(headers, null) is not null or length(headers::text) > 100000
      then 'A file has 1 to 500 columns.' end]);
  insert into public.imports
    (company_id, kind, file_name, source, headers, mapping, default_owner_id, created_by)
  values (tenant, begin_import.kind, begin_import.file_name, begin_import.source, begin_import.headers,
          begin_import.mapping, owner_id, auth.uid())
  returning id into made;
  return made;
end;
$$;
comment on function private.begin_import is 'See public.begin_import.';

create function public.begin_import(
  p_kind text, p_file_name text, p_source text, p_headers text[], p_mapping jsonb, p_company_id uuid default null
) returns uuid
language sql volatile security invoker set search_path = ''
as $$ select private.begin_import(p_company_id, p_kind, p_file_name, p_source, p_headers, p_mapping) $$;
comment on function public.begin_import is
'Begins an import; returns its id. Only the operator names a company. Raises PT403 for a CSM.';

create function private.are_candidates(candidates jsonb) returns boolean
language sql immutable set search_path = ''
as $$
  select
    jsonb_typeof(candidates) = 'array' and not jsonb_path_exists(candidates, '$[20]')
    and not exists (
      select 1 from jsonb_path_query(candidates, '$[*]') c
      where not coalesce(
        jsonb_typeof(c) = 'object' and c - array['id', 'name', 'score'] = '{}'
        and c ->> 'id' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
        and jsonb_typeof(c -> 'name') = 'string' and length(c ->> 'name') <= 500
        and jsonb_typeof(c -> 'score') = 'number' and jsonb_path_exists(c, '$.score ? (@ >= 0 && @ <= 100)'), false
      )
    )
$$;
comment on function private.are_candidates is 'True for a list of at most 20 rows with similar names: id, name, score.';

create function private.is_list_of(list jsonb, types text[]) returns boolean
language sql immutable set search_path = ''
as $$
  select case
    when jsonb_typeof(list) = 'array'
      then
        jsonb_array_length(list) <= 500 and not exists (
          select 1 from jsonb_array_elements(list) e where jsonb_typeof(e) <> all(types)
        )
    else false
  end
$$;
comment on function private.is_list_of is 'True for a list of at most 500 values of these types.';

create function private.are_import_rows(import_kind text, staged jsonb) returns boolean
language sql immutable set search_path = ''
as $$
  select not exists (
    select 1 from jsonb_path_query(staged, 'strict $[*]') r
    where not coalesce(
      jsonb_typeof(r) = 'object'
      and r - array['kind', 'line', 'cells', 'field_values', 'blank_fields', 'problems', 'candidates'] = '{}'
      and case import_kind
        when 'flat' then r ->> 'kind' in ('customers', 'contacts', 'contracts')
        when 'demo_book'
          then
            r ->> 'kind' <> all(array['flat', 'demo_book'])
            and private.import_kind_error(r ->> 'kind') is null
        else r ->> 'kind' = import_kind
      end
      and r ->> 'line' ~ '^[1-9]\d{0,8}$'
      and jsonb_typeof(r -> 'field_values') = 'object'
      and private.is_list_of(r -> 'cells', array['string', 'number', 'boolean', 'null'])
      and private.is_list_of(coalesce(r -> 'blank_fields', '[]'), array['string'])
      and private.is_list_of(coalesce(nullif(r -> 'problems', 'null'), '[]'), array['object'])
      and private.are_candidates(coalesce(r -> 'candidates', '[]')), false
    )
  )
$$;
comment on function private.are_import_rows is 'True for a list of rows that can be staged for an import of this kind.';

create function private.require_import_rows(import_kind text, staged jsonb) returns void
language plpgsql immutable set search_path = ''
as $$
declare
  repeated_line text;
begin
  if jsonb_typeof(staged) is distinct from 'array' or jsonb_path_exists(staged, 'strict $[5000]', silent => true) then
    raise sqlstate 'PT400' using message = 'Send at most 5,000 rows at once, as a list.';
  elsif not coalesce(private.is_readable_json(staged) and private.are_import_rows(import_kind, staged), false) then
    raise sqlstate 'PT400' using message = 'These are not rows of this import.';
  end if;
  select r ->> 'line' into repeated_line from jsonb_array_elements(staged) r
  group by r ->> 'kind', r ->> 'line' having count(*) > 1 limit 1;
  if found then
    raise sqlstate 'PT400' using message = format('Line %s is there twice.', repeated_line),
      hint = 'Send each line once.';
  end if;
end;
$$;
comment on function private.require_import_rows is
'Raises PT400 unless it is a list of rows of this kind, each line once.';

create function private.stage_import_rows(import uuid, staged jsonb) returns int
language plpgsql volatile security definer set search_path = ''
as $$
declare
  target constant public.imports := private.lock_import(import, array['staging', 'checked']);
  added int;
begin
  perform private.require_import_rows(target.kind, staged);
  insert into public.import_rows as r
    (company_id, import_id, kind, place, line, cells, field_values, blank_fields, problems, candidates)
  select
    target.company_id, target.id, s.kind,
    array_position(array['modules', 'customers', 'contacts', 'contracts', 'usage_weeks', 'tickets',
                         'survey_responses', 'notes'], s.kind),
    s.line, coalesce(s.cells, '{}'), s.field_values, coalesce(s.blank_fields, '{}'),
    private.import_problems(s.problems), coalesce(s.candidates, '[]')
  from jsonb_to_recordset(staged) s (
    kind text, line int, cells text[], field_values jsonb, blank_fields text[], problems jsonb, candidates jsonb
  )
  on conflict (import_id, company_id, place, line) do update
  set cells = excluded.cells, field_values = excluded.field_values, blank_fields = excluded.blank_fields,
      problems = excluded.problems, candidates = excluded.candidates, verdict = null, refusals = '[]',
      natural_key = null;
  get diagnostics added = row_count;
  perform private.count_import_change(target.id, 'staging');
  return added;
end;
$$;
comment on function private.stage_import_rows is 'See public.stage_import_rows.';

create function private.import_problems(problems jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
  select case when jsonb_typeof(problems) = 'array' and problems <> '[]' then (
    select
      jsonb_agg(jsonb_build_object(
        'column', left(p."column", 500), 'cell', left(p.cell, 500),
        'reason', left(p.reason, 500), 'remedy', left(p.remedy, 500)
      ))
    from jsonb_to_recordset(problems) p ("column" text, cell text, reason text, remedy text)
  ) else '[]' end
$$;
comment on function private.import_problems is 'Problems of cells, with nothing but their four texts.';

create function public.stage_import_rows(p_import_id uuid, p_rows jsonb) returns int
language sql volatile security invoker set search_path = ''
as $$ select private.stage_import_rows(p_import_id, p_rows) $$;
comment on function public.stage_import_rows is
'Adds rows (kind, line, cells, field_values, problems, candidates) to an import, or replaces those of the same line.';

create function private.change_import_mapping(import uuid, mapping jsonb) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  target constant public.imports := private.lock_import(import, array['staging', 'checked']);
begin
  perform private.raise_invalid(array[private.mapping_error(mapping, target.kind)]);
  update public.imports i set mapping = change_import_mapping.mapping where i.id = target.id;
  perform private.count_import_change(target.id, 'staging');
  delete from public.import_rows r where r.import_id = target.id;
end;
$$;
comment on function private.change_import_mapping is 'See public.change_import_mapping.';

create function public.change_import_mapping(p_import_id uuid, p_mapping jsonb) returns void
language sql volatile security invoker set search_path = ''
as $$ select private.change_import_mapping(p_import_id, p_mapping) $$;
comment on function public.change_import_mapping is
'Maps an import anew, before it is decided. Its rows are removed, to be staged again by the new mapping.';

create function private.drop_import_rows(import uuid, row_ids uuid[], is_dropped boolean) returns int
language plpgsql volatile security definer set search_path = ''
as $$
declare
  target constant public.imports := private.lock_import(import, array['staging', 'checked']);
  dropped int;
begin
  update public.import_rows r set is_dropped = drop_import_rows.is_dropped
  where r.import_id = target.id and r.id = any(row_ids) and r.is_dropped <> drop_import_rows.is_dropped;
  get diagnostics dropped = row_count;
  if dropped > 0 then
    perform private.count_import_change(target.id, target.status);
  end if;
  return dropped;
end;
$$;
comment on function private.drop_import_rows is 'See public.drop_import_rows.';

create function public.drop_import_rows(p_import_id uuid, p_row_ids uuid[], p_is_dropped boolean default true)
returns int
language sql volatile security invoker set search_path = ''
as $$ select private.drop_import_rows(p_import_id, p_row_ids, p_is_dropped) $$;
comment on function public.drop_import_rows is
'Leaves rows of an import out, or takes them in again; returns how many.';

create function private.choose_import_match(import_row uuid, customer uuid) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  chosen constant public.import_rows := (select r from public.import_rows r where r.id = import_row);
  target constant public.imports := private.lock_import(chosen.import_id, array['staging', 'checked']);
begin
  if customer is not null and not exists (
    select 1 from public.customers c where c.id = customer and c.company_id = target.company_id) then
    raise sqlstate 'PT404' using message = 'This customer does not exist, or you don''t have access to it.';
  end if;
  update public.import_rows r
  set chosen_id = customer, verdict = null, candidates = case when customer is null then '[]' else r.candidates end
  where r.import_id = target.id and (r.id = chosen.id or (
    r.kind <> 'customers' and r.field_values ->> 'customer_name' = chosen.field_values ->> 'customer_name'
    and not r.field_values ?| array['customer_external_id', 'customer_domain']));
  perform private.count_import_change(target.id, 'staging');
end;
$$;
comment on function private.choose_import_match is 'See public.choose_import_match.';

create function public.choose_import_match(p_row_id uuid, p_customer_id uuid) returns void
language sql volatile security invoker set search_path = ''
as $$ select private.choose_import_match(p_row_id, p_customer_id) $$;
comment on function public.choose_import_match is
'Says which customer a row and those of the same customer''s name are, or hang on; null for none of its candidates. '
'The next check uses it.';

create function private.discard_import(import uuid) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  target constant public.imports := private.lock_import(import, array['staging', 'checked']);
begin
  delete from public.imports i where i.id = target.id;
end;
$$;
comment on function private.discard_import is 'See public.discard_import.';

create function public.discard_import(p_import_id uuid) returns void
language sql volatile security invoker set search_path = '' as $$ select private.discard_import(p_import_id) $$;
comment on function public.discard_import is
'Removes an import that was not decided, with its rows. Raises PT403, PT404, and PT409 once it was decided.';

create function private.save_import_mapping(
  company uuid, mapping_name text, kind text, header_key text, mapping jsonb
) returns uuid
language plpgsql volatile security definer set search_path = ''
as $$
declare
  tenant constant uuid := private.require_importer(company);
  saved uuid;
begin
  perform private.raise_invalid(array[
    private.text_error(mapping_name, 100, 'Give the mapping a name.'), private.import_kind_error(kind),
    private.mapping_error(mapping, kind), private.text_error(header_key, 100, 'The mapping names no headers.')]);
  insert into public.import_mappings as m (company_id, name, kind, header_key, mapping, saved_by)
  values (tenant, mapping_name, save_import_mapping.kind, save_import_mapping.header_key,
          save_import_mapping.mapping, auth.uid())
  on conflict on constraint import_mappings_company_id_name_key do update
  set kind = excluded.kind, header_key = excluded.header_key, mapping = excluded.mapping, saved_by = excluded.saved_by
  returning m.id into saved;
  return saved;
end;
$$;
comment on function private.save_import_mapping is 'See public.save_import_mapping.';

create function public.save_import_mapping(
  p_name text, p_kind text, p_header_key text, p_mapping jsonb, p_company_id uuid default null
) returns uuid
language sql volatile security invoker set search_path = ''
as $$ select private.save_import_mapping(p_company_id, p_name, p_kind, p_header_key, p_mapping) $$;
comment on function public.save_import_mapping is
'Keeps a mapping under a name, or replaces the one of that name; returns its id.';

grant execute on function private.is_operator, private.begin_import, private.stage_import_rows,
private.change_import_mapping,
private.drop_import_rows,
private.choose_import_match,
private.discard_import,
private.save_import_mapping to authenticated,
service_role;
grant execute on function public.begin_import,
public.stage_import_rows,
public.change_import_mapping,
public.drop_import_rows,
public.choose_import_match, public.discard_import, public.save_import_mapping to authenticated, service_role;
