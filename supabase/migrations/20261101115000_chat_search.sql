-- What was said, ready to be searched: one row per message in a private table, so that messages themselves stay
-- append-only and nobody reads the index but the functions that hold the rule.
--
-- Full-text operators are not leakproof: under row-level security no index would serve them. And there is one GIN, so
-- whom a message is visible to and every facet stand in the vector too, as marks. A mark begins with a control character;
-- the parser of words never yields one, so nothing that is said can become a mark. Marks only make it fast: the rule
-- itself is asked of the columns.

create function private.chat_plain(said text) returns text
language sql immutable parallel safe set search_path = ''
as $$
  select case
    when octet_length(said) = length(said) then said else
      translate(
        regexp_replace(normalize(regexp_replace(
          regexp_replace(
            normalize(said, nfkd), '[\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]', '', 'g'
          ),
          '[\u00a0\u2000-\u200a\u3000]', ' ', 'g'
        ), nfc), '[\ue000-\ue002]', ' ', 'g'),
        '‘’‚‛“”„‟«»‹›–—―‐‑‒…•·→←↑↓×、。「」『』【】・！？：；，（）', repeat(' ', 48)
      )
  end
$$;
comment on function private.chat_plain is 'Words without accents, invisible characters and typographic marks, so that Müller is found as Muller.';

-- Scripts without spaces: each character is a word, and a run of them a phrase.
create function private.chat_words(plain text) returns text
language sql immutable parallel safe set search_path = ''
as $$
  select case
    when octet_length(plain) = length(plain) then plain else
      regexp_replace(
        plain,
        '([\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff])',
        E'\x02\\1\x02',
        'g'
      )
  end
$$;
comment on function private.chat_words is 'Plain words with a separator around each character of a script that has no spaces.';

