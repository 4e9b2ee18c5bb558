-- Drafts by description: what a person asked for, what a model was given and answered, its tokens, and the draft made.

create table public.workflow_proposals (
  id uuid primary key,
  company_id uuid not null references public.companies (id),
  author_id uuid not null,
  description text not null check (length(description) <= 2000 and not private.is_blank(description)),
  draft_id uuid references public.workflow_drafts (id) on delete set null,
  status text not null default 'asked' check (status in ('asked', 'failed', 'drafted')),
  model text not null check (length(model) between 1 and 200),
  system_prompt text not null default '' check (length(system_prompt) <= 200000),
  answer jsonb check (private.is_readable_json(answer) and length(answer::text) <= 400000),
  note jsonb not null default '{}' check (private.is_readable_json(note) and length(note::text) <= 40000),
  error text check (length(error) <= 2000),
  input_tokens bigint check (input_tokens >= 0),
  output_tokens bigint check (output_tokens >= 0),
  estimated_tokens bigint not null default 0 check (estimated_tokens >= 0),
  cost_usd numeric(14, 6) check (cost_usd between 0 and 99999999.999999),
  asked_at private.moment not null default now(),
  created_at private.moment not null default now(),
  foreign key (author_id, company_id) references public.profiles (id, company_id)
);
comment on table public.workflow_proposals is
'A workflow that a person described: who proposed it, a model or rules, and the draft it became.';
comment on column public.workflow_proposals.id is 'Made by the client: the same twice is one draft.';
comment on column public.workflow_proposals.company_id is 'Tenant.';
comment on column public.workflow_proposals.author_id is 'Who described it; the draft is theirs.';
comment on column public.workflow_proposals.description is 'What was typed.';
comment on column public.workflow_proposals.draft_id is
'The draft; null before there is one, and once it is published or discarded.';
comment on column public.workflow_proposals.status is 'asked, failed, or drafted: then there was a draft.';
comment on column public.workflow_proposals.model is 'The model that was asked; rules for a proposal by rules.';
comment on column public.workflow_proposals.system_prompt is 'The exact instructions of the model.';
comment on column public.workflow_proposals.answer is 'What the model answered, as it came.';
comment on column public.workflow_proposals.note is
'What the draft does and what could not be done, in sentences: lists "done" and "not_done".';
comment on column public.workflow_proposals.error is 'Why there is no draft, as a sentence.';
comment on column public.workflow_proposals.input_tokens is 'Tokens read, of all attempts; null if not reported.';
comment on column public.workflow_proposals.output_tokens is 'Tokens written, of all attempts; null if not reported.';
comment on column public.workflow_proposals.estimated_tokens is
'Estimate (characters / 4) where tokens were not reported. Counts towards the daily limit, never as usage.';
comment on column public.workflow_proposals.cost_usd is 'Cost in USD, of all attempts; null if unknown.';
comment on column public.workflow_proposals.asked_at is 'When the last attempt began; its day bears the tokens.';
comment on column public.workflow_proposals.created_at is 'When the row was inserted.';
create index workflow_proposals_author on public.workflow_proposals (author_id, company_id, asked_at desc);
create index workflow_proposals_company on public.workflow_proposals (company_id, asked_at desc);
create index workflow_proposals_draft on public.workflow_proposals (draft_id);

alter table public.workflow_proposals enable row level security;
revoke all on public.workflow_proposals from anon, authenticated;
grant select on public.workflow_proposals to authenticated;
create policy "people read their proposals, leaders those of the company" on public.workflow_proposals
for select to authenticated
using (
  company_id = (select private.current_company_id())
  and (author_id = (select auth.uid()) or (select private.is_team_lead()))
);

create function private.begin_workflow_proposal(p_id uuid, p_description text, p_model text)
returns public.workflow_proposals
language plpgsql volatile security definer set search_path = ''
as $$
declare
  begun public.workflow_proposals;
begin
  perform private.require_member();
  if p_id is null then
    raise sqlstate 'PT400' using message = 'The description has no id.';
  elsif private.text_error(p_description, 2000, 'blank') is not null
    or coalesce(length(p_model) not between 1 and 200, true) then
    raise sqlstate 'PT400' using message = 'Say what the workflow is for, in up to 2,000 characters.';
  end if;
  insert into public.workflow_proposals (id, company_id, author_id, description, model)
  values (p_id, private.current_company_id(), auth.uid(), p_description, p_model)
  on conflict (id) do update
  set description = excluded.description, model = excluded.model, asked_at = now(), status = 'asked', error = null
  where workflow_proposals.author_id = auth.uid() and workflow_proposals.status <> 'drafted'
  returning * into begun;
  if found then
    return begun;
  end if;
  select * into begun from public.workflow_proposals p where p.id = p_id and p.author_id = auth.uid();
  if begun.draft_id is null then
    raise sqlstate 'PT409' using message = 'The draft of this description was published or discarded.',
      hint = 'Describe the workflow again.';
  end if;
  return begun;
