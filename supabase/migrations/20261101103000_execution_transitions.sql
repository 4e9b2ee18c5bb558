-- Transitions of a run: which action leads from which status to which. docs/lifecycle.md draws the table; a test fails
-- if the two differ.

create table private.execution_transitions (
  action text not null,
  from_status text,
  to_status text not null,
  event text not null,
  unique nulls not distinct (action, from_status, to_status)
);
comment on table private.execution_transitions is
'What may happen to a run: an action, the status before and the status after.';
comment on column private.execution_transitions.action is 'The action.';
comment on column private.execution_transitions.from_status is 'Status before; null if there is no run yet.';
comment on column private.execution_transitions.to_status is 'Status after.';
comment on column private.execution_transitions.event is 'Kind of the event the action writes.';
insert into private.execution_transitions (action, from_status, to_status, event) values
('start', null, 'active', 'started'),
('save', 'active', 'active', 'step_saved'),
('save', 'snoozed', 'snoozed', 'step_saved'),
('save', 'escalated', 'escalated', 'step_saved'),
('complete', 'active', 'completed', 'completed'),
('complete', 'snoozed', 'completed', 'completed'),
('complete', 'escalated', 'completed', 'completed'),
('snooze', 'active', 'snoozed', 'snoozed'),
('snooze', 'snoozed', 'snoozed', 'snoozed'),
('wake', 'snoozed', 'active', 'woke'),
('skip', 'active', 'skipped', 'skipped'),
('skip', 'snoozed', 'skipped', 'skipped'),
('abandon', 'active', 'abandoned', 'abandoned'),
('abandon', 'snoozed', 'abandoned', 'abandoned'),
('escalate', 'active', 'escalated', 'escalated'),
('escalate', 'snoozed', 'escalated', 'escalated'),
('hand_back', 'escalated', 'active', 'handed_back'),
('withdraw', 'escalated', 'active', 'withdrawn'),
('redirect', 'escalated', 'escalated', 'redirected'),
('reopen', 'completed', 'active', 'reopened'),
('reopen', 'skipped', 'active', 'reopened'),
('reopen', 'abandoned', 'active', 'reopened'),
('reassign', 'active', 'active', 'reassigned'),
('reassign', 'snoozed', 'snoozed', 'reassigned'),
('reassign', 'escalated', 'escalated', 'reassigned'),
('move_version', 'active', 'active', 'moved'),
('move_version', 'snoozed', 'snoozed', 'moved'),
('move_version', 'escalated', 'escalated', 'moved'),
('undo', 'snoozed', 'active', 'undone'),
('undo', 'snoozed', 'snoozed', 'undone'),
('undo', 'skipped', 'active', 'undone'),
('undo', 'skipped', 'snoozed', 'undone'),
('undo', 'abandoned', 'active', 'undone'),
('undo', 'abandoned', 'snoozed', 'undone'),
('undo', 'completed', 'active', 'undone'),
('undo', 'completed', 'snoozed', 'undone'),
('undo', 'completed', 'escalated', 'undone'),
('undo', 'active', 'escalated', 'undone'),
('undo', 'active', 'active', 'undone'),
('undo', 'escalated', 'escalated', 'undone');
alter table private.execution_transitions enable row level security;

create function private.execution_lifecycle() returns table (action text, from_status text, to_status text)
language sql stable security definer set search_path = ''
as $$
  select t.action, t.from_status, t.to_status
  from private.execution_transitions t
  order by t.action, t.from_status nulls first, t.to_status
$$;
comment on function private.execution_lifecycle is 'See public.execution_lifecycle.';

create function public.execution_lifecycle() returns table (action text, from_status text, to_status text)
language sql stable security invoker set search_path = '' as $$ select * from private.execution_lifecycle() $$;
comment on function public.execution_lifecycle is
'The transitions of a run: action, status before (null: no run yet), status after.';

create function private.require_outcome(
  company uuid, category text, code text, amount numeric, reason text, notes text
) returns void
language plpgsql stable set search_path = ''
as $$
declare
  rule constant public.outcome_codes := private.find_outcome_code(company, category, code);
  errors text[] := '{}';
begin
  if rule.code is null or rule.is_archived then
    errors := errors || 'Choose an outcome.'::text;
  end if;
  if rule.needs_amount and amount is null then
    errors := errors || 'Enter the new ARR.'::text;
  end if;
  if amount < 0 then
    errors := errors || 'The ARR cannot be negative.'::text;
  elsif amount >= 1000000000000 then
    errors := errors || 'The ARR is too large.'::text;
  end if;
  if rule.needs_reason and private.is_blank(reason) then
    errors := errors || 'Say why.'::text;
  end if;
  if length(reason) > 20000 then
    errors := errors || 'The reason can have up to 20,000 characters.'::text;
  end if;
  if length(notes) > 200000 then
    errors := errors || 'The notes can have up to 200,000 characters.'::text;
  end if;
  perform private.raise_invalid(errors);
