-- The digest: the three of Today by email or Slack on a working morning, if there is something new; and at once an
-- escalation whose answer is due. The worker renders it (lib/digests) and queues it in the outbox.

create table public.digests (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  person_id uuid not null,
  occasion text not null check (occasion in ('morning', 'escalation')),
  channel text not null check (channel in ('email', 'slack')),
  day private.day not null,
  items text[] not null check (cardinality(items) between 1 and 3),
  fingerprints text[] not null check (cardinality(fingerprints) between 1 and 3),
  escalation_ids uuid[] not null default '{}' check (cardinality(escalation_ids) <= 3),
  message_id uuid references private.outbox (id) on delete set null,
  created_at private.moment not null default now(),
  sent_at private.moment,
  given_up_at private.moment,
  muted_at private.moment,
  foreign key (person_id, company_id) references public.profiles (id, company_id)
);
comment on table public.digests is
'A digest that was sent to a person, or is to be: which items, when, by which channel. Written by functions only.';
comment on column public.digests.id is 'Identity of the digest.';
comment on column public.digests.company_id is 'Tenant.';
comment on column public.digests.person_id is 'Who gets it.';
comment on column public.digests.occasion is 'morning: the list of a day; escalation: an answer that is due.';
comment on column public.digests.channel is 'email or slack.';
comment on column public.digests.day is 'The day in the person''s time zone.';
comment on column public.digests.items is
'Keys of the items in their order, as in today_lists: run:, follow_up: or customer: and an id.';
comment on column public.digests.fingerprints is
'Each item with why it cannot wait: a later digest is sent only for another one.';
comment on column public.digests.escalation_ids is 'Escalations it told of.';
comment on column public.digests.message_id is 'The message in the outbox; null once that was deleted.';
comment on column public.digests.created_at is 'When it was queued.';
comment on column public.digests.sent_at is 'When the mail server or Slack took it; null until then.';
comment on column public.digests.given_up_at is
'When it was clear that it will not be sent: refused, or its day is over; null otherwise.';
comment on column public.digests.muted_at is 'When the person muted the channel by the link in it; null otherwise.';
create unique index digests_morning on public.digests (person_id, channel, day) where occasion = 'morning';
create unique index digests_escalation on public.digests (person_id, channel, escalation_ids)
where occasion = 'escalation';
create index digests_person on public.digests (person_id, company_id, created_at desc);
create index digests_company on public.digests (company_id, created_at desc, id desc);
create index digests_message on public.digests (message_id);
create index digests_created_at on public.digests (created_at);

alter table public.digests enable row level security;
revoke all on public.digests from anon, authenticated;
grant select on public.digests to authenticated;
create policy "people read their own digests" on public.digests
for select to authenticated using (
  company_id = (select private.current_company_id()) and person_id = (select auth.uid())
);

create table private.digest_days (
  person_id uuid primary key references public.profiles (id) on delete cascade,
  day private.day not null
);
comment on table private.digest_days is 'The last day for which it was decided whether a person gets a digest.';
comment on column private.digest_days.person_id is 'The person.';
comment on column private.digest_days.day is 'The day in their time zone.';

-- Knowing the token is the permission to mute, and to nothing else.
create table private.digest_mute_tokens (
  token_hash bytea primary key check (length(token_hash) = 32),
  digest_id uuid not null references public.digests (id) on delete cascade
);
comment on table private.digest_mute_tokens is 'By what the link to mute in a digest is recognised.';
comment on column private.digest_mute_tokens.token_hash is 'SHA-256 of the token, which itself is never stored here.';
comment on column private.digest_mute_tokens.digest_id is 'The digest it stands in.';
create index digest_mute_tokens_digest on private.digest_mute_tokens (digest_id);
alter table private.digest_days enable row level security;
alter table private.digest_mute_tokens enable row level security;
revoke all on private.digest_days, private.digest_mute_tokens from anon, authenticated;

