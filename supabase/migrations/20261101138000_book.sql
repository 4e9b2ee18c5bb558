-- The book: the customers one may see, filtered, sorted and paged, with the count and the sums of all that match.

create type private.book_filter as (
  owners uuid [], segments text [], bands text [], status text, name text, has_run boolean,
  deadline_from date, deadline_until date, ends_from date, ends_until date, arr_from numeric, arr_to numeric
);
comment on type private.book_filter is
'Which customers of the book: null leaves a part open. Deadlines and ends are from the first day and before `until`.';

create function private.book_codes(filter jsonb, key text, known text[]) returns text[]
language plpgsql immutable set search_path = ''
as $$
declare
  codes text[];
begin
  if coalesce(jsonb_typeof(filter -> key), 'null') = 'null' then
    return null;
  end if;
  if jsonb_typeof(filter -> key) = 'array' then
    codes := array(select jsonb_array_elements_text(filter -> key));
  end if;
  if codes is null or not codes <@ known then
    raise sqlstate 'PT400' using message = format('The filter “%s” of the book cannot be read.', key);
  end if;
  return nullif(codes, '{}');
end;
$$;
comment on function private.book_codes is
'A list of codes in a filter of the book, all of them known; null for none. Raises PT400.';

create function private.book_number(filter jsonb, key text, low numeric, high numeric) returns numeric
language plpgsql immutable set search_path = ''
as $$
declare
  number numeric;
begin
  if coalesce(jsonb_typeof(filter -> key), 'null') = 'null' then
    return null;
  end if;
  if jsonb_typeof(filter -> key) = 'number' then
    number := (filter ->> key)::numeric;
  end if;
  if number is null or number not between low and high then
    raise sqlstate 'PT400' using message = format('The filter “%s” of the book cannot be read.', key);
  end if;
  return number;
end;
$$;
comment on function private.book_number is 'A number in a filter of the book; null for none. Raises PT400.';

create function private.book_month(filter jsonb, key text) returns date
language plpgsql immutable set search_path = ''
as $$
declare
  first_day date := private.parse_day((filter ->> key) || '-01');
begin
  if first_day is null and coalesce(jsonb_typeof(filter -> key), 'null') <> 'null' then
    raise sqlstate 'PT400' using message = format('The filter “%s” of the book cannot be read.', key);
  end if;
  return first_day;
end;
$$;
comment on function private.book_month is
'First day of a month (YYYY-MM) in a filter of the book; null for none. Raises PT400.';

create function private.book_owners(filter jsonb) returns uuid[]
language plpgsql stable security invoker set search_path = ''
as $$
declare
  owner constant text := filter ->> 'owner';
begin
  if owner is null or owner = 'team' then
    return null;
  elsif owner = 'mine' then
    return private.represented_people();
  elsif private.parse_uuid(owner) is null then
    raise sqlstate 'PT400' using message = 'The filter “owner” of the book cannot be read.';
  end if;
  return array[private.parse_uuid(owner)];
end;
$$;
comment on function private.book_owners is
'Owners a filter of the book means: mine (and whom one stands in for), team (all, null) or a person. Raises PT400.';

create function private.parse_book_filter(filter jsonb, today date) returns private.book_filter
language plpgsql stable security invoker set search_path = ''
as $$
declare
  known constant text[] := array[
    'owner', 'segments', 'bands', 'status', 'name', 'has_run', 'days_from', 'days_to', 'arr_from', 'arr_to',
    'deadline_month', 'end_month'];
  f private.book_filter;
  unknown text;
