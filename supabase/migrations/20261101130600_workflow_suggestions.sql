-- Which workflow fits a customer: the rules of the workflows a company offers, applied to its priorities.

-- A company's own definition comes before the stock one with the same id, and inherits its rule unless it has one.
create function private.suggestion_rules(company uuid)
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
  select d.workflow_id, d.is_stock_workflow, r.*
  from (
    select distinct on (w.workflow_id)
      w.workflow_id, w.is_stock_workflow, coalesce(w.suggested_when, stock.suggested_when) as suggested_when
    from public.workflow_definitions w
    left join public.workflow_definitions stock on stock.workflow_id = w.workflow_id and stock.company_id is null
    where w.status = 'published' and (w.company_id = company or w.company_id is null)
    order by w.workflow_id, w.company_id nulls last
  ) d
  cross join lateral jsonb_populate_record(null::private.suggestion_rule, d.suggested_when) r
  where d.suggested_when is not null
$$;
comment on function private.suggestion_rules is 'The suggestion rules of the workflows a company offers.';

create function private.fits_customer(
  rule_signals text[], only_leading boolean, points_from int, points_below int, arr_from numeric,
  signals text[], leading_signal text, deadline_points int, arr numeric
) returns boolean
language sql immutable set search_path = ''
as $$
  select
    (
      rule_signals is null
      or case when only_leading then leading_signal = any(rule_signals) else signals && rule_signals end
    )
    and (points_from is null or deadline_points >= points_from)
    and (points_below is null or deadline_points < points_below)
    and (arr_from is null or coalesce(arr >= arr_from, false))
$$;
comment on function private.fits_customer is
'True if a suggestion rule fits a customer with these signals, deadline points and ARR.';

create function private.ranked_customers(customers uuid[], today date)
returns table (
  customer_id uuid, score int, reasons jsonb, arr numeric, notice_deadline date, days_to_notice int,
  health_score int, health_band text, leading_signal text, deadline_points int,
  customer_name text, owner_name text, workflow_id text
)
language sql stable security invoker set search_path = ''
as $$
  with rules as materialized (select * from private.suggestion_rules(private.current_company_id()))
  select
    p.customer_id, p.score, p.reasons, p.arr, p.notice_deadline, p.days_to_notice, p.health_score, p.health_band,
    p.leading_signal, p.deadline_points, c.name, o.full_name,
    (
      select r.workflow_id from rules r
      where
        private.fits_customer(
          r.signals, r.only_leading, r.deadline_points_from, r.deadline_points_below, r.arr_from,
          array(select reason ->> 'kind' from jsonb_array_elements(p.reasons) reason),
          p.leading_signal, p.deadline_points, p.arr
        )
      order by r.rank, r.is_stock, r.workflow_id limit 1
    )
  from public.customer_priorities(today, customers) p
  join public.customers c on c.id = p.customer_id
  join public.profiles o on o.id = c.owner_id
$$;
comment on function private.ranked_customers is
'Priorities of these customers with names and the workflow suggested for each.';

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

grant execute on function private.suggestion_rules, private.fits_customer, private.ranked_customers,
private.published_workflow_name, private.has_recent_run to authenticated;
