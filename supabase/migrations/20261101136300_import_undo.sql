-- Taking an import back, from the history of rows. What was changed since, and customers with work on them, are named
-- first. An undo is a set of changes itself, so that undoing the undo is the same thing again.

create table public.import_undos (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  import_id uuid not null,
  source_id uuid not null,
  status text not null default 'planning' check (status in ('planning', 'planned', 'decided', 'applied', 'stopped')),
  listed_until uuid,
  error text check (length(error) <= 2000),
  revision int not null default 1,
  failed_attempts int not null default 0,
  retry_at private.moment not null default now(),
  created_by uuid,
  decided_by uuid,
  decided_at private.moment,
  applied_at private.moment,
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  unique (id, company_id),
  foreign key (import_id, company_id) references public.imports (id, company_id),
  foreign key (created_by, company_id) references public.profiles (id, company_id),
  foreign key (decided_by, company_id) references public.profiles (id, company_id)
);
comment on table public.import_undos is 'An import taken back, or brought in again afterwards.';
comment on column public.import_undos.id is 'Identity of the undo.';
comment on column public.import_undos.company_id is 'Tenant.';
comment on column public.import_undos.import_id is 'The import.';
comment on column public.import_undos.source_id is 'Whose changes it takes back: the import, or the undo before it.';
comment on column public.import_undos.status is
'planning: its rows are being listed; planned: can be decided; decided: the worker applies it; applied; stopped: whoever '
'decided may no longer import, or the worker failed.';
comment on column public.import_undos.listed_until is 'The last row that was looked at, in the order of ids.';
comment on column public.import_undos.error is 'Why it stopped, as a sentence.';
comment on column public.import_undos.revision is
'Grows when what it would do changes: a decision names the one that was seen.';
comment on column public.import_undos.failed_attempts is
'How often the worker failed at its next rows, one time after another.';
comment on column public.import_undos.retry_at is 'When the worker may try again.';
comment on column public.import_undos.created_by is 'Who planned it; null for the operator.';
comment on column public.import_undos.decided_by is 'Who decided it; null before, and for the operator.';
comment on column public.import_undos.decided_at is 'When it was decided.';
comment on column public.import_undos.applied_at is 'When the last of its rows was applied.';
comment on column public.import_undos.created_at is 'When it was planned.';
comment on column public.import_undos.updated_at is 'When the row last changed.';
create unique index import_undos_one_open on public.import_undos (import_id)
where status in ('planning', 'planned', 'decided');
create index import_undos_import on public.import_undos (import_id, company_id, created_at desc);
create index import_undos_decided on public.import_undos (decided_at) where status = 'decided';
create index import_undos_created_by on public.import_undos (created_by, company_id);
create index import_undos_decided_by on public.import_undos (decided_by, company_id);
create index import_undos_company on public.import_undos (company_id);
create trigger touch before update on public.import_undos for each row execute function private.touch_updated_at();

create table public.import_undo_rows (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  undo_id uuid not null,
  place int not null,
  table_name text not null check (length(table_name) <= 63),
  row_id uuid not null,
  operation text not null check (operation in ('remove', 'restore', 'bring_back')),
  label text not null,
  restored jsonb not null,
  expected jsonb,
  problem text,
  notice text,
  is_examined boolean not null default false,
  is_insisted boolean not null default false,
  result text check (result in ('done', 'kept', 'archived')),
  created_at private.moment not null default now(),
  unique (undo_id, table_name, row_id),
  foreign key (undo_id, company_id) references public.import_undos (id, company_id) on delete cascade
);
comment on table public.import_undo_rows is 'A row that an undo removes, restores or brings back.';
comment on column public.import_undo_rows.id is 'Identity of the row of the undo.';
comment on column public.import_undo_rows.company_id is 'Tenant.';
comment on column public.import_undo_rows.undo_id is 'The undo.';
comment on column public.import_undo_rows.place is 'Order: rows are removed before those they hang on.';
comment on column public.import_undo_rows.table_name is 'Table of the row.';
comment on column public.import_undo_rows.row_id is 'Id of the row.';
comment on column public.import_undo_rows.operation is
'remove a row that was added, restore one that was changed, bring_back one that was removed.';
comment on column public.import_undo_rows.label is 'Name of the row, to read.';
comment on column public.import_undo_rows.restored is 'The columns it gets.';
comment on column public.import_undo_rows.expected is 'The row as the changes left it; null for one that was removed.';
comment on column public.import_undo_rows.problem is
'Why it is left alone (a customer: archived) unless somebody insists; null where nothing stands against it.';
comment on column public.import_undo_rows.notice is
'What is done otherwise than it was before the import; null if nothing.';
comment on column public.import_undo_rows.is_examined is 'True once it was looked at what refers to it.';
comment on column public.import_undo_rows.is_insisted is 'True if it is to be done although there is a problem.';
comment on column public.import_undo_rows.result is 'done, kept as it is, or archived; null before.';
comment on column public.import_undo_rows.created_at is 'When it was planned.';
create index import_undo_rows_order on public.import_undo_rows (undo_id, place, id);
create index import_undo_rows_undo on public.import_undo_rows (undo_id, company_id);
create index import_undo_rows_company on public.import_undo_rows (company_id);

