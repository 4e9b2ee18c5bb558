-- Completing a run changes the book: the next contract from the price that was agreed, a customer who is lost, a
-- contact who left. Definer: a CSM writes no contract by hand, but writes the one whose price was agreed. Every change
-- is proposed first and asked about; what is written is what was shown, and can be undone for a day.

create function private.closing_kind(rule public.outcome_codes) returns text
language sql immutable set search_path = ''
as $$
  select case
    when rule.code = 'churned' then 'churn'
    when rule.code in ('expanded', 'downgraded') then 'change'
    when rule.needs_amount then 'renewal'
  end
$$;
comment on function private.closing_kind is
'What an outcome does to the contract: churn, change (may start today), renewal (on the renewal date); null: nothing.';

create function private.blend_price(
  listed numeric, total numeric, seats numeric, out price numeric, out discount numeric
)
language sql immutable set search_path = ''
as $$
  select
    round(case when d.discount < 100 then total / seats / (1 - d.discount / 100) else listed / seats end, 2),
    d.discount
  from (select round(greatest(0, 100 - 100 * total / nullif(listed, 0)), 2) as discount) d
$$;
comment on function private.blend_price is
'One price per seat and one discount for amounts of several lines. The total is met to half a cent per seat.';

create function private.combine_quote_lines(
  execution uuid, term public.contracts, is_addition boolean,
  out seats numeric, out price numeric, out discount numeric, out total numeric, out modules text[]
)
language plpgsql stable security definer set search_path = ''
as $$
declare
  line record;
  priced int := 0;
  is_below_list boolean := false;
  listed numeric := case when is_addition then term.seats * term.annual_price_per_seat else 0 end;
begin
  total := case when is_addition then term.arr else 0 end;
  seats := case when is_addition then term.seats end;
  modules := term.modules;
  for line in
    select l.*, m.name as module
    from public.quote_lines l join public.quotes q on q.id = l.quote_id
    left join lateral (
      select x.name from public.modules x
      where x.company_id = l.company_id and private.item_key(x.name) = private.item_key(l.item)
      order by x.name = l.item desc, x.name limit 1) m on true
    where q.execution_id = execution and l.total is not null
    -- The first line that is no module is the subscription, whose seats are the contract's.
    order by l.is_credit, m.name is not null, l.position
  loop
    priced := priced + 1;
    total := total + line.total;
    if line.is_credit then
      continue;
    end if;
    -- The price of a contract is what the next quote is compared with: what is below list becomes discount.
    listed := listed + line.seats * greatest(line.price, line.list_price);
    is_below_list := is_below_list or coalesce(line.price < line.list_price, false);
    if line.module is not null and line.module <> all (modules) then
      modules := modules || line.module;
    end if;
    if is_addition and line.module is null then
      seats := seats + line.seats;
    end if;
    seats := coalesce(seats, line.seats);
    price := line.price;
    discount := line.discount_percent;
  end loop;
  if priced = 0 then
    seats := null;
  elsif (priced > 1 or is_addition or is_below_list) and seats > 0 then
    select b.price, b.discount into price, discount from private.blend_price(listed, total, seats) b;
  end if;
end;
$$;
comment on function private.combine_quote_lines is
'The quote of a run as one price per seat, with the modules it names; without a priced line no seats. An addition '
'comes on top of the contract.';

create function private.price_entered_arr(
  term public.contracts, amount numeric, out price numeric, out discount numeric, out off_list_percent numeric
)
language plpgsql stable security definer set search_path = ''
as $$
declare
  listed constant numeric := term.seats * term.annual_price_per_seat;
begin
  if round(amount) = term.arr then
    price := term.annual_price_per_seat;
    discount := term.discount_percent;
    off_list_percent := discount;
  elsif amount >= 0 and term.seats > 0 then
    select b.price, b.discount into price, discount from private.blend_price(listed, amount, term.seats) b;
    off_list_percent := greatest(0, 100 - 100 * amount / nullif(listed, 0));
  end if;
end;
$$;
comment on function private.price_entered_arr is
'The terms of a contract again at the ARR somebody entered: as they are if it is the same, else the price and discount '
'that come to it for the same seats; and how far that is below list. Null for no such price.';

