-- The people of a company as its page shows them, and inviting many at once.

create function private.members_last_seen(company uuid) returns table (person_id uuid, seen_at timestamptz)
language sql stable security definer set search_path = ''
as $$
  select p.id, greatest(max(b.updated_at), u.last_sign_in_at)
  from public.profiles p
  join auth.users u on u.id = p.id
  left join private.browser_sessions b on b.user_id = p.id
  where
    p.company_id = members_last_seen.company and p.is_active and p.company_id = private.current_company_id()
    and private.current_member_role() = 'admin'
  group by p.id, u.last_sign_in_at
$$;
comment on function private.members_last_seen is
'When each member last used Zen, right to the hour, for admins of the company; no rows for anyone else.';

create function private.invitation_mail_key(invite public.company_invites) returns text
language sql immutable set search_path = '' as $$ select format('invitation:%s:%s', invite.id, invite.mails) $$;
comment on function private.invitation_mail_key is 'What the outbox calls the latest mail of an invitation.';

create function private.invitation_mail_state(invitation uuid) returns text
language sql stable security definer set search_path = ''
as $$
  select private.mail_state(i.company_id, private.invitation_mail_key(i))
  from public.company_invites i
  where i.id = invitation and i.company_id = private.current_company_id()
$$;
comment on function private.invitation_mail_state is
'What became of the latest mail of an invitation of the caller''s company: waiting, sent or failed; null without one.';

-- Promises are read by leaders and hold addresses: here a number of the caller's own company leaves the function. In
-- PL/pgSQL, since their table comes later.
create function private.count_pending_customers(invitation uuid) returns bigint
language plpgsql stable security definer set search_path = ''
as $$
begin
  return (
    select count(*) from public.company_invites i
    join public.pending_owners p on p.company_id = i.company_id and p.email = i.email
    where i.id = invitation and i.company_id = private.current_company_id());
end;
$$;
comment on function private.count_pending_customers is
'How many customers of the caller''s company wait for whoever is invited to join.';

create function public.company_people() returns jsonb
language sql stable security invoker set search_path = ''
as $$
  with company as materialized (select private.current_company_id() as id),
  books as materialized (
    select c.owner_id as person_id, count(*) as customers, sum(k.arr) as arr
    from public.customers c left join public.current_contracts k on k.customer_id = c.id
    where c.company_id = (select id from company) and c.status = 'active'
    group by c.owner_id
  ),
  runs as materialized (
    select coalesce(e.assigned_to, e.owner_id) as person_id, count(*) as open_runs
    from public.workflow_executions e
    where e.company_id = (select id from company) and e.ended_at is null
    group by 1
  )
  select jsonb_build_object(
    'people', (
      select
        coalesce(jsonb_agg(jsonb_build_object(
          'id', p.id, 'full_name', p.full_name, 'email', p.email, 'role', p.role, 'team', p.team,
          'joined_at', p.created_at, 'last_seen_at', s.seen_at, 'customers', coalesce(b.customers, 0), 'arr', coalesce(b.arr, 0),
          'open_runs', coalesce(r.open_runs, 0), 'absence', (
            select
              jsonb_build_object(
                'deputy_id', a.deputy_id, 'deputy_name', d.full_name, 'starts_on', a.starts_on, 'ends_on', a.ends_on
              )
            from public.absences a join public.profiles d on d.id = a.deputy_id
            where a.person_id = p.id and a.ended_at is null and a.ends_on >= private.today()
          )
        ) order by p.full_name, p.id), '[]')
      from public.profiles p
      left join books b on b.person_id = p.id
      left join runs r on r.person_id = p.id
      left join private.members_last_seen((select id from company)) s on s.person_id = p.id
      where p.company_id = (select id from company) and p.is_active
    ),
    'invitations', (
      select
        coalesce(jsonb_agg(jsonb_build_object(
          'id', i.id, 'email', i.email, 'role', i.role, 'full_name', i.full_name, 'team', i.team,
          'invited_at', i.updated_at, 'invited_by_name', (select p.full_name from public.profiles p where p.id = i.invited_by),
          'mail_state', private.invitation_mail_state(i.id),
          'waiting_customers', private.count_pending_customers(i.id)
        ) order by i.email), '[]')
      from public.company_invites i
      where i.company_id = (select id from company) and i.accepted_at is null
    ),
    'handovers', (
      select
        coalesce(jsonb_agg(private.count_handover_items(h.items) || jsonb_build_object(
          'id', h.id, 'created_at', h.created_at, 'from_name', f.full_name, 'made_by_name', m.full_name
        ) order by h.created_at desc, h.id), '[]')
      from public.book_handovers h
      join public.profiles f on f.id = h.from_id and f.is_active
      join public.profiles m on m.id = h.made_by
      where
        h.company_id = (select id from company) and h.undone_at is null and h.created_at > now() - interval '1 day'
    )
  )
