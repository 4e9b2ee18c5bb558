-- People and runs to click on: twenty CSMs in five companies, each with so many runs, and as many customers without one.
-- Ids are derived from names, so that a click knows what it acts on without asking.

create schema if not exists bench;
grant usage on schema bench to authenticated;

create function bench.id(kind text, client int, n int) returns uuid
language sql immutable parallel safe as $$ select md5(kind || ' ' || client::text || ' ' || n::text)::uuid $$;

grant execute on function bench.id to authenticated;

create table bench.people as
select bench.id('company', k % 5, 0) as company_id, bench.id('person', k, 0) as id, k, 'clicker-' || k || '@bench.test' as email
from generate_series(0, 19) k;

insert into public.companies (id, name) select distinct company_id, 'Clicks' from bench.people;
insert into public.company_invites (company_id, email, role) select company_id, email, 'csm' from bench.people;
insert into auth.users (id, email, email_confirmed_at, raw_user_meta_data, aud, role)
select id, email, now(), '{}', 'authenticated', 'authenticated' from bench.people;
select count(private.join_company(p.id, i.id, null)::text) from bench.people p join public.company_invites i using (email);

create table bench.definitions as select bench.id('definition', k, 0) as id, bench.id('version', k, 0) as version_id, bench.id('company', k, 0) as company_id
from generate_series(0, 4) k;
insert into public.workflow_definitions (id, company_id, workflow_id, name, category, slide_sequence)
select id, company_id, 'clicks', 'Clicks', 'renewal', '{greeting,review-account,summary}' from bench.definitions;
insert into public.workflow_definition_versions (id, definition_id, company_id, workflow_id, version, name, description, category, slide_sequence, slide_contexts)
select version_id, id, company_id, 'clicks', 1, 'Clicks', '', 'renewal', '{greeting,review-account,summary}', '{}' from bench.definitions;

create table bench.books as
select k, n, kind, bench.id(kind, k, n) as id, company_id, p.id as owner_id
from bench.people p, generate_series(1, :'calls'::int) n, (values ('customer'), ('fresh')) x (kind);
insert into public.customers (id, company_id, owner_id, name, segment, customer_since)
select id, company_id, owner_id, 'Customer ' || n, 'mid', current_date - 700 from bench.books;
insert into public.contracts (company_id, customer_id, starts_on, ends_on, term_months, notice_days, auto_renews, seats, annual_price_per_seat)
select company_id, id, current_date - 100, current_date + 265, 12, 60, true, 100, 100 from bench.books;
insert into public.workflow_executions (id, company_id, customer_id, owner_id, workflow_id, definition_version_id, current_slide)
select bench.id('run', b.k, b.n), b.company_id, b.id, b.owner_id, 'clicks', d.version_id, 'greeting'
from bench.books b join bench.definitions d on d.company_id = b.company_id where b.kind = 'customer';

-- What was done before, so that nothing is planned for empty tables.
insert into public.workflow_snoozes (company_id, execution_id, customer_id, snoozed_by, reason, until_at, created_at, ended_at, ended_by)
select company_id, bench.id('run', k, n), id, owner_id, 'Last month.', now() - interval '10 days', now() - interval '20 days', now() - interval '10 days', 'date'
from bench.books where kind = 'customer';
insert into public.saved_action_runs (company_id, kind, name, actor_id, idempotency_key, source, customer_id, execution_id, created_at)
select company_id, 'snooze', 'Snooze', owner_id, gen_random_uuid(), 'slide', id, bench.id('run', k, n), now() - interval '20 days'
from bench.books where kind = 'customer';

create table bench.done (k int, n int, run_id uuid, primary key (k, n));
grant select on bench.done to authenticated;
-- What any durable write costs on this machine.
create table bench.plain (k int, n int);
grant insert on bench.plain to authenticated;

create table bench.action as select id from public.saved_actions where kind = 'snooze' and company_id is null;
grant select on bench.action to authenticated;
create function bench.remember(calls int) returns void language sql as $$
  insert into bench.done select p.k, n, r.id
  from bench.people p cross join generate_series(1, calls) n
  join public.saved_action_runs r on r.actor_id = p.id and r.company_id = p.company_id and r.idempotency_key = bench.id('key', p.k, n)
  on conflict do nothing
$$;

-- The runs begun before, so that they can be begun again.
create function bench.forget_fresh() returns void language sql as $$
  delete from public.workflow_execution_events t using public.workflow_executions e, bench.books b
  where e.id = t.execution_id and b.id = e.customer_id and b.kind = 'fresh';
  delete from public.workflow_executions e using bench.books b where b.id = e.customer_id and b.kind = 'fresh';
$$;

create function bench.counted(out runs bigint, out acts bigint, out snoozes bigint) language sql as $$
  select (select count(*) from public.workflow_executions e join bench.books b on b.id = e.customer_id and b.kind = 'fresh'),
    (select count(*) from public.saved_action_runs r join generate_series(0, 200) n on r.idempotency_key = bench.id('once', 0, n)),
    (select count(*) from public.workflow_snoozes s join generate_series(0, 200) n on s.execution_id = bench.id('run', 0, n)
     where s.created_at > now() - interval '1 hour' and s.ended_by is distinct from 'undo')
$$;

create function bench.put_all_away() returns bigint language sql as $$
  update public.workflow_snoozes set ended_at = now(), ended_by = 'operator' where ended_at is null;
  update public.workflow_executions e set status = 'snoozed', revision = revision + 1
  from bench.books b where b.id = e.customer_id and b.kind = 'customer' and e.status <> 'snoozed';
  insert into public.workflow_snoozes (company_id, execution_id, customer_id, snoozed_by, reason, until_at)
  select company_id, id, customer_id, owner_id, 'They are at a fair.', now() - interval '1 hour' from public.workflow_executions where status = 'snoozed';
  select count(*) from public.workflow_snoozes where ended_at is null
$$;
