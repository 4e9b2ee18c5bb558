-- What actions do: one function an effect, each given the person who acts and the run, locked. They check all they are
-- given, whoever sends it; lib/actions checks the same earlier, for the form. They return what undoing restores, a sentence, and the run's revision.

create function private.me() returns public.profiles
language plpgsql stable security definer set search_path = ''
as $$
declare
  person public.profiles;
begin
  select * into person from public.profiles where id = (select auth.uid()) and is_active;
  if not found then
    raise sqlstate 'PT403' using message = 'You are not a member of a company yet.', hint = 'Ask your admin for an invitation.';
  end if;
  return person;
end;
$$;
comment on function private.me is 'The signed-in person; refuses whoever belongs to no company.';

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

create function private.as_day(value text) returns date
language plpgsql immutable strict set search_path = ''
as $$
begin
  return case when not pg_input_is_valid(value, 'date') then null
    when to_char(value::date, 'YYYY-MM-DD') = value and value::date between '1000-01-01' and '2999-12-31' then value::date end;
end;
$$;
comment on function private.as_day is 'A day from YYYY-MM-DD; null for anything else.';

create function private.as_id(value text) returns uuid
language plpgsql immutable strict set search_path = ''
as $$
begin
  return case when not pg_input_is_valid(value, 'uuid') then null when value::uuid::text = lower(value) then value::uuid end;
end;
$$;
comment on function private.as_id is 'An id from its usual form; null for anything else.';

create function private.refuse(faults text[]) returns void
language plpgsql immutable set search_path = ''
as $$
begin
  if cardinality(faults) > 0 then
    raise sqlstate 'PT400' using message = array_to_string(faults, ' '), detail = to_jsonb(faults)::text;
  end if;
end;
$$;
comment on function private.refuse is 'Refuses input with every fault named at once; passes when there is none.';

create function private.words_fault(value text, most int, missing text) returns text
language plpgsql immutable set search_path = ''
as $$
begin
  return case when coalesce(value, '') !~ '\S' then missing
    when length(value) > most then format('At most %s characters are kept; shorten the text.', most) end;
end;
$$;
comment on function private.words_fault is 'What is wrong with words that are demanded; null when nothing is.';

create function private.signal_fault(signal jsonb) returns text
language sql immutable set search_path = ''
as $$
  select case
    when jsonb_typeof(signal) <> 'object' then 'The signal cannot be read.'
    when signal ->> 'kind' = 'health_below' and not coalesce(signal ->> 'value' ~ '^([1-9]\d?|100)$', false) then 'Choose a health score from 1 to 100.'
    when signal ->> 'kind' = 'new_ticket' and not coalesce(signal ->> 'value' in ('p1', 'p1,p2'), false) then 'Choose which tickets: P1, or P1 and P2.'
    when signal ->> 'kind' = 'notice_within' and not coalesce(signal ->> 'value' ~ '^([1-9]\d?|[12]\d\d|3[0-5]\d|36[0-5])$', false) then 'Choose 1 to 365 days before the notice deadline.'
    when signal ->> 'kind' = 'note_mentions' and not coalesce(length(trim(signal ->> 'value')) between 2 and 100, false) then 'The word to look for has 2 to 100 characters.'
    when not coalesce(signal ->> 'kind' in ('health_below', 'new_ticket', 'notice_within', 'contact_left', 'note_mentions'), false) then 'Choose a signal.'
  end
$$;
comment on function private.signal_fault is 'What is wrong with a signal; null when nothing is.';

create function private.do_snooze(me public.profiles, run public.workflow_executions, p jsonb) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  chosen constant date := private.as_day(p ->> 'until');
  signal constant jsonb := nullif(p -> 'signal', 'null');
  today constant date := (now() at time zone me.time_zone)::date;
  moves constant boolean := coalesce(p -> 'move_due' = 'true', false);
  may boolean;
  deadline date;
  until_at timestamptz := (chosen + time '09:00') at time zone me.time_zone;
  due date := run.due_on;
  earlier uuid;
  already_left uuid[] := '{}';
  faults text[];
  doing text;
