-- A price further below list than the limit of whoever set it waits for somebody else. The row keeps the price that was
-- asked for and approved: other figures need another row (docs/decisions/0023-prices-as-rows.md).

create table public.price_approvals (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  execution_id uuid not null,
  subject text not null check (subject in ('scenario', 'quote')),
  name text check (length(name) between 1 and 80),
  figures jsonb not null check (private.is_readable_json(figures)),
  list_total numeric check (list_total between -1e60 and 1e60),
  total numeric check (total between -1e60 and 1e60),
  off_list_percent private.typed_number not null,
  lacks_list_price boolean not null default false,
  approver_role text check (approver_role in ('csm', 'manager', 'admin')),
  approver_id uuid,
  requested_by uuid not null,
  status text not null default 'waiting' check (status in ('waiting', 'approved', 'denied', 'withdrawn')),
  superseded_at private.moment,
  decided_by uuid,
  decided_at private.moment,
  reason text check (length(reason) <= 2000),
  agreed_by text check (length(agreed_by) <= 200),
  agreed_on private.day,
  proof text check (length(proof) <= 2000),
  created_at private.moment not null default now(),
  check (decided_by <> requested_by),
  check ((status in ('approved', 'denied')) = (decided_by is not null)),
  check ((decided_by is null) = (decided_at is null)),
  check (num_nonnulls(agreed_by, agreed_on, proof) in (0, 3)),
  foreign key (execution_id, company_id) references public.workflow_executions (id, company_id) on delete cascade,
  foreign key (approver_id, company_id) references public.profiles (id, company_id),
  foreign key (requested_by, company_id) references public.profiles (id, company_id),
  foreign key (decided_by, company_id) references public.profiles (id, company_id)
);
comment on table public.price_approvals is
'A price that needed somebody else''s approval, and who decided. Written by functions only.';
comment on column public.price_approvals.id is 'Identity of the row.';
comment on column public.price_approvals.company_id is 'Tenant.';
comment on column public.price_approvals.execution_id is 'The run.';
comment on column public.price_approvals.subject is 'What has the price: the chosen scenario or the quote.';
comment on column public.price_approvals.name is 'Name of the scenario; null for a quote.';
comment on column public.price_approvals.figures is
'The terms of the scenario, or the lines and terms of the quote, it was asked for; they never change.';
comment on column public.price_approvals.list_total is 'Amount a year at list price.';
comment on column public.price_approvals.total is 'Amount a year as offered.';
comment on column public.price_approvals.off_list_percent is 'How far the price is below list.';
comment on column public.price_approvals.lacks_list_price is
'True if nothing is known to compare it with: then a manager or an admin decides.';
comment on column public.price_approvals.approver_role is
'The role of the first band that is wide enough; null where it names a person, or where no band is.';
comment on column public.price_approvals.approver_id is 'The person of that band; null where it names a role.';
comment on column public.price_approvals.requested_by is 'Who set the price, and never decides on it.';
comment on column public.price_approvals.status is
'waiting; approved or denied by decided_by; withdrawn when the figures changed before.';
comment on column public.price_approvals.superseded_at is
'When the figures changed: then the row holds no longer; null for the one that does.';
comment on column public.price_approvals.decided_by is 'Who decided.';
comment on column public.price_approvals.decided_at is 'When it was decided.';
comment on column public.price_approvals.reason is 'Why; required for a denial.';
comment on column public.price_approvals.agreed_by is
'Who agreed, where the price is above the limit of the admin who records it.';
comment on column public.price_approvals.agreed_on is 'The day they agreed.';
comment on column public.price_approvals.proof is 'What proves it.';
comment on column public.price_approvals.created_at is 'When it was asked for.';
create unique index price_approvals_one_current on public.price_approvals (
  execution_id, subject
) where superseded_at is null;
create index price_approvals_execution on public.price_approvals (execution_id, company_id);
create index price_approvals_company on public.price_approvals (company_id, status);
create index price_approvals_approver on public.price_approvals (approver_id, company_id);
create index price_approvals_requested_by on public.price_approvals (requested_by, company_id);
create index price_approvals_decided_by on public.price_approvals (decided_by, company_id);
alter table public.price_approvals enable row level security;
revoke all on public.price_approvals from anon, authenticated;
grant select on public.price_approvals to authenticated;
create policy "members read their company's price approvals" on public.price_approvals
for select to authenticated using (company_id = (select private.current_company_id()));

