-- Two customers, or two contacts of one customer, that are the same become one: what hangs on the second moves to the
-- first, chosen columns are taken over, the second is removed. The undo brings it back from the history of rows.

create table public.merges (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null references public.companies (id),
  table_name text not null check (table_name in ('customers', 'contacts')),
  customer_id uuid not null,
  kept_id uuid not null,
  removed_id uuid not null,
  removed_label text not null check (length(removed_label) <= 200),
  taken text[] not null check (cardinality(taken) <= 20),
  moved jsonb not null check (private.is_readable_json(moved)),
  merged_by uuid not null,
  undone_by uuid,
  undone_at private.moment,
  created_at private.moment not null default now(),
  unique (id, company_id),
  foreign key (merged_by, company_id) references public.profiles (id, company_id),
  foreign key (undone_by, company_id) references public.profiles (id, company_id),
  check (kept_id <> removed_id),
  check ((undone_at is null) = (undone_by is null))
);
comment on table public.merges is 'Two records that became one, or are two again.';
comment on column public.merges.id is 'Identity of the merge.';
comment on column public.merges.company_id is 'Tenant.';
comment on column public.merges.table_name is 'customers or contacts.';
comment on column public.merges.customer_id is 'The customer that stays, or that the contacts belong to.';
comment on column public.merges.kept_id is 'The record that stays.';
comment on column public.merges.removed_id is 'The record that was removed.';
comment on column public.merges.removed_label is 'Name of the removed record.';
comment on column public.merges.taken is 'Columns whose value the removed record gave.';
comment on column public.merges.moved is 'How many rows moved, by table.';
comment on column public.merges.merged_by is 'Who merged them.';
comment on column public.merges.undone_by is 'Who undid it; null unless it is undone.';
comment on column public.merges.undone_at is 'When it was undone; null unless it is.';
comment on column public.merges.created_at is 'When they were merged.';
create index merges_company on public.merges (company_id, created_at desc, id desc);
create index merges_kept on public.merges (kept_id);
create index merges_customer on public.merges (customer_id);
create index merges_merged_by on public.merges (merged_by, company_id);
create index merges_undone_by on public.merges (undone_by, company_id);
alter table public.merges enable row level security;
revoke all on public.merges from anon, authenticated;
grant select on public.merges to authenticated;
create policy "leaders read their company's merges" on public.merges
for select to authenticated
using (company_id = (select private.current_company_id()) and (select private.is_team_lead()));

-- Not only from the history of rows, which runs, follow-ups and the like do not have.
create table private.merge_rows (
  merge_id uuid not null references public.merges (id) on delete cascade,
  table_name text not null check (length(table_name) <= 100),
  column_name text not null check (length(column_name) <= 63),
  row_id uuid not null,
  before jsonb not null check (private.is_readable_json(before)),
  primary key (merge_id, table_name, column_name, row_id)
);
comment on table private.merge_rows is 'A row that moved from the removed record to the kept one.';
comment on column private.merge_rows.merge_id is 'The merge.';
comment on column private.merge_rows.table_name is 'Table of the row, with its schema.';
comment on column private.merge_rows.column_name is 'The column that named the removed record.';
comment on column private.merge_rows.row_id is 'Id of the row.';
comment on column private.merge_rows.before is 'Of a run: owner and assignee before; of a score: all of it.';
alter table private.merge_rows enable row level security;
revoke all on private.merge_rows from anon, authenticated;

-- From the catalogue, so that no table to come is forgotten. Rows that are no records of their own (without an id: what
-- is kept to save time) and pending owners do not move: they go with their customer.
create function private.list_merge_references(merged_table text)
returns table (referring_table text, column_name text)
language sql stable set search_path = ''
as $$
  select format('%I.%I', n.nspname, t.relname), a.attname::text
  from pg_catalog.pg_constraint c
  join pg_catalog.pg_class t on t.oid = c.conrelid
  join pg_catalog.pg_namespace n on n.oid = t.relnamespace
  join pg_catalog.pg_attribute f on f.attrelid = c.confrelid and f.attname = 'id'
  join pg_catalog.pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[array_position(c.confkey, f.attnum)]
  where
    c.contype = 'f' and c.confrelid = to_regclass(format('public.%I', merged_table)) and c.conparentid = 0
    and t.relname <> 'pending_owners'
    and exists (select 1 from pg_catalog.pg_attribute i where i.attrelid = t.oid and i.attname = 'id')
  union all
  select 'public.workflow_snoozes', 'customer_id' where merged_table = 'customers'
  union all
  select 'public.external_ids', 'row_id'
  order by 1, 2