create function private.find_agreed_price(
  run public.workflow_executions, category text, term public.contracts, amount numeric,
  out subject text, out seats numeric, out price numeric, out discount numeric, out term_months numeric,
  out total numeric, out modules text[]
)
language plpgsql stable security definer set search_path = ''
as $$
begin
  select 'quote', l.seats, l.price, l.discount,
    coalesce(private.json_number(q.terms -> 'term_months'), term.term_months), l.total, l.modules
  into subject, seats, price, discount, term_months, total, modules
  from public.quotes q
  cross join private.combine_quote_lines(run.id, term, category = 'expansion') l
  where q.execution_id = run.id and l.seats is not null;
  if subject is null then
    select 'scenario', s.seats, round(s.list_price * (1 + greatest(s.uplift_percent, 0) / 100), 2),
      case when s.uplift_percent < 0 then s.off_list_percent else s.discount_percent end, term.term_months, s.total,
      term.modules
    into subject, seats, price, discount, term_months, total, modules
    from public.pricing_scenarios s where s.execution_id = run.id and s.is_chosen;
  end if;
  -- Outside of a renewal, an ARR that stays is no change of the contract.
  if subject is null and (category = 'renewal' or round(amount) <> term.arr) then
    select 'amount', term.seats, e.price, e.discount, term.term_months, amount, term.modules
    into subject, seats, price, discount, term_months, total, modules
    from private.price_entered_arr(term, amount) e where e.price is not null;
  end if;
end;
$$;
comment on function private.find_agreed_price is
'What a run agreed on: its quote, else its chosen scenario, else the terms again at the ARR of the outcome (amount); '
'subject is null without any.';

create function private.agreed_price_approval(
  run public.workflow_executions, subject text, term public.contracts, amount numeric
) returns text
language sql stable security definer set search_path = ''
as $$
  select
    case
      when a.status in ('approved', 'denied') then a.status
      when private.needs_price_approval(run.company_id, p.priced_by, p.off_list_percent, p.lacks_list_price)
        then 'waiting'
      else 'not_needed'
    end
  from (
    select q.priced_by, q.off_list_percent, q.lacks_list_price
    from public.quotes q where q.execution_id = run.id and subject = 'quote'
    union all
    select s.priced_by, s.off_list_percent, false
    from public.pricing_scenarios s where s.execution_id = run.id and s.is_chosen and subject = 'scenario'
    union all
    select auth.uid(), e.off_list_percent, false
    from private.price_entered_arr(term, amount) e where subject = 'amount'
  ) p
  left join private.find_price_approval(run.id, subject) a on a.id is not null
$$;
comment on function private.agreed_price_approval is
'approved, denied, waiting, or not_needed where whoever set the price may go that far below list.';

create function private.is_mid_term_contract(term public.contracts) returns boolean
language sql stable security definer set search_path = ''
as $$ select private.today() between term.starts_on + 1 and term.ends_on - 1 $$;
comment on function private.is_mid_term_contract is 'True after the first day of a term and before its renewal date.';

create function private.choose_next_start(
  term public.contracts, category text, kind text, months int
) returns date
language sql stable security definer set search_path = ''
as $$
  select case
    when kind = 'change' and category <> 'renewal' and private.is_mid_term_contract(term) then private.today()
    -- Long overdue: a term from the renewal date would be over as well.
    when (term.ends_on + make_interval(months => months))::date <= private.today() then private.today()
    else term.ends_on
  end
$$;
comment on function private.choose_next_start is
'First day of the next term: the renewal date, or today for a change that no renewal has brought about.';

create function private.list_next_starts(term public.contracts, kind text, proposed date) returns date[]
language sql stable security definer set search_path = ''
as $$
  select array[proposed] || case
    when kind = 'change' and private.is_mid_term_contract(term)
      then array_remove(array[private.today(), term.ends_on::date], proposed)
    else '{}'
  end
$$;
comment on function private.list_next_starts is
'Days the next term may start on, the proposed one first: a change in the middle of a term also the other of today '
'and the renewal date.';

create function private.find_term_to_follow(run public.workflow_executions, kind text) returns public.contracts
language sql stable security definer set search_path = ''
as $$
  select k.* from private.find_run_contract(run) k
  where
    k.id is not null and kind in ('change', 'renewal')
    and not exists (
      select 1 from public.contracts later where later.customer_id = run.customer_id and later.starts_on > k.starts_on
    )
