-- What happened to a customer, newest first: notes, tickets, survey answers, turns of usage and health, runs,
-- conversations, quotes, terms, and changes of the customer, its contacts and contracts. Paged by its last entry; of each
-- kind only what one may read.

create type private.timeline_entry as (
  key text, kind text, row_id uuid, day date, at timestamptz, author_id uuid, author_name text, execution_id uuid,
  slide_id text, detail jsonb
);
comment on type private.timeline_entry is
'Something that happened: day it is about, moment it was recorded, who did it, where it opens, and what it says.';

create type private.timeline_place as (day date, at timestamptz, key text);
comment on type private.timeline_place is 'Where an entry stands in a timeline: entries below it come after it.';

create function private.stands_below(day date, at timestamptz, key text, place private.timeline_place) returns boolean
language sql immutable set search_path = ''
as $$ select place.day is null or (day, at, key collate "C") < (place.day, place.at, place.key collate "C") $$;
comment on function private.stands_below is 'True if an entry comes after a place of the timeline, or without a place.';

-- Definer, for members read only their own changes otherwise: what changed at a customer is read by whoever may write it,
-- field by field, without the rest of the rows.
create function private.list_customer_changes(
  customer uuid, kinds text[], place private.timeline_place, since timestamptz, most int
)
returns setof private.timeline_entry
language sql stable security definer set search_path = ''
as $$
  select
    'change:' || r.number, r.table_name, r.row_id, private.today(r.changed_at), r.changed_at, r.changed_by,
    (select p.full_name from public.profiles p where p.id = r.changed_by), null::uuid, null::text,
    jsonb_build_object(
      'operation', r.operation, 'source', r.source,
      'name', coalesce(r.after, r.before) ->> 'name',
      'starts_on', coalesce(r.after, r.before) ->> 'starts_on', 'ends_on', coalesce(r.after, r.before) ->> 'ends_on',
      'arr', coalesce(r.after, r.before) -> 'arr',
      'changes', coalesce((
        select jsonb_object_agg(k.key, jsonb_build_array(r.before -> k.key, r.after -> k.key))
        from jsonb_object_keys(coalesce(r.after, r.before)) k (key)
        where
          (r.before -> k.key) is distinct from (r.after -> k.key)
          and k.key not in ('id', 'company_id', 'customer_id', 'revision', 'created_at', 'updated_at')
          and r.operation = 'update'
      ), '{}'),
      'owner_names', (
        select jsonb_object_agg(p.id, p.full_name) from public.profiles p
        where r.table_name = 'customers' and p.id::text in (r.before ->> 'owner_id', r.after ->> 'owner_id')
      ),
      'change_id', case
        when
          r.source = 'person' and r.changed_by = (select auth.uid()) and r.changed_at > now() - interval '24 hours'
          and not exists (select 1 from public.row_changes l where l.row_id = r.row_id and l.number > r.number)
          then r.source_id
      end
    )
  from public.row_changes r
  where
    r.customer_id = customer and r.company_id = (select private.current_company_id())
    and r.table_name in ('customers', 'contacts', 'contracts')
    and (r.changed_by = (select auth.uid()) or (select private.can_write_customer(customer)))
    and (kinds is null or r.table_name = any(kinds)) and (since is null or r.changed_at > since)
    and ((place).day is null or r.changed_at < ((place).day + 2)::timestamptz)
    and private.stands_below(private.today(r.changed_at), r.changed_at, 'change:' || r.number, place)
  order by r.number desc limit most
$$;
comment on function private.list_customer_changes is
'Changes of a customer, its contacts and contracts, the latest first: those of anybody where one may write the customer, '
'else one''s own. change_id: what one can undo.';

create function private.list_timeline_notes(
  customer uuid, kinds text[], place private.timeline_place, until date, since timestamptz, most int
)
returns setof private.timeline_entry
language sql stable security invoker set search_path = ''
as $$
  select
    'note:' || n.id, n.kind, n.id, n.happened_on, n.created_at, n.author_id, p.full_name, null::uuid, null::text,
    jsonb_build_object('body', left(n.body, 4000), 'length', length(n.body), 'updated_at', n.updated_at)
  from public.notes n left join public.profiles p on p.id = n.author_id
  where
    n.customer_id = customer and (kinds is null or n.kind = any(kinds)) and (since is null or n.created_at > since)
    -- A plain argument: before Postgres 18 an expression of a domain is no condition of the index under the policies.
    and n.happened_on <= until
    -- The function is not inlined: it is asked about the notes of one day, not about five thousand.
    and (
      (place).day is null or n.happened_on < (place).day
      or private.stands_below(n.happened_on, n.created_at, 'note:' || n.id, place)
    )
  order by n.happened_on desc, n.created_at desc, n.id desc limit most