create function private.is_digest_due(person public.profiles, moment timestamptz) returns boolean
language sql stable security definer set search_path = ''
as $$
  select
    person.is_active
    and here.clock between time '09:00' and time '11:59:59.999999'
    and private.is_working_day(person.company_id, here.day)
    and not exists (
      select 1 from public.absences a
      where a.person_id = person.id and a.ended_at is null and here.day between a.starts_on and a.ends_on
    )
    and not exists (select 1 from private.digest_days d where d.person_id = person.id and d.day >= here.day)
  from (
    select
      (moment at time zone person.time_zone)::time as clock,
      (moment at time zone person.time_zone)::date as day
  ) here
$$;
comment on function private.is_digest_due is
'True between nine, when snoozes end, and noon where the person is, on a working day on which they are not away, until '
'it is decided for that day.';

create function private.describe_digest_recipient(person public.profiles, channels text[]) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select
    jsonb_build_object(
      'person_id', person.id, 'email', person.email, 'full_name', person.full_name, 'time_zone', person.time_zone,
      'locale', coalesce(person.locale, s.locale), 'currency', s.currency,
      'day', (now() at time zone person.time_zone)::date, 'channels', to_jsonb(channels),
      'app_url', (select regexp_replace(a.join_url, '/auth/join$', '') from private.app_address a)
    )
  from public.company_settings s where s.company_id = person.company_id
$$;
comment on function private.describe_digest_recipient is 'Who gets a digest, as the worker writes it for them.';

create function private.list_due_digests(p_channels text[], p_most int) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select coalesce(jsonb_agg(private.describe_digest_recipient(d.person, d.channels)), '[]')
  from (
    select p as person, here.channels
    from public.profiles p
    cross join
      lateral (
        select array(select unnest(private.digest_channels(p.id)) intersect select unnest(p_channels)) as channels
      ) here
    where
      -- Cheap, and true for an eighth of the world at a time.
      (now() at time zone p.time_zone)::time between time '09:00' and time '12:00'
      and private.is_digest_due(p, now()) and here.channels <> '{}'
    -- In no order: those whose digest cannot be made would stand before the others each time.
    order by random() limit greatest(1, least(p_most, 100))
  ) d
$$;
comment on function private.list_due_digests is 'See public.list_due_digests.';

create function public.list_due_digests(p_channels text[], p_most int) returns jsonb
language sql stable security invoker set search_path = '' as $$ select private.list_due_digests(p_channels, p_most) $$;
comment on function public.list_due_digests is
'For the worker: at most so many people whose morning it is, who want a digest by one of these channels, and for whom '
'nothing is decided yet.';

create function private.digest_fingerprints(items jsonb) returns text[]
language sql immutable set search_path = ''
as $$
  select
    array(
      select concat_ws(' ', i.item ->> 'key', i.item ->> 'urgency', i.item ->> 'escalation_id')
      from jsonb_array_elements(items) with ordinality i (item, place) order by i.place
    )
$$;
comment on function private.digest_fingerprints is 'Each item with why it cannot wait.';

create function private.find_digest_news(person uuid, items jsonb, channels text[]) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select coalesce(jsonb_agg(c.channel), '[]')
  from unnest(channels) c (channel)
  where
    jsonb_array_length(items) > 0
    and not private.digest_fingerprints(items) <@ coalesce((
      select g.fingerprints from public.digests g
      where g.person_id = person and g.channel = c.channel and g.occasion = 'morning' and g.sent_at is not null
      order by g.day desc limit 1
    ), '{}')
$$;
comment on function private.find_digest_news is
'Channels for which one of the items is new, or cannot wait for a new reason, since the last digest that was sent.';

-- Invoker: within a definer's function Postgres refuses another role. As that person everything is read under the
-- policies, and Today's list by the function that Today itself calls.
create function private.read_as(person uuid, escalation uuid default null) returns jsonb
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  caller constant text := current_setting('role');
  claims constant text := coalesce(current_setting('request.jwt.claims', true), '');
  subject constant text := coalesce(current_setting('request.jwt.claim.sub', true), '');
  answer jsonb;
