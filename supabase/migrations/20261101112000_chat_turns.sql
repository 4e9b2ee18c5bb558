-- A turn: a question and its answer. An answer has blocks, one row each. Turns form a tree: asking again or editing a
-- question adds a sibling, and nothing is deleted.

create function private.guard_message() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  new.answer_id := case when new.role = 'assistant' then coalesce(new.answer_id, new.id) else new.id end;
  -- An answer under way when its conversation was closed is still stored, and so is a leader's decision.
  if new.role <> 'assistant' and exists (
    select 1 from public.workflow_chat_threads t
    where t.id = new.thread_id and t.owner_id = auth.uid() and t.status <> 'active') then
    raise sqlstate 'PT409' using message = 'This conversation is closed.',
      hint = 'Start a new one; this one stays readable.';
  elsif new.branch_id is not null and not exists (
    select 1 from public.workflow_chat_branches b
    where b.id = new.branch_id and (b.company_id is null or b.company_id = new.company_id)) then
    raise sqlstate 'PT404' using message = 'This branch does not exist, or you don''t have access to it.';
  end if;
  return new;
end;
$$;
comment on function private.guard_message is
'Before a message is inserted: a question is its own answer_id and its conversation open; its branch is stock or the '
'company''s.';
create trigger guard before insert on public.workflow_chat_messages
for each row execute function private.guard_message();

create function private.require_own_thread(thread uuid) returns public.workflow_chat_threads
language plpgsql stable security invoker set search_path = ''
as $$
declare
  found_thread public.workflow_chat_threads;
begin
  select * into found_thread from public.workflow_chat_threads where id = thread;
  if not found then
    raise sqlstate 'PT404' using message = 'This conversation does not exist, or you don''t have access to it.';
  elsif found_thread.owner_id is distinct from auth.uid() then
    raise sqlstate 'PT403' using
      message = 'This conversation belongs to a colleague. You can read it but not write in it.';
  end if;
  return found_thread;
end;
$$;
comment on function private.require_own_thread is 'A conversation of one''s own; raises PT404 or PT403 for any other.';

create function private.tokens_used_today() returns bigint
language sql stable security definer set search_path = ''
as $$
  select
    coalesce(
      sum(greatest(coalesce(m.input_tokens, 0) + coalesce(m.output_tokens, 0), coalesce(m.estimated_tokens, 0))), 0
    )::bigint
    + private.tokens_of_proposals(date_trunc('day', now(), private.time_zone()))
  from public.workflow_chat_messages m join public.workflow_chat_threads t on t.id = m.thread_id
  where
    m.company_id = private.current_company_id() and t.owner_id = auth.uid()
    and m.created_at >= date_trunc('day', now(), private.time_zone()) and m.position = 0 and m.role = 'assistant'
$$;
comment on function private.tokens_used_today is
'Tokens of the person''s own answers and workflow proposals since the person''s midnight, reported or else estimated.';

create function private.get_or_create_thread(
  p_execution_id uuid, p_slide_id text, p_thread_id uuid, p_title text
) returns public.workflow_chat_threads
language plpgsql security invoker set search_path = ''
as $$
declare
  run public.workflow_executions;
  thread public.workflow_chat_threads;
begin
  if p_thread_id is not null then
    thread := private.require_own_thread(p_thread_id);
    if (thread.execution_id, thread.slide_id) is distinct from (p_execution_id, p_slide_id) then
      raise sqlstate 'PT409' using message = 'This conversation is about another slide.';
    elsif thread.status <> 'active' then
      raise sqlstate 'PT409' using message = 'This conversation is closed.',
        hint = 'Start a new one; this one stays readable.';
    end if;
    return thread;
  end if;
  select * into run from public.workflow_executions where id = p_execution_id;
  if not found then
    raise sqlstate 'PT404' using message = 'This run does not exist, or you don''t have access to it.';
  elsif not exists (select 1 from public.workflow_definition_versions v
                    where v.id = run.definition_version_id and p_slide_id = any (v.slide_sequence)) then
    raise sqlstate 'PT400' using message = 'This slide is not part of the run.';
  end if;
  insert into public.workflow_chat_threads (company_id, execution_id, slide_id, owner_id, title)
  values (run.company_id, run.id, p_slide_id, auth.uid(), nullif(left(trim(p_title), 300), ''))
  returning * into thread;
  return thread;