end;
$$;
comment on function private.begin_workflow_proposal is 'See public.begin_workflow_proposal.';

create function private.finish_workflow_proposal(p_id uuid, p_result jsonb) returns public.workflow_proposals
language plpgsql volatile security definer set search_path = ''
as $$
declare
  proposal public.workflow_proposals;
  said public.workflow_proposals;
  content public.workflow_drafts;
begin
  perform private.require_member();
  if jsonb_typeof(p_result) is distinct from 'object' then
    raise sqlstate 'PT400' using message = 'The proposal is not an object.';
  end if;
  select * into proposal from public.workflow_proposals p where p.id = p_id and p.author_id = auth.uid() for update;
  if not found then
    raise sqlstate 'PT404' using message = 'This proposal does not exist, or you don''t have access to it.';
  elsif proposal.status = 'drafted' then
    return proposal;
  end if;
  said := jsonb_populate_record(null::public.workflow_proposals, p_result);
  if jsonb_typeof(p_result -> 'draft') = 'object' then
    content := jsonb_populate_record(null::public.workflow_drafts, p_result -> 'draft');
    insert into public.workflow_drafts (
      company_id, author_id, workflow_id, name, description, category, slide_sequence, slide_contexts, chat_branches)
    values (
      proposal.company_id, proposal.author_id, content.workflow_id, content.name, coalesce(content.description, ''),
      content.category, content.slide_sequence, coalesce(content.slide_contexts, '{}'),
      coalesce(content.chat_branches, '{}'))
    returning id into proposal.draft_id;
  end if;
  update public.workflow_proposals p
  set draft_id = proposal.draft_id,
      status = case when proposal.draft_id is null then 'failed' else 'drafted' end,
      system_prompt = coalesce(said.system_prompt, ''), answer = said.answer, note = coalesce(said.note, '{}'),
      error = said.error,
      input_tokens = coalesce(p.input_tokens + said.input_tokens, said.input_tokens, p.input_tokens),
      output_tokens = coalesce(p.output_tokens + said.output_tokens, said.output_tokens, p.output_tokens),
      estimated_tokens = p.estimated_tokens + coalesce(said.estimated_tokens, 0),
      cost_usd = coalesce(p.cost_usd + said.cost_usd, said.cost_usd, p.cost_usd)
  where p.id = proposal.id returning * into proposal;
  return proposal;
exception
  when check_violation or not_null_violation or invalid_text_representation or numeric_value_out_of_range then
    raise sqlstate 'PT400' using message = 'The proposal is too large, or not a workflow.';
end;
$$;
comment on function private.finish_workflow_proposal is 'See public.finish_workflow_proposal.';

create function private.tokens_of_proposals(since timestamptz) returns bigint
language sql stable security definer set search_path = ''
as $$
  select
    coalesce(sum(coalesce(p.input_tokens, 0) + coalesce(p.output_tokens, 0) + p.estimated_tokens), 0)::bigint
  from public.workflow_proposals p
  where
    p.author_id = auth.uid() and p.company_id = private.current_company_id() and p.asked_at >= since
$$;
comment on function private.tokens_of_proposals is
'Tokens of the person''s own descriptions since a moment, reported or else estimated.';

create function public.begin_workflow_proposal(p_id uuid, p_description text, p_model text) returns jsonb
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  begun constant public.workflow_proposals := private.begin_workflow_proposal(p_id, p_description, p_model);
begin
  return jsonb_build_object(
    'draft_id', begun.draft_id, 'tokens_today', private.tokens_used_today(), 'model_budget', private.model_budget());
end;
$$;
comment on function public.begin_workflow_proposal is
'Stores what a workflow is to do, before anybody is asked; the client makes p_id, and the same id again is another '
'attempt. Returns the draft if there is one already, and the person''s tokens of the day.';

create function public.finish_workflow_proposal(p_id uuid, p_result jsonb) returns jsonb
language sql volatile security invoker set search_path = ''
as $$
  select jsonb_build_object('draft_id', (private.finish_workflow_proposal(p_id, p_result)).draft_id)
$$;
comment on function public.finish_workflow_proposal is
'Stores how an attempt ended: its tokens, and with "draft" in p_result a draft of one''s own, once for each id. The '
'other keys are columns of workflow_proposals. Returns the draft.';

create function public.read_workflow_proposal(p_draft_id uuid) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select to_jsonb(p) from public.workflow_proposals p where p.draft_id = p_draft_id
  order by p.created_at desc limit 1
$$;
comment on function public.read_workflow_proposal is
'What a draft was proposed from: description, instructions, answer, tokens; null for any other draft.';
grant execute on function private.begin_workflow_proposal, private.finish_workflow_proposal,
private.tokens_of_proposals, public.begin_workflow_proposal, public.finish_workflow_proposal,
public.read_workflow_proposal to authenticated;
