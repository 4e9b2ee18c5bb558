-- Chat: conversations on a slide, their messages, the branches offered, the record of what the model was given and did.
-- People read their own conversations and those shared with the company; leaders read the team's.

create table public.workflow_chat_threads (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  execution_id uuid not null,
  slide_id text not null,
  owner_id uuid not null,
  is_shared boolean not null default false,
  status text not null default 'active' check (status in ('active', 'completed', 'abandoned')),
  title text check (length(title) <= 300),
  revision int not null default 1,
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  unique (id, company_id),
  foreign key (execution_id, company_id) references public.workflow_executions (id, company_id),
  foreign key (owner_id, company_id) references public.profiles (id, company_id)
);
comment on table public.workflow_chat_threads is 'A conversation on one slide of a run.';
comment on column public.workflow_chat_threads.id is 'Identity of the row.';
comment on column public.workflow_chat_threads.company_id is 'Tenant.';
comment on column public.workflow_chat_threads.execution_id is 'The run.';
comment on column public.workflow_chat_threads.slide_id is 'Address of the slide.';
comment on column public.workflow_chat_threads.owner_id is 'The person whose conversation it is.';
comment on column public.workflow_chat_threads.is_shared is 'True if the whole company may read it.';
comment on column public.workflow_chat_threads.status is 'active, completed or abandoned.';
comment on column public.workflow_chat_threads.title is 'Title, from its first words.';
comment on column public.workflow_chat_threads.revision is 'Grows with every update; compare-and-set.';
comment on column public.workflow_chat_threads.created_at is 'When the row was inserted.';
comment on column public.workflow_chat_threads.updated_at is 'When the row last changed.';
create index workflow_chat_threads_execution on public.workflow_chat_threads (execution_id, company_id);
create index workflow_chat_threads_owner on public.workflow_chat_threads (owner_id, company_id);
create index workflow_chat_threads_company on public.workflow_chat_threads (company_id, created_at desc, id desc);
create trigger touch before update on public.workflow_chat_threads
for each row execute function private.touch_updated_at();
create trigger revise before update on public.workflow_chat_threads
for each row execute function private.increment_revision();
create function private.guard_thread() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op = 'INSERT' and not exists (
    select 1
    from public.workflow_executions e join public.workflow_definition_versions v on v.id = e.definition_version_id
    where e.id = new.execution_id and e.company_id = new.company_id and new.slide_id = any (v.slide_sequence)) then
    raise sqlstate 'PT400' using message = 'This slide is not part of the run.';
  elsif tg_op = 'UPDATE' and old.status <> 'active' and new.status <> old.status then
    raise sqlstate 'PT409' using message = 'This conversation is closed.',
      hint = 'Start a new one; this one stays readable.';
  end if;
  return new;
end;
$$;
comment on function private.guard_thread is
'Before a conversation is written: the run has its slide, and a closed one stays closed.';
create trigger guard before insert or update of status on public.workflow_chat_threads
for each row execute function private.guard_thread();
alter table public.workflow_chat_threads enable row level security;
revoke all on public.workflow_chat_threads from anon, authenticated;
grant select,
insert (company_id, execution_id, slide_id, owner_id, is_shared, title),
update (is_shared, status, title)
on public.workflow_chat_threads to authenticated;
create policy "members read their own and shared threads, leaders the team's" on public.workflow_chat_threads
for select to authenticated
using (
  company_id = (select private.current_company_id())
  and (owner_id = (select auth.uid()) or is_shared or (select private.is_team_lead()))
);
create policy "members open threads of their own" on public.workflow_chat_threads
for insert to authenticated
with check (company_id = (select private.current_company_id()) and owner_id = (select auth.uid()));
create policy "members change threads of their own" on public.workflow_chat_threads
for update to authenticated
using (company_id = (select private.current_company_id()) and owner_id = (select auth.uid()))
with check (company_id = (select private.current_company_id()) and owner_id = (select auth.uid()));

create function private.can_read_thread(thread uuid) returns boolean
language sql stable security definer set search_path = ''
as $$
  select exists(
    select 1 from public.workflow_chat_threads t
    where
      t.id = thread and t.company_id = private.current_company_id()
      and (t.owner_id = auth.uid() or t.is_shared or private.is_team_lead())
  )
