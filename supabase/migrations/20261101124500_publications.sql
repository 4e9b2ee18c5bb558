-- What publishing does to open runs: which are on older versions, moving chosen ones, and taking that back.

create function private.list_answered_slides(execution uuid, slides text[]) returns text[]
language sql stable security invoker set search_path = ''
as $$
  select array(
    select x.slide from unnest(slides) with ordinality x (slide, place)
    where
      exists (
        select 1 from public.workflow_step_executions t
        cross join lateral jsonb_each(t.answers) a (key, value)
        where t.execution_id = execution and t.slide_id = x.slide and a.value not in ('null', '""', '[]', '{}', 'false')
      )
    order by x.place
  )
$$;
comment on function private.list_answered_slides is 'Those of these slides that have an answer in a run, in order.';

create function private.list_runs_to_move(definition uuid, next_version int, slides text[]) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  with open_runs as materialized (
    select e.*, v.version, v.slide_sequence, private.list_answered_slides(e.id, v.slide_sequence) as answered
    from public.workflow_executions e
    join public.workflow_definition_versions v on v.id = e.definition_version_id
    where
      v.definition_id = definition and v.version < next_version and e.ended_at is null
      and e.company_id = (select private.current_company_id())
  )
  select jsonb_build_object(
    'run_count', (select count(*) from open_runs),
    'runs', coalesce((
      select
        jsonb_agg(jsonb_build_object(
          'execution_id', e.id, 'revision', e.revision, 'status', e.status, 'version', e.version,
          'customer_id', e.customer_id, 'customer_name', c.name, 'owner_id', e.owner_id, 'owner_name', p.full_name,
          'assigned_to', e.assigned_to, 'current_slide', e.current_slide,
          'resume_slide', private.resume_slide(e.slide_sequence, slides, e.current_slide),
          'answered_slides', to_jsonb(e.answered),
          'dropped_slides', (
            select coalesce(jsonb_agg(a.slide order by a.place), '[]')
            from unnest(e.answered) with ordinality a (slide, place) where a.slide <> all(slides)
          ),
          'can_move', private.can_write_execution(e.id)
        ) order by c.name, e.id)
      from (select * from open_runs o order by o.updated_at desc, o.id limit 500) e
      join public.customers c on c.id = e.customer_id join public.profiles p on p.id = e.owner_id
    ), '[]')
  )
$$;
comment on function private.list_runs_to_move is
'Open runs of the company on versions before this one, which has these slides: how many, and the 500 changed last with '
'their answered slides and those of them that are not in it.';

create function public.preview_publication(p_draft_id uuid) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  draft public.workflow_drafts;
  line public.workflow_definitions;
  latest public.workflow_definition_versions;
begin
  perform private.require_member();
  select * into draft from public.workflow_drafts d where d.id = p_draft_id;
  if not found then
    raise sqlstate 'PT404' using message = 'This draft does not exist, or you don''t have access to it.',
      hint = 'Someone may have published or discarded it.';
  end if;
  select * into line from public.workflow_definitions d
  where (d.workflow_id, d.company_id) = (draft.workflow_id, draft.company_id);
  select * into latest from public.workflow_definition_versions v
  where v.definition_id = line.id order by v.version desc limit 1;
  return jsonb_build_object(
    'next_version', coalesce(latest.version, 0) + 1,
    'newer_version', case
      when line.status = 'published' and latest.id is distinct from draft.base_version_id then latest.version end,
    'stock_run_count', (
      select count(*) from public.workflow_executions e
      join public.workflow_definition_versions v on v.id = e.definition_version_id
      where v.company_id is null and v.workflow_id = draft.workflow_id and e.ended_at is null
        and e.company_id = draft.company_id))
    || private.list_runs_to_move(line.id, coalesce(latest.version, 0) + 1, draft.slide_sequence);
end;
$$;
comment on function public.preview_publication is
'What publishing a draft does: the number of the version, the newer one it would be refused for, open runs that may be '
'moved to it, and how many stay on the stock workflow with its id.';

