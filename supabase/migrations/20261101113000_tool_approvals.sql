-- A tool call with a side effect waits until the owner of the conversation decides. Exactly one decision succeeds,
-- however many tabs send one, and whoever made it executes the call. The arguments proposed stay beside those approved.

-- If the process dies between approval and result, nobody knows whether the call was done: it stays running, is never
-- done again, and can be closed as interrupted after a while.
create function private.tool_call_timeout() returns interval
language sql immutable set search_path = ''
as $$ select interval '2 minutes' $$;
comment on function private.tool_call_timeout is
'How long a running tool call may take before it can be closed as interrupted.';

-- A tool call in a csm's conversation needs a leader if it saves a discount above the limit of a csm, or runs an action
-- that says so. The database decides that when the call is proposed, and again with the arguments it is approved with.
create function private.csm_discount_limit(company uuid) returns numeric
language sql stable security invoker set search_path = ''
as $$ select private.discount_limit(company, 'csm') $$;
comment on function private.csm_discount_limit is
'The largest discount, in percent, a csm of a company can give: the widest band of the role.';

create function private.max_discount(answer jsonb) returns numeric
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
comment on function private.max_discount is
'The largest discount anywhere in an answer, in percent; text that is no number counts as 100.';

create function private.proposed_off_list_percent(execution uuid, slide text, value jsonb) returns numeric
language plpgsql stable security definer set search_path = ''
as $$
declare
  run public.workflow_executions;
  priced text;
begin
  select k.key into priced from private.slide_answer_keys k
  where k.slide_id = private.slide_of_address(slide) and k.holds_discount;
  if not found then
    return null;
  end if;
  select * into run from public.workflow_executions e where e.id = execution;
  return greatest(
    -- What cannot be read as a number counts as it did: the price of such a row is not known yet.
    private.max_discount((
      select jsonb_agg(r) from jsonb_array_elements(case jsonb_typeof(value) when 'array' then value else '[]' end) r
      where jsonb_typeof(r -> 'discount') is distinct from 'number')),
    case when jsonb_typeof(value) <> 'array' then private.max_discount(value) end,
    case when priced = 'scenarios' then (
      select max(round(100 - (100 + r.uplift) * (100 - r.discount) / 100, 2))
      from private.price_scenario_rows(run, value) r) end,
    case when priced = 'lines' then (
      select max(coalesce(round(100 - r.price * (100 - r.discount) / nullif(r.list_price, 0), 2), r.discount))
      from private.price_quote_rows(run, value) r) end);
end;
$$;
comment on function private.proposed_off_list_percent is
'How far below list the furthest row of a proposed answer about prices is; null for other slides.';

create function private.leader_approval_reason(thread uuid, tool text, input jsonb) returns text
language sql stable security definer set search_path = ''
as $$
  select
    case
      when
        tool = 'save_answer'
        and private.proposed_off_list_percent(t.execution_id, t.slide_id, input -> 'value')
        > private.csm_discount_limit(t.company_id)
        then
          format(
            'A discount above %s%% needs approval from a manager or admin.',
            trim_scale(private.csm_discount_limit(t.company_id))
          )
      when
        tool = 'run_saved_action' and exists (
          select 1 from public.saved_actions a
          where
            a.name = input ->> 'action'
            and a.needs_leader
            and a.archived_at is null
            and (a.company_id is null or a.company_id = t.company_id)
        )
        then format('“%s” needs approval from a manager or admin.', left(input ->> 'action', 200))
    end
  from public.workflow_chat_threads t join public.profiles p on p.id = t.owner_id
  where t.id = leader_approval_reason.thread and t.company_id = private.current_company_id() and p.role = 'csm'
$$;
comment on function private.leader_approval_reason is
'Why a call needs the approval of a leader, as a sentence; null if its owner can approve it.';

create function private.flag_leader_approval() returns trigger
language plpgsql set search_path = ''
as $$
declare
  why text := private.leader_approval_reason(new.thread_id, new.tool, new.input);
begin
  if auth.uid() is null then
    return new;
  end if;
  new.needs_leader := new.status = 'waiting' and why is not null;
  if why is not null and new.status in ('running', 'succeeded') then
    raise sqlstate 'PT403' using message = why, hint = 'It is waiting for approval.';
  end if;
  return new;
end;
$$;
comment on function private.flag_leader_approval is
'Before a tool call is inserted: sets needs_leader, and raises PT403 if it runs without the approval.';
create trigger judge before insert on public.workflow_llm_tool_calls
for each row execute function private.flag_leader_approval();

