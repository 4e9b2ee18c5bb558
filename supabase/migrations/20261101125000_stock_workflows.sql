-- Stock workflows and their branches come with the product. The operator's tool seeds them; no signed-in person writes
-- them.

create function public.seed_stock_workflow(p_workflow jsonb) returns jsonb
language plpgsql security invoker set search_path = ''
as $$
declare
  stock public.workflow_definitions;
  existing public.workflow_definition_versions;
  wanted int := (p_workflow ->> 'version')::int;
  sequence text[] := array(select jsonb_array_elements_text(p_workflow -> 'slide_sequence'));
  contexts jsonb := coalesce(p_workflow -> 'slide_contexts', '{}');
  suggested jsonb := nullif(p_workflow -> 'suggested_when', 'null');
  latest int;
begin
  insert into public.workflow_definitions (
    workflow_id, company_id, name, description, category, slide_sequence, slide_contexts, status)
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
        message = format(
          'Stock workflow %s version %s was already seeded with other content.', stock.workflow_id, wanted),
        hint = 'Give the new content the next version number.';
    end if;
  else
    insert into public.workflow_definition_versions (definition_id, company_id, workflow_id, version, name, description,
      category, slide_sequence, slide_contexts, note)
    values (stock.id, null, stock.workflow_id, wanted, p_workflow ->> 'name', p_workflow ->> 'description',
      p_workflow ->> 'category', sequence, contexts, p_workflow ->> 'note');
  end if;

  select max(version) into latest from public.workflow_definition_versions where definition_id = stock.id;
  if latest = wanted and (
    existing.id is null or stock.status <> 'published' or stock.suggested_when is distinct from suggested) then
    update public.workflow_definitions
    set name = p_workflow ->> 'name', description = p_workflow ->> 'description', category = p_workflow ->> 'category',
        slide_sequence = sequence, slide_contexts = contexts, suggested_when = suggested, status = 'published'
    where id = stock.id;
  end if;
  return jsonb_build_object('workflow_id', stock.workflow_id, 'version', wanted,
    'action', case when existing.id is not null then 'unchanged' when wanted > 1 then 'updated' else 'created' end);
end;
$$;
comment on function public.seed_stock_workflow is 'Operator only: stores one version of a stock workflow. Idempotent.';

create function public.cleanup_stock_workflows() returns jsonb
language plpgsql security invoker set search_path = ''
as $$
declare
  used uuid[];
  removed text[];
  archived text[];
begin
  -- A run that starts between looking and deleting would refer to a version that goes.
  lock table public.workflow_executions in share mode;
  select coalesce(array_agg(d.id), '{}') into used
  from public.workflow_definitions d
  where d.company_id is null and (
    exists (
      select 1 from public.workflow_executions e
      join public.workflow_definition_versions v on v.id = e.definition_version_id
      where v.definition_id = d.id)
    or exists (select 1 from public.workflow_definitions c where c.cloned_from = d.id)
    or exists (
      select 1 from public.workflow_drafts w
      join public.workflow_definition_versions v on v.id = w.base_version_id
      where v.definition_id = d.id)
    or exists (
      select 1 from public.workflow_chat_branches b where b.definition_id = d.id and b.company_id is not null));
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
comment on function public.cleanup_stock_workflows is
'Operator only: deletes stock workflows that are not used, and archives the others.';

-- A branch that is no longer in the file is archived, not deleted, because conversations may refer to it.
create function private.stock_branch_rows(p jsonb)
returns table (
  place bigint, slide_id text, branch_key text, branch_type text, label text, response_text text, prompt text,
  action_name text, saved_action_id uuid, snooze_days int, next_branch_key text
)
language sql stable set search_path = ''
as $$
  select
    b.place, b.branch ->> 'slide_id', b.branch ->> 'branch_key', b.branch ->> 'branch_type', b.branch ->> 'label',
    b.branch ->> 'response_text', b.branch ->> 'prompt', b.branch ->> 'saved_action', a.id,
    (b.branch ->> 'snooze_days')::int, b.branch ->> 'next_branch_key'
  from jsonb_array_elements(p -> 'branches') with ordinality b (branch, place)
  left join public.saved_actions a on a.name = b.branch ->> 'saved_action' and a.company_id is null
$$;
comment on function private.stock_branch_rows is
'The branches of a stock file as rows; saved_action_id is null for an unknown action.';

