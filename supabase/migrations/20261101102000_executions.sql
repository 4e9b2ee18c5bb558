-- A run of a workflow for a customer: the execution, its steps and its events.

create table public.workflow_executions (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  customer_id uuid not null,
  owner_id uuid not null,
  assigned_to uuid,
  workflow_id text not null,
  definition_version_id uuid not null references public.workflow_definition_versions (id),
  status text not null default 'active' check (
    status in ('active', 'snoozed', 'escalated', 'completed', 'skipped', 'abandoned')
  ),
  current_slide text not null,
  due_on private.day,
  outcome_code text check (outcome_code ~ '^[a-z][a-z_]{0,39}$'),
  outcome_amount private.amount,
  outcome_reason text check (length(outcome_reason) <= 20000),
  outcome_notes text check (length(outcome_notes) <= 200000),
  skip_reason text check (skip_reason ~ '^[a-z][a-z_]{0,39}$'),
  skip_words text check (length(skip_words) <= 2000),
  declined_version int,
  revision int not null default 1,
  started_at private.moment not null default now(),
  ended_at private.moment,
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  unique (id, company_id),
  foreign key (customer_id, company_id) references public.customers (id, company_id),
  foreign key (owner_id, company_id) references public.profiles (id, company_id),
  foreign key (assigned_to, company_id) references public.profiles (id, company_id),
  check (assigned_to <> owner_id),
  check ((status in ('completed', 'skipped', 'abandoned')) = (ended_at is not null)),
  check ((status = 'completed') = (outcome_code is not null))
) with (fillfactor = 80);
comment on table public.workflow_executions is
'A run of a workflow for a customer, pinned to the version it began with.';
comment on column public.workflow_executions.id is 'Identity of the run.';
comment on column public.workflow_executions.company_id is 'Tenant.';
comment on column public.workflow_executions.customer_id is 'The customer.';
comment on column public.workflow_executions.owner_id is
'The owner of the customer, always: set when the run begins, and again when the customer gets another owner.';
comment on column public.workflow_executions.assigned_to is
'The colleague it was reassigned to, who works on it beside the owner; null unless it was.';
comment on column public.workflow_executions.workflow_id is 'Readable id of the workflow.';
comment on column public.workflow_executions.definition_version_id is 'The version it is pinned to.';
comment on column public.workflow_executions.status is
'active, snoozed, escalated; or ended: completed, skipped, abandoned.';
comment on column public.workflow_executions.current_slide is 'Address of the slide to resume at.';
comment on column public.workflow_executions.due_on is
'The notice deadline at the start, unless a snooze moved it; null without a contract.';
comment on column public.workflow_executions.outcome_code is
'How it ended, a code of outcome_codes; required on completion.';
comment on column public.workflow_executions.outcome_amount is
'ARR after the outcome, for outcomes that have one.';
comment on column public.workflow_executions.outcome_reason is 'Why, for outcomes that need a reason.';
comment on column public.workflow_executions.outcome_notes is 'Closing notes.';
comment on column public.workflow_executions.skip_reason is
'Why it was skipped, a code of skip_reasons; null unless it is.';
comment on column public.workflow_executions.skip_words is 'Reason it was skipped, in words.';
comment on column public.workflow_executions.declined_version is
'The newest version somebody declined to move this run to.';
comment on column public.workflow_executions.revision is
'Grows by one with each change to the run or its steps; compare-and-set.';
comment on column public.workflow_executions.started_at is 'When it began.';
comment on column public.workflow_executions.ended_at is 'When it ended; null while open.';
comment on column public.workflow_executions.created_at is 'When the row was inserted.';
comment on column public.workflow_executions.updated_at is 'When the row last changed.';
-- An open run is one that has not ended: no index names the status, so a change of status leaves the row on its page.
create index workflow_executions_company on public.workflow_executions (company_id, created_at desc, id desc);
create index workflow_executions_ended on public.workflow_executions (company_id, ended_at);
create index workflow_executions_customer on public.workflow_executions (customer_id, company_id);
create index workflow_executions_owner on public.workflow_executions (owner_id, company_id);
create index workflow_executions_assigned on public.workflow_executions (assigned_to, company_id);
create index workflow_executions_version on public.workflow_executions (definition_version_id);
create unique index workflow_executions_one_open on public.workflow_executions (
  customer_id, workflow_id
) where ended_at is null;
create trigger touch before update on public.workflow_executions
for each row execute function private.touch_updated_at();

