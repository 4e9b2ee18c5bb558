-- Some servers of models report no tokens. The cap of a day counts them all the same, by an estimate that is kept apart:
-- it is no usage and is shown nowhere as such.

alter table public.workflow_chat_messages
  add column estimated_tokens bigint check (estimated_tokens >= 0);
comment on column public.workflow_chat_messages.estimated_tokens is 'About how many tokens the whole answer took where the server did not report them (characters / 4), on its first row. Only for the cap of a day, never usage.';
grant insert (estimated_tokens) on public.workflow_chat_messages to authenticated;

create or replace function private.chat_tokens_today() returns bigint
language sql stable security definer set search_path = ''
as $$
  select coalesce(sum(greatest(coalesce(m.input_tokens, 0) + coalesce(m.output_tokens, 0), coalesce(m.estimated_tokens, 0))), 0)::bigint
  from public.workflow_chat_messages m join public.workflow_chat_threads t on t.id = m.thread_id
  where m.company_id = private.my_company() and t.owner_id = auth.uid()
    and m.created_at >= date_trunc('day', now(), 'UTC') and m.position = 0 and m.role = 'assistant'
$$;
comment on function private.chat_tokens_today is 'Tokens the person''s own answers used since midnight UTC: as reported, and where they were not as estimated.';

drop function public.finish_chat_turn(uuid, uuid, uuid, jsonb, uuid, text, bigint, bigint, numeric, text, text);
create function public.finish_chat_turn(
  p_thread_id uuid, p_parent_id uuid, p_answer_id uuid, p_rows jsonb, p_context_id uuid default null,
  p_model text default null, p_input_tokens bigint default null, p_output_tokens bigint default null, p_cost_usd numeric default null,
  p_status text default 'complete', p_error text default null, p_estimated_tokens bigint default null
) returns jsonb
language plpgsql security invoker set search_path = ''
as $$
declare
  thread public.workflow_chat_threads;
  stored boolean;
begin
  perform private.require_member();
  thread := private.own_thread(p_thread_id);
  if p_answer_id is null or p_parent_id is null then
    raise sqlstate 'PT400' using message = 'The answer has no id, or does not say what it answers.';
  elsif jsonb_typeof(p_rows) is distinct from 'array' or jsonb_array_length(p_rows) not between 1 and 100 then
    raise sqlstate 'PT400' using message = 'An answer has one to a hundred blocks.';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('chat answer:' || p_answer_id::text, 0));
  stored := not exists (select 1 from public.workflow_chat_messages where thread_id = thread.id and answer_id = p_answer_id);
  if stored then
    insert into public.workflow_chat_messages (company_id, thread_id, parent_id, answer_id, position, role, message_type, content,
      branch_type, branch_id, status, error, context_id, model, input_tokens, output_tokens, cost_usd, estimated_tokens)
    select thread.company_id, thread.id, p_parent_id, p_answer_id, r.place - 1, 'assistant',
      coalesce(r.row ->> 'message_type', r.row -> 'content' ->> 'type', 'text'), r.row -> 'content',
      r.row ->> 'branch_type', (r.row ->> 'branch_id')::uuid, coalesce(r.row ->> 'status', p_status, 'complete'), p_error,
      p_context_id, p_model,
      case when r.place = 1 then p_input_tokens end, case when r.place = 1 then p_output_tokens end,
      case when r.place = 1 then p_cost_usd end,
      case when r.place = 1 and (p_input_tokens is null or p_output_tokens is null) then p_estimated_tokens end
    from jsonb_array_elements(p_rows) with ordinality r (row, place);
    update public.workflow_llm_context
    set input_tokens = case when p_input_tokens is null then input_tokens else coalesce(input_tokens, 0) + p_input_tokens end,
        output_tokens = case when p_output_tokens is null then output_tokens else coalesce(output_tokens, 0) + p_output_tokens end
    where id = p_context_id and thread_id = thread.id and (p_input_tokens is not null or p_output_tokens is not null);
  end if;
  return jsonb_build_object('answer_id', p_answer_id, 'stored', stored, 'messages', (
    select jsonb_agg(to_jsonb(m) order by m.position) from public.workflow_chat_messages m
    where m.thread_id = thread.id and m.answer_id = p_answer_id));
exception
  when foreign_key_violation then
    raise sqlstate 'PT404' using message = 'What this answers, or its context, is not in this conversation.';
  when check_violation or not_null_violation or invalid_text_representation then
    raise sqlstate 'PT400' using message = 'A block of the answer is too large, or not a block.';
end;
$$;
comment on function public.finish_chat_turn is 'Stores the blocks of an answer once, however often it is sent; tokens and cost are those of the whole answer, null when not reported; p_estimated_tokens then counts towards the cap of the day.';
grant execute on function public.finish_chat_turn to authenticated, service_role;
