-- Runs of the earlier, code-defined workflows as they were exported, with the run they became or the reason why not
-- (docs/migration.md).

create table public.workflow_legacy_executions (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null references public.companies (id),
  legacy_id text not null check (length(legacy_id) between 1 and 200),
  occurrence int not null default 1 check (occurrence > 0),
  execution_id uuid,
  source json not null,
  digest text not null generated always as (md5(source::text)) stored,
  reason text check (length(reason) between 1 and 4000),
  remarks text[] not null default '{}',
  imported_at private.moment,
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  unique (company_id, legacy_id, occurrence),
  check ((execution_id is null) = (imported_at is null)),
  check ((execution_id is null) = (reason is not null)),
  foreign key (execution_id, company_id) references public.workflow_executions (id, company_id)
);
comment on table public.workflow_legacy_executions is
'A run of an earlier system as exported, with the run it became or the reason why not.';
comment on column public.workflow_legacy_executions.id is 'Identity of the row.';
comment on column public.workflow_legacy_executions.company_id is 'Tenant.';
comment on column public.workflow_legacy_executions.legacy_id is
'Its id in the earlier system; no-id: and a digest if it had none.';
comment on column public.workflow_legacy_executions.occurrence is
'1, or its number among several with the same id in one file; only the first is imported.';
comment on column public.workflow_legacy_executions.execution_id is 'The run it became; null if it is not imported.';
comment on column public.workflow_legacy_executions.source is
'The row of the export, character by character: jsonb would reorder keys and refuse \u0000.';
comment on column public.workflow_legacy_executions.digest is 'MD5 of source, to compare with a later export.';
comment on column public.workflow_legacy_executions.reason is 'Why it is not imported; null once it is.';
comment on column public.workflow_legacy_executions.remarks is
'What could not be imported, in sentences: unknown keys, texts that were cut.';
comment on column public.workflow_legacy_executions.imported_at is 'When it was imported.';
comment on column public.workflow_legacy_executions.created_at is 'When the row was first kept.';
comment on column public.workflow_legacy_executions.updated_at is 'When the row last changed.';
create index workflow_legacy_executions_execution on public.workflow_legacy_executions (execution_id, company_id);
create trigger touch before update on public.workflow_legacy_executions
for each row execute function private.touch_updated_at();

alter table public.workflow_legacy_executions enable row level security;
revoke all on public.workflow_legacy_executions from anon, authenticated;
grant select on public.workflow_legacy_executions to authenticated;
create policy "members read what their company's runs were made from" on public.workflow_legacy_executions
for select to authenticated using (company_id = (select private.current_company_id()) and execution_id is not null);

-- Each run is imported in one transaction, as lib/executions/legacy mapped it. Idempotent: an import that was
-- interrupted is started again. Operator only: it runs with the rights of the caller.
create function private.log_imported_events(
  run public.workflow_executions, p jsonb, first_slide text
) returns void
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  changed_at constant timestamptz := coalesce(run.ended_at, run.updated_at);
  worked_by constant uuid := coalesce(run.assigned_to, run.owner_id);
begin
  -- The triggers wrote events dated now, by nobody.
  update public.workflow_execution_events x
  set created_at = case when x.kind = 'started' then run.started_at else changed_at end, actor_id = worked_by,
      slide_id = case when x.kind = 'started' then first_slide else x.slide_id end,
      payload = case when x.kind = 'started' then x.payload || '{"status": "active"}' else x.payload end
  where x.execution_id = run.id and x.company_id = run.company_id;
  if run.status <> 'active' then
    insert into public.workflow_execution_events (company_id, execution_id, kind, actor_id, payload, created_at)
    values (
      run.company_id, run.id, run.status, worked_by,
      jsonb_strip_nulls(jsonb_build_object(
        'from', 'active', 'to', run.status, 'set', jsonb_build_object('status', run.status),
        'outcome_code', run.outcome_code, 'outcome_amount', run.outcome_amount,
        'outcome_reason', left(run.outcome_reason, 2000),
        'skip_reason', run.skip_reason, 'skip_words', run.skip_words,
        'reason', p -> 'snooze' ->> 'reason', 'until', p -> 'snooze' ->> 'until_at')),
      changed_at);
  end if;
  insert into public.workflow_execution_events (company_id, execution_id, kind, payload)
  values (run.company_id, run.id, 'imported', jsonb_build_object('legacy_id', p ->> 'legacy_id'));
end;
$$;
comment on function private.log_imported_events is
'Dates the events of an imported run as they happened, and adds that it was imported.';

create function private.create_imported_run(p jsonb) returns uuid
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  run public.workflow_executions := jsonb_populate_record(null::public.workflow_executions, p -> 'run');
  pinned public.workflow_definition_versions;