begin
  perform set_config('request.jwt.claims', jsonb_build_object('sub', person, 'role', 'authenticated')::text, true);
  perform set_config('request.jwt.claim.sub', person::text, true);
  perform set_config('role', 'authenticated', true);
  if escalation is null then
    answer := jsonb_path_query_array(public.zen_dashboard(), '$.items[0 to 2]');
  else
    answer := private.describe_escalation(escalation, person);
  end if;
  perform set_config('role', caller, true);
  perform set_config('request.jwt.claims', claims, true);
  perform set_config('request.jwt.claim.sub', subject, true);
  return answer;
end;
$$;
comment on function private.read_as is
'Read as that person: an escalation, or the first three of Today''s list. As when they open Today, their list of the '
'day is stored.';

create function public.read_digest(p_person_id uuid, p_channels text[]) returns jsonb
language sql volatile security invoker set search_path = ''
as $$
  select jsonb_build_object('items', t.items, 'channels', private.find_digest_news(p_person_id, t.items, p_channels))
  from (select private.read_as(p_person_id) as items offset 0) t
$$;
comment on function public.read_digest is
'For the worker: at most three items of the person''s list of today, and by which of the channels they are news.';

create function private.queue_digest_message(
  person public.profiles, occasion text, day date, items jsonb, escalations uuid[], message jsonb
) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  made uuid;
  queued uuid;
begin
  insert into public.digests (
    company_id, person_id, occasion, channel, day, items, fingerprints, escalation_ids)
  values (
    person.company_id, person.id, queue_digest_message.occasion, message ->> 'channel', queue_digest_message.day,
    array(select i.item ->> 'key' from jsonb_array_elements(queue_digest_message.items) with ordinality i (item, place)
          order by i.place),
    private.digest_fingerprints(queue_digest_message.items), escalations)
  on conflict do nothing
  returning id into made;
  if made is null then
    return;
  end if;
  insert into private.digest_mute_tokens (token_hash, digest_id)
  values (sha256(convert_to(message ->> 'mute_token', 'UTF8')), made);
  queued := private.queue_mail(
    person.company_id, case queue_digest_message.occasion when 'morning' then 'digest' else 'escalation_alert' end,
    person.email, message ->> 'subject', message ->> 'body_text', 'digest:' || made,
    channel => message ->> 'channel', body_html => message ->> 'body_html',
    unsubscribe_url => message ->> 'unsubscribe_url',
    expires_at => case queue_digest_message.occasion
      when 'morning' then (queue_digest_message.day + 1)::timestamp at time zone person.time_zone end);
  update public.digests g set message_id = queued where g.id = made;
end;
$$;
comment on function private.queue_digest_message is
'Queues one message with its row in digests, unless there is one. That of a morning is not sent after its day.';

create function private.queue_digest(p_person_id uuid, p_day date, p_items jsonb, p_messages jsonb) returns boolean
language plpgsql volatile security definer set search_path = ''
as $$
declare
  person public.profiles;
  message jsonb;
begin
  select * into person from public.profiles p where p.id = p_person_id and p.is_active;
  if not found then
    return false;
  end if;
  -- Of two workers at once one gets the day; the other waits for it here, and does nothing.
  insert into private.digest_days as d (person_id, day) values (p_person_id, p_day)
  on conflict (person_id) do update set day = excluded.day where d.day < excluded.day;
  if not found then
    return false;
  end if;
  for message in select m from jsonb_array_elements(p_messages) m loop
    perform private.queue_digest_message(
      person, 'morning', p_day, p_items,
      array(select (i ->> 'escalation_id')::uuid from jsonb_array_elements(p_items) i
            where i ->> 'urgency' = 'escalated'),
      message);
  end loop;
  return true;
end;
$$;
comment on function private.queue_digest is 'See public.queue_digest.';

create function public.queue_digest(p_person_id uuid, p_day date, p_items jsonb, p_messages jsonb) returns boolean
language sql volatile security invoker set search_path = ''
as $$ select private.queue_digest(p_person_id, p_day, p_items, p_messages) $$;
comment on function public.queue_digest is
'For the worker: decides a person''s digest of a day, once: queues these messages, none where nothing is new. False if '
'it was decided before, or the person has left.';

grant execute on function private.list_due_digests, public.list_due_digests, private.find_digest_news,
private.read_as, public.read_digest, private.queue_digest, public.queue_digest to service_role;
