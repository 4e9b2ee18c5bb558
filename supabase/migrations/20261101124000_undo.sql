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

create function private.remove_run(run uuid, done uuid default null) returns boolean
language plpgsql volatile security definer set search_path = ''
as $$
begin
  update public.saved_action_runs r set execution_id = null where r.id = done;
  delete from public.workflow_execution_events t where t.execution_id = run;
  delete from public.workflow_snoozes s where s.execution_id = run;
  delete from public.workflow_executions e where e.id = run;
  return true;
-- Something else refers to the run: a slide, a conversation, a follow-up. Then the run stays.
exception when foreign_key_violation then
  return false;
end;
$$;
comment on function private.remove_run is
'Removes a run with its events and snoozes, and its mention in the action that had started it; false if anything else '
'refers to it.';

create function private.take_back_run(run public.workflow_executions, done public.saved_action_runs) returns boolean
language plpgsql volatile security definer set search_path = ''
as $$
begin
  if done.before -> 'started' is distinct from 'true' or run.revision <> done.revision_after then
    return false;
  end if;
  return private.remove_run(run.id, done.id);
end;
$$;
comment on function private.take_back_run is
'Removes a run that the action itself had started, as if it had never been; false if there has been work on it since.';

create function private.undo_starts(p_execution_ids uuid[]) returns text[]
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
  run public.workflow_executions;
  kept_names text[] := '{}';
begin
  for run in
    select e.* from public.workflow_executions e
    where e.id = any (p_execution_ids[:1000]) and e.company_id = me.company_id order by e.id for no key update
  loop
    if not exists (
      select from public.workflow_execution_events t
      where t.execution_id = run.id and t.kind = 'started' and t.actor_id = me.id
        and t.created_at > now() - interval '24 hours')
      or run.revision > 1 or not private.can_write_customer(run.customer_id) or not private.remove_run(run.id) then
      kept_names := kept_names || (select c.name from public.customers c where c.id = run.customer_id);
    end if;
  end loop;
  return kept_names;
end;
$$;
comment on function private.undo_starts is 'See public.undo_starts.';

create function public.undo_starts(p_execution_ids uuid[]) returns text[]
language sql volatile security invoker set search_path = ''
as $$ select private.undo_starts(p_execution_ids) $$;
comment on function public.undo_starts is
'Takes back runs one has started within 24 hours, as if they had never been; returns the customers of those that stay, '
'because there has been work on them or they are not one''s own. Up to 1,000 at a time. Idempotent.';

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

create function private.undo_ending(
  run public.workflow_executions, done public.saved_action_runs, detail jsonb
) returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  if run.ended_at is null or run.revision <> done.revision_after then
    perform private.raise_undo_conflict(run, 'The run has been reopened since.');
  end if;
  perform private.transition(run, 'undo', jsonb_build_object('status', done.before -> 'status'), detail);
  perform private.reopen_snooze((done.before ->> 'snooze_id')::uuid);
exception when unique_violation then
  perform private.raise_undo_conflict(run, 'A new run of this workflow has started since.');
end;
$$;
comment on function private.undo_ending is 'Opens a skipped or abandoned run, with the snooze it had before.';

create function private.undo_reassign(
  run public.workflow_executions, done public.saved_action_runs, detail jsonb
) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  given_to constant uuid := (done.before ->> 'given_to')::uuid;
  previous constant uuid := (done.before ->> 'assigned_to')::uuid;
begin
  if run.ended_at is not null or run.assigned_to is distinct from given_to then
    perform private.raise_undo_conflict(run, 'The run has been reassigned or ended since.');
  elsif exists (select 1 from public.profiles p where p.id = previous and not p.is_active) then
    perform private.raise_undo_conflict(run, 'The person it was assigned to has left the company.');
  end if;
  perform private.transition(
    run, 'undo', jsonb_build_object('assigned_to', nullif(previous, run.owner_id)), detail);
  delete from public.notices n
  where
    n.execution_id = run.id and n.company_id = run.company_id and n.person_id = coalesce(given_to, run.owner_id)
    and n.created_at = done.created_at and n.read_at is null;
