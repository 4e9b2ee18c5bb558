-- The private schema: helpers that policies and functions lean on. PostgREST does not expose it.
-- Nothing is granted by default any more; every later migration grants verb by verb.

create schema if not exists private;
comment on schema private is 'Helpers of policies and functions; never exposed over HTTP.';

revoke all on schema private from public;
grant usage on schema private to anon, authenticated, service_role;

alter default privileges in schema public revoke all on tables from anon, authenticated;
alter default privileges in schema public revoke all on sequences from anon, authenticated;
alter default privileges in schema public revoke all on functions from anon, authenticated;
alter default privileges revoke execute on functions from public;

create function private.touch_updated_at() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end;
$$;
comment on function private.touch_updated_at is 'Before update: stamps updated_at.';

create function private.grow_revision() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.revision := old.revision + 1;
  return new;
end;
$$;
comment on function private.grow_revision is 'Before update: the revision grows by one, whatever the writer sent.';
