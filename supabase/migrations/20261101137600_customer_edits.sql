-- Edits of a customer, its contacts, its contract and notes on it. Invoker: row-level security decides who may. Each
-- edit names the row as it was read, and is one change that whoever made it can undo within a day.

create function private.begin_customer_change() returns uuid
language plpgsql volatile security definer set search_path = ''
as $$
declare
  change constant uuid := gen_random_uuid();
begin
  perform private.begin_change('person', change, auth.uid());
  return change;
end;
$$;
comment on function private.begin_customer_change is
'Begins a change of the signed-in person, under an id by which it can be undone. Writes nothing else.';

create function private.require_writable_customer(customer uuid) returns public.customers
language plpgsql stable security invoker set search_path = ''
as $$
declare
  found_row public.customers;
begin
  select * into found_row from public.customers c where c.id = customer;
  if found_row.id is null then
    raise sqlstate 'PT404' using message = 'This customer does not exist, or you don''t have access to it.';
  elsif not private.can_write_customer(customer) then
    raise sqlstate 'PT403' using message = 'Only the owner of this customer and managers can change it.',
      hint = 'It may have been handed over since you opened it. Ask its owner.';
  end if;
  return found_row;
end;
$$;
comment on function private.require_writable_customer is
'A customer the signed-in person may write. Raises PT404, PT403.';

create function private.require_fields(given jsonb, allowed text[]) returns void
language plpgsql immutable set search_path = ''
as $$
begin
  if coalesce(jsonb_typeof(given), 'null') <> 'object' then
    raise sqlstate 'PT400' using message = 'There is nothing to save.';
  elsif exists (select 1 from jsonb_object_keys(given) k where k <> all(allowed)) then
    raise sqlstate 'PT400' using message = 'This cannot be changed here.';
  end if;
end;
$$;
comment on function private.require_fields is 'Raises PT400 unless the values are an object of these fields.';

create function private.raise_edited_meanwhile(of_what text, current_row jsonb) returns void
language plpgsql immutable set search_path = ''
as $$
begin
  raise sqlstate 'PT409' using message = format('Somebody changed %s since you opened it.', of_what),
    detail = current_row::text, hint = 'Reload the page, then make your change again.';
end;
$$;
comment on function private.raise_edited_meanwhile is 'Raises PT409 with the row as it is now.';

create function private.raise_unreadable_value() returns void
language plpgsql immutable set search_path = ''
as $$
begin
  raise sqlstate 'PT400' using message = 'A value cannot be read or is out of range.';
end;
$$;
comment on function private.raise_unreadable_value is 'Raises PT400: a value is of another type than its field.';

create function public.save_customer(p_customer_id uuid, p_values jsonb, p_revision int) returns uuid
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  change constant uuid := private.begin_customer_change();
  before constant public.customers := private.require_writable_customer(p_customer_id);
  given public.customers;
begin
  perform private.require_fields(p_values, array[
    'name', 'domain', 'industry', 'country', 'segment', 'customer_since', 'time_zone', 'summary', 'competitor']);
  if before.revision is distinct from p_revision then
    perform private.raise_edited_meanwhile('this customer', to_jsonb(before));
  end if;
  given := jsonb_populate_record(before, p_values);
  update public.customers c
  set
    name = given.name, domain = given.domain, industry = given.industry, country = given.country,
    segment = given.segment, customer_since = given.customer_since, time_zone = given.time_zone,
    summary = given.summary, competitor = given.competitor
  where c.id = p_customer_id and c.revision = p_revision;
  if not found then
    select * into given from public.customers c where c.id = p_customer_id;
    if given.revision is distinct from p_revision then
      perform private.raise_edited_meanwhile('this customer', to_jsonb(given));
    end if;
    raise sqlstate 'PT403' using message = 'Only the owner of this customer and managers can change its details.';
  end if;
  return change;
exception when data_exception or integrity_constraint_violation then
  perform private.raise_unreadable_value();
end;
$$;
comment on function public.save_customer is
'Changes fields of a customer, but not its owner or status; the rest stay. Returns the change, to undo it. Raises '
'PT400, PT403, PT404, and PT409 with the row if it is no longer of that revision.';

create function private.insert_contact(customer public.customers, p_values jsonb) returns uuid
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  given constant public.contacts := jsonb_populate_record(null::public.contacts, p_values);
  added uuid;
