-- Where data about a customer and about a contact is: the register that exports and erasures follow.
-- tests/database/test_personal_data.py compares it with the catalogue: each table with words is listed, or why not.

create table private.personal_data (
  subject text not null check (subject in ('customer', 'contact')),
  table_name text not null,
  place int not null,
  of_subject text not null,
  treatment text not null check (treatment in ('replace', 'redact', 'delete', 'keep')),
  replacements jsonb not null default '{}' check (private.is_readable_json(replacements)),
  redacted text[] not null default '{}',
  removed_too boolean not null default true,
  reason text not null,
  primary key (subject, place),
  check ((treatment = 'replace') = (replacements <> '{}')),
  check ((treatment = 'redact') = (redacted <> '{}')),
  check (treatment <> 'redact' or not removed_too)
);
comment on table private.personal_data is
'Which rows of which table are about a customer or a contact, and what an erasure does with them.';
comment on column private.personal_data.subject is 'customer or contact.';
comment on column private.personal_data.table_name is 'Table in schema public.';
comment on column private.personal_data.place is 'Order of an erasure: rows go before those they hang on.';
comment on column private.personal_data.of_subject is
'Condition in SQL on a row t of the company; $1 is the id of the subject, $2 the pattern of their names, $3 their '
'pieces.';
comment on column private.personal_data.treatment is
'Of an erasure that pseudonymises: replace values, redact names in words, delete the rows, or keep them.';
comment on column private.personal_data.replacements is 'Column to its new value; columns that are null stay null.';
comment on column private.personal_data.redacted is
'Columns with words that may name the subject: only rows that do are meant, and only the names in them go.';
comment on column private.personal_data.removed_too is
'True if an erasure that removes deletes the rows; false if it treats them as one that pseudonymises.';
comment on column private.personal_data.reason is 'Why so, and why other columns stay.';
alter table private.personal_data enable row level security;
revoke all on private.personal_data from anon, authenticated;

-- A name of one word may be a word of the language (Will, Mark): it is found with its capitals only. Chinese, Japanese
-- and Korean have no blanks between words, so that a name there begins and ends anywhere.
create function private.name_pattern(names text[]) returns text
language sql immutable set search_path = ''
as $$
  select
    string_agg(
      case
        when n.name ~ '[ぁ-ヿ㐀-鿿가-힣]' then p.letters
        when n.name ~ '@' then '(?<![\w.+-])' || p.letters || '(?![\w-]|\.\w)'
        else '(?<!\w)' || p.letters || '(?!\w)'
      end, '|' order by n.name)
  from (
    select distinct btrim(regexp_replace(f.name, '\s+', ' ', 'g')) as name from unnest(names) f (name)
  ) n
  cross join lateral (
    select
      string_agg(
        case
          when c.letter = ' ' then '\s+'
          when n.name ~ '[ @]' and lower(c.letter) <> upper(c.letter) then
            '[' || lower(c.letter) || upper(c.letter) || ']'
          when c.letter ~ '\w' then c.letter
          else '\' || c.letter
        end, '' order by c.place) as letters
    from regexp_split_to_table(n.name, '') with ordinality c (letter, place)
  ) p
  where length(n.name) >= 2
$$;
comment on function private.name_pattern is
'A regular expression that finds each of some names and addresses as whole words; null if there are none.';

create function private.name_pieces(names text[]) returns text[]
language sql immutable set search_path = ''
as $$
  select
    array_agg(distinct (
      select lower(w.word) from regexp_split_to_table(btrim(n.name), '\s+') w (word)
      order by length(w.word) desc, w.word limit 1))
  from unnest(names) n (name) where length(btrim(n.name)) >= 2
$$;
comment on function private.name_pieces is 'The longest word of each of some names, in lower case.';

-- 200,000 rows of imports that name nobody: under 1 s so, about 3 s by the pattern alone.
create function private.may_name(words text, pieces text[]) returns boolean
language plpgsql immutable set search_path = ''
as $$
declare
  folded constant text := lower(words);
  piece text;
begin
  foreach piece in array coalesce(pieces, '{}') loop
    if strpos(folded, piece) > 0 then
      return true;
    end if;
  end loop;
  return false;
end;
$$;
comment on function private.may_name is 'False if a text has none of the pieces of names, so that it names nobody.';

