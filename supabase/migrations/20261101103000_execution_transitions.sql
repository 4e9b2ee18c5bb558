-- The life of a run: one table says which action leads from which status to which, and every change goes by it.
-- docs/lifecycle.md draws this table; a change here that is not drawn there fails a test.

create table private.execution_transitions (
  action text not null,
  from_status text,
  to_status text not null,
  event text not null,
  unique nulls not distinct (action, from_status, to_status)
);
comment on table private.execution_transitions is 'What may happen to a run: an action, the status it is taken in and the one it leads to.';
comment on column private.execution_transitions.action is 'The action, as the functions name it.';
comment on column private.execution_transitions.from_status is 'Status before; null while there is no run yet.';
comment on column private.execution_transitions.to_status is 'Status afterwards.';
comment on column private.execution_transitions.event is 'Kind of the event that tells it.';
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
('escalate', 'active', 'escalated', 'escalated'),
('escalate', 'snoozed', 'escalated', 'escalated'),
('hand_back', 'escalated', 'active', 'handed_back'),
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
comment on function private.execution_lifecycle is 'The whole of public.execution_lifecycle.';

create function public.execution_lifecycle() returns table (action text, from_status text, to_status text)
language sql stable security invoker set search_path = '' as $$ select * from private.execution_lifecycle() $$;
comment on function public.execution_lifecycle is 'The transitions of a run: action, status before (null: no run yet), status afterwards.';

-- How a run may end: one rule for the function that completes it and for whoever writes the row directly.
create function private.require_outcome(company uuid, category text, code text, amount numeric, reason text, notes text) returns void
language plpgsql stable set search_path = ''
as $$
declare
  rule constant public.outcome_codes := private.find_outcome_code(company, category, code);
  faults text[] := '{}';
begin
  if rule.code is null then
    faults := faults || 'Choose how it ended.'::text;
  end if;
  if rule.needs_amount and amount is null then
    faults := faults || 'Say what the ARR is now.'::text;
  end if;
  if amount < 0 then
    faults := faults || 'The ARR cannot be negative.'::text;
  elsif amount >= 1000000000000 then
    faults := faults || 'The ARR is too large.'::text;
  end if;
  if rule.needs_reason and coalesce(trim(reason), '') = '' then
    faults := faults || 'Say why.'::text;
  end if;
  if length(reason) > 20000 then
    faults := faults || 'The reason can be 20,000 characters long.'::text;
  end if;
  if length(notes) > 200000 then
    faults := faults || 'The notes can be 200,000 characters long.'::text;
  end if;
  if cardinality(faults) > 0 then
    raise sqlstate 'PT400' using message = array_to_string(faults, ' '), detail = to_jsonb(faults)::text;
  end if;
end;
$$;
comment on function private.require_outcome is 'Refuses an outcome that is not whole; every fault is named at once.';

-- Which action is under way is said by the function that takes it, for the length of its transaction.
create function private.begin_action(action text, detail jsonb default '{}') returns text
language plpgsql volatile set search_path = ''
as $$
declare
  told constant text := set_config('zen.detail', coalesce(detail, '{}')::text, true);
begin
  return set_config('zen.action', action, true);
end;
$$;
comment on function private.begin_action is 'Names the action the next changes of a run belong to, and what its event tells; an empty name ends it. Returns the name: assigning it costs a fifth of performing it.';

create function private.refused_transition(action text, run public.workflow_executions) returns text
language sql stable set search_path = ''
as $$
  select case
    when action = 'undo' then 'This can no longer be undone: the run has moved on since.'
    when action = 'reopen' then 'This run is open already.'
    when
      run.ended_at is not null
      then format('This run was ended on %s (%s).', to_char(run.ended_at, 'FMDD FMMonth YYYY'), run.status)
    when action = 'wake' then 'This run is not snoozed; there is nothing to wake.'
    when action = 'hand_back' then 'This run is not escalated; there is nothing to hand back.'
    when run.status = 'escalated' and action = 'escalate' then 'This run is escalated already.'
    when run.status = 'escalated' then 'This run is escalated: it has to be handed back first.'
    else format('This cannot be done while the run is %s.', run.status)
  end
$$;
comment on function private.refused_transition is 'Why an action cannot be taken on a run as it stands, in a sentence.';

create function private.refuse_transition(action text, run public.workflow_executions) returns void
language plpgsql stable set search_path = ''
as $$
begin
  raise sqlstate 'PT409' using message = private.refused_transition(action, run),
    detail = jsonb_build_object('execution', to_jsonb(run))::text,
    hint = case when action in ('save', 'complete') then 'What you typed is still on this page.' else 'Nothing was changed.' end;
end;
$$;
comment on function private.refuse_transition is 'Refuses an action that cannot be taken on a run as it stands, with the sentence why.';