begin
  insert into public.contacts
    (company_id, customer_id, name, title, email, role, influence, sentiment, last_contact_on)
  values (
    customer.company_id, customer.id, given.name, given.title, given.email, given.role, given.influence,
    given.sentiment, given.last_contact_on)
  returning id into added;
  return added;
end;
$$;
comment on function private.insert_contact is 'Adds a contact to a customer; returns its id.';

create function public.save_contact(
  p_customer_id uuid, p_contact_id uuid, p_values jsonb, p_updated_at timestamptz default null
) returns uuid
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  change constant uuid := private.begin_customer_change();
  customer constant public.customers := private.require_writable_customer(p_customer_id);
  before public.contacts;
  given public.contacts;
begin
  perform private.require_fields(p_values, array[
    'name', 'title', 'email', 'role', 'influence', 'sentiment', 'last_contact_on', 'status']);
  if p_contact_id is null then
    perform private.insert_contact(customer, p_values);
    return change;
  end if;
  select * into before from public.contacts k where k.id = p_contact_id and k.customer_id = p_customer_id;
  if before.id is null then
    raise sqlstate 'PT404' using message = 'This contact does not exist any more.';
  end if;
  given := jsonb_populate_record(before, p_values);
  update public.contacts k
  set
    name = given.name, title = given.title, email = given.email, role = given.role, influence = given.influence,
    sentiment = given.sentiment, last_contact_on = given.last_contact_on, status = given.status,
    left_on = case when given.status = 'left' then k.left_on end,
    replaced_by = case when given.status = 'left' then k.replaced_by end
  where k.id = p_contact_id and k.updated_at = p_updated_at;
  if not found then
    perform private.raise_edited_meanwhile('this contact', to_jsonb(before));
  end if;
  return change;
exception when data_exception or integrity_constraint_violation then
  perform private.raise_unreadable_value();
end;
$$;
comment on function public.save_contact is
'Adds a contact (without p_contact_id) or changes fields of one. Returns the change. Raises PT400, PT403, PT404, and '
'PT409 with the row if it was changed after p_updated_at.';

create function public.leave_contact(
  p_contact_id uuid, p_left_on date, p_replaced_by uuid, p_successor jsonb, p_updated_at timestamptz
) returns uuid
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  change constant uuid := private.begin_customer_change();
  before public.contacts;
  customer public.customers;
  successor uuid := p_replaced_by;
begin
  select * into before from public.contacts k where k.id = p_contact_id;
  if before.id is null then
    raise sqlstate 'PT404' using message = 'This contact does not exist any more.';
  end if;
  customer := private.require_writable_customer(before.customer_id);
  if p_successor is not null then
    perform private.require_fields(p_successor, array['name', 'title', 'email', 'role']);
    successor := private.insert_contact(customer, p_successor);
  elsif successor is not null and not exists (
    select 1 from public.contacts k
    where k.id = successor and k.customer_id = customer.id and k.id <> p_contact_id and k.status <> 'left'
  ) then
    raise sqlstate 'PT400' using message = 'Choose a contact of this customer who is still there.';
  end if;
  update public.contacts k set status = 'left', left_on = p_left_on, replaced_by = successor
  where k.id = p_contact_id and k.updated_at = p_updated_at;
  if not found then
    perform private.raise_edited_meanwhile('this contact', to_jsonb(before));
  end if;
  return change;
exception when data_exception or integrity_constraint_violation then
  perform private.raise_unreadable_value();
end;
$$;
comment on function public.leave_contact is
'Marks that a contact has left, and who replaces them: a contact there is, or a new one. Returns the change. Raises as '
'save_contact does.';

create function public.save_contract(
  p_customer_id uuid, p_contract_id uuid, p_values jsonb, p_updated_at timestamptz default null
) returns uuid
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  change constant uuid := private.begin_customer_change();
  customer constant public.customers := private.require_writable_customer(p_customer_id);
  before public.contracts;
  given public.contracts;
