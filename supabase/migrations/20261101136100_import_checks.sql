-- What bringing a staged record in would do: new, changed (old and new value of each column), unchanged, or refused.
-- The values were parsed by lib/imports; here they are checked again, since a request may hold anything.

create table private.import_fields (
  kind text not null,
  field text not null,
  type text not null check (
    type in (
      'text', 'email', 'domain', 'code', 'time_zone', 'day', 'whole', 'money', 'percent', 'boolean', 'names'
    )
  ),
  usage text not null check (usage in ('column', 'key', 'reference')),
  is_required boolean not null,
  max_length int,
  minimum bigint,
  maximum bigint,
  codes text[],
  default_value jsonb check (private.is_readable_json(default_value)),
  primary key (kind, field)
);
comment on table private.import_fields is
'What a staged record may hold. The same as in lib/imports/record_kinds.py, which a test compares.';
comment on column private.import_fields.kind is 'Table of the record.';
comment on column private.import_fields.field is 'Name of the field.';
comment on column private.import_fields.type is 'What its values are.';
comment on column private.import_fields.usage is
'column: stored under this name; key: tells which record it is; reference: names a row of another table.';
comment on column private.import_fields.is_required is 'True if a new record needs it.';
comment on column private.import_fields.max_length is 'Longest text, in characters.';
comment on column private.import_fields.minimum is 'Smallest number.';
comment on column private.import_fields.maximum is 'Largest number.';
comment on column private.import_fields.codes is 'The only values of a code.';
comment on column private.import_fields.default_value is 'What a new record without it gets.';
alter table private.import_fields enable row level security;
revoke all on private.import_fields from anon, authenticated;

insert into private.import_fields
(kind, field, type, usage, is_required, max_length, minimum, maximum, codes, default_value)
values
('customers', 'external_id', 'text', 'key', false, 200, null, null, null, null),
('customers', 'name', 'text', 'column', true, 200, null, null, null, null),
('customers', 'domain', 'domain', 'column', false, 253, null, null, null, null),
('customers', 'owner_email', 'email', 'reference', false, 500, null, null, null, null),
('customers', 'industry', 'text', 'column', false, 2000, null, null, null, null),
('customers', 'country', 'text', 'column', false, 2000, null, null, null, null),
('customers', 'segment', 'code', 'column', true, null, null, null, '{smb,mid,enterprise}', null),
('customers', 'customer_since', 'day', 'column', true, null, null, null, null, null),
('customers', 'time_zone', 'time_zone', 'column', false, null, null, null, null, '"UTC"'),
('customers', 'summary', 'text', 'column', false, 20000, null, null, null, null),
('customers', 'competitor', 'text', 'column', false, 2000, null, null, null, null),
('customers', 'status', 'code', 'column', false, null, null, null, '{active,churned}', '"active"'),
('contracts', 'external_id', 'text', 'key', false, 200, null, null, null, null),
('contracts', 'number', 'text', 'key', false, 200, null, null, null, null),
('contracts', 'customer_external_id', 'text', 'reference', false, 200, null, null, null, null),
('contracts', 'customer_domain', 'domain', 'reference', false, 253, null, null, null, null),
('contracts', 'customer_name', 'text', 'reference', false, 200, null, null, null, null),
('contracts', 'starts_on', 'day', 'column', true, null, null, null, null, null),
('contracts', 'ends_on', 'day', 'column', true, null, null, null, null, null),
('contracts', 'term_months', 'whole', 'column', true, null, 1, 120, null, null),
('contracts', 'notice_days', 'whole', 'column', true, null, 0, 365, null, null),
('contracts', 'auto_renews', 'boolean', 'column', true, null, null, null, null, null),
('contracts', 'seats', 'whole', 'column', true, null, 1, 2147483647, null, null),
('contracts', 'annual_price_per_seat', 'money', 'column', true, null, 0, 9999999999, null, null),
('contracts', 'discount_percent', 'percent', 'column', false, null, 0, 100, null, '"0"'),
('contracts', 'uplift_cap_percent', 'percent', 'column', false, null, 0, 100, null, null),
('contracts', 'modules', 'names', 'column', false, 100, null, null, null, '[]'),
('contacts', 'external_id', 'text', 'key', false, 200, null, null, null, null),
('contacts', 'customer_external_id', 'text', 'reference', false, 200, null, null, null, null),
('contacts', 'customer_domain', 'domain', 'reference', false, 253, null, null, null, null),
('contacts', 'customer_name', 'text', 'reference', false, 200, null, null, null, null),
('contacts', 'name', 'text', 'column', true, 200, null, null, null, null),
('contacts', 'title', 'text', 'column', false, 500, null, null, null, null),
('contacts', 'email', 'email', 'column', false, 500, null, null, null, null),
(
  'contacts',
  'role',
  'code',
  'column',
  true,
  null,
  null,
  null,
  '{economic_buyer,champion,executive_sponsor,admin,detractor,procurement,legal,user}',
  null
),
('contacts', 'influence', 'whole', 'column', false, null, 1, 5, null, null),
('contacts', 'sentiment', 'code', 'column', false, null, null, null, '{positive,neutral,negative}', null),
('contacts', 'last_contact_on', 'day', 'column', false, null, null, null, null, null),
('contacts', 'status', 'code', 'column', false, null, null, null, '{active,left,unknown}', '"active"'),
('contacts', 'left_on', 'day', 'column', false, null, null, null, null, null),
('contacts', 'replaced_by_email', 'email', 'reference', false, 500, null, null, null, null),
('usage_weeks', 'customer_external_id', 'text', 'reference', false, 200, null, null, null, null),
('usage_weeks', 'customer_domain', 'domain', 'reference', false, 253, null, null, null, null),
('usage_weeks', 'customer_name', 'text', 'reference', false, 200, null, null, null, null),
('usage_weeks', 'week_starts_on', 'day', 'column', true, null, null, null, null, null),
('usage_weeks', 'active_users', 'whole', 'column', true, null, 0, 2147483647, null, null),
('usage_weeks', 'seats', 'whole', 'column', true, null, 1, 2147483647, null, null),
('usage_weeks', 'logins', 'whole', 'column', true, null, 0, 2147483647, null, null),
('usage_weeks', 'key_actions', 'whole', 'column', true, null, 0, 2147483647, null, null),
('tickets', 'external_id', 'text', 'key', false, 200, null, null, null, null),
('tickets', 'customer_external_id', 'text', 'reference', false, 200, null, null, null, null),
('tickets', 'customer_domain', 'domain', 'reference', false, 253, null, null, null, null),
('tickets', 'customer_name', 'text', 'reference', false, 200, null, null, null, null),
('tickets', 'contact_email', 'email', 'reference', false, 500, null, null, null, null),
('tickets', 'number', 'text', 'column', true, 200, null, null, null, null),
('tickets', 'title', 'text', 'column', true, 500, null, null, null, null),
('tickets', 'priority', 'code', 'column', true, null, null, null, '{p1,p2,p3,p4}', null),
('tickets', 'status', 'code', 'column', true, null, null, null, '{open,pending,solved}', null),
('tickets', 'opened_on', 'day', 'column', true, null, null, null, null, null),
('tickets', 'solved_on', 'day', 'column', false, null, null, null, null, null),
('tickets', 'satisfied', 'boolean', 'column', false, null, null, null, null, null),
('survey_responses', 'external_id', 'text', 'key', false, 200, null, null, null, null),
('survey_responses', 'customer_external_id', 'text', 'reference', false, 200, null, null, null, null),
('survey_responses', 'customer_domain', 'domain', 'reference', false, 253, null, null, null, null),
('survey_responses', 'customer_name', 'text', 'reference', false, 200, null, null, null, null),
('survey_responses', 'contact_email', 'email', 'reference', false, 500, null, null, null, null),
('survey_responses', 'score', 'whole', 'column', true, null, 0, 10, null, null),
('survey_responses', 'comment', 'text', 'column', false, 20000, null, null, null, null),
('survey_responses', 'responded_on', 'day', 'column', true, null, null, null, null, null),
('notes', 'external_id', 'text', 'key', false, 200, null, null, null, null),
('notes', 'customer_external_id', 'text', 'reference', false, 200, null, null, null, null),
('notes', 'customer_domain', 'domain', 'reference', false, 253, null, null, null, null),
('notes', 'customer_name', 'text', 'reference', false, 200, null, null, null, null),
('notes', 'contact_email', 'email', 'reference', false, 500, null, null, null, null),
('notes', 'author_email', 'email', 'reference', false, 500, null, null, null, null),
('notes', 'kind', 'code', 'column', false, null, null, null, '{note,call,meeting,email}', '"note"'),
('notes', 'body', 'text', 'column', true, 200000, null, null, null, null),
('notes', 'happened_on', 'day', 'column', true, null, null, null, null, null),
('modules', 'external_id', 'text', 'key', false, 200, null, null, null, null),
('modules', 'name', 'text', 'column', true, 100, null, null, null, null),
('modules', 'annual_price_per_seat', 'money', 'column', true, null, 0, 9999999999, null, null);