$$;
comment on function private.find_term_to_follow is
'The contract in force, where an outcome of this kind is followed by a next term and none is there yet; else null.';

create function private.propose_contract(
  run public.workflow_executions, category text, kind text, amount numeric
) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  term constant public.contracts := private.find_term_to_follow(run, kind);
  agreed record;
  approval text;
  starts_on date;
  ends_on date;
begin
  if term.id is null then
    return null;
  end if;
  select * into agreed from private.find_agreed_price(run, category, term, amount);
  if not coalesce(
    agreed.seats between 1 and 2147483647 and agreed.seats = trunc(agreed.seats)
    and agreed.price between 0 and 9999999999.99 and agreed.discount between 0 and 100
    and agreed.term_months between 1 and 120 and agreed.term_months = trunc(agreed.term_months), false) then
    return null;
  end if;
  approval := private.agreed_price_approval(run, agreed.subject, term, amount);
  -- Only a quote or a scenario can be approved.
  if agreed.subject = 'amount' and approval <> 'not_needed' then
    return null;
  end if;
  starts_on := private.choose_next_start(term, category, kind, agreed.term_months::int);
  ends_on := starts_on + make_interval(months => agreed.term_months::int);
  if ends_on > '2999-12-31' then
    return null;
  end if;
  return jsonb_build_object(
    'current', to_jsonb(term) - array['company_id', 'customer_id', 'created_at'],
    'next', jsonb_build_object(
      'starts_on', starts_on, 'ends_on', ends_on, 'term_months', agreed.term_months::int,
      'notice_days', term.notice_days, 'auto_renews', term.auto_renews, 'seats', agreed.seats::int,
      'annual_price_per_seat', agreed.price, 'discount_percent', round(agreed.discount, 2),
      'uplift_cap_percent', term.uplift_cap_percent, 'modules', to_jsonb(agreed.modules),
      'arr', round(agreed.seats * agreed.price * (1 - round(agreed.discount, 2) / 100))),
    'starts', to_jsonb(private.list_next_starts(term, kind, starts_on)),
    'subject', agreed.subject, 'total', round(agreed.total),
    'approval', approval);
end;
$$;
comment on function private.propose_contract is
'The current term and the one that follows by the price a run agreed on, or at the ARR that was entered; null without '
'a contract or a price, once a later term is there, if a price is not one of a contract, or if an ARR without quote '
'and scenario is further below list than the person may go.';

-- A completed renewal counts as decided: without its next term it would leave the forecast for good, unnoticed.
create function private.find_contract_gap(
  run public.workflow_executions, category text, kind text, amount numeric
) returns text
language plpgsql stable security definer set search_path = ''
as $$
declare
  term constant public.contracts := private.find_term_to_follow(run, kind);
  agreed record;
begin
  if term.id is null or (category <> 'renewal' and coalesce(round(amount) = term.arr, true)) then
    return null;
  end if;
  select * into agreed from private.find_agreed_price(run, category, term, amount);
  return case when agreed.subject = 'amount'
    and private.agreed_price_approval(run, 'amount', term, amount) <> 'not_needed'
    then 'needs_approval' else 'no_price' end;
end;
$$;
comment on function private.find_contract_gap is
'Why no next term can be proposed for an outcome that has one. needs_approval: the ARR entered is further below list '
'than the person may go; no_price: nothing a contract can be made of. Null where none is due.';

create function private.find_named_contact(customer uuid, words text) returns public.contacts
language sql stable security definer set search_path = ''
as $$
  select k.* from public.contacts k
  where k.customer_id = customer and private.plain_words(k.name) = private.plain_words(split_part(words, ',', 1))
  order by k.status = 'left', k.id limit 1
$$;
comment on function private.find_named_contact is
'A contact of a customer by "name, title" as typed; null without one.';

create function private.find_answered_contact(customer uuid, choice text, words text) returns public.contacts
language sql stable security definer set search_path = ''
as $$
  select k.* from public.contacts k
  where k.customer_id = customer and k.id = case
    when choice = 'other' then (private.find_named_contact(customer, words)).id else private.parse_uuid(choice)
  end