begin
  perform private.require_fields(p_values, array[
    'starts_on', 'ends_on', 'term_months', 'notice_days', 'auto_renews', 'seats', 'annual_price_per_seat',
    'discount_percent', 'uplift_cap_percent', 'modules']);
  if not private.is_team_lead() then
    raise sqlstate 'PT403' using message = 'Managers and admins change contracts: ARR and forecasts come from them.',
      hint = 'Ask your manager.';
  end if;
  perform private.lock_contracts(p_customer_id);
  if p_contract_id is null then
    select * into before from public.contracts k where k.customer_id = p_customer_id and k.updated_at > p_updated_at
    order by k.updated_at desc limit 1;
    if before.id is not null then
      perform private.raise_edited_meanwhile('the contract', to_jsonb(before));
    end if;
  else
    select * into before from public.contracts k where k.id = p_contract_id and k.customer_id = p_customer_id;
    if before.id is null then
      raise sqlstate 'PT404' using message = 'This contract does not exist any more.';
    end if;
  end if;
  given := jsonb_populate_record(before, p_values);
  if given.ends_on <= given.starts_on then
    raise sqlstate 'PT400' using message = 'The term must end after it begins.';
  end if;
  if p_contract_id is null then
    insert into public.contracts
      (company_id, customer_id, starts_on, ends_on, term_months, notice_days, auto_renews, seats,
      annual_price_per_seat, discount_percent, uplift_cap_percent, modules)
    values (
      customer.company_id, customer.id, given.starts_on, given.ends_on, given.term_months, given.notice_days,
      given.auto_renews, given.seats, given.annual_price_per_seat, coalesce(given.discount_percent, 0),
      given.uplift_cap_percent, coalesce(given.modules, '{}'));
    return change;
  end if;
  update public.contracts k
  set
    starts_on = given.starts_on, ends_on = given.ends_on, term_months = given.term_months,
    notice_days = given.notice_days, auto_renews = given.auto_renews, seats = given.seats,
    annual_price_per_seat = given.annual_price_per_seat, discount_percent = given.discount_percent,
    uplift_cap_percent = given.uplift_cap_percent, modules = given.modules
  where k.id = p_contract_id and k.updated_at = p_updated_at;
  if not found then
    perform private.raise_edited_meanwhile('this contract', to_jsonb(before));
  end if;
  return change;
exception when data_exception or integrity_constraint_violation then
  perform private.raise_unreadable_value();
end;
$$;
comment on function public.save_contract is
'Adds a term (without p_contract_id) or changes one, by a manager or admin. Returns the change. Raises as save_contact '
'does: p_updated_at of an added term is that of the latest change of a term one saw, null for none.';

create function private.notify_mentioned(note uuid, earlier_body text) returns int
language plpgsql volatile security definer set search_path = ''
as $$
declare
  written public.notes;
  customer public.customers;
begin
  select * into written from public.notes n
  where n.id = note and n.author_id = auth.uid() and n.company_id = private.current_company_id();
  select * into customer from public.customers c where c.id = written.customer_id;
  return private.send_mentions(
    jsonb_populate_record(null::public.notices, jsonb_build_object(
      'company_id', written.company_id, 'from_id', written.author_id, 'customer_id', written.customer_id,
      'body', format('Mentions you in a note on %s: %s', customer.name, written.body))),
    written.body, coalesce(earlier_body, ''));
end;
$$;
comment on function private.notify_mentioned is
'Sends a notice to the colleagues whom the signed-in person''s own note names after an @, but not those whom its '
'earlier text had named. Returns how many.';

create function public.save_note(
  p_customer_id uuid, p_note_id uuid, p_values jsonb, p_updated_at timestamptz default null
) returns jsonb
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  change constant uuid := private.begin_customer_change();
  customer public.customers;
  before public.notes;
  given public.notes;
begin
  perform private.require_fields(p_values, array['kind', 'body', 'happened_on']);
  if p_note_id is null then
    customer := private.require_writable_customer(p_customer_id);
    given := jsonb_populate_record(null::public.notes, p_values);
    insert into public.notes (company_id, customer_id, author_id, kind, body, happened_on)
    values (
      customer.company_id, customer.id, auth.uid(), coalesce(given.kind, 'note'), given.body,
      coalesce(given.happened_on, private.today()))
    returning * into given;
  else
    select * into before from public.notes n where n.id = p_note_id and n.customer_id = p_customer_id;
    if before.id is null then
      raise sqlstate 'PT404' using message = 'This note does not exist any more.';
    elsif before.author_id <> auth.uid() then
      raise sqlstate 'PT403' using message = 'Only its author can change a note.', hint = 'Write one of your own.';
    end if;
    given := jsonb_populate_record(before, p_values);
    update public.notes n set kind = given.kind, body = given.body, happened_on = given.happened_on
    where n.id = p_note_id and n.updated_at = p_updated_at;
    if not found then
      perform private.raise_edited_meanwhile('this note', to_jsonb(before));
    end if;
  end if;
  return jsonb_build_object('change_id', change, 'notified', private.notify_mentioned(given.id, before.body));
