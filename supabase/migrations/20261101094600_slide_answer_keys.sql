-- The slides and the keys of their answers, as lib/slides has them; tests/database/test_slide_answer_keys.py compares
-- the two.

create table private.slide_answer_keys (
  slide_id text not null,
  key text not null,
  kind text not null,
  holds_discount boolean not null default false,
  holds_terms boolean not null default false,
  is_locked boolean not null default false,
  primary key (slide_id, key)
);
comment on table private.slide_answer_keys is
'Keys of the answers of each slide, so that functions need no slide by name.';
comment on column private.slide_answer_keys.slide_id is 'Id of the slide.';
comment on column private.slide_answer_keys.key is 'Key of the answer in workflow_step_executions.answers.';
comment on column private.slide_answer_keys.kind is 'Kind of the form''s field.';
comment on column private.slide_answer_keys.holds_discount is
'True when its rows have a discount, which may need approval.';
comment on column private.slide_answer_keys.holds_terms is
'True when it is part of what a quote promises besides its lines, and of what is approved.';
comment on column private.slide_answer_keys.is_locked is
'True when every workflow asks it: no form change hides it. As lib/slides/form_changes.py.';
alter table private.slide_answer_keys enable row level security;
revoke all on private.slide_answer_keys from anon, authenticated;

create function private.slide_of_address(address text) returns text
language sql immutable set search_path = ''
as $$ select split_part(address, ':', 1) $$;
comment on function private.slide_of_address is
'The slide of an address: of draft-email and of draft-email:second it is draft-email. As lib/slides/slide_address.py.';
grant execute on function private.slide_of_address to authenticated, service_role;

create function private.find_unknown_slides(slides text[]) returns text[]
language sql stable security definer set search_path = ''
as $$
  select array(
    select distinct a.slide from unnest(slides) s cross join private.slide_of_address(s) a (slide)
    -- A free slide asks nothing of its own.
    where
      a.slide <> 'custom' and not exists (select 1 from private.slide_answer_keys k where k.slide_id = a.slide)
    order by a.slide
  )
$$;
comment on function private.find_unknown_slides is 'The slides of these addresses that do not exist.';

create function private.require_known_slides(slides text[]) returns void
language plpgsql stable set search_path = ''
as $$
declare
  unknown constant text[] := private.find_unknown_slides(slides);
begin
  if unknown <> '{}' then
    raise sqlstate 'PT400' using
      message = format('There is no slide “%s”.', left(array_to_string(unknown, '”, “'), 500)),
      hint = 'Use the ids of the slide library.';
  end if;
end;
$$;
comment on function private.require_known_slides is 'Raises PT400 naming the slides that do not exist.';

create function private.slide_sequence_error(slides text[]) returns text
language sql stable set search_path = ''
as $$
  select coalesce(
    (
      select format('“%s” cannot be a slide''s label.', left(split_part(min(s), ':', 2), 60))
      from unnest(slides) s where s !~ '^[^:]*(:[a-z0-9][a-z0-9-]{0,39})?$' having count(*) > 0
    ),
    (
      select format('A workflow has the slide “%s” once.', min(t.slide))
      from (
        select a.slide from unnest(slides) s cross join private.slide_of_address(s) a (slide)
        where a.slide in ('summary', 'pricing-strategy', 'prepare-quote')
        group by a.slide having count(distinct s) > 1
      ) t having count(*) > 0
    ),
    case when 'custom' = any(slides) then 'The slide “custom” needs a label.' end
  )
$$;
comment on function private.slide_sequence_error is
'What is wrong with the addresses of a sequence, as a sentence: a label, or two of a slide a run has once. Null '
'if nothing is.';
grant execute on function private.slide_sequence_error to authenticated, service_role;

create function private.require_known_context_keys(contexts jsonb) returns void
language plpgsql immutable set search_path = ''
as $$
declare
  known constant text[] := '{title,lead,checklist,question,minutes,subject,body,questions,form,shows,shown_when}';
  unknown constant text[] := array(
    select distinct format('%s: “%s”', s.slide, k.key)
    from jsonb_each(case when jsonb_typeof(contexts) = 'object' then contexts else '{}' end) s (slide, context)
    cross join lateral
      jsonb_object_keys(case when jsonb_typeof(s.context) = 'object' then s.context else '{}' end) k (key)
    where k.key <> all (known) order by 1);
begin
  if unknown <> '{}' then
    raise sqlstate 'PT400' using
      message = format('A slide context has no such field (%s).', left(array_to_string(unknown, ', '), 500)),
      hint = format('Its fields are %s.', array_to_string(known, ', '));
  end if;
end;
$$;
comment on function private.require_known_context_keys is
'Raises PT400 naming the fields that no slide context has; they are those of lib/slides/slide_context.py.';

