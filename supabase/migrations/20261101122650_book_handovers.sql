-- Handing over a book: customers with their runs and snoozes, and the runs, escalations and follow-ups a person has to
-- deal with, to one or several colleagues. One transaction, one row; undone within a day.

create table public.book_handovers (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  from_id uuid not null,
  made_by uuid not null,
  idempotency_key uuid not null,
  items jsonb not null default '[]' check (private.is_readable_json(items) and jsonb_typeof(items) = 'array'),
  created_at private.moment not null default now(),
  undone_at private.moment,
  undone_by uuid,
  kept jsonb check (private.is_readable_json(kept) and jsonb_typeof(kept) = 'array'),
  unique (company_id, idempotency_key),
  foreign key (from_id, company_id) references public.profiles (id, company_id),
  foreign key (made_by, company_id) references public.profiles (id, company_id),
  foreign key (undone_by, company_id) references public.profiles (id, company_id),
  check ((undone_at is null) = (undone_by is null) and (undone_at is null) = (kept is null))
);
comment on table public.book_handovers is
'A book, or part of one, that went from one person to colleagues at once. Written by functions only.';
comment on column public.book_handovers.id is 'Identity of the hand-over.';
comment on column public.book_handovers.company_id is 'Tenant.';
comment on column public.book_handovers.from_id is 'Whose book it was.';
comment on column public.book_handovers.made_by is 'Who handed it over.';
comment on column public.book_handovers.idempotency_key is 'One for each click: the same key hands over once.';
comment on column public.book_handovers.items is
'What went to whom: a list of kind (customer, run, escalation, follow_up), id, to, name; for a customer also the runs '
'that had been assigned to its new owner.';
comment on column public.book_handovers.created_at is 'When it was handed over.';
comment on column public.book_handovers.undone_at is 'When it was undone; null until then.';
comment on column public.book_handovers.undone_by is 'Who undid it.';
comment on column public.book_handovers.kept is
'Names of what the undo left where it was, because somebody had changed it since; null until then.';
create index book_handovers_company on public.book_handovers (company_id, created_at desc, id desc);
create index book_handovers_from on public.book_handovers (from_id, company_id);
create index book_handovers_made_by on public.book_handovers (made_by, company_id);
create index book_handovers_undone_by on public.book_handovers (undone_by, company_id);

alter table public.book_handovers enable row level security;
revoke all on public.book_handovers from anon, authenticated;
grant select on public.book_handovers to authenticated;
create policy "members read the hand-overs of their company" on public.book_handovers
for select to authenticated using (company_id = (select private.current_company_id()));

create function public.person_book(p_person_id uuid) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  with person as (
    select p.id, p.company_id from public.profiles p
    where p.id = p_person_id and p.company_id = (select private.current_company_id())
  )
  select jsonb_build_object(
    'customers', coalesce((
      select
        jsonb_agg(jsonb_build_object(
          'id', c.id, 'name', c.name, 'segment', c.segment, 'arr', coalesce(k.arr, 0), 'is_active', c.status = 'active',
          'open_runs', (
            select count(*) from public.workflow_executions e where e.customer_id = c.id and e.ended_at is null
          ),
          'snoozed_runs', (
            select count(*) from public.workflow_executions e where e.customer_id = c.id and e.status = 'snoozed'
          )
        ) order by c.name, c.id)
      from public.customers c
      join person p on (c.owner_id, c.company_id) = (p.id, p.company_id)
      left join public.current_contracts k on k.customer_id = c.id
    ), '[]'),
    'runs', coalesce((
      select
        jsonb_agg(jsonb_build_object(
          'id', e.id, 'customer_id', c.id, 'customer_name', c.name, 'name', v.name, 'owner_id', e.owner_id
        ) order by c.name, e.id)
      from public.workflow_executions e
      join person p on (e.assigned_to, e.company_id) = (p.id, p.company_id)
      join public.customers c on c.id = e.customer_id
      join public.workflow_definition_versions v on v.id = e.definition_version_id
      where e.ended_at is null
    ), '[]'),
    'escalations', coalesce((
      select
        jsonb_agg(jsonb_build_object(
          'id', x.id, 'customer_id', c.id, 'customer_name', c.name, 'name', left(x.ask, 200), 'raised_by', x.raised_by
        ) order by c.name, x.id)
      from public.workflow_escalations x
      join person p on (x.assigned_to, x.company_id) = (p.id, p.company_id)
      join public.customers c on c.id = x.customer_id
      where x.ended_at is null
    ), '[]'),
    'follow_ups', coalesce((
      select
        jsonb_agg(jsonb_build_object(
          'id', f.id, 'customer_id', c.id, 'customer_name', c.name, 'name', f.title
        ) order by c.name, f.id)
      from public.follow_ups f
      join person p on (f.assigned_to, f.company_id) = (p.id, p.company_id)
      join public.customers c on c.id = f.customer_id
      where f.done_at is null
    ), '[]')
  )
