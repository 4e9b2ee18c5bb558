-- Which customers a trigger fits today, shown before it is turned on; and the worker that begins the runs.

create function private.most_starts_a_day() returns int
language sql immutable set search_path = '' as $$ select 50 $$;
comment on function private.most_starts_a_day is
'How many runs may begin by themselves for a company within 24 hours: a trigger that fits everybody does no harm.';

create function private.trigger_matches(company uuid, workflow text, rule jsonb)
returns table (customer_id uuid, customer_name text, owner_name text, day date, score int, why jsonb, blocked_by text)
language sql stable security invoker set search_path = ''
as $$
  with owned as materialized (
    select c.id, c.segment, o.time_zone, (now() at time zone o.time_zone)::date as day
    from public.customers c join public.profiles o on o.id = c.owner_id and o.is_active
    where c.company_id = company and c.status = 'active'
  ), days as (
    select o.day, array_agg(o.id) as customers from owned o group by o.day
  ), ranked as (
    select d.day, r.*
    from days d
    cross join lateral private.ranked_customers(d.customers, d.day, private.suggestion_rule_of_trigger(rule)) r
    where r.workflow_id is not null
  )
  select
    r.customer_id, r.customer_name, r.owner_name, r.day, r.score,
    jsonb_strip_nulls(jsonb_build_object(
      'signals', (
        select jsonb_agg(x.reason -> 'kind' order by x.place)
        from jsonb_array_elements(r.reasons) with ordinality x (reason, place)
        where rule -> 'signals' @> (x.reason -> 'kind')
      ),
      'days_to_notice', case when jsonb_typeof(rule -> 'notice_within_days') = 'number' then r.days_to_notice end,
      'health', case when jsonb_typeof(rule -> 'health') = 'array' then r.health_band end,
      'health_before', case when rule -> 'only_health_turned' = 'true' then earlier.health_band end,
      'arr', case when jsonb_typeof(rule -> 'arr_from') = 'number' then r.arr end,
      'segment', case when jsonb_typeof(rule -> 'segments') = 'array' then o.segment end
    )),
    case
      when exists (
        select from public.workflow_executions e
        where e.customer_id = r.customer_id and e.workflow_id = workflow and e.ended_at is null
      ) then 'open'
      when exists (
        select from public.workflow_executions e
        where
          e.customer_id = r.customer_id and e.workflow_id = workflow
          and (e.started_at at time zone o.time_zone)::date > r.day - (rule ->> 'period_days')::int
      ) then 'recent'
    end
  from ranked r
  join owned o on o.id = r.customer_id
  left join lateral (
    select k.health_band from public.customer_scores k
    where
      k.customer_id = r.customer_id and k.day between r.day - 7 and r.day - 1
      and array_position('{red,yellow,green}', k.health_band) > array_position('{red,yellow,green}', r.health_band)
    order by k.day desc limit 1
  ) earlier on true
  where
    (
      jsonb_typeof(rule -> 'notice_within_days') is distinct from 'number'
      or r.days_to_notice between 0 and (rule ->> 'notice_within_days')::int
    )
    and (jsonb_typeof(rule -> 'segments') is distinct from 'array' or rule -> 'segments' ? o.segment)
    and (jsonb_typeof(rule -> 'health') is distinct from 'array' or rule -> 'health' ? r.health_band)
    and (rule -> 'only_health_turned' is distinct from 'true' or earlier.health_band is not null)
$$;
comment on function private.trigger_matches is
'Customers a trigger fits on the day where their owner is, with what of it is true of them. blocked_by: open, a run of '
'the workflow is; recent, one began within the period, by itself or by a person. Whoever has no active owner, or is no '
'longer a customer, does not match.';

