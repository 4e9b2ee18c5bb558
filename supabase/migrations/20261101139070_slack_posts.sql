-- Digests that wait to be posted in Slack. The webhook is the person's secret: the worker gets it with the post.

create function private.claim_post() returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  due private.outbox;
  webhook text;
begin
  -- A post has no id by which Slack would know it again: of one whose worker died nobody knows whether it arrived.
  update private.outbox o
  set given_up_at = now(), last_error = 'A worker ended while it sent this; it may have arrived.'
  where o.channel = 'slack' and o.sent_at is null and o.given_up_at is null and o.claimed_at is not null
    and o.due_at <= now();
  update private.outbox o set given_up_at = now(), last_error = 'It was not sent in time.'
  where o.channel = 'slack' and o.sent_at is null and o.given_up_at is null and o.expires_at <= now();
  select o.* into due from private.outbox o
  where o.channel = 'slack' and o.sent_at is null and o.given_up_at is null and o.due_at <= now()
  order by o.due_at limit 1 for update skip locked;
  if not found then
    return null;
  end if;
  select w.url into webhook
  from public.digests g join private.slack_webhooks w on w.person_id = g.person_id
  where g.message_id = due.id;
  update private.outbox o
  set due_at = now() + interval '5 minutes', attempts = o.attempts + 1, claimed_at = now()
  where o.id = due.id
  returning o.* into due;
  return jsonb_build_object('url', coalesce(webhook, ''), 'post', jsonb_build_object(
    'id', due.id, 'attempt', due.attempts, 'kind', due.kind, 'recipient', due.recipient, 'subject', due.subject,
    'body_text', due.body_text));
end;
$$;
comment on function private.claim_post is 'See public.claim_post.';

create function public.claim_post() returns jsonb
language sql volatile security invoker set search_path = '' as $$ select private.claim_post() $$;
comment on function public.claim_post is
'For the worker: a post that is due and the webhook it goes to; null if none is. finish_mail says what became of it. '
'If nobody says so within five minutes it is given up.';

grant execute on function private.claim_post, public.claim_post to service_role;