begin
  select * into pinned from public.workflow_definition_versions v where v.id = run.definition_version_id;
  if run.status = 'completed'
     and private.find_outcome_code((p ->> 'company_id')::uuid, pinned.category, run.outcome_code) is null then
    raise sqlstate 'PT400' using message = format(
      'A workflow of the kind %s does not end with “%s”.', pinned.category, run.outcome_code);
  end if;
  if run.ended_at is null and run.due_on is null then
    select k.notice_deadline into run.due_on from public.current_contracts k where k.customer_id = run.customer_id;
  end if;
  insert into public.workflow_executions (
    company_id, customer_id, assigned_to, workflow_id, definition_version_id, status, current_slide, due_on,
    outcome_code, outcome_amount, outcome_reason, outcome_notes, skip_reason, skip_words,
    revision, started_at, ended_at, created_at, updated_at)
  values (
    (p ->> 'company_id')::uuid, run.customer_id, run.assigned_to, run.workflow_id, run.definition_version_id,
    run.status, run.current_slide, run.due_on,
    run.outcome_code, run.outcome_amount, run.outcome_reason, run.outcome_notes, run.skip_reason, run.skip_words,
    1 + jsonb_array_length(p -> 'steps'), run.started_at, run.ended_at, run.started_at, run.updated_at)
  returning * into run;
  insert into public.workflow_step_executions (
    company_id, execution_id, slide_id, status, answers, saved_by, completed_at, created_at, updated_at)
  select run.company_id, run.id, s.slide_id, s.status, s.answers, coalesce(run.assigned_to, run.owner_id),
    case when s.status = 'done' then coalesce(run.ended_at, run.updated_at) end,
    run.started_at, coalesce(run.ended_at, run.updated_at)
  from jsonb_to_recordset(p -> 'steps') s (slide_id text, status text, answers jsonb);
  if run.status = 'snoozed' then
    insert into public.workflow_snoozes (
      company_id, execution_id, customer_id, snoozed_by, reason, until_at, created_at)
    values (
      run.company_id, run.id, run.customer_id, coalesce(run.assigned_to, run.owner_id), p -> 'snooze' ->> 'reason',
      (p -> 'snooze' ->> 'until_at')::timestamptz, run.updated_at);
  end if;
  perform private.log_imported_events(run, p, pinned.slide_sequence[1]);
  return run.id;
end;
$$;
comment on function private.create_imported_run is
'Creates the run, its steps, its snooze and its events from a row mapped by lib/executions/legacy.';

create function private.store_legacy_execution(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  stored public.workflow_legacy_executions;
  run uuid;
  refusal text := p ->> 'reason';
begin
  insert into public.workflow_legacy_executions (company_id, legacy_id, occurrence, source, reason)
  values (
    (p ->> 'company_id')::uuid, p ->> 'legacy_id', (p ->> 'occurrence')::int, (p ->> 'source')::json,
    'It is being imported.')
  on conflict (company_id, legacy_id, occurrence) do nothing;
  select * into stored from public.workflow_legacy_executions l
  where (l.company_id, l.legacy_id, l.occurrence)
        = ((p ->> 'company_id')::uuid, p ->> 'legacy_id', (p ->> 'occurrence')::int) for update;
  if stored.execution_id is not null then
    return jsonb_build_object('result', 'already_there', 'execution_id', stored.execution_id);
  end if;
  if refusal is null then
    begin
      run := private.create_imported_run(p);
    exception
      when unique_violation then
        refusal := 'This customer already has an open run of this workflow.';
      when check_violation or foreign_key_violation or not_null_violation then
        refusal := 'The database refuses a value of it: ' || left(sqlerrm, 500);
      when sqlstate 'PT400' or sqlstate 'PT404' or sqlstate 'PT409' then
        refusal := sqlerrm;
    end;
  end if;
  update public.workflow_legacy_executions l
  set source = (p ->> 'source')::json, execution_id = run, imported_at = case when run is not null then now() end,
      reason = left(refusal, 4000),
      remarks = case when run is null then '{}' else array(select jsonb_array_elements_text(p -> 'remarks')) end
  where l.id = stored.id
    and (run is not null or (l.reason, l.source::text) is distinct from (left(refusal, 4000), p ->> 'source'));
  return jsonb_build_object(
    'result', case when run is null then 'not_mappable' else 'imported' end, 'execution_id', run, 'reason', refusal);
end;
$$;
comment on function private.store_legacy_execution is
'Stores a row of the earlier system, and makes it a run unless there is a reason against it.';

create function public.import_legacy_execution(p jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  result jsonb;
begin
  if auth.uid() is not null then
    raise sqlstate 'PT403' using message = 'Importing is for the operator''s key.';
  end if;
  begin
    result := private.store_legacy_execution(p);
    if coalesce(p -> 'dry_run' = 'true', false) then
      raise sqlstate 'ZENDR';
    end if;
  exception when sqlstate 'ZENDR' then
    null;
  end;
  return result;
end;
$$;
comment on function public.import_legacy_execution is
'Operator only: imports one run of an earlier system, or stores it with the reason why not. dry_run rolls everything '
'back. Idempotent.';

grant execute on function private.log_imported_events, private.create_imported_run, private.store_legacy_execution,
public.import_legacy_execution to service_role;
