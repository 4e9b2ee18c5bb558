-- What else becomes of a run: completed, woken, answered by whom it was escalated to, reopened, given to a colleague,
-- moved to a newer version. Definer, like all that writes a run's state (docs/decisions/0007-actions-run-as-definer.md).

create function private.complete_workflow(p_execution_id uuid, p_revision int, p_outcome_code text, p_amount numeric, p_reason text, p_notes text) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  run public.workflow_executions := private.take_run(private.me(), p_execution_id);
begin
  perform private.require_transition('complete', run, 'completed');
  if run.revision is distinct from p_revision then
    raise sqlstate 'PT409' using message = 'This run was changed somewhere else since you opened it.',
      detail = jsonb_build_object('execution', to_jsonb(run))::text, hint = 'Look at it again, then complete it.';
  end if;
  perform private.require_outcome(v.category, p_outcome_code, p_amount, p_reason, p_notes)
  from public.workflow_definition_versions v where v.id = run.definition_version_id;
  perform private.begin_action('complete');
  update public.workflow_executions e
  set status = 'completed', outcome_code = p_outcome_code, outcome_amount = p_amount,
      outcome_reason = nullif(trim(p_reason), ''), outcome_notes = nullif(trim(p_notes), ''), revision = e.revision + 1
  where e.id = run.id returning * into run;
  perform private.begin_action('');
  return to_jsonb(run);
end;
$$;
comment on function private.complete_workflow is 'The whole of public.complete_workflow.';

create or replace function public.complete_workflow(
  p_execution_id uuid, p_revision int, p_outcome_code text,
  p_amount numeric default null, p_reason text default null, p_notes text default null
) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.complete_workflow(p_execution_id, p_revision, p_outcome_code, p_amount, p_reason, p_notes) $$;

