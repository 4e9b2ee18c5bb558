-- After volume.sql, in the same transaction: one of its companies has two thousand customers, as its CSMs and its
-- manager see them. They are copies of that company's sixty, with all that hangs on those.

create temp table copies on commit drop as
select b.customer_id as original, gen_random_uuid() as customer_id, b.company_id, b.owner_id, c.n
from books b cross join generate_series(1, 33) c (n)
where b.company_id = (select company_id from crowd where n = 1) and (b.k >= 20 or c.n <= 31);

insert into public.customers (id, company_id, owner_id, name, segment, customer_since, competitor)
select x.customer_id, x.company_id, x.owner_id, c.name || '-' || x.n, c.segment, c.customer_since, c.competitor
from copies x join public.customers c on c.id = x.original;

insert into public.contracts (company_id, customer_id, starts_on, ends_on, term_months, notice_days, auto_renews, seats,
  annual_price_per_seat)
select k.company_id, x.customer_id, k.starts_on, k.ends_on, k.term_months, k.notice_days, k.auto_renews, k.seats,
  k.annual_price_per_seat
from copies x join public.contracts k on k.customer_id = x.original;

insert into public.contacts (company_id, customer_id, name, role, influence, last_contact_on, status, left_on)
select k.company_id, x.customer_id, k.name, k.role, k.influence, k.last_contact_on, k.status, k.left_on
from copies x join public.contacts k on k.customer_id = x.original;

insert into public.usage_weeks (company_id, customer_id, week_starts_on, active_users, seats, logins, key_actions)
select u.company_id, x.customer_id, u.week_starts_on, u.active_users, u.seats, u.logins, u.key_actions
from copies x join public.usage_weeks u on u.customer_id = x.original;

insert into public.tickets (company_id, customer_id, number, title, priority, status, opened_on, solved_on)
select t.company_id, x.customer_id, t.number || '-' || x.n, t.title, t.priority, t.status, t.opened_on, t.solved_on
from copies x join public.tickets t on t.customer_id = x.original;

insert into public.survey_responses (company_id, customer_id, score, responded_on)
select r.company_id, x.customer_id, r.score, r.responded_on
from copies x join public.survey_responses r on r.customer_id = x.original;

insert into public.notes (company_id, customer_id, author_id, kind, body, happened_on)
select o.company_id, x.customer_id, o.author_id, o.kind, o.body, o.happened_on
from copies x join public.notes o on o.customer_id = x.original;

insert into public.workflow_executions (company_id, customer_id, owner_id, workflow_id, definition_version_id, status,
  current_slide, ended_at, outcome_code)
select e.company_id, x.customer_id, e.owner_id, e.workflow_id, e.definition_version_id, e.status, e.current_slide,
  e.ended_at, e.outcome_code
from copies x join public.workflow_executions e on e.customer_id = x.original;

analyze;
