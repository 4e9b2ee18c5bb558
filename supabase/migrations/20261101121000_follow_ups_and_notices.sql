-- Follow-ups and notices, left by people and actions and shown in the inbox.

create table public.follow_ups (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  customer_id uuid not null,
  execution_id uuid,
  assigned_to uuid not null,
  created_by uuid not null,
  title text not null check (length(title) between 1 and 500 and not private.is_blank(title)),
  due_on private.day not null,
  origin text check (origin = 'data_question'),
  done_at private.moment,
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  foreign key (customer_id, company_id) references public.customers (id, company_id),
  foreign key (execution_id, company_id) references public.workflow_executions (id, company_id),
  foreign key (assigned_to, company_id) references public.profiles (id, company_id),
  foreign key (created_by, company_id) references public.profiles (id, company_id)
);
comment on table public.follow_ups is 'Something to do for a customer by a day.';
comment on column public.follow_ups.id is 'Identity of the follow-up.';
comment on column public.follow_ups.company_id is 'Tenant.';
comment on column public.follow_ups.customer_id is 'The customer.';
comment on column public.follow_ups.execution_id is 'The run it came from, if any.';
comment on column public.follow_ups.assigned_to is 'Who is to do it.';
comment on column public.follow_ups.created_by is 'Who created it.';
comment on column public.follow_ups.title is 'What is to be done.';
comment on column public.follow_ups.due_on is 'Day it is due.';
comment on column public.follow_ups.origin is
'data_question for one that a run''s question about our records made; null for others.';
comment on column public.follow_ups.done_at is 'When it was done; null until then.';
comment on column public.follow_ups.created_at is 'When the row was inserted.';
comment on column public.follow_ups.updated_at is 'When the row last changed.';
create index follow_ups_assigned on public.follow_ups (assigned_to, company_id, due_on);
create index follow_ups_customer on public.follow_ups (customer_id, company_id);
create index follow_ups_execution on public.follow_ups (execution_id, company_id);
create unique index follow_ups_one_data_question on public.follow_ups (execution_id) where origin = 'data_question';
create index follow_ups_created_by on public.follow_ups (created_by, company_id);
create index follow_ups_company on public.follow_ups (company_id, created_at desc, id desc);
create trigger touch before update on public.follow_ups for each row execute function private.touch_updated_at();

create table public.notices (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  person_id uuid not null,
  from_id uuid,
  customer_id uuid,
  execution_id uuid,
  comment_id uuid references public.workflow_comments (id) on delete cascade,
  body text not null check (length(body) between 1 and 2000 and not private.is_blank(body)),
  read_at private.moment,
  created_at private.moment not null default now(),
  foreign key (person_id, company_id) references public.profiles (id, company_id),
  foreign key (from_id, company_id) references public.profiles (id, company_id),
  foreign key (customer_id, company_id) references public.customers (id, company_id),
  foreign key (execution_id, company_id) references public.workflow_executions (id, company_id)
);
comment on table public.notices is 'A message to a person, from an action of a colleague.';
comment on column public.notices.id is 'Identity of the notice.';
comment on column public.notices.company_id is 'Tenant.';
comment on column public.notices.person_id is 'Who gets it.';
comment on column public.notices.from_id is 'Whose action sent it; null for the system.';
comment on column public.notices.customer_id is 'The customer it is about, if any.';
comment on column public.notices.execution_id is 'The run it is about, if any.';
comment on column public.notices.comment_id is 'The comment on a draft that it tells of; it goes with that.';
comment on column public.notices.body is 'Text of the message.';
comment on column public.notices.read_at is 'When it was read; null until then.';
comment on column public.notices.created_at is 'When it was sent.';
create index notices_person on public.notices (person_id, company_id, created_at desc);
create index notices_from on public.notices (from_id, company_id);
create index notices_customer on public.notices (customer_id, company_id);
create index notices_execution on public.notices (execution_id, company_id);
create index notices_comment on public.notices (comment_id);
create index notices_company on public.notices (company_id, created_at desc, id desc);

