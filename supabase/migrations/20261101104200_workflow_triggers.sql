-- Workflows that begin by themselves. The rule is the definition's (begun_when), written in a draft and published; that
-- it is on is the company's, decided by a leader: publishing turns nothing on.

create table public.workflow_triggers (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null references public.companies (id),
  definition_id uuid not null,
  is_enabled boolean not null default false,
  rule jsonb not null check (private.is_trigger_rule(rule)),
  changed_by uuid not null,
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  unique (definition_id),
  foreign key (definition_id, company_id) references public.workflow_definitions (id, company_id),
  foreign key (changed_by, company_id) references public.profiles (id, company_id)
);
comment on table public.workflow_triggers is 'Whether a workflow begins by itself, as a leader decided.';
comment on column public.workflow_triggers.id is 'Identity of the row.';
comment on column public.workflow_triggers.company_id is 'Tenant.';
comment on column public.workflow_triggers.definition_id is 'The workflow, one of the company''s own.';
comment on column public.workflow_triggers.is_enabled is 'False: begins no run.';
comment on column public.workflow_triggers.rule is
'What was turned on. The workflow begins by itself only while its definition says the same: a new rule is off.';
comment on column public.workflow_triggers.changed_by is 'Who turned it on or off last.';
comment on column public.workflow_triggers.created_at is 'When the row was inserted.';
comment on column public.workflow_triggers.updated_at is 'When the row last changed.';
create index workflow_triggers_company on public.workflow_triggers (company_id);
create index workflow_triggers_definition on public.workflow_triggers (definition_id, company_id);
create index workflow_triggers_changed_by on public.workflow_triggers (changed_by, company_id);
create trigger touch before update on public.workflow_triggers
for each row execute function private.touch_updated_at();
create trigger record_insert after insert on public.workflow_triggers referencing new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_update after update on public.workflow_triggers
referencing old table as old_rows new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_delete after delete on public.workflow_triggers referencing old table as old_rows
for each statement execute function private.record_row_changes();

-- Beside it, so that the history of a trigger has the decisions alone.
create table private.trigger_checks (
  trigger_id uuid primary key references public.workflow_triggers (id) on delete cascade,
  checked_at private.moment not null default now()
);
comment on table private.trigger_checks is 'When the worker last looked for customers a trigger fits.';
comment on column private.trigger_checks.trigger_id is 'The trigger.';
comment on column private.trigger_checks.checked_at is 'When it did.';
alter table private.trigger_checks enable row level security;
revoke all on private.trigger_checks from anon, authenticated;

-- The customer is the run's: a merge of customers moves both.
create table public.workflow_starts (
  id uuid primary key default gen_random_uuid(),
  execution_id uuid not null unique,
  company_id uuid not null,
  definition_id uuid not null,
  why jsonb not null check (private.is_readable_json(why)),
  started_on private.day not null,
  created_at private.moment not null default now(),
  foreign key (execution_id, company_id) references public.workflow_executions (id, company_id),
  foreign key (definition_id, company_id) references public.workflow_definitions (id, company_id)
);
comment on table public.workflow_starts is 'A run that began by itself, and why.';
comment on column public.workflow_starts.id is 'Identity of the start.';
comment on column public.workflow_starts.execution_id is 'The run.';
comment on column public.workflow_starts.company_id is 'Tenant.';
comment on column public.workflow_starts.definition_id is 'The workflow whose trigger began it.';
comment on column public.workflow_starts.why is
'What of the rule was true of the customer: signals, days_to_notice, segment, health, health_before, arr.';
comment on column public.workflow_starts.started_on is 'The day it was where the customer''s owner is.';
comment on column public.workflow_starts.created_at is 'When it began.';
create index workflow_starts_execution on public.workflow_starts (execution_id, company_id);
create index workflow_starts_definition on public.workflow_starts (definition_id, company_id, created_at desc);
create index workflow_starts_company on public.workflow_starts (company_id, created_at desc);