end;
$$;
comment on function private.get_or_create_thread is
'The conversation of a turn: the person''s own, open one that is named, or a new one on the slide.';

create function private.store_llm_context(
  question public.workflow_chat_messages, p_system_prompt text, p_tools jsonb, p_context_data jsonb, p_model text
) returns uuid
language plpgsql security invoker set search_path = ''
as $$
declare
  context_id uuid;
begin
  if p_model is null then
    return null;
  end if;
  select c.id into context_id from public.workflow_llm_context c
  where c.message_id = question.id and c.thread_id = question.thread_id
    and (c.system_prompt, c.tools, c.context_data, c.model) is not distinct from (
      coalesce(p_system_prompt, ''), coalesce(p_tools, '[]'), coalesce(p_context_data, '{}'), p_model)
    and not exists (
      select 1 from public.workflow_chat_messages m where m.context_id = c.id and m.thread_id = c.thread_id)
  limit 1;
  if context_id is null then
    insert into public.workflow_llm_context (
      company_id, thread_id, message_id, system_prompt, tools, context_data, model)
    values (
      question.company_id, question.thread_id, question.id, coalesce(p_system_prompt, ''), coalesce(p_tools, '[]'),
      coalesce(p_context_data, '{}'), p_model)
    returning id into context_id;
  end if;
  return context_id;
end;
$$;
comment on function private.store_llm_context is
'Stores what a model is given; the same again, not answered yet, is the same row.';

create function public.begin_chat_turn(
  p_execution_id uuid, p_slide_id text, p_message_id uuid, p_content jsonb,
  p_thread_id uuid default null,
  p_parent_id uuid default null,
  p_branch_id uuid default null,
  p_title text default null,
  p_system_prompt text default null,
  p_tools jsonb default null,
  p_context_data jsonb default null,
  p_model text default null
) returns jsonb
language plpgsql security invoker set search_path = ''
as $$
declare
  thread public.workflow_chat_threads;
  question public.workflow_chat_messages;
  parent public.workflow_chat_messages;
begin
  perform private.require_member();
  if p_message_id is null then
    raise sqlstate 'PT400' using message = 'The message has no id.';
  end if;
  -- The same question sent twice at once, because its answer got lost on the way, is one question.
  perform pg_advisory_xact_lock(hashtextextended('chat turn:' || p_message_id::text, 0));
  select * into question from public.workflow_chat_messages where id = p_message_id;
  if found then
    thread := private.get_or_create_thread(p_execution_id, p_slide_id, question.thread_id, null);
    if question.role <> 'user' then
      raise sqlstate 'PT409' using message = 'An answer cannot be asked.';
    end if;
  else
    thread := private.get_or_create_thread(p_execution_id, p_slide_id, p_thread_id, p_title);
    if p_parent_id is not null then
      select * into parent from public.workflow_chat_messages where id = p_parent_id and thread_id = thread.id;
      if not found then
        raise sqlstate 'PT404' using message = 'The message to follow is not in this conversation.';
      elsif parent.position > 0 then
        select id into parent.id from public.workflow_chat_messages
        where thread_id = thread.id and answer_id = parent.answer_id order by position limit 1;
      end if;
    end if;
    insert into public.workflow_chat_messages (
      id, company_id, thread_id, parent_id, role, message_type, content, branch_id)
    values (
      p_message_id, thread.company_id, thread.id, parent.id, 'user', coalesce(p_content ->> 'type', 'text'), p_content,
      p_branch_id)
    returning * into question;
  end if;
  return jsonb_build_object(
    'thread', to_jsonb(thread), 'message', to_jsonb(question),
    'context_id', private.store_llm_context(question, p_system_prompt, p_tools, p_context_data, p_model),
    'tokens_today', private.tokens_used_today(), 'model_budget', private.model_budget());
exception
  when unique_violation then
    raise sqlstate 'PT409' using message = 'A message with this id already exists.';
  when check_violation or not_null_violation then
    raise sqlstate 'PT400' using message = 'The message or its context is too large, or not a message.';
end;
$$;
comment on function public.begin_chat_turn is
'Stores a question, its conversation if there is none, and what the model is given. The client makes p_message_id: the '
'same twice is one question, an existing one is asked again.';

