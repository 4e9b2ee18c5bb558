-- What a company has done of what it begins with, for Today of the people who lead it.

create function private.first_steps() returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select
    jsonb_build_object(
      'has_settings',
      exists(select 1 from public.company_settings s where s.company_id = mine.id and s.revision > 1)
      or exists(select 1 from public.company_holidays h where h.company_id = mine.id),
      'customers',
      (select count(*) from public.customers c where c.company_id = mine.id),
      'colleagues',
      (
        select count(*) from public.profiles p
        where p.company_id = mine.id and p.is_active and p.id <> (select auth.uid())
      ),
      'invited',
      (select count(*) from public.company_invites i where i.company_id = mine.id and i.accepted_at is null)
    )
  from (select private.current_company_id() as id) mine
  where
    private.is_team_lead()
    and not exists(select 1 from public.workflow_executions e where e.company_id = mine.id)
$$;
comment on function private.first_steps is
'For who leads a company that has not started a run: whether it has settings of its own, its customers, colleagues and '
'open invitations. Else null.';
grant execute on function private.first_steps to authenticated;
