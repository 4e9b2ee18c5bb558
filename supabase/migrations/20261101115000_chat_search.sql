-- Searching conversations. Full-text operators are not leakproof: under row-level security no index serves them. So two
-- definer functions search a private index and hold the read rule themselves (docs/decisions/0006-chat-search.md).

create function private.fold_text(said text) returns text
language plpgsql immutable parallel safe set search_path = ''
as $$
begin
  said := regexp_replace(said, '(?<=\d)(?<!\d{4})[.,''’\u00a0\u202f](?=\d{3}(?!\d))', '', 'g');
  if octet_length(said) > length(said) then
    said := regexp_replace(normalize(said, nfkd),
                           '[\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+', '', 'g');
    -- In scripts without spaces each letter is a word.
    said := regexp_replace(normalize(said, nfc), '[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff'
                           '\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]', ' \& ', 'g');
  end if;
  return btrim(regexp_replace(lower(said), '[^[:alnum:]]+', ' ', 'g'));
end;
$$;
comment on function private.fold_text is 'Words of a text, lower case without accents; $284,400 is one, 284400.';

create function private.number_text(value jsonb, decimals int) returns text
language sql immutable parallel safe set search_path = ''
as $$ select case jsonb_typeof(value) when 'number' then trim_scale(round(value::numeric, decimals))::text end $$;
comment on function private.number_text is 'A number as it is shown, rounded; null for anything else.';

create function private.day_text(value text) returns text
language sql immutable parallel safe set search_path = ''
as $$
  select case
    when value ~ '^\d{4}-\d\d-\d\d$'
      then
        ltrim(right(value, 2), '0') || ' '
        || (string_to_array('Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec', ' '))[substr(value, 6, 2)::int]
        || ' ' || left(value, 4)
  end
$$;
comment on function private.day_text is '2026-11-02 as "2 Nov 2026"; null for anything else.';

