-- Putting a run away until a day or a signal, and bringing it back. Due is derived when read; waking materialises it.

create table public.workflow_snoozes (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  execution_id uuid not null,
  customer_id uuid not null,
  snoozed_by uuid not null,
  reason private.reason not null,
  until_at timestamptz,
  is_backstop boolean not null default false,
  signal private.signal,
  already_left uuid[] not null default '{}',
  due_before date,
  due_after date,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  ended_by private.snooze_end,
  woke_because text,
  woke_revision int,
  check (until_at is not null or signal is not null),
  check ((ended_at is null) = (ended_by is null)),
  foreign key (execution_id, company_id) references public.workflow_executions (id, company_id),
  foreign key (snoozed_by, company_id) references public.profiles (id, company_id)
);
comment on table public.workflow_snoozes is 'Each time a run was put away: until when or until what, why, and how it came back.';
comment on column public.workflow_snoozes.id is 'Identity of the snooze.';
comment on column public.workflow_snoozes.company_id is 'Tenant.';
comment on column public.workflow_snoozes.execution_id is 'The run put away.';
comment on column public.workflow_snoozes.customer_id is 'The customer of the run; a run keeps its customer, so its key holds this one.';
comment on column public.workflow_snoozes.snoozed_by is 'Who put it away.';
comment on column public.workflow_snoozes.reason is 'Why, in words.';
comment on column public.workflow_snoozes.until_at is 'The moment it comes back: 09:00 of the chosen day where the person is; null when only the signal decides.';
comment on column public.workflow_snoozes.is_backstop is 'True when until_at was not chosen but set a week before the notice deadline (tomorrow, when it is nearer), so that a signal that never comes costs no deadline.';
comment on column public.workflow_snoozes.signal is 'What brings it back: kind (health_below, new_ticket, notice_within, contact_left, note_mentions) and its value.';
comment on column public.workflow_snoozes.already_left is 'Contacts who had left before; only others are a signal.';
comment on column public.workflow_snoozes.due_before is 'Due date of the run before; null when it did not move.';
comment on column public.workflow_snoozes.due_after is 'Due date of the run since; null when it did not move.';
comment on column public.workflow_snoozes.created_at is 'When it was put away.';
comment on column public.workflow_snoozes.ended_at is 'When it ended; null while it lasts.';
comment on column public.workflow_snoozes.ended_by is 'What ended it: the date, the signal, a person, or the action that followed.';
comment on column public.workflow_snoozes.woke_because is 'The sentence why it came back.';
comment on column public.workflow_snoozes.woke_revision is 'Revision of the run as it woke: while they are equal nobody has worked on it since.';
create unique index workflow_snoozes_one_open on public.workflow_snoozes (execution_id) where ended_at is null;
create index workflow_snoozes_execution on public.workflow_snoozes (execution_id, company_id, created_at desc);
create index workflow_snoozes_person on public.workflow_snoozes (snoozed_by, company_id);

alter table public.workflow_snoozes enable row level security;
revoke all on public.workflow_snoozes from anon, authenticated;
grant select on public.workflow_snoozes to authenticated;
grant select, insert, update, delete on public.workflow_snoozes to service_role;
create policy "members read their company's snoozes" on public.workflow_snoozes
for select to authenticated using (company_id = (select private.my_company()));

create function private.end_snooze(execution uuid, company uuid, action text, because text, revision int) returns void
language sql volatile security definer set search_path = ''
as $$
  update public.workflow_snoozes s
  set ended_at = now(),
      ended_by = case when action = 'wake' then coalesce(nullif(current_setting('zen.woken_by', true), ''), 'person') else coalesce(action, 'operator') end,
      woke_because = because,
      woke_revision = case when action = 'wake' then end_snooze.revision end
  where s.execution_id = execution and s.company_id = company and s.ended_at is null
$$;
comment on function private.end_snooze is 'Ends the snooze a run leaves, with what ended it.';

create function private.holds_word(body text, word text) returns boolean
language sql immutable set search_path = ''
as $$
  select case
    when word ~ '^[[:alnum:]]+$' and word ~ '^[ -~]+$' then lower(body) ~ ('\m' || lower(word) || '\M')
    else strpos(lower(body), lower(word)) > 0
  end
$$;
comment on function private.holds_word is 'True when a text mentions a word: as a whole word where it is plain letters, anywhere otherwise.';

