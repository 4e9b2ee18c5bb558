-- What waits for a person, in one order, and the list of a day: the three most important of all of it, as first shown.
-- The list empties and is not refilled; what cannot wait is added when it comes. docs/data-model.md has the order.

create type private.ranked_customer as (
  customer_id uuid, score int, reasons jsonb, arr numeric, notice_deadline date, days_to_notice int,
  health_score int, health_band text, leading_signal text, deadline_points int, rule_version int
);
comment on type private.ranked_customer is 'The priority of a customer, as public.customer_priorities returns it.';

-- urgency: 1 escalated to me, 2 handed back or a price to approve, 3 overdue, 4 due today, 5 back from a snooze,
-- 6 can wait
create type private.waiting_item as (
  place int, key text, former_key text, occasion text, kind text, urgency int,
  customer_id uuid, execution_id uuid, escalation_id uuid, follow_up_id uuid, workflow_id text,
  woke_because text, snooze_reason text, planned_for date, planned_by uuid, ranked private.ranked_customer,
  price_approval_id uuid, stuck private.stuck_run
);
comment on type private.waiting_item is
'Something that waits for a person: an escalation to them, one handed back, a run, a follow-up, a customer; for a '
'leader also a price to approve, a stuck run of the team, a renewal nobody has begun. `key` is what the list of a day '
'keeps, `former_key` the customer whose place a run begun today takes, `occasion` why it cannot wait.';

create table public.today_lists (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  person_id uuid not null,
  day private.day not null,
  items text[] not null check (cardinality(items) <= 1000),
  occasions text[] not null default '{}' check (cardinality(occasions) <= 5000),
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  unique (person_id, company_id, day),
  foreign key (person_id, company_id) references public.profiles (id, company_id)
);
comment on table public.today_lists is
'What Today listed for a person on a day, as first shown, so that each tab and process shows the same.';
comment on column public.today_lists.id is 'Identity of the list.';
comment on column public.today_lists.company_id is 'Tenant.';
comment on column public.today_lists.person_id is 'Whose day it is.';
comment on column public.today_lists.day is 'The day in the person''s time zone.';
comment on column public.today_lists.items is
'Keys of waiting items in their order (run:, follow_up:, customer: or price: and an id). Done ones stay; they wait no '
'more.';
comment on column public.today_lists.occasions is
'What could not wait when it was last shown: only another occasion adds an item.';
comment on column public.today_lists.created_at is 'When Today was first opened on that day.';
comment on column public.today_lists.updated_at is 'When the row last changed.';
create index today_lists_company on public.today_lists (company_id);
create trigger touch before update on public.today_lists for each row execute function private.touch_updated_at();

alter table public.today_lists enable row level security;
revoke all on public.today_lists from anon, authenticated;
grant select on public.today_lists to authenticated;
create policy "people read their own lists of today" on public.today_lists
for select to authenticated using (
  company_id = (select private.current_company_id()) and person_id = (select auth.uid())
);

create function private.waiting_runs()
returns table (
  execution_id uuid, customer_id uuid, workflow_id text, due_on date, started_at timestamptz, is_mine boolean,
  is_back boolean, woke_because text, snooze_reason text, planned_for date, planned_by uuid
)
language sql stable security invoker set search_path = ''
as $$
  with who as materialized (select private.represented_people() as people),
  due as materialized (
    select d.snooze_id, d.woken_by, d.because from private.due_snoozes(clock_timestamp(), null) d
  ),
  runs as (
    select
      e.id, e.customer_id, e.workflow_id, e.due_on, e.started_at, e.status,
      coalesce(e.assigned_to, e.owner_id) = any(who.people) as is_mine,
      d.snooze_id is not null
      or coalesce(e.status = 'active' and s.ended_by in ('date', 'signal') and s.woke_revision = e.revision, false)
        as is_back,
      private.personal_wake_reason(coalesce(d.because, s.woke_because), s.snoozed_by) as because, s.reason,
      s.snoozed_by,
      case
        when coalesce(d.woken_by, s.ended_by) = 'date' and not s.is_backstop then private.today(s.until_at)
      end as planned_for
    from public.workflow_executions e
    cross join who
    left join
      lateral (
        select * from public.workflow_snoozes x
        where x.execution_id = e.id and x.ended_by is distinct from 'undo'
        order by x.created_at desc, x.id limit 1
      ) s
      on true
    left join due d on d.snooze_id = s.id
    where
      e.ended_at is null and e.status in ('active', 'snoozed')
      and array[e.owner_id, e.assigned_to] && who.people
  )
  select
    r.id, r.customer_id, r.workflow_id, r.due_on, r.started_at, r.is_mine, r.is_back,
    case when r.is_back then r.because end, case when r.is_back then r.reason end,
    case when r.is_back then r.planned_for end, case when r.is_back then r.snoozed_by end
  from runs r
  where r.is_back or (r.is_mine and r.status = 'active')
