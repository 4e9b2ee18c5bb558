-- Running an action: one click is one transaction with the change, its event and the record of the action. The same
-- click again finds the record.
--
-- Each kind has one function. It gets the person, the locked run and the parameters, checks the parameters (lib/actions
-- checks the same earlier, for the form), and returns `before` (what undo restores; none: it cannot be undone),
-- `summary` (a sentence) and the `revision` of the run.

create function private.action_result(done public.saved_action_runs, repeated boolean) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'run_id', done.id, 'kind', done.kind, 'name', done.name, 'summary', done.summary,
    'execution_id', done.execution_id, 'customer_id', done.customer_id, 'revision', done.revision_after,
    'repeated', repeated,
    'can_undo', done.before <> '{}' and done.undone_at is null and done.created_at > now() - interval '24 hours'
  )
$$;
comment on function private.action_result is
'The result of an action: its record, whether it was a repeat, whether it can be undone.';

create function private.record_action_run(
  me public.profiles, run public.workflow_executions, entry jsonb
) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  done public.saved_action_runs := jsonb_populate_record(null::public.saved_action_runs, entry);
begin
  insert into public.saved_action_runs (
    id, company_id, actor_id, action_id, kind, name, idempotency_key, source, customer_id, execution_id,
    slide_id, parameters, before, summary, revision_after)
  values (
    coalesce(done.id, gen_random_uuid()), me.company_id, me.id, done.action_id, done.kind, done.name,
    done.idempotency_key, done.source,
    coalesce(run.customer_id, done.customer_id), run.id, done.slide_id,
    done.parameters, coalesce(done.before, '{}'), done.summary, coalesce((entry ->> 'revision')::int, run.revision))
  returning * into done;
  return private.action_result(done, false);
end;
$$;
comment on function private.record_action_run is
'Stores a run of an action on a run of a workflow (or on none), from columns of saved_action_runs.';

create function private.find_action_run(me public.profiles, key uuid) returns public.saved_action_runs
language plpgsql volatile security definer set search_path = ''
as $$
declare
  done public.saved_action_runs;
begin
  if key is null then
    raise sqlstate 'PT400' using message = 'Reload the page and try again.';
  end if;
  -- The same click in two requests at once: the second waits here, then finds what the first did.
  perform pg_advisory_xact_lock(hashtextextended(me.id::text || key::text, 7));
  select * into done from public.saved_action_runs r
  where r.actor_id = me.id and r.company_id = me.company_id and r.idempotency_key = key;
  return done;
end;
$$;
comment on function private.find_action_run is
'The record of the click with this key, or null. Until the transaction ends the same click waits.';

create function private.replay_action_run(done public.saved_action_runs, is_same boolean) returns jsonb
language plpgsql stable set search_path = ''
as $$
begin
  if not coalesce(is_same, false) then
    raise sqlstate 'PT409' using message = 'Reload the page and try again.',
      hint = 'This click was already used for something else. Nothing was changed.';
  end if;
  return private.action_result(done, true);
end;
$$;
comment on function private.replay_action_run is
'The answer of a click that was done before; raises PT409 if its key was used for something else.';

create function private.skip_run(run public.workflow_executions, code text, words text) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  snooze uuid;
begin
  perform private.require_transition('skip', run, 'skipped');
  select s.id into snooze from public.workflow_snoozes s where s.execution_id = run.id and s.ended_at is null;
  perform private.transition(run, 'skip', jsonb_build_object(
    'status', 'skipped', 'skip_reason', code, 'skip_words', words));
  return jsonb_build_object(
    'revision', run.revision + 1, 'summary', 'Skipped this run.',
    'before', jsonb_build_object('status', run.status, 'snooze_id', snooze));
end;
$$;
comment on function private.skip_run is 'Ends a run as skipped, with a reason.';

create function private.skip_slide(
  me public.profiles, run public.workflow_executions, slide text, code text, words text
) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  slides text[];
  step public.workflow_step_executions;
