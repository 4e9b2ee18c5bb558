-- For the app's /ready, which nobody signs in to: whether the database has the migrations of its version.

create function private.migrations_digest() returns text
language plpgsql stable security definer set search_path = ''
as $$
declare
  digest text;
begin
  -- A database whose migrations were applied without the Supabase CLI has no such table, and null is the answer.
  if to_regclass('supabase_migrations.schema_migrations') is not null then
    select md5(string_agg(version, ',' order by version collate "C")) into digest
    from supabase_migrations.schema_migrations;
  end if;
  return digest;
end;
$$;
comment on function private.migrations_digest is 'See public.migrations_digest.';

create function public.migrations_digest() returns text
language sql stable security invoker set search_path = ''
as $$ select private.migrations_digest() $$;
comment on function public.migrations_digest is
'MD5 of the versions of the applied migrations in order; null if they are not recorded.';
grant execute on function private.migrations_digest, public.migrations_digest to anon, authenticated, service_role;
