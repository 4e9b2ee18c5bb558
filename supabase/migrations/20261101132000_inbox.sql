-- The inbox in one request: woken and snoozed runs, escalations, follow-ups, notices, approvals, recent actions. Each
-- part returns `counts` of all and the first rows.

create function private.inbox_run(execution uuid) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select
    jsonb_build_object(
      'id', e.id, 'status', e.status, 'revision', e.revision, 'due_on', e.due_on, 'current_slide', e.current_slide,
      'workflow_id', e.workflow_id, 'workflow_name', v.name, 'customer_id', e.customer_id, 'customer_name', c.name,
      'owner_id', e.owner_id, 'owner_name', o.full_name,
      'assigned_to_name', (select p.full_name from public.profiles p where p.id = e.assigned_to),
      'has_answers', exists (
        select 1 from public.workflow_step_executions s where s.execution_id = e.id and s.answers <> '{}'
      )
    )
  from public.workflow_executions e
  join public.workflow_definition_versions v on v.id = e.definition_version_id
  join public.customers c on c.id = e.customer_id
  join public.profiles o on o.id = e.owner_id
  where e.id = execution
$$;
comment on function private.inbox_run is 'The run an entry of the inbox is about, with names.';

create function private.name_contains(name text, part text) returns boolean
language sql immutable set search_path = ''
as $$
  -- What is longer than any name is in none, and costs nothing to say.
  select part is null or coalesce(length(part) <= 400 and strpos(lower(name), lower(part)) > 0, false)
$$;
comment on function private.name_contains is 'True if a name has this part, in upper or lower case; for null always.';

create function private.inbox_snoozes(me uuid, team boolean, customer text, first int, most int) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  with due as materialized (select d.snooze_id, d.because from private.due_snoozes(clock_timestamp(), null) d),
  latest as (
    select
      s.*, p.full_name as snoozed_by_name,
      private.personal_wake_reason(coalesce(d.because, s.woke_because), s.snoozed_by) as because,
      s.ended_at is not null or d.snooze_id is not null as is_over
    from public.workflow_executions e
    cross join
      lateral (
        select * from public.workflow_snoozes x
        where x.execution_id = e.id and x.ended_by is distinct from 'undo'
        order by x.created_at desc, x.id limit 1
      ) s
    join public.profiles p on p.id = s.snoozed_by
    join public.customers c on c.id = e.customer_id
    left join due d on d.snooze_id = s.id
    where
      private.name_contains(c.name, customer)
      and (inbox_snoozes.team or array[e.owner_id, e.assigned_to] && (select private.represented_people()))
      and (
        e.status = 'snoozed'
        or (e.status = 'active' and s.ended_by in ('date', 'signal') and s.woke_revision = e.revision)
      )
  ),
  numbered as (
    select
      l.*,
      row_number() over (
        partition by l.is_over
        order by case when l.is_over then coalesce(l.ended_at, l.until_at) end desc, l.until_at nulls last, l.created_at
      ) as place
    from latest l
  )
  select
    jsonb_build_object(
      'counts', jsonb_build_object(
        'woken', count(*) filter (where n.is_over), 'snoozed', count(*) filter (where not n.is_over)
      ),
      'woken', coalesce(jsonb_agg(private.inbox_run(n.execution_id) || jsonb_build_object(
        'because', n.because, 'reason', n.reason, 'woke_at', coalesce(n.ended_at, n.until_at)
      ) order by n.place) filter (where n.is_over and n.place > first and n.place <= first + most), '[]'),
      'snoozed', coalesce(jsonb_agg(private.inbox_run(n.execution_id) || jsonb_build_object(
        'snooze_id', n.id, 'reason', n.reason, 'until_at', n.until_at, 'is_backstop', n.is_backstop,
        'signal', n.signal, 'snoozed_at', n.created_at, 'snoozed_by_name', n.snoozed_by_name,
        'count', (
          select count(*) from public.workflow_snoozes c
          where c.execution_id = n.execution_id and c.ended_by is distinct from 'undo'
        )
      ) order by n.place) filter (where not n.is_over and n.place > first and n.place <= first + most), '[]')
    )
  from numbered n