end;
$$;
comment on function private.require_outcome is 'Raises PT400 with every error of an outcome.';

create function private.transition_error(action text, run public.workflow_executions) returns text
language sql stable set search_path = ''
as $$
  select case
    when action = 'undo' then 'This can no longer be undone: the run has changed since.'
    when action = 'reopen' then 'This run is already open.'
    when run.ended_at is not null
      then format('This run ended on %s (%s).', to_char(run.ended_at, 'FMDD FMMonth YYYY'), run.status)
    when action = 'wake' then 'This run is not snoozed.'
    when action in ('hand_back', 'withdraw', 'redirect') then 'This run is not escalated.'
    when run.status = 'escalated' and action = 'escalate' then 'This run is already escalated.'
    when run.status = 'escalated' then 'This run is escalated. It has to be handed back first.'
    else format('This cannot be done while the run is %s.', run.status)
  end
$$;
comment on function private.transition_error is 'The sentence that says why a run does not allow an action.';

create function private.raise_transition_conflict(action text, run public.workflow_executions) returns void
language plpgsql stable set search_path = ''
as $$
begin
  raise sqlstate 'PT409' using
    message = private.transition_error(action, run),
    detail = jsonb_build_object('execution', to_jsonb(run))::text,
    hint = case when action in ('save', 'complete') then 'What you typed is still on this page.'
                else 'Nothing was changed.' end;
end;
$$;
comment on function private.raise_transition_conflict is
'Raises PT409 with the reason why a run does not allow an action.';

create function private.require_transition(action text, run public.workflow_executions, to_status text) returns text
language plpgsql stable security definer set search_path = ''
as $$
declare
  event text;
begin
  select t.event into event from private.execution_transitions t
  where (t.action, t.from_status, t.to_status)
        = (require_transition.action, run.status, require_transition.to_status);
  if not found then
    perform private.raise_transition_conflict(action, run);
  end if;
  return event;
end;
$$;
comment on function private.require_transition is
'Kind of the event an action writes; raises PT409 if the table of transitions does not allow it.';

create function private.log_execution_event(
  company uuid, execution uuid, kind text, payload jsonb, slide_id text default null
) returns void
language sql volatile security definer set search_path = ''
as $$
  insert into public.workflow_execution_events (company_id, execution_id, kind, slide_id, actor_id, payload)
  values (company, execution, kind, slide_id, auth.uid(), payload)
$$;
comment on function private.log_execution_event is
'Adds an event to the history of a run, in the name of the signed-in person.';

create function private.transition(
  run public.workflow_executions, action text, changes jsonb default '{}', detail jsonb default '{}'
) returns public.workflow_executions
language plpgsql volatile security definer set search_path = ''
as $$
declare
  changed public.workflow_executions := jsonb_populate_record(run, changes);
  event constant text := private.require_transition(action, run, changed.status);
begin
  if run.status = 'snoozed' and (changed.status <> 'snoozed' or action = 'snooze') then
    perform private.end_snooze(run, case action when 'wake' then detail ->> 'by' else action end, detail ->> 'because');
  elsif run.status = 'escalated' and changed.status <> 'escalated' then
    perform private.end_escalation(run.id, action);
  end if;
  update public.workflow_executions e
  set status = changed.status, assigned_to = changed.assigned_to, due_on = changed.due_on,
      definition_version_id = changed.definition_version_id, current_slide = changed.current_slide,
      outcome_code = changed.outcome_code, outcome_amount = changed.outcome_amount,
      outcome_reason = changed.outcome_reason, outcome_notes = changed.outcome_notes,
      skip_reason = changed.skip_reason, skip_words = changed.skip_words, revision = e.revision + 1
  where e.id = run.id returning * into changed;
  perform private.log_execution_event(
    run.company_id, run.id, event, detail || private.transition_payload(run, changed));
  return changed;
end;
$$;
comment on function private.transition is
'Takes an action on a locked run: checks the table of transitions, sets the columns in `changes`, ends the snooze or '
'escalation the run leaves, and writes one event with `detail`. Returns the run as it is now.';