begin
  if coalesce(jsonb_typeof(filter), 'null') <> 'object' then
    raise sqlstate 'PT400' using message = 'The filter of the book cannot be read.';
  end if;
  unknown := (select min(k) from jsonb_object_keys(filter) k where k <> all (known));
  if unknown is not null then
    raise sqlstate 'PT400' using message = format('The book has no filter “%s”.', left(unknown, 60));
  elsif coalesce(jsonb_typeof(filter -> 'name'), 'null') not in ('null', 'string')
    or length(filter ->> 'name') > 200 then
    raise sqlstate 'PT400' using message = 'Search the book for at most 200 characters of a name.';
  elsif coalesce(jsonb_typeof(filter -> 'has_run'), 'null') not in ('null', 'boolean') then
    raise sqlstate 'PT400' using message = 'The filter “has_run” of the book cannot be read.';
  elsif coalesce(filter ->> 'status', 'active') not in ('active', 'churned') then
    raise sqlstate 'PT400' using message = 'The filter “status” of the book cannot be read.';
  end if;
  f.owners := private.book_owners(filter);
  f.segments := private.book_codes(filter, 'segments', array['smb', 'mid', 'enterprise']);
  f.bands := private.book_codes(filter, 'bands', array['green', 'yellow', 'red', 'none']);
  f.status := coalesce(filter ->> 'status', 'active');
  f.name := nullif(filter ->> 'name', '');
  f.has_run := (filter ->> 'has_run')::boolean;
  f.deadline_from := greatest(
    today + private.book_number(filter, 'days_from', -100000, 100000)::int,
    private.book_month(filter, 'deadline_month'));
  f.deadline_until := least(
    today + private.book_number(filter, 'days_to', -100000, 100000)::int + 1,
    (private.book_month(filter, 'deadline_month') + interval '1 month')::date);
  f.ends_from := private.book_month(filter, 'end_month');
  f.ends_until := (f.ends_from + interval '1 month')::date;
  f.arr_from := private.book_number(filter, 'arr_from', 0, 1e15);
  f.arr_to := private.book_number(filter, 'arr_to', 0, 1e15);
  return f;
end;
$$;
comment on function private.parse_book_filter is
'A filter of the book as the page sends it: owner, segments, bands, status, name, has_run, days_from and days_to (to '
'the notice deadline), arr_from, arr_to, deadline_month, end_month. Raises PT400 for any other key or value.';

create function private.find_book_customers(f private.book_filter)
returns table (
  id uuid, name text, owner_id uuid, owner_name text, segment text, status text, arr numeric,
  notice_deadline date, ends_on date, auto_renews boolean
)
language sql stable security invoker set search_path = ''
as $$
  select
    c.id, c.name, c.owner_id, o.full_name, c.segment, c.status, k.arr, k.notice_deadline, k.ends_on, k.auto_renews
  from public.customers c
  join public.profiles o on o.id = c.owner_id
  left join public.current_contracts k on k.customer_id = c.id
  where
    c.company_id = (select private.current_company_id()) and c.status = (f).status
    and ((f).owners is null or c.owner_id = any((f).owners))
    and ((f).segments is null or c.segment = any((f).segments))
    and ((f).name is null or position(lower((f).name) in lower(c.name)) > 0)
    and ((f).arr_from is null or k.arr >= (f).arr_from) and ((f).arr_to is null or k.arr <= (f).arr_to)
    and ((f).deadline_from is null or k.notice_deadline >= (f).deadline_from)
    and ((f).deadline_until is null or k.notice_deadline < (f).deadline_until)
    and ((f).ends_from is null or k.ends_on >= (f).ends_from and k.ends_on < (f).ends_until)
    and (
      (f).has_run is null or (f).has_run = exists (
        select 1 from public.workflow_executions e where e.customer_id = c.id and e.ended_at is null
      )
    )
$$;
comment on function private.find_book_customers is
'Customers of the caller''s company that a filter leaves, but for its health bands, with the contract in force.';

create function private.book_scores(today date, customers uuid[])
returns table (customer_id uuid, score int, band text, last_touch_on date, priority int)
language sql stable security invoker set search_path = ''
as $$
  select k.customer_id, k.health_score, k.health_band, k.last_touch_on, k.priority_score
  from private.read_scores(today, customers) k
$$;
comment on function private.book_scores is
'Health and priority of active customers today, and the day of the last contact.';

