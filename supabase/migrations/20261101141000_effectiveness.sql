-- What became of the runs of a workflow, by version. Nothing of this is stored, and nothing is judged here: counts go out,
-- intervals and comparisons are made of them. Invoker: a person counts the runs they may see.

create type private.counted_run as (
  execution_id uuid, version int, status text, is_stopped boolean, place int, slide_id text,
  days numeric, outcome_code text, skip_reason text, arr_before numeric, arr_after numeric
);
comment on type private.counted_run is
'A run as effectiveness counts it. is_stopped: abandoned, or active and unchanged for 30 days; slide_id is where it is, '
'place that slide''s in its version. days: from start to completion. The ARR is null unless the outcome says one.';

create function private.counted_runs(definition uuid) returns setof private.counted_run
language sql stable security invoker set search_path = ''
as $$
  with zone as materialized (select private.time_zone() as name), kinds as materialized (
    select distinct on (o.code) o.code, o.needs_amount
    from public.outcome_codes o order by o.code, o.company_id nulls last
  )
  select
    e.id, v.version, e.status,
    e.status = 'abandoned' or (e.status = 'active' and e.updated_at < clock_timestamp() - interval '30 days'),
    array_position(v.slide_sequence, e.current_slide), e.current_slide,
    case when e.status = 'completed' then extract(epoch from e.ended_at - e.started_at)::numeric / 86400 end,
    e.outcome_code, e.skip_reason,
    case when o.needs_amount or e.outcome_code = 'churned' then k.arr end,
    case when e.outcome_code = 'churned' then 0 when o.needs_amount then e.outcome_amount end
  from public.workflow_definition_versions v
  join public.workflow_executions e on e.definition_version_id = v.id
  left join kinds o on o.code = e.outcome_code
  left join lateral (
    select c.arr from public.contracts c
    where c.customer_id = e.customer_id and c.starts_on <= (e.started_at at time zone (select z.name from zone z))::date
    order by c.starts_on desc, c.id limit 1
  ) k on e.status = 'completed'
  where v.definition_id = definition and e.company_id = (select private.current_company_id())
$$;
comment on function private.counted_runs is
'The runs of a definition that one may see, each under the version it is pinned to now. ARR before: of the contract in '
'force when it began; after: as the outcome says, 0 for churned.';

create function private.slide_use(definition uuid)
returns table (version int, place int, slide_id text, reached int, skipped int, stopped int, reasons jsonb)
language sql stable security invoker set search_path = ''
as $$
  with runs as materialized (
    select * from private.counted_runs(definition)
  ), slides as (
    select v.version, s.place::int as place, s.slide_id
    from public.workflow_definition_versions v
    cross join lateral unnest(v.slide_sequence) with ordinality s (slide_id, place)
    where v.definition_id = definition
  ), steps as (
    select r.version, r.execution_id, t.slide_id, t.status, t.skip_reason
    from runs r join public.workflow_step_executions t on t.execution_id = r.execution_id
  ), reached as (
    select s.version, s.slide_id, r.execution_id
    from slides s join runs r on r.version = s.version and (r.status = 'completed' or r.place >= s.place)
    union
    select t.version, t.slide_id, t.execution_id from steps t
  ), reasons as (
    select x.version, x.slide_id, jsonb_agg(to_jsonb(x) - 'version' - 'slide_id' order by x.runs desc, x.code) as list
    from (
      select t.version, t.slide_id, t.skip_reason as code, count(*)::int as runs
      from steps t where t.status = 'skipped' group by 1, 2, 3
    ) x group by 1, 2
  )
  select
    s.version, s.place, s.slide_id,
    (select count(*)::int from reached a where (a.version, a.slide_id) = (s.version, s.slide_id)),
    (
      select count(*)::int from steps t
      where (t.version, t.slide_id) = (s.version, s.slide_id) and t.status = 'skipped'
    ),
    (select count(*)::int from runs r where (r.version, r.slide_id) = (s.version, s.slide_id) and r.is_stopped),
    coalesce(g.list, '[]')
  from slides s left join reasons g on (g.version, g.slide_id) = (s.version, s.slide_id)
  where exists (select 1 from runs r where r.version = s.version)
