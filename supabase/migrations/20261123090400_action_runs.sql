-- Every run of an action is recorded, once for each click; and a company can put a global action out of sight.

create table public.saved_action_runs (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  action_id uuid,
  kind private.action_kind not null,
  name private.label not null,
  actor_id uuid not null,
  idempotency_key uuid not null,
  source private.action_source not null,
  customer_id uuid,
  execution_id uuid,
  slide_id text,
  parameters private.parameters not null default '{}',
  before private.facts not null default '{}',
  summary text not null default '',
  revision_after int,
  undone_at timestamptz,
  undone_by uuid,
  created_at timestamptz not null default now(),
  unique (actor_id, company_id, idempotency_key),
  check ((undone_at is null) = (undone_by is null)),
  foreign key (actor_id, company_id) references public.profiles (id, company_id),
  foreign key (customer_id, company_id) references public.customers (id, company_id),
  foreign key (execution_id, company_id) references public.workflow_executions (id, company_id)
);
comment on table public.saved_action_runs is 'Each run of an action: who, on what, with what, and what it came to. Written by the functions that act, never by hand.';
comment on column public.saved_action_runs.id is 'Identity of the run of the action.';
comment on column public.saved_action_runs.company_id is 'Tenant.';
comment on column public.saved_action_runs.action_id is 'The saved action; null for what every run offers (hand back, move to a version). Without a foreign key: each click would lock the same row of a global action.';
comment on column public.saved_action_runs.kind is 'Which handler ran.';
comment on column public.saved_action_runs.name is 'Name of the action in that moment.';
comment on column public.saved_action_runs.actor_id is 'Who clicked.';
comment on column public.saved_action_runs.idempotency_key is 'One for each click: the same again does nothing again.';
comment on column public.saved_action_runs.source is 'From where: a slide, the dashboard, the inbox, a chat, a script.';
comment on column public.saved_action_runs.customer_id is 'The customer.';
comment on column public.saved_action_runs.execution_id is 'The run of a workflow it acted on.';
comment on column public.saved_action_runs.slide_id is 'The slide it acted on, where it was one.';
comment on column public.saved_action_runs.parameters is 'What it was run with.';
comment on column public.saved_action_runs.before is 'What undoing it restores; empty where it cannot be undone.';
comment on column public.saved_action_runs.summary is 'What was done, in a sentence.';
comment on column public.saved_action_runs.revision_after is 'Revision of the run of a workflow afterwards.';
comment on column public.saved_action_runs.undone_at is 'When it was undone.';
comment on column public.saved_action_runs.undone_by is 'Who undid it. Without a foreign key, whose index every undo would write: the same person is the actor of the event told with it, which has one.';
comment on column public.saved_action_runs.created_at is 'When.';
create index saved_action_runs_company on public.saved_action_runs (company_id, created_at desc, id desc);
create index saved_action_runs_execution on public.saved_action_runs (execution_id, company_id, created_at desc);
create index saved_action_runs_customer on public.saved_action_runs (customer_id, company_id);
-- Undoing touches no index, and the row can stay on its page.
alter table public.saved_action_runs set (fillfactor = 90);

alter table public.saved_action_runs enable row level security;
revoke all on public.saved_action_runs from anon, authenticated;
grant select on public.saved_action_runs to authenticated;
grant select, insert, update, delete on public.saved_action_runs to service_role;
create policy "members read their company's runs of actions" on public.saved_action_runs
for select to authenticated using (company_id = (select private.my_company()));

-- A kind is a handler's name; which there are, lib/actions/registry.py says. One may want a leader's approval in a chat.
alter table public.saved_actions
  drop constraint saved_actions_kind_check,
  add constraint saved_actions_kind_check check (kind ~ '^[a-z][a-z_]{1,39}$'),
  add column needs_leader boolean not null default false;
comment on column public.saved_actions.needs_leader is 'True when a csm who runs it from a chat needs a leader''s approval.';
grant insert (needs_leader), update (needs_leader) on public.saved_actions to authenticated;

create table public.hidden_saved_actions (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null references public.companies (id),
  action_id uuid not null references public.saved_actions (id),
  hidden_by uuid not null,
  created_at timestamptz not null default now(),
  unique (company_id, action_id),
  foreign key (hidden_by, company_id) references public.profiles (id, company_id)
);
comment on table public.hidden_saved_actions is 'Global actions a company does not want to be offered.';
comment on column public.hidden_saved_actions.id is 'Identity of the row.';
comment on column public.hidden_saved_actions.company_id is 'Tenant.';
comment on column public.hidden_saved_actions.action_id is 'The global action.';
comment on column public.hidden_saved_actions.hidden_by is 'Who put it out of sight.';
comment on column public.hidden_saved_actions.created_at is 'When.';
create index hidden_saved_actions_action on public.hidden_saved_actions (action_id);
create index hidden_saved_actions_hidden_by on public.hidden_saved_actions (hidden_by, company_id);
alter table public.hidden_saved_actions enable row level security;
revoke all on public.hidden_saved_actions from anon, authenticated;
grant select, insert (company_id, action_id, hidden_by), delete on public.hidden_saved_actions to authenticated;
grant select, insert, update, delete on public.hidden_saved_actions to service_role;
create policy "members read what their company hides" on public.hidden_saved_actions
for select to authenticated using (company_id = (select private.my_company()));
create policy "leaders hide global actions from their company" on public.hidden_saved_actions
for insert to authenticated
with check (company_id = (select private.my_company()) and (select private.leads_team()) and hidden_by = (select auth.uid())
            and exists (select 1 from public.saved_actions a where a.id = action_id and a.company_id is null));
create policy "leaders show them again" on public.hidden_saved_actions
for delete to authenticated
using (company_id = (select private.my_company()) and (select private.leads_team()));
