-- Find: customers, contacts, runs, workflows, notes, conversations and actions by words (docs/decisions/0037-find.md).
-- Invoker, but for notes: row-level security decides what is found.

create function private.note_words(company uuid, body text) returns tsvector
language sql immutable parallel safe set search_path = ''
as $$
  select array_to_tsvector(array['=' || company] || array(
    select distinct left(w, 100) from unnest(string_to_array(private.fold_text(left(body, 20000)), ' ')) w where w <> ''
  ))
$$;
comment on function private.note_words is
'The words of the first 20,000 characters of a note, and its company as =<id>, which is no word of a text.';
-- The index computes it as whoever writes the note.
grant execute on function private.note_words to authenticated, service_role;
create index notes_words on public.notes using gin (private.note_words(company_id, body));

-- Definer: full-text operators are not leakproof, under row-level security no index serves them. The company is that of
-- the person; whoever is of it reads its notes.
create function private.find_notes(words text[], most int)
returns table (kind text, id uuid, customer_id uuid, note_kind text, happened_on date, body text)
language sql stable security definer set search_path = ''
as $$
  select
    'note', n.id, n.customer_id, n.kind, n.happened_on,
    substr(n.body, greatest(1, position(words[1] in lower(left(n.body, 20000))) - 40), 240)
  from public.notes n
  join (
    select h.id from public.notes h
    where
      private.note_words(h.company_id, h.body) @@ (
        select
          (
            quote_literal('=' || (private.current_profile()).company_id)
            || string_agg(' & ' || quote_literal(w) || ':*', '')
          )::tsquery
        from unnest(words) w
      )
      -- A letter or two begin too many words.
      and exists (select 1 from unnest(words) w where length(w) >= 3)
    order by h.happened_on desc, h.created_at desc, h.id
    limit most
  ) newest using (id)
  order by n.happened_on desc, n.created_at desc, n.id
$$;
comment on function private.find_notes is
'The newest notes of the company with words that begin so; of the text what stands around the first of them.';

create function private.find_customers(words text[], with_slips boolean, most int)
returns table (kind text, id uuid, label text, status text, owner_name text, is_whole boolean)
language sql stable security invoker set search_path = ''
as $$
  select
    'customer', c.id, c.name, c.status, p.full_name,
    cardinality(find_customers.words) = 1 or private.matches_words(
      n.words, find_customers.words, (select private.typo_expressions(find_customers.words, with_slips))
    )
  from private.list_near_names('customer', find_customers.words, with_slips) n
  join public.customers c on c.id = n.id
  join public.profiles p on p.id = c.owner_id
  where c.status <> 'archived'
  order by
    (select count(*) from unnest(find_customers.words) w where n.words like '% ' || w || '%') desc,
    n.words not like ' ' || array_to_string(find_customers.words, ' ') || '%', c.owner_id <> (select auth.uid()),
    c.name, c.id
  limit most
$$;
comment on function private.find_customers is
'Customers with some of these words in their name, those with most of them first, then the person''s own; is_whole if '
'each is there.';

create function private.find_contacts(words text[], with_slips boolean, address text, most int) returns setof jsonb
language sql stable security invoker set search_path = ''
as $$
  select jsonb_build_object(
    'kind', 'contact', 'id', k.id, 'label', k.name, 'title', k.title, 'status', k.status, 'customer_id', c.id,
    'customer_name', c.name
  )
  from (
    select n.id, n.words from private.list_near_names('contact', find_contacts.words, with_slips) n
    where address is null
    union all
    select x.id, private.name_words(x.name) from public.contacts x
    where x.company_id = (select private.current_company_id()) and lower(x.email) like address
  ) hit
  join public.contacts k on k.id = hit.id
  join public.customers c on c.id = k.customer_id
  where
    c.status <> 'archived'
    and (
      address is not null
      or cardinality(find_contacts.words) = 1
      or private.matches_words(
        hit.words || private.name_words(c.name), find_contacts.words,
        (select private.typo_expressions(find_contacts.words, with_slips))
      )
    )
  order by
    private.matches_words(hit.words, find_contacts.words, '{}') desc, k.status = 'left',
    c.owner_id <> (select auth.uid()), k.name, k.id
  limit most