alter table public.workflow_triggers enable row level security;
alter table public.workflow_starts enable row level security;
revoke all on public.workflow_triggers, public.workflow_starts from anon, authenticated;
grant select on public.workflow_triggers, public.workflow_starts to authenticated;
create policy "members read their company's triggers" on public.workflow_triggers
for select to authenticated using (company_id = (select private.current_company_id()));
create policy "members read which runs of their company began by themselves" on public.workflow_starts
for select to authenticated using (company_id = (select private.current_company_id()));

create function private.read_start_reason(execution uuid) returns jsonb
language sql stable security invoker set search_path = ''
as $$ select s.why from public.workflow_starts s where s.execution_id = execution $$;
comment on function private.read_start_reason is 'Why a run began by itself; null for one that a person began.';

create function private.begins_by_itself(definition uuid) returns boolean
language sql stable security invoker set search_path = ''
as $$
  select exists(
    select from public.workflow_triggers t join public.workflow_definitions d on d.id = t.definition_id
    where t.definition_id = definition and t.is_enabled and d.status = 'published' and d.begun_when = t.rule
  )
$$;
comment on function private.begins_by_itself is
'True if a leader turned on what the published definition says, and it is not archived.';

create function private.switch_trigger(p_definition_id uuid, p_is_enabled boolean, p_rule jsonb) returns boolean
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
  definition public.workflow_definitions;
begin
  perform private.require_member();
  select * into definition from public.workflow_definitions d
  where d.id = p_definition_id and d.company_id = me.company_id for no key update;
  if not found then
    raise sqlstate 'PT404' using message = 'This workflow does not exist, or you don''t have access to it.',
      hint = 'A stock workflow begins by itself once it is cloned and published.';
  elsif not private.is_team_lead() then
    raise sqlstate 'PT403' using message = 'Only a manager or an admin decides which workflows begin by themselves.';
  elsif p_is_enabled is null then
    raise sqlstate 'PT400' using message = 'Say whether it begins by itself.';
  elsif p_is_enabled and definition.begun_when is null then
    raise sqlstate 'PT409' using message = 'This workflow does not say for which customers it begins.',
      hint = 'Say so in a draft, and publish it.';
  elsif p_is_enabled and definition.status <> 'published' then
    raise sqlstate 'PT409' using message = 'This workflow is archived: no run of it can begin.';
  elsif p_is_enabled and definition.begun_when is distinct from p_rule then
    raise sqlstate 'PT409' using message = 'Its trigger was changed after you opened it.',
      hint = 'Look at whom it fits now, then turn it on.';
  end if;
  if p_is_enabled then
    insert into public.workflow_triggers as t (company_id, definition_id, is_enabled, rule, changed_by)
    values (me.company_id, definition.id, true, definition.begun_when, me.id)
    on conflict (definition_id) do update
      set is_enabled = true, rule = excluded.rule, changed_by = excluded.changed_by;
    delete from private.trigger_checks k using public.workflow_triggers t
    where t.id = k.trigger_id and t.definition_id = definition.id;
  else
    update public.workflow_triggers t set is_enabled = false, changed_by = me.id
    where t.definition_id = definition.id and t.is_enabled;
  end if;
  return private.begins_by_itself(definition.id);
end;
$$;
comment on function private.switch_trigger is 'See public.switch_trigger.';

create function public.switch_trigger(p_definition_id uuid, p_is_enabled boolean, p_rule jsonb default null)
returns boolean
language sql volatile security invoker set search_path = ''
as $$ select private.switch_trigger(p_definition_id, p_is_enabled, p_rule) $$;
comment on function public.switch_trigger is
'A leader has a workflow of their company begin by itself, by the rule they saw (its begun_when), or no longer: that '
'takes effect at once. Returns whether it does. Raises PT400, PT403, PT404, PT409 for another rule, none, or an '
'archived workflow.';

grant execute on function private.read_start_reason, private.begins_by_itself,
private.switch_trigger, public.switch_trigger to authenticated;
