-- Workflows as published. A version never changes; a definition is the line of its versions, with the content of the
-- latest. What somebody is still writing is a draft (next file).

create function private.is_slide_sequence(slides text[]) returns boolean
language sql immutable set search_path = ''
as $$
  select coalesce(
    array_ndims(slides) = 1 and cardinality(slides) between 1 and 60
    and cardinality(slides) = (select count(distinct s) from unnest(slides) s), false
  )
$$;
comment on function private.is_slide_sequence is 'True for one to sixty slide addresses, none twice.';
grant execute on function private.is_slide_sequence to authenticated, service_role;

create type private.suggestion_rule as (
  rank int, signals text [], only_leading boolean, deadline_points_from int, deadline_points_below int,
  arr_from private.amount
);
comment on type private.suggestion_rule is
'When Today suggests a workflow. Null fits all; of the rules that fit, the lowest rank wins. signals: the customer has '
'one of them (only_leading: as the strongest). Deadline points are 0 to 40, as in customer_priorities.';

create function private.is_whole_number_or_null(value jsonb, most numeric) returns boolean
language sql immutable set search_path = ''
as $$
  select case
    when coalesce(jsonb_typeof(value), 'null') = 'null' then true
    when jsonb_typeof(value) = 'number' and value::text ~ '^\d{1,12}$' then value::text::numeric <= most
    else false
  end
$$;
comment on function private.is_whole_number_or_null is 'True for a whole number of JSON from 0 to the most, and for null.';

create function private.are_signal_kinds(kinds jsonb) returns boolean
language sql immutable set search_path = ''
as $$
  select case
    when coalesce(jsonb_typeof(kinds), 'null') = 'null' then true
    when jsonb_typeof(kinds) = 'array'
      then
        jsonb_array_length(kinds) between 1 and 9
        and kinds <@ '["sponsor_left", "champion_left", "low_usage", "usage_falling", "p1_open", "silence", "competitor",
        "detractor", "seats_full"]'
        and jsonb_array_length(kinds) = (select count(distinct k.kind) from jsonb_array_elements(kinds) k (kind))
    else false
  end
$$;
comment on function private.are_signal_kinds is 'True for a list of kinds of signals, none twice, and for null.';

create function private.suggestion_rule_errors(rule jsonb) returns text[]
language sql immutable set search_path = ''
as $$
  select case
    when jsonb_typeof(rule) is distinct from 'object' then array['The rule cannot be read.']
    else array[
      case
        when
          rule
          - array['rank', 'signals', 'only_leading', 'deadline_points_from', 'deadline_points_below', 'arr_from'] <> '{}'
          or coalesce(jsonb_typeof(rule -> 'rank'), 'null') = 'null'
          or not private.is_whole_number_or_null(rule -> 'rank', 10000)
          or coalesce(jsonb_typeof(rule -> 'only_leading'), 'null') not in ('boolean', 'null')
          then 'The rule cannot be read.'
      end,
      case when not private.are_signal_kinds(rule -> 'signals') then 'Choose signals from the list.' end,
      case
        when
          not private.is_whole_number_or_null(rule -> 'deadline_points_from', 40)
          or not private.is_whole_number_or_null(rule -> 'deadline_points_below', 41)
          then 'Deadline points are whole numbers from 0 to 40.'
        when (rule ->> 'deadline_points_from')::int >= (rule ->> 'deadline_points_below')::int
          then '“Within” needs more days than “but not within”.'
      end,
      case
        when not private.is_whole_number_or_null(rule -> 'arr_from', 999999999999)
          then 'The ARR is a whole number below a trillion.'
      end
    ]
  end
$$;
comment on function private.suggestion_rule_errors is
'The errors of a private.suggestion_rule as JSON with a rank, as sentences and nulls.';

create function private.is_suggestion_rule(rule jsonb) returns boolean
language sql immutable set search_path = ''
as $$
  select
    case
      when private.is_readable_json(rule)
        then cardinality(array_remove(private.suggestion_rule_errors(rule), null)) = 0
      else false
    end
$$;
comment on function private.is_suggestion_rule is 'True for a private.suggestion_rule as JSON with a rank, and nothing else.';

create function private.are_choices_or_null(chosen jsonb, choices jsonb) returns boolean
language sql immutable set search_path = ''
as $$
  select case
    when coalesce(jsonb_typeof(chosen), 'null') = 'null' then true
    when jsonb_typeof(chosen) = 'array'
      then
        jsonb_array_length(chosen) > 0 and chosen <@ choices
        and jsonb_array_length(chosen) = (select count(distinct c.choice) from jsonb_array_elements(chosen) c (choice))
    else false
  end
$$;
comment on function private.are_choices_or_null is 'True for a list of some of the choices, none twice, and for null.';

