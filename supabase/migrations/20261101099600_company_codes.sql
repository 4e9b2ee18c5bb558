-- How an admin changes the reasons to skip and the outcomes of their company, both lists as a whole. A code is never
-- deleted, since runs name it: it is archived, and offered no more. A stock code is copied when it is first changed.

create function private.code_rows(codes jsonb, list text)
returns table (place int, code text, label text, is_archived boolean, fields jsonb)
language sql immutable set search_path = ''
as $$
  select
    r.place::int, r.value ->> 'code', btrim(r.value ->> 'label'),
    coalesce(r.value -> 'is_archived' = 'true', false), r.value
  from
    jsonb_array_elements(case when jsonb_typeof(codes -> list) = 'array' then codes -> list else '[]' end)
    with ordinality r (value, place)
  where jsonb_typeof(r.value) = 'object'
$$;
comment on function private.code_rows is 'The rows of a list of codes to save, in their order.';

create function private.are_code_rows(list jsonb, keys text[]) returns boolean
language sql immutable set search_path = ''
as $$
  select case
    when jsonb_typeof(list) is distinct from 'array' then false
    when jsonb_array_length(list) > 60 then false
    else not exists(
      select 1 from jsonb_array_elements(list) r
      where case
        when jsonb_typeof(r) <> 'object' then true
        when r - keys <> '{}' or not r ?& keys then true
        else jsonb_typeof(r -> 'code') not in ('string', 'null') or jsonb_typeof(r -> 'label') <> 'string'
          or exists(
            select 1 from jsonb_each(r - array['code', 'label', 'categories']) f where jsonb_typeof(f.value) <> 'boolean'
          )
          or jsonb_typeof(r -> 'categories') <> 'array'
          or not coalesce(r -> 'categories' <@ '["renewal", "risk", "strategy", "expansion"]', true)
      end
    )
  end
$$;
comment on function private.are_code_rows is 'True for a list of at most 60 codes with exactly these fields.';

create function private.code_list_errors(codes jsonb, list text, known text[]) returns text[]
language sql stable security invoker set search_path = ''
as $$
  select array[
    (
      select private.text_error(r.label, 80, 'Each row needs a label.')
      from private.code_rows(codes, list) r
      where private.text_error(r.label, 80, 'x') is not null order by r.place limit 1
    ),
    (
      select format('“%s” stands twice.', min(r.label)) from private.code_rows(codes, list) r
      where not r.is_archived group by lower(r.label) having count(*) > 1 limit 1
    ),
    case
      when
        exists(
          select 1 from private.code_rows(codes, list) r
          where r.code is not null and (r.code <> all(known) or r.code = '') limit 1
        )
        or (select count(r.code) <> count(distinct r.code) from private.code_rows(codes, list) r)
        then 'The codes cannot be read.'
    end,
    case
      when
        exists(
          select 1 from unnest(known) k (code)
          where k.code not in (select r.code from private.code_rows(codes, list) r where r.code is not null)
        )
        then 'A code is archived, not left out: runs may name it.'
    end
  ]
$$;
comment on function private.code_list_errors is
'The errors of a list of codes to save, of which `known` exist, as sentences and nulls.';

create function private.known_codes(company uuid, list text) returns text[]
language sql stable security definer set search_path = ''
as $$
  select array(
    select r.code from public.skip_reasons r
    where list = 'skip_reasons' and (r.company_id = company or r.company_id is null)
    union
    select o.code from public.outcome_codes o
    where list = 'outcome_codes' and (o.company_id = company or o.company_id is null)
    union
    select s.code from public.severities s
    where list = 'severities' and (s.company_id = company or s.company_id is null)
  )
$$;
comment on function private.known_codes is 'The codes of a list a company has, stock''s among them.';

create function private.company_code_errors(company uuid, codes jsonb) returns text[]
language sql stable security invoker set search_path = ''
as $$
  select case
    when
      jsonb_typeof(codes) is distinct from 'object' then array['The codes cannot be read.']
    when codes - array['skip_reasons', 'outcome_codes'] <> '{}' then array['The codes cannot be read.']
    when
      not private.are_code_rows(codes -> 'skip_reasons', array['code', 'label', 'needs_words', 'is_archived'])
      or not private.are_code_rows(
        codes -> 'outcome_codes',
        array['code', 'label', 'categories', 'needs_amount', 'needs_reason', 'is_archived']
      )
      then array['The codes cannot be read.']
    else
      private.code_list_errors(codes, 'skip_reasons', private.known_codes(company, 'skip_reasons'))
      || private.code_list_errors(codes, 'outcome_codes', private.known_codes(company, 'outcome_codes'))
      || array[
        case
          when not exists(select 1 from private.code_rows(codes, 'skip_reasons') r where not r.is_archived)
            then 'Keep at least one reason to skip.'
        end,
        (
          select format('Choose which workflows may end with “%s”.', r.label)
          from private.code_rows(codes, 'outcome_codes') r
          where not r.is_archived and jsonb_array_length(r.fields -> 'categories') = 0 order by r.place limit 1
        ),
        (
          select format('Keep at least one outcome for %s workflows.', c.category)
          from unnest(array['renewal', 'risk', 'strategy', 'expansion']) with ordinality c (category, place)
          where not exists(
            select 1 from private.code_rows(codes, 'outcome_codes') r
            where not r.is_archived and r.fields -> 'categories' ? c.category
          ) order by c.place limit 1
        )
      ]
  end
