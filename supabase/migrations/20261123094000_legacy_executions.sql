-- Runs of the earlier, code-defined workflows, as the old system wrote them: kept whole beside the run they became, and
-- kept with the reason where they could not become one yet (docs/migration.md).

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
  imported_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (company_id, legacy_id, occurrence),
  check ((execution_id is null) = (imported_at is null)),
  check ((execution_id is null) = (reason is not null)),
  foreign key (execution_id, company_id) references public.workflow_executions (id, company_id)
);
comment on table public.workflow_legacy_executions is 'A run of an earlier system as its export had it, with the run it became, or with the reason why it became none.';
comment on column public.workflow_legacy_executions.id is 'Identity of the row.';
comment on column public.workflow_legacy_executions.company_id is 'Tenant.';
comment on column public.workflow_legacy_executions.legacy_id is 'Its id in the earlier system; no-id: and a digest where it had none.';
comment on column public.workflow_legacy_executions.occurrence is '1, or which one it is of several under the same id in one file; only the first is imported.';
comment on column public.workflow_legacy_executions.execution_id is 'The run it became; null while it cannot be mapped.';
comment on column public.workflow_legacy_executions.source is 'The row of the export, character by character: json and not jsonb, which would reorder keys and refuse \u0000.';
comment on column public.workflow_legacy_executions.digest is 'MD5 of source: tells whether a later export has it otherwise.';
comment on column public.workflow_legacy_executions.reason is 'Why it could not be mapped; null once it is imported.';
comment on column public.workflow_legacy_executions.remarks is 'What of it stands only here, in sentences: keys no form has, texts that were cut.';
comment on column public.workflow_legacy_executions.imported_at is 'When it became a run.';
comment on column public.workflow_legacy_executions.created_at is 'When the row was first kept.';
comment on column public.workflow_legacy_executions.updated_at is 'When the row last changed.';
create index workflow_legacy_executions_execution on public.workflow_legacy_executions (execution_id, company_id);
create trigger touch before update on public.workflow_legacy_executions for each row execute function private.touch_updated_at();

alter table public.workflow_legacy_executions enable row level security;
revoke all on public.workflow_legacy_executions from anon, authenticated;
grant select on public.workflow_legacy_executions to authenticated;
grant select, insert, update, delete on public.workflow_legacy_executions to service_role;
create policy "members read what their company's runs were made from" on public.workflow_legacy_executions
for select to authenticated using (company_id = (select private.my_company()) and execution_id is not null);