create function private.guard_tool_call() returns trigger
language plpgsql set search_path = ''
as $$
declare
  why text;
begin
  if private.is_erasure() then
    return new;
  elsif new.input is distinct from old.input then
    raise sqlstate 'PT409' using message = 'The arguments of a tool call no longer change.';
  elsif old.status not in ('waiting', 'running')
     and (new.status, new.output, new.duration_ms, new.error, new.edited_input, new.decision_reason, new.signature)
         is distinct from
         (old.status, old.output, old.duration_ms, old.error, old.edited_input, old.decision_reason, old.signature) then
    raise sqlstate 'PT409' using message = 'This tool call has ended; its record no longer changes.';
  elsif old.status = 'waiting' and new.status not in ('waiting', 'running', 'denied') then
    raise sqlstate 'PT409' using message = 'This tool call is waiting for approval.';
  elsif old.status = 'running' and new.status in ('waiting', 'denied') then
    raise sqlstate 'PT409' using message = 'This tool call is already running.';
  elsif (old.status, new.status) not in (('waiting', 'running'), ('waiting', 'denied'))
     and (new.edited_input, new.decision_reason) is distinct from (old.edited_input, old.decision_reason) then
    raise sqlstate 'PT409' using message = 'Arguments can be edited with the approval only.';
  elsif new.status = old.status and new.signature is distinct from old.signature then
    raise sqlstate 'PT409' using message = 'A tool call is signed when its status changes.';
  elsif old.status = 'running' and old.decided_by <> auth.uid()
     and (new.status <> 'interrupted' or old.decided_at > now() - private.tool_call_timeout()) then
    raise sqlstate 'PT403' using message = 'Only whoever approved this call writes its result.';
  elsif new.message_id is distinct from old.message_id and auth.uid() is not null
        and not private.owns_thread(old.thread_id) then
    raise sqlstate 'PT403' using message = 'Only the owner of this conversation links it to a question.';
  end if;
  if old.status = 'waiting' and new.status = 'running' then
    why := private.leader_approval_reason(new.thread_id, new.tool, coalesce(new.edited_input, new.input));
    new.needs_leader := old.needs_leader or why is not null;
    if why is not null and (private.owns_thread(new.thread_id) or not private.is_team_lead()) then
      raise sqlstate 'PT403' using message = why, hint = 'It is in their inbox; you can still cancel it.';
    end if;
  end if;
  if old.status = 'waiting' and new.status <> 'waiting' then
    new.decided_by := coalesce(auth.uid(), new.decided_by);
    new.decided_at := now();
  end if;
  return new;
end;
$$;
comment on function private.guard_tool_call is
'Before a tool call is updated: it is decided once, by whoever may, and its result is written once.';
create trigger guard before update on public.workflow_llm_tool_calls
for each row execute function private.guard_tool_call();

create function private.require_own_call(call uuid) returns public.workflow_llm_tool_calls
language plpgsql stable security invoker set search_path = ''
as $$
declare
  found_call public.workflow_llm_tool_calls;
begin
  perform private.require_member();
  select * into found_call from public.workflow_llm_tool_calls where id = call;
  if not found then
    raise sqlstate 'PT404' using message = 'This tool call does not exist, or you don''t have access to it.';
  elsif not private.owns_thread(found_call.thread_id) and not (found_call.needs_leader and private.is_team_lead()) then
    raise sqlstate 'PT403' using message = 'Only the owner of this conversation can decide on it.';
  end if;
  return found_call;
end;
$$;
comment on function private.require_own_call is
'A tool call of one''s own conversation, or for leaders one that needs a leader; raises PT404 or PT403.';

create function private.tool_call_json(call public.workflow_llm_tool_calls) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select
    to_jsonb(call) || jsonb_build_object('decider', (
      select format('%s, %s', p.full_name, p.role)
      from public.workflow_chat_threads t join public.profiles p on p.id = call.decided_by and p.id <> t.owner_id
      where t.id = call.thread_id
    ))
$$;
comment on function private.tool_call_json is
'A tool call, with name and role of whoever decided on it in a colleague''s conversation.';

create function public.decide_tool_call(
  p_id uuid,
  p_approve boolean,
  p_input jsonb default null,
  p_reason text default null,
  p_signature text default null
) returns jsonb
language plpgsql security invoker set search_path = ''
as $$
declare
  call public.workflow_llm_tool_calls;
