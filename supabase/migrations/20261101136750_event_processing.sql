-- What the worker does with events that were received: weeks of usage, and customers that became known.

create function private.event_seats(customer uuid, week date) returns int
language sql stable security definer set search_path = ''
as $$
  select coalesce(
    (
      select c.seats from public.contracts c
      where c.customer_id = customer and c.starts_on <= week + 6 and c.ends_on >= week
      order by c.starts_on desc, c.id limit 1
    ),
    (
      select u.seats from public.usage_weeks u
      where u.customer_id = customer and u.week_starts_on <= week order by u.week_starts_on desc limit 1
    )
  )
$$;
comment on function private.event_seats is
'Seats in a week: of the contract then, else of the latest week known; null if neither is known.';

-- Numbers only grow: a file that brought the same week may know of days before the first event.
create function private.roll_up_usage_week(company uuid, customer uuid, week date) returns void
language sql volatile security definer set search_path = ''
as $$
  insert into public.usage_weeks as u
  (company_id, customer_id, week_starts_on, active_users, seats, logins, key_actions)
  select
    company, customer, week,
    count(distinct e.user_hash) filter (where e.logins > 0 or e.key_actions > 0),
    s.seats,
    least(coalesce(sum(e.logins) filter (where private.utc_day(e.happened_at) >= week), 0), 2147483647),
    least(coalesce(sum(e.key_actions) filter (where private.utc_day(e.happened_at) >= week), 0), 2147483647)
  from private.received_events e cross join (select private.event_seats(customer, week)) s (seats)
  where
    e.customer_id = customer and e.company_id = company and e.kind = 'usage'
    and private.utc_day(e.happened_at) between week - 21 and week + 6
    and s.seats is not null
  group by s.seats
  on conflict (customer_id, week_starts_on) do update
    set
      active_users = greatest(u.active_users, excluded.active_users),
      logins = greatest(u.logins, excluded.logins),
      key_actions = greatest(u.key_actions, excluded.key_actions)
$$;
comment on function private.roll_up_usage_week is 'Writes a week of usage from the events of a customer.';

-- A week waits until it has begun, and until its seats are known: of a contract, or of an earlier week.
create function private.roll_up_events(most int) returns int
language plpgsql volatile security definer set search_path = ''
as $$
declare
  due record;
  done int := 0;
begin
  perform private.begin_change('event', null, null);
  for due in
    delete from private.usage_rollups r where (r.customer_id, r.week_starts_on) in (
      select o.customer_id, o.week_starts_on from private.usage_rollups o
      where o.week_starts_on <= private.utc_day(now()) and private.event_seats(o.customer_id, o.week_starts_on) is not null
      order by o.customer_id, o.week_starts_on limit least(greatest(most, 1), 5000) for update skip locked)
    returning r.*
  loop
    perform private.roll_up_usage_week(due.company_id, due.customer_id, due.week_starts_on);
    done := done + 1;
  end loop;
  return done;
end;
$$;
comment on function private.roll_up_events is 'See public.roll_up_events.';

create function public.roll_up_events(p_most int default 500) returns int
language sql volatile security invoker set search_path = '' as $$ select private.roll_up_events(p_most) $$;
comment on function public.roll_up_events is
'Worker only: writes weeks of usage for which events came; how many. Several workers may call it.';

create function private.match_waiting_events(most int) returns int
language plpgsql volatile security definer set search_path = ''
as $$
declare
  due record;
  waiting record;
  matched text[];
  done int := 0;
