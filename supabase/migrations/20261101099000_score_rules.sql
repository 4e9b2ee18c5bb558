-- The rules of health and priority: weights, thresholds, the line for Today. Each change is a new version, which never
-- changes; a score says by which version it was computed. A company without rules of its own has stock's.

create function private.whole_number(value jsonb) returns int
language sql immutable set search_path = ''
as $$ select case when jsonb_typeof(value) = 'number' and value::text ~ '^\d{1,6}$' then value::text::int end $$;
comment on function private.whole_number is 'A whole number from 0 to 999999 of JSON; null for anything else.';

create function private.weights_errors(weights jsonb, keys text[]) returns text[]
language sql immutable set search_path = ''
as $$
  with parts as (
    select k.key, case when jsonb_typeof(weights) = 'object' then private.whole_number(weights -> k.key) end as weight
    from unnest(keys) k (key)
  )
  select case
    when jsonb_typeof(weights) is distinct from 'object' then array['Give each part a weight from 0 to 100.']
    when bool_or(p.weight is null or p.weight > 100) or weights - keys <> '{}'
      then array['Give each part a weight from 0 to 100.']
    when sum(p.weight) <> 100
      then array[format('The weights add up to %s; they have to add up to 100.', sum(p.weight))]
    else '{}'
  end
  from parts p
$$;
comment on function private.weights_errors is 'The errors of weights by part, as sentences.';

create function private.bands_error(bands jsonb) returns text
language sql immutable set search_path = ''
as $$
  select case
    when
      not coalesce(
        private.whole_number(bands -> 'yellow') between 1 and 99
        and private.whole_number(bands -> 'green') between private.whole_number(bands -> 'yellow') + 1 and 100, false
      )
      then 'Green has to begin above yellow, both between 1 and 100.'
  end
$$;
comment on function private.bands_error is 'The error of the scores yellow and green begin with; null if there is none.';

-- Whatever else stood in it would be kept with every version, up to a megabyte each.
create function private.segments_error(segments jsonb) returns text
language sql immutable set search_path = ''
as $$
  select case
    when jsonb_typeof(segments) is distinct from 'object' then 'The rules cannot be read.'
    when segments - array['smb', 'mid', 'enterprise'] <> '{}' then 'The rules cannot be read.'
    when exists(
      select 1 from jsonb_each(segments) s
      where case when jsonb_typeof(s.value) = 'object' then s.value - array['green', 'yellow'] <> '{}' else true end
    ) then 'The thresholds of a segment are green and yellow, nothing else.'
  end
$$;
comment on function private.segments_error is
'What is wrong with the thresholds by segment, as a sentence; null if nothing is.';

