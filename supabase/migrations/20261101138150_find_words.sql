-- How Find compares names: by the beginnings of their words, with a slip in each (docs/decisions/0037-find.md).

create function private.name_words(value text) returns text
language sql immutable parallel safe set search_path = ''
as $$
  select ' ' || case
    when octet_length(value) > length(value) then private.fold_text(value)
    else btrim(regexp_replace(lower(value), '[^a-z0-9]+', ' ', 'g'))
  end
$$;
comment on function private.name_words is
'The words of a text as Find compares them: lower case without accents and signs, each after a blank.';

-- Folded as name_words does, written out for names: a call for each of 12,000 takes 20 ms.
create view private.findable_names with (security_invoker = true) as
select
  n.kind, n.id, n.customer_id, n.company_id,
  ' ' || case
    when octet_length(n.name) > length(n.name) then private.fold_text(n.name)
    else translate(lower(n.name), '-.''&,/()', '        ')
  end as words
from (
  select 'customer' as kind, c.id, c.id as customer_id, c.company_id, c.name from public.customers c
  union all
  select 'contact', k.id, k.customer_id, k.company_id, k.name from public.contacts k
) n;
comment on view private.findable_names is 'Names of customers and contacts as Find compares them.';

create function private.name_lexemes(company uuid, name text) returns tsvector
language sql immutable parallel safe set search_path = ''
as $$
  select array_to_tsvector(array['=' || company] || array(
    select distinct left(w, 100) from unnest(string_to_array(private.name_words(name), ' ')) w where w <> ''
  ))
$$;
comment on function private.name_lexemes is
'The words of a name as name_words gives them, and its company as =<id>, which is no word of a name.';
-- The indexes compute them as whoever writes the name.
grant execute on function private.name_words, private.name_lexemes to service_role;
create index customers_name_words on public.customers using gin (private.name_lexemes(company_id, name));
create index contacts_name_words on public.contacts using gin (private.name_lexemes(company_id, name));

-- Definer: full-text operators are not leakproof, under row-level security no index serves them. Only ids of the
-- person's company come out; whoever asks reads the rows under their policies.
create function private.list_named_records(kind text, words text[]) returns table (id uuid)
language plpgsql stable security definer set search_path = '' rows 50
as $$
declare
  query constant tsquery := (
    select (
      quote_literal('=' || (private.current_profile()).company_id) || ' & ('
      || string_agg(quote_literal(left(w, 100)) || ':*', ' | ') || ')')::tsquery
    from unnest(words) w);
begin
  if kind = 'customer' then
    return query select c.id from public.customers c where private.name_lexemes(c.company_id, c.name) @@ query;
  else
    return query select k.id from public.contacts k where private.name_lexemes(k.company_id, k.name) @@ query;
  end if;
end;
$$;
comment on function private.list_named_records is
'Customers or contacts of the person''s company with a word in their name that begins with one of these.';

create function private.typo_patterns(word text) returns text[]
language sql immutable parallel safe set search_path = ''
as $$
  select array_agg(distinct '% ' || slip || '%')
  from generate_series(0, length(word)) n
  cross join lateral (values
    (word),
    (left(word, n) || '_' || substr(word, n + 1)),
    (left(word, n) || substr(word, n + 2)),
    (left(word, n) || '_' || substr(word, n + 2)),
    (left(word, n) || substr(word, n + 2, 1) || substr(word, n + 1, 1) || substr(word, n + 3))
  ) v (slip)
  where slip = word or (length(word) between 4 and 20 and length(slip) >= 3)
$$;
comment on function private.typo_patterns is
'Patterns of LIKE for a name with a word that begins so, or with one slip in it: a letter too many, too few, another '
'or exchanged with the next. Of words of 4 to 20 letters.';

-- Written once a query: for each of ten thousand names it would take seconds.
create function private.typo_expressions(words text[], with_slips boolean) returns text[]
language sql immutable parallel safe set search_path = ''
as $$
  select case
    when with_slips then array(
      select '(' || replace(string_agg(rtrim(substr(p.pattern, 2), '%'), '|'), '_', '.') || ')'
      from unnest(typo_expressions.words) with ordinality w (word, place)
      cross join lateral unnest(private.typo_patterns(w.word)) p (pattern)
      group by w.place order by w.place
    )
    else '{}'
  end
$$;
comment on function private.typo_expressions is
'For each word an expression that finds it in name_words, with a slip as in typo_patterns; none without slips.';

create function private.matches_words(name_words text, words text[], slips text[]) returns boolean
language sql immutable parallel safe set search_path = ''
as $$
  select not exists (
    select 1 from unnest(words, slips) w (word, slip)
    where name_words not like '% ' || w.word || '%' and coalesce(name_words !~ w.slip, true)
  )
$$;
comment on function private.matches_words is
'True if each of the words begins a word of a name, or nearly, by its typo_expressions.';

create function private.name_patterns(words text[], with_slips boolean) returns text[]
language sql immutable parallel safe set search_path = ''
as $$
  select array_agg(p.pattern)
  from unnest(words) w
  cross join lateral unnest(
    case when with_slips then private.typo_patterns(w) else array['% ' || w || '%'] end
  ) p (pattern)
$$;
comment on function private.name_patterns is 'Patterns of LIKE for a name with one of these words, or nearly.';

create function private.half_patterns(words text[]) returns text[]
language sql immutable parallel safe set search_path = ''
as $$
  select array_agg(p.pattern)
  from unnest(words) w
  cross join lateral unnest(
    array['% ' || left(w, length(w) / 2) || '%', '%' || substr(w, length(w) / 2 + 2) || '%']
  ) p (pattern)
$$;
comment on function private.half_patterns is
'Patterns of LIKE that each name with one of these words, or nearly, meets too: one slip leaves the first half of a '
'word as it is, or what follows the letter after it.';

-- Without slips the indexes find the names; with them each name of the company is compared.
create function private.list_near_names(kind text, words text[], with_slips boolean)
returns table (id uuid, words text)
language sql stable security invoker set search_path = ''
as $$
  select n.id, n.words
  from private.list_named_records(list_near_names.kind, list_near_names.words) m
  join private.findable_names n on n.id = m.id and n.kind = list_near_names.kind
  where not with_slips
  union all
  select n.id, n.words
  from private.findable_names n
  where
    with_slips and n.kind = list_near_names.kind and n.company_id = (select private.current_company_id())
    -- Two patterns a word before its forty: most names end here.
    and n.words like any((select private.half_patterns(list_near_names.words))::text[])
    and n.words like any((select private.name_patterns(list_near_names.words, true))::text[])
$$;
comment on function private.list_near_names is
'Customers or contacts, under the policies of whoever asks, with one of these words in their name, or nearly.';

grant execute on function private.name_words, private.name_lexemes, private.list_named_records, private.typo_patterns,
private.typo_expressions, private.matches_words, private.name_patterns, private.half_patterns, private.list_near_names
to authenticated;
grant select on private.findable_names to authenticated;