$$;
comment on function private.find_answered_contact is
'The contact an answer chose, or named where it chose "other"; null for nobody on record.';

create function private.propose_successor(leaver public.contacts, answers jsonb) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  words constant text := answers ->> 'other';
  known constant public.contacts :=
    private.find_answered_contact(leaver.customer_id, answers ->> 'choice', words);
begin
  if known.id is not null and (known.id = leaver.id or known.status = 'left') then
    return null;
  elsif known.id is not null then
    return jsonb_build_object('id', known.id, 'name', known.name, 'title', known.title);
  elsif answers ->> 'choice' = 'other' and private.plain_words(split_part(words, ',', 1)) <> '' then
    return jsonb_build_object(
      'id', null, 'name', left(trim(split_part(words, ',', 1)), 200),
      'title', nullif(left(trim(substr(words, length(split_part(words, ',', 1)) + 2)), 500), ''));
  end if;
  return null;
end;
$$;
comment on function private.propose_successor is
'Who replaces a contact, by the slide of the replacement: a contact on record, or one to add (without an id).';

create function private.find_answers_of_slide(run public.workflow_executions, slide text) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select s.answers
  from public.workflow_step_executions s
  join public.workflow_definition_versions v on v.id = run.definition_version_id
  where s.execution_id = run.id and private.slide_of_address(s.slide_id) = slide and s.status <> 'skipped'
  order by array_position(v.slide_sequence, s.slide_id) limit 1
$$;
comment on function private.find_answers_of_slide is
'The answers of the first slide of this kind in a run that is not skipped; null without one.';

create function private.propose_departure(run public.workflow_executions, code text) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  said constant jsonb := private.find_answers_of_slide(run, 'assess-departure');
  leaver constant public.contacts :=
    private.find_answered_contact(run.customer_id, said ->> 'who', said ->> 'who_else');
  left_on constant date := coalesce(private.parse_day(said ->> 'left_on'), leaver.left_on);
  successor jsonb;
begin
  -- Whom one wants to win over replaces nobody yet while the risk is only accepted, or nothing is decided.
  if code not in ('risk_accepted', 'no_decision', 'churned') then
    successor := private.propose_successor(leaver, private.find_answers_of_slide(run, 'identify-replacement'));
  end if;
  if leaver.id is null or (
    leaver.status = 'left' and left_on is not distinct from leaver.left_on
    and coalesce(successor ->> 'id' = leaver.replaced_by::text, successor is null)) then
    return null;
  end if;
  return jsonb_build_object(
    'id', leaver.id, 'name', leaver.name, 'title', leaver.title, 'role', leaver.role, 'status', leaver.status,
    'left_on', left_on, 'updated_at', leaver.updated_at, 'successor', successor);
end;
$$;
comment on function private.propose_departure is
'Who left and who replaces them, by the slides of a run; null if the contacts say so already.';

create function private.propose_changes(run public.workflow_executions, code text, amount numeric) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select
    jsonb_build_object(
      'contract', p.contract,
      'contract_gap', case
        when p.contract is null then private.find_contract_gap(run, v.category, k.kind, amount)
      end,
      'status', case when k.kind = 'churn' and c.status = 'active' then 'churned' end,
      'contact', private.propose_departure(run, code)
    )
  from public.workflow_definition_versions v
  cross join
    lateral (
      select private.closing_kind(private.find_outcome_code(run.company_id, v.category, code)) as kind
    ) k
  cross join lateral (select private.propose_contract(run, v.category, k.kind, amount) as contract) p
  join public.customers c on c.id = run.customer_id
  where v.id = run.definition_version_id
$$;
comment on function private.propose_changes is
'What the book would become if a run ended with an outcome: contract, status and contact, each null for no change; and '
'contract_gap: why there is no next contract where one is due.';

create function private.propose_closing(p_execution_id uuid, p_outcome_code text, p_amount numeric) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
  run public.workflow_executions;
  proposed jsonb;