create table public.workflow_step_executions (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  execution_id uuid not null,
  slide_id text not null,
  status text not null default 'draft' check (status in ('draft', 'done', 'skipped')),
  answers jsonb not null default '{}' check (
    private.is_readable_json(answers)
    and jsonb_typeof(answers) = 'object' and octet_length(answers::text) <= 400000
  ),
  skip_reason text check (skip_reason ~ '^[a-z][a-z_]{0,39}$'),
  skip_words text check (length(skip_words) <= 2000),
  saved_by uuid not null,
  revision int not null default 1,
  completed_at private.moment,
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  unique (execution_id, slide_id),
  foreign key (execution_id, company_id) references public.workflow_executions (id, company_id),
  foreign key (saved_by, company_id) references public.profiles (id, company_id)
);
comment on table public.workflow_step_executions is
'The answers of one slide of a run. A slide without answers has no row.';
comment on column public.workflow_step_executions.id is 'Identity of the step.';
comment on column public.workflow_step_executions.company_id is 'Tenant.';
comment on column public.workflow_step_executions.execution_id is 'The run.';
comment on column public.workflow_step_executions.slide_id is 'Address of the slide.';
comment on column public.workflow_step_executions.status is 'draft, done or skipped.';
comment on column public.workflow_step_executions.answers is 'By field key, as the form of the slide has them.';
comment on column public.workflow_step_executions.skip_reason is
'Why it was skipped, a code of skip_reasons; null unless it is.';
comment on column public.workflow_step_executions.skip_words is 'Reason it was skipped, in words.';
comment on column public.workflow_step_executions.saved_by is 'Who saved last.';
comment on column public.workflow_step_executions.revision is 'Grows by one with each save; compare-and-set.';
comment on column public.workflow_step_executions.completed_at is 'When it was first done.';
comment on column public.workflow_step_executions.created_at is 'When the row was inserted.';
comment on column public.workflow_step_executions.updated_at is 'When the row last changed.';
create index workflow_step_executions_execution on public.workflow_step_executions (execution_id, company_id);
create index workflow_step_executions_company on public.workflow_step_executions (company_id);
create index workflow_step_executions_saved_by on public.workflow_step_executions (saved_by, company_id);
create trigger touch before update on public.workflow_step_executions
for each row execute function private.touch_updated_at();

create table public.workflow_execution_events (
  id bigint primary key generated always as identity,
  company_id uuid not null,
  execution_id uuid not null,
  kind text not null check (kind in (
    'started', 'step_saved', 'step_done', 'step_skipped', 'step_taken_up', 'status_changed', 'completed',
    'snoozed', 'woke', 'skipped', 'abandoned', 'escalated', 'acknowledged', 'commented', 'handed_back', 'withdrawn',
    'redirected', 'reopened', 'reassigned', 'owner_changed', 'moved', 'stayed', 'undone', 'acted', 'data_questioned',
    'imported', 'approval_asked', 'approval_decided', 'file_made'
  )),
  slide_id text,
  actor_id uuid,
  payload jsonb not null default '{}' check (private.is_readable_json(payload)),
  created_at private.moment not null default now(),
  foreign key (execution_id, company_id) references public.workflow_executions (id, company_id),
  foreign key (actor_id, company_id) references public.profiles (id, company_id)
);
comment on table public.workflow_execution_events is
'The history of a run. Append-only; written in the transaction of the change.';
comment on column public.workflow_execution_events.id is 'Grows with time.';
comment on column public.workflow_execution_events.company_id is 'Tenant.';
comment on column public.workflow_execution_events.execution_id is 'The run.';
comment on column public.workflow_execution_events.kind is 'What happened.';
comment on column public.workflow_execution_events.slide_id is 'The slide, if it is about one.';
comment on column public.workflow_execution_events.actor_id is 'Who did it; null for the system.';
comment on column public.workflow_execution_events.payload is
'What changed: keys of answers, status before and after, the outcome.';
comment on column public.workflow_execution_events.created_at is 'When it happened.';
create index workflow_execution_events_execution on public.workflow_execution_events (execution_id, company_id, id);
create index workflow_execution_events_files on public.workflow_execution_events (execution_id)
where kind = 'file_made';
create index workflow_execution_events_actor on public.workflow_execution_events (actor_id, company_id);

