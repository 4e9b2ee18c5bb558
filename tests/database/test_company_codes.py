"""Reasons to skip and outcomes, as an admin changes them for their company."""

from typing import Any

import pytest

from lib.customers.account_repository import AccountRepository
from lib.ui.settings.reason_and_outcome_rows import build_reasons_and_outcomes
from tests.database.action_calls import skip
from tests.database.factories import fetch_rows, fetch_value
from tests.database.rpc import assert_refused, call_rpc

MERGER = {"code": None, "label": "They merge", "needs_words": True, "is_archived": False}


@pytest.fixture
def company(new_company):
    return new_company()


def codes_of(member) -> dict[str, Any]:
    return build_reasons_and_outcomes(AccountRepository(member.client).fetch_company_rules())


def save(member, codes: dict[str, Any], revision: int = 1) -> dict[str, Any]:
    return call_rpc(member, "save_company_codes", p_codes=codes, p_revision=revision)


def with_reason(codes: dict[str, Any], code: str | None, /, **changes: Any) -> dict[str, Any]:
    """`codes` with one reason changed, or with a further one."""
    if code is None:
        return codes | {"skip_reasons": [*codes["skip_reasons"], MERGER | changes]}
    return codes | {"skip_reasons": [
        each | (changes if each["code"] == code else {}) for each in codes["skip_reasons"]
    ]}  # fmt: skip


def with_outcome(codes: dict[str, Any], code: str, **changes: Any) -> dict[str, Any]:
    return codes | {"outcome_codes": [
        each | (changes if each["code"] == code else {}) for each in codes["outcome_codes"]
    ]}  # fmt: skip


def own_rows(sql, company, table: str) -> list[str]:
    found = fetch_rows(sql, f"select code from public.{table} where company_id = %s order by code", company.id)
    return [each["code"] for each in found]


def test_only_what_changes_is_copied_from_stock(company, sql):
    codes = codes_of(company.admin)
    save(company.admin, codes)
    assert (own_rows(sql, company, "skip_reasons"), own_rows(sql, company, "outcome_codes")) == ([], [])
    save(company.admin, with_outcome(with_reason(codes, "no_data", label="No figures"), "churned", label="Left us"), 2)
    assert own_rows(sql, company, "skip_reasons") == ["no_data"]
    assert own_rows(sql, company, "outcome_codes") == ["churned"]
    rules = AccountRepository(company.csm.client).fetch_company_rules()
    assert rules.find_skip_reason("no_data").label == "No figures"
    assert rules.format_outcome("churned") == "Left us"
    assert len(rules.skip_reasons) == 6


def test_a_new_reason_gets_a_code_and_is_used(company, new_run, sql):
    run = new_run(company)
    codes = with_reason(with_reason(codes_of(company.admin), None), None, label="They, merge!")
    save(company.admin, codes)
    first, second = own_rows(sql, company, "skip_reasons")
    assert (first, second[:12]) == ("they_merge", "they_merge_x"[:11] + second[11])
    with assert_refused("PT400", "Say why, in your own words."):
        skip(company.csm, run, slide="greeting", reason="they_merge")
    skip(company.csm, run, slide="greeting", reason="they_merge", words="With Borealis.")


def test_a_label_in_another_script_gets_a_code_too(company, sql):
    save(company.admin, with_reason(codes_of(company.admin), None, label="合併"))
    assert own_rows(sql, company, "skip_reasons") == ["own"]


def test_an_archived_reason_is_refused_and_stays_where_it_was_used(company, new_run, sql):
    run, other = new_run(company), new_run(company)
    skip(company.csm, run, slide="greeting", reason="no_data")
    save(company.admin, with_reason(codes_of(company.admin), "no_data", is_archived=True))
    with assert_refused("PT400", "Choose a reason."):
        skip(company.csm, other, slide="greeting", reason="no_data")
    rules = AccountRepository(company.csm.client).fetch_company_rules()
    assert "no_data" not in {each.code for each in rules.list_skip_reasons()}
    assert rules.find_skip_reason("no_data").label == "No data for this"
    used = "select skip_reason from public.workflow_step_executions where execution_id = %s and slide_id = 'greeting'"
    assert fetch_value(sql, used, run) == "no_data"
    save(company.admin, with_reason(codes_of(company.admin), "no_data", is_archived=False), 2)
    skip(company.csm, other, slide="greeting", reason="no_data")


