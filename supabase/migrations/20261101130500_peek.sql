-- Peek: the page of a run before the run is started, and starting it from there. Looking writes nothing.

create function private.read_unstarted_run(workflow text, customer uuid) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select
    jsonb_build_object(
      'is_started', false,
      'execution', to_jsonb(jsonb_populate_record(null::public.workflow_executions, jsonb_build_object(
        'company_id', c.company_id, 'customer_id', c.id, 'owner_id', c.owner_id, 'workflow_id', v.workflow_id,
        'definition_version_id', v.id, 'status', 'active', 'current_slide', v.slide_sequence[1], 'revision', 0,
        'started_at', now(), 'due_on', (
          select k.notice_deadline from public.current_contracts k where k.customer_id = c.id
        )
      ))) || '{"id": ""}',
      'customer_name', c.name,
      'owner_name', (select p.full_name from public.profiles p where p.id = c.owner_id),
      'assigned_to_name', null,
      'may_write', c.status = 'active' and private.can_write_customer(c.id),
      'version', to_jsonb(v),
      'latest_version', v.version,
      'latest_resume_slide', v.slide_sequence[1],
      'undoable', '[]'::jsonb,
      'steps', '[]'::jsonb,
      'events', '[]'::jsonb,
      'event_count', 0
    )
  from public.customers c cross join private.find_published_version(c.company_id, workflow) v
  where c.id = customer and v.id is not null
$$;
comment on function private.read_unstarted_run is
'A run as read_run returns it, as it would begin now; without an id. Null for a workflow that is not offered.';

create function public.peek_run(p_workflow_id text, p_customer_id uuid) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  account constant jsonb := public.customer_account(p_customer_id);
  open_run constant uuid := (
    select e.id from public.workflow_executions e
    where e.customer_id = p_customer_id and e.workflow_id = p_workflow_id and e.ended_at is null
  );
  run constant jsonb := case
    when open_run is null then private.read_unstarted_run(p_workflow_id, p_customer_id)
    else public.workflow_run(open_run) end;
begin
  if run is null then
    raise sqlstate 'PT404' using message = 'This workflow does not exist, or is no longer offered.';
  end if;
  return jsonb_build_object('run', run, 'account', account);
end;
$$;
comment on function public.peek_run is
'The open run of a workflow for a customer, as open_run returns it; without one, what a run started now would begin '
'with (is_started false). Writes nothing.';

create function public.start_workflow_with_answers(
  p_workflow_id text, p_customer_id uuid, p_slide_id text default null, p_answers jsonb default null,
  p_status text default 'draft', p_current_slide text default null
) returns jsonb
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  execution constant uuid := (private.start_workflow(p_workflow_id, p_customer_id) ->> 'execution_id')::uuid;
begin
  if p_slide_id is not null then
    perform public.save_step(execution, p_slide_id, p_answers, 0, p_status, p_current_slide);
  end if;
  return public.workflow_run(execution);
end;
$$;
comment on function public.start_workflow_with_answers is
'Starts a run, or finds the open one, and saves the first answers of a slide, all or nothing. Raises PT409 as '
'save_step does if the slide has other answers by now. Returns the run as workflow_run does.';

grant execute on function private.read_unstarted_run, public.peek_run, public.start_workflow_with_answers
to authenticated;
