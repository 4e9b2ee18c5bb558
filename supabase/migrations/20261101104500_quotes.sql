-- Prices of a run as rows: scenarios, quote and lines are written from the answers of their slides in the same
-- statement, whoever saves them and by whatever door. How far each is below list is computed here and nowhere else
-- (docs/decisions/0023-prices-as-rows.md).

create domain private.typed_number as numeric check (value between -1000000000000 and 1000000000000);
comment on domain private.typed_number is 'A finite number as somebody typed it, up to a trillion either way.';

create function private.bound_percent(value numeric) returns numeric
language sql immutable set search_path = ''
as $$ select case when value is not null then round(least(greatest(value, -1000000000000), 1000000000000), 2) end $$;
comment on function private.bound_percent is
'A percentage to two decimals, within a trillion: odd terms multiply to more than a column holds.';

create table public.pricing_scenarios (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  execution_id uuid not null,
  position int not null check (position > 0),
  name text not null check (length(name) between 1 and 80),
  uplift_percent private.typed_number not null default 0,
  discount_percent private.typed_number not null default 0,
  seats private.typed_number,
  list_price private.typed_number,
  list_total numeric generated always as (round(seats * list_price, 2)) stored,
  total numeric generated always as (
    round(seats * list_price * (1 + uplift_percent / 100) * (1 - discount_percent / 100))
  ) stored,
  off_list_percent numeric not null generated always as (
    private.bound_percent(100 - (100 + uplift_percent) * (100 - discount_percent) / 100)
  ) stored,
  is_chosen boolean not null default false,
  priced_by uuid not null,
  created_at private.moment not null default now(),
  unique (execution_id, position),
  foreign key (execution_id, company_id) references public.workflow_executions (id, company_id) on delete cascade,
  foreign key (priced_by, company_id) references public.profiles (id, company_id)
);
comment on table public.pricing_scenarios is 'An offer of the pricing slide of a run. Written from its answers only.';
comment on column public.pricing_scenarios.id is 'Identity of the row.';
comment on column public.pricing_scenarios.company_id is 'Tenant.';
comment on column public.pricing_scenarios.execution_id is 'The run.';
comment on column public.pricing_scenarios.position is 'Order on the slide, from 1.';
comment on column public.pricing_scenarios.name is 'Its name.';
comment on column public.pricing_scenarios.uplift_percent is 'Rise of the list price.';
comment on column public.pricing_scenarios.discount_percent is
'Discount on the raised price; blank is the contract''s.';
comment on column public.pricing_scenarios.seats is 'Seats; blank is the contract''s; null without a contract.';
comment on column public.pricing_scenarios.list_price is 'List price per seat and year when it was saved.';
comment on column public.pricing_scenarios.list_total is 'Amount a year at list price.';
comment on column public.pricing_scenarios.total is 'Amount a year as offered, to the dollar.';
comment on column public.pricing_scenarios.off_list_percent is 'How far the price is below list; negative above it.';
comment on column public.pricing_scenarios.is_chosen is 'True for the one that is proposed.';
comment on column public.pricing_scenarios.priced_by is 'Who set these figures.';
comment on column public.pricing_scenarios.created_at is 'When the row was inserted.';
create index pricing_scenarios_execution on public.pricing_scenarios (execution_id, company_id);
create index pricing_scenarios_priced_by on public.pricing_scenarios (priced_by, company_id);
create index pricing_scenarios_company on public.pricing_scenarios (company_id);

