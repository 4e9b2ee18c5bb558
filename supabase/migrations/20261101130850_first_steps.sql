-- What a company has done of what it begins with, for Today of the people who lead it. PL/pgSQL, since imports are made
-- after it.

create function private.first_steps() returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  company constant uuid := private.current_company_id();
  has_runs constant boolean := exists (select 1 from public.workflow_executions e where e.company_id = company);
  demo_book constant jsonb := (
    select jsonb_build_object('import_id', i.id, 'status', i.status) from public.imports i
    where i.company_id = company and i.kind = 'demo_book' and i.status in ('decided', 'applied', 'stopped')
    order by i.created_at desc limit 1);
begin
  if not private.is_team_lead() or has_runs and demo_book is null then
    return null;
  end if;
  return jsonb_build_object(
    'has_settings',
    exists (select 1 from public.company_settings s where s.company_id = company and s.revision > 1)
    or exists (select 1 from public.company_holidays h where h.company_id = company),
    'customers',
    (select count(*) from public.customers c where c.company_id = company),
    'colleagues',
    (
      select count(*) from public.profiles p
      where p.company_id = company and p.is_active and p.id <> (select auth.uid())
    ),
    'invited',
    (select count(*) from public.company_invites i where i.company_id = company and i.accepted_at is null),
    'has_runs', has_runs,
    'demo_book', demo_book
  );
end;
$$;
comment on function private.first_steps is
'For who leads a company that has not started a run, or has the demo book: whether it has settings of its own and runs, '
'its customers, colleagues and open invitations, and the import of the demo book. Else null.';
grant execute on function private.first_steps to authenticated;
