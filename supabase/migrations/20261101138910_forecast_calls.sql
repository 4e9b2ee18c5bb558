-- Calls on renewals: what the CSM, and what a leader, expects of one. Each call is a row that stays; the latest of each
-- level counts. A category has its evidence, which the records either show or do not: a call without it needs a reason.

create table public.forecast_calls (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  customer_id uuid not null,
  contract_id uuid not null references public.contracts (id) on delete cascade,
  level text not null check (level in ('csm', 'leader')),
  revision int not null check (revision > 0),
  category text not null check (category in ('commit', 'likely', 'doubtful', 'lost')),
  amount private.amount,
  reason text check (length(reason) <= 2000),
  unmet text[] not null default '{}' check (cardinality(unmet) <= 20),
  called_by uuid not null,
  called_at private.moment not null default now(),
  unique (contract_id, level, revision),
  foreign key (customer_id, company_id) references public.customers (id, company_id) on delete cascade,
  foreign key (called_by, company_id) references public.profiles (id, company_id)
);
comment on table public.forecast_calls is
'What somebody expects of a renewal. Append-only: the latest of a contract and level counts.';
comment on column public.forecast_calls.id is 'Identity of the call.';
comment on column public.forecast_calls.company_id is 'Tenant.';
comment on column public.forecast_calls.customer_id is 'The customer.';
comment on column public.forecast_calls.contract_id is 'The contract whose renewal it is about.';
comment on column public.forecast_calls.level is 'csm: of the owner or their deputy; leader: of a manager or admin.';
comment on column public.forecast_calls.revision is 'Order of the calls of a contract and level, from 1; compare-and-set.';
comment on column public.forecast_calls.category is 'commit, likely, doubtful or lost.';
comment on column public.forecast_calls.amount is 'ARR expected after the renewal; null for what the category counts for.';
comment on column public.forecast_calls.reason is 'Why, in words; demanded for doubtful, lost and without the evidence.';
comment on column public.forecast_calls.unmet is 'Evidence of the category that the records did not show then, as codes.';
comment on column public.forecast_calls.called_by is 'Whose call it is.';
comment on column public.forecast_calls.called_at is 'When.';
create index forecast_calls_company on public.forecast_calls (company_id, contract_id, level, revision desc);
create index forecast_calls_customer on public.forecast_calls (customer_id, company_id);
create index forecast_calls_called_by on public.forecast_calls (called_by, company_id);

alter table public.forecast_calls enable row level security;
revoke all on public.forecast_calls from anon, authenticated;
grant select on public.forecast_calls to authenticated;
create policy "owners read the calls on their customers, leaders all" on public.forecast_calls
for select to authenticated
using (
  company_id = (select private.current_company_id())
  and (
    (select private.is_team_lead())
    or customer_id in (
      select c.id from public.customers c where array[c.owner_id] && (select private.represented_people())
    )
  )
);

create function private.forecast_call_value(category text, amount numeric, arr numeric) returns numeric
language sql immutable set search_path = ''
as $$
  select case
    when category in ('commit', 'likely') then coalesce(amount, arr)
    when category = 'doubtful' then coalesce(amount, 0)
    when category = 'lost' then 0
  end
$$;
comment on function private.forecast_call_value is
'The ARR a call counts for: commit and likely the amount given, else the ARR today; doubtful the amount given, else '
'nothing; lost nothing. Null without a call.';

create function private.renewal_evidence(customer uuid, today date) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select jsonb_build_object(
    'buyer_contact_on', (
      select max(k.last_contact_on) from public.contacts k
      where k.customer_id = customer and k.status = 'active' and k.role = 'economic_buyer'
    ),
    'supporter_contact_on', (
      select max(k.last_contact_on) from public.contacts k
      where k.customer_id = customer and k.status = 'active'
        and k.role in ('economic_buyer', 'champion', 'executive_sponsor')
    ),
    'has_price', exists(
      select 1 from public.workflow_executions e
      where e.customer_id = customer and e.ended_at is null and (
        exists(select 1 from public.quotes q where q.execution_id = e.id)
        or exists(select 1 from public.pricing_scenarios p where p.execution_id = e.id and p.is_chosen)
      )
    ),
    'open_p1', (
      select count(*) from public.tickets t
      where t.customer_id = customer and t.priority = 'p1' and t.status <> 'solved'
    ),
    'band', (select s.health_band from private.read_scores(today, array[customer]) s),
    'today', today
  )
