-- A run of a workflow for one customer: the execution, its steps, and the events that tell its story.

create table public.workflow_executions (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  customer_id uuid not null,
  owner_id uuid not null,
  workflow_id text not null,
  definition_version_id uuid not null references public.workflow_definition_versions (id),
  status text not null default 'active' check (status in ('active', 'snoozed', 'escalated', 'completed', 'skipped', 'abandoned')),
  current_slide text not null,
  due_on date,
  outcome_code text check (outcome_code in ('renewed', 'expanded', 'downgraded', 'churned', 'contact_secured', 'risk_accepted', 'plan_agreed', 'no_decision')),
  outcome_amount numeric(14, 2) check (outcome_amount between 0 and 999999999999.99),
  outcome_reason text check (length(outcome_reason) <= 20000),
  outcome_notes text check (length(outcome_notes) <= 200000),
  revision int not null default 1,
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (id, company_id),
  foreign key (customer_id, company_id) references public.customers (id, company_id),
  foreign key (owner_id, company_id) references public.profiles (id, company_id),
  check ((status in ('completed', 'skipped', 'abandoned')) = (ended_at is not null)),
  check ((status = 'completed') = (outcome_code is not null))
);
comment on table public.workflow_executions is 'A run of a workflow for a customer, pinned to the version it began with.';
comment on column public.workflow_executions.id is 'Identity of the run.';
comment on column public.workflow_executions.company_id is 'Tenant.';
comment on column public.workflow_executions.customer_id is 'The customer it is about.';
comment on column public.workflow_executions.owner_id is 'Who works on it.';
comment on column public.workflow_executions.workflow_id is 'Readable id of the workflow.';
comment on column public.workflow_executions.definition_version_id is 'The version it is pinned to.';
comment on column public.workflow_executions.status is 'active, snoozed, escalated; or ended: completed, skipped, abandoned.';
comment on column public.workflow_executions.current_slide is 'Slide id to resume at.';
comment on column public.workflow_executions.due_on is 'The notice deadline as of the start; null without a contract.';
comment on column public.workflow_executions.outcome_code is 'How it ended; demanded on completion.';
comment on column public.workflow_executions.outcome_amount is 'ARR in USD after the outcome, where it has one.';
comment on column public.workflow_executions.outcome_reason is 'Why, where the outcome needs a reason.';
comment on column public.workflow_executions.outcome_notes is 'Closing notes.';
comment on column public.workflow_executions.revision is 'Grows by one with every change to the run or its steps; compare-and-set.';
comment on column public.workflow_executions.started_at is 'When it began.';
comment on column public.workflow_executions.ended_at is 'When it ended; null while open.';
comment on column public.workflow_executions.created_at is 'When the row was made.';
comment on column public.workflow_executions.updated_at is 'When the row last changed.';
create unique index workflow_executions_one_open on public.workflow_executions (customer_id, workflow_id)
  where status in ('active', 'snoozed', 'escalated');
create index workflow_executions_company on public.workflow_executions (company_id, created_at desc, id desc);
create index workflow_executions_customer on public.workflow_executions (customer_id, company_id);
create index workflow_executions_owner on public.workflow_executions (owner_id, company_id);
create index workflow_executions_version on public.workflow_executions (definition_version_id);
create trigger touch before update on public.workflow_executions for each row execute function private.touch_updated_at();