$$;
comment on function private.list_merge_references is 'Tables and columns that name a record of this table.';

create function private.merge_columns(merged_table text) returns text[]
language sql immutable set search_path = ''
as $$
  select case merged_table
    when 'customers' then array[
        'owner_id', 'name', 'domain', 'industry', 'country', 'segment', 'customer_since', 'time_zone', 'summary',
        'competitor', 'status'
      ]
    when 'contacts' then array[
        'name', 'title', 'email', 'role', 'influence', 'sentiment', 'last_contact_on', 'status', 'left_on', 'replaced_by'
      ]
  end
$$;
comment on function private.merge_columns is 'Columns one chooses between; null for a table that is not merged.';

create function private.lock_merge_pair(merged_table text, kept uuid, removed uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
  rows jsonb;
begin
  if me.role not in ('manager', 'admin') then
    raise sqlstate 'PT403' using message = 'Only managers and admins can merge records.', hint = 'Ask a manager.';
  elsif private.merge_columns(merged_table) is null or kept is null or removed is null or kept = removed then
    raise sqlstate 'PT400' using message = 'Choose two different customers, or two different contacts.';
  end if;
  -- One at a time in a company, and never in the middle of an import.
  perform pg_advisory_xact_lock(hashtextextended('imports ' || me.company_id, 0));
  execute format($statement$
    select jsonb_object_agg(l.id, l.record) from (
      select t.id, to_jsonb(t) as record from public.%I t
      where t.id = any(array[$1, $2]) and t.company_id = $3 order by t.id for update) l
  $statement$, merged_table) into rows using kept, removed, me.company_id;
  if not coalesce(rows ?& array[kept::text, removed::text], false) then
    raise sqlstate 'PT404' using message = 'One of these does not exist, or you don''t have access to it.';
  elsif merged_table = 'contacts'
    and rows -> kept::text ->> 'customer_id' <> rows -> removed::text ->> 'customer_id' then
    raise sqlstate 'PT409' using message = 'They are contacts of different customers.',
      hint = 'Merge the customers first.';
  elsif merged_table = 'customers' and 'archived' in
    (rows -> kept::text ->> 'status', rows -> removed::text ->> 'status') then
    raise sqlstate 'PT409' using message = 'One of them is no longer a customer.';
  end if;
  return rows;
end;
$$;
comment on function private.lock_merge_pair is
'Both records by id, locked. Raises PT400, PT403 for a CSM, PT404, PT409 for a pair that cannot be one.';

create function private.require_no_rival_runs(kept uuid, removed uuid) returns void
language plpgsql stable security definer set search_path = ''
as $$
declare
  rivals text;
begin
  select string_agg(distinct v.name, ', ') into rivals
  from public.workflow_executions a
  join public.workflow_executions b on b.workflow_id = a.workflow_id and b.customer_id = removed and b.ended_at is null
  join public.workflow_definition_versions v on v.id = a.definition_version_id
  where a.customer_id = kept and a.ended_at is null;
  if rivals is not null then
    raise sqlstate 'PT409' using message = format('Both have an open run of %s.', rivals),
      hint = 'Complete or abandon one of them first.';
  end if;
end;
$$;
comment on function private.require_no_rival_runs is 'Raises PT409 if both customers have an open run of one workflow.';

create function private.take_merge_columns(merged_table text, kept uuid, removed jsonb, taken text[]) returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  if cardinality(taken) > 0 then
    execute format($statement$
      update public.%1$I t set (%2$s) = (select %3$s from jsonb_populate_record(null::public.%1$I, $2) p)
      where t.id = $1
    $statement$, merged_table, private.list_columns(taken), private.list_columns(taken, 'p.'))
    using kept, removed;
  end if;
end;
$$;
comment on function private.take_merge_columns is 'Gives the kept record these columns of the other one.';

create function private.follow_merged_customer(merge uuid, customer uuid) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  run public.workflow_executions;
  owner constant uuid := (select c.owner_id from public.customers c where c.id = customer);
begin
  for run in
    update public.workflow_executions e
    set owner_id = owner, assigned_to = nullif(e.assigned_to, owner)
    from private.merge_rows m
    where m.merge_id = merge and m.table_name = 'public.workflow_executions' and m.row_id = e.id
      and e.customer_id = customer and e.owner_id <> owner
    returning e.*
  loop
    perform private.log_execution_event(run.company_id, run.id, 'owner_changed', jsonb_build_object(
      'person', (select p.full_name from public.profiles p where p.id = owner),
      'set', jsonb_build_object('owner_id', run.owner_id, 'assigned_to', run.assigned_to)));
  end loop;
  perform private.index_messages(array(
    select w.id from private.merge_rows m
    join public.workflow_chat_threads t on t.execution_id = m.row_id
    join public.workflow_chat_messages w on w.thread_id = t.id
    where m.merge_id = merge and m.table_name = 'public.workflow_executions'));
end;
$$;
comment on function private.follow_merged_customer is
'After runs moved to a customer: they have its owner, and their conversations are found under it.';

-- A week of usage, say, that both have: the row of the kept record counts.
create function private.merge_rival_filter(referring_table text, column_name text) returns text
language sql stable set search_path = ''
as $$
  select coalesce(string_agg(format('not exists (select 1 from %s k where k.%I = $3%s)', referring_table, column_name, (
    select coalesce(string_agg(format(' and k.%1$I = t.%1$I', a.attname), ''), '')
    from pg_catalog.pg_attribute a
    where a.attrelid = i.indrelid and a.attnum = any(i.indkey) and a.attname <> merge_rival_filter.column_name
  )), ' and '), 'true')
  from pg_catalog.pg_index i
  join pg_catalog.pg_attribute named on named.attrelid = i.indrelid and named.attname = merge_rival_filter.column_name
  where
    i.indrelid = to_regclass(referring_table) and i.indisunique and i.indpred is null and i.indexprs is null
    and named.attnum = any(i.indkey)
$$;
comment on function private.merge_rival_filter is
'Condition in SQL: the kept record $3 has no row that is unique by the same columns as a row t of the removed one.';

create function private.move_merged_rows(merge uuid, merged_table text, kept uuid, removed uuid) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  reference record;
begin
  for reference in select r.* from private.list_merge_references(merged_table) r loop
    execute format($statement$
      with moved as (
        update %1$s t set %2$I = $3
        where t.%2$I = $2 and %3$s and %4$s
        returning t.id, to_jsonb(t) as record
      )
      insert into private.merge_rows (merge_id, table_name, column_name, row_id, before)
      select $1, %1$L, %2$L, m.id, case when %1$L = 'public.workflow_executions'
        then jsonb_build_object('owner_id', m.record -> 'owner_id', 'assigned_to', m.record -> 'assigned_to')
        else '{}' end
      from moved m
    $statement$, reference.referring_table, reference.column_name,
      private.merge_rival_filter(reference.referring_table, reference.column_name),
      case reference.referring_table when 'public.external_ids' then format(
          't.table_name = %L and t.company_id = (select m.company_id from public.merges m where m.id = $1)', merged_table)
        when 'public.contacts' then 't.id <> $3' else 'true' end)
    using merge, removed, kept;
  end loop;
end;
$$;
comment on function private.move_merged_rows is 'Gives the kept record what names the removed one, and notes what.';

-- Scores of days that are over are history, which nothing computes again. Those of the kept customer stand as they are.
create function private.keep_merged_scores(merge uuid, removed uuid) returns void
language sql volatile security definer set search_path = ''
as $$
  insert into private.merge_rows (merge_id, table_name, column_name, row_id, before)
  select merge, 'public.customer_scores', 'customer_id', gen_random_uuid(), to_jsonb(s) - 'reasons'
  from public.customer_scores s where s.customer_id = removed and s.is_history and not private.is_today_somewhere(s.day)
$$;
comment on function private.keep_merged_scores is 'Keeps the history of a removed customer''s scores for the undo.';

create function private.remove_merged_record(merged_table text, kept uuid, removed uuid) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  reference record;
begin
  if merged_table = 'customers' then
    for reference in select r.* from private.list_merge_references('customers') r where r.column_name = 'customer_id' loop
      execute format('delete from %s t where t.customer_id = $1', reference.referring_table) using removed;
    end loop;
    insert into private.usage_rollups (company_id, customer_id, week_starts_on)
    select r.company_id, kept, r.week_starts_on from private.usage_rollups r where r.customer_id = removed
    on conflict (customer_id, week_starts_on) do update set company_id = excluded.company_id;
    delete from public.customers c where c.id = removed;
  else
    update public.contacts c set replaced_by = null where c.id = kept and c.replaced_by in (kept, removed);
    delete from public.contacts c where c.id = removed;
  end if;
end;
$$;
comment on function private.remove_merged_record is 'Removes what is left of a record after its rows moved.';

create function private.merge_records(merged_table text, kept uuid, removed uuid, taken text[]) returns uuid
language plpgsql volatile security definer set search_path = ''
as $$
declare
  pair constant jsonb := private.lock_merge_pair(merged_table, kept, removed);
  columns text[] := array(select distinct c from unnest(taken) c order by c);
  made uuid;
begin
  if not columns <@ private.merge_columns(merged_table) then
    raise sqlstate 'PT400' using message = 'One of these fields is not chosen in a merge.';
  elsif merged_table = 'contacts' and 'status' = any(columns) then
    columns := array(select distinct c from unnest(columns || array['left_on', 'replaced_by']) c order by c);
  elsif columns && array['left_on', 'replaced_by'] then
    raise sqlstate 'PT400' using message = 'When somebody left goes with the status.';
  end if;
  if merged_table = 'customers' then
    perform private.require_no_rival_runs(kept, removed);
  end if;
  -- Not now(): a transaction that waited for another merge began before it.
  insert into public.merges
    (company_id, table_name, customer_id, kept_id, removed_id, removed_label, taken, moved, merged_by, created_at)
  values ((pair -> kept::text ->> 'company_id')::uuid, merged_table,
    coalesce(pair -> kept::text ->> 'customer_id', kept::text)::uuid, kept, removed,
    private.import_row_label(pair -> removed::text), columns, '{}', auth.uid(), clock_timestamp())
  returning id into made;
  perform private.begin_change('merge', made);
  if 'owner_id' = any(columns) then
    insert into private.merge_rows (merge_id, table_name, column_name, row_id, before)
    select made, 'public.workflow_executions', 'owner_id', e.id, jsonb_build_object('assigned_to', e.assigned_to)
    from public.workflow_executions e where e.customer_id = kept;
  end if;
  perform private.take_merge_columns(merged_table, kept, pair -> removed::text, columns);
  perform private.move_merged_rows(made, merged_table, kept, removed);
  if merged_table = 'customers' then
    perform private.follow_merged_customer(made, kept);
    perform private.keep_merged_scores(made, removed);
  end if;
  perform private.remove_merged_record(merged_table, kept, removed);
  update public.merges m set moved = (
    select coalesce(jsonb_object_agg(t.name, t.count), '{}') from (
      select split_part(r.table_name, '.', 2) as name, count(*) from private.merge_rows r
      where r.merge_id = made and r.table_name <> 'public.customer_scores' and not (r.table_name = 'public.workflow_executions' and r.column_name = 'owner_id')
      group by 1) t)
  where m.id = made;
  return made;
end;
$$;
comment on function private.merge_records is 'See public.merge_records.';

create function public.merge_records(p_table text, p_kept_id uuid, p_removed_id uuid, p_taken text[] default '{}')
returns uuid
language sql volatile security invoker set search_path = ''
as $$ select private.merge_records(p_table, p_kept_id, p_removed_id, p_taken) $$;
comment on function public.merge_records is
'Makes two customers, or two contacts of a customer, one: what hangs on the second moves to the first, which takes the '
'columns in p_taken from it; the second is removed. Returns the merge''s id. Raises PT400, PT403, PT404, PT409.';

create function private.move_rows_back(merge public.merges) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  reference record;
begin
  for reference in
    select r.table_name, r.column_name from private.merge_rows r
    where r.merge_id = merge.id and r.column_name <> 'owner_id' and r.table_name <> 'public.customer_scores'
    group by 1, 2 order by 1, 2
  loop
    execute format($statement$
      update %1$s t set %2$I = $2 from private.merge_rows m
      where m.merge_id = $1 and m.table_name = %1$L and m.column_name = %2$L and t.id = m.row_id and t.%2$I = $3
    $statement$, reference.table_name, reference.column_name)
    using merge.id, merge.removed_id, merge.kept_id;
  end loop;
end;
$$;
comment on function private.move_rows_back is 'Gives the removed record the rows that moved, as far as they are there.';

create function private.bring_back_merged_rows(merge public.merges) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  lost record;
begin
  for lost in
    select c.table_name, c.before from public.row_changes c
    where c.source_id = merge.id and c.company_id = merge.company_id and c.operation = 'delete'
    order by private.undo_order_of_table(c.table_name), c.number
  loop
    execute format($statement$
      insert into public.%1$I (%2$s) select %3$s from jsonb_populate_record(null::public.%1$I, $1) p
    $statement$, lost.table_name, private.list_columns(private.writable_columns(lost.table_name)),
      private.list_columns(private.writable_columns(lost.table_name), 'p.'))
    using case when lost.table_name = 'customers' and not exists (
        select 1 from public.profiles p where p.id = (lost.before ->> 'owner_id')::uuid and p.is_active)
      then lost.before || (
        select jsonb_build_object('owner_id', c.owner_id) from public.customers c where c.id = merge.kept_id)
      else lost.before end;
  end loop;
  insert into public.customer_scores
  select (jsonb_populate_record(null::public.customer_scores, m.before)).*
  from private.merge_rows m where m.merge_id = merge.id and m.table_name = 'public.customer_scores'
  on conflict do nothing;
end;
$$;
comment on function private.bring_back_merged_rows is
'Inserts what a merge removed, as it was. A customer whose owner has left gets the owner of the other one.';

create function private.restore_kept_record(merge public.merges) returns text[]
language plpgsql volatile security definer set search_path = ''
as $$
declare
  net record;
  now_row jsonb;
  restored jsonb;
  changed text[];
begin
  select (array_agg(c.before order by c.number))[1] as before, (array_agg(c.after order by c.number desc))[1] as after
  into net from public.row_changes c
  where c.source_id = merge.id and c.company_id = merge.company_id and c.table_name = merge.table_name
    and c.row_id = merge.kept_id and c.operation = 'update';
  if net.before is null then
    return '{}';
  end if;
  execute format('select to_jsonb(t) from public.%I t where t.id = $1', merge.table_name)
  into now_row using merge.kept_id;
  select coalesce(jsonb_object_agg(o.key, o.value) filter (where now_row -> o.key = net.after -> o.key), '{}'),
    coalesce(array_agg(o.key order by o.key) filter (where now_row -> o.key <> net.after -> o.key), '{}')
  into restored, changed from jsonb_each(private.changed_columns(net.before, net.after)) o;
  perform private.take_merge_columns(
    merge.table_name, merge.kept_id, restored, array(select jsonb_object_keys(restored) order by 1));
  return changed;
end;
$$;
comment on function private.restore_kept_record is
'Gives the kept record the values it had before; returns the columns that somebody has changed since, which stay.';

create function private.restore_run_assignees(merge uuid) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  run record;
begin
  for run in
    update public.workflow_executions e set assigned_to = p.id
    from private.merge_rows m
    join public.profiles p on p.id = (m.before ->> 'assigned_to')::uuid and p.is_active
    where m.merge_id = merge and m.table_name = 'public.workflow_executions' and e.id = m.row_id
      and e.assigned_to is null and e.owner_id <> p.id
    returning e.id, e.company_id, e.owner_id, e.assigned_to, (
      select o.full_name from public.profiles o where o.id = e.owner_id) as owner_name
  loop
    perform private.log_execution_event(run.company_id, run.id, 'owner_changed', jsonb_build_object(
      'person', run.owner_name, 'set', jsonb_build_object('owner_id', run.owner_id, 'assigned_to', run.assigned_to)));
  end loop;
end;
$$;
comment on function private.restore_run_assignees is
'Gives runs back to whom they were assigned, where the merge had made that person the owner.';

-- What a later merge moved, or took over, is not told apart from what this one did.
create function private.require_undoable_merge(merge public.merges) returns void
language plpgsql stable security definer set search_path = ''
as $$
declare
  later constant text := (
    select m.removed_label from public.merges m
    where m.company_id = merge.company_id and m.undone_at is null and m.created_at > merge.created_at
      and merge.customer_id in (m.customer_id, m.removed_id)
    order by m.created_at desc limit 1);
begin
  if merge.undone_at is not null then
    raise sqlstate 'PT409' using message = 'This merge was undone already.', hint = 'Load the page again.';
  elsif later is not null then
    raise sqlstate 'PT409' using message = format('%s was merged after that.', later),
      hint = 'Undo the later merge first.';
  elsif exists (
    select 1 from public.row_changes c
    where c.source_id = merge.id and c.row_id = merge.removed_id and c.operation = 'delete' and c.before = '{}'
  ) then
    raise sqlstate 'PT409' using message = 'The record that was removed has been erased since.';
  end if;
end;
$$;
comment on function private.require_undoable_merge is
'Raises PT409 for a merge that is undone, has a later one on it, or whose removed record was erased.';

create function private.undo_merge(merge_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
  merge public.merges;
  is_there boolean;
  changed text[];
begin
  if me.role not in ('manager', 'admin') then
    raise sqlstate 'PT403' using message = 'Only managers and admins can undo a merge.', hint = 'Ask a manager.';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('imports ' || me.company_id, 0));
  select * into merge from public.merges m where m.id = merge_id and m.company_id = me.company_id for no key update;
  if merge.id is null then
    raise sqlstate 'PT404' using message = 'This merge does not exist, or you don''t have access to it.';
  end if;
  perform private.require_undoable_merge(merge);
  execute format('select exists (select 1 from public.%I t where t.id = $1 for update)', merge.table_name)
  into is_there using merge.kept_id;
  if not is_there then
    raise sqlstate 'PT409' using message = 'The record that was kept is gone.';
  end if;
  perform private.begin_change('merge', merge.id);
  perform private.bring_back_merged_rows(merge);
  perform private.move_rows_back(merge);
  changed := private.restore_kept_record(merge);
  if merge.table_name = 'customers' then
    perform private.follow_merged_customer(merge.id, merge.removed_id);
    perform private.restore_run_assignees(merge.id);
  end if;
  update public.merges m set undone_at = now(), undone_by = me.id where m.id = merge.id;
  return jsonb_build_object('left_alone', to_jsonb(changed));
end;
$$;
comment on function private.undo_merge is 'See public.undo_merge.';

create function public.undo_merge(p_merge_id uuid) returns jsonb
language sql volatile security invoker set search_path = '' as $$ select private.undo_merge(p_merge_id) $$;
comment on function public.undo_merge is
'Makes two records of one again: the removed one is back with what had moved, the kept one has its values. '
'`left_alone` names columns of it that somebody changed since. Raises PT403, PT404, PT409.';

grant execute on function private.merge_records, public.merge_records,
private.undo_merge, public.undo_merge to authenticated;