$$;
comment on function private.inbox_snoozes is
'Runs whose snooze is over and that nobody has changed since, and runs still snoozed.';

create function private.inbox_escalations(me uuid, team boolean, customer text, first int, most int) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  with found as (
    select
      x.execution_id, x.id as escalation_id, x.company_id, x.severity, x.ask, x.respond_by, x.acknowledged_at,
      x.created_at as raised_at, x.ended_at, x.decision, x.raised_by, x.assigned_to,
      a.full_name as assigned_to_name, b.full_name as raised_by_name,
      x.ended_at is null and x.acknowledged_at is null and x.respond_by < now() as is_overdue,
      x.assigned_to = any((select private.represented_people())::uuid[]) as to_me, x.raised_by = me as by_me,
      x.id in (
        select d.id
        from private.unseen_decisions((select private.represented_people()), (select private.current_company_id())) d
      ) as is_unseen_decision,
      array[e.owner_id, e.assigned_to] && (select private.represented_people()) as is_owner
    from public.workflow_escalations x
    join public.workflow_executions e on e.id = x.execution_id
    join public.profiles a on a.id = x.assigned_to
    join public.profiles b on b.id = x.raised_by
    join public.customers c on c.id = x.customer_id
    where
      private.name_contains(c.name, customer)
      and (x.ended_at is null or (x.ended_by = 'hand_back' and x.seen_at is null))
  ),
  shown as (
    select f.*, private.severity_label(f.company_id, f.severity) as severity_label from found f
    where team or f.to_me or f.by_me or f.is_owner or f.is_unseen_decision
    order by f.ended_at is not null, f.respond_by, f.escalation_id limit most offset first
  )
  select jsonb_build_object(
    'counts', (
      select jsonb_build_object(
        'to_me', count(*) filter (where f.ended_at is null and f.to_me),
        'by_me', count(*) filter (where f.by_me),
        'decided', count(*) filter (where f.is_unseen_decision),
        'team', case when team then count(*) filter (where f.ended_at is null) end,
        'escalations', count(*) filter (
          where team or f.to_me or f.by_me or f.is_owner or f.is_unseen_decision
        )
      ) from found f
    ),
    'escalations', coalesce((
      select
        jsonb_agg(private.inbox_run(s.execution_id) || to_jsonb(s) || jsonb_build_object('comments', (
          select count(*) from public.workflow_escalation_comments c where c.escalation_id = s.escalation_id
        )) order by s.ended_at is not null, s.respond_by)
      from shown s
    ), '[]')
  )
$$;
comment on function private.inbox_escalations is
'Open escalations one is part of, and decisions not seen yet, the most urgent first.';

create function private.inbox_follow_ups(
  me uuid, team boolean, customer text, today date, first int, most int
) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  with found as (
    select
      f.id, f.title, f.due_on, f.customer_id, c.name as customer_name, f.execution_id, f.assigned_to,
      p.full_name as assigned_to_name, b.full_name as created_by_name, f.due_on < today as is_overdue,
      row_number() over (order by f.due_on, f.title, f.id) as place
    from public.follow_ups f
    join public.customers c on c.id = f.customer_id
    join public.profiles p on p.id = f.assigned_to
    join public.profiles b on b.id = f.created_by
    where
      f.done_at is null
      and (inbox_follow_ups.team or f.assigned_to = any((select private.represented_people())::uuid[]))
      and private.name_contains(c.name, customer)
  )
  select
    jsonb_build_object(
      'counts', jsonb_build_object('follow_ups', count(*)),
      'follow_ups', coalesce(
        jsonb_agg(to_jsonb(f) - 'place' order by f.place)
        filter (where f.place > first and f.place <= first + most), '[]'
      )
    )
  from found f
$$;
comment on function private.inbox_follow_ups is 'Follow-ups that are not done, by day.';

