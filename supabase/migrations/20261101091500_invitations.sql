-- Invitations. One is accepted by the person it names, who has shown by a mailed code that the address is theirs, and
-- who chooses the company. Nothing joins by itself: another company could have invited the address first.

-- The only rule for "the same address". Auth, Postgres and Python each fold case in a way of their own, and the Kelvin
-- sign in an address would become a k, which is somebody else's mailbox. So: ASCII only, and only A-Z are folded.
create function private.normalize_email(address text) returns text
language sql immutable set search_path = ''
as $$
  select
    case
      when length(address) <= 254 and address collate "C" ~ '^[!-?A-~]+@[A-Za-z0-9.-]+$' then lower(address collate "C")
    end
$$;
comment on function private.normalize_email is
'The address with A-Z in lower case; null for one that is not ASCII. lib/text/email_addresses.py has the same rule.';

grant execute on function private.normalize_email to authenticated, service_role;

create table public.company_invites (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null references public.companies (id),
  email text not null check (email is not distinct from private.normalize_email(email)),
  role text not null check (role in ('csm', 'manager', 'admin')),
  full_name text check (length(full_name) <= 200 and (full_name is null or not private.is_blank(full_name))),
  team text check (length(team) between 1 and 60 and team is not distinct from private.clean_team_name(team)),
  invited_by uuid references public.profiles (id) on delete set null,
  mails int not null default 0 check (mails >= 0),
  accepted_at private.moment,
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  unique (company_id, email)
);
comment on table public.company_invites is
'Who may join a company, and as what. Without one a new user has no company and sees no row.';
comment on column public.company_invites.id is 'Identity of the invitation.';
comment on column public.company_invites.company_id is 'The company that invites.';
comment on column public.company_invites.email is 'Address invited, as private.normalize_email writes it.';
comment on column public.company_invites.role is 'Role the person gets on joining.';
comment on column public.company_invites.full_name is 'Name of the person; they may give another one on joining.';
comment on column public.company_invites.team is 'Team the person gets on joining; null for none.';
comment on column public.company_invites.invited_by is 'The admin who invited.';
comment on column public.company_invites.mails is 'How many mails with the way in were queued for it.';
comment on column public.company_invites.accepted_at is 'When the person joined; null while it is open.';
comment on column public.company_invites.created_at is 'When the invitation was created.';
comment on column public.company_invites.updated_at is 'When the row last changed.';
create index company_invites_email on public.company_invites (email) where accepted_at is null;
create index company_invites_invited_by on public.company_invites (invited_by);
create trigger touch before update on public.company_invites for each row execute function private.touch_updated_at();

-- A session began with a mailed code if its tokens say so (claim `amr`). A confirmed address is not enough: where
-- sign-ups are confirmed by themselves, a stranger may have signed up with it. The address of the token must be that of
-- the user now: it could have been changed since.
create function private.proven_email() returns text
language sql stable security definer set search_path = ''
as $$
  select private.normalize_email(u.email)
  from auth.users u
  where
    u.id = (select auth.uid()) and u.email_confirmed_at is not null and (select private.require_live_session())
    and private.normalize_email(u.email) = private.normalize_email((select auth.jwt()) ->> 'email')
    and exists (
      select 1 from jsonb_path_query((select auth.jwt()), '$.amr[*].method') m where m #>> '{}' in ('otp', 'magiclink')
    )
$$;
comment on function private.proven_email is
'The caller''s address, normalized, if their session began with a code mailed to it; else null.';

create function private.require_proven_email() returns text
language plpgsql stable security definer set search_path = ''
as $$
declare
  address constant text := private.proven_email();
begin
  if address is null then
    raise sqlstate 'PT403' using message = 'We need to know that this email address is yours.',
      hint = 'Ask for a code, then join with it.';
  end if;
  return address;
end;
$$;
comment on function private.require_proven_email is
'The caller''s address; raises PT403 unless their session began with a code mailed to it.';

create function private.open_invitations() returns jsonb
language sql stable security definer set search_path = ''
as $$
  select
    coalesce(jsonb_agg(jsonb_build_object(
      'id', i.id, 'company_name', c.name, 'role', i.role, 'full_name', i.full_name, 'created_at', i.created_at,
      'invited_by_name', p.full_name, 'invited_by_email', p.email
    ) order by i.created_at), '[]')
  from public.company_invites i
  join public.companies c on c.id = i.company_id
  left join public.profiles p on p.id = i.invited_by
  where i.email = (select private.proven_email()) and i.accepted_at is null
