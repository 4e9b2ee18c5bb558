-- How a company counts and reckons: currency, locale, fiscal year, working days and holidays, how long chats are kept,
-- what its language model may cost (model_budgets.sql).
-- Members read it, admins save it as a whole. Each company has one row of settings from its beginning.

-- As lib/text/regional_format.py has them from Babel; a test holds both equal.
create function private.currency_codes() returns text[]
language sql immutable set search_path = ''
as $$
  select regexp_split_to_array(btrim('
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
    CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG
    HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL
    MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR
    RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS
    UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
  ', E' \n'), '\s+')
$$;
comment on function private.currency_codes is 'The ISO 4217 codes of the money in use somewhere.';

create function private.locale_codes() returns text[]
language sql immutable set search_path = ''
as $$
  select regexp_split_to_array(btrim('
    cs_CZ da_DK de_AT de_CH de_DE en_AU en_CA en_GB en_IE en_IN en_NZ en_SG en_US en_ZA es_AR es_CL es_CO es_ES
    es_MX et_EE fi_FI fr_BE fr_CA fr_CH fr_FR hr_HR hu_HU id_ID is_IS it_CH it_IT ja_JP ko_KR lt_LT lv_LV nb_NO
    nl_BE nl_NL pl_PL pt_BR pt_PT ro_RO sk_SK sl_SI sv_SE tr_TR uk_UA zh_CN zh_TW
  ', E' \n'), '\s+')
$$;
comment on function private.locale_codes is 'The locales a company can write its numbers in.';

create table public.company_settings (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null unique references public.companies (id),
  currency text not null default 'USD' check (currency = any(private.currency_codes())),
  locale text not null default 'en_US' check (locale = any(private.locale_codes())),
  fiscal_year_start_month int not null default 1 check (fiscal_year_start_month between 1 and 12),
  working_weekdays int[] not null default '{1,2,3,4,5}' check (
    working_weekdays <@ '{1,2,3,4,5,6,7}' and cardinality(working_weekdays) between 1 and 7
  ),
  chat_retention_days int check (chat_retention_days between 30 and 3650),
  time_zone text not null default 'UTC',
  model_budget_unit text not null default 'tokens' check (model_budget_unit in ('tokens', 'usd')),
  model_budget_per_person numeric(14, 2) check (model_budget_per_person between 0.01 and 999999999999.99),
  model_budget_of_company numeric(14, 2) check (model_budget_of_company between 0.01 and 999999999999.99),
  revision int not null default 1,
  created_at private.moment not null default now(),
  updated_at private.moment not null default now()
);
comment on table public.company_settings is 'Settings of a company: one row each.';
comment on column public.company_settings.id is 'Identity of the row.';
comment on column public.company_settings.company_id is 'Tenant.';
comment on column public.company_settings.currency is 'ISO 4217 code of the currency amounts are in.';
comment on column public.company_settings.locale is 'Language and region in which money and numbers are written, such as en_US.';
comment on column public.company_settings.fiscal_year_start_month is 'Month the fiscal year begins with, 1 to 12.';
comment on column public.company_settings.working_weekdays is 'ISO numbers of the weekdays worked: Monday is 1.';
comment on column public.company_settings.chat_retention_days is
'Days conversations are kept; null to keep them for good.';
comment on column public.company_settings.time_zone is 'IANA name; the month of the model''s budgets begins in it.';
comment on column public.company_settings.model_budget_unit is 'What the budgets of the model are in: tokens or usd.';
comment on column public.company_settings.model_budget_per_person is
'What each person may use of the model in a calendar month; null: no limit.';
comment on column public.company_settings.model_budget_of_company is
'What the company may use of the model in a calendar month; null: no limit.';
comment on column public.company_settings.revision is 'Grows with every update; compare-and-set.';
comment on column public.company_settings.created_at is 'When the row was inserted.';
comment on column public.company_settings.updated_at is 'When the row last changed.';
create trigger touch before update on public.company_settings for each row execute function private.touch_updated_at();
create trigger require_time_zone before insert or update of time_zone on public.company_settings
for each row execute function private.require_time_zone();
create trigger revise before update on public.company_settings
for each row execute function private.increment_revision();
create trigger record_insert after insert on public.company_settings referencing new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_update after update on public.company_settings
referencing old table as old_rows new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_delete after delete on public.company_settings referencing old table as old_rows
for each statement execute function private.record_row_changes();

create table public.company_holidays (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null references public.companies (id),
  day private.day not null,
  name text not null check (length(name) between 1 and 100 and not private.is_blank(name)),
  created_at private.moment not null default now(),
  unique (company_id, day)
);
comment on table public.company_holidays is 'A day on which a company does not work.';
comment on column public.company_holidays.id is 'Identity of the holiday.';
comment on column public.company_holidays.company_id is 'Tenant.';
comment on column public.company_holidays.day is 'The day.';
comment on column public.company_holidays.name is 'Name of the holiday.';
comment on column public.company_holidays.created_at is 'When the row was inserted.';
create trigger record_insert after insert on public.company_holidays referencing new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_update after update on public.company_holidays
referencing old table as old_rows new table as new_rows
for each statement execute function private.record_row_changes();
create trigger record_delete after delete on public.company_holidays referencing old table as old_rows
for each statement execute function private.record_row_changes();

alter table public.company_settings enable row level security;
alter table public.company_holidays enable row level security;
revoke all on public.company_settings, public.company_holidays from anon, authenticated;
grant select on public.company_settings, public.company_holidays to authenticated;
create policy "members read their company's settings" on public.company_settings
for select to authenticated using (company_id = (select private.current_company_id()));
create policy "members read their company's holidays" on public.company_holidays
for select to authenticated using (company_id = (select private.current_company_id()));

create function private.create_company_settings() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into public.company_settings (company_id) values (new.id);
  return null;
end;
$$;
comment on function private.create_company_settings is 'After a company is inserted: gives it its row of settings.';
create trigger create_company_settings after insert on public.companies
for each row execute function private.create_company_settings();

create function private.is_working_day(company uuid, day date) returns boolean
language sql stable security definer set search_path = ''
as $$
  select
    coalesce(
      (
        select extract(isodow from day)::int = any(s.working_weekdays) from public.company_settings s
        where s.company_id = company
      ),
      true
    )
    and not exists (
      select 1 from public.company_holidays h where h.company_id = company and h.day = is_working_day.day
    )
$$;
comment on function private.is_working_day is 'True if a company works on a day: by its weekdays and holidays.';

-- Within a year: a company that closes for longer gets the day itself.
create function private.next_working_day(company uuid, day date) returns date
language sql stable security definer set search_path = ''
as $$
  select
    coalesce(
      (
        select day + n from generate_series(0, 366) n where private.is_working_day(company, day + n) order by n limit 1
      ),
      day
    )
$$;
comment on function private.next_working_day is 'A day if the company works on it, else its first working day after.';

create function private.previous_working_day(company uuid, day date) returns date
language sql stable security definer set search_path = ''
as $$
  select
    coalesce(
      (
        select day - n from generate_series(0, 366) n where private.is_working_day(company, day - n) order by n limit 1
      ),
      day
    )
$$;
comment on function private.previous_working_day is
'A day if the company works on it, else its last working day before.';

create function private.fiscal_year_start_month(company uuid) returns int
language sql stable security definer set search_path = ''
as $$
  select coalesce((select s.fiscal_year_start_month from public.company_settings s where s.company_id = company), 1)
$$;
comment on function private.fiscal_year_start_month is 'The month the fiscal year of a company begins with, 1 to 12.';

-- A fiscal year is named after the calendar year it ends in: one that begins in February 2026 is FY27.
create function private.quarter_of_day(day date, start_month int, out starts_on date, out label text)
language sql stable set search_path = ''
as $$
  with months as (
    select date_trunc('month', day) as month, (extract(month from day)::int + 12 - start_month) % 12 as into_year
  )
  select
    (m.month - make_interval(months => m.into_year % 3))::date,
    'FY' || to_char(m.month + make_interval(months => 11 - m.into_year), 'YY') || ' Q' || m.into_year / 3 + 1
  from months m
  where day is not null
$$;
comment on function private.quarter_of_day is
'The fiscal quarter that a day is in, of fiscal years that begin with a month: its first day, and its label such as '
'FY27 Q1.';

create function private.fiscal_quarter(company uuid, day date, out starts_on date, out label text)
language sql stable security definer set search_path = ''
as $$ select q.starts_on, q.label from private.quarter_of_day(day, private.fiscal_year_start_month(company)) q $$;
comment on function private.fiscal_quarter is
'The fiscal quarter of a company that a day is in, as quarter_of_day. Reads the settings: for many days take the month '
'once.';

create function private.fiscal_quarters(company uuid, first_day date, last_day date) returns jsonb
language sql stable security definer set search_path = ''
as $$
  with year as materialized (select private.fiscal_year_start_month(company) as start_month)
  select coalesce(jsonb_agg(to_jsonb(x) order by x.starts_on), '[]')
  from (
    select distinct q.starts_on, q.label
    from year y
    cross join generate_series(date_trunc('month', first_day), last_day, interval '1 month') m (month)
    cross join private.quarter_of_day(m.month::date, y.start_month) q
  ) x
$$;
comment on function private.fiscal_quarters is
'The fiscal quarters of a company from a day to another, the earliest first.';

create function private.company_settings(company uuid) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select
    to_jsonb(s) - array['id', 'company_id', 'created_at', 'updated_at']
    || jsonb_build_object('holidays', coalesce(
      (
        select jsonb_agg(jsonb_build_object('day', h.day, 'name', h.name) order by h.day)
        from public.company_holidays h where h.company_id = company
      ), '[]'
    ))
  from public.company_settings s where s.company_id = company
$$;
comment on function private.company_settings is 'The settings and holidays of a company.';

create function public.company_settings() returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
begin
  perform private.require_member();
  return private.company_settings(private.current_company_id());
end;
$$;
comment on function public.company_settings is 'The settings, holidays and revision of the signed-in person''s company.';

create function private.holiday_errors(holidays jsonb) returns text[]
language sql immutable set search_path = ''
as $$
  select case
    when jsonb_typeof(holidays) is distinct from 'array' then array['The holidays cannot be read.']
    when jsonb_array_length(holidays) > 500 then array['At most 500 holidays are kept.']
    else array[
      (
        select format('“%s” is not a day.', left(h ->> 'day', 40)) from jsonb_array_elements(holidays) h
        where private.parse_day(h ->> 'day') is null limit 1
      ),
      (
        select format('%s stands twice.', h ->> 'day') from jsonb_array_elements(holidays) h
        group by h ->> 'day' having count(*) > 1 limit 1
      ),
      (
        select private.text_error(btrim(h ->> 'name'), 100, format('Name the holiday on %s.', left(h ->> 'day', 40)))
        from jsonb_array_elements(holidays) h
        where private.text_error(btrim(h ->> 'name'), 100, 'x') is not null limit 1
      )
    ]
  end
$$;
comment on function private.holiday_errors is 'The errors of a list of holidays, as sentences and nulls.';

create function private.settings_errors(settings jsonb) returns text[]
language sql immutable set search_path = ''
as $$
  select array[
    case when not coalesce(settings ->> 'currency' = any(private.currency_codes()), false)
      then 'Choose a currency by its code, such as USD.' end,
    case when not coalesce(settings ->> 'locale' = any(private.locale_codes()), false)
      then 'Choose a language and region, such as en_US.' end,
    case when not coalesce(settings ->> 'fiscal_year_start_month' ~ '^([1-9]|1[0-2])$', false)
      then 'Choose the month the fiscal year begins with.' end,
    case when
      jsonb_typeof(settings -> 'working_weekdays') is distinct from 'array'
      or not settings -> 'working_weekdays' <@ '[1, 2, 3, 4, 5, 6, 7]'
      or jsonb_path_exists(settings, '$.working_weekdays[*] ? (@.type() != "number")')
      or jsonb_array_length(settings -> 'working_weekdays') not between 1 and 7
      then 'Choose at least one working day.' end,
    case when not coalesce(settings ->> 'chat_retention_days' ~ '^\d{2,4}$', true)
      or (settings ->> 'chat_retention_days')::int not between 30 and 3650
      then 'Keep conversations for 30 to 3,650 days, or for good.' end
  ] || private.holiday_errors(settings -> 'holidays')
$$;
comment on function private.settings_errors is 'The errors of the settings of a company, as sentences and nulls.';

create function private.save_holidays(company uuid, holidays jsonb) returns void
language sql volatile security definer set search_path = ''
as $$
  with wanted as (
    select (h ->> 'day')::date as day, btrim(h ->> 'name') as name from jsonb_array_elements(holidays) h
  ), removed as (
    delete from public.company_holidays h where h.company_id = company and h.day not in (select w.day from wanted w)
  )
  insert into public.company_holidays as h (company_id, day, name)
  select company, w.day, w.name from wanted w
  on conflict (company_id, day) do update set name = excluded.name where h.name <> excluded.name
$$;
comment on function private.save_holidays is 'Makes a list of days and names the holidays of a company.';

create function private.begin_settings_change(company uuid, revision int) returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform from public.company_settings s
  where s.company_id = company and s.revision = begin_settings_change.revision for update;
  if not found then
    raise sqlstate 'PT409' using message = 'Somebody else saved the settings meanwhile.',
      detail = private.company_settings(company)::text, hint = 'Load them again; nothing was changed.';
  end if;
  perform private.begin_change('settings');
end;
$$;
comment on function private.begin_settings_change is
'Holds the settings of a company, with all that is saved beside them, as they were read. Raises PT409 with the settings '
'where the revision is an earlier one.';

create function private.save_company_settings(p_settings jsonb, p_revision int) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.require_admin('Only an admin can change settings.');
begin
  perform private.raise_invalid(private.settings_errors(p_settings));
  perform private.begin_settings_change(me.company_id, p_revision);
  update public.company_settings s
  set currency = p_settings ->> 'currency', locale = p_settings ->> 'locale',
      fiscal_year_start_month = (p_settings ->> 'fiscal_year_start_month')::int,
      working_weekdays = array(
        select distinct d::numeric::int from jsonb_array_elements_text(p_settings -> 'working_weekdays') d order by 1),
      chat_retention_days = (p_settings ->> 'chat_retention_days')::int
  where s.company_id = me.company_id;
  perform private.save_holidays(me.company_id, p_settings -> 'holidays');
  return private.company_settings(me.company_id);
end;
$$;
comment on function private.save_company_settings is 'See public.save_company_settings.';

create function public.save_company_settings(p_settings jsonb, p_revision int) returns jsonb
language sql volatile security invoker set search_path = ''
as $$ select private.save_company_settings(p_settings, p_revision) $$;
comment on function public.save_company_settings is
'An admin replaces the settings and holidays of their company as they were read at a revision; returns them. Raises '
'PT400 with all errors, PT409 where the revision is an earlier one.';

create function private.save_locale(p_locale text) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
begin
  perform private.raise_invalid(array[
    case when p_locale <> all(private.locale_codes()) then 'Choose a language and region, such as en_US.' end]);
  update public.profiles p set locale = p_locale where p.id = me.id;
end;
$$;
comment on function private.save_locale is 'See public.save_locale.';

create function public.save_locale(p_locale text default null) returns void
language sql volatile security invoker set search_path = '' as $$ select private.save_locale(p_locale) $$;
comment on function public.save_locale is
'Stores in the caller''s profile how money and numbers are written for them; none: as for the company. Raises PT400 for '
'a locale that is not known.';

grant execute on function private.fiscal_year_start_month, private.quarter_of_day, private.fiscal_quarter,
private.fiscal_quarters, private.save_locale, public.save_locale,
private.company_settings, public.company_settings, private.save_company_settings,
public.save_company_settings to authenticated;
