-- Undoing an action within 24 hours, unless the run has changed since.

create function private.raise_undo_conflict(run public.workflow_executions, reason text) returns void
language plpgsql stable set search_path = ''
as $$
begin
  raise sqlstate 'PT409' using message = 'This can no longer be undone. ' || reason,
    detail = jsonb_build_object('execution', to_jsonb(run))::text, hint = 'Nothing was changed.';
end;
$$;
comment on function private.raise_undo_conflict is 'Raises PT409 because the run has changed since the action.';

create function private.reopen_snooze(snooze uuid) returns void
language sql volatile security definer set search_path = ''
as $$ update public.workflow_snoozes s set ended_at = null, ended_by = null where s.id = snooze $$;
comment on function private.reopen_snooze is 'Opens a snooze again that an undone action had ended.';

create function private.undo_snooze(
  run public.workflow_executions, done public.saved_action_runs, detail jsonb
) returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  if run.status <> 'snoozed' or not exists (
    select 1 from public.workflow_snoozes s
    where s.execution_id = run.id and s.ended_at is null and s.created_at = done.created_at) then
    perform private.raise_undo_conflict(run, 'That snooze has ended.');
  end if;
  perform private.end_snooze(run, 'undo', null);
  perform private.transition(
    run, 'undo', jsonb_build_object('status', done.before -> 'status', 'due_on', done.before -> 'due_on'), detail);
  perform private.reopen_snooze((done.before ->> 'snooze_id')::uuid);
end;
$$;
comment on function private.undo_snooze is
'Ends a snooze, and restores the due date and the snooze the run had before.';

create function private.undo_skip(
  run public.workflow_executions, done public.saved_action_runs, detail jsonb
) returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  if run.status <> 'skipped' or run.revision <> done.revision_after then
    perform private.raise_undo_conflict(run, 'The run has been reopened since.');
  end if;
  perform private.transition(run, 'undo', jsonb_build_object('status', done.before -> 'status'), detail);
  perform private.reopen_snooze((done.before ->> 'snooze_id')::uuid);
exception when unique_violation then
  perform private.raise_undo_conflict(run, 'A new run of this workflow has started since.');
end;
$$;
comment on function private.undo_skip is 'Opens a skipped run, with the snooze it had before.';

create function private.undo_slide_skip(
  me public.profiles, run public.workflow_executions, done public.saved_action_runs
) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  step public.workflow_step_executions;
  slides text[];
begin
  select * into step from public.workflow_step_executions s
  where s.execution_id = run.id and s.slide_id = done.slide_id;
  select v.slide_sequence into slides from public.workflow_definition_versions v where v.id = run.definition_version_id;
  if run.ended_at is not null then
    perform private.raise_undo_conflict(run, 'The run has ended since.');
  elsif step.status <> 'skipped' or step.revision <> (done.before ->> 'step_revision')::int then
    perform private.raise_undo_conflict(run, 'The slide has changed since.');
  elsif not array[done.slide_id, done.before ->> 'current_slide'] <@ slides then
    perform private.raise_undo_conflict(run, 'The run has moved to another version since.');
  end if;
  update public.workflow_step_executions s
  set status = done.before ->> 'step_status', saved_by = me.id, revision = s.revision + 1
  where s.id = step.id;
  update public.workflow_executions e set revision = e.revision + 1, current_slide = done.before ->> 'current_slide'
  where e.id = run.id;
end;
$$;
comment on function private.undo_slide_skip is 'Restores a skipped slide as it was before.';

create function private.undo_hand_back(
  run public.workflow_executions, done public.saved_action_runs, detail jsonb
) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  escalation constant uuid := (done.before ->> 'escalation_id')::uuid;
begin
  if run.status <> 'active' or exists (
    select 1 from public.workflow_execution_events t
    where t.execution_id = run.id and t.created_at > done.created_at and t.payload -> 'set' ? 'status') then
    perform private.raise_undo_conflict(run, 'The run has changed since it was handed back.');
  elsif not exists (
    select 1 from public.workflow_escalations x join public.profiles p on p.id = x.assigned_to
    where x.id = escalation and p.is_active) then
    perform private.raise_undo_conflict(run, 'The person it was assigned to has left the company.');
  end if;
  perform private.transition(run, 'undo', '{"status": "escalated"}', detail);
  update public.workflow_escalations x set ended_at = null, ended_by = null, decision = null, seen_at = null
  where x.id = escalation;
