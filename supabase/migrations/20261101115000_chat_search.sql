-- Searching conversations. `private.chat_index` has one row per message, written by triggers. Full-text operators are
-- not leakproof: under row-level security no index would serve them. Two definer functions at the end search it for the
-- signed-in person and repeat the read rule of conversations (docs/decisions/0006-chat-search.md).

create function private.fold_text(said text) returns text
language sql immutable parallel safe set search_path = ''
as $$
  select btrim(regexp_replace(lower(
    case when octet_length(joined) = length(joined) then joined else
      -- Letters of scripts without spaces are words of their own.
      regexp_replace(normalize(regexp_replace(normalize(joined, nfkd),
        '[\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+', '', 'g'), nfc),
        '[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff'
        '\U00020000-\U0003ffff]', ' \& ', 'g') end), '[^[:alnum:]]+', ' ', 'g'))
  from regexp_replace(said, '(?<=\d)(?<!\d{4})[.,''’\u00a0\u202f](?=\d{3}(?!\d))', '', 'g') joined
$$;
comment on function private.fold_text is 'Words of a text, lower case without accents; $284,400 is one, 284400.';

create function private.message_text(content jsonb) returns text
language sql immutable parallel safe set search_path = ''
as $$
  select left(case when content - '{type,text}'::text[] = '{}' then coalesce(content ->> 'text', '') else
    concat_ws(' ', content ->> 'title', content ->> 'text', (select string_agg(leaf #>> '{}', ' ') from (
      select jsonb_path_query(content - '{type,kind,language,title,text,columns,series}'::text[],
        'strict $.** ? (@.type() == "string" || @.type() == "number")')
      union all select jsonb_path_query(content, 'lax $.columns[*].label')
      union all select jsonb_path_query(content, 'lax $.series[*].name')) leaves (leaf))) end, 200000)
$$;
comment on function private.message_text is 'The text of a message of any type, at most 200,000 characters.';

create table private.chat_index (
  message_id uuid primary key references public.workflow_chat_messages (id) on delete cascade,
  company_id uuid not null,
  owner_id uuid not null,
  is_shared boolean not null,
  created_at timestamptz not null,
  words tsvector not null
);
comment on table private.chat_index is 'What is searched: one row per message.';
comment on column private.chat_index.message_id is 'The message.';
comment on column private.chat_index.company_id is 'Tenant.';
comment on column private.chat_index.owner_id is 'The owner of its conversation.';
comment on column private.chat_index.is_shared is 'True if its conversation is open to the company.';
comment on column private.chat_index.created_at is 'When the message was written.';
comment on column private.chat_index.words is 'Its words with their places; its facets as =name=value, of weight A.';
alter table private.chat_index enable row level security;
revoke all on private.chat_index from public, anon, authenticated;
create index chat_index_newest on private.chat_index (company_id, created_at desc, message_id desc);

create function private.index_messages(ids uuid[]) returns void
language sql set search_path = ''
as $$
  -- A message stored while its conversation is being shared waits for that, and the other way round.
  select 1 from public.workflow_chat_threads t
  where t.id in (select m.thread_id from public.workflow_chat_messages m where m.id = any (ids)) for share;
  -- No word has an equals sign: nothing that is written is taken for a facet.
  insert into private.chat_index
  select m.id, m.company_id, t.owner_id, t.is_shared, m.created_at, concat_ws(' ', (
      select string_agg(left(word, 200) || ':' || place, ' ')
      from unnest(string_to_array(private.fold_text(private.message_text(m.content)), ' '))
        with ordinality words (word, place)), (
      select string_agg(array_to_tsvector(array['=' || left(facet, 500)])::text || ':1A', ' ')
      from unnest(array[
          'company=' || m.company_id, 'person=' || t.owner_id, case when t.is_shared then 'shared=true' end,
          'role=' || m.role, 'message_type=' || m.message_type, 'branch_type=' || m.branch_type, 'ended=' || m.status,
          'slide=' || t.slide_id, 'status=' || t.status, 'workflow=' || e.workflow_id, 'customer=' || e.customer_id]
        || array(select 'tool=' || c.tool from public.workflow_llm_tool_calls c where c.thread_id = t.id
                 and m.role = 'assistant' and (c.answer_id = m.answer_id or c.message_id = m.id))
        || array(select case f.thumbs when 1 then 'thumbs=up' else 'thumbs=down' end
                 from public.workflow_chat_feedback f where f.message_id = m.id)) facet
      where facet is not null))::tsvector
  from public.workflow_chat_messages m join public.workflow_chat_threads t on t.id = m.thread_id
  join public.workflow_executions e on e.id = t.execution_id
  where m.id = any (ids)
  on conflict (message_id) do update set owner_id = excluded.owner_id, is_shared = excluded.is_shared,
    created_at = excluded.created_at, words = excluded.words
