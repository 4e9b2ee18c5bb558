-- Finished runs kept as cases: what a new version of their workflow is tried on before it is published. A case refers to
-- its run; its account is read as it was when the run ended, so nothing about a customer is copied.

create table public.workflow_cases (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  execution_id uuid not null,
  name text not null check (private.text_error(name, 120, 'x') is null),
  kept_by uuid not null default auth.uid(),
  created_at private.moment not null default now(),
  unique (execution_id),
  foreign key (execution_id, company_id) references public.workflow_executions (id, company_id),
  foreign key (kept_by, company_id) references public.profiles (id, company_id)
);
comment on table public.workflow_cases is
'A completed run kept as a case. Replaying composes a newer version over its answers and its account as it was then.';
comment on column public.workflow_cases.id is 'Identity of the case.';
comment on column public.workflow_cases.company_id is 'Tenant.';
comment on column public.workflow_cases.execution_id is 'The run.';
comment on column public.workflow_cases.name is 'What the case is called.';
comment on column public.workflow_cases.kept_by is 'Who kept it.';
comment on column public.workflow_cases.created_at is 'When it was kept.';
create index workflow_cases_company on public.workflow_cases (company_id, created_at desc, id desc);
create index workflow_cases_execution on public.workflow_cases (execution_id, company_id);
create index workflow_cases_kept_by on public.workflow_cases (kept_by, company_id);

create function private.guard_case() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  most constant int := 60;
  run public.workflow_executions;
begin
  select * into run from public.workflow_executions e where (e.id, e.company_id) = (new.execution_id, new.company_id);
  if run.status is distinct from 'completed' then
    raise sqlstate 'PT409' using message = 'Only a completed run can be kept as a case.';
  elsif most <= (
    select count(*) from public.workflow_cases c join public.workflow_executions e on e.id = c.execution_id
    where (e.company_id, e.workflow_id) = (run.company_id, run.workflow_id)) then
    raise sqlstate 'PT409' using message = format('A workflow can have up to %s cases.', most),
      hint = 'Remove one first.';
  end if;
  return new;
end;
$$;
comment on function private.guard_case is
'Before a case is kept: its run is completed, and its workflow has fewer than 60 cases.';
create trigger guard before insert on public.workflow_cases for each row execute function private.guard_case();

alter table public.workflow_cases enable row level security;
revoke all on public.workflow_cases from anon, authenticated;
grant select, insert (company_id, execution_id, name, kept_by), delete on public.workflow_cases to authenticated;
create policy "members read their company's cases" on public.workflow_cases
for select to authenticated using (company_id = (select private.current_company_id()));
create policy "members keep runs of their company" on public.workflow_cases
for insert to authenticated
with check (company_id = (select private.current_company_id()) and kept_by = (select auth.uid()));
create policy "members remove cases they kept, leaders those of the company" on public.workflow_cases
for delete to authenticated
using (
  company_id = (select private.current_company_id())
  and (kept_by = (select auth.uid()) or (select private.is_team_lead()))
);

create function private.read_case(kept public.workflow_cases) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select
    to_jsonb(kept) || jsonb_build_object(
      'customer_name', c.name,
      'kept_by_name', (select p.full_name from public.profiles p where p.id = kept.kept_by),
      'may_remove', kept.kept_by = auth.uid() or private.is_team_lead(),
      'ended_at', e.ended_at,
      'version', to_jsonb(v),
      -- Closing a run changes the book in the same transaction: the account is the one of the moment before.
      'account', private.read_account_as_of(
        e.customer_id, (e.ended_at at time zone private.time_zone())::date, e.ended_at - interval '1 microsecond'
      ),
      'steps', coalesce((
        select jsonb_agg(to_jsonb(s) order by s.created_at)
        from public.workflow_step_executions s where s.execution_id = e.id
      ), '[]')
    )
  from public.workflow_executions e
  join public.workflow_definition_versions v on v.id = e.definition_version_id
  join public.customers c on c.id = e.customer_id
  where e.id = kept.execution_id and e.status = 'completed'
$$;
comment on function private.read_case is
'A case with its run''s version, answers and account as it was when the run ended; null once the run was reopened.';

create function public.workflow_cases(p_workflow_id text) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  company constant uuid := private.current_company_id();
begin
  perform private.require_member();
  return jsonb_build_object(
    'cases', (
      select coalesce(jsonb_agg(r.read order by k.created_at, k.id) filter (where r.read is not null), '[]')
      from public.workflow_cases k
      join public.workflow_executions e on e.id = k.execution_id
      cross join lateral (select private.read_case(k) as read) r
      where k.company_id = company and e.workflow_id = p_workflow_id),
    'candidates', (
      select coalesce(jsonb_agg(to_jsonb(x) order by x.ended_at desc, x.execution_id), '[]') from (
        select e.id as execution_id, c.name as customer_name, e.ended_at
        from public.workflow_executions e join public.customers c on c.id = e.customer_id
        where e.company_id = company and e.workflow_id = p_workflow_id and e.status = 'completed'
          and not exists (select 1 from public.workflow_cases k where k.execution_id = e.id)
        order by e.ended_at desc, e.id limit 50
      ) x));
end;
$$;
comment on function public.workflow_cases is
'The cases of a workflow with all it takes to replay them, and the latest 50 completed runs that are none.';
grant execute on function private.read_case, public.workflow_cases to authenticated;
