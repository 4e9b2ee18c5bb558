"""Budgets of the model: who sets and sees them, what is refused, and which month an answer belongs to."""

from typing import Any

import pytest

from tests.database.factories import fetch_value
from tests.database.rpc import assert_refused, call_rpc

BUDGETS = {"unit": "tokens", "per_person": 20_000, "of_company": 100_000, "time_zone": "Pacific/Auckland"}


@pytest.fixture
def company(new_company):
    return new_company()


def save(member, **changes: Any) -> dict[str, Any]:
    revision = call_rpc(member, "company_settings")["revision"]
    return call_rpc(member, "save_model_budgets", p_budgets=BUDGETS | changes, p_revision=revision)


def test_an_admin_sets_them_and_members_read_them(company):
    saved = save(company.admin)
    assert (saved["model_budget_unit"], saved["time_zone"], saved["revision"]) == ("tokens", "Pacific/Auckland", 2)
    assert float(call_rpc(company.csm, "company_settings")["model_budget_per_person"]) == 20_000
    assert save(company.admin, per_person=None, of_company=None)["model_budget_of_company"] is None


def test_others_do_not_set_them_and_do_not_see_what_the_company_uses(company, new_company):
    for member in (company.csm, company.manager):
        with assert_refused("PT403", "Only an admin can change settings."):
            save(member)
        with assert_refused("PT403", "Only an admin can see what the company uses of the model."):
            call_rpc(member, "model_use_of_company")
    save(company.admin)
    assert call_rpc(new_company().csm, "company_settings")["model_budget_per_person"] is None
    assert call_rpc(company.admin, "model_use_of_company") == {"tokens": 0, "usd": 0, "tokens_without_cost": 0}


def test_a_csm_cannot_write_them_over_rest(company):
    save(company.admin)
    query = company.csm.client.table("company_settings").update({"model_budget_per_person": 10**9})
    with pytest.raises(Exception, match="permission denied"):
        query.eq("company_id", str(company.id)).execute()
    assert float(call_rpc(company.csm, "company_settings")["model_budget_per_person"]) == 20_000


def test_budgets_saved_meanwhile_are_not_overwritten(company):
    save(company.admin)
    with assert_refused("PT409", "Somebody else saved the settings meanwhile."):
        call_rpc(company.admin, "save_model_budgets", p_budgets=BUDGETS, p_revision=1)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"unit": "euro"}, "tokens or in US dollars"),
        ({"unit": None}, "tokens or in US dollars"),
        ({"per_person": 0}, "each person as a number above zero"),
        ({"per_person": -5}, "each person as a number above zero"),
        ({"per_person": "many"}, "each person as a number above zero"),
        ({"of_company": 10**13}, "the company as a number above zero"),
        ({"per_person": 200_000}, "cannot be above that of the company"),
        ({"time_zone": "Mars/Olympus"}, "There is no time zone"),
        ({"time_zone": None}, "Choose a time zone"),
    ],
)
def test_what_is_no_budget_is_refused(company, wrong, words):
    with assert_refused("PT400", words):
        save(company.admin, **wrong)


def test_a_month_begins_in_the_time_zone_of_the_company(company, sql):
    for zone in ("Pacific/Auckland", "America/Los_Angeles", "UTC"):
        save(company.admin, time_zone=zone)
        begun = fetch_value(sql, "select private.model_month(%s) at time zone %s", company.id, zone)
        assert (begun.day, begun.hour, begun.minute, begun.second) == (1, 0, 0, 0)
