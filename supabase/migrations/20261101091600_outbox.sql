-- Messages that wait to be sent: mails, and posts in Slack. A function that needs one queues it in its own transaction:
-- a message exists exactly if what it tells has happened. The worker (lib/worker) claims messages, sends them, and
-- reports what became of each.

create table private.outbox (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null references public.companies (id),
  channel text not null default 'email' check (channel in ('email', 'slack')),
  kind text not null check (kind ~ '^[a-z][a-z_]{0,39}$'),
  recipient text not null check (recipient is not distinct from private.normalize_email(recipient)),
  subject text not null check (length(subject) between 1 and 200 and subject !~ '[[:cntrl:]\u2028\u2029]'),
  body_text text not null check (length(body_text) between 1 and 100000),
  body_html text check (length(body_html) between 1 and 200000),
  unsubscribe_url text check (unsubscribe_url ~ '^https?://[!-~]+$' and length(unsubscribe_url) <= 1000),
  dedupe_key text not null check (length(dedupe_key) between 1 and 200),
  created_at private.moment not null default now(),
  attempts int not null default 0,
  due_at private.moment not null default now(),
  claimed_at private.moment,
  expires_at private.moment,
  sent_at private.moment,
  given_up_at private.moment,
  last_error text check (length(last_error) <= 500),
  unique (company_id, dedupe_key),
  check (sent_at is null or given_up_at is null)
);
comment on table private.outbox is
'A mail, from being queued until 30 days after it was sent or given up. Reached by functions only.';
comment on column private.outbox.id is 'Identity of the mail; its Message-ID is made of it.';
comment on column private.outbox.company_id is 'The company that writes.';
comment on column private.outbox.channel is 'How it leaves: email, or slack by the recipient''s webhook.';
comment on column private.outbox.kind is 'What the mail is about, such as invitation.';
comment on column private.outbox.recipient is 'One address, as private.normalize_email writes it.';
comment on column private.outbox.subject is 'One line without control characters: it becomes a header.';
comment on column private.outbox.body_text is 'The mail as plain text; what is posted in Slack, as JSON.';
comment on column private.outbox.body_html is 'The mail as HTML beside the text; null without.';
comment on column private.outbox.unsubscribe_url is
'Where a mail program unsubscribes with one click (RFC 8058); null without.';
comment on column private.outbox.dedupe_key is 'What the company calls it: the same key queues no second mail.';
comment on column private.outbox.created_at is 'When it was queued.';
comment on column private.outbox.attempts is
'How often a worker claimed it. The number of a claim says which one reports.';
comment on column private.outbox.due_at is 'Not claimed before: the end of a claim, or of the pause after a failure.';
comment on column private.outbox.claimed_at is 'When a worker claimed it that has not reported yet; null otherwise.';
comment on column private.outbox.expires_at is 'After it the message is no news any more and is not sent; null: never.';
comment on column private.outbox.sent_at is 'When a mail server took it; null until then.';
comment on column private.outbox.given_up_at is
'When it was refused for good, withdrawn, expired or five days old; null otherwise.';
comment on column private.outbox.last_error is 'What the mail server answered to the last attempt that failed.';
create index outbox_waiting on private.outbox (due_at) where sent_at is null and given_up_at is null;
create index outbox_waiting_of_company on private.outbox (company_id) where sent_at is null and given_up_at is null;
create index outbox_of_company on private.outbox (company_id, kind, created_at desc);
create index outbox_ended on private.outbox (coalesce(sent_at, given_up_at)) where coalesce(
  sent_at, given_up_at
) is not null;
alter table private.outbox enable row level security;
revoke all on private.outbox from anon, authenticated;

create function private.queue_mail(
  company uuid, kind text, recipient text, subject text, body text, dedupe_key text, channel text default 'email',
  body_html text default null, unsubscribe_url text default null, expires_at timestamptz default null
) returns uuid
language plpgsql volatile security definer set search_path = ''
as $$
declare
  address constant text := private.normalize_email(recipient);
  -- The name of a company or a person may hold a line break, which would begin another header.
  line constant text := left(trim(regexp_replace(subject, '[[:cntrl:]\s\u2028\u2029]+', ' ', 'g')), 200);
  queued uuid;
begin
  perform private.raise_invalid(array[
    case when address is null then 'This is not an address that mail can be sent to.' end,
    private.text_error(line, 200, 'A mail needs a subject.'),
    private.text_error(body, 100000, 'A mail needs a text.')]);
  select o.id into queued from private.outbox o
  where o.company_id = queue_mail.company and o.dedupe_key = queue_mail.dedupe_key;
  if found then
    return queued;
  end if;
  if exists (
    select 1 from private.outbox o
    where o.company_id = queue_mail.company and o.sent_at is null and o.given_up_at is null offset 10000
  ) then
    raise sqlstate 'PT429' using message = 'Too many mails of your company wait to be sent.', hint = 'Try again later.';
  end if;
  insert into private.outbox as o (
    company_id, kind, recipient, subject, body_text, dedupe_key, channel, body_html, unsubscribe_url, expires_at)
  values (company, kind, address, line, body, dedupe_key, channel, body_html, unsubscribe_url, expires_at)
  on conflict on constraint outbox_company_id_dedupe_key_key do update set dedupe_key = excluded.dedupe_key
  returning o.id into queued;
  return queued;