create function private.import_refusal(field text, cell text, reason text, remedy text) returns jsonb
language sql immutable set search_path = ''
as $$
  select
    jsonb_build_array(jsonb_build_object('field', field, 'cell', left(cell, 500), 'reason', reason, 'remedy', remedy))
$$;
comment on function private.import_refusal is 'A list of one reason why a record is refused.';

create function private.reset_import_rows(import public.imports, row_ids uuid[]) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  zones text[];
begin
  if exists (select 1 from public.import_rows r where r.id = any(row_ids) and r.field_values ? 'time_zone') then
    zones := array(select z.name from pg_catalog.pg_timezone_names z);
  end if;
  with pairs as materialized (
    select r.id, v.key, v.value, v.value #>> '{}' as word, jsonb_typeof(v.value) as kind_of_json, f.*
    from public.import_rows r
    cross join lateral jsonb_each(r.field_values) v
    left join private.import_fields f on f.kind = r.kind and f.field = v.key
    where r.id = any(row_ids) and r.company_id = import.company_id
  ),
  judged as materialized (
    select p.id, p.key, p.value, p.usage, p.word,
      case
        when p.field is null then 'Zen has no such field.'
        when p.value = 'null' then null
        when p.kind_of_json = 'object' or (p.kind_of_json = 'array') <> (p.type = 'names')
          or (p.kind_of_json = 'boolean') <> (p.type = 'boolean') then 'This is not a value of this field.'
        when p.type = 'names' then case when exists (
            select 1 from jsonb_array_elements(p.value) n
            where jsonb_typeof(n) <> 'string' or length(n #>> '{}') not between 1 and p.max_length
          ) then 'This is not a list of names.' end
        when p.type in ('text', 'email', 'domain') then case
            when private.is_blank(p.word) then 'Nothing is written here.'
            when length(p.word) > p.max_length then format('It is longer than %s characters.', p.max_length)
            when p.type = 'domain' and p.word !~ '^[a-z0-9.-]+$' then 'This is not a domain.'
          end
        when p.type = 'code' then case
            when p.word <> all(p.codes) then format('This is not one of %s.', array_to_string(p.codes, ', ')) end
        when p.type = 'time_zone' then case
            when p.word <> all(zones) then 'There is no such time zone.' end
        when p.type = 'day' then case
            when private.parse_day(p.word) is null then 'This is not a day between 1900 and 2999.' end
        when p.type = 'whole' then case
            when p.word !~ '^\d{1,10}$' then 'This is not a whole number.'
            when p.word::numeric not between p.minimum and p.maximum
            then format('It is not between %s and %s.', p.minimum, p.maximum) end
        when p.type in ('money', 'percent') then case
            when p.word !~ '^\d{1,10}(\.\d{1,10})?$' then 'This is not a number.'
            when p.word::numeric not between p.minimum and p.maximum
            then format('It is not between %s and %s.', p.minimum, p.maximum) end
      end as reason
    from pairs p
  ),
  summed as (
    select j.id,
      jsonb_agg(jsonb_build_object('field', j.key, 'cell', left(j.word, 500), 'reason', j.reason,
                                   'remedy', 'Correct the cell, or leave the row out.'))
        filter (where j.reason is not null) as errors,
      jsonb_object_agg(j.key, j.value) filter (where j.reason is null and j.usage = 'column') as record
    from judged j group by j.id
  )
  update public.import_rows r
  set changes = '{}', same_as_line = null,
      refusals = r.problems || coalesce(s.errors, '[]'), record = coalesce(s.record, '{}')
  from public.import_rows o left join summed s on s.id = o.id
  where o.id = any(row_ids) and o.company_id = import.company_id and r.id = o.id;
end;
$$;
comment on function private.reset_import_rows is
'First step of a check: the columns of each record, and its values that no column takes.';

create function private.company_domain(domain text) returns text
language sql immutable set search_path = ''
as $$
  select case when domain <> all(array[
    '126.com', '163.com', 'aol.com', 'btinternet.com', 'comcast.net', 'free.fr', 'freenet.de', 'gmail.com', 'gmx.at',
    'gmx.ch', 'gmx.de', 'gmx.net', 'googlemail.com', 'hey.com', 'hotmail.com', 'icloud.com', 'laposte.net',
    'libero.it', 'live.com', 'mail.ru', 'me.com', 'msn.com', 'orange.fr', 'outlook.com', 'proton.me',
    'protonmail.com', 'qq.com', 't-online.de', 'wanadoo.fr', 'web.de', 'yahoo.co.uk', 'yahoo.com', 'yahoo.fr',
    'yandex.ru', 'zoho.com'
  ]) then domain end
$$;
comment on function private.company_domain is
'The domain, null for one of which everybody can have an address. The same as in lib/imports/company_name_similarity.py.';

-- Rows are looked up by id alone: a second index would be read as a whole, with every version of the staged rows.
-- The file's own id first, then the domain, then the name: of two customers with one name each has a domain of its own.
-- Customers of the same file count once they were checked. `limit` keeps each lookup one of an index: joined as a whole,
-- every customer of the company is read for each batch. By its id alone: a planner that takes the company for one customer
-- may begin with the company instead.
create function private.find_import_customers(import public.imports, row_ids uuid[])
returns table (staged_id uuid, customer_ids uuid[])
language sql stable security definer set search_path = ''
as $$
  with wanted as (
    select
      r.id,
      r.kind,
      r.chosen_id,
      v.external_id,
      private.company_domain(lower(v.domain)) as domain,
      private.plain_words(v.name) as name
    from public.import_rows r
    cross join
      lateral (
        select
          case r.kind
            when 'customers' then r.field_values ->> 'external_id'
            else r.field_values ->> 'customer_external_id'
          end as external_id,
          case r.kind
            when 'customers' then r.field_values ->> 'domain'
            when 'contacts'
              then
                coalesce(
                  r.field_values ->> 'customer_domain',
                  case
                    when not r.field_values ?| array['customer_name', 'customer_external_id']
                      then split_part(r.field_values ->> 'email', '@', 2)
                  end
                )
            else r.field_values ->> 'customer_domain'
          end as domain,
          case r.kind
            when 'customers' then r.field_values ->> 'name'
            else r.field_values ->> 'customer_name'
          end as name
      ) v
    where r.id = any(row_ids) and r.company_id = import.company_id and r.kind <> 'modules'
  ),
  staged as (
    select
      s.row_id, s.field_values ->> 'external_id' as external_id, private.company_domain(s.record ->> 'domain') as domain,
      private.plain_words(s.record ->> 'name') as name
    from public.import_rows s
    where
      import.kind in ('flat', 'demo_book') and s.import_id = import.id and s.kind = 'customers' and not s.is_dropped
      and s.verdict = 'new' and s.applied_at is null
  ),
  -- Sorted instead of joined: rows just staged have no statistics, and a nested loop over them takes minutes.
  staged_words as (
    select s.row_id, v.rank, v.word, row_number() over (partition by v.rank, v.word order by s.row_id) as place
    from staged s cross join lateral (values (1, s.external_id), (2, s.domain), (3, s.name)) v (rank, word)
    where v.word is not null
  ),
  words as (
    select w.id, null::uuid as row_id, v.rank, v.word
    from wanted w cross join lateral (values (1, w.external_id), (2, w.domain), (3, w.name)) v (rank, word)
    where import.kind in ('flat', 'demo_book') and w.kind <> 'customers' and v.word is not null
    union all
    select null, s.row_id, s.rank, s.word from staged_words s where s.place <= 20
  ),
  found_in_file as (
    select w.id, w.rank, array_agg(w.row_id) filter (where w.id is null) over (partition by w.rank, w.word) as customers
    from words w
  ),
  found as (
    select w.id, 0 as rank, w.chosen_id as customer from wanted w where w.chosen_id is not null
    union all
    select w.id, 1, c.id from wanted w
    cross join
      lateral (
        select i.row_id from public.external_ids i
        where
          i.company_id = import.company_id and i.source = import.source
          and i.table_name = 'customers' and i.external_id = w.external_id
        limit 1
      ) x
    cross join
      lateral (select b.id, b.company_id from public.customers b where b.id = x.row_id limit 1) c
    where c.company_id = import.company_id
    union all
    select f.id, f.rank, c.id from found_in_file f cross join lateral unnest(f.customers) c (id) where f.id is not null
    union all
    select w.id, 2, c.id from wanted w
    cross join
      lateral (
        select b.id from public.customers b
        where b.company_id = import.company_id and b.domain = w.domain limit 20
      ) c
    union all
    select w.id, 3, c.id from wanted w
    cross join
      lateral (
        select b.id from public.customers b
        where
          b.company_id = import.company_id and private.plain_words(b.name) = w.name
          and (w.domain is null or b.domain is null or b.domain = w.domain)
        limit 20
      ) c
    union all
    select r.id, 4, k.customer_id from public.import_rows r
    cross join
      lateral (
        select b.customer_id from public.contacts b
        where b.company_id = import.company_id and lower(b.email) = lower(r.field_values ->> 'contact_email') limit 20
      ) k
    where r.id = any(row_ids) and r.company_id = import.company_id and r.field_values ? 'contact_email'
  ),
  named as (
    select f.id, f.rank, f.customer, bool_or(f.rank = 3) over (partition by f.id, f.customer) as has_name
    from found f
  ),
  ranked as (
    select
      n.id, n.rank, array_agg(distinct n.customer) as customers,
      array_agg(distinct n.customer) filter (where n.has_name) as with_name
    from named n group by n.id, n.rank
  )
  select distinct on (r.id)
    r.id, case
      when cardinality(r.customers) > 1 then coalesce(r.with_name, r.customers)
      else r.customers
    end
  from ranked r order by r.id, r.rank
$$;
comment on function private.find_import_customers is
'The customers that staged records are, or hang on; more than one where the file does not tell them apart.';

create function private.find_importer(import public.imports) returns uuid
language sql stable security definer set search_path = ''
as $$ select coalesce(import.decided_by, auth.uid()) $$;
comment on function private.find_importer is
'Who brings an import in: whoever decided, before that whoever checks it; null for the operator.';

create function private.describe_candidates(company uuid, customer_ids uuid[]) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('id', d.id, 'name', d.name, 'score', 100) order by d.name, d.id), '[]')
  from (
    select
      c.id, concat_ws(' · ', c.name, c.domain, p.full_name, (
        select to_char(sum(k.arr), 'FM999,999,999,990') || ' ARR' from public.contracts k
        where k.customer_id = c.id and k.company_id = c.company_id and private.today() between k.starts_on and k.ends_on
      )) as name
    from public.customers c join public.profiles p on p.id = c.owner_id
    where c.id = any(customer_ids) and c.company_id = company order by c.name, c.id limit 20
  ) d
