-- Snoozing a run until a day or a signal, and waking it. Whether a snooze is over is derived when read; waking stores
-- it.

create table public.workflow_snoozes (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  execution_id uuid not null,
  customer_id uuid not null,
  snoozed_by uuid not null,
  reason text not null check (length(reason) between 1 and 2000 and not private.is_blank(reason)),
  until_at private.moment,
  is_backstop boolean not null default false,
  signal jsonb check (
    private.is_readable_json(signal) and jsonb_typeof(signal) = 'object' and length(signal::text) <= 4000
  ),
  already_left uuid[] not null default '{}',
  due_before private.day,
  due_after private.day,
  created_at private.moment not null default now(),
  ended_at private.moment,
  ended_by text check (
    ended_by in ('date', 'signal', 'person', 'snooze', 'skip', 'abandon', 'escalate', 'complete', 'undo', 'operator')
  ),
  woke_because text,
  woke_revision int,
  check (until_at is not null or signal is not null),
  check ((ended_at is null) = (ended_by is null)),
  foreign key (execution_id, company_id) references public.workflow_executions (id, company_id),
  foreign key (snoozed_by, company_id) references public.profiles (id, company_id)
);
comment on table public.workflow_snoozes is
'A snooze of a run: until when or until which signal, why, and how it ended.';
comment on column public.workflow_snoozes.id is 'Identity of the snooze.';
comment on column public.workflow_snoozes.company_id is 'Tenant.';
comment on column public.workflow_snoozes.execution_id is 'The run.';
comment on column public.workflow_snoozes.customer_id is 'The customer of the run.';
comment on column public.workflow_snoozes.snoozed_by is 'Who snoozed it.';
comment on column public.workflow_snoozes.reason is 'Why, in words.';
comment on column public.workflow_snoozes.until_at is
'When it wakes: 09:00 of the chosen day in the person''s zone; null if only the signal decides.';
comment on column public.workflow_snoozes.is_backstop is
'True if until_at was not chosen: a signal that never comes must not cost the notice deadline.';
comment on column public.workflow_snoozes.signal is
'What wakes it: kind (health_below, new_ticket, notice_within, contact_left, note_mentions) and value.';
comment on column public.workflow_snoozes.already_left is 'Contacts who had left before; only others are a signal.';
comment on column public.workflow_snoozes.due_before is 'Due date of the run before; null if it did not move.';
comment on column public.workflow_snoozes.due_after is 'Due date of the run since; null if it did not move.';
comment on column public.workflow_snoozes.created_at is 'When it was snoozed.';
comment on column public.workflow_snoozes.ended_at is 'When it ended; null while it is open.';
comment on column public.workflow_snoozes.ended_by is
'What ended it: the date, the signal, a person, or the action that followed.';
comment on column public.workflow_snoozes.woke_because is 'The sentence why it woke.';
comment on column public.workflow_snoozes.woke_revision is
'Revision of the run as it woke: equal as long as nobody has changed it since.';
create unique index workflow_snoozes_one_open on public.workflow_snoozes (execution_id) where ended_at is null;
create index workflow_snoozes_execution on public.workflow_snoozes (execution_id, company_id, created_at desc);
create index workflow_snoozes_person on public.workflow_snoozes (snoozed_by, company_id);

alter table public.workflow_snoozes enable row level security;
revoke all on public.workflow_snoozes from anon, authenticated;
grant select on public.workflow_snoozes to authenticated;
create policy "members read their company's snoozes" on public.workflow_snoozes
for select to authenticated using (company_id = (select private.current_company_id()));

create function private.mentions_word(body text, word text) returns boolean
language sql immutable set search_path = ''
as $$
  select case
    when word ~ '^[[:alnum:]]+$' and word ~ '^[ -~]+$' then lower(body) ~ ('\m' || lower(word) || '\M')
    else strpos(lower(body), lower(word)) > 0
  end
$$;
comment on function private.mentions_word is
'True if a text mentions a word: as a whole word if it is plain letters, anywhere otherwise.';

