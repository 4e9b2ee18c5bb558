-- When Today suggests a workflow, as an admin set it for their company. The rule of a definition, stock or the company's
-- own, stays as it is: a row here stands before it. A workflow without a row has its definition's rule.

create table public.suggestion_rules (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null references public.companies (id),
  workflow_id text not null check (workflow_id ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(workflow_id) <= 100),
  is_suggested boolean not null,
  rule jsonb not null check (private.is_suggestion_rule(rule)),
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  unique (company_id, workflow_id)
);
comment on table public.suggestion_rules is
'When a company wants a workflow suggested, in place of what its definition says.';
comment on column public.suggestion_rules.id is 'Identity of the row.';
comment on column public.suggestion_rules.company_id is 'Tenant.';
comment on column public.suggestion_rules.workflow_id is 'Readable id of the workflow, stock or the company''s own.';
comment on column public.suggestion_rules.is_suggested is 'False: never suggested; the rule is what it was before.';
comment on column public.suggestion_rules.rule is 'A private.suggestion_rule as JSON.';
comment on column public.suggestion_rules.created_at is 'When the row was inserted.';
comment on column public.suggestion_rules.updated_at is 'When the row last changed.';
create trigger touch before update on public.suggestion_rules
for each row execute function private.touch_updated_at();
create trigger record_insert after insert on public.suggestion_rules referencing new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_update after update on public.suggestion_rules
referencing old table as old_rows new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_delete after delete on public.suggestion_rules referencing old table as old_rows
for each statement execute function private.record_row_changes();

alter table public.suggestion_rules enable row level security;
revoke all on public.suggestion_rules from anon, authenticated;
grant select on public.suggestion_rules to authenticated;
create policy "members read their company's suggestion rules" on public.suggestion_rules
for select to authenticated using (company_id = (select private.current_company_id()));

