-- What rules of health or priority would change before they are saved: which customers change colour or come onto Today,
-- and a back-test: what they would have said of closed renewals sixty days before their end.

create function private.band_customers(kind text, trial jsonb)
returns table (customer_id uuid, score int, band text)
language sql stable security invoker set search_path = ''
as $$
  select h.customer_id, h.score, h.band
  from private.health_points(array[private.today()], null, null, trial) h
  where kind = 'health'
  union all
  select p.customer_id, p.score, case when p.score >= p.today_from then 'today' else 'later' end
  from private.priority_points(private.today(), null, null, trial) p
  where kind = 'priority'
$$;
comment on function private.band_customers is
'Score and band of each active customer one may see, by the current rules or those on trial: green, yellow, red; or '
'today, later by priority.';

create function private.closed_renewals(days_ahead int, most int)
returns table (execution_id uuid, customer_id uuid, day date, is_loss boolean)
language sql stable security invoker set search_path = ''
as $$
  select e.id, e.customer_id, private.today(e.ended_at) - days_ahead, e.outcome_code = 'churned'
  from public.workflow_executions e
  join public.workflow_definition_versions v on v.id = e.definition_version_id
  cross join lateral private.find_outcome_code(e.company_id, v.category, e.outcome_code) o
  where e.status = 'completed' and v.category = 'renewal' and (e.outcome_code = 'churned' or o.needs_amount)
  order by e.ended_at desc, e.id limit most
$$;
comment on function private.closed_renewals is
'The latest renewals one may see that were lost or kept, with the day so many days before each ended.';

-- From the records as they stand: what was corrected since counts as corrected.
create function private.back_test(kind text, trial jsonb, days_ahead int) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  with judged as (
    select c.is_loss, f.is_flagged
    from private.closed_renewals(days_ahead, 300) c
    cross join lateral (
      select h.band = private.at_risk_band() as is_flagged
      from private.health_points(array[c.day], array[c.customer_id], null, trial, true) h
      where kind = 'health' and h.band is not null
      union all
      select p.score >= p.today_from
      from private.priority_points(c.day, array[c.customer_id], null, trial, true) p
      where kind = 'priority'
    ) f
  )
  select jsonb_build_object(
    'n', count(*), 'losses', count(*) filter (where j.is_loss),
    'flagged_losses', count(*) filter (where j.is_loss and j.is_flagged),
    'false_alarms', count(*) filter (where not j.is_loss and j.is_flagged)
  )
  from judged j
$$;
comment on function private.back_test is
'Of the latest 300 closed renewals with a score so many days before they ended (n): how many were lost, how many of '
'those and of the kept ones were red or on Today then.';

create function private.preview_score_rules(kind text, rules jsonb) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  with compared as materialized (
    select c.id, c.name, b.score as score_before, b.band as band_before, a.score as score_after, a.band as band_after
    from private.band_customers(kind, null) b
    join private.band_customers(kind, rules) a on a.customer_id = b.customer_id
    join public.customers c on c.id = b.customer_id
  ), changed as (
    select
      x.*, row_number() over (order by abs(x.score_after - x.score_before) desc nulls last, x.name, x.id) as place
    from compared x where x.band_after is distinct from x.band_before
  )
  select jsonb_build_object(
    'customer_count', (select count(*) from compared),
    'changed_count', (select count(*) from changed),
    'changed', coalesce((
      select
        jsonb_agg(jsonb_build_object(
          'customer_id', x.id, 'customer_name', x.name, 'score_before', x.score_before, 'band_before', x.band_before,
          'score_after', x.score_after, 'band_after', x.band_after
        ) order by x.place)
      from changed x where x.place <= 200
    ), '[]'),
    'bands_before', coalesce((
      select jsonb_object_agg(x.band, x.customers) from (
        select coalesce(y.band_before, 'none') as band, count(*) as customers from compared y group by 1
      ) x
    ), '{}'),
    'bands_after', coalesce((
      select jsonb_object_agg(x.band, x.customers) from (
        select coalesce(y.band_after, 'none') as band, count(*) as customers from compared y group by 1
      ) x
    ), '{}'),
    'days_ahead', 60,
    'back_test_before', private.back_test(kind, null, 60),
    'back_test_after', private.back_test(kind, rules, 60)
  )
$$;
comment on function private.preview_score_rules is 'See public.preview_score_rules.';

create function public.preview_score_rules(p_kind text, p_rules jsonb) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
begin
  perform private.require_member();
  if not private.is_team_lead() then
    raise sqlstate 'PT403' using message = 'Only a manager or an admin can try other rules.';
  end if;
  perform private.raise_invalid(private.score_rule_errors(p_kind, p_rules));
  return private.preview_score_rules(p_kind, p_rules);
end;
$$;
comment on function public.preview_score_rules is
'For a leader: what rules of health or priority would change, before they are saved. Which customers (up to 200 of '
'changed_count) change their band, customers by band, and a back-test of the current rules and of these on closed '
'renewals, 60 days before each ended; with n under 20 it says little. Raises PT400 with all errors, PT403.';

grant execute on function private.band_customers, private.closed_renewals, private.back_test,
private.preview_score_rules, public.preview_score_rules to authenticated;