create function private.is_leader(role text) returns boolean
language sql immutable set search_path = ''
as $$ select coalesce(private.role_rank(role) >= private.role_rank('manager'), false) $$;
comment on function private.is_leader is 'True for the roles that decide on a price with nothing to compare it with.';

create function private.needs_price_approval(
  company uuid, person uuid, off_list_percent numeric, lacks_list_price boolean
) returns boolean
language sql stable security definer set search_path = ''
as $$
  select coalesce((
    select
      coalesce(off_list_percent > private.discount_limit(company, p.role, p.id), false)
      or (lacks_list_price and not private.is_leader(p.role))
    from public.profiles p where p.id = person and p.company_id = company
  ), false)
$$;
comment on function private.needs_price_approval is
'True if a price is further below list than a person may go alone, or has no list price and the person is no leader.';

create function private.can_decide_price(me public.profiles, approval public.price_approvals) returns boolean
language sql stable security definer set search_path = ''
as $$
  select
    approval.requested_by <> me.id and approval.company_id = me.company_id
    and (
      me.role = 'admin'
      or (
        private.discount_limit(me.company_id, me.role, me.id) >= approval.off_list_percent
        and (private.is_leader(me.role) or not approval.lacks_list_price)
      )
    )
$$;
comment on function private.can_decide_price is
'True for whoever may go so far below list (a leader, if there is no list price), and for admins; never for whoever '
'asked.';

-- The quote was saved when its row was written: a scenario promises a price for the month that its slide suggests.
create function private.has_usual_terms(quote public.quotes) returns boolean
language sql stable security definer set search_path = ''
as $$
  select
    quote.terms ->> 'remarks' is null
    and coalesce(quote.terms -> 'term_months' = to_jsonb(coalesce(k.term_months, 12)), true)
    and coalesce(quote.terms ->> 'valid_until' <= to_char(quote.created_at + interval '32 days', 'YYYY-MM-DD'), true)
  from public.workflow_executions e cross join private.find_run_contract(e) k
  where e.id = quote.execution_id
$$;
comment on function private.has_usual_terms is
'True for a quote that promises nothing besides its lines but the contract''s term, for a month.';

create function private.find_price_approval(execution uuid, subject text) returns public.price_approvals
language sql stable security definer set search_path = ''
as $$
  select a.*
  from public.price_approvals a left join public.quotes q on q.execution_id = a.execution_id
  where
    a.execution_id = execution and a.superseded_at is null
    and (
      a.subject = find_price_approval.subject
      -- The quote of an approved scenario, at its price, is not asked for a second time.
      or (
        find_price_approval.subject = 'quote' and a.subject = 'scenario'
        and a.total = round(q.total) and a.off_list_percent >= q.off_list_percent - 0.01
        and not q.lacks_list_price and private.has_usual_terms(q)
      )
    )
  order by a.subject limit 1
$$;
comment on function private.find_price_approval is
'The approval, decided or not, that holds for the price of a scenario or quote of a run; null without one.';

create function private.is_leaders_band(band public.approval_bands) returns boolean
language sql stable security definer set search_path = ''
as $$
  select private.is_leader(coalesce(
    (select p.role from public.profiles p where p.id = band.approver_id), band.approver_role
  ))
$$;
comment on function private.is_leaders_band is 'True if whoever approves up to a band is a manager or an admin.';

create function private.find_band(
  bands public.approval_bands[], off_list_percent numeric, lacks_list_price boolean
) returns public.approval_bands
language sql stable security definer set search_path = ''
as $$
  select b.* from unnest(bands) b
  where b.up_to_percent >= off_list_percent and (not lacks_list_price or private.is_leaders_band(b))
  order by b.up_to_percent, b.approver_role nulls last, b.approver_id limit 1
