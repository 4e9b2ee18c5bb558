-- The private schema holds what policies and functions need and PostgREST does not expose. Nothing is granted by
-- default: each migration grants verb by verb.

do $$
begin
  if current_setting('server_version_num')::int < 150000 then
    raise exception 'Zen needs Postgres 15 or newer; this server is %.', current_setting('server_version');
  end if;
end;
$$;

create schema if not exists private;
comment on schema private is 'Tables and functions that are never exposed over HTTP.';

revoke all on schema private from public;
grant usage on schema private to anon, authenticated, service_role;

alter default privileges in schema public revoke all on tables from anon, authenticated;
alter default privileges in schema public revoke all on sequences from anon, authenticated;
alter default privileges in schema public revoke all on functions from anon, authenticated;
alter default privileges revoke execute on functions from public;

-- Postgres knows days before Christ and infinite ones, and an amount that is no number; nobody here means one.
create function private.is_day(value date) returns boolean
language sql immutable set search_path = ''
as $$ select coalesce(value between '1900-01-01' and '2999-12-31', false) $$;
comment on function private.is_day is 'True for a day between 1900 and 2999; false for null.';
grant execute on function private.is_day to authenticated, service_role;
create domain private.day as date check (value between '1900-01-01' and '2999-12-31');
comment on domain private.day is 'A day between 1900 and 2999.';
create domain private.moment as timestamptz
check (value between '1900-01-01 00:00:00+00' and '2999-12-31 23:59:59.999999+00');
comment on domain private.moment is 'A moment between 1900 and 2999.';
create domain private.percentage as numeric(5, 2) check (value between 0 and 100);
comment on domain private.percentage is 'A percentage between 0 and 100.';
create domain private.amount as numeric(14, 2) check (value between 0 and 999999999999.99);
comment on domain private.amount is 'A finite, non-negative amount of money in the company''s currency.';

-- One such value in a list takes its whole page away: Python stops reading numbers of 4,300 digits, takes 1e400 for
-- infinite, and nests a thousand levels deep at most. A domain over jsonb is no way: Supabase Lite sends text then.
create function private.is_readable_json(document jsonb) returns boolean
language sql immutable set search_path = ''
as $$
  select
    not jsonb_path_exists(document, '$.**{64}') and not jsonb_path_exists(document, '$.** ? (@ > 1e18 || @ < -1e18)')
$$;
comment on function private.is_readable_json is
'True for JSON less than 64 levels deep whose numbers are between -1e18 and 1e18; null for null.';
grant execute on function private.is_readable_json to authenticated, service_role;

create function private.touch_updated_at() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end;
$$;
comment on function private.touch_updated_at is 'Before update: sets updated_at.';

create function private.increment_revision() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.revision := old.revision + 1;
  return new;
end;
$$;
comment on function private.increment_revision is 'Before update: the revision grows by one, whatever the writer sent.';

-- Checks of input. Every error is reported at once.
create function private.raise_invalid(errors text[]) returns void
language plpgsql immutable set search_path = ''
as $$
declare
  most constant int := 50;
  found_errors constant text[] := array_remove(errors, null);
  named text[] := found_errors[:most];
begin
  if cardinality(found_errors) > most then
    named := named || format('And %s more.', cardinality(found_errors) - most);
  end if;
  if cardinality(named) > 0 then
    raise sqlstate 'PT400' using message = array_to_string(named, ' '), detail = to_jsonb(named)::text;
  end if;
end;
$$;
comment on function private.raise_invalid is
'Raises PT400 with the errors, if there are any: the first fifty, and how many there are besides. Nulls are no errors.';

create function private.length_error(value text, max_length int) returns text
language sql immutable set search_path = ''
as $$
  select case
    when length(value) > max_length then format('At most %s characters are kept; shorten the text.', max_length)
  end
$$;
comment on function private.length_error is
'The error of a text that is too long, as a sentence; null if there is none.';

create function private.invisible_characters() returns text
language sql immutable set search_path = ''
as $$
  select
    '\u0001-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f'
    '\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ue000-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb'
    '\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff'
    '\U000f0000-\U0010ffff'
$$;
comment on function private.invisible_characters is
'Control, bidirectional, zero-width and other characters that show nothing, for a class of a regular expression.';

create function private.strip_invisible(value text) returns text
language sql immutable set search_path = ''
as $$ select regexp_replace(value, '[' || private.invisible_characters() || ']', '', 'g') $$;
comment on function private.strip_invisible is 'A text without invisible characters: to compare it, not to store it.';

create function private.is_blank(value text) returns boolean
language sql immutable set search_path = ''
as $$
  select
    coalesce(value, '') !~ (
      '[^\s\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000' || private.invisible_characters() || ']'
    )
$$;
comment on function private.is_blank is 'True for a text in which nothing can be seen, and for none.';

create function private.text_error(value text, max_length int, missing text) returns text
language sql immutable set search_path = ''
as $$ select case when private.is_blank(value) then missing else private.length_error(value, max_length) end $$;
comment on function private.text_error is
'The error of a required text: the sentence `missing`, or that it is too long; null if there is none.';

create function private.plain_words(value text) returns text
language sql immutable set search_path = ''
as $$
  select
    trim(lower(regexp_replace(
      private.strip_invisible(normalize(value, nfkc)), '[\s!-/:-@[-`{-~\u00a0\u2000-\u202f\u3000]+', ' ', 'g'
    )))
$$;
comment on function private.plain_words is
'The words of a text in lower case, with one blank between them: without punctuation and what cannot be seen.';
-- The index of customers by name computes it as whoever writes the customer.
grant execute on function private.plain_words to authenticated, service_role;

create function private.parse_day(value text) returns date
language plpgsql immutable strict set search_path = ''
as $$
begin
  return case when value ~ '^(19|2\d)\d\d-\d\d-\d\d$' then value::date end;
exception when datetime_field_overflow then
  return null;
end;
$$;
comment on function private.parse_day is 'A day between 1900 and 2999 from YYYY-MM-DD; null for anything else.';

create function private.parse_uuid(value text) returns uuid
language sql immutable strict set search_path = ''
as $$ select case when value ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then value::uuid end $$;
comment on function private.parse_uuid is 'An id from its usual form; null for anything else.';

grant execute on function private.raise_invalid,
private.length_error,
private.invisible_characters,
private.strip_invisible,
private.is_blank,
private.text_error,
private.parse_day,
private.parse_uuid to authenticated,
service_role;