$$;
comment on function private.slide_use is
'Each slide of each version with runs: how many runs came to it, skipped it (with the reasons) and stopped at it.';

create function private.version_use(definition uuid)
returns table (
  version int, published_at timestamptz, started int, open int, completed int, skipped int, abandoned int,
  stopped int, median_days numeric, arr_runs int, arr_before numeric, arr_after numeric, outcomes jsonb,
  skip_reasons jsonb
)
language sql stable security invoker set search_path = ''
as $$
  with runs as materialized (
    select * from private.counted_runs(definition)
  ), codes as (
    select
      r.version, r.outcome_code is not null as is_outcome,
      jsonb_agg(to_jsonb(r) - 'version' - 'outcome_code' order by r.runs desc, r.code) as list
    from (
      select x.version, x.outcome_code, coalesce(x.outcome_code, x.skip_reason) as code, count(*)::int as runs
      from runs x where coalesce(x.outcome_code, x.skip_reason) is not null
      group by x.version, x.outcome_code, x.skip_reason
    ) r group by 1, 2
  ), counts as (
    select
      r.version, count(*)::int as started,
      count(*) filter (where r.status in ('active', 'snoozed', 'escalated'))::int as open,
      count(*) filter (where r.status = 'completed')::int as completed,
      count(*) filter (where r.status = 'skipped')::int as skipped,
      count(*) filter (where r.status = 'abandoned')::int as abandoned,
      count(*) filter (where r.is_stopped)::int as stopped,
      round((percentile_cont(0.5) within group (order by r.days))::numeric, 1) as median_days,
      count(*) filter (where r.arr_before is not null and r.arr_after is not null)::int as arr_runs,
      sum(r.arr_before) filter (where r.arr_after is not null) as arr_before,
      sum(r.arr_after) filter (where r.arr_before is not null) as arr_after
    from runs r group by r.version
  )
  select
    v.version, v.created_at, coalesce(c.started, 0), coalesce(c.open, 0), coalesce(c.completed, 0),
    coalesce(c.skipped, 0), coalesce(c.abandoned, 0), coalesce(c.stopped, 0), c.median_days,
    coalesce(c.arr_runs, 0), c.arr_before, c.arr_after,
    coalesce((select g.list from codes g where g.version = v.version and g.is_outcome), '[]'),
    coalesce((select g.list from codes g where g.version = v.version and not g.is_outcome), '[]')
  from public.workflow_definition_versions v
  left join counts c on c.version = v.version
  where v.definition_id = definition
$$;
comment on function private.version_use is
'Each version of a definition with what became of its runs. Retained ARR is of the completed runs of which it is known '
'before and after.';

create function public.workflow_effectiveness(p_definition_id uuid) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  company constant uuid := private.current_company_id();
begin
  perform private.require_member();
  if not exists (select 1 from public.workflow_definitions d where d.id = p_definition_id) then
    raise sqlstate 'PT404' using message = 'This workflow does not exist, or you don''t have access to it.';
  end if;
  return jsonb_build_object(
    'definition_id', p_definition_id,
    'versions', (
      select coalesce(jsonb_agg(to_jsonb(v) order by v.version desc), '[]')
      from private.version_use(p_definition_id) v),
    'slides', (
      select coalesce(jsonb_agg(to_jsonb(s) order by s.version desc, s.place), '[]')
      from private.slide_use(p_definition_id) s),
    'outcome_labels', (
      select coalesce(jsonb_object_agg(o.code, o.label), '{}') from (
        select distinct on (x.code) x.code, x.label from public.outcome_codes x
        where x.company_id = company or x.company_id is null order by x.code, x.company_id nulls last
      ) o),
    'reason_labels', (
      select coalesce(jsonb_object_agg(r.code, r.label), '{}') from (
        select distinct on (x.code) x.code, x.label from public.skip_reasons x
        where x.company_id = company or x.company_id is null order by x.code, x.company_id nulls last
      ) r));
end;
$$;
comment on function public.workflow_effectiveness is
'What became of the runs of a definition that one may see: by version (newest first), by slide, and the labels of '
'outcomes and skip reasons. Raises PT404.';

grant execute on function private.counted_runs, private.slide_use, private.version_use, public.workflow_effectiveness
to authenticated;