create function private.inbox_notices(me uuid, customer text, first int, most int) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  with found as (
    select
      n.id, n.body, n.created_at, n.customer_id, c.name as customer_name, n.execution_id, p.full_name as from_name,
      k.draft_id, k.slide_id, w.name as draft_name, s.why as start_reason,
      row_number() over (order by n.created_at desc, n.id) as place
    from public.notices n
    left join public.customers c on c.id = n.customer_id
    left join public.profiles p on p.id = n.from_id
    left join public.workflow_comments k on k.id = n.comment_id
    left join public.workflow_drafts w on w.id = k.draft_id
    -- A start and its notice are of one transaction; other notices of the run are later.
    left join public.workflow_starts s
      on s.execution_id = n.execution_id and s.created_at = n.created_at and n.from_id is null
    where n.person_id = me and n.read_at is null and private.name_contains(c.name, customer)
  )
  select
    jsonb_build_object(
      'counts', jsonb_build_object('notices', count(*)),
      'notices', coalesce(
        jsonb_agg(to_jsonb(f) - 'place' order by f.place)
        filter (where f.place > first and f.place <= first + most), '[]'
      )
    )
  from found f
$$;
comment on function private.inbox_notices is 'Notices one has not read, the latest first.';

create function private.inbox_approvals(team boolean, customer text, first int, most int) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  with found as (
    select a.*, row_number() over (order by a.created_at, a.call_id) as place from private.pending_approvals(team) a
    where private.name_contains(a.customer_name, customer)
  )
  select
    jsonb_build_object(
      'counts', jsonb_build_object('approvals', count(*)),
      'approvals', coalesce(
        jsonb_agg(to_jsonb(f) - 'place' order by f.place)
        filter (where f.place > first and f.place <= first + most), '[]'
      )
    )
  from found f
$$;
comment on function private.inbox_approvals is 'Tool calls that wait for approval, the oldest first.';

create function private.inbox_price_approvals(team boolean, customer text, first int, most int) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  with found as (
    select
      a.approval, a.can_decide, a.needs_record,
      row_number() over (order by a.can_decide desc, (a.approval).created_at, (a.approval).id) as place
    from private.pending_price_approvals(team) a
    where private.name_contains(a.customer_name, customer)
  )
  select
    jsonb_build_object(
      'counts', jsonb_build_object('price_approvals', count(*)),
      'price_approvals', coalesce(jsonb_agg(
        private.inbox_run((f.approval).execution_id) || private.read_price_approval(f.approval)
        || jsonb_build_object('can_decide', f.can_decide, 'needs_record', f.needs_record)
        order by f.place
      ) filter (where f.place > first and f.place <= first + most), '[]')
    )
  from found f
$$;
comment on function private.inbox_price_approvals is
'Prices that wait for approval: first those one may decide on, the oldest first.';

create function private.inbox_actions(me uuid, team boolean, customer text, first int, most int) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  with found as (
    select
      r.id as run_id, r.kind, r.name, r.summary, r.created_at, r.undone_at, r.execution_id, r.slide_id, r.customer_id,
      c.name as customer_name, p.full_name as actor_name, q.full_name as undone_by_name,
      r.undone_at is null and r.before <> '{}' as can_undo,
      row_number() over (order by coalesce(r.undone_at, r.created_at) desc, r.id) as place
    from public.saved_action_runs r
    join public.profiles p on p.id = r.actor_id
    left join public.profiles q on q.id = r.undone_by
    left join public.customers c on c.id = r.customer_id
    where
      (inbox_actions.team or r.actor_id = me or r.undone_by = me) and private.name_contains(c.name, customer)
      and (r.undone_at > now() - interval '24 hours' or r.created_at > now() - interval '24 hours')
  )
  select
    jsonb_build_object(
      'counts', jsonb_build_object('undone', count(*)),
      'undone', coalesce(
        jsonb_agg(to_jsonb(f) - 'place' order by f.place)
        filter (where f.place > first and f.place <= first + most), '[]'
      )
    )
  from found f
$$;
comment on function private.inbox_actions is 'Actions done or undone within 24 hours, the latest first.';