$$;
comment on function private.index_messages is 'Index messages, again where they are indexed.';

create function private.index_change() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  case tg_table_name
    when 'workflow_chat_messages' then perform private.index_messages(array[new.id]);
    when 'workflow_chat_feedback' then perform private.index_messages(array[coalesce(new.message_id, old.message_id)]);
    when 'workflow_chat_threads' then
      perform private.index_messages(array(select id from public.workflow_chat_messages where thread_id = new.id));
    when 'workflow_llm_tool_calls' then
      perform private.index_messages(array(select id from public.workflow_chat_messages where thread_id = new.thread_id
                                           and (answer_id = new.answer_id or id = new.message_id)));
  end case;
  return null;
end;
$$;
comment on function private.index_change is 'After what is searched changes, index it in the same transaction.';
create trigger index_change after insert or update on public.workflow_chat_messages
for each row execute function private.index_change();
create trigger index_change after update on public.workflow_chat_threads for each row
when ((old.is_shared, old.status, old.owner_id) is distinct from (new.is_shared, new.status, new.owner_id))
execute function private.index_change();
create trigger index_change after insert or update of message_id on public.workflow_llm_tool_calls
for each row execute function private.index_change();
create trigger index_change after insert or update of thumbs or delete on public.workflow_chat_feedback
for each row execute function private.index_change();

-- A key is a word or facet after a prefix for company and fortnight, so its list is as long as one company writes it in
-- two weeks. A search reads these short lists, newest first, until its page is full.
create function private.key_prefix(company uuid, at timestamptz) returns text
language sql immutable parallel safe set search_path = ''
as $$ select left(md5(company::text || floor(extract(epoch from at) / (14 * 86400))), 6) $$;
comment on function private.key_prefix is 'How the keys of a company in a fortnight begin.';

create function private.index_keys(company uuid, at timestamptz, words tsvector) returns tsvector
-- The cost keeps the planner from computing the keys of rows instead of asking the index.
language sql immutable parallel safe cost 1000000 set search_path = ''
as $$
  select array_to_tsvector(array(
    select prefix || word from private.key_prefix(company, at) prefix, unnest(tsvector_to_array(words)) word))
$$;
comment on function private.index_keys is 'The keys of a message.';

-- No pending list: a search never pays for what was written before it. Statistics of keys help no plan.
create index chat_index_keys on private.chat_index using gin (private.index_keys(company_id, created_at, words))
with (fastupdate = off);
alter index private.chat_index_keys alter column 1 set statistics 0;

create function private.parse_words(query text, out words tsquery, out pattern text)
language plpgsql immutable set search_path = ''
as $$
declare
  term text[];
  parts text[];
  is_beginning boolean;
  operator text := '';
  expression text := '';