$$;
comment on function private.waiting_runs is
'Runs one works on, as owner or as assignee, that are active or back from a snooze; also those that are back of one''s '
'own customers where somebody else works on them.';

create function private.takes_place_of_customer(
  execution uuid, customer uuid, started_at timestamptz, day_begins timestamptz
) returns boolean
language sql stable security invoker set search_path = ''
as $$
  select
    takes_place_of_customer.started_at >= day_begins
    and not exists (
      select 1 from public.workflow_executions e
      where
        e.customer_id = customer
        and (
          (e.started_at >= day_begins and (e.started_at, e.id) < (takes_place_of_customer.started_at, execution))
          or (
            e.status in ('completed', 'skipped') and e.ended_at >= day_begins
            and e.ended_at <= takes_place_of_customer.started_at
          )
        )
    )
$$;
comment on function private.takes_place_of_customer is
'True if a run is the first begun for its customer on this day, while the customer still waited: none was completed or '
'skipped before on that day.';

create function private.near_deadline_days() returns int
language sql immutable set search_path = '' as $$ select 30 $$;
comment on function private.near_deadline_days is
'In how many days a notice deadline is near: a leader sees the renewals at risk that nobody has begun by then.';

create function private.leader_rank(kind text, urgency int) returns int
language sql immutable set search_path = ''
as $$
  select
    case kind
      when 'escalation' then 1 when 'hand_back' then 2 when 'price' then 3 when 'follow_up' then 4 when 'run' then 5
      when 'stuck' then 6 else case when urgency < 6 then 5 else 7 end
    end
$$;
comment on function private.leader_rank is
'The order of kinds on a leader''s list: escalations to them, decisions they have not seen, prices to approve, '
'follow-ups and runs of their own, what is stuck in the team, customers without a run.';

create function private.prices_to_approve()
returns table (id uuid, execution_id uuid, customer_id uuid, since timestamptz)
language sql stable security invoker set search_path = ''
as $$
  select (a.approval).id, (a.approval).execution_id, e.customer_id, (a.approval).created_at
  from private.pending_price_approvals(false) a
  join public.workflow_executions e on e.id = (a.approval).execution_id
  where a.can_decide
$$;
comment on function private.prices_to_approve is 'Prices that wait and that the signed-in person may decide on.';

