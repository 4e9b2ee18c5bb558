-- Comments on the slides of a draft. Whoever may read the draft reads, writes and resolves them; each goes with its
-- slide when that gets another label, and all go with the draft (docs/decisions/0044-comments-on-slides.md).

create table public.workflow_comments (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null references public.companies (id),
  draft_id uuid not null references public.workflow_drafts (id) on delete cascade,
  slide_id text not null check (length(slide_id) between 1 and 100),
  author_id uuid not null default auth.uid(),
  imported_author text check (imported_author is null or private.text_error(imported_author, 200, 'x') is null),
  body text not null check (length(body) between 1 and 4000 and not private.is_blank(body)),
  written_at private.moment not null default now(),
  resolved_at private.moment,
  resolved_by uuid,
  check ((resolved_at is null) = (resolved_by is null)),
  foreign key (author_id, company_id) references public.profiles (id, company_id),
  foreign key (resolved_by, company_id) references public.profiles (id, company_id)
);
comment on table public.workflow_comments is
'What somebody wrote about a slide of a draft. It is gone with the draft, also once that is published.';
comment on column public.workflow_comments.id is 'Identity of the comment.';
comment on column public.workflow_comments.company_id is 'Tenant.';
comment on column public.workflow_comments.draft_id is 'The draft.';
comment on column public.workflow_comments.slide_id is
'Address of the slide. It stays when the slide is taken out, which may be undone.';
comment on column public.workflow_comments.author_id is 'Who wrote it, or brought it in with a file; they delete it.';
comment on column public.workflow_comments.imported_author is
'Whose words the file said they are, as a text; null for a comment written here.';
comment on column public.workflow_comments.body is 'The words.';
comment on column public.workflow_comments.written_at is 'When it was written; of an imported one as its file said.';
comment on column public.workflow_comments.resolved_at is 'When it was resolved; null while it is open.';
comment on column public.workflow_comments.resolved_by is 'Who resolved it.';
create index workflow_comments_company on public.workflow_comments (company_id, written_at desc, id desc);
create index workflow_comments_draft on public.workflow_comments (draft_id, written_at, id);
create index workflow_comments_author on public.workflow_comments (author_id, company_id);
create index workflow_comments_resolved_by on public.workflow_comments (resolved_by, company_id);

create function private.guard_comment() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  most constant int := 1000;
  draft public.workflow_drafts;
begin
  select * into draft from public.workflow_drafts d where (d.id, d.company_id) = (new.draft_id, new.company_id);
  if not found then
    raise sqlstate 'PT404' using message = 'This draft does not exist, or you don''t have access to it.',
      hint = 'Someone may have published or discarded it.';
  elsif not coalesce(new.slide_id = any(draft.slide_sequence), false) then
    raise sqlstate 'PT409' using message = 'This slide is no longer in the draft.', hint = 'Open the draft again.';
  elsif most <= (select count(*) from public.workflow_comments c where c.draft_id = new.draft_id) then
    raise sqlstate 'PT409' using message = format('A draft can have up to %s comments.', to_char(most, 'FM9,999')),
      hint = 'Delete some that are resolved.';
  end if;
  new.written_at := case when new.imported_author is null then now() else least(new.written_at, now()) end;
  new.resolved_at := case when new.imported_author is not null and new.resolved_at is not null then now() end;
  new.resolved_by := case when new.resolved_at is not null then new.author_id end;
  return new;
end;
$$;
comment on function private.guard_comment is
'Before a comment is added: its draft has the slide, and no more than 1,000 comments. Only one of a file has an earlier '
'day, or begins resolved.';
create trigger guard before insert on public.workflow_comments
for each row execute function private.guard_comment();

create function private.stamp_resolved_comment() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if new.resolved_at is null then
    new.resolved_by := null;
  elsif old.resolved_at is null then
    new.resolved_at := now();
    new.resolved_by := auth.uid();
  else
    new.resolved_at := old.resolved_at;
  end if;
  return new;