begin
  select exists (select 1 from private.execution_transitions t where t.action = 'snooze' and t.from_status = run.status and t.to_status = 'snoozed'),
    (select k.notice_deadline from public.current_contracts k where k.customer_id = run.customer_id)
  into may, deadline;
  if not may then
    perform private.refuse_transition('snooze', run);
  end if;
  faults := array_remove(array[
    private.words_fault(p ->> 'reason', 2000, 'Say why it is put away.'),
    case when p ->> 'until' is not null and chosen is null then 'The date cannot be read.'
         when until_at <= now() then 'Choose a day that is still to come.'
         when chosen > today + 730 then 'Choose a day within two years.'
         when p ->> 'until' is null and signal is null then 'Say until when: a day, a signal, or both.' end,
    case when signal is not null then private.signal_fault(signal) end], null);
  if faults <> '{}' then
    perform private.refuse(faults);
  end if;
  if moves and chosen is not null and due is not null then
    due := due + (chosen - today);
  end if;
  if deadline >= today and greatest(chosen, case when due is distinct from run.due_on then due end) > deadline
     and not coalesce(p -> 'beyond_deadline' = 'true', false) then
    raise sqlstate 'PT428' using
      message = format('The notice deadline is %s, before %s.', to_char(deadline, 'FMDD FMMonth YYYY'),
        case when chosen > deadline then 'the day you chose' else 'the due date would be' end),
      detail = jsonb_build_object('confirm', 'beyond_deadline', 'notice_deadline', deadline)::text,
      hint = 'Choose an earlier day, or confirm that this is meant.';
  end if;
  if chosen is null and deadline > today then
    until_at := (greatest(deadline - 7, today + 1) + time '09:00') at time zone me.time_zone;
  end if;
  if run.status = 'snoozed' then
    select s.id into earlier from public.workflow_snoozes s where s.execution_id = run.id and s.ended_at is null;
  end if;
  -- By itself: within the insert below it would be planned anew for each snooze.
  if signal ->> 'kind' = 'contact_left' then
    already_left := array(select c.id from public.contacts c where c.customer_id = run.customer_id and c.status = 'left');
  end if;
  doing := private.begin_action('snooze', jsonb_strip_nulls(jsonb_build_object(
    'reason', trim(p ->> 'reason'), 'until', until_at, 'signal', signal)));
  update public.workflow_executions e set status = 'snoozed', due_on = due, revision = e.revision + 1 where e.id = run.id;
  insert into public.workflow_snoozes (company_id, execution_id, customer_id, snoozed_by, reason, until_at, is_backstop, signal, already_left, due_before, due_after)
  values (run.company_id, run.id, run.customer_id, me.id, trim(p ->> 'reason'), until_at, chosen is null and until_at is not null, signal,
    already_left,
    case when due is distinct from run.due_on then run.due_on end, case when due is distinct from run.due_on then due end);
  if signal is not null then
    perform private.refuse(array(select 'This signal is there already: ' || d.because from private.due_snoozes(now(), array[run.id]) d));
  end if;
  return jsonb_build_object('revision', run.revision + 1, 'before', jsonb_build_object('status', run.status, 'due_on', run.due_on, 'snooze_id', earlier),
    'summary', format('Snoozed %s.', case when chosen is not null then 'until ' || to_char(chosen, 'FMDD FMMonth YYYY') || case when signal is not null then ', or until the signal comes' else '' end
      else 'until the signal comes' end));
end;
$$;
comment on function private.do_snooze is 'Puts a run away. p: until (YYYY-MM-DD, back at 09:00 where the person is), signal {kind, value}, reason, move_due, beyond_deadline.';

create function private.do_skip(me public.profiles, run public.workflow_executions, slide text, p jsonb) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  reasons constant text[] := array['not_relevant', 'already_done', 'no_data', 'customer_asked', 'duplicate', 'other'];
  code constant text := p ->> 'reason';
  words constant text := case when p ->> 'words' ~ '\S' then trim(p ->> 'words') end;
  slides text[];
  step public.workflow_step_executions;
begin
  perform private.refuse(array_remove(array[
    case when not coalesce(code = any (reasons), false) then 'Choose why it is left out.' end,
    case when code = 'other' and words is null then 'Say why, in your own words.' end,
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

create function private.do_escalate(me public.profiles, run public.workflow_executions, p jsonb) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  person public.profiles;
  pack jsonb;
  asked uuid;
begin
  perform private.require_transition('escalate', run, 'escalated');
  select * into person from public.profiles x where x.id = private.as_id(p ->> 'to') and x.company_id = me.company_id;
  perform private.refuse(array_remove(array[
    case when person.id is null then 'Choose who is asked.'
         when person.id = me.id then 'Choose a colleague: you cannot escalate to yourself.' end,
    case when private.respond_within(p ->> 'severity') is null then 'Choose how severe it is.' end,
    private.words_fault(p ->> 'ask', 4000, 'Say what you ask for.')], null));
  if not person.is_active then
    raise sqlstate 'PT409' using message = format('%s has left the company.', person.full_name), hint = 'Choose somebody else; nothing was changed.';
  end if;
  pack := private.context_pack(run.id, me.id);
  perform private.begin_action('escalate', jsonb_build_object('person', person.full_name, 'severity', p ->> 'severity', 'ask', trim(p ->> 'ask')));
  update public.workflow_executions e set status = 'escalated', revision = e.revision + 1 where e.id = run.id;
  insert into public.workflow_escalations (company_id, execution_id, customer_id, raised_by, assigned_to, severity, ask, respond_by, context_pack)
  values (run.company_id, run.id, run.customer_id, me.id, person.id, p ->> 'severity', trim(p ->> 'ask'),
    now() + private.respond_within(p ->> 'severity'), pack - 'chat')
  returning id into asked;
  insert into public.workflow_escalation_extracts (company_id, escalation_id, messages) values (run.company_id, asked, pack -> 'chat');
  return jsonb_build_object('revision', run.revision + 1, 'before', '{}'::jsonb, 'summary', format('Escalated to %s, %s.', person.full_name, p ->> 'severity'));
end;
$$;
comment on function private.do_escalate is 'Hands a run to a colleague. p: to (a person''s id), severity, ask.';
