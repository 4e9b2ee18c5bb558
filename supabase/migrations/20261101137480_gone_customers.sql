-- An address of a customer that is no more: one that was merged into another leads there, one that was erased says so.

create function private.find_kept_customer(customer uuid, out removed_name text, out kept_id uuid)
language sql stable security definer set search_path = ''
as $$
  with recursive chain as (
    select m.removed_label, m.kept_id, 1 as place
    from public.merges m
    where
      m.table_name = 'customers' and m.removed_id = customer and m.undone_at is null
      and m.company_id = private.current_company_id()
    union all
    select c.removed_label, m.kept_id, c.place + 1
    from chain c join public.merges m on m.removed_id = c.kept_id
    where m.table_name = 'customers' and m.undone_at is null and c.place < 50
  )
  select c.removed_label, c.kept_id from chain c order by c.place desc limit 1
$$;
comment on function private.find_kept_customer is
'The customer into which another one of the caller''s company was merged, at last, and what that one was called; null '
'for one that was not.';

create function private.find_erasure_day(customer uuid) returns date
language sql stable security definer set search_path = ''
as $$
  select private.today(max(e.created_at)) from public.erasures e
  where e.subject = 'customer' and e.subject_id = customer and e.company_id = private.current_company_id()
$$;
comment on function private.find_erasure_day is
'The day on which a customer of the caller''s company was erased or pseudonymised; null for one that was not.';

create function private.raise_no_customer(customer uuid) returns void
language plpgsql stable security invoker set search_path = ''
as $$
declare
  removed_name text;
  kept uuid;
  kept_name text;
  erased_on date;
begin
  select f.removed_name, f.kept_id, c.name into removed_name, kept, kept_name
  from private.find_kept_customer(customer) f left join public.customers c on c.id = f.kept_id;
  erased_on := private.find_erasure_day(coalesce(kept, customer));
  if kept_name is not null then
    raise sqlstate 'PT404' using message = format('%s was merged into %s.', removed_name, kept_name),
      detail = jsonb_build_object('merged_into', kept, 'name', kept_name)::text,
      hint = 'Its records are there now.';
  elsif erased_on is not null then
    raise sqlstate 'PT404' using
      message = format('This customer was erased on %s.', to_char(erased_on, 'FMDD FMMonth YYYY')),
      hint = 'Its data has been deleted. Managers and admins can find the proof under Privacy.';
  end if;
  raise sqlstate 'PT404' using message = 'This customer does not exist, or you don''t have access to it.';
end;
$$;
comment on function private.raise_no_customer is
'Raises PT404 for a customer that is not there: merged into another one (`merged_into`, `name`), erased, or unknown.';

grant execute on function private.find_kept_customer, private.find_erasure_day, private.raise_no_customer
to authenticated;
