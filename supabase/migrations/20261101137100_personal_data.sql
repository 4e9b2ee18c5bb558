-- Where data about a customer and about a contact is: the register that exports and erasures follow.
-- tests/database/test_personal_data.py compares it with the catalogue: each table with words is listed, or why not.

create table private.personal_data (
  subject text not null check (subject in ('customer', 'contact')),
  table_name text not null,
  place int not null,
  of_subject text not null,
  treatment text not null check (treatment in ('replace', 'delete', 'keep')),
  replacements jsonb not null default '{}',
  removed_too boolean not null default true,
  reason text not null,
  primary key (subject, table_name),
  unique (subject, place),
  check ((treatment = 'replace') = (replacements <> '{}'))
);
comment on table private.personal_data is
'Which rows of which table are about a customer or a contact, and what an erasure does with them.';
comment on column private.personal_data.subject is 'customer or contact.';
comment on column private.personal_data.table_name is 'Table in schema public.';
comment on column private.personal_data.place is 'Order of an erasure: rows go before those they hang on.';
comment on column private.personal_data.of_subject is
'Condition in SQL on a row t of the company; $1 is the id of the subject.';
comment on column private.personal_data.treatment is
'Of an erasure that pseudonymises: replace values, delete the rows, or keep them.';
comment on column private.personal_data.replacements is 'Column to its new value; columns that are null stay null.';
comment on column private.personal_data.removed_too is
'True if an erasure that removes deletes the rows; false if it treats them as one that pseudonymises.';
comment on column private.personal_data.reason is 'Why so, and why other columns stay.';
alter table private.personal_data enable row level security;
revoke all on private.personal_data from anon, authenticated;

-- A name of one word may be a word of the language (Will, Mark): it is found with its capitals only.
create function private.mentions_contact(words text, contact uuid) returns boolean
language sql stable security invoker set search_path = ''
as $$
  select
    exists(
      select 1
      from public.contacts c
      cross join lateral unnest(array[c.name, c.email]) sought
      cross join lateral (select '(?<!\w)' || regexp_replace(sought, '([^\w\s])', '\\\1', 'g') || '(?!\w)' as pattern) p
      where
        c.id = contact and length(btrim(sought)) >= 3
        and case when sought ~ '[\s@]' then words ~* p.pattern else words ~ p.pattern end
    )
$$;
comment on function private.mentions_contact is 'True if a text has the name or the address of a contact.';

create function private.rows_of_customer(customer uuid) returns setof uuid
language sql stable security definer set search_path = ''
as $$
  with recursive same (id) as (
    select customer
    union
    select m.removed_id from public.merges m join same s on m.kept_id = s.id
    where m.undone_at is null and m.company_id = private.current_company_id()
  )
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
  '{"label": "Erased", "restored": {}, "expected": {}}', false, 'Counts of imports stay true; undo has nothing left.'
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
),
(
  'contact', 10, 'import_undo_rows', 't.row_id = $1', 'replace',
  '{"label": "Erased", "restored": {}, "expected": {}}', false, 'Counts of imports stay true; undo has nothing left.'
),
(
  'contact', 11, 'import_rows',
  't.row_id = $1 or private.mentions_contact(array_to_string(t.cells, chr(10)), $1)', 'replace',
  '{"cells": [], "field_values": {}, "problems": [], "candidates": [], "refusals": [], "record": {}, "changes": {},
    "natural_key": "erased"}', false, 'Counts of imports stay true.'
),
(
  'contact', 12, 'external_ids', 't.row_id = $1', 'delete', '{}', true,
  'Ids of other systems would find the person again.'
),
(
  'contact', 13, 'survey_responses', 't.contact_id = $1', 'replace', '{"comment": "Erased", "contact_id": null}', false,
  'Health is computed from the scores.'
),
(
  'contact', 14, 'notes',
  't.customer_id = (select c.customer_id from public.contacts c where c.id = $1)
    and private.mentions_contact(t.body, $1)', 'replace', '{"body": "Erased"}', false,
  'The day of the conversation stays.'
),
(
  'contact', 15, 'follow_ups',
  't.customer_id = (select c.customer_id from public.contacts c where c.id = $1)
    and private.mentions_contact(t.title, $1)', 'replace', '{"title": "Erased"}', false,
  'That there was something to do stays.'
),
(
  'contact', 16, 'tickets',
  't.customer_id = (select c.customer_id from public.contacts c where c.id = $1)
    and private.mentions_contact(t.title, $1)', 'replace', '{"title": "Erased"}', false,
  'Priority and days stay.'
),
(
  'contact', 17, 'row_changes',
  't.row_id = $1 or t.row_id in (select m.removed_id from public.merges m where m.kept_id = $1)
    or (t.customer_id = (select c.customer_id from public.contacts c where c.id = $1)
    and private.mentions_contact(concat(t.before::text, t.after::text), $1))',
  'replace', '{"before": {}, "after": {}}', false, 'That something changed, when and by whom stays.'
),
(
  'contact', 19, 'merges', 't.kept_id = $1', 'replace', '{"removed_label": "Erased"}', false,
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
  'contact', 18, 'contacts', 't.id = $1', 'replace',
  '{"name": "Erased contact", "title": null, "email": null, "sentiment": null}', true,
  'Role and days stay: signals are computed from them.'
);

create function private.personal_data_register(subject text)
returns table (table_name text, place int, of_subject text, treatment text, replacements jsonb, removed_too boolean)
language sql stable security definer set search_path = ''
as $$
  select d.table_name, d.place, d.of_subject, d.treatment, d.replacements, d.removed_too
  from private.personal_data d where d.subject = personal_data_register.subject order by d.place
$$;
comment on function private.personal_data_register is 'The register of a subject, in the order of an erasure.';

create function private.export_subject(subject text, subject_id uuid) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  entry record;
  found_rows jsonb;
  answer jsonb := '{}';
begin
  for entry in select * from private.personal_data_register(subject) loop
    execute format('select jsonb_agg(to_jsonb(t)) from public.%I t where %s', entry.table_name, entry.of_subject)
      into found_rows using subject_id;
    answer := answer || jsonb_build_object(entry.table_name, coalesce(found_rows, '[]'));
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
  values ('profiles', array['id']), ('row_changes', array['changed_by'])
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

grant execute on function private.mentions_contact, private.rows_of_customer,
private.threads_of_customer, private.personal_data_register, private.export_subject, public.export_customer,
public.export_contact, private.columns_of_people, public.export_person to authenticated;
