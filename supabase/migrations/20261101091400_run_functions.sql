-- Starting, saving and completing a run. Invoker, compare-and-set; a stale write answers with what stands now.

create function private.require_member() returns void
language plpgsql stable set search_path = ''
as $$
begin
  if private.my_company() is null then
    raise sqlstate 'PT403' using message = 'You are not a member of a company yet.', hint = 'Ask your admin for an invitation.';
  end if;
end;
$$;
comment on function private.require_member is 'Refuses whoever belongs to no company.';
grant execute on function private.require_member to authenticated;

create function public.start_workflow(p_workflow_id text, p_customer_id uuid) returns jsonb
language plpgsql security invoker set search_path = ''
as $$
declare
  chosen public.workflow_definition_versions;
  customer public.customers;
  run public.workflow_executions;
  made boolean := false;
begin
  perform private.require_member();
  select * into customer from public.customers where id = p_customer_id;
  if not found then
    raise sqlstate 'PT404' using message = 'This customer does not exist, or you may not see it.';
  end if;
  select v.* into chosen
  from public.workflow_definitions d join public.workflow_definition_versions v on v.definition_id = d.id
  where d.workflow_id = p_workflow_id and d.status = 'published'
  order by d.company_id nulls last, v.version desc limit 1;
  if not found then
    raise sqlstate 'PT404' using message = 'This workflow does not exist, or is no longer offered.';
  end if;
  if not private.may_write_customer(customer.id) then
    raise sqlstate 'PT403' using message = format('%s belongs to a colleague.', customer.name),
      hint = 'A manager can start this run, or make you the owner.';
  end if;
  -- The open run that was in the way may have ended by the time it is looked for: then it is no longer in the way.
  while run.id is null loop
    insert into public.workflow_executions (company_id, customer_id, owner_id, workflow_id, definition_version_id, current_slide, due_on)
    values (customer.company_id, customer.id, auth.uid(), p_workflow_id, chosen.id, chosen.slide_sequence[1],
            (select k.notice_deadline from public.current_contracts k where k.customer_id = p_customer_id))
    on conflict (customer_id, workflow_id) where status in ('active', 'snoozed', 'escalated') do nothing
    returning * into run;
    made := found;
    if not made then
      select * into run from public.workflow_executions
      where customer_id = customer.id and workflow_id = p_workflow_id and status in ('active', 'snoozed', 'escalated');
    end if;
  end loop;
  return jsonb_build_object('execution_id', run.id, 'created', made, 'owner_id', run.owner_id, 'current_slide', run.current_slide);
end;
$$;
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
grant execute on function private.lock_run to authenticated;

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

create function public.complete_workflow(
  p_execution_id uuid, p_revision int, p_outcome_code text,
  p_amount numeric default null, p_reason text default null, p_notes text default null
) returns jsonb
language plpgsql security invoker set search_path = ''
as $$
declare
  run public.workflow_executions;
begin
  run := private.lock_run(p_execution_id);
  if run.revision is distinct from p_revision then
    raise sqlstate 'PT409' using message = 'This run was changed somewhere else since you opened it.',
      detail = jsonb_build_object('execution', to_jsonb(run))::text, hint = 'Look at it again, then complete it.';
  end if;
  perform private.require_outcome(v.category, p_outcome_code, p_amount, p_reason, p_notes)
  from public.workflow_definition_versions v where v.id = run.definition_version_id;
  update public.workflow_executions
  set status = 'completed', outcome_code = p_outcome_code, outcome_amount = p_amount,
      outcome_reason = nullif(trim(p_reason), ''), outcome_notes = nullif(trim(p_notes), ''), revision = revision + 1
  where id = run.id returning * into run;
  return to_jsonb(run);
end;
$$;
comment on function public.complete_workflow is 'Ends a run with its outcome; every fault is named at once. p_revision is the run''s.';

grant execute on function public.start_workflow, public.save_step, public.complete_workflow to authenticated;

create function public.workflow_run(p_execution_id uuid) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  run jsonb;
begin
  select jsonb_build_object(
    'execution', to_jsonb(e),
    'customer_name', (select c.name from public.customers c where c.id = e.customer_id),
    'owner_name', (select p.full_name from public.profiles p where p.id = e.owner_id),
    'may_write', private.may_write_execution(e.id),
    'version', to_jsonb(v),
    'latest_version', (select max(n.version) from public.workflow_definition_versions n where n.definition_id = v.definition_id),
    'steps', coalesce((
      select jsonb_agg(to_jsonb(s) || jsonb_build_object('saved_by_name', p.full_name) order by s.created_at)
      from public.workflow_step_executions s join public.profiles p on p.id = s.saved_by where s.execution_id = e.id), '[]'),
    'events', coalesce((
      select jsonb_agg(to_jsonb(x) order by x.id desc) from (
        select t.id, t.kind, t.slide_id, t.payload, t.created_at, p.full_name as actor_name
        from public.workflow_execution_events t left join public.profiles p on p.id = t.actor_id
        where t.execution_id = e.id order by t.id desc limit 50) x), '[]'))
  into run
  from public.workflow_executions e join public.workflow_definition_versions v on v.id = e.definition_version_id
  where e.id = p_execution_id;
  if run is null then
    raise sqlstate 'PT404' using message = 'This run does not exist, or you may not see it.';
  end if;
  return run;
end;
$$;
comment on function public.workflow_run is 'A run with its pinned version, steps and latest 50 events.';
grant execute on function public.workflow_run to authenticated;