$$;
comment on function private.find_contacts is
'Contacts with these words in their name and their customer''s, one of them in their own; or with an email like '
'`address`. Whose customer is the person''s own come first.';

create function private.offered_action_and_workflow_names() returns table (kind text, id text, label text, detail text)
language sql stable security invoker set search_path = ''
as $$
  select 'workflow', w ->> 'workflow_id', w ->> 'name', null
  from jsonb_array_elements(private.list_offered_workflows((select private.current_company_id()))) w
  union all
  select 'action', a.id::text, a.name, a.description
  from public.saved_actions a
  where
    a.archived_at is null
    and not exists (select 1 from public.hidden_saved_actions h where h.action_id = a.id)
$$;
comment on function private.offered_action_and_workflow_names is 'Workflows and saved actions that a person is offered.';

create function private.find_runs(customers uuid[], words text[], with_slips boolean, most int) returns setof jsonb
language sql stable security invoker set search_path = ''
as $$
  select jsonb_build_object(
    'kind', 'run', 'id', e.id, 'label', v.name, 'customer_id', c.id, 'customer_name', c.name, 'status', e.status,
    'due_on', e.due_on, 'ended_at', e.ended_at, 'is_named', private.matches_words(n.folded, words, s.slips),
    'may_snooze', e.status = 'active' and private.can_write_execution(e.id)
  )
  from public.workflow_executions e
  join public.workflow_definition_versions v on v.id = e.definition_version_id
  join public.customers c on c.id = e.customer_id
  cross join lateral (select private.name_words(v.name) || ' for' || private.name_words(c.name) as folded) n
  cross join (select private.typo_expressions(words, with_slips) as slips offset 0) s
  where e.customer_id = any(customers) and private.matches_words(' snooze' || n.folded, words, s.slips)
  order by array_position(customers, c.id), e.ended_at desc nulls first, e.due_on, e.id
  limit most
$$;
comment on function private.find_runs is
'Runs for these customers with the words in the names of workflow and customer (is_named), or in "Snooze … for …".';

create function private.find_workflow_starts(customers uuid[], words text[], with_slips boolean, most int) returns setof jsonb
language sql stable security invoker set search_path = ''
as $$
  select jsonb_build_object(
    'kind', 'start', 'id', o.id, 'label', o.label, 'customer_id', c.id, 'customer_name', c.name
  )
  from public.customers c cross join private.offered_action_and_workflow_names() o
  where
    o.kind = 'workflow' and c.id = any(customers) and c.status = 'active'
    and private.matches_words(
      ' start' || private.name_words(o.label) || ' for' || private.name_words(c.name), words,
      (select private.typo_expressions(words, with_slips))
    )
    and private.can_write_customer(c.id)
    and not exists (
      select 1 from public.workflow_executions e
      where e.customer_id = c.id and e.workflow_id = o.id and e.ended_at is null
    )
  order by array_position(customers, c.id), o.label, o.id
  limit most
$$;
comment on function private.find_workflow_starts is
'Workflows a person may start for these customers, with the words in "Start … for …".';

create function private.find_threads(words text[], most int) returns setof jsonb
language sql stable security invoker set search_path = ''
as $$
  select jsonb_build_object(
    'kind', 'conversation', 'id', t.id, 'label', t.title, 'customer_id', c.id, 'customer_name', c.name,
    'owner_name', p.full_name, 'happened_at', t.created_at
  )
  from (
    select * from public.workflow_chat_threads x
    where x.company_id = (select private.current_company_id())
    order by x.created_at desc, x.id desc limit 2000
  ) t
  join public.workflow_executions e on e.id = t.execution_id
  join public.customers c on c.id = e.customer_id
  join public.profiles p on p.id = t.owner_id
  where t.title is not null and private.matches_words(private.name_words(t.title), words, '{}')
  order by t.created_at desc, t.id desc
  limit most
$$;
comment on function private.find_threads is 'Conversations one may read, of the newest 2,000, with the words in their title.';