$$;
comment on function private.can_read_thread is 'True if the person may read a conversation.';

create function private.owns_thread(thread uuid) returns boolean
language sql stable security definer set search_path = ''
as $$
  select exists(
    select 1 from public.workflow_chat_threads t
    where t.id = thread and t.company_id = private.current_company_id() and t.owner_id = auth.uid()
  )
$$;
comment on function private.owns_thread is 'True if a conversation is the person''s own.';

create table public.workflow_chat_messages (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  thread_id uuid not null,
  parent_id uuid,
  answer_id uuid not null,
  position int not null default 0 check (position between 0 and 99),
  role text not null check (role in ('user', 'assistant', 'system')),
  message_type text not null default 'text' check (message_type in ('text', 'chart', 'table', 'code')),
  content jsonb not null check (length(content::text) <= 400000) check (
    private.is_readable_json(content)
    and jsonb_typeof(content) = 'object'
  ),
  branch_type text check (branch_type in ('fixed', 'llm', 'rag', 'saved_action')),
  branch_id uuid,
  status text not null default 'complete' check (status in ('complete', 'stopped', 'failed', 'cut')),
  error text check (length(error) <= 2000),
  context_id uuid,
  model text check (length(model) <= 200),
  input_tokens bigint check (input_tokens >= 0),
  output_tokens bigint check (output_tokens >= 0),
  cost_usd numeric(14, 6) check (cost_usd between 0 and 99999999.999999),
  estimated_tokens bigint check (estimated_tokens >= 0),
  signature text check (length(signature) <= 100),
  redacted_at private.moment,
  created_at private.moment not null default now(),
  unique (id, company_id),
  unique (id, thread_id),
  unique (thread_id, answer_id, position),
  foreign key (thread_id, company_id) references public.workflow_chat_threads (id, company_id),
  foreign key (parent_id, thread_id) references public.workflow_chat_messages (id, thread_id)
);
comment on table public.workflow_chat_messages is 'A message. Append-only.';
comment on column public.workflow_chat_messages.id is 'Identity of the row.';
comment on column public.workflow_chat_messages.company_id is 'Tenant.';
comment on column public.workflow_chat_messages.thread_id is 'The conversation.';
comment on column public.workflow_chat_messages.parent_id is
'The message it follows; null for the first of a conversation. Rows with one parent are alternatives, or blocks of one '
'answer.';
comment on column public.workflow_chat_messages.answer_id is
'Shared by the rows of one answer; a question has its own id.';
comment on column public.workflow_chat_messages.position is 'Order of the block within its answer.';
comment on column public.workflow_chat_messages.role is 'user, assistant or system.';
comment on column public.workflow_chat_messages.message_type is 'text, chart, table or code.';
comment on column public.workflow_chat_messages.content is 'The message as a block of its type.';
comment on column public.workflow_chat_messages.branch_type is 'Type of the branch that answered; null for a question.';
comment on column public.workflow_chat_messages.branch_id is 'The branch that answered or was asked.';
comment on column public.workflow_chat_messages.status is 'complete, stopped (by the person), failed or cut.';
comment on column public.workflow_chat_messages.error is 'Why it is not complete, as a sentence.';
comment on column public.workflow_chat_messages.context_id is 'What the model was given for this answer.';
comment on column public.workflow_chat_messages.model is 'The model that wrote it; rules for the built-in assistant.';
comment on column public.workflow_chat_messages.input_tokens is
'Tokens read for the whole answer, on its first row; null if not reported.';
comment on column public.workflow_chat_messages.output_tokens is
'Tokens written for the whole answer, on its first row; null if not reported.';
comment on column public.workflow_chat_messages.cost_usd is
'Cost of the whole answer in USD, on its first row; null if unknown.';
comment on column public.workflow_chat_messages.estimated_tokens is
'Estimate (characters / 4) for a server that does not report tokens, on the first row of the answer. Counts towards '
'the daily limit, never as usage.';
comment on column public.workflow_chat_messages.signature is
'Of the app, over the fields that give the row its meaning. An answer without a valid one is not written by Zen. Only '
'the app can make and verify it.';
comment on column public.workflow_chat_messages.redacted_at is
'When an erasure took names out of it, so that its signature no longer holds; null otherwise.';
comment on column public.workflow_chat_messages.created_at is 'When the row was inserted.';
create index workflow_chat_messages_thread on public.workflow_chat_messages (thread_id, company_id);
create index workflow_chat_messages_company on public.workflow_chat_messages (company_id, created_at desc, id desc);
create index workflow_chat_messages_parent on public.workflow_chat_messages (parent_id, thread_id);
create index workflow_chat_messages_branch on public.workflow_chat_messages (branch_id);
create index workflow_chat_messages_context on public.workflow_chat_messages (context_id, thread_id);
alter table public.workflow_chat_messages enable row level security;
revoke all on public.workflow_chat_messages from anon, authenticated;
grant select,
insert (
  id, company_id, thread_id, parent_id, answer_id, position, role, message_type, content, branch_type, branch_id,
  status, error, context_id, model, input_tokens, output_tokens, cost_usd, estimated_tokens, signature
)
on public.workflow_chat_messages to authenticated;
create policy "members read messages of threads they may read" on public.workflow_chat_messages
for select to authenticated using (
  company_id = (select private.current_company_id()) and private.can_read_thread(thread_id)
);
create policy "members write messages in threads of their own" on public.workflow_chat_messages
for insert to authenticated with check (
  company_id = (select private.current_company_id()) and private.owns_thread(thread_id)
);