create function private.waiting_items(
  me uuid, leads boolean, customers uuid[], ranked private.ranked_customer[], today date
) returns setof private.waiting_item
language sql stable security invoker set search_path = ''
as $$
  with book as materialized (select r.*, r as ranked from unnest(ranked) r),
  recent_runs as materialized (
    select e.customer_id, e.workflow_id, e.status, e.ended_at
    from public.workflow_executions e join book b on b.customer_id = e.customer_id
    where e.ended_at is null or e.ended_at > now() - interval '45 days'
  ),
  -- Once for all: a call for each run asks for the zone again.
  day as materialized (
    select
      today::timestamp at time zone private.time_zone() as begins_at,
      (select r.today_from from private.priority_rule(private.current_company_id()) r) as today_from
  ),
  -- One's own that matter enough, and for a leader the team's at risk whose deadline is near: without an open run, and
  -- without one completed or skipped today.
  candidates as materialized (
    select
      b.customer_id, b.score, b.reasons, b.arr, b.days_to_notice, b.leading_signal, b.deadline_points,
      own.id is not null as is_own
    from book b left join unnest(customers) own (id) on own.id = b.customer_id cross join day d
    where
      case
        when own.id is not null then b.score >= d.today_from
        else
          leads and b.health_band = private.at_risk_band() and b.days_to_notice between 0 and private.near_deadline_days()
      end
      and not exists (
        select 1 from recent_runs e
        where
          e.customer_id = b.customer_id
          and (e.ended_at is null or (e.status in ('completed', 'skipped') and e.ended_at >= d.begins_at))
      )
  ),
  suggested as (
    select s.customer_id, s.workflow_id
    from private.suggest_workflows(private.current_company_id(), array(
      select
        row(
          c.customer_id, array(select reason ->> 'kind' from jsonb_array_elements(c.reasons) reason), c.leading_signal,
          c.deadline_points, c.arr
        )::private.suggestion_case
      from candidates c
    )) s
  ),
  found as (
    select
      'run:' || x.execution_id as key, null::text as former_key, 'escalated:' || x.id as occasion,
      'escalation' as kind, 1 as urgency, x.respond_by as since,
      x.customer_id, x.execution_id, x.id as escalation_id, null::uuid as follow_up_id, null::text as workflow_id,
      null::text as woke_because, null::text as snooze_reason, null::date as planned_for, null::uuid as planned_by,
      null::uuid as price_approval_id, null::private.stuck_run as stuck
    from public.workflow_escalations x
    where x.assigned_to = any((select private.represented_people())::uuid[]) and x.ended_at is null
    union all
    select
      'run:' || x.execution_id, null, 'handed_back:' || x.id, 'hand_back', 2, x.ended_at,
      x.customer_id, x.execution_id, x.id, null, null, null, null, null, null, null, null
    from private.unseen_decisions((select private.represented_people()), (select private.current_company_id())) x
    union all
    select
      'run:' || r.execution_id,
      case
        when
          r.started_at >= d.begins_at
          and private.takes_place_of_customer(r.execution_id, r.customer_id, r.started_at, d.begins_at)
          then 'customer:' || r.customer_id
      end,
      case when u.urgency in (3, 4) then 'due:' || r.execution_id when u.urgency = 5 then 'back:' || r.execution_id end,
      'run', u.urgency,
      case when u.urgency = 3 then r.due_on::timestamptz end,
      r.customer_id, r.execution_id, null, null, r.workflow_id, r.woke_because, r.snooze_reason,
      r.planned_for, r.planned_by, null, null
    from private.waiting_runs() r
    cross join day d
    cross join
      lateral (
        select case
          when not r.is_mine then 6 when r.due_on < today then 3 when r.due_on = today then 4 when r.is_back then 5
          else 6
        end as urgency
      ) u
    union all
    select
      'follow_up:' || f.id, null, 'follow_up:' || f.id, 'follow_up', case when f.due_on < today then 3 else 4 end,
      case when f.due_on < today then f.due_on::timestamptz end,
      f.customer_id, f.execution_id, null, f.id, null, null, null, null, null, null, null
    from public.follow_ups f
    where
      f.assigned_to = any((select private.represented_people())::uuid[]) and f.done_at is null and f.due_on <= today
    union all
    select
      'customer:' || b.customer_id, null, case when b.days_to_notice = 0 then 'deadline:' || b.customer_id end,
      case when b.is_own then 'customer' else 'renewal' end, case when b.days_to_notice = 0 then 4 else 6 end, null,
      b.customer_id, null, null, null, s.workflow_id, null, null, null, null, null, null
    from candidates b left join suggested s on s.customer_id = b.customer_id
    where
      not exists (
        select 1 from recent_runs e
        where e.customer_id = b.customer_id and e.workflow_id = s.workflow_id and e.status <> 'abandoned'
      )
    union all
    select
      'price:' || p.id, null, 'price:' || p.id, 'price', 2, p.since, p.customer_id, p.execution_id, null, null, null,
      null, null, null, null, p.id, null
    from private.prices_to_approve() p where leads
    union all
    select
      'run:' || r.execution_id, null, null, 'stuck', 6, null, r.customer_id, r.execution_id, null, null, null, null,
      null, null, null, null, r
    from private.stuck_runs(today) r
    where
      leads
      and (
        r.reason <> 'approval_waits' or r.execution_id not in (select p.execution_id from private.prices_to_approve() p)
      )
  ),
  -- One's own run is one's own also where it is stuck.
  single as (select distinct on (f.key) f.* from found f order by f.key, f.urgency, f.kind = 'stuck', f.since)
  select
    (
      row_number() over (
        order by
          case when leads then private.leader_rank(s.kind, s.urgency) end, s.urgency, s.since,
          case when s.kind = 'stuck' then b.arr end desc nulls last,
          b.score desc nulls last, b.arr desc nulls last, b.notice_deadline, c.name, s.key
      )
    )::int,
    s.key, s.former_key, s.occasion, s.kind, s.urgency, s.customer_id, s.execution_id, s.escalation_id, s.follow_up_id,
    s.workflow_id, s.woke_because, s.snooze_reason, s.planned_for, s.planned_by,
    b.ranked, s.price_approval_id, s.stuck
  from single s
  join public.customers c on c.id = s.customer_id
  left join book b on b.customer_id = s.customer_id
