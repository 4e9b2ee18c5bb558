-- Putting a run away until a day or a signal, and bringing it back. Due is derived when read; waking materialises it.

create domain private.snooze_end as text
check (value in ('date', 'signal', 'person', 'snooze', 'skip', 'escalate', 'complete', 'undo', 'operator'));
comment on domain private.snooze_end is 'What ends a snooze.';
create domain private.signal as jsonb check (jsonb_typeof(value) = 'object' and length(value::text) <= 4000);
comment on domain private.signal is 'What brings a run back: kind and value.';
create domain private.reason as text check (length(value) between 1 and 2000);
comment on domain private.reason is 'Why, in words that are demanded.';

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
create policy "members read their company's snoozes" on public.workflow_snoozes
for select to authenticated using (company_id = (select private.my_company()));

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
    where
      s.ended_at is null and (among is null or s.execution_id = any(among))
      and (s.until_at <= as_of or s.signal is not null)
  ),
  dated as (
    select
      o.id,
      o.execution_id,
      'date',
      case
        when o.is_backstop then 'The notice deadline is near, and the signal has not come.'
        else format('The day you chose has come: %s.', to_char(o.until_at at time zone p.time_zone, 'FMDD FMMonth')) end
        as because
    from open o join public.profiles p on p.id = o.snoozed_by
    where o.until_at <= as_of
  ),
  signalled as (
    select
      o.id,
      o.execution_id,
      o.customer_id,
      o.created_at,
      o.already_left,
      o.today,
      o.signal ->> 'kind' as kind,
      o.signal ->> 'value' as value
    from open o where o.signal is not null and (o.until_at is null or o.until_at > as_of)
  ),
  health as (
    select h.customer_id, h.score
    from
      private.health_points(
        array[as_of::date], array(select s.customer_id from signalled s where s.kind = 'health_below')
      ) h
  ),
  met as (
    select s.id, s.execution_id, 'signal', format('Health is %s, below %s.', h.score, s.value) as because
    from signalled s join health h on h.customer_id = s.customer_id
    where s.kind = 'health_below' and h.score < s.value::int
    union all
    select s.id, s.execution_id, 'signal', x.because from signalled s cross join
      lateral (
        select format('A new %s ticket: “%s”.', upper(t.priority), left(t.title, 120)) as because
        from public.tickets t
        where
          t.customer_id = s.customer_id
          and t.created_at > s.created_at
          and t.priority = any(string_to_array(s.value, ','))
        order by t.priority, t.created_at limit 1
      ) x
    where s.kind = 'new_ticket'
    union all
    select
      s.id,
      s.execution_id,
      'signal',
      case k.notice_deadline - s.today
        when 0 then 'The notice deadline is today.' when 1 then 'The notice deadline is tomorrow.'
        else format('The notice deadline is in %s days.', k.notice_deadline - s.today)
      end
    from signalled s join public.current_contracts k on k.customer_id = s.customer_id
    where s.kind = 'notice_within' and k.notice_deadline - s.today between 0 and s.value::int
    union all
    select s.id, s.execution_id, 'signal', x.because from signalled s cross join
      lateral (
        select format('%s, %s, left.', c.name, replace(c.role, '_', ' ')) as because
        from public.contacts c
        where c.customer_id = s.customer_id and c.status = 'left' and not c.id = any(s.already_left)
        order by c.left_on desc nulls last, c.name limit 1
      ) x
    where s.kind = 'contact_left'
    union all
    select s.id, s.execution_id, 'signal', x.because from signalled s cross join
      lateral (
        select format('A note of %s mentions “%s”.', to_char(n.happened_on, 'FMDD FMMonth'), s.value) as because
        from public.notes n
        where n.customer_id = s.customer_id and n.created_at > s.created_at and private.holds_word(n.body, s.value)
        order by n.created_at limit 1
      ) x
    where s.kind = 'note_mentions'
  )
  select * from dated
  union all
  select * from met
$$;
comment on function private.due_snoozes is 'Snoozes that are over as of a moment and not yet ended, of those one may see, with the sentence why.';

create function private.end_snooze(execution uuid, company uuid, action text, because text, revision int) returns void
language sql volatile security definer set search_path = ''
as $$
  update public.workflow_snoozes s
  set
    ended_at = now(),
    ended_by
    = case
      when action = 'wake' then coalesce(nullif(current_setting('zen.woken_by', true), ''), 'person') else
        coalesce(action, 'operator')
    end,
    woke_because = because,
    woke_revision = case when action = 'wake' then end_snooze.revision end
  where s.execution_id = execution and s.company_id = company and s.ended_at is null