create function private.can_read_message(message uuid) returns boolean
language sql stable security definer set search_path = ''
as $$
  select exists(
    select 1 from public.workflow_chat_messages m
    where m.id = message and m.company_id = private.current_company_id() and private.can_read_thread(m.thread_id)
  )
$$;
comment on function private.can_read_message is 'True if the person may read a message.';

create function private.are_kept_figures(figures text[]) returns boolean
language sql immutable set search_path = ''
as $$
  select coalesce(cardinality(figures), 0) <= 40
    and not exists (
      select from unnest(figures) f (figure)
      where f.figure is null or f.figure !~ '\d' or length(f.figure) > 60
    )
$$;
comment on function private.are_kept_figures is 'True for up to 40 passages of up to 60 characters, each with a digit.';
grant execute on function private.are_kept_figures to authenticated, service_role;

create table public.workflow_chat_branches (
  id uuid primary key default gen_random_uuid(),
  definition_id uuid not null references public.workflow_definitions (id),
  company_id uuid references public.companies (id),
  slide_id text not null,
  branch_key text not null check (length(branch_key) between 1 and 100),
  branch_type text not null check (branch_type in ('fixed', 'llm', 'rag', 'saved_action')),
  label text not null check (length(label) between 1 and 200 and not private.is_blank(label)),
  response_text text,
  prompt text,
  saved_action_id uuid references public.saved_actions (id),
  snooze_days int check (snooze_days between 1 and 730),
  next_branch_key text check (length(next_branch_key) <= 100),
  position int not null default 0,
  status text not null default 'published' check (status in ('draft', 'published', 'archived')),
  since_version int check (since_version > 0),
  promoted_from uuid,
  kept_figures text[] not null default '{}' check (private.are_kept_figures(kept_figures)),
  created_by uuid references public.profiles (id) on delete set null,
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  unique nulls not distinct (definition_id, company_id, slide_id, branch_key),
  foreign key (promoted_from, company_id) references public.workflow_chat_messages (id, company_id),
  check (length(response_text) <= 40000 and length(prompt) <= 40000),
  check (snooze_days is null or branch_type = 'saved_action'),
  check (status <> 'published' or case branch_type
    when 'fixed' then length(trim(response_text)) > 0
    when 'saved_action' then saved_action_id is not null
    else length(trim(prompt)) > 0
  end is true)
);
comment on table public.workflow_chat_branches is 'A question a slide offers, and how it is answered.';
comment on column public.workflow_chat_branches.id is 'Identity of the row.';
comment on column public.workflow_chat_branches.definition_id is 'The workflow it belongs to.';
comment on column public.workflow_chat_branches.company_id is
'Tenant; null for stock. A company''s own replaces the stock one with its key.';
comment on column public.workflow_chat_branches.slide_id is 'Address of the slide.';
comment on column public.workflow_chat_branches.branch_key is 'Name of the branch within the slide.';
comment on column public.workflow_chat_branches.branch_type is
'fixed (written answer), llm (model), rag (from the records of the customer) or saved_action.';
comment on column public.workflow_chat_branches.label is 'Text of the button.';
comment on column public.workflow_chat_branches.response_text is 'The written answer of a fixed branch.';
comment on column public.workflow_chat_branches.prompt is 'Prompt of an llm or rag branch.';
comment on column public.workflow_chat_branches.saved_action_id is 'The action of a saved_action branch.';
comment on column public.workflow_chat_branches.snooze_days is
'For how many days a branch that proposes to snooze does; null: the usual two weeks.';
comment on column public.workflow_chat_branches.next_branch_key is 'The branch offered after this one.';
comment on column public.workflow_chat_branches.position is 'Order on the slide.';
comment on column public.workflow_chat_branches.status is 'draft, published or archived.';
comment on column public.workflow_chat_branches.since_version is
'The version of the workflow it came with, which says what it asks and answers; null: offered beside every version.';
comment on column public.workflow_chat_branches.promoted_from is 'The answer it was created from.';
comment on column public.workflow_chat_branches.kept_figures is
'Figures of a promoted answer that are no customer''s, as a person decided: a rule such as 30 days.';
comment on column public.workflow_chat_branches.created_by is 'Who created it; null for stock.';
comment on column public.workflow_chat_branches.created_at is 'When the row was inserted.';
comment on column public.workflow_chat_branches.updated_at is 'When the row last changed.';
create index workflow_chat_branches_company on public.workflow_chat_branches (company_id);
create index workflow_chat_branches_action on public.workflow_chat_branches (saved_action_id);
create index workflow_chat_branches_created_by on public.workflow_chat_branches (created_by);
create index workflow_chat_branches_promoted_from on public.workflow_chat_branches (promoted_from, company_id);
create trigger touch before update on public.workflow_chat_branches
for each row execute function private.touch_updated_at();
create function private.guard_branch() returns trigger
language plpgsql set search_path = ''
as $$
begin
  perform private.require_known_slides(array[new.slide_id]);
  return new;
