-- Tokens with which a company's own systems send events (usage, tickets) as they happen. An admin makes one; it is
-- shown once. Only its hash is stored, out of reach of the API.

create table public.event_tokens (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null references public.companies (id),
  name text not null check (length(name) between 1 and 100 and not private.is_blank(name)),
  scopes text[] not null check (cardinality(scopes) between 1 and 2 and scopes <@ array['usage', 'tickets']),
  created_by uuid not null,
  revoked_by uuid,
  revoked_at private.moment,
  created_at private.moment not null default now(),
  unique (id, company_id),
  foreign key (created_by, company_id) references public.profiles (id, company_id),
  foreign key (revoked_by, company_id) references public.profiles (id, company_id),
  check ((revoked_at is null) = (revoked_by is null))
);
comment on table public.event_tokens is 'A token with which a system of the company sends events.';
comment on column public.event_tokens.id is 'Identity of the token; not the token itself.';
comment on column public.event_tokens.company_id is 'Tenant.';
comment on column public.event_tokens.name is 'What it is for, as the admin wrote it.';
comment on column public.event_tokens.scopes is 'Kinds of events it may send: usage, tickets.';
comment on column public.event_tokens.created_by is 'The admin who made it.';
comment on column public.event_tokens.revoked_by is 'The admin who revoked it; null while it is valid.';
comment on column public.event_tokens.revoked_at is 'When it was revoked; null while it is valid.';
comment on column public.event_tokens.created_at is 'When it was made.';
create index event_tokens_company on public.event_tokens (company_id, created_at desc);
create index event_tokens_created_by on public.event_tokens (created_by, company_id);
create index event_tokens_revoked_by on public.event_tokens (revoked_by, company_id);
create trigger record_insert after insert on public.event_tokens referencing new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_update after update on public.event_tokens
referencing old table as old_rows new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_delete after delete on public.event_tokens referencing old table as old_rows
for each statement execute function private.record_row_changes();
alter table public.event_tokens enable row level security;
revoke all on public.event_tokens from anon, authenticated;
grant select on public.event_tokens to authenticated;
create policy "admins read their company's tokens" on public.event_tokens
for select to authenticated
using (
  company_id = (select private.current_company_id()) and (select private.current_member_role()) = 'admin'
);

-- Not a column of event_tokens: neither the history of rows nor an admin ever holds the hash.
create table private.event_token_keys (
  token_id uuid primary key references public.event_tokens (id) on delete cascade,
  token_hash bytea not null unique check (length(token_hash) = 32),
  full_at private.moment not null default now(),
  last_used_at private.moment
);
comment on table private.event_token_keys is 'What a token is recognised by, and how much of its allowance is used.';
comment on column private.event_token_keys.token_id is 'The token.';
comment on column private.event_token_keys.token_hash is 'SHA-256 of the token, which is 244 random bits.';
comment on column private.event_token_keys.full_at is 'When the whole allowance is back: each event moves it on.';
comment on column private.event_token_keys.last_used_at is 'When it last sent something; null if never.';
alter table private.event_token_keys enable row level security;
revoke all on private.event_token_keys from anon, authenticated;

create function private.hash_event_token(token text) returns bytea
language sql immutable set search_path = '' as $$ select sha256(convert_to(token, 'UTF8')) $$;
comment on function private.hash_event_token is 'What a token is stored as.';

create function private.create_event_token(name text, scopes text[]) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.require_admin('Only admins can make tokens.');
  token constant text := 'zen_events_' || replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
  made uuid;
begin
  perform private.raise_invalid(array[
    private.text_error(name, 100, 'Name what the token is for.'),
    case when coalesce(cardinality(scopes), 0) = 0 or array_ndims(scopes) <> 1 or array_position(scopes, null) > 0
      or not scopes <@ array['usage', 'tickets'] then 'Choose what it may send: usage, tickets.' end]);
  perform 1 from public.companies c where c.id = me.company_id for no key update;
  if (
    select count(*) >= 20 from public.event_tokens t where t.company_id = me.company_id and t.revoked_at is null
  ) then
    raise sqlstate 'PT409' using message = 'Your company has 20 tokens.', hint = 'Revoke one first.';
  end if;
  perform private.begin_change('settings');
  insert into public.event_tokens (company_id, name, scopes, created_by)
  values (
    me.company_id, create_event_token.name, array(select distinct s from unnest(create_event_token.scopes) s), me.id)
  returning id into made;
  insert into private.event_token_keys (token_id, token_hash) values (made, private.hash_event_token(token));
  return jsonb_build_object('id', made, 'token', token);
end;
$$;
comment on function private.create_event_token is 'See public.create_event_token.';

create function public.create_event_token(p_name text, p_scopes text[]) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.create_event_token(p_name, p_scopes) $$;
comment on function public.create_event_token is
'Makes a token that may send these kinds of events; its id, and the token, which nobody can read again. '
'Raises PT400, PT403 for anyone but an admin, PT409.';

create function private.revoke_event_token(token_id uuid) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.require_admin('Only admins can revoke tokens.');
begin
  if not exists (select 1 from public.event_tokens t where t.id = token_id and t.company_id = me.company_id) then
    raise sqlstate 'PT404' using message = 'This token does not exist, or you don''t have access to it.';
  end if;
  perform private.begin_change('settings');
  update public.event_tokens t set revoked_at = now(), revoked_by = me.id
  where t.id = token_id and t.revoked_at is null;
  delete from private.event_token_keys k where k.token_id = revoke_event_token.token_id;
end;
$$;
comment on function private.revoke_event_token is 'See public.revoke_event_token.';

create function public.revoke_event_token(p_token_id uuid) returns void
language sql volatile security invoker set search_path = '' as $$ select private.revoke_event_token(p_token_id) $$;
comment on function public.revoke_event_token is
'Ends a token for good, from its next request on. Idempotent. Raises PT403 for anyone but an admin, PT404.';

create function private.list_event_tokens() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.require_admin('Only admins can see tokens.');
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'id', t.id, 'name', t.name, 'scopes', t.scopes, 'created_at', t.created_at,
      'created_by_name', p.full_name, 'last_used_at', k.last_used_at) order by t.created_at desc, t.id), '[]')
    from public.event_tokens t
    join private.event_token_keys k on k.token_id = t.id
    join public.profiles p on p.id = t.created_by
    where t.company_id = me.company_id and t.revoked_at is null);
end;
$$;
comment on function private.list_event_tokens is 'See public.list_event_tokens.';

create function public.list_event_tokens() returns jsonb
language sql stable security invoker set search_path = '' as $$ select private.list_event_tokens() $$;
comment on function public.list_event_tokens is
'The valid tokens of the caller''s company with who made them and when each was last used. Raises PT403.';

grant execute on function private.create_event_token, public.create_event_token,
private.revoke_event_token, public.revoke_event_token,
private.list_event_tokens, public.list_event_tokens to authenticated;
