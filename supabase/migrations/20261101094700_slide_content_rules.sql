-- What holds of the slide contexts of a published workflow together: conditions read answers of earlier slides, and no
-- question is left out that the database or a rule reads. A draft may break these rules while it is written.

create function private.list_condition_tests(context jsonb) returns setof jsonb
language sql immutable set search_path = ''
as $$
  select t
  from jsonb_array_elements(coalesce(
    nullif(context #> '{shown_when,all}', 'null'), nullif(context #> '{shown_when,any}', 'null'), '[]'
  )) t
$$;
comment on function private.list_condition_tests is 'The comparisons of the condition of a slide context of known shape.';

create function private.find_own_question(contexts jsonb, address text, key text) returns jsonb
language sql immutable set search_path = ''
as $$
  select q
  from jsonb_array_elements(coalesce(nullif(contexts #> array[address, 'questions'], 'null'), '[]')) q
  where q ->> 'key' = find_own_question.key
$$;
comment on function private.find_own_question is
'A question of the company on the slide at an address, by its key; null if there is none.';

create function private.find_asked_kind(contexts jsonb, address text, key text) returns text
language sql stable set search_path = ''
as $$
  select case
    when coalesce((contexts #>> array[address, 'form', key, 'is_hidden'])::boolean, false) then null
    else coalesce(
      (select k.kind from private.slide_answer_keys k
       where (k.slide_id, k.key) = (private.slide_of_address(address), find_asked_kind.key)),
      private.find_own_question(contexts, address, key) ->> 'kind'
    )
  end
$$;
comment on function private.find_asked_kind is
'Kind of a question that the slide at an address asks, of its own form or of the company''s; null if it does not.';

create function private.is_comparable(contexts jsonb, test jsonb) returns boolean
language sql stable set search_path = ''
as $$
  select case
    when private.find_asked_kind(contexts, test ->> 'slide', test ->> 'key') in ('choice', 'multi')
      then
        jsonb_typeof(test -> 'value') in ('string', 'array')
        and coalesce(
          private.find_own_question(contexts, test ->> 'slide', test ->> 'key') -> 'choices' @> (test -> 'value'), true
        )
    when private.find_asked_kind(contexts, test ->> 'slide', test ->> 'key') = 'yes_no'
      then jsonb_typeof(test -> 'value') = 'boolean'
    when private.find_asked_kind(contexts, test ->> 'slide', test ->> 'key')
      in ('number', 'whole', 'decimal', 'money', 'percent')
      then jsonb_typeof(test -> 'value') = 'number'
    else false
  end
$$;
comment on function private.is_comparable is
'True if the answer a comparison names can be compared with its value: choices with texts, numbers with numbers. '
'As COMPARISONS_OF_KIND of lib/workflows/slide_condition_errors.py.';

create function private.slide_condition_place_error(slides text[], contexts jsonb, address text, test jsonb) returns text
language sql stable set search_path = ''
as $$
  select case
    when array_position(slides, address) = 1 or private.slide_of_address(address) = 'summary'
      then 'is always shown and takes no condition'
    when test ->> 'fact' <> 'answer' then null
    when coalesce(array_position(slides, test ->> 'slide') >= array_position(slides, address), true)
      then format('is shown for an answer of “%s”, which does not come before it', test ->> 'slide')
    when private.find_asked_kind(contexts, test ->> 'slide', test ->> 'key') is null
      then format('is shown for “%s”, which “%s” does not ask', test ->> 'key', test ->> 'slide')
    when not private.is_comparable(contexts, test)
      then format('is shown for “%s” of “%s”, which cannot be compared so', test ->> 'key', test ->> 'slide')
  end
$$;
comment on function private.slide_condition_place_error is
'What keeps a comparison from being made where its slide stands, as the end of a sentence; null if nothing does.';

create function private.find_form_change_errors(address text, context jsonb) returns setof text
language sql stable set search_path = ''
as $$
  select case
    when k.key is null then format('%s has no question “%s”.', address, c.key)
    else format('%s always asks “%s”.', address, c.key)
  end
  from jsonb_each(coalesce(nullif(context -> 'form', 'null'), '{}')) c (key, change)
  left join private.slide_answer_keys k on k.slide_id = private.slide_of_address(address) and k.key = c.key
  where
    k.key is null
    or (k.is_locked
        and (coalesce((c.change ->> 'is_hidden')::boolean, false) or not coalesce((c.change ->> 'is_required')::boolean, true)))
$$;
comment on function private.find_form_change_errors is
'Changes of a slide''s own form to questions it does not have, and those that leave out what is always asked.';

create function private.require_working_contexts(slides text[], contexts jsonb) returns void
language plpgsql stable set search_path = ''
as $$
declare
  errors constant text[] := array(
    select format('%s %s.', s.address, private.slide_condition_place_error(slides, contexts, s.address, t))
    from jsonb_each(contexts) s (address, context)
    cross join lateral private.list_condition_tests(s.context) t
    where private.slide_condition_place_error(slides, contexts, s.address, t) is not null
    union
    select e from jsonb_each(contexts) s (address, context)
    cross join lateral private.find_form_change_errors(s.address, s.context) e
    order by 1);
begin
  if errors <> '{}' then
    raise sqlstate 'PT400' using
      message = format('A slide cannot be shown as it is written: %s', left(array_to_string(errors, ' '), 500)),
      hint = 'Change its condition or its questions in the builder.';
  end if;
end;
$$;
comment on function private.require_working_contexts is
'Raises PT400 naming the conditions that read no earlier answer, and changes to questions that are always asked. '
'Contexts are of known shape.';