$$;
comment on function private.waiting_items is
'All that waits for a person on a day, in its order: what cannot wait first, then by score, ARR and notice deadline; '
'for a leader by kind (private.leader_rank), stuck runs by ARR. `customers` are the person''s own; `ranked` has the '
'figures of these, of those they work for, and for a leader of those listed by private.list_customers_led.';

-- A book that comes in during the day would else find the list stored, and Today empty until tomorrow.
create function private.may_store_today_list(me public.profiles, waiting private.waiting_item[]) returns boolean
language plpgsql stable security definer set search_path = ''
as $$
begin
  return (cardinality(waiting) > 0 or exists (
      select 1 from public.customers c
      where c.company_id = me.company_id and (c.owner_id = me.id or private.is_leader(me.role))))
    and not exists (select 1 from public.imports i where i.company_id = me.company_id and i.status = 'decided');
end;
$$;
comment on function private.may_store_today_list is
'True once a person has customers, or a leader''s team has, or something waits, and no import is being brought in.';

create function private.is_today_list_outdated(list public.today_lists) returns boolean
language plpgsql stable security definer set search_path = ''
as $$
begin
  return list.items = '{}' and exists (
    select 1 from public.imports i where i.company_id = list.company_id and i.applied_at > list.created_at);
end;
$$;
comment on function private.is_today_list_outdated is
'True for a list on which nothing ever stood, if an import was brought in since it was stored.';

create function private.open_today_list(waiting private.waiting_item[]) returns text[]
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
  today constant date := private.today();
  list public.today_lists;
  added text[];