create function private.health_rule_errors(rules jsonb) returns text[]
language sql immutable set search_path = ''
as $$
  select array[
    case when jsonb_typeof(rules) is distinct from 'object'
      or rules - array['weights', 'green', 'yellow', 'segments'] <> '{}'
      then 'The rules cannot be read.' end,
    case when private.whole_number(rules #> '{weights,support}') = 100
      then 'Support alone does not tell health; give another part a weight.' end,
    private.segments_error(rules -> 'segments'),
    private.bands_error(rules)
  ]
  || private.weights_errors(rules -> 'weights', array['usage', 'engagement', 'support', 'voice'])
  || (
    select coalesce(array_agg(private.bands_error(s.bands)), '{}')
    from jsonb_path_query(rules, '$.segments.*') s (bands)
  )
$$;
comment on function private.health_rule_errors is 'The errors of the rules of health, as sentences and nulls.';

create function private.priority_rule_errors(rules jsonb) returns text[]
language sql immutable set search_path = ''
as $$
  select array[
    case when jsonb_typeof(rules) is distinct from 'object' or rules - array['weights', 'today_from'] <> '{}'
      then 'The rules cannot be read.' end,
    case when not coalesce(private.whole_number(rules -> 'today_from') between 1 and 100, false)
      then 'Today begins at a priority between 1 and 100.' end
  ] || private.weights_errors(rules -> 'weights', array['arr', 'deadline', 'signals'])
$$;
comment on function private.priority_rule_errors is 'The errors of the rules of priority, as sentences and nulls.';

create function private.score_rule_errors(kind text, rules jsonb) returns text[]
language sql immutable set search_path = ''
as $$
  select case kind
    when 'health' then private.health_rule_errors(rules)
    when 'priority' then private.priority_rule_errors(rules)
    else array['Choose the rules of health or of priority.']
  end
$$;
comment on function private.score_rule_errors is 'The errors of rules of a kind, as sentences and nulls.';

create table public.score_rules (
  id uuid primary key default gen_random_uuid(),
  company_id uuid references public.companies (id),
  kind text not null check (kind in ('health', 'priority')),
  version int not null check (version > 0),
  rules jsonb not null check (
    private.is_readable_json(rules) and cardinality(array_remove(private.score_rule_errors(kind, rules), null)) = 0
  ),
  note text check (length(note) <= 2000),
  created_by uuid,
  created_at private.moment not null default now(),
  unique nulls not distinct (company_id, kind, version),
  foreign key (created_by, company_id) references public.profiles (id, company_id)
);
comment on table public.score_rules is 'A version of the rules of health or priority; never changes.';
comment on column public.score_rules.id is 'Identity of the version.';
comment on column public.score_rules.company_id is 'Tenant; null for stock.';
comment on column public.score_rules.kind is 'health or priority.';
comment on column public.score_rules.version is 'Version among the company''s and stock''s of the kind.';
comment on column public.score_rules.rules is
'health: weights of the parts, green and yellow (the scores they begin with), segments with their own; priority: '
'weights of the addends, today_from (the score from which a customer waits on Today). Weights add up to 100.';
comment on column public.score_rules.note is 'Why it was changed.';
comment on column public.score_rules.created_by is 'Who made it; null for stock.';
comment on column public.score_rules.created_at is 'When it was made.';
create index score_rules_created_by on public.score_rules (created_by, company_id);
create trigger record_insert after insert on public.score_rules referencing new table as new_rows
for each statement execute function private.record_row_changes();

alter table public.score_rules enable row level security;
revoke all on public.score_rules from anon, authenticated;
grant select on public.score_rules to authenticated;
create policy "members read stock and their company's score rules" on public.score_rules
for select to authenticated
using (
  (company_id is null and (select private.current_company_id()) is not null)
  or company_id = (select private.current_company_id())
);

insert into public.score_rules (kind, version, rules) values
(
  'health', 1,
  '{"weights": {"usage": 40, "engagement": 25, "support": 20, "voice": 15}, "green": 70, "yellow": 45, "segments": {}}'
),
('priority', 1, '{"weights": {"arr": 30, "deadline": 40, "signals": 30}, "today_from": 40}');

create function private.find_score_rule(company uuid, kind text, rule_version int default null)
returns public.score_rules
language sql stable security invoker set search_path = ''
as $$
  select s.* from public.score_rules s
  where
    s.kind = find_score_rule.kind and (s.company_id = company or s.company_id is null)
    and (rule_version is null or s.version = rule_version)
  order by s.company_id nulls last, s.version desc limit 1
$$;
comment on function private.find_score_rule is
'A version of a company''s rules of a kind, the latest without a number: its own before stock''s; null for an unknown one.';

-- A weight of 0 is null: the part is left out, as is a part without data.
create function private.health_rule(company uuid, rule_version int default null, trial jsonb default null)
returns table (
  version int, usage_weight int, engagement_weight int, support_weight int, voice_weight int, green int, yellow int,
  segments jsonb
)
language sql stable security invoker set search_path = ''
as $$
  select
    r.version, nullif((r.rules #>> '{weights,usage}')::int, 0), nullif((r.rules #>> '{weights,engagement}')::int, 0),
    nullif((r.rules #>> '{weights,support}')::int, 0), nullif((r.rules #>> '{weights,voice}')::int, 0),
    (r.rules ->> 'green')::int, (r.rules ->> 'yellow')::int, r.rules -> 'segments'
  from (
    select s.version, s.rules from private.find_score_rule(company, 'health', rule_version) s
    where trial is null and s.id is not null
    union all
    select null, trial where trial is not null
  ) r
$$;
comment on function private.health_rule is
'The rules of health of a company by version (the latest without one), or those on trial.';

create function private.priority_rule(company uuid, rule_version int default null, trial jsonb default null)
returns table (version int, arr_weight int, deadline_weight int, signals_weight int, today_from int)
language sql stable security invoker set search_path = ''
as $$
  select
    r.version, (r.rules #>> '{weights,arr}')::int, (r.rules #>> '{weights,deadline}')::int,
    (r.rules #>> '{weights,signals}')::int, (r.rules ->> 'today_from')::int
  from (
    select s.version, s.rules from private.find_score_rule(company, 'priority', rule_version) s
    where trial is null and s.id is not null
    union all
    select null, trial where trial is not null
  ) r
$$;
comment on function private.priority_rule is
'The rules of priority of a company by version (the latest without one), or those on trial.';

create function private.describe_score_rule(company uuid, kind text) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select jsonb_build_object(
    'version', s.version, 'rules', s.rules, 'is_stock', s.company_id is null, 'note', s.note,
    'created_at', s.created_at,
    'created_by_name', (select p.full_name from public.profiles p where p.id = s.created_by)
  )
  from private.find_score_rule(company, kind) s
$$;
comment on function private.describe_score_rule is 'The current rules of a kind, with who made them and why.';

create function public.score_rules() returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  company constant uuid := private.current_company_id();
begin
  perform private.require_member();
  return jsonb_build_object(
    'health', private.describe_score_rule(company, 'health'),
    'priority', private.describe_score_rule(company, 'priority'));
end;
$$;
comment on function public.score_rules is 'The rules of health and priority of the signed-in person''s company.';

create function private.save_score_rules(p_kind text, p_rules jsonb, p_note text, p_version int) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.require_admin('Only an admin can change the rules.');
  latest int;
begin
  perform private.raise_invalid(
    private.score_rule_errors(p_kind, p_rules) || private.length_error(p_note, 2000));
  perform 1 from public.companies c where c.id = me.company_id for no key update;
  select s.version into latest from private.find_score_rule(me.company_id, p_kind) s;
  if latest is distinct from p_version then
    raise sqlstate 'PT409' using message = 'Somebody else changed these rules meanwhile.',
      detail = private.describe_score_rule(me.company_id, p_kind)::text, hint = 'Look at them again.';
  end if;
  perform private.begin_change('settings');
  insert into public.score_rules (company_id, kind, version, rules, note, created_by)
  values (me.company_id, p_kind, latest + 1, p_rules, nullif(btrim(p_note), ''), me.id);
  return private.describe_score_rule(me.company_id, p_kind);
end;
$$;
comment on function private.save_score_rules is 'See public.save_score_rules.';

create function public.save_score_rules(p_kind text, p_rules jsonb, p_note text, p_version int) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.save_score_rules(p_kind, p_rules, p_note, p_version) $$;
comment on function public.save_score_rules is
'An admin gives their company a new version of the rules of health or priority, in place of the version read; returns '
'it. Raises PT400 with all errors, PT409 where that version is not the latest.';

grant execute on function private.whole_number, private.weights_errors, private.bands_error, private.segments_error,
private.health_rule_errors, private.priority_rule_errors, private.score_rule_errors to authenticated, service_role;
grant execute on function private.find_score_rule, private.health_rule, private.priority_rule,
private.describe_score_rule to authenticated, service_role;
grant execute on function public.score_rules, private.save_score_rules, public.save_score_rules to authenticated;