end;
$$;
comment on function private.guard_branch is 'Before a branch is written: its slide exists.';
create trigger guard before insert or update of slide_id on public.workflow_chat_branches
for each row execute function private.guard_branch();
alter table public.workflow_chat_branches enable row level security;
revoke all on public.workflow_chat_branches from anon, authenticated;
grant select,
insert (
  definition_id, company_id, slide_id, branch_key, branch_type, label, response_text, prompt, saved_action_id,
  snooze_days, next_branch_key, position, status, promoted_from, kept_figures,
  created_by
),
update (branch_type, label, response_text, prompt, saved_action_id, snooze_days, next_branch_key, position, status,
  kept_figures)
on public.workflow_chat_branches to authenticated;
-- A company may add branches to stock workflows too. Anyone drafts one; leaders publish it.
create policy "members read stock and their company's branches" on public.workflow_chat_branches
for select to authenticated
using (
  (company_id is null and (select private.current_company_id()) is not null)
  or company_id = (select private.current_company_id())
);
create policy "members draft branches on workflows they see, leaders publish"
on public.workflow_chat_branches for insert to authenticated
with check (
  company_id = (select private.current_company_id()) and created_by = (select auth.uid())
  and (status = 'draft' or (select private.is_team_lead()))
  and exists (select 1 from public.workflow_definitions d where d.id = definition_id)
  and (promoted_from is null or private.can_read_message(promoted_from))
  and (saved_action_id is null or exists (select 1 from public.saved_actions a where a.id = saved_action_id))
);
create policy "members change their own drafts, leaders all of the company" on public.workflow_chat_branches
for update to authenticated
using (
  company_id = (select private.current_company_id())
  -- The text of a version's branch stands in the version: another one is published.
  and since_version is null
  and ((status = 'draft' and created_by = (select auth.uid())) or (select private.is_team_lead()))
)
with check (
  company_id = (select private.current_company_id())
  and ((status = 'draft' and created_by = (select auth.uid())) or (select private.is_team_lead()))
  and (saved_action_id is null or exists (select 1 from public.saved_actions a where a.id = saved_action_id))
);

