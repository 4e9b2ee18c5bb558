-- Starting, saving, completing and reopening a run. Compare-and-set: a stale write raises PT409 with what
-- is stored. Saving runs as the caller; whatever changes the state of a run is definer (docs/decisions/0007-actions-
-- run-as-definer.md).

create function private.lock_run(me public.profiles, execution uuid) returns public.workflow_executions
language plpgsql volatile security definer set search_path = ''
as $$
declare
  run public.workflow_executions;
begin
  select * into run from public.workflow_executions e
  where e.id = execution and e.company_id = me.company_id for no key update;
  if not found then
    raise sqlstate 'PT404' using message = 'This run does not exist, or you don''t have access to it.';
  elsif not private.works_on_run(run) and me.role = 'csm'
        and not (run.status = 'escalated' and private.is_escalated_to_me(run.id)) then
    raise sqlstate 'PT403' using message = 'This run belongs to a colleague. You can read it but not change it.';
  end if;
  return run;
end;
$$;
comment on function private.lock_run is
'A run the person may change, locked until the transaction ends; raises PT404 or PT403 for any other.';

create function private.find_published_version(
  company uuid, workflow text
) returns public.workflow_definition_versions
language sql stable security invoker set search_path = ''
as $$
  select v.*
  from public.workflow_definitions d join public.workflow_definition_versions v on v.definition_id = d.id
  where d.workflow_id = workflow and d.status = 'published' and (d.company_id is null or d.company_id = company)
  order by d.company_id nulls last, v.version desc limit 1
$$;
comment on function private.find_published_version is
'The version a run started now would use: the latest one, of the company''s own workflow before the stock one.';

-- Whether a slide is shown depends on facts that the page of the run composes; a list counts what is certain.
create function private.count_slides_of_run(execution uuid, slides text[], contexts jsonb) returns int
language sql stable security invoker set search_path = ''
as $$
  select count(*)::int from unnest(slides) s
  where
    coalesce(contexts -> s -> 'shown_when', 'null') = 'null'
    or exists (
      select 1 from public.workflow_step_executions x
      where x.execution_id = execution and x.slide_id = s and x.status <> 'draft'
    )
$$;
comment on function private.count_slides_of_run is
'How many slides a run has for certain: those without a condition, and those with one that are done or skipped.';
grant execute on function private.count_slides_of_run to authenticated;

create function private.insert_run(
  account public.customers, version public.workflow_definition_versions, execution uuid
) returns public.workflow_executions
language sql volatile security definer set search_path = ''
as $$
  insert into public.workflow_executions (
    id, company_id, customer_id, owner_id, workflow_id, definition_version_id, current_slide, due_on)
  values (
    execution, account.company_id, account.id, account.owner_id, version.workflow_id, version.id,
    version.slide_sequence[1],
    (select k.notice_deadline from public.current_contracts k where k.customer_id = account.id))
  on conflict (customer_id, workflow_id) where ended_at is null do nothing
  returning *
$$;
comment on function private.insert_run is
'A new run of a version for a customer, the owner''s; null where one of its workflow is open.';

