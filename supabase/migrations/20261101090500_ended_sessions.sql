-- Sessions of Supabase Auth that ended by signing out. An access token cannot be called back: it lives for an hour, in
-- another tab or another process. So every function that says who the caller is asks here first.

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

create function private.require_live_session() returns boolean
language plpgsql stable security definer set search_path = ''
as $$
begin
  if exists (select from private.ended_sessions where id = private.current_session_id()) then
    raise sqlstate 'PT401' using message = 'Your session has ended.',
      hint = 'Sign in again. What you saved is safe.';
  end if;
  return true;
end;
$$;
comment on function private.require_live_session is 'True; raises PT401 for a token whose session was signed out.';
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