$$;
comment on function private.describe_candidates is
'Customers to choose from, told apart by domain, owner and what they pay a year.';

create function private.link_import_rows(import public.imports, row_ids uuid[]) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  importer constant uuid := private.find_importer(import);
begin
  with found as (select * from private.find_import_customers(import, row_ids))
  update public.import_rows r
  set record = case when cardinality(f.customer_ids) = 1 then r.record || jsonb_build_object(
        'customer_id', f.customer_ids[1]) else r.record end,
      candidates = case when cardinality(f.customer_ids) > 1
        then private.describe_candidates(import.company_id, f.customer_ids) else r.candidates end,
      refusals = r.refusals || case
        when cardinality(f.customer_ids) > 1 then private.import_refusal(
          'customer_name', coalesce(r.field_values ->> 'customer_name', r.field_values ->> 'name'),
          'Several customers fit.', 'Choose one, or add the customer''s id or domain to the file.')
        when f.customer_ids is null and r.kind <> 'customers' then private.import_refusal(
          'customer_name', coalesce(r.field_values ->> 'customer_name', r.field_values ->> 'customer_domain',
            r.field_values ->> 'customer_external_id', r.field_values ->> 'email'),
          'No such customer.', 'Import the customer first, correct the cell, or choose a customer.')
        else '[]' end
  from public.import_rows o left join found f on f.staged_id = o.id
  where o.id = any(row_ids) and o.company_id = import.company_id and o.kind <> 'modules' and r.id = o.id;

  update public.import_rows r
  set record = r.record || case
        when p.id is not null then jsonb_build_object('owner_id', p.id)
        else jsonb_build_object('pending_owner', private.normalize_email(r.field_values ->> 'owner_email')) end,
      refusals = r.refusals || case
        when private.normalize_email(r.field_values ->> 'owner_email') is null then private.import_refusal(
          'owner_email', r.field_values ->> 'owner_email', 'This is not an email address.', 'Correct the cell.')
        else '[]' end
  from public.import_rows o
  left join public.profiles p on p.company_id = import.company_id and p.is_active
    and p.email = private.normalize_email(o.field_values ->> 'owner_email')
  where o.id = any(row_ids) and o.company_id = import.company_id and o.kind = 'customers'
    and jsonb_typeof(o.field_values -> 'owner_email') = 'string' and r.id = o.id;

  update public.import_rows r
  set record = r.record || jsonb_build_object('contact_id', k.id)
  from public.import_rows o
  cross join lateral (
    select b.id from public.contacts b
    where b.customer_id = (o.record ->> 'customer_id')::uuid and b.company_id = import.company_id
      and lower(b.email) = lower(o.field_values ->> 'contact_email') limit 1
  ) k
  where o.id = any(row_ids) and o.company_id = import.company_id and o.field_values ? 'contact_email' and o.kind = 'survey_responses' and r.id = o.id;

  update public.import_rows r
  set record = r.record || jsonb_build_object('replaced_by', k.id)
  from public.import_rows o
  cross join lateral (
    select b.id from public.contacts b
    where b.customer_id = (o.record ->> 'customer_id')::uuid and b.company_id = import.company_id
      and lower(b.email) = lower(o.field_values ->> 'replaced_by_email') limit 1
  ) k
  where o.id = any(row_ids) and o.company_id = import.company_id and o.field_values ? 'replaced_by_email' and o.kind = 'contacts' and r.id = o.id;

  -- Words stay their author's: a person imports notes as their own, and who wrote them stands in the text. The operator,
  -- who has no profile, may import them as their authors'.
  update public.import_rows r
  set record = r.record || case
    when importer is null then jsonb_build_object('author_id', coalesce(p.id, import.default_owner_id))
    when p.id = importer or o.field_values ->> 'author_email' is null or r.record ->> 'body' is null
      then jsonb_build_object('author_id', importer)
    else jsonb_build_object(
      'author_id', importer,
      'body', format(E'From %s:\n%s', o.field_values ->> 'author_email', r.record ->> 'body')) end
  from public.import_rows o
  left join public.profiles p on p.company_id = import.company_id
    and p.email = private.normalize_email(o.field_values ->> 'author_email')
  where o.id = any(row_ids) and o.company_id = import.company_id and o.kind = 'notes' and r.id = o.id;
