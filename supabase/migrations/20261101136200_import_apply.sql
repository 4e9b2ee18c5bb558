-- A leader decides that a checked import is brought in; the worker then applies it, a batch in a transaction. A worker
-- that ends in the middle leaves whole batches; the next one goes on where it stopped.

create function private.require_seen_revision(seen int, revision int) returns void
language plpgsql immutable set search_path = ''
as $$
begin
  if seen is distinct from revision then
    raise sqlstate 'PT409' using message = 'This import has changed since you looked at it.',
      hint = 'Look at it again, then decide.';
  end if;
end;
$$;
comment on function private.require_seen_revision is 'Raises PT409 unless a decision names the revision there is.';

create function private.decide_import(import uuid, revision int) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  target constant public.imports := private.lock_import(import, array['checked']);
begin
  perform private.require_seen_revision(revision, target.revision);
  if not exists (
    select 1 from public.import_rows r
    where r.import_id = target.id and r.verdict in ('new', 'changed', 'unchanged') and not r.is_dropped) then
    raise sqlstate 'PT409' using message = 'No row of this file can be brought in.',
      hint = 'Correct the refused rows first.';
  end if;
  update public.imports i
  set status = 'decided', decided_by = auth.uid(), decided_at = now(), failed_attempts = 0, retry_at = now()
  where i.id = target.id;
end;
$$;
comment on function private.decide_import is 'See public.decide_import.';

create function public.decide_import(p_import_id uuid, p_revision int) returns void
language sql volatile security invoker set search_path = ''
as $$ select private.decide_import(p_import_id, p_revision) $$;
comment on function public.decide_import is
'Has the worker bring in the rows of a checked import that are not refused. Raises PT403, PT404, and PT409 unless it is '
'checked and the revision is the one there is.';

create function public.import_counts(p_import_id uuid) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select
    jsonb_build_object(
      'new', count(*) filter (where r.verdict = 'new' and not r.is_dropped),
      'changed', count(*) filter (where r.verdict = 'changed' and not r.is_dropped),
      'unchanged', count(*) filter (where r.verdict = 'unchanged' and not r.is_dropped),
      'refused', count(*) filter (where r.verdict = 'refused' and not r.is_dropped),
      'unchecked', count(*) filter (where r.verdict is null and not r.is_dropped),
      'dropped', count(*) filter (where r.is_dropped),
      'applied', count(*) filter (where r.applied_at is not null)
    )
  from public.import_rows r where r.import_id = p_import_id
$$;
comment on function public.import_counts is
'How many rows of an import have each verdict, are left out, and have been applied.';

create function private.may_apply_import(company uuid, person uuid) returns boolean
language sql stable security definer set search_path = ''
as $$
  select person is null or exists (
    select 1 from public.profiles p
    where p.id = person and p.company_id = company and p.is_active and p.role in ('manager', 'admin')
  )
$$;
comment on function private.may_apply_import is
'True while whoever decided is still a manager or admin of the company; null is the operator.';

create function private.writable_columns(table_name text) returns text[]
language sql stable set search_path = ''
as $$
  select array_agg(a.attname::text order by a.attnum) from pg_catalog.pg_attribute a
  where
    a.attrelid = to_regclass(format('public.%I', table_name)) and a.attnum > 0 and not a.attisdropped
    and a.attgenerated = '' and a.attidentity = ''
$$;
comment on function private.writable_columns is 'The columns of a public table that are not computed.';

create function private.list_columns(columns text[], prefix text default '') returns text
language sql immutable set search_path = ''
as $$
  select string_agg(prefix || format('%I', c.name), ', ' order by c.place)
  from unnest(columns) with ordinality c (name, place)
$$;
comment on function private.list_columns is 'Names of columns as SQL, each after a prefix.';

-- What is looked up by its rows compares with their company, not with the import's: of a company that was just filled the
-- planner knows nothing, takes it for one row, begins with it, and reads the batch as a whole for each of its customers.
create function private.write_import_records(import public.imports, kind text, row_ids uuid[]) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  all_columns constant text[] := private.writable_columns(kind);
  changed_columns constant text[] := array(
    select distinct c.key from public.import_rows r cross join lateral jsonb_object_keys(r.changes) c (key)
    where r.id = any(row_ids) and r.kind = write_import_records.kind and r.verdict = 'changed'
      and c.key = any(all_columns) order by c.key);
