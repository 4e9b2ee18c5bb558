-- Reassigning a run to a colleague, and ending one that has no answers. Both can be undone for 24 hours.

create function private.notify_assignee(
  me public.profiles, run public.workflow_executions, person uuid
) returns void
language sql volatile security definer set search_path = ''
as $$
  insert into public.notices (company_id, person_id, from_id, customer_id, execution_id, body)
  select
    run.company_id, person, me.id, run.customer_id, run.id,
    format('%s assigned you the run “%s” for %s.', me.full_name, v.name, c.name)
  from public.customers c, public.workflow_definition_versions v
  where c.id = run.customer_id and v.id = run.definition_version_id and person <> me.id
$$;
comment on function private.notify_assignee is
'Leaves a notice to whoever was given a run, unless they did it themselves.';

create function private.reassign_execution(p_execution_id uuid, p_to uuid, p_key uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
  done public.saved_action_runs := private.find_action_run(me, p_key);
  run public.workflow_executions;
  person public.profiles;
  previous uuid;
begin
  if done.id is not null then
    return private.replay_action_run(done, done.kind = 'reassign' and done.execution_id = p_execution_id
      and done.parameters ->> 'to' = p_to::text);
  end if;
  run := private.lock_run(me, p_execution_id);
  perform private.require_transition('reassign', run, run.status);
  select * into person from public.profiles x where x.id = p_to and x.company_id = me.company_id;
  if person.id is null then
    raise sqlstate 'PT400' using message = 'Choose who to assign it to.';
  elsif not person.is_active then
    raise sqlstate 'PT409' using message = format('%s has left the company.', person.full_name),
      hint = 'Choose someone else. Nothing was changed.';
  elsif not private.works_on_run(run) and me.role = 'csm' then
    raise sqlstate 'PT403' using
      message = 'Only its owner, the person it is assigned to or a manager can reassign a run.';
  end if;
  previous := run.assigned_to;
  if person.id <> coalesce(previous, run.owner_id) then
    run := private.transition(
      run, 'reassign', jsonb_build_object('assigned_to', nullif(person.id, run.owner_id)),
      jsonb_build_object('person', person.full_name));
    perform private.notify_assignee(me, run, person.id);
  end if;
  return private.record_action_run(me, run, jsonb_build_object(
    'kind', 'reassign', 'name', 'Reassign', 'idempotency_key', p_key, 'source', 'page',
    'parameters', jsonb_build_object('to', person.id),
    'before', case when run.assigned_to is distinct from previous
                   then jsonb_build_object('assigned_to', previous, 'given_to', run.assigned_to) end,
    'summary', format('Assigned to %s.', person.full_name)));
end;
$$;
comment on function private.reassign_execution is 'See public.reassign_execution.';

create function public.reassign_execution(p_execution_id uuid, p_to uuid, p_key uuid) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.reassign_execution(p_execution_id, p_to, p_key) $$;
comment on function public.reassign_execution is
'Assigns an open run to a colleague, who gets a notice; to its owner, who then has it alone again. The owner keeps it '
'in sight. Can be undone for 24 hours. p_key is one for each click.';

create function private.abandon_execution(p_execution_id uuid, p_key uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
  done public.saved_action_runs := private.find_action_run(me, p_key);
  run public.workflow_executions;
  before jsonb;
begin
  if done.id is not null then
    return private.replay_action_run(done, done.kind = 'abandon' and done.execution_id = p_execution_id);
  end if;
  run := private.lock_run(me, p_execution_id);
  perform private.require_transition('abandon', run, 'abandoned');
  if exists (
    select 1 from public.workflow_step_executions s where s.execution_id = run.id and s.answers <> '{}') then
    raise sqlstate 'PT409' using message = 'This run has answers, so it cannot end without an outcome.',
      hint = 'Complete it, or skip it with a reason. Nothing was changed.';
  end if;
  before := jsonb_build_object('status', run.status, 'snooze_id', (
    select s.id from public.workflow_snoozes s where s.execution_id = run.id and s.ended_at is null));
  run := private.transition(run, 'abandon', '{"status": "abandoned"}');
  return private.record_action_run(me, run, jsonb_build_object(
    'kind', 'abandon', 'name', 'End without outcome', 'idempotency_key', p_key, 'source', 'page',
    'parameters', '{}'::jsonb, 'before', before, 'summary', 'Ended without an outcome.'));
end;
$$;
comment on function private.abandon_execution is 'See public.abandon_execution.';

create function public.abandon_execution(p_execution_id uuid, p_key uuid) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.abandon_execution(p_execution_id, p_key) $$;
comment on function public.abandon_execution is
'Ends an open run without answers as abandoned; raises PT409 for one with answers. Can be undone for 24 hours. p_key: '
'one for each click.';

grant execute on function private.reassign_execution, public.reassign_execution, private.abandon_execution,
public.abandon_execution to authenticated;
