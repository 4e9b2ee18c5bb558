-- One click, one transaction: the change, its event and the record of the action. The same click again finds the record.

create function private.told(done public.saved_action_runs, repeated boolean) returns jsonb
language plpgsql stable set search_path = ''
as $$
begin
  return jsonb_build_object('run_id', done.id, 'kind', done.kind, 'name', done.name, 'summary', done.summary, 'execution_id', done.execution_id,
    'customer_id', done.customer_id, 'revision', done.revision_after, 'repeated', repeated,
    'can_undo', done.before <> '{}' and done.undone_at is null and done.created_at > now() - interval '24 hours');
end;
$$;
comment on function private.told is 'What a run of an action came to, as the functions answer it.';

create function private.record_action(
  me public.profiles, action public.saved_actions, kind text, name text, run public.workflow_executions, customer uuid,
  slide text, parameters jsonb, key uuid, source text, effect jsonb
) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  done public.saved_action_runs;
  ended text;
begin
  insert into public.saved_action_runs as r (company_id, action_id, kind, name, actor_id, idempotency_key, source, customer_id, execution_id, slide_id,
    parameters, before, summary, revision_after)
  values (me.company_id, action.id, record_action.kind, record_action.name, me.id, key, record_action.source, customer, run.id, slide,
    record_action.parameters, effect -> 'before', effect ->> 'summary', coalesce((effect ->> 'revision')::int, run.revision))
  returning * into done;
  ended := private.begin_action('');
  return private.told(done, false);
end;
$$;
comment on function private.record_action is 'Keeps what an action did (effect: before, what undoing restores; summary; the run''s revision) and answers it.';

create function private.earlier_click(me public.profiles, key uuid) returns public.saved_action_runs
language plpgsql volatile security definer set search_path = ''
as $$
declare
  done public.saved_action_runs;
begin
  if key is null then
    raise sqlstate 'PT400' using message = 'This click cannot be told from another; load the page again.';
  end if;
  perform pg_advisory_xact_lock(hashtextextended(me.id::text || key::text, 7));
  select * into done from public.saved_action_runs r where r.actor_id = me.id and r.company_id = me.company_id and r.idempotency_key = key;
  return done;
end;
$$;
comment on function private.earlier_click is 'The record of the same click, if it was done; a click under way is waited for, and until this transaction ends the same one waits for it.';

create function private.same_click(done public.saved_action_runs, is_same boolean) returns jsonb
language plpgsql stable set search_path = ''
as $$
begin
  if not coalesce(is_same, false) then
    raise sqlstate 'PT409' using message = 'This click was used for something else already; load the page again.', hint = 'Nothing was changed.';
  end if;
  return private.told(done, true);
end;
$$;
comment on function private.same_click is 'Answers a click that was done before; refuses one that was used for something else.';

create function private.same_action(done public.saved_action_runs, action uuid, subject jsonb) returns jsonb
language plpgsql stable set search_path = ''
as $$
begin
  return private.same_click(done, done.action_id = action and done.slide_id is not distinct from subject ->> 'slide_id'
    and coalesce(done.customer_id::text = lower(subject ->> 'customer_id'), true)
    and coalesce(done.execution_id::text = lower(subject ->> 'execution_id'), subject ->> 'execution_id' is null));
end;
$$;
comment on function private.same_action is 'Answers the same click on the same thing, which was done before.';

create function private.run_saved_action(p_action_id uuid, p_subject jsonb, p_parameters jsonb, p_steps jsonb, p_key uuid, p_source text) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  who constant uuid := auth.uid();
  p jsonb;
  seen record;
  me public.profiles;
  action public.saved_actions;
  run public.workflow_executions;
  customer uuid;
  slide text;
  done public.saved_action_runs;
  effect jsonb;
