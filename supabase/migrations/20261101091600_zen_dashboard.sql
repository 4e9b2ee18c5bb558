-- The zen dashboard in one request: at most three things, the rest counted, four figures with a trend, renewals, runs to resume.
-- A CSM sees their own customers, a leader the company's.

create function private.suggested_workflow(leading_signal text, deadline_points int, arr numeric) returns text
language sql immutable set search_path = ''
as $$
  select case
    when leading_signal in ('sponsor_left', 'champion_left') and deadline_points < 30 then 'executive-contact-lost'
    when leading_signal = 'seats_full' and deadline_points < 10 then 'expansion-opportunity-for-obsidian-black'
    when deadline_points > 0 and arr >= 400000 then 'obsidian-black-renewal'
    when deadline_points > 0 then 'standard-renewal'
    when arr >= 400000 then 'executive-engagement-with-obsidian-black'
    else 'standard-renewal'
  end
$$;
comment on function private.suggested_workflow is 'The workflow that fits why a customer matters now.';
grant execute on function private.suggested_workflow to authenticated;

create function public.zen_dashboard() returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  today constant date := current_date;
  threshold constant int := 40;
  trend_weeks constant int := 12;
  me constant uuid := auth.uid();
  leads constant boolean := private.leads_team();
  mine uuid[];
  board jsonb;
begin
  perform private.require_member();
  select coalesce(array_agg(c.id), '{}') into mine from public.customers c
  where c.status = 'active' and (leads or c.owner_id = me);

  with ranked as (
    select p.*, c.name as customer_name, o.full_name as owner_name,
      private.suggested_workflow(p.leading_signal, p.deadline_points, p.arr) as workflow_id
    from public.customer_priorities(today, mine) p
    join public.customers c on c.id = p.customer_id
    join public.profiles o on o.id = c.owner_id
  ),
  waiting as (
    select r.*, d.name as workflow_name, row_number() over (order by r.score desc, r.notice_deadline nulls last, r.customer_name) as place
    from ranked r
    left join lateral (
      select v.name from public.workflow_definitions w join public.workflow_definition_versions v on v.definition_id = w.id
      where w.workflow_id = r.workflow_id and w.status = 'published'
      order by w.company_id nulls last, v.version desc limit 1) d on true
    where r.score >= threshold
      and not exists (
        select 1 from public.workflow_executions e
        where e.customer_id = r.customer_id and (e.ended_at is null or (e.workflow_id = r.workflow_id and e.ended_at > now() - interval '45 days')))
  ),
  trend as (
    select h.day,
      sum(k.arr) as arr,
      case when count(h.band) > 0 then coalesce(sum(k.arr) filter (where h.band in ('yellow', 'red')), 0) end as arr_at_risk,
      sum(h.active_users) as active_users, sum(h.seats) as seats,
      sum(h.open_tickets) as open_tickets
    from private.health_points(array(select today - 7 * n from generate_series(0, trend_weeks) n), mine) h
    left join lateral (
      select x.arr from public.contracts x where x.customer_id = h.customer_id and x.starts_on <= h.day
      order by x.starts_on desc, x.id limit 1) k on true
    group by h.day
  )
  select jsonb_build_object(
    'today', today,
    'customers', cardinality(mine),
    'things', coalesce((
      select jsonb_agg(to_jsonb(w) - 'place' order by w.place) from waiting w where w.place <= 3), '[]'),
    'waiting', (select count(*) from waiting where place > 3),
    'next_deadline', (select min(notice_deadline) from waiting where place > 3 and notice_deadline >= today),
    'calm', (select count(*) from ranked where score < threshold),
    'snoozed', (select count(*) from public.workflow_executions e where e.customer_id = any (mine) and e.status = 'snoozed'),
    'completed_this_week', (
      select count(*) from public.workflow_executions e
      where e.customer_id = any (mine) and e.status = 'completed' and e.ended_at > now() - interval '7 days'),
    'trend', coalesce((select jsonb_agg(to_jsonb(t) order by t.day) from trend t), '[]'),
    'usage_customers', (
      select count(distinct u.customer_id) from public.usage_weeks u
      where u.customer_id = any (mine) and u.week_starts_on > today - 28),
    'renewals', coalesce((
      select jsonb_agg(to_jsonb(x) order by x.month, x.band) from (
        select to_char(k.ends_on, 'YYYY-MM') as month, coalesce(r.health_band, 'none') as band,
          count(*) as customers, sum(k.arr) as arr
        from ranked r join public.current_contracts k on k.customer_id = r.customer_id
        where k.ends_on >= date_trunc('month', today) and k.ends_on < date_trunc('month', today) + interval '12 months'
        group by 1, 2) x), '[]'),
    'resume', coalesce((
      select jsonb_agg(to_jsonb(x) order by x.updated_at desc) from (
        select e.id as execution_id, e.workflow_id, v.name as workflow_name, e.customer_id, c.name as customer_name,
          e.status, e.current_slide, e.due_on, e.updated_at, e.started_at, o.full_name as owner_name,
          cardinality(v.slide_sequence) as slides,
          (select count(*) from public.workflow_step_executions s where s.execution_id = e.id and s.status <> 'draft') as slides_done
        from public.workflow_executions e
        join public.workflow_definition_versions v on v.id = e.definition_version_id
        join public.customers c on c.id = e.customer_id
        join public.profiles o on o.id = e.owner_id
        where e.ended_at is null and e.status in ('active', 'escalated')
          and ((leads and e.customer_id = any (mine)) or e.owner_id = me)
        order by e.updated_at desc limit 20) x), '[]'),
    'recently_completed', coalesce((
      select jsonb_agg(to_jsonb(x) order by x.ended_at desc) from (
        select e.id as execution_id, v.name as workflow_name, c.name as customer_name, e.outcome_code, e.outcome_amount, e.ended_at
        from public.workflow_executions e
        join public.workflow_definition_versions v on v.id = e.definition_version_id
        join public.customers c on c.id = e.customer_id
        where e.customer_id = any (mine) and e.status = 'completed' and e.ended_at > now() - interval '7 days'
        order by e.ended_at desc limit 5) x), '[]'))
  into board;
  return board;
end;
$$;
comment on function public.zen_dashboard is 'What the signed-in person needs today; see docs/data-model.md for the formula behind things.';
grant execute on function public.zen_dashboard to authenticated;
