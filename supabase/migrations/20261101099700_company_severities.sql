-- How an admin changes the severities of their company, as a whole: labels, and within how many days the first answer is
-- due. One is archived, not deleted, since escalations name it. A stock one is copied when it is first changed.

create function private.are_severity_rows(list jsonb) returns boolean
language sql immutable set search_path = ''
as $$
  select case
    when jsonb_typeof(list) is distinct from 'array' then false
    when jsonb_array_length(list) > 20 then false
    else not exists(
      select 1 from jsonb_array_elements(list) r
      where case
        when jsonb_typeof(r) <> 'object' then true
        when
          r - array['code', 'label', 'response_days', 'is_archived'] <> '{}'
          or not r ?& array['code', 'label', 'response_days', 'is_archived']
          then true
        else
          jsonb_typeof(r -> 'code') not in ('string', 'null') or jsonb_typeof(r -> 'label') <> 'string'
          or jsonb_typeof(r -> 'is_archived') <> 'boolean'
      end
    )
  end
$$;
comment on function private.are_severity_rows is 'True for a list of at most 20 severities with exactly these fields.';

create function private.severity_errors(company uuid, limits jsonb) returns text[]
language sql stable security invoker set search_path = ''
as $$
  select case
    when limits -> 'severities' is not null and not private.are_severity_rows(limits -> 'severities')
      then array['The severities cannot be read.']
    else
      private.code_list_errors(limits, 'severities', private.known_codes(company, 'severities'))
      || array[
        (
          select format('Enter the days of “%s” as a number from 1 to 365.', x.label)
          from (
            select r.place, r.label from private.code_rows(limits, 'severities') r
            where not coalesce(private.whole_number(r.fields -> 'response_days') between 1 and 365, false)
            union all
            select 100, private.severity_label(company, k.code)
            from unnest(private.known_codes(company, 'severities')) k (code)
            where k.code not in (select r.code from private.code_rows(limits, 'severities') r where r.code is not null)
          ) x
          order by x.place, x.label limit 1
        ),
        (
          select format('Leave “:” out of “%s”: the days are added after it.', r.label)
          from private.code_rows(limits, 'severities') r where strpos(r.label, ':') > 0 order by r.place limit 1
        ),
        (
          select 'A severity has at most 50 characters.' from private.code_rows(limits, 'severities') r
          where length(r.label) > 50 limit 1
        ),
        case
          when not exists(select 1 from private.code_rows(limits, 'severities') r where not r.is_archived)
            then 'Keep at least one severity.'
        end
      ]
  end
$$;
comment on function private.severity_errors is 'The errors of severities to save, as sentences and nulls.';

-- A label such as “Critical: answer within 1 day” says the days too; a company's own without a colon stays as it is.
create function private.label_severity(stored public.severities, label text, response_days int) returns text
language sql stable set search_path = ''
as $$
  select case
    when private.severity_label(stored.company_id, stored.code) = label and stored.response_days = response_days
      then stored.label
    when strpos(stored.label, ':') = 0 then label
    else
      format('%s: answer within %s day%s', label, response_days, case when response_days = 1 then '' else 's' end)
  end
$$;
comment on function private.label_severity is
'The label a severity is saved with, of the words before its colon and its days; `stored` is null for a new one.';

create function private.severity_days(company uuid) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_object_agg(k.code, (private.find_severity(company, k.code)).response_days)
  from unnest(private.known_codes(company, 'severities')) k (code)
$$;
comment on function private.severity_days is 'The days of each severity of a company, by code.';

create function private.save_severities(company uuid, limits jsonb) returns void
language sql volatile security definer set search_path = ''
as $$
  with wanted as (
    select
      c.code, c.place, private.whole_number(c.fields -> 'response_days') as response_days,
      (c.fields ->> 'is_archived')::boolean as is_archived,
      private.label_severity(
        private.find_severity(company, c.code), c.fields ->> 'label',
        private.whole_number(c.fields -> 'response_days')::int
      ) as label
    from private.coded_rows(limits, 'severities', private.known_codes(company, 'severities')) c
  )
  insert into public.severities as own (company_id, code, label, response_days, is_archived, position)
  select company, w.code, w.label, w.response_days, w.is_archived, coalesce(e.position, 100 + w.place)
  from wanted w cross join lateral private.find_severity(company, w.code) e
  where (w.label, w.response_days, w.is_archived) is distinct from (e.label, e.response_days, e.is_archived)
  on conflict (company_id, code) do update
  set label = excluded.label, response_days = excluded.response_days, is_archived = excluded.is_archived
$$;
comment on function private.save_severities is
'Gives a company its own rows of the severities that change, and its new ones.';
