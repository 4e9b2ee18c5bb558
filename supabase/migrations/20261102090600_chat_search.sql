-- Searching what was said. Definer functions that repeat the whole rule of conversations; the functions people call are
-- invoker and only pass on. Newest first, by a cursor, never more than a hundred rows.

create type private.chat_question as (
  company_id uuid, person_id uuid, leads boolean, marks tsquery, asked tsquery, words tsquery,
  since timestamptz, before timestamptz, before_id uuid);
comment on type private.chat_question is 'A search as it is run: who asks, the marks, the words, both together, the span of time.';

create function private.chat_filter_kind(name text) returns text
language sql immutable set search_path = ''
as $$
  select case name
    when 'workflow' then 'w' when 'slide' then 's' when 'customer' then 'k' when 'person' then 'p' when 'branch_type' then 'b'
    when 'message_type' then 'm' when 'tool' then 't' when 'status' then 'a' when 'ended' then 'e' when 'role' then 'r'
    when 'thumbs' then 'u' when 'month' then 'd' end
$$;
comment on function private.chat_filter_kind is 'The mark that stands for a facet; null for what is none.';

create function private.ask_chats(p_query text, p_filters jsonb, p_cursor jsonb, p_without text) returns private.chat_question
language plpgsql stable set search_path = ''
as $$
declare
  q private.chat_question;
  facet record;
  marks text;
