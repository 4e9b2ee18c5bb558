-- Saved actions, global or a company's own, and the record of each run of one. A kind is the name of a handler in
-- lib/actions/registry.py. A company can hide a global action.

create table public.saved_actions (
  id uuid primary key default gen_random_uuid(),
  company_id uuid references public.companies (id),
  kind text not null check (kind ~ '^[a-z][a-z_]{1,39}$'),
  name text not null check (length(name) between 1 and 200 and not private.is_blank(name)),
  description text not null default '' check (length(description) <= 20000),
  parameters jsonb not null default '{}' check (
    private.is_readable_json(parameters)
    and jsonb_typeof(parameters) = 'object' and length(parameters::text) <= 100000
  ),
  needs_leader boolean not null default false,
  archived_at private.moment,
  created_by uuid,
  revision int not null default 1,
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  unique nulls not distinct (company_id, name),
  foreign key (created_by, company_id) references public.profiles (id, company_id)
);
comment on table public.saved_actions is 'A reusable action; global if it belongs to no company.';
comment on column public.saved_actions.id is 'Identity of the action.';
comment on column public.saved_actions.company_id is 'Tenant; null for a global action.';
comment on column public.saved_actions.kind is 'The handler that runs it.';
comment on column public.saved_actions.name is 'Name on the button.';
comment on column public.saved_actions.description is 'What it does, in a sentence.';
comment on column public.saved_actions.parameters is 'Preset parameters, in the schema of the handler.';
comment on column public.saved_actions.needs_leader is
'True if a csm needs the approval of a leader to run it from a chat.';
comment on column public.saved_actions.archived_at is 'When it was archived; null while it is offered.';
comment on column public.saved_actions.created_by is 'Who created it; null for a global action.';
comment on column public.saved_actions.revision is 'Grows with every update; compare-and-set.';
comment on column public.saved_actions.created_at is 'When the row was inserted.';
comment on column public.saved_actions.updated_at is 'When the row last changed.';
create index saved_actions_created_by on public.saved_actions (created_by, company_id);
create trigger touch before update on public.saved_actions for each row execute function private.touch_updated_at();
create trigger revise before update on public.saved_actions for each row execute function private.increment_revision();

alter table public.saved_actions enable row level security;
revoke all on public.saved_actions from anon, authenticated;
grant select,
insert (company_id, kind, name, description, parameters, needs_leader, created_by),
update (kind, name, description, parameters, needs_leader, archived_at)
on public.saved_actions to authenticated;
create policy "members read global and their company's actions" on public.saved_actions
for select to authenticated
using (
  (company_id is null and (select private.current_company_id()) is not null)
  or company_id = (select private.current_company_id())
);
create policy "leaders add actions of their company" on public.saved_actions
for insert to authenticated
with check (
  company_id = (select private.current_company_id())
  and (select private.is_team_lead())
  and created_by = (select auth.uid())
);
create policy "leaders change actions of their company" on public.saved_actions
for update to authenticated
using (company_id = (select private.current_company_id()) and (select private.is_team_lead()))
with check (company_id = (select private.current_company_id()) and (select private.is_team_lead()));

insert into public.saved_actions (kind, name, description) values
('snooze', 'Snooze', 'Set this aside until a date or a signal, with a reason.'),
('skip', 'Skip', 'Skip this, with a reason that stays on record.'),
('escalate', 'Escalate', 'Hand this to a colleague, with a severity and a deadline to answer.');

create table public.hidden_saved_actions (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null references public.companies (id),
  action_id uuid not null references public.saved_actions (id),
  hidden_by uuid not null,
  created_at private.moment not null default now(),
  unique (company_id, action_id),
  foreign key (hidden_by, company_id) references public.profiles (id, company_id)
);
comment on table public.hidden_saved_actions is 'A global action a company does not want to be offered.';
comment on column public.hidden_saved_actions.id is 'Identity of the row.';
comment on column public.hidden_saved_actions.company_id is 'Tenant.';
comment on column public.hidden_saved_actions.action_id is 'The global action.';
comment on column public.hidden_saved_actions.hidden_by is 'Who hid it.';
comment on column public.hidden_saved_actions.created_at is 'When it was hidden.';
create index hidden_saved_actions_action on public.hidden_saved_actions (action_id);
create index hidden_saved_actions_hidden_by on public.hidden_saved_actions (hidden_by, company_id);
alter table public.hidden_saved_actions enable row level security;
revoke all on public.hidden_saved_actions from anon, authenticated;
grant select, insert (company_id, action_id, hidden_by), delete on public.hidden_saved_actions to authenticated;
create policy "members read what their company hides" on public.hidden_saved_actions
for select to authenticated using (company_id = (select private.current_company_id()));
create policy "leaders hide global actions from their company" on public.hidden_saved_actions
for insert to authenticated
with check (
  company_id = (select private.current_company_id())
  and (select private.is_team_lead())
  and hidden_by = (select auth.uid())
  and exists (select 1 from public.saved_actions a where a.id = action_id and a.company_id is null)
);
create policy "leaders show them again" on public.hidden_saved_actions
for delete to authenticated
using (company_id = (select private.current_company_id()) and (select private.is_team_lead()));