$$;
comment on function public.person_book is
'All that would need somebody else if a person of the caller''s company were gone: customers with their open and '
'snoozed runs, and the open runs, escalations and follow-ups they have at customers of anyone.';

create function private.redirect_open_escalation(
  escalation public.workflow_escalations, taker public.profiles
) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  run public.workflow_executions;
begin
  select * into run from public.workflow_executions e where e.id = escalation.execution_id for no key update;
  perform private.transition(run, 'redirect', '{}', jsonb_build_object('person', taker.full_name));
  update public.workflow_escalations x
  set assigned_to = taker.id, acknowledged_at = null, clock_started_at = now(),
      respond_by = coalesce(
        private.response_deadline(x.company_id, x.severity), now() + (x.respond_by - x.created_at))
  where x.id = escalation.id;
end;
$$;
comment on function private.redirect_open_escalation is
'Gives an open escalation to somebody else; the response clock starts again.';

create function private.raise_book_changed() returns void
language plpgsql immutable set search_path = ''
as $$
begin
  raise sqlstate 'PT409' using message = 'The book has changed since you opened it.',
    hint = 'Look at it again. Nothing was handed over.';
end;
$$;
comment on function private.raise_book_changed is 'Raises PT409: what is handed over is no longer the person''s.';

create function private.hand_over_customers(handover public.book_handovers) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  moved jsonb;
begin
  select coalesce(jsonb_agg(jsonb_build_object(
    'kind', 'customer', 'id', c.id, 'to', x.item ->> 'to', 'name', c.name, 'runs', (
      select coalesce(jsonb_agg(e.id), '[]') from public.workflow_executions e
      where e.customer_id = c.id and e.assigned_to = (x.item ->> 'to')::uuid and e.ended_at is null
    )) order by c.name, c.id), '[]') into moved
  from jsonb_array_elements(handover.items) x (item)
  join public.customers c on c.id = (x.item ->> 'id')::uuid and c.company_id = handover.company_id
    and c.owner_id = handover.from_id
  where x.item ->> 'kind' = 'customer';
  perform 1 from public.customers c
  where c.id in (select (m.item ->> 'id')::uuid from jsonb_array_elements(moved) m (item))
  order by c.id for no key update;
  update public.customers c set owner_id = (m.item ->> 'to')::uuid
  from jsonb_array_elements(moved) m (item)
  where c.id = (m.item ->> 'id')::uuid and c.owner_id = handover.from_id;
  -- Customers held for somebody who has not joined yet: the colleague holds them now.
  update public.pending_owners p set owner_id = (m.item ->> 'to')::uuid
  from jsonb_array_elements(moved) m (item)
  where p.customer_id = (m.item ->> 'id')::uuid and p.owner_id = handover.from_id
    and p.company_id = handover.company_id;
  return moved;
end;
$$;
comment on function private.hand_over_customers is
'Gives customers of a hand-over their new owners, whom their runs follow; returns them with names.';

