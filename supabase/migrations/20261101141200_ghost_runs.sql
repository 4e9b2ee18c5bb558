-- Accounts of many customers at once, for a workflow composed over all of them as a ghost run: read, never written.

create function public.customer_accounts(p_after uuid default null, p_most int default 50) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  company constant uuid := private.current_company_id();
  today constant date := private.today();
  chosen uuid[];
begin
  perform private.require_member();
  chosen := array(
    select c.id from public.customers c
    where c.company_id = company and c.status = 'active' and (p_after is null or c.id > p_after)
    order by c.id limit greatest(1, least(coalesce(p_most, 50), 100)));
  return jsonb_build_object(
    'total', (select count(*) from public.customers c where c.company_id = company and c.status = 'active'),
    'company', private.read_account_company(company),
    'customers', (
      select coalesce(jsonb_agg(r.account order by r.customer_id), '[]') from private.read_customers(chosen, today) r));
end;
$$;
comment on function public.customer_accounts is
'Up to 100 active customers that one may see, by id, those after p_after: each as customer_account returns it but for '
'what is the same for all (company), and how many there are in all.';
grant execute on function public.customer_accounts to authenticated;
