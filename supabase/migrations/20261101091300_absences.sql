-- Absence: a person is away until a day, and a deputy sees their book and works on it as they would.

create table public.absences (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  person_id uuid not null,
  deputy_id uuid not null,
  starts_on private.day not null,
  ends_on private.day not null,
  created_by uuid not null,
  created_at private.moment not null default now(),
  ended_at private.moment,
  foreign key (person_id, company_id) references public.profiles (id, company_id),
  foreign key (deputy_id, company_id) references public.profiles (id, company_id),
  foreign key (created_by, company_id) references public.profiles (id, company_id),
  check (deputy_id <> person_id),
  check (ends_on between starts_on and starts_on + 366)
);
comment on table public.absences is
'Days on which a person is away and a deputy works on their book. Written by functions only.';
comment on column public.absences.id is 'Identity of the absence.';
comment on column public.absences.company_id is 'Tenant.';
comment on column public.absences.person_id is 'Who is away.';
comment on column public.absences.deputy_id is 'Who sees their book and works on it meanwhile.';
comment on column public.absences.starts_on is 'First day, where the person is.';
comment on column public.absences.ends_on is 'Last day, where the person is.';
comment on column public.absences.created_by is 'Who entered it: the person, or a leader.';
comment on column public.absences.created_at is 'When the row was inserted.';
comment on column public.absences.ended_at is 'When it was ended early or replaced by another; null otherwise.';
create unique index absences_one_open on public.absences (person_id) where ended_at is null;
create index absences_deputy on public.absences (deputy_id, company_id) where ended_at is null;
create index absences_person on public.absences (person_id, company_id);
create index absences_deputy_all on public.absences (deputy_id, company_id);
create index absences_created_by on public.absences (created_by, company_id);
create index absences_company on public.absences (company_id, created_at desc, id desc);

alter table public.absences enable row level security;
revoke all on public.absences from anon, authenticated;
grant select on public.absences to authenticated;
create policy "members read the absences of their company" on public.absences
for select to authenticated using (company_id = (select private.current_company_id()));

create function private.is_current_absence(absence public.absences) returns boolean
language sql stable security definer set search_path = ''
as $$
  select
    absence.ended_at is null and exists (
      select 1 from public.profiles p
      where
        p.id = absence.person_id and p.is_active
        and (now() at time zone p.time_zone)::date between absence.starts_on and absence.ends_on
    )
$$;
comment on function private.is_current_absence is 'True on the days of an absence, where the person is.';

create function private.people_represented_by(person uuid, company uuid) returns uuid[]
language sql stable security definer set search_path = ''
as $$
  select array_remove(array[person] || array(
    select a.person_id from public.absences a
    where a.deputy_id = person and a.ended_at is null and a.company_id = company and private.is_current_absence(a)
  ), null)
$$;
comment on function private.people_represented_by is 'A person, and those of their company they stand in for today.';

create function private.represented_people() returns uuid[]
language sql stable security definer set search_path = ''
as $$ select private.people_represented_by((select auth.uid()), (select private.current_company_id())) $$;
comment on function private.represented_people is
'The signed-in person, and those they stand in for today: whose customers, runs, escalations and follow-ups are theirs '
'to deal with.';

create function private.describe_absence(person uuid) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object('person_name', p.full_name, 'ends_on', a.ends_on)
  from public.absences a join public.profiles p on p.id = a.person_id
  where
    a.person_id = person and a.deputy_id = (select auth.uid()) and a.ended_at is null
    and a.company_id = (select private.current_company_id()) and private.is_current_absence(a)
$$;
comment on function private.describe_absence is
'Name and last day of a person for whom the signed-in one stands in today; null for anyone else.';

create function private.save_absence(
  p_person_id uuid, p_deputy_id uuid, p_starts_on date, p_ends_on date
) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
  person public.profiles;
  deputy public.profiles;
begin
  select * into person from public.profiles p
  where p.id = p_person_id and p.company_id = me.company_id and p.is_active for no key update;
  if not found then
    raise sqlstate 'PT404' using message = 'This person is not a member of your company.';
  elsif person.id <> me.id and me.role = 'csm' then
    raise sqlstate 'PT403' using message = 'Only a manager or an admin can enter an absence of a colleague.';
  end if;
  select * into deputy from public.profiles p
  where p.id = p_deputy_id and p.company_id = me.company_id and p.is_active and p.id <> person.id for share;
  perform private.raise_invalid(array[
    case when deputy.id is null then 'Choose a colleague as the deputy.' end,
    case when not (private.is_day(p_starts_on) and private.is_day(p_ends_on)) or p_ends_on < p_starts_on
      or p_ends_on < (now() at time zone person.time_zone)::date
    then 'Choose a last day that is not over, and not before the first.' end,
    case when p_ends_on > p_starts_on + 366 then 'An absence lasts a year at most.' end]);
  if exists (
    select 1 from public.absences a where a.person_id = deputy.id and a.ended_at is null
    and a.starts_on <= p_ends_on and a.ends_on >= p_starts_on
  ) then
    raise sqlstate 'PT409' using message = format('%s is away on some of these days.', deputy.full_name),
      hint = 'Choose another deputy.';
  end if;
  update public.absences a set ended_at = now() where a.person_id = person.id and a.ended_at is null;
  insert into public.absences (company_id, person_id, deputy_id, starts_on, ends_on, created_by)
  values (me.company_id, person.id, deputy.id, p_starts_on, p_ends_on, me.id);
end;
$$;
comment on function private.save_absence is 'See public.save_absence.';

create function public.save_absence(
  p_person_id uuid, p_deputy_id uuid, p_starts_on date, p_ends_on date
) returns void
language sql volatile security invoker set search_path = ''
as $$ select private.save_absence(p_person_id, p_deputy_id, p_starts_on, p_ends_on) $$;
comment on function public.save_absence is
'A person, or a leader for them, enters from when to when they are away and who stands in. Replaces the absence there '
'is. Raises PT400, PT403, PT404, and PT409 for a deputy who is away themselves.';

create function private.end_absence(p_person_id uuid) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
begin
  if p_person_id is distinct from me.id and me.role = 'csm' then
    raise sqlstate 'PT403' using message = 'Only a manager or an admin can end an absence of a colleague.';
  end if;
  update public.absences a set ended_at = now()
  where a.person_id = p_person_id and a.company_id = me.company_id and a.ended_at is null;
end;
$$;
comment on function private.end_absence is 'See public.end_absence.';

create function public.end_absence(p_person_id uuid) returns void
language sql volatile security invoker set search_path = '' as $$ select private.end_absence(p_person_id) $$;
comment on function public.end_absence is
'A person, or a leader for them, is back: the deputy stands in no longer. Does nothing without an absence.';

grant execute on function private.is_current_absence, private.represented_people, private.describe_absence,
private.save_absence, public.save_absence, private.end_absence, public.end_absence to authenticated;