-- `set` has what changed: the first event and all sets in order give the run as it is.
create function private.transition_payload(
  before public.workflow_executions, after public.workflow_executions
) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object('from', before.status, 'to', after.status, 'set', coalesce((
    select jsonb_object_agg(new.key, new.value) from jsonb_each(to_jsonb(after)) new
    where
      new.key in ('status', 'assigned_to', 'definition_version_id', 'due_on')
      and new.value <> to_jsonb(before) -> new.key
  ), '{}'))
  || case when after.ended_at is null then '{}' else jsonb_strip_nulls(jsonb_build_object(
    'outcome_code', after.outcome_code, 'outcome_amount', after.outcome_amount,
    'outcome_reason', after.outcome_reason, 'skip_reason', after.skip_reason, 'skip_words', after.skip_words
  )) end
$$;
comment on function private.transition_payload is
'The payload of the event of a transition: status before and after, what changed, how the run ended.';

-- Triggers guard: a plain write is checked like one of a function.
create function private.guard_execution() returns trigger
language plpgsql set search_path = ''
as $$
declare
  pinned record;
begin
  if tg_op = 'INSERT' or new.definition_version_id <> old.definition_version_id or new.workflow_id <> old.workflow_id
     or new.current_slide <> old.current_slide or (new.status = 'completed' and old.status <> 'completed') then
    select v.workflow_id, v.slide_sequence, v.category into pinned from public.workflow_definition_versions v
    where v.id = new.definition_version_id and (v.company_id is null or v.company_id = new.company_id);
    if pinned.workflow_id is distinct from new.workflow_id or not new.current_slide = any (pinned.slide_sequence) then
      raise sqlstate 'PT409' using
        message = 'This run does not fit its workflow: another version, or a slide that is not in it.';
    end if;
  end if;
  if tg_op = 'INSERT' then
    select c.owner_id into new.owner_id from public.customers c where c.id = new.customer_id for share;
    new.assigned_to := nullif(new.assigned_to, new.owner_id);
    return new;
  elsif new.owner_id <> old.owner_id then
    return new;  -- it follows its customer (follow_customer_owner), which is no change to the work on it
  elsif new.revision = old.revision and private.is_merging() then
    return new;  -- its customer and another one became one, or two again
  end if;
  if (new.id, new.company_id, new.customer_id, new.workflow_id, new.started_at)
     is distinct from (old.id, old.company_id, old.customer_id, old.workflow_id, old.started_at) then
    raise sqlstate 'PT409' using message = 'A run keeps its customer and its workflow.';
  elsif new.revision <> old.revision + 1 then
    raise sqlstate 'PT409' using message = 'This run was changed after you opened it.';
  elsif old.ended_at is not null and new.status = old.status and auth.uid() is not null
        and not private.is_erasure() then
    perform private.raise_transition_conflict('save', old);
  end if;
  if new.status = 'completed' and old.status <> 'completed' then
    perform private.require_outcome(
      new.company_id, pinned.category, new.outcome_code, new.outcome_amount, new.outcome_reason, new.outcome_notes);
  end if;
  new.ended_at := case when new.status in ('completed', 'skipped', 'abandoned') then coalesce(new.ended_at, now()) end;
  if new.status <> 'skipped' then
    new.skip_reason := null;
    new.skip_words := null;
  end if;
  return new;
end;
$$;
comment on function private.guard_execution is
'Before a run is written: it has the owner of its customer, fits its version, keeps its customer and workflow, grows '
'its revision by one, has an outcome when completed, and does not change once ended.';
create trigger guard before insert or update on public.workflow_executions
for each row execute function private.guard_execution();

-- The revision stays: nobody worked on the run, and whoever has it open goes on.
create function private.follow_customer_owner() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  run public.workflow_executions;
begin
  for run in
    update public.workflow_executions e
    set owner_id = new.owner_id, assigned_to = nullif(e.assigned_to, new.owner_id)
    where e.customer_id = new.id and e.company_id = new.company_id returning e.*
  loop
    perform private.log_execution_event(run.company_id, run.id, 'owner_changed', jsonb_build_object(
      'person', (select p.full_name from public.profiles p where p.id = new.owner_id),
      'set', jsonb_build_object('owner_id', run.owner_id, 'assigned_to', run.assigned_to)));
  end loop;
  return null;
end;
$$;
comment on function private.follow_customer_owner is
'After a customer gets another owner: its runs, ended ones too, get the same.';
create trigger follow_owner after update of owner_id on public.customers
for each row when (old.owner_id is distinct from new.owner_id) execute function private.follow_customer_owner();

-- People may save a step by a plain write, and the operator may write anything. Such writes are
-- logged, and leave no snooze or escalation open.
create function private.log_started_run() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.log_execution_event(new.company_id, new.id, 'started', jsonb_build_object(
    'definition_version_id', new.definition_version_id, 'due_on', new.due_on, 'status', new.status,
    'owner_id', new.owner_id, 'assigned_to', new.assigned_to), new.current_slide);
  return null;
