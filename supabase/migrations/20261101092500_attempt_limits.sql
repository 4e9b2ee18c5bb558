-- How often one may try to sign in, ask for a mailed code, or enter one. Each limit is a bucket of `burst` attempts
-- that fills again by one each `refill`; all processes share it. The app names what it counts (an address, a browser, a
-- network) by a keyed hash, so that nobody else can use up the attempts of an address, and no address is stored. The
-- functions are open to anon: whoever calls them without the key makes rows of their own, which are bounded and lapse.

create table private.attempt_limits (
  kind text not null,
  scope text not null,
  burst int not null check (burst > 0),
  refill interval not null check (refill > interval '0' and refill <= interval '1 day'),
  primary key (kind, scope)
);
comment on table private.attempt_limits is 'How many attempts are allowed at once, and how fast they come back.';
comment on column private.attempt_limits.kind is
'sign_in: with a password; code_request: to have a code mailed; code_check: to enter a code.';
comment on column private.attempt_limits.scope is
'address: in browsers that never signed in with it; device: in one that did; browser: with any address; network: from '
'an IP address.';
comment on column private.attempt_limits.burst is 'Attempts allowed at once.';
comment on column private.attempt_limits.refill is 'Time after which one more is allowed.';
alter table private.attempt_limits enable row level security;
revoke all on private.attempt_limits from anon, authenticated;

-- A device has attempts of its own: guesses from elsewhere never keep a person out of the browser they always use. A
-- code has six digits and lives for an hour: five guesses find it once in 200,000 times.
insert into private.attempt_limits (kind, scope, burst, refill) values
('sign_in', 'address', 10, '6 minutes'),
('sign_in', 'device', 10, '3 minutes'),
('sign_in', 'browser', 20, '3 minutes'),
('sign_in', 'network', 100, '30 seconds'),
('code_request', 'address', 3, '15 minutes'),
('code_request', 'device', 3, '10 minutes'),
('code_request', 'browser', 5, '10 minutes'),
('code_request', 'network', 30, '2 minutes'),
('code_check', 'address', 5, '12 minutes'),
('code_check', 'device', 5, '12 minutes'),
('code_check', 'browser', 10, '6 minutes'),
('code_check', 'network', 60, '1 minute');

create table private.attempts (
  kind text not null,
  scope text not null,
  key bytea not null check (length(key) = 32),
  full_at private.moment not null,
  primary key (kind, scope, key),
  foreign key (kind, scope) references private.attempt_limits (kind, scope)
);
comment on table private.attempts is 'A bucket that is not full; without a row it is.';
comment on column private.attempts.kind is 'What is tried.';
comment on column private.attempts.scope is 'What the key stands for.';
comment on column private.attempts.key is 'Hash of the address, browser or network, keyed by the app''s secret.';
comment on column private.attempts.full_at is 'When all attempts are back: each attempt moves it on by the refill.';
create index attempts_full_at on private.attempts (full_at);
alter table private.attempts enable row level security;
revoke all on private.attempts from anon, authenticated;

create function private.parse_attempt_keys(kind text, keys jsonb) returns setof private.attempts
language plpgsql stable set search_path = ''
as $$
begin
  if jsonb_typeof(keys) is distinct from 'object' or keys = '{}' or exists (
    select 1 from jsonb_each(keys) k
    where jsonb_typeof(k.value) <> 'string' or k.value #>> '{}' !~ '^[0-9a-f]{64}$' or not exists (
      select 1 from private.attempt_limits l where (l.kind, l.scope) = (parse_attempt_keys.kind, k.key))) then
    raise sqlstate 'PT400' using message = 'This attempt is not understood.';
  end if;
  return query
  select parse_attempt_keys.kind, k.key, decode(k.value, 'hex'), now()::private.moment
  from jsonb_each_text(keys) k order by k.key;
end;
$$;
comment on function private.parse_attempt_keys is
'The buckets of an attempt, full, by scope; raises PT400 for an unknown kind or scope, or a key that is no hash.';

-- A flood of made-up keys must not fill the disk. Those that are full soonest have the least to remember.
create function private.trim_attempts(most int) returns void
language sql volatile security definer set search_path = ''
as $$
  delete from private.attempts a where (a.kind, a.scope, a.key) in (
    select o.kind, o.scope, o.key from private.attempts o order by o.full_at desc offset most for update skip locked
  )
$$;
comment on function private.trim_attempts is 'Forgets all but this many buckets, the fullest first.';

create function private.take_attempt(p_kind text, p_keys jsonb) returns int
language plpgsql volatile security definer set search_path = ''
as $$
declare
  wait interval;
begin
  delete from private.attempts a where (a.kind, a.scope, a.key) in (
    select o.kind, o.scope, o.key from private.attempts o
    where o.full_at < now() order by o.full_at limit 100 for update skip locked);
  if random() < 0.01 then
    perform private.trim_attempts(50000);
  end if;
  -- Locks the rows, in one order: two attempts at one address from one network never wait for each other.
  insert into private.attempts as a select * from private.parse_attempt_keys(p_kind, p_keys)
  on conflict (kind, scope, key) do update set full_at = a.full_at;
  select max(greatest(a.full_at, now()) + l.refill - l.burst * l.refill - now()) into wait
  from private.attempts a
  join private.parse_attempt_keys(p_kind, p_keys) k using (kind, scope, key)
  join private.attempt_limits l using (kind, scope);
  if wait > interval '0' then
    return ceil(extract(epoch from wait));
  end if;
  update private.attempts a set full_at = greatest(a.full_at, now()) + l.refill
  from private.parse_attempt_keys(p_kind, p_keys) k join private.attempt_limits l using (kind, scope)
  where (a.kind, a.scope, a.key) = (k.kind, k.scope, k.key);
  -- A new code may be tried as often as the one before: guesses from elsewhere do not use it up.
  delete from private.attempts a using private.parse_attempt_keys(p_kind, p_keys) k
  where p_kind = 'code_request' and a.kind = 'code_check' and a.scope in ('address', 'device')
    and (a.scope, a.key) = (k.scope, k.key);
  return 0;
end;
$$;
comment on function private.take_attempt is 'See public.take_attempt.';

create function private.return_attempt(p_kind text, p_keys jsonb) returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  update private.attempts a
  set full_at = case a.scope when 'network' then greatest(a.full_at - l.refill, now()) else now() end
  from private.parse_attempt_keys(p_kind, p_keys) k join private.attempt_limits l using (kind, scope)
  where (a.kind, a.scope, a.key) = (k.kind, k.scope, k.key);
end;
$$;
comment on function private.return_attempt is 'See public.return_attempt.';

create function public.take_attempt(p_kind text, p_keys jsonb) returns int
language sql volatile security invoker set search_path = '' as $$ select private.take_attempt(p_kind, p_keys) $$;
comment on function public.take_attempt is
'Counts an attempt in each scope of `p_keys` (scope to hash, in hex). 0 if it is allowed in all; else the seconds '
'until it is, and nothing is counted. Raises PT400.';

create function public.return_attempt(p_kind text, p_keys jsonb) returns void
language sql volatile security invoker set search_path = '' as $$ select private.return_attempt(p_kind, p_keys) $$;
comment on function public.return_attempt is
'After an attempt that succeeded: all attempts of its address, device and browser are back, and one of its network.';

grant execute on function private.take_attempt, public.take_attempt,
private.return_attempt, public.return_attempt to anon, authenticated;