begin
  perform private.require_transition('save', run, run.status);
  select v.slide_sequence into slides from public.workflow_definition_versions v where v.id = run.definition_version_id;
  select * into step from public.workflow_step_executions s where s.execution_id = run.id and s.slide_id = slide;
  if not slide = any (slides) then
    raise sqlstate 'PT400' using message = 'This slide is not part of the run.';
  elsif step.status = 'skipped' then
    raise sqlstate 'PT409' using message = 'This slide is already skipped.', hint = 'Nothing was changed.';
  end if;
  insert into public.workflow_step_executions as s (
    company_id, execution_id, slide_id, status, saved_by, skip_reason, skip_words)
  values (run.company_id, run.id, slide, 'skipped', me.id, code, words)
  on conflict (execution_id, slide_id) do update
  set status = 'skipped', saved_by = me.id, skip_reason = code, skip_words = words, revision = s.revision + 1;
  update public.workflow_executions e
  set revision = e.revision + 1,
      current_slide = case when e.current_slide = slide then slides[array_position(slides, slide) + 1]
                           else e.current_slide end
  where e.id = run.id;
  return jsonb_build_object(
    'revision', run.revision + 1, 'summary', 'Skipped this slide.',
    'before', jsonb_build_object(
      'step_status', coalesce(step.status, 'draft'), 'step_revision', coalesce(step.revision, 0) + 1,
      'current_slide', run.current_slide));
end;
$$;
comment on function private.skip_slide is 'Skips a slide of a run, with a reason.';

create function private.skip_run_or_slide(
  me public.profiles, run public.workflow_executions, slide text, p jsonb
) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  code constant text := p ->> 'reason';
  rule constant public.skip_reasons := private.find_skip_reason(run.company_id, code);
  words constant text := case when not private.is_blank(p ->> 'words') then trim(p ->> 'words') end;
begin
  perform private.raise_invalid(array[
    case when rule.code is null or rule.is_archived then 'Choose a reason.' end,
    case when rule.needs_words and words is null then 'Say why, in your own words.' end,
    private.length_error(words, 2000)]);
  if slide is null then
    return private.skip_run(run, code, words);
  end if;
  return private.skip_slide(me, run, slide, code, words);
end;
$$;
comment on function private.skip_run_or_slide is
'Skips a slide, or the whole run if none is named. p: reason (a code), words.';

-- The steps of company actions: set a field of the customer, add a note, create a follow-up, start a workflow,
-- notify a person. Texts may contain {customer}, {person}, {today} and {words} (what the person typed).
create function private.fill_placeholders(
  template text, me public.profiles, customer_name text, words text
) returns text
language sql stable set search_path = ''
as $$
  select
    trim(coalesce(string_agg(
      case part
        when '{customer}' then customer_name
        when '{person}' then me.full_name
        when '{words}' then coalesce(words, '')
        when '{today}' then to_char(private.today(), 'FMDD FMMonth YYYY')
        else part
      end, '' order by found.n
    ), ''))
  from regexp_matches(template, '\{(?:customer|person|today|words)\}|[^{]+|\{', 'g') with ordinality found (parts, n),
    unnest(found.parts) part
$$;
comment on function private.fill_placeholders is
'Replaces the placeholders of a text in one pass: a name that looks like a placeholder stays as it is.';

create function private.action_step_error(step jsonb) returns text
language sql immutable set search_path = ''
as $$
  select case
    when jsonb_typeof(step) <> 'object' then 'A step cannot be read.'
    else case step ->> 'do'
      when 'set_field'
        then
          case
            when not coalesce(step ->> 'field' in ('summary', 'competitor', 'industry', 'country'), false)
              then 'This field of the customer cannot be set by an action.'
            else private.length_error(step ->> 'value', 2000)
          end
      when 'add_note' then private.text_error(step ->> 'body', 20000, 'The note has no text.')
      when 'follow_up'
        then
          case
            when not coalesce(step ->> 'in_days' ~ '^\d{1,3}$', false) then 'A follow-up is due in 0 to 999 days.'
            else private.text_error(step ->> 'title', 400, 'The follow-up has no title.')
          end
      when 'start_workflow' then private.text_error(step ->> 'workflow_id', 200, 'No workflow is named.')
      when 'notify' then private.text_error(step ->> 'message', 1500, 'The message has no text.')
      else 'This kind of step does not exist.'
    end
  end
