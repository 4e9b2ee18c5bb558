-- Shapes of what a workflow sets for a slide besides its texts: own questions, changes to the slide's own form, parts of
-- the account a free slide shows, and the condition it is shown under. The limits are those of lib/slides.

create function private.is_json_text(value jsonb, min_length int, max_length int) returns boolean
language sql immutable set search_path = ''
as $$ select coalesce(jsonb_typeof(value) = 'string' and length(value #>> '{}') between min_length and max_length, false) $$;
comment on function private.is_json_text is 'True for a JSON string whose length is within the bounds.';

create function private.is_own_question(question jsonb) returns boolean
language sql immutable set search_path = ''
as $$
  select
    case
      when jsonb_typeof(question) is distinct from 'object' then false
      else coalesce(
        question - array['key', 'label', 'kind', 'choices', 'is_required', 'help'] = '{}'
        and private.is_json_text(question -> 'key', 1, 40) and question ->> 'key' ~ '^own_[a-z0-9]+(_[a-z0-9]+)*$'
        and private.is_json_text(question -> 'label', 1, 200)
        and question ->> 'kind' in ('text', 'number', 'money', 'choice', 'date', 'person', 'yes_no')
        and coalesce(jsonb_typeof(question -> 'is_required'), 'boolean') = 'boolean'
        and (coalesce(question -> 'help', 'null') = 'null' or private.is_json_text(question -> 'help', 1, 400))
        and case
          when question ->> 'kind' <> 'choice' then coalesce(question -> 'choices', '[]') = '[]'
          when jsonb_typeof(question -> 'choices') is distinct from 'array' then false
          else (
            select count(*) between 2 and 20 and bool_and(private.is_json_text(c, 1, 100)) and count(distinct c) = count(*)
            from jsonb_array_elements(question -> 'choices') c
          )
        end, false
      )
    end
$$;
comment on function private.is_own_question is
'True for a question of the company on a slide: own key, label, kind, two to twenty choices for a choice.';

create function private.own_questions_error(value jsonb) returns text
language sql immutable set search_path = ''
as $$
  select case
    when jsonb_typeof(value) <> 'array' then 'is no list'
    when jsonb_array_length(value) > 20 then 'has more than 20 entries'
    when exists (select 1 from jsonb_array_elements(value) q where not private.is_own_question(q))
      then 'has a question that cannot be asked'
    when (select count(distinct q ->> 'key') < count(*) from jsonb_array_elements(value) q)
      then 'has two questions of one name'
  end
$$;
comment on function private.own_questions_error is
'What keeps a list of own questions from being asked, as the end of a sentence; null if nothing does.';

create function private.is_form_change(change jsonb) returns boolean
language sql immutable set search_path = ''
as $$
  select
    case
      when jsonb_typeof(change) is distinct from 'object' then false
      else
        change - array['label', 'help', 'is_required', 'is_hidden'] = '{}'
        and (coalesce(change -> 'label', 'null') = 'null' or private.is_json_text(change -> 'label', 1, 200))
        and (coalesce(change -> 'help', 'null') = 'null' or private.is_json_text(change -> 'help', 1, 400))
        and coalesce(jsonb_typeof(change -> 'is_required'), 'null') in ('boolean', 'null')
        and coalesce(jsonb_typeof(change -> 'is_hidden'), 'boolean') = 'boolean'
    end
$$;
comment on function private.is_form_change is
'True for a change to a question of a slide''s own form: label, help, is_required, is_hidden.';

create function private.form_changes_error(value jsonb) returns text
language sql immutable set search_path = ''
as $$
  select case
    when jsonb_typeof(value) <> 'object' then 'is no object'
    when (select count(*) > 40 from jsonb_object_keys(value)) then 'has more than 40 entries'
    when exists (select 1 from jsonb_each(value) e where not private.is_form_change(e.value))
      then 'has a change that cannot be read'
  end
$$;
comment on function private.form_changes_error is
'What keeps changes to a slide''s own form from being made, as the end of a sentence; null if nothing does.';

create function private.shown_sections_error(value jsonb) returns text
language sql immutable set search_path = ''
as $$
  select case
    when jsonb_typeof(value) <> 'array' then 'is no list'
    when
      not value <@ '["overview", "key_facts", "priority_reasons", "contract_terms", "notice_deadline", "usage_chart",
      "health_parts", "risk_signals", "open_tickets", "contacts", "key_roles", "influence_chart", "notes", "past_runs",
      "modules", "answers"]'
      or (select count(distinct v) < count(*) from jsonb_array_elements(value) v)
      then 'has a part that a slide cannot show, or one twice'
  end
$$;
comment on function private.shown_sections_error is
'What keeps a list of parts of the account from being shown, as the end of a sentence; null if nothing does.';

create function private.is_condition_value(value jsonb, comparison text) returns boolean
language sql immutable set search_path = ''
as $$
  select coalesce(
    case jsonb_typeof(value)
      when 'boolean' then comparison in ('is', 'is_not')
      when 'number' then comparison in ('is', 'is_not', 'at_least', 'below') and abs(value::numeric) <= 1e15
      when 'string' then comparison in ('is', 'is_not') and private.is_json_text(value, 1, 200)
      when 'array'
        then
          comparison = 'one_of'
          and (
            select count(*) between 1 and 20 and bool_and(private.is_json_text(v, 1, 200))
            from jsonb_array_elements(value) v
          )
      else false
    end, false
  )
$$;
comment on function private.is_condition_value is 'True for a value that can be compared in this way.';

create function private.is_condition_test(test jsonb) returns boolean
language sql immutable set search_path = ''
as $$
  select
    case
      when jsonb_typeof(test) is distinct from 'object' then false
      else coalesce(
        test - array['fact', 'slide', 'key', 'comparison', 'value'] = '{}'
        and test ->> 'fact' in ('segment', 'health', 'category', 'arr', 'days_to_notice', 'answer')
        and private.is_condition_value(test -> 'value', test ->> 'comparison')
        and case test ->> 'fact'
          when 'answer'
            then private.is_json_text(test -> 'slide', 1, 100) and private.is_json_text(test -> 'key', 1, 100)
          else coalesce(test -> 'slide', 'null') = 'null' and coalesce(test -> 'key', 'null') = 'null'
        end
        and case
          when test ->> 'fact' in ('arr', 'days_to_notice') then jsonb_typeof(test -> 'value') = 'number'
          when test ->> 'fact' in ('segment', 'health', 'category')
            then jsonb_typeof(test -> 'value') in ('string', 'array')
          else true
        end, false
      )
    end
$$;
comment on function private.is_condition_test is
'True for one comparison of a condition: a fact of the closed list, how it is compared, and a value that fits.';

create function private.slide_condition_error(value jsonb) returns text
language sql immutable set search_path = ''
as $$
  select case
    when jsonb_typeof(value) <> 'object' then 'is no object'
    when
      value - 'all' - 'any' <> '{}'
      or (coalesce(value -> 'all', 'null') = 'null') = (coalesce(value -> 'any', 'null') = 'null')
      then 'has either “all” or “any”'
    when jsonb_typeof(coalesce(nullif(value -> 'all', 'null'), value -> 'any')) <> 'array' then 'has no list of tests'
    when (
      select count(*) not between 1 and 8 or not bool_and(private.is_condition_test(t))
      from jsonb_array_elements(coalesce(nullif(value -> 'all', 'null'), value -> 'any')) t
    )
      then 'has a test that cannot be made'
  end
$$;
comment on function private.slide_condition_error is
'What keeps a condition from being checked, as the end of a sentence; null if nothing does.';

create function private.list_own_keys(contexts jsonb, address text) returns text[]
language sql immutable set search_path = ''
as $$
  select array(
    select q ->> 'key'
    from jsonb_array_elements(case
      when jsonb_typeof(contexts -> address -> 'questions') = 'array' then contexts -> address -> 'questions' else '[]'
    end) q
  )
$$;
comment on function private.list_own_keys is
'Keys of the company''s own questions on the slide at an address, from the contexts of a version.';
grant execute on function private.is_json_text, private.is_own_question, private.own_questions_error,
private.is_form_change, private.form_changes_error, private.shown_sections_error, private.is_condition_value,
private.is_condition_test, private.slide_condition_error, private.list_own_keys to authenticated, service_role;
