-- The audit page: who changed what, before and after. It reads row_changes, whose policies say who sees which.

create function private.find_referenced_names(fields jsonb) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  with referenced as materialized (
    select v.value::uuid as id from jsonb_each_text(fields) v
    where v.value ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
  )
  select coalesce(jsonb_object_agg(n.id, n.name), '{}')
  from (
    select p.id, p.full_name as name from public.profiles p where p.id in (select r.id from referenced r)
    union all
    select c.id, c.name from public.customers c where c.id in (select r.id from referenced r)
    union all
    select t.id, t.name from public.contacts t where t.id in (select r.id from referenced r)
  ) n
$$;
comment on function private.find_referenced_names is
'Names by id of the colleagues, customers and contacts that values of a row refer to, where the caller may read them.';

create function public.read_row_changes(
  p_person_id uuid default null, p_customer_id uuid default null, p_row_id uuid default null,
  p_table text default null, p_source text default null, p_since date default null, p_until date default null,
  p_before bigint default null, p_most int default 50
) returns jsonb
language sql stable security invoker set search_path = '' set plan_cache_mode = force_custom_plan
as $$
  with matching as materialized (
    select r.*
    from public.row_changes r
    where
      r.company_id = private.current_company_id()
      and (p_before is null or r.number < p_before)
      and (p_person_id is null or r.changed_by = p_person_id)
      and (p_customer_id is null or r.customer_id = p_customer_id)
      and (p_row_id is null or r.row_id = p_row_id)
      and (p_table is null or r.table_name = p_table)
      and (p_source is null or r.source = p_source)
      and (p_since is null or private.today(r.changed_at) >= p_since)
      and (p_until is null or private.today(r.changed_at) <= p_until)
    order by r.number desc
    limit least(greatest(p_most, 1), 1000) + 1
  ),
  shown as (select * from matching order by number desc limit least(greatest(p_most, 1), 1000))
  select jsonb_build_object(
    'changes', coalesce((
      select
        jsonb_agg(jsonb_build_object(
          'number', s.number, 'changed_at', s.changed_at, 'table_name', s.table_name, 'row_id', s.row_id,
          'operation', s.operation, 'source', s.source, 'person_id', s.changed_by, 'person_name', p.full_name,
          'customer_id', s.customer_id, 'customer_name', c.name,
          'label', coalesce(m.full_name, i.email, private.import_row_label(coalesce(s.after, s.before))),
          'names', private.find_referenced_names(coalesce(s.before, '{}')) || private.find_referenced_names(coalesce(s.after, '{}')),
          'before', case s.operation when 'update' then private.changed_columns(s.before, s.after) else s.before end,
          'after', case s.operation when 'update' then private.changed_columns(s.after, s.before) else s.after end
        ) order by s.number desc)
      from shown s
      left join public.profiles p on p.id = s.changed_by
      left join public.profiles m on s.table_name = 'profiles' and m.id = s.row_id
      left join public.company_invites i on s.table_name = 'company_invites' and i.id = s.row_id
      left join public.customers c on c.id = s.customer_id
    ), '[]'),
    'next_before', case
      when (select count(*) from matching) > (select count(*) from shown) then (select min(number) from shown)
    end
  )
$$;
comment on function public.read_row_changes is
'Changes of rows that the caller may read, the newest first: one''s own, for leaders the company''s. Days are those of '
'the caller. An update has the columns that differ; `names` has names by id of what values refer to. `next_before` is where the next page begins; null at the end.';

create function private.history_gaps() returns jsonb
language sql stable security definer set search_path = ''
as $$
  select
    jsonb_build_object(
      'count', count(*), 'missing', coalesce(sum(g.missing), 0),
      'numbers', coalesce((jsonb_agg(g.number order by g.number) filter (where g.place <= 20)), '[]')
    )
  from (
    select f.number, f.missing, row_number() over (order by f.number) as place
    from private.find_history_gaps(private.current_company_id()) f
  ) g
  where private.is_team_lead()
$$;
comment on function private.history_gaps is 'See public.history_gaps.';

create function public.history_gaps() returns jsonb
language sql stable security invoker set search_path = '' as $$ select private.history_gaps() $$;
comment on function public.history_gaps is
'For leaders: how many change sets of their company are not whole, how many changes are known to be missing, and the '
'first numbers of those sets. None for anyone else.';

grant execute on function public.read_row_changes, private.history_gaps, public.history_gaps, private.changed_columns,
private.find_referenced_names,
private.import_row_label to authenticated;
