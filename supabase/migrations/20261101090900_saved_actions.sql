-- Saved actions: reusable one-click actions, global or a company's own, and the record of every run of one.

create table public.saved_actions (
  id uuid primary key default gen_random_uuid(),
  company_id uuid references public.companies (id),
  kind text not null check (kind in ('snooze', 'skip', 'escalate', 'custom')),
  name text not null check (length(name) between 1 and 200),
  description text not null default '',
  parameters jsonb not null default '{}' check (jsonb_typeof(parameters) = 'object' and length(parameters::text) <= 100000),
  archived_at timestamptz,
  created_by uuid,
  revision int not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique nulls not distinct (company_id, name),
  foreign key (created_by, company_id) references public.profiles (id, company_id)
);
comment on table public.saved_actions is 'A reusable action; global when it belongs to no company.';
comment on column public.saved_actions.id is 'Identity of the action.';
comment on column public.saved_actions.company_id is 'Tenant; null for a global action.';
comment on column public.saved_actions.kind is 'Which handler runs it.';
comment on column public.saved_actions.name is 'Name on the button.';
comment on column public.saved_actions.description is 'What it does, in a sentence.';
comment on column public.saved_actions.parameters is 'Preset parameters, by the handler''s schema.';
comment on column public.saved_actions.archived_at is 'Since when it is no longer offered.';
comment on column public.saved_actions.created_by is 'Who made it; null for a global action.';
comment on column public.saved_actions.revision is 'Grows with every update; compare-and-set.';
comment on column public.saved_actions.created_at is 'When the row was made.';
comment on column public.saved_actions.updated_at is 'When the row last changed.';
create index saved_actions_created_by on public.saved_actions (created_by, company_id);
create trigger touch before update on public.saved_actions for each row execute function private.touch_updated_at();
create trigger revise before update on public.saved_actions for each row execute function private.grow_revision();

alter table public.saved_actions enable row level security;
revoke all on public.saved_actions from anon, authenticated;
grant select,
  insert (id, company_id, kind, name, description, parameters, created_by),
  update (kind, name, description, parameters, archived_at, revision)
  on public.saved_actions to authenticated;

create policy "members read global and their company's actions" on public.saved_actions
for select to authenticated
using ((company_id is null and (select private.my_company()) is not null) or company_id = (select private.my_company()));
create policy "leaders add actions of their company" on public.saved_actions
for insert to authenticated
with check (company_id = (select private.my_company()) and (select private.leads_team()) and created_by = (select auth.uid()));
create policy "leaders change actions of their company" on public.saved_actions
for update to authenticated
using (company_id = (select private.my_company()) and (select private.leads_team()))
with check (company_id = (select private.my_company()) and (select private.leads_team()));

insert into public.saved_actions (kind, name, description) values
  ('snooze', 'Snooze', 'Put this away until a date or a signal, with a reason.'),
  ('skip', 'Skip', 'Leave this out, with a reason that stays on record.'),
  ('escalate', 'Escalate', 'Hand this to a colleague, with a severity and a clock.');
