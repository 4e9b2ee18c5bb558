-- What other suggestion rules would change before they are saved: which customers would get another workflow suggested.

create function private.preview_suggestion_rules(rules jsonb) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  with names as materialized (
    select o.workflow_id, o.name from private.offered_suggestion_rules(private.current_company_id()) o
  ), compared as materialized (
    select
      b.customer_id, b.customer_name, b.score, b.workflow_id as id_before, a.workflow_id as id_after,
      (select n.name from names n where n.workflow_id = b.workflow_id) as workflow_before,
      (select n.name from names n where n.workflow_id = a.workflow_id) as workflow_after
    from private.ranked_customers(null, private.today()) b
    join private.ranked_customers(null, private.today(), rules) a on a.customer_id = b.customer_id
  ), changed as (
    select c.*, row_number() over (order by c.score desc, c.customer_name, c.customer_id) as place
    from compared c where c.id_after is distinct from c.id_before
  ), counted as (
    select x.id, x.name, count(*) filter (where not x.is_after) as before, count(*) filter (where x.is_after) as after
    from (
      select c.id_before as id, c.workflow_before as name, false as is_after from compared c
      union all
      select c.id_after, c.workflow_after, true from compared c
    ) x
    group by x.id, x.name
  )
  select jsonb_build_object(
    'customer_count', (select count(*) from compared),
    'changed_count', (select count(*) from changed),
    'changed', coalesce((
      select
        jsonb_agg(jsonb_build_object(
          'customer_id', x.customer_id, 'customer_name', x.customer_name, 'workflow_before', x.workflow_before,
          'workflow_after', x.workflow_after
        ) order by x.place)
      from changed x where x.place <= 200
    ), '[]'),
    'workflows', coalesce((
      select
        jsonb_agg(jsonb_build_object('name', x.name, 'before', x.before, 'after', x.after) order by x.name nulls last, x.id)
      from counted x
    ), '[]')
  )
$$;
comment on function private.preview_suggestion_rules is 'See public.preview_suggestion_rules.';

create function public.preview_suggestion_rules(p_rules jsonb) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  company constant uuid := private.current_company_id();
begin
  perform private.require_member();
  if not private.is_team_lead() then
    raise sqlstate 'PT403' using message = 'Only a manager or an admin can try other suggestions.';
  end if;
  perform private.raise_invalid(private.suggestion_list_errors(company, p_rules));
  perform private.require_offered_workflows(company, p_rules);
  return private.preview_suggestion_rules(p_rules);
end;
$$;
comment on function public.preview_suggestion_rules is
'For a leader: what suggestion rules would change before they are saved, of all active customers. Which (up to 200 of '
'changed_count) would get another workflow suggested, and how many each workflow has before and after (a null name: '
'none). Raises PT400 with all errors, PT403, PT409 when other workflows are offered.';

grant execute on function private.preview_suggestion_rules, public.preview_suggestion_rules to authenticated;