end;
$$;
comment on function private.stamp_resolved_comment is
'Before a comment is resolved or reopened: by whom, and when. One that is resolved already keeps both.';
create trigger stamp before update of resolved_at on public.workflow_comments
for each row execute function private.stamp_resolved_comment();

-- The builder saves a label with whatever else was typed. Of two slides of one kind that are renamed in one save nobody
-- can say which is which: their comments stay at the old address, where the draft lists them.
create function private.move_comments_of_renamed_slides() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.workflow_comments c set slide_id = renamed.after
  from (
    select min(b.address) as before, min(a.address) as after
    from (
      select o.address, private.slide_of_address(o.address) as slide from unnest(old.slide_sequence) o (address)
      where o.address <> all(new.slide_sequence)
    ) b
    join (
      select n.address, private.slide_of_address(n.address) as slide from unnest(new.slide_sequence) n (address)
      where n.address <> all(old.slide_sequence)
    ) a on a.slide = b.slide
    group by b.slide having count(*) = 1
  ) renamed
  where c.draft_id = new.id and c.slide_id = renamed.before;
  return null;
end;
$$;
comment on function private.move_comments_of_renamed_slides is
'After a draft changed: the comments of a slide that got another label go along.';
create trigger move_comments after update of slide_sequence on public.workflow_drafts
for each row when (old.slide_sequence is distinct from new.slide_sequence)
execute function private.move_comments_of_renamed_slides();

alter table public.workflow_comments enable row level security;
revoke all on public.workflow_comments from anon, authenticated;
grant select,
insert (company_id, draft_id, slide_id, author_id, imported_author, body, written_at, resolved_at),
update (resolved_at),
delete
on public.workflow_comments to authenticated;
create policy "members read comments on their company's drafts" on public.workflow_comments
for select to authenticated using (company_id = (select private.current_company_id()));
create policy "members comment on their company's drafts" on public.workflow_comments
for insert to authenticated
with check (company_id = (select private.current_company_id()) and author_id = (select auth.uid()));
create policy "members resolve comments of their company" on public.workflow_comments
for update to authenticated
using (company_id = (select private.current_company_id()))
with check (company_id = (select private.current_company_id()));
create policy "members delete comments of their own" on public.workflow_comments
for delete to authenticated
using (company_id = (select private.current_company_id()) and author_id = (select auth.uid()));

create function private.notify_mentioned_in_comment(comment uuid) returns int
language plpgsql volatile security definer set search_path = ''
as $$
declare
  written public.workflow_comments;
  draft public.workflow_drafts;
begin
  select * into written from public.workflow_comments c
  where c.id = comment and c.author_id = auth.uid() and c.company_id = private.current_company_id();
  select * into draft from public.workflow_drafts d where d.id = written.draft_id;
  return private.send_mentions(
    jsonb_populate_record(null::public.notices, jsonb_build_object(
      'company_id', written.company_id, 'from_id', written.author_id, 'comment_id', written.id,
      'body', format('Mentions you in a comment on the draft “%s”: %s', draft.name, written.body))),
    written.body, '');
end;
$$;
comment on function private.notify_mentioned_in_comment is
'Sends a notice to the colleagues whom the signed-in person''s own comment names after an @. Returns how many.';

create function public.add_workflow_comment(p_draft_id uuid, p_slide_id text, p_body text) returns jsonb
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  added public.workflow_comments;
begin
  perform private.require_member();
  perform private.raise_invalid(array[private.text_error(p_body, 4000, 'Write something first.')]);
  insert into public.workflow_comments (company_id, draft_id, slide_id, author_id, body)
  values (private.current_company_id(), p_draft_id, p_slide_id, auth.uid(), p_body) returning * into added;
  return to_jsonb(added) || jsonb_build_object('notified', private.notify_mentioned_in_comment(added.id));
end;
$$;
comment on function public.add_workflow_comment is
'Writes a comment on a slide of a draft; colleagues it names after an @ get a notice. Returns it with how many were '
'told. Raises PT400, PT404 for a draft that is gone, PT409 for a slide that is not in it, or too many comments.';
grant execute on function private.notify_mentioned_in_comment, public.add_workflow_comment to authenticated;
