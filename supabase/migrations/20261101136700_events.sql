-- Events that a company's systems send: usage of the product, and tickets. The token alone says which company. A ticket
-- is written at once; usage is kept for 60 days, and rolled up into weeks by the worker. Events of a customer nobody
-- knows wait until there is one of that name.

create table private.received_events (
  id uuid not null default gen_random_uuid(),
  company_id uuid not null,
  event_id text not null check (length(event_id) between 1 and 200),
  content_hash bytea not null check (length(content_hash) = 32),
  kind text not null check (kind in ('usage', 'ticket')),
  customer_id uuid,
  waiting_event jsonb check (private.is_readable_json(waiting_event) and jsonb_typeof(waiting_event) = 'object'),
  happened_at private.moment not null,
  user_hash bytea check (length(user_hash) = 32),
  logins int check (logins >= 0),
  key_actions int check (key_actions >= 0),
  ticket_number text check (length(ticket_number) <= 200),
  received_at private.moment not null default now(),
  primary key (company_id, event_id),
  foreign key (customer_id, company_id) references public.customers (id, company_id) on delete cascade,
  check ((customer_id is null) = (waiting_event is not null)),
  check ((kind = 'usage') = (user_hash is not null and logins is not null and key_actions is not null)),
  check ((kind = 'ticket') = (ticket_number is not null))
);
comment on table private.received_events is 'An event that was accepted; its id is not accepted again.';
comment on column private.received_events.id is 'Identity of the row.';
comment on column private.received_events.company_id is 'Tenant.';
comment on column private.received_events.event_id is 'Id the sender gave it.';
comment on column private.received_events.content_hash is
'SHA-256 of the event, to tell a repetition from another event under the same id.';
comment on column private.received_events.kind is 'usage or ticket.';
comment on column private.received_events.customer_id is 'The customer it is about; null while nobody knows it.';
comment on column private.received_events.waiting_event is
'The event as it came, without the user, while it waits for its customer; else null.';
comment on column private.received_events.happened_at is 'When it happened, as the sender says.';
comment on column private.received_events.user_hash is
'SHA-256 of company and user, to count people without knowing them; null for a ticket.';
comment on column private.received_events.logins is 'Sign-ins it stands for; null for a ticket.';
comment on column private.received_events.key_actions is 'Uses of the core of the product; null for a ticket.';
comment on column private.received_events.ticket_number is 'Number of the ticket; null for usage.';
comment on column private.received_events.received_at is 'When it was accepted.';
create index received_events_usage on private.received_events (customer_id, company_id, happened_at);
create index received_events_ticket on private.received_events (company_id, ticket_number, happened_at desc)
where ticket_number is not null;
create index received_events_received on private.received_events (received_at);
create index received_events_waiting on private.received_events (company_id) where waiting_event is not null;
alter table private.received_events enable row level security;
revoke all on private.received_events from anon, authenticated;

create table private.usage_rollups (
  company_id uuid not null,
  customer_id uuid not null,
  week_starts_on private.day not null,
  primary key (customer_id, week_starts_on),
  foreign key (customer_id, company_id) references public.customers (id, company_id) on delete cascade
);
comment on table private.usage_rollups is 'A week of a customer that the worker has to roll up.';
comment on column private.usage_rollups.company_id is 'Tenant.';
comment on column private.usage_rollups.customer_id is 'The customer.';
comment on column private.usage_rollups.week_starts_on is 'Monday of the week, in UTC.';
create index usage_rollups_customer on private.usage_rollups (customer_id, company_id);
alter table private.usage_rollups enable row level security;
revoke all on private.usage_rollups from anon, authenticated;

create function private.parse_event_moment(value text) returns timestamptz
language plpgsql stable strict set search_path = ''
as $$
begin
  return case when value ~ '^2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$' then value::timestamptz end;
exception when datetime_field_overflow or invalid_datetime_format or invalid_time_zone_displacement_value then
  return null;
end;
$$;
comment on function private.parse_event_moment is 'A moment from ISO 8601 with its offset; null for anything else.';

