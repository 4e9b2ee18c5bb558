-- What other approval limits and severities do to what is open: prices that get another approver, need one or none, and
-- escalations whose clock moves. A preview tells it before they are saved; saving does it.

create type private.price_change as (
  execution_id uuid, subject text, off_list_percent numeric, lacks_list_price boolean, approval_id uuid,
  approver_before text, approver_after text, band_after public.approval_bands
);
comment on type private.price_change is
'A price of an open run and who has to approve it, before and after a change of the limits; null for nobody.';

create function private.price_approver(
  bands public.approval_bands[], person public.profiles, off_list_percent numeric, lacks_list_price boolean
) returns text
language sql stable security definer set search_path = ''
as $$
  select case
    when
      coalesce(off_list_percent > private.limit_in_bands(bands, person.role, person.id), false)
      or (lacks_list_price and not private.is_leader(person.role))
      then private.approver_name(b.approver_role, b.approver_id)
  end
  from private.find_band(bands, off_list_percent, lacks_list_price) b
$$;
comment on function private.price_approver is
'Who has to approve the price of a person by approval bands, in words; null where nobody has to.';

-- A price that is decided stays so.
create function private.price_changes(
  company uuid, bands_before public.approval_bands[], bands_after public.approval_bands[]
) returns setof private.price_change
language sql stable security definer set search_path = ''
as $$
  with prices as (
    select s.execution_id, 'scenario' as subject, s.off_list_percent, false as lacks_list_price, s.priced_by
    from public.pricing_scenarios s where s.company_id = company and s.is_chosen
    union all
    select q.execution_id, 'quote', q.off_list_percent, q.lacks_list_price, q.priced_by
    from public.quotes q where q.company_id = company
  ), compared as (
    select
      p.execution_id, p.subject, p.off_list_percent::numeric, p.lacks_list_price, a.id as approval_id,
      case
        when a.id is not null then private.approver_name(a.approver_role, a.approver_id)
        else
          private.price_approver(bands_before, w, p.off_list_percent, p.lacks_list_price)
      end as approver_before,
      private.price_approver(bands_after, w, p.off_list_percent, p.lacks_list_price) as approver_after,
      private.find_band(bands_after, p.off_list_percent, p.lacks_list_price) as band_after
    from prices p
    join public.workflow_executions e on e.id = p.execution_id and e.ended_at is null
    join public.profiles w on w.id = p.priced_by
    cross join lateral private.find_price_approval(p.execution_id, p.subject) a
    where a.id is null or (a.status = 'waiting' and a.subject = p.subject)
  )
  select * from compared c where c.approver_before is distinct from c.approver_after
$$;
comment on function private.price_changes is
'Prices of open runs of a company, undecided, that need another approver by other approval bands, or none any more.';

create function private.clock_changes(company uuid, days_before jsonb, days_after jsonb)
returns table (escalation_id uuid, respond_by timestamptz)
language sql stable security definer set search_path = ''
as $$
  select x.id, private.compute_response_deadline(company, (days_after ->> x.severity)::int, x.clock_started_at)
  from public.workflow_escalations x
  where
    x.company_id = company and x.ended_at is null and x.acknowledged_at is null
    and days_before ->> x.severity <> days_after ->> x.severity
$$;
comment on function private.clock_changes is
'When open escalations nobody has acknowledged want their answer by other days of the severities, where that moves.';

create function private.apply_limits_to_open_work(
  company uuid, bands_before public.approval_bands[], days_before jsonb
) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  bands constant public.approval_bands[] := array(select b from private.company_approval_bands(company) b);
  run public.workflow_executions;
  change private.price_change;
begin
  update public.workflow_escalations x set respond_by = c.respond_by
  from private.clock_changes(company, days_before, private.severity_days(company)) c where x.id = c.escalation_id;
  for run in
    select e.* from public.workflow_executions e
    where e.company_id = company and e.id in (
      select c.execution_id from private.price_changes(company, bands_before, bands) c)
    order by e.id for no key update
  loop
    for change in
      select c.* from private.price_changes(company, bands_before, bands) c where c.execution_id = run.id
    loop
      update public.price_approvals a
      set approver_role = (change.band_after).approver_role, approver_id = (change.band_after).approver_id,
          status = case when change.approver_after is null then 'withdrawn' else a.status end,
          superseded_at = case when change.approver_after is null then now() end
      where a.id = change.approval_id;
    end loop;
    perform private.settle_price_approvals(run);
  end loop;