end;
$$;
comment on function private.undo_reassign is
'Assigns a run as it was before, and withdraws the notice to whoever was given it, unless they have read it.';

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
    perform private.raise_undo_conflict(run, format('The run has changed since it was %s.', case done.kind
      when 'withdraw' then 'withdrawn' else 'handed back' end));
  elsif not exists (
    select 1 from public.workflow_escalations x join public.profiles p on p.id = x.assigned_to
    where x.id = escalation and p.is_active) then
    perform private.raise_undo_conflict(run, 'The person it was assigned to has left the company.');
  end if;
  perform private.transition(run, 'undo', '{"status": "escalated"}', detail);
  update public.workflow_escalations x
  set ended_at = null, ended_by = null, decision = null, seen_at = null,
      acknowledged_at = (done.before ->> 'acknowledged_at')::timestamptz
  where x.id = escalation;
end;
$$;
comment on function private.undo_hand_back is 'Escalates a run again, as if it had not been handed back.';

create function private.delete_unread_notice(notice uuid) returns void
language sql volatile security definer set search_path = ''
as $$ delete from public.notices n where n.id = notice and n.read_at is null $$;
comment on function private.delete_unread_notice is 'Takes a notice back that nobody has read yet.';

create function private.undo_withdrawal(
  run public.workflow_executions, done public.saved_action_runs, detail jsonb
) returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.undo_hand_back(run, done, detail);
  perform private.delete_unread_notice((done.before ->> 'notice_id')::uuid);
end;
$$;
comment on function private.undo_withdrawal is 'Escalates a run again, as if the escalation had not been withdrawn.';

create function private.undo_redirection(
  run public.workflow_executions, done public.saved_action_runs, detail jsonb
) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  escalation public.workflow_escalations;
begin
  select * into escalation from public.workflow_escalations x
  where x.id = (done.before ->> 'escalation_id')::uuid and x.ended_at is null for update;
  if not found or escalation.assigned_to <> (done.parameters ->> 'to')::uuid then
    perform private.raise_undo_conflict(run, 'The escalation has ended, or was redirected again.');
  elsif escalation.acknowledged_at is not null then
    perform private.raise_undo_conflict(run, 'It has been acknowledged since.');
  elsif not exists (
    select 1 from public.profiles p where p.id = (done.before ->> 'assigned_to')::uuid and p.is_active) then
    perform private.raise_undo_conflict(run, 'The person it was assigned to has left the company.');
  end if;
  perform private.transition(run, 'undo', '{}', detail);
  update public.workflow_escalations x
  set assigned_to = (done.before ->> 'assigned_to')::uuid, respond_by = (done.before ->> 'respond_by')::timestamptz,
      clock_started_at = (done.before ->> 'clock_started_at')::timestamptz,
      acknowledged_at = (done.before ->> 'acknowledged_at')::timestamptz
  where x.id = escalation.id;
  perform private.delete_unread_notice((done.before ->> 'notice_id')::uuid);
end;
$$;
comment on function private.undo_redirection is 'Gives an escalation back to the person it was assigned to before.';

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
  delete from public.notices n
  where
    n.execution_id = run.id and n.company_id = run.company_id and n.from_id = done.actor_id
    and n.created_at = done.created_at and n.read_at is null;
end;
$$;
comment on function private.undo_version_move is
'Moves a run back to the version it was on, and withdraws notices of the move that nobody has read.';

create function private.undo_action_effect(customer uuid, effect jsonb) returns text
language plpgsql volatile security definer set search_path = ''
as $$
begin
  case effect ->> 'do'
    when 'set_field' then
      if (select to_jsonb(c) ->> (effect ->> 'field') is distinct from effect ->> 'after'
          from public.customers c where c.id = customer) then
        return format('The %s has changed since.', effect ->> 'field');
      end if;
      perform private.set_customer_field(customer, effect ->> 'field', effect ->> 'before');
    when 'add_note' then
      delete from public.notes n where n.id = (effect ->> 'id')::uuid and n.updated_at = n.created_at;
      return case when not found then 'The note has changed since.' end;
    when 'follow_up' then
      delete from public.follow_ups f
      where f.id = (effect ->> 'id')::uuid and f.done_at is null and f.updated_at = f.created_at;
      return case when not found then 'The follow-up has been done or changed since.' end;
    when 'notify' then
      delete from public.notices n where n.id = (effect ->> 'id')::uuid and n.read_at is null;
      return case when not found then 'The notice has already been read.' end;
    else null; -- a run that was open already: nothing to take back
  end case;
  return null;
end;
$$;
comment on function private.undo_action_effect is
'Takes back the effect of one step of an action; returns why that is no longer possible, null if it is done.';