end;
$$;
comment on function private.queue_mail is
'Queues a mail and returns its id; the id of the earlier one if the company has queued this key before. Raises PT400 '
'for an address or text that cannot be sent, PT429 when 10,000 mails of the company wait. The caller checks '
'the rights.';

create function private.mail_state(company uuid, dedupe_key text) returns text
language sql stable security definer set search_path = ''
as $$
  select case when o.sent_at is not null then 'sent' when o.given_up_at is not null then 'failed' else 'waiting' end
  from private.outbox o where o.company_id = company and o.dedupe_key = mail_state.dedupe_key
$$;
comment on function private.mail_state is 'What became of a mail: waiting, sent or failed; null if there is none.';

-- The lease must outlast the slowest batch: a worker begins no mail in the lease's last four minutes.
create function private.claim_mails(p_most int) returns jsonb
language sql volatile security definer set search_path = ''
as $$
  with expired as (
    update private.outbox o set given_up_at = now(), last_error = 'It was not sent in time.'
    where o.sent_at is null and o.given_up_at is null and o.expires_at <= now()
  ), due as (
    select o.id from private.outbox o
    where
      o.channel = 'email' and o.sent_at is null and o.given_up_at is null and o.due_at <= now()
      and coalesce(o.expires_at > now(), true)
    order by o.due_at limit greatest(1, least(p_most, 100)) for update skip locked
  ), claimed as (
    update private.outbox o set due_at = now() + interval '5 minutes', attempts = o.attempts + 1, claimed_at = now()
    from due where o.id = due.id
    returning o.*
  )
  select
    coalesce(jsonb_agg(jsonb_build_object(
      'id', c.id, 'attempt', c.attempts, 'kind', c.kind, 'recipient', c.recipient, 'subject', c.subject,
      'body_text', c.body_text, 'body_html', c.body_html, 'unsubscribe_url', c.unsubscribe_url
    ) order by c.created_at, c.id), '[]')
  from claimed c
$$;
comment on function private.claim_mails is 'See public.claim_mails.';

create function public.claim_mails(p_most int) returns jsonb
language sql volatile security invoker set search_path = '' as $$ select private.claim_mails(p_most) $$;
comment on function public.claim_mails is
'For the worker: at most so many mails that are due, which no other worker gets for five minutes.';

create function private.finish_mail(p_id uuid, p_attempt int, p_outcome text, p_error text) returns boolean
language plpgsql volatile security definer set search_path = ''
as $$
begin
  if p_outcome is null or p_outcome not in ('sent', 'released', 'unreachable', 'delayed', 'refused') then
    raise sqlstate 'PT400' using message = 'This is no outcome of a mail.';
  end if;
  -- Also by a worker whose claim has ended: the mail is sent.
  if p_outcome = 'sent' then
    update private.outbox o set sent_at = now(), given_up_at = null, last_error = null, claimed_at = null
    where o.id = p_id and o.sent_at is null;
    return found;
  end if;
  update private.outbox o
  set
    last_error = left(p_error, 500),
    claimed_at = null,
    due_at = now() + case p_outcome
      when 'released' then interval '0'
      when 'unreachable' then interval '1 minute'
      else least(interval '1 minute' * 2 ^ least(o.attempts, 10), interval '2 hours')
    end,
    given_up_at = case when p_outcome = 'refused' or o.created_at < now() - interval '5 days' then now() end
  where o.id = p_id and o.attempts = p_attempt and o.sent_at is null and o.given_up_at is null;
  return found;
end;
$$;
comment on function private.finish_mail is 'See public.finish_mail.';

create function public.finish_mail(p_id uuid, p_attempt int, p_outcome text, p_error text default null) returns boolean
language sql volatile security invoker set search_path = ''
as $$ select private.finish_mail(p_id, p_attempt, p_outcome, p_error) $$;
comment on function public.finish_mail is
'For the worker: what became of a claimed mail. sent; released (not tried); unreachable (no mail server '
'answers: again in a minute); delayed (the server asks for patience: later each time, at most five days); refused '
'(never again). False if another worker has claimed it since, or it had ended.';

create function private.delete_old_mails(p_most int) returns int
language plpgsql volatile security definer set search_path = ''
as $$
declare
  deleted int;
begin
  delete from private.outbox o where o.id in (
    select e.id from private.outbox e
    where coalesce(e.sent_at, e.given_up_at) < now() - interval '30 days'
    limit greatest(1, least(p_most, 10000)) for update skip locked);
  get diagnostics deleted = row_count;
  return deleted;
end;
$$;
comment on function private.delete_old_mails is 'See public.delete_old_mails.';

create function public.delete_old_mails(p_most int default 1000) returns int
language sql volatile security invoker set search_path = '' as $$ select private.delete_old_mails(p_most) $$;
comment on function public.delete_old_mails is
'For the worker: deletes at most so many mails that ended 30 days ago. Returns how many.';

grant execute on function private.claim_mails, private.finish_mail, private.delete_old_mails to service_role;