create function private.describe_book_run(customer uuid) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select
    jsonb_build_object(
      'execution_id', e.id, 'workflow_id', e.workflow_id, 'workflow_name', v.name, 'status', e.status,
      'due_on', e.due_on, 'others', count(*) over () - 1
    )
  from public.workflow_executions e join public.workflow_definition_versions v on v.id = e.definition_version_id
  where e.customer_id = customer and e.ended_at is null
  order by e.status = 'snoozed', e.due_on, e.started_at, e.id limit 1
$$;
comment on function private.describe_book_run is
'The open run of a customer that is due first, snoozed ones last, and how many others there are.';

create function private.describe_book_rows(rows jsonb, today date) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  with page as materialized (
    select r.row, (r.row ->> 'id')::uuid as id, r.place from jsonb_array_elements(rows) with ordinality r (row, place)
  ), ranked as materialized (
    select * from private.ranked_customers(array(select p.id from page p), today)
  )
  select
    coalesce(jsonb_agg(
      p.row || jsonb_build_object(
        'run', private.describe_book_run(p.id),
        'risk', (
          select x.reason ->> 'sentence' from jsonb_array_elements(k.reasons) x (reason)
          where x.reason ->> 'kind' = k.leading_signal limit 1
        ),
        'workflow_id', k.workflow_id,
        'next_term_on', (
          select min(n.starts_on) from public.contracts n where n.customer_id = p.id and n.starts_on > today
        ),
        'renewal_quarter', (
          select q.label
          from
            private.quarter_of_day(
              (p.row ->> 'ends_on')::date,
              (select private.fiscal_year_start_month((select private.current_company_id())))
            ) q
        )
      ) order by p.place
    ), '[]')
  from page p left join ranked k on k.customer_id = p.id
$$;
comment on function private.describe_book_rows is
'Rows of a page of the book with what only the rows on screen need: run, first reason of risk, suggested workflow, '
'agreed next term and the fiscal quarter of the renewal date.';

create function public.book(
  p_filter jsonb default '{}', p_sort text default 'deadline', p_descending boolean default false,
  p_first int default 0, p_most int default 50
) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  today constant date := private.today();
  first constant int := greatest(0, coalesce(p_first, 0));
  most constant int := greatest(1, least(coalesce(p_most, 50), 1000));
  descending constant boolean := coalesce(p_descending, false);
  f private.book_filter;
  found jsonb;
begin
  perform private.require_member();
  f := private.parse_book_filter(p_filter, today);
  if p_sort is null or p_sort <> all (
    array['name', 'owner', 'segment', 'arr', 'health', 'deadline', 'last_contact', 'priority']) then
    raise sqlstate 'PT400' using message = format('The book cannot be sorted by “%s”.', left(p_sort, 60));
  end if;
  with matching as materialized (
    select * from private.find_book_customers(f)
  ), scored as materialized (
    select
      m.*, s.score as health_score, s.band as health_band, s.last_touch_on as last_contact_on, s.priority,
      m.notice_deadline - today as days_left
    from matching m
    left join private.book_scores(today, array(select x.id from matching x)) s on s.customer_id = m.id
    where f.bands is null or coalesce(s.band, 'none') = any (f.bands)
  ), keyed as (
    select
      s.*,
      case p_sort
        when 'arr' then s.arr when 'health' then s.health_score when 'deadline' then s.days_left
        when 'last_contact' then s.last_contact_on - today
        when 'priority' then s.priority
        when 'segment' then array_position(array['smb', 'mid', 'enterprise'], s.segment)
      end as number,
      case p_sort when 'name' then lower(s.name) when 'owner' then lower(s.owner_name) end as words
    from scored s
  ), page as (
    select k.* from keyed k
    order by
      case when not descending then k.number end, case when descending then k.number end desc nulls last,
      case when not descending then k.words end, case when descending then k.words end desc nulls last,
      lower(k.name), k.id
    offset first limit most
  )
  select jsonb_build_object(
    'total', count(*), 'arr', sum(s.arr), 'at_risk', count(*) filter (where s.health_band = private.at_risk_band()),
    'arr_at_risk', coalesce(sum(s.arr) filter (where s.health_band = private.at_risk_band()), 0),
    'without_health', count(*) filter (where s.health_band is null),
    'rows', (select coalesce(jsonb_agg(to_jsonb(p) - '{number,words}'::text[]), '[]') from page p))
  into found from scored s;
  return found || jsonb_build_object(
    'today', today, 'rows', private.describe_book_rows(found -> 'rows', today),
    'owners', (
      select coalesce(jsonb_agg(jsonb_build_object('id', o.id, 'name', o.full_name) order by o.full_name, o.id), '[]')
      from public.profiles o
      where o.company_id = (select private.current_company_id())
        and exists(select 1 from public.customers c where c.owner_id = o.id)));