exception when data_exception or integrity_constraint_violation then
  perform private.raise_unreadable_value();
end;
$$;
comment on function public.save_note is
'Writes a note (without p_note_id) or changes one''s own; colleagues it names after an @ get a notice. Returns the '
'change and how many were told. Raises as save_contact does.';

create function private.undo_row_change(change public.row_changes) returns boolean
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  stamps constant text[] := array['updated_at', 'revision'];
  current_row jsonb;
  touched int;
begin
  execute format('select to_jsonb(t) from public.%I t where t.id = $1', change.table_name)
  into current_row using change.row_id;
  if current_row - stamps is distinct from change.after - stamps then
    return false;
  end if;
  if change.operation = 'insert' then
    execute format('delete from public.%I t where t.id = $1', change.table_name) using change.row_id;
  elsif change.table_name = 'customers' then
    update public.customers c
    set
      name = b.name, domain = b.domain, industry = b.industry, country = b.country, segment = b.segment,
      customer_since = b.customer_since, time_zone = b.time_zone, summary = b.summary, competitor = b.competitor,
      status = b.status
    from jsonb_populate_record(null::public.customers, change.before) b where c.id = b.id;
  elsif change.table_name = 'contacts' then
    update public.contacts k
    set
      name = b.name, title = b.title, email = b.email, role = b.role, influence = b.influence,
      sentiment = b.sentiment, last_contact_on = b.last_contact_on, status = b.status, left_on = b.left_on,
      replaced_by = b.replaced_by
    from jsonb_populate_record(null::public.contacts, change.before) b where k.id = b.id;
  elsif change.table_name = 'contracts' then
    update public.contracts k
    set
      starts_on = b.starts_on, ends_on = b.ends_on, term_months = b.term_months, notice_days = b.notice_days,
      auto_renews = b.auto_renews, seats = b.seats, annual_price_per_seat = b.annual_price_per_seat,
      discount_percent = b.discount_percent, uplift_cap_percent = b.uplift_cap_percent, modules = b.modules
    from jsonb_populate_record(null::public.contracts, change.before) b where k.id = b.id;
  else
    update public.notes n set kind = b.kind, body = b.body, happened_on = b.happened_on
    from jsonb_populate_record(null::public.notes, change.before) b where n.id = b.id;
  end if;
  get diagnostics touched = row_count;
  if touched = 0 then
    raise sqlstate 'PT403' using message = 'You can no longer change this.',
      hint = 'The customer may have been handed over. Ask its owner.';
  end if;
  return true;
end;
$$;
comment on function private.undo_row_change is
'Gives a row back what it was before a change; false if it is no longer as the change left it. Raises PT403.';

create function public.undo_customer_change(p_change_id uuid) returns uuid
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  undo constant uuid := private.begin_customer_change();
  made constant public.row_changes[] := array(
    select c from public.row_changes c
    where c.source_id = p_change_id and c.source = 'person' and c.changed_by = auth.uid()
      and c.table_name in ('customers', 'contacts', 'contracts', 'notes') and c.operation <> 'delete'
    order by c.number desc);
  change public.row_changes;
begin
  if cardinality(made) = 0 then
    raise sqlstate 'PT404' using message = 'This change does not exist, or is not yours.';
  elsif made[1].changed_at < now() - interval '24 hours' then
    raise sqlstate 'PT409' using message = 'This is more than a day old and can no longer be undone.',
      hint = 'Change it by hand.';
  end if;
  perform private.lock_contracts(x.customer_id)
  from (select distinct m.customer_id from unnest(made) m where m.table_name = 'contracts') x;
  foreach change in array made loop
    if not private.undo_row_change(change) then
      raise sqlstate 'PT409' using message = 'Somebody changed this since. Nothing was undone.',
        hint = 'Look at it again, and change it by hand.';
    end if;
  end loop;
  return undo;
end;
$$;
comment on function public.undo_customer_change is
'Takes back one''s own change of a customer, its contacts, contract or notes within a day, whole or not at all. Raises '
'PT403, PT404, PT409 if a row was changed since.';

grant execute on function private.begin_customer_change, private.require_writable_customer, private.require_fields,
private.raise_edited_meanwhile, private.raise_unreadable_value, public.save_customer, private.insert_contact,
public.save_contact, public.leave_contact, public.save_contract, private.notify_mentioned, public.save_note,
private.undo_row_change, public.undo_customer_change to authenticated;