end;
$$;
comment on function private.link_import_rows is
'Second step of a check: the customer, owner, contact and author of each record.';

create function private.survey_contact_key(field_values jsonb, record jsonb) returns text
language sql immutable set search_path = ''
as $$
  select md5(
    (record ->> 'customer_id') || ' ' || (record ->> 'responded_on') || ' ' || lower(field_values ->> 'contact_email')
  )
$$;
comment on function private.survey_contact_key is
'Tells answers of people who are no contacts apart, without keeping their addresses; null for an anonymous answer.';

-- An author's own words become "From their address" when somebody else imports them.
create function private.is_same_note(note public.notes, field_values jsonb, record jsonb) returns boolean
language sql stable security definer set search_path = ''
as $$
  select
    note.body = record ->> 'body'
    or note.body = format(E'From %s:\n%s', field_values ->> 'author_email', field_values ->> 'body')
    or note.body = field_values ->> 'body' and exists (
      select 1 from public.profiles p
      where p.id = note.author_id and p.email = private.normalize_email(field_values ->> 'author_email')
    )
$$;
comment on function private.is_same_note is 'True if a note says what a record says, whoever brings it in.';

create function private.find_import_matches(import public.imports, row_ids uuid[])
returns table (staged_id uuid, rank int, match_id uuid)
language sql stable security definer set search_path = ''
as $$
  with wanted as (
    select r.*, (r.record ->> 'customer_id')::uuid as customer from public.import_rows r
    where r.id = any(row_ids) and r.company_id = import.company_id
  )
  select w.id, 1, w.customer from wanted w where w.kind = 'customers' and w.customer is not null
  union all
  select w.id, 1, x.row_id from wanted w
  cross join
    lateral (
      select i.row_id from public.external_ids i
      where
        i.company_id = import.company_id and i.source = import.source
        and i.table_name = w.kind and i.external_id = w.field_values ->> 'external_id'
      limit 1
    ) x
  where
    w.kind <> 'customers' and case w.kind
      when 'contacts'
        then
          exists (
            select 1 from public.contacts t where t.id = x.row_id and t.company_id = import.company_id
          )
      when 'contracts'
        then
          exists (
            select 1 from public.contracts t where t.id = x.row_id and t.company_id = import.company_id
          )
      when 'tickets'
        then
          exists (
            select 1 from public.tickets t where t.id = x.row_id and t.company_id = import.company_id
          )
      when 'survey_responses'
        then
          exists (
            select 1 from public.survey_responses t where t.id = x.row_id and t.company_id = import.company_id
          )
      when 'notes'
        then
          exists (
            select 1 from public.notes t where t.id = x.row_id and t.company_id = import.company_id
          )
      when 'modules' then exists (
        select 1 from public.modules t where t.id = x.row_id and t.company_id = import.company_id
      )
    end
  union all
  select w.id, 2, c.id from wanted w
  cross join
    lateral (
      select i.row_id from public.external_ids i
      where
        i.company_id = import.company_id and i.source = 'contract_number'
        and i.table_name = 'contracts' and i.external_id = w.field_values ->> 'number'
      limit 1
    ) x
  join public.contracts c on c.id = x.row_id and c.company_id = import.company_id
  where w.kind = 'contracts'
  union all
  select w.id, 2, s.id from wanted w
  cross join
    lateral (
      select i.row_id from public.external_ids i
      where
        i.company_id = import.company_id and i.source = 'survey_contact'
        and i.table_name = 'survey_responses' and i.external_id = private.survey_contact_key(w.field_values, w.record)
      limit 1
    ) x
  join public.survey_responses s on s.id = x.row_id and s.company_id = import.company_id
  where w.kind = 'survey_responses'
  union all
  select w.id, 3, k.id from wanted w
  cross join
    lateral (
      select b.id from public.contacts b
      where
        b.company_id = import.company_id and lower(b.email) = lower(w.record ->> 'email')
        -- Not `=`: the planner would read all contacts of the customer for each of them.
        and b.customer_id is not distinct from w.customer
      limit 20
    ) k
  where w.kind = 'contacts'
  union all
  select w.id, 3, k.id from wanted w
  cross join
    lateral (
      select b.id from public.contacts b
      where
        b.customer_id = w.customer and b.company_id = import.company_id
        and private.plain_words(b.name) = private.plain_words(w.record ->> 'name')
        and (b.email is null or w.record ->> 'email' is null)
      limit 20
    ) k
  where w.kind = 'contacts'
  union all
  select w.id, 3, c.id from wanted w
  join public.contracts c
    on
      c.customer_id = w.customer and c.company_id = import.company_id
      and c.starts_on = private.parse_day(w.record ->> 'starts_on')
  where w.kind = 'contracts'
  union all
  select w.id, 3, u.id from wanted w
  join public.usage_weeks u
    on
      u.customer_id = w.customer and u.company_id = import.company_id
      and u.week_starts_on = private.parse_day(w.record ->> 'week_starts_on')
  where w.kind = 'usage_weeks'
  union all
  select w.id, 3, t.id from wanted w
  join public.tickets t on t.company_id = import.company_id and t.number = w.record ->> 'number'
  where w.kind = 'tickets'
  union all
  select w.id, 3, s.id from wanted w
  join public.survey_responses s
    on
      s.customer_id = w.customer and s.company_id = import.company_id
      and s.responded_on = private.parse_day(w.record ->> 'responded_on')
      and case
        when w.field_values ->> 'contact_email' is not null then s.contact_id = (w.record ->> 'contact_id')::uuid
        else
          s.contact_id is null and s.score = (w.record ->> 'score')::int
          and s.comment is not distinct from w.record ->> 'comment'
          and not exists (
            select 1 from public.external_ids i
            where
              i.row_id = s.id and i.company_id = import.company_id and i.source = 'survey_contact'
              and i.table_name = 'survey_responses'
          )
      end
  where w.kind = 'survey_responses'
  union all
  select w.id, 3, n.id from wanted w
  join public.notes n
    on
      n.customer_id = w.customer and n.company_id = import.company_id
      and n.happened_on = private.parse_day(w.record ->> 'happened_on')
      and private.is_same_note(n, w.field_values, w.record)
  where w.kind = 'notes'
  union all
  select w.id, 3, m.id from wanted w
  join public.modules m on m.company_id = import.company_id and m.name = w.record ->> 'name'
  where w.kind = 'modules'
