-- One click, one transaction: the change, its event and the record of the action. The same click again finds the record.
-- One function an effect, each given the person who acts and the run, locked. They check all they are given, whoever sends
-- it; lib/actions checks the same earlier, for the form. They return what undoing restores, a sentence, and the run's revision.

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

create function private.do_skip(me public.profiles, run public.workflow_executions, slide text, p jsonb) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  code constant text := p ->> 'reason';
  words constant text := case when p ->> 'words' ~ '\S' then trim(p ->> 'words') end;
  rule constant public.skip_reasons := private.find_skip_reason(run.company_id, p ->> 'reason');
  slides text[];
  step public.workflow_step_executions;
begin
  perform private.refuse(array_remove(array[
    case when rule.code is null then 'Choose why it is left out.' end,
    case when rule.needs_words and words is null then 'Say why, in your own words.' end,
    case when length(words) > 2000 then 'At most 2000 characters are kept; shorten the text.' end], null));
  if slide is null then
    perform private.require_transition('skip', run, 'skipped');
    perform private.begin_action('skip');
    update public.workflow_executions e set status = 'skipped', skip_reason = code, skip_words = words, revision = e.revision + 1 where e.id = run.id;
    return jsonb_build_object('revision', run.revision + 1, 'summary', 'Skipped this run.', 'before', jsonb_build_object('status', run.status, 'snooze_id', (
      select s.id from public.workflow_snoozes s where run.status = 'snoozed' and s.execution_id = run.id and s.ended_by = 'skip' order by s.ended_at desc limit 1)));
  end if;
  perform private.require_transition('save', run, run.status);
  select v.slide_sequence into slides from public.workflow_definition_versions v where v.id = run.definition_version_id;
  if not slide = any (slides) then
    raise sqlstate 'PT400' using message = 'This slide is not part of the run.';
  elsif slide = slides[cardinality(slides)] then
    raise sqlstate 'PT400' using message = 'The last slide records how it ended, so it cannot be left out.', hint = 'Skip the whole run instead.';
  end if;
  select * into step from public.workflow_step_executions s where s.execution_id = run.id and s.slide_id = slide;
  if step.status = 'skipped' then
    raise sqlstate 'PT409' using message = 'This slide is left out already.', hint = 'Nothing was changed.';
  end if;
  perform private.begin_action('save');
  insert into public.workflow_step_executions as s (company_id, execution_id, slide_id, status, saved_by, skip_reason, skip_words)
  values (run.company_id, run.id, slide, 'skipped', me.id, code, words)
  on conflict (execution_id, slide_id) do update
  set status = 'skipped', saved_by = me.id, skip_reason = code, skip_words = words, revision = s.revision + 1;
  update public.workflow_executions e set revision = e.revision + 1,
    current_slide = case when e.current_slide = slide then slides[array_position(slides, slide) + 1] else e.current_slide end
  where e.id = run.id;
  return jsonb_build_object('revision', run.revision + 1, 'summary', 'Skipped this slide.', 'before', jsonb_build_object(
    'step_status', coalesce(step.status, 'draft'), 'step_revision', coalesce(step.revision, 0) + 1, 'current_slide', run.current_slide));
end;
$$;
comment on function private.do_skip is 'Leaves out a slide, or the whole run when there is none. p: reason (a code), words.';

-- The safe steps a company's own actions are made of: set a field of the customer, add a note, create a follow-up,
-- start another workflow, tell a person. A text may say {customer}, {person}, {today} and {words} (what the person types).
create function private.filled(template text, me public.profiles, customer_name text, words text) returns text
language sql stable set search_path = ''
as $$
  select
    trim(
      coalesce(string_agg(
        case t.part[
          1]
          when '{customer}' then customer_name when '{person}' then me.full_name when '{words}' then coalesce(words, '')
          when '{today}' then to_char((now() at time zone me.time_zone)::date, 'FMDD FMMonth YYYY') else t.part[1]
        end, '' order by t.n
      ), '')
    )
  from regexp_matches(template, '\{(?:customer|person|today|words)\}|[^{]+|\{', 'g') with ordinality t (part, n)
$$;
comment on function private.filled is 'A text of a step with its placeholders filled, all at once: a name, or what is typed, is never read as a placeholder.';

create function private.step_fault(step jsonb) returns text
language sql immutable set search_path = ''
as $$
  select case
    when jsonb_typeof(step) <> 'object' then 'A step cannot be read.'
    when
      step ->> 'do' = 'set_field'
      and not coalesce(step ->> 'field' in ('summary', 'competitor', 'industry', 'country'), false)
      then 'This field of the customer cannot be set by an action.'
    when
      step ->> 'do' = 'set_field' and length(step ->> 'value') > 2000
      then 'At most 2000 characters are kept in a field.'
    when step ->> 'do' = 'add_note' then private.words_fault(step ->> 'body', 20000, 'The note has no text.')
    when
      step ->> 'do' = 'follow_up' and not coalesce(step ->> 'in_days' ~ '^\d{1,3}$', false)
      then 'A follow-up is due in 0 to 999 days.'
    when step ->> 'do' = 'follow_up' then private.words_fault(step ->> 'title', 400, 'The follow-up has no title.')
    when step ->> 'do' = 'start_workflow' then private.words_fault(step ->> 'workflow_id', 200, 'No workflow is named.')
    when step ->> 'do' = 'notify' then private.words_fault(step ->> 'message', 1500, 'The message has no text.')
    when
      not coalesce(step ->> 'do' in ('set_field', 'add_note', 'follow_up', 'start_workflow', 'notify'), false)
      then 'This step is not known.'
  end
$$;
comment on function private.step_fault is 'What is wrong with a step; null when nothing is.';

create function private.do_step(
  me public.profiles, customer public.customers, execution uuid, step jsonb, words text
) returns text
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

create function private.do_steps(
  me public.profiles, customer uuid, run public.workflow_executions, steps jsonb, p jsonb
) returns jsonb
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

create function private.run_saved_action(
  p_action_id uuid, p_subject jsonb, p_parameters jsonb, p_steps jsonb, p_key uuid, p_source text
) returns jsonb
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
  p_action_id uuid,
  p_subject jsonb,
  p_parameters jsonb,
  p_key uuid,
  p_source text default 'slide',
  p_steps jsonb default null
) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.run_saved_action(p_action_id, p_subject, p_parameters, p_steps, p_key, p_source) $$;
comment on function public.run_saved_action is 'Runs an action on a run (execution_id, slide_id), on what would be one (customer_id, workflow_id: it is started first) or on a customer (customer_id). p_key is one for each click: the same again does nothing again. p_steps are for kinds the database does not know; those of a custom action are its own.';

grant execute on function private.run_saved_action, public.run_saved_action to authenticated;