-- Escalations refer to runs, so their table is created later.
set check_function_bodies = off;
create function private.is_escalated_to_me(execution uuid) returns boolean
language sql stable security definer set search_path = ''
as $$
  select exists(
    select 1 from public.workflow_escalations x
    where
      x.execution_id = execution and x.assigned_to = any(private.represented_people()) and x.ended_at is null
      and x.company_id = (select private.current_company_id())
  )
$$;
comment on function private.is_escalated_to_me is 'True if the run is escalated to the signed-in person, or to somebody they stand in for.';
reset check_function_bodies;

create function private.works_on_run(run public.workflow_executions) returns boolean
language sql stable set search_path = ''
as $$ select array[run.owner_id, run.assigned_to] && private.represented_people() $$;
comment on function private.works_on_run is
'True for the owner of a run, for whoever it is assigned to, and for their deputies.';

create function private.can_write_execution(execution uuid) returns boolean
language sql stable security definer set search_path = ''
as $$
  select exists(
    select 1 from public.workflow_executions e
    where
      e.id = execution and e.company_id = private.current_company_id()
      and (
        private.works_on_run(e) or private.is_team_lead()
        or (e.status = 'escalated' and private.is_escalated_to_me(e.id))
      )
  )
$$;
comment on function private.can_write_execution is
'True if the run is the person''s own, assigned or escalated to them, or of the company they lead.';
grant execute on function private.is_escalated_to_me, private.works_on_run, private.can_write_execution
to authenticated;

alter table public.workflow_executions enable row level security;
alter table public.workflow_step_executions enable row level security;
alter table public.workflow_execution_events enable row level security;
revoke all on public.workflow_executions,
public.workflow_step_executions,
public.workflow_execution_events from anon,
authenticated;
-- Runs are begun by start_workflow, and the other columns are written by actions
-- (docs/decisions/0007-actions-run-as-definer.md).
grant select, update (current_slide, revision) on public.workflow_executions to authenticated;
grant select,
insert (company_id, execution_id, slide_id, status, answers, saved_by),
update (status, answers, saved_by, revision)
on public.workflow_step_executions to authenticated;
grant select on public.workflow_execution_events to authenticated;

create policy "members read their company's runs" on public.workflow_executions
for select to authenticated using (company_id = (select private.current_company_id()));
create policy "members change runs they own or have, leaders all"
on public.workflow_executions for update to authenticated
using (
  company_id = (select private.current_company_id())
  and (
    array[owner_id, assigned_to] && (select private.represented_people())
    or (select private.is_team_lead())
    or (status = 'escalated' and private.is_escalated_to_me(id))
  )
)
with check (
  company_id = (select private.current_company_id())
  and (
    array[owner_id, assigned_to] && (select private.represented_people())
    or (select private.is_team_lead())
    or (status = 'escalated' and private.is_escalated_to_me(id))
  )
);

create policy "members read their company's steps" on public.workflow_step_executions
for select to authenticated using (company_id = (select private.current_company_id()));
create policy "members add steps to runs they may write" on public.workflow_step_executions
for insert to authenticated
with check (
  company_id = (select private.current_company_id())
  and saved_by = (select auth.uid())
  and private.can_write_execution(execution_id)
);
create policy "members change steps of runs they may write" on public.workflow_step_executions
for update to authenticated
using (company_id = (select private.current_company_id()) and private.can_write_execution(execution_id))
with check (
  company_id = (select private.current_company_id())
  and saved_by = (select auth.uid())
  and private.can_write_execution(execution_id)
);

create policy "members read their company's events" on public.workflow_execution_events
for select to authenticated using (company_id = (select private.current_company_id()));