create function private.rows_of_merged(record uuid) returns setof uuid
language sql stable security definer set search_path = ''
as $$
  with recursive same (id) as (
    select record
    union
    select m.removed_id from public.merges m join same s on m.kept_id = s.id
    where m.undone_at is null and m.company_id = private.current_company_id()
  )
  select s.id from same s
$$;
comment on function private.rows_of_merged is 'Ids of a customer or contact and of those merged into it.';

create function private.names_of_contact(contact uuid) returns text[]
language sql stable security invoker set search_path = ''
as $$
  with called (name) as (
    select c.name from public.contacts c where c.id = contact
    union
    select m.removed_label from public.merges m
    where m.kept_id in (select private.rows_of_merged(contact)) and m.undone_at is null and m.removed_label <> 'Erased'
  )
  select
    array_agg(f.name)
  from (
    select n.name from called n
    union
    select regexp_replace(btrim(n.name), '^(.*\S)\s+(\S+)$', '\2, \1') from called n
    union
    select c.email from public.contacts c where c.id = contact and c.email is not null
  ) f
$$;
comment on function private.names_of_contact is
'What texts call a contact: names, also those of contacts merged into it, as a directory has them, too (last name, '
'comma), and the address.';

create function private.json_words(doc jsonb) returns text
language sql immutable set search_path = ''
as $$
  select string_agg(w.word #>> '{}', chr(10))
  from (
    select jsonb_path_query(doc, 'strict $.** ? (@.type() == "string")') as word
    union all
    select jsonb_path_query(doc, 'strict $.** ? (@.type() == "object").keyvalue().key')
  ) w
$$;
comment on function private.json_words is 'All strings and keys of a document, one a line.';

-- Never longer than before, so that no bound of a column refuses it.
create function private.redact_text(words text, pattern text) returns text
language sql immutable set search_path = ''
as $$
  select case when length(r.redacted) <= length(words) then r.redacted else regexp_replace(words, pattern, '…', 'g') end
  from (select regexp_replace(words, pattern, '[…]', 'g') as redacted) r
$$;
comment on function private.redact_text is 'A text with what a pattern finds replaced by […].';

create function private.redact_json(doc jsonb, pattern text) returns jsonb
language plpgsql immutable set search_path = ''
as $$
begin
  return case jsonb_typeof(doc)
    when 'string' then to_jsonb(private.redact_text(doc #>> '{}', pattern))
    when 'array' then coalesce((
      select jsonb_agg(private.redact_json(e.item, pattern) order by e.place)
      from jsonb_array_elements(doc) with ordinality e (item, place)), '[]')
    when 'object' then coalesce((
      select jsonb_object_agg(private.redact_text(e.key, pattern), private.redact_json(e.value, pattern))
      from jsonb_each(doc) e), '{}')
    else doc
  end;
end;
$$;
comment on function private.redact_json is 'A document with what a pattern finds in its strings and keys replaced by […].';

create function private.rows_of_customer(customer uuid) returns setof uuid
language sql stable security definer set search_path = ''
as $$
  with same (id) as materialized (select private.rows_of_merged(customer))
  select s.id from same s
  union
  select r.row_id from public.row_changes r join same s on r.customer_id = s.id
  where r.company_id = private.current_company_id()
$$;
comment on function private.rows_of_customer is
'Ids of a customer of the caller''s company, of those merged into it, and of the rows that hang or hung on them, from '
'their history.';

create function private.threads_of_customer(customer uuid) returns setof uuid
language sql stable security invoker set search_path = ''
as $$
  select t.id from public.workflow_chat_threads t join public.workflow_executions e on e.id = t.execution_id
  where e.customer_id = customer
$$;
comment on function private.threads_of_customer is 'Conversations about a customer that the caller may read.';

create function private.customer_of_contact(contact uuid) returns uuid
language sql stable security invoker set search_path = ''
as $$ select c.customer_id from public.contacts c where c.id = contact $$;
comment on function private.customer_of_contact is 'The customer whose contact it is.';

create function private.runs_of_contact(contact uuid) returns setof uuid
language sql stable security invoker set search_path = ''
as $$
  select e.id from public.workflow_executions e where e.customer_id = (select private.customer_of_contact(contact))
$$;
comment on function private.runs_of_contact is 'Runs for the customer whose contact it is.';

create function private.threads_of_contact(contact uuid) returns setof uuid
language sql stable security invoker set search_path = ''
as $$ select private.threads_of_customer(private.customer_of_contact(contact)) $$;
comment on function private.threads_of_contact is
'Conversations that the caller may read about the customer whose contact it is.';

insert into private.personal_data
(subject, place, table_name, of_subject, treatment, replacements, removed_too, reason)
values
(
  'customer', 10, 'workflow_chat_feedback',
  't.message_id in (select m.id from public.workflow_chat_messages m
    where m.thread_id in (select private.threads_of_customer($1)))',
  'delete', '{}', true, 'Conversations are words about the customer.'
),
(
  'customer', 11, 'workflow_llm_tool_calls', 't.thread_id in (select private.threads_of_customer($1))',
  'delete', '{}', true, 'Part of the conversations.'
),
(
  'customer', 12, 'workflow_chat_messages', 't.thread_id in (select private.threads_of_customer($1))',
  'delete', '{}', true, 'Part of the conversations.'
),
(
  'customer', 13, 'workflow_llm_context', 't.thread_id in (select private.threads_of_customer($1))',
  'delete', '{}', true, 'Part of the conversations.'
),
(
  'customer', 14, 'workflow_chat_threads', 't.id in (select private.threads_of_customer($1))',
  'delete', '{}', true, 'Conversations are words about the customer.'
),
(
  'customer', 20, 'notices',
  't.customer_id = $1 or t.execution_id in (select e.id from public.workflow_executions e where e.customer_id = $1)',
  'delete', '{}', true, 'Told once; they name the customer.'
),
(
  'customer', 21, 'follow_ups', 't.customer_id = $1', 'replace', '{"title": "Erased"}', true,
  'That there was something to do stays.'
),
(
  'customer', 30, 'workflow_escalation_extracts',
  't.escalation_id in (select e.id from public.workflow_escalations e where e.customer_id = $1)',
  'delete', '{}', true, 'A copy of a conversation.'
),
(
  'customer', 31, 'workflow_escalation_comments',
  't.escalation_id in (select e.id from public.workflow_escalations e where e.customer_id = $1)',
  'replace', '{"body": "Erased"}', true, 'That it was commented on stays.'
),
(
  'customer', 32, 'workflow_escalations', 't.customer_id = $1', 'replace',
  '{"ask": "Erased", "decision": "Erased", "context_pack": {}}', true, 'How fast it was answered stays.'
),
(
  'customer', 33, 'workflow_snoozes', 't.customer_id = $1', 'replace', '{"reason": "Erased"}', true,
  'How long the run was put away stays.'
),
(
  'customer', 34, 'saved_action_runs',
  't.customer_id = $1 or t.execution_id in (select e.id from public.workflow_executions e where e.customer_id = $1)',
  'replace', '{"summary": "Erased", "parameters": {}, "before": {}}', true,
  'That the action ran stays, and cannot be undone.'
),
(
  'customer', 35, 'workflow_legacy_executions',
  't.execution_id in (select e.id from public.workflow_executions e where e.customer_id = $1)',
  'delete', '{}', true, 'The run of the earlier system in its own words.'
),
(
  'customer', 36, 'workflow_execution_events',
  't.execution_id in (select e.id from public.workflow_executions e where e.customer_id = $1)',
  'replace', '{"payload": {}}', true, 'What happened and when stays.'
),
(
  'customer', 44, 'workflow_starts',
  't.execution_id in (select e.id from public.workflow_executions e where e.customer_id = $1)',
  'replace', '{"why": {}}', true, 'That a run began by itself stays.'
),
(
  'customer', 43, 'workflow_cases',
  't.execution_id in (select e.id from public.workflow_executions e where e.customer_id = $1)',
  'delete', '{}', true, 'The name a colleague gave a run, kept to try new versions on.'
),
(
  'customer', 37, 'workflow_step_executions',
  't.execution_id in (select e.id from public.workflow_executions e where e.customer_id = $1)',
  'delete', '{}', true, 'Answers are words about the customer.'
),
(
  'customer', 38, 'price_approvals',
  't.execution_id in (select e.id from public.workflow_executions e where e.customer_id = $1)',
  'replace', '{"name": "Erased", "reason": "Erased", "agreed_by": "Erased", "proof": "Erased"}', true,
  'Who agreed to which price stays: figures of the company.'
),
(
  'customer', 39, 'pricing_scenarios',
  't.execution_id in (select e.id from public.workflow_executions e where e.customer_id = $1)',
  'replace', '{"name": "Erased"}', true, 'Prices are figures of the company.'
),
(
  'customer', 40, 'quote_lines',
  't.quote_id in (select q.id from public.quotes q join public.workflow_executions e on e.id = q.execution_id
    where e.customer_id = $1)',
  'keep', '{}', true, 'Items and prices of the company.'
),
(
  'customer', 41, 'quotes',
  't.execution_id in (select e.id from public.workflow_executions e where e.customer_id = $1)',
  'replace', '{"terms": {}}', true, 'Totals are figures of the company.'
),
(
  'customer', 42, 'workflow_executions', 't.customer_id = $1', 'replace',
  '{"outcome_reason": "Erased", "outcome_notes": "Erased", "skip_words": "Erased"}', true,
  'Status and outcome code stay: the back-test of rules counts them.'
),
(
  'customer', 50, 'import_undo_rows', 't.row_id in (select private.rows_of_customer($1))', 'replace',
  '{"label": "Erased", "restored": {}, "expected": {}, "notice": null}', false,
  'Counts of imports stay true; undo has nothing left.'
),
(
  'customer', 51, 'import_rows',
  't.row_id in (select private.rows_of_customer($1)) or t.chosen_id = $1', 'replace',
  '{"cells": [], "field_values": {}, "problems": [], "candidates": [], "refusals": [], "record": {}, "changes": {},
    "natural_key": "erased"}', false, 'Counts of imports stay true.'
),
(
  'customer', 52, 'external_ids', 't.row_id in (select private.rows_of_customer($1))', 'delete', '{}', true,
  'Ids of other systems would find the person again.'
),
('customer', 53, 'pending_owners', 't.customer_id = $1', 'keep', '{}', true, 'The address of a colleague.'),
(
  'customer', 60, 'survey_responses', 't.customer_id = $1', 'replace', '{"comment": "Erased"}', true,
  'Health is computed from the scores.'
),
(
  'customer', 61, 'notes', 't.customer_id = $1', 'replace', '{"body": "Erased"}', true,
  'Health is computed from their days.'
),
(
  'customer', 62, 'contacts', 't.customer_id = $1', 'replace',
  '{"name": "Erased contact", "title": null, "email": null, "sentiment": null}', true,
  'Role and days stay: signals are computed from them.'
),
(
  'customer', 63, 'tickets', 't.customer_id = $1', 'replace', '{"title": "Erased"}', true,
  'Health is computed from priority and days; the number is of the helpdesk.'
),
('customer', 54, 'customer_visits', 't.customer_id = $1', 'keep', '{}', true, 'When colleagues looked at it.'),
(
  'customer', 55, 'forecast_calls', 't.customer_id = $1', 'replace', '{"reason": "Erased"}', true,
  'What was expected of a renewal stays: the track record counts it.'
),
('customer', 56, 'forecast_snapshot_rows', 't.customer_id = $1', 'keep', '{}', true, 'Figures of the company.'),
('customer', 64, 'usage_weeks', 't.customer_id = $1', 'keep', '{}', true, 'Counts.'),
('customer', 65, 'contracts', 't.customer_id = $1', 'keep', '{}', true, 'Figures of the company.'),
(
  'customer', 9, 'customer_scores', 't.customer_id = $1 and t.reasons is not null', 'delete', '{}', true,
  'Sentences of days that last name people; the figures are computed again.'
),
(
  'customer', 66, 'customers', 't.id = $1', 'replace',
  '{"name": "Erased customer", "domain": null, "summary": null, "competitor": null}', true,
  'Segment, industry and country stay for figures.'
),
(
  'customer', 70, 'row_changes', 't.customer_id = $1 or t.row_id in (select private.rows_of_customer($1))',
  'replace', '{"before": {}, "after": {}}', false, 'That something changed, when and by whom stays.'
),
(
  'customer', 71, 'merges', 't.customer_id = $1', 'replace', '{"removed_label": "Erased"}', true,
  'That two became one stays; it cannot be undone.'
);

