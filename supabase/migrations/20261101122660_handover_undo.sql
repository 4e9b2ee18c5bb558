-- Undoing a hand-over within a day: what nobody changed since goes back, the rest is named and stays where it is.

create function private.take_back_customers(handover public.book_handovers) returns setof text
language plpgsql volatile security definer set search_path = ''
as $$
declare
  item jsonb;
  run public.workflow_executions;
begin
  for item in
    select x.item from jsonb_array_elements(handover.items) x (item) where x.item ->> 'kind' = 'customer'
    order by x.item ->> 'id'
  loop
    update public.customers c set owner_id = handover.from_id
    where c.id = (item ->> 'id')::uuid and c.company_id = handover.company_id and c.owner_id = (item ->> 'to')::uuid;
    if not found then
      return next item ->> 'name';
      continue;
    end if;
    update public.pending_owners p set owner_id = handover.from_id
    where p.customer_id = (item ->> 'id')::uuid and p.company_id = handover.company_id
      and p.owner_id = (item ->> 'to')::uuid;
    for run in
      select * from public.workflow_executions e
      where e.id in (select r.id::uuid from jsonb_array_elements_text(item -> 'runs') r (id))
        and e.customer_id = (item ->> 'id')::uuid and e.assigned_to is null and e.ended_at is null
      order by e.id for no key update
    loop
      perform private.transition(
        run, 'reassign', jsonb_build_object('assigned_to', item ->> 'to'), jsonb_build_object('person', (
          select p.full_name from public.profiles p where p.id = (item ->> 'to')::uuid)));
    end loop;
  end loop;
end;
$$;
comment on function private.take_back_customers is
'Gives customers of a hand-over their former owner, and their runs to whom they were assigned before; returns the '
'names of those that have another owner by now.';

create function private.take_back_runs(
  handover public.book_handovers, former public.profiles
) returns setof text
language plpgsql volatile security definer set search_path = ''
as $$
declare
  item jsonb;
  run public.workflow_executions;
begin
  for item in
    select x.item from jsonb_array_elements(handover.items) x (item) where x.item ->> 'kind' = 'run'
    order by x.item ->> 'id'
  loop
    select * into run from public.workflow_executions e
    where e.id = (item ->> 'id')::uuid and e.company_id = handover.company_id and e.ended_at is null
      and e.assigned_to is not distinct from nullif((item ->> 'to')::uuid, e.owner_id) for no key update;
    if found then
      perform private.transition(
        run, 'reassign', jsonb_build_object('assigned_to', nullif(former.id, run.owner_id)),
        jsonb_build_object('person', former.full_name));
    else
      return next item ->> 'name';
    end if;
  end loop;
end;
$$;
comment on function private.take_back_runs is
'Assigns runs of a hand-over to whom they were before; returns the names of those that ended or went on since.';

create function private.take_back_escalations(
  handover public.book_handovers, former public.profiles
) returns setof text
language plpgsql volatile security definer set search_path = ''
as $$
declare
  item jsonb;
  escalation public.workflow_escalations;
begin
  for item in
    select x.item from jsonb_array_elements(handover.items) x (item) where x.item ->> 'kind' = 'escalation'
    order by x.item ->> 'id'
  loop
    select * into escalation from public.workflow_escalations x
    where x.id = (item ->> 'id')::uuid and x.company_id = handover.company_id and x.ended_at is null
      and x.assigned_to = (item ->> 'to')::uuid and x.acknowledged_at is null for no key update;
    if found then
      perform private.redirect_open_escalation(escalation, former);
    else
      return next item ->> 'name';
    end if;
  end loop;
end;
$$;
comment on function private.take_back_escalations is
'Redirects escalations of a hand-over back; returns the names of those acknowledged, answered or redirected since.';

create function private.take_back_follow_ups(handover public.book_handovers) returns setof text
language sql volatile security definer set search_path = ''
as $$
  with items as (
    select (x.item ->> 'id')::uuid as id, (x.item ->> 'to')::uuid as taker, x.item ->> 'name' as name
    from jsonb_array_elements(handover.items) x (item)
    where x.item ->> 'kind' = 'follow_up'
  ), back as (
    update public.follow_ups f set assigned_to = handover.from_id
    from items i
    where f.id = i.id and f.company_id = handover.company_id and f.assigned_to = i.taker and f.done_at is null
    returning f.id
  )
  select i.name from items i where i.id not in (select b.id from back b)
$$;
comment on function private.take_back_follow_ups is
'Gives follow-ups of a hand-over back; returns the names of those done or given on since.';

create function private.undo_handover(p_handover_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
  handover public.book_handovers;
  former public.profiles;
  kept_names text[];
begin
  if me.role = 'csm' then
    raise sqlstate 'PT403' using message = 'Only a manager or an admin can undo a hand-over.';
  end if;
  select * into handover from public.book_handovers h
  where h.id = p_handover_id and h.company_id = me.company_id for no key update;
  if not found then
    raise sqlstate 'PT404' using message = 'This hand-over does not exist.';
  elsif handover.undone_at is not null then
    return jsonb_build_object('kept', handover.kept);
  elsif handover.created_at < now() - interval '1 day' then
    raise sqlstate 'PT409' using message = 'A hand-over can be undone for a day, and this one is older.',
      hint = 'Hand the book over again, the other way.';
  end if;
  select * into former from public.profiles p where p.id = handover.from_id for no key update;
  if not former.is_active then
    raise sqlstate 'PT409' using message = format('%s has left the company.', former.full_name),
      hint = 'Hand the book over to somebody else. Nothing was changed.';
  end if;
  perform private.begin_change('handover', handover.id);
  -- Runs and escalations first: a run may be assigned to whoever gets its customer back.
  kept_names := array(select private.take_back_runs(handover, former));
  kept_names := kept_names || array(select private.take_back_escalations(handover, former));
  kept_names := kept_names || array(select private.take_back_follow_ups(handover));
  kept_names := kept_names || array(select private.take_back_customers(handover));
  delete from public.notices n
  where n.company_id = handover.company_id and n.from_id = handover.made_by and n.created_at = handover.created_at
    and n.read_at is null and n.execution_id is null and n.customer_id is null;
  update public.book_handovers h set undone_at = now(), undone_by = me.id, kept = to_jsonb(kept_names)
  where h.id = handover.id;
  return jsonb_build_object('kept', to_jsonb(kept_names));
end;
$$;
comment on function private.undo_handover is 'See public.undo_handover.';

create function public.undo_handover(p_handover_id uuid) returns jsonb
language sql volatile security invoker set search_path = '' as $$ select private.undo_handover(p_handover_id) $$;
comment on function public.undo_handover is
'A leader undoes a hand-over of the last day: everything goes back that nobody changed since. Returns in `kept` the '
'names of the rest; the same again once it is undone. Raises PT409 for an older one, and if the person has left.';

grant execute on function private.count_handover_items,
public.person_book,
private.hand_over_book,
public.hand_over_book,
private.undo_handover, public.undo_handover to authenticated;