create function private.suggestion_rule_of_trigger(rule jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
  select
    '{"rank": 0}'
    || jsonb_strip_nulls(jsonb_build_object(
      'signals', rule -> 'signals', 'only_leading', rule -> 'only_leading', 'arr_from', rule -> 'arr_from'
    ))
$$;
comment on function private.suggestion_rule_of_trigger is
'What a trigger asks of a customer that a suggestion rule can ask too, as one.';

create function private.trigger_rule_errors(rule jsonb) returns text[]
language sql immutable set search_path = ''
as $$
  select case
    when jsonb_typeof(rule) is distinct from 'object' then array['The trigger cannot be read.']
    else private.suggestion_rule_errors(private.suggestion_rule_of_trigger(rule)) || array[
      case
        when
          rule
          - array['period_days', 'signals', 'only_leading', 'notice_within_days', 'segments', 'health',
          'only_health_turned', 'arr_from'] <> '{}'
          or coalesce(jsonb_typeof(rule -> 'only_health_turned'), 'null') not in ('boolean', 'null')
          then 'The trigger cannot be read.'
        when jsonb_strip_nulls(rule) - array['period_days', 'only_leading', 'only_health_turned'] = '{}'
          then 'Say for which customers it begins; without a condition it would begin for all.'
      end,
      case
        when not private.is_whole_number_or_null(rule -> 'period_days', 730)
          or coalesce((rule ->> 'period_days')::int < 7, true)
          then 'It begins at most once per customer in 7 to 730 days.'
      end,
      case
        when not private.is_whole_number_or_null(rule -> 'notice_within_days', 730)
          then 'The days to the notice deadline are a whole number from 0 to 730.'
      end,
      case
        when not private.are_choices_or_null(rule -> 'segments', '["smb", "mid", "enterprise"]')
          then 'Choose segments from the list.'
      end,
      case
        when not private.are_choices_or_null(rule -> 'health', '["green", "yellow", "red"]')
          then 'Choose health from the list.'
        when rule -> 'only_health_turned' = 'true' and coalesce(jsonb_typeof(rule -> 'health'), 'null') = 'null'
          then 'Choose the health that it turns to.'
      end
    ]
  end
$$;
comment on function private.trigger_rule_errors is
'The errors of a trigger as JSON, as sentences and nulls. It has period_days, and at least one condition: signals '
'(only_leading), notice_within_days, segments, health (only_health_turned: it was better within the last 7 days), '
'arr_from.';

create function private.is_trigger_rule(rule jsonb) returns boolean
language sql immutable set search_path = ''
as $$
  select
    case
      when private.is_readable_json(rule)
        then cardinality(array_remove(private.trigger_rule_errors(rule), null)) = 0
      else false
    end
$$;
comment on function private.is_trigger_rule is 'True for a trigger as JSON, and nothing else.';

create function private.is_slide_contexts(contexts jsonb) returns boolean
language sql immutable set search_path = ''
as $$
  select
    private.is_readable_json(contexts)
    and jsonb_typeof(contexts) = 'object' and length(contexts::text) <= 200000
$$;
comment on function private.is_slide_contexts is 'True for a readable JSON object of up to 200,000 characters.';

-- In plpgsql, as what it is called for is many: an SQL function is planned anew in each call of the function around it.
create function private.is_text_or_null(value jsonb, most int) returns boolean
language plpgsql immutable set search_path = ''
as $$
begin
  return case coalesce(jsonb_typeof(value), 'null')
    when 'null' then true
    when 'string' then length(value #>> '{}') <= most
    else false
  end;
end;
$$;
comment on function private.is_text_or_null is 'True for a JSON text of at most this many characters, and for null.';

create function private.is_chat_branch(branch jsonb) returns boolean
language plpgsql immutable set search_path = ''
as $$
begin
  return case
    when jsonb_typeof(branch) = 'object'
      then
        jsonb_strip_nulls(branch) - array['branch_key', 'branch_type', 'label', 'next_branch_key']
        - case branch ->> 'branch_type'
          when 'fixed' then array['response_text']
          when 'saved_action' then array['saved_action_id', 'snooze_days']
          else array['prompt']
        end = '{}'
        and coalesce(branch ->> 'branch_type' in ('fixed', 'llm', 'rag', 'saved_action'), false)
        and coalesce(length(branch ->> 'branch_key') > 0, false)
        and private.is_text_or_null(branch -> 'branch_key', 100)
        and private.is_text_or_null(branch -> 'label', 200)
        and private.is_text_or_null(branch -> 'response_text', 40000)
        and private.is_text_or_null(branch -> 'prompt', 40000)
        and private.is_text_or_null(branch -> 'saved_action_id', 36)
        and coalesce(branch ->> 'saved_action_id' ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$', true)
        and private.is_whole_number_or_null(branch -> 'snooze_days', 730)
        and branch -> 'snooze_days' is distinct from '0'
        and private.is_text_or_null(branch -> 'next_branch_key', 100)
    else false
  end;
end;
$$;
comment on function private.is_chat_branch is
'True for a branch as JSON: its key, its type, and what the type answers with. It may still be unfinished.';

create function private.is_chat_branch_list(branches jsonb) returns boolean
language sql immutable set search_path = ''
as $$
  select case
    when jsonb_typeof(branches) = 'array'
      then
        jsonb_array_length(branches) <= 50
        and (
          select
            coalesce(bool_and(private.is_chat_branch(b.branch)), true)
            and count(*) = count(distinct b.branch ->> 'branch_key')
          from jsonb_array_elements(branches) b (branch)
        )
    else false
  end
$$;
comment on function private.is_chat_branch_list is 'True for a list of up to 50 branches, no key twice.';

create function private.is_chat_branches(branches jsonb) returns boolean
language sql immutable set search_path = ''
as $$
  select case
    when
      private.is_readable_json(branches)
      and jsonb_typeof(branches) = 'object' and length(branches::text) <= 400000
      then (
        select coalesce(bool_and(private.is_chat_branch_list(s.branches)), true)
        from jsonb_each(branches) s (slide, branches)
      )
    else false
  end
$$;
comment on function private.is_chat_branches is
'True for lists of branches by slide: a readable JSON object of up to 400,000 characters.';
grant execute on function private.is_whole_number_or_null, private.are_signal_kinds, private.suggestion_rule_errors,
private.is_suggestion_rule, private.are_choices_or_null, private.suggestion_rule_of_trigger, private.trigger_rule_errors,
private.is_trigger_rule, private.is_slide_contexts, private.is_text_or_null, private.is_chat_branch,
private.is_chat_branch_list, private.is_chat_branches to authenticated, service_role;

create table public.workflow_definitions (
  id uuid primary key default gen_random_uuid(),
  workflow_id text not null check (workflow_id ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(workflow_id) <= 100),
  company_id uuid references public.companies (id),
  name text not null check (length(name) between 1 and 200 and not private.is_blank(name)),
  description text not null default '' check (length(description) <= 20000),
  category text not null check (category in ('renewal', 'risk', 'strategy', 'expansion')),
  slide_sequence text[] not null check (private.is_slide_sequence(slide_sequence)),
  slide_contexts jsonb not null default '{}' check (private.is_slide_contexts(slide_contexts)),
  suggested_when jsonb check (suggested_when is null or private.is_suggestion_rule(suggested_when)),
  begun_when jsonb check (begun_when is null or private.is_trigger_rule(begun_when)),
  is_stock_workflow boolean not null generated always as (company_id is null) stored,
  cloned_from uuid references public.workflow_definitions (id),
  cloned_from_version int,
  status text not null default 'published' check (status in ('published', 'archived')),
  created_by uuid,
  revision int not null default 1,
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  unique nulls not distinct (workflow_id, company_id),
  unique (id, company_id),
  foreign key (created_by, company_id) references public.profiles (id, company_id)
);
comment on table public.workflow_definitions is
'A published workflow, with the slides and texts of its latest version. Archived, never deleted.';
comment on column public.workflow_definitions.id is 'Identity of the definition.';
comment on column public.workflow_definitions.workflow_id is
'Readable id; a company''s own definition wins over the stock one with the same id.';
comment on column public.workflow_definitions.company_id is 'Tenant; null for a stock workflow.';
comment on column public.workflow_definitions.name is 'Name on screen.';
comment on column public.workflow_definitions.description is 'When to use it, in a sentence.';
comment on column public.workflow_definitions.category is
'renewal, risk, strategy or expansion; decides which outcomes are offered.';
comment on column public.workflow_definitions.slide_sequence is
'Addresses of its slides in order; the slide library knows what each is.';
comment on column public.workflow_definitions.slide_contexts is
'By address: texts that override those of the library.';
comment on column public.workflow_definitions.suggested_when is
'When Today suggests it, a private.suggestion_rule as JSON; null: as the stock workflow with this id, or never.';
comment on column public.workflow_definitions.begun_when is
'For which customers it begins by itself where a leader turned that on (workflow_triggers), as JSON; null: for none.';
comment on column public.workflow_definitions.is_stock_workflow is 'True when it belongs to no company.';
comment on column public.workflow_definitions.cloned_from is 'The workflow its first version was copied from.';
comment on column public.workflow_definitions.cloned_from_version is
'The version of that definition it was copied from, or whose changes it took last.';
comment on column public.workflow_definitions.status is 'published, or archived (starts no more runs).';
comment on column public.workflow_definitions.created_by is 'Author of the draft it began with; null for stock.';
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
  chat_branches jsonb not null default '{}' check (private.is_chat_branches(chat_branches)),
  note text check (length(note) <= 2000),
  drafted_by uuid references public.profiles (id) on delete set null,
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
comment on column public.workflow_definition_versions.slide_sequence is 'Addresses of its slides as published.';
comment on column public.workflow_definition_versions.slide_contexts is 'Slide contexts as published.';
comment on column public.workflow_definition_versions.chat_branches is
'By address: the branches as published, in order. Of stock: those of its file, which may change.';
comment on column public.workflow_definition_versions.note is 'What changed, in the words of the publisher.';
comment on column public.workflow_definition_versions.drafted_by is
'Author of the draft it was published from; null for stock.';
comment on column public.workflow_definition_versions.published_by is 'Who published; null for stock.';
comment on column public.workflow_definition_versions.created_at is 'When it was published.';
create index workflow_definition_versions_company on public.workflow_definition_versions (company_id);
create index workflow_definition_versions_drafted_by on public.workflow_definition_versions (drafted_by);
create index workflow_definition_versions_published_by on public.workflow_definition_versions (published_by);

create function private.require_known_content(slides text[], contexts jsonb) returns void
language plpgsql stable set search_path = ''
as $$
begin
  perform private.require_known_slides(slides || array(select s from jsonb_object_keys(
    case when jsonb_typeof(contexts) = 'object' then contexts else '{}' end) s));
  if private.slide_sequence_error(slides) is not null then
    raise sqlstate 'PT400' using message = private.slide_sequence_error(slides),
      hint = 'A label has up to 40 lowercase letters, digits and hyphens.';
  end if;
  perform private.require_known_context_keys(contexts);
  perform private.require_slide_context_shapes(contexts);
end;
$$;
comment on function private.require_known_content is
'Raises PT400 naming the slides and the fields of their contexts that do not exist or cannot be read, and labels.';
grant execute on function private.require_known_content to authenticated, service_role;

create function private.count_changed_slides(
  before public.workflow_definition_versions, after public.workflow_definition_versions
) returns int
language sql immutable set search_path = ''
as $$
  select count(*)::int
  from (select distinct a.address from unnest(before.slide_sequence || after.slide_sequence) a (address)) s
  where
    (s.address = any(before.slide_sequence)) <> (s.address = any(after.slide_sequence))
    or coalesce(before.slide_contexts -> s.address, '{}') <> coalesce(after.slide_contexts -> s.address, '{}')
$$;
comment on function private.count_changed_slides is
'How many slides came, went or have other texts from one version to another; moved ones do not count.';
grant execute on function private.count_changed_slides to authenticated;

create function private.guard_definition() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  -- A workflow of slides that are gone can still be archived.
  if tg_op = 'INSERT' or (new.slide_sequence, new.slide_contexts)
     is distinct from (old.slide_sequence, old.slide_contexts) then
    perform private.require_known_content(new.slide_sequence, new.slide_contexts);
    perform private.require_contexts_of_slides(new.slide_sequence, new.slide_contexts);
    perform private.require_working_contexts(new.slide_sequence, new.slide_contexts);
  end if;
  if tg_op = 'UPDATE' and new.status = 'published' and old.status <> 'published' and not exists (
    select 1 from public.workflow_definition_versions v where v.definition_id = new.id) then
    raise sqlstate 'PT409' using message = 'This workflow has not been published yet.', hint = 'Publish a draft of it.';
  end if;
  return new;
end;
$$;
comment on function private.guard_definition is
'Before a definition is written: its slides exist, their contexts can be read and work together, and no other slide has '
'one; it is published with a version.';
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
-- Stock's branches are those of a file that has no versions: all versions get them when it changes.
create trigger immutable_branches before update of chat_branches on public.workflow_definition_versions
for each row when (old.company_id is not null) execute function private.forbid_version_change();

alter table public.workflow_definitions enable row level security;
alter table public.workflow_definition_versions enable row level security;
revoke all on public.workflow_definitions, public.workflow_definition_versions from anon, authenticated;
-- Its content is that of its latest version, which publish_workflow writes; people archive it, and offer it again.
grant select, update (status) on public.workflow_definitions to authenticated;
grant select on public.workflow_definition_versions to authenticated;

create policy "members read stock and their company's definitions" on public.workflow_definitions
for select to authenticated
using (
  (company_id is null and (select private.current_company_id()) is not null)
  or company_id = (select private.current_company_id())
);
create policy "leaders archive their company's definitions" on public.workflow_definitions
for update to authenticated
using (company_id = (select private.current_company_id()) and (select private.is_team_lead()))
with check (company_id = (select private.current_company_id()) and (select private.is_team_lead()));

create policy "members read stock and their company's versions" on public.workflow_definition_versions
for select to authenticated
using (
  (company_id is null and (select private.current_company_id()) is not null)
  or company_id = (select private.current_company_id())
);