$$;
comment on function private.find_import_matches is
'The rows that staged records are: by external id (1), contract number or unknown contact (2), natural key (3).';

create function private.import_natural_key(kind text, field_values jsonb, record jsonb) returns text
language sql immutable set search_path = ''
as $$
  select case kind
    when 'customers'
      then
        coalesce(
          'id ' || (field_values ->> 'external_id'), 'domain ' || private.company_domain(record ->> 'domain'),
          'name ' || private.plain_words(record ->> 'name')
        )
    when 'contacts'
      then
        (record ->> 'customer_id') || ' '
        || coalesce(lower(record ->> 'email'), private.plain_words(record ->> 'name'))
    when 'contracts'
      then
        coalesce(
          'number ' || (field_values ->> 'number'), (record ->> 'customer_id') || ' ' || (record ->> 'starts_on')
        )
    when 'usage_weeks' then (record ->> 'customer_id') || ' ' || (record ->> 'week_starts_on')
    when 'tickets' then record ->> 'number'
    when 'survey_responses'
      then
        concat_ws(
          ' ',
          record ->> 'customer_id',
          record ->> 'responded_on',
          coalesce(
            'contact ' || (record ->> 'contact_id'), 'email ' || lower(field_values ->> 'contact_email'),
            concat('anonymous ', record ->> 'score', ' ', md5(record ->> 'comment'))
          )
        )
    when 'notes' then concat_ws(' ', record ->> 'customer_id', record ->> 'happened_on', md5(record ->> 'body'))
    when 'modules' then record ->> 'name'
  end
$$;
comment on function private.import_natural_key is
'What tells a record without a row from others in its file; null if it has not enough.';

