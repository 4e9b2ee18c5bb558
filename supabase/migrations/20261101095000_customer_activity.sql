-- Activity of a customer: weekly usage, support tickets, survey answers, notes.

create table public.usage_weeks (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  customer_id uuid not null,
  week_starts_on private.day not null,
  active_users int not null check (active_users >= 0),
  seats int not null check (seats > 0),
  logins int not null check (logins >= 0),
  key_actions int not null check (key_actions >= 0),
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  foreign key (customer_id, company_id) references public.customers (id, company_id),
  unique (customer_id, week_starts_on)
);
comment on table public.usage_weeks is 'A week of usage. A customer without rows has no feed: no data, not 0.';
comment on column public.usage_weeks.id is 'Identity of the usage week.';
comment on column public.usage_weeks.company_id is 'Tenant.';
comment on column public.usage_weeks.customer_id is 'The customer.';
comment on column public.usage_weeks.week_starts_on is 'First day of the week.';
comment on column public.usage_weeks.active_users is 'People active in the 28 days up to the end of the week.';
comment on column public.usage_weeks.seats is 'Seats bought at the time.';
comment on column public.usage_weeks.logins is 'Sign-ins in the week.';
comment on column public.usage_weeks.key_actions is 'Uses of the core of the product in the week.';
comment on column public.usage_weeks.created_at is 'When the row was inserted.';
comment on column public.usage_weeks.updated_at is 'When the row last changed.';
create index usage_weeks_customer on public.usage_weeks (customer_id, company_id, week_starts_on desc);
create index usage_weeks_company on public.usage_weeks (company_id, week_starts_on desc);
create trigger touch before update on public.usage_weeks for each row execute function private.touch_updated_at();
create trigger record_insert after insert on public.usage_weeks referencing new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_update after update on public.usage_weeks referencing old table as old_rows new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_delete after delete on public.usage_weeks referencing old table as old_rows
for each statement execute function private.record_row_changes();

alter table public.usage_weeks enable row level security;
revoke all on public.usage_weeks from anon, authenticated;
grant select,
insert (company_id, customer_id, week_starts_on, active_users, seats, logins, key_actions),
update (week_starts_on, active_users, seats, logins, key_actions),
delete
on public.usage_weeks to authenticated;
create policy "members read their company's usage" on public.usage_weeks
for select to authenticated using (company_id = (select private.current_company_id()));
create policy "leaders add usage" on public.usage_weeks
for insert to authenticated
with check (company_id = (select private.current_company_id()) and (select private.is_team_lead()));
create policy "leaders change usage" on public.usage_weeks
for update to authenticated
using (company_id = (select private.current_company_id()) and (select private.is_team_lead()))
with check (company_id = (select private.current_company_id()) and (select private.is_team_lead()));
create policy "leaders remove usage" on public.usage_weeks
for delete to authenticated
using (company_id = (select private.current_company_id()) and (select private.is_team_lead()));

create table public.tickets (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  customer_id uuid not null,
  number text not null check (length(number) <= 200),
  title text not null check (length(title) between 1 and 500 and not private.is_blank(title)),
  priority text not null check (priority in ('p1', 'p2', 'p3', 'p4')),
  status text not null check (status in ('open', 'pending', 'solved')),
  opened_on private.day not null,
  solved_on private.day,
  satisfied boolean,
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  foreign key (customer_id, company_id) references public.customers (id, company_id),
  unique (company_id, number),
  check ((status = 'solved') = (solved_on is not null)),
  check (solved_on >= opened_on)
);
comment on table public.tickets is 'A support request of a customer.';
comment on column public.tickets.id is 'Identity of the ticket.';
comment on column public.tickets.company_id is 'Tenant.';
comment on column public.tickets.customer_id is 'The customer.';
comment on column public.tickets.number is 'Number in the support system.';
comment on column public.tickets.title is 'Title as the customer wrote it.';
comment on column public.tickets.priority is 'p1 (blocked) to p4 (question).';
comment on column public.tickets.status is 'open, pending (waits for the customer) or solved.';
comment on column public.tickets.opened_on is 'Day it was opened.';
comment on column public.tickets.solved_on is 'Day it was solved; null before.';
comment on column public.tickets.satisfied is 'The customer''s rating afterwards; null if there is none.';
comment on column public.tickets.created_at is 'When the row was inserted.';
comment on column public.tickets.updated_at is 'When the row last changed.';
create index tickets_customer on public.tickets (customer_id, company_id, opened_on desc);
create trigger touch before update on public.tickets for each row execute function private.touch_updated_at();
create trigger record_insert after insert on public.tickets referencing new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_update after update on public.tickets referencing old table as old_rows new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_delete after delete on public.tickets referencing old table as old_rows
for each statement execute function private.record_row_changes();

alter table public.tickets enable row level security;
revoke all on public.tickets from anon, authenticated;
grant select,
insert (company_id, customer_id, number, title, priority, status, opened_on, solved_on, satisfied),
update (number, title, priority, status, opened_on, solved_on, satisfied),
delete
on public.tickets to authenticated;
create policy "members read their company's tickets" on public.tickets
for select to authenticated using (company_id = (select private.current_company_id()));
create policy "leaders add tickets" on public.tickets
for insert to authenticated
with check (company_id = (select private.current_company_id()) and (select private.is_team_lead()));
create policy "leaders change tickets" on public.tickets
for update to authenticated
using (company_id = (select private.current_company_id()) and (select private.is_team_lead()))
with check (company_id = (select private.current_company_id()) and (select private.is_team_lead()));
create policy "leaders remove tickets" on public.tickets
for delete to authenticated
using (company_id = (select private.current_company_id()) and (select private.is_team_lead()));

