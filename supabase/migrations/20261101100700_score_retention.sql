-- How long kept scores stay: each day for thirteen months, a year to compare with; before that the last day of a month.

create function private.delete_old_scores(most int) returns int
language plpgsql volatile security definer set search_path = ''
as $$
declare
  oldest constant date := date_trunc('month', (private.today() - interval '13 months')::timestamp)::date;
  company uuid;
  deleted int;
  left_over int := least(greatest(most, 1), 50000);
begin
  -- The index begins with the company.
  for company in select c.id from public.companies c order by c.id loop
    delete from public.customer_scores k where (k.customer_id, k.day) in (
      select o.customer_id, o.day from public.customer_scores o
      where o.company_id = company and o.day < oldest
        and exists (
          select from public.customer_scores l
          where l.customer_id = o.customer_id and l.day > o.day
            and l.day < date_trunc('month', o.day::timestamp) + interval '1 month')
      limit left_over for update skip locked);
    get diagnostics deleted = row_count;
    left_over := left_over - deleted;
    exit when left_over = 0;
  end loop;
  return least(greatest(most, 1), 50000) - left_over;
end;
$$;
comment on function private.delete_old_scores is 'See public.delete_old_scores.';

create function public.delete_old_scores(p_most int default 5000) returns int
language sql volatile security invoker set search_path = '' as $$ select private.delete_old_scores(p_most) $$;
comment on function public.delete_old_scores is
'Worker only: of the scores of months that ended a year and more ago, deletes all but the last of each customer and '
'month; how many rows, at most `p_most`.';

grant execute on function private.delete_old_scores, public.delete_old_scores to service_role;