$$;
comment on function private.open_invitations is 'See public.open_invitations.';

create function public.open_invitations() returns jsonb
language sql stable security invoker set search_path = '' as $$ select private.open_invitations() $$;
comment on function public.open_invitations is
'The invitations to the caller''s address, oldest first; none unless their session began with a code mailed to it.';

create function private.require_no_company(person uuid) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  company text;
begin
  select c.name into company from public.profiles p join public.companies c on c.id = p.company_id
  where p.id = person and p.is_active;
  if found then
    raise sqlstate 'PT409' using message = format('You belong to %s.', company),
      hint = 'One person belongs to one company: leave it first.';
  end if;
end;
$$;
comment on function private.require_no_company is 'Raises PT409 for a person who belongs to a company.';

create function private.join_company(person uuid, invitation uuid, given_name text) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  invite public.company_invites;
  chosen_name constant text := nullif(left(trim(given_name), 200), '');
begin
  select * into invite from public.company_invites i where i.id = invitation and i.accepted_at is null for update;
  if not found then
    raise sqlstate 'PT404' using message = 'This invitation is no longer open.',
      hint = 'Ask the company that invited you.';
  end if;
  perform private.require_no_company(person);
  perform private.delete_unused_profile(person);
  insert into public.profiles as p (id, company_id, email, full_name, role, team)
  values (person, invite.company_id, invite.email,
          coalesce(chosen_name, invite.full_name, split_part(invite.email, '@', 1)), invite.role, invite.team)
  on conflict (id) do update
  set
    is_active = true, role = excluded.role, team = excluded.team, email = excluded.email,
    full_name = excluded.full_name
  where p.company_id = excluded.company_id;
  if not found then
    raise sqlstate 'PT409' using message = 'What you did in another company stays there, under this address.',
      hint = 'Ask the company that invited you to use another address.';
  end if;
  update public.company_invites set accepted_at = now() where id = invite.id;
end;
$$;
comment on function private.join_company is
'Makes a person a member by an open invitation; a former member comes back. Raises PT404, PT409. Asks for no proof.';

create function private.accept_invitation(p_invitation_id uuid, p_full_name text) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  address constant text := private.require_proven_email();
begin
  if not exists (select 1 from public.company_invites i where i.id = p_invitation_id and i.email = address) then
    raise sqlstate 'PT404' using message = 'This invitation is no longer open.',
      hint = 'Ask the company that invited you.';
  end if;
  perform private.join_company(auth.uid(), p_invitation_id, p_full_name);
  perform private.end_other_sessions();
end;
$$;
comment on function private.accept_invitation is 'See public.accept_invitation.';

create function public.accept_invitation(p_invitation_id uuid, p_full_name text default null) returns void
language sql volatile security invoker set search_path = ''
as $$ select private.accept_invitation(p_invitation_id, p_full_name) $$;
comment on function public.accept_invitation is
'Joins the company of an open invitation to the caller''s address, and signs them out everywhere else. Raises PT403 '
'unless the session began with a mailed code, PT404, PT409 for a member of a company.';

grant execute on function private.open_invitations, public.open_invitations,
private.accept_invitation, public.accept_invitation to authenticated;

alter table public.company_invites enable row level security;
revoke all on public.company_invites from anon, authenticated;
grant select, insert (company_id, email, role, full_name, invited_by), update (role, full_name), delete
on public.company_invites to authenticated;

create policy "members read the invitations of their company" on public.company_invites
for select to authenticated using (company_id = (select private.current_company_id()));
create policy "admins invite to their company" on public.company_invites
for insert to authenticated
with check (
  company_id = (select private.current_company_id()) and (select private.current_member_role()) = 'admin'
  and invited_by = (select auth.uid())
);
create policy "admins change invitations of their company" on public.company_invites
for update to authenticated
using (company_id = (select private.current_company_id()) and (select private.current_member_role()) = 'admin')
with check (company_id = (select private.current_company_id()) and (select private.current_member_role()) = 'admin');
create policy "admins withdraw invitations of their company" on public.company_invites
for delete to authenticated
using (company_id = (select private.current_company_id()) and (select private.current_member_role()) = 'admin');
