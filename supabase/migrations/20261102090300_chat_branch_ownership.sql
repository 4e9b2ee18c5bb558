-- A company may offer branches of its own on stock workflows too. Anyone drafts one; leaders publish it.

alter table public.workflow_chat_branches
  drop constraint workflow_chat_branches_definition_id_slide_id_branch_key_key,
  add column promoted_from uuid,
  add unique nulls not distinct (definition_id, company_id, slide_id, branch_key),
  add foreign key (promoted_from, company_id) references public.workflow_chat_messages (id, company_id),
  add check (length(branch_key) between 1 and 100),
  add check (length(response_text) <= 40000 and length(prompt) <= 40000),
  add check (status <> 'published' or case branch_type
    when 'fixed' then length(trim(response_text)) > 0
    when 'saved_action' then saved_action_id is not null
    else length(trim(prompt)) > 0 end is true);
comment on column public.workflow_chat_branches.company_id is 'Tenant; null for stock. A company''s own stands in for the stock one of the same key.';
comment on column public.workflow_chat_branches.promoted_from is 'The answer it was made from.';
create index workflow_chat_branches_promoted_from on public.workflow_chat_branches (promoted_from, company_id);
grant insert (promoted_from) on public.workflow_chat_branches to authenticated;

drop policy "leaders add branches to their company's workflows" on public.workflow_chat_branches;
drop policy "leaders change their company's branches" on public.workflow_chat_branches;
create policy "members draft branches on stock and their company's workflows, leaders publish" on public.workflow_chat_branches
for insert to authenticated
with check (company_id = (select private.my_company()) and created_by = (select auth.uid())
            and (status = 'draft' or (select private.leads_team()))
            and exists (select 1 from public.workflow_definitions d where d.id = definition_id)
            and (promoted_from is null or private.may_read_message(promoted_from))
            and (saved_action_id is null or exists (select 1 from public.saved_actions a where a.id = saved_action_id)));
create policy "members change drafts of their own, leaders the company's branches" on public.workflow_chat_branches
for update to authenticated
using (company_id = (select private.my_company())
       and ((status = 'draft' and created_by = (select auth.uid())) or (select private.leads_team())))
with check (company_id = (select private.my_company())
            and ((status = 'draft' and created_by = (select auth.uid())) or (select private.leads_team()))
            and (saved_action_id is null or exists (select 1 from public.saved_actions a where a.id = saved_action_id)));
