"""Approval limits by role and clocks of severities, as an admin sets them for their company."""

from typing import Any

import pytest

from tests.database.factories import fetch_rows, fetch_value, insert_row
from tests.database.rpc import assert_refused, call_rpc

LIMITS = {
    "role_limits": {"csm": 10, "manager": 20, "admin": 30},
    "response_days": {"critical": 1, "high": 2, "medium": 7, "low": 14},
}


def limits(days: dict[str, Any] | None = None, **roles: Any) -> dict[str, Any]:
    return {
        "role_limits": LIMITS["role_limits"] | roles,
        "response_days": LIMITS["response_days"] | (days or {}),
    }


@pytest.fixture
def company(new_company):
    return new_company()


def save(member, changed: dict[str, Any], revision: int = 1) -> dict[str, Any]:
    return call_rpc(member, "save_company_limits", p_limits=changed, p_revision=revision)


def bands_of(rules: dict[str, Any]) -> dict[str, float]:
    return {band["approver"]: float(band["up_to_percent"]) for band in rules["approval_bands"]}


def test_an_admin_sets_the_limits_of_the_roles(company, sql):
    rules = save(company.admin, limits(csm=5, manager=12.5))
    assert bands_of(rules) == {"CSM": 5, "manager": 12.5, "admin": 30}
    assert call_rpc(company.csm, "company_rules")["own_discount_limit"] == 5
    assert fetch_value(sql, "select private.discount_limit(%s, 'manager')", company.id) == 12.5


def test_limits_that_stay_are_not_copied_from_stock(company, sql):
    save(company.admin, LIMITS)
    for table in ("approval_bands", "severities"):
        assert fetch_value(sql, f"select count(*) from public.{table} where company_id = %s", company.id) == 0


def test_the_limit_of_a_person_stays(company, sql):
    save(company.admin, limits(csm=5))
    insert_row(sql, "approval_bands", company_id=company.id, approver_id=company.other_csm.id, up_to_percent=15)
    rules = save(company.admin, limits(csm=6), revision=2)
    assert bands_of(rules) == {"CSM": 6, company.other_csm.full_name: 15, "manager": 20, "admin": 30}
    with assert_refused("PT400", "may already go to 15"):
        save(company.admin, limits(csm=15), revision=3)


def test_the_clock_of_a_severity_and_its_label(company):
    rules = save(company.admin, limits({"critical": 3, "high": 5}))
    found = {each["code"]: (each["label"], each["response_days"]) for each in rules["severities"]}
    assert found["critical"] == ("Critical: answer within 3 days", 3)
    assert found["low"] == ("Low: answer within 14 days", 14)
    rules = save(company.admin, limits({"critical": 1, "high": 5}), revision=2)
    assert rules["severities"][0]["label"] == "Critical: answer within 1 day"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (limits(csm=-1), "from 0 to 100"),
        (limits(csm="10"), "from 0 to 100"),
        (limits(csm=None), "from 0 to 100"),
        (limits(admin=100.5), "from 0 to 100"),
        (limits(csm=20), "more than a CSM"),
        (limits(manager=30), "more than a CSM"),
        (limits({"critical": 0}), "days of “Critical”"),
        (limits({"low": 1.5}), "days of “Low”"),
        ({"role_limits": LIMITS["role_limits"]}, "days of “Critical”"),
        ([], "from 0 to 100"),
    ],
)
def test_limits_that_make_no_sense_are_refused_in_words(company, wrong, words):
    with assert_refused("PT400", words):
        save(company.admin, wrong)


def test_only_an_admin_of_the_company_sets_them(company, new_company):
    for member in (company.csm, company.manager):
        with assert_refused("PT403", "Only an admin can change limits."):
            save(member, limits(csm=5))
    save(new_company().admin, limits(csm=5))
    assert bands_of(call_rpc(company.csm, "company_rules"))["CSM"] == 10


def test_limits_saved_meanwhile_are_not_overwritten_and_each_change_is_in_the_history(company, sql):
    save(company.admin, limits(csm=5))
    with assert_refused("PT409", "Somebody else saved the settings meanwhile."):
        save(company.admin, limits(csm=6))
    history = fetch_rows(
        sql,
        "select operation, changed_by from public.row_changes where company_id = %s and table_name = 'approval_bands'",
        company.id,
    )
    assert history == [{"operation": "insert", "changed_by": company.admin.id}] * 3
