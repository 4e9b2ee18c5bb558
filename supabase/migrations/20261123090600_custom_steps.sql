-- The safe steps a company's own actions are made of: set a field of the customer, add a note, create a follow-up,
-- start another workflow, tell a person. A text may say {customer}, {person}, {today} and {words} (what the person types).

-- Whoever asks, the customer, the offer and the open run are looked up in one statement, the version for a new run only.
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

create or replace function public.start_workflow(p_workflow_id text, p_customer_id uuid) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.start_workflow(p_workflow_id, p_customer_id) $$;
grant execute on function private.start_workflow to authenticated;
comment on function public.start_workflow is 'Starts a run for a customer, or returns the open one. The company''s own definition wins over the stock one.';

create function private.filled(template text, me public.profiles, customer_name text, words text) returns text
language sql stable set search_path = ''
as $$
  select trim(coalesce(string_agg(case t.part[1] when '{customer}' then customer_name when '{person}' then me.full_name when '{words}' then coalesce(words, '')
    when '{today}' then to_char((now() at time zone me.time_zone)::date, 'FMDD FMMonth YYYY') else t.part[1] end, '' order by t.n), ''))
  from regexp_matches(template, '\{(?:customer|person|today|words)\}|[^{]+|\{', 'g') with ordinality t (part, n)
$$;
comment on function private.filled is 'A text of a step with its placeholders filled, all at once: a name, or what is typed, is never read as a placeholder.';

create function private.step_fault(step jsonb) returns text
language sql immutable set search_path = ''
as $$
  select case
    when jsonb_typeof(step) <> 'object' then 'A step cannot be read.'
    when step ->> 'do' = 'set_field' and not coalesce(step ->> 'field' in ('summary', 'competitor', 'industry', 'country'), false) then 'This field of the customer cannot be set by an action.'
    when step ->> 'do' = 'set_field' and length(step ->> 'value') > 2000 then 'At most 2000 characters are kept in a field.'
    when step ->> 'do' = 'add_note' then private.words_fault(step ->> 'body', 20000, 'The note has no text.')
    when step ->> 'do' = 'follow_up' and not coalesce(step ->> 'in_days' ~ '^\d{1,3}$', false) then 'A follow-up is due in 0 to 999 days.'
    when step ->> 'do' = 'follow_up' then private.words_fault(step ->> 'title', 400, 'The follow-up has no title.')
    when step ->> 'do' = 'start_workflow' then private.words_fault(step ->> 'workflow_id', 200, 'No workflow is named.')
    when step ->> 'do' = 'notify' then private.words_fault(step ->> 'message', 1500, 'The message has no text.')
    when not coalesce(step ->> 'do' in ('set_field', 'add_note', 'follow_up', 'start_workflow', 'notify'), false) then 'This step is not known.'
  end
$$;
comment on function private.step_fault is 'What is wrong with a step; null when nothing is.';

create function private.do_step(me public.profiles, customer public.customers, execution uuid, step jsonb, words text) returns text
language plpgsql volatile security definer set search_path = ''
as $$
declare
  filled constant text := nullif(private.filled(coalesce(step ->> 'value', step ->> 'body', step ->> 'title', step ->> 'message'), me, customer.name, words), '');
  who uuid;
  name text;
begin
  if step ->> 'do' in ('follow_up', 'notify') then
    who := case coalesce(step ->> 'person', 'owner') when 'owner' then customer.owner_id when 'me' then me.id else private.as_id(step ->> 'person') end;
    select p.full_name into name from public.profiles p where p.id = who and p.company_id = me.company_id and p.is_active;
    if not found then
      raise sqlstate 'PT409' using message = 'Somebody this action names has left the company.', hint = 'Nothing was done; a manager can change the action.';
    end if;
  end if;
  if step ->> 'do' in ('add_note', 'follow_up', 'notify') and filled is null then
    raise sqlstate 'PT400' using message = 'Write the words this action asks for.';
  end if;
  case step ->> 'do'
    when 'set_field' then
      update public.customers c set
        summary = case when step ->> 'field' = 'summary' then filled else c.summary end,
        competitor = case when step ->> 'field' = 'competitor' then filled else c.competitor end,
        industry = case when step ->> 'field' = 'industry' then filled else c.industry end,
        country = case when step ->> 'field' = 'country' then filled else c.country end
      where c.id = customer.id;
      return format('set the %s', step ->> 'field');
    when 'add_note' then
      insert into public.notes (company_id, customer_id, author_id, kind, body, happened_on)
      values (me.company_id, customer.id, me.id, 'note', filled, (now() at time zone me.time_zone)::date);
      return 'added a note';
    when 'follow_up' then
      insert into public.follow_ups (company_id, customer_id, execution_id, assigned_to, created_by, title, due_on)
      values (me.company_id, customer.id, execution, who, me.id, left(filled, 500), (now() at time zone me.time_zone)::date + (step ->> 'in_days')::int);
      return format('asked %s to follow up', name);
    when 'start_workflow' then
      perform private.begin_action('');
      return case when (private.begin_run(me.id, step ->> 'workflow_id', customer.id) ->> 'created')::boolean then 'started' else 'found' end
        || format(' the workflow %s', step ->> 'workflow_id');
    when 'notify' then
      insert into public.notices (company_id, person_id, from_id, customer_id, execution_id, body)
      values (me.company_id, who, me.id, customer.id, execution, left(filled, 2000));
      return format('told %s', name);
  end case;
end;
$$;
comment on function private.do_step is 'Does one safe step for a customer the person may write; returns what was done, in words.';

create function private.do_steps(me public.profiles, customer uuid, run public.workflow_executions, steps jsonb, p jsonb) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  subject public.customers;
  step jsonb;
  done text[] := '{}';
begin
  select * into subject from public.customers c where c.id = customer and c.company_id = me.company_id for no key update;
  if not found then
    raise sqlstate 'PT404' using message = 'This customer does not exist, or you may not see it.';
  elsif subject.owner_id <> me.id and me.role = 'csm' then
    raise sqlstate 'PT403' using message = format('%s belongs to a colleague.', subject.name), hint = 'A manager can do this.';
  end if;
  if jsonb_typeof(steps) is distinct from 'array' or jsonb_array_length(steps) not between 1 and 10 then
    raise sqlstate 'PT400' using message = 'This action has no steps, or more than ten.', hint = 'A manager can change the action.';
  end if;
  perform private.refuse(array(select distinct private.step_fault(s) from jsonb_array_elements(steps) s where private.step_fault(s) is not null)
    || case when length(p ->> 'words') > 5000 then array['At most 5000 characters are kept; shorten the text.'] else '{}' end
    || case when steps::text like '%{words}%' and coalesce(trim(p ->> 'words'), '') = '' then array['Write the words this action asks for.'] else '{}' end);
  for step in select s from jsonb_array_elements(steps) s loop
    done := done || private.do_step(me, subject, run.id, step, p ->> 'words');
  end loop;
  if run.id is not null then
    insert into public.workflow_execution_events (company_id, execution_id, kind, actor_id, payload)
    values (run.company_id, run.id, 'acted', me.id, jsonb_build_object('done', to_jsonb(done)));
  end if;
  return jsonb_build_object('before', '{}'::jsonb, 'summary', upper(left(array_to_string(done, ', '), 1)) || substr(array_to_string(done, ', '), 2) || '.');
end;
$$;
comment on function private.do_steps is 'Does the steps of an action, all or none, for a customer the person may write.';