create table public.quotes (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  execution_id uuid not null unique,
  list_total numeric check (list_total between -1e60 and 1e60),
  total numeric check (total between -1e60 and 1e60),
  off_list_percent private.typed_number,
  lacks_list_price boolean not null default false,
  terms jsonb not null default '{}' check (private.is_readable_json(terms)),
  priced_by uuid not null,
  created_at private.moment not null default now(),
  unique (id, company_id),
  foreign key (execution_id, company_id) references public.workflow_executions (id, company_id) on delete cascade,
  foreign key (priced_by, company_id) references public.profiles (id, company_id)
);
comment on table public.quotes is 'The quote of a run. Written from the answers of its slide only.';
comment on column public.quotes.id is 'Identity of the row.';
comment on column public.quotes.company_id is 'Tenant.';
comment on column public.quotes.execution_id is 'The run.';
comment on column public.quotes.list_total is 'Amount a year at list price, of the lines with a price; null without one.';
comment on column public.quotes.total is 'Amount a year as offered, credits taken off; null without a priced line.';
comment on column public.quotes.off_list_percent is
'How far it is below list: the line furthest below, or the whole with its credits, whichever is more.';
comment on column public.quotes.lacks_list_price is 'True if nothing is known to compare the price of a line with.';
comment on column public.quotes.terms is
'What else it promises, as typed: the answers that private.slide_answer_keys marks as terms.';
comment on column public.quotes.priced_by is 'Who set these figures.';
comment on column public.quotes.created_at is 'When the row was inserted.';
create index quotes_execution on public.quotes (execution_id, company_id);
create index quotes_priced_by on public.quotes (priced_by, company_id);
create index quotes_company on public.quotes (company_id);

-- Two negatives are a price again, and seats sold: such a line takes no money off, it is compared with the list.
create function private.is_credit(seats numeric, price numeric, discount numeric) returns boolean
language sql immutable set search_path = ''
as $$ select coalesce((seats < 0 or price < 0) and round(seats * price * (1 - discount / 100), 2) <= 0, false) $$;
comment on function private.is_credit is 'True for a line of a quote that takes money off.';

create table public.quote_lines (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  quote_id uuid not null,
  position int not null check (position > 0),
  item text not null check (length(item) between 1 and 200),
  seats private.typed_number,
  price private.typed_number,
  discount_percent private.typed_number not null default 0,
  list_price private.typed_number,
  is_credit boolean not null generated always as (private.is_credit(seats, price, discount_percent)) stored,
  list_total numeric generated always as (
    case
      when private.is_credit(seats, price, discount_percent) then 0
      when price is not null then round(abs(seats) * coalesce(list_price, price), 2)
    end
  ) stored,
  total numeric generated always as (round(seats * price * (1 - discount_percent / 100), 2)) stored,
  off_list_percent numeric generated always as (
    case
      when private.is_credit(seats, price, discount_percent) then null
      when price is null then nullif(private.bound_percent(discount_percent), 0)
      when list_price > 0
        then
          private.bound_percent(
            100 - case when seats < 0 then -price else price end * (100 - discount_percent) / list_price
          )
      else private.bound_percent(discount_percent)
    end
  ) stored,
  unique (quote_id, position),
  foreign key (quote_id, company_id) references public.quotes (id, company_id) on delete cascade
);
comment on table public.quote_lines is 'A line of a quote.';
comment on column public.quote_lines.id is 'Identity of the row.';
comment on column public.quote_lines.company_id is 'Tenant.';
comment on column public.quote_lines.quote_id is 'The quote.';
comment on column public.quote_lines.position is 'Order on the quote, from 1.';
comment on column public.quote_lines.item is 'What is sold.';
comment on column public.quote_lines.seats is 'Seats.';
comment on column public.quote_lines.price is 'Price per seat and year, as typed, before the discount.';
comment on column public.quote_lines.discount_percent is 'Discount on that price.';
comment on column public.quote_lines.list_price is
'What the price is compared with: the price list''s, else the contract''s; null if neither is known.';
comment on column public.quote_lines.is_credit is 'True for a line that takes money off: it counts against the whole.';
comment on column public.quote_lines.list_total is 'Amount a year at list price; 0 for a credit, null without a price.';
comment on column public.quote_lines.total is 'Amount a year, to the cent.';
comment on column public.quote_lines.off_list_percent is
'How far the price of a seat is below list, whatever the seats; of a line without a price its discount; null for a '
'credit.';
create index quote_lines_quote on public.quote_lines (quote_id, company_id);
create index quote_lines_company on public.quote_lines (company_id);

