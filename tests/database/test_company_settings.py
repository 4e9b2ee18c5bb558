"""Settings and holidays of a company: who saves them, what is refused, and what counts as a working day."""

from datetime import date
from typing import Any

import pytest

from lib.text.regional_format import LOCALES, list_currencies
from tests.database.factories import fetch_rows, fetch_value
from tests.database.rpc import assert_refused, call_rpc

HOLIDAYS = [{"day": "2026-12-25", "name": "Christmas"}, {"day": "2027-01-01", "name": "New Year"}]


@pytest.fixture
def company(new_company):
    return new_company()


def read(member) -> dict[str, Any]:
    return call_rpc(member, "company_settings")


def save(member, **changes: Any) -> dict[str, Any]:
    settings = read(member)
    return call_rpc(member, "save_company_settings", p_settings=settings | changes, p_revision=settings["revision"])


def test_a_company_begins_with_settings(company):
    assert read(company.csm) == {
        "currency": "USD",
        "locale": "en_US",
        "fiscal_year_start_month": 1,
        "working_weekdays": [1, 2, 3, 4, 5],
        "chat_retention_days": None,
        "time_zone": "UTC",
        "model_budget_unit": "tokens",
        "model_budget_per_person": None,
        "model_budget_of_company": None,
        "revision": 1,
        "holidays": [],
    }


def test_an_admin_saves_them_as_a_whole(company):
    saved = save(
        company.admin, currency="EUR", locale="de_DE", working_weekdays=[5, 1, 2, 1], holidays=list(reversed(HOLIDAYS))
    )
    assert (saved["currency"], saved["working_weekdays"], saved["revision"]) == ("EUR", [1, 2, 5], 2)
    assert saved["holidays"] == HOLIDAYS
    assert save(company.admin, holidays=HOLIDAYS[1:])["holidays"] == HOLIDAYS[1:]
    assert read(company.csm)["holidays"] == HOLIDAYS[1:]


def test_others_read_and_do_not_save_them(company, new_company):
    for member in (company.csm, company.manager):
        with assert_refused("PT403", "Only an admin can change settings."):
            save(member, currency="EUR")
    other = new_company()
    save(other.admin, currency="EUR")
    assert read(company.csm)["currency"] == "USD"


def test_settings_that_somebody_else_saved_meanwhile_are_not_overwritten(company):
    before = read(company.admin)
    save(company.admin, currency="EUR")
    with assert_refused("PT409", "Somebody else saved the settings meanwhile."):
        call_rpc(company.admin, "save_company_settings", p_settings=before, p_revision=before["revision"])
    assert read(company.admin)["currency"] == "EUR"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"currency": "euro"}, "Choose a currency"),
        ({"currency": None}, "Choose a currency"),
        ({"currency": "XXX"}, "Choose a currency"),
        ({"locale": "German"}, "language and region"),
        ({"locale": "xx_YY"}, "language and region"),
        ({"fiscal_year_start_month": 13}, "month the fiscal year"),
        ({"working_weekdays": []}, "at least one working day"),
        ({"working_weekdays": [8]}, "at least one working day"),
        ({"working_weekdays": ["1"]}, "at least one working day"),
        ({"working_weekdays": "12345"}, "at least one working day"),
        ({"chat_retention_days": 29}, "30 to 3,650 days"),
        ({"chat_retention_days": 30.5}, "30 to 3,650 days"),
        ({"holidays": None}, "cannot be read"),
        ({"holidays": [{"day": "2026-02-30", "name": "X"}]}, "is not a day"),
        ({"holidays": ["2026-12-25"]}, "is not a day"),
        ({"holidays": [HOLIDAYS[0], HOLIDAYS[0]]}, "stands twice"),
        ({"holidays": [{"day": "2026-12-25", "name": " "}]}, "Name the holiday"),
        ({"holidays": [{"day": "2026-12-25", "name": "x" * 101}]}, "At most 100 characters"),
    ],
)
def test_settings_that_make_no_sense_are_refused_in_words(company, wrong, words):
    with assert_refused("PT400", words):
        save(company.admin, **wrong)
    assert read(company.admin)["revision"] == 1


