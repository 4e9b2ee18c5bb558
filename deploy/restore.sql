-- Before the data of a backup: empties a database that has the migrations and no people (docs/deploy.md).

-- Triggers would write events a second time, and profiles of their own; Supabase lets the role postgres do this.
set session_replication_role = replica;

do $$
begin
  if exists (select from auth.users) then
    raise exception 'This database has people already: restore into a new one.';
  end if;
  -- The migrations fill some tables; the backup has those rows as well.
  execute (
    select 'truncate ' || string_agg(c.oid::regclass::text, ', ') from pg_class c
    where c.relkind = 'r' and c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
  );
end;
$$;