$$;
comment on function public.company_people is
'The active people of the caller''s company with their book (active customers, ARR) and open runs, the open '
'invitations, and the hand-overs that can still be undone. `last_seen_at` is for admins only.';

create function private.find_team_name(company uuid, team text, person uuid) returns text
language sql stable security definer set search_path = ''
as $$
  with same as (
    select p.team, p.created_at from public.profiles p
    where
      p.company_id = company and p.is_active and p.id is distinct from person
      and private.team_key(p.team) = private.team_key(private.clean_team_name(find_team_name.team))
    union all
    select i.team, i.created_at from public.company_invites i
    where
      i.company_id = company and i.accepted_at is null
      and private.team_key(i.team) = private.team_key(private.clean_team_name(find_team_name.team))
  )
  select
    coalesce(
      (select s.team from same s order by s.created_at, s.team limit 1), private.clean_team_name(find_team_name.team)
    )
$$;
comment on function private.find_team_name is
'A team as the company spells it already, apart from that person; else as given, on one line; null for none. Whoever '
'writes it holds the row of the company, so that two at once do not spell it in two ways.';

create function private.invitation_error(company uuid, address text, role text, team text) returns text
language sql stable security definer set search_path = ''
as $$
  select case
    when address is null then 'This is not an email address.'
    when coalesce(role, '') not in ('csm', 'manager', 'admin') then 'Choose one of the roles csm, manager and admin.'
    when length(private.clean_team_name(team)) > 60 then 'The name of a team has at most 60 characters.'
    when exists (
      select from public.profiles p where p.company_id = company and p.is_active and p.email = address
    ) then 'Belongs to your company already.'
    when exists (
      select from public.company_invites i
      where i.company_id = company and i.email = address and i.accepted_at is null
    ) then 'Is invited already. You can send the invitation again.'
  end
$$;
comment on function private.invitation_error is
'Why an address cannot be invited to a company, as a sentence; null if it can.';

-- An invitation that was accepted is used again: its person has left, or was deleted in Supabase.
create function private.invite_person(
  me public.profiles, address text, role text, full_name text, team text
) returns public.company_invites
language plpgsql volatile security definer set search_path = ''
as $$
declare
  invite public.company_invites;
begin
  insert into public.company_invites as i (company_id, email, role, full_name, team, invited_by)
  values (
    me.company_id, address, invite_person.role, nullif(left(trim(invite_person.full_name), 200), ''),
    private.find_team_name(me.company_id, invite_person.team, null), me.id)
  on conflict (company_id, email) do update
  set
    role = excluded.role, full_name = excluded.full_name, team = excluded.team, invited_by = excluded.invited_by,
    accepted_at = null
  where i.accepted_at is not null
  returning * into invite;
  return invite;
end;
$$;
comment on function private.invite_person is 'Stores an invitation; a null row if there is an open one.';

-- Where people join is the operator's word, not that of who invites: else Zen would mail links to any site.
create table private.app_address (
  is_only boolean primary key default true check (is_only),
  join_url text not null
);
comment on table private.app_address is 'Where the app is, as the operator said when they began a company.';
comment on column private.app_address.is_only is 'One row at most.';
comment on column private.app_address.join_url is 'Address of the page /auth/join.';
alter table private.app_address enable row level security;
revoke all on private.app_address from anon, authenticated;

create function private.parse_join_url(url text) returns text
language plpgsql immutable set search_path = ''
as $$
begin
  if url !~ '^https?://[A-Za-z0-9.-]{1,253}(:\d{1,5})?/auth/join$' then
    raise sqlstate 'PT400' using message = 'This is not the address of the page on which people join.';
  end if;
  return url;
end;
$$;
comment on function private.parse_join_url is
'The address of the page /auth/join; null for null, PT400 for another one.';

create function private.choose_join_url(url text) returns text
language sql stable security definer set search_path = ''
as $$
  select coalesce(
    (select a.join_url from private.app_address a),
    case when url ~ '^https?://(localhost|127\.0\.0\.1)[:/]' then url end
  )
$$;
comment on function private.choose_join_url is
'The address that mails lead to: the operator''s; without one that of a browser on this machine, else null.';

create function private.name_in_mail(name text) returns text
language sql immutable set search_path = ''
as $$
  select left(trim(regexp_replace(name, '[[:cntrl:]\s:/\u200b-\u200f\u2028-\u202e\u2066-\u2069]+', ' ', 'g')), 100)
$$;
comment on function private.name_in_mail is
'A name as a mail shows it: one line without addresses of pages, so that nobody writes the mail by a name.';

create function private.require_few_invitation_mails(company uuid, address text) returns void
language plpgsql stable security definer set search_path = ''
as $$
declare
  day constant timestamptz := now() - interval '1 day';