end;
$$;
comment on function public.book is
'The book: p_most (up to 1,000) customers of a filter without the first p_first, by name, owner, segment, arr, health, '
'deadline, last_contact or priority (those without a value last); count, ARR and what is at risk of all that match; '
'who owns customers. docs/data-model.md has the filter.';

create function public.book_renewals(p_filter jsonb default '{}', p_months int default 12) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  today constant date := private.today();
  first_month constant date := date_trunc('month', today)::date;
  months constant int := greatest(1, least(coalesce(p_months, 12), 60));
  end_of_months constant date := (first_month + make_interval(months => months))::date;
  f private.book_filter;
begin
  perform private.require_member();
  f := private.parse_book_filter(p_filter, today);
  return (
    with matching as materialized (
      select * from private.find_book_customers(f)
    ), scored as materialized (
      select m.id, m.arr, m.notice_deadline, m.ends_on, s.band
      from matching m
      left join private.book_scores(today, array(select x.id from matching x)) s on s.customer_id = m.id
      where f.bands is null or coalesce(s.band, 'none') = any (f.bands)
    ), dates as (
      select s.*, d.side, d.day, date_trunc('month', d.day)::date as month
      from scored s
      cross join lateral (values ('deadline', s.notice_deadline), ('end', s.ends_on)) d (side, day)
    ), sums as (
      select
        d.side, d.month, count(*) as customers, coalesce(sum(d.arr), 0) as arr,
        count(*) filter (where d.band = private.at_risk_band()) as at_risk,
        coalesce(sum(d.arr) filter (where d.band = private.at_risk_band()), 0) as arr_at_risk
      from dates d
      where d.day >= first_month and d.day < end_of_months
      group by d.side, d.month
    )
    select jsonb_build_object(
      'today', today,
      'quarters', private.fiscal_quarters(private.current_company_id(), first_month, end_of_months - 1),
      'earlier', (select count(*) from scored s where s.notice_deadline < first_month),
      'later', (select count(*) from scored s where s.notice_deadline >= end_of_months),
      'without_contract', (select count(*) from scored s where s.notice_deadline is null),
      'months', (
        select jsonb_agg(jsonb_build_object(
          'month', to_char(m.day, 'YYYY-MM'),
          'deadlines', (select to_jsonb(x) from sums x where (x.side, x.month) = ('deadline', m.day::date)),
          'ends', (select to_jsonb(x) from sums x where (x.side, x.month) = ('end', m.day::date))) order by m.day)
        from generate_series(first_month, end_of_months - 1, interval '1 month') m (day))));
end;
$$;
comment on function public.book_renewals is
'Customers of a filter of the book by the months of their notice deadlines and of their renewal dates, from this '
'month on: how many, their ARR, and what of it is at risk; the fiscal quarters of these months; how many deadlines '
'are earlier or later.';

grant execute on function private.book_codes, private.book_number, private.book_month, private.book_owners,
private.parse_book_filter, private.find_book_customers, private.book_scores, private.describe_book_run,
private.describe_book_rows, public.book, public.book_renewals to authenticated;