begin
  for term in select regexp_matches(translate(query, '“”„', '"""'), '(-?)(?:"([^"]*)"?|([^\s"]+))', 'g') loop
    parts := array(select left(part, 200)
                   from unnest(string_to_array(private.fold_text(coalesce(term[2], term[3])), ' ')) part);
    if parts = '{or}' and term[1] = '' and term[2] is null then
      operator := case when expression = '' then '' else ' | ' end;
    elsif parts <> '{}' then
      is_beginning := term[2] is null and length(parts[cardinality(parts)]) >= 3;
      expression := expression || operator || translate(term[1], '-', '!') || '(' || array_to_string(parts, ' <-> ')
        || case when is_beginning then ':*)' else ')' end;
      operator := ' & ';
      -- A single letter beyond ASCII may be a word within a run of letters, as in Chinese.
      pattern := concat_ws('|', pattern, case when term[1] = '' then
        case when parts[1] ~ '^[^\x01-\x7e]$' then '' else '(?<![[:alnum:]])' end
        || replace(regexp_replace(normalize(array_to_string(parts, ' '), nfd),
                                  '(\S)(?=\S)', '\1[^[:alnum:][:space:]]*', 'g'), ' ', '[^[:alnum:]]*')
        || '[\u0300-\u036f]*'
        || case when is_beginning or parts[cardinality(parts)] ~ '^[^\x01-\x7e]$' then '' else '(?![[:alnum:]])' end
        end);
    end if;
  end loop;
  -- Signs only: what no message has.
  words := coalesce(nullif(expression, ''), '=')::tsquery;
end;
$$;
comment on function private.parse_words is 'Read words (from three letters on beginnings), "phrases", -not and or.';

create function private.read_chat_query(
  p_query text, p_filters jsonb, p_cursor jsonb, p_without text, out me public.profiles, out is_leader boolean,
  out matches tsquery, out keys text, out spans tstzmultirange, out before timestamptz, out before_id uuid)
language plpgsql stable set search_path = ''
as $$
declare
  lookup tsquery;
  facet record;
  chosen tsquery;