insert into private.personal_data (subject, place, table_name, of_subject, treatment, replacements, removed_too, reason)
values
(
  'contact', 10, 'import_undo_rows', 't.row_id in (select private.rows_of_merged($1))', 'replace',
  '{"label": "Erased", "restored": {}, "expected": {}, "notice": null}', false,
  'Counts of imports stay true; undo has nothing left.'
),
(
  'contact', 11, 'import_rows',
  't.row_id in (select private.rows_of_merged($1)) or private.may_name(array_to_string(t.cells, chr(10)), $3)
    and array_to_string(t.cells, chr(10)) ~ $2', 'replace',
  '{"cells": [], "field_values": {}, "problems": [], "candidates": [], "refusals": [], "record": {}, "changes": {},
    "natural_key": "erased"}', false, 'Counts of imports stay true.'
),
(
  'contact', 12, 'external_ids', 't.row_id in (select private.rows_of_merged($1))', 'delete', '{}', true,
  'Ids of other systems would find the person again.'
),
(
  'contact', 13, 'survey_responses', 't.contact_id = $1', 'replace', '{"comment": "Erased", "contact_id": null}', false,
  'Their own words go; health is computed from the scores.'
),
(
  'contact', 14, 'row_changes', 't.row_id in (select private.rows_of_merged($1))', 'replace',
  '{"before": {}, "after": {}}', false, 'That something changed, when and by whom stays.'
),
(
  'contact', 15, 'merges', 't.kept_id = $1', 'replace', '{"removed_label": "Erased"}', false,
  'That two became one stays; it cannot be undone.'
),
(
  'contact', 9, 'customer_scores',
  't.reasons is not null and t.customer_id in (
    select c.customer_id from public.contacts c where c.id = $1
    union select r.customer_id from public.survey_responses r where r.contact_id = $1)', 'delete', '{}', true,
  'Sentences of days that last name people; the figures are computed again.'
),
(
  'contact', 90, 'contacts', 't.id = $1', 'replace',
  '{"name": "Erased contact", "title": null, "email": null, "sentiment": null}', true,
  'Role and days stay: signals are computed from them.'
);