create function public.runs_on_older_versions(p_version_id uuid) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  version public.workflow_definition_versions;
begin
  perform private.require_member();
  select * into version from public.workflow_definition_versions v where v.id = p_version_id;
  if not found then
    raise sqlstate 'PT404' using message = 'This version does not exist, or you don''t have access to it.';
  end if;
  return private.list_runs_to_move(version.definition_id, version.version, version.slide_sequence);
end;
$$;
comment on function public.runs_on_older_versions is
'Open runs of the company that may be moved to a version, as in preview_publication.';

create function private.is_run_move(move jsonb) returns boolean
language sql immutable set search_path = ''
as $$
  select case
    when jsonb_typeof(move) = 'object'
      then
        coalesce(move ->> 'execution_id' ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$', false)
        and coalesce(move ->> 'key' ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$', false)
        and coalesce(jsonb_typeof(move -> 'revision') = 'number' and move ->> 'revision' ~ '^\d{1,9}$', false)
    else false
  end
$$;
comment on function private.is_run_move is 'True for JSON with the id and revision of a run and the key of the click.';

create function private.move_runs_to_version(p_version_id uuid, p_moves jsonb) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  most constant int := 500;
  me constant public.profiles := private.current_profile();
  move record;
  moved jsonb := '[]';
  failed jsonb := '[]';
begin
  if jsonb_typeof(p_moves) is distinct from 'array' or jsonb_array_length(p_moves) not between 1 and most
     or exists (select 1 from jsonb_array_elements(p_moves) m (move) where not private.is_run_move(m.move)) then
    raise sqlstate 'PT400' using message = format('Choose 1 to %s runs to move.', most);
  end if;
  -- In the order of their ids, so that two people who move the same runs do not wait for each other.
  for move in
    select (m.move ->> 'execution_id')::uuid as execution, (m.move ->> 'revision')::int as revision,
      (m.move ->> 'key')::uuid as key
    from jsonb_array_elements(p_moves) m (move) order by 1
  loop
    begin
      moved := moved || private.move_to_version(move.execution, p_version_id, move.revision, move.key);
    exception when sqlstate 'PT400' or sqlstate 'PT403' or sqlstate 'PT404' or sqlstate 'PT409' then
      failed := failed || jsonb_build_object(
        'execution_id', move.execution, 'reason', sqlerrm, 'customer_name', (
          select c.name from public.workflow_executions e join public.customers c on c.id = e.customer_id
          where e.id = move.execution and e.company_id = me.company_id));
    end;
  end loop;
  return jsonb_build_object('moved', moved, 'failed', failed);
end;
$$;
comment on function private.move_runs_to_version is 'See public.move_runs_to_version.';

create function public.move_runs_to_version(p_version_id uuid, p_moves jsonb) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.move_runs_to_version(p_version_id, p_moves) $$;
comment on function public.move_runs_to_version is
'Moves up to 500 runs to a newer version of their workflow, each as move_to_version would; the others stay, and come '
'back with the reason. p_moves: [{execution_id, revision, key}].';

create function private.undo_version_moves(p_run_ids uuid[]) returns text[]
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
  done public.saved_action_runs;
  kept_names text[] := '{}';
begin
  for done in
    select r.* from public.saved_action_runs r
    where r.id = any (p_run_ids[:500]) and r.company_id = me.company_id and r.kind = 'move_version' order by r.id
  loop
    begin
      perform private.undo_action(done.id);
    exception when sqlstate 'PT403' or sqlstate 'PT404' or sqlstate 'PT409' then
      kept_names := kept_names || (select c.name from public.customers c where c.id = done.customer_id);
    end;
  end loop;
  return kept_names;
end;
$$;
comment on function private.undo_version_moves is 'See public.undo_version_moves.';

create function public.undo_version_moves(p_run_ids uuid[]) returns text[]
language sql volatile security invoker set search_path = ''
as $$ select private.undo_version_moves(p_run_ids) $$;
comment on function public.undo_version_moves is
'Takes back moves to a version, up to 500, each as undo_action would; returns the customers of the runs that stay, '
'because somebody else moved them, a day has passed, or they have changed since. Idempotent.';

grant execute on function private.undo_version_moves,
public.undo_version_moves,
private.list_answered_slides,
private.list_runs_to_move,
public.preview_publication,
public.runs_on_older_versions, private.move_runs_to_version, public.move_runs_to_version to authenticated;
