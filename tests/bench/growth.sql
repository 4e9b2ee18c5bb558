-- After volume.sql, in the same transaction: what lies in the inbox, imports, and conversations about the runs. The
-- setting bench.messages says how many messages each company has, ten a conversation. Words follow Zipf's law: the rank of
-- a word is the power of an evenly distributed number.

insert into public.follow_ups (company_id, customer_id, assigned_to, created_by, title, due_on, done_at)
select company_id, customer_id, owner_id, owner_id, 'Call them', current_date - k % 20 + 3,
  case when k % 3 > 0 then now() end
from books;

insert into public.notices (company_id, person_id, customer_id, body, read_at)
select company_id, owner_id, customer_id, 'Somebody wrote a note.', case when k % 4 > 0 then now() end
from books;

insert into public.imports (company_id, kind, file_name, source, headers, mapping, status, default_owner_id, created_by,
  applied_at)
select p.company_id, 'customers', 'customers ' || x.n || '.csv', 'file', '{Name}', '{}', 'applied', p.id, p.id, now()
from people p cross join generate_series(1, 12) x (n) where p.role = 'manager';

create temp table talks on commit drop as
select gen_random_uuid() as id, r.*, n.n
from crowd c
cross join generate_series(1, current_setting('bench.messages')::int / 10) n
join lateral (
  select e.company_id, e.id as execution_id, e.owner_id from public.workflow_executions e
  where e.company_id = c.company_id order by md5(e.id::text || n.n) limit 1
) r on true;

insert into public.workflow_chat_threads (id, company_id, execution_id, slide_id, owner_id, is_shared, title)
select id, company_id, execution_id, 'review-account', owner_id, n % 10 = 0, 'About this' from talks;

alter table public.workflow_chat_messages disable trigger user;

insert into public.workflow_chat_messages (company_id, thread_id, answer_id, role, content, branch_type, created_at)
select t.company_id, t.id, gen_random_uuid(), case when m % 2 = 0 then 'assistant' else 'user' end,
  jsonb_build_object('type', 'text', 'text', w.said), case when m % 2 = 0 then 'llm' end,
  now() - interval '1 year' * random()
from talks t
cross join generate_series(1, 10) m
cross join lateral (
  select string_agg('w' || floor(exp(random() * ln(20000)))::int, ' ') as said
  from generate_series(1, 12 + 0 * (t.n + m))
) w;

alter table public.workflow_chat_messages enable trigger user;

-- What the trigger would have done for each statement.
select private.index_messages(array(
  select m.id from talks t join public.workflow_chat_messages m on m.thread_id = t.id
));
