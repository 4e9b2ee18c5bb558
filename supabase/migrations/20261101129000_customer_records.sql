-- Records of a customer (notes, tickets, survey answers, earlier runs): the first of each kind, which the account has,
-- and the rest page by page, each page after the last row of the one before; all of them can be searched. `until` leaves
-- out what came after a day, before rows are counted off: a day long ago has as many records as today.

create function private.list_notes(customer uuid, after uuid, most int, max_length int, until date default null)
returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(x) order by x.happened_on desc, x.created_at desc, x.id desc), '[]')
  from (
    select n.id, n.kind, left(n.body, max_length) as body, n.happened_on, n.created_at, p.full_name as author_name
    from public.notes n left join public.profiles p on p.id = n.author_id
    where
      n.customer_id = customer and n.happened_on <= coalesce(until, 'infinity')
      and (
        after is null
        or (n.happened_on, n.created_at, n.id)
        < (select a.happened_on, a.created_at, a.id from public.notes a where a.id = after)
      )
    order by n.happened_on desc, n.created_at desc, n.id desc limit most
  ) x
$$;
comment on function private.list_notes is 'Notes on a customer after the one named, newest first; without those of after a day.';

create function private.list_tickets(customer uuid, after uuid, most int, until date default null) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select
    coalesce(
      jsonb_agg(
        to_jsonb(x) - 'is_solved'
        || case when x.is_solved or x.solved_on is null then '{}'
          else '{"status": "open", "solved_on": null, "satisfied": null}'::jsonb end
        order by x.is_solved, x.opened_on desc, x.id desc
      ), '[]'
    )
  from (
    select t.*, (t.solved_on <= coalesce(until, 'infinity')) is true as is_solved from public.tickets t
    where
      t.customer_id = customer and t.opened_on <= coalesce(until, 'infinity')
      and (
        after is null
        or (t.solved_on is null, t.opened_on, t.id)
        < (select a.solved_on is null, a.opened_on, a.id from public.tickets a where a.id = after)
      )
    order by is_solved, t.opened_on desc, t.id desc limit most
  ) x
$$;
comment on function private.list_tickets is
'Tickets of a customer after the one named: open ones first, so that an old one does not give way to a hundred solved '
'ones, then newest first. As of a day, one that was solved later is open.';

create function private.list_surveys(customer uuid, after uuid, most int, until date default null) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(x) order by x.responded_on desc, x.id desc), '[]')
  from (
    select r.*, k.name as contact_name
    from public.survey_responses r left join public.contacts k on k.id = r.contact_id
    where
      r.customer_id = customer and r.responded_on <= coalesce(until, 'infinity')
      and (
        after is null
        or (r.responded_on, r.id) < (select a.responded_on, a.id from public.survey_responses a where a.id = after)
      )
    order by r.responded_on desc, r.id desc limit most
  ) x
$$;
comment on function private.list_surveys is 'Survey answers of a customer after the one named, newest first; without those of after a day.';

create function private.list_past_runs(customer uuid, after uuid, most int, until date default null) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(x) order by x.ended_at desc, x.id desc), '[]')
  from (
    select
      e.id, v.name as workflow_name, e.status, e.ended_at, private.today(e.ended_at) as finished_on,
      e.outcome_code, left(e.outcome_reason, 1000) as outcome_reason
    from public.workflow_executions e join public.workflow_definition_versions v on v.id = e.definition_version_id
    where
      e.customer_id = customer and e.ended_at is not null
      and (until is null or private.today(e.ended_at) <= until)
      and (
        after is null
        or (e.ended_at, e.id) < (select a.ended_at, a.id from public.workflow_executions a where a.id = after)
      )
    order by e.ended_at desc, e.id desc limit most
  ) x
$$;
comment on function private.list_past_runs is 'Ended runs for a customer after the one named, newest first; without those that ended after a day.';

create function private.count_records(customer uuid, until date default null) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select jsonb_build_object(
    'note_count', (
      select count(*) from public.notes n
      where n.customer_id = customer and n.happened_on <= coalesce(until, 'infinity')
    ),
    'survey_count', (
      select count(*) from public.survey_responses r
      where r.customer_id = customer and r.responded_on <= coalesce(until, 'infinity')
    ),
    'past_run_count', (
      select count(*) from public.workflow_executions e
      where
        e.customer_id = customer and e.ended_at is not null
        and (until is null or private.today(e.ended_at) <= until)
    )
  ) || (
    select
      jsonb_build_object(
        'ticket_count', count(*),
        'open_ticket_count', count(*) filter (where t.solved_on is null or t.solved_on > until)
      )
    from public.tickets t where t.customer_id = customer and t.opened_on <= coalesce(until, 'infinity')
  )
$$;
comment on function private.count_records is 'How many records of each kind a customer has, or had at the end of a day.';

create function public.customer_records(
  p_customer_id uuid, p_kind text, p_after uuid default null, p_most int default 20
) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  most constant int := greatest(1, least(coalesce(p_most, 20), 200));
begin
  if not exists (select 1 from public.customers c where c.id = p_customer_id) then
    raise sqlstate 'PT404' using message = 'This customer does not exist, or you don''t have access to it.';
  end if;
  if p_kind not in ('notes', 'tickets', 'surveys', 'past_runs') then
    raise sqlstate 'PT400' using message = 'There are no records of this kind.',
      hint = 'Use notes, tickets, surveys or past_runs.';
  end if;
  return case p_kind
    when 'notes' then private.list_notes(p_customer_id, p_after, most, 200000)
    when 'tickets' then private.list_tickets(p_customer_id, p_after, most)
    when 'surveys' then private.list_surveys(p_customer_id, p_after, most)
    else private.list_past_runs(p_customer_id, p_after, most)
  end;
end;
$$;
comment on function public.customer_records is
'Up to 200 notes, tickets, surveys or past_runs of a customer, those after the record p_after.';

create function private.count_terms(said text, terms text[]) returns int
language sql stable set search_path = ''
as $$
  select count(*)::int
  from unnest(terms) t cross join (select private.fold_text(said) as folded) f
  where strpos(f.folded, t) > 0
$$;
comment on function private.count_terms is 'How many of these beginnings of words a text has.';

create function public.find_customer_records(p_customer_id uuid, p_terms text[]) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select jsonb_build_object(
    'notes', coalesce((
      select jsonb_agg(to_jsonb(x) - 'found')
      from (
        select
          n.id, n.kind, left(n.body, 4000) as body, n.happened_on, p.full_name as author_name,
          private.count_terms(left(n.body, 4000), p_terms[:40]) as found
        from public.notes n left join public.profiles p on p.id = n.author_id
        where n.customer_id = p_customer_id
        order by found desc, n.happened_on desc, n.id desc limit 50
      ) x
      where x.found > 0
    ), '[]'),
    'tickets', coalesce((
      select jsonb_agg(to_jsonb(x) - 'found')
      from (
        select t.*, private.count_terms(t.title, p_terms[:40]) as found from public.tickets t
        where t.customer_id = p_customer_id
        order by found desc, t.opened_on desc, t.id desc limit 50
      ) x
      where x.found > 0
    ), '[]')
  )
$$;
comment on function public.find_customer_records is
'The 50 notes and the 50 tickets of a customer that have most of these beginnings of words, as fold_text writes them; '
'the newest of equals.';

grant execute on function private.fold_text,
private.list_notes,
private.list_tickets,
private.list_surveys,
private.list_past_runs,
private.count_records, private.count_terms, public.customer_records, public.find_customer_records to authenticated;