create function private.find_names(words text[], with_slips boolean, address text, most int) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  customers constant jsonb := (
    select coalesce(jsonb_agg(to_jsonb(c)), '[]') from private.find_customers(words, with_slips, greatest(20, most)) c
  );
  ids constant uuid[] := array(select (c ->> 'id')::uuid from jsonb_array_elements(customers) c);
begin
  return (
    select coalesce(jsonb_agg(f.row order by f.place), '[]') from (
      select row, 1 as place from (
        select c as row from jsonb_array_elements(customers) c where (c ->> 'is_whole')::boolean limit most
      ) x
      union all select k, 2 from private.find_contacts(words, with_slips, address, most) k
      union all select r, 3 from private.find_runs(ids, words, with_slips, most) r
      union all select s, 4 from private.find_workflow_starts(ids[:greatest(8, most)], words, with_slips, most) s
      union all
      (
        select to_jsonb(o), 5 from private.offered_action_and_workflow_names() o
        where private.matches_words(
          private.name_words(o.label), words, (select private.typo_expressions(words, with_slips))
        )
        order by o.kind desc, o.label, o.id limit most
      )
    ) f
  );
end;
$$;
comment on function private.find_names is
'Customers, contacts, runs, what may be started, workflows and actions with these words in their names, some of each.';

create function private.recent_customers(most int) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(x) - 'last_looked_at' order by x.last_looked_at desc, x.id), '[]')
  from (
    select 'customer' as kind, c.id, c.name as label, c.status, p.full_name as owner_name, v.last_looked_at
    from public.customer_visits v
    join public.customers c on c.id = v.customer_id
    join public.profiles p on p.id = c.owner_id
    where v.person_id = (select auth.uid()) and c.status <> 'archived'
    order by v.last_looked_at desc, c.id limit most
  ) x
$$;
comment on function private.recent_customers is 'Customers the person looked at last.';

create function private.find_records(words text[], most int) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(f.found order by f.place), '[]') from (
    select t as found, 1 as place from private.find_threads(words, most) t
    union all
    select to_jsonb(n) || jsonb_build_object('label', c.name, 'customer_name', c.name), 2
    from private.find_notes(words, most) n join public.customers c on c.id = n.customer_id
  ) f
$$;
comment on function private.find_records is 'Conversations and notes with words that begin so, some of each.';

create function public.find(p_query text default '', p_most int default 6) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  words constant text[] := array(
    select left(w, 100)
    from unnest((string_to_array(private.name_words(p_query), ' '))[:13]) with ordinality x (w, place)
    where w <> '' group by w order by min(place)
  );
  address constant text := case
    when p_query ~ '^\s*[^\s%_\\]+@[^\s%_\\]*\s*$' then lower(btrim(p_query)) || '%' end;
  found jsonb;
  is_near boolean;
begin
  perform private.current_profile();
  if p_query is null or length(p_query) > 200 or p_most is null or p_most not between 1 and 101 then
    raise sqlstate 'PT400' using message = 'Search for up to 200 characters.';
  elsif p_query !~ '\S' then
    return jsonb_build_object('rows', private.recent_customers(p_most), 'is_near', false);
  elsif words = '{}' then
    return jsonb_build_object('rows', '[]'::jsonb, 'is_near', false);
  end if;
  found := private.find_names(words, false, address, p_most);
  -- Two hundred letters have nine hundred slips to look for in each name: with ten thousand names eight seconds.
  is_near := found = '[]' and address is null and length(array_to_string(words, '')) <= 60;
  if is_near then
    found := private.find_names(words, true, null, p_most);
  end if;
  return jsonb_build_object('rows', found || private.find_records(words, p_most), 'is_near', is_near and found <> '[]');
end;
$$;
comment on function public.find is
'What a person may see by the beginnings of its words: rows of kind customer, contact, run, start (a workflow for a '
'customer), workflow, action, conversation and note, at most p_most (1-101) of each. is_near: only with slips in the '
'words, which have 60 letters at most then. Without words the customers looked at last.';

grant execute on function private.find_notes, private.find_customers, private.find_contacts, private.offered_action_and_workflow_names,
private.find_runs, private.find_workflow_starts, private.find_threads, private.find_names, private.find_records,
private.recent_customers, public.find to authenticated;
