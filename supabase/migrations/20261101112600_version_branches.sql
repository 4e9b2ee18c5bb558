-- Branches of a version. A draft and a version hold the branches of their slides as content; publishing writes the rows
-- of workflow_chat_branches, which are their identities: messages refer to them. A run reads the content of the version
-- it is pinned to. Rows of no version, stock's and promoted answers, are offered beside it
-- (docs/decisions/0041-branches-in-versions.md).

create function private.branch_rows(branches jsonb)
returns table (
  slide_id text, place int, branch_key text, branch_type text, label text, response_text text, prompt text,
  saved_action_id uuid, snooze_days int, next_branch_key text
)
language sql immutable set search_path = ''
as $$
  select
    s.slide, b.place::int, b.branch ->> 'branch_key', b.branch ->> 'branch_type', b.branch ->> 'label',
    b.branch ->> 'response_text', b.branch ->> 'prompt', (b.branch ->> 'saved_action_id')::uuid,
    (b.branch ->> 'snooze_days')::int, b.branch ->> 'next_branch_key'
  from jsonb_each(branches) s (slide, list)
  cross join jsonb_array_elements(s.list) with ordinality b (branch, place)
$$;
comment on function private.branch_rows is
'The branches of a draft or a version as rows, numbered on each slide from 1.';

create function private.require_known_branches(branches jsonb, company uuid) returns void
language plpgsql stable security definer set search_path = ''
as $$
declare
  unknown text;
begin
  -- What is no such JSON is refused by the column's check, after this.
  if not private.is_chat_branches(branches) then
    return;
  end if;
  perform private.require_known_slides(array(select s from jsonb_object_keys(branches) s));
  select string_agg(format('%s on %s', b.branch_key, b.slide_id), ', ' order by b.slide_id, b.place) into unknown
  from private.branch_rows(branches) b
  where b.saved_action_id is not null and not exists (
    select 1 from public.saved_actions a
    where a.id = b.saved_action_id and (a.company_id is null or a.company_id = company));
  if unknown is not null then
    raise sqlstate 'PT400' using message = format(
      'The action of these branches does not exist, or you don''t have access to it: %s.', unknown);
  end if;
end;
$$;
comment on function private.require_known_branches is
'Raises PT400 for branches on slides that do not exist, or with an action that is not stock''s or the company''s.';

create function private.find_branch_loops(branches jsonb) returns table (slide_id text, branch_key text)
language sql immutable set search_path = ''
as $$
  with recursive listed as materialized (select * from private.branch_rows(branches)),
  followed (slide_id, branch_key, next_branch_key) as (
    select l.slide_id, l.branch_key, l.next_branch_key from listed l
    union
    select f.slide_id, f.branch_key, l.next_branch_key
    from followed f join listed l on (l.slide_id, l.branch_key) = (f.slide_id, f.next_branch_key)
  )
  select f.slide_id, f.branch_key from followed f where f.next_branch_key = f.branch_key
$$;
comment on function private.find_branch_loops is 'The branches whose follow-ups lead back to them.';

create function private.branch_errors(slides text[], branches jsonb, company uuid) returns text[]
language sql stable security definer set search_path = ''
as $$
  with listed as materialized (select * from private.branch_rows(branches)),
  loops as materialized (select * from private.find_branch_loops(branches))
  select
    array_agg(
      format('The branch “%s” on %s %s', b.branch_key, left(b.slide_id, 60), e.error)
      order by b.slide_id, b.place, e.error
    )
  from listed b
  cross join
    lateral unnest(array[
      case when b.slide_id <> all(slides) then 'is on a slide that is not in the workflow.' end,
      case when coalesce(private.is_blank(b.label), true) then 'has no label.' end,
      case
        when b.branch_type = 'fixed' and coalesce(private.is_blank(b.response_text), true) then 'has no answer.'
        when b.branch_type in ('llm', 'rag') and coalesce(private.is_blank(b.prompt), true) then 'has no prompt.'
        when b.branch_type = 'saved_action' and b.saved_action_id is null then 'has no action.'
        when
          b.branch_type = 'saved_action' and not exists (
            select 1 from public.saved_actions a
            where
              a.id = b.saved_action_id and (a.company_id is null or a.company_id = company) and a.archived_at is null
          )
          then 'has an action that is archived.'
        when
          b.snooze_days is not null
          and not exists (select 1 from public.saved_actions a where a.id = b.saved_action_id and a.kind = 'snooze')
          then 'says for how many days, but its action does not snooze.'
      end,
      case
        when
          b.next_branch_key is not null
          and not exists (select 1 from listed n where (n.slide_id, n.branch_key) = (b.slide_id, b.next_branch_key))
          then format('leads to “%s”, which is not on its slide.', b.next_branch_key)
        when exists (select 1 from loops o where (o.slide_id, o.branch_key) = (b.slide_id, b.branch_key))
          then 'leads back to itself.'
      end
    ]) e (error)
  where e.error is not null
$$;
comment on function private.branch_errors is
'Why these branches cannot be published with these slides, in sentences that name branch and slide; null for none.';