end;
$$;
comment on function private.log_started_run is 'After a run is inserted: adds its first event.';
create trigger log_started after insert on public.workflow_executions
for each row execute function private.log_started_run();

create function private.close_left_status() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if new.status <> 'snoozed' then
    perform private.end_snooze(new, 'operator', null);
  end if;
  if new.status <> 'escalated' then
    perform private.end_escalation(new.id, 'operator');
  end if;
  return null;
end;
$$;
comment on function private.close_left_status is
'After a status is written: ends a snooze or escalation that the status no longer has.';
create trigger close_left_status after update of status on public.workflow_executions
for each row when (old.status is distinct from new.status) execute function private.close_left_status();

create function private.guard_step() returns trigger
language plpgsql set search_path = ''
as $$
declare
  ended timestamptz;
  slides text[];
  contexts jsonb;
  unknown text[];
begin
  select e.ended_at, v.slide_sequence, v.slide_contexts into ended, slides, contexts
  from public.workflow_executions e join public.workflow_definition_versions v on v.id = e.definition_version_id
  where e.id = new.execution_id for share of e;
  if not found then
    raise sqlstate 'PT404' using message = 'This run does not exist, or you can''t change it.';
  elsif ended is not null and auth.uid() is not null and not private.is_erasure() then
    raise sqlstate 'PT409' using message = 'This run has ended; its slides no longer change.';
  elsif not coalesce(new.slide_id = any (slides), false) then
    raise sqlstate 'PT400' using message = 'This slide is not part of the run.';
  elsif tg_op = 'INSERT' and new.revision <> 1 or tg_op = 'UPDATE' and (new.revision, new.execution_id, new.slide_id)
        is distinct from (old.revision + 1, old.execution_id, old.slide_id) then
    raise sqlstate 'PT409' using message = 'This slide was changed after you opened it.';
  elsif new.status = 'skipped' and new.slide_id = slides[cardinality(slides)] then
    raise sqlstate 'PT400' using message = 'The last slide records how the run ended, so it cannot be skipped.',
      hint = 'Skip the whole run instead.';
  elsif new.status = 'skipped' and new.skip_reason is null then
    raise sqlstate 'PT400' using message = 'A slide is skipped with a reason.', hint = 'Use the action “Skip”.';
  end if;
  unknown := private.find_unknown_answer_keys(new.slide_id, new.answers, contexts);
  if tg_op = 'UPDATE' then
    unknown := array(select u from unnest(unknown) u where not old.answers ? u);  -- of an earlier form: they stay
  end if;
  if unknown <> '{}' then
    raise sqlstate 'PT400' using
      message = format('The slide does not ask for “%s”.', left(array_to_string(unknown, '”, “'), 500));
  end if;
  if tg_op = 'UPDATE' then
    new.completed_at := old.completed_at;
  end if;
  if new.status = 'done' then
    new.completed_at := coalesce(new.completed_at, now());
  end if;
  if new.status <> 'skipped' then
    new.skip_reason := null;
    new.skip_words := null;
  end if;
  return new;
end;
$$;
comment on function private.guard_step is
'Before a step is written: the run is open and has the slide, the slide asks for every answer, a skip has a reason and '
'is not of the last slide; the revision starts at one and grows by one.';
create trigger guard before insert or update on public.workflow_step_executions
for each row execute function private.guard_step();

create function private.log_step_event() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  before jsonb := '{}';
  kind text := case new.status when 'draft' then 'step_saved' else 'step_' || new.status end;
begin
  if private.is_erasure() then
    return null;
  end if;
  if tg_op = 'UPDATE' then
    before := old.answers;
    kind := case when old.status = new.status then 'step_saved'
                 when old.status = 'skipped' and new.status = 'draft' then 'step_taken_up' else kind end;
  end if;
  perform private.log_execution_event(new.company_id, new.execution_id, kind, jsonb_build_object(
    'revision', new.revision, 'status', new.status, 'keys', coalesce((
      select jsonb_agg(a.key order by a.key) from jsonb_each(new.answers) a
      where a.value is distinct from before -> a.key), '[]'))
    || case when new.status = 'skipped' then jsonb_strip_nulls(jsonb_build_object(
      'skip_reason', new.skip_reason, 'skip_words', new.skip_words)) else '{}' end, new.slide_id);
  return null;
end;
$$;
comment on function private.log_step_event is
'After a step is written: adds an event with the keys of the answers that changed.';
create trigger log_event after insert or update on public.workflow_step_executions
for each row execute function private.log_step_event();

grant execute on function private.execution_lifecycle, private.require_outcome,
private.require_transition, private.transition_error, private.raise_transition_conflict to authenticated, service_role;
grant execute on function public.execution_lifecycle to authenticated;