create function private.wake_execution(p_execution_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  run public.workflow_executions := private.take_run(private.me(), p_execution_id);
  due record;
begin
  perform private.require_transition('wake', run, 'active');
  select * into due from private.due_snoozes(clock_timestamp(), array[run.id]) limit 1;
  perform private.wake(run.id, s.id, coalesce(due.woken_by, 'person'), coalesce(due.because, 'Taken up again before its time.'))
  from public.workflow_snoozes s where s.execution_id = run.id and s.ended_at is null;
  perform private.begin_action('');
  select * into run from public.workflow_executions e where e.id = run.id;
  return jsonb_build_object('status', run.status, 'revision', run.revision, 'because', due.because);
end;
$$;
comment on function private.wake_execution is 'The whole of public.wake_execution.';

create function private.open_escalation(me public.profiles, escalation uuid) returns public.workflow_escalations
language plpgsql volatile security definer set search_path = ''
as $$
declare
  asked public.workflow_escalations;
begin
  select * into asked from public.workflow_escalations x where x.id = escalation and x.company_id = me.company_id;
  if not found then
    raise sqlstate 'PT404' using message = 'This escalation does not exist, or you may not see it.';
  end if;
  perform 1 from public.workflow_executions e where e.id = asked.execution_id for no key update;
  select * into asked from public.workflow_escalations x where x.id = escalation for update;
  if asked.ended_at is not null then
    raise sqlstate 'PT409' using message = 'This escalation has ended already.', hint = 'Nothing was changed.';
  end if;
  return asked;
end;
$$;
comment on function private.open_escalation is 'An escalation that lasts, locked with its run; refuses any other with the reason.';

create function private.acknowledge_escalation(p_escalation_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.me();
  asked public.workflow_escalations := private.open_escalation(me, p_escalation_id);
begin
  if asked.assigned_to <> me.id then
    raise sqlstate 'PT403' using message = 'Only the person asked can say they have it.';
  end if;
  if asked.acknowledged_at is null then
    update public.workflow_escalations x set acknowledged_at = now() where x.id = asked.id returning * into asked;
    insert into public.workflow_execution_events (company_id, execution_id, kind, actor_id, payload)
    values (asked.company_id, asked.execution_id, 'acknowledged', me.id, jsonb_build_object('escalation_id', asked.id));
  end if;
  return jsonb_build_object('escalation_id', asked.id, 'acknowledged_at', asked.acknowledged_at);
end;
$$;
comment on function private.acknowledge_escalation is 'The whole of public.acknowledge_escalation.';

create function private.comment_escalation(p_escalation_id uuid, p_body text) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.me();
  asked constant public.workflow_escalations := private.open_escalation(me, p_escalation_id);
begin
  if me.id not in (asked.assigned_to, asked.raised_by) and me.role = 'csm'
     and not exists (select 1 from public.workflow_executions e where e.id = asked.execution_id and e.owner_id = me.id) then
    raise sqlstate 'PT403' using message = 'Only the people in this escalation, and managers, comment on it.';
  end if;
  perform private.refuse(array_remove(array[private.words_fault(p_body, 4000, 'Write what you want to say.')], null));
  insert into public.workflow_escalation_comments (company_id, escalation_id, author_id, body) values (asked.company_id, asked.id, me.id, trim(p_body));
  insert into public.workflow_execution_events (company_id, execution_id, kind, actor_id, payload)
  values (asked.company_id, asked.execution_id, 'commented', me.id, jsonb_build_object('escalation_id', asked.id, 'words', left(trim(p_body), 300)));
  return jsonb_build_object('escalation_id', asked.id);
end;
$$;
comment on function private.comment_escalation is 'The whole of public.comment_escalation.';

create function private.hand_back_escalation(p_escalation_id uuid, p_decision text, p_key uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.me();
  done public.saved_action_runs := private.earlier_click(me, p_key);
  asked public.workflow_escalations;
  run public.workflow_executions;
begin
  if done.id is not null then
    return private.same_click(done, done.kind = 'hand_back' and done.before ->> 'escalation_id' = p_escalation_id::text);
  end if;
  asked := private.open_escalation(me, p_escalation_id);
  if me.id <> asked.assigned_to and me.role = 'csm' then
    raise sqlstate 'PT403' using message = 'Only the person asked, or a manager, hands it back.';
  end if;
  perform private.refuse(array_remove(array[private.words_fault(p_decision, 4000, 'Say what was decided.')], null));
  select * into run from public.workflow_executions e where e.id = asked.execution_id;
  perform private.require_transition('hand_back', run, 'active');
  perform private.begin_action('hand_back', jsonb_build_object('decision', trim(p_decision)));
  update public.workflow_executions e set status = 'active', revision = e.revision + 1 where e.id = run.id returning * into run;
  update public.workflow_escalations x
  set ended_at = now(), ended_by = 'hand_back', decision = trim(p_decision), acknowledged_at = coalesce(x.acknowledged_at, now())
  where x.id = asked.id;
  return private.record_action(me, null, 'hand_back', 'Hand back', run, run.customer_id, null, jsonb_build_object('decision', trim(p_decision)), p_key, 'inbox',
    jsonb_build_object('before', jsonb_build_object('escalation_id', asked.id), 'summary', 'Handed back with a decision.'));
end;
$$;
comment on function private.hand_back_escalation is 'The whole of public.hand_back_escalation.';

create function private.see_decision(p_escalation_id uuid) returns void
language sql volatile security definer set search_path = ''
as $$
  update public.workflow_escalations x set seen_at = now()
  where x.id = p_escalation_id and x.raised_by = (select auth.uid()) and x.company_id = (select private.my_company()) and x.ended_at is not null and x.seen_at is null
$$;
comment on function private.see_decision is 'The whole of public.see_decision.';

create function private.reopen_execution(p_execution_id uuid, p_reason text) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  run public.workflow_executions := private.take_run(private.me(), p_execution_id);
begin
  perform private.require_transition('reopen', run, 'active');
  perform private.refuse(array_remove(array[private.words_fault(p_reason, 2000, 'Say why it is opened again.')], null));
  perform private.begin_action('reopen', jsonb_strip_nulls(jsonb_build_object('reason', trim(p_reason), 'was', jsonb_strip_nulls(jsonb_build_object(
    'outcome_code', run.outcome_code, 'outcome_amount', run.outcome_amount, 'outcome_reason', run.outcome_reason, 'outcome_notes', left(run.outcome_notes, 2000))))));
  update public.workflow_executions e
  set status = 'active', ended_at = null, outcome_code = null, outcome_amount = null, outcome_reason = null, outcome_notes = null, revision = e.revision + 1
  where e.id = run.id returning * into run;
  perform private.begin_action('');
  return jsonb_build_object('status', run.status, 'revision', run.revision);
exception when unique_violation then
  raise sqlstate 'PT409' using message = 'A newer run of this workflow is open for this customer.', hint = 'Go on with that one; nothing was changed.';
end;
$$;
comment on function private.reopen_execution is 'The whole of public.reopen_execution.';

create function private.reassign_execution(p_execution_id uuid, p_to uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.me();
  run public.workflow_executions := private.take_run(me, p_execution_id);
  person public.profiles;
begin
  perform private.require_transition('reassign', run, run.status);
  select * into person from public.profiles x where x.id = p_to and x.company_id = me.company_id;
  if person.id is null then
    raise sqlstate 'PT400' using message = 'Choose who goes on with it.';
  elsif not person.is_active then
    raise sqlstate 'PT409' using message = format('%s has left the company.', person.full_name), hint = 'Choose somebody else; nothing was changed.';
  elsif run.owner_id <> me.id and me.role = 'csm' then
    raise sqlstate 'PT403' using message = 'Only its owner, or a manager, gives a run to somebody else.';
  elsif person.id = run.owner_id then
    return jsonb_build_object('owner_id', run.owner_id, 'revision', run.revision);
  end if;
  perform private.begin_action('reassign', jsonb_build_object('person', person.full_name));
  update public.workflow_executions e set owner_id = person.id, revision = e.revision + 1 where e.id = run.id returning * into run;
  if person.id <> me.id then
    insert into public.notices (company_id, person_id, from_id, customer_id, execution_id, body)
    select run.company_id, person.id, me.id, run.customer_id, run.id, format('%s gave you the run “%s” for %s.', me.full_name, v.name, c.name)
    from public.customers c, public.workflow_definition_versions v where c.id = run.customer_id and v.id = run.definition_version_id;
  end if;
  perform private.begin_action('');
  return jsonb_build_object('owner_id', run.owner_id, 'revision', run.revision);
end;
$$;
comment on function private.reassign_execution is 'The whole of public.reassign_execution.';

create function private.take_up_slide(p_execution_id uuid, p_slide_id text) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.me();
  run public.workflow_executions := private.take_run(me, p_execution_id);
  step public.workflow_step_executions;
begin
  perform private.require_transition('save', run, run.status);
  perform private.begin_action('save');
  update public.workflow_step_executions s set status = 'draft', saved_by = me.id, revision = s.revision + 1
  where s.execution_id = run.id and s.slide_id = p_slide_id and s.status = 'skipped' returning * into step;
  if not found then
    raise sqlstate 'PT409' using message = 'This slide is not left out; there is nothing to take up.', hint = 'Nothing was changed.';
  end if;
  update public.workflow_executions e set revision = e.revision + 1, current_slide = p_slide_id where e.id = run.id returning * into run;
  perform private.begin_action('');
  return jsonb_build_object('step', to_jsonb(step), 'execution_revision', run.revision);
end;
$$;
comment on function private.take_up_slide is 'The whole of public.take_up_slide.';

create function private.move_to_version(p_execution_id uuid, p_version_id uuid, p_revision int, p_key uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.me();
  done public.saved_action_runs := private.earlier_click(me, p_key);
  run public.workflow_executions;
  old_version public.workflow_definition_versions;
  new_version public.workflow_definition_versions;
  landing text;
begin
  if done.id is not null then
    return private.same_click(done, done.kind = 'move_version' and done.execution_id = p_execution_id);
  end if;
  run := private.take_run(me, p_execution_id);
  perform private.require_transition('move_version', run, run.status);
  if run.revision is distinct from p_revision then
    raise sqlstate 'PT409' using message = 'This run was changed somewhere else since you opened it.',
      detail = jsonb_build_object('execution', to_jsonb(run))::text, hint = 'Look at what would change again, then decide.';
  end if;
  select * into old_version from public.workflow_definition_versions v where v.id = run.definition_version_id;
  select * into new_version from public.workflow_definition_versions v
  where v.id = p_version_id and v.definition_id = old_version.definition_id and v.version > old_version.version;
  if not found then
    raise sqlstate 'PT404' using message = 'This is not a newer version of the run''s workflow.';
  end if;
  landing := private.landing(old_version.slide_sequence, new_version.slide_sequence, run.current_slide);
  perform private.begin_action('move_version', jsonb_build_object('from_version', old_version.version, 'to_version', new_version.version));
  update public.workflow_executions e set definition_version_id = new_version.id, current_slide = landing, revision = e.revision + 1
  where e.id = run.id returning * into run;
  return private.record_action(me, null, 'move_version', 'Move to a newer version', run, run.customer_id, null,
    jsonb_build_object('from', old_version.version, 'to', new_version.version), p_key, 'slide',
    jsonb_build_object('summary', format('Moved from version %s to %s.', old_version.version, new_version.version),
      'before', jsonb_build_object('definition_version_id', old_version.id, 'moved_to', new_version.id))) || jsonb_build_object('current_slide', landing);
end;
$$;
comment on function private.move_to_version is 'The whole of public.move_to_version.';

create function private.landing(before text[], after text[], standing text) returns text
language sql immutable set search_path = ''
as $$
  select coalesce(
    (select x.slide from unnest(before) with ordinality x (slide, place)
     where place >= array_position(before, standing) and x.slide = any (after) order by place limit 1),
    after[1])
$$;
comment on function private.landing is 'Where a run lands in another sequence: its slide, or the next one of its old sequence that is still there, or the first.';

create function private.stay_on_version(p_execution_id uuid, p_version int) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.me();
  run public.workflow_executions := private.take_run(me, p_execution_id);
begin
  perform private.require_transition('move_version', run, run.status);
  if not exists (
    select 1 from public.workflow_definition_versions v join public.workflow_definition_versions n on n.definition_id = v.definition_id
    where v.id = run.definition_version_id and n.version = p_version and n.version > v.version) then
    raise sqlstate 'PT404' using message = 'This is not a newer version of the run''s workflow.';
  end if;
  if coalesce(run.declined_version, 0) < p_version then
    perform private.begin_action('save');
    update public.workflow_executions e set declined_version = p_version, revision = e.revision + 1 where e.id = run.id returning * into run;
    insert into public.workflow_execution_events (company_id, execution_id, kind, actor_id, payload)
    values (run.company_id, run.id, 'stayed', me.id, jsonb_build_object('declined_version', p_version));
    perform private.begin_action('');
  end if;
  return jsonb_build_object('declined_version', run.declined_version, 'revision', run.revision);
end;
$$;
comment on function private.stay_on_version is 'The whole of public.stay_on_version.';

create function public.wake_execution(p_execution_id uuid) returns jsonb
language sql volatile security invoker set search_path = '' as $$ select private.wake_execution(p_execution_id) $$;
comment on function public.wake_execution is 'Takes a snoozed run up again, because its time has come or before it has.';
create function public.acknowledge_escalation(p_escalation_id uuid) returns jsonb
language sql volatile security invoker set search_path = '' as $$ select private.acknowledge_escalation(p_escalation_id) $$;
comment on function public.acknowledge_escalation is 'The person asked says they have it: the clock stops. Said twice is said once.';
create function public.comment_escalation(p_escalation_id uuid, p_body text) returns jsonb
language sql volatile security invoker set search_path = '' as $$ select private.comment_escalation(p_escalation_id, p_body) $$;
comment on function public.comment_escalation is 'A comment on an escalation that lasts, by the people in it or a leader.';
create function public.hand_back_escalation(p_escalation_id uuid, p_decision text, p_key uuid) returns jsonb
language sql volatile security invoker set search_path = '' as $$ select private.hand_back_escalation(p_escalation_id, p_decision, p_key) $$;
comment on function public.hand_back_escalation is 'Gives an escalated run back with a decision; can be undone for 24 hours. p_key is one for each click.';
create function public.see_decision(p_escalation_id uuid) returns void
language sql volatile security invoker set search_path = '' as $$ select private.see_decision(p_escalation_id) $$;
comment on function public.see_decision is 'Whoever raised an escalation has seen what was decided: it leaves their inbox.';
create function public.reopen_execution(p_execution_id uuid, p_reason text) returns jsonb
language sql volatile security invoker set search_path = '' as $$ select private.reopen_execution(p_execution_id, p_reason) $$;
comment on function public.reopen_execution is 'Opens an ended run again, with a reason; its outcome stays in its events.';
create function public.reassign_execution(p_execution_id uuid, p_to uuid) returns jsonb
language sql volatile security invoker set search_path = '' as $$ select private.reassign_execution(p_execution_id, p_to) $$;
comment on function public.reassign_execution is 'Gives an open run to a colleague, who is told.';
create function public.take_up_slide(p_execution_id uuid, p_slide_id text) returns jsonb
language sql volatile security invoker set search_path = '' as $$ select private.take_up_slide(p_execution_id, p_slide_id) $$;
comment on function public.take_up_slide is 'Takes up a slide that was left out; its answers are as they were.';
create function public.move_to_version(p_execution_id uuid, p_version_id uuid, p_revision int, p_key uuid) returns jsonb
language sql volatile security invoker set search_path = '' as $$ select private.move_to_version(p_execution_id, p_version_id, p_revision, p_key) $$;
comment on function public.move_to_version is 'Moves an open run to a newer version of its workflow; answers stay, by slide. Can be undone for 24 hours.';
create function public.stay_on_version(p_execution_id uuid, p_version int) returns jsonb
language sql volatile security invoker set search_path = '' as $$ select private.stay_on_version(p_execution_id, p_version) $$;
comment on function public.stay_on_version is 'Keeps a run on its version: versions up to this one are not offered again.';

grant execute on function private.complete_workflow, private.wake_execution, private.acknowledge_escalation, private.comment_escalation,
  private.hand_back_escalation, private.see_decision, private.reopen_execution, private.reassign_execution, private.take_up_slide,
  private.move_to_version, private.stay_on_version to authenticated;
grant execute on function public.wake_execution, public.acknowledge_escalation, public.comment_escalation, public.hand_back_escalation,
  public.see_decision, public.reopen_execution, public.reassign_execution, public.take_up_slide, public.move_to_version, public.stay_on_version
  to authenticated, service_role;
