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

create function private.slip_patterns(word text) returns text[]
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
comment on function private.slip_patterns is
'Patterns of LIKE for a name with a word that begins so, or with one slip in it: a letter too many, too few, another or '
'exchanged with the next. Of words of 4 to 20 letters.';

-- Written once a query: for each of ten thousand names it would take seconds.
create function private.slip_expressions(words text[], with_slips boolean) returns text[]
language sql immutable parallel safe set search_path = ''
as $$
  select case
    when with_slips then array(
      select '(' || replace(string_agg(rtrim(substr(p.pattern, 2), '%'), '|'), '_', '.') || ')'
      from unnest(slip_expressions.words) with ordinality w (word, place)
      cross join lateral unnest(private.slip_patterns(w.word)) p (pattern)
      group by w.place order by w.place
    )
    else '{}'
  end
$$;
comment on function private.slip_expressions is
'For each word an expression that finds it in name_words, with a slip as in slip_patterns; none without slips.';

create function private.matches_words(name_words text, words text[], slips text[]) returns boolean
language sql immutable parallel safe set search_path = ''
as $$
  select not exists (
    select 1 from unnest(words, slips) w (word, slip)
    where name_words not like '% ' || w.word || '%' and coalesce(name_words !~ w.slip, true)
  )
$$;
comment on function private.matches_words is
'True if each of the words begins a word of a name, or nearly, by its slip_expressions.';

create function private.name_patterns(words text[], with_slips boolean) returns text[]
language sql immutable parallel safe set search_path = ''
as $$
  select array_agg(p.pattern)
  from unnest(words) w
  cross join lateral unnest(
    case when with_slips then private.slip_patterns(w) else array['% ' || w || '%'] end
  ) p (pattern)
$$;
comment on function private.name_patterns is 'Patterns of LIKE for a name with one of these words, or nearly.';

grant execute on function private.name_words, private.slip_patterns, private.slip_expressions, private.matches_words,
private.name_patterns to authenticated;
grant select on private.findable_names to authenticated;