create function public.finish_chat_turn(
  p_thread_id uuid, p_parent_id uuid, p_answer_id uuid, p_rows jsonb, p_context_id uuid default null,
  p_model text default null,
  p_input_tokens bigint default null,
  p_output_tokens bigint default null,
  p_cost_usd numeric default null,
  p_status text default 'complete', p_error text default null, p_estimated_tokens bigint default null
) returns jsonb
language plpgsql security invoker set search_path = ''
as $$
declare
  thread public.workflow_chat_threads;
  stored boolean;
begin
  perform private.require_member();
  thread := private.require_own_thread(p_thread_id);
  if p_answer_id is null or p_parent_id is null then
    raise sqlstate 'PT400' using message = 'The answer has no id, or does not say what it answers.';
  elsif jsonb_typeof(p_rows) is distinct from 'array' or jsonb_array_length(p_rows) not between 1 and 100 then
    raise sqlstate 'PT400' using message = 'An answer has 1 to 100 blocks.';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('chat answer:' || p_answer_id::text, 0));
  stored := not exists (
    select 1 from public.workflow_chat_messages where thread_id = thread.id and answer_id = p_answer_id);
  if stored then
    insert into public.workflow_chat_messages (
      company_id, thread_id, parent_id, answer_id, position, role, message_type, content, branch_type, branch_id,
      status, error, context_id, model, input_tokens, output_tokens, cost_usd, estimated_tokens, signature)
    select thread.company_id, thread.id, p_parent_id, p_answer_id, r.place - 1, 'assistant',
      coalesce(r.row ->> 'message_type', r.row -> 'content' ->> 'type', 'text'), r.row -> 'content',
      r.row ->> 'branch_type', (r.row ->> 'branch_id')::uuid, coalesce(r.row ->> 'status', p_status, 'complete'),
      p_error,
      p_context_id, p_model,
      case when r.place = 1 then p_input_tokens end, case when r.place = 1 then p_output_tokens end,
      case when r.place = 1 then p_cost_usd end,
      case when r.place = 1 and (p_input_tokens is null or p_output_tokens is null) then p_estimated_tokens end,
      r.row ->> 'signature'
    from jsonb_array_elements(p_rows) with ordinality r (row, place);
    update public.workflow_llm_context
    set input_tokens = coalesce(coalesce(input_tokens, 0) + p_input_tokens, input_tokens),
        output_tokens = coalesce(coalesce(output_tokens, 0) + p_output_tokens, output_tokens)
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
comment on function public.finish_chat_turn is
'Stores the blocks of an answer, each with its signature. Idempotent. Tokens and cost are those of the whole answer, '
'null if not reported; then '
'p_estimated_tokens counts towards the daily limit.';

create function public.give_chat_feedback(
  p_message_id uuid, p_thumbs int default null, p_comment text default null
) returns jsonb
language plpgsql security invoker set search_path = ''
as $$
declare
  given public.workflow_chat_feedback;
begin
  perform private.require_member();
  if not private.can_read_message(p_message_id) then
    raise sqlstate 'PT404' using message = 'This message does not exist, or you don''t have access to it.';
  elsif p_thumbs not in (-1, 1) then
    raise sqlstate 'PT400' using message = 'Feedback is thumbs up or thumbs down.';
  elsif length(p_comment) > 2000 then
    raise sqlstate 'PT400' using message = 'The comment can have up to 2,000 characters.';
  elsif p_thumbs is null then
    delete from public.workflow_chat_feedback where message_id = p_message_id and person_id = auth.uid();
    return null;
  end if;
  insert into public.workflow_chat_feedback as f (company_id, message_id, person_id, thumbs, comment)
  values (private.current_company_id(), p_message_id, auth.uid(), p_thumbs, nullif(trim(p_comment), ''))
  on conflict (message_id, person_id) do update set thumbs = excluded.thumbs, comment = excluded.comment
  returning * into given;
  return to_jsonb(given);
end;
$$;
comment on function public.give_chat_feedback is
'Sets the person''s thumb and comment on a message; without a thumb it is deleted.';

grant execute on function private.require_own_thread,
private.tokens_used_today,
private.get_or_create_thread,
private.store_llm_context,
public.begin_chat_turn, public.finish_chat_turn, public.give_chat_feedback to authenticated;