begin
  select * into run from public.workflow_executions e where e.id = p_execution_id and e.company_id = me.company_id;
  if not found then
    raise sqlstate 'PT404' using message = 'This run does not exist, or you don''t have access to it.';
  end if;
  proposed := private.propose_changes(run, p_outcome_code, p_amount);
  if not private.can_write_customer(run.customer_id) then
    return '{"contract": null, "status": null, "contact": null}'::jsonb || jsonb_build_object(
      'contract_gap', case
        when proposed -> 'contract' <> 'null' or proposed -> 'contract_gap' <> 'null' then 'not_owner' end);
  end if;
  return proposed;
end;
$$;
comment on function private.propose_closing is 'See public.propose_closing.';

create function public.propose_closing(
  p_execution_id uuid, p_outcome_code text, p_amount numeric default null
) returns jsonb
language sql stable security invoker set search_path = ''
as $$ select private.propose_closing(p_execution_id, p_outcome_code, p_amount) $$;
comment on function public.propose_closing is
'What completing a run with an outcome and its ARR would change: `contract` (current and next term, approval of its '
'price), `status` of the customer, `contact` who left. Each is null for no change, and for whoever may not write the '
'customer. `contract_gap`: why no next contract is proposed where one is due (not_owner, needs_approval, no_price).';

create function private.raise_proposal_changed() returns void
language plpgsql immutable set search_path = ''
as $$
begin
  raise sqlstate 'PT409' using message = 'The customer changed since this was shown.',
    hint = 'Nothing was changed. Complete the run again to see it.';
end;
$$;
comment on function private.raise_proposal_changed is 'Raises PT409: somebody changed the customer since it was asked.';

create function private.choose_next_terms(given jsonb, proposed jsonb) returns public.contracts
language plpgsql stable security definer set search_path = ''
as $$
declare
  suggested public.contracts := jsonb_populate_record(null::public.contracts, proposed -> 'next');
  chosen public.contracts;
