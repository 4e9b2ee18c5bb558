-- The page of a customer in one request. Invoker: row-level security decides what is visible.

create function private.list_open_runs(customer uuid) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(x) order by x.due_on, x.updated_at desc, x.execution_id), '[]')
  from (
    select
      e.id as execution_id, e.workflow_id, v.name as workflow_name, e.status, e.current_slide, e.due_on, e.updated_at,
      (select p.full_name from public.profiles p where p.id = e.assigned_to) as assigned_to_name,
      cardinality(v.slide_sequence) as slides,
      (
        select count(*) from public.workflow_step_executions s where s.execution_id = e.id and s.status <> 'draft'
      ) as slides_done
    from public.workflow_executions e join public.workflow_definition_versions v on v.id = e.definition_version_id
    where e.customer_id = customer and e.ended_at is null
  ) x
$$;
comment on function private.list_open_runs is 'Open runs for a customer, the next due first.';

create function private.list_offered_workflows(company uuid) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('workflow_id', w.workflow_id, 'name', w.name) order by w.name), '[]')
  from (
    select distinct on (d.workflow_id) d.workflow_id, v.name
    from public.workflow_definitions d join public.workflow_definition_versions v on v.definition_id = d.id
    where d.status = 'published' and (d.company_id = company or d.company_id is null)
    order by d.workflow_id, d.company_id nulls last, v.version desc
  ) w
$$;
comment on function private.list_offered_workflows is
'Workflows that can be started in a company; its own takes the place of a stock one with the same id.';

create function private.suggest_workflow(customer uuid, today date) returns text
language sql stable security invoker set search_path = ''
as $$
  select r.workflow_id from private.ranked_customers(array[customer], today) r
  where r.workflow_id is not null and not private.has_recent_run(customer, r.workflow_id)
$$;
comment on function private.suggest_workflow is
'The workflow that fits a customer now; null where none does, or a run is open or recent.';

create function public.customer_page(p_customer_id uuid) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  account constant jsonb := public.customer_account(p_customer_id);
  company constant uuid := account #>> '{customer,company_id}';
begin
  return jsonb_build_object(
    'account', account,
    'may_write', private.can_write_customer(p_customer_id),
    'may_write_contracts', private.is_team_lead(),
    'contracts', (
      select coalesce(jsonb_agg(to_jsonb(k) order by k.starts_on desc, k.id), '[]')
      from public.contracts k where k.customer_id = p_customer_id
    ),
    'open_runs', private.list_open_runs(p_customer_id),
    'workflows', private.list_offered_workflows(company),
    'suggested_workflow_id', private.suggest_workflow(p_customer_id, (account ->> 'today')::date)
  );
end;
$$;
comment on function public.customer_page is
'A customer as customer_account returns it, with all contracts, open runs, the workflows that can be started and the '
'one that fits now. Raises PT404 for a customer one may not see.';

grant execute on function private.list_open_runs, private.list_offered_workflows, private.suggest_workflow,
public.customer_page to authenticated;