alter table public.follow_ups enable row level security;
alter table public.notices enable row level security;
revoke all on public.follow_ups, public.notices from anon, authenticated;
grant select,
insert (id, company_id, customer_id, execution_id, assigned_to, created_by, title, due_on),
update (assigned_to, title, due_on, done_at)
on public.follow_ups to authenticated;
grant select, update (read_at) on public.notices to authenticated;

create policy "members read their company's follow-ups" on public.follow_ups
for select to authenticated using (company_id = (select private.current_company_id()));
create policy "members add follow-ups where they may write the customer" on public.follow_ups
for insert to authenticated
with check (
  company_id = (select private.current_company_id())
  and created_by = (select auth.uid())
  and private.can_write_customer(customer_id)
);
create policy "members change follow-ups given to or made by them, leaders all" on public.follow_ups
for update to authenticated
using (
  company_id = (select private.current_company_id())
  and (
    assigned_to = any((select private.represented_people())::uuid[]) or created_by = (select auth.uid())
    or (select private.is_team_lead())
  )
)
with check (company_id = (select private.current_company_id()));

create function private.guard_follow_up() returns trigger
language plpgsql set search_path = ''
as $$
begin
  -- Functions of the database act as their owner, and know what they write.
  if current_user <> 'authenticated' then
    return new;
  elsif (new.title, new.due_on) is distinct from (old.title, old.due_on)
        and old.created_by is distinct from auth.uid() then
    raise sqlstate 'PT403' using message = 'Only the person who made this follow-up can change its title or due date.';
  elsif (new.assigned_to, new.done_at) is distinct from (old.assigned_to, old.done_at)
        and old.assigned_to <> all(private.represented_people())
        and not (private.is_team_lead() and exists (
          select 1 from public.profiles p where p.id = old.assigned_to and not p.is_active)) then
    raise sqlstate 'PT403' using message = 'Only the person who has this follow-up can close it or hand it on.';
  end if;
  new.done_at := case when new.done_at is not null then coalesce(old.done_at, now()) end;
  return new;
end;
$$;
comment on function private.guard_follow_up is
'Before a follow-up is updated: its title and day are changed by whoever made it; whoever has it closes it now or '
'hands it on, and a leader does so for a person who has left.';
create trigger guard before update on public.follow_ups
for each row execute function private.guard_follow_up();

create function public.add_follow_up(
  p_customer_id uuid, p_title text, p_id uuid default gen_random_uuid(), p_due_on date default private.today()
) returns jsonb
language plpgsql volatile security invoker set search_path = ''
as $$
begin
  perform private.require_member();
  perform private.raise_invalid(array[
    case when p_id is null then 'The follow-up has no id.' end,
    case when p_customer_id is null then 'Choose a customer.' end,
    case when not private.is_day(p_due_on) then 'Choose a day between 1900 and 2999.' end,
    private.text_error(p_title, 500, 'Say what needs to be done.')]);
  insert into public.follow_ups (id, company_id, customer_id, assigned_to, created_by, title, due_on)
  values (p_id, private.current_company_id(), p_customer_id, auth.uid(), auth.uid(), trim(p_title), p_due_on)
  on conflict (id) do nothing;
  return jsonb_build_object('id', p_id);
end;
$$;
comment on function public.add_follow_up is
'Adds a follow-up of one''s own for a customer one may write, due today unless another day is named. p_id: one for '
'each entry; the same again does nothing.';
grant execute on function public.add_follow_up to authenticated;

create policy "people read what they are told" on public.notices
for select to authenticated using (
  company_id = (select private.current_company_id()) and person_id = (select auth.uid())
);
create policy "people mark what they are told as read" on public.notices
for update to authenticated
using (company_id = (select private.current_company_id()) and person_id = (select auth.uid()))
with check (company_id = (select private.current_company_id()) and person_id = (select auth.uid()));

-- What is wrong or missing in our records, as a run says it, goes to whoever keeps them.
create function private.find_data_keeper(company uuid, customer uuid) returns public.profiles
language sql stable security invoker set search_path = ''
as $$
  select p.* from public.profiles p
  where
    p.company_id = company and p.is_active and (p.role <> 'csm' or p.id = (
      select c.owner_id from public.customers c where c.id = customer
    ))
  order by p.role = 'admin' desc, p.role = 'manager' desc, p.created_at, p.id limit 1
