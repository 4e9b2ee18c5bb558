-- Lists of codes a company works with. Null company_id is stock, written by this file only; a row of the company's own
-- stands before the stock one of the same code. Approval bands are a list as a whole: a company's own replace stock's.

create table public.outcome_codes (
  id uuid primary key default gen_random_uuid(),
  company_id uuid references public.companies (id),
  code text not null check (code ~ '^[a-z][a-z_]{0,39}$'),
  label text not null check (length(label) between 1 and 80 and not private.is_blank(label)),
  categories text[] not null check (categories <@ array['renewal', 'risk', 'strategy', 'expansion']),
  needs_amount boolean not null default false,
  needs_reason boolean not null default false,
  is_archived boolean not null default false check (not is_archived or company_id is not null),
  position int not null,
  unique nulls not distinct (company_id, code)
);
comment on table public.outcome_codes is 'How a run may end, and what has to be said then.';
comment on column public.outcome_codes.id is 'Identity of the row.';
comment on column public.outcome_codes.company_id is 'Tenant; null for stock.';
comment on column public.outcome_codes.code is 'What workflow_executions.outcome_code holds.';
comment on column public.outcome_codes.label is 'Words on screen.';
comment on column public.outcome_codes.categories is 'Categories of workflows that may end so.';
comment on column public.outcome_codes.needs_amount is 'True when the ARR from now on is demanded.';
comment on column public.outcome_codes.needs_reason is 'True when a reason is demanded.';
comment on column public.outcome_codes.is_archived is 'True when it is offered no more; runs that ended so keep it.';
comment on column public.outcome_codes.position is 'Order on screen.';

create table public.severities (
  id uuid primary key default gen_random_uuid(),
  company_id uuid references public.companies (id),
  code text not null check (code ~ '^[a-z][a-z_]{0,39}$'),
  label text not null check (length(label) between 1 and 80 and not private.is_blank(label)),
  response_days int not null check (response_days between 1 and 365),
  is_archived boolean not null default false check (not is_archived or company_id is not null),
  position int not null,
  unique nulls not distinct (company_id, code)
);
comment on table public.severities is 'How severe an escalation may be, and how soon the first answer is due.';
comment on column public.severities.id is 'Identity of the row.';
comment on column public.severities.company_id is 'Tenant; null for stock.';
comment on column public.severities.code is 'What workflow_escalations.severity holds.';
comment on column public.severities.label is 'Words on screen.';
comment on column public.severities.response_days is 'Days until the first answer is due.';
comment on column public.severities.is_archived is 'True when it is offered no more; what was escalated so keeps it.';
comment on column public.severities.position is 'Order on screen.';

create table public.skip_reasons (
  id uuid primary key default gen_random_uuid(),
  company_id uuid references public.companies (id),
  code text not null check (code ~ '^[a-z][a-z_]{0,39}$'),
  label text not null check (length(label) between 1 and 80 and not private.is_blank(label)),
  needs_words boolean not null default false,
  is_archived boolean not null default false check (not is_archived or company_id is not null),
  position int not null,
  unique nulls not distinct (company_id, code)
);
comment on table public.skip_reasons is 'Why a slide or a run may be skipped.';
comment on column public.skip_reasons.id is 'Identity of the row.';
comment on column public.skip_reasons.company_id is 'Tenant; null for stock.';
comment on column public.skip_reasons.code is 'What skip_reason of runs and steps holds.';
comment on column public.skip_reasons.label is 'Words on screen.';
comment on column public.skip_reasons.needs_words is 'True when the person has to say it in their own words too.';
comment on column public.skip_reasons.is_archived is 'True when it is offered no more; what was skipped for it keeps it.';
comment on column public.skip_reasons.position is 'Order on screen.';

