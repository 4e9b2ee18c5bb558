-- The session of a signed-in browser. The cookie holds 256 random bits; the database has only their hash, and the
-- Supabase session encrypted with a key made from the cookie and the app's secret. Knowing the cookie is the
-- permission, so the functions are open to anon.

create table private.browser_sessions (
  id_hash bytea primary key,
  user_id uuid not null references auth.users (id) on delete cascade,
  auth_session_id uuid,
  browser text check (length(browser) <= 200),
  sealed text not null check (length(sealed) < 16384),
  version int not null default 1,
  refreshing_until private.moment,
  expires_at private.moment not null,
  created_at private.moment not null default now(),
  updated_at private.moment not null default now()
);
comment on table private.browser_sessions is 'A signed-in browser; read and written by the functions below only.';
comment on column private.browser_sessions.id_hash is
'SHA-256 of the value of the cookie, which itself is never stored.';
comment on column private.browser_sessions.user_id is 'Who signed in.';
comment on column private.browser_sessions.auth_session_id is
'The session of Supabase Auth behind it, whose tokens are refused once the browser is signed out.';
comment on column private.browser_sessions.browser is 'Name of the browser and its system, as it gave them.';
comment on column private.browser_sessions.sealed is 'The Supabase session, encrypted by the app.';
comment on column private.browser_sessions.version is
'Grows with every refresh; a refresh of an older version is refused.';
comment on column private.browser_sessions.refreshing_until is
'Until then one process spends the refresh token, and the others wait.';
comment on column private.browser_sessions.expires_at is 'When the browser has to sign in again, whatever it did.';
comment on column private.browser_sessions.created_at is 'When the person signed in.';
comment on column private.browser_sessions.updated_at is 'When the session was last refreshed.';
create index browser_sessions_user_id on private.browser_sessions (user_id);
create index browser_sessions_expires_at on private.browser_sessions (expires_at);
create trigger touch before update on private.browser_sessions for each row execute function private.touch_updated_at();
alter table private.browser_sessions enable row level security;
revoke all on private.browser_sessions from anon, authenticated;

create function private.hash_session_id(session_id text) returns bytea
language sql immutable set search_path = ''
as $$ select sha256(convert_to(session_id, 'UTF8')) $$;
comment on function private.hash_session_id is 'Key of a browser session.';

-- A stolen cookie of a browser nobody uses any more would live for weeks.
create function private.is_live_browser_session(stored private.browser_sessions) returns boolean
language sql stable set search_path = ''
as $$ select stored.expires_at > now() and stored.updated_at > now() - interval '7 days' $$;
comment on function private.is_live_browser_session is
'True until the session expires, or has not been refreshed for seven days; one in use is refreshed every hour.';

create function private.delete_old_browser_sessions(person uuid, kept int) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  ended uuid[];
begin
  delete from private.browser_sessions b where b.id_hash in (
    select x.id_hash from private.browser_sessions x where not private.is_live_browser_session(x) for update skip locked);
  with gone as (
    delete from private.browser_sessions b where b.id_hash in (
      select x.id_hash from private.browser_sessions x where x.user_id = person order by x.updated_at desc offset kept)
    returning b.auth_session_id
  )
  select array_agg(auth_session_id) into ended from gone;
  perform private.mark_sessions_ended(array_remove(ended, private.current_session_id()));
end;
$$;
comment on function private.delete_old_browser_sessions is
'Deletes the sessions that have ended, and of one person all but the `kept` used last.';

create function private.create_browser_session(
  session_id text, sealed text, expires_at timestamptz, browser text
) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  if auth.uid() is null or coalesce(length(session_id), 0) < 40 then
    raise sqlstate 'PT403' using message = 'Please sign in first.';
  end if;
  perform private.require_live_session();
  perform private.delete_old_browser_sessions(auth.uid(), 9);
  insert into private.browser_sessions (id_hash, user_id, auth_session_id, sealed, browser, expires_at)
  values (private.hash_session_id(session_id), auth.uid(), private.current_session_id(), create_browser_session.sealed,
          left(create_browser_session.browser, 200),
          least(create_browser_session.expires_at, now() + interval '30 days'));
exception
  when unique_violation then
    raise sqlstate 'PT409' using message = 'This session exists already.';
  when check_violation or not_null_violation then
    raise sqlstate 'PT400' using message = 'This session cannot be stored.';
end;
$$;
comment on function private.create_browser_session is
'Stores the session of the signed-in person under a new id. They have ten at most: the one used longest ago ends.';