begin
  execute format($statement$
    insert into public.%1$I (%2$s)
    select %3$s
    from public.import_rows r
    cross join lateral jsonb_populate_record(null::public.%1$I, $3 || r.record || jsonb_build_object(
      'id', r.row_id, 'company_id', $1.company_id, 'created_at', now(), 'updated_at', now(), 'revision', 1)) p
    where r.id = any($2) and r.kind = %1$L and r.verdict = 'new'
    order by r.line
  $statement$, kind, private.list_columns(all_columns), private.list_columns(all_columns, 'p.'))
  using import, row_ids, jsonb_build_object('owner_id', import.default_owner_id) || (
    select coalesce(jsonb_object_agg(f.field, f.default_value), '{}') from private.import_fields f
    where f.kind = write_import_records.kind and f.default_value is not null);
  if cardinality(changed_columns) > 0 then
    execute format($statement$
      update public.%1$I t
      set (%2$s) = (select %3$s from jsonb_populate_record(t, r.record) p)
      from public.import_rows r
      where r.id = any($2) and r.kind = %1$L and r.verdict = 'changed'
        and t.id = r.row_id and t.company_id = r.company_id
    $statement$, kind, private.list_columns(changed_columns), private.list_columns(changed_columns, 'p.'))
    using import, row_ids;
  end if;
end;
$$;
comment on function private.write_import_records is 'Inserts the new and updates the changed records of one kind.';

create function private.write_import_references(import public.imports, row_ids uuid[]) returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  delete from public.pending_owners p using public.import_rows r
  where r.id = any(row_ids) and r.verdict = 'changed' and r.kind = 'customers'
    and r.record -> 'pending_owner' = 'null' and p.customer_id = r.row_id and p.company_id = r.company_id;
  insert into public.pending_owners as p (company_id, customer_id, email, owner_id)
  select c.company_id, c.id, r.record ->> 'pending_owner', c.owner_id
  from public.import_rows r join public.customers c on c.id = r.row_id and c.company_id = r.company_id
  where r.id = any(row_ids) and r.verdict in ('new', 'changed') and r.kind = 'customers'
    and r.record ->> 'pending_owner' is not null
  on conflict (customer_id, company_id) do update set email = excluded.email, owner_id = excluded.owner_id
  where (p.email, p.owner_id) is distinct from (excluded.email, excluded.owner_id);
  insert into public.external_ids as x (company_id, source, table_name, external_id, row_id)
  select distinct on (i.source, r.kind, i.external_id) import.company_id, i.source, r.kind, i.external_id, r.row_id
  from public.import_rows r
  cross join lateral (
    values (import.source, r.field_values ->> 'external_id'),
      ('contract_number', case r.kind when 'contracts' then r.field_values ->> 'number' end),
      ('survey_contact', case when r.kind = 'survey_responses' and not r.record ? 'contact_id'
          then private.survey_contact_key(r.field_values, r.record) end)
  ) i (source, external_id)
  where r.id = any(row_ids) and r.verdict in ('new', 'changed', 'unchanged') and i.external_id is not null
    and (r.kind <> 'notes' or private.is_imported_note(r.row_id))
  order by i.source, r.kind, i.external_id, r.line
  on conflict (company_id, source, table_name, external_id) do update set row_id = excluded.row_id
  where x.row_id is distinct from excluded.row_id;
end;
$$;
comment on function private.write_import_references is
'Records who is to own customers once they join, and the ids of the records in the file''s system.';

create function private.write_import_rows(import public.imports, row_ids uuid[]) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  written_kind text;
begin
  for written_kind in
    select r.kind from public.import_rows r where r.id = any(row_ids) group by r.place, r.kind order by r.place
  loop
    perform private.write_import_records(import, written_kind, row_ids);
  end loop;
  perform private.write_import_references(import, row_ids);
  update public.import_rows r set applied_at = now() where r.id = any(row_ids) and r.verdict <> 'refused';
end;
$$;
comment on function private.write_import_rows is 'Brings staged records in, and marks them as applied.';

