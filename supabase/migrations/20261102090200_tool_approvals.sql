-- A tool with a side effect waits as a row until the person who holds the conversation decides. Exactly one decision
-- wins, however many tabs ask; the winner executes. What was proposed stays beside what was approved.

alter table public.workflow_llm_tool_calls
  drop constraint workflow_llm_tool_calls_status_check,
  add constraint workflow_llm_tool_calls_status_check
    check (status in ('waiting', 'running', 'succeeded', 'failed', 'refused', 'denied')),
  add column answer_id uuid,
  add column call_id text check (length(call_id) <= 200),
  add column edited_input jsonb check (length(edited_input::text) <= 400000),
  add column decided_by uuid,
  add column decided_at timestamptz,
  add column decision_reason text check (length(decision_reason) <= 2000),
  add foreign key (decided_by, company_id) references public.profiles (id, company_id),
  add check ((decided_by is null) = (decided_at is null)),
  add check (status <> 'waiting' or decided_at is null),
  add check (status <> 'denied' or decided_at is not null);
comment on column public.workflow_llm_tool_calls.status is 'waiting (for approval), running, then succeeded, failed, refused (by the app) or denied (by the person).';
comment on column public.workflow_llm_tool_calls.message_id is 'The question that led to it.';
comment on column public.workflow_llm_tool_calls.input is 'Arguments, exactly as the model proposed them.';
comment on column public.workflow_llm_tool_calls.answer_id is 'The answer it is part of; its rows are stored after the call.';
comment on column public.workflow_llm_tool_calls.call_id is 'The call''s id in the model''s own words.';
comment on column public.workflow_llm_tool_calls.edited_input is 'Arguments as the person changed them; null when approved as proposed.';
comment on column public.workflow_llm_tool_calls.decided_by is 'Who approved or denied.';
comment on column public.workflow_llm_tool_calls.decided_at is 'When it was decided; null when it needed no approval.';
comment on column public.workflow_llm_tool_calls.decision_reason is 'Why, in the person''s words.';
create index workflow_llm_tool_calls_decided_by on public.workflow_llm_tool_calls (decided_by, company_id);
create index workflow_llm_tool_calls_answer on public.workflow_llm_tool_calls (answer_id);

grant insert (answer_id, call_id), update (edited_input, decision_reason) on public.workflow_llm_tool_calls to authenticated;

create or replace function private.keep_tool_result() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if new.input is distinct from old.input then
    raise sqlstate 'PT409' using message = 'What a tool was called with no longer changes.';
  elsif old.status not in ('waiting', 'running')
     and (new.status, new.output, new.duration_ms, new.error, new.edited_input, new.decision_reason)
         is distinct from (old.status, old.output, old.duration_ms, old.error, old.edited_input, old.decision_reason) then
    raise sqlstate 'PT409' using message = 'This tool call has ended; its record no longer changes.';
  elsif old.status = 'waiting' and new.status not in ('waiting', 'running', 'denied') then
    raise sqlstate 'PT409' using message = 'This tool call waits for approval.';
  elsif old.status = 'running' and new.status in ('waiting', 'denied') then
    raise sqlstate 'PT409' using message = 'This tool call is running already.';
  elsif (old.status, new.status) not in (('waiting', 'running'), ('waiting', 'denied'))
     and (new.edited_input, new.decision_reason) is distinct from (old.edited_input, old.decision_reason) then
    raise sqlstate 'PT409' using message = 'Arguments are edited in the moment of approval.';
  end if;
  if old.status = 'waiting' and new.status <> 'waiting' then
    new.decided_by := coalesce(auth.uid(), new.decided_by);
    new.decided_at := now();
  end if;
  return new;
end;
$$;
comment on function private.keep_tool_result is 'Before a tool call changes: it is decided once, by whoever is signed in, and what it came to is written once.';

create function private.own_call(call uuid) returns public.workflow_llm_tool_calls
language plpgsql stable security invoker set search_path = ''
as $$
declare
  found_call public.workflow_llm_tool_calls;
begin
  perform private.require_member();
  select * into found_call from public.workflow_llm_tool_calls where id = call;
  if not found then
    raise sqlstate 'PT404' using message = 'This tool call does not exist, or you may not see it.';
  elsif not private.owns_thread(found_call.thread_id) then
    raise sqlstate 'PT403' using message = 'Only the person who holds this conversation decides on it.';
  end if;
  return found_call;
end;
$$;
comment on function private.own_call is 'A tool call of the person''s own conversation; refuses any other with the reason.';

create function public.decide_tool_call(p_id uuid, p_approve boolean, p_input jsonb default null, p_reason text default null) returns jsonb
language plpgsql security invoker set search_path = ''
as $$
declare
  call public.workflow_llm_tool_calls;
begin
  call := private.own_call(p_id);
  if p_approve is null then
    raise sqlstate 'PT400' using message = 'Approve or deny.';
  elsif p_input is not null and (not p_approve or jsonb_typeof(p_input) <> 'object') then
    raise sqlstate 'PT400' using message = 'The arguments cannot be read.';
  elsif length(p_input::text) > 400000 or length(p_reason) > 2000 then
    raise sqlstate 'PT400' using message = 'The arguments or the reason are too long.';
  end if;
  update public.workflow_llm_tool_calls
  set status = case when p_approve then 'running' else 'denied' end,
      edited_input = nullif(p_input, input), decision_reason = nullif(trim(p_reason), '')
  where id = p_id and status = 'waiting' returning * into call;
  if not found then
    select * into call from public.workflow_llm_tool_calls where id = p_id;
    raise sqlstate 'PT409' using
      message = case when call.status = 'denied' then 'This was denied already.'
                     when call.decided_at is null then 'This needs no approval.' else 'This was approved already.' end,
      detail = jsonb_build_object('call', to_jsonb(call))::text, hint = 'Nothing was done twice.';
  end if;
  return to_jsonb(call);
end;
$$;
comment on function public.decide_tool_call is 'Approves (running) or denies a waiting tool call. Exactly one decision succeeds; whoever gets the row back executes it.';

create function public.complete_tool_call(p_id uuid, p_status text, p_output jsonb default null, p_error text default null, p_duration_ms int default null) returns jsonb
language plpgsql security invoker set search_path = ''
as $$
declare
  call public.workflow_llm_tool_calls;
begin
  call := private.own_call(p_id);
  if coalesce(p_status, '') not in ('succeeded', 'failed', 'refused') or p_duration_ms < 0 or length(p_output::text) > 400000 then
    raise sqlstate 'PT400' using message = 'What the tool call came to cannot be read.';
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
comment on function public.complete_tool_call is 'Writes what a running tool call came to, once; the same again is answered with the row as it stands.';

grant execute on function private.own_call, public.decide_tool_call, public.complete_tool_call to authenticated;
grant execute on function public.decide_tool_call, public.complete_tool_call to service_role;