begin
  select * into list from public.today_lists l
  where l.person_id = me.id and l.company_id = me.company_id and l.day = today;
  if found and private.is_today_list_outdated(list) then
    delete from public.today_lists l where l.id = list.id;
    list := null;
  end if;
  if list.id is null and not private.may_store_today_list(me, waiting) then
    return array(select w.key from unnest(waiting) w where w.place <= 3 or w.urgency < 6 order by w.place);
  end if;
  if list.id is null then
    -- Of two tabs at once one stores its list; the other waits for it here and reads it below.
    insert into public.today_lists (company_id, person_id, day, items, occasions)
    select
      me.company_id, me.id, today,
      coalesce(array_agg(w.key order by w.place) filter (where w.place <= 3), '{}'),
      coalesce((array_agg(w.occasion order by w.place) filter (where w.urgency < 6))[:5000], '{}')
    from unnest(waiting) w
    on conflict (person_id, company_id, day) do nothing;
    delete from public.today_lists l
    where l.person_id = me.id and l.company_id = me.company_id and l.day < today - 30;
    select * into list from public.today_lists l
    where l.person_id = me.id and l.company_id = me.company_id and l.day = today;
  end if;
  added := array(
    select w.key from unnest(waiting) w
    where w.urgency < 6 and w.occasion <> all (list.occasions) and w.key <> all (list.items)
      and coalesce(w.former_key <> all (list.items), true)
    order by w.place);
  if cardinality(added) > 0 then
    update public.today_lists l
    set items = (l.items || array(select a.key from unnest(added) a (key) where a.key <> all (l.items)))[:1000],
        occasions = (l.occasions || array(
          select w.occasion from unnest(waiting) w
          where w.key = any (added) and w.occasion <> all (l.occasions)))[:5000]
    where l.id = list.id
    returning l.items into list.items;
  end if;
  return list.items;
end;
$$;
comment on function private.open_today_list is
'Keys of the signed-in person''s list of today: stored when it is first asked for and their book is here, the first '
'three of what waits, and longer by what could not wait since. Lists of more than 30 days ago are deleted.';

create function private.read_today_list() returns text[]
language sql stable security invoker set search_path = ''
as $$
  select coalesce(
    (select l.items from public.today_lists l where l.person_id = auth.uid() and l.day = private.today()), '{}'
  )
$$;
comment on function private.read_today_list is
'Keys of the signed-in person''s list of today; none before it is shown.';

create function private.place_on_list(item private.waiting_item, items text[]) returns int
language sql immutable set search_path = ''
as $$ select coalesce(array_position(items, item.key), array_position(items, item.former_key)) $$;
comment on function private.place_on_list is
'Where an item is on the stored list of a day, or the customer whose place it takes; null if it is not on it.';

create function private.describe_escalation(escalation uuid, me uuid) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select
    jsonb_build_object(
      'escalation_id', x.id, 'execution_id', x.execution_id, 'ask', x.ask,
      'severity_label', private.severity_label(x.company_id, x.severity),
      'respond_by', x.respond_by, 'acknowledged_at', x.acknowledged_at, 'decision', x.decision,
      'is_over', x.ended_at is not null,
      'is_overdue', x.ended_at is null and x.acknowledged_at is null and x.respond_by < now(),
      'to_me', x.assigned_to = me, 'assigned_to_name', a.full_name, 'raised_by_name', b.full_name,
      'customer_id', x.customer_id, 'customer_name', c.name, 'workflow_name', v.name
    )
  from public.workflow_escalations x
  join public.workflow_executions e on e.id = x.execution_id
  join public.workflow_definition_versions v on v.id = e.definition_version_id
  join public.customers c on c.id = x.customer_id
  join public.profiles a on a.id = x.assigned_to
  join public.profiles b on b.id = x.raised_by
  where x.id = escalation
$$;
comment on function private.describe_escalation is 'An escalation with people, customer and workflow by name.';

create function private.describe_price_to_approve(approval uuid) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select
    jsonb_build_object(
      'id', a.id, 'execution_id', a.execution_id, 'customer_id', c.id, 'customer_name', c.name,
      'off_list_percent', a.off_list_percent, 'lacks_list_price', a.lacks_list_price,
      'total', a.total, 'list_total', a.list_total,
      'requested_by_name', (select p.full_name from public.profiles p where p.id = a.requested_by)
    )
  from public.price_approvals a
  join public.workflow_executions e on e.id = a.execution_id
  join public.customers c on c.id = e.customer_id
  where a.id = approval
$$;
comment on function private.describe_price_to_approve is 'A price that waits, with its customer and who asked by name.';