$$;
comment on function private.find_band is
'The first band that is wide enough for a price, of leaders where it has no list price; null where none is.';

create function private.settle_price_approval(
  run public.workflow_executions, subject text, price public.price_approvals
) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  band public.approval_bands;
begin
  update public.price_approvals a
  set superseded_at = now(), status = case a.status when 'waiting' then 'withdrawn' else a.status end
  where a.execution_id = run.id and a.subject = settle_price_approval.subject and a.superseded_at is null
        and a.figures is distinct from price.figures;
  if not private.needs_price_approval(
       run.company_id, price.requested_by, price.off_list_percent, price.lacks_list_price)
     or (private.find_price_approval(run.id, settle_price_approval.subject)).id is not null then
    return;
  end if;
  band := private.find_band(
    array(select b from private.company_approval_bands(run.company_id) b), price.off_list_percent,
    price.lacks_list_price);
  insert into public.price_approvals (
    company_id, execution_id, subject, name, figures, list_total, total, off_list_percent, lacks_list_price,
    requested_by, approver_role, approver_id)
  values (
    run.company_id, run.id, settle_price_approval.subject, price.name, price.figures, price.list_total, price.total,
    coalesce(price.off_list_percent, 0), price.lacks_list_price, price.requested_by, band.approver_role,
    band.approver_id);
  if auth.uid() is not null then
    perform private.log_execution_event(run.company_id, run.id, 'approval_asked', jsonb_build_object(
      'subject', settle_price_approval.subject, 'name', price.name, 'percent', price.off_list_percent,
      'lacks_list_price', price.lacks_list_price,
      'approver', private.approver_name(band.approver_role, band.approver_id)));
  end if;
end;
$$;
comment on function private.settle_price_approval is
'Ends the approval of other figures, and asks for one if this price needs it and has none.';

create function private.settle_price_approvals(run public.workflow_executions) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  price public.price_approvals;
begin
  select s.name, private.scenario_figures(run.id), s.list_total, s.total, s.off_list_percent, false, s.priced_by
  into price.name, price.figures, price.list_total, price.total, price.off_list_percent, price.lacks_list_price,
       price.requested_by
  from public.pricing_scenarios s where s.execution_id = run.id and s.is_chosen;
  perform private.settle_price_approval(run, 'scenario', price);
  price := null;
  select private.quote_figures(run.id), q.list_total, q.total, q.off_list_percent, q.lacks_list_price, q.priced_by
  into price.figures, price.list_total, price.total, price.off_list_percent, price.lacks_list_price,
       price.requested_by
  from public.quotes q where q.execution_id = run.id;
  perform private.settle_price_approval(run, 'quote', price);
end;
$$;
comment on function private.settle_price_approvals is 'Settles the approvals of the chosen scenario and of the quote.';

create function private.is_agreed_by_oneself(asked public.price_approvals, me uuid, agreed_by text) returns boolean
language sql stable security definer set search_path = ''
as $$
  select
    private.plain_words(agreed_by) in ('me', 'myself', 'i', 'self', 'i myself', 'me myself')
    or exists (
      select 1 from public.profiles p
      where
        p.id in (asked.requested_by, me)
        and (
          private.plain_words(agreed_by) = private.plain_words(p.full_name)
          or (
            private.plain_words(p.full_name) like '% %'
            and position(' ' || private.plain_words(p.full_name) || ' ' in ' ' || private.plain_words(agreed_by) || ' ')
            > 0
          )
          or position(lower(p.email) in lower(agreed_by)) > 0
        )
    )
$$;
comment on function private.is_agreed_by_oneself is
'True if the record of who agreed names whoever asked or whoever writes it down: both are below the price.';

