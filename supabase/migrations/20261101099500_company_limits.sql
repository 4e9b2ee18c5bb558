-- What an admin may change of a company's codes and limits: how far below list each role may go, and how soon an
-- escalation of each severity wants its first answer.

create function private.role_limit(limits jsonb, role text) returns numeric
language sql immutable set search_path = ''
as $$
  select case
    when
      jsonb_typeof(limits #> array['role_limits', role]) = 'number'
      and limits #>> array['role_limits', role] ~ '^\d{1,3}(\.\d{1,2})?$'
      and (limits #>> array['role_limits', role])::numeric <= 100
      then (limits #>> array['role_limits', role])::numeric
  end
$$;
comment on function private.role_limit is 'The limit of a role in limits to save, 0 to 100; null for anything else.';

create function private.limits_errors(company uuid, limits jsonb) returns text[]
language sql stable security invoker set search_path = ''
as $$
  select array[
    case
      when
        num_nulls(
          private.role_limit(limits, 'csm'), private.role_limit(limits, 'manager'), private.role_limit(limits, 'admin')
        ) > 0
        then 'Enter each limit as a percentage from 0 to 100.'
      when
        private.role_limit(limits, 'csm') >= private.role_limit(limits, 'manager')
        or private.role_limit(limits, 'manager') >= private.role_limit(limits, 'admin')
        then 'A manager has to be allowed more than a CSM, and an admin more than a manager.'
    end,
    (
      select format('%s may already go to %s%%.', p.full_name, b.up_to_percent)
      from public.approval_bands b join public.profiles p on p.id = b.approver_id
      where b.company_id = company and b.up_to_percent in (
        private.role_limit(limits, 'csm'), private.role_limit(limits, 'manager'), private.role_limit(limits, 'admin')
      ) limit 1
    ),
    (
      select format('Enter the days of “%s” as a number from 1 to 365.', private.severity_label(company, s.code))
      from public.severities s
      where
        (s.company_id = company or s.company_id is null)
        and not coalesce(
          private.whole_number(limits #> array['response_days', s.code]) between 1 and 365, false
        )
      order by s.position limit 1
    )
  ]
$$;
comment on function private.limits_errors is 'The errors of limits to save, as sentences and nulls.';

create function private.save_role_limits(company uuid, limits jsonb) returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  if not exists (
    select 1 from unnest(array['csm', 'manager', 'admin']) r (role)
    where private.role_limit(limits, r.role) is distinct from (
      select b.up_to_percent from private.company_approval_bands(company) b where b.approver_role = r.role)) then
    return;
  end if;
  delete from public.approval_bands b where b.company_id = company and b.approver_role is not null;
  insert into public.approval_bands (company_id, approver_role, up_to_percent)
  select company, r.role, private.role_limit(limits, r.role) from unnest(array['csm', 'manager', 'admin']) r (role);
end;
$$;
comment on function private.save_role_limits is
'Gives a company its own approval bands by role, unless they are what it has; bands of persons stay.';

-- A label such as “Critical: answer within 1 day” says the days too.
create function private.save_response_days(company uuid, limits jsonb) returns void
language sql volatile security definer set search_path = ''
as $$
  insert into public.severities as own (company_id, code, label, response_days, position)
  select
    company, s.code,
    case
      when strpos(s.label, ':') > 0
        then
          format(
            '%s: answer within %s day%s', split_part(s.label, ':', 1), d.days, case when d.days = 1 then '' else 's' end
          )
      else s.label
    end,
    d.days, s.position
  from (
    select distinct on (x.code) x.* from public.severities x
    where x.company_id = company or x.company_id is null order by x.code, x.company_id nulls last
  ) s
  cross join lateral (select private.whole_number(limits #> array['response_days', s.code]) as days) d
  where d.days <> s.response_days
  on conflict (company_id, code) do update set label = excluded.label, response_days = excluded.response_days
$$;
comment on function private.save_response_days is
'Gives a company its own days of the severities whose days change, with labels that say so.';

create function private.save_company_limits(p_limits jsonb, p_revision int) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.require_admin('Only an admin can change limits.');
begin
  perform private.raise_invalid(private.limits_errors(me.company_id, p_limits));
  perform private.begin_settings_change(me.company_id, p_revision);
  update public.company_settings s set updated_at = now() where s.company_id = me.company_id;
  perform private.save_role_limits(me.company_id, p_limits);
  perform private.save_response_days(me.company_id, p_limits);
  return private.company_rules(me.company_id);
end;
$$;
comment on function private.save_company_limits is 'See public.save_company_limits.';

create function public.save_company_limits(p_limits jsonb, p_revision int) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.save_company_limits(p_limits, p_revision) $$;
comment on function public.save_company_limits is
'An admin sets how far below list each role may go (role_limits) and the days of every severity (response_days), as of '
'a revision of the settings; returns company_rules. Raises PT400 with all errors, PT409 for an earlier revision.';
grant execute on function private.save_company_limits, public.save_company_limits to authenticated;