-- As in find_import_customers. Rows the book tells apart already are not compared, nor those brought in: they are in it.
create function private.find_same_customers(import public.imports, row_ids uuid[])
returns table (staged_id uuid, same_id uuid, reason text)
language sql stable security definer set search_path = ''
as $$
  with words as (
    select
      r.id, r.line, r.natural_key, r.natural_key = r.row_id::text as is_in_book, v.shared, v.word,
      r.record ->> 'domain' as domain, r.refusals = '[]' as is_sound
    from public.import_rows r
    cross join
      lateral (
        values
        ('domain', private.company_domain(r.record ->> 'domain')), ('name', private.plain_words(r.record ->> 'name'))
      ) v (shared, word)
    where
      r.import_id = import.id and r.company_id = import.company_id and r.kind = 'customers' and not r.is_dropped
      and r.natural_key is not null and v.word is not null and (import.status <> 'decided' or r.id = any(row_ids))
  ),
  -- Sorted instead of joined: rows just staged have no statistics, and a nested loop over them takes minutes. The first
  -- line of each word, since a file may hold one name twenty thousand times.
  firsts as (
    select
      w.*,
      min(w.line) filter (where w.is_sound and w.domain is not null) over same as first_with_domain,
      min(w.line) filter (where w.is_sound and w.domain is null) over same as first_without_domain
    from words w
    window same as (partition by w.shared, w.word)
  ),
  repeated as materialized (
    select f.id, f.shared, f.natural_key, f.is_in_book, v.line
    from firsts f
    cross join
      lateral (
        values
        (f.first_without_domain),
        (case when f.shared = 'domain' or f.domain is null then f.first_with_domain end)
      ) v (line)
    where v.line < f.line
  ),
  pairs as (
    select f.id, e.id as same_id, concat_ws(' ', f.shared, e.record ->> f.shared) as shared, e.line
    from repeated f
    cross join
      lateral (
        select r.id, r.line, r.natural_key, r.row_id, r.record from public.import_rows r
        where
          r.import_id = import.id and r.company_id = import.company_id and r.place = 2 and r.line = f.line
        limit 1
      ) e
    where
      f.id = any(row_ids) and e.natural_key <> f.natural_key
      and not (f.is_in_book and e.natural_key = e.row_id::text)
  )
  select distinct on (p.id) p.id, p.same_id, format('Line %s is the same customer: same %s.', p.line, p.shared)
  from pairs p order by p.id, p.line, p.shared
$$;
comment on function private.find_same_customers is
'Customers of a file that are one of an earlier line by domain or name, under another id, and why.';

create function private.match_import_rows(import public.imports, row_ids uuid[]) returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  with best as (
    select distinct on (m.staged_id) m.staged_id, m.match_id,
      count(*) over (partition by m.staged_id, m.rank) as matches
    from private.find_import_matches(import, row_ids) m order by m.staged_id, m.rank, m.match_id
  )
  update public.import_rows r
  set row_id = coalesce(b.match_id, r.new_id),
      natural_key = coalesce(
        b.match_id::text, private.import_natural_key(o.kind, o.field_values, o.record), 'line ' || o.line),
      refusals = r.refusals || case when b.matches > 1 then private.import_refusal(
        null, null, 'Several records fit.', 'Add the id of the record to the file.') else '[]' end
  from public.import_rows o left join best b on b.staged_id = o.id
  where o.id = any(row_ids) and o.company_id = import.company_id and r.id = o.id;

  with pairs as (
    select r.id, e.id as same_id, format('Line %s is the same record with other values.', e.line) as reason
    from public.import_rows r
    cross join lateral (
      select f.id, f.line from public.import_rows f
      where f.import_id = import.id and f.kind = r.kind and f.natural_key = r.natural_key and not f.is_dropped
      order by f.refusals <> '[]', f.line limit 1
    ) e
    where r.id = any(row_ids) and r.company_id = import.company_id and not r.is_dropped and e.id <> r.id
    union all
    select c.staged_id, c.same_id, c.reason from private.find_same_customers(import, row_ids) c
  ),
  same as (
    select distinct on (p.id) p.id, p.reason, e.line, e.row_id, exists (
        select 1 from jsonb_each(r.field_values) v where e.field_values -> v.key is distinct from v.value
      ) as is_other
    from pairs p join public.import_rows r on r.id = p.id join public.import_rows e on e.id = p.same_id
    order by p.id, e.line
  )
  update public.import_rows r
  set same_as_line = s.line, row_id = s.row_id,
      refusals = r.refusals || case when s.is_other then private.import_refusal(
        null, null, s.reason,
        'Leave one of the two lines out, or correct it.') else '[]' end
  from same s where r.id = s.id;
end;
$$;
comment on function private.match_import_rows is
'Third step of a check: the row each record is, and the earlier line that says the same.';

create function private.keep_note_words(import public.imports, row_ids uuid[]) returns void
language sql volatile security definer set search_path = ''
as $$
  update public.import_rows r set record = r.record || jsonb_build_object('body', n.body)
  from public.notes n
  where
    r.id = any(row_ids) and r.company_id = import.company_id and r.kind = 'notes' and n.id = r.row_id
    and n.company_id = import.company_id and n.body <> r.record ->> 'body'
    and private.is_same_note(n, r.field_values, r.record)
$$;
comment on function private.keep_note_words is 'Makes records of notes that say the same by another person no change.';

