-- Escalation is a contract: to whom, how severe, by when an answer is due, what is asked, and how it came back.

create table public.workflow_escalations (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  execution_id uuid not null,
  customer_id uuid not null,
  raised_by uuid not null,
  assigned_to uuid not null,
  severity text not null check (severity in ('critical', 'high', 'medium', 'low')),
  ask text not null check (length(ask) between 1 and 4000),
  context_pack jsonb not null default '{}' check (jsonb_typeof(context_pack) = 'object'),
  respond_by timestamptz not null,
  acknowledged_at timestamptz,
  decision text check (length(decision) between 1 and 4000),
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  ended_by text check (ended_by in ('hand_back', 'complete', 'undo', 'operator')),
  seen_at timestamptz,
  check ((ended_at is null) = (ended_by is null)),
  check (ended_by <> 'hand_back' or decision is not null),
  unique (id, company_id),
  foreign key (execution_id, company_id) references public.workflow_executions (id, company_id),
  foreign key (customer_id, company_id) references public.customers (id, company_id),
  foreign key (raised_by, company_id) references public.profiles (id, company_id),
  foreign key (assigned_to, company_id) references public.profiles (id, company_id)
);
comment on table public.workflow_escalations is 'A run handed to a colleague, with a severity, a clock and what they need to know.';
comment on column public.workflow_escalations.id is 'Identity of the escalation.';
comment on column public.workflow_escalations.company_id is 'Tenant.';
comment on column public.workflow_escalations.execution_id is 'The run.';
comment on column public.workflow_escalations.customer_id is 'The customer of the run.';
comment on column public.workflow_escalations.raised_by is 'Who asks.';
comment on column public.workflow_escalations.assigned_to is 'Who is asked; may work on the run while it lasts.';
comment on column public.workflow_escalations.severity is 'critical, high, medium or low; sets the clock.';
comment on column public.workflow_escalations.ask is 'What is asked, in words.';
comment on column public.workflow_escalations.context_pack is 'What was known in that moment: facts and answers so far.';
comment on column public.workflow_escalations.respond_by is 'When the first answer is due: 1, 2, 7 or 14 days after it was raised, by severity.';
comment on column public.workflow_escalations.acknowledged_at is 'When the person asked said they have it; stops the clock.';
comment on column public.workflow_escalations.decision is 'What was decided on handing back.';
comment on column public.workflow_escalations.created_at is 'When it was raised.';
comment on column public.workflow_escalations.ended_at is 'When it ended; null while it lasts.';
comment on column public.workflow_escalations.ended_by is 'What ended it: handed back, or the run was completed.';
comment on column public.workflow_escalations.seen_at is 'When whoever raised it saw the decision.';
create unique index workflow_escalations_one_open on public.workflow_escalations (execution_id) where ended_at is null;
create index workflow_escalations_execution on public.workflow_escalations (execution_id, company_id, created_at desc);
create index workflow_escalations_assigned on public.workflow_escalations (assigned_to, company_id) where ended_at is null;
create index workflow_escalations_assigned_all on public.workflow_escalations (assigned_to, company_id);
create index workflow_escalations_raised on public.workflow_escalations (raised_by, company_id, created_at desc);
create index workflow_escalations_customer on public.workflow_escalations (customer_id, company_id);
create index workflow_escalations_company on public.workflow_escalations (company_id, created_at desc, id desc);

create table public.workflow_escalation_comments (
  id bigint primary key generated always as identity,
  company_id uuid not null,
  escalation_id uuid not null,
  author_id uuid not null,
  body text not null check (length(body) between 1 and 4000),
  created_at timestamptz not null default now(),
  foreign key (escalation_id, company_id) references public.workflow_escalations (id, company_id),
  foreign key (author_id, company_id) references public.profiles (id, company_id)
);
comment on table public.workflow_escalation_comments is 'What was said about an escalation; append-only.';
comment on column public.workflow_escalation_comments.id is 'Grows with time.';
comment on column public.workflow_escalation_comments.company_id is 'Tenant.';
comment on column public.workflow_escalation_comments.escalation_id is 'The escalation.';
comment on column public.workflow_escalation_comments.author_id is 'Who said it.';
comment on column public.workflow_escalation_comments.body is 'What was said.';
comment on column public.workflow_escalation_comments.created_at is 'When.';
create index workflow_escalation_comments_escalation on public.workflow_escalation_comments (escalation_id, company_id, id);
create index workflow_escalation_comments_author on public.workflow_escalation_comments (author_id, company_id);
create index workflow_escalation_comments_company on public.workflow_escalation_comments (company_id);

create table public.workflow_escalation_extracts (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  escalation_id uuid not null unique,
  messages jsonb not null default '[]' check (jsonb_typeof(messages) = 'array'),
  created_at timestamptz not null default now(),
  foreign key (escalation_id, company_id) references public.workflow_escalations (id, company_id)
);
comment on table public.workflow_escalation_extracts is 'The last texts of the chat of whoever raised an escalation, given to the person asked; not for the rest of the company.';
comment on column public.workflow_escalation_extracts.id is 'Identity of the row.';
comment on column public.workflow_escalation_extracts.company_id is 'Tenant.';
comment on column public.workflow_escalation_extracts.escalation_id is 'The escalation.';
comment on column public.workflow_escalation_extracts.messages is 'At most six of role, slide_id, text (1,000 characters), at.';
comment on column public.workflow_escalation_extracts.created_at is 'When.';
create index workflow_escalation_extracts_escalation on public.workflow_escalation_extracts (escalation_id, company_id);