begin
  -- What was done already needs no lock, and nothing of what a new click does.
  select x as person, a as action, r as done into seen
  from public.profiles x
  left join public.saved_actions a on a.id = p_action_id and (a.company_id is null or a.company_id = x.company_id)
  left join public.saved_action_runs r on r.actor_id = x.id and r.company_id = x.company_id and r.idempotency_key = p_key
  where x.id = who and x.is_active;
  done := seen.done;
  if done.id is not null then
    return private.same_action(done, p_action_id, p_subject);
  end if;
  me := seen.person;
  action := seen.action;
  if me.id is null then
    perform private.me();
  elsif action.id is null then
    raise sqlstate 'PT404' using message = 'This action does not exist, or you may not use it.';
  end if;
  done := private.earlier_click(me, p_key);
  if done.id is not null then
    return private.same_action(done, p_action_id, p_subject);
  end if;
  p := coalesce(p_parameters, '{}');
  customer := private.as_id(p_subject ->> 'customer_id');
  slide := p_subject ->> 'slide_id';
  if action.archived_at is not null then
    raise sqlstate 'PT409' using message = format('“%s” is no longer offered.', action.name), hint = 'Nothing was done; load the page again.';
  elsif action.company_id is null and exists (select 1 from public.hidden_saved_actions h where h.action_id = action.id and h.company_id = me.company_id) then
    raise sqlstate 'PT409' using message = format('“%s” is not offered in your company.', action.name), hint = 'Nothing was done.';
  elsif jsonb_typeof(p) <> 'object' or length(p::text) > 100000 or jsonb_typeof(coalesce(p_subject, '{}')) <> 'object' then
    raise sqlstate 'PT400' using message = 'What this action was given cannot be read.';
  elsif not coalesce(p_source in ('slide', 'dashboard', 'inbox', 'chat', 'script'), false) then
    raise sqlstate 'PT400' using message = 'It cannot be told where this action comes from.';
  end if;
  if p_subject ->> 'execution_id' is null and p_subject ->> 'workflow_id' is not null then
    p_subject := p_subject || private.begin_run(me.id, p_subject ->> 'workflow_id', customer);
  end if;
  if p_subject ->> 'execution_id' is not null then
    run := private.take_run(me, private.as_id(p_subject ->> 'execution_id'));
    customer := run.customer_id;
  elsif action.kind in ('snooze', 'skip', 'escalate') then
    raise sqlstate 'PT400' using message = 'Say which run this is about.';
  elsif not exists (select 1 from public.customers c where c.id = customer and c.company_id = me.company_id) then
    raise sqlstate 'PT404' using message = 'This customer does not exist, or you may not see it.';
  end if;
  case action.kind
    when 'snooze' then effect := private.do_snooze(me, run, p);
    when 'skip' then effect := private.do_skip(me, run, slide, p);
    when 'escalate' then effect := private.do_escalate(me, run, p);
    when 'custom' then effect := private.do_steps(me, customer, run, action.parameters -> 'steps', p);
    else effect := private.do_steps(me, customer, run, p_steps, p);
  end case;
  return private.record_action(me, action, action.kind, action.name, run, customer, slide, p, p_key, p_source, effect);
end;
$$;
comment on function private.run_saved_action is 'The whole of public.run_saved_action.';

create function public.run_saved_action(
  p_action_id uuid, p_subject jsonb, p_parameters jsonb, p_key uuid, p_source text default 'slide', p_steps jsonb default null
) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.run_saved_action(p_action_id, p_subject, p_parameters, p_steps, p_key, p_source) $$;
comment on function public.run_saved_action is 'Runs an action on a run (execution_id, slide_id), on what would be one (customer_id, workflow_id: it is started first) or on a customer (customer_id). p_key is one for each click: the same again does nothing again. p_steps are for kinds the database does not know; those of a custom action are its own.';

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

create function private.undo_slide(me public.profiles, run public.workflow_executions, done public.saved_action_runs) returns void
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
grant execute on function private.me, private.run_saved_action, private.undo_action to authenticated;
grant execute on function public.run_saved_action, public.undo_action to authenticated, service_role;