-- By id and past the policies: the session of a browser is read before anybody is signed in.
create function private.count_waiting(person public.profiles) returns int
language sql stable security definer set search_path = ''
as $$
  with who as materialized (select private.people_represented_by(person.id, person.company_id) as people),
  runs as materialized (
    select e.id, e.status, e.revision
    from public.workflow_executions e cross join who
    where
      e.company_id = person.company_id and e.ended_at is null and e.status in ('active', 'snoozed')
      and (e.owner_id = any(who.people) or e.assigned_to = any(who.people))
  ),
  due as materialized (
    select d.execution_id
    from private.due_snoozes(clock_timestamp(), array(select r.id from runs r where r.status = 'snoozed')) d
  )
  select (
    (
      select count(*) from runs r
      where
        r.id in (select d.execution_id from due d)
        or (
          r.status = 'active' and (
            select x.ended_by in ('date', 'signal') and x.woke_revision = r.revision
            from public.workflow_snoozes x
            where x.execution_id = r.id and x.ended_by is distinct from 'undo'
            order by x.created_at desc, x.id limit 1
          )
        )
    )
    + (
      select count(*) from public.workflow_escalations x cross join who
      where x.assigned_to = any(who.people) and x.company_id = person.company_id and x.ended_at is null
    )
    + (
      select count(*) from who cross join lateral private.unseen_decisions(who.people, person.company_id) d
    )
    + (
      select count(*) from public.follow_ups f cross join who
      where f.assigned_to = any(who.people) and f.company_id = person.company_id and f.done_at is null
    )
    + (select count(*) from public.notices n where n.person_id = person.id and n.read_at is null)
  )::int
$$;
comment on function private.count_waiting is
'How much waits in a person''s own inbox: runs that are back, escalations to them and decisions not seen, follow-ups, '
'unread notices. The number in the menu and on the first section of the inbox.';

create function private.count_own_waiting() returns int
language sql stable security definer set search_path = ''
as $$ select private.count_waiting(private.current_profile()) $$;
comment on function private.count_own_waiting is 'How much waits in the caller''s own inbox.';

create function public.inbox(
  p_team boolean default false, p_most int default 200, p_first int default 0, p_customer text default null
) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  me constant uuid := auth.uid();
  team constant boolean := p_team and private.is_team_lead();
  most constant int := greatest(1, least(coalesce(p_most, 200), 5000));
  first constant int := greatest(0, coalesce(p_first, 0));
  -- Measured once, not at each row: no name has over 400 letters, so what is longer is in none.
  customer constant text := left(p_customer, 401);
  answer jsonb := '{"counts": {}}';
  part jsonb;
begin
  perform private.require_member();
  foreach part in array array[
    private.inbox_snoozes(me, team, customer, first, most),
    private.inbox_escalations(me, team, customer, first, most),
    private.inbox_follow_ups(me, team, customer, private.today(), first, most),
    private.inbox_notices(me, customer, first, most), private.inbox_approvals(team, customer, first, most),
    private.inbox_price_approvals(team, customer, first, most),
    private.inbox_actions(me, team, customer, first, most)]
  loop
    answer := answer || part || jsonb_build_object('counts', (answer -> 'counts') || (part -> 'counts'));
  end loop;
  return jsonb_set(answer, '{counts,waiting}', to_jsonb(case
    when team or p_customer is not null then (
      select sum((answer #>> array['counts', kind])::int)
      from unnest(array['woken', 'to_me', 'decided', 'follow_ups', 'notices']) kind)
    else private.count_own_waiting()
  end));
end;
$$;
comment on function public.inbox is
'What waits for the signed-in person (p_team: for the company, leaders only; p_customer: where the customer''s name '
'has this part): counts of all, and of each kind p_most rows (up to 5,000) without the first p_first.';

grant execute on function private.count_own_waiting, private.name_contains,
private.inbox_run,
private.inbox_snoozes,
private.inbox_escalations,
private.inbox_follow_ups,
private.inbox_notices,
private.inbox_approvals,
private.inbox_price_approvals,
private.inbox_actions,
public.inbox to authenticated;