alter table public.workflow_escalations enable row level security;
alter table public.workflow_escalation_comments enable row level security;
alter table public.workflow_escalation_extracts enable row level security;
revoke all on public.workflow_escalations, public.workflow_escalation_comments, public.workflow_escalation_extracts from anon, authenticated;
grant select on public.workflow_escalations, public.workflow_escalation_comments, public.workflow_escalation_extracts to authenticated;
grant select, insert, update, delete on public.workflow_escalations, public.workflow_escalation_comments, public.workflow_escalation_extracts to service_role;
create policy "members read their company's escalations" on public.workflow_escalations
for select to authenticated using (company_id = (select private.my_company()));
create policy "members read their company's comments on escalations" on public.workflow_escalation_comments
for select to authenticated using (company_id = (select private.my_company()));
create policy "people in an escalation and leaders read the extract of its chat" on public.workflow_escalation_extracts
for select to authenticated
using (company_id = (select private.my_company()) and ((select private.leads_team()) or exists (
  select 1 from public.workflow_escalations x
  where x.id = escalation_id and (select auth.uid()) in (x.raised_by, x.assigned_to))));

create function private.end_escalation(execution uuid, ended_by text) returns void
language sql volatile security definer set search_path = ''
as $$
  update public.workflow_escalations e set ended_at = now(), ended_by = end_escalation.ended_by
  where e.execution_id = execution and e.ended_at is null
$$;
comment on function private.end_escalation is 'Ends the escalation a run leaves without being handed back.';

create function private.respond_within(severity text) returns interval
language sql immutable set search_path = ''
as $$
  select case severity when 'critical' then interval '1 day' when 'high' then interval '2 days'
    when 'medium' then interval '7 days' when 'low' then interval '14 days' end
$$;
comment on function private.respond_within is 'How soon an escalation of a severity wants its first answer; null for an unknown severity.';
grant execute on function private.respond_within to authenticated, service_role;

-- Whoever holds an escalation may work on its run.
create function private.holds_escalation(execution uuid) returns boolean
language sql stable security definer set search_path = ''
as $$
  select exists (
    select 1 from public.workflow_escalations x
    where x.execution_id = execution and x.assigned_to = (select auth.uid()) and x.ended_at is null
      and x.company_id = (select private.my_company()))
$$;
comment on function private.holds_escalation is 'True while the run is escalated to the signed-in person.';
grant execute on function private.holds_escalation to authenticated;

create or replace function private.may_write_execution(execution uuid) returns boolean
language sql stable security definer set search_path = ''
as $$
  select exists (
    select 1 from public.workflow_executions e
    where e.id = execution and e.company_id = private.my_company()
      and (e.owner_id = auth.uid() or private.leads_team() or (e.status = 'escalated' and private.holds_escalation(e.id))))
$$;
comment on function private.may_write_execution is 'True when the run is the person''s own, of the company they lead, or escalated to them.';

drop policy "members change runs of their own, leaders the company's" on public.workflow_executions;
create policy "members change runs of their own or escalated to them, leaders the company's" on public.workflow_executions
for update to authenticated
using (company_id = (select private.my_company())
       and (owner_id = (select auth.uid()) or (select private.leads_team()) or (status = 'escalated' and private.holds_escalation(id))))
with check (company_id = (select private.my_company())
            and (owner_id = (select auth.uid()) or (select private.leads_team()) or (status = 'escalated' and private.holds_escalation(id))));
-- What becomes of a run is written by its actions (docs/decisions/0007-actions-run-as-definer.md).
revoke update (owner_id, status, outcome_code, outcome_amount, outcome_reason, outcome_notes) on public.workflow_executions from authenticated;

-- What the person asked needs to know, gathered in the moment of asking. The chat is the asker's own.
create function private.context_pack(execution uuid, asker uuid) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'customer', c.name, 'workflow', v.name, 'slide', e.current_slide, 'due_on', e.due_on, 'as_of', now(),
    'owner', (select p.full_name from public.profiles p where p.id = e.owner_id),
    'facts', jsonb_strip_nulls(jsonb_build_object(
      'arr', k.arr, 'renewal_date', k.ends_on, 'notice_deadline', k.notice_deadline, 'auto_renews', k.auto_renews,
      'health', h.score, 'health_band', h.band, 'open_tickets', h.open_tickets, 'open_p1', h.open_p1,
      'competitor', c.competitor)),
    'answers', coalesce((
      select jsonb_agg(jsonb_build_object('slide_id', s.slide_id, 'status', s.status, 'answers',
        case when length(s.answers::text) <= 20000 then s.answers else '{}' end) order by array_position(v.slide_sequence, s.slide_id))
      from public.workflow_step_executions s where s.execution_id = e.id and s.answers <> '{}'), '[]'),
    'chat', coalesce((
      select jsonb_agg(jsonb_build_object('role', m.role, 'slide_id', m.slide_id, 'text', m.said, 'at', m.created_at) order by m.created_at, m.id)
      from (
        select m.id, m.role, t.slide_id, left(m.content ->> 'text', 1000) as said, m.created_at
        from public.workflow_chat_threads t join public.workflow_chat_messages m on m.thread_id = t.id
        where t.execution_id = e.id and t.owner_id = asker and m.role <> 'system' and m.message_type = 'text'
        order by m.created_at desc, m.id desc limit 6) m), '[]'))
  from public.workflow_executions e
  join public.customers c on c.id = e.customer_id
  join public.workflow_definition_versions v on v.id = e.definition_version_id
  left join public.current_contracts k on k.customer_id = e.customer_id
  left join private.health_points(array[current_date], array[(select x.customer_id from public.workflow_executions x where x.id = execution)]) h
    on h.customer_id = e.customer_id
  where e.id = execution
$$;
comment on function private.context_pack is 'Facts, answers so far and the last six texts of the asker''s chat about a run. For functions that have checked who asks.';