create table public.workflow_llm_context (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  thread_id uuid not null,
  message_id uuid,
  system_prompt text not null check (length(system_prompt) <= 200000),
  tools jsonb not null default '[]' check (private.is_readable_json(tools) and length(tools::text) <= 200000),
  context_data jsonb not null default '{}' check (
    private.is_readable_json(context_data) and length(context_data::text) <= 400000
  ),
  model text not null check (length(model) <= 200),
  input_tokens bigint check (input_tokens >= 0),
  output_tokens bigint check (output_tokens >= 0),
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  unique (id, thread_id),
  foreign key (thread_id, company_id) references public.workflow_chat_threads (id, company_id),
  foreign key (message_id, thread_id) references public.workflow_chat_messages (id, thread_id)
);
comment on table public.workflow_llm_context is 'What a model was given for a question, and the tokens it used.';
comment on column public.workflow_llm_context.id is 'Identity of the row.';
comment on column public.workflow_llm_context.company_id is 'Tenant.';
comment on column public.workflow_llm_context.thread_id is 'The conversation.';
comment on column public.workflow_llm_context.message_id is 'The question.';
comment on column public.workflow_llm_context.system_prompt is 'The exact system prompt.';
comment on column public.workflow_llm_context.tools is 'The tools offered, as sent.';
comment on column public.workflow_llm_context.context_data is 'Facts and answers of the account, as sent.';
comment on column public.workflow_llm_context.model is 'The model; rules for the built-in assistant.';
comment on column public.workflow_llm_context.input_tokens is 'Tokens read; null if not reported.';
comment on column public.workflow_llm_context.output_tokens is 'Tokens written; null if not reported.';
comment on column public.workflow_llm_context.created_at is 'When the row was inserted.';
comment on column public.workflow_llm_context.updated_at is 'When the row last changed.';
create index workflow_llm_context_thread on public.workflow_llm_context (thread_id, company_id);
create index workflow_llm_context_company on public.workflow_llm_context (company_id);
create index workflow_llm_context_message on public.workflow_llm_context (message_id, thread_id);
create trigger touch before update on public.workflow_llm_context
for each row execute function private.touch_updated_at();
alter table public.workflow_llm_context enable row level security;
revoke all on public.workflow_llm_context from anon, authenticated;
grant select,
insert (id, company_id, thread_id, message_id, system_prompt, tools, context_data, model, input_tokens, output_tokens),
update (input_tokens, output_tokens)
on public.workflow_llm_context to authenticated;
create policy "members read context of threads they may read" on public.workflow_llm_context
for select to authenticated using (
  company_id = (select private.current_company_id()) and private.can_read_thread(thread_id)
);
create policy "members write context in threads of their own" on public.workflow_llm_context
for insert to authenticated with check (
  company_id = (select private.current_company_id()) and private.owns_thread(thread_id)
);
create policy "members change context in threads of their own" on public.workflow_llm_context
for update to authenticated
using (company_id = (select private.current_company_id()) and private.owns_thread(thread_id))
with check (company_id = (select private.current_company_id()) and private.owns_thread(thread_id));

-- Messages refer to branches and contexts, which refer to messages.
alter table public.workflow_chat_messages
add foreign key (branch_id) references public.workflow_chat_branches (id),
add foreign key (context_id, thread_id) references public.workflow_llm_context (id, thread_id);

