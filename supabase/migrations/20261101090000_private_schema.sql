-- The private schema: helpers that policies and functions lean on. PostgREST does not expose it.
-- Nothing is granted by default any more; every later migration grants verb by verb.

do $$
begin
  if current_setting('server_version_num')::int < 150000 then
    raise exception 'Zen needs Postgres 15 or newer; this server is %.', current_setting('server_version');
  end if;
end;
$$;

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

-- What is wrong with an input: every fault is named at once.
create function private.refuse(faults text[]) returns void
language plpgsql immutable set search_path = ''
as $$
begin
  if cardinality(faults) > 0 then
    raise sqlstate 'PT400' using message = array_to_string(faults, ' '), detail = to_jsonb(faults)::text;
  end if;
end;
$$;
comment on function private.refuse is 'Refuses input with every fault named at once; passes when there is none.';

create function private.words_fault(value text, most int, missing text) returns text
language plpgsql immutable set search_path = ''
as $$
begin
  return case when coalesce(value, '') !~ '\S' then missing
    when length(value) > most then format('At most %s characters are kept; shorten the text.', most) end;
end;
$$;
comment on function private.words_fault is 'What is wrong with words that are demanded; null when nothing is.';

create function private.as_day(value text) returns date
language plpgsql immutable strict set search_path = ''
as $$
begin
  return case when value ~ '^[12]\d{3}-\d\d-\d\d$' then value::date end;
exception when datetime_field_overflow then
  return null;
end;
$$;
comment on function private.as_day is 'A day from YYYY-MM-DD; null for anything else.';

create function private.as_id(value text) returns uuid
language sql immutable strict set search_path = ''
as $$ select case when value ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then value::uuid end $$;
comment on function private.as_id is 'An id from its usual form; null for anything else.';
