-- Stock workflows come with the product: the operator's tool seeds them, nobody signed in can write them.

create function public.seed_stock_workflow(p_workflow jsonb) returns jsonb
language plpgsql security invoker set search_path = ''
as $$
declare
  stock public.workflow_definitions;
  existing public.workflow_definition_versions;
  wanted int := (p_workflow ->> 'version')::int;
  sequence text[] := array(select jsonb_array_elements_text(p_workflow -> 'slide_sequence'));
  contexts jsonb := coalesce(p_workflow -> 'slide_contexts', '{}');
  latest int;
begin
  insert into public.workflow_definitions (workflow_id, company_id, name, description, category, slide_sequence, slide_contexts, status)
  values (p_workflow ->> 'workflow_id', null, p_workflow ->> 'name', p_workflow ->> 'description',
          p_workflow ->> 'category', sequence, contexts, 'published')
  on conflict (workflow_id, company_id) do nothing;
  select * into stock from public.workflow_definitions
  where workflow_id = p_workflow ->> 'workflow_id' and company_id is null for update;

  select * into existing from public.workflow_definition_versions where definition_id = stock.id and version = wanted;
  if found then
    if existing.slide_sequence <> sequence or existing.slide_contexts <> contexts
       or existing.name <> p_workflow ->> 'name' or existing.category <> p_workflow ->> 'category'
       or existing.description <> p_workflow ->> 'description' then
      raise sqlstate 'PT409' using
        message = format('Stock workflow %s version %s was already seeded with other content.', stock.workflow_id, wanted),
        hint = 'Give the new content the next version number.';
    end if;
  else
    insert into public.workflow_definition_versions (definition_id, company_id, workflow_id, version, name, description,
      category, slide_sequence, slide_contexts, note)
    values (stock.id, null, stock.workflow_id, wanted, p_workflow ->> 'name', p_workflow ->> 'description',
      p_workflow ->> 'category', sequence, contexts, p_workflow ->> 'note');
  end if;

  select max(version) into latest from public.workflow_definition_versions where definition_id = stock.id;
  if latest = wanted and (existing.id is null or stock.status <> 'published') then
    update public.workflow_definitions
    set name = p_workflow ->> 'name', description = p_workflow ->> 'description', category = p_workflow ->> 'category',
        slide_sequence = sequence, slide_contexts = contexts, status = 'published'
    where id = stock.id;
  end if;
  return jsonb_build_object('workflow_id', stock.workflow_id, 'version', wanted,
    'action', case when existing.id is not null then 'unchanged' when wanted > 1 then 'updated' else 'created' end);
end;
$$;
comment on function public.seed_stock_workflow is 'Operator only: brings one version of a stock workflow in; the same content twice changes nothing.';

create function public.cleanup_stock_workflows() returns jsonb
language plpgsql security invoker set search_path = ''
as $$
declare
  used uuid[];
  removed text[];
  archived text[];
begin
  select coalesce(array_agg(distinct v.definition_id), '{}') into used
  from public.workflow_definition_versions v
  where v.company_id is null and (
    exists (select 1 from public.workflow_executions e where e.definition_version_id = v.id)
    or exists (select 1 from public.workflow_definitions c where c.cloned_from = v.definition_id));
  delete from public.workflow_chat_branches where company_id is null and definition_id <> all (used);
  delete from public.workflow_definition_versions where company_id is null and definition_id <> all (used);
  with gone as (
    delete from public.workflow_definitions where company_id is null and id <> all (used) returning workflow_id)
  select coalesce(array_agg(workflow_id order by workflow_id), '{}') into removed from gone;
  with kept as (
    update public.workflow_definitions set status = 'archived'
    where company_id is null and id = any (used) and status <> 'archived' returning workflow_id)
  select coalesce(array_agg(workflow_id order by workflow_id), '{}') into archived from kept;
  return jsonb_build_object('removed', removed, 'archived', archived);
end;
$$;
comment on function public.cleanup_stock_workflows is 'Operator only: removes stock workflows nobody used, archives the others; a company''s own stay.';

grant execute on function public.seed_stock_workflow, public.cleanup_stock_workflows to service_role;
grant select, insert, update, delete on public.workflow_definitions, public.workflow_definition_versions to service_role;