create table public.approval_bands (
  id uuid primary key default gen_random_uuid(),
  company_id uuid references public.companies (id),
  approver_role text check (approver_role in ('csm', 'manager', 'admin')),
  approver_id uuid,
  up_to_percent private.percentage not null,
  foreign key (approver_id, company_id) references public.profiles (id, company_id),
  check (num_nonnulls(approver_role, approver_id) = 1),
  check (approver_id is null or company_id is not null),
  unique nulls not distinct (company_id, approver_role, approver_id)
);
comment on table public.approval_bands is
'Who may give or approve which price below list: a role (and those above it) or a person. Above the largest band an '
'admin records who agreed.';
comment on column public.approval_bands.id is 'Identity of the row.';
comment on column public.approval_bands.company_id is 'Tenant; null for stock.';
comment on column public.approval_bands.approver_role is 'The role that may; null where a person is named.';
comment on column public.approval_bands.approver_id is 'The person who may; null where a role is named.';
comment on column public.approval_bands.up_to_percent is 'The largest difference to the list price, in percent of it.';
create index approval_bands_approver on public.approval_bands (approver_id, company_id);

create trigger record_insert after insert on public.outcome_codes referencing new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_update after update on public.outcome_codes referencing old table as old_rows new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_delete after delete on public.outcome_codes referencing old table as old_rows
for each statement execute function private.record_row_changes();
create trigger record_insert after insert on public.severities referencing new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_update after update on public.severities referencing old table as old_rows new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_delete after delete on public.severities referencing old table as old_rows
for each statement execute function private.record_row_changes();
create trigger record_insert after insert on public.skip_reasons referencing new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_update after update on public.skip_reasons referencing old table as old_rows new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_delete after delete on public.skip_reasons referencing old table as old_rows
for each statement execute function private.record_row_changes();
create trigger record_insert after insert on public.approval_bands referencing new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_update after update on public.approval_bands referencing old table as old_rows new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_delete after delete on public.approval_bands referencing old table as old_rows
for each statement execute function private.record_row_changes();

alter table public.outcome_codes enable row level security;
alter table public.severities enable row level security;
alter table public.skip_reasons enable row level security;
alter table public.approval_bands enable row level security;
revoke all on public.outcome_codes,
public.severities,
public.skip_reasons,
public.approval_bands from anon,
authenticated;
grant select on public.outcome_codes, public.severities, public.skip_reasons, public.approval_bands to authenticated;
grant select,
insert,
update,
delete on public.outcome_codes,
public.severities,
public.skip_reasons,
public.approval_bands
to service_role;
create policy "members read stock and their company's outcome codes" on public.outcome_codes
for select to authenticated
using (
  (company_id is null and (select private.current_company_id()) is not null)
  or company_id = (select private.current_company_id())
);
create policy "members read stock and their company's severities" on public.severities
for select to authenticated
using (
  (company_id is null and (select private.current_company_id()) is not null)
  or company_id = (select private.current_company_id())
);
create policy "members read stock and their company's skip reasons" on public.skip_reasons
for select to authenticated
using (
  (company_id is null and (select private.current_company_id()) is not null)
  or company_id = (select private.current_company_id())
);
create policy "members read stock and their company's approval bands" on public.approval_bands
for select to authenticated
using (
  (company_id is null and (select private.current_company_id()) is not null)
  or company_id = (select private.current_company_id())
);

insert into public.outcome_codes (code, label, categories, needs_amount, needs_reason, position) values
('renewed', 'Renewed', '{renewal}', true, false, 1),
('expanded', 'Expanded', '{renewal,strategy,expansion}', true, false, 2),
('downgraded', 'Renewed for less', '{renewal}', true, true, 3),
('churned', 'Lost', '{renewal}', false, true, 4),
('contact_secured', 'New contact secured', '{risk}', false, false, 5),
('risk_accepted', 'Risk accepted', '{risk}', false, true, 6),
('plan_agreed', 'Plan agreed', '{strategy,expansion}', false, false, 0),
('no_decision', 'No decision', '{renewal,risk,strategy,expansion}', false, true, 8);
insert into public.severities (code, label, response_days, position) values
('critical', 'Critical: answer within 1 day', 1, 1),
('high', 'High: answer within 2 days', 2, 2),
('medium', 'Medium: answer within 7 days', 7, 3),
('low', 'Low: answer within 14 days', 14, 4);
insert into public.skip_reasons (code, label, needs_words, position) values
('not_relevant', 'Does not apply here', false, 1),
('already_done', 'Already done elsewhere', false, 2),
('no_data', 'No data for this', false, 3),
('customer_asked', 'The customer asked us not to', false, 4),
('duplicate', 'Duplicate of another run', false, 5),
('other', 'Something else', true, 6);
insert into public.approval_bands (approver_role, up_to_percent) values
('csm', 10), ('manager', 20), ('admin', 30);