begin
  perform private.require_fields(given, array[
    'current_id', 'current_updated_at', 'starts_on', 'notice_days', 'auto_renews', 'seats', 'annual_price_per_seat',
    'discount_percent']);
  if (given -> 'current_id', given -> 'current_updated_at')
     is distinct from (proposed #> '{current,id}', proposed #> '{current,updated_at}') then
    perform private.raise_proposal_changed();
  elsif proposed ->> 'approval' = 'waiting' then
    raise sqlstate 'PT403' using message = 'The price is not approved yet, so no contract can be added.',
      hint = 'Wait for the approval, or leave the contract as it is.';
  elsif proposed ->> 'approval' = 'denied' then
    raise sqlstate 'PT403' using message = 'The price was denied, so no contract can be added.',
      hint = 'Change the price, or leave the contract as it is.';
  end if;
  chosen := jsonb_populate_record(suggested, given - array['current_id', 'current_updated_at']);
  chosen.ends_on := chosen.starts_on + make_interval(months => suggested.term_months);
  if not coalesce(
    chosen.seats >= suggested.seats and chosen.annual_price_per_seat >= suggested.annual_price_per_seat
    and chosen.discount_percent <= suggested.discount_percent, false) then
    raise sqlstate 'PT400' using message = 'Seats and price can be raised here, and the discount lowered.',
      hint = 'For a lower price change the quote or the scenario, which may need approval.';
  elsif not coalesce(to_jsonb(chosen.starts_on::date) <@ (proposed -> 'starts'), false) then
    raise sqlstate 'PT400' using message = 'The next term starts on one of the days shown.';
  end if;
  return chosen;
end;
$$;
comment on function private.choose_next_terms is
'The next term as somebody wants it: as proposed, or with more seats, a higher price or a lower discount, other notice '
'terms, or on another of the days it may start. Raises PT400, PT403 without a valid approval, PT409.';

create function private.write_next_contract(
  run public.workflow_executions, given jsonb, proposed jsonb
) returns text
language plpgsql volatile security definer set search_path = ''
as $$
declare
  chosen constant public.contracts := private.choose_next_terms(given, proposed);
begin
  update public.contracts k set ends_on = chosen.starts_on
  where k.id = (proposed #>> '{current,id}')::uuid and k.ends_on > chosen.starts_on;
  insert into public.contracts (
    company_id, customer_id, starts_on, ends_on, term_months, notice_days, auto_renews, seats, annual_price_per_seat,
    discount_percent, uplift_cap_percent, modules)
  values (
    run.company_id, run.customer_id, chosen.starts_on, chosen.ends_on, chosen.term_months, chosen.notice_days,
    chosen.auto_renews, chosen.seats, chosen.annual_price_per_seat, chosen.discount_percent,
    chosen.uplift_cap_percent, chosen.modules);
  return format('added the contract from %s', to_char(chosen.starts_on, 'FMDD FMMonth YYYY'));
end;
$$;
comment on function private.write_next_contract is
'Adds the next term, and ends the current one where it begins earlier. Returns what was done.';

create function private.write_departure(run public.workflow_executions, departure jsonb) returns text
language plpgsql volatile security definer set search_path = ''
as $$
declare
  successor uuid := departure #>> '{successor,id}';
begin
  if departure #>> '{successor,name}' is not null and successor is null then
    insert into public.contacts (company_id, customer_id, name, title, role)
    values (
      run.company_id, run.customer_id, departure #>> '{successor,name}', departure #>> '{successor,title}',
      departure ->> 'role')
    returning id into successor;
  end if;
  update public.contacts k
  set status = 'left', left_on = (departure ->> 'left_on')::date, replaced_by = coalesce(successor, k.replaced_by)
  where k.id = (departure ->> 'id')::uuid;
  return format('marked %s as left', departure ->> 'name')
    || coalesce(format(', replaced by %s', departure #>> '{successor,name}'), '');
end;
$$;
comment on function private.write_departure is
'Marks that a contact has left and who replaces them, who is added with their role if not on record. Returns what was '
'done.';

create function private.require_closing_changes(
  run public.workflow_executions, given jsonb, proposed jsonb
) returns void
language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.require_fields(given, array['contract', 'status', 'contact']);
  if given = '{}' then
    raise sqlstate 'PT400' using message = 'There is nothing to change in the book.';
  elsif not private.can_write_customer(run.customer_id) then
    raise sqlstate 'PT403' using message = 'Only the owner of this customer and managers can change it.',
      hint = 'Complete the run, and leave the contract and the contacts as they are.';
  elsif exists (select 1 from jsonb_object_keys(given) k where proposed -> k = 'null')
        or given -> 'status' <> proposed -> 'status' or given -> 'contact' <> proposed -> 'contact' then
    perform private.raise_proposal_changed();
  end if;
end;
$$;
comment on function private.require_closing_changes is
'Raises PT400, PT403 or PT409 unless the changes are of those proposed, by somebody who may write the customer.';

create function private.write_closing_changes(
  run public.workflow_executions, given jsonb, proposed jsonb
) returns text[]
language plpgsql volatile security definer set search_path = ''
as $$
declare
  done text[] := '{}';
begin
  if given ? 'contract' then
    done := done || private.write_next_contract(run, given -> 'contract', proposed -> 'contract');
  end if;
  if given ? 'status' then
    update public.customers c set status = 'churned' where c.id = run.customer_id;
    done := done || 'marked the customer as churned'::text;
  end if;
  if given ? 'contact' then
    done := done || private.write_departure(run, proposed -> 'contact');
  end if;
  return done;
end;
$$;
comment on function private.write_closing_changes is 'Writes what was accepted of a proposal. Returns what was done.';

create function private.close_run(
  p_execution_id uuid, p_revision int, p_outcome_code text, p_amount numeric, p_reason text, p_notes text,
  p_changes jsonb, p_key uuid
) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
  repeated constant public.saved_action_runs := private.find_action_run(me, p_key);
  change constant uuid := gen_random_uuid();
  run public.workflow_executions;
  before jsonb;
  proposed jsonb;
  done text[];
begin
  if repeated.id is not null then
    return private.replay_action_run(repeated, repeated.kind = 'close' and repeated.execution_id = p_execution_id);
  end if;
  run := private.lock_run(me, p_execution_id);
  -- Two runs of one customer may close at the same time: the second sees the contract the first has added.
  perform private.lock_contracts(run.customer_id);
  before := jsonb_build_object(
    'status', run.status,
    'snooze_id', (select s.id from public.workflow_snoozes s where s.execution_id = run.id and s.ended_at is null),
    'escalation_id', (select x.id from public.workflow_escalations x
                      where x.execution_id = run.id and x.ended_at is null));
  run := jsonb_populate_record(run, private.complete_workflow(
    p_execution_id, p_revision, p_outcome_code, p_amount, p_reason, p_notes));
  proposed := private.propose_changes(run, p_outcome_code, p_amount);
  perform private.require_closing_changes(run, p_changes, proposed);
  perform private.begin_change('action', change, me.id);
  done := private.write_closing_changes(run, p_changes, proposed);
  before := before || jsonb_build_object(
    'rows', (select count(*) from public.row_changes c where c.source_id = change and c.company_id = run.company_id));
  perform private.log_execution_event(
    run.company_id, run.id, 'acted', jsonb_build_object('done', to_jsonb(done)));
  return private.record_action_run(me, run, jsonb_build_object(
    'id', change, 'kind', 'close', 'name', 'Complete', 'idempotency_key', p_key, 'source', 'page',
    'parameters', p_changes, 'before', before,
    'summary', format('Completed the run and %s.', array_to_string(done, ', '))));
exception when data_exception or integrity_constraint_violation then
  perform private.raise_unreadable_value();
end;
$$;
comment on function private.close_run is 'See public.close_run.';

create function public.close_run(
  p_execution_id uuid, p_revision int, p_outcome_code text, p_changes jsonb, p_key uuid,
  p_amount numeric default null, p_reason text default null, p_notes text default null
) returns jsonb
language sql volatile security invoker set search_path = ''
as $$
  select private.close_run(
    p_execution_id, p_revision, p_outcome_code, p_amount, p_reason, p_notes, p_changes, p_key
  )
$$;
comment on function public.close_run is
'Ends a run as complete_workflow does and writes what was accepted of its proposal, all or nothing: contract (the '
'current term by id and updated_at, and what is to differ), status, contact. Undone by undo_action within a day. '
'p_key: one for each click; the same again does nothing.';

create function private.reopen_escalation(escalation uuid) returns void
language sql volatile security definer set search_path = ''
as $$ update public.workflow_escalations x set ended_at = null, ended_by = null where x.id = escalation $$;
comment on function private.reopen_escalation is 'Opens an escalation again that an undone completion had ended.';

create function private.undo_closing(
  run public.workflow_executions, done public.saved_action_runs, detail jsonb
) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  change public.row_changes;
  found_rows int := 0;
begin
  -- The run may still be with who closed it, the customer not.
  if not private.can_write_customer(run.customer_id) then
    raise sqlstate 'PT403' using message = 'Only the owner of this customer and managers can change it.',
      hint = 'It may have been handed over since. Ask its owner.';
  elsif run.status <> 'completed' or run.revision <> done.revision_after then
    perform private.raise_undo_conflict(run, 'The run has been reopened since.');
  end if;
  perform private.lock_contracts(run.customer_id);
  perform private.begin_change('action', done.id, auth.uid());
  for change in
    select * from public.row_changes c
    where c.source = 'action' and c.source_id = done.id and c.company_id = done.company_id order by c.number desc
  loop
    if not private.undo_row_change(change) then
      perform private.raise_undo_conflict(run, 'The contract, the customer or a contact has changed since.');
    end if;
    found_rows := found_rows + 1;
  end loop;
  if found_rows <> (done.before ->> 'rows')::int then
    perform private.raise_undo_conflict(run, 'The history of what it changed was erased since.');
  end if;
  perform private.transition(run, 'undo', jsonb_build_object(
    'status', done.before -> 'status', 'outcome_code', null, 'outcome_amount', null, 'outcome_reason', null,
    'outcome_notes', null), detail);
  perform private.reopen_snooze((done.before ->> 'snooze_id')::uuid);
  perform private.reopen_escalation((done.before ->> 'escalation_id')::uuid);
exception
  when unique_violation then
    perform private.raise_undo_conflict(run, 'A new run of this workflow has started since.');
  when foreign_key_violation then
    perform private.raise_undo_conflict(run, 'Something new refers to a contact that was added.');
end;
$$;
comment on function private.undo_closing is
'Opens a completed run again as it was, and takes back what its completion changed in the book. Raises PT403, PT409.';

grant execute on function private.propose_closing, public.propose_closing, private.close_run, public.close_run
to authenticated;
