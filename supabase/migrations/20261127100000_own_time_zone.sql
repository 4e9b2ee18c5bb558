-- Where somebody is: their browser knows it, and only they may say it. Snoozes come back at 09:00 there.
-- Not a policy: one that opens a person's own row to them would open their role as well.

create function private.keep_my_time_zone(p_time_zone text) returns void
language sql volatile security definer set search_path = ''
as $$
  update public.profiles p set time_zone = p_time_zone
  where p.id = (select auth.uid()) and p.company_id = (select private.my_company()) and p.time_zone is distinct from p_time_zone
$$;
comment on function private.keep_my_time_zone is 'The whole of public.keep_my_time_zone.';

create function public.keep_my_time_zone(p_time_zone text) returns void
language sql volatile security invoker set search_path = '' as $$ select private.keep_my_time_zone(p_time_zone) $$;
comment on function public.keep_my_time_zone is 'Where the caller is, an IANA name: written to their own profile and nobody else''s. One that does not exist is refused.';

revoke execute on function private.keep_my_time_zone, public.keep_my_time_zone from public, anon;
grant execute on function private.keep_my_time_zone, public.keep_my_time_zone to authenticated;
