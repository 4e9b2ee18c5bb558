-- Finding what was said: the same rows in the same order by shorter ways. Frequent: back through time. Rare: the index of
-- keys. Between the two: keys and a span of time together, so that about as many rows are looked at as a page has.

create or replace function private.newest_chats(q private.chat_question, look int, most int) returns table (message_id uuid, created_at timestamptz)
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
  select coalesce(substring(querytree(q.words) from E'^((?:''\x01c[0-9a-f]+''|\\( ''\x01o[0-9a-f]+'' \\| ''\x01v[0-9a-f]+'' \\))(?: & )?)'), '')
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

drop function private.rare_chats(private.chat_question);
drop function private.rarest_words(private.chat_question);
-- `is true` hides a condition from an index.
create function private.rare_chats(q private.chat_question, needed text default null, horizon timestamptz default null) returns table (message_id uuid, created_at timestamptz)
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
create or replace function private.chat_hits(q private.chat_question, most int) returns uuid[]
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
