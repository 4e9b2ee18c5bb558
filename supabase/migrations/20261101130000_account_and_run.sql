-- Pages in one request each: the account of a customer, the catalogue, a run. Invoker: row-level security decides what
-- is visible.

-- Health, priority and signals are asked for once for all customers: asked for one by one, each reads the whole company.
create function private.read_customers(customers uuid[], today date, until date default null)
returns table (customer_id uuid, account jsonb)
language sql stable security invoker set search_path = ''
as $$
  with health as materialized (
    select h.customer_id, to_jsonb(h) as health from public.customer_health(today, customers) h
  ), priorities as materialized (
    select p.customer_id, to_jsonb(p) as priority from public.customer_priorities(today, customers) p
  ), signals as materialized (
    select s.customer_id, jsonb_agg(to_jsonb(s) order by s.points desc, s.kind) as signals
    from public.customer_signals(today, customers) s group by s.customer_id
  )
  select
    c.id,
    jsonb_build_object(
      'today', today,
      'customer', to_jsonb(c) || jsonb_build_object(
        'owner_name', (select p.full_name from public.profiles p where p.id = c.owner_id)
      ),
      'contract', (
        select to_jsonb(k) from public.contracts k
        where k.customer_id = c.id and k.starts_on <= today order by k.starts_on desc, k.id limit 1
      ),
      'health', (select h.health from health h where h.customer_id = c.id),
      'priority', (select p.priority from priorities p where p.customer_id = c.id),
      'signals', coalesce((select s.signals from signals s where s.customer_id = c.id), '[]'),
      'contacts', coalesce((
        select jsonb_agg(to_jsonb(x) order by x.status, x.influence desc nulls last, x.name)
        from public.contacts x where x.customer_id = c.id
      ), '[]'),
      'usage', coalesce((
        select jsonb_agg(to_jsonb(x) order by x.week_starts_on)
        from (
          select u.week_starts_on, u.active_users, u.seats, u.logins, u.key_actions from public.usage_weeks u
          where u.customer_id = c.id and u.week_starts_on <= coalesce(until, 'infinity')
          order by u.week_starts_on desc limit 26
        ) x
      ), '[]'),
      'tickets', private.list_tickets(
        c.id, null, greatest(100, least(500, (k.counts ->> 'open_ticket_count')::int)), until
      ),
      'surveys', private.list_surveys(c.id, null, 50, until),
      'notes', private.list_notes(c.id, null, 50, 4000, until),
      'data_keeper', (select k.full_name from private.find_data_keeper(c.company_id, c.id) k),
      'past_runs', private.list_past_runs(c.id, null, 20, until)
    ) || k.counts
  from public.customers c cross join lateral (select private.count_records(c.id, until) as counts) k
  where c.id = any(customers)
$$;
comment on function private.read_customers is
'What public.customer_account has of each customer alone, of those one may see. Without records of after the '
'day `until`.';

create function private.read_account_company(company uuid) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select
    jsonb_build_object(
      'company_name', (select m.name from public.companies m where m.id = company),
      'price_list', coalesce((
        select jsonb_agg(to_jsonb(m) order by m.name) from public.modules m where m.company_id = company
      ), '[]'),
      'rules', private.company_rules(company)
    )
$$;
comment on function private.read_account_company is
'What public.customer_account has that is the same for all customers of a company: its name, price list and rules.';

create function private.read_account(customer uuid, today date, until date default null) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select r.account || private.read_account_company(c.company_id)
  from private.read_customers(array[customer], today, until) r join public.customers c on c.id = r.customer_id
$$;
comment on function private.read_account is
'See public.customer_account; null for a customer one may not see. Without records of after the day `until`.';

create function public.customer_account(p_customer_id uuid) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  account constant jsonb := private.read_account(p_customer_id, private.today());
begin
  if account is null then
    raise sqlstate 'PT404' using message = 'This customer does not exist, or you don''t have access to it.';
  end if;
  return account;
end;
$$;
comment on function public.customer_account is
'One customer with contract, health, priority, signals, contacts, 26 weeks of usage, tickets, surveys, notes, price '
'list and past runs, as of today.';

create function public.workflow_catalogue() returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select jsonb_build_object(
    'workflows', coalesce((
      select
        jsonb_agg(
          to_jsonb(r) || jsonb_build_object(
            'definition', to_jsonb(d), 'version', to_jsonb(latest),
            'published_by_name', (select p.full_name from public.profiles p where p.id = latest.published_by),
            'stock_version', stock.version, 'stock_changed_slides', stock.changed_slides,
            'begins_by_itself', private.begins_by_itself(d.id)
          ) order by d.company_id nulls last, d.name
        )
      from public.workflow_definitions d
      cross join
        lateral (
          select v.* from public.workflow_definition_versions v
          where v.definition_id = d.id order by v.version desc limit 1
        ) latest
      cross join
        lateral (
          select
            count(*) filter (where e.ended_at is null) as open_runs,
            count(*) filter (where e.status = 'completed') as done_runs,
            count(e.ended_at) as ended_runs,
            round((percentile_cont(0.5) within group (
              order by case when e.status = 'completed' then extract(epoch from e.ended_at - e.started_at) / 86400 end
            ))::numeric, 1) as median_days
          from public.workflow_executions e join public.workflow_definition_versions v on v.id = e.definition_version_id
          where v.definition_id = d.id
        ) r
      left join
        lateral (
          select b.version, private.count_changed_slides(base, b) as changed_slides
          from public.workflow_definition_versions b left join public.workflow_definition_versions base
            on base.definition_id = d.cloned_from and base.version = d.cloned_from_version
          where b.definition_id = d.cloned_from and b.company_id is null order by b.version desc limit 1
        ) stock
        on true
    ), '[]'),
    'drafts', coalesce((
      select
        jsonb_agg(jsonb_build_object(
          'draft', to_jsonb(w), 'author_name', p.full_name, 'is_own', w.author_id = (select auth.uid())
        ) order by w.updated_at desc, w.id)
      from public.workflow_drafts w join public.profiles p on p.id = w.author_id
    ), '[]'),
    'customers', coalesce((
      select
        jsonb_agg(
          jsonb_build_object(
            'id', c.id, 'name', c.name, 'owner_id', c.owner_id,
            'open', coalesce((
              select jsonb_object_agg(e.workflow_id, e.id) from public.workflow_executions e
              where e.customer_id = c.id and e.ended_at is null
            ), '{}')
          ) order by c.name
        )
      from public.customers c
      where c.status = 'active' and ((select private.is_team_lead()) or c.owner_id = (select auth.uid()))
    ), '[]')
  )