-- What one row breaks must not keep the others out.
create function private.write_import_rows_one_by_one(import public.imports, row_ids uuid[]) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  staged_id uuid;
begin
  for staged_id in
    select r.id from public.import_rows r where r.id = any(row_ids) and r.verdict <> 'refused' order by r.place, r.line
  loop
    begin
      perform private.write_import_rows(import, array[staged_id]);
    exception when integrity_constraint_violation or data_exception or sqlstate 'PT400' or sqlstate 'PT409' then
      update public.import_rows r
      set verdict = 'refused', refusals = private.import_refusal(
        null, null, 'The database refuses this record: ' || left(sqlerrm, 300), 'Correct it, and import it again.')
      where r.id = staged_id;
    end;
  end loop;
end;
$$;
comment on function private.write_import_rows_one_by_one is
'Brings staged records in, each by itself; the database''s refusal becomes the row''s.';

-- Whoever decided saw verdicts. What has changed since is not done: the row says so instead.
create function private.judge_import_rows_again(import public.imports, row_ids uuid[]) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  decided constant jsonb := (
    select jsonb_object_agg(r.id, jsonb_build_array(r.verdict, r.changes - 'author_id')) from public.import_rows r
    where r.id = any(row_ids));
  locked_kind text;
begin
  -- A run that closes meanwhile may add the same term: the customer first, as there.
  perform private.lock_contracts(variadic array(
    select (r.record ->> 'customer_id')::uuid from public.import_rows r where r.id = any(row_ids) and r.kind = 'contracts'));
  for locked_kind in select distinct r.kind from public.import_rows r where r.id = any(row_ids) order by 1 loop
    execute format($statement$
      select 1 from public.%1$I t
      where t.company_id = $1.company_id
        and t.id in (select r.row_id from public.import_rows r where r.id = any($2) and r.kind = %1$L)
      order by t.id for no key update
    $statement$, locked_kind) using import, row_ids;
  end loop;
  perform private.judge_import_rows(import, row_ids);
  update public.import_rows r
  set verdict = 'refused', refusals = private.import_refusal(
    null, null, 'The record in Zen has changed since the file was checked.', 'Import the row again.')
  where r.id = any(row_ids) and r.verdict in ('new', 'changed')
    and jsonb_build_array(r.verdict, r.changes - 'author_id') <> decided -> r.id::text;
end;
$$;
comment on function private.judge_import_rows_again is
'Checks rows once more before they are written, and refuses those that would no longer do what was decided.';

create function private.find_default_owner(import public.imports) returns uuid
language sql stable security definer set search_path = ''
as $$
  select p.id from public.profiles p
  where p.company_id = import.company_id and p.is_active
  order by
    p.id = import.default_owner_id desc, p.id = import.decided_by desc,
    private.role_rank(p.role) desc, p.created_at, p.id
  limit 1
$$;
comment on function private.find_default_owner is
'Who gets new customers without an owner: as the import says, else whoever decided, else the first admin who is here.';

create function private.refresh_imported_statistics(import public.imports) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  applied constant int := (select count(*) from public.import_rows r where r.import_id = import.id and r.applied_at is not null);
  latest constant int := (
    select count(*) from public.import_rows r where r.import_id = import.id and r.applied_at = now());
  written_kind text;
begin
  -- Whenever twice as many rows are in as the last time: fourteen times for a file of 200,000.
  if latest = 0 or floor(log(2, applied)) = floor(log(2, greatest(applied - latest, 1))) and applied > latest then
    return;
  end if;
  for written_kind in
    select distinct r.kind from public.import_rows r where r.import_id = import.id and r.applied_at = now()
  loop
    perform private.refresh_statistics(written_kind, array(
      select c.name from unnest(private.writable_columns(written_kind)) c (name)
      where c.name in ('company_id', 'customer_id', 'domain')));
  end loop;
end;
$$;
comment on function private.refresh_imported_statistics is
'Counts the values of the tables an import writes, each time twice as many rows are in.';

-- At the end, since a successor may stand below the contact they replace.
create function private.link_imported_successors(import public.imports) returns void
language sql volatile security definer set search_path = ''
as $$
  update public.contacts t set replaced_by = k.id
  from public.import_rows r
  join public.contacts c on c.id = r.row_id and c.company_id = r.company_id
  cross join
    lateral (
      select b.id from public.contacts b
      where
        b.customer_id = c.customer_id and b.company_id = c.company_id and b.id <> c.id
        and lower(b.email) = lower(r.field_values ->> 'replaced_by_email')
      order by b.id limit 1
    ) k
  where
    r.import_id = import.id and r.company_id = import.company_id and r.kind = 'contacts'
    and r.applied_at is not null and not r.is_dropped and r.verdict <> 'refused'
    and r.field_values ->> 'replaced_by_email' is not null
    and t.id = c.id and t.replaced_by is distinct from k.id