-- A date comes before a signal. Days are those of whoever snoozed, whoever asks.
create function private.due_snoozes(as_of timestamptz, among uuid[] default null)
returns table (snooze_id uuid, execution_id uuid, woken_by text, because text)
language sql stable security invoker set search_path = ''
as $$
  with open as (
    select s.*, p.time_zone, (as_of at time zone p.time_zone)::date as today
    from public.workflow_snoozes s join public.profiles p on p.id = s.snoozed_by
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
        when o.is_backstop then 'The notice deadline is near, and the signal has not occurred.'
        else format('You planned this for %s.', to_char(o.until_at at time zone o.time_zone, 'FMDD FMMonth')) end
        as because
    from open o
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
    select h.day, h.customer_id, h.score
    from
      private.health_points(
        array(select distinct s.today from signalled s where s.kind = 'health_below'),
        array(select s.customer_id from signalled s where s.kind = 'health_below')
      ) h
  ),
  met as (
    select s.id, s.execution_id, 'signal', format('Health is %s, below %s.', h.score, s.value) as because
    from signalled s join health h on h.customer_id = s.customer_id and h.day = s.today
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
    from signalled s cross join
      lateral (
        select c.notice_deadline from public.contracts c
        where c.customer_id = s.customer_id and c.starts_on <= s.today order by c.starts_on desc, c.id limit 1
      ) k
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
        select format('A note from %s mentions “%s”.', to_char(n.happened_on, 'FMDD FMMonth'), s.value) as because
        from public.notes n
        where n.customer_id = s.customer_id and n.created_at > s.created_at and private.mentions_word(n.body, s.value)
        order by n.created_at limit 1
      ) x
    where s.kind = 'note_mentions'
  )
  select * from dated
  union all
  select * from met
$$;
comment on function private.due_snoozes is
'Open snoozes that are over at a moment, of those one may see (or of runs `among`), with the reason.';

create function private.end_snooze(run public.workflow_executions, ended_by text, wake_reason text) returns void
language sql volatile security definer set search_path = ''
as $$
  update public.workflow_snoozes s
  set
    ended_at = now(), ended_by = end_snooze.ended_by, woke_because = wake_reason,
    woke_revision = case when end_snooze.ended_by in ('date', 'signal', 'person') then run.revision + 1 end
  where s.execution_id = run.id and s.company_id = run.company_id and s.ended_at is null
$$;
comment on function private.end_snooze is 'Ends the open snooze of a run, if there is one, with what ended it.';

create function private.wake_run(snooze uuid, woken_by text, reason text) returns boolean
language plpgsql volatile security definer set search_path = ''
as $$
declare
  run public.workflow_executions;
begin
  select e.* into run
  from public.workflow_snoozes s join public.workflow_executions e on e.id = s.execution_id
  where s.id = snooze and e.status = 'snoozed' for no key update of e skip locked;
  -- Looked up by its run: by its id alone the plan may walk the index of all open snoozes.
  if not found or not exists (
    select 1 from public.workflow_snoozes s where s.execution_id = run.id and s.id = snooze and s.ended_at is null) then
    return false;
  end if;
  perform private.transition(
    run, 'wake', '{"status": "active"}', jsonb_build_object('because', reason, 'by', woken_by));
  return true;
end;
$$;
comment on function private.wake_run is
'Wakes a run from a snooze; false if the snooze has ended or the run is locked. The caller checks the rights.';

-- Candidates are found first and locked one by one: locking them in the query that finds them would evaluate it again
-- for each run another worker took meanwhile. In random order, so that workers do not wait for each other.
create function private.wake_due_runs(most int) returns int
language plpgsql volatile security definer set search_path = ''
as $$
declare
  company constant uuid := private.current_company_id();
  woken int := 0;
  due record;
begin
  if auth.uid() is not null and company is null then
    return 0;
  end if;
  for due in
    select d.snooze_id, d.woken_by, d.because
    from private.due_snoozes(clock_timestamp(), null) d join public.workflow_snoozes s on s.id = d.snooze_id
    where company is null or s.company_id = company
    order by random()
  loop
    woken := woken + private.wake_run(due.snooze_id, due.woken_by, due.because)::int;
    exit when woken = most;
  end loop;
  return woken;
end;
$$;
comment on function private.wake_due_runs is
'Wakes at most so many runs whose snooze is over: of one''s company, or of all without a person. Returns how many.';