end;
$$;
comment on function private.apply_limits_to_open_work is
'After limits are saved: asks who now has to approve open prices, withdraws what needs nobody, and moves the clocks of '
'open escalations whose severity had other days before.';

create function private.preview_prices(company uuid, bands public.approval_bands[]) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'changed_count', count(*),
    'changed', coalesce(jsonb_agg(to_jsonb(x) - 'place' order by x.place) filter (where x.place <= 200), '[]')
  )
  from (
    select
      c.execution_id, c.subject, c.off_list_percent, c.lacks_list_price, c.approver_before, c.approver_after,
      u.name as customer_name, v.name as workflow_name,
      row_number() over (order by u.name, c.execution_id, c.subject) as place
    from private.price_changes(
      company, array(select b from private.company_approval_bands(company) b), bands
    ) c
    join public.workflow_executions e on e.id = c.execution_id
    join public.customers u on u.id = e.customer_id
    join public.workflow_definition_versions v on v.id = e.definition_version_id
  ) x
$$;
comment on function private.preview_prices is 'The prices that other approval bands would change, up to 200 of the count.';

create function private.preview_clocks(company uuid, days_after jsonb) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'changed_count', count(*),
    'overdue_count', count(*) filter (where x.becomes_overdue),
    'changed', coalesce(jsonb_agg(to_jsonb(x) - 'place' order by x.place) filter (where x.place <= 200), '[]')
  )
  from (
    select
      e.execution_id, u.name as customer_name, p.full_name as assigned_to_name,
      private.severity_label(company, e.severity) as severity_label,
      private.today(e.respond_by) as due_before, private.today(c.respond_by) as due_after,
      c.respond_by < now() and e.respond_by >= now() as becomes_overdue,
      row_number() over (order by c.respond_by, e.id) as place
    from private.clock_changes(company, private.severity_days(company), days_after) c
    join public.workflow_escalations e on e.id = c.escalation_id
    join public.customers u on u.id = e.customer_id
    join public.profiles p on p.id = e.assigned_to
  ) x
$$;
comment on function private.preview_clocks is
'The open escalations whose clock other days would move, up to 200 of the count, and how many would become overdue.';

create function private.preview_archived_severities(company uuid, limits jsonb) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(x) order by x.label), '[]')
  from (
    select
      private.severity_label(company, r.code) as label,
      count(e.id) filter (where e.ended_at is null) as open_count,
      count(e.id) filter (where e.ended_at is not null) as finished_count
    from private.code_rows(limits, 'severities') r
    cross join lateral private.find_severity(company, r.code) s
    left join public.workflow_escalations e on e.company_id = company and e.severity = r.code
    where r.is_archived and not s.is_archived
    group by r.code
  ) x
$$;
comment on function private.preview_archived_severities is
'The severities that would be archived, with the open and ended escalations that have them.';

create function private.preview_company_limits(p_limits jsonb) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  company constant uuid := private.current_company_id();
  days jsonb;
begin
  perform private.require_member();
  if not private.is_team_lead() then
    raise sqlstate 'PT403' using message = 'Only a manager or an admin can try other limits.';
  end if;
  perform private.raise_invalid(private.limits_errors(company, p_limits) || private.severity_errors(company, p_limits));
  days := (
    select jsonb_object_agg(r.code, private.whole_number(r.fields -> 'response_days'))
    from private.code_rows(p_limits, 'severities') r where r.code is not null);
  return jsonb_build_object(
    'prices', private.preview_prices(company, array(select b from private.limits_bands(company, p_limits) b)),
    'clocks', private.preview_clocks(company, days),
    'archived', private.preview_archived_severities(company, p_limits));
end;
$$;
comment on function private.preview_company_limits is 'See public.preview_company_limits.';

create function public.preview_company_limits(p_limits jsonb) returns jsonb
language sql stable security invoker set search_path = ''
as $$ select private.preview_company_limits(p_limits) $$;
comment on function public.preview_company_limits is
'For a leader: what limits, as save_company_limits takes them, would change before they are saved. Open prices that need '
'another approver or none, open escalations with their day before and after, severities that would be archived with '
'their uses; up to 200 of each count. Raises PT400 with all errors, PT403.';

grant execute on function private.preview_company_limits, public.preview_company_limits to authenticated;