alter table public.pricing_scenarios enable row level security;
alter table public.quotes enable row level security;
alter table public.quote_lines enable row level security;
revoke all on public.pricing_scenarios, public.quotes, public.quote_lines from anon, authenticated;
grant select on public.pricing_scenarios, public.quotes, public.quote_lines to authenticated;
create policy "members read their company's scenarios" on public.pricing_scenarios
for select to authenticated using (company_id = (select private.current_company_id()));
create policy "members read their company's quotes" on public.quotes
for select to authenticated using (company_id = (select private.current_company_id()));
create policy "members read their company's quote lines" on public.quote_lines
for select to authenticated using (company_id = (select private.current_company_id()));

create function private.json_number(value jsonb) returns numeric
language sql immutable set search_path = ''
as $$
  select case
    when jsonb_typeof(value) = 'number' and abs(value::numeric) <= 1000000000000 then value::numeric
  end
$$;
comment on function private.json_number is
'A number out of JSON; null for anything else and beyond a trillion, as parse_number of lib/text reads it.';

create function private.answer_rows(value jsonb) returns table (place int, cells jsonb)
language sql immutable set search_path = ''
as $$
  select row_number() over (order by r.n)::int, r.cells
  from
    jsonb_array_elements(case jsonb_typeof(value) when 'array' then value else '[]' end)
    with ordinality r (cells, n)
  where
    jsonb_typeof(r.cells) = 'object'
    and exists (
      select 1 from jsonb_each(case jsonb_typeof(r.cells) when 'object' then r.cells else '{}' end) c
      where c.value <> 'null' and (jsonb_typeof(c.value) <> 'string' or c.value #>> '{}' ~ '\S')
    )
$$;
comment on function private.answer_rows is 'The rows of an answer that are not blank, numbered from 1.';

create function private.answer_label(cell jsonb, max_length int, otherwise text) returns text
language sql immutable set search_path = ''
as $$
  select
    coalesce(
      nullif(left(trim(regexp_replace(
        case jsonb_typeof(cell) when 'string' then cell #>> '{}' end, '\s+', ' ', 'g'
      )), max_length), ''), otherwise
    )
$$;
comment on function private.answer_label is 'A text of an answer on one line; `otherwise` without one.';

create function private.find_run_contract(run public.workflow_executions) returns public.contracts
language sql stable security definer set search_path = ''
as $$
  select k.* from public.contracts k
  where k.customer_id = run.customer_id and k.company_id = run.company_id and k.starts_on <= private.today()
  order by k.starts_on desc, k.id limit 1
$$;
comment on function private.find_run_contract is 'The contract in force of the customer of a run; null without one.';

create function private.price_scenario_rows(run public.workflow_executions, scenarios jsonb) returns table (
  place int, name text, uplift numeric, discount numeric, seats numeric, list_price numeric
)
language sql stable security definer set search_path = ''
as $$
  select
    r.place,
    private.answer_label(r.cells -> 'name', 80, format('Scenario %s', r.place)),
    coalesce(private.json_number(r.cells -> 'uplift'), 0),
    coalesce(private.json_number(r.cells -> 'discount'), k.discount_percent, 0),
    coalesce(private.json_number(r.cells -> 'seats'), k.seats),
    k.annual_price_per_seat
  from private.answer_rows(scenarios) r cross join private.find_run_contract(run) k
$$;
comment on function private.price_scenario_rows is
'The scenarios of an answer with the terms of the contract in their blank cells. A null contract is a row of nulls.';

create function private.item_key(name text) returns text
language sql immutable set search_path = ''
as $$ select lower(trim(regexp_replace(private.strip_invisible(normalize(name, nfkc)), '\s+', ' ', 'g'))) $$;
comment on function private.item_key is 'The one spelling of the name of a module or an item of a quote.';

-- A module spelt otherwise must not be compared with the contract, which may be cheaper.
create function private.find_module_price(company uuid, item text) returns numeric
language sql stable security definer set search_path = ''
as $$
  select m.annual_price_per_seat from public.modules m
  where m.company_id = company and private.item_key(m.name) = private.item_key(item)
  order by m.name = item desc, m.annual_price_per_seat desc limit 1
$$;
comment on function private.find_module_price is
'List price of the module of that name, however it is spelt; null without one.';

create function private.quote_terms(answers jsonb) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select
    coalesce(jsonb_object_agg(k.key, answers -> k.key) filter (
      where
      answers -> k.key <> 'null'
      and (jsonb_typeof(answers -> k.key) <> 'string' or answers ->> k.key ~ '\S')
    ), '{}')
  from private.slide_answer_keys k where k.holds_terms
$$;
comment on function private.quote_terms is 'What a quote promises besides its lines: its answers that are not blank.';

create function private.price_quote_rows(run public.workflow_executions, lines jsonb) returns table (
  place int, item text, seats numeric, price numeric, discount numeric, list_price numeric
)
language sql stable security definer set search_path = ''
as $$
  select
    r.place,
    r.item,
    r.seats,
    r.price,
    r.discount,
    -- A contract at nothing, such as a pilot's, says nothing about the price.
    coalesce(private.find_module_price(run.company_id, r.item), nullif(k.annual_price_per_seat, 0))
  from (
    select
      a.place,
      private.answer_label(a.cells -> 'item', 200, 'Unnamed line') as item,
      private.json_number(a.cells -> 'seats') as seats,
      private.json_number(a.cells -> 'price') as price,
      coalesce(private.json_number(a.cells -> 'discount'), 0) as discount
    from private.answer_rows(lines) a
  ) r
  cross join private.find_run_contract(run) k
$$;
comment on function private.price_quote_rows is
'The lines of an answer with the list price of each: of the module of that name, else of the contract, else null.';

create function private.scenario_figures(execution uuid) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select
    jsonb_build_object(
      'uplift_percent', s.uplift_percent, 'discount_percent', s.discount_percent, 'seats', s.seats,
      'list_price', s.list_price
    )
  from public.pricing_scenarios s where s.execution_id = execution and s.is_chosen
$$;
comment on function private.scenario_figures is 'The figures of the chosen scenario of a run; null without one.';

create function private.quote_figures(execution uuid) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select
    jsonb_build_object('terms', q.terms, 'lines', (
      select
        jsonb_agg(jsonb_build_object(
          'item', l.item, 'seats', l.seats, 'price', l.price, 'discount_percent', l.discount_percent,
          'list_price', l.list_price
        ) order by l.position)
      from public.quote_lines l where l.quote_id = q.id
    ))
  from public.quotes q where q.execution_id = execution
$$;
comment on function private.quote_figures is
'The lines of the quote of a run and what else it promises; null without one.';

create function private.write_pricing_scenarios(
  run public.workflow_executions, answers jsonb, person uuid
) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  before constant jsonb := private.scenario_figures(run.id);
  author constant uuid := (select s.priced_by from public.pricing_scenarios s
                           where s.execution_id = run.id and s.is_chosen);
  chosen constant text := private.answer_label(answers -> 'chosen', 80, null);
begin
  delete from public.pricing_scenarios s where s.execution_id = run.id;
  insert into public.pricing_scenarios (
    company_id, execution_id, position, name, uplift_percent, discount_percent, seats, list_price, priced_by)
  select run.company_id, run.id, r.place, r.name, r.uplift, r.discount, r.seats, r.list_price, person
  from private.price_scenario_rows(run, answers -> 'scenarios') r;
  -- A choice that names none of them is taken for the lowest price: a name spelt otherwise opens no way around.
  update public.pricing_scenarios s set is_chosen = true
  where chosen is not null and s.id = (
    select c.id from public.pricing_scenarios c where c.execution_id = run.id
    order by c.name = chosen desc, case when c.name <> chosen then c.off_list_percent end desc nulls first, c.position
    limit 1);
  if private.scenario_figures(run.id) = before then
    update public.pricing_scenarios s set priced_by = author where s.execution_id = run.id and s.is_chosen;
  end if;
end;
$$;
comment on function private.write_pricing_scenarios is
'Replaces the scenarios of a run by those of the answers. Unchanged figures stay those of whoever set them.';

create function private.write_quote(run public.workflow_executions, answers jsonb, person uuid) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  before constant jsonb := private.quote_figures(run.id);
  author uuid := (select q.priced_by from public.quotes q where q.execution_id = run.id);
  quote uuid;
begin
  delete from public.quotes q where q.execution_id = run.id;
  if not exists (select 1 from private.answer_rows(answers -> 'lines')) then
    return;
  end if;
  insert into public.quotes (company_id, execution_id, terms, priced_by)
  values (run.company_id, run.id, private.quote_terms(answers), person) returning id into quote;
  insert into public.quote_lines (
    company_id, quote_id, position, item, seats, price, discount_percent, list_price)
  select run.company_id, quote, r.place, r.item, r.seats, r.price, r.discount, r.list_price
  from private.price_quote_rows(run, answers -> 'lines') r;
  update public.quotes q
  set list_total = t.list_total, total = t.total,
      off_list_percent = private.bound_percent(t.off_list_percent), lacks_list_price = t.lacks_list_price,
      priced_by = case when private.quote_figures(run.id) = before then author else person end
  from private.sum_quote_lines(quote) t where q.id = quote;
end;
$$;
comment on function private.write_quote is
'Replaces the quote of a run by the lines of the answers. Unchanged figures stay those of whoever set them.';

create function private.sum_quote_lines(
  quote uuid, out list_total numeric, out total numeric, out off_list_percent numeric, out lacks_list_price boolean
)
language sql stable security definer set search_path = ''
as $$
  select
    s.list_total,
    s.total,
    greatest(
      s.furthest,
      case when s.credits < 0 then coalesce(100 - 100 * (s.paid + s.credits) / nullif(s.worth, 0), 100) end
    ),
    s.lacks_list_price
  from (
    select
      sum(l.list_total) as list_total,
      sum(l.total) as total,
      max(l.off_list_percent) as furthest,
      coalesce(bool_or(l.list_price is null and l.price is not null and not l.is_credit), false) as lacks_list_price,
      sum(least(l.total, 0)) filter (where l.is_credit) as credits,
      sum(l.total) filter (where not l.is_credit) as paid,
      -- A line above list makes room for no credit.
      sum(greatest(l.list_total, l.total)) filter (where not l.is_credit) as worth
    from public.quote_lines l where l.quote_id = quote
  ) s
$$;
comment on function private.sum_quote_lines is
'Totals of a quote, how far it is below list (its furthest line, or the whole with its credits), and whether a line '
'has no list price.';

create function private.price_step() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  run public.workflow_executions;
  priced text;
begin
  if tg_op = 'UPDATE' and (new.answers = old.answers or private.is_erasure()) then
    return null;
  end if;
  select k.key into priced from private.slide_answer_keys k
  where k.slide_id = private.slide_of_address(new.slide_id) and k.holds_discount;
  if not found then
    return null;
  end if;
  select * into run from public.workflow_executions e where e.id = new.execution_id for no key update;
  if priced = 'scenarios' then
    perform private.write_pricing_scenarios(run, new.answers, new.saved_by);
  else
    perform private.write_quote(run, new.answers, new.saved_by);
  end if;
  perform private.settle_price_approvals(run);
  return null;
end;
$$;
comment on function private.price_step is
'After the answers of a slide about prices change: writes its rows, and asks for the approval they need.';
create trigger price after insert or update of answers on public.workflow_step_executions
for each row execute function private.price_step();

grant execute on function private.bound_percent,
private.is_credit,
private.json_number,
private.answer_rows,
private.answer_label,
private.price_scenario_rows,
private.price_quote_rows, private.find_run_contract to authenticated;
