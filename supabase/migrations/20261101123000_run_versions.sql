-- A run is pinned to a version of its workflow; the person moves it to a newer one, or stays.

create function private.resume_slide(before text[], after text[], current_slide text) returns text
language sql immutable set search_path = ''
as $$
  select coalesce(
    (
      select x.slide from unnest(before) with ordinality x (slide, place)
      where place >= array_position(before, current_slide) and x.slide = any(after)
      order by place limit 1
    ),
    after[1]
  )
$$;
comment on function private.resume_slide is
'The slide to resume at in another sequence: the same, the next one that is still there, or the first.';

create function private.notify_of_version_move(
  me public.profiles, run public.workflow_executions, from_version int, to_version int
) returns void
language sql volatile security definer set search_path = ''
as $$
  insert into public.notices (company_id, person_id, from_id, customer_id, execution_id, body)
  select
    run.company_id, person, me.id, run.customer_id, run.id,
    format(
      '%s moved the run “%s” for %s from version %s to version %s of its workflow.',
      me.full_name, v.name, c.name, from_version, to_version
    )
  from
    public.customers c, public.workflow_definition_versions v,
    (select distinct p from unnest(array[run.owner_id, run.assigned_to]) p) people (person)
  where c.id = run.customer_id and v.id = run.definition_version_id and person <> me.id
$$;
comment on function private.notify_of_version_move is
'Leaves a notice to the owner of a run and whoever it is assigned to, except for who moved it.';

create function private.move_to_version(
  p_execution_id uuid, p_version_id uuid, p_revision int, p_key uuid
) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
  done constant public.saved_action_runs := private.find_action_run(me, p_key);
  run public.workflow_executions;
  old_version public.workflow_definition_versions;
  new_version public.workflow_definition_versions;
begin
  if done.id is not null then
    return private.replay_action_run(done, done.kind = 'move_version' and done.execution_id = p_execution_id);
  end if;
  run := private.lock_run(me, p_execution_id);
  perform private.require_transition('move_version', run, run.status);
  if run.revision is distinct from p_revision then
    raise sqlstate 'PT409' using
      message = 'This run was changed elsewhere after you opened it.',
      detail = jsonb_build_object('execution', to_jsonb(run))::text,
      hint = 'Review the changes, then decide.';
  end if;
  select * into old_version from public.workflow_definition_versions v where v.id = run.definition_version_id;
  select * into new_version from public.workflow_definition_versions v
  where v.id = p_version_id and v.definition_id = old_version.definition_id and v.version > old_version.version;
  if not found then
    raise sqlstate 'PT404' using message = 'This is not a newer version of the run''s workflow.';
  end if;
  run := private.transition(run, 'move_version', jsonb_build_object(
    'definition_version_id', new_version.id, 'current_slide', private.resume_slide(
      old_version.slide_sequence, new_version.slide_sequence, run.current_slide)),
    jsonb_build_object('from_version', old_version.version, 'to_version', new_version.version));
  perform private.notify_of_version_move(me, run, old_version.version, new_version.version);
  return private.record_action_run(me, run, jsonb_build_object(
    'kind', 'move_version', 'name', 'Move to a newer version', 'idempotency_key', p_key, 'source', 'page',
    'parameters', jsonb_build_object('from', old_version.version, 'to', new_version.version),
    'before', jsonb_build_object('definition_version_id', old_version.id, 'moved_to', new_version.id),
    'summary', format('Moved from version %s to %s.', old_version.version, new_version.version)))
    || jsonb_build_object('current_slide', run.current_slide);
end;
$$;
comment on function private.move_to_version is 'See public.move_to_version.';

create function public.move_to_version(
  p_execution_id uuid, p_version_id uuid, p_revision int, p_key uuid
) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.move_to_version(p_execution_id, p_version_id, p_revision, p_key) $$;
comment on function public.move_to_version is
'Moves an open run to a newer version of its workflow; answers stay, by slide. Its owner gets a notice. Can be undone for 24 '
'hours.';

create function private.stay_on_version(p_execution_id uuid, p_version int) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
  run public.workflow_executions := private.lock_run(me, p_execution_id);
begin
  perform private.require_transition('move_version', run, run.status);
  if not exists (
    select 1 from public.workflow_definition_versions v
    join public.workflow_definition_versions n on n.definition_id = v.definition_id
    where v.id = run.definition_version_id and n.version = p_version and n.version > v.version) then
    raise sqlstate 'PT404' using message = 'This is not a newer version of the run''s workflow.';
  end if;
  if coalesce(run.declined_version, 0) < p_version then
    update public.workflow_executions e set declined_version = p_version, revision = e.revision + 1
    where e.id = run.id returning * into run;
    perform private.log_execution_event(
      run.company_id, run.id, 'stayed', jsonb_build_object('declined_version', p_version));
  end if;
  return jsonb_build_object('declined_version', run.declined_version, 'revision', run.revision);
end;
$$;
comment on function private.stay_on_version is 'See public.stay_on_version.';

create function public.stay_on_version(p_execution_id uuid, p_version int) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.stay_on_version(p_execution_id, p_version) $$;
comment on function public.stay_on_version is
'Keeps a run on its version: newer ones up to p_version are not offered again.';

grant execute on function private.resume_slide, private.move_to_version, public.move_to_version,
private.stay_on_version, public.stay_on_version to authenticated;
