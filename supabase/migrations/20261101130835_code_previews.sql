-- What other reasons to skip and outcomes would change before they are saved: which codes, and where they are in use.

create function private.code_uses(company uuid) returns table (list text, code text, execution_id uuid, is_open boolean)
language sql stable security definer set search_path = ''
as $$
  select 'skip_reasons', e.skip_reason, e.id, e.ended_at is null
  from public.workflow_executions e where e.company_id = company and e.skip_reason is not null
  union
  select 'skip_reasons', s.skip_reason, e.id, e.ended_at is null
  from public.workflow_step_executions s join public.workflow_executions e on e.id = s.execution_id
  where s.company_id = company and s.skip_reason is not null
  union
  select 'outcome_codes', e.outcome_code, e.id, e.ended_at is null
  from public.workflow_executions e where e.company_id = company and e.outcome_code is not null
$$;
comment on function private.code_uses is 'The runs of a company that name a reason to skip or an outcome, each once.';

create function private.stored_codes(company uuid) returns table (list text, code text, fields jsonb)
language sql stable security definer set search_path = ''
as $$
  select 'skip_reasons', k.code, to_jsonb(r) from unnest(private.known_codes(company, 'skip_reasons')) k (code)
  cross join lateral private.find_skip_reason(company, k.code) r
  union all
  (
    select distinct on (o.code) 'outcome_codes', o.code, to_jsonb(o) from public.outcome_codes o
    where o.company_id = company or o.company_id is null order by o.code, o.company_id nulls last
  )
$$;
comment on function private.stored_codes is 'The reasons to skip and outcomes of a company as they are in force.';

create function private.code_changes(company uuid, codes jsonb)
returns table (list text, code text, before jsonb, after jsonb)
language sql stable security definer set search_path = ''
as $$
  select s.list, s.code, b.fields, r.fields
  from private.stored_codes(company) s
  cross join lateral (select x.* from private.code_rows(codes, s.list) x where x.code = s.code) r
  cross join lateral (
    select jsonb_object_agg(k.key, s.fields -> k.key) as fields from jsonb_object_keys(r.fields) k (key)
  ) b
  where
    b.fields - 'categories' <> r.fields - 'categories' || jsonb_build_object('label', r.label)
    or not coalesce(b.fields -> 'categories' @> (r.fields -> 'categories'), true)
    or not coalesce(b.fields -> 'categories' <@ (r.fields -> 'categories'), true)
$$;
comment on function private.code_changes is 'The stored codes that lists to save would change, before and after.';

create function private.preview_company_codes(p_codes jsonb) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  company constant uuid := private.current_company_id();
begin
  perform private.require_member();
  if not private.is_team_lead() then
    raise sqlstate 'PT403' using message = 'Only a manager or an admin can try other reasons and outcomes.';
  end if;
  perform private.raise_invalid(private.company_code_errors(company, p_codes));
  return (
    select jsonb_build_object(
      'added_count', (
        select count(*) from unnest(array['skip_reasons', 'outcome_codes']) l (list)
        cross join lateral private.code_rows(p_codes, l.list) r where r.code is null),
      'changed', coalesce(jsonb_agg(jsonb_build_object(
        'list', c.list, 'code', c.code, 'before', c.before, 'after', c.after,
        'open_count', (
          select count(*) from private.code_uses(company) u where (u.list, u.code) = (c.list, c.code) and u.is_open),
        'finished_count', (
          select count(*) from private.code_uses(company) u where (u.list, u.code) = (c.list, c.code) and not u.is_open)
      ) order by c.list desc, c.before ->> 'label'), '[]'))
    from private.code_changes(company, p_codes) c);
end;
$$;
comment on function private.preview_company_codes is 'See public.preview_company_codes.';

create function public.preview_company_codes(p_codes jsonb) returns jsonb
language sql stable security invoker set search_path = ''
as $$ select private.preview_company_codes(p_codes) $$;
comment on function public.preview_company_codes is
'For a leader: what reasons and outcomes, as save_company_codes takes them, would change before they are saved. Each code '
'that changes, before and after, with the open and the finished runs that name it; how many are added. Raises PT400 with '
'all errors, PT403.';

grant execute on function private.preview_company_codes, public.preview_company_codes to authenticated;
