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
  select case when octet_length(said) = length(said) then said else
    translate(
      regexp_replace(normalize(regexp_replace(
        regexp_replace(normalize(said, nfkd), '[\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]', '', 'g'),
        '[\u00a0\u2000-\u200a\u3000]', ' ', 'g'), nfc), '[\ue000-\ue002]', ' ', 'g'),
      '‘’‚‛“”„‟«»‹›–—―‐‑‒…•·→←↑↓×、。「」『』【】・！？：；，（）', repeat(' ', 48))
  end
$$;
comment on function private.chat_plain is 'Words without accents, invisible characters and typographic marks, so that Müller is found as Muller.';

-- Scripts without spaces: each character is a word, and a run of them a phrase.
create function private.chat_words(plain text) returns text
language sql immutable parallel safe set search_path = ''
as $$
  select case when octet_length(plain) = length(plain) then plain else
    regexp_replace(plain, '([\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff])', E'\x02\\1\x02', 'g')
  end
$$;
comment on function private.chat_words is 'Plain words with a separator around each character of a script that has no spaces.';

create function private.chat_text(content jsonb) returns text
language sql immutable parallel safe set search_path = ''
as $$
  select left(case when content - '{type,text}'::text[] = '{}' then coalesce(content ->> 'text', '') else
    concat_ws(' ', content ->> 'title', content ->> 'text', (
      select string_agg(leaf #>> '{}', ' ')
      from jsonb_path_query(content - '{type,kind,language,title,text,columns,series}'::text[],
        'strict $.** ? (@.type() == "string" || @.type() == "number")') leaf),
      (select string_agg(leaf #>> '{}', ' ') from jsonb_path_query(content, 'lax $.columns[*].label') leaf),
      (select string_agg(leaf #>> '{}', ' ') from jsonb_path_query(content, 'lax $.series[*].name') leaf)) end, 200000)
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
    private.chat_mark('d', to_char(entry.created_at at time zone 'UTC', 'YYYY-MM'))], null)
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
    insert into private.chat_index (message_id, thread_id, company_id, owner_id, is_shared, customer_id, workflow_id, slide_id,
      thread_status, role, message_type, branch_type, ended, answer_id, tools, created_at, words)
    select m.id, t.id, m.company_id, t.owner_id, t.is_shared, e.customer_id, e.workflow_id, t.slide_id, t.status, m.role,
      m.message_type, m.branch_type, m.status, m.answer_id,
      array(select distinct c.tool from public.workflow_llm_tool_calls c where c.message_id = m.id and m.role = 'assistant' order by 1),
      m.created_at, to_tsvector('simple', private.chat_words(private.chat_plain(private.chat_text(m.content))))
    from public.workflow_chat_messages m
    join public.workflow_chat_threads t on t.id = m.thread_id
    join public.workflow_executions e on e.id = t.execution_id
    on conflict (message_id) do nothing returning 1)
  select count(*) from indexed
$$;
comment on function private.index_all_messages is 'Operator only: indexes the messages that are not yet, and says how many.';
select private.index_all_messages();

-- Without a pending list: a search never pays for what was written before it.
create index chat_index_words on private.chat_index using gin (words) with (fastupdate = off);
create index chat_index_newest on private.chat_index (company_id, created_at desc, message_id desc);
create index chat_index_own on private.chat_index (company_id, owner_id, created_at desc, message_id desc);
create index chat_index_shared on private.chat_index (company_id, created_at desc, message_id desc) where is_shared;
create index chat_index_thread on private.chat_index (thread_id);
