-- A company is a tenant. A person belongs to one company, by invitation, in one role.

create table public.companies (
  id uuid primary key default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.companies is 'A tenant: a vendor whose customer-success team uses Zen.';
comment on column public.companies.id is 'Identity of the company.';
comment on column public.companies.name is 'Name as its people write it.';
comment on column public.companies.created_at is 'When the row was made.';
comment on column public.companies.updated_at is 'When the row last changed.';
create trigger touch before update on public.companies for each row execute function private.touch_updated_at();

create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  company_id uuid not null references public.companies (id),
  email text not null,
  full_name text not null check (length(full_name) between 1 and 200),
  role text not null check (role in ('csm', 'manager', 'admin')),
  time_zone text not null default 'UTC',
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (id, company_id)
);
comment on table public.profiles is 'A person of a company; made by a trigger when an invited person signs up.';
comment on column public.profiles.id is 'The person in auth.users.';
comment on column public.profiles.company_id is 'The company the person works for.';
comment on column public.profiles.email is 'Address they sign in with, as of joining.';
comment on column public.profiles.full_name is 'Name shown to colleagues.';
comment on column public.profiles.role is 'csm: own customers; manager: the company''s; admin: also members and invitations.';
comment on column public.profiles.time_zone is 'IANA name; dates and clocks are shown in it.';
comment on column public.profiles.is_active is 'False once the person has left: they see nothing, their work stays.';
comment on column public.profiles.created_at is 'When the person joined.';
comment on column public.profiles.updated_at is 'When the row last changed.';
create index profiles_company_id on public.profiles (company_id);
create trigger touch before update on public.profiles for each row execute function private.touch_updated_at();

create table public.company_invites (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null references public.companies (id),
  email text not null check (email = lower(email) and email like '%_@_%'),
  role text not null check (role in ('csm', 'manager', 'admin')),
  full_name text check (length(full_name) between 1 and 200),
  invited_by uuid references public.profiles (id) on delete set null,
  accepted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (company_id, email)
);
comment on table public.company_invites is 'Who may join a company, and as what. Without one a new user has no company and sees no row.';
comment on column public.company_invites.id is 'Identity of the invitation.';
comment on column public.company_invites.company_id is 'The company that invites.';
comment on column public.company_invites.email is 'Address invited, in lower case.';
comment on column public.company_invites.role is 'Role the person gets on joining.';
comment on column public.company_invites.full_name is 'Name to give the profile; otherwise the one the person signs up with.';
comment on column public.company_invites.invited_by is 'The admin who invited.';
comment on column public.company_invites.accepted_at is 'When the person joined; null while it is open.';
comment on column public.company_invites.created_at is 'When the invitation was made.';
comment on column public.company_invites.updated_at is 'When the row last changed.';
create index company_invites_email on public.company_invites (email) where accepted_at is null;
create index company_invites_invited_by on public.company_invites (invited_by);
create trigger touch before update on public.company_invites for each row execute function private.touch_updated_at();

-- Who is asking. Definer, so that policies on profiles can use them without asking themselves.
create function private.my_company() returns uuid
language sql stable security definer set search_path = ''
as $$ select company_id from public.profiles where id = (select auth.uid()) and is_active $$;
comment on function private.my_company is 'Company of the signed-in person; null for anyone else.';

create function private.my_role() returns text
language sql stable security definer set search_path = ''
as $$ select role from public.profiles where id = (select auth.uid()) and is_active $$;
comment on function private.my_role is 'Role of the signed-in person; null for anyone else.';

create function private.leads_team() returns boolean
language sql stable security definer set search_path = ''
as $$ select coalesce((select private.my_role()) in ('manager', 'admin'), false) $$;
comment on function private.leads_team is 'True for managers and admins.';

-- Starting, saving and completing a run. Invoker, compare-and-set; a stale write answers with what stands now.
create function private.require_member() returns void
language plpgsql stable set search_path = ''
as $$
begin
  if private.my_company() is null then
    raise sqlstate 'PT403' using message = 'You are not a member of a company yet.', hint = 'Ask your admin for an invitation.';
  end if;
end;
$$;
comment on function private.require_member is 'Refuses whoever belongs to no company.';

-- What actions do: one function an effect, each given the person who acts and the run, locked. They check all they are
-- given, whoever sends it; lib/actions checks the same earlier, for the form. They return what undoing restores, a sentence, and the run's revision.
create function private.me() returns public.profiles
language plpgsql stable security definer set search_path = ''
as $$
declare
  person public.profiles;
begin
  select * into person from public.profiles where id = (select auth.uid()) and is_active;
  if not found then
    raise sqlstate 'PT403' using message = 'You are not a member of a company yet.', hint = 'Ask your admin for an invitation.';
  end if;
  return person;
end;
$$;
comment on function private.me is 'The signed-in person; refuses whoever belongs to no company.';

-- A company without an admin could never get one again.
create function private.keep_an_admin() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if old.role = 'admin' and old.is_active and not (new.role = 'admin' and new.is_active) then
    perform 1 from public.companies where id = old.company_id for no key update;
    if not exists (select 1 from public.profiles p
                   where p.company_id = old.company_id and p.id <> old.id and p.role = 'admin' and p.is_active) then
      raise sqlstate 'PT409' using message = 'A company keeps at least one admin.', hint = 'Make a colleague admin first.';
    end if;
  end if;
  return new;
end;
$$;
comment on function private.keep_an_admin is 'Before a person changes: refuses to take the company''s last active admin away.';
create trigger keep_an_admin before update on public.profiles for each row execute function private.keep_an_admin();