create table public.workflow_step_executions (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  execution_id uuid not null,
  slide_id text not null,
  status text not null default 'draft' check (status in ('draft', 'done', 'skipped')),
  answers jsonb not null default '{}' check (jsonb_typeof(answers) = 'object' and octet_length(answers::text) <= 400000),
  saved_by uuid not null,
  revision int not null default 1,
  completed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (execution_id, slide_id),
  foreign key (execution_id, company_id) references public.workflow_executions (id, company_id),
  foreign key (saved_by, company_id) references public.profiles (id, company_id)
);
comment on table public.workflow_step_executions is 'What was answered on one slide of a run. A slide not yet touched has no row.';
comment on column public.workflow_step_executions.id is 'Identity of the step.';
comment on column public.workflow_step_executions.company_id is 'Tenant.';
comment on column public.workflow_step_executions.execution_id is 'The run.';
comment on column public.workflow_step_executions.slide_id is 'The slide.';
comment on column public.workflow_step_executions.status is 'draft (typed), done (moved on) or skipped.';
comment on column public.workflow_step_executions.answers is 'Field key to value, as the slide''s form keeps them.';
comment on column public.workflow_step_executions.saved_by is 'Who saved last.';
comment on column public.workflow_step_executions.revision is 'Grows by one with every save; compare-and-set.';
comment on column public.workflow_step_executions.completed_at is 'When it was first done.';
comment on column public.workflow_step_executions.created_at is 'When the row was made.';
comment on column public.workflow_step_executions.updated_at is 'When the row last changed.';
create index workflow_step_executions_execution on public.workflow_step_executions (execution_id, company_id);
create index workflow_step_executions_company on public.workflow_step_executions (company_id);
create index workflow_step_executions_saved_by on public.workflow_step_executions (saved_by, company_id);
create trigger touch before update on public.workflow_step_executions for each row execute function private.touch_updated_at();

create table public.workflow_execution_events (
  id bigint primary key generated always as identity,
  company_id uuid not null,
  execution_id uuid not null,
  kind text not null check (kind in ('started', 'step_saved', 'step_done', 'step_skipped', 'status_changed', 'reassigned', 'completed')),
  slide_id text,
  actor_id uuid,
  payload jsonb not null default '{}',
  created_at timestamptz not null default now(),
  foreign key (execution_id, company_id) references public.workflow_executions (id, company_id),
  foreign key (actor_id, company_id) references public.profiles (id, company_id)
);
comment on table public.workflow_execution_events is 'What happened in a run, in order. Append-only, written by triggers in the transaction of the change.';
comment on column public.workflow_execution_events.id is 'Grows with time.';
comment on column public.workflow_execution_events.company_id is 'Tenant.';
comment on column public.workflow_execution_events.execution_id is 'The run.';
comment on column public.workflow_execution_events.kind is 'What happened.';
comment on column public.workflow_execution_events.slide_id is 'On which slide, where it was one.';
comment on column public.workflow_execution_events.actor_id is 'Who did it; null for the system.';
comment on column public.workflow_execution_events.payload is 'What changed: keys saved, status before and after, the outcome.';
comment on column public.workflow_execution_events.created_at is 'When.';
create index workflow_execution_events_execution on public.workflow_execution_events (execution_id, company_id, id);
create index workflow_execution_events_company on public.workflow_execution_events (company_id, created_at desc, id desc);
create index workflow_execution_events_actor on public.workflow_execution_events (actor_id, company_id);

-- Events: triggers write them, so no change can go untold and nobody can tell one that did not happen.
create function private.tell_execution() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    insert into public.workflow_execution_events (company_id, execution_id, kind, slide_id, actor_id, payload)
    values (new.company_id, new.id, 'started', new.current_slide, auth.uid(),
            jsonb_build_object('definition_version_id', new.definition_version_id, 'due_on', new.due_on));
  elsif new.status is distinct from old.status then
    insert into public.workflow_execution_events (company_id, execution_id, kind, actor_id, payload)
    values (new.company_id, new.id, case when new.status = 'completed' then 'completed' else 'status_changed' end, auth.uid(),
            jsonb_strip_nulls(jsonb_build_object('from', old.status, 'to', new.status, 'outcome_code', new.outcome_code,
              'outcome_amount', new.outcome_amount, 'outcome_reason', new.outcome_reason)));
  end if;
  if tg_op = 'UPDATE' and new.owner_id is distinct from old.owner_id then
    insert into public.workflow_execution_events (company_id, execution_id, kind, actor_id, payload)
    values (new.company_id, new.id, 'reassigned', auth.uid(), jsonb_build_object('from', old.owner_id, 'to', new.owner_id));
  end if;
  return null;
end;
$$;
comment on function private.tell_execution is 'After a run is made or changes status or owner: writes the event.';
create trigger tell after insert or update on public.workflow_executions
for each row execute function private.tell_execution();