create function private.table_text(content jsonb) returns text
language sql immutable parallel safe set search_path = ''
as $$
  select
    concat_ws(
      ' ', content ->> 'title',
      (select string_agg(label #>> '{}', ' ') from jsonb_path_query(content, '$.columns[*].label') label),
      coalesce(string_agg(case c.value ->> 'kind'
        when 'number' then private.number_text(r.value -> (c.value ->> 'key'), 1)
        when 'percent' then private.number_text(r.value -> (c.value ->> 'key'), 1)
        when 'money' then private.number_text(r.value -> (c.value ->> 'key'), 2)
        when 'date' then private.day_text(r.value ->> (c.value ->> 'key'))
        else r.value ->> (c.value ->> 'key')
      end, ' ' order by r.place, c.place), content ->> 'empty'),
      content ->> 'source'
    )
  from jsonb_path_query(content, '$.rows[*]') with ordinality r (value, place)
  cross join jsonb_path_query(content, '$.columns[*]') with ordinality c (value, place)
$$;
comment on function private.table_text is 'The words of a table as it is shown.';

create function private.chart_text(content jsonb) returns text
language sql immutable parallel safe set search_path = ''
as $$
  select
    case
      when count(p.value -> 'y') filter (where p.value -> 'y' <> 'null') = 0
        then concat_ws(' ', content ->> 'title', content ->> 'empty')
      else concat_ws(
        ' ', content ->> 'title', content ->> 'takeaway', content #>> '{reference,label}',
        content ->> 'x_label', content ->> 'y_label', content ->> 'source',
        (select string_agg(name #>> '{}', ' ') from jsonb_path_query(content, '$.series[*].name') name),
        string_agg(concat_ws(
          ' ', p.value ->> 'label',
          coalesce(
            private.number_text(p.value -> 'x', 2), concat_ws(' ', private.day_text(p.value ->> 'x'), p.value ->> 'x')
          ),
          private.number_text(p.value -> 'y', 2)
        ), ' ')
      )
    end
  from jsonb_path_query(content, '$.series[*].points[*]') p (value)
$$;
comment on function private.chart_text is 'The words of a chart as it is shown.';

create function private.message_text(content jsonb) returns text
language sql immutable parallel safe set search_path = ''
as $$
  select left(case
    when content ->> 'type' = 'table' then private.table_text(content)
    when content ->> 'type' = 'chart' then private.chart_text(content)
    when content - '{type,text,citations,unknown_claims,dropped_sentences,language,code}'::text[] = '{}'
      then
        concat_ws(
          ' ',
          content ->> 'text', content ->> 'code',
          (
            select string_agg(concat_ws(' ', c ->> 'label', c ->> 'quote'), ' ')
            from jsonb_path_query(content, '$.citations[*]') c
          ),
          (
            select string_agg(concat_ws(
              ' ', c ->> 'said',
              case c ->> 'kind'
                when 'source' then 'no source has this number'
                when 'act' then 'nothing on record shows that this was done'
                else 'not in the records' end,
              'On record ' || (c ->> 'nearest')
            ), ' ')
            from jsonb_path_query(content, '$.unknown_claims[*]') c
          )
        )
    else (
      select string_agg(leaf #>> '{}', ' ')
      from jsonb_path_query(content, 'strict $.** ? (@.type() == "string" || @.type() == "number")') leaf
    )
  end, 200000)
$$;
comment on function private.message_text is
'The words of a message as it is shown, at most 200,000 characters; all of those that are no block.';

create table private.chat_index (
  message_id uuid primary key references public.workflow_chat_messages (id) on delete cascade,
  company_id uuid not null,
  created_at timestamptz not null check (created_at between '1900-01-01 00:00:00+00' and '2999-12-31 23:59:59+00'),
  words tsvector not null
);
comment on table private.chat_index is 'What is searched: one row per message.';
comment on column private.chat_index.message_id is 'The message.';
comment on column private.chat_index.company_id is 'Tenant.';
comment on column private.chat_index.created_at is 'When the message was written.';
comment on column private.chat_index.words is 'Its words with their places; its facets as =name=value, of weight A.';
alter table private.chat_index enable row level security;
revoke all on private.chat_index from public, anon, authenticated;
create index chat_index_newest on private.chat_index (company_id, created_at desc, message_id desc);

create function private.index_messages(ids uuid[]) returns void
language plpgsql set search_path = ''
as $$
begin
  -- A message stored while its conversation is being shared waits for that, and the other way round.
  perform 1 from public.workflow_chat_threads t
  where t.id in (select m.thread_id from public.workflow_chat_messages m where m.id = any (ids)) for share;
  -- No word has an equals sign: nothing that is written is taken for a facet.
  insert into private.chat_index
  select m.id, m.company_id, m.created_at, concat_ws(' ', (
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
  on conflict (message_id) do update set created_at = excluded.created_at, words = excluded.words;
end;
$$;
comment on function private.index_messages is 'Index messages, or index them again; all of them after a restore.';

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
create trigger index_change after update on public.workflow_chat_messages
for each row execute function private.index_change();
create trigger index_change after update on public.workflow_chat_threads for each row
when ((old.is_shared, old.status, old.owner_id) is distinct from (new.is_shared, new.status, new.owner_id))
execute function private.index_change();
create trigger index_change after update of message_id on public.workflow_llm_tool_calls
for each row execute function private.index_change();
create trigger index_change after update of thumbs or delete on public.workflow_chat_feedback
for each row execute function private.index_change();

-- Once for a statement, not for a row: 10,000 messages inserted at once took 44 s by row and 15 s so.
create function private.index_inserted_rows() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  case tg_table_name
    when 'workflow_chat_messages' then perform private.index_messages(array(select id from inserted));
    when 'workflow_chat_feedback' then perform private.index_messages(array(select message_id from inserted));
    when 'workflow_llm_tool_calls' then
      perform private.index_messages(array(select m.id from public.workflow_chat_messages m join inserted i
                                           on i.thread_id = m.thread_id
                                             and (m.answer_id = i.answer_id or m.id = i.message_id)));
  end case;
  return null;
end;
$$;
comment on function private.index_inserted_rows is 'Index the rows of one insert in its transaction.';
create trigger index_inserted_rows after insert on public.workflow_chat_messages
referencing new table as inserted for each statement execute function private.index_inserted_rows();
create trigger index_inserted_rows after insert on public.workflow_llm_tool_calls
referencing new table as inserted for each statement execute function private.index_inserted_rows();
create trigger index_inserted_rows after insert on public.workflow_chat_feedback
referencing new table as inserted for each statement execute function private.index_inserted_rows();

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
  select array_to_tsvector(array_agg(prefix || word))
  from private.key_prefix(company, at) prefix, unnest(tsvector_to_array(words)) word
$$;
comment on function private.index_keys is 'The keys of a message.';

-- No pending list: a search never pays for what was written before it. Statistics of keys help no plan.
create index chat_index_keys on private.chat_index
using gin (private.index_keys(company_id, created_at, words)) with (fastupdate = off);
alter index private.chat_index_keys alter column 1 set statistics 0;

create function private.parse_words(query text, out words tsquery, out terms jsonb)
language plpgsql immutable set search_path = ''
as $$
declare
  term text[];
  parts text[];
  is_beginning boolean;
  operator text := '';
  expression text := '';
begin
  terms := '[]';
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
      if term[1] = '' then
        terms := terms || jsonb_build_object('words', array_to_string(parts, ' '), 'is_beginning', is_beginning);
      end if;
    end if;
  end loop;
  -- Signs only: what no message has.
  words := coalesce(nullif(expression, ''), '=')::tsquery;
end;
$$;
comment on function private.parse_words is
'Read words, beginnings (of three letters or more), "phrases", -not, or; terms are those to mark in a text.';

create function private.read_chat_query(
  p_query text, p_filters jsonb, p_cursor jsonb, p_omit text, out me public.profiles, out matches tsquery,
  out keys text, out spans tstzmultirange, out before timestamptz, out before_id uuid
)
language plpgsql stable set search_path = ''
as $$
declare
  f record;
  chosen tsquery;
begin
  me := private.current_profile();
  -- The read rule of conversations: leaders read all of their company's, others their own and shared ones.
  matches := case when private.is_team_lead() then format('''=company=%s''', me.company_id)
    else format('''=person=%s'' | ''=shared=true''', me.id) end;
  if p_query ~ '\S' then
    chosen := (private.parse_words(left(p_query, 1000))).words;
    if length(p_query) > 1000 or numnode(chosen) > 200 then
      raise sqlstate 'PT400' using message = 'A search can have up to 1,000 characters and 100 words.';
    end if;
    matches := matches && chosen;
  end if;
  -- Days and months are those of the person's time zone.
  spans := tstzmultirange(tstzrange((p_filters ->> 'from')::date::timestamp at time zone me.time_zone, 'infinity')
    * tstzrange('-infinity', ((p_filters ->> 'to')::date + 1)::timestamp at time zone me.time_zone));
  for f in select key, value from jsonb_each(p_filters - '{from,to}'::text[]) where value not in ('null', '[]') loop
    if f.key <> all ('{workflow,slide,customer,person,branch_type,message_type,tool,status,ended,role,thumbs,month}')
       or jsonb_array_length(f.value) > 50 or f.value @? '$[*] ? (@.type() != "string")' then
      raise data_exception;
    elsif f.key = 'month' and p_omit is distinct from 'month' then
      spans := spans * (
        select range_agg(tstzrange(day at time zone me.time_zone, (day + interval '1 month') at time zone me.time_zone))
        from (select (month || '-01')::timestamp as day from jsonb_array_elements_text(f.value) month) first);
    elsif f.key is distinct from p_omit then
      chosen := (select string_agg(array_to_tsvector(array['=' || left(f.key || '=' || each, 500)])::text, ' | ')
                 from jsonb_array_elements_text(f.value) each)::tsquery;
      matches := matches && chosen;
    end if;
  end loop;
  -- Keys have no places: a phrase is looked up as all of its words.
  keys := querytree(regexp_replace(matches::text, '(?<=[''*]) <[-0-9]+> (?='')', ' & ', 'g')::tsquery);
  p_cursor := nullif(p_cursor, 'null');
  before := least(upper(spans), (jsonb_path_query_first(p_cursor, 'strict $.created_at') #>> '{}')::timestamptz);
  before_id := coalesce(jsonb_path_query_first(p_cursor, 'strict $.message_id') #>> '{}', repeat('0', 32));
exception when data_exception then
  raise sqlstate 'PT400' using message = 'The filters of this search cannot be read.';
end;
$$;
comment on function private.read_chat_query is 'Read a search of the signed-in person; p_omit leaves one facet out.';

create function private.find_messages(
  p_query text, p_filters jsonb, p_cursor jsonb, p_omit text, most int
) returns uuid[]
language plpgsql stable set search_path = '' set enable_seqscan = off set plan_cache_mode = force_generic_plan
as $$
declare
  q record := private.read_chat_query(p_query, p_filters, p_cursor, p_omit);
  seen int;
  hits uuid[];
  moment timestamptz;
begin
  -- A look at the newest messages is cheap and finds what is written often, for which keys have long lists.
  select count(*), min(n.created_at), (array_agg(n.message_id order by n.created_at, n.message_id))[1],
    coalesce(array_agg(n.message_id order by n.created_at desc, n.message_id desc) filter (
      where n.words @@ q.matches and n.created_at <@ q.spans), '{}')
  into seen, q.before, q.before_id, hits
  from (select * from private.chat_index i
        where i.company_id = (q.me).company_id and i.created_at >= lower(q.spans)
          and (i.created_at, i.message_id) < (q.before, q.before_id)
        order by i.created_at desc, i.message_id desc limit 300) n;
  if seen < 300 or cardinality(hits) >= most then
    return hits[1:most];
  end if;
  -- In hours: where clocks change, a step of 14 days may be an hour too long and skip a fortnight.
  for moment in
    select generate_series(q.before, greatest(lower(q.spans), min(i.created_at)) - interval '336 hours', '-336 hours')
    from private.chat_index i where i.company_id = (q.me).company_id
  loop
    -- `is true` hides the rest from other indexes: to combine long lists takes longer than to look at few rows.
    hits := hits || array(
      select i.message_id from private.chat_index i
      where private.index_keys(i.company_id, i.created_at, i.words)
            @@ regexp_replace(q.keys, '''((?:[^'']|'''')+)''',
                              '''' || private.key_prefix((q.me).company_id, moment) || '\1''', 'g')::tsquery
        and (i.company_id = (q.me).company_id and i.words @@ q.matches and i.created_at <@ q.spans
             and (i.created_at, i.message_id) < (q.before, q.before_id)) is true
      order by i.created_at desc, i.message_id desc limit most - cardinality(hits));
    exit when cardinality(hits) >= most;
  end loop;
  return hits;
end;
$$;
comment on function private.find_messages is 'The newest messages that match and that the signed-in person may read.';

create function private.search_chats(p_query text, p_filters jsonb, p_cursor jsonb, p_limit int) returns jsonb
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_generic_plan
as $$
declare
  most constant int := least(greatest(coalesce(p_limit, 20), 1), 100);
  hits constant uuid[] := private.find_messages(p_query, p_filters, p_cursor, null, most + 1);
  page jsonb;
begin
  select coalesce(jsonb_agg(jsonb_build_object(
      'message_id', m.id, 'thread_id', t.id, 'answer_id', m.answer_id, 'execution_id', t.execution_id,
      'thread_title', t.title, 'thread_status', t.status, 'is_shared', t.is_shared, 'is_own', t.owner_id = auth.uid(),
      'owner_id', t.owner_id, 'owner_name', p.full_name, 'customer_id', c.id, 'customer_name', c.name,
      'workflow_id', e.workflow_id, 'workflow_name', v.name, 'slide_id', t.slide_id, 'role', m.role,
      'message_type', m.message_type, 'branch_type', m.branch_type, 'ended', m.status,
      'tools', array(select substr(f, 7) from unnest(tsvector_to_array(i.words)) f where f like '=tool=%'),
      'thumbs', array(select substr(f, 9) from unnest(tsvector_to_array(i.words)) f where f like '=thumbs=%'),
      'created_at', i.created_at, 'content', m.content,
      -- What else the app needs to verify the signature.
      'signed', jsonb_build_object('parent_id', m.parent_id, 'position', m.position, 'branch_id', m.branch_id,
        'status', m.status, 'error', m.error, 'context_id', m.context_id, 'model', m.model,
        'input_tokens', m.input_tokens, 'output_tokens', m.output_tokens, 'cost_usd', m.cost_usd,
        'signature', m.signature, 'redacted_at', m.redacted_at))
      order by i.created_at desc, i.message_id desc), '[]')
  into page
  from private.chat_index i
  join public.workflow_chat_messages m on m.id = i.message_id
  join public.workflow_chat_threads t on t.id = m.thread_id join public.profiles p on p.id = t.owner_id
  join public.workflow_executions e on e.id = t.execution_id join public.customers c on c.id = e.customer_id
  join public.workflow_definition_versions v on v.id = e.definition_version_id
  where i.message_id = any (hits[1:most]) and private.can_read_thread(t.id);
  return jsonb_build_object(
    'rows', page, 'terms', (private.parse_words(p_query)).terms, 'next_cursor', case when cardinality(hits) > most then
      jsonb_build_object('created_at', page -> -1 -> 'created_at', 'message_id', page -> -1 -> 'message_id') end);
end;
$$;
comment on function private.search_chats is 'See public.search_chats.';

create function public.search_chats(
  p_query text default null, p_filters jsonb default '{}', p_cursor jsonb default null, p_limit int default 20
) returns jsonb
language sql stable security invoker set search_path = ''
as $$ select private.search_chats(p_query, p_filters, p_cursor, p_limit) $$;
comment on function public.search_chats is 'Messages by words and facets, newest first, 100 at most.';

create function private.chat_facets(p_query text, p_filters jsonb) returns jsonb
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_generic_plan
as $$
declare
  q constant record := private.read_chat_query(p_query, p_filters, null, null);
  counts jsonb := '{}';
  total int;
  hits uuid[];
  facet text;
begin
  -- Once with every choice; and each facet chosen in without it, so that another value can be chosen.
  foreach facet in array array[null] || array(select jsonb_object_keys(p_filters - '{from,to}'::text[])) loop
    hits := private.find_messages(p_query, p_filters, null, facet, 10000);
    total := coalesce(total, cardinality(hits));
    counts := counts || case when facet is null then '{}' else jsonb_build_object(facet, '[]'::jsonb) end || (
      select coalesce(jsonb_object_agg(f.name, f.counts), '{}') from (
        select r.name, jsonb_agg(jsonb_build_object('value', r.value, 'count', r.n,
          'label', coalesce(c.name, p.full_name, r.value)) order by r.place) as counts
        from (select split_part(f, '=', 2) as name, regexp_replace(f, '^=\w+=', '') as value, count(*) as n,
                row_number() over (partition by split_part(f, '=', 2) order by count(*) desc, f) as place
              from private.chat_index i, unnest(tsvector_to_array(ts_filter(i.words, '{a}'))
                || ('=month=' || to_char(i.created_at at time zone (q.me).time_zone, 'YYYY-MM'))) f
              where i.message_id = any (hits) group by f) r
        left join public.customers c on c.id = case when r.name = 'customer' then r.value::uuid end
        left join public.profiles p on p.id = case when r.name = 'person' then r.value::uuid end
        where r.place <= 200 and r.name not in ('company', 'shared') and (r.name = facet) is not false
        group by r.name) f);
  end loop;
  return jsonb_build_object('facets', counts, 'total', total, 'is_capped', total = 10000, 'counted_over', 10000);
end;
$$;
comment on function private.chat_facets is 'See public.chat_facets.';

create function public.chat_facets(p_query text default null, p_filters jsonb default '{}') returns jsonb
language sql stable security invoker set search_path = ''
as $$ select private.chat_facets(p_query, p_filters) $$;
comment on function public.chat_facets is 'Counts by facet over the newest 10,000 matches.';

grant execute on function private.search_chats, public.search_chats, private.chat_facets, public.chat_facets
to authenticated;