create function private.find_event_customer(company uuid, event jsonb) returns uuid
language sql stable security definer set search_path = ''
as $$
  select c.id from public.customers c
  where c.company_id = company and c.status <> 'archived' and c.id = coalesce(
    (
      select x.row_id from public.external_ids x
      where
        x.company_id = company and x.table_name = 'customers'
        and x.source = event ->> 'source' and x.external_id = event ->> 'customer_id'
    ),
    (
      select min(d.id::text)::uuid from public.customers d
      where d.company_id = company and d.domain = lower(event ->> 'customer_domain') and d.status <> 'archived'
      having count(*) = 1
    )
  )
$$;
comment on function private.find_event_customer is
'The customer of an event: by the id in its source, else by a domain that only one customer has; null for none.';

create function private.event_error(event jsonb, scopes text[]) returns text
language sql stable set search_path = ''
as $$
  select case
    when jsonb_typeof(event) <> 'object' then 'An event is an object.'
    when coalesce(length(event ->> 'id') not between 1 and 200, true) then 'id is a text of 1 to 200 characters.'
    when
      jsonb_path_exists(event, '$.* ? (@.type() == "object" || @.type() == "array")')
      or exists (select 1 from jsonb_each_text(event) f where length(f.value) > 500)
      then 'Its fields are texts of at most 500 characters, numbers, true or false.'
    when exists (
      select 1 from jsonb_object_keys(event) f (name)
      where f.name <> all(array[
        'id', 'type', 'happened_at', 'source', 'customer_id', 'customer_domain', 'user', 'logins', 'key_actions',
        'number', 'title', 'priority', 'status', 'opened_on', 'solved_on', 'satisfied'
      ])
    ) then 'It has a field that no event has.'
    when coalesce(event ->> 'type' not in ('usage', 'ticket'), true) then 'type is usage or ticket.'
    when case event ->> 'type' when 'ticket' then 'tickets' else 'usage' end <> all(scopes)
      then 'This token may not send events of this type.'
    when private.parse_event_moment(event ->> 'happened_at') is null
      then 'happened_at is a moment with its offset, as 2026-11-02T08:30:00Z.'
    when
      private.parse_event_moment(event ->> 'happened_at') not between now() - interval '28 days'
      and now() + interval '1 hour' then 'happened_at is in the last 28 days.'
    when
      coalesce(event ->> 'customer_domain', '') = ''
      and (coalesce(event ->> 'customer_id', '') = '' or coalesce(event ->> 'source', '') = '')
      then 'Name the customer: customer_id with source, or customer_domain.'
    when event ->> 'type' = 'usage'
      then
        case
          when coalesce(length(event ->> 'user') not between 1 and 200, true)
            then 'user is a text of 1 to 200 characters.'
          when coalesce(event ->> 'logins', '0') !~ '^\d{1,6}$' or coalesce(event ->> 'key_actions', '0') !~ '^\d{1,6}$'
            then 'logins and key_actions are whole numbers below 1,000,000.'
        end
    when coalesce(length(event ->> 'number') not between 1 and 200, true)
      then 'number is a text of 1 to 200 characters.'
    when private.is_blank(event ->> 'title') then 'title is a text of 1 to 500 characters.'
    when coalesce(event ->> 'priority' not in ('p1', 'p2', 'p3', 'p4'), true) then 'priority is p1, p2, p3 or p4.'
    when coalesce(event ->> 'status' not in ('open', 'pending', 'solved'), true)
      then 'status is open, pending or solved.'
    when coalesce(jsonb_typeof(event -> 'satisfied') not in ('boolean', 'null'), false)
      then 'satisfied is true or false.'
    when private.parse_day(event ->> 'opened_on') is null then 'opened_on is a day, as 2026-11-02.'
    when
      (event ->> 'status' = 'solved') <> (event ->> 'solved_on' is not null)
      or (event ->> 'solved_on' is not null and private.parse_day(event ->> 'solved_on') is null)
      then 'solved_on is a day of a solved ticket, and of no other.'
    when private.parse_day(event ->> 'solved_on') < private.parse_day(event ->> 'opened_on')
      then 'solved_on is not before opened_on.'
  end
