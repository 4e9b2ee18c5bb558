-- What answers cost: a person's own, the team's for those who lead it. Days are UTC days, as the cap's are.

create function private.chat_usage(p_days int)
returns table (day date, workflow_id text, person_id uuid, person_name text, answers bigint, input_tokens bigint, output_tokens bigint,
  cost_usd numeric, not_reported bigint)
language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.require_member();
  if coalesce(p_days, 0) not between 1 and 366 then
    raise sqlstate 'PT400' using message = 'Usage is shown for 1 to 366 days.';
  end if;
  return query
  select (m.created_at at time zone 'UTC')::date, e.workflow_id, t.owner_id, p.full_name, count(*),
    sum(m.input_tokens)::bigint, sum(m.output_tokens)::bigint, sum(m.cost_usd),
    count(*) filter (where m.input_tokens is null or m.output_tokens is null)
  from public.workflow_chat_messages m
  join public.workflow_chat_threads t on t.id = m.thread_id
  join public.workflow_executions e on e.id = t.execution_id
  join public.profiles p on p.id = t.owner_id
  where m.company_id = private.my_company() and (t.owner_id = auth.uid() or private.leads_team())
    and m.created_at >= date_trunc('day', now(), 'UTC') - make_interval(days => p_days - 1)
    and m.role = 'assistant' and m.position = 0 and m.model is not null
  group by 1, 2, 3, 4
  order by 1 desc, 2, 4;
end;
$$;
comment on function private.chat_usage is 'Tokens and cost by day, workflow and person: one''s own, or the team''s for those who lead it.';

create function public.chat_usage(p_days int default 30)
returns table (day date, workflow_id text, person_id uuid, person_name text, answers bigint, input_tokens bigint, output_tokens bigint,
  cost_usd numeric, not_reported bigint)
language sql stable security invoker set search_path = ''
as $$ select * from private.chat_usage(p_days) $$;
comment on function public.chat_usage is 'Tokens and cost of a model''s answers by UTC day, workflow and person. Sums are of what was reported; not_reported counts the answers that told nothing.';
grant execute on function private.chat_usage, public.chat_usage to authenticated;
grant execute on function public.chat_usage to service_role;
