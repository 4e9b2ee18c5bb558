-- Drafts of workflows. Each is somebody's own and takes no id: any number of drafts may be meant for one workflow, and
-- publish_workflow makes one of them its next version (docs/decisions/0024-workflow-drafts.md).

create table public.workflow_drafts (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null references public.companies (id),
  author_id uuid not null,
  base_version_id uuid references public.workflow_definition_versions (id) on delete set null,
  stock_version_id uuid references public.workflow_definition_versions (id) on delete set null,
  workflow_id text not null check (workflow_id ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(workflow_id) <= 100),
  name text not null check (length(name) between 1 and 200 and not private.is_blank(name)),
  description text not null default '' check (length(description) <= 20000),
  category text not null check (category in ('renewal', 'risk', 'strategy', 'expansion')),
  slide_sequence text[] not null check (private.is_slide_sequence(slide_sequence)),
  slide_contexts jsonb not null default '{}' check (private.is_slide_contexts(slide_contexts)),
  chat_branches jsonb not null default '{}' check (private.is_chat_branches(chat_branches)),
  branches_read_at private.moment,
  suggested_when jsonb check (suggested_when is null or private.is_suggestion_rule(suggested_when)),
  begun_when jsonb check (begun_when is null or private.is_trigger_rule(begun_when)),
  revision int not null default 1,
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  foreign key (author_id, company_id) references public.profiles (id, company_id)
);
comment on table public.workflow_drafts is
'A workflow somebody is writing. Publishing makes it the next version of its workflow, and the draft is gone.';
comment on column public.workflow_drafts.id is 'Identity of the draft.';
comment on column public.workflow_drafts.company_id is 'Tenant.';
comment on column public.workflow_drafts.author_id is
'Whose draft it is; nobody else changes it, a leader may discard it.';
comment on column public.workflow_drafts.base_version_id is
'The version it began with, stock''s or the company''s; null for one from scratch.';
comment on column public.workflow_drafts.stock_version_id is
'The stock version whose changes were merged into it; its workflow counts as copied from that one once published.';
comment on column public.workflow_drafts.workflow_id is
'Id of the workflow it is meant for; the draft does not take it.';
comment on column public.workflow_drafts.name is 'Name on screen.';
comment on column public.workflow_drafts.description is 'When to use it, in a sentence.';
comment on column public.workflow_drafts.category is
'renewal, risk, strategy or expansion; decides which outcomes are offered.';
comment on column public.workflow_drafts.slide_sequence is 'Addresses of its slides, in order.';
comment on column public.workflow_drafts.slide_contexts is 'By address: texts that override those of the library.';
comment on column public.workflow_drafts.chat_branches is
'By address: the branches its slides offer in chat, in order; unfinished ones too.';
comment on column public.workflow_drafts.branches_read_at is
'When the branches its workflow offers were copied into it; a copy of the draft has the same. What was promoted since, '
'its author has not seen; null: nothing of it.';
comment on column public.workflow_drafts.suggested_when is
'When Today suggests it, a private.suggestion_rule as JSON; null: as the stock workflow with this id, or never.';
comment on column public.workflow_drafts.begun_when is
'For which customers its workflow is to begin by itself, as JSON; null: for none.';
comment on column public.workflow_drafts.revision is 'Grows with every update; compare-and-set.';
comment on column public.workflow_drafts.created_at is 'When the row was inserted.';
comment on column public.workflow_drafts.updated_at is 'When the row last changed.';
create index workflow_drafts_company on public.workflow_drafts (company_id, updated_at desc, id desc);
create index workflow_drafts_author on public.workflow_drafts (author_id, company_id);
create index workflow_drafts_base_version on public.workflow_drafts (base_version_id);
create index workflow_drafts_stock_version on public.workflow_drafts (stock_version_id);
create trigger touch before update on public.workflow_drafts
for each row execute function private.touch_updated_at();
create trigger revise before update on public.workflow_drafts
for each row execute function private.increment_revision();