$$;
comment on function private.list_timeline_notes is
'Notes on a customer until a day as entries of its timeline.';

create function private.list_timeline_records(
  customer uuid, kinds text[], place private.timeline_place, since timestamptz, most int
)
returns setof private.timeline_entry
language sql stable security invoker set search_path = ''
as $$
  (
    select
      'ticket:' || t.id || ':opened', 'ticket', t.id, t.opened_on, t.created_at, null::uuid, null::text, null::uuid,
      null::text, to_jsonb(t) || '{"state": "opened"}'
    from public.tickets t
    where
      t.customer_id = customer and (kinds is null or 'ticket' = any(kinds)) and (since is null or t.created_at > since)
      and private.stands_below(t.opened_on, t.created_at, 'ticket:' || t.id || ':opened', place)
    order by t.opened_on desc, t.created_at desc, t.id desc limit most
  )
  union all
  (
    select
      'ticket:' || t.id || ':solved', 'ticket', t.id, t.solved_on, t.updated_at, null, null, null, null,
      to_jsonb(t) || '{"state": "solved"}'
    from public.tickets t
    where
      t.customer_id = customer and t.solved_on is not null and (kinds is null or 'ticket' = any(kinds))
      and (since is null or t.updated_at > since)
      and private.stands_below(t.solved_on, t.updated_at, 'ticket:' || t.id || ':solved', place)
    order by t.solved_on desc, t.updated_at desc, t.id desc limit most
  )
  union all
  (
    select
      'survey:' || r.id, 'survey', r.id, r.responded_on, r.created_at, null, k.name, null, null,
      jsonb_build_object('score', r.score, 'comment', r.comment)
    from public.survey_responses r left join public.contacts k on k.id = r.contact_id
    where
      r.customer_id = customer and (kinds is null or 'survey' = any(kinds)) and (since is null or r.created_at > since)
      and private.stands_below(r.responded_on, r.created_at, 'survey:' || r.id, place)
    order by r.responded_on desc, r.created_at desc, r.id desc limit most
  )
$$;
comment on function private.list_timeline_records is
'Tickets, opened and solved, and survey answers of a customer as entries of its timeline.';

create function private.list_timeline_runs(customer uuid, since timestamptz)
returns setof private.timeline_entry
language sql stable security invoker set search_path = ''
as $$
  with runs as (
    select e.*, v.name as workflow_name
    from public.workflow_executions e join public.workflow_definition_versions v on v.id = e.definition_version_id
    where e.customer_id = customer
  ), found as (
    select
      'run:' || e.id || ':started' as key, 'run' as kind, e.id as row_id, e.started_at as at, e.owner_id as author_id,
      e.id as execution_id, null as slide_id,
      jsonb_build_object('workflow_name', e.workflow_name, 'state', 'started') as detail
    from runs e
    union all
    select
      'run:' || e.id || ':ended', 'run', e.id, e.ended_at, e.owner_id, e.id, null,
      jsonb_build_object(
        'workflow_name', e.workflow_name, 'state', e.status, 'outcome_code', e.outcome_code,
        'reason', left(e.outcome_reason, 1000)
      )
    from runs e where e.ended_at is not null
    union all
    select
      'chat:' || t.id, 'chat', t.id, t.updated_at, t.owner_id, e.id, t.slide_id,
      jsonb_build_object('workflow_name', e.workflow_name, 'title', t.title)
    from runs e join public.workflow_chat_threads t on t.execution_id = e.id
    union all
    select
      'quote:' || q.id, 'quote', q.id, q.created_at, q.priced_by, e.id, 'prepare-quote',
      jsonb_build_object('workflow_name', e.workflow_name, 'total', q.total, 'list_total', q.list_total)
    from runs e join public.quotes q on q.execution_id = e.id
    union all
    select
      'file:' || x.id, 'file', e.id, x.created_at, x.actor_id, e.id, x.slide_id,
      jsonb_build_object('workflow_name', e.workflow_name, 'filename', x.payload ->> 'filename')
    from runs e join public.workflow_execution_events x on x.execution_id = e.id
    where x.kind = 'file_made'
  )
  select
    f.key, f.kind, f.row_id, private.today(f.at), f.at, f.author_id, p.full_name, f.execution_id, f.slide_id, f.detail
  from found f left join public.profiles p on p.id = f.author_id
  where since is null or f.at > since