begin
  perform private.require_member();
  q.company_id := private.my_company();
  q.person_id := auth.uid();
  q.leads := private.leads_team();
  q.marks := ('''' || private.chat_mark('c', q.company_id::text) || '''')::tsquery;
  if not q.leads then
    q.marks := format('''%s'' | ''%s''', private.chat_mark('o', q.company_id::text || q.person_id::text),
                      private.chat_mark('v', q.company_id::text))::tsquery;
  end if;
  if length(p_query) > 1000 then
    raise sqlstate 'PT400' using message = 'A search can be 1,000 characters long.';
  elsif coalesce(trim(p_query), '') <> '' then
    q.asked := websearch_to_tsquery('simple', private.chat_words(private.chat_plain(p_query)));
    if numnode(q.asked) > 200 then
      raise sqlstate 'PT400' using message = 'The search has too many words.';
    end if;
  end if;
  if jsonb_typeof(coalesce(p_filters, '{}')) <> 'object' then
    raise sqlstate 'PT400' using message = 'The filters cannot be read.';
  end if;
  for facet in select key, value from jsonb_each(coalesce(p_filters, '{}')) where value <> 'null' loop
    if facet.key in ('from', 'to') then
      continue;
    elsif private.chat_filter_kind(facet.key) is null or jsonb_typeof(facet.value) <> 'array'
          or jsonb_array_length(facet.value) > 50 or jsonb_path_exists(facet.value, 'strict $[*] ? (@.type() != "string")') then
      raise sqlstate 'PT400' using message = format('The filter %s cannot be read.', left(facet.key, 40));
    elsif facet.key is distinct from p_without and facet.value <> '[]' then
      select string_agg('''' || private.chat_mark(private.chat_filter_kind(facet.key), chosen) || '''', ' | ') into marks
      from jsonb_array_elements_text(facet.value) chosen;
      q.marks := q.marks && marks::tsquery;
    end if;
  end loop;
  q.words := case when q.asked is null then q.marks else q.marks && q.asked end;
  q.since := coalesce((p_filters ->> 'from')::date::timestamp at time zone 'UTC', '-infinity');
  q.before := coalesce(((p_filters ->> 'to')::date + 1)::timestamp at time zone 'UTC', 'infinity');
  q.before_id := '00000000-0000-0000-0000-000000000000';
  if p_cursor is not null and p_cursor <> 'null' then
    if (p_cursor ->> 'created_at')::timestamptz is null or (p_cursor ->> 'message_id')::uuid is null then
      raise sqlstate 'PT400' using message = 'The place to go on from cannot be read.';
    elsif (p_cursor ->> 'created_at')::timestamptz < q.before then
      q.before := (p_cursor ->> 'created_at')::timestamptz;
      q.before_id := (p_cursor ->> 'message_id')::uuid;
    end if;
  end if;
  return q;
exception
  when invalid_datetime_format or datetime_field_overflow or invalid_text_representation or invalid_parameter_value then
    raise sqlstate 'PT400' using message = 'A date of the search cannot be read.';
end;
$$;
comment on function private.ask_chats is 'Who asks and for what, as marks and words; p_without leaves one facet out.';

-- Two ways to the newest matches. Frequent ones: back through time, which stops as soon as there are enough. Rare ones: the
-- index of words, which finds all of them; then there are few to sort. `is true` hides a condition from an index.
create function private.newest_chats(q private.chat_question, look int, most int) returns table (message_id uuid, created_at timestamptz)
language plpgsql stable set search_path = '' set enable_bitmapscan = off
as $$
declare
  horizon timestamptz;
begin
  if q.leads then
    return query
    select n.message_id, n.created_at from (
      select i.message_id, i.created_at, i.words from private.chat_index i
      where i.company_id = q.company_id and i.created_at >= q.since and (i.created_at, i.message_id) < (q.before, q.before_id)
      order by i.created_at desc, i.message_id desc limit look) n
    where (n.words @@ q.words) is true
    order by n.created_at desc, n.message_id desc limit most;
    return;
  end if;
  -- Two ways back, one's own and what is shared, each as far as the one that is cut off first.
  horizon := greatest(q.since,
    (select i.created_at from private.chat_index i
     where i.company_id = q.company_id and i.owner_id = q.person_id and (i.created_at, i.message_id) < (q.before, q.before_id)
     order by i.created_at desc, i.message_id desc offset look - 1 limit 1),
    (select i.created_at from private.chat_index i
     where i.company_id = q.company_id and i.is_shared and (i.created_at, i.message_id) < (q.before, q.before_id)
     order by i.created_at desc, i.message_id desc offset look - 1 limit 1));
  return query
  select n.message_id, n.created_at from (
    (select i.message_id, i.created_at from private.chat_index i
     where i.company_id = q.company_id and i.owner_id = q.person_id
       and i.created_at >= horizon and (i.created_at, i.message_id) < (q.before, q.before_id) and (i.words @@ q.words) is true
     order by i.created_at desc, i.message_id desc limit most)
    union all
    (select i.message_id, i.created_at from private.chat_index i
     where i.company_id = q.company_id and i.is_shared and i.owner_id <> q.person_id
       and i.created_at >= horizon and (i.created_at, i.message_id) < (q.before, q.before_id) and (i.words @@ q.words) is true
     order by i.created_at desc, i.message_id desc limit most)) n
  order by n.created_at desc, n.message_id desc limit most;
end;
$$;
comment on function private.newest_chats is 'At most so many that match of the newest `look` messages or more that may be read: all for leaders, own and shared for others.';

-- The index is asked for the rarest of the words only, and the rows for all of them: frequent words are long lists to it,
-- what is not wanted is almost every row, and it knows no places, so that a phrase has to be looked up in the rows anyway.
create function private.rarest_words(q private.chat_question) returns tsquery
language sql stable set search_path = ''
as $$
  with newest as materialized (
    select i.words from private.chat_index i where i.company_id = q.company_id
    order by i.created_at desc, i.message_id desc limit 150),
  counted as (
    select asked.lexeme[1]::tsquery as word, (select count(*) from newest n where n.words @@ asked.lexeme[1]::tsquery) as met
    from regexp_matches(q.asked::text, '(''(?:[^'']|'''')+'')', 'g') asked (lexeme)
    order by 2 limit 1)
  select case
    when q.asked is null or numnode(q.asked) = 1 or q.asked::text ~ '\|' then q.words
    when q.asked::text ~ '!' then case when querytree(q.asked) = 'T' then q.words else querytree(q.words)::tsquery end
    else (select q.marks && counted.word from counted) end
$$;
comment on function private.rarest_words is 'What to ask the index of words for, so that the rows hold all that match and few others.';

create function private.rare_chats(q private.chat_question) returns table (message_id uuid, created_at timestamptz)
language plpgsql stable set search_path = '' set enable_seqscan = off
as $$
declare
  rarest tsquery := private.rarest_words(q);
begin
  return query
  select i.message_id, i.created_at from private.chat_index i
  where i.words @@ rarest
    and (rarest = q.words or i.words @@ q.words) is true
    and (i.company_id = q.company_id and (q.leads or i.owner_id = q.person_id or i.is_shared)) is true
    and (i.created_at >= q.since and (i.created_at, i.message_id) < (q.before, q.before_id)) is true;
end;
$$;
comment on function private.rare_chats is 'Every message that matches and may be read, by the index of words.';

-- Which way is found out by a look at the newest few hundred: what is met there often enough is soon found further back. A
-- phrase of frequent words that seldom stand together is dear by either way; back through time it is found sooner.
create function private.chat_hits(q private.chat_question, most int) returns uuid[]
language plpgsql stable set search_path = ''
as $$
declare
  glance constant int := 600;
  is_phrase boolean := q.asked::text ~ '<[-0-9]+>';
  hits uuid[] := array(select n.message_id from private.newest_chats(q, glance, most) n);
  met int := cardinality(hits);
  apart private.chat_question := q;
begin
  if met < most and met >= (case when is_phrase or q.asked::text ~ '!' then 2 else 4 end) * (case when q.leads then 1 else 2 end) then
    hits := array(select n.message_id from private.newest_chats(q, glance * 2 * most / met, most) n);
  elsif met < most and is_phrase then
    apart.words := regexp_replace(q.words::text, '<[-0-9]+>', '&', 'g')::tsquery;
    if (select count(*) from private.newest_chats(apart, glance, 8)) = 8 then
      hits := array(select n.message_id from private.newest_chats(q, 12000, most) n);
    end if;
  end if;
  if cardinality(hits) < most then
    hits := array(select r.message_id from private.rare_chats(q) r order by r.created_at desc, r.message_id desc limit most);
  end if;
  return hits;
end;
$$;
comment on function private.chat_hits is 'The newest messages that match and may be read, newest first.';

create function private.chat_snippet(said text, asked tsquery) returns text
language plpgsql immutable parallel safe set search_path = ''
as $$
declare
  plain text := private.chat_plain(said);
  sought text;
  place int := 1;
  shown text;
  marked text := '';
  part text;
  is_match boolean := false;
  at int := 1;
begin
  select string_agg(regexp_replace(replace(lexeme[1], '''''', ''''), '([^[:alnum:]\u0080-\uffff])', '\\\1', 'g'), '|') into sought
  from regexp_matches(asked::text, '''((?:[^'']|'''')+)''', 'g') lexeme;
  if sought is not null then
    place := coalesce(nullif(regexp_instr(plain, '\m(' || sought || ')\M', 1, 1, 0, 'i'), 0),
                      regexp_instr(plain, '(' || sought || ')', 1, 1, 0, 'i'));
    place := greatest(1, place - 80);
  end if;
  shown := translate(substr(case when length(plain) = length(said) then said else plain end, place, 240), E'\ue000\ue001\n\r\t', '     ');
  plain := private.chat_words(private.chat_plain(shown));
  if asked is not null then
    plain := ts_headline('simple', plain, asked, E'HighlightAll=true, StartSel=\ue000, StopSel=\ue001');
  end if;
  plain := replace(translate(plain, E'\x02', ''), E'\ue001\ue000', '');
  if length(translate(plain, E'\ue000\ue001', '')) <> length(shown) then
    marked := plain;
  else
    for part in select regexp_split_to_table(plain, '[\ue000\ue001]') loop
      marked := marked || case when is_match then E'\ue000' || substr(shown, at, length(part)) || E'\ue001' else substr(shown, at, length(part)) end;
      at := at + length(part);
      is_match := not is_match;
    end loop;
  end if;
  return case when place > 1 then '… ' else '' end || trim(marked) || case when place + 240 <= length(said) then ' …' else '' end;
end;
$$;
comment on function private.chat_snippet is 'About 240 characters around the first match, as said; matches stand between U+E000 and U+E001. Never markup.';

create function private.search_chats(p_query text, p_filters jsonb, p_cursor jsonb, p_limit int) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  q private.chat_question := private.ask_chats(p_query, p_filters, p_cursor, null);
  most int := least(greatest(coalesce(p_limit, 20), 1), 100);
  ids uuid[];
  found_rows jsonb;
  last_seen jsonb;
begin
  if numnode(q.asked) = 0 then
    return jsonb_build_object('rows', '[]'::jsonb, 'next_cursor', null);
  end if;
  ids := private.chat_hits(q, most + 1);
  select jsonb_agg(jsonb_build_object(
      'message_id', i.message_id, 'thread_id', i.thread_id, 'answer_id', i.answer_id, 'execution_id', t.execution_id,
      'thread_title', t.title, 'thread_status', t.status, 'is_shared', t.is_shared, 'is_own', t.owner_id = q.person_id,
      'owner_id', t.owner_id, 'owner_name', p.full_name, 'customer_id', i.customer_id, 'customer_name', c.name,
      'workflow_id', i.workflow_id, 'workflow_name', v.name, 'slide_id', i.slide_id, 'role', i.role,
      'message_type', i.message_type, 'branch_type', i.branch_type, 'ended', i.ended, 'tools', i.tools, 'thumbs', i.thumbs,
      'created_at', i.created_at, 'snippet', private.chat_snippet(private.chat_text(m.content), q.asked))
      order by i.created_at desc, i.message_id desc),
    (array_agg(jsonb_build_object('created_at', i.created_at, 'message_id', i.message_id) order by i.created_at, i.message_id))[1]
  into found_rows, last_seen
  from unnest(ids[1:most]) hit
  join private.chat_index i on i.message_id = hit
  join public.workflow_chat_messages m on m.id = hit
  join public.workflow_chat_threads t on t.id = i.thread_id
    and t.company_id = q.company_id and (t.owner_id = q.person_id or t.is_shared or q.leads)
  join public.workflow_executions e on e.id = t.execution_id
  join public.workflow_definition_versions v on v.id = e.definition_version_id
  join public.profiles p on p.id = t.owner_id
  join public.customers c on c.id = i.customer_id;
  return jsonb_build_object('rows', coalesce(found_rows, '[]'),
                            'next_cursor', case when cardinality(ids) > most then last_seen end);
end;
$$;
comment on function private.search_chats is 'Messages the person may read, newest first: the rule of conversations is inside, on the columns.';

create function public.search_chats(p_query text default null, p_filters jsonb default '{}', p_cursor jsonb default null, p_limit int default 20) returns jsonb
language sql stable security invoker set search_path = ''
as $$ select private.search_chats(p_query, p_filters, p_cursor, p_limit) $$;
comment on function public.search_chats is 'What was said: words, "phrases", -not; filters by facet; newest first, at most 100 at a time, going on from next_cursor. Matches in a snippet stand between U+E000 and U+E001.';
grant execute on function private.search_chats, public.search_chats to authenticated;
grant execute on function public.search_chats to service_role;
