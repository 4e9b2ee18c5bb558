-- What ends a digest: it is sent, withdrawn before that, muted by the link in it, or old.

create function private.note_sent_digest() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.digests g set sent_at = new.sent_at, given_up_at = new.given_up_at where g.message_id = new.id;
  return null;
end;
$$;
comment on function private.note_sent_digest is 'After a message was sent or given up: its digest says so.';
create trigger note_sent_digest after update of sent_at, given_up_at on private.outbox
for each row when (new.kind in ('digest', 'escalation_alert')) execute function private.note_sent_digest();

create function private.withdraw_digests(person uuid, of_channel text) returns void
language sql volatile security definer set search_path = ''
as $$
  update private.outbox o
  set given_up_at = now(), last_error = 'It was withdrawn.'
  from public.digests g
  where
    g.message_id = o.id and g.person_id = person and g.channel = of_channel
    and o.sent_at is null and o.given_up_at is null
$$;
comment on function private.withdraw_digests is 'What waits for a person by a channel is not sent.';

create function private.mute_digest(p_token text) returns text
language plpgsql volatile security definer set search_path = ''
as $$
declare
  digest public.digests;
  person public.profiles;
begin
  select g.* into digest from private.digest_mute_tokens t join public.digests g on g.id = t.digest_id
  where t.token_hash = sha256(convert_to(coalesce(p_token, ''), 'UTF8'));
  select p.* into person from public.profiles p where p.id = digest.person_id;
  if person.id is null then
    raise sqlstate 'PT404' using message = 'This link is no longer valid.',
      hint = 'Sign in and turn the digest off on your profile.';
  end if;
  perform private.change_digest_preferences(
    person, case digest.channel when 'email' then false end, case digest.channel when 'slack' then false end);
  update public.digests g set muted_at = now() where g.id = digest.id and g.muted_at is null;
  perform private.withdraw_digests(person.id, digest.channel);
  return digest.channel;
end;
$$;
comment on function private.mute_digest is 'See public.mute_digest.';

create function public.mute_digest(p_token text) returns text
language sql volatile security invoker set search_path = '' as $$ select private.mute_digest(p_token) $$;
comment on function public.mute_digest is
'Turns off the channel of the digest in which this token stands, for whoever got it; returns the channel. Knowing the '
'token is the permission. Raises PT404.';

create function private.erase_digest_messages(customer uuid) returns void
language sql volatile security definer set search_path = ''
as $$
  update private.outbox o
  set
    subject = 'Erased', body_text = 'Erased', body_html = null,
    given_up_at = case when o.sent_at is null then coalesce(o.given_up_at, now()) end,
    last_error = case when o.sent_at is null then 'It was withdrawn.' end
  from public.digests g
  where
    g.message_id = o.id and g.items && array(
      select 'customer:' || customer
      union all select 'run:' || e.id from public.workflow_executions e where e.customer_id = customer
      union all select 'follow_up:' || f.id from public.follow_ups f where f.customer_id = customer
    )
$$;
comment on function private.erase_digest_messages is
'What digests have said of a customer is gone from the outbox, and is not sent if it waits.';

create function private.withdraw_answered_escalation() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update private.outbox o
  set given_up_at = now(), last_error = 'It was withdrawn.'
  from public.digests g
  where g.message_id = o.id and g.occasion = 'escalation' and new.id = any (g.escalation_ids)
    and o.sent_at is null and o.given_up_at is null;
  return null;
end;
$$;
comment on function private.withdraw_answered_escalation is
'After an escalation was acknowledged, ended or given to another: a reminder that still waits is not sent.';
create trigger withdraw_digests after update of acknowledged_at, ended_at, assigned_to on public.workflow_escalations
for each row when (
  new.acknowledged_at is not null or new.ended_at is not null or new.assigned_to <> old.assigned_to
) execute function private.withdraw_answered_escalation();

create function private.withdraw_digests_of_leaver() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.withdraw_digests(new.id, c.channel) from unnest(array['email', 'slack']) c (channel);
  delete from private.slack_webhooks w where w.person_id = new.id;
  return null;
end;
$$;
comment on function private.withdraw_digests_of_leaver is
'After a person has left: nothing that waits for them is sent, and their webhook is deleted.';
create trigger withdraw_digests after update of is_active on public.profiles
for each row when (not new.is_active) execute function private.withdraw_digests_of_leaver();

create function private.delete_old_digests(p_most int) returns int
language plpgsql volatile security definer set search_path = ''
as $$
declare
  deleted int;
begin
  delete from public.digests d where d.id in (
    select g.id from public.digests g
    where g.created_at < now() - interval '90 days'
      -- The next digest is compared with the last one.
      and exists (
        select 1 from public.digests later
        where later.person_id = g.person_id and later.channel = g.channel and later.occasion = 'morning'
          and later.sent_at is not null and later.created_at > g.created_at)
    limit greatest(1, least(p_most, 10000)));
  get diagnostics deleted = row_count;
  return deleted;
end;
$$;
comment on function private.delete_old_digests is 'See public.delete_old_digests.';

create function public.delete_old_digests(p_most int) returns int
language sql volatile security invoker set search_path = '' as $$ select private.delete_old_digests(p_most) $$;
comment on function public.delete_old_digests is
'For the worker: deletes at most so many digests of more than 90 days ago, never a person''s last one. Returns how many.';

grant execute on function private.mute_digest, public.mute_digest to anon;
grant execute on function private.delete_old_digests, public.delete_old_digests to service_role;

create function public.recent_digests(p_most int default 10) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select
    coalesce(jsonb_agg(jsonb_build_object(
      'id', d.id, 'occasion', d.occasion, 'channel', d.channel, 'created_at', d.created_at, 'sent_at', d.sent_at,
      'given_up_at', d.given_up_at, 'muted_at', d.muted_at, 'customers', (
        select
          coalesce(
            jsonb_agg(coalesce(c.name, 'a customer you no longer see') order by i.place), '[]'
          )
        from (
          select
            k.place, split_part(k.key, ':', 1) as kind, private.parse_uuid(split_part(k.key, ':', 2)) as id
          from unnest(d.items) with ordinality k (key, place)
        ) i
        left join public.workflow_executions e on i.kind = 'run' and e.id = i.id
        left join public.follow_ups f on i.kind = 'follow_up' and f.id = i.id
        left join public.customers c
          on c.id = coalesce(e.customer_id, f.customer_id, case i.kind when 'customer' then i.id end)
      )
    ) order by d.created_at desc, d.id), '[]')
  from (
    select g.* from public.digests g
    where g.person_id = (select auth.uid())
    order by g.created_at desc, g.id limit greatest(1, least(coalesce(p_most, 10), 100))
  ) d
$$;
comment on function public.recent_digests is
'The last p_most (up to 100) digests of the caller, the latest first, each with the customers of its items by name.';
grant execute on function public.recent_digests to authenticated;