$$;
comment on function private.end_snooze is 'Ends the snooze a run leaves, with what ended it.';

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

create function private.wake_execution(p_execution_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  run public.workflow_executions := private.take_run(private.me(), p_execution_id);
  due record;
begin
  perform private.require_transition('wake', run, 'active');
  select * into due from private.due_snoozes(clock_timestamp(), array[run.id]) limit 1;
  perform private.wake(run.id, s.id, coalesce(due.woken_by, 'person'), coalesce(due.because, 'Taken up again before its time.'))
  from public.workflow_snoozes s where s.execution_id = run.id and s.ended_at is null;
  perform private.begin_action('');
  select * into run from public.workflow_executions e where e.id = run.id;
  return jsonb_build_object('status', run.status, 'revision', run.revision, 'because', due.because);
end;
$$;
comment on function private.wake_execution is 'The whole of public.wake_execution.';

create function public.wake_execution(p_execution_id uuid) returns jsonb
language sql volatile security invoker set search_path = '' as $$ select private.wake_execution(p_execution_id) $$;
comment on function public.wake_execution is 'Takes a snoozed run up again, because its time has come or before it has.';

create function private.signal_fault(signal jsonb) returns text
language sql immutable set search_path = ''
as $$
  select case
    when jsonb_typeof(signal) <> 'object' then 'The signal cannot be read.'
    when
      signal ->> 'kind' = 'health_below' and not coalesce(signal ->> 'value' ~ '^([1-9]\d?|100)$', false)
      then 'Choose a health score from 1 to 100.'
    when
      signal ->> 'kind' = 'new_ticket' and not coalesce(signal ->> 'value' in ('p1', 'p1,p2'), false)
      then 'Choose which tickets: P1, or P1 and P2.'
    when
      signal ->> 'kind' = 'notice_within'
      and not coalesce(signal ->> 'value' ~ '^([1-9]\d?|[12]\d\d|3[0-5]\d|36[0-5])$', false)
      then 'Choose 1 to 365 days before the notice deadline.'
    when
      signal ->> 'kind' = 'note_mentions' and not coalesce(length(trim(signal ->> 'value')) between 2 and 100, false)
      then 'The word to look for has 2 to 100 characters.'
    when
      not coalesce(
        signal ->> 'kind' in ('health_below', 'new_ticket', 'notice_within', 'contact_left', 'note_mentions'), false
      )
      then 'Choose a signal.'
  end
$$;
comment on function private.signal_fault is 'What is wrong with a signal; null when nothing is.';

create function private.do_snooze(me public.profiles, run public.workflow_executions, p jsonb) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  chosen constant date := private.as_day(p ->> 'until');
  signal constant jsonb := nullif(p -> 'signal', 'null');
  today constant date := (now() at time zone me.time_zone)::date;
  moves constant boolean := coalesce(p -> 'move_due' = 'true', false);
  may boolean;
  deadline date;
  until_at timestamptz := (chosen + time '09:00') at time zone me.time_zone;
  due date := run.due_on;
  earlier uuid;
  already_left uuid[] := '{}';
  faults text[];
  doing text;
begin
  select exists (select 1 from private.execution_transitions t where t.action = 'snooze' and t.from_status = run.status and t.to_status = 'snoozed'),
    (select k.notice_deadline from public.current_contracts k where k.customer_id = run.customer_id)
  into may, deadline;
  if not may then
    perform private.refuse_transition('snooze', run);
  end if;
  faults := array_remove(array[
    private.words_fault(p ->> 'reason', 2000, 'Say why it is put away.'),
    case when p ->> 'until' is not null and chosen is null then 'The date cannot be read.'
         when until_at <= now() then 'Choose a day that is still to come.'
         when chosen > today + 730 then 'Choose a day within two years.'
         when p ->> 'until' is null and signal is null then 'Say until when: a day, a signal, or both.' end,
    case when signal is not null then private.signal_fault(signal) end], null);
  if faults <> '{}' then
    perform private.refuse(faults);
  end if;
  if moves and chosen is not null and due is not null then
    due := due + (chosen - today);
  end if;
  if deadline >= today and greatest(chosen, case when due is distinct from run.due_on then due end) > deadline
     and not coalesce(p -> 'beyond_deadline' = 'true', false) then
    raise sqlstate 'PT428' using
      message = format('The notice deadline is %s, before %s.', to_char(deadline, 'FMDD FMMonth YYYY'),
        case when chosen > deadline then 'the day you chose' else 'the due date would be' end),
      detail = jsonb_build_object('confirm', 'beyond_deadline', 'notice_deadline', deadline)::text,
      hint = 'Choose an earlier day, or confirm that this is meant.';
  end if;
  if chosen is null and deadline > today then
    until_at := (greatest(deadline - 7, today + 1) + time '09:00') at time zone me.time_zone;
  end if;
  if run.status = 'snoozed' then
    select s.id into earlier from public.workflow_snoozes s where s.execution_id = run.id and s.ended_at is null;
  end if;
  -- By itself: within the insert below it would be planned anew for each snooze.
  if signal ->> 'kind' = 'contact_left' then
    already_left := array(select c.id from public.contacts c where c.customer_id = run.customer_id and c.status = 'left');
  end if;
  doing := private.begin_action('snooze', jsonb_strip_nulls(jsonb_build_object(
    'reason', trim(p ->> 'reason'), 'until', until_at, 'signal', signal)));
  update public.workflow_executions e set status = 'snoozed', due_on = due, revision = e.revision + 1 where e.id = run.id;
  insert into public.workflow_snoozes (company_id, execution_id, customer_id, snoozed_by, reason, until_at, is_backstop, signal, already_left, due_before, due_after)
  values (run.company_id, run.id, run.customer_id, me.id, trim(p ->> 'reason'), until_at, chosen is null and until_at is not null, signal,
    already_left,
    case when due is distinct from run.due_on then run.due_on end, case when due is distinct from run.due_on then due end);
  if signal is not null then
    perform private.refuse(array(select 'This signal is there already: ' || d.because from private.due_snoozes(now(), array[run.id]) d));
  end if;
  return jsonb_build_object('revision', run.revision + 1, 'before', jsonb_build_object('status', run.status, 'due_on', run.due_on, 'snooze_id', earlier),
    'summary', format('Snoozed %s.', case when chosen is not null then 'until ' || to_char(chosen, 'FMDD FMMonth YYYY') || case when signal is not null then ', or until the signal comes' else '' end
      else 'until the signal comes' end));
end;
$$;
comment on function private.do_snooze is 'Puts a run away. p: until (YYYY-MM-DD, back at 09:00 where the person is), signal {kind, value}, reason, move_due, beyond_deadline.';

-- Reading what actions left: with a run, its snooze, its escalation and what can be undone; and the inbox, in one request.
create function private.told_to_me(because text, chosen_by uuid) returns text
language sql stable security invoker set search_path = ''
as $$
  select case
    when chosen_by <> auth.uid() and starts_with(because, 'The day you chose')
      then
        format('The day %s chose', (select p.full_name from public.profiles p where p.id = chosen_by))
        || substr(because, length('The day you chose') + 1)
    else because
  end
$$;
comment on function private.told_to_me is 'Why a run is back, for somebody who may not be who chose the day.';

create function private.snooze_of(execution uuid) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select jsonb_build_object(
    'count',
    (
      select count(*)
      from public.workflow_snoozes c
      where c.execution_id = execution and c.ended_by is distinct from 'undo'
    ),
    'latest', (
      select
        to_jsonb(s) - 'already_left' || jsonb_build_object(
          'snoozed_by_name', p.full_name,
          'woke_because', private.told_to_me(s.woke_because, s.snoozed_by),
          'due_because',
          (
            select private.told_to_me(d.because, s.snoozed_by)
            from private.due_snoozes(clock_timestamp(), array[execution]) d
            where d.snooze_id = s.id
            limit 1
          )
        )
      from public.workflow_snoozes s join public.profiles p on p.id = s.snoozed_by
      where s.execution_id = execution and s.ended_by is distinct from 'undo' order by s.created_at desc, s.id limit 1
    )
  )
$$;
comment on function private.snooze_of is 'How often a run was put away, and the latest time; due_because is why it is over, where it is.';

grant execute on function private.holds_word, private.due_snoozes, private.wake_due to authenticated, service_role;
grant execute on function public.wake_due_executions, private.wake_execution, public.wake_execution,
private.told_to_me, private.snooze_of to authenticated;
