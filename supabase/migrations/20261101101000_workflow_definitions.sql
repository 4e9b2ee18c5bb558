-- Workflows. A definition is the working copy; a version is what was published, and never changes.

create function private.is_slide_sequence(slides text[]) returns boolean
language sql immutable set search_path = ''
as $$
  select coalesce(
    array_ndims(slides) = 1 and cardinality(slides) between 1 and 40
    and cardinality(slides) = (select count(distinct s) from unnest(slides) s), false
  )
$$;
comment on function private.is_slide_sequence is 'True for one to forty slide ids, none twice.';
grant execute on function private.is_slide_sequence to authenticated, service_role;

create type private.suggestion_rule as (
  rank int, signals text [], only_leading boolean, deadline_points_from int, deadline_points_below int,
  arr_from private.amount
);
comment on type private.suggestion_rule is
'When Today suggests a workflow. Null fits all; of the rules that fit, the lowest rank wins. signals: the customer has '
'one of them (only_leading: as the strongest). Deadline points are 0 to 40, as in customer_priorities.';

create table public.workflow_definitions (
  id uuid primary key default gen_random_uuid(),
  workflow_id text not null check (workflow_id ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(workflow_id) <= 100),
  company_id uuid references public.companies (id),
  name text not null check (length(name) between 1 and 200),
  description text not null default '',
  category text not null check (category in ('renewal', 'risk', 'strategy', 'expansion')),
  slide_sequence text[] not null check (private.is_slide_sequence(slide_sequence)),
  slide_contexts jsonb not null default '{}' check (
    private.is_readable_json(slide_contexts)
    and jsonb_typeof(slide_contexts) = 'object' and length(slide_contexts::text) <= 200000
  ),
  suggested_when jsonb check (
    private.is_readable_json(suggested_when)
    and (jsonb_populate_record(null::private.suggestion_rule, suggested_when)).rank is not null
    or suggested_when is null
  ),
  is_stock_workflow boolean not null generated always as (company_id is null) stored,
  cloned_from uuid references public.workflow_definitions (id),
  cloned_from_version int,
  status text not null default 'draft' check (status in ('draft', 'published', 'archived')),
  created_by uuid,
  revision int not null default 1,
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  unique nulls not distinct (workflow_id, company_id),
  unique (id, company_id),
  foreign key (created_by, company_id) references public.profiles (id, company_id)
);
comment on table public.workflow_definitions is
'A workflow: its slides in order, and their texts. Archived, never deleted.';
comment on column public.workflow_definitions.id is 'Identity of the definition.';
comment on column public.workflow_definitions.workflow_id is
'Readable id; a company''s own definition wins over the stock one with the same id.';
comment on column public.workflow_definitions.company_id is 'Tenant; null for a stock workflow.';
comment on column public.workflow_definitions.name is 'Name on screen.';
comment on column public.workflow_definitions.description is 'When to use it, in a sentence.';
comment on column public.workflow_definitions.category is
'renewal, risk, strategy or expansion; decides which outcomes are offered.';
comment on column public.workflow_definitions.slide_sequence is
'Slide ids in order; the slide library knows what each is.';
comment on column public.workflow_definitions.slide_contexts is
'By slide id: texts that override those of the library.';
comment on column public.workflow_definitions.suggested_when is
'When Today suggests it, a private.suggestion_rule as JSON; null: as the stock workflow with this id, or never.';
comment on column public.workflow_definitions.is_stock_workflow is 'True when it belongs to no company.';
comment on column public.workflow_definitions.cloned_from is 'The stock definition it was copied from.';
comment on column public.workflow_definitions.cloned_from_version is
'The version of that definition it was copied from.';
comment on column public.workflow_definitions.status is
'draft (never published), published, or archived (starts no more runs).';
comment on column public.workflow_definitions.created_by is 'Who created it; null for stock.';
comment on column public.workflow_definitions.revision is 'Grows with every update; compare-and-set.';
comment on column public.workflow_definitions.created_at is 'When the row was inserted.';
comment on column public.workflow_definitions.updated_at is 'When the row last changed.';
create index workflow_definitions_company on public.workflow_definitions (company_id);
create index workflow_definitions_cloned_from on public.workflow_definitions (cloned_from);
create index workflow_definitions_created_by on public.workflow_definitions (created_by, company_id);
create trigger touch before update on public.workflow_definitions
for each row execute function private.touch_updated_at();
create trigger revise before update on public.workflow_definitions
for each row execute function private.increment_revision();