begin
  if (select count(*) from private.outbox o
      where o.company_id = company and o.kind = 'invitation' and o.created_at > day) >= 500 then
    raise sqlstate 'PT409' using message = 'Your company has sent 500 invitations within a day.',
      hint = 'Send the others tomorrow.';
  elsif (select count(*) from private.outbox o
         where o.company_id = company and o.kind = 'invitation' and o.created_at > day
           and o.recipient = address) >= 10 then
    raise sqlstate 'PT409' using message = format('%s was sent ten invitations within a day.', address),
      hint = 'Copy the link, or check the address.';
  end if;
end;
$$;
comment on function private.require_few_invitation_mails is
'Raises PT409 after 500 invitations of a company, or ten to one address, within a day. Withdrawn ones count too.';

create function private.build_join_query(email text) returns text
language sql immutable set search_path = ''
as $$ select case when email ~ '^[a-z0-9@._-]+$' then '?email=' || email else '' end $$;
comment on function private.build_join_query is
'What fills in an address on the page /auth/join; nothing for one that would have to be encoded.';

create function private.mail_invitation(
  me public.profiles, invite public.company_invites, join_url text
) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  company constant text := (
    select private.name_in_mail(c.name) from public.companies c where c.id = invite.company_id);
  inviter constant text := private.name_in_mail(me.full_name);
  role_name constant text := case invite.role when 'csm' then 'customer success manager' else invite.role end;
  address constant text := private.build_join_query(invite.email);
begin
  perform private.require_few_invitation_mails(invite.company_id, invite.email);
  update public.company_invites i set mails = i.mails + 1 where i.id = invite.id returning * into invite;
  perform private.queue_mail(
    invite.company_id, 'invitation', invite.email,
    format('%s invites you to %s in Zen', inviter, company),
    format(
      E'Hi%s,\n\n%s (%s) invites you to work in Zen for %s, as %s.\n\n%s\n\nIf you do not know %s, ignore this '
      'email: nothing happens without you.\n',
      coalesce(' ' || private.name_in_mail(invite.full_name), ''), inviter, me.email, company, role_name,
      coalesce(
        E'Join here. You get a code by email and choose a password:\n' || join_url || address,
        'Open Zen, choose “Invited? Join” on the sign-in page and enter this email address.'),
      inviter),
    private.invitation_mail_key(invite));
end;
$$;
comment on function private.mail_invitation is 'Queues the mail with which an admin invites somebody.';

create function private.invite_people(p_invitations jsonb, p_join_url text) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.require_admin('Only an admin can invite people.');
  join_url constant text := private.choose_join_url(private.parse_join_url(p_join_url));
  line record;
  error text;
  invite public.company_invites;
  results jsonb := '[]';
begin
  if jsonb_typeof(p_invitations) is distinct from 'array'
     or jsonb_array_length(p_invitations) not between 1 and 200 then
    raise sqlstate 'PT400' using message = 'Invite between 1 and 200 people at once.';
  end if;
  -- Two admins at once: the second sees what the first invited, and the limit counts both.
  perform 1 from public.companies c where c.id = me.company_id for no key update;
  if (select count(*) from public.company_invites i
      where i.company_id = me.company_id and i.created_at > now() - interval '1 day')
     + jsonb_array_length(p_invitations) > 500 then
    raise sqlstate 'PT409' using message = 'Your company has invited 500 people within a day.',
      hint = 'Invite the others tomorrow.';
  end if;
  for line in
    select x.place, private.normalize_email(trim(x.item ->> 'email')) as address, x.item ->> 'role' as role,
      x.item ->> 'full_name' as full_name, x.item ->> 'team' as team
    from jsonb_array_elements(p_invitations) with ordinality x (item, place) order by x.place
  loop
    invite := null;
    error := private.invitation_error(me.company_id, line.address, line.role, line.team);
    if error is null then
      invite := private.invite_person(me, line.address, line.role, line.full_name, line.team);
      perform private.mail_invitation(me, invite, join_url);
    end if;
    results := results || jsonb_build_object('id', invite.id, 'error', error);
  end loop;
  return results;
end;
$$;
comment on function private.invite_people is 'See public.invite_people.';

create function public.invite_people(p_invitations jsonb, p_join_url text default null) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.invite_people(p_invitations, p_join_url) $$;
comment on function public.invite_people is
'An admin invites up to 200 people: a list of {email, role, full_name, team}. Each gets a mail with the operator''s address '
'of the page /auth/join; without one with p_join_url if it is of this machine. Returns for each, in the same order, the id of the invitation or the sentence why it was '
'refused; the others are invited all the same.';

create function private.resend_invitation(p_invitation_id uuid, p_join_url text) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.require_admin('Only an admin can invite people.');
  join_url constant text := private.choose_join_url(private.parse_join_url(p_join_url));
  invite public.company_invites;