-- Why a snooze is over, asked of all open ones (or of those runs only). A date comes before a signal.
create function private.due_snoozes(as_of timestamptz, among uuid[] default null)
returns table (snooze_id uuid, execution_id uuid, woken_by text, because text)
language sql stable security invoker set search_path = ''
as $$
  with open as (
    select s.*, as_of::date as today from public.workflow_snoozes s
    where s.ended_at is null and (among is null or s.execution_id = any (among))
      and (s.until_at <= as_of or s.signal is not null)
  ),
  dated as (
    select o.id, o.execution_id, 'date', case when o.is_backstop then 'The notice deadline is near, and the signal has not come.'
      else format('The day you chose has come: %s.', to_char(o.until_at at time zone p.time_zone, 'FMDD FMMonth')) end as because
    from open o join public.profiles p on p.id = o.snoozed_by
    where o.until_at <= as_of
  ),
  signalled as (
    select o.id, o.execution_id, o.customer_id, o.created_at, o.already_left, o.today, o.signal ->> 'kind' as kind, o.signal ->> 'value' as value
    from open o where o.signal is not null and (o.until_at is null or o.until_at > as_of)
  ),
  health as (
    select h.customer_id, h.score
    from private.health_points(array[as_of::date], array(select s.customer_id from signalled s where s.kind = 'health_below')) h
  ),
  met as (
    select s.id, s.execution_id, 'signal', format('Health is %s, below %s.', h.score, s.value) as because
    from signalled s join health h on h.customer_id = s.customer_id
    where s.kind = 'health_below' and h.score < s.value::int
    union all
    select s.id, s.execution_id, 'signal', x.because from signalled s cross join lateral (
      select format('A new %s ticket: “%s”.', upper(t.priority), left(t.title, 120)) as because
      from public.tickets t
      where t.customer_id = s.customer_id and t.created_at > s.created_at and t.priority = any (string_to_array(s.value, ','))
      order by t.priority, t.created_at limit 1) x
    where s.kind = 'new_ticket'
    union all
    select s.id, s.execution_id, 'signal', case k.notice_deadline - s.today when 0 then 'The notice deadline is today.' when 1 then 'The notice deadline is tomorrow.'
      else format('The notice deadline is in %s days.', k.notice_deadline - s.today) end
    from signalled s join public.current_contracts k on k.customer_id = s.customer_id
    where s.kind = 'notice_within' and k.notice_deadline - s.today between 0 and s.value::int
    union all
    select s.id, s.execution_id, 'signal', x.because from signalled s cross join lateral (
      select format('%s, %s, left.', c.name, replace(c.role, '_', ' ')) as because
      from public.contacts c
      where c.customer_id = s.customer_id and c.status = 'left' and not c.id = any (s.already_left)
      order by c.left_on desc nulls last, c.name limit 1) x
    where s.kind = 'contact_left'
    union all
    select s.id, s.execution_id, 'signal', x.because from signalled s cross join lateral (
      select format('A note of %s mentions “%s”.', to_char(n.happened_on, 'FMDD FMMonth'), s.value) as because
      from public.notes n
      where n.customer_id = s.customer_id and n.created_at > s.created_at and private.holds_word(n.body, s.value)
      order by n.created_at limit 1) x
    where s.kind = 'note_mentions'
  )
  select * from dated union all select * from met
$$;
comment on function private.due_snoozes is 'Snoozes that are over as of a moment and not yet ended, of those one may see, with the sentence why.';

create function private.wake(execution uuid, snooze uuid, woken_by text, because text) returns boolean
language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform 1 from public.workflow_executions e where e.id = execution and e.status = 'snoozed' for no key update skip locked;
  if not found or not exists (select 1 from public.workflow_snoozes s where s.execution_id = execution and s.id = snooze and s.ended_at is null) then
    return false;
  end if;
  perform set_config('zen.woken_by', woken_by, true), private.begin_action('wake', jsonb_build_object('because', because, 'by', woken_by));
  update public.workflow_executions e set status = 'active', revision = e.revision + 1 where e.id = execution;
  return true;
end;
$$;
comment on function private.wake is 'Brings a run back from a snooze, with the sentence why; false when that snooze has ended or somebody holds the run. For functions that have checked who asks.';

-- Candidates first, each taken by itself then: to lock them in the query that looks for them would look again for each
-- one another worker took meanwhile. In any order, so that workers do not queue for the same ones.
create function private.wake_due(most int) returns int
language plpgsql volatile security definer set search_path = ''
as $$
declare
  company constant uuid := private.my_company();
  woken int := 0;
  due record;
begin
  if auth.uid() is not null and company is null then
    return 0;
  end if;
  for due in
    select d.execution_id, d.snooze_id, d.woken_by, d.because
    from private.due_snoozes(clock_timestamp(), null) d
    where company is null or exists (select 1 from public.workflow_snoozes s where s.id = d.snooze_id and s.company_id = company)
    order by random()
  loop
    woken := woken + private.wake(due.execution_id, due.snooze_id, due.woken_by, due.because)::int;
    exit when woken = most;
  end loop;
  perform private.begin_action('');
  return woken;
end;
$$;
comment on function private.wake_due is 'Brings back at most so many runs whose snooze is over, of one''s company or, without a person, of all; runs another worker holds are left to it.';

create function public.wake_due_executions(p_limit int default 500) returns int
language plpgsql volatile security invoker set search_path = ''
as $$
begin
  if auth.uid() is not null then
    perform private.require_member();
  end if;
  return private.wake_due(greatest(1, least(coalesce(p_limit, 500), 10000)));
end;
$$;
comment on function public.wake_due_executions is 'Brings back runs whose snooze is over: of one''s company for a member, of all for the operator''s key or a schedule. Returns how many.';
revoke execute on function private.wake, private.wake_due, private.end_snooze from public;
grant execute on function private.due_snoozes, private.holds_word to authenticated, service_role;
grant execute on function private.wake_due, public.wake_due_executions to authenticated, service_role;

-- A snooze ends at 09:00 where the person is: a time zone that does not exist would stop every snooze of theirs.
create function private.require_time_zone() returns trigger
language plpgsql set search_path = ''
as $$
begin
  perform now() at time zone new.time_zone;
  return new;
exception when invalid_parameter_value then
  raise sqlstate 'PT400' using message = format('There is no time zone “%s”.', left(new.time_zone, 100));
end;
$$;
comment on function private.require_time_zone is 'Before a person is written: refuses a time zone that does not exist.';
create trigger require_time_zone before insert or update of time_zone on public.profiles
for each row execute function private.require_time_zone();