create table public.workflow_definition_versions (
  id uuid primary key default gen_random_uuid(),
  definition_id uuid not null references public.workflow_definitions (id),
  company_id uuid references public.companies (id),
  workflow_id text not null,
  version int not null check (version > 0),
  name text not null,
  description text not null,
  category text not null check (category in ('renewal', 'risk', 'strategy', 'expansion')),
  slide_sequence text[] not null,
  slide_contexts jsonb not null check (private.is_readable_json(slide_contexts)),
  note text check (length(note) <= 2000),
  published_by uuid references public.profiles (id) on delete set null,
  created_at private.moment not null default now(),
  unique (definition_id, version)
);
comment on table public.workflow_definition_versions is
'A definition as it was published. Immutable; runs are pinned to one.';
comment on column public.workflow_definition_versions.id is 'Identity of the version.';
comment on column public.workflow_definition_versions.definition_id is 'The definition it was published from.';
comment on column public.workflow_definition_versions.company_id is 'Tenant; null for a stock workflow.';
comment on column public.workflow_definition_versions.workflow_id is 'Readable id of the workflow.';
comment on column public.workflow_definition_versions.version is '1, 2, 3 … within the definition.';
comment on column public.workflow_definition_versions.name is 'Name as published.';
comment on column public.workflow_definition_versions.description is 'Description as published.';
comment on column public.workflow_definition_versions.category is 'Category as published.';
comment on column public.workflow_definition_versions.slide_sequence is 'Slide ids as published.';
comment on column public.workflow_definition_versions.slide_contexts is 'Slide contexts as published.';
comment on column public.workflow_definition_versions.note is 'What changed, in the words of the publisher.';
comment on column public.workflow_definition_versions.published_by is 'Who published; null for stock.';
comment on column public.workflow_definition_versions.created_at is 'When it was published.';
create index workflow_definition_versions_company on public.workflow_definition_versions (company_id);
create index workflow_definition_versions_published_by on public.workflow_definition_versions (published_by);

create function private.guard_definition() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  has_version boolean;
begin
  -- A workflow of slides that are gone can still be archived.
  if tg_op = 'INSERT' or (new.slide_sequence, new.slide_contexts)
     is distinct from (old.slide_sequence, old.slide_contexts) then
    perform private.require_known_slides(new.slide_sequence || array(select s from jsonb_object_keys(
      case when jsonb_typeof(new.slide_contexts) = 'object' then new.slide_contexts else '{}' end) s));
    perform private.require_known_context_keys(new.slide_contexts);
  end if;
  if tg_op = 'INSERT' then
    if new.cloned_from is not null and not exists (
      select 1 from public.workflow_definitions d
      where d.id = new.cloned_from and (d.company_id is null or d.company_id = new.company_id)) then
      raise sqlstate 'PT404' using message = 'The workflow to copy does not exist, or you don''t have access to it.';
    end if;
  elsif new.status <> old.status then
    has_version := exists (select 1 from public.workflow_definition_versions v where v.definition_id = new.id);
    if new.status = 'published' and not has_version then
      raise sqlstate 'PT409' using message = 'This workflow has not been published yet.', hint = 'Publish it.';
    elsif new.status = 'draft' and has_version then
      raise sqlstate 'PT409' using message = 'A published workflow does not become a draft again.',
        hint = 'Archive it.';
    end if;
  end if;
  return new;
end;
$$;
comment on function private.guard_definition is
'Before a definition is written: its slides and the fields of their contexts exist, it is copied from one that is '
'visible, and published only with a version.';
create trigger guard before insert or update on public.workflow_definitions
for each row execute function private.guard_definition();

create function private.forbid_version_change() returns trigger
language plpgsql set search_path = ''
as $$
begin
  raise sqlstate 'PT409' using message = 'A published version never changes.', hint = 'Publish a new one.';
