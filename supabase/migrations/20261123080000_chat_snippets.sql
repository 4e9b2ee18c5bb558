-- What a page of hits shows, made in less time: the statement is planned once in a session, what is sought is
-- written as a pattern once in a search, and a message is made plain only where it is shown, unless that finds nothing.

create function private.chat_sought(asked tsquery) returns text
language sql immutable parallel safe set search_path = ''
as $$
  select string_agg(regexp_replace(replace(lexeme[1], '''''', ''''), '([^[:alnum:]\u0080-\uffff])', '\\\1', 'g'), '|')
  from regexp_matches(asked::text, '''((?:[^'']|'''')+)''', 'g') lexeme
$$;
comment on function private.chat_sought is 'The words of a search as one pattern; null without words.';

drop function private.chat_snippet(text, tsquery);
create function private.chat_snippet(said text, asked tsquery, sought text) returns text
language plpgsql immutable parallel safe set search_path = ''
as $$
declare
  source text := said;
  plain text;
  place int := 1;
  shown text;
  marked text := '';
  part text;
  is_match boolean := false;
  at int := 1;
begin
  if sought is not null then
    place := regexp_instr(said, '\m(' || sought || ')\M', 1, 1, 0, 'i');
    if place = 0 then
      plain := private.chat_plain(said);
      source := case when length(plain) = length(said) then said else plain end;
      place := coalesce(nullif(regexp_instr(plain, '\m(' || sought || ')\M', 1, 1, 0, 'i'), 0),
                        regexp_instr(plain, '(' || sought || ')', 1, 1, 0, 'i'));
    end if;
    place := greatest(1, place - 80);
  end if;
  shown := regexp_replace(substr(source, place, 240), E'[\ue000\ue001\n\r\t]', ' ', 'g');
  if asked is null then
    marked := shown;
  else
    plain := ts_headline('simple', private.chat_words(private.chat_plain(shown)), asked,
                         E'HighlightAll=true, StartSel=\ue000, StopSel=\ue001');
    plain := replace(replace(plain, E'\x02', ''), E'\ue001\ue000', '');
    if octet_length(shown) = length(shown) or length(regexp_replace(plain, '[\ue000\ue001]', '', 'g')) <> length(shown) then
      marked := plain;
    else
      for part in select regexp_split_to_table(plain, '[\ue000\ue001]') loop
        marked := marked || case when is_match then E'\ue000' || substr(shown, at, length(part)) || E'\ue001' else substr(shown, at, length(part)) end;
        at := at + length(part);
        is_match := not is_match;
      end loop;
    end if;
  end if;
  return case when place > 1 then '… ' else '' end || trim(marked) || case when place + 240 <= length(said) then ' …' else '' end;
end;
$$;
comment on function private.chat_snippet is 'About 240 characters around the first match, as said; matches stand between U+E000 and U+E001. Never markup.';

create or replace function private.search_chats(p_query text, p_filters jsonb, p_cursor jsonb, p_limit int) returns jsonb
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_generic_plan
as $$
declare
  q private.chat_question := private.ask_chats(p_query, p_filters, p_cursor, null);
  most int := least(greatest(coalesce(p_limit, 20), 1), 100);
  sought text;
  ids uuid[];
  found_rows jsonb;
  last_seen jsonb;
begin
  if numnode(q.asked) = 0 then
    return jsonb_build_object('rows', '[]'::jsonb, 'next_cursor', null);
  end if;
  sought := private.chat_sought(q.asked);
  ids := private.chat_hits(q, most + 1);
  select jsonb_agg(jsonb_build_object(
      'message_id', i.message_id, 'thread_id', i.thread_id, 'answer_id', i.answer_id, 'execution_id', t.execution_id,
      'thread_title', t.title, 'thread_status', t.status, 'is_shared', t.is_shared, 'is_own', t.owner_id = q.person_id,
      'owner_id', t.owner_id, 'owner_name', p.full_name, 'customer_id', i.customer_id, 'customer_name', c.name,
      'workflow_id', i.workflow_id, 'workflow_name', v.name, 'slide_id', i.slide_id, 'role', i.role,
      'message_type', i.message_type, 'branch_type', i.branch_type, 'ended', i.ended, 'tools', i.tools, 'thumbs', i.thumbs,
      'created_at', i.created_at, 'snippet', private.chat_snippet(private.chat_text(m.content), q.asked, sought))
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