create function private.require_transition(action text, run public.workflow_executions, to_status text) returns void
language plpgsql stable security definer set search_path = ''
as $$
begin
  if not exists (
    select 1 from private.execution_transitions t
    where t.action = require_transition.action and t.from_status = run.status and t.to_status = require_transition.to_status) then
    perform private.refuse_transition(action, run);
  end if;
end;
$$;
comment on function private.require_transition is 'Refuses an action the lifecycle does not allow, with the sentence why.';

create function private.guard_execution() returns trigger
language plpgsql set search_path = ''
as $$
declare
  doing text := nullif(current_setting('zen.action', true), '');
  pinned record;
begin
  if tg_op = 'INSERT' or new.definition_version_id <> old.definition_version_id or new.workflow_id <> old.workflow_id
     or new.current_slide <> old.current_slide or (new.status = 'completed' and old.status <> 'completed') then
    select v.workflow_id, v.slide_sequence, v.category into pinned from public.workflow_definition_versions v
    where v.id = new.definition_version_id and (v.company_id is null or v.company_id = new.company_id);
    if pinned.workflow_id is distinct from new.workflow_id or not new.current_slide = any (pinned.slide_sequence) then
      raise sqlstate 'PT409' using message = 'This run does not fit its workflow: another version, or a slide that is not in it.';
    end if;
  end if;
  if tg_op = 'INSERT' then
    return new;
  end if;
  if (new.id, new.company_id, new.customer_id, new.workflow_id, new.started_at)
     is distinct from (old.id, old.company_id, old.customer_id, old.workflow_id, old.started_at) then
    raise sqlstate 'PT409' using message = 'A run keeps its customer and its workflow.';
  end if;
  if new.revision <> old.revision + 1 then
    raise sqlstate 'PT409' using message = 'This run was changed since you opened it.';
  end if;
  -- Every other action than saving is looked up by tell_execution, which needs its event anyway.
  if doing is null then
    if auth.uid() is not null then
      if (new.status, new.owner_id, new.definition_version_id, new.due_on)
         is distinct from (old.status, old.owner_id, old.definition_version_id, old.due_on) then
        raise sqlstate 'PT409' using message = 'What becomes of a run is decided by its actions, not by writing its status.';
      end if;
      perform private.require_transition('save', old, new.status);
    end if;
  elsif doing = 'save' then
    perform private.require_transition('save', old, new.status);
  end if;
  if new.status = 'completed' and old.status <> 'completed' then
    perform private.require_outcome(new.company_id, pinned.category, new.outcome_code, new.outcome_amount, new.outcome_reason, new.outcome_notes);
  end if;
  new.ended_at := case when new.status in ('completed', 'skipped', 'abandoned') then coalesce(new.ended_at, now()) end;
  if (new.skip_reason is not null or new.skip_words is not null) and new.status <> 'skipped' then
    new.skip_reason := null;
    new.skip_words := null;
  end if;
  return new;
end;
$$;
comment on function private.guard_execution is 'Before a run is written: it fits its version, keeps its identity, grows its revision by one, and moves as its lifecycle allows.';
create trigger guard before insert or update on public.workflow_executions
for each row execute function private.guard_execution();

-- One event for each change, with everything that changed: read in order, they give the run as it stands. What an event
-- tells is put together in steps: an expression is set up whole in each transaction, also what it then does not need.
create function private.tell_execution() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  doing text := nullif(current_setting('zen.action', true), '');
  detail jsonb := coalesce(nullif(current_setting('zen.detail', true), '')::jsonb, '{}');
  changed jsonb := '{}';
  kind text;