create function private.find_outcome_code(company uuid, category text, code text) returns public.outcome_codes
language sql stable security invoker set search_path = ''
as $$
  select o.* from (
    select x.* from public.outcome_codes x
    where x.code = find_outcome_code.code and (x.company_id = company or x.company_id is null)
    order by x.company_id nulls last limit 1
  ) o
  where category = any(o.categories)
$$;
comment on function private.find_outcome_code is
'The rule of an outcome in a company, for a workflow of a category; null when it may not end so.';

create function private.find_skip_reason(company uuid, code text) returns public.skip_reasons
language sql stable security invoker set search_path = ''
as $$
  select r.* from public.skip_reasons r
  where r.code = find_skip_reason.code and (r.company_id = company or r.company_id is null)
  order by r.company_id nulls last limit 1
$$;
comment on function private.find_skip_reason is 'The rule of a skip reason in a company; null for an unknown one.';

create function private.find_severity(company uuid, code text) returns public.severities
language sql stable security invoker set search_path = ''
as $$
  select s.* from public.severities s
  where s.code = find_severity.code and (s.company_id = company or s.company_id is null)
  order by s.company_id nulls last limit 1
$$;
comment on function private.find_severity is 'The severity of a code in a company, archived or not; null for an unknown one.';

create function private.response_time(company uuid, severity text) returns interval
language sql stable security invoker set search_path = ''
as $$
  select make_interval(days => s.response_days) from private.find_severity(company, severity) s
$$;
comment on function private.response_time is
'How soon an escalation of a severity wants its first answer; null for an unknown severity.';

create function private.compute_response_deadline(
  company uuid, response_days int, started_at timestamptz
) returns timestamptz
language sql stable security definer set search_path = ''
as $$
  select d.due + make_interval(days => private.next_working_day(company, private.today(d.due)) - private.today(d.due))
  from (select started_at + make_interval(days => response_days) as due) d
$$;
comment on function private.compute_response_deadline is
'When a clock of so many days ends that began at a moment: on a working day of the company; null without days.';

create function private.response_deadline(company uuid, severity text) returns timestamptz
language sql stable security definer set search_path = ''
as $$
  select private.compute_response_deadline(company, (private.find_severity(company, severity)).response_days, now())
$$;
comment on function private.response_deadline is
'When an escalation of a severity that is raised now wants its first answer, on a working day of the company; null for '
'an unknown severity.';

create function private.severity_label(company uuid, severity text) returns text
language sql stable security invoker set search_path = ''
as $$
  select coalesce(
    (
      select coalesce(nullif(btrim(split_part(s.label, ':', 1)), ''), s.label) from public.severities s
      where s.code = severity and (s.company_id = company or s.company_id is null)
      order by s.company_id nulls last limit 1
    ),
    replace(severity, '_', ' ')
  )
$$;
comment on function private.severity_label is
'A company''s label of a severity without what follows its colon; the code in words for one that is gone.';

create function private.company_approval_bands(company uuid) returns setof public.approval_bands
language sql stable security invoker set search_path = ''
as $$
  select b.* from public.approval_bands b
  where
    b.company_id is not distinct from
    (select x.company_id from public.approval_bands x where x.company_id = company limit 1)
    and not exists (select 1 from public.profiles p where p.id = b.approver_id and not p.is_active)
$$;
comment on function private.company_approval_bands is
'The approval bands of a company: its own, else stock''s. Without those of people who have left.';

create function private.role_rank(role text) returns int
language sql immutable set search_path = ''
as $$ select array_position(array['csm', 'manager', 'admin'], role) $$;
comment on function private.role_rank is 'Place of a role: who has a higher one may what a lower one may.';