create function public.available_actions() returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select
    coalesce(
      jsonb_agg(
        to_jsonb(a) || jsonb_build_object('is_global', a.company_id is null, 'is_hidden', h.action_id is not null)
        order by a.company_id nulls first, a.created_at, a.name
      ), '[]'
    )
  from public.saved_actions a left join public.hidden_saved_actions h on h.action_id = a.id
$$;
comment on function public.available_actions is
'Global actions and those of the company; archived and hidden ones are included and marked.';

create table public.saved_action_runs (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  action_id uuid,
  kind text not null check (kind ~ '^[a-z][a-z_]{1,39}$'),
  name text not null check (length(name) between 1 and 200 and not private.is_blank(name)),
  actor_id uuid not null,
  idempotency_key uuid not null,
  source text not null check (source in ('page', 'chat')),
  customer_id uuid,
  execution_id uuid,
  slide_id text,
  parameters jsonb not null default '{}' check (
    private.is_readable_json(parameters)
    and jsonb_typeof(parameters) = 'object' and length(parameters::text) <= 100000
  ),
  before jsonb not null default '{}' check (private.is_readable_json(before) and jsonb_typeof(before) = 'object'),
  summary text not null default '',
  revision_after int,
  undone_at private.moment,
  undone_by uuid,
  created_at private.moment not null default now(),
  unique (actor_id, company_id, idempotency_key),
  check ((undone_at is null) = (undone_by is null)),
  foreign key (actor_id, company_id) references public.profiles (id, company_id),
  foreign key (customer_id, company_id) references public.customers (id, company_id),
  foreign key (execution_id, company_id) references public.workflow_executions (id, company_id),
  foreign key (undone_by, company_id) references public.profiles (id, company_id)
);
comment on table public.saved_action_runs is
'A run of an action: who, on what, with which parameters and result. Written by functions only.';
comment on column public.saved_action_runs.id is 'Identity of the row.';
comment on column public.saved_action_runs.company_id is 'Tenant.';
comment on column public.saved_action_runs.action_id is
'The saved action; null for a hand-back or a move to a version. No foreign key: each click would lock the row of the '
'same global action.';
comment on column public.saved_action_runs.kind is 'The handler that ran.';
comment on column public.saved_action_runs.name is 'Name of the action at that time.';
comment on column public.saved_action_runs.actor_id is 'Who clicked.';
comment on column public.saved_action_runs.idempotency_key is 'One for each click: the same again does nothing.';
comment on column public.saved_action_runs.source is
'Where it was run: on a page or from a chat. The function that runs it knows.';
comment on column public.saved_action_runs.customer_id is 'The customer.';
comment on column public.saved_action_runs.execution_id is 'The run of a workflow it was run on.';
comment on column public.saved_action_runs.slide_id is 'The slide it was run on, if any.';
comment on column public.saved_action_runs.parameters is 'Its parameters.';
comment on column public.saved_action_runs.before is 'What undo restores; empty if it cannot be undone.';
comment on column public.saved_action_runs.summary is 'What was done, in a sentence.';
comment on column public.saved_action_runs.revision_after is 'Revision of the run of a workflow afterwards.';
comment on column public.saved_action_runs.undone_at is 'When it was undone.';
comment on column public.saved_action_runs.undone_by is 'Who undid it.';
comment on column public.saved_action_runs.created_at is 'When it was run.';
create index saved_action_runs_company on public.saved_action_runs (company_id, created_at desc, id desc);
create index saved_action_runs_execution on public.saved_action_runs (execution_id, company_id, created_at desc);
create index saved_action_runs_customer on public.saved_action_runs (customer_id, company_id);
create index saved_action_runs_undone_by on public.saved_action_runs (undone_by, company_id);
alter table public.saved_action_runs enable row level security;
revoke all on public.saved_action_runs from anon, authenticated;
grant select on public.saved_action_runs to authenticated;
create policy "members read their company's runs of actions" on public.saved_action_runs
for select to authenticated using (company_id = (select private.current_company_id()));

grant execute on function public.available_actions to authenticated;