alter table public.import_undos enable row level security;
alter table public.import_undo_rows enable row level security;
revoke all on public.import_undos, public.import_undo_rows from anon, authenticated;
grant select on public.import_undos, public.import_undo_rows to authenticated;
create policy "members read their company's undos of imports" on public.import_undos
for select to authenticated using (company_id = (select private.current_company_id()));
create policy "leaders read the rows of their company's undos" on public.import_undo_rows
for select to authenticated
using (company_id = (select private.current_company_id()) and (select private.is_team_lead()));

create function private.changed_columns(old_row jsonb, new_row jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
  select coalesce(jsonb_object_agg(o.key, o.value), '{}') from jsonb_each(old_row) o
  where
    o.value is distinct from new_row -> o.key
    and o.key <> all(array['updated_at', 'revision', 'notice_deadline', 'arr'])
$$;
comment on function private.changed_columns is
'The old values of the columns in which two versions of a row differ; without stamps and computed columns.';

create function private.undo_order_of_table(table_name text) returns int
language sql immutable set search_path = ''
as $$
  select coalesce(array_position(
    array['modules', 'customers', 'contacts', 'contracts', 'usage_weeks', 'tickets', 'survey_responses', 'notes'],
    table_name
  ), 9)
$$;
comment on function private.undo_order_of_table is 'Order of a table: rows come after those they hang on.';

-- A customer's work is whatever refers to it: found in the catalogue, so that no table to come is forgotten.
create function private.find_references(undo uuid, referenced text, row_ids uuid[])
returns table (row_id uuid, table_name text)
language plpgsql stable security definer set search_path = ''
as $$
declare
  reference record;
begin
  for reference in
    select c.conrelid, t.relname, a.attname,
      exists (select 1 from pg_catalog.pg_attribute i where i.attrelid = c.conrelid and i.attname = 'id') as has_id
    from pg_catalog.pg_constraint c
    join pg_catalog.pg_class t on t.oid = c.conrelid
    join pg_catalog.pg_attribute f on f.attrelid = c.confrelid and f.attname = 'id'
    join pg_catalog.pg_attribute a on a.attrelid = c.conrelid
      and a.attnum = c.conkey[array_position(c.confkey, f.attnum)]
    where c.contype = 'f' and c.confrelid = to_regclass(format('public.%I', referenced))
      and c.confdeltype in ('a', 'r') and c.conparentid = 0
  loop
    return query execute format($statement$
      select t.%2$I, %3$L::text from %1$s t
      where t.%2$I = any($1) %4$s
      group by t.%2$I
    $statement$, reference.conrelid::regclass, reference.attname, reference.relname,
      case when reference.has_id then format($filter$
        and not exists (select 1 from public.import_undo_rows u where u.undo_id = $2 and u.table_name = %L
          and u.row_id = t.id and (u.problem is null or u.is_insisted) and (u.operation = 'remove'
            or u.operation = 'restore' and u.restored ? %L and u.restored ->> %L is distinct from t.%I::text))
      $filter$, reference.relname, reference.attname, reference.attname, reference.attname) else '' end) using row_ids, undo;
  end loop;
end;
$$;
comment on function private.find_references is
'Which rows are referred to, and from which table, by rows that the undo neither removes nor points elsewhere.';

create function private.name_row_changes(undo_rows uuid[]) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  checked_table text;
begin
  for checked_table in select distinct u.table_name from public.import_undo_rows u where u.id = any(undo_rows) loop
    execute format($statement$
      update public.import_undo_rows u
      set problem = coalesce(
        (
          select format('%%s by %%s on %%s.', case c.operation when 'delete' then 'Removed' else 'Changed' end,
            coalesce(p.full_name, 'the operator'), to_char(c.changed_at, 'DD Mon YYYY'))
          from public.row_changes c left join public.profiles p on p.id = c.changed_by
          where c.row_id = u.row_id and c.table_name = u.table_name
            and c.source_id is distinct from (select d.source_id from public.import_undos d where d.id = u.undo_id)
          order by c.number desc limit 1
        ), 'Changed since.')
      from public.import_undo_rows o left join public.%1$I t on t.id = o.row_id and t.company_id = o.company_id
      where o.id = any($1) and o.table_name = %1$L and u.id = o.id and u.problem is null and (
        (o.expected is null) <> (t.id is null) or private.changed_columns(
          -- Who holds a customer until its owner joins changes when they leave: the promise is the same.
          case o.table_name when 'pending_owners' then o.expected - 'owner_id' else o.expected end, to_jsonb(t)
        ) <> '{}')
    $statement$, checked_table) using undo_rows;
  end loop;
end;
$$;
comment on function private.name_row_changes is
'Says of rows that are no longer as the changes left them who changed them last.';

create function private.name_references(undo uuid, undo_rows uuid[]) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  referenced text;
  undo_row_ids uuid[];
begin
  for referenced, undo_row_ids in
    select u.table_name, array_agg(u.row_id) from public.import_undo_rows u
    where u.id = any(undo_rows) and u.operation = 'remove' and u.problem is null
      and u.table_name in ('customers', 'contacts')
    group by u.table_name, private.undo_order_of_table(u.table_name) order by private.undo_order_of_table(u.table_name) desc
  loop
    update public.import_undo_rows u
    set problem = format('There is work on it: %s.', f.tables)
    from (
      select r.row_id, string_agg(distinct replace(r.table_name, '_', ' '), ', ') as tables
      from private.find_references(undo, referenced, undo_row_ids) r group by r.row_id
    ) f
    where u.id = any(undo_rows) and u.table_name = referenced and u.row_id = f.row_id;
  end loop;
end;
$$;
comment on function private.name_references is 'Says of rows to be removed what else refers to them.';

create function private.values_set_by_undone_changes(undo public.import_undos, changed_table text, changed_row uuid) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select coalesce(jsonb_object_agg(v.key, v.value order by c.number), '{}')
  from public.row_changes c cross join lateral jsonb_each(c.after) v
  where
    c.row_id = changed_row and c.table_name = changed_table and c.source_id = undo.source_id
    and c.company_id = undo.company_id and c.operation = 'update' and c.before -> v.key is distinct from v.value
$$;
comment on function private.values_set_by_undone_changes is
'The values that updates of a row gave to its columns, among the changes an undo takes back.';

create function private.list_undo_rows(undo public.import_undos, row_ids uuid[]) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  listed uuid[];
begin
  with changed as (
    select c.table_name, c.row_id, count(*) as changes,
      (array_agg(c.before order by c.number))[1] as before,
      (array_agg(c.after order by c.number))[1] as first_after,
      (array_agg(c.after order by c.number desc))[1] as last_after
    from public.row_changes c
    where c.source_id = undo.source_id and c.company_id = undo.company_id and c.row_id = any(row_ids)
    group by c.table_name, c.row_id
  ),
  net as (
    select g.table_name, g.row_id, g.before,
      -- Somebody may have changed the row between two of its changes: that is not taken back unseen.
      case when g.changes > 1 and g.first_after is not null and g.last_after is not null
        then g.first_after || private.values_set_by_undone_changes(undo, g.table_name, g.row_id) else g.last_after end as after
    from changed g
  ),
  made as (
    insert into public.import_undo_rows
      (company_id, undo_id, place, table_name, row_id, operation, label, restored, expected)
    select undo.company_id, undo.id,
      case when n.after is null then private.undo_order_of_table(n.table_name) when n.before is null
        then 30 - private.undo_order_of_table(n.table_name) else 15 end,
      n.table_name, n.row_id,
      case when n.after is null then 'bring_back' when n.before is null then 'remove' else 'restore' end,
      private.import_row_label(coalesce(n.after, n.before)),
      case when n.after is null then n.before when n.before is null then '{}'
        else private.changed_columns(n.before, n.after) end,
      n.after
    from net n
    where ((n.before is null) <> (n.after is null)
        or n.before is not null and private.changed_columns(n.before, n.after) <> '{}')
      -- Who is to own a new customer goes, or stays, with it.
      and not (n.table_name = 'pending_owners' and n.before is null and exists (
        select 1 from public.row_changes c
        where c.row_id = (n.after ->> 'customer_id')::uuid and c.table_name = 'customers'
          and c.source_id = undo.source_id and c.operation = 'insert'))
    returning id
  )
  select array_agg(m.id) into listed from made m;
  perform private.name_row_changes(listed);
  perform private.replace_departed_owners(listed, private.find_undo_heir(undo));
end;
$$;
comment on function private.list_undo_rows is
'Lists what an undo would do with some rows, from the changes it takes back, and who changed them since.';

create function private.find_undo_heir(undo public.import_undos) returns uuid
language sql stable security definer set search_path = ''
as $$
  select coalesce(undo.decided_by, auth.uid(), (
    select private.find_default_owner(i) from public.imports i where i.id = undo.import_id
  ))
$$;
comment on function private.find_undo_heir is
'Who gets the customers of people who have left: whoever undoes; for the operator the owner of new customers.';

create function private.replace_departed_owners(undo_rows uuid[], heir uuid) returns void
language sql volatile security definer set search_path = ''
as $$
  update public.import_undo_rows u
  set
    restored = u.restored || jsonb_build_object('owner_id', h.id),
    notice = format('%s has left: %s gets this customer.', p.full_name, h.full_name)
  from public.profiles p, public.profiles h
  where
    u.id = any(undo_rows) and u.table_name in ('customers', 'pending_owners')
    and u.operation in ('restore', 'bring_back') and p.id = (u.restored ->> 'owner_id')::uuid and not p.is_active
    and h.id = heir and h.company_id = u.company_id
$$;
comment on function private.replace_departed_owners is
'Gives customers that would go back to somebody who has left to the heir, and says so.';

-- References are looked at when all rows are listed, contacts before the customers they hang on.
create function private.examine_undo_rows(undo public.import_undos, most int) returns int
language plpgsql volatile security definer set search_path = ''
as $$
declare
  examined_table text;
  examined uuid[];
begin
  foreach examined_table in array array['contacts', 'customers'] loop
    examined := array(
      select u.id from public.import_undo_rows u
      where u.undo_id = undo.id and u.table_name = examined_table and u.operation = 'remove' and u.problem is null
        and not u.is_examined
      order by u.id limit most);
    exit when cardinality(examined) > 0;
  end loop;
  perform private.name_references(undo.id, examined);
  update public.import_undo_rows u set is_examined = true where u.id = any(examined);
  return cardinality(examined);
end;
$$;
comment on function private.examine_undo_rows is
'Says of the next rows to be removed what refers to them; returns how many were looked at.';

create function private.plan_next_undo_rows(undo uuid, most int) returns boolean
language plpgsql volatile security definer set search_path = '' set plan_cache_mode = force_custom_plan
as $$
declare
  target public.import_undos;
  row_ids uuid[];
  step constant int := least(greatest(most, 1), 5000);
begin
  select * into target from public.import_undos u where u.id = undo for no key update;
  if target.status <> 'planning' then
    return false;
  end if;
  row_ids := array(
    select distinct c.row_id from public.row_changes c
    where c.source_id = target.source_id and c.row_id > coalesce(target.listed_until, '00000000-0000-0000-0000-000000000000')
    order by c.row_id limit step);
  if cardinality(row_ids) > 0 then
    perform private.list_undo_rows(target, row_ids);
    update public.import_undos u set listed_until = row_ids[cardinality(row_ids)] where u.id = target.id;
    if cardinality(row_ids) = step then
      return true;
    end if;
  end if;
  if private.examine_undo_rows(target, step) > 0 then
    return true;
  end if;
  update public.import_undos u set status = 'planned' where u.id = target.id;
  return false;
end;
$$;
comment on function private.plan_next_undo_rows is
'Lists the next rows of an undo, then looks at what refers to them; true while there is more to do.';

create function private.expect_joined_owner(promise uuid, pending_ids uuid[], person uuid) returns void
language sql volatile security definer set search_path = ''
as $$
  with told as (
    update public.import_undo_rows u
    set
      expected = u.expected || jsonb_build_object('owner_id', person),
      restored = case
        when u.operation = 'restore' then jsonb_build_object('owner_id', p.owner_id) || u.restored
        else u.restored
      end
    from public.import_undos d, public.pending_owners p
    where
      d.source_id = promise and d.status in ('planning', 'planned', 'decided') and u.undo_id = d.id
      and u.result is null and p.id = any(pending_ids) and u.company_id = p.company_id
      and u.table_name = 'customers' and u.row_id = p.customer_id
      and u.expected ->> 'owner_id' = p.owner_id::text
    returning u.undo_id
  )
  update public.import_undos d set revision = d.revision + 1
  where d.id in (select t.undo_id from told t) and d.status in ('planning', 'planned')
$$;
comment on function private.expect_joined_owner is
'Tells undos not yet done that a person is about to get the customers promised to them.';

create function private.import_row_label(row_values jsonb) returns text
language sql immutable set search_path = ''
as $$
  select left(coalesce(
    row_values ->> 'name', row_values ->> 'title', row_values ->> 'week_starts_on', row_values ->> 'starts_on',
    row_values ->> 'responded_on', row_values ->> 'body', row_values ->> 'external_id', row_values ->> 'email',
    row_values ->> 'label', row_values ->> 'workflow_id', ''
  ), 200)
$$;
comment on function private.import_row_label is 'What a row is called, by its columns.';

create function private.plan_import_undo(import uuid) returns uuid
language plpgsql volatile security definer set search_path = '' set plan_cache_mode = force_custom_plan
as $$
declare
  target constant public.imports := private.lock_import(import, array['applied', 'undone', 'stopped']);
  undo public.import_undos;
begin
  delete from public.import_undos u where u.import_id = target.id and u.status in ('planning', 'planned');
  if exists (select 1 from public.import_undos u where u.import_id = target.id and u.status = 'decided') then
    raise sqlstate 'PT409' using message = 'This import is being taken back already.', hint = 'Wait a moment.';
  end if;
  insert into public.import_undos (company_id, import_id, source_id, created_by)
  values (target.company_id, target.id, coalesce(
    (
      select u.id from public.import_undos u where u.import_id = target.id and u.status = 'applied'
      order by u.decided_at desc, u.created_at desc limit 1
    ), target.id), auth.uid())
  returning * into undo;
  -- A small import is planned at once: its rows, what refers to contacts, to customers, and that nothing is left.
  for step in 1..4 loop
    exit when not private.plan_next_undo_rows(undo.id, 1000);
  end loop;
  return undo.id;
end;
$$;
comment on function private.plan_import_undo is 'See public.plan_import_undo.';

create function public.plan_import_undo(p_import_id uuid) returns uuid
language sql volatile security invoker set search_path = '' as $$ select private.plan_import_undo(p_import_id) $$;
comment on function public.plan_import_undo is
'Lists what taking an import back would do, or bringing it in again after that; returns the id of the undo. Of a large '
'import it lists the first rows: continue_import_undo_plan lists the others.';

create function private.continue_import_undo_plan(undo uuid, most int) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  locked constant public.imports := private.lock_import(
    (select u.import_id from public.import_undos u where u.id = undo), array['applied', 'undone', 'stopped']);
  is_unfinished constant boolean := private.plan_next_undo_rows(undo, most);
begin
  return jsonb_build_object('is_planned', not is_unfinished, 'rows', (
    select count(*) from public.import_undo_rows u where u.undo_id = undo and u.company_id = locked.company_id));
end;
$$;
comment on function private.continue_import_undo_plan is 'See public.continue_import_undo_plan.';

create function public.continue_import_undo_plan(p_undo_id uuid, p_most int default 2000) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.continue_import_undo_plan(p_undo_id, p_most) $$;
comment on function public.continue_import_undo_plan is
'Lists the next rows of an undo that is being planned: is_planned once there are no more, and rows listed so far.';

create function private.decide_import_undo(
  undo uuid, revision int, insisted_rows uuid[], insist_on_all boolean
) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  target public.import_undos;
  locked public.imports;
begin
  select * into target from public.import_undos u where u.id = undo;
  locked := private.lock_import(target.import_id, array['applied', 'undone', 'stopped']);
  select * into target from public.import_undos u where u.id = undo for no key update;
  if target.status in ('planning', 'planned') then
    perform private.require_seen_revision(revision, target.revision);
  end if;
  update public.import_undos u
  set status = 'decided', decided_by = auth.uid(), decided_at = now(), failed_attempts = 0, retry_at = now()
  where u.id = target.id and u.status = 'planned' and u.import_id = locked.id;
  if not found then
    raise sqlstate 'PT409' using
      message = case target.status when 'planning' then 'The plan of this undo is not complete yet.'
        else 'This undo was decided already.' end,
      hint = 'Load the page again.';
  end if;
  update public.import_undo_rows u set is_insisted = true
  where u.undo_id = target.id and u.problem is not null and (insist_on_all or u.id = any(insisted_rows));
end;
$$;
comment on function private.decide_import_undo is 'See public.decide_import_undo.';

create function public.decide_import_undo(
  p_undo_id uuid, p_revision int, p_insisted_row_ids uuid[] default '{}', p_insist_on_all boolean default false
) returns void
language sql volatile security invoker set search_path = ''
as $$ select private.decide_import_undo(p_undo_id, p_revision, p_insisted_row_ids, p_insist_on_all) $$;
comment on function public.decide_import_undo is
'Has the worker do a planned undo. Rows with a problem are left alone, new customers with work on them archived, '
'unless the caller insists. Raises PT403, PT404, and PT409 unless the revision is the one there is.';

-- What the history can bring back goes with a customer one insists on. Runs and conversations it cannot: then the
-- customer is archived all the same.
create function private.remove_records_of_rows(table_name text, row_ids uuid[]) returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  if table_name = 'customers' then
    delete from public.survey_responses t where t.customer_id = any(row_ids);
    delete from public.notes t where t.customer_id = any(row_ids);
    delete from public.tickets t where t.customer_id = any(row_ids);
    delete from public.usage_weeks t where t.customer_id = any(row_ids);
    delete from public.contracts t where t.customer_id = any(row_ids);
    update public.contacts t set replaced_by = null where t.customer_id = any(row_ids) and t.replaced_by is not null;
    delete from public.contacts t where t.customer_id = any(row_ids);
  elsif table_name = 'contacts' then
    update public.survey_responses t set contact_id = null where t.contact_id = any(row_ids);
    update public.contacts t set replaced_by = null where t.replaced_by = any(row_ids);
  end if;
end;
$$;
comment on function private.remove_records_of_rows is
'Removes the records that hang on customers, and the mentions of contacts, before these are removed.';

create function private.remove_imported_rows(undo uuid, removed_table text, undo_rows uuid[]) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  row_ids constant uuid[] := array(select u.row_id from public.import_undo_rows u where u.id = any(undo_rows));
  blocked uuid[];
begin
  perform private.name_references(undo, undo_rows);
  perform private.remove_records_of_rows(removed_table, array(
    select u.row_id from public.import_undo_rows u where u.id = any(undo_rows) and u.is_insisted and not exists (
      select 1 from private.find_references(undo, removed_table, array[u.row_id]) r
      where r.table_name <> all(array[
        'contacts', 'contracts', 'usage_weeks', 'tickets', 'survey_responses', 'notes', 'pending_owners'])
    )));
  blocked := array(select r.row_id from private.find_references(undo, removed_table, row_ids) r);
  blocked := blocked || array(
    select u.row_id from public.import_undo_rows u
    where u.id = any(undo_rows) and u.problem is not null and not u.is_insisted);
  execute format('delete from public.%I t where t.id = any($1) and t.id <> all($2)', removed_table)
  using row_ids, blocked;
  update public.import_undo_rows u
  set result = case when u.row_id <> all(blocked) then 'done'
    when removed_table = 'customers' and (u.is_insisted or u.problem like 'There is work on it%') then 'archived'
    else 'kept' end
  where u.id = any(undo_rows);
  if removed_table = 'customers' then
    update public.customers c set status = 'archived'
    from public.import_undo_rows u
    where u.id = any(undo_rows) and u.result = 'archived' and c.id = u.row_id and c.company_id = u.company_id
      and c.status <> 'archived';
  end if;
end;
$$;
comment on function private.remove_imported_rows is
'Removes rows that were added. Customers with work on them are archived, other rows in use are kept.';

create function private.restore_imported_rows(restored_table text, undo_rows uuid[]) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  restored_columns constant text[] := array(
    select distinct c.key from public.import_undo_rows u cross join lateral jsonb_object_keys(u.restored) c (key)
    where u.id = any(undo_rows) and (u.problem is null or u.is_insisted) order by c.key);
begin
  if cardinality(restored_columns) > 0 then
    execute format($statement$
      with restored as (
        update public.%1$I t
        set (%2$s) = (select %3$s from jsonb_populate_record(t, u.restored) p)
        from public.import_undo_rows u
        where u.id = any($1) and (u.problem is null or u.is_insisted)
          and t.id = u.row_id and t.company_id = u.company_id
        returning u.id
      )
      update public.import_undo_rows u set result = 'done' from restored r where u.id = r.id
    $statement$, restored_table, private.list_columns(restored_columns), private.list_columns(restored_columns, 'p.'))
    using undo_rows;
  end if;
  update public.import_undo_rows u set result = 'kept' where u.id = any(undo_rows) and u.result is null;
end;
$$;
comment on function private.restore_imported_rows is 'Gives changed rows the values they had before.';

create function private.bring_back_rows(restored_table text, undo_rows uuid[]) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  all_columns constant text[] := private.writable_columns(restored_table);
begin
  execute format($statement$
    with brought_back as (
      insert into public.%1$I (%2$s)
      select %3$s from public.import_undo_rows u
      cross join lateral jsonb_populate_record(null::public.%1$I, u.restored) p
      where u.id = any($1) and u.problem is null
      on conflict (id) do nothing
      returning id
    )
    update public.import_undo_rows u
    set result = case when u.problem is null then 'done' else 'kept' end where u.id = any($1)
  $statement$, restored_table, private.list_columns(all_columns), private.list_columns(all_columns, 'p.'))
  using undo_rows;
  if restored_table = 'pending_owners' then
    -- They may have joined while the import was taken back.
    perform private.assign_customers_to(m) from public.profiles m
    where m.is_active and exists (
      select 1 from public.import_undo_rows u join public.pending_owners p on p.id = u.row_id
      where u.id = any(undo_rows) and p.company_id = m.company_id and p.email = m.email);
  end if;
end;
$$;
comment on function private.bring_back_rows is 'Inserts removed rows as they were.';

create function private.undo_rows(undo uuid, undone_table text, operation text, row_ids uuid[]) returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  case operation
    when 'remove' then perform private.remove_imported_rows(undo, undone_table, row_ids);
    when 'restore' then perform private.restore_imported_rows(undone_table, row_ids);
    else perform private.bring_back_rows(undone_table, row_ids);
  end case;
end;
$$;
comment on function private.undo_rows is 'Does rows of an undo that are of one table and one operation.';

create function private.undo_rows_safely(undo uuid, undone_table text, operation text, row_ids uuid[]) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  staged_id uuid;
begin
  perform private.undo_rows(undo, undone_table, operation, row_ids);
exception when integrity_constraint_violation or data_exception or sqlstate 'PT400' or sqlstate 'PT409' then
  foreach staged_id in array row_ids loop
    begin
      perform private.undo_rows(undo, undone_table, operation, array[staged_id]);
    exception when integrity_constraint_violation or data_exception or sqlstate 'PT400' or sqlstate 'PT409' then
      update public.import_undo_rows u
      set result = 'kept', problem = 'The database refuses this: ' || left(sqlerrm, 300) where u.id = staged_id;
    end;
  end loop;
end;
$$;
comment on function private.undo_rows_safely is
'Does rows of an undo; where the database refuses, each by itself, so that one keeps no other back.';

create function private.apply_undo_batch(target public.import_undos, most int) returns jsonb
language plpgsql volatile security definer set search_path = '' set plan_cache_mode = force_custom_plan
as $$
declare
  first_row public.import_undo_rows;
  row_ids uuid[];
begin
  if not private.may_apply_import(target.company_id, target.decided_by) then
    update public.import_undos u set status = 'stopped',
      error = 'Whoever decided this is no longer a manager or admin. What was done until then stays.'
    where u.id = target.id;
    return jsonb_build_object('undo_id', target.id, 'applied', 0, 'is_done', true);
  end if;
  perform pg_advisory_xact_lock(hashtextextended('imports ' || target.company_id, 0));
  select * into first_row from public.import_undo_rows u where u.undo_id = target.id and u.result is null
  order by u.place, u.table_name, u.id limit 1;
  if not found then
    update public.import_undos u set status = 'applied', applied_at = now() where u.id = target.id;
    update public.imports i set status = case when target.source_id = i.id or i.status <> 'undone' then 'undone'
      else 'applied' end where i.id = target.import_id;
    return jsonb_build_object('undo_id', target.id, 'applied', 0, 'is_done', true);
  end if;
  row_ids := array(
    select u.id from public.import_undo_rows u
    where u.undo_id = target.id and u.result is null
      and (u.place, u.table_name, u.operation) = (first_row.place, first_row.table_name, first_row.operation)
    order by u.restored ->> 'replaced_by' is not null, u.id limit least(greatest(most, 1), 5000));
  perform private.begin_change('import_undo', target.id, target.decided_by);
  if first_row.table_name = 'contracts' then
    perform private.lock_contracts(variadic array(
      select coalesce(k.customer_id, (u.restored ->> 'customer_id')::uuid)
      from public.import_undo_rows u left join public.contracts k on k.id = u.row_id where u.id = any(row_ids)));
  end if;
  execute format($statement$
    select 1 from public.%I t where t.id in (select u.row_id from public.import_undo_rows u where u.id = any($1))
    order by t.id for update
  $statement$, first_row.table_name) using row_ids;
  perform private.name_row_changes(row_ids);
  perform private.replace_departed_owners(row_ids, private.find_undo_heir(target));
  perform private.undo_rows_safely(target.id, first_row.table_name, first_row.operation, row_ids);
  return jsonb_build_object('undo_id', target.id, 'applied', cardinality(row_ids), 'is_done', false);
end;
$$;
comment on function private.apply_undo_batch is
'Does the next rows of a decided undo as whoever decided; stops it if they may no longer.';

create function private.retry_undo_later(target public.import_undos, failure text) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
begin
  update public.import_undos u
  set failed_attempts = u.failed_attempts + 1, retry_at = now() + interval '10 seconds' * 2 ^ u.failed_attempts,
      status = case when u.failed_attempts >= 4 then 'stopped' else u.status end,
      error = case when u.failed_attempts >= 4
        then 'Taking it back failed five times. What was done until then stays. Ask your operator to read the log.' end
  where u.id = target.id;
  return jsonb_build_object('undo_id', target.id, 'applied', 0, 'is_done', false, 'failure', left(failure, 500));
end;
$$;
comment on function private.retry_undo_later is
'Puts a decided undo off after a batch failed, and stops it after the fifth failure.';

create function private.apply_next_undo_batch(most int) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  target public.import_undos;
  outcome jsonb;
begin
  select * into target from public.import_undos u where u.status = 'decided' and u.retry_at <= now()
  order by u.decided_at, u.id limit 1 for no key update skip locked;
  if not found then
    return null;
  end if;
  begin
    outcome := private.apply_undo_batch(target, most);
  exception when others or query_canceled then
    return private.retry_undo_later(target, sqlerrm);
  end;
  if target.failed_attempts > 0 then
    update public.import_undos u set failed_attempts = 0, error = null where u.id = target.id and u.status = 'decided';
  end if;
  return outcome;
end;
$$;
comment on function private.apply_next_undo_batch is 'See public.apply_next_undo_batch.';

create function public.apply_next_undo_batch(p_most int default 1000) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.apply_next_undo_batch(p_most) $$;
comment on function public.apply_next_undo_batch is
'Worker only: does the next rows of the oldest decided undo of an import; null if none waits.';

grant execute on function private.plan_import_undo, public.plan_import_undo,
private.continue_import_undo_plan, public.continue_import_undo_plan,
private.decide_import_undo, public.decide_import_undo to authenticated, service_role;
grant execute on function private.apply_next_undo_batch, public.apply_next_undo_batch to service_role;