create function public.wake_due_executions(p_limit int default 500) returns int
language plpgsql volatile security invoker set search_path = ''
as $$
begin
  if auth.uid() is not null then
    perform private.require_member();
  end if;
  return private.wake_due_runs(greatest(1, least(coalesce(p_limit, 500), 10000)));
end;
$$;
comment on function public.wake_due_executions is
'Wakes runs whose snooze is over: of the company for a member, of all for the operator''s key or a schedule. Returns '
'how many. Runs another worker has locked are left to it.';

create function private.wake_execution(p_execution_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  run public.workflow_executions := private.lock_run(private.current_profile(), p_execution_id);
  due record;
begin
  perform private.require_transition('wake', run, 'active');
  select * into due from private.due_snoozes(clock_timestamp(), array[run.id]) limit 1;
  run := private.transition(run, 'wake', '{"status": "active"}', jsonb_build_object(
    'because', coalesce(due.because, 'Resumed early.'), 'by', coalesce(due.woken_by, 'person')));
  return jsonb_build_object('status', run.status, 'revision', run.revision, 'because', due.because);
end;
$$;
comment on function private.wake_execution is 'See public.wake_execution.';

create function public.wake_execution(p_execution_id uuid) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.wake_execution(p_execution_id) $$;
comment on function public.wake_execution is 'Resumes a snoozed run, whether its snooze is over or not.';

create function private.signal_error(signal jsonb) returns text
language sql immutable set search_path = ''
as $$
  select case
    when jsonb_typeof(signal) <> 'object' then 'The signal cannot be read.'
    when signal ->> 'kind' = 'health_below' and not coalesce(signal ->> 'value' ~ '^([1-9]\d?|100)$', false)
      then 'Choose a health score from 1 to 100.'
    when signal ->> 'kind' = 'new_ticket' and not coalesce(signal ->> 'value' in ('p1', 'p1,p2'), false)
      then 'Choose which tickets: P1, or P1 and P2.'
    when
      signal ->> 'kind' = 'notice_within'
      and not coalesce(signal ->> 'value' ~ '^([1-9]\d?|[12]\d\d|3[0-5]\d|36[0-5])$', false)
      then 'Choose 1 to 365 days before the notice deadline.'
    when signal ->> 'kind' = 'note_mentions' and not coalesce(length(trim(signal ->> 'value')) between 2 and 100, false)
      then 'Enter a word of 2 to 100 characters.'
    when not coalesce(
      signal ->> 'kind' in ('health_below', 'new_ticket', 'notice_within', 'contact_left', 'note_mentions'), false
    ) then 'Choose a signal.'
  end
$$;
comment on function private.signal_error is 'The error of a signal, as a sentence; null if there is none.';

create function private.snooze_errors(p jsonb, today date, until_at timestamptz) returns text[]
language sql stable set search_path = ''
as $$
  select array[
    private.text_error(p ->> 'reason', 2000, 'Say why you are snoozing it.'),
    case
      when p ->> 'until' is not null and until_at is null then 'The date cannot be read.'
      when until_at <= now() then 'Choose a day in the future.'
      when private.parse_day(p ->> 'until') > today + 730 then 'Choose a day within two years.'
      when p ->> 'until' is null and nullif(p -> 'signal', 'null') is null
        then 'Choose a day, a signal, or both.'
    end,
    case when jsonb_typeof(p -> 'signal') <> 'null' then private.signal_error(p -> 'signal') end
  ]
$$;
comment on function private.snooze_errors is 'The errors of the parameters of a snooze, as sentences and nulls.';

create function private.confirm_late_snooze(chosen date, due date, deadline date) returns void
language plpgsql stable set search_path = ''
as $$
begin
  if greatest(chosen, due) > deadline then
    raise sqlstate 'PT428' using
      message = format('The notice deadline is %s, before %s.', to_char(deadline, 'FMDD FMMonth YYYY'),
                       case when chosen > deadline then 'the day you chose' else 'the due date would be' end),
      detail = jsonb_build_object('confirm', 'beyond_deadline', 'notice_deadline', deadline)::text,
      hint = 'Choose an earlier day, or confirm.';
  end if;
end;
$$;
comment on function private.confirm_late_snooze is
'Raises PT428 if the chosen day or the moved due date is after the notice deadline.';

create function private.snooze_run(me public.profiles, run public.workflow_executions, p jsonb) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  today constant date := private.today();
  chosen constant date := private.parse_day(p ->> 'until');
  signal constant jsonb := nullif(p -> 'signal', 'null');
  reason constant text := trim(p ->> 'reason');
  moved_due constant date := case when p -> 'move_due' = 'true' then run.due_on + (chosen - today) end;
  until_at timestamptz := (chosen + time '09:00') at time zone me.time_zone;
  deadline date;
  replaced uuid;
begin
  perform private.require_transition('snooze', run, 'snoozed');
  perform private.raise_invalid(private.snooze_errors(p, today, until_at));
  select k.notice_deadline into deadline from public.current_contracts k where k.customer_id = run.customer_id;
  if deadline >= today and p -> 'beyond_deadline' is distinct from 'true' then
    perform private.confirm_late_snooze(chosen, nullif(moved_due, run.due_on), deadline);
  end if;
  -- A signal that never comes must not cost the deadline.
  if chosen is null and deadline > today then
    until_at := (greatest(private.previous_working_day(me.company_id, deadline - 7), today + 1) + time '09:00')
      at time zone me.time_zone;
  end if;
  select s.id into replaced from public.workflow_snoozes s where s.execution_id = run.id and s.ended_at is null;
  perform private.transition(
    run, 'snooze', jsonb_build_object('status', 'snoozed', 'due_on', coalesce(moved_due, run.due_on)),
    jsonb_strip_nulls(jsonb_build_object('reason', reason, 'until', until_at, 'signal', signal)));
  insert into public.workflow_snoozes (
    company_id, execution_id, customer_id, snoozed_by, reason, until_at, is_backstop, signal, already_left,
    due_before, due_after)
  values (
    run.company_id, run.id, run.customer_id, me.id, reason, until_at, chosen is null and until_at is not null, signal,
    case when signal ->> 'kind' = 'contact_left' then array(
      select c.id from public.contacts c where c.customer_id = run.customer_id and c.status = 'left') else '{}' end,
    case when moved_due <> run.due_on then run.due_on end, nullif(moved_due, run.due_on));
  if signal is not null then
    perform private.raise_invalid(array(
      select 'This signal is already present: ' || d.because from private.due_snoozes(now(), array[run.id]) d));
  end if;
  return jsonb_build_object(
    'revision', run.revision + 1,
    'before', jsonb_build_object('status', run.status, 'due_on', run.due_on, 'snooze_id', replaced),
    'summary', case when chosen is null then 'Snoozed until the signal occurs.' else
      format('Snoozed until %s%s.', to_char(chosen, 'FMDD FMMonth YYYY'),
             case when signal is not null then ', or until the signal occurs' else '' end) end);
end;
$$;
comment on function private.snooze_run is
'Snoozes a run. p: until (YYYY-MM-DD; it wakes at 09:00 in the person''s zone), signal {kind, value}, reason, '
'move_due, beyond_deadline.';

create function private.personal_wake_reason(reason text, chosen_by uuid) returns text
language sql stable security invoker set search_path = ''
as $$
  select case
    when chosen_by <> auth.uid() and starts_with(reason, 'You planned')
      then (select p.full_name from public.profiles p where p.id = chosen_by) || substr(reason, length('You') + 1)
    else reason
  end
$$;
comment on function private.personal_wake_reason is 'Why a run is back, addressed to the signed-in person.';

create function private.snooze_summary(execution uuid) returns jsonb
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
          'woke_because', private.personal_wake_reason(s.woke_because, s.snoozed_by),
          'due_because',
          (
            select private.personal_wake_reason(d.because, s.snoozed_by)
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
comment on function private.snooze_summary is
'How often a run was snoozed, and its latest snooze; due_because says why that is over, if it is.';

grant execute on function private.mentions_word, private.due_snoozes, private.wake_due_runs
to authenticated, service_role;
grant execute on function public.wake_due_executions, private.wake_execution, public.wake_execution,
private.personal_wake_reason, private.snooze_summary to authenticated;
