-- Ten companies of a real size: sixty customers each, half a year of usage, a year of tickets, surveys and notes, three
-- runs a customer. The settings bench.companies and bench.customers ask for other numbers.

create temp table crowd on commit drop as
select gen_random_uuid() as company_id, n
from generate_series(1, coalesce(nullif(current_setting('bench.companies', true), ''), '10')::int) n;

insert into public.companies (id, name)
select company_id, 'Volume ' || n from crowd;

insert into public.modules (company_id, name, annual_price_per_seat)
select company_id, 'Module ' || k, 100 from crowd, generate_series(1, 6) k;

create temp table people on commit drop as
select gen_random_uuid() as id, company_id, gen_random_uuid() || '@volume.test' as email, n, k,
  case k when 5 then 'manager' else 'csm' end as role
from crowd, generate_series(1, 5) k;

insert into public.company_invites (company_id, email, role)
select company_id, email, role from people;

insert into auth.users (id, email, email_confirmed_at, raw_user_meta_data, aud, role)
select id, email, now(), '{}', 'authenticated', 'authenticated' from people;

select count(private.join_company(p.id, i.id, null)::text) from people p join public.company_invites i using (email);

create temp table books on commit drop as
select gen_random_uuid() as customer_id, p.company_id, p.id as owner_id, x.k
from generate_series(0, coalesce(nullif(current_setting('bench.customers', true), ''), '60')::int - 1) x (k)
join people p on p.k = 1 + x.k % 4;

insert into public.customers (id, company_id, owner_id, name, segment, customer_since, competitor)
select customer_id, company_id, owner_id, 'Customer ' || k, 'mid', current_date - 30 - 15 * k,
  case when k % 9 = 0 then 'Rivalry Ltd' end
from books;

insert into public.contracts (company_id, customer_id, starts_on, ends_on, term_months, notice_days, auto_renews, seats,
  annual_price_per_seat)
select company_id, customer_id, current_date - 6 * k, current_date - 6 * k + 365, 12, 60, true, 20 + 7 * k, 300
from books;

insert into public.contacts (company_id, customer_id, name, role, influence, last_contact_on, status, left_on)
select company_id, customer_id, 'Contact ' || n,
  (array['champion', 'economic_buyer', 'executive_sponsor', 'user', 'admin'])[n], n,
  current_date - (k * 7 + n * 11) % 90,
  case when (k + n) % 10 = 0 then 'left' else 'active' end,
  case when (k + n) % 10 = 0 then current_date - 20 end
from books, generate_series(1, 5) n;

insert into public.usage_weeks (company_id, customer_id, week_starts_on, active_users, seats, logins, key_actions)
select company_id, customer_id, current_date - 7 * w, (k * 13 + w * 7) % 100, 100, 500, 200
from generate_series(0, 25) w, books;

insert into public.tickets (company_id, customer_id, number, title, priority, status, opened_on, solved_on)
select company_id, customer_id, k || '-' || n, 'Title', 'p' || 1 + (k + n) % 4,
  case when n % 3 = 0 then 'open' else 'solved' end, current_date - n * 9,
  case when n % 3 > 0 then current_date - n * 9 + 3 end
from generate_series(1, 12) n, books;

insert into public.survey_responses (company_id, customer_id, score, responded_on)
select company_id, customer_id, (k + n) % 11, current_date - n * 40
from generate_series(1, 4) n, books;

insert into public.notes (company_id, customer_id, author_id, kind, body, happened_on)
select company_id, customer_id, owner_id, (array['note', 'call', 'meeting', 'email'])[1 + n % 4],
  repeat('words ', 50), current_date - n * 7
from generate_series(1, 30) n, books;

insert into public.workflow_executions (company_id, customer_id, owner_id, workflow_id, definition_version_id, status,
  current_slide, ended_at, outcome_code)
select b.company_id, b.customer_id, b.owner_id, v.workflow_id, v.id,
  case when x.ended_at is null then 'active' else 'completed' end, v.slide_sequence[1], x.ended_at,
  case when x.ended_at is not null then 'renewed' end
from books b
cross join lateral (
  select case when n > 0 or b.k % 10 > 0 then now() - (n * 50 + 1) * interval '1 day' end as ended_at
  from generate_series(0, 2) n) x
join public.workflow_definition_versions v
  on v.workflow_id = 'standard-renewal' and v.company_id is null and v.version = 1;

analyze;