$$;
comment on function private.company_code_errors is 'The errors of reasons and outcomes to save, as sentences and nulls.';

create function private.build_code_from_label(label text, taken text[]) returns text
language sql immutable set search_path = ''
as $$
  select case
    when b.base <> all(taken) then b.base
    else b.base || '_' || translate(left(md5(label || array_to_string(taken, ' ')), 5), '0123456789', 'ghijklmnop')
  end
  from (
    select
      coalesce(
        nullif(btrim(left(regexp_replace(lower(label collate "C"), '[^a-z]+', '_', 'g'), 30), '_'), ''), 'own'
      ) as base
  ) b
$$;
comment on function private.build_code_from_label is 'A code for a label that is none of those taken: "They merge" is they_merge.';

-- Each row with the code it is saved under, a new one for a row without.
create function private.coded_rows(codes jsonb, list text, known text[])
returns table (code text, place int, fields jsonb)
language plpgsql stable security invoker set search_path = ''
as $$
declare
  taken text[] := known;
  r record;
begin
  for r in select * from private.code_rows(codes, list) x order by x.place loop
    code := coalesce(r.code, private.build_code_from_label(r.label, taken));
    taken := taken || code;
    place := r.place;
    fields := r.fields || jsonb_build_object('label', r.label);
    return next;
  end loop;
end;
$$;
comment on function private.coded_rows is 'The rows of a list of codes to save, each with its code.';

create function private.save_skip_reasons(company uuid, codes jsonb) returns void
language sql volatile security definer set search_path = ''
as $$
  with wanted as (
    select
      c.code, c.fields ->> 'label' as label, (c.fields ->> 'needs_words')::boolean as needs_words,
      (c.fields ->> 'is_archived')::boolean as is_archived, c.place
    from private.coded_rows(codes, 'skip_reasons', private.known_codes(company, 'skip_reasons')) c
  )
  insert into public.skip_reasons as own (company_id, code, label, needs_words, is_archived, position)
  select company, w.code, w.label, w.needs_words, w.is_archived, coalesce(e.position, 100 + w.place)
  from wanted w cross join lateral private.find_skip_reason(company, w.code) e
  where (w.label, w.needs_words, w.is_archived) is distinct from (e.label, e.needs_words, e.is_archived)
  on conflict (company_id, code) do update
  set label = excluded.label, needs_words = excluded.needs_words, is_archived = excluded.is_archived
$$;
comment on function private.save_skip_reasons is
'Gives a company its own rows of the reasons to skip that change, and its new ones.';

create function private.save_outcome_codes(company uuid, codes jsonb) returns void
language sql volatile security definer set search_path = ''
as $$
  with wanted as (
    select
      c.code, c.fields ->> 'label' as label,
      array(
        select k from unnest(array['renewal', 'risk', 'strategy', 'expansion']) k where c.fields -> 'categories' ? k
      ) as categories,
      (c.fields ->> 'needs_amount')::boolean as needs_amount, (c.fields ->> 'needs_reason')::boolean as needs_reason,
      (c.fields ->> 'is_archived')::boolean as is_archived, c.place
    from private.coded_rows(codes, 'outcome_codes', private.known_codes(company, 'outcome_codes')) c
  ), effective as (
    select distinct on (o.code) o.* from public.outcome_codes o
    where o.company_id = company or o.company_id is null order by o.code, o.company_id nulls last
  )
  insert into public.outcome_codes as own
    (company_id, code, label, categories, needs_amount, needs_reason, is_archived, position)
  select
    company, w.code, w.label, w.categories, w.needs_amount, w.needs_reason, w.is_archived,
    coalesce(e.position, 100 + w.place)
  from wanted w left join effective e on e.code = w.code
  where
    e.code is null or w.label <> e.label or not (w.categories @> e.categories and w.categories <@ e.categories)
    or (w.needs_amount, w.needs_reason, w.is_archived) is distinct from (e.needs_amount, e.needs_reason, e.is_archived)
  on conflict (company_id, code) do update
  set label = excluded.label, categories = excluded.categories, needs_amount = excluded.needs_amount,
      needs_reason = excluded.needs_reason, is_archived = excluded.is_archived
$$;
comment on function private.save_outcome_codes is
'Gives a company its own rows of the outcomes that change, and its new ones.';

create function private.save_company_codes(p_codes jsonb, p_revision int) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.require_admin('Only an admin can change reasons and outcomes.');
begin
  perform private.raise_invalid(private.company_code_errors(me.company_id, p_codes));
  perform private.begin_settings_change(me.company_id, p_revision);
  update public.company_settings s set updated_at = now() where s.company_id = me.company_id;
  perform private.save_skip_reasons(me.company_id, p_codes);
  perform private.save_outcome_codes(me.company_id, p_codes);
  return private.company_rules(me.company_id);
end;
$$;
comment on function private.save_company_codes is 'See public.save_company_codes.';

create function public.save_company_codes(p_codes jsonb, p_revision int) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.save_company_codes(p_codes, p_revision) $$;
comment on function public.save_company_codes is
'An admin replaces their company''s reasons to skip (skip_reasons) and outcomes (outcome_codes), each a list with all '
'codes there are; one without a code is new. As of a revision of the settings; returns company_rules. Raises PT400 with '
'all errors, PT409 for an earlier revision.';
grant execute on function private.save_company_codes, public.save_company_codes to authenticated;