$$;
comment on function private.find_data_keeper is
'Who keeps the records of a customer: the company''s first admin, else its first manager, else the customer''s owner.';

create function private.follow_up_data_question() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  question constant text := nullif(trim(new.answers ->> 'data_wrong'), '');
  asked_before constant text := case when tg_op = 'UPDATE' then nullif(trim(old.answers ->> 'data_wrong'), '') end;
  asker public.profiles;
  customer public.customers;
  keeper public.profiles;
  is_new boolean;
begin
  select * into asker from public.profiles p where p.id = auth.uid() and p.company_id = new.company_id;
  if not found or question is not distinct from asked_before or private.is_erasure() then
    return null;
  elsif question is null then
    delete from public.follow_ups f
    where f.execution_id = new.execution_id and f.origin = 'data_question' and f.done_at is null;
    return null;
  end if;
  select c.* into customer
  from public.workflow_executions e join public.customers c on c.id = e.customer_id where e.id = new.execution_id;
  keeper := private.find_data_keeper(new.company_id, customer.id);
  -- Changed words open it again, whoever has it by now, and are those of whoever changed them.
  insert into public.follow_ups as f (
    company_id, customer_id, execution_id, assigned_to, created_by, title, due_on, origin)
  values (
    new.company_id, customer.id, new.execution_id, keeper.id, asker.id,
    left(format('Check our records of %s: %s', customer.name, question), 500),
    (now() at time zone asker.time_zone)::date + 7, 'data_question')
  on conflict (execution_id) where origin = 'data_question' do update
  set title = excluded.title, created_by = excluded.created_by, done_at = null
  returning xmax = 0 into is_new;
  if is_new then
    perform private.log_execution_event(
      new.company_id, new.execution_id, 'data_questioned',
      jsonb_build_object('person', keeper.full_name, 'words', left(question, 300)), new.slide_id);
  end if;
  return null;
end;
$$;
comment on function private.follow_up_data_question is
'After the account is reviewed: what is wrong in our records becomes one follow-up of the run, and follows its words.';
create trigger follow_up_data_question after insert or update of answers on public.workflow_step_executions
for each row when (private.slide_of_address(new.slide_id) = 'review-account') execute function private.follow_up_data_question();

grant execute on function private.find_data_keeper to authenticated;

-- "@Bob" names Bob where only one colleague is called so, "@Bob Lindqvist" always.
create function private.list_mentioned_people(body text, company uuid) returns setof uuid
language sql stable security definer set search_path = ''
as $$
  with people as (
    select p.id, lower(p.full_name) as full_name, lower(split_part(p.full_name, ' ', 1)) as first_name
    from public.profiles p where p.company_id = company and p.is_active
  ), names as (
    select p.id, p.full_name as name from people p
    union
    select p.id, p.first_name from people p
    where (select count(*) from people q where q.first_name = p.first_name) = 1
  ), pieces as (
    select lower(x.piece) as piece from regexp_split_to_table(left(body, 200000), '@') with ordinality x (piece, place)
    where x.place > 1
    limit 200
  )
  select distinct n.id from names n join pieces x
    on left(x.piece, length(n.name)) = n.name and substr(x.piece, length(n.name) + 1, 1) !~ '\w'
$$;
comment on function private.list_mentioned_people is 'Active people of a company whom a text names after an @.';

create function private.send_mentions(notice public.notices, words text, earlier_words text) returns int
language plpgsql volatile security definer set search_path = ''
as $$
declare
  sent int;
begin
  insert into public.notices (company_id, person_id, from_id, customer_id, comment_id, body)
  select notice.company_id, m.person, notice.from_id, notice.customer_id, notice.comment_id, left(notice.body, 2000)
  from private.list_mentioned_people(words, notice.company_id) m (person)
  where m.person <> notice.from_id
    and m.person not in (select private.list_mentioned_people(earlier_words, notice.company_id))
  limit 50;
  get diagnostics sent = row_count;
  return sent;
end;
$$;
comment on function private.send_mentions is
'Sends a notice to each colleague of its sender whom words name after an @, but not those whom the earlier words had '
'named. Returns how many.';
