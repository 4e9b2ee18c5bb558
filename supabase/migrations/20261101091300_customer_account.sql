-- Everything a slide may read about one customer, in one request. Invoker: row-level security decides what is there.

create function public.customer_account(p_customer_id uuid) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  account jsonb;
begin
  select jsonb_build_object(
    'today', current_date,
    'company_name', (select m.name from public.companies m where m.id = c.company_id),
    'customer', to_jsonb(c) || jsonb_build_object(
      'owner_name', (select p.full_name from public.profiles p where p.id = c.owner_id)),
    'contract', (select to_jsonb(k) from public.current_contracts k where k.customer_id = c.id),
    'health', (select to_jsonb(h) from public.customer_health(current_date, array[c.id]) h),
    'priority', (select to_jsonb(p) from public.customer_priorities(current_date, array[c.id]) p),
    'signals', coalesce((
      select jsonb_agg(to_jsonb(s) order by s.points desc, s.kind)
      from public.customer_signals(current_date, array[c.id]) s), '[]'),
    'contacts', coalesce((
      select jsonb_agg(to_jsonb(x) order by x.status, x.influence desc nulls last, x.name)
      from public.contacts x where x.customer_id = c.id), '[]'),
    'usage', coalesce((
      select jsonb_agg(to_jsonb(x) order by x.week_starts_on) from (
        select * from public.usage_weeks where customer_id = c.id order by week_starts_on desc limit 26) x), '[]'),
    'tickets', coalesce((
      select jsonb_agg(to_jsonb(x) order by x.opened_on desc, x.number) from (
        select * from public.tickets where customer_id = c.id order by opened_on desc, number limit 100) x), '[]'),
    'surveys', coalesce((
      select jsonb_agg(to_jsonb(x) order by x.responded_on desc) from (
        select r.*, k.name as contact_name from public.survey_responses r
        left join public.contacts k on k.id = r.contact_id
        where r.customer_id = c.id order by r.responded_on desc limit 50) x), '[]'),
    'notes', coalesce((
      select jsonb_agg(to_jsonb(x) order by x.happened_on desc, x.created_at desc) from (
        select n.id, n.kind, left(n.body, 4000) as body, n.happened_on, n.created_at, p.full_name as author_name
        from public.notes n left join public.profiles p on p.id = n.author_id
        where n.customer_id = c.id order by n.happened_on desc, n.created_at desc limit 50) x), '[]'),
    'price_list', coalesce((
      select jsonb_agg(to_jsonb(m) order by m.name) from public.modules m where m.company_id = c.company_id), '[]'),
    'past_runs', coalesce((
      select jsonb_agg(to_jsonb(x) order by x.ended_at desc) from (
        select e.id, v.name as workflow_name, e.status, e.ended_at, e.outcome_code, left(e.outcome_reason, 1000) as outcome_reason
        from public.workflow_executions e join public.workflow_definition_versions v on v.id = e.definition_version_id
        where e.customer_id = c.id and e.ended_at is not null order by e.ended_at desc limit 20) x), '[]'))
  into account
  from public.customers c where c.id = p_customer_id;
  if account is null then
    raise sqlstate 'PT404' using message = 'This customer does not exist, or you may not see it.';
  end if;
  return account;
end;
$$;
comment on function public.customer_account is 'One customer with contract, health, priority, signals, contacts, 26 weeks of usage, tickets, surveys, notes, price list and past runs.';
grant execute on function public.customer_account to authenticated;