create function private.limit_in_bands(bands public.approval_bands[], role text, person uuid) returns numeric
language sql immutable set search_path = ''
as $$
  select coalesce(max(b.up_to_percent), 0) from unnest(bands) b
  where b.approver_id = person or private.role_rank(b.approver_role) <= private.role_rank(role)
$$;
comment on function private.limit_in_bands is
'How far below list a person of a role may go alone by approval bands, in percent; 0 without a band.';

create function private.discount_limit(company uuid, role text, person uuid default null) returns numeric
language sql stable security invoker set search_path = ''
as $$
  select private.limit_in_bands(array(select b from private.company_approval_bands(company) b), role, person)
$$;
comment on function private.discount_limit is
'How far below list a person of a role in a company may go without anyone else, in percent; 0 without a band.';

create function private.approver_name(role text, person uuid) returns text
language sql stable security invoker set search_path = ''
as $$
  select coalesce(
    (select p.full_name from public.profiles p where p.id = person),
    case role when 'csm' then 'CSM' else role end,
    'admin, with proof'
  )
$$;
comment on function private.approver_name is
'Who approves, in words: a person, else a role; an admin with proof above every band.';

create function private.company_rules(company uuid) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select jsonb_build_object(
    'outcome_codes', (select jsonb_agg(to_jsonb(x) order by x.position, x.code) from (
      select distinct on (o.code) o.* from public.outcome_codes o
      where o.company_id = company or o.company_id is null order by o.code, o.company_id nulls last
    ) x),
    'severities', (select jsonb_agg(to_jsonb(x) order by x.position, x.code) from (
      select distinct on (s.code) s.* from public.severities s
      where s.company_id = company or s.company_id is null order by s.code, s.company_id nulls last
    ) x),
    'skip_reasons', (select jsonb_agg(to_jsonb(x) order by x.position, x.code) from (
      select distinct on (r.code) r.* from public.skip_reasons r
      where r.company_id = company or r.company_id is null order by r.code, r.company_id nulls last
    ) x),
    'approval_bands', (
      select
        jsonb_agg(to_jsonb(b) || jsonb_build_object(
          'approver', private.approver_name(b.approver_role, b.approver_id),
          'is_leader', private.role_rank(coalesce(
            (select p.role from public.profiles p where p.id = b.approver_id), b.approver_role
          )) >= private.role_rank('manager')
        ) order by b.up_to_percent, b.approver_role nulls last, b.approver_id)
      from private.company_approval_bands(company) b
    ),
    'working_days', (
      select jsonb_build_object('weekdays', s.working_weekdays, 'holidays', coalesce((
        select jsonb_agg(h.day order by h.day) from public.company_holidays h
        where h.company_id = company and h.day between private.today() - 7 and private.today() + 800
      ), '[]'))
      from public.company_settings s where s.company_id = company
    ),
    'is_leader', coalesce((
      select private.role_rank(p.role) >= private.role_rank('manager') from public.profiles p
      where p.id = auth.uid() and p.company_id = company
    ), false),
    'own_discount_limit', coalesce(
      (
        select private.discount_limit(company, p.role, p.id) from public.profiles p
        where p.id = auth.uid() and p.company_id = company
      ),
      private.discount_limit(company, 'csm')
    )
  )
$$;
comment on function private.company_rules is
'The codes, approval bands and working days of a company, and the signed-in person''s own limit (a csm''s for the '
'operator).';

create function public.company_rules(p_company_id uuid default null) returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
begin
  -- Two statements: the operator's role may not execute current_company_id, and a plan that contains it is refused.
  if p_company_id is not null then
    return private.company_rules(p_company_id);
  end if;
  return private.company_rules(private.current_company_id());
end;
$$;
comment on function public.company_rules is
'The codes and approval bands of the signed-in person''s company; of the one named, for the operator.';
grant execute on function private.find_outcome_code,
private.find_skip_reason,
private.response_time,
private.severity_label,
private.company_approval_bands,
private.find_severity,
private.role_rank,
private.limit_in_bands,
private.discount_limit,
private.approver_name,
private.company_rules to authenticated, service_role;
grant execute on function public.company_rules to authenticated, service_role;