create function private.hand_over_runs(handover public.book_handovers) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  moved jsonb := '[]';
  taker public.profiles;
  run public.workflow_executions;
  item jsonb;
begin
  for item in
    select x.item from jsonb_array_elements(handover.items) x (item) where x.item ->> 'kind' = 'run'
    order by x.item ->> 'id'
  loop
    select * into run from public.workflow_executions e
    where e.id = (item ->> 'id')::uuid and (e.assigned_to, e.company_id) = (handover.from_id, handover.company_id)
      and e.ended_at is null for no key update;
    continue when not found;
    select * into taker from public.profiles p where p.id = (item ->> 'to')::uuid;
    perform private.transition(
      run, 'reassign', jsonb_build_object('assigned_to', nullif(taker.id, run.owner_id)),
      jsonb_build_object('person', taker.full_name));
    moved := moved || jsonb_build_object('kind', 'run', 'id', run.id, 'to', taker.id, 'name', (
      select format('run “%s” for %s', v.name, c.name)
      from public.customers c, public.workflow_definition_versions v
      where c.id = run.customer_id and v.id = run.definition_version_id));
  end loop;
  return moved;
end;
$$;
comment on function private.hand_over_runs is
'Assigns runs of a hand-over, with an event each; returns them with names.';

create function private.hand_over_escalations(handover public.book_handovers) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  moved jsonb := '[]';
  taker public.profiles;
  escalation public.workflow_escalations;
  item jsonb;
begin
  for item in
    select x.item from jsonb_array_elements(handover.items) x (item) where x.item ->> 'kind' = 'escalation'
    order by x.item ->> 'id'
  loop
    select * into escalation from public.workflow_escalations x
    where x.id = (item ->> 'id')::uuid and (x.assigned_to, x.company_id) = (handover.from_id, handover.company_id)
      and x.ended_at is null for no key update;
    continue when not found;
    select * into taker from public.profiles p where p.id = (item ->> 'to')::uuid;
    if taker.id = escalation.raised_by then
      raise sqlstate 'PT400' using
        message = format('%s raised an escalation, so somebody else has to answer it.', taker.full_name);
    end if;
    perform private.redirect_open_escalation(escalation, taker);
    moved := moved || jsonb_build_object('kind', 'escalation', 'id', escalation.id, 'to', taker.id, 'name', (
      select format('escalation of %s', c.name) from public.customers c where c.id = escalation.customer_id));
  end loop;
  return moved;
end;
$$;
comment on function private.hand_over_escalations is
'Redirects escalations of a hand-over, never to who raised them; returns them with names.';

create function private.hand_over_follow_ups(handover public.book_handovers) returns jsonb
language sql volatile security definer set search_path = ''
as $$
  with moved as (
    update public.follow_ups f set assigned_to = (x.item ->> 'to')::uuid
    from jsonb_array_elements(handover.items) x (item)
    where
      x.item ->> 'kind' = 'follow_up' and f.id = (x.item ->> 'id')::uuid and f.done_at is null
      and (f.assigned_to, f.company_id) = (handover.from_id, handover.company_id)
    returning f.id, f.assigned_to, f.title, f.customer_id
  )
  select
    coalesce(jsonb_agg(jsonb_build_object(
      'kind', 'follow_up', 'id', m.id, 'to', m.assigned_to, 'name', format('follow-up “%s” for %s', m.title, c.name)
    ) order by c.name, m.id), '[]')
  from moved m join public.customers c on c.id = m.customer_id
$$;
comment on function private.hand_over_follow_ups is 'Gives away follow-ups of a hand-over; returns them with names.';