def test_every_save_is_in_the_history_with_before_and_after(company, sql):
    save(company.admin, currency="EUR", holidays=HOLIDAYS)
    save(company.admin, holidays=HOLIDAYS[:1])
    history = fetch_rows(
        sql,
        "select table_name, operation, changed_by, source, before, after from public.row_changes "
        "where company_id = %s and source = 'settings' order by number",
        company.id,
    )
    assert {change["changed_by"] for change in history} == {company.admin.id}
    assert sorted((change["table_name"], change["operation"]) for change in history) == [
        ("company_holidays", "delete"),
        ("company_holidays", "insert"),
        ("company_holidays", "insert"),
        ("company_settings", "update"),
    ]
    (settings,) = (change for change in history if change["table_name"] == "company_settings")
    assert (settings["before"]["currency"], settings["after"]["currency"]) == ("USD", "EUR")


FRIDAY, SATURDAY, MONDAY, TUESDAY = (date(2026, 12, day) for day in (4, 5, 7, 8))


def test_working_days_skip_the_weekend_and_holidays(company, sql):
    save(company.admin, holidays=[{"day": MONDAY.isoformat(), "name": "Closed"}])

    def ask(function: str, day: date) -> Any:
        return fetch_value(sql, f"select private.{function}(%s, %s)", company.id, day)

    assert [ask("is_working_day", day) for day in (FRIDAY, SATURDAY, MONDAY, TUESDAY)] == [True, False, False, True]
    assert [ask("next_working_day", day) for day in (FRIDAY, SATURDAY, MONDAY)] == [FRIDAY, TUESDAY, TUESDAY]
    assert [ask("previous_working_day", day) for day in (TUESDAY, MONDAY)] == [TUESDAY, FRIDAY]
    assert company.csm.client.rpc("company_rules", {}).execute().data["working_days"]["weekdays"] == [1, 2, 3, 4, 5]


def test_a_company_that_is_always_closed_gets_the_day_itself(company, sql):
    sql.execute(
        "insert into public.company_holidays (company_id, day, name) "
        "select %s, date '2026-11-01' + n, 'Closed' from generate_series(0, 500) n",
        [company.id],
    )
    assert fetch_value(sql, "select private.next_working_day(%s, %s)", company.id, MONDAY) == MONDAY


def test_currencies_and_locales_are_those_the_app_can_write(sql):
    assert tuple(fetch_value(sql, "select private.currency_codes()")) == list_currencies()
    assert tuple(fetch_value(sql, "select private.locale_codes()")) == LOCALES


@pytest.mark.parametrize(
    ("first_month", "day", "starts_on", "label"),
    [
        (1, "2026-01-01", date(2026, 1, 1), "FY26 Q1"),
        (1, "2026-12-31", date(2026, 10, 1), "FY26 Q4"),
        (2, "2026-02-01", date(2026, 2, 1), "FY27 Q1"),
        (2, "2027-01-31", date(2026, 11, 1), "FY27 Q4"),
        (7, "2026-06-30", date(2026, 4, 1), "FY26 Q4"),
        (12, "2026-11-30", date(2026, 9, 1), "FY26 Q4"),
        (12, "2028-02-29", date(2027, 12, 1), "FY28 Q1"),
        (1, None, None, None),
    ],
)
def test_a_day_is_in_the_fiscal_quarter_of_its_company(company, sql, first_month, day, starts_on, label):
    sql.execute(
        "update public.company_settings set fiscal_year_start_month = %s where company_id = %s",
        [first_month, company.id],
    )
    found = sql.execute("select * from private.fiscal_quarter(%s, %s::date)", [company.id, day]).fetchone()
    assert found == (starts_on, label)


def test_fiscal_quarters_are_listed_from_a_day_to_another(company, sql):
    listed = fetch_value(sql, "select private.fiscal_quarters(%s, '2026-12-31', '2027-04-01')", company.id)
    assert listed == [
        {"starts_on": "2026-10-01", "label": "FY26 Q4"},
        {"starts_on": "2027-01-01", "label": "FY27 Q1"},
        {"starts_on": "2027-04-01", "label": "FY27 Q2"},
    ]
