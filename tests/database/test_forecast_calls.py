"""Calls on renewals: who gives which, after which one, with what evidence, and who reads them."""

from datetime import timedelta

import pytest

from tests.database.factories import fetch_rows, fetch_value, insert_row
from tests.database.forecast_calls import Renewal, give_call, read_row
from tests.database.rpc import assert_refused, call_rpc


@pytest.fixture
def evident(renewal, today):
    """A renewal with all the evidence of a commit but a price."""

    def make_evident(days: int = 30, **given) -> Renewal:
        due = renewal(**given)
        due.account.insert_contact("economic_buyer", last_contact_on=today - timedelta(days=days))
        return due

    return make_evident


def insert_quote(sql, company, due) -> None:
    run = call_rpc(company.csm, "start_workflow", p_workflow_id="standard-renewal", p_customer_id=str(due.account.id))
    insert_row(
        sql, "quotes", company_id=company.id, execution_id=run["execution_id"], total=1, priced_by=company.csm.id
    )


def list_unmet(person, due, category: str) -> list[str]:
    return call_rpc(person, "renewal_calls", p_contract_id=due.contract)["unmet"][category]


def test_each_call_stays_and_the_latest_counts(renewal, company, sql):
    due = renewal()
    give_call(company.csm, due, "commit")
    give_call(company.csm, due, "lost", revision=1)
    calls = call_rpc(company.csm, "renewal_calls", p_contract_id=due.contract)["calls"]
    assert [(each["category"], each["called_by_name"]) for each in calls] == [
        ("lost", company.csm.full_name), ("commit", company.csm.full_name)
    ]  # fmt: skip
    row = read_row(company.manager, due)
    assert (row["csm_category"], row["csm_revision"]) == ("lost", 2)


@pytest.mark.parametrize("revision", [0, 2])
def test_a_call_after_another_revision_is_a_conflict_with_the_latest(renewal, company, revision):
    due = renewal()
    give_call(company.csm, due, "commit")
    with assert_refused("PT409", "since you opened it"):
        give_call(company.csm, due, "lost", revision=revision)
    assert read_row(company.manager, due)["csm_category"] == "commit"


def test_the_levels_are_revised_apart(renewal, company):
    due = renewal()
    give_call(company.csm, due, "commit")
    give_call(company.manager, due, "likely", level="leader")
    row = read_row(company.manager, due)
    assert (row["csm_category"], row["leader_category"]) == ("commit", "likely")


def test_only_the_owner_or_their_deputy_gives_the_csms_call(renewal, company, sql, today):
    due = renewal()
    for person in (company.other_csm, company.manager, company.admin):
        with assert_refused("PT403", "Only the owner"):
            give_call(person, due)
    insert_row(
        sql, "absences", company_id=company.id, person_id=company.csm.id, deputy_id=company.other_csm.id,
        starts_on=today - timedelta(days=2), ends_on=today + timedelta(days=9), created_by=company.csm.id,
    )  # fmt: skip
    assert give_call(company.other_csm, due)["called_by"] == str(company.other_csm.id)


def test_only_a_leader_gives_the_managers_call(renewal, company):
    due = renewal()
    for person in (company.csm, company.other_csm):
        with assert_refused("PT403", "Only managers"):
            give_call(person, due, level="leader")
    give_call(company.admin, due, level="leader")


def test_a_renewal_that_is_decided_or_not_there_takes_no_call(renewal, company, new_company):
    done = renewal()
    done.complete("renewed", amount=60_000)
    with assert_refused("PT409", "decided already"):
        give_call(company.csm, done)
    with assert_refused("PT404"):
        give_call(new_company().admin, renewal(), level="leader")


@pytest.mark.parametrize(
    ("category", "given", "sentence"),
    [
        ("sure", {}, "Choose a category."),
        ("lost", {"amount": 1}, "remove the amount"),
        ("lost", {"reason": " "}, "Say why it is lost."),
        ("doubtful", {"reason": None}, "Say what stands in the way."),
        ("commit", {"reason": None}, "without this evidence"),
        ("commit", {"amount": -1}, "0 or more"),
        ("commit", {"level": "boss"}, "cannot be read"),
    ],
)
def test_a_call_that_says_too_little_is_refused(renewal, company, category, given, sentence):
    with assert_refused("PT400", sentence):
        give_call(company.csm, renewal(), category, **given)


def test_commit_needs_a_reason_only_while_evidence_is_missing(evident, company, sql):
    due = evident()
    assert give_call(company.csm, due, "commit", reason="Signed on paper.")["unmet"] == ["price"]
    insert_quote(sql, company, due)
    assert give_call(company.csm, due, "commit", reason=None, revision=1)["unmet"] == []


@pytest.mark.parametrize(("days", "is_missing"), [(30, False), (31, True)])
def test_commit_wants_the_economic_buyer_within_thirty_days(evident, company, days, is_missing):
    assert ("buyer_contact" in list_unmet(company.csm, evident(days), "commit")) is is_missing


@pytest.mark.parametrize(("days", "is_missing"), [(60, False), (61, True)])
def test_likely_wants_a_supporter_within_sixty_days(evident, company, days, is_missing):
    assert ("supporter_contact" in list_unmet(company.csm, evident(days), "likely")) is is_missing


def test_somebody_who_left_is_no_evidence(evident, company, sql):
    due = evident()
    sql.execute("update public.contacts set status = 'left' where customer_id = %s", [due.account.id])
    assert "buyer_contact" in list_unmet(company.csm, due, "commit")


@pytest.mark.parametrize(("solved", "is_missing"), [(None, True), (1, False)])
def test_commit_wants_no_open_p1(evident, company, solved, is_missing):
    due = evident()
    due.account.insert_ticket("p1", opened=9, solved=solved)
    assert ("no_open_p1" in list_unmet(company.csm, due, "commit")) is is_missing


def test_neither_commit_nor_likely_goes_with_red_health(sql):
    evidence = (
        '{"today": "2026-11-30", "band": "red", "open_p1": 0, "has_price": true,'
        ' "buyer_contact_on": "2026-11-30", "supporter_contact_on": "2026-11-30"}'
    )
    for category, unmet in (("commit", ["not_red"]), ("likely", ["not_red"]), ("doubtful", []), ("lost", [])):
        assert fetch_value(sql, "select private.unmet_evidence(%s, %s)", category, evidence) == unmet


def test_calls_are_read_by_the_owner_and_leaders_alone(renewal, company, new_company):
    due = renewal()
    give_call(company.csm, due)
    stored = lambda who: who.client.table("forecast_calls").select("id").eq("contract_id", due.contract).execute().data  # noqa: E731
    for person in (company.csm, company.manager, company.admin):
        assert len(stored(person)) == 1
    for person in (company.other_csm, new_company().admin):
        assert stored(person) == []
    with assert_refused("PT404"):
        call_rpc(new_company().admin, "renewal_calls", p_contract_id=due.contract)


def test_a_customer_handed_over_takes_its_calls_along(renewal, company, sql):
    due = renewal()
    give_call(company.csm, due)
    sql.execute("update public.customers set owner_id = %s where id = %s", [company.other_csm.id, due.account.id])
    assert read_row(company.other_csm, due)["csm_category"] == "commit"
    assert give_call(company.other_csm, due, "lost", revision=1)["revision"] == 2


def test_a_contract_that_is_deleted_takes_its_calls_along(renewal, company, sql):
    due = renewal()
    give_call(company.csm, due)
    sql.execute("delete from public.contracts where id = %s", [due.contract])
    assert fetch_rows(sql, "select 1 from public.forecast_calls where contract_id = %s", due.contract) == []
