-- Erasing what is held on a customer or a contact, as private.personal_data says, and the proof that it was done.

create table public.erasures (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null references public.companies (id),
  subject text not null check (subject in ('customer', 'contact', 'conversations')),
  subject_id uuid,
  mode text not null check (mode in ('pseudonymise', 'remove')),
  reason text not null check (length(reason) between 1 and 500 and not private.is_blank(reason)),
  touched jsonb not null default '{}' check (private.is_readable_json(touched)),
  erased_by uuid,
  created_at private.moment not null default now(),
  check ((subject = 'conversations') = (subject_id is null)),
  foreign key (erased_by, company_id) references public.profiles (id, company_id)
);
comment on table public.erasures is 'The proof of an erasure: what was erased, when, by whom, why; never its values.';
comment on column public.erasures.id is 'Identity of the erasure; the changes it made have it as their source_id.';
comment on column public.erasures.company_id is 'Tenant.';
comment on column public.erasures.subject is 'customer, contact, or conversations past their retention.';
comment on column public.erasures.subject_id is 'The customer or contact; null for conversations.';
comment on column public.erasures.mode is 'pseudonymise: figures stay without names; remove: rows were deleted.';
comment on column public.erasures.reason is 'Why, in words; without the name of whom it is about.';
comment on column public.erasures.touched is 'Table to the number of rows replaced or deleted.';
comment on column public.erasures.erased_by is 'Who did it; null for the worker.';
comment on column public.erasures.created_at is 'When it was done.';
create index erasures_company on public.erasures (company_id, created_at desc, id desc);
create index erasures_erased_by on public.erasures (erased_by, company_id);
alter table public.erasures enable row level security;
revoke all on public.erasures from anon, authenticated;
grant select on public.erasures to authenticated;
create policy "leaders read the erasures of their company" on public.erasures
for select to authenticated
using (company_id = (select private.current_company_id()) and (select private.is_team_lead()));

create function private.require_erasable(subject text, subject_id uuid, mode text) returns public.profiles
language plpgsql stable security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
begin
  if me.role not in ('manager', 'admin') then
    raise sqlstate 'PT403' using message = 'Only managers and admins erase data.', hint = 'Ask one of your company.';
  elsif coalesce(subject, '') not in ('customer', 'contact')
        or coalesce(mode, '') not in ('pseudonymise', 'remove') then
    raise sqlstate 'PT400' using message = 'Choose a customer or a contact, and whether to pseudonymise or remove.';
  elsif not exists (
      select from public.customers c where subject = 'customer' and c.id = subject_id and c.company_id = me.company_id)
    and not exists (
      select from public.contacts c where subject = 'contact' and c.id = subject_id and c.company_id = me.company_id)
  then
    raise sqlstate 'PT404' using message = format('This %s does not exist, or you can''t see it.', subject);
  end if;
  return me;
end;
$$;
comment on function private.require_erasable is
'The signed-in leader; raises PT403 for anyone else, PT400, PT404 for what is not of their company.';

create function private.erased_names(subject text, subject_id uuid, names text[]) returns text[]
language plpgsql stable security definer set search_path = ''
as $$
begin
  if subject <> 'contact' then
    return null;
  elsif cardinality(names) > 10 or exists (
      select from unnest(names) n where n is null or length(btrim(n)) not between 2 and 200) then
    raise sqlstate 'PT400' using message = 'Enter at most 10 other names, each of 2 to 200 characters.';
  end if;
  return private.names_of_contact(subject_id) || names;
end;
$$;
comment on function private.erased_names is
'A contact''s names and address, and the other names given; null for a customer. Raises PT400.';

-- Values that are null stay null, and rows with nothing to replace are left alone.
create function private.erasure_statement(entry record, mode text) returns text
language plpgsql stable security invoker set search_path = ''
as $$
declare
  -- Past the policies: the same name stands in files of other companies, too.
  condition constant text := 't.company_id = (select private.current_company_id()) and '
    || entry.condition;
  revised constant text := case when entry.table_name in ('workflow_executions', 'workflow_step_executions')
    then 'revision = t.revision + 1'
    when entry.table_name in ('workflow_chat_messages', 'workflow_llm_tool_calls') then 'redacted_at = now()' end;
begin
  if entry.treatment = 'delete' or (mode = 'remove' and entry.removed_too) then
    return format('delete from public.%I t where %s', entry.table_name, condition);
  elsif entry.treatment = 'redact' then
    return format('update public.%I t set %s where %s', entry.table_name, concat_ws(', ', (
      select string_agg(format(
        '%1$I = (jsonb_populate_record(t, jsonb_build_object(%1$L, private.redact_json(to_jsonb(t.%1$I), $2)))).%1$I',
        c), ', ') from unnest(entry.redacted) c), revised), condition);
  elsif entry.treatment = 'replace' then
    return (
      select format(
        'update public.%I t set %s from (select $4::jsonb) v (new_values) where (%s) and %s', entry.table_name,
        concat_ws(', ', string_agg(format(
          '%1$I = case when t.%1$I is not null then (jsonb_populate_record(null::public.%2$I, v.new_values)).%1$I end',
          c, entry.table_name), ', '), revised),
        string_agg(format('t.%I is not null', c), ' or '), condition)
      from jsonb_object_keys(entry.replacements) c);
  end if;
  return null;
end;
$$;
comment on function private.erasure_statement is
'What an erasure runs for an entry of the register, with the subject as $1, the pattern of their names as $2, their '
'pieces as $3 and the replacements as $4; null if it keeps the rows.';

