-- Where a person wants their digest: by email (on until they say otherwise), in Slack (once they give a webhook).

create table public.digest_preferences (
  id uuid primary key default gen_random_uuid(),
  person_id uuid not null unique,
  company_id uuid not null,
  email_on boolean not null default true,
  slack_on boolean not null default true,
  slack_hint text check (length(slack_hint) <= 300),
  created_at private.moment not null default now(),
  updated_at private.moment not null default now(),
  foreign key (person_id, company_id) references public.profiles (id, company_id)
);
comment on table public.digest_preferences is
'Where a person wants their digest. Without a row: by email, not in Slack. Written by functions, read by that person.';
comment on column public.digest_preferences.id is 'Identity of the row.';
comment on column public.digest_preferences.person_id is 'Whose digest it is.';
comment on column public.digest_preferences.company_id is 'Tenant.';
comment on column public.digest_preferences.email_on is 'False once they turned it off, or muted it by a link.';
comment on column public.digest_preferences.slack_on is 'False once they turned it off, or muted it by a link.';
comment on column public.digest_preferences.slack_hint is
'Host and last characters of their Slack webhook, to recognise it; null without one.';
comment on column public.digest_preferences.created_at is 'When the row was inserted.';
comment on column public.digest_preferences.updated_at is 'When the row last changed.';
create index digest_preferences_person on public.digest_preferences (person_id, company_id);
create index digest_preferences_company on public.digest_preferences (company_id);
create trigger touch before update on public.digest_preferences
for each row execute function private.touch_updated_at();

alter table public.digest_preferences enable row level security;
revoke all on public.digest_preferences from anon, authenticated;
grant select on public.digest_preferences to authenticated;
create policy "people read their own preferences" on public.digest_preferences
for select to authenticated using (
  company_id = (select private.current_company_id()) and person_id = (select auth.uid())
);

create function private.is_webhook_address(url text) returns boolean
language sql immutable set search_path = ''
as $$ select length(url) <= 500 and url ~ '^https?://[a-z0-9.-]{1,253}(:[0-9]{1,5})?/[A-Za-z0-9/_.-]+$' $$;
comment on function private.is_webhook_address is
'True for an address of a host in lower case and a path, without a name, a query or a fragment; null for null.';

-- Whoever knows the address of a webhook can write in its channel: nobody reads it back, not even its owner.
create table private.slack_webhooks (
  person_id uuid primary key references public.profiles (id) on delete cascade,
  url text not null check (private.is_webhook_address(url)),
  created_at private.moment not null default now()
);
comment on table private.slack_webhooks is 'The address with which a digest is posted in Slack. A secret of the person.';
comment on column private.slack_webhooks.person_id is 'Whose digest is posted.';
comment on column private.slack_webhooks.url is
'The address. The worker decides whether it may post there (lib/worker/slack_digest_sender.py).';
comment on column private.slack_webhooks.created_at is 'When it was stored.';
alter table private.slack_webhooks enable row level security;
revoke all on private.slack_webhooks from anon, authenticated;

create function private.digest_channels(person uuid) returns text[]
language sql stable security definer set search_path = ''
as $$
  select
    array_remove(
      array[
        case when coalesce(d.email_on, true) then 'email' end,
        case when coalesce(d.slack_on, true) and w.person_id is not null then 'slack' end
      ],
      null
    )
  from public.profiles p
  left join public.digest_preferences d on d.person_id = p.id
  left join private.slack_webhooks w on w.person_id = p.id
  where p.id = person
$$;
comment on function private.digest_channels is 'Where a person wants their digest: email, slack.';

create function private.change_digest_preferences(
  me public.profiles, email_on boolean default null, slack_on boolean default null
) returns void
language sql volatile security definer set search_path = ''
as $$
  insert into public.digest_preferences as d (person_id, company_id, email_on, slack_on)
  values (
    me.id,
    me.company_id,
    coalesce(change_digest_preferences.email_on, true),
    coalesce(change_digest_preferences.slack_on, true)
  )
  on conflict (person_id) do update
  set
    email_on = coalesce(change_digest_preferences.email_on, d.email_on),
    slack_on = coalesce(change_digest_preferences.slack_on, d.slack_on)
$$;
comment on function private.change_digest_preferences is 'Stores what is not null.';

create function private.save_digest_preferences(p_email_on boolean, p_slack_on boolean) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
begin
  perform private.change_digest_preferences(me, p_email_on, p_slack_on);
  perform private.withdraw_digests(me.id, c.channel)
  from unnest(array['email', 'slack']) c (channel) where c.channel <> all (private.digest_channels(me.id));
end;
$$;
comment on function private.save_digest_preferences is 'See public.save_digest_preferences.';

create function public.save_digest_preferences(p_email_on boolean, p_slack_on boolean) returns void
language sql volatile security invoker set search_path = ''
as $$ select private.save_digest_preferences(p_email_on, p_slack_on) $$;
comment on function public.save_digest_preferences is
'Where the caller wants their digest; null leaves it as it is. What still waits for a channel turned off is not sent.';

create function private.save_slack_webhook(p_url text) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
  url constant text := trim(p_url);
begin
  if not private.is_webhook_address(url) then
    raise sqlstate 'PT400' using message = 'This is not the address of a Slack webhook.',
      hint = 'Copy it from Slack: https://hooks.slack.com/services/…';
  end if;
  perform private.change_digest_preferences(me, null, url is not null);
  update public.digest_preferences d
  set slack_hint = substring(url from '^https?://([^/]+)') || '/…' || right(url, 4)
  where d.person_id = me.id;
  delete from private.slack_webhooks w where w.person_id = me.id;
  if url is null then
    perform private.withdraw_digests(me.id, 'slack');
  else
    insert into private.slack_webhooks (person_id, url) values (me.id, url);
  end if;
end;
$$;
comment on function private.save_slack_webhook is 'See public.save_slack_webhook.';

create function public.save_slack_webhook(p_url text) returns void
language sql volatile security invoker set search_path = '' as $$ select private.save_slack_webhook(p_url) $$;
comment on function public.save_slack_webhook is
'The caller''s own webhook, with which their digest is posted in Slack from now on; null removes it. Nobody can read '
'it back. Raises PT400.';

grant execute on function private.save_digest_preferences, public.save_digest_preferences,
private.save_slack_webhook, public.save_slack_webhook to authenticated;