create function private.agreement_errors(
  asked public.price_approvals, me uuid, agreed_by text, agreed_on date, proof text
) returns text[]
language sql stable security definer set search_path = ''
as $$
  select array[
    private.text_error(private.plain_words(agreed_by), 200, 'Say who agreed.'),
    private.length_error(agreed_by, 200),
    case
      when private.is_agreed_by_oneself(asked, me, agreed_by)
        then 'Name who agreed; neither whoever asked nor whoever records it.'
    end,
    case
      when not coalesce(agreed_on between '1900-01-01' and private.today(), false)
        then 'Say on which day they agreed, today at the latest.'
    end,
    private.text_error(proof, 2000, 'Say what proves it, such as an email or a signed document.')
  ]
$$;
comment on function private.agreement_errors is
'What is wrong with the record of who agreed to a price above every band, as sentences.';

create function private.decide_price_approval(
  p_id uuid, p_approve boolean, p_reason text, p_agreed_by text, p_agreed_on date, p_proof text
) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
  own_limit constant numeric := private.discount_limit(me.company_id, me.role, me.id);
  run public.workflow_executions;
  asked public.price_approvals;
  needs_record boolean;
begin
  select e.* into run from public.workflow_executions e
  where e.company_id = me.company_id
        and e.id = (select a.execution_id from public.price_approvals a where a.id = p_id)
  for no key update;
  select * into asked from public.price_approvals a where a.id = p_id and a.execution_id = run.id for update;
  if not found then
    raise sqlstate 'PT404' using message = 'This approval does not exist, or you don''t have access to it.';
  elsif asked.requested_by = me.id then
    raise sqlstate 'PT403' using message = 'Nobody approves a price of their own.',
      hint = 'It is in the inbox of whoever can.';
  elsif not private.can_decide_price(me, asked) and own_limit >= asked.off_list_percent then
    raise sqlstate 'PT403' using
      message = 'There is no list price to compare this price with: a manager or an admin decides.',
      hint = 'It is in the inbox of whoever can.';
  elsif not private.can_decide_price(me, asked) then
    raise sqlstate 'PT403' using
      message = format('%s%% below list is above your limit of %s%%.', trim_scale(asked.off_list_percent),
                       trim_scale(own_limit)),
      hint = 'It is in the inbox of whoever can.';
  elsif p_approve is null then
    raise sqlstate 'PT400' using message = 'Approve or deny.';
  elsif asked.decided_by = me.id and (asked.status = 'approved') = p_approve and asked.superseded_at is null then
    return to_jsonb(asked);
  elsif asked.superseded_at is not null then
    raise sqlstate 'PT409' using message = 'The figures have changed since this was asked.',
      detail = jsonb_build_object('approval', to_jsonb(asked))::text, hint = 'Reload the inbox; nothing was decided.';
  elsif asked.status <> 'waiting' then
    raise sqlstate 'PT409' using
      message = format('%s has already %s it.', private.approver_name(null, asked.decided_by), asked.status),
      detail = jsonb_build_object('approval', to_jsonb(asked))::text, hint = 'Nothing was changed.';
  elsif run.ended_at is not null then
    raise sqlstate 'PT409' using message = 'This run has ended.', hint = 'Nothing was decided.';
  end if;
  needs_record := p_approve and asked.off_list_percent > own_limit;
  perform private.raise_invalid(
    case when needs_record then private.agreement_errors(asked, me.id, p_agreed_by, p_agreed_on, p_proof) else '{}' end
    || case when p_approve then private.length_error(p_reason, 2000)
            else private.text_error(p_reason, 2000, 'Say why.') end);
  update public.price_approvals a
  set status = case when p_approve then 'approved' else 'denied' end, decided_by = me.id, decided_at = now(),
      reason = nullif(trim(p_reason), ''),
      agreed_by = case when needs_record then trim(p_agreed_by) end,
      agreed_on = case when needs_record then p_agreed_on end,
      proof = case when needs_record then trim(p_proof) end
  where a.id = asked.id returning * into asked;
  perform private.report_price_decision(me, run, asked);
  return to_jsonb(asked);
end;
$$;
comment on function private.decide_price_approval is 'See public.decide_price_approval.';