create function private.undo_action_steps(
  me public.profiles, run public.workflow_executions, done public.saved_action_runs, detail jsonb
) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  effect jsonb;
  reason text;
begin
  perform 1 from public.customers c
  where c.id = done.customer_id and (private.can_write_customer(c.id) or run.id is not null) for no key update;
  if not found then
    raise sqlstate 'PT403' using message = 'This customer belongs to a colleague.', hint = 'A manager can undo this.';
  end if;
  for effect in
    select e.value from jsonb_array_elements(done.before -> 'effects') with ordinality e order by e.ordinality desc
  loop
    reason := private.undo_action_effect(done.customer_id, effect);
    if reason is not null then
      perform private.raise_undo_conflict(run, reason);
    end if;
  end loop;
  if run.id is not null then
    perform private.log_execution_event(run.company_id, run.id, 'undone', detail);
  end if;
end;
$$;
comment on function private.undo_action_steps is
'Takes back all effects of a company action, the last one first, or none.';

create function private.lock_run_to_undo(
  me public.profiles, done public.saved_action_runs
) returns public.workflow_executions
language plpgsql volatile security definer set search_path = ''
as $$
declare
  run public.workflow_executions;
begin
  if done.kind not in ('hand_back', 'withdraw', 'redirect', 'reassign') or done.actor_id <> me.id then
    return private.lock_run(me, done.execution_id);
  end if;
  -- Whoever changed an escalation or passed a run on may undo that, though the run may no longer be with them.
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
  -- Locked before its run: undoing may remove the run, and whoever undoes at the same time waits here.
  select * into done from public.saved_action_runs r
  where r.id = p_run_id and r.company_id = me.company_id for update;
  if not found then
    raise sqlstate 'PT404' using message = 'This action does not exist, or you don''t have access to it.';
  elsif done.actor_id <> me.id and me.role = 'csm' then
    raise sqlstate 'PT403' using message = 'Only the person who did this or a manager can undo it.';
  elsif done.execution_id is not null then
    run := private.lock_run_to_undo(me, done);
  end if;
  if done.undone_at is not null then
    return private.action_result(done, true);
  elsif done.before = '{}' or (run.id is null and not done.before ? 'effects') then
    raise sqlstate 'PT409' using message = 'This cannot be undone.', hint = 'Nothing was changed.';
  elsif done.created_at <= now() - interval '24 hours' then
    raise sqlstate 'PT409' using message = 'This was done more than 24 hours ago and can no longer be undone.',
      hint = 'Nothing was changed.';
  end if;
  detail := jsonb_build_object('kind', done.kind, 'summary', done.summary);
  case
    when private.take_back_run(run, done) then null;
    when done.before ? 'effects' then perform private.undo_action_steps(me, run, done, detail);
    when done.kind = 'snooze' then perform private.undo_snooze(run, done, detail);
    when done.kind = 'abandon' or (done.kind = 'skip' and done.slide_id is null) then
      perform private.undo_ending(run, done, detail);
    when done.kind = 'skip' then perform private.undo_slide_skip(me, run, done);
    when done.kind = 'close' then perform private.undo_closing(run, done, detail);
    when done.kind = 'reassign' then perform private.undo_reassign(run, done, detail);
    when done.kind = 'hand_back' then perform private.undo_hand_back(run, done, detail);
    when done.kind = 'withdraw' then perform private.undo_withdrawal(run, done, detail);
    when done.kind = 'redirect' then perform private.undo_redirection(run, done, detail);
    when done.kind = 'move_version' then perform private.undo_version_move(run, done, detail);
  end case;
  update public.saved_action_runs r set undone_at = now(), undone_by = me.id where r.id = done.id returning * into done;
  return private.action_result(done, false) || jsonb_build_object(
    'revision', case when done.before ? 'effects' then run.revision else run.revision + 1 end);
end;
$$;
comment on function private.undo_action is 'See public.undo_action.';

create function public.undo_action(p_run_id uuid) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.undo_action(p_run_id) $$;
comment on function public.undo_action is
'Undoes a snooze, a skip, an ending without outcome, a completion that changed the book, a reassignment, a change of '
'an escalation, a move to a version or a company action within 24 hours; raises PT409 if something has changed '
'since. A run that a snooze or a skip had started is gone again. Idempotent.';

grant execute on function private.undo_action, public.undo_action, private.undo_starts, public.undo_starts
to authenticated;