create table public.workflow_llm_tool_calls (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  thread_id uuid not null,
  message_id uuid,
  answer_id uuid,
  call_id text check (length(call_id) <= 200),
  tool text not null check (length(tool) <= 200),
  input jsonb not null default '{}' check (private.is_readable_json(input) and length(input::text) <= 400000),
  edited_input jsonb check (private.is_readable_json(edited_input) and length(edited_input::text) <= 400000),
  output jsonb check (private.is_readable_json(output) and length(output::text) <= 400000),
  status text not null default 'running'
  check (status in ('waiting', 'running', 'succeeded', 'failed', 'refused', 'denied', 'interrupted')),
  needs_leader boolean not null default false,
  decided_by uuid,
  decided_at private.moment,
  decision_reason text check (length(decision_reason) <= 2000),
  duration_ms int check (duration_ms >= 0),
  error text check (length(error) <= 20000),
  signature text check (length(signature) <= 100),
  redacted_at private.moment,
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  check ((decided_by is null) = (decided_at is null)),
  check (status <> 'waiting' or decided_at is null),
  check (status <> 'denied' or decided_at is not null),
  foreign key (thread_id, company_id) references public.workflow_chat_threads (id, company_id),
  foreign key (message_id, company_id) references public.workflow_chat_messages (id, company_id),
  foreign key (decided_by, company_id) references public.profiles (id, company_id)
);
comment on table public.workflow_llm_tool_calls is
'The audit log of tools: inserted before a call, completed after it.';
comment on column public.workflow_llm_tool_calls.id is 'Identity of the row.';
comment on column public.workflow_llm_tool_calls.company_id is 'Tenant.';
comment on column public.workflow_llm_tool_calls.thread_id is 'The conversation.';
comment on column public.workflow_llm_tool_calls.message_id is 'The question.';
comment on column public.workflow_llm_tool_calls.answer_id is
'The answer it is part of; its rows are stored after the call.';
comment on column public.workflow_llm_tool_calls.call_id is 'The id the model gave the call.';
comment on column public.workflow_llm_tool_calls.tool is 'Name of the tool.';
comment on column public.workflow_llm_tool_calls.input is 'Arguments as the model proposed them.';
comment on column public.workflow_llm_tool_calls.edited_input is
'Arguments as the person changed them; null if approved as proposed.';
comment on column public.workflow_llm_tool_calls.output is 'Result; null until it ends.';
comment on column public.workflow_llm_tool_calls.status is
'waiting (for approval), running, succeeded, failed, refused (by the app), denied (by the person) or interrupted '
'(unknown whether it was done).';
comment on column public.workflow_llm_tool_calls.needs_leader is
'True if only a leader can approve it; set by the database, and kept if edited arguments no longer need one.';
comment on column public.workflow_llm_tool_calls.decided_by is 'Who approved or denied.';
comment on column public.workflow_llm_tool_calls.decided_at is 'When it was decided; null if it needed no approval.';
comment on column public.workflow_llm_tool_calls.decision_reason is 'Why, in the person''s words.';
comment on column public.workflow_llm_tool_calls.duration_ms is 'Duration in milliseconds.';
comment on column public.workflow_llm_tool_calls.error is 'What went wrong, as a sentence.';
comment on column public.workflow_llm_tool_calls.signature is
'Of the app, over the call as its status stands. A call without a valid one is not Zen''s record.';
comment on column public.workflow_llm_tool_calls.redacted_at is
'When an erasure took names out of it, so that its signature no longer holds; null otherwise.';
comment on column public.workflow_llm_tool_calls.created_at is 'When the row was inserted.';
comment on column public.workflow_llm_tool_calls.updated_at is 'When the row last changed.';
create index workflow_llm_tool_calls_thread on public.workflow_llm_tool_calls (thread_id, company_id);
create index workflow_llm_tool_calls_message on public.workflow_llm_tool_calls (message_id, company_id);
create index workflow_llm_tool_calls_company on public.workflow_llm_tool_calls (company_id);
create index workflow_llm_tool_calls_decided_by on public.workflow_llm_tool_calls (decided_by, company_id);
create index workflow_llm_tool_calls_answer on public.workflow_llm_tool_calls (answer_id);
create index workflow_llm_tool_calls_leaders on public.workflow_llm_tool_calls (company_id, created_at) where status
= 'waiting'
and needs_leader;
create trigger touch before update on public.workflow_llm_tool_calls
for each row execute function private.touch_updated_at();
alter table public.workflow_llm_tool_calls enable row level security;
revoke all on public.workflow_llm_tool_calls from anon, authenticated;
grant select,
insert (
  id, company_id, thread_id, message_id, answer_id, call_id, tool, input, output, status, duration_ms, error, signature
),
update (message_id, output, status, duration_ms, error, edited_input, decision_reason, signature)
on public.workflow_llm_tool_calls to authenticated;
create policy "members read tool calls of threads they may read" on public.workflow_llm_tool_calls
for select to authenticated using (
  company_id = (select private.current_company_id()) and private.can_read_thread(thread_id)
);
create policy "members log tool calls in threads of their own" on public.workflow_llm_tool_calls
for insert to authenticated with check (
  company_id = (select private.current_company_id()) and private.owns_thread(thread_id)
);
create policy "members complete tool calls of their threads, leaders some"
on public.workflow_llm_tool_calls for update to authenticated
using (
  company_id = (select private.current_company_id())
  and (private.owns_thread(thread_id) or (needs_leader and (select private.is_team_lead())))
)
with check (
  company_id = (select private.current_company_id())
  and (private.owns_thread(thread_id) or (needs_leader and (select private.is_team_lead())))
);