create function private.complete_import_record(kind text, record jsonb, stored jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
  select case
    when kind = 'customers' and stored ->> 'status' = 'archived' and not record ? 'status'
      then record || '{"status": "active"}'
    when kind = 'tickets' and record ->> 'status' <> 'solved' then record || '{"solved_on": null}'
    when kind = 'contacts' and record ->> 'status' <> 'left' then record || '{"left_on": null}'
    when kind = 'notes' and stored is not null then record - 'author_id'
    else record
  end
$$;
comment on function private.complete_import_record is
'The columns a record writes, with those that follow from others: an open ticket has no day it was solved.';

create function private.missing_field_refusals(missing text[]) returns jsonb
language sql immutable set search_path = ''
as $$
  select
    jsonb_agg(jsonb_build_object(
      'field', f.field, 'cell', null, 'reason', format('A new record needs %s.', replace(f.field, '_', ' ')),
      'remedy', 'Map a column to it, set one value for all rows, or correct the cell.'
    ) order by f.place)
  from unnest(missing) with ordinality f (field, place)
$$;
comment on function private.missing_field_refusals is 'A reason to refuse a record for each field it lacks.';

create function private.import_rule_refusals(
  kind text, merged jsonb, stored jsonb, required_fields text[]
) returns jsonb
language plpgsql immutable set search_path = ''
as $$
declare
  refusals jsonb := '[]';
  missing text[] := '{}';
  field text;
begin
  foreach field in array required_fields loop
    if merged ->> field is null then
      missing := missing || field;
    end if;
  end loop;
  if cardinality(missing) > 0 then
    refusals := private.missing_field_refusals(missing);
  end if;
  if stored ->> 'customer_id' <> merged ->> 'customer_id' then
    refusals := refusals || private.import_refusal(
      'customer_name', null, 'Zen has this record at another customer.', 'Correct the customer, or leave the row out.');
  end if;
  if kind = 'contracts' and (merged ->> 'ends_on')::date <= (merged ->> 'starts_on')::date then
    refusals := refusals || private.import_refusal(
      'ends_on', merged ->> 'ends_on', 'The contract ends before it begins.', 'Correct the start or the end.');
  elsif kind = 'tickets' and merged ->> 'status' = 'solved' and merged ->> 'solved_on' is null then
    refusals := refusals || private.import_refusal(
      'solved_on', null, 'A solved ticket needs the day it was solved.', 'Add the day, or change the status.');
  elsif kind = 'tickets' and merged ->> 'status' <> 'solved' and merged ->> 'solved_on' is not null then
    refusals := refusals || private.import_refusal(
      'solved_on', merged ->> 'solved_on', 'The ticket is not solved, but has a day it was solved.',
      'Remove the day, or change the status.');
  elsif kind = 'tickets' and (merged ->> 'solved_on')::date < (merged ->> 'opened_on')::date then
    refusals := refusals || private.import_refusal(
      'solved_on', merged ->> 'solved_on', format('It was solved before it was opened (%s).', merged ->> 'opened_on'),
      'Correct one of the two days.');
  elsif kind = 'contacts' and merged ->> 'left_on' is not null and merged ->> 'status' <> 'left' then
    refusals := refusals || private.import_refusal(
      'left_on', merged ->> 'left_on', 'The contact has not left, but has a day they left.',
      'Remove the day, or set the status to left.');
  end if;
  return refusals;
end;
$$;
comment on function private.import_rule_refusals is
'What the table would refuse: values that are missing, days in the wrong order, a record of another customer.';

create function private.new_refusals(said jsonb, refusals jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
  select coalesce(jsonb_agg(r.value order by r.place), '[]')
  from jsonb_array_elements(refusals) with ordinality r (value, place)
  where not said @> jsonb_build_array(jsonb_build_object('reason', r.value ->> 'reason'))
$$;
comment on function private.new_refusals is
'The refusals whose reason was not given before, by lib/imports for example.';

create function private.blank_columns(blank_fields text[]) returns text[]
language sql immutable set search_path = ''
as $$
  select blank_fields || case
    when 'owner_email' = any(blank_fields) then array['owner_id', 'pending_owner']
    when 'contact_email' = any(blank_fields) then array['contact_id'] else '{}'::text[]
  end
$$;
comment on function private.blank_columns is
'The columns that the values for blank cells give: a record that is there keeps its own.';

create function private.compare_import_rows(import public.imports, kind text, row_ids uuid[]) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  never_null constant text[] := array(
    select f.field from private.import_fields f
    where f.kind = compare_import_rows.kind and (f.is_required or f.default_value is not null));
  defaults constant jsonb := (
    select coalesce(jsonb_object_agg(f.field, f.default_value), '{}') from private.import_fields f
    where f.kind = compare_import_rows.kind and f.default_value is not null);
  required_fields constant text[] := array(
    select f.field from private.import_fields f where f.kind = compare_import_rows.kind and f.is_required
    order by f.field);
begin
  execute format($statement$
    -- Materialized, since each column would be computed anew wherever it is used.
    with existing as materialized (
      select r.id, r.refusals, r.same_as_line,
        case %1$L when 'customers' then r.record - 'customer_id' else r.record end
          - case when t.id is not null then private.blank_columns(r.blank_fields) else '{}' end as record,
        case when t.id is not null then to_jsonb(t) || jsonb_build_object('pending_owner', w.email) end as stored
      from public.import_rows r
      left join public.%1$I t on t.id = r.row_id and t.company_id = $1.company_id
      left join public.pending_owners w on %1$L = 'customers' and w.customer_id = t.id
      where r.id = any($2) and r.company_id = $1.company_id and r.kind = %1$L
    ),
    completed as materialized (
      select e.id, e.refusals, e.same_as_line, e.stored,
        private.complete_import_record(%1$L, e.record, e.stored) as record
      from existing e
    ),
    populated as materialized (
      select c.*, to_jsonb(jsonb_populate_record(null::public.%1$I, c.record)) as columns from completed c
    ),
    typed as materialized (
      select c.id, c.refusals, c.same_as_line, c.stored,
        (
          select coalesce(jsonb_object_agg(k.key, coalesce(c.columns -> k.key, k.value)), '{}')
          from jsonb_each(c.record) k
          where k.value <> 'null' or k.key <> all($3)
        ) as record
      from populated c
    ),
    judged as materialized (
      select c.*, c.refusals || private.new_refusals(c.refusals, private.import_rule_refusals(
          %1$L, coalesce(c.stored, $4) || c.record, c.stored, $5)) as all_refusals,
        (
          select coalesce(jsonb_object_agg(f.key, jsonb_build_array(c.stored -> f.key, f.value)), '{}')
          from jsonb_each(c.record) f
          where c.stored is not null and coalesce(c.stored -> f.key, 'null') <> f.value
        ) as changes
      from typed c
    )
    update public.import_rows r
    set record = j.record, refusals = j.all_refusals, changes = j.changes,
      verdict = case
        when j.all_refusals <> '[]' then 'refused'
        when j.same_as_line is not null then 'unchanged'
        when j.stored is null then 'new'
        when j.changes = '{}' then 'unchanged'
        else 'changed' end
    from judged j where r.id = j.id
  $statement$, kind) using import, row_ids, never_null, defaults, required_fields;
end;
$$;
comment on function private.compare_import_rows is
'Last step of a check, for the records of a kind: the verdict, and old and new value of what changes.';

create function private.is_imported_note(note uuid) returns boolean
language sql stable security definer set search_path = ''
as $$
  select
    exists (
      select 1 from public.row_changes c
      where
        c.row_id = note and c.table_name = 'notes' and c.operation = 'insert'
        and c.source in ('import', 'import_undo')
    )
    and not exists (
      select 1 from public.row_changes c
      where c.row_id = note and c.table_name = 'notes' and c.source not in ('import', 'import_undo')
    )
$$;
comment on function private.is_imported_note is
'True if imports alone made a note what it is: no person wrote or changed it.';

create function private.is_note_of_source(note uuid, import public.imports) returns boolean
language plpgsql stable security definer set search_path = ''
as $$
begin
  return private.is_imported_note(note) and not exists (
    select 1 from public.row_changes c
    left join public.import_undos u on u.id = c.source_id
    join public.imports i on i.id = coalesce(u.import_id, c.source_id)
    where c.row_id = note and c.table_name = 'notes' and i.source <> import.source
  );
end;
$$;
comment on function private.is_note_of_source is
'True if a note came by imports from the same system as this one, and no person wrote or changed it.';

-- Notes that came from a system belong to it: whoever may import takes its changes over, as their own words. What a
-- person wrote or changed stays theirs.
create function private.settle_changed_notes(import public.imports, row_ids uuid[]) returns void
language sql volatile security definer set search_path = ''
as $$
  with changed as (
    select
      r.id, n.author_id, p.full_name, coalesce(private.find_importer(import), n.author_id) as importer_id,
      private.is_note_of_source(n.id, import) as is_of_source
    from public.import_rows r
    join public.notes n on n.id = r.row_id and n.company_id = r.company_id
    join public.profiles p on p.id = n.author_id
    where r.id = any(row_ids) and r.company_id = import.company_id and r.kind = 'notes' and r.verdict = 'changed'
  )
  update public.import_rows r
  set
    verdict = case when c.is_of_source then r.verdict else 'refused' end,
    refusals = r.refusals || case when c.is_of_source then '[]' else private.import_refusal(
      'body', null, format('%s wrote or changed this note, and its words are theirs.', c.full_name),
      'Leave the row out, or ask them to change it.'
    ) end,
    record = r.record || case
      when c.is_of_source and c.author_id <> c.importer_id
        then jsonb_build_object('author_id', c.importer_id)
      else '{}'
    end,
    changes = r.changes || case
      when c.is_of_source and c.author_id <> c.importer_id
        then jsonb_build_object('author_id', jsonb_build_array(c.author_id, c.importer_id))
      else '{}'
    end
  from changed c where r.id = c.id
$$;
comment on function private.settle_changed_notes is
'Refuses changes of notes that a person wrote or changed, or that came from elsewhere; makes others the importer''s.';

create function private.judge_import_rows(import public.imports, row_ids uuid[]) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  kind_rows record;
begin
  perform private.reset_import_rows(import, row_ids);
  for kind_rows in
    select r.kind, array_agg(r.id) as ids from public.import_rows r
    where r.id = any(row_ids) and r.company_id = import.company_id group by r.place, r.kind order by r.place
  loop
    perform private.link_import_rows(import, kind_rows.ids);
    perform private.match_import_rows(import, kind_rows.ids);
    if kind_rows.kind = 'notes' then
      perform private.keep_note_words(import, kind_rows.ids);
    end if;
    perform private.compare_import_rows(import, kind_rows.kind, kind_rows.ids);
    if kind_rows.kind = 'notes' then
      perform private.settle_changed_notes(import, kind_rows.ids);
    end if;
  end loop;
end;
$$;
comment on function private.judge_import_rows is
'Gives staged records their verdict: customers first, since contacts and contracts of the same file hang on them.';

-- A plan made while the tables were empty, and kept by the connection, takes minutes on full ones.
create function private.check_import_rows(import uuid, most int, again boolean) returns int
language plpgsql volatile security definer set search_path = '' set plan_cache_mode = force_custom_plan
as $$
declare
  target constant public.imports := private.lock_import(import, array['staging', 'checked']);
  row_ids uuid[];
  unchecked int;
begin
  if again then
    update public.import_rows r set verdict = null where r.import_id = target.id and r.verdict = 'refused';
  end if;
  row_ids := array(
    select r.id from public.import_rows r
    where r.import_id = target.id and r.verdict is null and not r.is_dropped
    order by r.place, r.line limit least(greatest(most, 1), 20000));
  if not exists (select 1 from public.import_rows r where r.import_id = target.id and r.verdict is not null) then
    perform private.refresh_statistics('import_rows', array['company_id', 'import_id', 'kind']);
  end if;
  if cardinality(row_ids) > 0 then
    perform private.judge_import_rows(target, row_ids);
  end if;
  select count(*) into unchecked from public.import_rows r
  where r.import_id = target.id and r.verdict is null and not r.is_dropped;
  perform private.count_import_change(target.id, case when unchecked = 0 then 'checked' else 'staging' end);
  return unchecked;
end;
$$;
comment on function private.check_import_rows is 'See public.check_import_rows.';

create function public.check_import_rows(p_import_id uuid, p_most int default 1000, p_again boolean default false)
returns int
language sql volatile security invoker set search_path = ''
as $$ select private.check_import_rows(p_import_id, p_most, p_again) $$;
comment on function public.check_import_rows is
'Gives the next unchecked rows of an import their verdicts; p_again begins with those refused before. Returns how many '
'are left. Changes nothing but the staged rows.';

-- What was typed rests on the cells that were read: a row somebody else corrected meanwhile is not overwritten.
create function private.correct_import_rows(import uuid, corrected jsonb, revision int) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  target constant public.imports := private.lock_import(import, array['staging', 'checked']);
  unchecked int;
begin
  if target.revision is distinct from correct_import_rows.revision then
    raise sqlstate 'PT409' using message = 'Somebody else changed this import meanwhile.',
      hint = 'Look at the rows again; what you typed is still in the table.';
  end if;
  perform private.stage_import_rows(target.id, corrected);
  unchecked := private.check_import_rows(target.id, 1000, true);
  return jsonb_build_object(
    'unchecked', unchecked,
    'refused', (
      select count(distinct r.line) from public.import_rows r
      where r.import_id = target.id and r.verdict = 'refused'
        and r.line in (select (c ->> 'line')::int from jsonb_array_elements(corrected) c)));
end;
$$;
comment on function private.correct_import_rows is 'See public.correct_import_rows.';

create function public.correct_import_rows(p_import_id uuid, p_rows jsonb, p_revision int) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.correct_import_rows(p_import_id, p_rows, p_revision) $$;
comment on function public.correct_import_rows is
'Replaces rows of an import, as stage_import_rows takes them, and checks them and all refused ones again (1,000 at once). '
'Returns how many are left unchecked, and on how many of these lines a row is still refused. Raises PT409 for an earlier '
'revision.';

grant execute on function private.check_import_rows, public.check_import_rows to authenticated, service_role;
grant execute on function private.correct_import_rows, public.correct_import_rows to authenticated, service_role;
