-- A company is a tenant. A person belongs to one company, by invitation, in one role, and maybe to a team in it.

create table public.companies (
  id uuid primary key default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  created_at private.moment not null default now(),
  updated_at private.moment not null default now()
);
comment on table public.companies is 'A tenant: a vendor whose customer-success team uses Zen.';
comment on column public.companies.id is 'Identity of the company.';
comment on column public.companies.name is 'Name of the company.';
comment on column public.companies.created_at is 'When the row was inserted.';
comment on column public.companies.updated_at is 'When the row last changed.';
create trigger touch before update on public.companies for each row execute function private.touch_updated_at();

create function private.team_key(team text) returns text
language sql immutable set search_path = ''
as $$ select lower(private.strip_invisible(normalize(trim(team), nfkc))) $$;
comment on function private.team_key is 'What two spellings of the same team have in common.';

create function private.clean_team_name(team text) returns text
language sql immutable set search_path = ''
as $$
  select
    case
      when not private.is_blank(team)
        then trim(regexp_replace(normalize(team, nfc), '[[:cntrl:]\s\u00a0\u2028\u2029]+', ' ', 'g'))
    end
$$;
comment on function private.clean_team_name is 'The name of a team on one line, without blanks around it; null for none.';
grant execute on function private.team_key, private.clean_team_name to authenticated, service_role;

create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  company_id uuid not null references public.companies (id),
  email text not null,
  full_name text not null check (length(full_name) between 1 and 200 and not private.is_blank(full_name)),
  role text not null check (role in ('csm', 'manager', 'admin')),
  team text check (length(team) between 1 and 60 and team is not distinct from private.clean_team_name(team)),
  time_zone text not null default 'UTC',
  has_own_time_zone boolean not null default false,
  locale text check (locale ~ '^[a-z]{2}_[A-Z]{2}$'),
  density text not null default 'calm' check (density in ('calm', 'compact')),
  theme text not null default 'system' check (theme in ('light', 'dark', 'system')),
  is_active boolean not null default true,
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  unique (id, company_id)
);
comment on table public.profiles is 'A person of a company; created when an invited person accepts the invitation.';
comment on column public.profiles.id is 'The person in auth.users.';
comment on column public.profiles.company_id is 'The company the person works for.';
comment on column public.profiles.email is
'Address they sign in with, as of joining, as private.normalize_email writes it.';
comment on column public.profiles.full_name is 'Name shown to colleagues.';
comment on column public.profiles.role is
'csm: own customers; manager: those of the company; admin: also members and invitations.';
comment on column public.profiles.team is
'Name of their team, spelled alike for all active people of the company; null for none.';
comment on column public.profiles.time_zone is 'IANA name; dates and times are shown in it.';
comment on column public.profiles.has_own_time_zone is
'True if the person chose the time zone; false while it follows their browser.';
comment on column public.profiles.locale is
'Language and region money and numbers are written in for this person; null to follow the company.';
comment on column public.profiles.density is 'How close pages are set for this person: calm, or compact.';
comment on column public.profiles.theme is
'Colours of the pages of this person: light, dark, or system for those of the device.';
comment on column public.profiles.is_active is 'False once the person has left: they see nothing, their work stays.';
comment on column public.profiles.created_at is 'When the person joined.';
comment on column public.profiles.updated_at is 'When the row last changed.';
create index profiles_company_id on public.profiles (company_id);
create trigger touch before update on public.profiles for each row execute function private.touch_updated_at();

-- Definer, so that policies on profiles can use them without asking themselves.
create function private.current_company_id() returns uuid
language sql stable security definer set search_path = ''
as $$
  select company_id from public.profiles
  where id = (select auth.uid()) and is_active and (select private.require_live_session())
$$;
comment on function private.current_company_id is
'Company of the signed-in person; null for anyone else; raises PT401 after signing out.';

create function private.current_member_role() returns text
language sql stable security definer set search_path = ''
as $$
  select role from public.profiles
  where id = (select auth.uid()) and is_active and (select private.require_live_session())
$$;
comment on function private.current_member_role is
'Role of the signed-in person; null for anyone else; raises PT401 after signing out.';