create function private.report_price_decision(
  me public.profiles, run public.workflow_executions, decided public.price_approvals
) returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.log_execution_event(run.company_id, run.id, 'approval_decided', jsonb_build_object(
    'subject', decided.subject, 'name', decided.name, 'percent', decided.off_list_percent,
    'lacks_list_price', decided.lacks_list_price, 'approved', decided.status = 'approved', 'reason', decided.reason,
    'agreed_by', decided.agreed_by));
  insert into public.notices (company_id, person_id, from_id, customer_id, execution_id, body)
  values (
    run.company_id, decided.requested_by, me.id, run.customer_id, run.id,
    left(format(
      case when decided.lacks_list_price then '%s your price; there is no list price to compare it with.%3$s'
           else '%s your price, %s%% below list.%s' end,
      initcap(decided.status), trim_scale(decided.off_list_percent), coalesce(' ' || decided.reason, '')), 2000));
end;
$$;
comment on function private.report_price_decision is
'Writes a decision into the history of its run and tells whoever asked.';

create function public.decide_price_approval(
  p_id uuid, p_approve boolean, p_reason text default null, p_agreed_by text default null,
  p_agreed_on date default null, p_proof text default null
) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.decide_price_approval(p_id, p_approve, p_reason, p_agreed_by, p_agreed_on, p_proof) $$;
comment on function public.decide_price_approval is
'Approves or denies a price below list that waits, within one''s own limit; above it an admin records who agreed, when '
'and what proves it. Never one''s own. The same decision again does nothing.';

create function private.read_price_approval(approval public.price_approvals) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select case
    when approval.id is not null
      then
        to_jsonb(approval) - 'figures' || jsonb_build_object(
          'decided_on', private.today(approval.decided_at),
          'approver', private.approver_name(approval.approver_role, approval.approver_id),
          'requested_by_name', (select p.full_name from public.profiles p where p.id = approval.requested_by),
          'decided_by_name', (select p.full_name from public.profiles p where p.id = approval.decided_by)
        )
  end
$$;
comment on function private.read_price_approval is
'An approval of a price with the names in it and the reader''s day of the decision; null for none.';

create function private.read_prices(execution uuid) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select jsonb_build_object(
    'scenario', (
      select
        jsonb_build_object(
          'figures', private.scenario_figures(execution), 'off_list_percent', s.off_list_percent, 'total', s.total,
          'list_total', s.list_total,
          'approval', private.read_price_approval(private.find_price_approval(execution, 'scenario'))
        )
      from public.pricing_scenarios s where s.execution_id = execution and s.is_chosen
    ),
    'quote', (
      select
        jsonb_build_object(
          'figures', private.quote_figures(execution), 'off_list_percent', q.off_list_percent,
          'lacks_list_price', q.lacks_list_price, 'total', q.total,
          'list_total', q.list_total,
          'approval', private.read_price_approval(private.find_price_approval(execution, 'quote'))
        )
      from public.quotes q where q.execution_id = execution
    )
  )
$$;
comment on function private.read_prices is
'The prices of a run as they are stored, the chosen scenario''s and the quote''s, and the approval of each.';

create function private.pending_price_approvals(team boolean) returns table (
  approval public.price_approvals, customer_name text, can_decide boolean, needs_record boolean
)
language sql stable security invoker set search_path = ''
as $$
  select
    a, c.name, private.can_decide_price(me, a),
    private.discount_limit(me.company_id, me.role, me.id) < a.off_list_percent
  from public.price_approvals a
  join public.workflow_executions e on e.id = a.execution_id and e.ended_at is null
  join public.customers c on c.id = e.customer_id
  cross join private.current_profile() me
  where a.status = 'waiting' and (pending_price_approvals.team or a.requested_by = me.id or private.can_decide_price(me, a))
$$;
comment on function private.pending_price_approvals is
'Prices that wait: those one may decide on and one''s own, with `team` all. needs_record: an admin says who agreed.';

grant execute on function private.is_leader,
private.needs_price_approval,
private.can_decide_price,
private.find_price_approval,
private.scenario_figures, private.quote_figures, private.decide_price_approval, public.decide_price_approval,
private.read_price_approval, private.read_prices, private.pending_price_approvals to authenticated;