$$;
comment on function private.list_timeline_runs is
'Runs begun and ended for a customer, their quotes and files, and the conversations one may read, as entries of its '
'timeline.';

-- Definer: an added term is left to its change where one reads that, and people read only their own changes.
create function private.list_timeline_terms(customer uuid, since timestamptz) returns setof private.timeline_entry
language sql stable security definer set search_path = ''
as $$
  with terms as (
    select
      t.*, private.today(t.created_at) as added_on,
      jsonb_build_object('starts_on', t.starts_on, 'ends_on', t.ends_on, 'arr', t.arr) as detail
    from public.contracts t
    where
      t.customer_id = customer and t.company_id = (select private.current_company_id())
      and (since is null or t.created_at > since)
  )
  select
    'term:' || t.id || ':began', 'term', t.id, t.starts_on, t.created_at, null::uuid, null::text, null::uuid,
    null::text, t.detail || '{"state": "began"}'
  from terms t where t.starts_on <= private.today()
  union all
  select
    'term:' || t.id || ':added', 'term', t.id, t.added_on, t.created_at, null, null, null, null,
    t.detail || '{"state": "added"}'
  from terms t
  where
    t.added_on < t.starts_on
    and not exists (
      select from public.row_changes r
      where
        r.row_id = t.id and r.table_name = 'contracts' and r.operation = 'insert'
        and (r.changed_by = (select auth.uid()) or (select private.can_write_customer(customer)))
    )
$$;
comment on function private.list_timeline_terms is
'Terms of a customer as entries of its timeline: the day each began, and the day one to come was added.';