create function private.count_handover_items(items jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
  select
    jsonb_build_object(
      'customers', count(*) filter (where x.item ->> 'kind' = 'customer'),
      'runs', count(*) filter (where x.item ->> 'kind' = 'run'),
      'escalations', count(*) filter (where x.item ->> 'kind' = 'escalation'),
      'follow_ups', count(*) filter (where x.item ->> 'kind' = 'follow_up')
    )
  from jsonb_array_elements(items) x (item)
$$;
comment on function private.count_handover_items is 'How many things of each kind a hand-over has.';

create function private.notify_takers(handover public.book_handovers) returns void
language sql volatile security definer set search_path = ''
as $$
  insert into public.notices (company_id, person_id, from_id, body)
  select
    handover.company_id, (x.item ->> 'to')::uuid, handover.made_by,
    format(
      'Yours now, from %s: %s%s.', (select p.full_name from public.profiles p where p.id = handover.from_id),
      string_agg(left(x.item ->> 'name', 200), ', ' order by x.place) filter (where x.place <= 5),
      case when count(*) > 5 then format(' and %s more', count(*) - 5) else '' end
    )
  from (
    select i.item, row_number() over (partition by i.item ->> 'to' order by i.place) as place
    from jsonb_array_elements(handover.items) with ordinality i (item, place)
  ) x
  where (x.item ->> 'to')::uuid <> handover.made_by
  group by x.item ->> 'to'
$$;
comment on function private.notify_takers is
'Leaves a notice to whoever got something by a hand-over, unless they made it themselves.';

create function private.make_handover(
  company uuid, from_id uuid, items jsonb, key uuid
) returns public.book_handovers
language plpgsql volatile security definer set search_path = ''
as $$
declare
  handover public.book_handovers;
begin
  insert into public.book_handovers (company_id, from_id, made_by, idempotency_key, items)
  values (company, make_handover.from_id, auth.uid(), key, make_handover.items) returning * into handover;
  perform private.begin_change('handover', handover.id);
  handover.items := private.hand_over_customers(handover) || private.hand_over_runs(handover)
    || private.hand_over_escalations(handover) || private.hand_over_follow_ups(handover);
  if jsonb_array_length(handover.items) <> jsonb_array_length(make_handover.items) then
    perform private.raise_book_changed();
  end if;
  update public.book_handovers h set items = handover.items where h.id = handover.id;
  perform private.notify_takers(handover);
  return handover;
end;
$$;
comment on function private.make_handover is
'Hands over what the items name (kind, id, to) in one row; raises PT409 if any of it is no longer the person''s. The '
'caller checks the rights and the takers.';

-- What an escalation's own asker would get goes to a leader: nobody answers their own question.
create function private.hand_over_all(from_person public.profiles, to_person public.profiles) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  items jsonb;
begin
  select jsonb_agg(to_jsonb(x)) into items
  from (
    select 'customer' as kind, c.id, to_person.id as to from public.customers c
    where (c.owner_id, c.company_id) = (from_person.id, from_person.company_id)
    union all
    select 'run', e.id, to_person.id from public.workflow_executions e
    where (e.assigned_to, e.company_id) = (from_person.id, from_person.company_id) and e.ended_at is null
    union all
    select 'follow_up', f.id, to_person.id from public.follow_ups f
    where (f.assigned_to, f.company_id) = (from_person.id, from_person.company_id) and f.done_at is null
    union all
    select 'escalation', x.id, (
      select p.id from public.profiles p
      where
        p.company_id = from_person.company_id and p.is_active and p.id not in (from_person.id, x.raised_by)
        and (p.id = to_person.id or p.role <> 'csm')
      order by p.id = to_person.id desc, p.role = 'manager' desc, p.created_at, p.id limit 1
    )
    from public.workflow_escalations x
    where (x.assigned_to, x.company_id) = (from_person.id, from_person.company_id) and x.ended_at is null
  ) x;
  if exists (select 1 from jsonb_array_elements(items) x (item) where x.item ->> 'to' is null) then
    raise sqlstate 'PT409' using message = 'An escalation waits for an answer, and nobody else could give it.',
      hint = 'Answer or withdraw it first.';
  elsif items is not null then
    perform private.make_handover(from_person.company_id, from_person.id, items, gen_random_uuid());
  end if;
end;
$$;
comment on function private.hand_over_all is 'Gives one colleague everything that is a person''s to deal with.';

create function private.parse_handover_items(p_items jsonb, company uuid, from_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  items jsonb;
  takers uuid[];
begin
  if jsonb_typeof(p_items) is distinct from 'array' or jsonb_array_length(p_items) > 10000 then
    raise sqlstate 'PT400' using message = 'At most 10,000 things are handed over at once.';
  end if;
  select
    coalesce(jsonb_agg(distinct jsonb_build_object(
      'kind', x.item ->> 'kind', 'id', private.parse_uuid(x.item ->> 'id'), 'to', private.parse_uuid(x.item ->> 'to')
    )), '[]'),
    coalesce(array_agg(distinct private.parse_uuid(x.item ->> 'to')), '{}')
  into items, takers
  from jsonb_array_elements(p_items) x (item);
  -- In one order, so that two hand-overs between the same people wait for each other; nobody is removed meanwhile.
  perform 1 from public.profiles p where p.id = any (takers || from_id) order by p.id for no key update;
  if (
    select count(*) from public.profiles p
    where p.id = any (takers) and p.company_id = company and p.is_active and p.id <> from_id
  ) <> cardinality(takers) then
    raise sqlstate 'PT400' using message = 'Choose a colleague who takes over.';
  elsif jsonb_array_length(items) <> jsonb_array_length(p_items) or exists (
    select 1 from jsonb_array_elements(items) x (item)
    where coalesce(x.item ->> 'kind', '') not in ('customer', 'run', 'escalation', 'follow_up')
      or x.item ->> 'id' is null
  ) then
    perform private.raise_book_changed();
  end if;
  return items;
end;
$$;
comment on function private.parse_handover_items is
'Items of a hand-over with kind, id and to, all takers being active colleagues. Raises PT400, and PT409 for anything '
'twice or unknown.';

create function private.hand_over_book(
  p_person_id uuid, p_items jsonb, p_key uuid, p_deactivate boolean
) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
  person public.profiles;
  done public.book_handovers;
  items jsonb;
begin
  if me.role = 'csm' or (p_deactivate and me.role <> 'admin') then
    raise sqlstate 'PT403' using message = case when p_deactivate then 'Only an admin can deactivate a person.'
      else 'Only a manager or an admin can hand over a book.' end;
  elsif p_key is null then
    raise sqlstate 'PT400' using message = 'Reload the page and try again.';
  end if;
  select * into done from public.book_handovers h where (h.company_id, h.idempotency_key) = (me.company_id, p_key);
  if found and done.from_id = p_person_id then
    return private.count_handover_items(done.items) || jsonb_build_object('id', done.id);
  end if;
  select * into person from public.profiles p
  where p.id = p_person_id and p.company_id = me.company_id and p.is_active;
  if not found then
    raise sqlstate 'PT404' using message = 'This person is not a member of your company.';
  end if;
  items := private.parse_handover_items(p_items, me.company_id, person.id);
  if items <> '[]' then
    done := private.make_handover(me.company_id, person.id, items, p_key);
  elsif not coalesce(p_deactivate, false) then
    raise sqlstate 'PT400' using message = 'Choose what is handed over.';
  end if;
  if p_deactivate then
    perform private.end_membership(person, null);
  end if;
  return private.count_handover_items(coalesce(done.items, '[]')) || jsonb_build_object('id', done.id);
end;
$$;
comment on function private.hand_over_book is 'See public.hand_over_book.';

create function public.hand_over_book(
  p_person_id uuid, p_items jsonb, p_key uuid, p_deactivate boolean default false
) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.hand_over_book(p_person_id, p_items, p_key, p_deactivate) $$;
comment on function public.hand_over_book is
'A leader gives what the items name (kind, id, to; see person_book) to colleagues; with p_deactivate an admin also '
'ends the membership, once nothing is left. Returns the id of the hand-over and how much it was. undo_handover takes '
'it back within a day, unless the person is gone. p_key is one for each click.';