-- A snooze ends at 09:00 where the person is: a time zone that does not exist would stop every snooze of theirs.
create function private.require_time_zone() returns trigger
language plpgsql set search_path = ''
as $$
begin
  perform now() at time zone new.time_zone;
  return new;
exception when invalid_parameter_value then
  raise sqlstate 'PT400' using message = format('There is no time zone “%s”.', left(new.time_zone, 100));
end;
$$;
comment on function private.require_time_zone is 'Before a person is written: refuses a time zone that does not exist.';
create trigger require_time_zone before insert or update of time_zone on public.profiles
for each row execute function private.require_time_zone();

-- Joining: an invited address that is confirmed gets its profile, whichever of the two came first.
-- One that is invited and signs up in the same moment would not see the other: hence one after the other.
create function private.wait_for_joining(address text) returns void
language sql volatile set search_path = ''
as $$ select pg_advisory_xact_lock(hashtextextended('join:' || lower(address), 0)) $$;
comment on function private.wait_for_joining is 'Until this transaction ends, nobody else joins with the address.';

create function private.join_company(person uuid, address text, given_name text) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  invite public.company_invites;
begin
  perform private.wait_for_joining(address);
  select * into invite from public.company_invites
  where email = lower(address) and accepted_at is null
  order by created_at limit 1 for update;
  if not found then
    return;
  end if;
  insert into public.profiles (id, company_id, email, full_name, role)
  values (person, invite.company_id, lower(address),
          coalesce(invite.full_name, nullif(left(trim(given_name), 200), ''), split_part(lower(address), '@', 1)), invite.role)
  on conflict (id) do nothing;
  if found then
    update public.company_invites set accepted_at = now() where id = invite.id;
  end if;
end;
$$;
comment on function private.join_company is 'Makes the profile of an invited person; does nothing without an open invitation.';

create function private.join_on_confirmed_user() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if new.email_confirmed_at is not null then
    perform private.join_company(new.id, new.email, new.raw_user_meta_data ->> 'full_name');
  end if;
  return new;
end;
$$;
comment on function private.join_on_confirmed_user is 'After a user is made or confirmed: joins the company that invited the address.';
create trigger join_company after insert or update of email_confirmed_at on auth.users
for each row execute function private.join_on_confirmed_user();

create function private.join_on_invitation() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.wait_for_joining(new.email);
  perform private.join_company(u.id, u.email, u.raw_user_meta_data ->> 'full_name')
  from auth.users u where lower(u.email) = new.email and u.email_confirmed_at is not null;
  return null;
end;
$$;
comment on function private.join_on_invitation is 'After an invitation: joins at once when the address already has a confirmed user.';
create trigger join_company after insert on public.company_invites
for each row execute function private.join_on_invitation();

-- Where somebody is: their browser knows it, and only they may say it. Snoozes come back at 09:00 there.
-- Not a policy: one that opens a person's own row to them would open their role as well.
create function private.keep_my_time_zone(p_time_zone text) returns void
language sql volatile security definer set search_path = ''
as $$
  update public.profiles p set time_zone = p_time_zone
  where
    p.id = (select auth.uid())
    and p.company_id = (select private.my_company())
    and p.time_zone is distinct from p_time_zone
$$;
comment on function private.keep_my_time_zone is 'The whole of public.keep_my_time_zone.';

create function public.keep_my_time_zone(p_time_zone text) returns void
language sql volatile security invoker set search_path = '' as $$ select private.keep_my_time_zone(p_time_zone) $$;
comment on function public.keep_my_time_zone is 'Where the caller is, an IANA name: written to their own profile and nobody else''s. One that does not exist is refused.';

create function public.colleagues() returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select
    coalesce(
      jsonb_agg(jsonb_build_object('id', p.id, 'full_name', p.full_name, 'role', p.role) order by p.full_name), '[]'
    )
  from public.profiles p where p.is_active
$$;
comment on function public.colleagues is 'The active people of one''s company.';

grant execute on function private.my_company, private.my_role, private.leads_team, private.require_member, private.me,
private.keep_my_time_zone, public.keep_my_time_zone, public.colleagues to authenticated;

-- Policies
alter table public.companies enable row level security;
alter table public.profiles enable row level security;
alter table public.company_invites enable row level security;
revoke all on public.companies, public.profiles, public.company_invites from anon, authenticated;
grant select on public.companies to authenticated;
grant select, update (full_name, role, time_zone, is_active) on public.profiles to authenticated;
grant select, insert (id, company_id, email, role, full_name, invited_by), update (role, full_name), delete
on public.company_invites to authenticated;

create policy "members read their company" on public.companies
for select to authenticated using (id = (select private.my_company()));

create policy "members read the people of their company" on public.profiles
for select to authenticated using (company_id = (select private.my_company()));
create policy "admins change the people of their company" on public.profiles
for update to authenticated
using (company_id = (select private.my_company()) and (select private.my_role()) = 'admin')
with check (company_id = (select private.my_company()) and (select private.my_role()) = 'admin');

create policy "members read the invitations of their company" on public.company_invites
for select to authenticated using (company_id = (select private.my_company()));
create policy "admins invite to their company" on public.company_invites
for insert to authenticated
with check (
  company_id = (select private.my_company()) and (select private.my_role()) = 'admin'
  and invited_by = (select auth.uid())
);
create policy "admins change invitations of their company" on public.company_invites
for update to authenticated
using (company_id = (select private.my_company()) and (select private.my_role()) = 'admin')
with check (company_id = (select private.my_company()) and (select private.my_role()) = 'admin');
create policy "admins withdraw invitations of their company" on public.company_invites
for delete to authenticated
using (company_id = (select private.my_company()) and (select private.my_role()) = 'admin');
