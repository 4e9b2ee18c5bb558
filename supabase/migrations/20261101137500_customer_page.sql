-- The page of a customer in one request. Invoker: row-level security decides what is visible.

create function private.list_open_runs(customer uuid, moment timestamptz default null) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(x) order by x.due_on, x.started_at desc, x.execution_id), '[]')
  from (
    select
      e.id as execution_id, e.workflow_id, v.name as workflow_name, e.started_at, e.current_slide,
      case when moment is null then e.status end as status, case when moment is null then e.due_on end as due_on,
      (
        select p.full_name from public.profiles p where p.id = e.assigned_to and moment is null
      ) as assigned_to_name,
      case
        when moment is null then private.count_slides_of_run(e.id, v.slide_sequence, v.slide_contexts)
      end as slides,
      case when moment is null then (
        select count(*) from public.workflow_step_executions s where s.execution_id = e.id and s.status <> 'draft'
      ) end as slides_done
    from public.workflow_executions e join public.workflow_definition_versions v on v.id = e.definition_version_id
    where
      e.customer_id = customer and e.started_at <= coalesce(moment, 'infinity')
      and (e.ended_at is null or e.ended_at > moment)
  ) x
$$;
comment on function private.list_open_runs is
'Runs for a customer that are open, the next due first; or were at a moment, without the state they are in now.';

create function private.list_goals(customer uuid) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  with written as (
    select
      s.slide_id, s.updated_at, e.id as execution_id, v.name as workflow_name, r.place, r.cells,
      first_value(e.id) over (
        partition by private.slide_of_address(s.slide_id) order by s.updated_at desc, e.id
      ) as latest_run
    from public.workflow_executions e
    join public.workflow_step_executions s on s.execution_id = e.id
    join public.workflow_definition_versions v on v.id = e.definition_version_id
    cross join
      lateral private.answer_rows(
        case private.slide_of_address(s.slide_id) when 'set-goals' then s.answers -> 'goals' else jsonb_build_array(s.answers) end
      ) r
    where
      e.customer_id = customer and private.slide_of_address(s.slide_id) in ('set-goals', 'greeting')
      and s.status <> 'skipped'
      and not private.is_blank(r.cells ->> 'goal')
  )
  select
    coalesce(
      jsonb_agg(jsonb_build_object(
        'goal', left(w.cells ->> 'goal', 2000), 'owner', left(w.cells ->> 'owner', 200),
        'due', private.parse_day(w.cells ->> 'due'), 'measure', left(w.cells ->> 'measure', 500),
        'execution_id', w.execution_id, 'slide_id', w.slide_id, 'workflow_name', w.workflow_name,
        'saved_at', w.updated_at
      ) order by w.slide_id desc, w.place), '[]'
    )
  from written w where w.execution_id = w.latest_run and w.place <= 20
$$;
comment on function private.list_goals is
'What a customer wants to reach, by its runs: the goals of the latest run that set some, and the latest aim of a run.';

create function private.list_offered_workflows(company uuid) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('workflow_id', w.workflow_id, 'name', w.name) order by w.name), '[]')
  from (
    select distinct on (d.workflow_id) d.workflow_id, v.name
    from public.workflow_definitions d join public.workflow_definition_versions v on v.definition_id = d.id
    where d.status = 'published' and (d.company_id = company or d.company_id is null)
    order by d.workflow_id, d.company_id nulls last, v.version desc
  ) w
$$;
comment on function private.list_offered_workflows is
'Workflows that can be started in a company; its own takes the place of a stock one with the same id.';

create function private.suggest_workflow(customer uuid, today date) returns text
language sql stable security invoker set search_path = ''
as $$
  select r.workflow_id from private.ranked_customers(array[customer], today) r
  where r.workflow_id is not null and not private.has_recent_run(customer, r.workflow_id)
$$;
comment on function private.suggest_workflow is
'The workflow that fits a customer now; null where none does, or a run is open or recent.';

create function private.read_health_trend(customer uuid, today date) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(h) order by h.day), '[]')
  from (
    select
      x.day, x.health_score as score, x.health_band as band, x.usage_points, x.engagement_points, x.support_points,
      x.voice_points, x.open_p1, x.recent_tickets, x.last_touch_on, x.utilisation
    from private.read_history_scores(array(select today - 7 * n from generate_series(0, 25) n), array[customer]) x
  ) h
$$;
comment on function private.read_health_trend is
'Health of a customer on this day and the 25 weeks before, with the figures of its parts: earlier days as they were '
'kept, else as the records stand.';

-- Definer: the history of rows is otherwise read by those who changed them. These rows are the company's to read.
create function private.customer_rows_as_of(customer uuid, of_table text, moment timestamptz) returns setof jsonb
language sql stable security definer set search_path = ''
as $$
  select x.found
  from (
    select private.row_as_of(of_table, i.id, moment) as found
    from (
      select c.id from public.customers c where of_table = 'customers' and c.id = customer
      union
      select k.id from public.contacts k where of_table = 'contacts' and k.customer_id = customer
      union
      select t.id from public.contracts t where of_table = 'contracts' and t.customer_id = customer
      union
      select r.row_id from public.row_changes r where r.customer_id = customer and r.table_name = of_table
    ) i
    where
      of_table in ('customers', 'contacts', 'contracts')
      and exists (
        select 1 from public.customers c
        where c.id = customer and c.company_id = (select private.current_company_id())
      )
  ) x
  where x.found is not null