-- What somebody wrote about the customer stays without the names of the contact.
insert into private.personal_data (subject, place, table_name, of_subject, treatment, redacted, removed_too, reason)
select 'contact', r.place, r.table_name, r.of_subject, 'redact', r.redacted::text[], false, r.reason
from (
  values
  (
    20, 'import_undo_rows', 't.row_id not in (select private.rows_of_merged($1))
      and t.row_id in (select private.rows_of_customer(private.customer_of_contact($1)))',
    '{label, restored, expected, problem, notice}', 'What an undo restores names nobody.'
  ),
  (
    21, 'survey_responses', 't.contact_id is distinct from $1
      and t.customer_id = (select private.customer_of_contact($1))',
    '{comment}', 'The words of somebody else.'
  ),
  (
    22, 'notes', 't.customer_id = (select private.customer_of_contact($1))', '{body}',
    'A note is about more than the person.'
  ),
  (
    23, 'follow_ups', 't.customer_id = (select private.customer_of_contact($1))', '{title}',
    'There is still something to do.'
  ),
  (
    24, 'tickets', 't.customer_id = (select private.customer_of_contact($1))', '{title}',
    'The ticket is the customer''s.'
  ),
  (
    25, 'notices', 't.customer_id = (select private.customer_of_contact($1))
      or t.execution_id in (select private.runs_of_contact($1)) or t.comment_id is not null', '{body}',
    'A message to a colleague.'
  ),
  (26, 'workflow_comments', 'true', '{body, imported_author}', 'A comment on a draft, which is for all customers.'),
  (
    30, 'workflow_chat_feedback', 't.message_id in (select m.id from public.workflow_chat_messages m
      where m.thread_id in (select private.threads_of_contact($1)))', '{comment}', 'The words of a colleague.'
  ),
  (
    31, 'workflow_llm_tool_calls', 't.thread_id in (select private.threads_of_contact($1))',
    '{input, edited_input, output, decision_reason, error}', 'Part of the conversations.'
  ),
  (
    32, 'workflow_chat_messages', 't.thread_id in (select private.threads_of_contact($1))', '{content, error}',
    'A conversation is about the customer. Its signature no longer holds.'
  ),
  (
    33, 'workflow_llm_context', 't.thread_id in (select private.threads_of_contact($1))',
    '{system_prompt, context_data, tools}', 'What a model was given.'
  ),
  (34, 'workflow_chat_threads', 't.id in (select private.threads_of_contact($1))', '{title}', 'Titles quote.'),
  (
    40, 'workflow_escalation_extracts', 't.escalation_id in (select e.id from public.workflow_escalations e
      where e.customer_id = (select private.customer_of_contact($1)))', '{messages}', 'A copy of a conversation.'
  ),
  (
    41, 'workflow_escalation_comments', 't.escalation_id in (select e.id from public.workflow_escalations e
      where e.customer_id = (select private.customer_of_contact($1)))', '{body}', 'The words of a colleague.'
  ),
  (
    42, 'workflow_escalations', 't.customer_id = (select private.customer_of_contact($1))',
    '{ask, decision, context_pack}', 'A decision about the customer.'
  ),
  (
    43, 'workflow_snoozes', 't.customer_id = (select private.customer_of_contact($1))',
    '{reason, signal, woke_because}', 'Why the run was put away.'
  ),
  (
    44, 'saved_action_runs', 't.customer_id = (select private.customer_of_contact($1))
      or t.execution_id in (select private.runs_of_contact($1))', '{summary, parameters, before}',
    'What an action did for the customer.'
  ),
  (
    45, 'workflow_legacy_executions', 't.execution_id in (select private.runs_of_contact($1))',
    '{source, reason, remarks}', 'The run of the earlier system.'
  ),
  (
    46, 'workflow_execution_events', 't.execution_id in (select private.runs_of_contact($1))', '{payload}',
    'What happened in a run.'
  ),
  (
    54, 'workflow_cases', 't.execution_id in (select private.runs_of_contact($1))', '{name}',
    'The name a colleague gave a run.'
  ),
  (
    47, 'workflow_step_executions', 't.execution_id in (select private.runs_of_contact($1))', '{answers, skip_words}',
    'Answers are about the customer.'
  ),
  (
    48, 'price_approvals', 't.execution_id in (select private.runs_of_contact($1))',
    '{name, reason, agreed_by, proof, figures}', 'Who agreed to which price stays.'
  ),
  (
    49, 'pricing_scenarios', 't.execution_id in (select private.runs_of_contact($1))', '{name}',
    'Prices are figures of the company.'
  ),
  (
    50, 'quote_lines', 't.quote_id in (select q.id from public.quotes q
      where q.execution_id in (select private.runs_of_contact($1)))', '{item}', 'Items and prices of the company.'
  ),
  (
    51, 'quotes', 't.execution_id in (select private.runs_of_contact($1))', '{terms}',
    'Totals are figures of the company.'
  ),
  (
    52, 'workflow_executions', 't.customer_id = (select private.customer_of_contact($1))',
    '{outcome_reason, outcome_notes, skip_words}', 'How the run ended stays.'
  ),
  (
    53, 'forecast_calls', 't.customer_id = (select private.customer_of_contact($1))', '{reason}',
    'What was expected of the renewal stays.'
  ),
  (
    60, 'customers', 't.id = (select private.customer_of_contact($1))', '{summary, competitor}',
    'The customer''s own name and domain stay.'
  ),
  (
    61, 'contacts', 't.id <> $1 and t.customer_id = (select private.customer_of_contact($1))', '{title}',
    'Such as: assistant of somebody.'
  ),
  (
    62, 'merges', 't.kept_id <> $1 and t.customer_id = (select private.customer_of_contact($1))', '{removed_label}',
    'Another merge of the customer.'
  ),
  (
    70, 'row_changes', 't.row_id not in (select private.rows_of_merged($1))
      and t.customer_id = (select private.customer_of_contact($1))', '{before, after}',
    'What changed stays, as it stands in the row itself.'
  )
) r (place, table_name, of_subject, redacted, reason);