create function private.preview_entry(entry record, subject_id uuid, names text[]) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  answer jsonb;
begin
  -- The text around a name is cut by its place: a pattern that begins with any 60 characters is tried at each of them.
  execute format($sql$
    with found as materialized (
      select %s as words from public.%I t where t.company_id = (select private.current_company_id()) and %s
    )
    select jsonb_build_object('rows', (select count(*) from found), 'extracts', (
      select jsonb_agg(coalesce(substring(
        substr(f.words, greatest(strpos(f.words, f.name) - 60, 1), length(f.name) + 120)
        from '[^\n]*(?:' || $2 || ')[^\n]*'), f.name))
      from (select w.words, substring(w.words from $2) as name from found w where w.words is not null limit 3) f))
  $sql$, coalesce(entry.words, 'null::text'), entry.table_name, entry.condition) into answer
    using subject_id, private.name_pattern(names), private.name_pieces(names);
  return answer;
end;
$$;
comment on function private.preview_entry is
'How many rows an entry of the register means, and from up to three of them what stands around the name.';

create function private.preview_erasure(p_subject text, p_subject_id uuid, p_mode text, p_names text[]) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  entry record;
  step jsonb;
  answer jsonb := '[]';
  names text[];
begin
  perform private.require_erasable(p_subject, p_subject_id, p_mode);
  names := private.erased_names(p_subject, p_subject_id, p_names);
  for entry in select * from private.personal_data_register(p_subject) loop
    step := private.preview_entry(entry, p_subject_id, names);
    if (step ->> 'rows')::bigint > 0 then
      answer := answer || (step || jsonb_build_object('table_name', entry.table_name, 'treatment', case
        when p_mode = 'remove' and entry.removed_too then 'delete' else entry.treatment end));
    end if;
  end loop;
  return answer;
end;
$$;
comment on function private.preview_erasure is 'See public.preview_erasure.';

create function public.preview_erasure(
  p_subject text, p_subject_id uuid, p_mode text, p_names text[] default '{}'
) returns jsonb
language sql stable security invoker set search_path = ''
as $$ select private.preview_erasure(p_subject, p_subject_id, p_mode, p_names) $$;
comment on function public.preview_erasure is
'For leaders: how many rows of each table an erasure would delete, replace, redact or keep; with extracts of texts that '
'name a contact. p_names are further names that texts call them. Raises PT400, PT403, PT404.';

create function private.unlink_messages(threads uuid[]) returns void
language sql volatile security definer set search_path = ''
as $$
  update public.workflow_chat_branches b set promoted_from = null
  where b.promoted_from in (select m.id from public.workflow_chat_messages m where m.thread_id = any(threads));
  update public.workflow_llm_context c set message_id = null
  where c.thread_id = any(threads) and c.message_id is not null;
$$;
comment on function private.unlink_messages is
'Before conversations are deleted: nothing that stays, and no context of a model, refers to their messages.';

create function private.erase_subject(
  p_subject text, p_subject_id uuid, p_mode text, p_reason text, p_names text[]
) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.require_erasable(p_subject, p_subject_id, p_mode);
  names constant text[] := private.erased_names(p_subject, p_subject_id, p_names);
  proof public.erasures;
  entry record;
  statement text;
  n bigint;
begin
  perform private.raise_invalid(array[private.text_error(btrim(p_reason), 500, 'Say why it is erased.')]);
  insert into public.erasures (company_id, subject, subject_id, mode, reason, erased_by)
  values (me.company_id, p_subject, p_subject_id, p_mode, btrim(p_reason), me.id) returning * into proof;
  perform private.begin_change('erasure', proof.id);
  perform private.erase_digest_messages(
    case p_subject when 'customer' then p_subject_id else private.customer_of_contact(p_subject_id) end);
  if p_subject = 'customer' then
    perform 1 from public.customers c where c.id = p_subject_id for update;
    perform private.unlink_messages(array(select private.threads_of_customer(p_subject_id)));
  elsif p_mode = 'remove' then
    update public.contacts c set replaced_by = null where c.replaced_by = p_subject_id;
  end if;
  for entry in select * from private.personal_data_register(p_subject) loop
    statement := private.erasure_statement(entry, p_mode);
    continue when statement is null;
    execute statement
      using p_subject_id, private.name_pattern(names), private.name_pieces(names), entry.replacements;
    get diagnostics n = row_count;
    if n > 0 then
      proof.touched := proof.touched || jsonb_build_object(
        entry.table_name, n + coalesce((proof.touched ->> entry.table_name)::bigint, 0));
    end if;
  end loop;
  -- The erasure is a change like any other: what it replaced must not stand in its own history.
  update public.row_changes r
  set before = case when r.before is not null then '{}'::jsonb end,
      after = case when r.after is not null then '{}'::jsonb end
  where r.source_id = proof.id;
  update public.erasures e set touched = proof.touched where e.id = proof.id;
  return jsonb_build_object('id', proof.id, 'touched', proof.touched);
end;
$$;
comment on function private.erase_subject is 'See public.erase_subject.';

create function public.erase_subject(
  p_subject text, p_subject_id uuid, p_mode text, p_reason text, p_names text[] default '{}'
) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.erase_subject(p_subject, p_subject_id, p_mode, p_reason, p_names) $$;
comment on function public.erase_subject is
'A leader erases what is held on a customer or contact, for good: names and words are replaced, or the rows removed. '
'Texts about the customer lose the names of a contact, p_names among them. '
'The history keeps that something changed, not what. Returns the id of the proof and rows by table. Raises PT400, '
'PT403, PT404.';

grant execute on function private.preview_erasure, public.preview_erasure, private.erase_subject, public.erase_subject
to authenticated;