end;
$$;
comment on function private.forbid_version_change is 'Before update: raises PT409.';
create trigger immutable before update of definition_id, company_id, workflow_id, version, name, description, category,
slide_sequence, slide_contexts, note on public.workflow_definition_versions
for each row execute function private.forbid_version_change();

alter table public.workflow_definitions enable row level security;
alter table public.workflow_definition_versions enable row level security;
revoke all on public.workflow_definitions, public.workflow_definition_versions from anon, authenticated;
grant select,
insert (
  id,
  company_id,
  workflow_id,
  name,
  description,
  category,
  slide_sequence,
  slide_contexts,
  suggested_when,
  cloned_from,
  cloned_from_version,
  status,
  created_by
),
update (
  name, description, category, slide_sequence, slide_contexts, suggested_when, cloned_from_version, status, revision
)
on public.workflow_definitions to authenticated;
grant select on public.workflow_definition_versions to authenticated;

create policy "members read stock and their company's definitions" on public.workflow_definitions
for select to authenticated
using (
  (company_id is null and (select private.current_company_id()) is not null)
  or company_id = (select private.current_company_id())
);
create policy "members add drafts of their own" on public.workflow_definitions
for insert to authenticated
with check (
  company_id = (select private.current_company_id()) and created_by = (select auth.uid()) and status = 'draft'
);
create policy "members change drafts of their own, leaders the company's" on public.workflow_definitions
for update to authenticated
using (
  company_id = (select private.current_company_id())
  and ((status = 'draft' and created_by = (select auth.uid())) or (select private.is_team_lead()))
)
with check (
  company_id = (select private.current_company_id())
  and ((status = 'draft' and created_by = (select auth.uid())) or (select private.is_team_lead()))
);

create policy "members read stock and their company's versions" on public.workflow_definition_versions
for select to authenticated
using (
  (company_id is null and (select private.current_company_id()) is not null)
  or company_id = (select private.current_company_id())
);

-- Definer, with the whole rule inside: nobody may insert a version.
create function private.publish_workflow(definition uuid, expected_revision int, what_changed text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  draft public.workflow_definitions;
  made public.workflow_definition_versions;
begin
  select * into draft from public.workflow_definitions
  where id = definition and company_id = private.current_company_id() for update;
  if not found then
    raise sqlstate 'PT404' using message = 'This workflow does not exist, or is not your company''s own.';
  end if;
  if not private.is_team_lead() then
    raise sqlstate 'PT403' using message = 'Only a manager can publish a workflow.',
      hint = 'Ask your manager to review the draft.';
  end if;
  if draft.revision is distinct from expected_revision then
    raise sqlstate 'PT409' using message = 'This workflow was changed after you opened it.',
      detail = to_jsonb(draft)::text, hint = 'Review the change, then publish.';
  end if;
  if not 'summary' = any (draft.slide_sequence) then
    raise sqlstate 'PT400' using message = 'A workflow without the slide “summary” cannot be published.',
      hint = 'Add it: the outcome of a run is recorded there.';
  end if;
  if length(what_changed) > 2000 then
    raise sqlstate 'PT400' using message = 'The note on what changed can have up to 2,000 characters.';
  end if;
  insert into public.workflow_definition_versions (definition_id, company_id, workflow_id, version, name, description,
    category, slide_sequence, slide_contexts, note, published_by)
  select draft.id, draft.company_id, draft.workflow_id, coalesce(max(v.version), 0) + 1, draft.name, draft.description,
    draft.category, draft.slide_sequence, draft.slide_contexts, what_changed, auth.uid()
  from public.workflow_definition_versions v where v.definition_id = draft.id
  returning * into made;
  update public.workflow_definitions set status = 'published' where id = draft.id;
  return to_jsonb(made);
end;
$$;
comment on function private.publish_workflow is 'See public.publish_workflow.';

create function public.publish_workflow(p_definition_id uuid, p_revision int, p_note text default null) returns jsonb
language sql security invoker set search_path = ''
as $$ select private.publish_workflow(p_definition_id, p_revision, p_note) $$;
comment on function public.publish_workflow is
'Publishes a definition of one''s company as its next version: managers and admins. Compare-and-set on revision.';
grant execute on function private.publish_workflow, public.publish_workflow to authenticated;