-- The rank says only where a rule stands, and what is left out says nothing: two rules alike are equal.
create function private.normalize_suggestion_rule(rule jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
  select
    r.rule - array['rank', 'signals', 'only_leading']
    || case
      when r.rule ? 'signals'
        then
          jsonb_build_object('signals', (select jsonb_agg(k.kind order by k.kind) from jsonb_array_elements(
            r.rule -> 'signals'
          ) k (kind)))
          || case when r.rule -> 'only_leading' = 'true' then '{"only_leading": true}'::jsonb else '{}' end
      else '{}'
    end
  from (select jsonb_strip_nulls(coalesce(normalize_suggestion_rule.rule, '{}')) as rule) r
$$;
comment on function private.normalize_suggestion_rule is
'A suggestion rule without its rank and without what does not narrow it; {} for null.';

-- A company's own definition comes before the stock one with the same id, and inherits its rule unless it has one.
create function private.offered_suggestion_rules(company uuid)
returns table (
  workflow_id text, name text, category text, is_stock boolean, is_suggested boolean, rule jsonb, inherited jsonb,
  place int
)
language sql stable security invoker set search_path = ''
as $$
  select
    d.workflow_id, d.name, d.category, d.is_stock, r.is_suggested, r.rule, d.inherited,
    (row_number() over (order by (r.rule ->> 'rank')::int nulls last, d.is_stock, d.workflow_id))::int
  from (
    select distinct on (w.workflow_id)
      w.workflow_id, w.name, w.category, w.is_stock_workflow as is_stock,
      coalesce(w.suggested_when, stock.suggested_when) as inherited
    from public.workflow_definitions w
    left join public.workflow_definitions stock on stock.workflow_id = w.workflow_id and stock.company_id is null
    where w.status = 'published' and (w.company_id = company or w.company_id is null)
    order by w.workflow_id, w.company_id nulls last
  ) d
  left join public.suggestion_rules own on own.company_id = company and own.workflow_id = d.workflow_id
  cross join lateral (
    select
      coalesce(own.is_suggested, d.inherited is not null) as is_suggested, coalesce(own.rule, d.inherited) as rule
  ) r
$$;
comment on function private.offered_suggestion_rules is
'The workflows a company offers, in the order of their suggestion rules: the rule (null: none), and the one inherited '
'from the definition.';

create function private.is_suggestion_list(rules jsonb) returns boolean
language sql immutable set search_path = ''
as $$
  select case
    when not coalesce(private.is_readable_json(rules), false) or jsonb_typeof(rules) <> 'array' then false
    when jsonb_array_length(rules) not between 1 and 1000 then false
    else not exists(
      select 1 from jsonb_array_elements(rules) r
      where case
        when jsonb_typeof(r) <> 'object' then true
        else
          r - array['workflow_id', 'is_suggested', 'rule'] <> '{}'
          or coalesce(jsonb_typeof(r -> 'workflow_id') <> 'string', true)
          or coalesce(jsonb_typeof(r -> 'is_suggested') <> 'boolean', true)
          or coalesce(jsonb_typeof(r -> 'rule') <> 'object', true)
          or r -> 'rule' ? 'rank'
      end
    )
  end
$$;
comment on function private.is_suggestion_list is
'True for a list of at most a thousand workflow_id, is_suggested and rule (without a rank), and nothing else.';

create function private.suggestion_list_errors(company uuid, rules jsonb) returns text[]
language sql stable security invoker set search_path = ''
as $$
  select case
    when not private.is_suggestion_list(rules) then array['The suggestions cannot be read.']
    else array(
      select format('%s: %s', coalesce(o.name, 'A workflow'), e.error)
      from jsonb_array_elements(rules) with ordinality r (value, place)
      left join private.offered_suggestion_rules(company) o on o.workflow_id = r.value ->> 'workflow_id'
      cross join lateral unnest(private.suggestion_rule_errors(r.value -> 'rule' || '{"rank": 0}')) e (error)
      where e.error is not null order by r.place limit 20
    )
    || case
      when
        (select count(*) <> count(distinct r.value ->> 'workflow_id') from jsonb_array_elements(rules) r (value))
        then array['Each workflow stands once.']
      else '{}'
    end
  end
$$;
comment on function private.suggestion_list_errors is
'The errors of suggestion rules to save or try, as sentences: each with the workflow it is about.';

-- The order is the list's. Ranks stay while the order does, so that what did not move is no change.
create function private.plan_suggestion_rules(company uuid, rules jsonb)
returns table (workflow_id text, is_stock boolean, is_suggested boolean, rule jsonb, is_inherited boolean)
language sql stable security invoker set search_path = ''
as $$
  with listed as (
    select
      r.place::int as place, r.value ->> 'workflow_id' as workflow_id,
      (r.value -> 'is_suggested')::boolean as is_suggested, private.normalize_suggestion_rule(r.value -> 'rule') as rule
    from jsonb_array_elements(rules) with ordinality r (value, place)
  ), matched as (
    select
      l.*, o.is_stock, o.inherited, (o.rule ->> 'rank')::int as rank,
      row_number() over (order by o.place) = l.place as stands_where_it_stood
    from listed l join private.offered_suggestion_rules(company) o on o.workflow_id = l.workflow_id
  ), ranked as (
    select
      m.*,
      case
        when bool_and(m.stands_where_it_stood and (m.rank is not null or not m.is_suggested)) over ()
          then coalesce(m.rank, 10000)
        else 10 * m.place
      end as new_rank
    from matched m
  )
  select
    r.workflow_id, r.is_stock, r.is_suggested, r.rule || jsonb_build_object('rank', r.new_rank),
    case
      when r.inherited is null then not r.is_suggested and r.rule = '{}'
      else
        r.is_suggested and r.rule = private.normalize_suggestion_rule(r.inherited)
        and r.new_rank = (r.inherited ->> 'rank')::int
    end
  from ranked r
$$;
comment on function private.plan_suggestion_rules is
'The rules a list to save or try comes to, with their ranks; is_inherited: as the definition says.';

create function private.require_offered_workflows(company uuid, rules jsonb) returns void
language plpgsql stable security invoker set search_path = ''
as $$
begin
  if exists (
    select 1 from private.offered_suggestion_rules(company) o
    full join jsonb_array_elements(rules) r (value) on r.value ->> 'workflow_id' = o.workflow_id
    where o.workflow_id is null or r.value is null) then
    raise sqlstate 'PT409' using message = 'A workflow was published or archived meanwhile.',
      hint = 'Load them again; nothing was changed.';
  end if;
end;
$$;
comment on function private.require_offered_workflows is
'Raises PT409 where the list does not name exactly the workflows a company offers.';

create function private.describe_suggestion_rules(company uuid) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select jsonb_build_object(
    'revision', (select s.revision from public.company_settings s where s.company_id = company),
    'rules', coalesce((
      select
        jsonb_agg(jsonb_build_object(
          'workflow_id', o.workflow_id, 'name', o.name, 'category', o.category, 'is_stock', o.is_stock,
          'is_suggested', o.is_suggested, 'rule', private.normalize_suggestion_rule(o.rule),
          'is_suggested_by_definition', o.inherited is not null,
          'definition_rule', private.normalize_suggestion_rule(o.inherited)
        ) order by o.place)
      from private.offered_suggestion_rules(company) o
    ), '[]')
  )
$$;
comment on function private.describe_suggestion_rules is
'The suggestion rules of a company in their order, each beside its definition''s, and the revision of the settings.';

create function public.suggestion_rules() returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
begin
  perform private.require_member();
  return private.describe_suggestion_rules(private.current_company_id());
end;
$$;
comment on function public.suggestion_rules is
'The workflows the signed-in person''s company offers, in the order they are suggested in, with their rules.';

create function private.save_suggestion_rules(p_rules jsonb, p_revision int) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.require_admin('Only an admin can change the suggestions.');
  planned jsonb;
begin
  perform private.raise_invalid(private.suggestion_list_errors(me.company_id, p_rules));
  perform private.begin_settings_change(me.company_id, p_revision);
  update public.company_settings s set updated_at = now() where s.company_id = me.company_id;
  perform private.require_offered_workflows(me.company_id, p_rules);
  -- Once: what is deleted first would change the ranks of the rest.
  select jsonb_agg(to_jsonb(p)) into planned from private.plan_suggestion_rules(me.company_id, p_rules) p;
  delete from public.suggestion_rules s
  using jsonb_to_recordset(planned) p (workflow_id text, is_inherited boolean)
  where s.company_id = me.company_id and s.workflow_id = p.workflow_id and p.is_inherited;
  insert into public.suggestion_rules as own (company_id, workflow_id, is_suggested, rule)
  select me.company_id, p.workflow_id, p.is_suggested, p.rule
  from jsonb_to_recordset(planned) p (workflow_id text, is_suggested boolean, rule jsonb, is_inherited boolean)
  where not p.is_inherited
  on conflict (company_id, workflow_id) do update set is_suggested = excluded.is_suggested, rule = excluded.rule
  where (own.is_suggested, own.rule) is distinct from (excluded.is_suggested, excluded.rule);
  return private.describe_suggestion_rules(me.company_id);
end;
$$;
comment on function private.save_suggestion_rules is 'See public.save_suggestion_rules.';

create function public.save_suggestion_rules(p_rules jsonb, p_revision int) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.save_suggestion_rules(p_rules, p_revision) $$;
comment on function public.save_suggestion_rules is
'An admin says when each workflow is suggested in their company (workflow_id, is_suggested, rule), all that are offered, '
'in their order. As of a revision of the settings; returns suggestion_rules. Raises PT400 with all errors, PT403, PT409 '
'for an earlier revision, or when other workflows are offered.';

grant execute on function private.normalize_suggestion_rule, private.offered_suggestion_rules,
private.is_suggestion_list, private.suggestion_list_errors, private.plan_suggestion_rules,
private.require_offered_workflows, private.describe_suggestion_rules to authenticated;
grant execute on function public.suggestion_rules, private.save_suggestion_rules, public.save_suggestion_rules
to authenticated;