-- Days that are over stay as they were kept; today's row counts while it is fresh. The band of usage is that of its
-- points, on the scale of the company's rules of that day.
create function private.list_timeline_turns(customer uuid, since timestamptz) returns setof private.timeline_entry
language sql stable security invoker set search_path = ''
as $$
  with kept as materialized (
    select k.*, 100.0 * k.usage_points / nullif(k.usage_out_of, 0) as usage_score
    from public.customer_scores k
    where
      k.customer_id = customer and k.is_history
      and (
        not private.is_today_somewhere(k.day)
        or k.customer_id <> all((select private.list_stale_customers(array[customer]))::uuid[])
      )
  ), rules as materialized (
    select
      v.health_rule_version, coalesce((r.segments #>> array[c.segment, 'green'])::int, r.green) as green,
      coalesce((r.segments #>> array[c.segment, 'yellow'])::int, r.yellow) as yellow
    from (select distinct k.company_id, k.health_rule_version from kept k) v
    cross join lateral private.health_rule(v.company_id, v.health_rule_version) r
    join public.customers c on c.id = customer
  ), parts as (
    select
      'health' as part, k.day, k.computed_at, k.health_rule_version, k.health_band as band,
      k.health_score::numeric as score, null::numeric as utilisation
    from kept k
    union all
    select
      'usage', k.day, k.computed_at, k.health_rule_version,
      case
        when k.usage_score >= r.green then 'green' when k.usage_score >= r.yellow then 'yellow'
        when k.usage_score >= 0 then 'red'
      end,
      k.usage_score, k.utilisation
    from kept k join rules r on r.health_rule_version = k.health_rule_version
  ), steps as (
    select
      p.*, lag(p.day) over w as day_before, lag(p.band) over w as band_before, lag(p.score) over w as score_before,
      lag(p.health_rule_version) over w as version_before
    from parts p
    window w as (partition by p.part order by p.day)
  )
  select
    s.part || ':' || s.day, 'health', customer, s.day, s.computed_at, null::uuid, null::text, null::uuid, null::text,
    jsonb_build_object(
      'part', s.part, 'band', s.band, 'score', round(s.score), 'utilisation', s.utilisation,
      'direction', case when s.score < s.score_before then 'fell' when s.score > s.score_before then 'rose' end,
      'has_new_rules', s.health_rule_version <> s.version_before
    )
  from steps s
  where
    s.day_before is not null and s.band is distinct from s.band_before and (since is null or s.computed_at > since)
$$;
comment on function private.list_timeline_turns is
'Days on which the band of a customer''s health or usage was another than on the kept day before, as entries of its '
'timeline.';

create function private.list_timeline(
  customer uuid, kinds text[], place private.timeline_place, since timestamptz, most int
) returns setof private.timeline_entry
language sql stable security invoker set search_path = ''
as $$
  select x.*
  from (
    select n.* from private.list_timeline_notes(
      customer, kinds, place, coalesce((place).day, '2999-12-31'), since, most) n
    union all
    select r.* from private.list_timeline_records(customer, kinds, place, since, most) r
    union all
    select r.* from private.list_timeline_runs(customer, since) r where kinds is null or r.kind = any(kinds)
    union all
    select r.* from private.list_timeline_terms(customer, since) r where kinds is null or r.kind = any(kinds)
    union all
    select r.* from private.list_timeline_turns(customer, since) r where kinds is null or r.kind = any(kinds)
    union all
    select c.* from private.list_customer_changes(customer, kinds, place, since, most) c
  ) x
  where private.stands_below(x.day, x.at, x.key, place)
  order by x.day desc, x.at desc, x.key collate "C" desc limit most
$$;
comment on function private.list_timeline is
'What happened to a customer after a place of its timeline, newest first; only some kinds, only since a moment.';

create function public.customer_timeline(
  p_customer_id uuid, p_kinds text[] default null, p_before jsonb default null, p_most int default 30
) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  place private.timeline_place;
begin
  if not exists (select 1 from public.customers c where c.id = p_customer_id) then
    raise sqlstate 'PT404' using message = 'This customer does not exist, or you don''t have access to it.';
  end if;
  place := jsonb_populate_record(null::private.timeline_place, p_before);
  return (
    select coalesce(jsonb_agg(to_jsonb(e) order by e.day desc, e.at desc, e.key collate "C" desc), '[]')
    from private.list_timeline(
      p_customer_id, p_kinds, place, null, greatest(1, least(coalesce(p_most, 30), 200))) e
  );
exception when data_exception then
  raise sqlstate 'PT400' using message = 'This place of the timeline cannot be read.';
end;
$$;
comment on function public.customer_timeline is
'Up to 200 entries of what happened to a customer, newest first, after the entry p_before (its day, at and key); of '
'some kinds: note, call, meeting, email, ticket, survey, health, run, chat, quote, file, term, customers, contacts, '
'contracts.';

-- One row per person and customer. Looking again within half an hour is the same visit.
create table public.customer_visits (
  id uuid primary key default gen_random_uuid(),
  person_id uuid not null,
  customer_id uuid not null,
  company_id uuid not null,
  last_looked_at private.moment not null default now(),
  previous_looked_at private.moment,
  unique (person_id, customer_id),
  foreign key (person_id, company_id) references public.profiles (id, company_id),
  foreign key (customer_id, company_id) references public.customers (id, company_id) on delete cascade
);
comment on table public.customer_visits is 'When a person last looked at a customer. Written by customer_page only.';
comment on column public.customer_visits.id is 'Identity of the row.';
comment on column public.customer_visits.person_id is 'Who looked.';
comment on column public.customer_visits.customer_id is 'The customer.';
comment on column public.customer_visits.company_id is 'Tenant.';
comment on column public.customer_visits.last_looked_at is 'The latest look.';
comment on column public.customer_visits.previous_looked_at is
'The latest look of the visit before, half an hour or more earlier; null on the first visit.';
create index customer_visits_customer on public.customer_visits (customer_id, company_id);
create index customer_visits_person on public.customer_visits (person_id, company_id);
alter table public.customer_visits enable row level security;
revoke all on public.customer_visits from anon, authenticated;
grant select on public.customer_visits to authenticated;
create policy "members read their own visits" on public.customer_visits
for select to authenticated
using (person_id = (select auth.uid()) and company_id = (select private.current_company_id()));

create function private.record_customer_visit(customer uuid) returns timestamptz
language sql volatile security definer set search_path = ''
as $$
  insert into public.customer_visits as v (person_id, customer_id, company_id)
  select auth.uid(), c.id, c.company_id from public.customers c
  where c.id = customer and c.company_id = private.current_company_id()
  on conflict (person_id, customer_id) do update
    set
      previous_looked_at = case
        when v.last_looked_at < now() - interval '30 minutes' then v.last_looked_at else v.previous_looked_at
      end,
      last_looked_at = now()
  returning v.previous_looked_at
$$;
comment on function private.record_customer_visit is
'Records that the signed-in person looks at a customer; returns when they did before, null for the first time.';

grant execute on function private.stands_below, private.list_customer_changes, private.list_timeline_notes,
private.list_timeline_records, private.list_timeline_runs, private.list_timeline_terms, private.list_timeline_turns, private.list_timeline, public.customer_timeline,
private.record_customer_visit to authenticated;