begin
  if tg_op = 'INSERT' then
    insert into public.workflow_execution_events (company_id, execution_id, kind, slide_id, actor_id, payload)
    values (new.company_id, new.id, 'started', new.current_slide, auth.uid(), jsonb_build_object(
      'definition_version_id', new.definition_version_id, 'due_on', new.due_on, 'status', new.status, 'owner_id', new.owner_id));
    return null;
  end if;
  if doing is null or doing = 'save' then
    if (new.status, new.owner_id, new.definition_version_id, new.due_on)
       is not distinct from (old.status, old.owner_id, old.definition_version_id, old.due_on) then
      return null;
    end if;
    kind := case when new.status = 'completed' and old.status <> 'completed' then 'completed'
                 when new.status = old.status and new.owner_id <> old.owner_id then 'reassigned' else 'status_changed' end;
  else
    select t.event into kind from private.execution_transitions t
    where t.action = doing and t.from_status = old.status and t.to_status = new.status;
    if not found then
      perform private.refuse_transition(doing, old);
    end if;
  end if;
  if new.status <> old.status then
    changed := jsonb_build_object('status', new.status);
  end if;
  if new.owner_id <> old.owner_id or new.definition_version_id <> old.definition_version_id or new.due_on is distinct from old.due_on then
    changed := changed || case when new.owner_id <> old.owner_id then jsonb_build_object('owner_id', new.owner_id) else '{}' end
      || case when new.definition_version_id <> old.definition_version_id then jsonb_build_object('definition_version_id', new.definition_version_id) else '{}' end
      || case when new.due_on is distinct from old.due_on then jsonb_build_object('due_on', new.due_on) else '{}' end;
  end if;
  if new.ended_at is not null then
    detail := detail || jsonb_strip_nulls(jsonb_build_object(
      'outcome_code', new.outcome_code, 'outcome_amount', new.outcome_amount, 'outcome_reason', new.outcome_reason,
      'skip_reason', new.skip_reason, 'skip_words', new.skip_words));
  end if;
  insert into public.workflow_execution_events (company_id, execution_id, kind, actor_id, payload)
  values (new.company_id, new.id, kind, auth.uid(), detail || jsonb_build_object('from', old.status, 'to', new.status, 'set', changed));
  if old.status = 'snoozed' and (new.status <> 'snoozed' or doing = 'snooze') then
    perform private.end_snooze(new.id, new.company_id, doing, detail ->> 'because', new.revision);
  end if;
  if old.status = 'escalated' and new.status <> 'escalated' and doing is distinct from 'hand_back' then
    perform private.end_escalation(new.id, coalesce(doing, 'operator'));
  end if;
  return null;
end;
$$;
comment on function private.tell_execution is 'After a run is made or changes: writes the event, and ends the snooze or the escalation it leaves.';
create trigger tell after insert or update on public.workflow_executions
for each row execute function private.tell_execution();

create function private.guard_step() returns trigger
language plpgsql set search_path = ''
as $$
declare
  ended timestamptz;
  slides text[];
begin
  select e.ended_at, v.slide_sequence into ended, slides
  from public.workflow_executions e join public.workflow_definition_versions v on v.id = e.definition_version_id
  where e.id = new.execution_id for share of e;
  if not found then
    raise sqlstate 'PT404' using message = 'This run does not exist, or you may not change it.';
  end if;
  if ended is not null and auth.uid() is not null then
    raise sqlstate 'PT409' using message = 'This run has ended; its slides no longer change.';
  end if;
  if not coalesce(new.slide_id = any (slides), false) then
    raise sqlstate 'PT400' using message = 'This slide is not part of the run.';
  end if;
  if tg_op = 'INSERT' and new.revision <> 1
     or tg_op = 'UPDATE' and (new.revision <> old.revision + 1 or new.execution_id <> old.execution_id or new.slide_id <> old.slide_id) then
    raise sqlstate 'PT409' using message = 'This slide was changed since you opened it.';
  end if;
  if tg_op = 'UPDATE' then
    new.completed_at := old.completed_at;
  end if;
  if new.status = 'done' then
    new.completed_at := coalesce(new.completed_at, now());
  end if;
  return new;
end;
$$;
comment on function private.guard_step is 'Before a step is saved: the run is open and has the slide; revision starts at one and grows by one.';
create trigger guard before insert or update on public.workflow_step_executions
for each row execute function private.guard_step();

create function private.forget_skip() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if new.status <> 'skipped' then
    new.skip_reason := null;
    new.skip_words := null;
  end if;
  return new;
end;
$$;
comment on function private.forget_skip is 'Before a step is written: what is no longer skipped has no reason to be; its events keep it.';
create trigger forget_skip before insert or update on public.workflow_step_executions for each row execute function private.forget_skip();

create function private.tell_step() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  told jsonb := case when new.status = 'skipped' then jsonb_strip_nulls(jsonb_build_object('skip_reason', new.skip_reason, 'skip_words', new.skip_words)) else '{}' end;
begin
  insert into public.workflow_execution_events (company_id, execution_id, kind, slide_id, actor_id, payload)
  values (new.company_id, new.execution_id,
    case when tg_op = 'UPDATE' and old.status = 'skipped' and new.status = 'draft' then 'step_taken_up'
         when new.status = 'draft' or (tg_op = 'UPDATE' and old.status = new.status) then 'step_saved' else 'step_' || new.status end,
    new.slide_id, auth.uid(),
    told || jsonb_build_object('revision', new.revision, 'status', new.status, 'keys', coalesce((
      select jsonb_agg(key order by key) from jsonb_each(new.answers)
      where tg_op = 'INSERT' or value is distinct from old.answers -> key), '[]')));
  return null;
end;
$$;
comment on function private.tell_step is 'After a step is saved: writes the event with the keys that changed.';
create trigger tell after insert or update on public.workflow_step_executions
for each row execute function private.tell_step();

grant execute on function private.execution_lifecycle, private.require_outcome,
private.require_transition to authenticated, service_role;
grant execute on function public.execution_lifecycle to authenticated;
