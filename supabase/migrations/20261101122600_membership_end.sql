-- Leaving a company: a person leaves, or an admin removes one. A colleague takes over what is open, so that no
-- customer, run, escalation or follow-up stays with somebody who cannot see it. What is done keeps its author.

create function private.open_work_of_person(person public.profiles) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'customers', (
      select count(*) from public.customers c where (c.owner_id, c.company_id) = (person.id, person.company_id)
    ),
    'runs', (
      select count(*) from public.workflow_executions e
      where (e.assigned_to, e.company_id) = (person.id, person.company_id) and e.ended_at is null
    ),
    'escalations', (
      select count(*) from public.workflow_escalations x
      where (x.assigned_to, x.company_id) = (person.id, person.company_id) and x.ended_at is null
    ),
    'follow_ups', (
      select count(*) from public.follow_ups f
      where (f.assigned_to, f.company_id) = (person.id, person.company_id) and f.done_at is null
    )
  )
$$;
comment on function private.open_work_of_person is
'How many customers a person owns, and how many open runs, escalations and follow-ups are theirs to deal with.';

create function private.find_successor(leaver public.profiles, successor uuid) returns public.profiles
language plpgsql stable security definer set search_path = ''
as $$
declare
  found_person public.profiles;
  work constant jsonb := private.open_work_of_person(leaver);
begin
  select * into found_person from public.profiles p
  where p.id = successor and p.company_id = leaver.company_id and p.is_active and p.id <> leaver.id;
  if successor is not null and found_person.id is null then
    raise sqlstate 'PT400' using message = 'Choose a colleague who takes over.';
  elsif found_person.id is null and exists (select 1 from jsonb_each(work) w where w.value <> '0') then
    raise sqlstate 'PT409' using message = 'Somebody has to take over what is open.',
      detail = work::text, hint = 'Choose a colleague who takes over.';
  end if;
  return found_person;
end;
$$;
comment on function private.find_successor is
'The colleague who takes over; null if none is named and nothing is open. Raises PT400 for anybody else, PT409 without '
'one while something is open.';

-- Whoever did nothing here leaves no row, and can join another company with the same address.
create function private.delete_unused_profile(person uuid) returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  delete from public.profiles p where p.id = person and not p.is_active;
exception when foreign_key_violation then
  null;  -- what they did stays, with its author
end;
$$;
comment on function private.delete_unused_profile is 'Deletes the profile of a former member whom no row names.';

create function private.end_membership(leaver public.profiles, successor uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  work jsonb;
  taker public.profiles;
begin
  perform 1 from public.profiles p where p.id = leaver.id for update;
  work := private.open_work_of_person(leaver);
  taker := private.find_successor(leaver, successor);
  -- First, so that the last admin is told before anything is handed over.
  update public.profiles p set is_active = false where p.id = leaver.id;
  if taker.id is not null then
    perform private.hand_over_all(leaver, taker);
    -- Customers they held for somebody who has not joined yet: the colleague holds them now.
    update public.pending_owners p set owner_id = taker.id
    where (p.owner_id, p.company_id) = (leaver.id, leaver.company_id);
  end if;
  update public.absences a set ended_at = now()
  where leaver.id in (a.person_id, a.deputy_id) and a.company_id = leaver.company_id and a.ended_at is null;
  delete from public.today_lists l where (l.person_id, l.company_id) = (leaver.id, leaver.company_id);
  delete from public.customer_visits v where (v.person_id, v.company_id) = (leaver.id, leaver.company_id);
  delete from public.notices n where (n.person_id, n.company_id) = (leaver.id, leaver.company_id);
  delete from public.company_invites i where (i.email, i.company_id) = (leaver.email, leaver.company_id);
  perform private.delete_unused_profile(leaver.id);
  return work;
end;
$$;
comment on function private.end_membership is
'Makes a person a former member once a colleague has taken over what is open; returns what that was.';

create function private.leave_company(p_successor_id uuid) returns jsonb
language sql volatile security definer set search_path = ''
as $$ select private.end_membership(private.current_profile(), p_successor_id) $$;
comment on function private.leave_company is 'See public.leave_company.';

create function public.leave_company(p_successor_id uuid default null) returns jsonb
language sql volatile security invoker set search_path = '' as $$ select private.leave_company(p_successor_id) $$;
comment on function public.leave_company is
'Ends the caller''s membership. A colleague takes over their customers and open work; returns how much there was. '
'Raises PT409 for the last admin, and without a successor while something is open.';

create function private.remove_member(p_person_id uuid, p_successor_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
  leaver public.profiles;
begin
  if me.role <> 'admin' then
    raise sqlstate 'PT403' using message = 'Only an admin can remove a member.';
  end if;
  select * into leaver from public.profiles p
  where p.id = p_person_id and p.company_id = me.company_id and p.is_active;
  if not found then
    raise sqlstate 'PT404' using message = 'This person is not a member of your company.';
  end if;
  return private.end_membership(leaver, p_successor_id);
end;
$$;
comment on function private.remove_member is 'See public.remove_member.';

create function public.remove_member(p_person_id uuid, p_successor_id uuid default null) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.remove_member(p_person_id, p_successor_id) $$;
comment on function public.remove_member is
'An admin ends the membership of a person of their company, as leave_company does.';

grant execute on function private.leave_company, public.leave_company,
private.remove_member, public.remove_member to authenticated;