$$;
comment on function private.customer_rows_as_of is
'The rows of customers, contacts or contracts of a customer of one''s company as they were at a moment. Rows of before '
'the history began are as they are.';

create function private.contact_until(contact jsonb, day date) returns jsonb
language sql immutable set search_path = ''
as $$
  select
    contact
    || case when (contact ->> 'last_contact_on')::date > day then '{"last_contact_on": null}' else '{}' end::jsonb
    || case
      when (contact ->> 'left_on')::date > day then '{"status": "active", "left_on": null, "replaced_by": null}'
      else '{}'
    end::jsonb
$$;
comment on function private.contact_until is
'A contact without what came after a day, which rows of before the history began have.';

create function private.read_account_as_of(customer uuid, day date, moment timestamptz) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  with account as materialized (select private.read_account(customer, day, day) as a),
  terms as materialized (select t.t from private.customer_rows_as_of(customer, 'contracts', moment) t (t))
  select
    account.a || jsonb_build_object(
      'customer', coalesce(
        (
          select
            c.c || jsonb_build_object(
              'owner_name', (select p.full_name from public.profiles p where p.id = (c.c ->> 'owner_id')::uuid)
            )
          from private.customer_rows_as_of(customer, 'customers', moment) c (c)
        ), account.a -> 'customer'
      ),
      'contract', (
        select t.t from terms t where (t.t ->> 'starts_on')::date <= day order by t.t ->> 'starts_on' desc limit 1
      ),
      'contacts', coalesce((
        select jsonb_agg(x.k order by x.k ->> 'status', x.k ->> 'influence' desc nulls last, x.k ->> 'name')
        from private.customer_rows_as_of(customer, 'contacts', moment) r (k)
        cross join lateral private.contact_until(r.k, day) x (k)
      ), '[]')
    )
  from account
$$;
comment on function private.read_account_as_of is
'A customer as read_account returns it, as it was at the end of a day: rows by their history, records by their days.';

create function private.list_changes_since(customer uuid, looked_at timestamptz) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select
    jsonb_build_object(
      'looked_at', looked_at,
      'count', count(*),
      'entries', coalesce(jsonb_agg(to_jsonb(x) - 'place' order by x.place) filter (where x.place <= 8), '[]')
    )
  from (
    select e.*, row_number() over (order by e.at desc, e.key) as place
    from private.list_timeline(customer, null, null, looked_at, 200) e
    where e.author_id is distinct from (select auth.uid())
  ) x
$$;
comment on function private.list_changes_since is
'What others did and what came in since a moment: up to 8 entries of the timeline, and how many of the latest 200.';

create function public.customer_page(p_customer_id uuid, p_as_of date default null) returns jsonb
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  is_now constant boolean := p_as_of is null or p_as_of >= private.today();
  day constant date := case when is_now then private.today() else greatest(p_as_of, '1900-01-02') end;
  moment constant timestamptz := case
    when is_now then now() else (day + 1)::timestamp at time zone private.time_zone() end;
  account constant jsonb := case
    when is_now then private.read_account(p_customer_id, day)
    else private.read_account_as_of(p_customer_id, day, moment) end;
  looked_at constant timestamptz := case
    when is_now and account is not null then private.record_customer_visit(p_customer_id) end;
begin
  if account is null then
    perform private.raise_no_customer(p_customer_id);
  end if;
  return jsonb_build_object(
    'account', account,
    'as_of', case when not is_now then day end,
    'erased_on', private.find_erasure_day(p_customer_id),
    'goals', case when is_now then private.list_goals(p_customer_id) else '[]' end,
    'may_write', is_now and private.can_write_customer(p_customer_id),
    'may_write_contracts', is_now and private.is_team_lead(),
    'contracts', (
      select coalesce(jsonb_agg(t.t order by t.t ->> 'starts_on' desc, t.t ->> 'id'), '[]')
      from private.customer_rows_as_of(p_customer_id, 'contracts', moment) t (t)
    ),
    'open_runs', private.list_open_runs(p_customer_id, case when not is_now then moment end),
    'files', private.list_files(p_customer_id, case when not is_now then moment end),
    'workflows', private.list_offered_workflows((account #>> '{customer,company_id}')::uuid),
    'suggested_workflow_id', case when is_now then private.suggest_workflow(p_customer_id, day) end,
    'health_trend', private.read_health_trend(p_customer_id, day),
    'timeline', (
      select coalesce(jsonb_agg(to_jsonb(e) order by e.day desc, e.at desc, e.key collate "C" desc), '[]')
      from private.list_timeline(
        p_customer_id, null, case when not is_now then (day + 1, '1900-01-02Z'::timestamptz, ''::text)::private.timeline_place end, null, 30
      ) e
    ),
    'since', case when looked_at is not null then private.list_changes_since(p_customer_id, looked_at) end
  );
end;
$$;
comment on function public.customer_page is
'A customer as customer_account returns it, with all contracts, open runs, the workflows that can be started and the '
'one that fits now, health by week, the first 30 entries of the timeline, and what changed since one last looked; or as '
'it was at the end of a day. Records the visit. Raises PT404 for a customer one may not see.';

grant execute on function private.list_open_runs, private.list_offered_workflows, private.suggest_workflow,
private.read_health_trend, private.customer_rows_as_of, private.contact_until, private.read_account_as_of,
private.list_changes_since, private.list_goals, public.customer_page to authenticated;