create function private.is_team_lead() returns boolean
language sql stable security definer set search_path = ''
as $$ select coalesce((select private.current_member_role()) in ('manager', 'admin'), false) $$;
comment on function private.is_team_lead is 'True for managers and admins.';

create function private.require_member() returns void
language plpgsql stable set search_path = ''
as $$
begin
  if private.current_company_id() is null then
    raise sqlstate 'PT403' using message = 'You are not a member of a company yet.',
      hint = 'Ask your admin for an invitation.';
  end if;
end;
$$;
comment on function private.require_member is 'Raises PT403 for a person without a company.';

create function private.current_profile() returns public.profiles
language plpgsql stable security definer set search_path = ''
as $$
declare
  person public.profiles;
begin
  perform private.require_live_session();
  select * into person from public.profiles where id = (select auth.uid()) and is_active;
  if not found then
    raise sqlstate 'PT403' using message = 'You are not a member of a company yet.',
      hint = 'Ask your admin for an invitation.';
  end if;
  return person;
end;
$$;
comment on function private.current_profile is
'The signed-in person; raises PT403 for a person without a company, PT401 after signing out.';

create function private.require_admin(refusal text) returns public.profiles
language plpgsql stable security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
begin
  if me.role <> 'admin' then
    raise sqlstate 'PT403' using message = refusal, hint = 'Ask an admin of your company.';
  end if;
  return me;
end;
$$;
comment on function private.require_admin is 'The signed-in admin; raises PT403 with the sentence for anyone else.';

create function private.time_zone() returns text
language sql stable security definer set search_path = ''
as $$ select coalesce((select time_zone from public.profiles where id = (select auth.uid())), 'UTC') $$;
comment on function private.time_zone is 'Time zone of the signed-in person; UTC for anyone else.';

create function private.utc_day(moment timestamptz) returns date
language sql immutable set search_path = '' as $$ select (moment at time zone 'UTC')::date $$;
comment on function private.utc_day is
'Day of a moment in UTC, for what is no person''s: events of systems, whose weeks are the same for everybody, and the '
'days it is somewhere. Everything a person sees asks private.today.';

create function private.today(moment timestamptz default now()) returns date
language sql stable set search_path = ''
as $$ select (moment at time zone private.time_zone())::date $$;
comment on function private.today is
'Today (or the day of another moment) where the signed-in person is: the only today of the database.';

-- A company without an admin could never get one again.
create function private.guard_last_admin() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if old.role = 'admin' and old.is_active and not (new.role = 'admin' and new.is_active) then
    perform 1 from public.companies where id = old.company_id for no key update;
    if not exists (select 1 from public.profiles p
                   where p.company_id = old.company_id and p.id <> old.id and p.role = 'admin' and p.is_active) then
      raise sqlstate 'PT409' using message = 'A company needs at least one admin.',
        hint = 'Make a colleague an admin first.';
    end if;
  end if;
  return new;
end;
$$;
comment on function private.guard_last_admin is 'Before a person is updated: a company keeps an active admin.';
create trigger keep_an_admin before update on public.profiles for each row execute function private.guard_last_admin();

-- A snooze ends at 09:00 in the person's zone: one that does not exist would stop all their snoozes.
create function private.require_time_zone() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if new.time_zone is null then
    raise sqlstate 'PT400' using message = 'Choose a time zone.';
  end if;
  perform now() at time zone new.time_zone;
  return new;
exception when invalid_parameter_value then
  raise sqlstate 'PT400' using message = format('There is no time zone “%s”.', left(new.time_zone, 100));
end;
$$;
comment on function private.require_time_zone is
'Before a person is written: raises PT400 for a time zone that does not exist.';
create trigger require_time_zone before insert or update of time_zone on public.profiles
for each row execute function private.require_time_zone();

-- The zone of the browser. Not a policy: one that let people update their own row would let them set their role.
create function private.save_time_zone(p_time_zone text) returns void
language sql volatile security definer set search_path = ''
as $$
  update public.profiles p set time_zone = p_time_zone
  where
    p.id = (select auth.uid())
    and p.company_id = (select private.current_company_id())
    and not p.has_own_time_zone
    and p.time_zone is distinct from p_time_zone
