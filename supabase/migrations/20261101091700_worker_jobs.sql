-- What the worker (lib/worker) does again and again. A worker claims a job before each run of it, so that of several
-- workers one runs it; the claim of a worker that died ends by itself. Which jobs there are, and how often they run, is
-- in lib/worker/jobs.py.

create table private.worker_jobs (
  name text primary key check (name ~ '^[a-z][a-z0-9_]{0,39}$'),
  due_at private.moment not null default now(),
  worker_id uuid,
  claim_ends_at private.moment,
  finished_at private.moment,
  failures int not null default 0,
  last_error text check (length(last_error) <= 500)
);
comment on table private.worker_jobs is
'A job of the worker: when it is due, and who runs it. Reached by functions only.';
comment on column private.worker_jobs.name is 'The job, as lib/worker/jobs.py names it.';
comment on column private.worker_jobs.due_at is 'When it runs next.';
comment on column private.worker_jobs.worker_id is 'The worker that claimed it; null while nobody runs it.';
comment on column private.worker_jobs.claim_ends_at is 'When another worker may take it over.';
comment on column private.worker_jobs.finished_at is 'When its last run ended; null before the first.';
comment on column private.worker_jobs.failures is 'How many runs failed since the last one that did not.';
comment on column private.worker_jobs.last_error is 'Why the last run failed; null if it did not.';
alter table private.worker_jobs enable row level security;
revoke all on private.worker_jobs from anon, authenticated;

create function private.claim_job(p_worker uuid, p_names text[]) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  claimed text;
begin
  insert into private.worker_jobs (name)
  select distinct n from unnest(p_names[:100]) n
  where not exists (select 1 from private.worker_jobs j where j.name = n)
  on conflict (name) do nothing;
  update private.worker_jobs j set worker_id = p_worker, claim_ends_at = now() + interval '2 minutes'
  where j.name = (
    select d.name from private.worker_jobs d
    where d.name = any(p_names) and d.due_at <= now()
      and (d.worker_id is null or d.worker_id = p_worker or d.claim_ends_at <= now())
    order by d.due_at, d.name limit 1 for update skip locked)
  returning j.name into claimed;
  return jsonb_build_object('name', claimed, 'seconds_until_due', case when claimed is null then (
    select greatest(0, extract(epoch from min(greatest(
      j.due_at, case when j.worker_id <> p_worker then j.claim_ends_at end)) - now()))
    from private.worker_jobs j where j.name = any(p_names)) end);
end;
$$;
comment on function private.claim_job is 'See public.claim_job.';

create function public.claim_job(p_worker uuid, p_names text[]) returns jsonb
language sql volatile security invoker set search_path = '' as $$ select private.claim_job(p_worker, p_names) $$;
comment on function public.claim_job is
'For the worker: claims the job of these that is due longest, for two minutes; its own claims it may '
'renew. `name`, or null and the seconds until one of them is due.';

create function private.finish_job(p_worker uuid, p_name text, p_pause int, p_error text) returns boolean
language plpgsql volatile security definer set search_path = ''
as $$
begin
  update private.worker_jobs j
  set
    worker_id = null, claim_ends_at = null, finished_at = now(), last_error = left(p_error, 500),
    due_at = now() + least(greatest(p_pause, 0), 86400) * interval '1 second',
    failures = case when p_error is null then 0 else j.failures + 1 end
  where j.name = p_name and j.worker_id = p_worker;
  return found;
end;
$$;
comment on function private.finish_job is 'See public.finish_job.';

create function public.finish_job(p_worker uuid, p_name text, p_pause int, p_error text default null) returns boolean
language sql volatile security invoker set search_path = ''
as $$ select private.finish_job(p_worker, p_name, p_pause, p_error) $$;
comment on function public.finish_job is
'For the worker: ends its claim of a job; the job is due again after `p_pause` seconds. False if another worker has '
'taken it over.';

grant execute on function private.claim_job, private.finish_job to service_role;