create function private.tell_step() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into public.workflow_execution_events (company_id, execution_id, kind, slide_id, actor_id, payload)
  values (new.company_id, new.execution_id,
    case when new.status = 'draft' or (tg_op = 'UPDATE' and old.status = new.status) then 'step_saved' else 'step_' || new.status end,
    new.slide_id, auth.uid(),
    jsonb_build_object('revision', new.revision, 'keys', coalesce((
      select jsonb_agg(key order by key) from jsonb_each(new.answers)
      where tg_op = 'INSERT' or value is distinct from old.answers -> key), '[]')));
  return null;
end;
$$;
comment on function private.tell_step is 'After a step is saved: writes the event with the keys that changed.';
create trigger tell after insert or update on public.workflow_step_executions
for each row execute function private.tell_step();

-- How a run may end: one rule for the function that completes it and for whoever writes the row directly.
create function private.outcome_fits(category text, outcome text) returns boolean
language sql immutable set search_path = ''
as $$
  select coalesce(outcome = 'no_decision' or case category
    when 'renewal' then outcome in ('renewed', 'expanded', 'downgraded', 'churned')
    when 'risk' then outcome in ('contact_secured', 'risk_accepted')
    else outcome in ('plan_agreed', 'expanded') end, false)
$$;
comment on function private.outcome_fits is 'Which outcomes a workflow of a category may end with.';

create function private.require_outcome(category text, code text, amount numeric, reason text, notes text) returns void
language plpgsql immutable set search_path = ''
as $$
declare
  faults text[] := '{}';
begin
  if not private.outcome_fits(category, code) then
    faults := faults || 'Choose how it ended.'::text;
  end if;
  if code in ('renewed', 'expanded', 'downgraded') and amount is null then
    faults := faults || 'Say what the ARR is now.'::text;
  end if;
  if amount < 0 then
    faults := faults || 'The ARR cannot be negative.'::text;
  elsif amount >= 1000000000000 then
    faults := faults || 'The ARR is too large.'::text;
  end if;
  if code in ('downgraded', 'churned', 'risk_accepted', 'no_decision') and coalesce(trim(reason), '') = '' then
    faults := faults || 'Say why.'::text;
  end if;
  if length(reason) > 20000 then
    faults := faults || 'The reason can be 20,000 characters long.'::text;
  end if;
  if length(notes) > 200000 then
    faults := faults || 'The notes can be 200,000 characters long.'::text;
  end if;
  if cardinality(faults) > 0 then
    raise sqlstate 'PT400' using message = array_to_string(faults, ' '), detail = to_jsonb(faults)::text;
  end if;
end;
$$;
comment on function private.require_outcome is 'Refuses an outcome that is not whole; every fault is named at once.';
grant execute on function private.outcome_fits, private.require_outcome to authenticated, service_role;

-- What may never be written by hand, whichever way the write comes.
create function private.guard_execution() returns trigger
language plpgsql set search_path = ''
as $$
declare
  pinned public.workflow_definition_versions;
begin
  select * into pinned from public.workflow_definition_versions v
  where v.id = new.definition_version_id and (v.company_id is null or v.company_id = new.company_id);
  if pinned.workflow_id is distinct from new.workflow_id or not new.current_slide = any (pinned.slide_sequence) then
    raise sqlstate 'PT409' using message = 'This run does not fit its workflow: another version, or a slide that is not in it.';
  end if;
  if tg_op = 'INSERT' then
    return new;
  end if;
  if old.ended_at is not null and auth.uid() is not null then
    raise sqlstate 'PT409' using message = format('This run has ended (%s); it no longer changes.', old.status);
  end if;
  if (new.id, new.company_id, new.customer_id, new.workflow_id, new.started_at)
     is distinct from (old.id, old.company_id, old.customer_id, old.workflow_id, old.started_at) then
    raise sqlstate 'PT409' using message = 'A run keeps its customer and its workflow.';
  end if;
  if new.revision <> old.revision + 1 then
    raise sqlstate 'PT409' using message = 'This run was changed since you opened it.';
  end if;
  if new.status = 'completed' and old.status <> 'completed' then
    perform private.require_outcome(pinned.category, new.outcome_code, new.outcome_amount, new.outcome_reason, new.outcome_notes);
  end if;
  new.ended_at := case when new.status in ('completed', 'skipped', 'abandoned') then coalesce(new.ended_at, now()) end;
  return new;