create function private.personal_data_register(subject text)
returns table (
  table_name text, treatment text, replacements jsonb, redacted text[], removed_too boolean, condition text, words text
)
language sql stable security definer set search_path = ''
as $$
  select
    d.table_name, d.treatment, d.replacements, d.redacted, d.removed_too,
    format('(%s)', d.of_subject) || coalesce(' and ' || w.words || ' ~ $2', ''), w.words
  from private.personal_data d
  left join lateral (
    select format('private.json_words(jsonb_build_array(%s))', string_agg(format('t.%I', r), ', ')) as words
    from unnest(d.redacted) r having count(*) > 0
  ) w on true
  where d.subject = personal_data_register.subject
  order by d.place
$$;
comment on function private.personal_data_register is
'The register of a subject in the order of an erasure; condition says which rows t are meant, with the subject as $1, '
'the pattern of their names as $2 and their pieces as $3; words, where they are looked for, null if nowhere.';

create function private.export_subject(subject text, subject_id uuid) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  entry record;
  found_rows jsonb;
  answer jsonb := '{}';
  names constant text[] := private.names_of_contact(subject_id);
begin
  for entry in select * from private.personal_data_register(subject) loop
    execute format(
      'select jsonb_agg(to_jsonb(t)) from public.%I t where %s', entry.table_name,
      entry.condition) into found_rows
      using subject_id, private.name_pattern(names), private.name_pieces(names);
    answer := answer || jsonb_build_object(
      entry.table_name, coalesce(answer -> entry.table_name, '[]') || coalesce(found_rows, '[]'));
  end loop;
  return answer;