create function private.describe_waiting_item(w private.waiting_item) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select
    to_jsonb(w) - '{place,key,former_key,occasion,ranked,urgency,planned_by,price_approval_id,stuck}'::text[]
    || coalesce(to_jsonb(w.ranked), '{}')
    || jsonb_build_object(
      'key', w.key, 'customer_name', c.name, 'owner_name', o.full_name,
      'absence', coalesce(
        (select private.describe_absence(f.assigned_to) from public.follow_ups f where f.id = w.follow_up_id),
        (select private.describe_absence(x.assigned_to) from public.workflow_escalations x where x.id = w.escalation_id),
        private.describe_absence(coalesce(e.assigned_to, e.owner_id, c.owner_id))
      ),
      'urgency', case
        when w.kind = 'price' then 'approval'
        else (array['escalated', 'handed_back', 'overdue', 'due_today', 'back'])[w.urgency]
      end,
      'price', case when w.price_approval_id is not null then private.describe_price_to_approve(w.price_approval_id) end,
      'stuck', case
        when (w.stuck).execution_id is not null
          then jsonb_build_object(
            'reason', (w.stuck).reason, 'since', (w.stuck).since,
            'worker_name', (select p.full_name from public.profiles p where p.id = (w.stuck).worker_id),
            'about_name', (select p.full_name from public.profiles p where p.id = (w.stuck).about_id)
          )
      end,
      'planned_by_name', (
        select p.full_name from public.profiles p where p.id = w.planned_by and p.id <> (select auth.uid())
      ),
      'workflow_id', coalesce(e.workflow_id, w.workflow_id),
      'workflow_name', coalesce(v.name, private.published_workflow_name(w.workflow_id)),
      'run', case
        when e.id is not null then jsonb_build_object(
          'execution_id', e.id, 'workflow_id', e.workflow_id, 'workflow_name', v.name, 'customer_id', e.customer_id,
          'customer_name',
          c.name,
          'owner_name',
          p.full_name,
          'assigned_to_name',
          a.full_name,
          'status',
          e.status,
          'current_slide',
          e.current_slide,
          'due_on', e.due_on, 'updated_at', e.updated_at, 'start_reason', private.read_start_reason(e.id),
          'slides', private.count_slides_of_run(e.id, v.slide_sequence, v.slide_contexts), 'slides_done', (
            select count(*) from public.workflow_step_executions s where s.execution_id = e.id and s.status <> 'draft'
          )
        )
      end,
      'escalation', case
        when w.escalation_id is not null then private.describe_escalation(w.escalation_id, (select auth.uid()))
      end,
      'follow_up', (
        select
          jsonb_build_object(
            'id', f.id, 'title', f.title, 'due_on', f.due_on, 'created_by_name', a.full_name,
            'is_own', f.created_by = f.assigned_to
          )
        from public.follow_ups f join public.profiles a on a.id = f.created_by
        where f.id = w.follow_up_id
      )
    )
  from public.customers c
  join public.profiles o on o.id = c.owner_id
  left join public.workflow_executions e on e.id = w.execution_id
  left join public.workflow_definition_versions v on v.id = e.definition_version_id
  left join public.profiles p on p.id = e.owner_id
  left join public.profiles a on a.id = e.assigned_to
  where c.id = w.customer_id
$$;
comment on function private.describe_waiting_item is
'A waiting item as pages show it, with its run, escalation, follow-up or price, and why it is stuck.';

create function private.own_customers() returns uuid[]
language sql stable security invoker set search_path = ''
as $$
  select coalesce(array_agg(c.id), '{}') from public.customers c
  where c.status = 'active' and c.owner_id = any((select private.represented_people())::uuid[])
$$;
comment on function private.own_customers is
'Active customers the signed-in person owns, or for whose owner they stand in.';

create function private.active_customers() returns uuid[]
language sql stable security invoker set search_path = ''
as $$ select coalesce(array_agg(c.id), '{}') from public.customers c where c.status = 'active' $$;
comment on function private.active_customers is 'Active customers the signed-in person may see.';