$$;
comment on function private.event_error is 'Why an event is refused, as a sentence; null if it is right.';

create function private.write_ticket_event(company uuid, customer uuid, event jsonb) returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  if exists (
    select 1 from private.received_events r
    where r.company_id = company and r.ticket_number = event ->> 'number' and r.customer_id is not null
      and r.happened_at > private.parse_event_moment(event ->> 'happened_at')) then
    return; -- a later state arrived first
  end if;
  insert into public.tickets as t
    (company_id, customer_id, number, title, priority, status, opened_on, solved_on, satisfied)
  values (
    company, customer, event ->> 'number', event ->> 'title', event ->> 'priority', event ->> 'status',
    private.parse_day(event ->> 'opened_on'), private.parse_day(event ->> 'solved_on'),
    (event ->> 'satisfied')::boolean)
  on conflict (company_id, number) do update
  set customer_id = excluded.customer_id, title = excluded.title, priority = excluded.priority,
    status = excluded.status, opened_on = excluded.opened_on, solved_on = excluded.solved_on,
    satisfied = excluded.satisfied;
end;
$$;
comment on function private.write_ticket_event is 'Writes the state of a ticket, unless a later one was written.';

create function private.event_customer_name(event jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
  select jsonb_strip_nulls(jsonb_build_object(
    'source', event ->> 'source', 'customer_id', event ->> 'customer_id',
    'customer_domain', lower(event ->> 'customer_domain')))
$$;
comment on function private.event_customer_name is 'How an event names its customer.';

create function private.store_event(company uuid, event jsonb, scopes text[], may_wait boolean) returns text
language plpgsql volatile security definer set search_path = ''
as $$
declare
  error constant text := private.event_error(event, scopes);
  content constant bytea := sha256(convert_to(event::text, 'UTF8'));
  customer constant uuid := case when error is null then private.find_event_customer(company, event) end;
  is_usage constant boolean := event ->> 'type' = 'usage';
begin
  if error is not null then
    return error;
  elsif customer is null and not may_wait then
    return 'No customer has this customer_id in this source, or this customer_domain, and too many events wait already.';
  end if;
  insert into private.received_events
    (company_id, event_id, content_hash, kind, customer_id, waiting_event, happened_at, user_hash, logins, key_actions,
      ticket_number)
  values (
    company, event ->> 'id', content, event ->> 'type', customer, case when customer is null then event - 'user' end,
    private.parse_event_moment(event ->> 'happened_at'),
    case when is_usage then sha256(convert_to(company::text || ' ' || (event ->> 'user'), 'UTF8')) end,
    case when is_usage then coalesce((event ->> 'logins')::int, 0) end,
    case when is_usage then coalesce((event ->> 'key_actions')::int, 0) end,
    case when not is_usage then event ->> 'number' end)
  on conflict (company_id, event_id) do nothing;
  if not found then
    return coalesce((
      select 'An event with this id and another content came before.' from private.received_events r
      where r.company_id = company and r.event_id = event ->> 'id' and r.content_hash <> content), 'duplicate');
  elsif customer is null then
    return 'waiting';
  elsif not is_usage then
    perform private.write_ticket_event(company, customer, event);
  end if;
  return 'accepted';
end;
$$;
comment on function private.store_event is
'Stores an event: accepted, waiting for its customer, duplicate, or the sentence why it is refused.';

-- Active users are those of 28 days: an event counts in its own week and the three after it, also those to come. Of a
-- week that is queued already the row is locked, so that a worker leaves it until these events are committed.
create function private.queue_usage_weeks(company uuid, event_ids text[]) returns void
language sql volatile security definer set search_path = ''
as $$
  insert into private.usage_rollups as r (company_id, customer_id, week_starts_on)
  select distinct e.company_id, e.customer_id, date_trunc('week', private.utc_day(e.happened_at))::date + 7 * n.later
  from private.received_events e cross join generate_series(0, 3) n (later)
  where e.company_id = company and e.event_id = any(event_ids) and e.kind = 'usage' and e.customer_id is not null
    -- Of an older week some events are deleted already (see delete_old_events): it would come out too small.
    and date_trunc('week', private.utc_day(e.happened_at))::date + 7 * n.later > private.utc_day(now()) - 39
  order by 2, 3
  on conflict (customer_id, week_starts_on) do update set company_id = excluded.company_id
$$;
comment on function private.queue_usage_weeks is 'Has the worker roll up the weeks in which these events count.';

-- A bucket of 20,000 events that fills by 200 a second. A request counts as ten events at least.
create function private.use_event_token(token text, events int) returns public.event_tokens
language plpgsql volatile security definer set search_path = ''
as $$
declare
  key private.event_token_keys;
  found_token public.event_tokens;
  cost constant interval := greatest(events, 10) * interval '5 milliseconds';
begin
  select * into key from private.event_token_keys k where k.token_hash = private.hash_event_token(token)
  for no key update;
  select * into found_token from public.event_tokens t where t.id = key.token_id and t.revoked_at is null;
  if found_token.id is null then
    raise sqlstate 'PT403' using message = 'This token is not valid.';
  elsif greatest(key.full_at, now()) + cost > now() + interval '100 seconds' then
    raise sqlstate 'PT429' using message = 'Too many events.', hint = 'Try again in a minute.';
  end if;
  update private.event_token_keys k
  set last_used_at = now(), full_at = greatest(k.full_at, now()) + cost where k.token_id = key.token_id;
  return found_token;
end;
$$;
comment on function private.use_event_token is
'The token of this text, with its allowance reduced. Raises PT403 for any text that is no valid token, PT429.';

create function private.receive_events(token text, events jsonb) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  sender public.event_tokens;
  event record;
  result text;
  waiting int;
  accepted text[] := '{}';
  duplicates int := 0;
  unknown jsonb[] := '{}';
  refused jsonb := '[]';
begin
  if jsonb_typeof(events) is distinct from 'array' or jsonb_array_length(events) not between 1 and 1000
    or length(events::text) > 2000000 or not private.is_readable_json(events) then
    raise sqlstate 'PT400' using message = 'Send a list of 1 to 1,000 events, at most 1 MB.';
  end if;
  sender := private.use_event_token(left(token, 200), jsonb_array_length(events));
  perform private.begin_change('event', sender.id, null);
  -- One request of a company at a time: two with the same tickets or weeks would wait for each other in a circle.
  perform pg_advisory_xact_lock(hashtextextended('events ' || sender.company_id, 0));
  waiting := (
    select count(*) from private.received_events r where r.company_id = sender.company_id and r.waiting_event is not null);
  for event in
    select e.value, e.place from jsonb_array_elements(events) with ordinality e (value, place) order by e.place
  loop
    result := private.store_event(
      sender.company_id, event.value, sender.scopes, waiting + cardinality(unknown) < 20000);
    case result
      when 'accepted' then accepted := accepted || (event.value ->> 'id');
      when 'waiting' then unknown := unknown || private.event_customer_name(event.value);
      when 'duplicate' then duplicates := duplicates + 1;
      else refused := refused || jsonb_build_object('position', event.place, 'reason', result);
    end case;
  end loop;
  perform private.queue_usage_weeks(sender.company_id, accepted);
  return jsonb_build_object(
    'accepted', cardinality(accepted), 'waiting', cardinality(unknown), 'duplicates', duplicates, 'refused', refused,
    'unknown_customers', coalesce((select jsonb_agg(distinct u.name) from unnest(unknown) u (name)), '[]'));
end;
$$;
comment on function private.receive_events is 'See public.receive_events.';

create function public.receive_events(p_token text, p_events jsonb) returns jsonb
language sql volatile security invoker set search_path = '' as $$ select private.receive_events(p_token, p_events) $$;
comment on function public.receive_events is
'Takes up to 1,000 events of the company whose token it is: how many were accepted, wait for their customer, or had '
'come before; the customers nobody knows; the refused ones by position (from 1) with the reason. Open to anon. Raises '
'PT400, PT403, PT429.';

grant execute on function private.receive_events, public.receive_events to anon, authenticated;