end;
$$;
comment on function private.undo_hand_back is 'Escalates a run again, as if it had not been handed back.';

create function private.undo_version_move(
  run public.workflow_executions, done public.saved_action_runs, detail jsonb
) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  previous constant uuid := (done.before ->> 'definition_version_id')::uuid;
  slide text;
begin
  if run.ended_at is not null or run.definition_version_id <> (done.before ->> 'moved_to')::uuid then
    perform private.raise_undo_conflict(run, 'The run has moved to another version since, or has ended.');
  end if;
  select private.resume_slide(n.slide_sequence, o.slide_sequence, run.current_slide) into slide
  from public.workflow_definition_versions n, public.workflow_definition_versions o
  where n.id = run.definition_version_id and o.id = previous;
  perform private.transition(
    run, 'undo', jsonb_build_object('definition_version_id', previous, 'current_slide', slide), detail);
end;
$$;
comment on function private.undo_version_move is 'Moves a run back to the version it was on.';

create function private.lock_run_to_undo(
  me public.profiles, done public.saved_action_runs
) returns public.workflow_executions
language plpgsql volatile security definer set search_path = ''
as $$
declare
  run public.workflow_executions;
begin
  if done.kind <> 'hand_back' or done.actor_id <> me.id then
    return private.lock_run(me, done.execution_id);
  end if;
  -- Whoever handed a run back may undo that, though the run is no longer with them.
  select * into run from public.workflow_executions e
  where e.id = done.execution_id and e.company_id = me.company_id for no key update;
  return run;
end;
$$;
comment on function private.lock_run_to_undo is 'The run an action was done on, locked, for whoever may undo it.';

create function private.undo_action(p_run_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
  done public.saved_action_runs;
  run public.workflow_executions;
  detail jsonb;
begin
  select * into done from public.saved_action_runs r where r.id = p_run_id and r.company_id = me.company_id;
  if not found then
    raise sqlstate 'PT404' using message = 'This action does not exist, or you don''t have access to it.';
  elsif done.actor_id <> me.id and me.role = 'csm' then
    raise sqlstate 'PT403' using message = 'Only the person who did this or a manager can undo it.';
  elsif done.execution_id is not null then
    run := private.lock_run_to_undo(me, done);
    select * into done from public.saved_action_runs r where r.id = p_run_id for update;
  end if;
  if done.undone_at is not null then
    return private.action_result(done, true);
  elsif done.before = '{}' or run.id is null then
    raise sqlstate 'PT409' using message = 'This cannot be undone.', hint = 'Nothing was changed.';
  elsif done.created_at <= now() - interval '24 hours' then
    raise sqlstate 'PT409' using message = 'This was done more than 24 hours ago and can no longer be undone.',
      hint = 'Nothing was changed.';
  end if;
  detail := jsonb_build_object('kind', done.kind, 'summary', done.summary);
  case
    when done.kind = 'snooze' then perform private.undo_snooze(run, done, detail);
    when done.kind = 'skip' and done.slide_id is null then perform private.undo_skip(run, done, detail);
    when done.kind = 'skip' then perform private.undo_slide_skip(me, run, done);
    when done.kind = 'hand_back' then perform private.undo_hand_back(run, done, detail);
    when done.kind = 'move_version' then perform private.undo_version_move(run, done, detail);
  end case;
  update public.saved_action_runs r set undone_at = now(), undone_by = me.id where r.id = done.id returning * into done;
  return private.action_result(done, false) || jsonb_build_object('revision', run.revision + 1);
end;
$$;
comment on function private.undo_action is 'See public.undo_action.';

create function public.undo_action(p_run_id uuid) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.undo_action(p_run_id) $$;
comment on function public.undo_action is
'Undoes a snooze, a skip, a hand-back or a move to a version within 24 hours; raises PT409 if the run has changed '
'since. Idempotent.';

grant execute on function private.undo_action, public.undo_action to authenticated;
