-- The history of rows: before and after, when, by whom, through what. Triggers write it, a statement at a time; people
-- and the operator's key can only read it. Undo, audit and *as of a day* read it.

create table public.row_changes (
  company_id uuid not null,
  number bigint not null generated always as identity,
  table_name text not null check (length(table_name) <= 63),
  row_id uuid not null,
  customer_id uuid,
  operation text not null check (operation in ('insert', 'update', 'delete')),
  -- Not checked by is_readable_json, which takes as long as the insert: they are copies of rows that are bounded.
  before jsonb,
  after jsonb,
  changed_at private.moment not null default clock_timestamp(),
  changed_by uuid,
  source text not null,
  source_id uuid,
  transaction_id xid8 not null default pg_current_xact_id(),
  primary key (company_id, number),
  check ((operation = 'insert') = (before is null) and (operation = 'delete') = (after is null))
);
comment on table public.row_changes is 'A change of a row: what it was, what it became, who did it, through what.';
comment on column public.row_changes.company_id is 'Tenant.';
comment on column public.row_changes.number is 'Order of the changes; a later change of a row has a larger number.';
comment on column public.row_changes.table_name is 'Table of the row, in schema public.';
comment on column public.row_changes.row_id is 'Identity of the row.';
comment on column public.row_changes.customer_id is 'The customer it is or hangs on; null where there is none.';
comment on column public.row_changes.operation is 'insert, update or delete.';
comment on column public.row_changes.before is 'The whole row before; null for an insert.';
comment on column public.row_changes.after is 'The whole row afterwards; null for a delete.';
comment on column public.row_changes.changed_at is 'When it happened, by the clock: not when its transaction began.';
comment on column public.row_changes.changed_by is 'Who did it; null for the operator.';
comment on column public.row_changes.source is 'Through what it was done: see private.begin_change.';
comment on column public.row_changes.source_id is 'The import, action or other cause; null for a person''s own write.';
comment on column public.row_changes.transaction_id is 'Changes with the same id were committed together.';
create index row_changes_row on public.row_changes (row_id, number);
create index row_changes_customer on public.row_changes (customer_id, number) where customer_id is not null;
create index row_changes_source on public.row_changes (source_id, row_id, number) where source_id is not null;

alter table public.row_changes enable row level security;
revoke all on public.row_changes from anon, authenticated;
grant select on public.row_changes to authenticated;
create policy "members read their own changes, leaders the company's" on public.row_changes
for select to authenticated
using (
  company_id = (select private.current_company_id())
  and (changed_by = (select auth.uid()) or (select private.is_team_lead()))
);

-- Not a session setting: anybody may set one. A row lives as long as its transaction. began_at tells it from a
-- transaction of the same id in a database that was dumped and restored.
create table private.change_sources (
  transaction_id xid8 primary key default pg_current_xact_id(),
  began_at private.moment not null default now(),
  source text not null check (
    source in (
      'person', 'operator', 'import', 'import_undo', 'event', 'action', 'merge', 'handover', 'settings', 'erasure',
      'worker', 'seed'
    )
  ),
  source_id uuid,
  person uuid
);
comment on table private.change_sources is 'Through what the current transactions change rows, where it was said.';
comment on column private.change_sources.transaction_id is 'The transaction.';
comment on column private.change_sources.began_at is 'When the transaction began.';
comment on column private.change_sources.source is
'What the changes are recorded as; those of a seed are not recorded.';
comment on column private.change_sources.source_id is 'The import, action or other cause; null if there is none.';
comment on column private.change_sources.person is 'Who is recorded as having done it; null for the operator.';
alter table private.change_sources enable row level security;
revoke all on private.change_sources from anon, authenticated;

create function private.begin_change(source text, source_id uuid default null, person uuid default auth.uid())
returns void
language sql volatile security definer set search_path = ''
as $$
  insert into private.change_sources as c (source, source_id, person)
  values (begin_change.source, begin_change.source_id, begin_change.person)
  on conflict (transaction_id) do update
    set
      began_at = excluded.began_at, source = excluded.source, source_id = excluded.source_id, person = excluded.person
$$;
comment on function private.begin_change is
'Says through what, and for whom, the rest of this transaction changes rows. Without it they are the signed-in '
'person''s, or the operator''s.';

create function private.forget_change_source() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  delete from private.change_sources c where c.transaction_id = new.transaction_id;
  return null;
end;
$$;
comment on function private.forget_change_source is 'At commit: removes what begin_change said of the transaction.';
create constraint trigger forget after insert on private.change_sources deferrable initially deferred
for each row execute function private.forget_change_source();

create function private.current_change_source() returns private.change_sources
language sql stable security definer set search_path = ''
as $$
  select coalesce(
    (select c from private.change_sources c where c.transaction_id = pg_current_xact_id() and c.began_at = now()),
    row(
      pg_current_xact_id(), now(), case when auth.uid() is null then 'operator' else 'person' end, null, auth.uid()
    )::private.change_sources
  )