$$;
comment on function private.action_step_error is
'The error of a step of an action, as a sentence; null if there is none.';

create function private.find_step_person(
  me public.profiles, customer public.customers, step jsonb
) returns public.profiles
language plpgsql stable security definer set search_path = ''
as $$
declare
  person public.profiles;
begin
  select * into person from public.profiles p
  where p.company_id = me.company_id and p.is_active and p.id = case coalesce(step ->> 'person', 'owner')
    when 'owner' then customer.owner_id when 'me' then me.id else private.parse_uuid(step ->> 'person') end;
  if not found then
    raise sqlstate 'PT409' using message = 'Someone this action names has left the company.',
      hint = 'Nothing was done; a manager can change the action.';
  end if;
  return person;
end;
$$;
comment on function private.find_step_person is 'The colleague a step names: the owner, oneself, or an id.';

create function private.set_customer_field(customer uuid, field text, value text) returns void
language sql volatile security definer set search_path = ''
as $$
  update public.customers c
  set
    summary = case when field = 'summary' then value else c.summary end,
    competitor = case when field = 'competitor' then value else c.competitor end,
    industry = case when field = 'industry' then value else c.industry end,
    country = case when field = 'country' then value else c.country end
  where c.id = customer
$$;
comment on function private.set_customer_field is 'Sets one of the four text fields of a customer an action may set.';

create function private.run_action_step(
  me public.profiles, customer public.customers, execution uuid, step jsonb, words text
) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  today constant date := private.today();
  template constant text := coalesce(step ->> 'value', step ->> 'body', step ->> 'title', step ->> 'message');
  filled constant text := nullif(private.fill_placeholders(template, me, customer.name, words), '');
  person public.profiles;
  started jsonb;
  effect jsonb := jsonb_build_object('do', step -> 'do');
  id uuid;
begin
  if step ->> 'do' in ('follow_up', 'notify') then
    person := private.find_step_person(me, customer, step);
  end if;
  if step ->> 'do' in ('add_note', 'follow_up', 'notify') and filled is null then
    raise sqlstate 'PT400' using message = 'Write the text this action asks for.';
  end if;
  case step ->> 'do'
    when 'set_field' then
      select effect || jsonb_build_object(
        'field', step -> 'field', 'before', to_jsonb(c) -> (step ->> 'field'), 'after', filled) into effect
      from public.customers c where c.id = customer.id;
      perform private.set_customer_field(customer.id, step ->> 'field', filled);
      return jsonb_build_object('done', format('set the %s', step ->> 'field'), 'effect', effect);
    when 'add_note' then
      insert into public.notes (company_id, customer_id, author_id, kind, body, happened_on)
      values (me.company_id, customer.id, me.id, 'note', filled, today) returning notes.id into id;
      return jsonb_build_object('done', 'added a note', 'effect', effect || jsonb_build_object('id', id));
    when 'follow_up' then
      insert into public.follow_ups (company_id, customer_id, execution_id, assigned_to, created_by, title, due_on)
      values (me.company_id, customer.id, execution, person.id, me.id, left(filled, 500),
              today + (step ->> 'in_days')::int)
      returning follow_ups.id into id;
      return jsonb_build_object(
        'done', format('asked %s to follow up', person.full_name), 'effect', effect || jsonb_build_object('id', id));
    when 'start_workflow' then
      started := private.start_or_get_run(me, step ->> 'workflow_id', customer.id);
      return jsonb_build_object(
        'done', format('%s the workflow %s', case when (started ->> 'created')::boolean then 'started' else 'found' end,
                       step ->> 'workflow_id'),
        'effect', case when not (started ->> 'created')::boolean then effect end);
    when 'notify' then
      insert into public.notices (company_id, person_id, from_id, customer_id, execution_id, body)
      values (me.company_id, person.id, me.id, customer.id, execution, left(filled, 2000))
      returning notices.id into id;
      return jsonb_build_object(
        'done', format('notified %s', person.full_name), 'effect', effect || jsonb_build_object('id', id));
  end case;