create function private.changed_entries(before jsonb, after jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
  select case
    when jsonb_typeof(before) = 'object' and jsonb_typeof(after) = 'object'
      then (
        select coalesce(jsonb_object_agg(e.key, e.value), '{}')
        from jsonb_each(after) e where before -> e.key is distinct from e.value
      )
    else after
  end
$$;
comment on function private.changed_entries is
'The entries of a JSON object that are not in the one before it; all of it where one of them is no object.';

create function private.guard_draft() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  most constant int := 50;
  contexts jsonb := new.slide_contexts;
  branches jsonb := new.chat_branches;
begin
  if new.branches_read_at > now() then
    new.branches_read_at := now();
  end if;
  -- A draft is saved while its author types: what it had before was checked when it came, and is when it is published.
  if tg_op = 'UPDATE' and new.company_id = old.company_id then
    contexts := private.changed_entries(old.slide_contexts, contexts);
    branches := private.changed_entries(old.chat_branches, branches);
  end if;
  perform private.require_known_content(new.slide_sequence, contexts);
  perform private.require_known_branches(branches, new.company_id);
  if new.base_version_id is not null and not exists (
    select 1 from public.workflow_definition_versions v
    where v.id = new.base_version_id and (v.company_id is null or v.company_id = new.company_id)) then
    raise sqlstate 'PT404' using message = 'The workflow to copy does not exist, or you don''t have access to it.';
  elsif new.stock_version_id is not null and not exists (
    select 1 from public.workflow_definition_versions v where v.id = new.stock_version_id and v.company_id is null) then
    raise sqlstate 'PT404' using message = 'This stock version does not exist.';
  elsif tg_op = 'INSERT' and most <= (
    select count(*) from public.workflow_drafts d where d.author_id = new.author_id) then
    raise sqlstate 'PT409' using message = format('You can have up to %s drafts.', most), hint = 'Discard one first.';
  end if;
  return new;
end;
$$;
comment on function private.guard_draft is
'Before a draft is written: its slides, the fields of the contexts it did not have and the actions of such branches '
'exist, the version it began with is visible, and nobody has more than 50.';
create trigger guard before insert or update on public.workflow_drafts
for each row execute function private.guard_draft();

alter table public.workflow_drafts enable row level security;
revoke all on public.workflow_drafts from anon, authenticated;
grant select,
insert (
  company_id, author_id, base_version_id, stock_version_id, workflow_id, name, description, category, slide_sequence,
  slide_contexts, chat_branches, branches_read_at, suggested_when, begun_when
),
update (
  base_version_id, stock_version_id, workflow_id, name, description, category, slide_sequence, slide_contexts,
  chat_branches, suggested_when, begun_when
),
delete
on public.workflow_drafts to authenticated;
create policy "members read their company's drafts" on public.workflow_drafts
for select to authenticated using (company_id = (select private.current_company_id()));
create policy "members add drafts of their own" on public.workflow_drafts
for insert to authenticated
with check (company_id = (select private.current_company_id()) and author_id = (select auth.uid()));
create policy "members change drafts of their own" on public.workflow_drafts
for update to authenticated
using (company_id = (select private.current_company_id()) and author_id = (select auth.uid()))
with check (company_id = (select private.current_company_id()) and author_id = (select auth.uid()));
create policy "members discard their drafts, leaders those of the company" on public.workflow_drafts
for delete to authenticated
using (
  company_id = (select private.current_company_id())
  and (author_id = (select auth.uid()) or (select private.is_team_lead()))
);

create function public.list_workflow_drafts(p_workflow_id text) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select
    coalesce(jsonb_agg(jsonb_build_object(
      'id', w.id, 'name', w.name, 'author_id', w.author_id, 'author_name', p.full_name,
      'is_own', w.author_id = (select auth.uid()), 'revision', w.revision, 'created_at', w.created_at,
      'updated_at', w.updated_at, 'seconds_since_change', floor(extract(epoch from now() - w.updated_at))::bigint,
      'base_version', v.version
    ) order by w.updated_at desc, w.id), '[]')
  from public.workflow_drafts w join public.profiles p on p.id = w.author_id
  left join public.workflow_definition_versions v on v.id = w.base_version_id
  where w.workflow_id = p_workflow_id and w.company_id = (select private.current_company_id())
$$;
comment on function public.list_workflow_drafts is
'The company''s drafts that are meant for one workflow: whose, when changed last, and the version each began with.';
grant execute on function public.list_workflow_drafts to authenticated;

create function private.lock_draft(draft uuid, expected_revision int) returns public.workflow_drafts
language plpgsql volatile security definer set search_path = ''
as $$
declare
  locked public.workflow_drafts;
begin
  select * into locked from public.workflow_drafts d
  where d.id = draft and d.company_id = private.current_company_id() for update;
  if not found then
    raise sqlstate 'PT404' using message = 'This draft does not exist, or you don''t have access to it.',
      hint = 'Someone may have published or discarded it.';
  elsif not private.is_team_lead() then
    raise sqlstate 'PT403' using message = 'Only a manager can publish a workflow.',
      hint = 'Ask your manager to review the draft.';
  elsif locked.revision is distinct from expected_revision then
    raise sqlstate 'PT409' using message = 'This draft was changed after you opened it.',
      detail = to_jsonb(locked)::text, hint = 'Review the change, then publish.';
  end if;
  return locked;
end;
$$;
comment on function private.lock_draft is
'A draft of the company at this revision, locked; raises PT404, PT403 or PT409 for any other.';

create function private.write_published_definition(
  draft public.workflow_drafts, base public.workflow_definition_versions
) returns public.workflow_definitions
language plpgsql volatile security definer set search_path = ''
as $$
declare
  line public.workflow_definitions;
  latest public.workflow_definition_versions;
begin
  insert into public.workflow_definitions (company_id, workflow_id, name, description, category, slide_sequence,
    slide_contexts, suggested_when, begun_when, cloned_from, cloned_from_version, created_by)
  values (draft.company_id, draft.workflow_id, draft.name, draft.description, draft.category, draft.slide_sequence,
    draft.slide_contexts, draft.suggested_when, draft.begun_when, base.definition_id, base.version, draft.author_id)
  on conflict (workflow_id, company_id) do nothing returning * into line;
  if found then
    return line;
  end if;
  select * into line from public.workflow_definitions d
  where (d.workflow_id, d.company_id) = (draft.workflow_id, draft.company_id) for update;
  select * into latest from public.workflow_definition_versions v
  where v.definition_id = line.id order by v.version desc limit 1;
  -- Nothing is published over what its author has not seen. An archived workflow is in nobody's way.
  if line.status = 'published' and latest.id is distinct from base.id then
    raise sqlstate 'PT409' using
      message = format('“%s” has version %s, which this draft did not begin with.', latest.name, latest.version),
      detail = to_jsonb(latest)::text, hint = 'Begin a draft with that version, or give this one another id.';
  end if;
  update public.workflow_definitions d
  set name = draft.name, description = draft.description, category = draft.category,
      slide_sequence = draft.slide_sequence, slide_contexts = draft.slide_contexts,
      suggested_when = draft.suggested_when, begun_when = draft.begun_when, status = 'published',
      cloned_from_version = greatest(d.cloned_from_version, (
        select v.version from public.workflow_definition_versions v
        where v.id = draft.stock_version_id and v.definition_id = d.cloned_from))
  where d.id = line.id returning * into line;
  return line;
end;
$$;
comment on function private.write_published_definition is
'The workflow of a draft with the draft''s content, added or changed; it counts as copied from the stock version merged '
'into the draft. Raises PT409 over a version the draft did not begin with.';

-- Definer, with the whole rule inside: nobody may insert a version or write a definition's content.
create function private.publish_workflow(p_draft_id uuid, p_revision int, p_note text) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  draft constant public.workflow_drafts := private.lock_draft(p_draft_id, p_revision);
  base public.workflow_definition_versions;
  line public.workflow_definitions;
  made public.workflow_definition_versions;
begin
  if not exists (
    select 1 from unnest(draft.slide_sequence) s where private.slide_of_address(s) = 'summary') then
    raise sqlstate 'PT400' using message = 'A workflow without the slide “summary” cannot be published.',
      hint = 'Add it: the outcome of a run is recorded there.';
  elsif length(p_note) > 2000 then
    raise sqlstate 'PT400' using message = 'The note on what changed can have up to 2,000 characters.';
  end if;
  perform private.raise_invalid(private.branch_errors(draft.slide_sequence, draft.chat_branches, draft.company_id));
  select * into base from public.workflow_definition_versions v where v.id = draft.base_version_id;
  line := private.write_published_definition(draft, base);
  insert into public.workflow_definition_versions (definition_id, company_id, workflow_id, version, name, description,
    category, slide_sequence, slide_contexts, chat_branches, note, drafted_by, published_by)
  select line.id, line.company_id, line.workflow_id, coalesce(max(v.version), 0) + 1, line.name, line.description,
    line.category, line.slide_sequence, line.slide_contexts, draft.chat_branches, p_note, draft.author_id, auth.uid()
  from public.workflow_definition_versions v where v.definition_id = line.id
  returning * into made;
  perform private.write_branches_of_version(made, draft, base.chat_branches);
  delete from public.workflow_drafts d where d.id = draft.id;
  return to_jsonb(made);
end;
$$;
comment on function private.publish_workflow is 'See public.publish_workflow.';

create function public.publish_workflow(p_draft_id uuid, p_revision int, p_note text default null) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.publish_workflow(p_draft_id, p_revision, p_note) $$;
comment on function public.publish_workflow is
'Makes a draft of one''s company the next version of its workflow: managers and admins. Compare-and-set on revision.';
grant execute on function private.publish_workflow, public.publish_workflow to authenticated;