create table public.workflow_chat_feedback (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  message_id uuid not null,
  person_id uuid not null,
  thumbs smallint not null check (thumbs in (-1, 1)),
  comment text check (length(comment) <= 2000),
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  unique (message_id, person_id),
  foreign key (message_id, company_id) references public.workflow_chat_messages (id, company_id),
  foreign key (person_id, company_id) references public.profiles (id, company_id)
);
comment on table public.workflow_chat_feedback is 'Thumbs up or down on an answer, and a comment.';
comment on column public.workflow_chat_feedback.id is 'Identity of the row.';
comment on column public.workflow_chat_feedback.company_id is 'Tenant.';
comment on column public.workflow_chat_feedback.message_id is 'The first row of the answer.';
comment on column public.workflow_chat_feedback.person_id is 'Who gave it.';
comment on column public.workflow_chat_feedback.thumbs is '1 for up, -1 for down.';
comment on column public.workflow_chat_feedback.comment is 'Why, in words.';
comment on column public.workflow_chat_feedback.created_at is 'When the row was inserted.';
comment on column public.workflow_chat_feedback.updated_at is 'When the row last changed.';
create index workflow_chat_feedback_message on public.workflow_chat_feedback (message_id, company_id);
create index workflow_chat_feedback_person on public.workflow_chat_feedback (person_id, company_id);
create index workflow_chat_feedback_company on public.workflow_chat_feedback (company_id);
create trigger touch before update on public.workflow_chat_feedback
for each row execute function private.touch_updated_at();
alter table public.workflow_chat_feedback enable row level security;
revoke all on public.workflow_chat_feedback from anon, authenticated;
grant select, insert (company_id, message_id, person_id, thumbs, comment), update (thumbs, comment), delete
on public.workflow_chat_feedback to authenticated;
create policy "members read feedback on messages they may read" on public.workflow_chat_feedback
for select to authenticated using (
  company_id = (select private.current_company_id()) and private.can_read_message(message_id)
);
create policy "members give their own feedback on messages they may read" on public.workflow_chat_feedback
for insert to authenticated
with check (
  company_id = (select private.current_company_id())
  and person_id = (select auth.uid())
  and private.can_read_message(message_id)
);
create policy "members change their own feedback" on public.workflow_chat_feedback
for update to authenticated
using (
  company_id = (select private.current_company_id())
  and person_id = (select auth.uid())
  and private.can_read_message(message_id)
)
with check (company_id = (select private.current_company_id()) and person_id = (select auth.uid()));
create policy "members take their own feedback back" on public.workflow_chat_feedback
for delete to authenticated
using (company_id = (select private.current_company_id()) and person_id = (select auth.uid()));

grant execute on function private.can_read_thread, private.owns_thread, private.can_read_message to authenticated;