create function private.start_or_get_run(me public.profiles, workflow text, customer uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  account public.customers;
  version constant public.workflow_definition_versions := private.find_published_version(me.company_id, workflow);
  run public.workflow_executions;
  created boolean := false;
begin
  select * into account from public.customers c where c.id = customer and c.company_id = me.company_id;
  if not found then
    raise sqlstate 'PT404' using message = 'This customer does not exist, or you don''t have access to it.';
  elsif version.id is null then
    raise sqlstate 'PT404' using message = 'This workflow does not exist, or is no longer offered.';
  elsif not private.can_write_customer(account.id) then
    raise sqlstate 'PT403' using message = format('%s belongs to a colleague.', account.name),
      hint = 'A manager can start this run, or make you the owner.';
  end if;
  -- An open run that was in the way may have ended by the time it is looked for: then the insert is tried again.
  while run.id is null loop
    select * into run from public.workflow_executions e
    where e.customer_id = account.id and e.workflow_id = workflow and e.ended_at is null;
    if not found and account.status <> 'active' then
      raise sqlstate 'PT409' using message = format('%s is no longer a customer.', account.name),
        hint = 'No run can be started; nothing was changed.';
    elsif not found then
      run := private.insert_run(account, version, gen_random_uuid());
      created := run.id is not null;
    end if;
  end loop;
  return jsonb_build_object(
    'execution_id', run.id, 'created', created, 'owner_id', run.owner_id, 'current_slide', run.current_slide);
end;
$$;
comment on function private.start_or_get_run is
'Starts a run for an active customer `me` may write, or finds the open one. It belongs to the customer''s owner.';

create function private.start_workflow(p_workflow_id text, p_customer_id uuid) returns jsonb
language sql volatile security definer set search_path = ''
as $$ select private.start_or_get_run(private.current_profile(), p_workflow_id, p_customer_id) $$;
comment on function private.start_workflow is 'See public.start_workflow.';

create function public.start_workflow(p_workflow_id text, p_customer_id uuid) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.start_workflow(p_workflow_id, p_customer_id) $$;
comment on function public.start_workflow is
'Starts a run for a customer, or returns the open one. The company''s own definition wins over the stock one.';

create function private.lock_open_run(execution uuid) returns public.workflow_executions
language plpgsql security invoker set search_path = ''
as $$
declare
  run public.workflow_executions;
begin
  perform private.require_member();
  select * into run from public.workflow_executions where id = execution;
  if not found then
    raise sqlstate 'PT404' using message = 'This run does not exist, or you don''t have access to it.';
  elsif not private.can_write_execution(execution) then
    raise sqlstate 'PT403' using message = 'This run belongs to a colleague. You can read it but not change it.';
  end if;
  select * into run from public.workflow_executions where id = execution for update;
  if not found then
    raise sqlstate 'PT403' using message = 'This run was handed to a colleague. You can read it but not change it.';
  elsif run.ended_at is not null then
    perform private.raise_transition_conflict('save', run);
  end if;
  return run;
end;
$$;
comment on function private.lock_open_run is
'The open run, locked until the transaction ends, with the rights of the caller.';

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
  run := private.lock_open_run(p_execution_id);
  select slide_sequence into slides from public.workflow_definition_versions where id = run.definition_version_id;
  if not coalesce(p_slide_id = any (slides) and coalesce(p_current_slide, p_slide_id) = any (slides), false) then
    raise sqlstate 'PT400' using message = 'This slide is not part of the run.';
  elsif coalesce(p_status, '') not in ('draft', 'done') or jsonb_typeof(p_answers) is distinct from 'object' then
    raise sqlstate 'PT400' using message = 'The answers cannot be read.';
  elsif octet_length(p_answers::text) > 400000 then
    raise sqlstate 'PT400' using
      message = format('The answers on this slide take up %s kB; the limit is 400 kB.',
                       ceil(octet_length(p_answers::text) / 1000.0)),
      hint = 'Shorten the longest one; nothing is lost until you leave the page.';
  end if;
  select * into step from public.workflow_step_executions where execution_id = run.id and slide_id = p_slide_id;
  -- A save whose response got lost is sent again by the same person: what stands already is not a conflict.
  if coalesce(step.revision, 0) is distinct from p_revision
     and not coalesce(step.saved_by = auth.uid() and step.answers = p_answers
                      and p_revision < step.revision and step.status in (p_status, 'done'), false) then
    raise sqlstate 'PT409' using
      message = 'This slide was saved elsewhere after you opened it.',
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
    return jsonb_build_object('step', to_jsonb(step), 'execution_revision', run.revision,
      'prices', private.read_prices(run.id));
  end if;
  update public.workflow_executions
  set revision = revision + 1, current_slide = coalesce(p_current_slide, current_slide)
  where id = run.id returning revision into run.revision;
  return jsonb_build_object(
    'step', to_jsonb(step), 'execution_revision', run.revision, 'prices', private.read_prices(run.id));
end;
$$;
comment on function public.save_step is
'Saves the answers of a slide. p_revision is that of the step (0 before the first save); a stale one raises PT409, '
'with the step as it is in the detail.';

create function private.complete_workflow(
  p_execution_id uuid, p_revision int, p_outcome_code text, p_amount numeric, p_reason text, p_notes text
) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  run public.workflow_executions := private.lock_run(private.current_profile(), p_execution_id);
begin
  perform private.require_transition('complete', run, 'completed');
  if run.revision is distinct from p_revision then
    raise sqlstate 'PT409' using
      message = 'This run was changed elsewhere after you opened it.',
      detail = jsonb_build_object('execution', to_jsonb(run))::text,
      hint = 'Review it, then complete it.';
  end if;
  perform private.require_outcome(run.company_id, v.category, p_outcome_code, p_amount, p_reason, p_notes)
  from public.workflow_definition_versions v where v.id = run.definition_version_id;
  run := private.transition(run, 'complete', jsonb_build_object(
    'status', 'completed', 'outcome_code', p_outcome_code, 'outcome_amount', p_amount,
    'outcome_reason', nullif(trim(p_reason), ''), 'outcome_notes', nullif(trim(p_notes), '')));
  return to_jsonb(run);
end;
$$;
comment on function private.complete_workflow is 'See public.complete_workflow.';

create function public.complete_workflow(
  p_execution_id uuid, p_revision int, p_outcome_code text,
  p_amount numeric default null, p_reason text default null, p_notes text default null
) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.complete_workflow(p_execution_id, p_revision, p_outcome_code, p_amount, p_reason, p_notes) $$;
comment on function public.complete_workflow is
'Ends a run with its outcome; every error is named at once. p_revision is that of the run.';

create function private.reopen_execution(p_execution_id uuid, p_reason text) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  run public.workflow_executions := private.lock_run(private.current_profile(), p_execution_id);
begin
  perform private.require_transition('reopen', run, 'active');
  perform private.raise_invalid(array[private.text_error(p_reason, 2000, 'Say why you are reopening it.')]);
  run := private.transition(
    run, 'reopen',
    '{"status": "active", "outcome_code": null, "outcome_amount": null, "outcome_reason": null, "outcome_notes": null}',
    jsonb_build_object('reason', trim(p_reason), 'was', jsonb_strip_nulls(jsonb_build_object(
      'outcome_code', run.outcome_code, 'outcome_amount', run.outcome_amount,
      'outcome_reason', run.outcome_reason, 'outcome_notes', left(run.outcome_notes, 2000)))));
  return jsonb_build_object('status', run.status, 'revision', run.revision);
exception when unique_violation then
  raise sqlstate 'PT409' using message = 'A newer run of this workflow is open for this customer.',
    hint = 'Continue with that run. Nothing was changed.';
end;
$$;
comment on function private.reopen_execution is 'See public.reopen_execution.';

create function public.reopen_execution(p_execution_id uuid, p_reason text) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.reopen_execution(p_execution_id, p_reason) $$;
comment on function public.reopen_execution is
'Opens an ended run again, with a reason; its outcome stays in its events.';

create function private.unskip_slide(p_execution_id uuid, p_slide_id text) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
  run public.workflow_executions := private.lock_run(me, p_execution_id);
  step public.workflow_step_executions;
begin
  perform private.require_transition('save', run, run.status);
  update public.workflow_step_executions s set status = 'draft', saved_by = me.id, revision = s.revision + 1
  where s.execution_id = run.id and s.slide_id = p_slide_id and s.status = 'skipped' returning * into step;
  if not found then
    raise sqlstate 'PT409' using message = 'This slide is not skipped.',
      hint = 'Nothing was changed.';
  end if;
  update public.workflow_executions e set revision = e.revision + 1, current_slide = p_slide_id
  where e.id = run.id returning * into run;
  return jsonb_build_object('step', to_jsonb(step), 'execution_revision', run.revision);
end;
$$;
comment on function private.unskip_slide is 'See public.unskip_slide.';

create function public.unskip_slide(p_execution_id uuid, p_slide_id text) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.unskip_slide(p_execution_id, p_slide_id) $$;
comment on function public.unskip_slide is 'Resumes a slide that was skipped, with the answers it had.';

grant execute on function private.start_workflow, public.start_workflow, private.lock_open_run, public.save_step,
private.complete_workflow, public.complete_workflow, private.reopen_execution, public.reopen_execution,
private.unskip_slide, public.unskip_slide, private.find_published_version to authenticated;