begin
  perform private.begin_change('event', null, null);
  for due in
    select u.company_id, u.name, c.id as customer
    from (
      select distinct e.company_id, private.event_customer_name(e.waiting_event) as name
      from private.received_events e where e.waiting_event is not null) u
    cross join lateral private.find_event_customer(u.company_id, u.name) c (id)
    where c.id is not null order by u.company_id, u.name limit least(greatest(most, 1), 500)
  loop
    perform pg_advisory_xact_lock(hashtextextended('events ' || due.company_id, 0));
    matched := '{}';
    for waiting in
      select e.event_id, e.kind, e.waiting_event from private.received_events e
      where e.company_id = due.company_id and e.waiting_event is not null and private.event_customer_name(e.waiting_event) = due.name
      order by e.happened_at, e.event_id for update
    loop
      if waiting.kind = 'ticket' then
        perform private.write_ticket_event(due.company_id, due.customer, waiting.waiting_event);
      end if;
      matched := matched || waiting.event_id;
    end loop;
    update private.received_events e set customer_id = due.customer, waiting_event = null
    where e.company_id = due.company_id and e.event_id = any(matched);
    perform private.queue_usage_weeks(due.company_id, matched);
    done := done + cardinality(matched);
  end loop;
  return done;
end;
$$;
comment on function private.match_waiting_events is 'See public.match_waiting_events.';

create function public.match_waiting_events(p_most int default 500) returns int
language sql volatile security invoker set search_path = '' as $$ select private.match_waiting_events(p_most) $$;
comment on function public.match_waiting_events is
'Worker only: gives events that wait to their customers, of up to p_most that are known since; how many events.';

create function private.list_unknown_event_customers(p_first int, p_most int) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.require_admin('Only admins can see events that wait.');
  most constant int := least(greatest(p_most, 1), 1000);
begin
  return (
    select jsonb_build_object('total', coalesce(max(u.total), 0), 'customers', coalesce(jsonb_agg(jsonb_build_object(
      'source', u.name ->> 'source', 'customer_id', u.name ->> 'customer_id',
      'customer_domain', u.name ->> 'customer_domain', 'events', u.events, 'last_received_at', u.last_received_at,
      'customers_of_domain', (
        select count(*) from public.customers c
        where c.company_id = me.company_id and c.domain = lower(u.name ->> 'customer_domain')
          and c.status <> 'archived')) order by u.place)
      filter (where u.place > p_first and u.place - p_first <= most), '[]'))
    from (
      select
        n.*, count(*) over () as total, row_number() over (order by n.events desc, n.name) as place
      from (
        select
          private.event_customer_name(e.waiting_event) as name, count(*) as events,
          max(e.received_at) as last_received_at
        from private.received_events e where e.company_id = me.company_id and e.waiting_event is not null
        group by 1) n) u);
end;
$$;
comment on function private.list_unknown_event_customers is 'See public.list_unknown_event_customers.';

create function public.list_unknown_event_customers(p_first int default 0, p_most int default 50) returns jsonb
language sql stable security invoker set search_path = ''
as $$ select private.list_unknown_event_customers(greatest(coalesce(p_first, 0), 0), coalesce(p_most, 50)) $$;
comment on function public.list_unknown_event_customers is
'The customers that waiting events of the caller''s company name, those with most events first: the number of all, and '
'p_most of them (up to 1,000) without the first p_first; how many customers have the named domain, since of two neither '
'is meant. Raises PT403.';

create function private.delete_old_events(most int) returns int
language plpgsql volatile security definer set search_path = ''
as $$
declare
  deleted int;
begin
  delete from private.received_events e where (e.company_id, e.event_id) in (
    select o.company_id, o.event_id from private.received_events o
    where o.received_at < now() - interval '60 days' order by o.received_at
    limit least(greatest(most, 1), 50000) for update skip locked);
  get diagnostics deleted = row_count;
  delete from private.usage_rollups r where r.week_starts_on < private.utc_day(now()) - 39;
  return deleted;
end;
$$;
comment on function private.delete_old_events is 'See public.delete_old_events.';

create function public.delete_old_events(p_most int default 5000) returns int
language sql volatile security invoker set search_path = '' as $$ select private.delete_old_events(p_most) $$;
comment on function public.delete_old_events is
'Worker only: deletes events received 60 days ago, whose moments are no longer accepted; how many.';

grant execute on function
private.list_unknown_event_customers, public.list_unknown_event_customers to authenticated;
grant execute on function private.roll_up_events, public.roll_up_events,
private.match_waiting_events, public.match_waiting_events,
private.delete_old_events, public.delete_old_events to service_role;