create table public.survey_responses (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  customer_id uuid not null,
  contact_id uuid,
  score int not null check (score between 0 and 10),
  comment text check (length(comment) <= 20000),
  responded_on private.day not null,
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  foreign key (customer_id, company_id) references public.customers (id, company_id),
  foreign key (contact_id, company_id) references public.contacts (id, company_id)
);
comment on table public.survey_responses is 'An answer to "how likely are you to recommend us" (NPS).';
comment on column public.survey_responses.id is 'Identity of the answer.';
comment on column public.survey_responses.company_id is 'Tenant.';
comment on column public.survey_responses.customer_id is 'The customer.';
comment on column public.survey_responses.contact_id is 'Who answered; null if anonymous.';
comment on column public.survey_responses.score is '0 to 10: 9 and 10 promote, 0 to 6 detract.';
comment on column public.survey_responses.comment is 'Comment with the answer.';
comment on column public.survey_responses.responded_on is 'Day of the answer.';
comment on column public.survey_responses.created_at is 'When the row was inserted.';
comment on column public.survey_responses.updated_at is 'When the row last changed.';
create index survey_responses_customer on public.survey_responses (customer_id, company_id, responded_on desc);
create index survey_responses_contact on public.survey_responses (contact_id, company_id);
create index survey_responses_company on public.survey_responses (company_id);
create trigger touch before update on public.survey_responses for each row execute function private.touch_updated_at();
create trigger record_insert after insert on public.survey_responses referencing new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_update after update on public.survey_responses referencing old table as old_rows new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_delete after delete on public.survey_responses referencing old table as old_rows
for each statement execute function private.record_row_changes();

alter table public.survey_responses enable row level security;
revoke all on public.survey_responses from anon, authenticated;
grant select,
insert (company_id, customer_id, contact_id, score, comment, responded_on),
update (contact_id, score, comment, responded_on),
delete
on public.survey_responses to authenticated;
create policy "members read their company's survey answers" on public.survey_responses
for select to authenticated using (company_id = (select private.current_company_id()));
create policy "leaders add survey answers" on public.survey_responses
for insert to authenticated
with check (company_id = (select private.current_company_id()) and (select private.is_team_lead()));
create policy "leaders change survey answers" on public.survey_responses
for update to authenticated
using (company_id = (select private.current_company_id()) and (select private.is_team_lead()))
with check (company_id = (select private.current_company_id()) and (select private.is_team_lead()));
create policy "leaders remove survey answers" on public.survey_responses
for delete to authenticated
using (company_id = (select private.current_company_id()) and (select private.is_team_lead()));

create table public.notes (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  customer_id uuid not null,
  author_id uuid not null,
  kind text not null default 'note' check (kind in ('note', 'call', 'meeting', 'email')),
  body text not null check (length(body) between 1 and 200000 and not private.is_blank(body)),
  happened_on private.day not null,
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  foreign key (customer_id, company_id) references public.customers (id, company_id),
  foreign key (author_id, company_id) references public.profiles (id, company_id)
);
comment on table public.notes is 'A note on a customer, or the record of a call, meeting or email.';
comment on column public.notes.id is 'Identity of the note.';
comment on column public.notes.company_id is 'Tenant.';
comment on column public.notes.customer_id is 'The customer.';
comment on column public.notes.author_id is 'Who wrote it.';
comment on column public.notes.kind is 'note, call, meeting or email; all but note count as contact.';
comment on column public.notes.body is 'Plain text; never trusted as markup.';
comment on column public.notes.happened_on is 'Day it is about.';
comment on column public.notes.created_at is 'When the row was inserted.';
comment on column public.notes.updated_at is 'When the row last changed.';
create index notes_customer on public.notes (customer_id, company_id, happened_on desc, created_at desc, id desc);
create index notes_author on public.notes (author_id, company_id);
create index notes_company_created on public.notes (company_id, created_at desc, id desc);
create trigger touch before update on public.notes for each row execute function private.touch_updated_at();
create trigger record_insert after insert on public.notes referencing new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_update after update on public.notes referencing old table as old_rows new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_delete after delete on public.notes referencing old table as old_rows
for each statement execute function private.record_row_changes();

alter table public.notes enable row level security;
revoke all on public.notes from anon, authenticated;
grant select, insert (company_id, customer_id, author_id, kind, body, happened_on),
update (kind, body, happened_on), delete
on public.notes to authenticated;
create policy "members read their company's notes" on public.notes
for select to authenticated using (company_id = (select private.current_company_id()));
create policy "members add notes where they may write the customer" on public.notes
for insert to authenticated
with check (
  company_id = (select private.current_company_id()) and private.can_write_customer(customer_id)
  and author_id = (select auth.uid())
);
-- The words and the day of a note are its author's, whoever owns the customer: others add a note of their own.
create policy "authors change their notes" on public.notes
for update to authenticated
using (company_id = (select private.current_company_id()) and author_id = (select auth.uid()))
with check (company_id = (select private.current_company_id()) and author_id = (select auth.uid()));
create policy "authors remove their notes" on public.notes
for delete to authenticated
using (company_id = (select private.current_company_id()) and author_id = (select auth.uid()));