$$;
comment on function private.renewal_evidence is 'What the records show of a customer that the rules of evidence ask for.';

create function private.unmet_evidence(category text, evidence jsonb) returns text[]
language sql immutable set search_path = ''
as $$
  select coalesce(array_agg(r.code order by r.place), '{}')
  from (
    values
    (1, 'buyer_contact', '{commit}'::text[],
     (evidence ->> 'buyer_contact_on')::date >= (evidence ->> 'today')::date - 30),
    (2, 'supporter_contact', '{likely}',
     (evidence ->> 'supporter_contact_on')::date >= (evidence ->> 'today')::date - 60),
    (3, 'price', '{commit}', (evidence ->> 'has_price')::boolean),
    (4, 'no_open_p1', '{commit}', (evidence ->> 'open_p1')::int = 0),
    (5, 'not_red', '{commit,likely}', evidence ->> 'band' is distinct from 'red')
  ) r (place, code, categories, is_met)
  where unmet_evidence.category = any(r.categories) and not coalesce(r.is_met, false)
$$;
comment on function private.unmet_evidence is
'Codes of what a category of calls asks for and the records do not show. commit: contact with the economic buyer within '
'30 days, a price in the open run, no open P1, health not red. likely: contact with the buyer, the sponsor or a '
'champion within 60 days, health not red.';

create function private.require_caller(me public.profiles, customer uuid, level text) returns void
language plpgsql stable security definer set search_path = ''
as $$
begin
  if level is null or level not in ('csm', 'leader') then
    raise sqlstate 'PT400' using message = 'This call cannot be read.';
  elsif level = 'leader' and me.role not in ('manager', 'admin') then
    raise sqlstate 'PT403' using message = 'Only managers and admins give the manager''s call.';
  elsif level = 'csm' and not exists (
    select 1 from public.customers c where c.id = customer and c.owner_id = any (private.represented_people())) then
    raise sqlstate 'PT403' using message = 'Only the owner of this customer gives the CSM''s call.',
      hint = 'It may have been handed over since you opened it.';
  end if;
end;
$$;
comment on function private.require_caller is 'Raises PT403 unless the person may give the call of this level, PT400.';

create function private.call_errors(
  category text, amount numeric, reason text, arr numeric, unmet text[]
) returns text[]
language sql immutable set search_path = ''
as $$
  select array[
    case when not coalesce(category in ('commit', 'likely', 'doubtful', 'lost'), false) then 'Choose a category.' end,
    case when not coalesce(amount between 0 and 999999999999.99, true) then 'Enter an amount of 0 or more.' end,
    case when category = 'lost' and amount > 0 then 'What is lost leaves no ARR: remove the amount.' end,
    case
      when coalesce(category in ('doubtful', 'lost') or cardinality(unmet) > 0, false)
        then private.text_error(btrim(reason), 2000, case
          when category = 'doubtful' then 'Say what stands in the way.'
          when category = 'lost' then 'Say why it is lost.'
          else 'Say why you expect it without this evidence.'
        end)
      else private.length_error(reason, 2000)
    end
  ]
$$;
comment on function private.call_errors is 'The errors of a call, as sentences and nulls.';

create function private.raise_called_meanwhile(latest public.forecast_calls) returns void
language plpgsql immutable set search_path = ''
as $$
begin
  raise sqlstate 'PT409' using message = 'Somebody gave this call since you opened it.',
    detail = to_jsonb(latest)::text, hint = 'Reload the page, then give your call again.';
end;
$$;
comment on function private.raise_called_meanwhile is 'Raises PT409 with the latest call.';