$$;
comment on function private.current_change_source is
'Through what this transaction changes rows: what begin_change said, else the signed-in person or the operator.';

create function private.is_erasure() returns boolean
language sql stable security invoker set search_path = ''
as $$ select (private.current_change_source()).source = 'erasure' $$;
comment on function private.is_erasure is
'True in a transaction that erases personal data: guards of what people write do not hold it up.';
grant execute on function private.current_change_source, private.is_erasure to authenticated, service_role;

create function private.is_merging() returns boolean
language sql stable security definer set search_path = ''
as $$ select (private.current_change_source()).source = 'merge' $$;
comment on function private.is_merging is 'True in a transaction that makes two records one, or undoes that.';
grant execute on function private.is_merging to authenticated, service_role;

-- The changes of each transaction are counted under a number without gaps, so that one taken away is found. The number
-- is given at commit: a counter locked any earlier would be held while the transaction waits for rows of another.
create table private.change_sets (
  company_id uuid not null references public.companies (id),
  transaction_id xid8 not null default pg_current_xact_id(),
  began_at private.moment not null default now(),
  number bigint check (number > 0),
  changes int not null check (changes > 0),
  changed_by uuid,
  primary key (company_id, transaction_id, began_at),
  unique (company_id, number),
  foreign key (changed_by, company_id) references public.profiles (id, company_id)
);
comment on table private.change_sets is 'How many changes each transaction recorded in row_changes.';
comment on column private.change_sets.company_id is 'Tenant.';
comment on column private.change_sets.transaction_id is 'The transaction.';
comment on column private.change_sets.began_at is 'When the transaction began.';
comment on column private.change_sets.number is 'Order of the commits in the company, from 1 without gaps.';
comment on column private.change_sets.changes is 'How many rows of row_changes it recorded.';
comment on column private.change_sets.changed_by is
'Who did it; holds the profile of whoever left, so that the history keeps its names.';
create index change_sets_changed_by on private.change_sets (changed_by, company_id);
alter table private.change_sets enable row level security;
revoke all on private.change_sets from anon, authenticated;

create table private.change_counters (
  company_id uuid primary key references public.companies (id),
  last_number bigint not null check (last_number > 0)
);
comment on table private.change_counters is 'The number of the latest change set of each company.';
comment on column private.change_counters.company_id is 'Tenant.';
comment on column private.change_counters.last_number is 'The latest number given.';
alter table private.change_counters enable row level security;
revoke all on private.change_counters from anon, authenticated;

create function private.number_change_set() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  given bigint;
begin
  insert into private.change_counters as c (company_id, last_number) values (new.company_id, 1)
  on conflict (company_id) do update set last_number = c.last_number + 1
  returning last_number into given;
  update private.change_sets s set number = given
  where s.company_id = new.company_id and s.transaction_id = new.transaction_id and s.began_at = new.began_at;
  return null;
end;
$$;
comment on function private.number_change_set is 'At commit: gives a change set the next number of its company.';
create constraint trigger number_change_set after insert on private.change_sets deferrable initially deferred
for each row execute function private.number_change_set();

-- Stock rows (no company) are nobody's history, and an update that changes nothing but its stamps is no change.
create function private.record_row_changes() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  origin constant private.change_sources := private.current_change_source();
  stamps constant text[] := array['updated_at', 'revision'];
  befores jsonb[];
  afters jsonb[];
begin
  if origin.source = 'seed' then
    return null;
  elsif tg_op = 'INSERT' then
    select array_agg(null::jsonb), array_agg(to_jsonb(n)) into befores, afters from new_rows n;
  elsif tg_op = 'DELETE' then
    select array_agg(to_jsonb(o)), array_agg(null::jsonb) into befores, afters from old_rows o;
  else
    select array_agg(c.before), array_agg(c.after) into befores, afters
    from (select to_jsonb(o) as before, to_jsonb(n) as after from old_rows o join new_rows n on n.id = o.id) c
    where c.before - stamps <> c.after - stamps;
  end if;
  with recorded as (
    insert into public.row_changes
      (company_id, table_name, row_id, customer_id, operation, before, after, changed_by, source, source_id)
    select (c.row ->> 'company_id')::uuid, tg_table_name, (c.row ->> 'id')::uuid,
      (c.row ->> case when tg_table_name = 'customers' then 'id' else 'customer_id' end)::uuid,
      lower(tg_op), c.before, c.after, origin.person, origin.source, origin.source_id
    from (
      select b.before, b.after, coalesce(b.after, b.before) as row from unnest(befores, afters) b (before, after)
    ) c
    where c.row ->> 'company_id' is not null
    returning company_id
  )
  insert into private.change_sets as s (company_id, changes, changed_by)
  select r.company_id, count(*), origin.person from recorded r group by r.company_id
  on conflict (company_id, transaction_id, began_at) do update
    set changes = s.changes + excluded.changes, changed_by = coalesce(s.changed_by, excluded.changed_by);
  return null;