$$;
comment on function private.link_imported_successors is
'Links contacts of an import with those who replace them, once all of the file is brought in.';

create function private.apply_import_batch(target public.imports, most int) returns jsonb
language plpgsql volatile security definer set search_path = '' set plan_cache_mode = force_custom_plan
as $$
declare
  row_ids uuid[];
begin
  if not private.may_apply_import(target.company_id, target.decided_by) then
    update public.imports i set status = 'stopped',
      error = 'Whoever decided this import is no longer a manager or admin. The rows already brought in stay.'
    where i.id = target.id;
    return jsonb_build_object('import_id', target.id, 'applied', 0, 'is_done', true);
  end if;
  -- One at a time in a company: two files with the same new customer add it once.
  perform pg_advisory_xact_lock(hashtextextended('imports ' || target.company_id, 0));
  row_ids := array(
    select r.id from public.import_rows r
    where r.import_id = target.id and r.company_id = target.company_id and r.applied_at is null and not r.is_dropped
      and r.verdict in ('new', 'changed', 'unchanged')
    order by r.place, r.line limit least(greatest(most, 1), 5000));
  if cardinality(row_ids) = 0 then
    perform private.begin_change('import', target.id, target.decided_by);
    perform private.link_imported_successors(target);
    update public.imports i set status = 'applied', applied_at = now() where i.id = target.id;
    return jsonb_build_object('import_id', target.id, 'applied', 0, 'is_done', true);
  end if;
  target.default_owner_id := private.find_default_owner(target);
  perform private.begin_change('import', target.id, target.decided_by);
  perform private.judge_import_rows_again(target, row_ids);
  begin
    perform private.write_import_rows(target, row_ids);
  exception when integrity_constraint_violation or data_exception or sqlstate 'PT400' or sqlstate 'PT409' then
    perform private.write_import_rows_one_by_one(target, row_ids);
  end;
  perform private.refresh_imported_statistics(target);
  return jsonb_build_object('import_id', target.id, 'applied', cardinality(row_ids), 'is_done', false);
end;
$$;
comment on function private.apply_import_batch is
'Brings in the next rows of a decided import as whoever decided; stops it if they may no longer.';

-- One import at which the worker fails must not keep the others waiting: it is tried again later, five times.
create function private.retry_import_later(target public.imports, failure text) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
begin
  update public.imports i
  set failed_attempts = i.failed_attempts + 1, retry_at = now() + interval '10 seconds' * 2 ^ i.failed_attempts,
      status = case when i.failed_attempts >= 4 then 'stopped' else i.status end,
      error = case when i.failed_attempts >= 4
        then 'Bringing it in failed five times. The rows already brought in stay. Ask your operator to read the log.' end
  where i.id = target.id;
  return jsonb_build_object('import_id', target.id, 'applied', 0, 'is_done', false, 'failure', left(failure, 500));
end;
$$;
comment on function private.retry_import_later is
'Puts a decided import off after a batch failed, and stops it after the fifth failure.';

create function private.apply_next_import_batch(most int) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  target public.imports;
  outcome jsonb;
begin
  select * into target from public.imports i where i.status = 'decided' and i.retry_at <= now()
  order by i.decided_at, i.id limit 1 for no key update skip locked;
  if not found then
    return null;
  end if;
  begin
    outcome := private.apply_import_batch(target, most);
  exception when others or query_canceled then
    return private.retry_import_later(target, sqlerrm);
  end;
  if target.failed_attempts > 0 then
    update public.imports i set failed_attempts = 0, error = null where i.id = target.id and i.status = 'decided';
  end if;
  return outcome;
end;
$$;
comment on function private.apply_next_import_batch is 'See public.apply_next_import_batch.';

create function public.apply_next_import_batch(p_most int default 1000) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.apply_next_import_batch(p_most) $$;
comment on function public.apply_next_import_batch is
'Worker only: brings in the next rows of the oldest decided import; null if none waits. Several workers may call it.';

grant execute on function private.decide_import, public.decide_import, public.import_counts
to authenticated, service_role;
grant execute on function private.apply_next_import_batch, public.apply_next_import_batch to service_role;