begin
  me := private.me();
  is_leader := private.leads_team();
  lookup := case when is_leader then format('''=company=%s''', me.company_id)
    else format('''=person=%s'' | ''=shared=true''', me.id) end;
  if p_query ~ '\S' then
    matches := (private.parse_words(left(p_query, 1000))).words;
    if length(p_query) > 1000 or numnode(matches) > 200 then
      raise sqlstate 'PT400' using message = 'A search can be 1,000 characters and 100 words long.';
    end if;
    -- Keys have no places: a phrase is looked up as all of its words.
    lookup := lookup && regexp_replace(matches::text, '<[-0-9]+>', '&', 'g')::tsquery;
  end if;
  -- Days and months are those of the person's time zone.
  spans := tstzmultirange(tstzrange((p_filters ->> 'from')::date::timestamp at time zone me.time_zone, 'infinity')
    * tstzrange('-infinity', ((p_filters ->> 'to')::date + 1)::timestamp at time zone me.time_zone));
  for facet in select key, value from jsonb_each(p_filters - '{from,to}'::text[]) where value not in ('null', '[]') loop
    if facet.key not in ('workflow', 'slide', 'customer', 'person', 'branch_type', 'message_type', 'tool', 'status',
         'ended', 'month', 'thumbs', 'role')
       or jsonb_array_length(facet.value) > 50 or facet.value @? '$[*] ? (@.type() != "string")' then
      raise data_exception;
    elsif facet.key = 'month' and p_without is distinct from 'month' then
      spans := spans * (
        select range_agg(tstzrange(day at time zone me.time_zone, (day + interval '1 month') at time zone me.time_zone))
        from (select (month || '-01')::timestamp as day from jsonb_array_elements_text(facet.value) month) first);
    elsif facet.key is distinct from p_without then
      chosen := (select string_agg(array_to_tsvector(array['=' || left(facet.key || '=' || each, 500)])::text, ' | ')
                 from jsonb_array_elements_text(facet.value) each)::tsquery;
      matches := coalesce(matches && chosen, chosen);
      lookup := lookup && chosen;
    end if;
  end loop;
  keys := querytree(lookup);
  p_cursor := nullif(p_cursor, 'null');
  before := least(upper(spans), (jsonb_path_query_first(p_cursor, 'strict $.created_at') #>> '{}')::timestamptz);
  before_id := coalesce(jsonb_path_query_first(p_cursor, 'strict $.message_id') #>> '{}', repeat('0', 32));
exception when data_exception then
  raise sqlstate 'PT400' using message = 'The filters of this search cannot be read.';
end;
$$;
comment on function private.read_chat_query is 'Read a search of the signed-in person; p_without leaves one facet out.';

create function private.find_messages(p_query text, p_filters jsonb, p_cursor jsonb, p_without text, most int)
returns uuid[]
language plpgsql stable set search_path = '' set enable_seqscan = off set plan_cache_mode = force_generic_plan
as $$
declare
  q record := private.read_chat_query(p_query, p_filters, p_cursor, p_without);
  seen int;
  hits uuid[];
  moment timestamptz;
begin
  -- A look at the newest messages is cheap and finds what is written often, for which keys have long lists.
  select count(*), min(n.created_at), (array_agg(n.message_id order by n.created_at, n.message_id))[1],
    coalesce(array_agg(n.message_id order by n.created_at desc, n.message_id desc) filter (
      where (q.is_leader or n.owner_id = (q.me).id or n.is_shared)
        and n.created_at <@ q.spans and (q.matches is null or n.words @@ q.matches)), '{}')
  into seen, q.before, q.before_id, hits
  from (select * from private.chat_index i
        where i.company_id = (q.me).company_id and i.created_at >= lower(q.spans)
          and (i.created_at, i.message_id) < (q.before, q.before_id)
        order by i.created_at desc, i.message_id desc limit 300) n;
  if seen < 300 or cardinality(hits) >= most then
    return hits[1:most];
  end if;
  for moment in
    select generate_series(q.before, greatest(lower(q.spans), min(i.created_at)) - interval '14 days', '-14 days')
    from private.chat_index i where i.company_id = (q.me).company_id
  loop
    -- `is true` hides the rest from other indexes: to combine long lists takes longer than to look at few rows.
    hits := hits || array(
      select i.message_id from private.chat_index i
      where private.index_keys(i.company_id, i.created_at, i.words)
            @@ regexp_replace(q.keys, '''((?:[^'']|'''')+)''',
                              '''' || private.key_prefix((q.me).company_id, moment) || '\1''', 'g')::tsquery
        and (i.company_id = (q.me).company_id and (q.is_leader or i.owner_id = (q.me).id or i.is_shared)
          and i.created_at <@ q.spans and (i.created_at, i.message_id) < (q.before, q.before_id)
          and (q.matches is null or i.words @@ q.matches)) is true
      order by i.created_at desc, i.message_id desc limit most - cardinality(hits));
    exit when cardinality(hits) >= most;
  end loop;
  return hits;
end;
$$;
comment on function private.find_messages is 'The newest messages that match and that the signed-in person may read.';

create function private.chat_snippet(said text, pattern text) returns text
language plpgsql immutable parallel safe set search_path = ''
as $$
declare
  is_composed constant boolean := said is nfc normalized;
  decomposed constant text := case when is_composed then normalize(said, nfd) else said end;
  start constant int := greatest(1, regexp_instr(decomposed, pattern, 1, 1, 0, 'i') - 80);
  shown text := btrim(translate(substr(decomposed, start, 240), E'\ue000\ue001\n\r\t', '     '));
begin
  shown := coalesce(regexp_replace(shown, '(' || pattern || ')', E'\ue000\\1\ue001', 'gi'), shown);
  return case when start > 1 then '… ' else '' end || case when is_composed then normalize(shown, nfc) else shown end
    || case when start + 240 <= length(decomposed) then ' …' else '' end;
end;
$$;
comment on function private.chat_snippet is 'Text around the first match, matches between U+E000 and U+E001.';

create function private.search_chats(p_query text, p_filters jsonb, p_cursor jsonb, p_limit int) returns jsonb
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_generic_plan
as $$
declare
  most constant int := least(greatest(coalesce(p_limit, 20), 1), 100);
  hits constant uuid[] := private.find_messages(p_query, p_filters, p_cursor, null, most + 1);
  pattern constant text := (private.parse_words(p_query)).pattern;
  found_rows jsonb;
begin
  select coalesce(jsonb_agg(jsonb_build_object(
      'message_id', m.id, 'thread_id', t.id, 'answer_id', m.answer_id, 'execution_id', t.execution_id,
      'thread_title', t.title, 'thread_status', t.status, 'is_shared', t.is_shared, 'is_own', t.owner_id = auth.uid(),
      'owner_id', t.owner_id, 'owner_name', p.full_name, 'customer_id', c.id, 'customer_name', c.name,
      'workflow_id', e.workflow_id, 'workflow_name', v.name, 'slide_id', t.slide_id, 'role', m.role,
      'message_type', m.message_type, 'branch_type', m.branch_type, 'ended', m.status,
      'tools', array(select substr(f, 7) from unnest(tsvector_to_array(i.words)) f where f like '=tool=%'),
      'thumbs', array(select substr(f, 9) from unnest(tsvector_to_array(i.words)) f where f like '=thumbs=%'),
      'created_at', i.created_at, 'snippet', private.chat_snippet(private.message_text(m.content), pattern))
      order by i.created_at desc, i.message_id desc), '[]')
  into found_rows
  from private.chat_index i join public.workflow_chat_messages m on m.id = i.message_id
  join public.workflow_chat_threads t on t.id = m.thread_id join public.profiles p on p.id = t.owner_id
  join public.workflow_executions e on e.id = t.execution_id join public.customers c on c.id = e.customer_id
  join public.workflow_definition_versions v on v.id = e.definition_version_id
  where i.message_id = any (hits[1:most]) and private.may_read_thread(t.id);
  return jsonb_build_object('rows', found_rows, 'next_cursor', case when cardinality(hits) > most then
    jsonb_build_object('created_at', found_rows -> -1 -> 'created_at', 'message_id', found_rows -> -1 -> 'message_id')
  end);
end;
$$;
comment on function private.search_chats is 'The whole of public.search_chats.';

create function public.search_chats(p_query text default null, p_filters jsonb default '{}',
  p_cursor jsonb default null, p_limit int default 20) returns jsonb
language sql stable security invoker set search_path = ''
as $$ select private.search_chats(p_query, p_filters, p_cursor, p_limit) $$;
comment on function public.search_chats is 'Messages by words and facets, newest first, 100 at most.';

create function private.chat_facets(p_query text, p_filters jsonb) returns jsonb
language sql stable security definer set search_path = ''
as $$
  -- A facet is counted without the choice made in it, so that another value can be chosen.
  with chosen as (select jsonb_object_keys(p_filters - '{from,to}'::text[]) as name),
  sample as materialized (
    select asked.without, array['=month=' || to_char(i.created_at at time zone me.time_zone, 'YYYY-MM')]
      || tsvector_to_array(ts_filter(i.words, '{a}')) as facets
    from private.me() me, (select null as without union all select name from chosen) asked,
      unnest(private.find_messages(p_query, p_filters, null, asked.without, 10000)) hit
    join private.chat_index i on i.message_id = hit),
  counted as (
    select without, split_part(facet, '=', 2) as name, regexp_replace(facet, '^=\w+=', '') as value, count(*) as n
    from sample, unnest(facets) facet where facet !~ '^=(company|shared)=' group by without, facet),
  listed as (
    select r.name, jsonb_agg(jsonb_build_object('value', r.value, 'count', r.n,
      'label', coalesce(c.name, p.full_name, r.value)) order by r.place) as counts
    from (select *, row_number() over (partition by name order by n desc, value) as place from counted
          where without is not distinct from (select chosen.name from chosen where chosen.name = counted.name)) r
    left join public.customers c on c.id = case when r.name = 'customer' then r.value::uuid end
    left join public.profiles p on p.id = case when r.name = 'person' then r.value::uuid end
    where r.place <= 200 group by r.name)
  select jsonb_build_object('total', t.total, 'is_capped', t.total >= 10000, 'counted_over', 10000, 'facets',
    coalesce((select jsonb_object_agg(name, '[]'::jsonb) from chosen), '{}')
    || coalesce((select jsonb_object_agg(name, counts) from listed), '{}'))
  from (select count(*) as total from sample where without is null) t
$$;
comment on function private.chat_facets is 'The whole of public.chat_facets.';

create function public.chat_facets(p_query text default null, p_filters jsonb default '{}') returns jsonb
language sql stable security invoker set search_path = ''
as $$ select private.chat_facets(p_query, p_filters) $$;
comment on function public.chat_facets is 'Counts by facet over the newest 10,000 matches.';

grant execute on function private.search_chats, public.search_chats, private.chat_facets, public.chat_facets
  to authenticated;
