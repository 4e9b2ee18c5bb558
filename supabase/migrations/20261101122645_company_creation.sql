-- The operator begins a company by inviting its first admin (python -m lib.companies create). All else is the admin's.

create function private.create_company(
  p_name text, p_admin_email text, p_admin_name text, p_join_url text
) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  company_name constant text := trim(regexp_replace(p_name, '[[:cntrl:]\s]+', ' ', 'g'));
  address constant text := private.normalize_email(p_admin_email);
  join_url constant text := private.parse_join_url(p_join_url);
  made public.companies;
  invite public.company_invites;
begin
  perform private.raise_invalid(array[
    private.text_error(company_name, 200, 'A company needs a name.'),
    case when address is null then 'This is not an email address.' end]);
  -- One after the other, so that a command that is given twice makes one company.
  perform pg_advisory_xact_lock(hashtext('private.create_company'));
  select * into made from public.companies c where lower(c.name) = lower(company_name) limit 1;
  if found then
    raise sqlstate 'PT409' using message = format('There is a company named %s.', made.name),
      detail = jsonb_build_object('company_id', made.id), hint = 'Its admins invite whoever joins it.';
  end if;
  insert into public.companies as c (name) values (company_name) returning * into made;
  insert into public.company_invites as i (company_id, email, role, full_name, mails)
  values (made.id, address, 'admin', nullif(left(trim(p_admin_name), 200), ''), 1) returning * into invite;
  if join_url is not null then
    insert into private.app_address as a (join_url) values (join_url)
    on conflict (is_only) do update set join_url = excluded.join_url;
  end if;
  perform private.queue_mail(
    made.id, 'invitation', address, format('%s begins in Zen', made.name),
    format(
      E'Hi%s,\n\nZen is ready for %s, and you are its first admin.\n\n%s\n\nThen bring in your customers and invite '
      'your colleagues.\n\nIf you did not expect this, ignore this email: nothing happens without you.\n',
      coalesce(' ' || invite.full_name, ''), made.name,
      coalesce(
        E'Join here. You get a code by email and choose a password:\n' || join_url || private.build_join_query(address),
        'Open Zen, choose “Invited? Join” on the sign-in page and enter this email address.')),
    private.invitation_mail_key(invite));
  return jsonb_build_object('company_id', made.id, 'name', made.name, 'admin', address);
end;
$$;
comment on function private.create_company is 'See public.create_company.';

create function public.create_company(
  p_name text, p_admin_email text, p_admin_name text default null, p_join_url text default null
) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.create_company(p_name, p_admin_email, p_admin_name, p_join_url) $$;
comment on function public.create_company is
'For the operator: a company, and the invitation of its first admin with a mail that leads to p_join_url, the address '
'of the page /auth/join, as do the mails of all admins from then on. Raises PT400, and PT409 (`company_id`) if there is a company of that name.';

grant execute on function private.create_company to service_role;