end;
$$;
comment on function private.guard_execution is 'Before a run is written: it fits its version, keeps its identity, grows its revision by one, ends whole, and stays as it ended.';
create trigger guard before insert or update on public.workflow_executions
for each row execute function private.guard_execution();

create function private.guard_step() returns trigger
language plpgsql set search_path = ''
as $$
declare
  ended timestamptz;
  slides text[];
begin
  select e.ended_at, v.slide_sequence into ended, slides
  from public.workflow_executions e join public.workflow_definition_versions v on v.id = e.definition_version_id
  where e.id = new.execution_id for share of e;
  if not found then
    raise sqlstate 'PT404' using message = 'This run does not exist, or you may not change it.';
  end if;
  if ended is not null and auth.uid() is not null then
    raise sqlstate 'PT409' using message = 'This run has ended; its slides no longer change.';
  end if;
  if not coalesce(new.slide_id = any (slides), false) then
    raise sqlstate 'PT400' using message = 'This slide is not part of the run.';
  end if;
  if tg_op = 'INSERT' and new.revision <> 1
     or tg_op = 'UPDATE' and (new.revision <> old.revision + 1 or new.execution_id <> old.execution_id or new.slide_id <> old.slide_id) then
    raise sqlstate 'PT409' using message = 'This slide was changed since you opened it.';
  end if;
  if tg_op = 'UPDATE' then
    new.completed_at := old.completed_at;
  end if;
  if new.status = 'done' then
    new.completed_at := coalesce(new.completed_at, now());
  end if;
  return new;
end;
$$;
comment on function private.guard_step is 'Before a step is saved: the run is open and has the slide; revision starts at one and grows by one.';
create trigger guard before insert or update on public.workflow_step_executions
for each row execute function private.guard_step();

create function private.may_write_execution(execution uuid) returns boolean
language sql stable security definer set search_path = ''
as $$
  select exists (
    select 1 from public.workflow_executions e
    where e.id = execution and e.company_id = private.my_company()
      and (e.owner_id = auth.uid() or private.leads_team()))
$$;
comment on function private.may_write_execution is 'True when the run is the person''s own, or of the company they lead.';
grant execute on function private.may_write_execution to authenticated;

alter table public.workflow_executions enable row level security;
alter table public.workflow_step_executions enable row level security;
alter table public.workflow_execution_events enable row level security;
revoke all on public.workflow_executions, public.workflow_step_executions, public.workflow_execution_events from anon, authenticated;
grant select,
  insert (id, company_id, customer_id, owner_id, workflow_id, definition_version_id, current_slide, due_on),
  update (owner_id, status, current_slide, outcome_code, outcome_amount, outcome_reason, outcome_notes, revision)
  on public.workflow_executions to authenticated;
grant select,
  insert (id, company_id, execution_id, slide_id, status, answers, saved_by),
  update (status, answers, saved_by, revision)
  on public.workflow_step_executions to authenticated;
grant select on public.workflow_execution_events to authenticated;

create policy "members read their company's runs" on public.workflow_executions
for select to authenticated using (company_id = (select private.my_company()));
create policy "members start runs of their own where they may write the customer" on public.workflow_executions
for insert to authenticated
with check (company_id = (select private.my_company()) and owner_id = (select auth.uid())
            and private.may_write_customer(customer_id));
create policy "members change runs of their own, leaders the company's" on public.workflow_executions
for update to authenticated
using (company_id = (select private.my_company()) and (owner_id = (select auth.uid()) or (select private.leads_team())))
with check (company_id = (select private.my_company()) and (owner_id = (select auth.uid()) or (select private.leads_team())));

create policy "members read their company's steps" on public.workflow_step_executions
for select to authenticated using (company_id = (select private.my_company()));
create policy "members add steps to runs they may write" on public.workflow_step_executions
for insert to authenticated
with check (company_id = (select private.my_company()) and saved_by = (select auth.uid()) and private.may_write_execution(execution_id));
create policy "members change steps of runs they may write" on public.workflow_step_executions
for update to authenticated
using (company_id = (select private.my_company()) and private.may_write_execution(execution_id))
with check (company_id = (select private.my_company()) and saved_by = (select auth.uid()) and private.may_write_execution(execution_id));

create policy "members read their company's events" on public.workflow_execution_events
for select to authenticated using (company_id = (select private.my_company()));
