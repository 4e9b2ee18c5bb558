"""Approval limits of roles and persons, and severities with their clocks, as an admin sets them for their company."""

from typing import Any

import pytest

from tests.database.action_calls import escalate
from tests.database.factories import fetch_rows, fetch_value, insert_row
from tests.database.rpc import assert_refused, call_rpc

ROLE_LIMITS = {"csm": 10, "manager": 20, "admin": 30}
SEVERITIES = {"critical": ("Critical", 1), "high": ("High", 2), "medium": ("Medium", 7), "low": ("Low", 14)}
LEGAL = {"code": None, "label": "Legal", "response_days": 3, "is_archived": False}


def limits(
    days: dict[str, Any] | None = None, *more: dict[str, Any], archived: str | None = None, **roles: Any
) -> dict[str, Any]:
    """Stock's limits with other days, further severities, one archived, other limits of roles."""
    return {
        "role_limits": ROLE_LIMITS | roles,
        "severities": [
            {
                "code": code, "label": label, "response_days": (days or {}).get(code, usual),
                "is_archived": code == archived,
            }
            for code, (label, usual) in SEVERITIES.items()
        ] + list(more),
    }  # fmt: skip


LIMITS = limits()


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
        ({"role_limits": ROLE_LIMITS}, "days of “Critical”"),
        ({"role_limits": ROLE_LIMITS, "severities": "x"}, "severities cannot be read"),
        ({"role_limits": ROLE_LIMITS, "severities": [7]}, "severities cannot be read"),
        (limits({}, LEGAL | {"label": " "}), "needs a label"),
        (limits({}, LEGAL | {"label": "critical"}), "stands twice"),
        (limits({}, LEGAL | {"label": "Legal: now"}), "Leave “:” out"),
        (limits({}, LEGAL | {"label": "x" * 51}), "at most 50 characters"),
        (limits({}, LEGAL | {"code": "unknown"}), "codes cannot be read"),
        (limits({}, LEGAL | {"response_days": None}), "days of “Legal”"),
        (limits() | {"person_limits": "x"}, "limits of persons cannot be read"),
        (limits() | {"person_limits": None}, "limits of persons cannot be read"),
        (limits() | {"person_limits": [{"person_id": "x", "up_to_percent": 5}]}, "Choose people of your company"),
        (limits() | {"person_limits": [{"person_id": "x", "up_to_percent": 5, "role": 1}]}, "cannot be read"),
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


def with_persons(**given: Any) -> dict[str, Any]:
    """Limits with these persons, by the id that names the keyword's member."""
    return limits() | {"person_limits": [{"person_id": str(who.id), "up_to_percent": to} for who, to in given.values()]}


def test_a_person_gets_a_limit_of_their_own_that_is_changed_and_taken_away(company, sql):
    rules = save(company.admin, with_persons(a=(company.other_csm, 15), b=(company.manager, 25)))
    assert bands_of(rules) == {
        "CSM": 10, company.other_csm.full_name: 15, "manager": 20, company.manager.full_name: 25, "admin": 30,
    }  # fmt: skip
    assert call_rpc(company.other_csm, "company_rules")["own_discount_limit"] == 15
    assert call_rpc(company.csm, "company_rules")["own_discount_limit"] == 10
    rules = save(company.admin, with_persons(a=(company.other_csm, 15), b=(company.manager, 40)), revision=2)
    assert bands_of(rules)[company.manager.full_name] == 40
    history = fetch_rows(
        sql,
        "select operation from public.row_changes where company_id = %s and table_name = 'approval_bands'"
        " order by number",
        company.id,
    )
    assert [each["operation"] for each in history] == ["insert"] * 5 + ["update"]
    assert len(bands_of(save(company.admin, with_persons(), revision=3))) == 3


def test_two_persons_may_have_the_same_limit(company):
    rules = save(company.admin, with_persons(a=(company.other_csm, 15), b=(company.csm, 15)))
    assert [float(each["up_to_percent"]) for each in rules["approval_bands"]] == [10, 15, 15, 20, 30]


def test_the_limit_of_a_person_is_above_their_roles_and_a_percentage(company, new_company):
    for to, words in ((10, "may already go to 10% as a CSM"), (None, "Enter the limit of"), (101, "from 0 to 100")):
        with assert_refused("PT400", words):
            save(company.admin, with_persons(a=(company.csm, to)))
    with assert_refused("PT400", "stands twice"):
        save(company.admin, with_persons(a=(company.csm, 15), b=(company.csm, 16)))
    with assert_refused("PT400", "Choose people of your company"):
        save(company.admin, with_persons(a=(new_company().csm, 15)))


def test_the_limit_of_somebody_who_left_counts_no_more(company, sql):
    save(company.admin, with_persons(a=(company.other_csm, 15)))
    sql.execute("update public.profiles set is_active = false where id = %s", [company.other_csm.id])
    assert bands_of(call_rpc(company.admin, "company_rules")) == {"CSM": 10, "manager": 20, "admin": 30}
    with assert_refused("PT400", "Choose people of your company who have not left."):
        save(company.admin, with_persons(a=(company.other_csm, 15)), revision=2)


def test_a_severity_is_added_used_renamed_and_archived(company, new_run, sql):
    rules = save(company.admin, limits({}, LEGAL))
    assert rules["severities"][-1]["label"] == "Legal: answer within 3 days"
    run, other = new_run(company), new_run(company)
    assert "legal" in escalate(company.csm, run, company.manager, severity="legal")["summary"]
    archived = LEGAL | {"code": "legal", "label": "Counsel", "response_days": 4, "is_archived": True}
    rules = save(company.admin, limits({}, archived, archived="low"), revision=2)
    assert {each["code"] for each in rules["severities"] if each["is_archived"]} == {"legal", "low"}
    with assert_refused("PT400", "Choose a severity."):
        escalate(company.csm, other, company.manager, severity="legal")
    shown = call_rpc(company.manager, "inbox")["escalations"]
    assert [each["severity_label"] for each in shown] == ["Counsel"]
    save(company.admin, limits({}, archived | {"is_archived": False}), revision=3)
    escalate(company.csm, other, company.manager, severity="legal")


def test_one_severity_stays(company):
    every = [each | {"is_archived": True} for each in limits()["severities"]]
    with assert_refused("PT400", "Keep at least one severity."):
        save(company.admin, limits() | {"severities": every})
