-- Which workflow fits a customer: the rules of the workflows a company offers, applied to its priorities.

create function private.suggestion_rules(company uuid, trial jsonb default null)
returns table (
  workflow_id text,
  is_stock boolean,
  rank int,
  signals text[],
  only_leading boolean,
  deadline_points_from int,
  deadline_points_below int,
  arr_from numeric
)
language sql stable security invoker set search_path = ''
as $$
  select d.workflow_id, d.is_stock, r.*
  from (
    select o.workflow_id, o.is_stock, o.rule from private.offered_suggestion_rules(company) o
    where trial is null and o.is_suggested
    union all
    select p.workflow_id, p.is_stock, p.rule
    from private.plan_suggestion_rules(company, case when jsonb_typeof(trial) = 'array' then trial end) p
    where jsonb_typeof(trial) = 'array' and p.is_suggested
    union all
    select 'trial', false, trial where jsonb_typeof(trial) = 'object'
  ) d
  cross join lateral jsonb_populate_record(null::private.suggestion_rule, d.rule) r
$$;
comment on function private.suggestion_rules is
'The suggestion rules of the workflows a company offers, or those on trial: a list as '
'save_suggestion_rules takes it, or one rule, whose workflow is then called trial.';

create type private.suggestion_case as (
  customer_id uuid, signals text [], leading_signal text, deadline_points int, arr numeric
);
comment on type private.suggestion_case is 'What the suggestion rules look at in a customer.';

-- All customers at once: a function for each of them and each rule takes half of Today with two thousand customers.
create function private.suggest_workflows(
  company uuid, cases private.suggestion_case[], trial jsonb default null
)
returns table (customer_id uuid, workflow_id text)
language sql stable security invoker set search_path = ''
as $$
  with rules as materialized (select * from private.suggestion_rules(company, trial))
  select
    c.customer_id,
    (
      select r.workflow_id from rules r
      where
        (
          r.signals is null
          or case when r.only_leading then c.leading_signal = any(r.signals) else c.signals && r.signals end
        )
        and (r.deadline_points_from is null or c.deadline_points >= r.deadline_points_from)
        and (r.deadline_points_below is null or c.deadline_points < r.deadline_points_below)
        and (r.arr_from is null or coalesce(c.arr >= r.arr_from, false))
      order by r.rank, r.is_stock, r.workflow_id limit 1
    )
  from unnest(cases) c
$$;
comment on function private.suggest_workflows is
'The workflow whose suggestion rule, or rule on trial, fits each of these customers first; null where none does.';

create function private.ranked_customers(customers uuid[], today date, trial jsonb default null)
returns table (
  customer_id uuid, score int, reasons jsonb, arr numeric, notice_deadline date, days_to_notice int,
  health_score int, health_band text, leading_signal text, deadline_points int,
  customer_name text, owner_name text, workflow_id text
)
language sql stable security invoker set search_path = ''
as $$
  with scored as materialized (select p.* from public.customer_priorities(today, customers) p)
  select
    p.customer_id, p.score, p.reasons, p.arr, p.notice_deadline, p.days_to_notice, p.health_score, p.health_band,
    p.leading_signal, p.deadline_points, c.name, o.full_name, w.workflow_id
  from scored p
  join public.customers c on c.id = p.customer_id
  join public.profiles o on o.id = c.owner_id
  left join private.suggest_workflows(private.current_company_id(), array(
    select
      row(
        s.customer_id, array(select reason ->> 'kind' from jsonb_array_elements(s.reasons) reason), s.leading_signal,
        s.deadline_points, s.arr
      )::private.suggestion_case
    from scored s
  ), trial) w on w.customer_id = p.customer_id
$$;
comment on function private.ranked_customers is
'Priorities of these customers (null: of all one may see) with names and the workflow suggested for each, by the '
'company''s rules or those on trial.';

create function private.published_workflow_name(workflow text) returns text
language sql stable security invoker set search_path = ''
as $$
  select v.name
  from public.workflow_definitions d join public.workflow_definition_versions v on v.definition_id = d.id
  where d.workflow_id = workflow and d.status = 'published'
  order by d.company_id nulls last, v.version desc limit 1
$$;
comment on function private.published_workflow_name is
'Name of the latest version of a workflow, the company''s own before the stock one.';

-- waiting_items asks the same of all customers at once.
create function private.has_recent_run(customer uuid, workflow text) returns boolean
language sql stable security invoker set search_path = ''
as $$
  select exists(
    select 1 from public.workflow_executions e
    where
      e.customer_id = customer
      and (
        e.ended_at is null
        or (e.workflow_id = workflow and e.status <> 'abandoned' and e.ended_at > now() - interval '45 days')
      )
  )
$$;
comment on function private.has_recent_run is
'True if a customer has an open run, or one of this workflow that was completed or skipped within 45 days.';

grant execute on function private.suggestion_rules, private.suggest_workflows, private.ranked_customers,
private.published_workflow_name, private.has_recent_run to authenticated;