end;
$$;
comment on function private.run_action_step is
'Runs one step for a customer the person may write. Returns what it `done`, as words, and its `effect` for undo: null '
'for one that cannot be taken back, such as a run that was started.';

create function private.run_action_steps(
  me public.profiles, customer uuid, run public.workflow_executions, steps jsonb, p jsonb
) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  words constant text := p ->> 'words';
  subject public.customers;
  step jsonb;
  ran jsonb;
  done text[] := '{}';
  effects jsonb := '[]';
  summary text;
begin
  select * into subject from public.customers c
  where c.id = customer and c.company_id = me.company_id for no key update;
  if not found then
    raise sqlstate 'PT404' using message = 'This customer does not exist, or you don''t have access to it.';
  elsif not private.can_write_customer(subject.id) then
    raise sqlstate 'PT403' using message = format('%s belongs to a colleague.', subject.name),
      hint = 'A manager can do this.';
  elsif jsonb_typeof(steps) is distinct from 'array' or jsonb_array_length(steps) not between 1 and 10 then
    raise sqlstate 'PT400' using message = 'This action has no steps, or more than ten.',
      hint = 'A manager can change the action.';
  end if;
  perform private.raise_invalid(
    array(select distinct private.action_step_error(s) from jsonb_array_elements(steps) s)
    || private.length_error(words, 5000)
    || case when steps::text like '%{words}%' and coalesce(trim(words), '') = ''
            then 'Write the text this action asks for.' end);
  for step in select s from jsonb_array_elements(steps) s loop
    ran := private.run_action_step(me, subject, run.id, step, words);
    done := done || (ran ->> 'done');
    effects := effects || jsonb_build_array(ran -> 'effect');
  end loop;
  if run.id is not null then
    perform private.log_execution_event(
      run.company_id, run.id, 'acted', jsonb_build_object('done', to_jsonb(done)));
  end if;
  summary := array_to_string(done, ', ');
  return jsonb_build_object(
    'summary', upper(left(summary, 1)) || substr(summary, 2) || '.',
    'before', case when effects @> '[null]' then '{}' else jsonb_build_object('effects', effects) end);
end;
$$;
comment on function private.run_action_steps is
'Runs the steps of an action, all or none, for a customer the person may write. p: words, what the person typed. It '
'can be undone if the effect of every step can be taken back.';

create function private.require_offered_action(me public.profiles, action uuid) returns public.saved_actions
language plpgsql stable security definer set search_path = ''
as $$
declare
  found_action public.saved_actions;
begin
  select * into found_action from public.saved_actions a
  where a.id = action and (a.company_id is null or a.company_id = me.company_id);
  if not found then
    raise sqlstate 'PT404' using message = 'This action does not exist, or you can''t use it.';
  elsif found_action.archived_at is not null then
    raise sqlstate 'PT409' using message = format('“%s” is no longer offered.', found_action.name),
      hint = 'Nothing was done; reload the page.';
  elsif exists (
    select 1 from public.hidden_saved_actions h where h.action_id = action and h.company_id = me.company_id) then
    raise sqlstate 'PT409' using message = format('“%s” is not offered in your company.', found_action.name),
      hint = 'Nothing was done.';
  end if;
  return found_action;
end;
$$;
comment on function private.require_offered_action is
'A global action or one of the company''s own; raises PT404 or PT409 if it is not offered.';

create function private.find_action_source(
  me public.profiles, action public.saved_actions, key uuid
) returns text
language plpgsql stable security definer set search_path = ''
as $$
declare
  call public.workflow_llm_tool_calls;
begin
  select * into call from public.workflow_llm_tool_calls c where c.id = key and c.company_id = me.company_id;
  if not found then
    return 'page';
  elsif call.tool <> 'run_saved_action' or call.status <> 'running' or call.decided_by is distinct from me.id
        or coalesce(call.edited_input, call.input) ->> 'action' is distinct from action.name then
    raise sqlstate 'PT403' using message = format('“%s” has not been approved in this conversation.', action.name),
      hint = 'Nothing was done.';
  end if;
  return 'chat';