begin
  select * into invite from public.company_invites i
  where i.id = p_invitation_id and i.company_id = me.company_id and i.accepted_at is null for update;
  if not found then
    raise sqlstate 'PT404' using message = 'This invitation is no longer open.';
  elsif invite.mails > 0 and invite.updated_at > now() - interval '5 minutes' then
    raise sqlstate 'PT409' using message = 'This invitation was sent a moment ago.', hint = 'Wait five minutes.';
  elsif invite.mails >= 10 then
    raise sqlstate 'PT409' using message = 'This invitation was sent ten times.',
      hint = 'Copy its link, or withdraw it and check the address.';
  end if;
  perform private.mail_invitation(me, invite, join_url);
end;
$$;
comment on function private.resend_invitation is 'See public.resend_invitation.';

create function public.resend_invitation(p_invitation_id uuid, p_join_url text default null) returns void
language sql volatile security invoker set search_path = ''
as $$ select private.resend_invitation(p_invitation_id, p_join_url) $$;
comment on function public.resend_invitation is
'An admin sends the mail of an open invitation again. Raises PT403, PT404, and PT409 within five minutes of the last '
'mail or after ten mails.';

create function private.change_member_role(p_person_id uuid, p_role text, p_expected_role text) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.require_admin('Only an admin can change roles.');
  person public.profiles;
begin
  if coalesce(p_role, '') not in ('csm', 'manager', 'admin') then
    raise sqlstate 'PT400' using message = 'Choose one of the roles csm, manager and admin.';
  end if;
  select * into person from public.profiles p
  where p.id = p_person_id and p.company_id = me.company_id and p.is_active for update;
  if not found then
    raise sqlstate 'PT404' using message = 'This person is not a member of your company.';
  elsif person.role is distinct from p_expected_role and person.role <> p_role then
    raise sqlstate 'PT409' using message = format('A colleague has made %s %s.', person.full_name, person.role),
      hint = 'Look at it again. Nothing was changed.';
  end if;
  update public.profiles p set role = p_role where p.id = person.id and p.role <> p_role;
end;
$$;
comment on function private.change_member_role is 'See public.change_member_role.';

create function public.change_member_role(p_person_id uuid, p_role text, p_expected_role text) returns void
language sql volatile security invoker set search_path = ''
as $$ select private.change_member_role(p_person_id, p_role, p_expected_role) $$;
comment on function public.change_member_role is
'An admin gives a member another role. Raises PT409 if it is no longer the expected one, and for the last admin.';

create function private.change_member_team(p_person_id uuid, p_team text, p_expected_team text) returns text
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
  person public.profiles;
  chosen text;
begin
  if me.role not in ('manager', 'admin') then
    raise sqlstate 'PT403' using message = 'Only managers and admins can change teams.',
      hint = 'Ask a manager of your company.';
  elsif length(private.clean_team_name(p_team)) > 60 then
    raise sqlstate 'PT400' using message = 'The name of a team has at most 60 characters.';
  end if;
  -- Two at once, or an invitation meanwhile: the second spells the team as the first did.
  perform 1 from public.companies c where c.id = me.company_id for no key update;
  select * into person from public.profiles p
  where p.id = p_person_id and p.company_id = me.company_id and p.is_active for update;
  if not found then
    raise sqlstate 'PT404' using message = 'This person is not a member of your company.';
  end if;
  chosen := private.find_team_name(me.company_id, p_team, person.id);
  if person.team is distinct from p_expected_team
     and private.team_key(person.team) is distinct from private.team_key(chosen) then
    raise sqlstate 'PT409' using
      message = case
        when person.team is null then format('A colleague has taken %s out of the team.', person.full_name)
        else format('A colleague has moved %s to the team %s.', person.full_name, person.team)
      end,
      hint = 'Look at it again. Nothing was changed.';
  end if;
  update public.profiles p set team = chosen
  where p.id = person.id and p.team is not distinct from p_expected_team and p.team is distinct from chosen;
  return chosen;
end;
$$;
comment on function private.change_member_team is 'See public.change_member_team.';

create function public.change_member_team(p_person_id uuid, p_team text, p_expected_team text) returns text
language sql volatile security invoker set search_path = ''
as $$ select private.change_member_team(p_person_id, p_team, p_expected_team) $$;
comment on function public.change_member_team is
'A leader moves a member to another team, a blank one for none; returns it as the company spells it. Raises PT403, '
'PT400 for a name that is too long, PT404, and PT409 if the team is no longer the expected one.';

grant execute on function private.count_pending_customers,
private.members_last_seen,
private.invitation_mail_state,
public.company_people,
private.invite_people, public.invite_people, private.resend_invitation, public.resend_invitation,
private.change_member_role, public.change_member_role,
private.change_member_team, public.change_member_team to authenticated;