begin
  call := private.require_own_call(p_id);
  if p_approve is null then
    raise sqlstate 'PT400' using message = 'Approve or deny.';
  elsif p_input is not null and (not p_approve or jsonb_typeof(p_input) <> 'object') then
    raise sqlstate 'PT400' using message = 'The arguments cannot be read.';
  elsif length(p_input::text) > 400000 or length(p_reason) > 2000 then
    raise sqlstate 'PT400' using message = 'The arguments or the reason are too long.';
  end if;
  update public.workflow_llm_tool_calls
  set status = case when p_approve then 'running' else 'denied' end,
      edited_input = nullif(p_input, input), decision_reason = nullif(trim(p_reason), ''), signature = p_signature
  where id = p_id and status = 'waiting' returning * into call;
  if not found then
    select * into call from public.workflow_llm_tool_calls where id = p_id;
    raise sqlstate 'PT409' using
      message = case when call.status = 'denied' then 'This was already cancelled.'
                     when call.decided_at is null then 'This needs no approval.' else 'This was already approved.' end,
      detail = jsonb_build_object('call', private.tool_call_json(call))::text, hint = 'Nothing was done twice.';
  end if;
  return private.tool_call_json(call);
end;
$$;
comment on function public.decide_tool_call is
'Approves (running) or denies a waiting tool call, as its owner or as a leader if it needs one. Exactly one decision '
'succeeds; whoever gets the row executes it.';

create function public.complete_tool_call(
  p_id uuid,
  p_status text,
  p_output jsonb default null,
  p_error text default null,
  p_duration_ms int default null,
  p_signature text default null
) returns jsonb
language plpgsql security invoker set search_path = ''
as $$
declare
  call public.workflow_llm_tool_calls;
begin
  call := private.require_own_call(p_id);
  if coalesce(p_status, '') not in ('succeeded', 'failed', 'refused', 'interrupted') or p_duration_ms < 0
     or length(p_output::text) > 400000 then
    raise sqlstate 'PT400' using message = 'The result of the tool call cannot be read.';
  end if;
  if p_status = 'interrupted' and call.status = 'running'
     and coalesce(call.decided_at, call.created_at) > now() - private.tool_call_timeout() then
    raise sqlstate 'PT409' using message = 'This tool call may still be running.',
      hint = 'Look again in a few minutes.';
  end if;
  update public.workflow_llm_tool_calls
  set status = p_status, output = p_output, error = p_error, duration_ms = p_duration_ms, signature = p_signature
  where id = p_id and status = 'running' returning * into call;
  if not found then
    select * into call from public.workflow_llm_tool_calls where id = p_id;
    if (call.status, call.output, call.error) is distinct from (p_status, p_output, p_error) then
      raise sqlstate 'PT409' using
        message = case when call.status = 'waiting' then 'This tool call is waiting for approval.'
                       else 'This tool call has ended; its record no longer changes.' end,
        detail = jsonb_build_object('call', private.tool_call_json(call))::text;
    end if;
  end if;
  return private.tool_call_json(call);
end;
$$;
comment on function public.complete_tool_call is
'Writes the result of a running tool call. Idempotent. interrupted is accepted after two minutes only.';

create function private.pending_approvals(team boolean) returns table (
  call_id uuid,
  tool text,
  input jsonb,
  created_at timestamptz,
  needs_leader boolean,
  thread_id uuid,
  execution_id uuid,
  slide_id text,
  customer_name text, owner_id uuid, owner_name text, answer_id uuid, signature text
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
    o.full_name,
    t.answer_id,
    t.signature
  from public.workflow_llm_tool_calls t
  join public.workflow_chat_threads h on h.id = t.thread_id
  join public.workflow_executions e on e.id = h.execution_id
  join public.customers c on c.id = e.customer_id
  join public.profiles o on o.id = h.owner_id
  where
    t.status = 'waiting'
    and (h.owner_id = (select auth.uid()) or pending_approvals.team or (t.needs_leader and (select private.is_team_lead())))
$$;
comment on function private.pending_approvals is
'Tool calls that wait: of one''s own, for leaders those that need one, with `team` all.';

grant execute on function private.tool_call_timeout,
private.csm_discount_limit,
private.max_discount,
private.leader_approval_reason,
private.pending_approvals to authenticated, service_role;
grant execute on function private.require_own_call,
private.tool_call_json,
public.decide_tool_call,
public.complete_tool_call to authenticated;