-- The table of company settings and the inbox come later.
set check_function_bodies = off;
create function private.read_browser_session(session_id text) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select
    jsonb_build_object(
      'sealed', b.sealed, 'version', b.version, 'user_id', b.user_id,
      'person', (
        select
          jsonb_build_object(
            'id', p.id, 'full_name', p.full_name, 'email', p.email, 'role', p.role,
            'time_zone', p.time_zone, 'has_own_time_zone', p.has_own_time_zone, 'company_id', p.company_id, 'company_name', c.name,
            'currency', s.currency, 'locale', coalesce(p.locale, s.locale), 'own_locale', p.locale,
            'density', p.density, 'theme', p.theme, 'inbox_count', private.count_waiting(p)
          )
        from public.profiles p
        join public.companies c on c.id = p.company_id
        join public.company_settings s on s.company_id = c.id
        where p.id = b.user_id and p.is_active
      )
    )
  from private.browser_sessions b
  where b.id_hash = private.hash_session_id(session_id) and private.is_live_browser_session(b)
$$;
reset check_function_bodies;
comment on function private.read_browser_session is
'The encrypted session and its person with their company''s currency and locale and how much waits in their inbox '
'(null: not a member); null if it is unknown, ended or expired.';

create function private.list_browser_sessions(session_id text) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select
    coalesce(jsonb_agg(jsonb_build_object(
      'id', b.auth_session_id, 'browser', b.browser, 'created_at', b.created_at, 'used_at', b.updated_at,
      'is_current', b.id_hash = own.id_hash
    ) order by b.id_hash = own.id_hash desc, b.updated_at desc), '[]')
  from private.browser_sessions own
  join private.browser_sessions b on b.user_id = own.user_id and private.is_live_browser_session(b)
  where own.id_hash = private.hash_session_id(session_id) and private.is_live_browser_session(own)
$$;
comment on function private.list_browser_sessions is
'The browsers the person of this session is signed in with, this one first; empty if it has ended.';

create function private.claim_session_refresh(session_id text, version int) returns boolean
language plpgsql security definer set search_path = ''
as $$
begin
  update private.browser_sessions b set refreshing_until = now() + interval '15 seconds'
  where b.id_hash = private.hash_session_id(session_id) and b.version = claim_session_refresh.version
    and private.is_live_browser_session(b) and (b.refreshing_until is null or b.refreshing_until < now());
  return found;
end;
$$;
comment on function private.claim_session_refresh is
'True for the one process that may spend the refresh token in the next 15 seconds.';

create function private.store_refreshed_session(session_id text, version int, sealed text) returns int
language plpgsql security definer set search_path = ''
as $$
declare
  stored int;
begin
  update private.browser_sessions b
  set sealed = store_refreshed_session.sealed, version = b.version + 1, refreshing_until = null
  where b.id_hash = private.hash_session_id(session_id) and b.version = store_refreshed_session.version
    and private.is_live_browser_session(b)
  returning b.version into stored;
  return stored;
exception when check_violation or not_null_violation then
  raise sqlstate 'PT400' using message = 'This session cannot be stored.';
end;
$$;
comment on function private.store_refreshed_session is
'Replaces a version of a session; returns the new version, null if the old one was not current.';

create function private.end_browser_session(session_id text, others_only boolean) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
  own constant bytea := private.hash_session_id(session_id);
  ended uuid[];
  kept uuid;
begin
  select b.auth_session_id into kept from private.browser_sessions b where b.id_hash = own and others_only;
  with gone as (
    delete from private.browser_sessions b
    where b.user_id = (select s.user_id from private.browser_sessions s where s.id_hash = own)
      and not (others_only and b.id_hash = own)
    returning b.auth_session_id
  )
  select array_agg(auth_session_id) into ended from gone;
  perform private.mark_sessions_ended(array_remove(ended, kept));
  return ended is not null;
end;
$$;
comment on function private.end_browser_session is
'Signs the person out of every browser, or of all others; tokens already given out are refused too.';

create function private.end_listed_browser_session(session_id text, which uuid) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
  ended uuid[];
begin
  with gone as (
    delete from private.browser_sessions b
    using private.browser_sessions own
    where own.id_hash = private.hash_session_id(session_id) and private.is_live_browser_session(own)
      and b.user_id = own.user_id and b.auth_session_id = which
    returning b.auth_session_id
  )
  select array_agg(auth_session_id) into ended from gone;
  perform private.mark_sessions_ended(ended);
  return ended is not null;
