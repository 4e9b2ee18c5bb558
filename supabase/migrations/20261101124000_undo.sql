-- Taking back an action within 24 hours, unless the world has moved on.

create function private.moved_on(run public.workflow_executions, because text) returns void
language plpgsql stable set search_path = ''
as $$
begin
  raise sqlstate 'PT409' using message = 'This can no longer be undone. ' || because,
    detail = jsonb_build_object('execution', to_jsonb(run))::text, hint = 'Nothing was changed.';
end;
$$;
comment on function private.moved_on is 'Refuses an undo because the world has moved on.';

create function private.undo_snooze(run public.workflow_executions, done public.saved_action_runs) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  earlier constant uuid := done.before ->> 'snooze_id';
begin
  if run.status <> 'snoozed' or not exists (
    select 1 from public.workflow_snoozes s where s.execution_id = run.id and s.ended_at is null and s.created_at = done.created_at) then
    perform private.moved_on(run, 'It is no longer put away as it was then.');
  end if;
  -- One that ends with the status is ended by tell_execution.
  if done.before ->> 'status' = 'snoozed' then
    update public.workflow_snoozes s set ended_at = now(), ended_by = 'undo' where s.execution_id = run.id and s.ended_at is null;
  end if;
  update public.workflow_executions e
  set status = done.before ->> 'status', due_on = (done.before ->> 'due_on')::date, revision = e.revision + 1 where e.id = run.id;
  if earlier is not null then
    update public.workflow_snoozes s set ended_at = null, ended_by = null where s.id = earlier;
  end if;
end;
$$;
comment on function private.undo_snooze is 'Takes a run back from where a snooze put it, with the due date and the snooze it had before.';

create function private.undo_skip(run public.workflow_executions, done public.saved_action_runs) returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  if run.status <> 'skipped' or run.revision <> done.revision_after then
    perform private.moved_on(run, 'The run was taken up again since.');
  end if;
  update public.workflow_executions e set status = done.before ->> 'status', revision = e.revision + 1 where e.id = run.id;
  update public.workflow_snoozes s set ended_at = null, ended_by = null where s.id = (done.before ->> 'snooze_id')::uuid;
exception when unique_violation then
  perform private.moved_on(run, 'A new run of this workflow was started since.');
end;
$$;
comment on function private.undo_skip is 'Opens a run that was left out, with the snooze it had before.';

create function private.undo_slide(
  me public.profiles, run public.workflow_executions, done public.saved_action_runs
) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  step public.workflow_step_executions;
  slides text[];
begin
  select * into step from public.workflow_step_executions s where s.execution_id = run.id and s.slide_id = done.slide_id;
  select v.slide_sequence into slides from public.workflow_definition_versions v where v.id = run.definition_version_id;
  if run.ended_at is not null then
    perform private.moved_on(run, 'The run was ended since.');
  elsif step.status <> 'skipped' or step.revision <> (done.before ->> 'step_revision')::int then
    perform private.moved_on(run, 'The slide was worked on since.');
  elsif not array[done.slide_id, done.before ->> 'current_slide'] <@ slides then
    perform private.moved_on(run, 'The run is on another version by now.');
  end if;
  perform private.begin_action('save');
  update public.workflow_step_executions s set status = done.before ->> 'step_status', saved_by = me.id, revision = s.revision + 1 where s.id = step.id;
  update public.workflow_executions e set revision = e.revision + 1, current_slide = done.before ->> 'current_slide' where e.id = run.id;
end;
$$;
comment on function private.undo_slide is 'Takes up a slide that was left out, as it was before.';

create function private.undo_hand_back(run public.workflow_executions, done public.saved_action_runs) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  escalation constant uuid := (done.before ->> 'escalation_id')::uuid;
begin
  if run.status <> 'active' or exists (
    select 1 from public.workflow_execution_events t
    where t.execution_id = run.id and t.created_at > done.created_at and t.payload -> 'set' ? 'status') then
    perform private.moved_on(run, 'The run has gone on since it was handed back.');
  elsif not exists (
    select 1 from public.workflow_escalations x join public.profiles p on p.id = x.assigned_to where x.id = escalation and p.is_active) then
    perform private.moved_on(run, 'Whoever was asked has left the company.');
  end if;
  update public.workflow_executions e set status = 'escalated', revision = e.revision + 1 where e.id = run.id;
  update public.workflow_escalations x set ended_at = null, ended_by = null, decision = null, seen_at = null where x.id = escalation;
