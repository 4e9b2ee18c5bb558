-- Sessions of Supabase Auth that ended. An access token cannot be called back: it lives for an hour, in another tab or
-- another process. So every function that says who the caller is asks here first whether the session still stands in
-- auth.sessions: Supabase Auth deletes it when it is signed out, by whatever client. Zen ends sessions here as well,
-- which counts at once, also while Supabase Auth does not answer.

create table private.ended_sessions (
  id uuid primary key,
  ended_at private.moment not null default now()
);
comment on table private.ended_sessions is 'Sessions that were signed out; kept until no token of theirs can live.';
comment on column private.ended_sessions.id is 'The claim session_id of the access tokens.';
comment on column private.ended_sessions.ended_at is 'When it was signed out.';
create index ended_sessions_ended_at on private.ended_sessions (ended_at);
alter table private.ended_sessions enable row level security;
revoke all on private.ended_sessions from anon, authenticated;

create function private.current_session_id() returns uuid
language sql stable set search_path = ''
as $$ select private.parse_uuid(auth.jwt() ->> 'session_id') $$;
comment on function private.current_session_id is 'The session of the caller''s access token; null without one.';

-- Without a table that can be read, only what Zen itself has ended is known: a table whose rows are hidden from the
-- owner of the schema would sign everybody out.
create function private.is_session_signed_out(session uuid) returns boolean
language plpgsql stable security definer set search_path = ''
as $$
begin
  if exists (select from private.ended_sessions e where e.id = session) then
    return true;
  elsif to_regclass('auth.sessions') is null or row_security_active('auth.sessions') then
    return false;
  end if;
  return not exists (
    select from auth.sessions s where s.id = session and (s.not_after is null or s.not_after > now()));
end;
$$;
comment on function private.is_session_signed_out is
'True for a session that was ended here or that Supabase Auth no longer has.';

create function private.require_live_session() returns boolean
language plpgsql stable security definer set search_path = ''
as $$
declare
  session constant uuid := private.current_session_id();
begin
  if session is not null and private.is_session_signed_out(session) then
    raise sqlstate 'PT401' using message = 'Your session has ended.',
      hint = 'Sign in again. What you saved is safe.';
  end if;
  return true;
end;
$$;
comment on function private.require_live_session is 'True; raises PT401 for a token whose session has ended.';
grant execute on function private.require_live_session to anon, authenticated, service_role;

-- PostgREST calls it before each request, so that it also holds where no function asks who the caller is. Whoever may
-- not say so to PostgREST has it in its own settings (lib.local).
do $$
begin
  alter role authenticator set pgrst.db_pre_request = 'private.require_live_session';
  notify pgrst, 'reload config';
exception when insufficient_privilege or undefined_object then
  raise notice 'PostgREST is not told to call private.require_live_session.';
end;
$$;

-- Tokens live for a week at most, whatever the project is set to.
create function private.mark_sessions_ended(sessions uuid[]) returns void
language sql volatile security definer set search_path = ''
as $$
  delete from private.ended_sessions where ended_at < now() - interval '8 days';
  insert into private.ended_sessions (id) select distinct s from unnest(sessions) s where s is not null
  on conflict do nothing;
$$;
comment on function private.mark_sessions_ended is 'Refuses the access tokens of these sessions from now on.';