$$;
comment on function public.workflow_catalogue is
'Workflows, archived ones too, with their latest version, who published it, and what became of their runs in figures; '
'the drafts of the company; the customers one may start them for. stock_version: the latest of what it was cloned from, '
'stock_changed_slides: how many slides changed since.';

create function private.undoable_actions(execution uuid) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select
    coalesce(jsonb_agg(jsonb_build_object(
      'run_id', r.id, 'kind', r.kind, 'name', r.name, 'summary', r.summary, 'slide_id', r.slide_id,
      'created_at', r.created_at, 'actor_name', p.full_name
    ) order by r.created_at desc), '[]')
  from public.saved_action_runs r join public.profiles p on p.id = r.actor_id
  where
    r.execution_id = execution and r.undone_at is null and r.before <> '{}'
    and r.created_at > now() - interval '24 hours'
    and (r.actor_id = (select auth.uid()) or (select private.is_team_lead()))
$$;
comment on function private.undoable_actions is 'Actions on a run that the signed-in person can undo.';

create function private.list_run_events(execution uuid, before bigint, most int) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(x) order by x.id desc), '[]')
  from (
    select t.id, t.kind, t.slide_id, t.payload, t.created_at, p.full_name as actor_name
    from public.workflow_execution_events t left join public.profiles p on p.id = t.actor_id
    where t.execution_id = execution and (before is null or t.id < before)
    order by t.id desc limit most
  ) x
$$;
comment on function private.list_run_events is 'Events of a run before the one named, newest first.';

create function private.read_run(execution uuid) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select
    jsonb_build_object(
      'execution', to_jsonb(e),
      'customer_name', (select c.name from public.customers c where c.id = e.customer_id),
      'owner_name', (select p.full_name from public.profiles p where p.id = e.owner_id),
      'assigned_to_name', (select p.full_name from public.profiles p where p.id = e.assigned_to),
      'may_write', private.can_write_execution(e.id),
      'version', to_jsonb(v),
      'latest_version', (
        select max(n.version) from public.workflow_definition_versions n where n.definition_id = v.definition_id
      ),
      'latest_resume_slide', (
        select private.resume_slide(v.slide_sequence, n.slide_sequence, e.current_slide)
        from public.workflow_definition_versions n where n.definition_id = v.definition_id
        order by n.version desc limit 1
      ),
      'start_reason', private.read_start_reason(e.id),
      'snooze', private.snooze_summary(e.id),
      'escalation', private.latest_escalation(e.id),
      'undoable', private.undoable_actions(e.id),
      'prices', private.read_prices(e.id),
      'steps', coalesce((
        select jsonb_agg(to_jsonb(s) || jsonb_build_object('saved_by_name', p.full_name) order by s.created_at)
        from public.workflow_step_executions s join public.profiles p on p.id = s.saved_by
        where s.execution_id = e.id
      ), '[]'),
      'events', private.list_run_events(e.id, null, 50),
      'event_count', (select count(*) from public.workflow_execution_events t where t.execution_id = e.id)
    )
  from public.workflow_executions e join public.workflow_definition_versions v on v.id = e.definition_version_id
  where e.id = execution
$$;
comment on function private.read_run is 'See public.workflow_run; null for a run one may not see.';

create function public.workflow_run(p_execution_id uuid) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  run constant jsonb := private.read_run(p_execution_id);
begin
  if run is null then
    raise sqlstate 'PT404' using message = 'This run does not exist, or you don''t have access to it.';
  end if;
  return run;
end;
$$;
comment on function public.workflow_run is
'A run with version, steps, why it began by itself, snooze, escalation, what can be undone and the latest 50 events.';

create function public.run_events(p_execution_id uuid, p_before bigint default null, p_most int default 50)
returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
begin
  if not exists (select 1 from public.workflow_executions e where e.id = p_execution_id) then
    raise sqlstate 'PT404' using message = 'This run does not exist, or you don''t have access to it.';
  end if;
  return private.list_run_events(p_execution_id, p_before, greatest(1, least(coalesce(p_most, 50), 200)));
end;
$$;
comment on function public.run_events is 'Up to 200 events of a run, those before the event p_before, newest first.';

create function public.open_run(p_execution_id uuid) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  run constant jsonb := public.workflow_run(p_execution_id);
  customer constant uuid := run -> 'execution' ->> 'customer_id';
begin
  return jsonb_build_object('run', run, 'account', public.customer_account(customer));
end;
$$;
comment on function public.open_run is 'A run as workflow_run returns it, and its customer as customer_account does.';

grant execute on function private.read_customers,
private.read_account_company,
private.read_account,
public.customer_account,
public.workflow_catalogue,
private.undoable_actions,
private.list_run_events,
private.read_run,
public.workflow_run,
public.run_events,
public.open_run to authenticated;
