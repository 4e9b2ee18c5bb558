-- Whoever approves a call also carries it out. When that process dies in between, nobody knows whether it was done: the
-- call stays running and is never carried out again. After a while the person may close it as what it is.

alter table public.workflow_llm_tool_calls
  drop constraint workflow_llm_tool_calls_status_check,
  add constraint workflow_llm_tool_calls_status_check
    check (status in ('waiting', 'running', 'succeeded', 'failed', 'refused', 'denied', 'interrupted'));
comment on column public.workflow_llm_tool_calls.status is 'waiting (for approval), running, then succeeded, failed, refused (by the app), denied (by the person) or interrupted (nobody knows whether it was done).';

create function private.call_patience() returns interval
language sql immutable set search_path = ''
as $$ select interval '2 minutes' $$;
comment on function private.call_patience is 'How long a running tool call may still come to an end by itself.';
grant execute on function private.call_patience to authenticated, service_role;

create or replace function public.complete_tool_call(p_id uuid, p_status text, p_output jsonb default null, p_error text default null, p_duration_ms int default null) returns jsonb
language plpgsql security invoker set search_path = ''
as $$
declare
  call public.workflow_llm_tool_calls;
begin
  call := private.own_call(p_id);
  if coalesce(p_status, '') not in ('succeeded', 'failed', 'refused', 'interrupted') or p_duration_ms < 0 or length(p_output::text) > 400000 then
    raise sqlstate 'PT400' using message = 'What the tool call came to cannot be read.';
  end if;
  if p_status = 'interrupted' and call.status = 'running' and coalesce(call.decided_at, call.created_at) > now() - private.call_patience() then
    raise sqlstate 'PT409' using message = 'This tool call may still be running.', hint = 'Look again in a few minutes.';
  end if;
  update public.workflow_llm_tool_calls
  set status = p_status, output = p_output, error = p_error, duration_ms = p_duration_ms
  where id = p_id and status = 'running' returning * into call;
  if not found then
    select * into call from public.workflow_llm_tool_calls where id = p_id;
    if (call.status, call.output, call.error) is distinct from (p_status, p_output, p_error) then
      raise sqlstate 'PT409' using
        message = case when call.status = 'waiting' then 'This tool call waits for approval.'
                       else 'This tool call has ended; its record no longer changes.' end,
        detail = jsonb_build_object('call', to_jsonb(call))::text;
    end if;
  end if;
  return to_jsonb(call);
end;
$$;
comment on function public.complete_tool_call is 'Writes what a running tool call came to, once; the same again is answered with the row as it stands. interrupted only after two minutes.';
