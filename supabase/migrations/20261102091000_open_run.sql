-- Opening a run in one request, so that a slide with its chat beside it takes three in all: session, run, chat.

create function public.open_run(p_execution_id uuid) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  run jsonb := public.workflow_run(p_execution_id);
begin
  return jsonb_build_object('run', run, 'account', public.customer_account((run -> 'execution' ->> 'customer_id')::uuid));
end;
$$;
comment on function public.open_run is 'A run as workflow_run gives it, and its customer as customer_account does.';
grant execute on function public.open_run to authenticated;
grant execute on function public.open_run to service_role;