end;
$$;
comment on function private.export_subject is
'The rows about a customer or contact that the caller may read, by table.';

create function public.export_customer(p_customer_id uuid) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
begin
  if not exists (select 1 from public.customers c where c.id = p_customer_id) then
    raise sqlstate 'PT404' using message = 'This customer does not exist, or you can''t see it.';
  end if;
  return private.export_subject('customer', p_customer_id);
end;
$$;
comment on function public.export_customer is
'All rows about a customer that the caller may read, by table. Raises PT404 for one they cannot see.';

create function public.export_contact(p_contact_id uuid) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
begin
  if not exists (select 1 from public.contacts c where c.id = p_contact_id) then
    raise sqlstate 'PT404' using message = 'This contact does not exist, or you can''t see it.';
  end if;
  return private.export_subject('contact', p_contact_id);
end;
$$;
comment on function public.export_contact is
'All rows about a contact that the caller may read, by table. Raises PT404 for one they cannot see.';

create function private.columns_of_people() returns table (table_name text, column_names text[])
language sql stable security invoker set search_path = ''
as $$
  select c.relname::text, array_agg(distinct a.attname::text order by a.attname::text)
  from pg_catalog.pg_constraint f
  join pg_catalog.pg_class c on c.oid = f.conrelid
  join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = f.conkey[1]
  where
    f.contype = 'f' and f.confrelid = 'public.profiles'::regclass and c.relnamespace = 'public'::regnamespace
  group by c.relname
  union all
  values ('profiles', array['id']), ('row_changes', array['changed_by', 'row_id'])