create function private.preview_trigger(workflow text, rule jsonb) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  with matches as materialized (
    select m.*, row_number() over (order by m.blocked_by nulls first, m.score desc, m.customer_id) as place
    from private.trigger_matches(private.current_company_id(), workflow, rule) m
  )
  select jsonb_build_object(
    'matching_count', (select count(*) from matches),
    'starting_count', (select count(*) from matches m where m.blocked_by is null),
    'most_a_day', private.most_starts_a_day(),
    'started_today', (
      select count(*) from public.workflow_starts s
      where s.company_id = private.current_company_id() and s.created_at > now() - interval '24 hours'
    ),
    'customers', coalesce((
      select
        jsonb_agg(jsonb_build_object(
          'customer_id', m.customer_id, 'customer_name', m.customer_name, 'owner_name', m.owner_name,
          'why', m.why, 'blocked_by', m.blocked_by
        ) order by m.place)
      from matches m where m.place <= 200
    ), '[]')
  )
$$;
comment on function private.preview_trigger is 'See public.preview_trigger.';

create function public.preview_trigger(p_workflow_id text, p_begun_when jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = ''
as $$
begin
  perform private.require_member();
  if not coalesce(private.is_readable_json(p_begun_when), false) then
    raise sqlstate 'PT400' using message = 'The trigger cannot be read.';
  end if;
  perform private.raise_invalid(array_remove(private.trigger_rule_errors(p_begun_when), null));
  -- Just after an import nothing is kept, and deriving is slow until there are statistics.
  for _ in 1..3 loop
    perform private.keep_scores_of_today(private.active_customers());
  end loop;
  return private.preview_trigger(p_workflow_id, p_begun_when);
end;
$$;
comment on function public.preview_trigger is
'Dry run of a trigger: how many customers it fits now, for how many a run would begin, and up to 200 of them with why '
'and what is in the way (open, recent). Begins nothing. Raises PT400 with all errors.';

create function public.workflow_trigger(p_definition_id uuid) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select jsonb_build_object(
    'rule', d.begun_when, 'is_enabled', private.begins_by_itself(d.id),
    'is_changed_since', coalesce(t.is_enabled and t.rule is distinct from d.begun_when, false),
    'changed_by_name', p.full_name, 'changed_at', t.updated_at,
    'started_count', (select count(*) from public.workflow_starts s where s.definition_id = d.id),
    'starts', coalesce((
      select jsonb_agg(to_jsonb(x) order by x.started_at desc)
      from (
        select
          s.execution_id, e.customer_id, c.name as customer_name, s.created_at as started_at, s.why
        from public.workflow_starts s
        join public.workflow_executions e on e.id = s.execution_id
        join public.customers c on c.id = e.customer_id
        where s.definition_id = d.id order by s.created_at desc, s.execution_id limit 10
      ) x
    ), '[]')
  )
  from public.workflow_definitions d
  left join public.workflow_triggers t on t.definition_id = d.id
  left join public.profiles p on p.id = t.changed_by
  where d.id = p_definition_id and d.company_id = private.current_company_id()
$$;
comment on function public.workflow_trigger is
'Whether a workflow of one''s company begins by itself, who decided so, and its last ten starts with why; null for '
'another workflow. is_changed_since: it was on, and a new rule was published.';

create function private.begin_matched_run(
  due public.workflow_triggers, workflow text, customer uuid, day date, why jsonb
) returns uuid
language plpgsql volatile security definer set search_path = ''
as $$
declare
  version constant public.workflow_definition_versions := private.find_published_version(due.company_id, workflow);
  account public.customers;
  run public.workflow_executions;
begin
  select * into account from public.customers c where c.id = customer and c.status = 'active' for key share;
  if not found or version.definition_id is distinct from due.definition_id then
    return null;
  end if;
  run := private.insert_run(account, version, gen_random_uuid());
  if run.id is null then
    return null;
  end if;
  insert into public.workflow_starts (execution_id, company_id, definition_id, why, started_on)
  values (run.id, run.company_id, due.definition_id, why, day);
  update public.workflow_execution_events t
  set payload = t.payload || jsonb_build_object('why', why)
  where t.execution_id = run.id and t.kind = 'started';
  insert into public.notices (company_id, person_id, customer_id, execution_id, body)
  values (run.company_id, run.owner_id, run.customer_id, run.id, left(
    format('Zen began “%s” for %s.', version.name, account.name), 2000));
  return run.id;
end;
$$;
comment on function private.begin_matched_run is
'Begins a run for a customer a trigger fits, and tells its owner; null where a person was faster.';

create function private.keep_scores_of_company(company uuid) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  part record;
begin
  for part in
    select d.day, array_agg(c.id) as customers
    from (
      select distinct (now() at time zone p.time_zone)::date as day from public.profiles p
      where p.company_id = company and p.is_active
    ) d
    join public.customers c on c.company_id = company and c.status = 'active' and c.customer_since <= d.day
    where
      not exists (select from public.customer_scores k where k.customer_id = c.id and k.day = d.day)
      or exists (select from private.stale_customers s where s.customer_id = c.id)
    group by d.day
  loop
    perform private.keep_scores(company, part.day, part.customers);
  end loop;
end;
$$;
comment on function private.keep_scores_of_company is
'Keeps the scores that are missing or stale of a company, on each day it is where somebody of it is. Scores that are '
'not kept are derived by every trigger anew: half a second for a thousand customers.';

create function private.run_trigger(due public.workflow_triggers) returns int
language plpgsql volatile security definer set search_path = ''
as $$
declare
  workflow constant text := (select d.workflow_id from public.workflow_definitions d where d.id = due.definition_id);
  found_customer record;
  begun int := 0;
  most int;
begin
  -- Two workers at two triggers of one company would each begin as many as may begin.
  perform 1 from public.companies c where c.id = due.company_id for no key update;
  select private.most_starts_a_day() - count(*) into most from public.workflow_starts s
  where s.company_id = due.company_id and s.created_at > now() - interval '24 hours';
  perform private.keep_scores_of_company(due.company_id);
  for found_customer in
    select m.customer_id, m.day, m.why from private.trigger_matches(due.company_id, workflow, due.rule) m
    where m.blocked_by is null order by m.score desc, m.customer_id limit greatest(most, 0)
  loop
    if private.begin_matched_run(
      due, workflow, found_customer.customer_id, found_customer.day, found_customer.why) is not null then
      begun := begun + 1;
    end if;
  end loop;
  return begun;
end;
$$;
comment on function private.run_trigger is
'Begins runs for the customers a trigger fits, the highest priority first, until the company''s limit. Returns how many.';

create function private.run_due_triggers(most int) returns int
language plpgsql volatile security definer set search_path = ''
as $$
declare
  due public.workflow_triggers;
  done int := 0;
begin
  for due in
    select t.* from public.workflow_triggers t
    where t.is_enabled and not exists (
      select from private.trigger_checks k where k.trigger_id = t.id and k.checked_at > now() - interval '30 minutes')
    order by t.id limit least(greatest(most, 1), 100)
    for no key update of t skip locked
  loop
    if private.begins_by_itself(due.definition_id) then
      perform private.run_trigger(due);
    end if;
    insert into private.trigger_checks as k (trigger_id) values (due.id)
    on conflict (trigger_id) do update set checked_at = excluded.checked_at;
    done := done + 1;
  end loop;
  return done;
end;
$$;
comment on function private.run_due_triggers is 'See public.run_due_triggers.';

create function public.run_due_triggers(p_most int default 5) returns int
language sql volatile security invoker set search_path = ''
as $$ select private.run_due_triggers(p_most) $$;
comment on function public.run_due_triggers is
'For the worker: begins the runs of at most `p_most` triggers that were not looked at for 30 minutes. Returns of how '
'many triggers; 0 if nothing is left to do now.';

grant execute on function private.most_starts_a_day, private.trigger_matches, private.preview_trigger,
public.preview_trigger, public.workflow_trigger to authenticated;
grant execute on function private.run_due_triggers, public.run_due_triggers to service_role;