-- These two in plpgsql: an SQL function is planned anew for each of the hundreds of fields of a long workflow.
create function private.slide_context_text_error(value jsonb, max_length int) returns text
language plpgsql immutable set search_path = ''
as $$
begin
  return case
    when jsonb_typeof(value) <> 'string' then 'is no text'
    when length(value #>> '{}') > max_length then format('has more than %s characters', max_length)
    when regexp_replace(value #>> '{}', '[{][{].*?[}][}]|[{]%.*?%[}]|[{]#.*?#[}]', '', 'g') ~ '[{][%#{]'
      then 'has a placeholder that is not closed'
  end;
end;
$$;
comment on function private.slide_context_text_error is
'What is wrong with a text of a slide context, as the end of a sentence; null if nothing is.';

create function private.slide_context_field_error(field text, value jsonb) returns text
language plpgsql immutable set search_path = ''
as $$
begin
  return case
    when value = 'null' then null
    when field = 'questions' then private.own_questions_error(value)
    when field = 'form' then private.form_changes_error(value)
    when field = 'shows' then private.shown_sections_error(value)
    when field = 'shown_when' then private.slide_condition_error(value)
    when field = 'minutes'
      then
        case
          when jsonb_typeof(value) <> 'number' then 'is no number of minutes'
          when not (value::numeric between 1 and 120 and value::numeric % 1 = 0) then 'is not from 1 to 120 minutes'
        end
    when field = 'checklist'
      then
        case
          when jsonb_typeof(value) <> 'array' then 'is no list'
          when jsonb_array_length(value) > 12 then 'has more than 12 entries'
          else (
            select max(private.slide_context_text_error(item, 8000)) from jsonb_array_elements(value) item
          )
        end
    else private.slide_context_text_error(
      value,
      case field
        when 'title' then 120 when 'lead' then 4000 when 'question' then 400 when 'subject' then 300 else 8000
      end
    )
  end;
end;
$$;
comment on function private.slide_context_field_error is
'What keeps a field of a slide context from being used, as the end of a sentence; null if nothing does. The '
'limits are those of lib/slides/slide_context.py.';

create function private.require_slide_context_shapes(contexts jsonb) returns void
language plpgsql immutable set search_path = ''
as $$
declare
  entries constant jsonb := case when jsonb_typeof(contexts) = 'object' then contexts else '{}' end;
  errors constant text[] := array(
    select format('%s is no object.', s.slide)
    from jsonb_each(entries) s (slide, context) where jsonb_typeof(s.context) <> 'object'
    union all
    select format('%s, %s %s.', s.slide, f.field, e.found)
    from jsonb_each(entries) s (slide, context)
    cross join lateral
      jsonb_each(case when jsonb_typeof(s.context) = 'object' then s.context else '{}' end) f (field, value)
    cross join lateral private.slide_context_field_error(f.field, f.value) e (found)
    where e.found is not null);
begin
  if errors <> '{}' then
    raise sqlstate 'PT400' using
      message = format('A slide context cannot be read: %s', left(array_to_string(errors, ' '), 500));
  end if;
end;
$$;
comment on function private.require_slide_context_shapes is
'Raises PT400 naming the fields of slide contexts that are of another type or too long.';

create function private.require_contexts_of_slides(slides text[], contexts jsonb) returns void
language plpgsql immutable set search_path = ''
as $$
declare
  missing constant text[] := array(select s from jsonb_object_keys(contexts) s where s <> all (slides) order by 1);
begin
  if missing <> '{}' then
    raise sqlstate 'PT400' using
      message = format('There is a context for “%s”, but no such slide in the workflow.',
                       left(array_to_string(missing, '”, “'), 500)),
      hint = 'Add the slide, or take the context out.';
  end if;
end;
$$;
comment on function private.require_contexts_of_slides is
'Raises PT400 naming the slide contexts whose slide is not in the workflow.';

create function private.find_unknown_answer_keys(address text, answers jsonb, contexts jsonb) returns text[]
language sql stable security definer set search_path = ''
as $$
  select array(
    select a from jsonb_object_keys(case when jsonb_typeof(answers) = 'object' then answers else '{}' end) a
    where not exists (
      select 1 from private.slide_answer_keys k
      where (k.slide_id, k.key) = (private.slide_of_address(address), a)) and a <> all (private.list_own_keys(contexts, address))
    order by a
  )
$$;
comment on function private.find_unknown_answer_keys is
'Keys of the answers that the slide does not ask for, by its own form or by the version''s contexts.';
grant execute on function private.find_unknown_slides,
private.require_known_slides,
private.require_known_context_keys,
private.slide_context_field_error,
private.slide_context_text_error,
private.require_slide_context_shapes,
private.require_contexts_of_slides,
private.find_unknown_answer_keys to authenticated,
service_role;

insert into private.slide_answer_keys (slide_id, key, kind, holds_discount) values
('greeting', 'concern', 'long_text', false),
('greeting', 'goal', 'long_text', false),
('review-account', 'data_wrong', 'long_text', false),
('review-account', 'stands_out', 'long_text', false),
('summary', 'amount', 'money', false),
('summary', 'notes', 'long_text', false),
('summary', 'outcome_code', 'choice', false),
('summary', 'reason', 'long_text', false),
('prepare-quote', 'contact', 'choice', false),
('prepare-quote', 'lines', 'rows', true),
('prepare-quote', 'remarks', 'long_text', false),
('prepare-quote', 'term_months', 'whole', false),
('prepare-quote', 'valid_until', 'date', false),
('draft-email', 'body', 'long_text', false),
('draft-email', 'cc', 'text', false),
('draft-email', 'subject', 'text', false),
('draft-email', 'to', 'text', false),
('draft-email', 'with_quote', 'yes_no', false),
('schedule-call', 'agenda', 'long_text', false),
('schedule-call', 'date', 'date', false),
('schedule-call', 'minutes', 'whole', false),
('schedule-call', 'people', 'multi', false),
('schedule-call', 'place', 'text', false),
('schedule-call', 'subject', 'text', false),
('schedule-call', 'time', 'time', false),
('schedule-call', 'time_zone', 'choice', false),
('assess-departure', 'carried_by', 'multi', false),
('assess-departure', 'effect', 'choice', false),
('assess-departure', 'influence', 'whole', false),
('assess-departure', 'left_on', 'date', false),
('assess-departure', 'who', 'choice', false),
('assess-departure', 'who_else', 'text', false),
('assess-departure', 'why', 'long_text', false),
('identify-replacement', 'by', 'date', false),
('identify-replacement', 'choice', 'choice', false),
('identify-replacement', 'first_step', 'long_text', false),
('identify-replacement', 'introduced_by', 'choice', false),
('identify-replacement', 'other', 'text', false),
('assess-risk', 'mitigation', 'long_text', false),
('assess-risk', 'own_call', 'choice', false),
('assess-risk', 'reason', 'long_text', false),
('contract-terms', 'differences', 'long_text', false),
('contract-terms', 'notice_intention', 'choice', false),
('contract-terms', 'signer', 'text', false),
('contract-terms', 'terms_read', 'yes_no', false),
('pricing-strategy', 'chosen', 'choice', false),
('pricing-strategy', 'scenarios', 'rows', true),
('pricing-strategy', 'walk_away', 'long_text', false),
('stakeholder-map', 'gaps', 'long_text', false),
('stakeholder-map', 'moves', 'rows', false),
('set-goals', 'agreed_with', 'text', false),
('set-goals', 'goals', 'rows', false),
('growth-plan', 'amount', 'money', false),
('growth-plan', 'by', 'date', false),
('growth-plan', 'extra_seats', 'whole', false),
('growth-plan', 'modules', 'multi', false),
('growth-plan', 'why', 'long_text', false),
('executive-brief', 'asks', 'long_text', false),
('executive-brief', 'decision', 'text', false),
('executive-brief', 'headline', 'text', false),
('executive-brief', 'situation', 'long_text', false),
('executive-brief', 'with_figures', 'yes_no', false);
update private.slide_answer_keys set holds_terms = true
where slide_id = 'prepare-quote' and key in ('remarks', 'term_months', 'valid_until');
update private.slide_answer_keys set is_locked = true
where
  (slide_id, key) in (
    ('review-account', 'stands_out'),
    ('summary', 'outcome_code'),
    ('summary', 'amount'),
    ('summary', 'reason'),
    ('prepare-quote', 'lines'),
    ('prepare-quote', 'valid_until'),
    ('prepare-quote', 'term_months'),
    ('prepare-quote', 'remarks'),
    ('draft-email', 'to'),
    ('draft-email', 'subject'),
    ('draft-email', 'body'),
    ('schedule-call', 'subject'),
    ('schedule-call', 'agenda'),
    ('schedule-call', 'date'),
    ('schedule-call', 'time'),
    ('schedule-call', 'time_zone'),
    ('schedule-call', 'minutes'),
    ('assess-departure', 'who'),
    ('assess-departure', 'who_else'),
    ('assess-departure', 'left_on'),
    ('assess-departure', 'influence'),
    ('assess-departure', 'effect'),
    ('identify-replacement', 'choice'),
    ('identify-replacement', 'other'),
    ('identify-replacement', 'first_step'),
    ('identify-replacement', 'by'),
    ('assess-risk', 'own_call'),
    ('assess-risk', 'reason'),
    ('contract-terms', 'terms_read'),
    ('contract-terms', 'notice_intention'),
    ('contract-terms', 'differences'),
    ('pricing-strategy', 'scenarios'),
    ('pricing-strategy', 'chosen'),
    ('stakeholder-map', 'gaps'),
    ('set-goals', 'goals'),
    ('growth-plan', 'why'),
    ('executive-brief', 'headline'),
    ('executive-brief', 'situation'),
    ('executive-brief', 'asks')
  );