end;
$$;
comment on function private.record_row_changes is
'After a statement, with its rows as old_rows and new_rows: records each changed row of a company in row_changes.';

-- Of a profile the history has what the person may do and their team, not their name or address, which leave with them.
create function private.record_member_change() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  origin constant private.change_sources := private.current_change_source();
begin
  insert into public.row_changes
    (company_id, table_name, row_id, operation, before, after, changed_by, source, source_id)
  values (
    new.company_id, 'profiles', new.id, 'update',
    jsonb_build_object('role', old.role, 'team', old.team, 'is_active', old.is_active),
    jsonb_build_object('role', new.role, 'team', new.team, 'is_active', new.is_active),
    origin.person, origin.source, origin.source_id);
  -- Leaving alone holds nobody's profile: whoever did nothing else in the company leaves no row.
  insert into private.change_sets as s (company_id, changes, changed_by)
  values (new.company_id, 1, nullif(origin.person, new.id))
  on conflict (company_id, transaction_id, began_at) do update set changes = s.changes + 1;
  return null;
end;
$$;
comment on function private.record_member_change is
'After an update of a profile: records another role or team, and the end or return of a membership, in row_changes.';
create trigger record_member_change after update of role, team, is_active on public.profiles for each row
when (
  new.company_id = old.company_id
  and (new.role <> old.role or new.team is distinct from old.team or new.is_active <> old.is_active)
)
execute function private.record_member_change();

-- Of an invitation the history has its role, its team and what became of it, not the address, which leaves with its person. What
-- the operator invites begins a company.
create function private.record_invitation_change() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  origin constant private.change_sources := private.current_change_source();
  before jsonb;
  after jsonb;
begin
  if tg_op <> 'INSERT' then
    before := jsonb_build_object(
      'role', old.role, 'team', old.team, 'mails', old.mails, 'accepted_at', old.accepted_at);
  end if;
  if tg_op <> 'DELETE' then
    after := jsonb_build_object(
      'role', new.role, 'team', new.team, 'mails', new.mails, 'accepted_at', new.accepted_at);
  end if;
  if origin.person is null or origin.source = 'seed' or old.accepted_at is not null then
    return null;
  end if;
  insert into public.row_changes
    (company_id, table_name, row_id, operation, before, after, changed_by, source, source_id)
  values (
    coalesce(new.company_id, old.company_id), 'company_invites', coalesce(new.id, old.id), lower(tg_op),
    before, after, origin.person, origin.source, origin.source_id);
  -- Joining alone holds nobody's profile, as leaving does not.
  insert into private.change_sets as s (company_id, changes, changed_by)
  values (
    coalesce(new.company_id, old.company_id), 1, case when new.accepted_at is null then origin.person end)
  on conflict (company_id, transaction_id, began_at) do update set changes = s.changes + 1;
  return null;
end;
$$;
comment on function private.record_invitation_change is
'After an invitation is made, mailed again, withdrawn or accepted: records that in row_changes, without its address.';
create trigger record_invitation after insert or delete on public.company_invites
for each row execute function private.record_invitation_change();
create trigger record_invitation_change after update on public.company_invites for each row
when (
  new.role <> old.role or new.accepted_at is distinct from old.accepted_at
  or (new.mails > old.mails and old.mails > 0)
)
execute function private.record_invitation_change();

create function private.row_as_of(table_name text, row_id uuid, moment timestamptz) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  later public.row_changes;
  answer jsonb;
begin
  select * into later from public.row_changes c
  where c.row_id = row_as_of.row_id and c.table_name = row_as_of.table_name and c.changed_at > moment
  order by c.number limit 1;
  if found then
    return later.before;
  end if;
  execute format('select to_jsonb(t) from public.%I t where t.id = $1', table_name) into answer using row_id;
  return answer;
end;
$$;
comment on function private.row_as_of is
'A row as it was at a moment, from what its first change since then found; null if it was not there.';

create function private.find_history_gaps(company uuid) returns table (number bigint, missing int)
language sql stable security invoker set search_path = ''
as $$
  select n.number, coalesce(s.changes - coalesce(c.changes, 0), 0)::int
  from (
    select generate_series(1, k.last_number) as number from private.change_counters k where k.company_id = company
  ) n
  left join private.change_sets s on s.company_id = company and s.number = n.number
  left join (
    select r.transaction_id, count(*) as changes from public.row_changes r where r.company_id = company group by 1
  ) c on c.transaction_id = s.transaction_id
  where s.number is null or s.changes is distinct from c.changes
  order by n.number
$$;
comment on function private.find_history_gaps is
'Change sets of a company whose changes are not all there, with how many are missing; 0 where the set itself is.';