end;
$$;
comment on function private.undo_hand_back is 'Escalates a run again to whom it was, as if it had not been handed back.';

create function private.undo_move(run public.workflow_executions, done public.saved_action_runs) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  version_before constant uuid := (done.before ->> 'definition_version_id')::uuid;
begin
  if run.ended_at is not null or run.definition_version_id <> (done.before ->> 'moved_to')::uuid then
    perform private.moved_on(run, 'The run is on another version by now, or was ended.');
  end if;
  update public.workflow_executions e
  set definition_version_id = version_before, revision = e.revision + 1,
      current_slide = (select private.landing(n.slide_sequence, o.slide_sequence, e.current_slide)
                       from public.workflow_definition_versions n, public.workflow_definition_versions o
                       where n.id = e.definition_version_id and o.id = version_before)
  where e.id = run.id;
end;
$$;
comment on function private.undo_move is 'Moves a run back to the version it was on.';

create function private.take_done(me public.profiles, done public.saved_action_runs) returns public.workflow_executions
language plpgsql volatile security definer set search_path = ''
as $$
declare
  run public.workflow_executions;
begin
  if done.kind = 'hand_back' and done.actor_id = me.id then
    select * into run from public.workflow_executions e where e.id = done.execution_id and e.company_id = me.company_id for no key update;
    return run;
  end if;
  return private.take_run(me, done.execution_id);
end;
$$;
comment on function private.take_done is 'The run an action was done on, locked, for undoing it. Whoever handed one back may undo that, though the run is no longer with them.';

create function private.undo_action(p_run_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  seen record;
  me public.profiles;
  done public.saved_action_runs;
  run public.workflow_executions;
  doing text;
begin
  select x as person, r as done into seen
  from public.profiles x left join public.saved_action_runs r on r.id = p_run_id and r.company_id = x.company_id
  where x.id = (select auth.uid()) and x.is_active;
  me := seen.person;
  done := seen.done;
  if me.id is null then
    perform private.me();
  elsif done.id is null then
    raise sqlstate 'PT404' using message = 'This was not done, or you may not see it.';
  elsif done.actor_id <> me.id and me.role = 'csm' then
    raise sqlstate 'PT403' using message = 'Only whoever did this, or a manager, can undo it.';
  elsif done.execution_id is not null then
    run := private.take_done(me, done);
    select * into done from public.saved_action_runs r where r.id = p_run_id for update;
  end if;
  if done.undone_at is not null then
    return private.told(done, true);
  elsif done.before = '{}' or run.id is null then
    raise sqlstate 'PT409' using message = 'This cannot be undone.', hint = 'Nothing was changed.';
  elsif done.created_at <= now() - interval '24 hours' then
    raise sqlstate 'PT409' using message = 'This was done more than 24 hours ago and can no longer be undone.', hint = 'Nothing was changed.';
  end if;
  doing := private.begin_action('undo', jsonb_build_object('kind', done.kind, 'summary', done.summary));
  case
    when done.kind = 'snooze' then perform private.undo_snooze(run, done);
    when done.kind = 'skip' and done.slide_id is null then perform private.undo_skip(run, done);
    when done.kind = 'skip' then perform private.undo_slide(me, run, done);
    when done.kind = 'hand_back' then perform private.undo_hand_back(run, done);
    when done.kind = 'move_version' then perform private.undo_move(run, done);
    else null;
  end case;
  update public.saved_action_runs r set undone_at = now(), undone_by = me.id where r.id = done.id returning * into done;
  doing := private.begin_action('');
  return private.told(done, false) || jsonb_build_object('revision', run.revision + 1);
end;
$$;
comment on function private.undo_action is 'The whole of public.undo_action.';

create function public.undo_action(p_run_id uuid) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.undo_action(p_run_id) $$;
comment on function public.undo_action is 'Takes back a snooze, a skip, a hand-back or a move to a version within 24 hours; refused with a sentence when the world has moved on. Undone twice is undone once.';

grant execute on function private.undo_action, public.undo_action to authenticated;