end;
$$;
comment on function private.end_listed_browser_session is
'Signs the person out of one of the browsers that list_browser_sessions names; false if there is none.';

create function private.drop_browser_session(session_id text) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
  gone uuid;
begin
  delete from private.browser_sessions b where b.id_hash = private.hash_session_id(session_id)
  returning b.auth_session_id into gone;
  if found then
    perform private.mark_sessions_ended(array[gone]);
    return true;
  end if;
  return false;
end;
$$;
comment on function private.drop_browser_session is
'Deletes the session of this browser; its tokens are refused from now on.';

-- For a new password and for joining: whoever signed up with the address before its owner did may be signed in with a
-- password of theirs. Supabase Auth's own sign-out of the others leaves tokens that are out alive for an hour.
create function private.end_other_sessions() returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant uuid := auth.uid();
  kept constant uuid := private.current_session_id();
  ended uuid[];
begin
  perform private.require_live_session();
  with gone as (
    delete from auth.sessions s where s.user_id = me and s.id is distinct from kept returning s.id
  )
  select array_agg(id) into ended from gone;
  perform private.mark_sessions_ended(ended);
  delete from private.browser_sessions b where b.user_id = me and b.auth_session_id is distinct from kept;
end;
$$;
comment on function private.end_other_sessions is 'See public.end_other_sessions.';

-- The functions HTTP sees run with the rights of the caller.
create function public.create_browser_session(
  session_id text, sealed text, expires_at timestamptz, browser text default null
) returns void
language sql security invoker set search_path = ''
as $$ select private.create_browser_session(session_id, sealed, expires_at, browser) $$;
create function public.list_browser_sessions(session_id text) returns jsonb
language sql stable security invoker set search_path = ''
as $$ select private.list_browser_sessions(session_id) $$;
create function public.read_browser_session(session_id text) returns jsonb
language sql stable security invoker set search_path = ''
as $$ select private.read_browser_session(session_id) $$;
create function public.claim_session_refresh(session_id text, version int) returns boolean
language sql security invoker set search_path = ''
as $$ select private.claim_session_refresh(session_id, version) $$;
create function public.store_refreshed_session(session_id text, version int, sealed text) returns int
language sql security invoker set search_path = ''
as $$ select private.store_refreshed_session(session_id, version, sealed) $$;
create function public.end_browser_session(session_id text, others_only boolean default false) returns boolean
language sql security invoker set search_path = ''
as $$ select private.end_browser_session(session_id, others_only) $$;
create function public.end_listed_browser_session(session_id text, which uuid) returns boolean
language sql security invoker set search_path = ''
as $$ select private.end_listed_browser_session(session_id, which) $$;
create function public.drop_browser_session(session_id text) returns boolean
language sql security invoker set search_path = ''
as $$ select private.drop_browser_session(session_id) $$;

create function public.end_other_sessions() returns void
language sql volatile security invoker set search_path = '' as $$ select private.end_other_sessions() $$;

comment on function public.end_other_sessions is
'Signs the caller out everywhere but in the session of their token; tokens already given out are refused.';
comment on function public.create_browser_session is 'See private.create_browser_session; signed-in people only.';
comment on function public.read_browser_session is
'See private.read_browser_session; knowing the id is the permission.';
comment on function public.list_browser_sessions is
'See private.list_browser_sessions; knowing the id is the permission.';
comment on function public.claim_session_refresh is
'See private.claim_session_refresh; knowing the id is the permission.';
comment on function public.store_refreshed_session is
'See private.store_refreshed_session; knowing the id is the permission.';
comment on function public.end_browser_session is 'See private.end_browser_session; knowing the id is the permission.';
comment on function public.end_listed_browser_session is
'See private.end_listed_browser_session; knowing the id is the permission.';
comment on function public.drop_browser_session is
'See private.drop_browser_session; knowing the id is the permission.';

grant execute on function private.create_browser_session, public.create_browser_session,
private.end_other_sessions, public.end_other_sessions to authenticated;
grant execute on function
private.read_browser_session, public.read_browser_session,
private.list_browser_sessions, public.list_browser_sessions,
private.claim_session_refresh, public.claim_session_refresh,
private.store_refreshed_session, public.store_refreshed_session,
private.end_browser_session, public.end_browser_session,
private.end_listed_browser_session, public.end_listed_browser_session,
private.drop_browser_session, public.drop_browser_session
to anon, authenticated;