create function private.list_customers_worked_for(me uuid) returns uuid[]
language sql stable security invoker set search_path = ''
as $$
  select array(
    select e.customer_id from public.workflow_executions e
    where e.ended_at is null and array[e.owner_id, e.assigned_to] && (select private.represented_people())
    union
    select x.customer_id from public.workflow_escalations x
    where x.assigned_to = any((select private.represented_people())::uuid[]) and x.ended_at is null
    union
    select x.customer_id
    from private.unseen_decisions((select private.represented_people()), (select private.current_company_id())) x
    union
    select f.customer_id from public.follow_ups f
    where f.assigned_to = any((select private.represented_people())::uuid[]) and f.done_at is null
  )
$$;
comment on function private.list_customers_worked_for is
'Customers, also of colleagues, with an open run, an escalation or a follow-up of the person: whoever works for a '
'customer needs its figures.';

create function private.list_customers_led(today date) returns uuid[]
language sql stable security invoker set search_path = ''
as $$
  select array(
    select r.customer_id from private.stuck_runs(today) r
    union
    select p.customer_id from private.prices_to_approve() p
    union
    select k.customer_id from public.current_contracts k
    where
      k.company_id = (select private.current_company_id())
      and k.notice_deadline between today and today + private.near_deadline_days()
  )
$$;
comment on function private.list_customers_led is
'Customers of the company that may be on a leader''s list: with a stuck run, a price to approve, a near deadline.';

create function private.rank_customers_for(
  me uuid, leads boolean, customers uuid[], today date
) returns private.ranked_customer[]
language sql stable security invoker set search_path = ''
as $$
  select
    array(
      select
        row(
          p.customer_id, p.score, p.reasons, p.arr, p.notice_deadline, p.days_to_notice, p.health_score, p.health_band,
          p.leading_signal, p.deadline_points, p.rule_version
        )::private.ranked_customer
      from public.customer_priorities(
        today,
        customers || private.list_customers_worked_for(me)
        || case when leads then private.list_customers_led(today) else '{}' end
      ) p
    )
$$;
comment on function private.rank_customers_for is
'Priorities of a person''s own customers, of those they work for, and for a leader of those on their list.';

create function private.read_waiting_items(today date) returns private.waiting_item[]
language sql stable security invoker set search_path = ''
as $$
  select
    array(
      select w
      from (select private.own_customers() as customers) own
      cross join (select private.is_team_lead() as leads) me
      cross join
        lateral private.waiting_items(
          (select auth.uid()), me.leads, own.customers,
          private.rank_customers_for((select auth.uid()), me.leads, own.customers, today), today
        ) w
      order by w.place
    )
$$;
comment on function private.read_waiting_items is 'All that waits for the signed-in person, in its order.';

create function public.today_more(p_most int default 20, p_first int default 0) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  today constant date := private.today();
  most constant int := greatest(1, least(coalesce(p_most, 20), 1000));
  first constant int := greatest(0, coalesce(p_first, 0));
  items constant text[] := private.read_today_list();
begin
  perform private.require_member();
  return (
    with further as (
      select w.item, row_number() over (order by (w.item).place) as place
      from (select unnest(private.read_waiting_items(today)) as item) w
      where private.place_on_list(w.item, items) is null
    )
    select jsonb_build_object(
      'total', count(*),
      'items', coalesce(
        jsonb_agg(private.describe_waiting_item(f.item) order by f.place)
          filter (where f.place > first and f.place <= first + most), '[]'))
    from further f);
end;
$$;
comment on function public.today_more is
'What waits for the signed-in person beside their list of today, in their order: p_most (up to 1,000), without the '
'first p_first, and the number of all. Stores nothing.';

grant execute on function private.describe_escalation,
private.waiting_runs,
private.takes_place_of_customer,
private.waiting_items,
private.open_today_list,
private.read_today_list,
private.place_on_list,
private.near_deadline_days, private.leader_rank, private.prices_to_approve, private.describe_price_to_approve,
private.describe_waiting_item,
private.own_customers,
private.active_customers,
private.list_customers_worked_for,
private.list_customers_led,
private.rank_customers_for, private.read_waiting_items, public.today_more to authenticated;