create function private.stock_branch_content(p jsonb, slides text[]) returns jsonb
language sql stable set search_path = ''
as $$
  select coalesce(jsonb_object_agg(s.slide_id, s.branches), '{}')
  from (
    select
      w.slide_id,
      jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
        'branch_key', w.branch_key, 'branch_type', w.branch_type, 'label', w.label, 'response_text', w.response_text,
        'prompt', w.prompt, 'saved_action_id', w.saved_action_id, 'snooze_days', w.snooze_days,
        'next_branch_key', w.next_branch_key
      )) order by w.place) as branches
    from private.stock_branch_rows(p) w where w.slide_id = any(slides) group by w.slide_id
  ) s
$$;
comment on function private.stock_branch_content is
'The branches of a stock file on these slides as content of a version.';

create function public.seed_chat_branches(p jsonb) returns jsonb
language plpgsql security invoker set search_path = ''
as $$
declare
  stock public.workflow_definitions;
  unknown text;
  created int;
  updated int;
  archived int;
begin
  select * into stock from public.workflow_definitions
  where workflow_id = p ->> 'workflow_id' and company_id is null for update;
  if not found then
    raise sqlstate 'PT404' using message = format('There is no stock workflow %s.', p ->> 'workflow_id');
  end if;
  select string_agg(format('%s/%s', w.slide_id, w.branch_key), ', ' order by w.place) into unknown
  from private.stock_branch_rows(p) w
  where w.slide_id <> all (stock.slide_sequence) or (w.action_name is not null and w.saved_action_id is null)
    or (w.next_branch_key is not null and not exists (
      select 1 from private.stock_branch_rows(p) n where (n.slide_id, n.branch_key) = (w.slide_id, w.next_branch_key)));
  if unknown is not null then
    raise sqlstate 'PT400' using
      message = format(
        'Stock branches of %s name a slide, an action or a next branch that does not exist: %s.',
        stock.workflow_id, unknown);
  end if;
  with written as (
    insert into public.workflow_chat_branches as b (
      definition_id, company_id, slide_id, branch_key, branch_type, label, response_text, prompt, saved_action_id,
      snooze_days, next_branch_key, position, status)
    select
      stock.id, null, w.slide_id, w.branch_key, w.branch_type, w.label, w.response_text, w.prompt, w.saved_action_id,
      w.snooze_days, w.next_branch_key, w.place, 'published'
    from private.stock_branch_rows(p) w
    on conflict (definition_id, company_id, slide_id, branch_key) do update
    set branch_type = excluded.branch_type, label = excluded.label, response_text = excluded.response_text,
        prompt = excluded.prompt, saved_action_id = excluded.saved_action_id, snooze_days = excluded.snooze_days,
        next_branch_key = excluded.next_branch_key, position = excluded.position, status = 'published'
    where (
      b.branch_type, b.label, b.response_text, b.prompt, b.saved_action_id, b.snooze_days, b.next_branch_key,
      b.position, b.status
    ) is distinct from (
      excluded.branch_type, excluded.label, excluded.response_text, excluded.prompt, excluded.saved_action_id,
      excluded.snooze_days, excluded.next_branch_key, excluded.position, 'published'
    )
    returning xmax = 0 as is_new)
  select count(*) filter (where is_new), count(*) filter (where not is_new) into created, updated from written;
  with gone as (
    update public.workflow_chat_branches b set status = 'archived'
    where b.definition_id = stock.id and b.company_id is null and b.status <> 'archived'
      and not exists (
        select 1 from private.stock_branch_rows(p) w where (w.slide_id, w.branch_key) = (b.slide_id, b.branch_key))
    returning 1)
  select count(*) into archived from gone;
  update public.workflow_definition_versions v set chat_branches = private.stock_branch_content(p, v.slide_sequence)
  where v.definition_id = stock.id
    and v.chat_branches is distinct from private.stock_branch_content(p, v.slide_sequence);
  return jsonb_build_object(
    'workflow_id', stock.workflow_id, 'created', created, 'updated', updated, 'archived', archived);
end;
$$;
comment on function public.seed_chat_branches is
'Operator only: makes the stock branches of a workflow and its versions those of the file. Idempotent.';

grant execute on function public.seed_stock_workflow, public.cleanup_stock_workflows, private.stock_branch_rows,
private.stock_branch_content, public.seed_chat_branches to service_role;