def test_an_archived_outcome_ends_no_run_and_is_none_of_the_choices(company, sql):
    save(company.admin, with_outcome(codes_of(company.admin), "no_decision", is_archived=True))
    rules = AccountRepository(company.csm.client).fetch_company_rules()
    assert "no_decision" not in {each.code for each in rules.list_outcome_codes("renewal")}
    assert rules.format_outcome("no_decision") == "No decision"
    require = "select private.require_outcome(%s, 'renewal', %s, 10, 'Because', null)"
    sql.execute(require, [company.id, "renewed"])
    with pytest.raises(Exception, match="Choose an outcome"):
        sql.execute(require, [company.id, "no_decision"])


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda codes: [], "cannot be read"),
        (lambda codes: codes | {"extra": "x" * 900_000}, "cannot be read"),
        (lambda codes: {"skip_reasons": codes["skip_reasons"]}, "cannot be read"),
        (lambda codes: with_reason(codes, "no_data", padding="x"), "cannot be read"),
        (lambda codes: with_reason(codes, "no_data", needs_words="yes"), "cannot be read"),
        (lambda codes: with_reason(codes, "no_data", label=7), "cannot be read"),
        (lambda codes: with_reason(codes, None, code="unknown"), "cannot be read"),
        (lambda codes: with_outcome(codes, "churned", categories=["sale"]), "cannot be read"),
        (lambda codes: with_outcome(codes, "churned", categories="renewal"), "cannot be read"),
        (lambda codes: codes | {"skip_reasons": [MERGER] * 61}, "cannot be read"),
        (lambda codes: with_reason(codes, "no_data", label=" "), "needs a label"),
        (lambda codes: with_reason(codes, "no_data", label="x" * 81), "80 characters"),
        (lambda codes: with_reason(codes, "no_data", label="something ELSE"), "stands twice"),
        (lambda codes: codes | {"skip_reasons": codes["skip_reasons"][1:]}, "archived, not left out"),
        (lambda codes: codes | {"skip_reasons": [e | {"is_archived": True} for e in codes["skip_reasons"]]},
         "at least one reason"),
        (lambda codes: with_outcome(codes, "churned", categories=[]), "Choose which workflows may end with “Lost”"),
        (lambda codes: with_outcome(with_outcome(
            with_outcome(codes, "contact_secured", is_archived=True), "risk_accepted", is_archived=True),
            "no_decision", is_archived=True), "at least one outcome for risk"),
    ],
)  # fmt: skip
def test_lists_that_make_no_sense_are_refused_in_words(company, wrong, words):
    with assert_refused("PT400", words):
        save(company.admin, wrong(codes_of(company.admin)))
    assert call_rpc(company.admin, "company_settings")["revision"] == 1


def test_only_an_admin_saves_and_only_for_their_company(company, new_company):
    codes = with_reason(codes_of(company.admin), None)
    for member in (company.csm, company.manager):
        with assert_refused("PT403", "Only an admin can change reasons and outcomes."):
            save(member, codes)
    save(company.admin, codes)
    other = new_company()
    assert "They merge" not in {each["label"] for each in codes_of(other.csm)["skip_reasons"]}
    with assert_refused("PT400", "cannot be read"):
        save(other.admin, codes_of(company.admin))


def test_lists_that_somebody_else_saved_meanwhile_are_not_replaced(company):
    codes = codes_of(company.admin)
    save(company.admin, with_reason(codes, None))
    with assert_refused("PT409", "Somebody else saved the settings meanwhile."):
        save(company.admin, codes_of(company.admin), 1)


def test_a_change_is_in_the_history_with_before_and_after(company, sql):
    save(company.admin, with_reason(codes_of(company.admin), "no_data", label="No figures"))
    save(company.admin, with_reason(codes_of(company.admin), "no_data", is_archived=True), 2)
    first, second = fetch_rows(
        sql,
        "select operation, before, after, changed_by from public.row_changes "
        "where company_id = %s and table_name = 'skip_reasons' order by number",
        company.id,
    )
    assert (first["operation"], second["operation"], second["changed_by"]) == ("insert", "update", company.admin.id)
    assert (second["before"]["is_archived"], second["after"]["is_archived"]) == (False, True)