create function private.write_branches_of_version(
  made public.workflow_definition_versions, draft public.workflow_drafts, base_branches jsonb
) returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into public.workflow_chat_branches as b (
    definition_id, company_id, slide_id, branch_key, branch_type, label, response_text, prompt, saved_action_id,
    snooze_days, next_branch_key, position, status, since_version, created_by)
  select made.definition_id, made.company_id, w.slide_id, w.branch_key, w.branch_type, w.label, w.response_text,
    w.prompt, w.saved_action_id, w.snooze_days, w.next_branch_key, w.place, 'published', made.version, draft.author_id
  from private.branch_rows(made.chat_branches) w
  on conflict (definition_id, company_id, slide_id, branch_key) do update
  set branch_type = excluded.branch_type, label = excluded.label, response_text = excluded.response_text,
      prompt = excluded.prompt, saved_action_id = excluded.saved_action_id, snooze_days = excluded.snooze_days,
      next_branch_key = excluded.next_branch_key,
      position = excluded.position, status = 'published'
  where (b.branch_type, b.label, b.response_text, b.prompt, b.saved_action_id, b.snooze_days, b.next_branch_key,
    b.position, b.status)
    is distinct from (excluded.branch_type, excluded.label, excluded.response_text, excluded.prompt,
      excluded.saved_action_id, excluded.snooze_days, excluded.next_branch_key, excluded.position, 'published');
  update public.workflow_chat_branches b set status = 'archived'
  where b.definition_id = made.definition_id and b.company_id = made.company_id and b.status = 'published'
    and not exists (
      select 1 from private.branch_rows(made.chat_branches) w
      where (w.slide_id, w.branch_key) = (b.slide_id, b.branch_key))
    -- An answer promoted after the branches were copied is not one that the draft's author took out.
    and (b.since_version is not null or b.updated_at <= draft.branches_read_at or exists (
      select 1 from private.branch_rows(coalesce(base_branches, '{}')) w
      where (w.slide_id, w.branch_key) = (b.slide_id, b.branch_key)));
end;
$$;
comment on function private.write_branches_of_version is
'Makes the rows of a workflow''s branches those of a version published from a draft; what is gone is archived.';

create function private.list_branches_of_version(of_version uuid, slide text default null)
returns table (
  id uuid, slide_id text, branch_key text, branch_type text, label text, response_text text, prompt text,
  saved_action_id uuid, snooze_days int, next_branch_key text, place int
)
language sql stable security invoker set search_path = ''
as $$
  with pinned as materialized (select v.* from public.workflow_definition_versions v where v.id = of_version),
  versioned as materialized (
    select
      b.id, w.slide_id, w.branch_key, w.branch_type, w.label, w.response_text, w.prompt, w.saved_action_id,
      w.snooze_days, w.next_branch_key, w.place
    from pinned v
    cross join
      private.branch_rows(case
        when slide is null then v.chat_branches
        else jsonb_build_object(slide, coalesce(v.chat_branches -> slide, '[]'))
      end) w
    join public.workflow_chat_branches b
      on
        b.definition_id = v.definition_id and b.company_id is not distinct from v.company_id
        and (b.slide_id, b.branch_key) = (w.slide_id, w.branch_key)
    -- Stock's are read from their rows, which a company may replace.
    where v.company_id is not null and (slide is null or w.slide_id = slide)
  ),
  beside as (
    select distinct on (b.slide_id, b.branch_key) b.*
    from pinned v join public.workflow_chat_branches b on b.definition_id = v.definition_id
    where b.since_version is null and b.status in ('published', 'archived') and (slide is null or b.slide_id = slide)
    order by b.slide_id, b.branch_key, b.company_id nulls last
  )
  select * from versioned
  union all
  select
    b.id, b.slide_id, b.branch_key, b.branch_type, b.label, b.response_text, b.prompt, b.saved_action_id,
    b.snooze_days, b.next_branch_key, b.position
  from beside b
  where
    b.status = 'published'
    and not exists (select 1 from versioned o where (o.slide_id, o.branch_key) = (b.slide_id, b.branch_key))
$$;
comment on function private.list_branches_of_version is
'Branches offered with a version, on one slide or all: its own, and the published rows of no version. There a company''s '
'own replaces (or, archived, hides) the stock one with its key.';

create function private.branches_to_copy(of_version uuid) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  with offered as materialized (
    select b.*
    from private.list_branches_of_version(of_version) b
    join public.workflow_definition_versions v on v.id = of_version and b.slide_id = any(v.slide_sequence)
    left join public.saved_actions a on a.id = b.saved_action_id and a.archived_at is null
    where b.branch_type <> 'saved_action' or a.id is not null
  ),
  by_slide as (
    select
      b.slide_id,
      jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
        'branch_key', b.branch_key, 'branch_type', b.branch_type, 'label', b.label, 'next_branch_key', n.branch_key,
        'response_text', case when b.branch_type = 'fixed' then b.response_text end,
        'prompt', case when b.branch_type in ('llm', 'rag') then b.prompt end,
        'saved_action_id', case when b.branch_type = 'saved_action' then b.saved_action_id end, 'snooze_days', b.snooze_days
      )) order by b.place, b.label) as branches
    from offered b left join offered n on (n.slide_id, n.branch_key) = (b.slide_id, b.next_branch_key)
    group by b.slide_id
  )
  select coalesce(jsonb_object_agg(s.slide_id, s.branches), '{}') from by_slide s
$$;
comment on function private.branches_to_copy is
'The branches offered with a version as content of a draft, by slide of the version.';

create function public.version_to_copy(p_definition_id uuid, p_version int default null) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  found_version public.workflow_definition_versions;
begin
  perform private.require_member();
  select * into found_version from public.workflow_definition_versions v
  where v.definition_id = p_definition_id and (p_version is null or v.version = p_version)
  order by v.version desc limit 1;
  if not found then
    raise sqlstate 'PT404' using message = 'This version does not exist, or you don''t have access to it.';
  end if;
  return to_jsonb(found_version)
    || jsonb_build_object('chat_branches', private.branches_to_copy(found_version.id), 'branches_read_at', now());
end;
$$;
comment on function public.version_to_copy is
'A version of a workflow, the latest by default, with the branches it offers now: what a draft begins with.';

grant execute on function private.branch_rows, private.list_branches_of_version, private.branches_to_copy,
public.version_to_copy to authenticated;
