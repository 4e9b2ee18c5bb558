-- Approval limits of a company, as an admin sets them: how far below list each role may go alone, and persons who may go
-- further than their role. The severities that are saved beside them are in company_severities.sql.

create function private.percent_limit(value jsonb) returns numeric
language sql immutable set search_path = ''
as $$
  select case
    when jsonb_typeof(value) = 'number' and value #>> '{}' ~ '^\d{1,3}(\.\d{1,2})?$' and (value #>> '{}')::numeric <= 100
      then (value #>> '{}')::numeric
  end
$$;
comment on function private.percent_limit is 'A limit to save, 0 to 100 percent; null for anything else.';

create function private.role_limit(limits jsonb, role text) returns numeric
language sql immutable set search_path = ''
as $$ select private.percent_limit(limits #> array['role_limits', role]) $$;
comment on function private.role_limit is 'The limit of a role in limits to save, 0 to 100; null for anything else.';

create function private.are_person_limits(limits jsonb) returns boolean
language sql immutable set search_path = ''
as $$
  select case
    when jsonb_typeof(limits) is distinct from 'object' or limits -> 'person_limits' is null then true
    when jsonb_typeof(limits -> 'person_limits') <> 'array' then false
    when jsonb_array_length(limits -> 'person_limits') > 100 then false
    else not exists(
      select 1 from jsonb_array_elements(limits -> 'person_limits') p
      where case
        when jsonb_typeof(p) <> 'object' then true
        else p - array['person_id', 'up_to_percent'] <> '{}' or not p ?& array['person_id', 'up_to_percent']
      end
    )
  end
$$;
comment on function private.are_person_limits is
'True for limits with at most 100 limits of persons that can be read, or with none.';

-- Limits that name no persons leave those there are.
create function private.person_limits(company uuid, limits jsonb)
returns table (person public.profiles, up_to_percent numeric, place int)
language sql stable security definer set search_path = ''
as $$
  select p, private.percent_limit(l.value -> 'up_to_percent'), l.place::int
  from jsonb_array_elements(
    case when private.are_person_limits(limits) then coalesce(limits -> 'person_limits', '[]') else '[]' end
  ) with ordinality l (value, place)
  left join public.profiles p
    on p.id = private.parse_uuid(l.value ->> 'person_id') and p.company_id = company and p.is_active
  union all
  select p, b.up_to_percent::numeric, 0
  from private.company_approval_bands(company) b join public.profiles p on p.id = b.approver_id
  where not coalesce(limits ? 'person_limits', false)
$$;
comment on function private.person_limits is
'The persons with a limit of their own that limits to save would leave; null for whoever is no active colleague.';

create function private.person_limit_errors(company uuid, limits jsonb) returns text[]
language sql stable security definer set search_path = ''
as $$
  select array[
    case when not private.are_person_limits(limits) then 'The limits of persons cannot be read.' end,
    (
      select 'Choose people of your company who have not left.' from private.person_limits(company, limits) l
      where (l.person).id is null limit 1
    ),
    (
      select format('%s stands twice.', (l.person).full_name) from private.person_limits(company, limits) l
      where (l.person).id is not null group by (l.person).id, (l.person).full_name having count(*) > 1 limit 1
    ),
    (
      select format('Enter the limit of %s as a percentage from 0 to 100.', (l.person).full_name)
      from private.person_limits(company, limits) l
      where (l.person).id is not null and l.up_to_percent is null order by l.place limit 1
    ),
    (
      select
        format(
          '%s may already go to %s%% as %s: a limit of their own has to be higher.', (l.person).full_name,
          trim_scale(private.role_limit(limits, (l.person).role)),
          case (l.person).role when 'csm' then 'a CSM' when 'admin' then 'an admin' else 'a manager' end
        )
      from private.person_limits(company, limits) l
      where l.up_to_percent <= private.role_limit(limits, (l.person).role) order by l.place limit 1
    )
  ]
$$;
comment on function private.person_limit_errors is 'The errors of limits of persons to save, as sentences and nulls.';

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
    end
  ] || private.person_limit_errors(company, limits)
$$;
comment on function private.limits_errors is 'The errors of approval limits to save, as sentences and nulls.';

create function private.limits_bands(company uuid, limits jsonb) returns setof public.approval_bands
language sql stable security definer set search_path = ''
as $$
  select gen_random_uuid(), company, r.role, null::uuid, private.role_limit(limits, r.role)::private.percentage
  from unnest(array['csm', 'manager', 'admin']) r (role)
  union all
  select gen_random_uuid(), company, null, (l.person).id, l.up_to_percent::private.percentage
  from private.person_limits(company, limits) l
$$;
comment on function private.limits_bands is 'The approval bands that limits to save would give a company.';

create function private.save_bands(company uuid, limits jsonb) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  wanted constant public.approval_bands[] := array(select b from private.limits_bands(company, limits) b);
begin
  if not exists (
    (select b.approver_role, b.approver_id, b.up_to_percent from unnest(wanted) b
     except select b.approver_role, b.approver_id, b.up_to_percent from private.company_approval_bands(company) b)
    union all
    (select b.approver_role, b.approver_id, b.up_to_percent from private.company_approval_bands(company) b
     except select b.approver_role, b.approver_id, b.up_to_percent from unnest(wanted) b)) then
    return;
  end if;
  delete from public.approval_bands b
  where b.company_id = company and not exists (
    select 1 from unnest(wanted) w
    where (w.approver_role, w.approver_id) is not distinct from (b.approver_role, b.approver_id));
  insert into public.approval_bands as own (company_id, approver_role, approver_id, up_to_percent)
  select w.company_id, w.approver_role, w.approver_id, w.up_to_percent from unnest(wanted) w
  on conflict (company_id, approver_role, approver_id) do update set up_to_percent = excluded.up_to_percent
  where own.up_to_percent <> excluded.up_to_percent;
end;
$$;
comment on function private.save_bands is
'Gives a company its own approval bands, unless they are what it has. Limits that name no persons leave theirs.';

create function private.save_company_limits(p_limits jsonb, p_revision int) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.require_admin('Only an admin can change limits.');
  bands_before constant public.approval_bands[] := array(select b from private.company_approval_bands(me.company_id) b);
  days_before constant jsonb := private.severity_days(me.company_id);
begin
  perform private.raise_invalid(
    private.limits_errors(me.company_id, p_limits) || private.severity_errors(me.company_id, p_limits));
  perform private.begin_settings_change(me.company_id, p_revision);
  update public.company_settings s set updated_at = now() where s.company_id = me.company_id;
  perform private.save_bands(me.company_id, p_limits);
  perform private.save_severities(me.company_id, p_limits);
  perform private.apply_limits_to_open_work(me.company_id, bands_before, days_before);
  return private.company_rules(me.company_id);
end;
$$;
comment on function private.save_company_limits is 'See public.save_company_limits.';

create function public.save_company_limits(p_limits jsonb, p_revision int) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.save_company_limits(p_limits, p_revision) $$;
comment on function public.save_company_limits is
'An admin sets how far below list each role may go (role_limits), persons who may go further (person_limits; without it '
'they stay) and the severities with their days (all of them; one without a code is new), as of a revision of the '
'settings; open prices and escalations follow. Returns company_rules. Raises PT400 with all errors, PT409 for an '
'earlier revision.';
grant execute on function private.save_company_limits, public.save_company_limits to authenticated;
