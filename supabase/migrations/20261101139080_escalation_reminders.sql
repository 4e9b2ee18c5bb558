-- Reminders of escalations: whoever has to answer is told once, at once, when the first answer is due today or overdue.

create function private.escalation_recipients(escalation public.workflow_escalations) returns setof public.profiles
language sql stable security definer set search_path = ''
as $$
  select p.*
  from public.profiles p
  cross join lateral (select (now() at time zone p.time_zone)::date as day) here
  where
    p.is_active and p.company_id = escalation.company_id
    and (
      (
        p.id = escalation.assigned_to
        and not exists (
          select 1 from public.absences a
          where a.person_id = p.id and a.ended_at is null and here.day between a.starts_on and a.ends_on
        )
      )
      or exists (
        select 1 from public.absences a
        where
          a.person_id = escalation.assigned_to and a.deputy_id = p.id and a.ended_at is null
          and private.is_current_absence(a)
      )
    )
$$;
comment on function private.escalation_recipients is
'Who has to answer an escalation today: the person it is assigned to, while they are away their deputy.';

create function private.is_reminder_due(person public.profiles, escalation public.workflow_escalations) returns boolean
language sql stable security definer set search_path = ''
as $$
  select
    here.due_day <= here.day
    -- Of one whose day begins the morning tells; one that is raised for today is told at any hour.
    and (here.clock >= time '09:00' or (escalation.created_at at time zone person.time_zone)::date = here.day)
    and not exists (
      select 1 from public.digests g
      where
        g.person_id = person.id and escalation.id = any(g.escalation_ids)
        and (g.occasion = 'escalation' or (g.day >= here.due_day and g.given_up_at is null))
    )
  from (
    select
      (now() at time zone person.time_zone)::time as clock,
      (now() at time zone person.time_zone)::date as day,
      (escalation.respond_by at time zone person.time_zone)::date as due_day
  ) here
$$;
comment on function private.is_reminder_due is
'True if the first answer is due today or overdue where the person is, and no digest has told them.';

create function private.list_due_reminders(p_channels text[], p_most int) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select
    coalesce(jsonb_agg(private.describe_digest_recipient(d.person, d.channels) || jsonb_build_object(
      'escalation_id', d.escalation_id
    ) order by d.respond_by), '[]')
  from (
    select p as person, here.channels, x.id as escalation_id, x.respond_by
    from public.workflow_escalations x
    cross join lateral private.escalation_recipients(x) p
    cross join
      lateral (
        select array(select unnest(private.digest_channels(p.id)) intersect select unnest(p_channels)) as channels
      ) here
    where
      x.ended_at is null and x.acknowledged_at is null and x.respond_by < now() + interval '1 day'
      and here.channels <> '{}' and private.is_reminder_due(p, x)
    order by random() limit greatest(1, least(p_most, 100)) -- in no order, as list_due_digests
  ) d
$$;
comment on function private.list_due_reminders is 'See public.list_due_reminders.';

create function public.list_due_reminders(p_channels text[], p_most int) returns jsonb
language sql stable security invoker set search_path = ''
as $$ select private.list_due_reminders(p_channels, p_most) $$;
comment on function public.list_due_reminders is
'For the worker: at most so many escalations whose first answer is due, each with who is to be told.';

create function public.read_escalation_reminder(p_person_id uuid, p_escalation_id uuid) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.read_as(p_person_id, p_escalation_id) $$;
comment on function public.read_escalation_reminder is 'For the worker: an escalation as the person sees it.';

create function private.queue_escalation_reminder(
  p_person_id uuid, p_escalation_id uuid, p_messages jsonb
) returns boolean
language plpgsql volatile security definer set search_path = ''
as $$
declare
  person public.profiles;
  escalation public.workflow_escalations;
begin
  -- Of two workers at once the second finds what the first has queued.
  select * into escalation from public.workflow_escalations x
  where x.id = p_escalation_id and x.ended_at is null and x.acknowledged_at is null for update;
  select * into person from private.escalation_recipients(escalation) p where p.id = p_person_id;
  if person.id is null or not private.is_reminder_due(person, escalation) then
    return false;
  end if;
  perform private.queue_digest_message(
    person, 'escalation', (now() at time zone person.time_zone)::date,
    jsonb_build_array(jsonb_build_object(
      'key', 'run:' || escalation.execution_id, 'urgency', 'escalated', 'escalation_id', escalation.id)),
    array[escalation.id], m)
  from jsonb_array_elements(p_messages) m;
  return true;
end;
$$;
comment on function private.queue_escalation_reminder is 'See public.queue_escalation_reminder.';

create function public.queue_escalation_reminder(
  p_person_id uuid, p_escalation_id uuid, p_messages jsonb
) returns boolean
language sql volatile security invoker set search_path = ''
as $$ select private.queue_escalation_reminder(p_person_id, p_escalation_id, p_messages) $$;
comment on function public.queue_escalation_reminder is
'For the worker: queues these messages about an escalation, once for a person. False if they were told before, or it '
'is answered.';

grant execute on function private.list_due_reminders, public.list_due_reminders,
public.read_escalation_reminder, private.queue_escalation_reminder, public.queue_escalation_reminder to service_role;