end;
$$;
comment on function private.find_action_source is
'Where a click comes from: chat if its key is a tool call, which this person must have approved; else page.';

create function private.run_saved_action(
  p_action_id uuid, p_subject jsonb, p_parameters jsonb, p_steps jsonb, p_key uuid
) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
  done constant public.saved_action_runs := private.find_action_run(me, p_key);
  p constant jsonb := coalesce(p_parameters, '{}');
  subject jsonb := coalesce(p_subject, '{}');
  slide constant text := subject ->> 'slide_id';
  customer uuid := private.parse_uuid(subject ->> 'customer_id');
  action public.saved_actions;
  source text;
  started jsonb;
  run public.workflow_executions;
  effect jsonb;
begin
  if done.id is not null then
    return private.replay_action_run(done, done.action_id = p_action_id and done.slide_id is not distinct from slide
      and coalesce(done.customer_id::text = lower(subject ->> 'customer_id'), true)
      and coalesce(done.execution_id::text = lower(subject ->> 'execution_id'), subject ->> 'execution_id' is null));
  end if;
  action := private.require_offered_action(me, p_action_id);
  if jsonb_typeof(p) <> 'object' or length(p::text) > 100000 or jsonb_typeof(subject) <> 'object' then
    raise sqlstate 'PT400' using message = 'The parameters of this action cannot be read.';
  end if;
  source := private.find_action_source(me, action, p_key);
  -- Other kinds act on the customer and need no run.
  if subject ->> 'execution_id' is null and subject ->> 'workflow_id' is not null
     and action.kind in ('snooze', 'skip', 'escalate') then
    started := private.start_or_get_run(me, subject ->> 'workflow_id', customer);
    subject := subject || started;
  end if;
  if subject ->> 'execution_id' is not null then
    run := private.lock_run(me, private.parse_uuid(subject ->> 'execution_id'));
    customer := run.customer_id;
  elsif action.kind in ('snooze', 'skip', 'escalate') then
    raise sqlstate 'PT400' using message = 'Say which run this is about.';
  elsif not exists (select 1 from public.customers c where c.id = customer and c.company_id = me.company_id) then
    raise sqlstate 'PT404' using message = 'This customer does not exist, or you don''t have access to it.';
  end if;
  effect := case action.kind
    when 'snooze' then private.snooze_run(me, run, p)
    when 'skip' then private.skip_run_or_slide(me, run, slide, p)
    when 'escalate' then private.escalate_run(me, run, p)
    when 'custom' then private.run_action_steps(me, customer, run, action.parameters -> 'steps', p)
    else private.run_action_steps(me, customer, run, p_steps, p)
  end;
  if effect ? 'before' and started -> 'created' = 'true' then
    effect := jsonb_set(effect, '{before,started}', 'true');
  end if;
  return private.record_action_run(me, run, effect || jsonb_build_object(
    'action_id', action.id, 'kind', action.kind, 'name', action.name, 'idempotency_key', p_key, 'source', source,
    'customer_id', customer, 'slide_id', slide, 'parameters', p));
end;
$$;
comment on function private.run_saved_action is 'See public.run_saved_action.';

create function public.run_saved_action(
  p_action_id uuid, p_subject jsonb, p_parameters jsonb, p_key uuid, p_steps jsonb default null
) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.run_saved_action(p_action_id, p_subject, p_parameters, p_steps, p_key) $$;
comment on function public.run_saved_action is
'Runs an action on a run (execution_id, slide_id), on one a snooze, skip or escalation starts first (customer_id, '
'workflow_id; undo takes that run back), or on a customer (customer_id). p_key: one for each click; the same again '
'does nothing; from a conversation it is the id of the approved tool call. p_steps: the steps of a kind the database '
'does not know; a company action has its own.';

grant execute on function private.run_saved_action, public.run_saved_action to authenticated;