$$;
comment on function private.columns_of_people is
'Which columns of which tables name a person: those with a foreign key to profiles, the profile, the history.';

create function public.export_person(p_person_id uuid) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  entry record;
  found_rows jsonb;
  answer jsonb := '{}';
begin
  if p_person_id is distinct from auth.uid() and private.current_member_role() is distinct from 'admin' then
    raise sqlstate 'PT403' using message = 'Only an admin can export what is held on a colleague.';
  elsif not exists (select 1 from public.profiles p where p.id = p_person_id) then
    raise sqlstate 'PT404' using message = 'This person does not belong to your company.';
  end if;
  for entry in select * from private.columns_of_people() loop
    execute format(
      'select jsonb_agg(to_jsonb(t)) from public.%I t where $1 in (%s)', entry.table_name,
      (select string_agg(format('t.%I', c), ', ') from unnest(entry.column_names) c)) into found_rows using p_person_id;
    answer := answer || jsonb_build_object(entry.table_name, coalesce(found_rows, '[]'));
  end loop;
  select jsonb_agg(to_jsonb(i)) into found_rows
  from public.company_invites i join public.profiles p on p.id = p_person_id
  where i.email = p.email or i.invited_by = p_person_id;
  return answer || jsonb_build_object('company_invites', coalesce(found_rows, '[]'));
end;
$$;
comment on function public.export_person is
'All rows that name a member and that the caller may read, by table: for the member and for admins. Raises PT403, '
'PT404.';

grant execute on function private.name_pattern, private.name_pieces, private.may_name, private.rows_of_merged,
private.names_of_contact, private.json_words, private.rows_of_customer, private.threads_of_customer,
private.customer_of_contact, private.runs_of_contact, private.threads_of_contact, private.personal_data_register,
private.export_subject, public.export_customer, public.export_contact, private.columns_of_people, public.export_person
to authenticated;