create function private.chat_text(content jsonb) returns text
language sql immutable parallel safe set search_path = ''
as $$
  select left(case
    when content - '{type,text}'::text[] = '{}' then coalesce(content ->> 'text', '') else
      concat_ws(' ', content ->> 'title', content ->> 'text', (
        select string_agg(leaf #>> '{}', ' ')
        from jsonb_path_query(
          content - '{type,kind,language,title,text,columns,series}'::text[],
          'strict $.** ? (@.type() == "string" || @.type() == "number")'
        ) leaf
      ),
      (select string_agg(leaf #>> '{}', ' ') from jsonb_path_query(content, 'lax $.columns[*].label') leaf),
      (select string_agg(leaf #>> '{}', ' ') from jsonb_path_query(content, 'lax $.series[*].name') leaf))
  end, 200000)
$$;
comment on function private.chat_text is 'What a message says, whatever its type: words, cells, labels and code; the first 200,000 characters.';

create function private.chat_mark(kind text, value text) returns text
language sql immutable parallel safe set search_path = ''
as $$ select E'\x01' || kind || left(md5(value), 16) $$;
comment on function private.chat_mark is 'The lexeme of a visibility or facet; no text that is parsed yields one.';

create table private.chat_index (
  message_id uuid primary key references public.workflow_chat_messages (id) on delete cascade,
  thread_id uuid not null references public.workflow_chat_threads (id) on delete cascade,
  company_id uuid not null,
  owner_id uuid not null,
  is_shared boolean not null,
  customer_id uuid not null,
  workflow_id text not null,
  slide_id text not null,
  thread_status text not null,
  role text not null,
  message_type text not null,
  branch_type text,
  ended text not null,
  answer_id uuid not null,
  tools text[] not null default '{}',
  thumbs text[] not null default '{}',
  created_at timestamptz not null,
  words tsvector not null
);
comment on table private.chat_index is 'One row per message: who may see it, what it is about, and its words.';
comment on column private.chat_index.message_id is 'The message.';
comment on column private.chat_index.thread_id is 'Its conversation.';
comment on column private.chat_index.company_id is 'Tenant.';
comment on column private.chat_index.owner_id is 'Who holds the conversation.';
comment on column private.chat_index.is_shared is 'Whether the conversation is open to the company.';
comment on column private.chat_index.customer_id is 'The customer the run is about.';
comment on column private.chat_index.workflow_id is 'The workflow of the run.';
comment on column private.chat_index.slide_id is 'The slide of the conversation.';
comment on column private.chat_index.thread_status is 'Status of the conversation.';
comment on column private.chat_index.role is 'Who says it.';
comment on column private.chat_index.message_type is 'text, chart, table or code.';
comment on column private.chat_index.branch_type is 'What kind of branch answered.';
comment on column private.chat_index.ended is 'Status of the message: complete, stopped, failed or cut.';
comment on column private.chat_index.answer_id is 'The answer it is part of.';
comment on column private.chat_index.tools is 'Tools called for the answer.';
comment on column private.chat_index.thumbs is 'up, down or both, as people thought.';
comment on column private.chat_index.created_at is 'When it was said.';
comment on column private.chat_index.words is 'Words with their places, and the marks.';
alter table private.chat_index enable row level security;
revoke all on private.chat_index from public, anon, authenticated;

create function private.chat_marks(entry private.chat_index) returns text[]
language sql immutable parallel safe set search_path = ''
as $$
  select array_remove(array[
    private.chat_mark('c', entry.company_id::text),
    private.chat_mark('o', entry.company_id::text || entry.owner_id::text),
    case when entry.is_shared then private.chat_mark('v', entry.company_id::text) end,
    private.chat_mark('p', entry.owner_id::text),
    private.chat_mark('k', entry.customer_id::text),
    private.chat_mark('w', entry.workflow_id),
    private.chat_mark('s', entry.slide_id),
    private.chat_mark('a', entry.thread_status),
    private.chat_mark('r', entry.role),
    private.chat_mark('m', entry.message_type),
    private.chat_mark('b', entry.branch_type),
    private.chat_mark('e', entry.ended),
    private.chat_mark('d', to_char(entry.created_at at time zone 'UTC', 'YYYY-MM'))
  ], null)
  || array(select private.chat_mark('t', tool) from unnest(entry.tools) tool)
  || array(select private.chat_mark('u', thumb) from unnest(entry.thumbs) thumb)
$$;
comment on function private.chat_marks is 'Marks of a message: tenant, holder, shared, and every facet.';

create function private.mark_chat_index() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' then
    new.words := ts_delete(new.words, private.chat_marks(old));
  end if;
  new.words := new.words || array_to_tsvector(private.chat_marks(new));
  return new;
end;
$$;
comment on function private.mark_chat_index is 'Before a row of the index is written: its marks are those of its columns.';
create trigger mark before insert or update on private.chat_index for each row execute function private.mark_chat_index();

create function private.index_message() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  thread public.workflow_chat_threads;
begin
  -- Shared with whoever is sharing the conversation at this moment: whichever comes second sees the other.
  select * into thread from public.workflow_chat_threads where id = new.thread_id for share;
  delete from private.chat_index where message_id = new.id;
  insert into private.chat_index (message_id, thread_id, company_id, owner_id, is_shared, customer_id, workflow_id, slide_id,
    thread_status, role, message_type, branch_type, ended, answer_id, tools, thumbs, created_at, words)
  select new.id, thread.id, new.company_id, thread.owner_id, thread.is_shared, e.customer_id, e.workflow_id, thread.slide_id,
    thread.status, new.role, new.message_type, new.branch_type, new.status, new.answer_id,
    array(select distinct c.tool from public.workflow_llm_tool_calls c
          where (c.answer_id = new.answer_id or c.message_id = new.id) and c.thread_id = thread.id and new.role = 'assistant' order by 1),
    array(select distinct case f.thumbs when 1 then 'up' else 'down' end
          from public.workflow_chat_feedback f where f.message_id = new.id order by 1),
    new.created_at, to_tsvector('simple', private.chat_words(private.chat_plain(private.chat_text(new.content))))
  from public.workflow_executions e where e.id = thread.execution_id;
  return null;
end;
$$;
comment on function private.index_message is 'After a message is added, or changed by the operator: it is found as it is.';
create trigger index_message after insert or update on public.workflow_chat_messages
for each row execute function private.index_message();

create function private.index_thread() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update private.chat_index set is_shared = new.is_shared, thread_status = new.status, owner_id = new.owner_id where thread_id = new.id;
  return null;
end;
$$;
comment on function private.index_thread is 'After a conversation is shared, taken back, closed or handed over: its messages are found by whoever may read them now.';
create trigger index_thread after update on public.workflow_chat_threads for each row
when ((old.is_shared, old.status, old.owner_id) is distinct from (new.is_shared, new.status, new.owner_id))
execute function private.index_thread();

create function private.index_tool_call() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update private.chat_index set tools = array(select distinct x from unnest(tools || new.tool) x order by 1)
  where thread_id = new.thread_id and role = 'assistant' and (answer_id = new.answer_id or message_id = new.message_id)
    and not new.tool = any (tools);
  return null;
end;
$$;
comment on function private.index_tool_call is 'After a tool call is logged for an answer that stands already: the answer is found by it.';
create trigger index_tool_call after insert or update of message_id on public.workflow_llm_tool_calls
for each row execute function private.index_tool_call();

create function private.index_feedback() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  of_message uuid := coalesce(new.message_id, old.message_id);
begin
  update private.chat_index i set thumbs = given.thumbs
  from (select array(select distinct case f.thumbs when 1 then 'up' else 'down' end
                     from public.workflow_chat_feedback f where f.message_id = of_message order by 1) as thumbs) given
  where i.message_id = of_message and i.thumbs is distinct from given.thumbs;
  return null;
end;
$$;
comment on function private.index_feedback is 'After feedback is given or taken back: the answer is found by it.';
create trigger index_feedback after insert or update of thumbs or delete on public.workflow_chat_feedback
for each row execute function private.index_feedback();

create function private.index_all_messages() returns bigint
language sql set search_path = ''
as $$
  with indexed as (
    insert into private.chat_index (
      message_id, thread_id, company_id, owner_id, is_shared, customer_id, workflow_id, slide_id,
      thread_status, role, message_type, branch_type, ended, answer_id, tools, created_at, words
    )
    select
      m.id, t.id, m.company_id, t.owner_id, t.is_shared, e.customer_id, e.workflow_id, t.slide_id, t.status, m.role,
      m.message_type, m.branch_type, m.status, m.answer_id,
      array(
        select distinct c.tool
        from public.workflow_llm_tool_calls c
        where c.message_id = m.id and m.role = 'assistant'
        order by 1
      ),
      m.created_at, to_tsvector('simple', private.chat_words(private.chat_plain(private.chat_text(m.content))))
    from public.workflow_chat_messages m
    join public.workflow_chat_threads t on t.id = m.thread_id
    join public.workflow_executions e on e.id = t.execution_id
    on conflict (message_id) do nothing returning 1
  )
  select count(*) from indexed
$$;
comment on function private.index_all_messages is 'Operator only: indexes the messages that are not yet, and says how many.';

-- The index of words is an index of keys: each word and mark together with its company, so that a search reads lists as
-- long as the company's own, whatever others say; and each two words that follow each other, so that a phrase is a key as
-- well. Keys are hashes, made from the row when it is indexed: nothing more is stored in it, and rows are asked for the words
-- themselves whatever a key says. A million pairs for all, shared by chance, keep the index small.
create function private.chat_keys(company_id uuid, words tsvector) returns tsvector
language plpgsql immutable parallel safe cost 1000000 set search_path = ''
as $$
declare
  tenant bigint := uuid_hash_extended(company_id, 0);
begin
  return array_to_tsvector(array(
    select to_hex(hashtextextended(lexeme, tenant) & x'ffffffffff'::bigint) from unnest(tsvector_to_array(words)) lexeme
    union all
    select '-' || to_hex(hashtextextended(said.lexeme || ' ' || said.following, tenant) & x'fffff'::bigint)
    from (select u.lexeme, place, lead(u.lexeme) over in_turn as following, lead(place) over in_turn as next_place
          from unnest(words) u, unnest(u.positions) place window in_turn as (order by place)) said
    where said.next_place = said.place + 1));
end;
$$;
comment on function private.chat_keys is 'Keys of a message for its company: one for each word and mark, one, with a dash, for each two words in a row.';

-- Without a pending list: a search never pays for what was written before it.
create index chat_index_keys on private.chat_index using gin (private.chat_keys(company_id, words)) with (
  fastupdate = off
);
-- Statistics of hashes are dear to collect and tell nothing.
alter index private.chat_index_keys alter column 1 set statistics 0;
create index chat_index_newest on private.chat_index (company_id, created_at desc, message_id desc);
create index chat_index_own on private.chat_index (company_id, owner_id, created_at desc, message_id desc);
create index chat_index_shared on private.chat_index (company_id, created_at desc, message_id desc) where is_shared;
create index chat_index_thread on private.chat_index (thread_id);

-- Searching. Definer functions that repeat the whole rule of conversations; the functions people call are invoker and only
-- pass on. Newest first, by a cursor, never more than a hundred rows.

create type private.chat_question as (
  company_id uuid, person_id uuid, leads boolean, marks tsquery, asked tsquery, words tsquery,
  since timestamptz, before timestamptz, before_id uuid
);
comment on type private.chat_question is 'A search as it is run: who asks, the marks, the words, both together, the span of time.';

create function private.chat_filter_kind(name text) returns text
language sql immutable set search_path = ''
as $$
  select case name
    when 'workflow' then 'w' when 'slide' then 's' when 'customer' then 'k' when 'person' then 'p' when
      'branch_type'
      then 'b'
    when 'message_type' then 'm' when 'tool' then 't' when 'status' then 'a' when 'ended' then 'e' when 'role' then 'r'
    when 'thumbs' then 'u' when 'month' then 'd'
  end
$$;
comment on function private.chat_filter_kind is 'The mark that stands for a facet; null for what is none.';

create function private.ask_chats(
  p_query text, p_filters jsonb, p_cursor jsonb, p_without text
) returns private.chat_question
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

-- Finding: frequent words back through time, rare ones by the index of keys; between the two, keys and a span of time
-- together, so that about as many rows are looked at as a page has. `is true` hides a condition from an index.
create function private.newest_chats(q private.chat_question, look int, most int) returns table (
  message_id uuid, created_at timestamptz
)
language plpgsql stable set search_path = '' set plan_cache_mode = force_generic_plan
set enable_bitmapscan = off set enable_seqscan = off
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

create function private.chat_horizon(q private.chat_question, look int, times numeric) returns timestamptz
language plpgsql stable set search_path = '' set plan_cache_mode = force_generic_plan
set enable_bitmapscan = off set enable_seqscan = off
as $$
declare
  newest timestamptz;
  oldest timestamptz;
  seen int;
begin
  if q.leads then
    select max(n.created_at), min(n.created_at), count(*) into newest, oldest, seen from (
      select i.created_at from private.chat_index i
      where i.company_id = q.company_id and i.created_at >= q.since and (i.created_at, i.message_id) < (q.before, q.before_id)
      order by i.created_at desc, i.message_id desc limit look) n;
  else
    select max(n.created_at), min(n.created_at), count(*) into newest, oldest, seen from (
      select s.created_at from (
        (select i.created_at from private.chat_index i
         where i.company_id = q.company_id and i.owner_id = q.person_id
           and i.created_at >= q.since and (i.created_at, i.message_id) < (q.before, q.before_id)
         order by i.created_at desc, i.message_id desc limit look)
        union all
        (select i.created_at from private.chat_index i
         where i.company_id = q.company_id and i.is_shared and i.owner_id <> q.person_id
           and i.created_at >= q.since and (i.created_at, i.message_id) < (q.before, q.before_id)
         order by i.created_at desc, i.message_id desc limit look)) s
      order by s.created_at desc limit look) n;
  end if;
  oldest := case when seen = look then newest - extract(epoch from newest - oldest) * times * interval '1 second' end;
  return case when oldest > (select i.created_at from private.chat_index i where i.company_id = q.company_id order by i.created_at, i.message_id limit 1)
    then greatest(q.since, oldest) when seen = look then q.since end;
end;
$$;
comment on function private.chat_horizon is 'Since when there are about `times` as many messages that may be read as the newest `look`, no later than everything was asked for; null when there are not even these.';

-- Of several words that all have to be there the rarest are enough: frequent ones are long lists.
create function private.sift_words(q private.chat_question, needed text) returns text
language plpgsql stable set search_path = '' set plan_cache_mode = force_generic_plan
set enable_indexscan = on set enable_bitmapscan = off set enable_seqscan = off
as $$
declare
  kept text;
begin
  if needed !~ '&' or needed ~ '[|]' then
    return needed;
  end if;
  with newest as materialized (
    select i.words from private.chat_index i where i.company_id = q.company_id
    order by i.created_at desc, i.message_id desc limit 100),
  counted as (
    select part[1] as word,
      case when part[1] !~ '<->' then (select count(*) from newest n where n.words @@ part[1]::tsquery) else 0 end as met
    from regexp_matches(needed, '(''(?:[^'']|'''')+''(?: <-> ''(?:[^'']|'''')+'')*)', 'g') part)
  select string_agg(c.word, ' & ') into kept from counted c where c.met <= (select min(met) + 1 from counted);
  return kept;
end;
$$;
comment on function private.sift_words is 'Of words and phrases that are all needed those that are least often met; alternatives stay as they are.';

create function private.chat_key(company_id uuid, part text) returns text
language plpgsql immutable parallel safe set search_path = ''
as $$
declare
  said tsvector := (select string_agg(word[1] || ':' || place, ' ')
                    from regexp_matches(part, '(''(?:[^'']|'''')+'')', 'g') with ordinality words (word, place));
begin
  return (select string_agg('''' || key || '''', ' & ') from unnest(tsvector_to_array(private.chat_keys(company_id, said))) key
          where part !~ '<->' or key ~ '^-');
end;
$$;
comment on function private.chat_key is 'The key of a word, or those of a phrase, as a question to the index of keys.';

create function private.reading_rule(q private.chat_question) returns text
language sql immutable parallel safe set search_path = ''
as $$
  select
    coalesce(
      substring(
        querytree(q.words) from E'^((?:''\x01c[0-9a-f]+''|\\( ''\x01o[0-9a-f]+'' \\| ''\x01v[0-9a-f]+'' \\))(?: & )?)'
      ),
      ''
    )
$$;
comment on function private.reading_rule is 'The marks a search begins with: of the company, or one''s own and shared ones.';

create function private.needed_words(q private.chat_question) returns text
language plpgsql stable set search_path = '' set plan_cache_mode = force_generic_plan
as $$
begin
  return private.sift_words(q, substr(querytree(q.words), 1 + length(private.reading_rule(q))));
end;
$$;
comment on function private.needed_words is 'Which words and marks to ask the index of keys for, without the rule of who may read: found out once in a search.';

create function private.ask_keys(q private.chat_question, needed text, by_rule boolean) returns tsquery
language plpgsql stable set search_path = '' set plan_cache_mode = force_generic_plan
as $$
begin
  if needed = '' or by_rule and not q.leads then
    needed := concat_ws(' & ', nullif(rtrim(private.reading_rule(q), ' &'), ''), nullif('( ' || needed || ' )', '(  )'));
  end if;
  return (
    select string_agg(coalesce(private.chat_key(q.company_id, part[1]), regexp_replace(part[2], '<[-0-9]+>', '&', 'g')), '' order by place)
    from regexp_matches(needed, '(''(?:[^'']|'''')+''(?: <-> ''(?:[^'']|'''')+'')*)|([^'']+)', 'g') with ordinality parts (part, place))::tsquery;
end;
$$;
comment on function private.ask_keys is 'What to ask the index of keys for, so that its rows hold all that match and few others; with the rule of who may read, or without where there are words.';

create function private.rare_chats(
  q private.chat_question, needed text default null, horizon timestamptz default null
) returns table (message_id uuid, created_at timestamptz)
language plpgsql stable set search_path = '' set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_indexscan = off set enable_indexonlyscan = off set work_mem = '32MB'
as $$
declare
  wanted tsquery := private.ask_keys(q, coalesce(needed, private.needed_words(q)), horizon is null);
begin
  if horizon is null then
    return query
    select i.message_id, i.created_at from private.chat_index i
    where private.chat_keys(i.company_id, i.words) @@ wanted
      and (i.company_id = q.company_id and (q.leads or i.owner_id = q.person_id or i.is_shared)) is true
      and (i.created_at >= q.since and (i.created_at, i.message_id) < (q.before, q.before_id)) is true
      and (i.words @@ q.words) is true;
  elsif q.leads then
    return query
    select i.message_id, i.created_at from private.chat_index i
    where private.chat_keys(i.company_id, i.words) @@ wanted
      and i.company_id = q.company_id and i.created_at >= horizon
      and ((i.created_at, i.message_id) < (q.before, q.before_id)) is true
      and (i.words @@ q.words) is true;
  else
    return query
    select i.message_id, i.created_at from private.chat_index i
    where private.chat_keys(i.company_id, i.words) @@ wanted
      and i.company_id = q.company_id and i.owner_id = q.person_id and i.created_at >= horizon
      and ((i.created_at, i.message_id) < (q.before, q.before_id)) is true
      and (i.words @@ q.words) is true
    union all
    select i.message_id, i.created_at from private.chat_index i
    where private.chat_keys(i.company_id, i.words) @@ wanted
      and i.company_id = q.company_id and i.is_shared and i.created_at >= horizon
      and (i.owner_id <> q.person_id and (i.created_at, i.message_id) < (q.before, q.before_id)) is true
      and (i.words @@ q.words) is true;
  end if;
end;
$$;
comment on function private.rare_chats is 'Every message that matches and may be read, by the index of keys; with a horizon those since then.';

-- What is rare is told from what is not by looking at a few rows more than a page has, in whatever order they come.
create function private.few_chats(q private.chat_question, needed text, few int, most int) returns uuid[]
language plpgsql stable set search_path = '' set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_indexscan = off set enable_indexonlyscan = off set work_mem = '32MB'
as $$
declare
  wanted tsquery := private.ask_keys(q, needed, true);
  seen int;
  hits uuid[];
begin
  select count(*), array_agg(n.message_id order by n.created_at desc, n.message_id desc) filter (where n.is_hit) into seen, hits
  from (
    select i.message_id, i.created_at, i.company_id = q.company_id and (q.leads or i.owner_id = q.person_id or i.is_shared)
      and i.created_at >= q.since and (i.created_at, i.message_id) < (q.before, q.before_id) and i.words @@ q.words as is_hit
    from private.chat_index i where private.chat_keys(i.company_id, i.words) @@ wanted limit few + 1) n;
  return case when seen <= few then coalesce(hits[1:most], '{}') end;
end;
$$;
comment on function private.few_chats is 'The newest that match and may be read, when the index of keys has no more than so many rows for them; null when it has.';

-- A look at the newest hundred finds out which way: what is met there often enough is soon found further back. Of what is
-- hardly met there may be few at all. Else it is sought in a span of time, once more in a longer one when some are met in
-- it, and at last in everything.
create function private.chat_hits(q private.chat_question, most int) returns uuid[]
language plpgsql stable set search_path = '' set plan_cache_mode = force_generic_plan
as $$
declare
  glance constant int := 100;
  hits uuid[] := array(select n.message_id from private.newest_chats(q, glance, most) n);
  met int := cardinality(hits);
  reach numeric := least(1.5 * most, 3.0 * most / greatest(met, 1));
  horizon timestamptz;
  needed text;
  few uuid[];
begin
  if met < most and met >= 8 then
    hits := array(select n.message_id from private.newest_chats(q, glance * 2 * most / met, most) n);
  end if;
  if cardinality(hits) >= most then
    return hits;
  end if;
  needed := private.needed_words(q);
  if met < 3 then
    few := private.few_chats(q, needed, 3 * most, most);
    if few is not null then
      return few;
    end if;
  end if;
  for attempt in 1..2 loop
    horizon := private.chat_horizon(q, glance, reach);
    if horizon is null then
      return hits;
    end if;
    exit when horizon = '-infinity';
    hits := array(select r.message_id from private.rare_chats(q, needed, horizon) r order by r.created_at desc, r.message_id desc limit most);
    if horizon = q.since or cardinality(hits) = most then
      return hits;
    end if;
    exit when cardinality(hits) < 3;
    reach := reach * least(10, 2.5 * most / cardinality(hits));
  end loop;
  return array(select r.message_id from private.rare_chats(q, needed) r order by r.created_at desc, r.message_id desc limit most);
end;
$$;
comment on function private.chat_hits is 'The newest messages that match and may be read, newest first.';

create function private.chat_sought(asked tsquery) returns text
language sql immutable parallel safe set search_path = ''
as $$
  select string_agg(regexp_replace(replace(lexeme[1], '''''', ''''), '([^[:alnum:]\u0080-\uffff])', '\\\1', 'g'), '|')
  from regexp_matches(asked::text, '''((?:[^'']|'''')+)''', 'g') lexeme
$$;
comment on function private.chat_sought is 'The words of a search as one pattern; null without words.';

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

create function private.search_chats(p_query text, p_filters jsonb, p_cursor jsonb, p_limit int) returns jsonb
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
comment on function private.search_chats is 'Messages the person may read, newest first: the rule of conversations is inside, on the columns.';

create function public.search_chats(
  p_query text default null, p_filters jsonb default '{}', p_cursor jsonb default null, p_limit int default 20
) returns jsonb
language sql stable security invoker set search_path = ''
as $$ select private.search_chats(p_query, p_filters, p_cursor, p_limit) $$;
comment on function public.search_chats is 'What was said: words, "phrases", -not; filters by facet; newest first, at most 100 at a time, going on from next_cursor. Matches in a snippet stand between U+E000 and U+E001.';

-- Facets. Counts of one facet ignore the choice made in it, so that another value can be chosen; they are counted over the
-- newest ten thousand matches, and the answer says so.
create function private.facet_sample(q private.chat_question, most int) returns setof private.chat_index
language plpgsql stable set search_path = ''
as $$
begin
  if (select count(*) from private.newest_chats(q, 200, 100)) = 100 then
    return query
    select i.* from private.newest_chats(q, 2147483647, most) n join private.chat_index i using (message_id);
  else
    return query
    select i.* from private.rare_chats(q) r join private.chat_index i using (message_id)
    order by r.created_at desc, r.message_id desc limit most;
  end if;
end;
$$;
comment on function private.facet_sample is 'The newest matches, for counting: back through time when they are frequent, by the index of words otherwise.';

create function private.count_facets(q private.chat_question, most int, names text[]) returns table (
  facets jsonb, total int
)
language sql stable set search_path = ''
as $$
  with sample as materialized (
    select
      s.workflow_id,
      s.slide_id,
      s.customer_id,
      s.owner_id,
      s.branch_type,
      s.message_type,
      s.thread_status,
      s.ended,
      s.role,
      to_char(s.created_at at time zone 'UTC', 'YYYY-MM') as month, s.tools, s.thumbs
    from private.facet_sample(q, most) s
  ),
  counts as (
    select
      case
        when grouping(s.workflow_id) = 0 then 'workflow' when grouping(s.slide_id) = 0 then 'slide'
        when grouping(s.customer_id) = 0 then 'customer' when grouping(s.owner_id) = 0 then 'person'
        when grouping(s.branch_type) = 0 then 'branch_type' when grouping(s.message_type) = 0 then 'message_type'
        when grouping(s.thread_status) = 0 then 'status' when grouping(s.ended) = 0 then 'ended'
        when grouping(s.role) = 0 then 'role' else 'month'
      end as name,
      coalesce(
        s.workflow_id, s.slide_id, s.customer_id::text, s.owner_id::text, s.branch_type, s.message_type, s.thread_status,
        s.ended, s.role, s.month
      ) as value, count(*
      ) as n
    from sample s
    group by
      grouping sets (
        s.workflow_id, s.slide_id, s.customer_id, s.owner_id, s.branch_type, s.message_type, s.thread_status,
        s.ended, s.role, s.month
      )
    union all
    select 'tool', tool, count(*) from sample, unnest(tools) tool group by tool
    union all
    select 'thumbs', thumb, count(*) from sample, unnest(thumbs) thumb group by thumb
  )
  select coalesce((
    select jsonb_object_agg(f.name, f.counts) from (
      select
        c.name, jsonb_agg(
          jsonb_build_object(
            'value', c.value, 'count', c.n,
            'label', coalesce(k.name, p.full_name, c.value)
          ) order by c.n desc, c.value
        ) as counts
      from
        (
          select counts.*, row_number() over (partition by name order by n desc, value) as place
          from counts
          where value is not null
        ) c
      left join public.customers k on k.id = case when c.name = 'customer' then c.value::uuid end
      left join public.profiles p on p.id = case when c.name = 'person' then c.value::uuid end
      where c.name = any(names) and c.place <= 200 group by c.name
    ) f
  ), '{}'),
  (select count(*)::int from sample)
$$;
comment on function private.count_facets is 'Counts by facet over a sample, each with its value and words for it; the 200 most frequent of each.';

create function private.chat_facets(p_query text, p_filters jsonb) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  most constant int := 10000;
  names constant text[] := '{workflow,slide,customer,person,branch_type,message_type,tool,status,ended,month,thumbs,role}';
  q private.chat_question := private.ask_chats(p_query, p_filters, null, null);
  counted jsonb := '{}';
  one_facet jsonb;
  facet text;
  total int := 0;
begin
  if numnode(q.asked) is distinct from 0 then
    select s.facets, s.total into counted, total from private.count_facets(q, most, names) s;
    for facet in select key from jsonb_each(coalesce(p_filters, '{}')) where key = any (names) and value not in ('[]', 'null') loop
      select s.facets into one_facet
      from private.count_facets(private.ask_chats(p_query, p_filters, null, facet), most, array[facet]) s;
      counted := counted || jsonb_build_object(facet, coalesce(one_facet -> facet, '[]'));
    end loop;
  end if;
  return jsonb_build_object('facets', counted, 'total', total, 'is_capped', total >= most, 'counted_over', most);
end;
$$;
comment on function private.chat_facets is 'How many matches there are by each facet, among those the person may read.';

create function public.chat_facets(p_query text default null, p_filters jsonb default '{}') returns jsonb
language sql stable security invoker set search_path = ''
as $$ select private.chat_facets(p_query, p_filters) $$;
comment on function public.chat_facets is 'Counts by workflow, slide, customer, person, branch type, message type, tool, status, ending, month, thumbs and role, over the newest 10,000 matches.';

grant execute on function private.search_chats, public.search_chats, private.chat_facets, public.chat_facets to
authenticated;
