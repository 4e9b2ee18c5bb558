-- Starting and saving a run, and what else becomes of it: completed, reopened, given to a colleague, moved to a newer
-- version. Compare-and-set; a stale write answers with what stands now. Saving runs as the caller; all that writes a run's
-- state is definer (docs/decisions/0007-actions-run-as-definer.md).

create function private.take_run(me public.profiles, execution uuid) returns public.workflow_executions
language plpgsql volatile security definer set search_path = ''
as $$
declare
  run public.workflow_executions;
begin
  select * into run from public.workflow_executions e where e.id = execution and e.company_id = me.company_id for no key update;
  if not found then
    raise sqlstate 'PT404' using message = 'This run does not exist, or you may not see it.';
  elsif run.owner_id <> me.id and me.role = 'csm' and not (run.status = 'escalated' and private.holds_escalation(run.id)) then
    raise sqlstate 'PT403' using message = 'This run belongs to a colleague: you can read it, not change it.';
  end if;
  return run;
end;
$$;
comment on function private.take_run is 'A run the person may change, locked until the transaction ends; refuses any other with the reason.';

create function private.begin_run(person uuid, workflow text, customer uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  seen record;
  newest record;
  made boolean := false;
begin
  select p.company_id, p.role, c.id as customer_id, c.name, c.owner_id as answers, e.id as run_id, e.owner_id, e.current_slide,
    exists (
      select 1 from public.workflow_definitions d
      where d.workflow_id = workflow and d.status = 'published' and (d.company_id is null or d.company_id = p.company_id)) as is_offered
  into seen
  from public.profiles p
  left join public.customers c on c.id = customer and c.company_id = p.company_id
  left join public.workflow_executions e on e.customer_id = c.id and e.workflow_id = workflow and e.ended_at is null
  where p.id = person and p.is_active;
  if seen.company_id is null then
    perform private.me();
  elsif seen.customer_id is null then
    raise sqlstate 'PT404' using message = 'This customer does not exist, or you may not see it.';
  elsif not seen.is_offered then
    raise sqlstate 'PT404' using message = 'This workflow does not exist, or is no longer offered.';
  elsif seen.answers <> person and seen.role = 'csm' then
    raise sqlstate 'PT403' using message = format('%s belongs to a colleague.', seen.name),
      hint = 'A manager can start this run, or make you the owner.';
  end if;
  if seen.run_id is null then
    select v.id, v.slide_sequence[1] as first_slide into newest
    from public.workflow_definitions d join public.workflow_definition_versions v on v.definition_id = d.id
    where d.workflow_id = workflow and d.status = 'published' and (d.company_id is null or d.company_id = seen.company_id)
    order by d.company_id nulls last, v.version desc limit 1;
    if not found then
      raise sqlstate 'PT404' using message = 'This workflow does not exist, or is no longer offered.';
    end if;
  end if;
  -- The open run that was in the way may have ended by the time it is looked for: then it is no longer in the way.
  while seen.run_id is null loop
    insert into public.workflow_executions as e (company_id, customer_id, owner_id, workflow_id, definition_version_id, current_slide, due_on)
    values (seen.company_id, seen.customer_id, person, workflow, newest.id, newest.first_slide,
            (select k.notice_deadline from public.current_contracts k where k.customer_id = seen.customer_id))
    on conflict (customer_id, workflow_id) where ended_at is null do nothing
    returning e.id, e.owner_id, e.current_slide into seen.run_id, seen.owner_id, seen.current_slide;
    made := found;
    if not made then
      select e.id, e.owner_id, e.current_slide into seen.run_id, seen.owner_id, seen.current_slide
      from public.workflow_executions e where e.customer_id = seen.customer_id and e.workflow_id = workflow and e.ended_at is null;
    end if;
  end loop;
  return jsonb_build_object('execution_id', seen.run_id, 'created', made, 'owner_id', seen.owner_id, 'current_slide', seen.current_slide);
end;
$$;
comment on function private.begin_run is 'Starts a run for a customer in somebody''s name, or finds the open one. For functions that know who asks.';

create function private.start_workflow(p_workflow_id text, p_customer_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
begin
  return private.begin_run(auth.uid(), p_workflow_id, p_customer_id);
end;
$$;
comment on function private.start_workflow is 'The whole of public.start_workflow.';

create function public.start_workflow(p_workflow_id text, p_customer_id uuid) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.start_workflow(p_workflow_id, p_customer_id) $$;
comment on function public.start_workflow is 'Starts a run for a customer, or returns the open one. The company''s own definition wins over the stock one.';

create function private.lock_run(execution uuid) returns public.workflow_executions
language plpgsql security invoker set search_path = ''
as $$
declare
  run public.workflow_executions;
begin
  perform private.require_member();
  select * into run from public.workflow_executions where id = execution;
  if not found then
    raise sqlstate 'PT404' using message = 'This run does not exist, or you may not see it.';
  end if;
  if not private.may_write_execution(execution) then
    raise sqlstate 'PT403' using message = 'This run belongs to a colleague: you can read it, not change it.';
  end if;
  select * into run from public.workflow_executions where id = execution for update;
  if not found then
    raise sqlstate 'PT403' using message = 'This run was handed to a colleague: you can read it, not change it.';
  end if;
  if run.ended_at is not null then
    raise sqlstate 'PT409' using message = format('This run was ended on %s (%s).', to_char(run.ended_at, 'FMDD FMMonth YYYY'), run.status),
      detail = jsonb_build_object('execution', to_jsonb(run))::text, hint = 'What you typed is still on this page.';
  end if;
  return run;
end;
$$;
comment on function private.lock_run is 'The open run, locked for this transaction; refuses with the reason when it cannot be written.';

create function public.save_step(
  p_execution_id uuid, p_slide_id text, p_answers jsonb, p_revision int,
  p_status text default 'draft', p_current_slide text default null
) returns jsonb
language plpgsql security invoker set search_path = ''
as $$
declare
  run public.workflow_executions;
  step public.workflow_step_executions;
  slides text[];
begin
  run := private.lock_run(p_execution_id);
  select slide_sequence into slides from public.workflow_definition_versions where id = run.definition_version_id;
  if not coalesce(p_slide_id = any (slides) and coalesce(p_current_slide, p_slide_id) = any (slides), false) then
    raise sqlstate 'PT400' using message = 'This slide is not part of the run.';
  end if;
  if coalesce(p_status, '') not in ('draft', 'done') or jsonb_typeof(p_answers) is distinct from 'object' then
    raise sqlstate 'PT400' using message = 'The answers cannot be read.';
  end if;
  if octet_length(p_answers::text) > 400000 then
    raise sqlstate 'PT400' using message = format('The answers on this slide are %s kB long; 400 kB can be kept.', ceil(octet_length(p_answers::text) / 1000.0)),
      hint = 'Shorten the longest one; nothing is lost until you leave the page.';
  end if;
  select * into step from public.workflow_step_executions where execution_id = run.id and slide_id = p_slide_id;
  -- Somebody's own save whose answer got lost on the way is sent again: what stands already is not a conflict.
  if coalesce(step.revision, 0) is distinct from p_revision
     and not coalesce(step.saved_by = auth.uid() and step.answers = p_answers
                      and p_revision < step.revision and step.status in (p_status, 'done'), false) then
    raise sqlstate 'PT409' using message = 'This slide was saved somewhere else since you opened it.',
      detail = jsonb_build_object(
        'step', to_jsonb(step), 'execution_revision', run.revision,
        'saved_by', (select full_name from public.profiles where id = step.saved_by))::text,
      hint = 'Compare both, then keep yours or take theirs.';
  end if;
  if step.id is null then
    insert into public.workflow_step_executions (company_id, execution_id, slide_id, status, answers, saved_by)
    values (run.company_id, run.id, p_slide_id, p_status, p_answers, auth.uid())
    returning * into step;
  elsif step.answers is distinct from p_answers or (p_status = 'done' and step.status <> 'done') then
    update public.workflow_step_executions
    set answers = p_answers, saved_by = auth.uid(), revision = revision + 1,
        status = case when p_status = 'done' or step.status = 'done' then 'done' else 'draft' end
    where id = step.id returning * into step;
  elsif run.current_slide = coalesce(p_current_slide, run.current_slide) then
    return jsonb_build_object('step', to_jsonb(step), 'execution_revision', run.revision);
  end if;
  update public.workflow_executions
  set revision = revision + 1, current_slide = coalesce(p_current_slide, current_slide)
  where id = run.id returning revision into run.revision;
  return jsonb_build_object('step', to_jsonb(step), 'execution_revision', run.revision);
end;
$$;
comment on function public.save_step is 'Keeps the answers of a slide. p_revision is that of the step (0 before the first save); a stale one is a conflict whose detail holds the step as it stands.';

create function private.complete_workflow(
  p_execution_id uuid, p_revision int, p_outcome_code text, p_amount numeric, p_reason text, p_notes text
) returns jsonb
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
  perform private.require_outcome(run.company_id, v.category, p_outcome_code, p_amount, p_reason, p_notes)
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

create function public.complete_workflow(
  p_execution_id uuid, p_revision int, p_outcome_code text,
  p_amount numeric default null, p_reason text default null, p_notes text default null
) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.complete_workflow(p_execution_id, p_revision, p_outcome_code, p_amount, p_reason, p_notes) $$;
comment on function public.complete_workflow is 'Ends a run with its outcome; every fault is named at once. p_revision is the run''s.';

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

create function public.reopen_execution(p_execution_id uuid, p_reason text) returns jsonb
language sql volatile security invoker set search_path
= '' as $$ select private.reopen_execution(p_execution_id, p_reason) $$;
comment on function public.reopen_execution is 'Opens an ended run again, with a reason; its outcome stays in its events.';

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

create function public.reassign_execution(p_execution_id uuid, p_to uuid) returns jsonb
language sql volatile security invoker set search_path
= '' as $$ select private.reassign_execution(p_execution_id, p_to) $$;
comment on function public.reassign_execution is 'Gives an open run to a colleague, who is told.';

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

create function public.take_up_slide(p_execution_id uuid, p_slide_id text) returns jsonb
language sql volatile security invoker set search_path
= '' as $$ select private.take_up_slide(p_execution_id, p_slide_id) $$;
comment on function public.take_up_slide is 'Takes up a slide that was left out; its answers are as they were.';

grant execute on function private.start_workflow, public.start_workflow, private.lock_run, public.save_step,
private.complete_workflow, public.complete_workflow, private.reopen_execution, public.reopen_execution,
private.reassign_execution, public.reassign_execution, private.take_up_slide, public.take_up_slide to authenticated;
