-- Budgets of the language model: what a person and a company may use in a calendar month, and what was used of it. They
-- are columns of company_settings. The app asks before each answer, so what two tabs ask at once is over by one answer each.

create function private.model_use(company uuid, person uuid, since timestamptz) returns jsonb
language sql stable security definer set search_path = ''
as $$
  with used as (
    select
      greatest(
        coalesce(m.input_tokens, 0) + coalesce(m.output_tokens, 0), coalesce(m.estimated_tokens, 0)
      ) as tokens,
      m.cost_usd as usd
    from public.workflow_chat_messages m join public.workflow_chat_threads t on t.id = m.thread_id
    where
      m.company_id = company and m.created_at >= since and m.position = 0 and m.role = 'assistant'
      and (person is null or t.owner_id = person)
    union all
    select coalesce(p.input_tokens, 0) + coalesce(p.output_tokens, 0) + p.estimated_tokens, p.cost_usd
    from public.workflow_proposals p
    where p.company_id = company and p.asked_at >= since and (person is null or p.author_id = person)
  )
  select
    jsonb_build_object(
      'tokens', coalesce(sum(u.tokens), 0)::bigint, 'usd', coalesce(sum(u.usd), 0),
      'tokens_without_cost', coalesce(sum(u.tokens) filter (where u.usd is null), 0)::bigint
    )
  from used u
$$;
comment on function private.model_use is
'What a company, or one person of it, used of the model since a moment: answers however they ended, and workflow '
'proposals; tokens reported or else estimated.';

create function private.model_month(company uuid) returns timestamptz
language sql stable security definer set search_path = ''
as $$
  select date_trunc('month', now(), s.time_zone) from public.company_settings s where s.company_id = company
$$;
comment on function private.model_month is 'When the current calendar month began in the time zone of a company.';

create function private.model_budget() returns jsonb
language sql stable security definer set search_path = ''
as $$
  select
    jsonb_build_object(
      'unit', s.model_budget_unit, 'per_person', s.model_budget_per_person, 'of_company', s.model_budget_of_company,
      'person_use', case when s.model_budget_per_person is not null
        then private.model_use(s.company_id, auth.uid(), private.model_month(s.company_id)) end,
      'company_use', case when s.model_budget_of_company is not null
        then private.model_use(s.company_id, null, private.model_month(s.company_id)) end
    )
  from public.company_settings s
  where
    s.company_id = private.current_company_id()
    and num_nonnulls(s.model_budget_per_person, s.model_budget_of_company) > 0
$$;
comment on function private.model_budget is
'The budgets of the signed-in person and their company, and what was used of them this month; null where there are none.';

create function private.model_use_of_company() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.require_admin('Only an admin can see what the company uses of the model.');
begin
  return private.model_use(me.company_id, null, private.model_month(me.company_id));
end;
$$;
comment on function private.model_use_of_company is 'See public.model_use_of_company.';

create function public.model_use_of_company() returns jsonb
language sql stable security invoker set search_path = '' as $$ select private.model_use_of_company() $$;
comment on function public.model_use_of_company is
'For admins: what the company used of the model this month, in its time zone: tokens, USD, and tokens whose cost is not '
'known. Raises PT403.';

create function private.budget_amount(value jsonb) returns numeric
language sql immutable set search_path = ''
as $$
  select case
    when jsonb_typeof(value) = 'number' and value #>> '{}' ~ '^\d{1,12}(\.\d{1,2})?$' and (value #>> '{}')::numeric > 0
      then (value #>> '{}')::numeric
  end
$$;
comment on function private.budget_amount is 'A budget to save, above zero; null for anything else.';

create function private.budget_errors(budgets jsonb) returns text[]
language sql stable set search_path = ''
as $$
  select array[
    case when jsonb_typeof(budgets) is distinct from 'object' then 'The budgets cannot be read.' end,
    case when not coalesce(budgets ->> 'unit' in ('tokens', 'usd'), false)
      then 'Budgets are in tokens or in US dollars.' end,
    case when
      coalesce(budgets -> 'per_person', 'null') <> 'null' and private.budget_amount(budgets -> 'per_person') is null
      then 'Enter the budget of each person as a number above zero, or leave it empty.' end,
    case when
      coalesce(budgets -> 'of_company', 'null') <> 'null' and private.budget_amount(budgets -> 'of_company') is null
      then 'Enter the budget of the company as a number above zero, or leave it empty.' end,
    case when private.budget_amount(budgets -> 'per_person') > private.budget_amount(budgets -> 'of_company')
      then 'The budget of one person cannot be above that of the company.' end
  ]
$$;
comment on function private.budget_errors is 'The errors of budgets to save, as sentences and nulls.';

create function private.save_model_budgets(p_budgets jsonb, p_revision int) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.require_admin('Only an admin can change settings.');
begin
  perform private.raise_invalid(private.budget_errors(p_budgets));
  perform private.begin_settings_change(me.company_id, p_revision);
  update public.company_settings s
  set model_budget_unit = p_budgets ->> 'unit',
      model_budget_per_person = private.budget_amount(p_budgets -> 'per_person'),
      model_budget_of_company = private.budget_amount(p_budgets -> 'of_company'),
      time_zone = p_budgets ->> 'time_zone'
  where s.company_id = me.company_id;
  return private.company_settings(me.company_id);
end;
$$;
comment on function private.save_model_budgets is 'See public.save_model_budgets.';

create function public.save_model_budgets(p_budgets jsonb, p_revision int) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.save_model_budgets(p_budgets, p_revision) $$;
comment on function public.save_model_budgets is
'An admin sets what each person and the company may use of the model in a month, its unit (tokens, usd) and the time '
'zone months begin in; returns the settings. Raises PT400 with all errors, PT403, PT409 where the revision is an earlier '
'one.';

grant execute on function private.model_budget,
private.model_use_of_company, public.model_use_of_company,
private.save_model_budgets, public.save_model_budgets to authenticated;
