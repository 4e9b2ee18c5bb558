-- A tool with a side effect waits as a row until the person who holds the conversation decides. Exactly one decision
-- wins, however many tabs ask; the winner executes. What was proposed stays beside what was approved.

-- Whoever approves a call also carries it out. When that process dies in between, nobody knows whether it was done: the
-- call stays running and is never carried out again. After a while the person may close it as what it is.
create function private.call_patience() returns interval
language sql immutable set search_path = ''
as $$ select interval '2 minutes' $$;
comment on function private.call_patience is 'How long a running tool call may still come to an end by itself.';

-- Nobody approves for themselves what is above their band. A tool call that waits in a csm's conversation needs a leader when
-- it keeps a discount above what a csm may agree to, or runs an action that says so. The database judges that, when the
-- call is proposed and again when it is approved, with the arguments as they are then. A leader carries it out as themselves.
create function private.csm_discount(company uuid) returns numeric
language sql stable security invoker set search_path = ''
as $$ select coalesce(b.up_to_percent, 100) from private.company_approval_bands(company) b order by b.position limit 1 $$;
comment on function private.csm_discount is 'The largest discount, in percent, a csm of a company may agree to: its first approval band.';

create function private.discount_in(answer jsonb) returns numeric
language sql immutable set search_path = ''
as $$
  select
    max(case jsonb_typeof(
      d)
      when 'number' then (d #>> '{}')::numeric
      when 'string'
        then
          case
            when d #>> '{}' ~ '^\s*[0-9]{1,6}([.][0-9]{1,6})?\s*%?\s*$' then rtrim(d #>> '{}', ' %')::numeric
            when trim(d #>> '{}') <> '' then 100
          end
    end)
  from jsonb_path_query(answer, 'strict $.**.discount') d
$$;
comment on function private.discount_in is 'The largest discount anywhere in an answer, in percent; words that are no number count as 100; null without one.';

create function private.why_leader(thread uuid, tool text, input jsonb) returns text
language sql stable security definer set search_path = ''
as $$
  select
    case
      when
        tool = 'save_answer'
        and exists (select 1 from private.slide_answer_keys k where k.slide_id = t.slide_id and k.holds_discount)
        and private.discount_in(input -> 'value') > private.csm_discount(t.company_id)
        then format('A discount above %s %% needs the approval of a manager or an admin.', trim_scale(private.csm_discount(t.company_id)))
      when
        tool = 'run_saved_action' and exists (
          select 1 from public.saved_actions a
          where
            a.name = input ->> 'action'
            and a.needs_leader
            and a.archived_at is null
            and (a.company_id is null or a.company_id = t.company_id)
        )
        then format('“%s” needs the approval of a manager or an admin.', left(input ->> 'action', 200))
    end
  from public.workflow_chat_threads t join public.profiles p on p.id = t.owner_id
  where t.id = why_leader.thread and t.company_id = private.my_company() and p.role = 'csm'
$$;
comment on function private.why_leader is 'Why a call in a conversation needs a leader''s approval, in a sentence; null when its holder may approve it.';

create function private.judge_tool_call() returns trigger
language plpgsql set search_path = ''
as $$
declare
  why text := private.why_leader(new.thread_id, new.tool, new.input);
begin
  if auth.uid() is null then
    return new;
  end if;
  new.needs_leader := new.status = 'waiting' and why is not null;
  if why is not null and new.status in ('running', 'succeeded') then
    raise sqlstate 'PT403' using message = why, hint = 'It has to wait for it.';
  end if;
  return new;
end;
$$;
comment on function private.judge_tool_call is 'Before a tool call is logged by a person: whether it needs a leader is the database''s to say.';
create trigger judge before insert on public.workflow_llm_tool_calls
for each row execute function private.judge_tool_call();

create function private.keep_tool_result() returns trigger
language plpgsql set search_path = ''
as $$
declare
  why text;
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
  elsif old.status = 'running' and old.decided_by <> auth.uid()
     and (new.status <> 'interrupted' or old.decided_at > now() - private.call_patience()) then
    raise sqlstate 'PT403' using message = 'What this came to is written by whoever approved it.';
  elsif new.message_id is distinct from old.message_id and auth.uid() is not null and not private.owns_thread(old.thread_id) then
    raise sqlstate 'PT403' using message = 'Only the person who holds this conversation says what led to it.';
  end if;
  if old.status = 'waiting' and new.status = 'running' then
    why := private.why_leader(new.thread_id, new.tool, coalesce(new.edited_input, new.input));
    new.needs_leader := old.needs_leader or why is not null;
    if why is not null and (private.owns_thread(new.thread_id) or not private.leads_team()) then
      raise sqlstate 'PT403' using message = why, hint = 'It waits in their inbox; you can still deny it.';
    end if;
  end if;
  if old.status = 'waiting' and new.status <> 'waiting' then
    new.decided_by := coalesce(auth.uid(), new.decided_by);
    new.decided_at := now();
  end if;
  return new;
end;
$$;
comment on function private.keep_tool_result is 'Before a tool call changes: it is decided once, by whoever may and is signed in, and what it came to is written once, by the same.';
create trigger guard before update on public.workflow_llm_tool_calls
for each row execute function private.keep_tool_result();

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
  elsif not private.owns_thread(found_call.thread_id) and not (found_call.needs_leader and private.leads_team()) then
    raise sqlstate 'PT403' using message = 'Only the person who holds this conversation decides on it.';
  end if;
  return found_call;
end;
$$;
comment on function private.own_call is 'A tool call of the person''s own conversation, or one that needs a leader, for leaders; refuses any other with the reason.';

create function public.decide_tool_call(
  p_id uuid, p_approve boolean, p_input jsonb default null, p_reason text default null
) returns jsonb
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
comment on function public.decide_tool_call is 'Approves (running) or denies a waiting tool call: the holder of the conversation, or a leader where it needs one. Exactly one decision succeeds; whoever gets the row back executes it.';

create function public.complete_tool_call(
  p_id uuid, p_status text, p_output jsonb default null, p_error text default null, p_duration_ms int default null
) returns jsonb
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

-- What a leader decided is said in the conversation, which is not theirs: once for each call, with their name.
create function private.tell_decision(p_call_id uuid, p_parent_id uuid, p_text text) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.me();
  call public.workflow_llm_tool_calls;
begin
  select * into call from public.workflow_llm_tool_calls c where c.id = p_call_id and c.company_id = me.company_id;
  if not found or not private.may_read_thread(call.thread_id) then
    raise sqlstate 'PT404' using message = 'This tool call does not exist, or you may not see it.';
  elsif call.decided_by is distinct from me.id then
    raise sqlstate 'PT403' using message = 'What was decided is said by whoever decided it.';
  elsif call.status in ('waiting', 'running') then
    raise sqlstate 'PT409' using message = 'This tool call has not come to an end yet.';
  end if;
  perform private.refuse(array_remove(array[private.words_fault(p_text, 4000, 'Say what it came to.')], null));
  insert into public.workflow_chat_messages (company_id, thread_id, parent_id, answer_id, role, message_type, content, branch_type)
  values (call.company_id, call.thread_id, p_parent_id, call.id, 'assistant', 'text',
    jsonb_build_object('type', 'text', 'text', format('%s, %s: %s', me.full_name, me.role, trim(p_text))),
    case call.tool when 'run_saved_action' then 'saved_action' else 'llm' end)
  on conflict (thread_id, answer_id, position) do nothing;
  return (select jsonb_build_object('messages', jsonb_agg(to_jsonb(m) order by m.position))
    from public.workflow_chat_messages m where m.thread_id = call.thread_id and m.answer_id = call.id);
exception
  when foreign_key_violation then
    raise sqlstate 'PT404' using message = 'What this follows is not in this conversation.';
end;
$$;
comment on function private.tell_decision is 'The whole of public.tell_decision.';

create function public.tell_decision(p_call_id uuid, p_parent_id uuid, p_text text) returns jsonb
language sql volatile security invoker set search_path
= '' as $$ select private.tell_decision(p_call_id, p_parent_id, p_text) $$;
comment on function public.tell_decision is 'Says in a colleague''s conversation what a call came to that one decided on, under one''s name; said twice is said once.';

-- For the inbox: a leader is shown what needs one, without asking for the team's.
create function private.waiting_approvals(team boolean) returns table (
  call_id uuid,
  tool text,
  input jsonb,
  created_at timestamptz,
  needs_leader boolean,
  thread_id uuid,
  execution_id uuid,
  slide_id text,
  customer_name text, owner_id uuid, owner_name text
)
language sql stable security invoker set search_path = ''
as $$
  select
    t.id,
    t.tool,
    coalesce(t.edited_input, t.input),
    t.created_at,
    t.needs_leader,
    h.id,
    h.execution_id,
    h.slide_id,
    c.name,
    h.owner_id,
    o.full_name
  from public.workflow_llm_tool_calls t
  join public.workflow_chat_threads h on h.id = t.thread_id
  join public.workflow_executions e on e.id = h.execution_id
  join public.customers c on c.id = e.customer_id
  join public.profiles o on o.id = h.owner_id
  where
    t.status = 'waiting'
    and (h.owner_id = (select auth.uid()) or team or (t.needs_leader and (select private.leads_team())))
$$;
comment on function private.waiting_approvals is 'Tool calls that wait for the signed-in person: one''s own, for leaders what needs one, for the team all.';

grant execute on function private.call_patience, private.csm_discount, private.discount_in, private.why_leader,
private.waiting_approvals to authenticated, service_role;
grant execute on function private.own_call, public.decide_tool_call, public.complete_tool_call, private.tell_decision,
public.tell_decision to authenticated;