$$;
comment on function private.save_time_zone is 'See public.save_time_zone.';

create function public.save_time_zone(p_time_zone text) returns void
language sql volatile security invoker set search_path = '' as $$ select private.save_time_zone(p_time_zone) $$;
comment on function public.save_time_zone is
'Stores the time zone of the caller''s browser (an IANA name) in their profile, unless they chose one; raises PT400 for '
'one that does not exist.';

create function private.choose_time_zone(p_time_zone text) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
begin
  update public.profiles p
  set time_zone = coalesce(p_time_zone, p.time_zone), has_own_time_zone = p_time_zone is not null
  where p.id = me.id;
end;
$$;
comment on function private.choose_time_zone is 'See public.choose_time_zone.';

create function public.choose_time_zone(p_time_zone text default null) returns void
language sql volatile security invoker set search_path = '' as $$ select private.choose_time_zone(p_time_zone) $$;
comment on function public.choose_time_zone is
'Stores the time zone the caller chose (an IANA name) in their profile; null to follow their browser again. Raises PT400 '
'for one that does not exist.';

create function private.save_full_name(p_full_name text) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
begin
  perform private.raise_invalid(array[private.text_error(p_full_name, 200, 'Enter your name.')]);
  update public.profiles p set full_name = trim(regexp_replace(p_full_name, '[[:cntrl:]\s]+', ' ', 'g'))
  where p.id = me.id;
end;
$$;
comment on function private.save_full_name is 'See public.save_full_name.';

create function public.save_full_name(p_full_name text) returns void
language sql volatile security invoker set search_path = '' as $$ select private.save_full_name(p_full_name) $$;
comment on function public.save_full_name is
'Stores the caller''s name, on one line, in their profile; raises PT400 for a blank or too long one.';

create function private.save_density(p_density text) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
begin
  perform private.raise_invalid(array[
    case when p_density is null or p_density not in ('calm', 'compact') then 'Choose calm or compact.' end]);
  update public.profiles p set density = p_density where p.id = me.id;
end;
$$;
comment on function private.save_density is 'See public.save_density.';

create function public.save_density(p_density text) returns void
language sql volatile security invoker set search_path = '' as $$ select private.save_density(p_density) $$;
comment on function public.save_density is
'Stores in the caller''s profile how close pages are set for them; raises PT400 for anything but calm and compact.';

create function private.save_theme(p_theme text) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
begin
  perform private.raise_invalid(array[
    case when p_theme is null or p_theme not in ('light', 'dark', 'system') then 'Choose light, dark or system.' end]);
  update public.profiles p set theme = p_theme where p.id = me.id;
end;
$$;
comment on function private.save_theme is 'See public.save_theme.';

create function public.save_theme(p_theme text) returns void
language sql volatile security invoker set search_path = '' as $$ select private.save_theme(p_theme) $$;
comment on function public.save_theme is
'Stores the colours of the caller''s pages in their profile; raises PT400 for anything but light, dark and system.';

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

grant execute on function private.current_company_id,
private.current_member_role,
private.is_team_lead,
private.require_member,
private.current_profile,
private.save_time_zone, public.save_time_zone, private.save_full_name, public.save_full_name, private.save_density,
public.save_density, private.save_theme, public.save_theme, private.choose_time_zone, public.choose_time_zone,
public.colleagues
to authenticated;
grant execute on function private.time_zone, private.today, private.utc_day to authenticated, service_role;

alter table public.companies enable row level security;
alter table public.profiles enable row level security;
revoke all on public.companies, public.profiles from anon, authenticated;
grant select on public.companies to authenticated;
-- Not is_active: who leaves hands over their work (leave_company, remove_member).
grant select, update (full_name, role, time_zone) on public.profiles to authenticated;

create policy "members read their company" on public.companies
for select to authenticated using (id = (select private.current_company_id()));

create policy "members read the people of their company" on public.profiles
for select to authenticated using (company_id = (select private.current_company_id()));
create policy "admins change the people of their company" on public.profiles
for update to authenticated
using (company_id = (select private.current_company_id()) and (select private.current_member_role()) = 'admin')
with check (company_id = (select private.current_company_id()) and (select private.current_member_role()) = 'admin');