create function private.latest_call(contract uuid, level text) returns public.forecast_calls
language sql stable security invoker set search_path = ''
as $$
  select c.* from public.forecast_calls c
  where c.contract_id = contract and c.level = latest_call.level
  order by c.revision desc limit 1
$$;
comment on function private.latest_call is 'The latest call of a level on the renewal of a contract; null without one.';

create function private.call_renewal(
  p_contract_id uuid, p_level text, p_category text, p_revision int, p_amount numeric, p_reason text
) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
  term public.contracts;
  unmet text[];
  latest public.forecast_calls;
begin
  select * into term from public.contracts k where k.id = p_contract_id and k.company_id = me.company_id;
  if term.id is null then
    raise sqlstate 'PT404' using message = 'This renewal does not exist any more.';
  end if;
  perform private.require_caller(me, term.customer_id, p_level);
  if exists (select 1 from private.term_outcomes(me.company_id) x
             where x.contract_id = p_contract_id and x.outcome is not null) then
    raise sqlstate 'PT409' using message = 'This renewal is decided already.', hint = 'Reload the page to see it.';
  end if;
  unmet := private.unmet_evidence(p_category, private.renewal_evidence(term.customer_id, private.today()));
  perform private.raise_invalid(private.call_errors(p_category, p_amount, p_reason, term.arr, unmet));
  latest := private.latest_call(p_contract_id, p_level);
  if coalesce(latest.revision, 0) is distinct from coalesce(p_revision, 0) then
    perform private.raise_called_meanwhile(latest);
  end if;
  insert into public.forecast_calls
    (company_id, customer_id, contract_id, level, revision, category, amount, reason, unmet, called_by)
  values (
    me.company_id, term.customer_id, term.id, p_level, coalesce(p_revision, 0) + 1, p_category, p_amount,
    nullif(btrim(p_reason), ''), unmet, me.id)
  returning * into latest;
  return to_jsonb(latest);
exception when unique_violation then
  perform private.raise_called_meanwhile(private.latest_call(p_contract_id, p_level));
end;
$$;
comment on function private.call_renewal is 'See public.call_renewal.';

create function public.call_renewal(
  p_contract_id uuid, p_level text, p_category text, p_revision int, p_amount numeric default null,
  p_reason text default null
) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.call_renewal(p_contract_id, p_level, p_category, p_revision, p_amount, p_reason) $$;
comment on function public.call_renewal is
'Gives the call of a level (csm: the owner; leader: a manager or admin) on an open renewal, after the call of that '
'revision (0 for the first); returns it. Raises PT400, PT403, PT404, and PT409 with the latest call if there is a later '
'one, or once it is decided.';

create function public.renewal_calls(p_contract_id uuid) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  today constant date := private.today();
  customer uuid;
  evidence jsonb;
begin
  perform private.require_member();
  select k.customer_id into customer from public.contracts k where k.id = p_contract_id;
  if customer is null then
    raise sqlstate 'PT404' using message = 'This renewal does not exist any more.';
  end if;
  evidence := private.renewal_evidence(customer, today);
  return jsonb_build_object(
    'today', today, 'evidence', evidence,
    'unmet', jsonb_build_object(
      'commit', private.unmet_evidence('commit', evidence), 'likely', private.unmet_evidence('likely', evidence)),
    'calls', (
      select coalesce(jsonb_agg(to_jsonb(c) || jsonb_build_object('called_by_name', p.full_name)
        order by c.called_at desc, c.revision desc), '[]')
      from public.forecast_calls c join public.profiles p on p.id = c.called_by
      where c.contract_id = p_contract_id));
end;
$$;
comment on function public.renewal_calls is
'Of one renewal: what the records show as evidence, what is missing for each category, and the calls one may see, the '
'latest first. Raises PT404.';

grant execute on function private.forecast_call_value, private.renewal_evidence, private.unmet_evidence, private.latest_call,
private.call_renewal, public.call_renewal, public.renewal_calls to authenticated;
