-- What people thought of an answer: one thumb and one comment per person and message.

create table public.workflow_chat_feedback (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  message_id uuid not null,
  person_id uuid not null,
  thumbs smallint not null check (thumbs in (-1, 1)),
  comment text check (length(comment) <= 2000),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (message_id, person_id),
  foreign key (message_id, company_id) references public.workflow_chat_messages (id, company_id),
  foreign key (person_id, company_id) references public.profiles (id, company_id)
);
comment on table public.workflow_chat_feedback is 'Thumbs up or down on an answer, and why.';
comment on column public.workflow_chat_feedback.id is 'Identity of the row.';
comment on column public.workflow_chat_feedback.company_id is 'Tenant.';
comment on column public.workflow_chat_feedback.message_id is 'The answer, by its first row.';
comment on column public.workflow_chat_feedback.person_id is 'Who says so.';
comment on column public.workflow_chat_feedback.thumbs is '1 for up, -1 for down.';
comment on column public.workflow_chat_feedback.comment is 'Why, in their words.';
comment on column public.workflow_chat_feedback.created_at is 'When the row was made.';
comment on column public.workflow_chat_feedback.updated_at is 'When the row last changed.';
create index workflow_chat_feedback_message on public.workflow_chat_feedback (message_id, company_id);
create index workflow_chat_feedback_person on public.workflow_chat_feedback (person_id, company_id);
create index workflow_chat_feedback_company on public.workflow_chat_feedback (company_id);
create trigger touch before update on public.workflow_chat_feedback for each row execute function private.touch_updated_at();

create function private.may_read_message(message uuid) returns boolean
language sql stable security definer set search_path = ''
as $$
  select exists (
    select 1 from public.workflow_chat_messages m
    where m.id = message and m.company_id = private.my_company() and private.may_read_thread(m.thread_id))
$$;
comment on function private.may_read_message is 'The read rule of messages, for what hangs on them.';
grant execute on function private.may_read_message to authenticated;

alter table public.workflow_chat_feedback enable row level security;
revoke all on public.workflow_chat_feedback from anon, authenticated;
grant select, insert (id, company_id, message_id, person_id, thumbs, comment), update (thumbs, comment), delete
  on public.workflow_chat_feedback to authenticated;
grant select, insert, update, delete on public.workflow_chat_feedback to service_role;
create policy "members read feedback on messages they may read" on public.workflow_chat_feedback
for select to authenticated using (company_id = (select private.my_company()) and private.may_read_message(message_id));
create policy "members give their own feedback on messages they may read" on public.workflow_chat_feedback
for insert to authenticated
with check (company_id = (select private.my_company()) and person_id = (select auth.uid()) and private.may_read_message(message_id));
create policy "members change their own feedback" on public.workflow_chat_feedback
for update to authenticated
using (company_id = (select private.my_company()) and person_id = (select auth.uid()) and private.may_read_message(message_id))
with check (company_id = (select private.my_company()) and person_id = (select auth.uid()));
create policy "members take their own feedback back" on public.workflow_chat_feedback
for delete to authenticated
using (company_id = (select private.my_company()) and person_id = (select auth.uid()));

create function public.give_chat_feedback(p_message_id uuid, p_thumbs int default null, p_comment text default null) returns jsonb
language plpgsql security invoker set search_path = ''
as $$
declare
  given public.workflow_chat_feedback;
begin
  perform private.require_member();
  if not private.may_read_message(p_message_id) then
    raise sqlstate 'PT404' using message = 'This message does not exist, or you may not see it.';
  elsif p_thumbs not in (-1, 1) then
    raise sqlstate 'PT400' using message = 'Thumbs go up or down.';
  elsif length(p_comment) > 2000 then
    raise sqlstate 'PT400' using message = 'The comment can be 2,000 characters long.';
  elsif p_thumbs is null then
    delete from public.workflow_chat_feedback where message_id = p_message_id and person_id = auth.uid();
    return null;
  end if;
  insert into public.workflow_chat_feedback as f (company_id, message_id, person_id, thumbs, comment)
  values (private.my_company(), p_message_id, auth.uid(), p_thumbs, nullif(trim(p_comment), ''))
  on conflict (message_id, person_id) do update set thumbs = excluded.thumbs, comment = excluded.comment
  returning * into given;
  return to_jsonb(given);
end;
$$;
comment on function public.give_chat_feedback is 'The person''s thumb and comment on a message, replacing an earlier one; no thumb takes it back.';
grant execute on function public.give_chat_feedback to authenticated, service_role;
