-- The catalogue in one request: every workflow one may start, its latest version, its runs, and the customers to start it for.

create function public.workflow_catalogue() returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select jsonb_build_object(
    'workflows', coalesce((
      select jsonb_agg(jsonb_build_object(
        'definition', to_jsonb(d),
        'version', (select to_jsonb(v) from public.workflow_definition_versions v
                    where v.definition_id = d.id order by v.version desc limit 1),
        'open_runs', r.open_runs, 'done_runs', r.done_runs) order by d.company_id nulls last, d.name)
      from public.workflow_definitions d
      cross join lateral (
        select count(*) filter (where e.ended_at is null) as open_runs,
          count(*) filter (where e.status = 'completed') as done_runs
        from public.workflow_executions e join public.workflow_definition_versions v on v.id = e.definition_version_id
        where v.definition_id = d.id) r
      where d.status <> 'archived'), '[]'),
    'customers', coalesce((
      select jsonb_agg(jsonb_build_object('id', c.id, 'name', c.name, 'owner_id', c.owner_id,
        'open', coalesce((select jsonb_object_agg(e.workflow_id, e.id) from public.workflow_executions e
                          where e.customer_id = c.id and e.ended_at is null), '{}')) order by c.name)
      from public.customers c
      where c.status = 'active' and ((select private.leads_team()) or c.owner_id = (select auth.uid()))), '[]'))
$$;
comment on function public.workflow_catalogue is 'Workflows with their latest version and run counts, and the customers one may start them for.';
grant execute on function public.workflow_catalogue to authenticated;
