-- Imports as the page shows them: who and when, rows by verdict, how far the worker is with an undo.

create function private.undo_progress(import uuid) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select
    jsonb_build_object(
      'done', count(*) filter (where r.result is not null), 'total', count(*)
    )
  from public.import_undos u join public.import_undo_rows r on r.undo_id = u.id
  where u.import_id = import and u.status = 'decided'
  group by u.id
$$;
comment on function private.undo_progress is
'Rows done and all rows of an undo the worker is at; null while there is none.';

create function private.import_owners(import uuid) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(o) order by o.name nulls first, o.email), '[]')
  from (
    select coalesce(p.email, r.record ->> 'pending_owner') as email, p.full_name as name, count(*) as customers
    from public.import_rows r left join public.profiles p on p.id = (r.record ->> 'owner_id')::uuid
    where
      r.import_id = import and r.kind = 'customers' and not r.is_dropped and r.verdict in ('new', 'changed')
      and r.record ?| array['owner_id', 'pending_owner'] and (r.record ->> 'pending_owner' is not null or p.id is not null)
    group by 1, 2
  ) o
$$;
comment on function private.import_owners is
'Who an import would give customers to, and how many: the name of a member, none for an address that has not joined.';

create function public.read_imports(p_import_id uuid default null, p_first int default 0, p_most int default 10)
returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select
    jsonb_build_object(
      'total', (select count(*) from public.imports),
      'imports', coalesce((
        select
          jsonb_agg(
            to_jsonb(i) || jsonb_build_object(
              'created_by_name', (select p.full_name from public.profiles p where p.id = i.created_by),
              'decided_by_name', (select p.full_name from public.profiles p where p.id = i.decided_by),
              'counts', public.import_counts(i.id),
              'similar', (
                select count(*) from public.import_rows r
                where
                  r.import_id = i.id and r.candidates <> '[]' and r.chosen_id is null and not r.is_dropped
                  and i.status in ('staging', 'checked')
              ),
              'undo', private.undo_progress(i.id),
              'owners', case
                when p_import_id is not null and i.status = 'checked' then private.import_owners(i.id) else '[]'
              end
            ) order by i.created_at desc, i.id desc
          )
        from (
          select *
          from public.imports f
          where p_import_id is null or f.id = p_import_id
          order by f.created_at desc, f.id desc
          offset greatest(p_first, 0) limit least(greatest(p_most, 1), 100)
        ) i
      ), '[]')
    )
$$;
comment on function public.read_imports is
'Imports of the caller''s company, the newest first, or one of them: author, counts of rows, progress of an undo.';

create function public.import_undo_counts(p_undo_id uuid) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select
    jsonb_build_object(
      'remove', count(*) filter (where r.operation = 'remove'),
      'restore', count(*) filter (where r.operation = 'restore'),
      'bring_back', count(*) filter (where r.operation = 'bring_back'),
      'problems', count(*) filter (where r.problem is not null)
    )
  from (
    select u.problem, case u.table_name when 'pending_owners' then 'restore' else u.operation end as operation
    from public.import_undo_rows u
    where
      u.undo_id = p_undo_id
      and not (u.table_name = 'pending_owners' and (u.problem is not null or exists (
        select 1 from public.import_undo_rows c
        where
          c.undo_id = u.undo_id and c.table_name = 'customers'
          and c.row_id = (coalesce(u.expected, u.restored) ->> 'customer_id')::uuid
      )))
      and not (u.table_name = 'external_ids' and exists (
        select 1 from public.import_undo_rows r
        where
          r.undo_id = u.undo_id and r.table_name = coalesce(u.expected, u.restored) ->> 'table_name'
          and r.row_id = (coalesce(u.expected, u.restored) ->> 'row_id')::uuid
      ))
  ) r
$$;
comment on function public.import_undo_counts is
'How many rows an undo would remove, restore and bring back, and how many of these something stands against. '
'Who is to own a customer once they join counts as a change of the customer, ids of other systems with their rows.';

grant execute on function private.undo_progress, private.import_owners, public.read_imports, public.import_undo_counts to authenticated;
