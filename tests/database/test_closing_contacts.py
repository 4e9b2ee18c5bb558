"""Who left and who replaces them is written to the contacts when a run about it is completed."""

import uuid
from typing import Any

import pytest

from tests.database.action_calls import fetch_execution, undo
from tests.database.closing_calls import NOTHING, close, customer_of, propose, save, start_renewal
from tests.database.factories import Sql, fetch_rows, insert_customer, insert_row
from tests.database.rpc import assert_refused, call_rpc
from tests.support.companies import Company

LOST_EXECUTIVE = "executive-contact-lost"
SLIDES = ["greeting", "assess-departure", "identify-replacement", "summary"]


@pytest.fixture
def company(books: Company) -> Company:
    return books


@pytest.fixture
def run(company: Company, sql: Sql) -> str:
    return start_renewal(company, sql, slides=SLIDES, category="risk")


@pytest.fixture
def add_contact(company: Company, run: str, sql: Sql):
    def add(name: str, **values: Any) -> str:
        where = {"company_id": company.id, "customer_id": customer_of(sql, run)}
        return str(insert_row(sql, "contacts", **where, name=name, **({"role": "champion"} | values)))

    return add


def contacts(sql: Sql, run: str) -> dict[str, dict[str, Any]]:
    rows = fetch_rows(sql, "select * from public.contacts where customer_id = %s", customer_of(sql, run))
    return {row["name"]: row for row in rows}


def answer(who: Any, run: str, left: dict[str, Any], replaced: dict[str, Any] | None = None) -> None:
    save(who, run, "assess-departure", left)
    if replaced is not None:
        save(who, run, "identify-replacement", replaced)


def test_somebody_named_as_gone_is_marked_as_left_and_replaced_by_whom_was_chosen(company, run, add_contact, sql):
    gone, stays = add_contact("Ines Ortega", title="CFO", role="economic_buyer"), add_contact("Bo Lund")
    left = {"who": "other", "who_else": "ines ortega, CFO", "left_on": "2026-10-01"}
    answer(company.csm, run, left, {"choice": stays})
    proposal = propose(company.csm, run, "contact_secured")
    departure = proposal["contact"]
    assert (departure["id"], departure["left_on"]) == (gone, "2026-10-01")
    assert departure["successor"] == {"id": stays, "name": "Bo Lund", "title": None}
    done = close(company.csm, sql, run, {"contact": departure}, "contact_secured")
    assert done["summary"] == "Completed the run and marked Ines Ortega as left, replaced by Bo Lund."
    row = contacts(sql, run)["Ines Ortega"]
    assert (row["status"], str(row["left_on"]), str(row["replaced_by"])) == ("left", "2026-10-01", stays)
    undo(company.csm, done)
    row = contacts(sql, run)["Ines Ortega"]
    assert (row["status"], row["left_on"], row["replaced_by"]) == ("active", None, None)


def test_a_successor_who_is_not_on_record_is_added_with_the_role_and_gone_after_undo(company, run, add_contact, sql):
    gone = add_contact("Ines Ortega", role="economic_buyer", status="left", left_on="2026-09-01")
    answer(company.csm, run, {"who": gone}, {"choice": "other", "other": "Dana Wu, VP Finance, EMEA"})
    departure = propose(company.csm, run, "contact_secured")["contact"]
    assert departure["successor"] == {"id": None, "name": "Dana Wu", "title": "VP Finance, EMEA"}
    done = close(company.csm, sql, run, {"contact": departure}, "contact_secured")
    added = contacts(sql, run)["Dana Wu"]
    assert (added["title"], added["role"], added["status"]) == ("VP Finance, EMEA", "economic_buyer", "active")
    assert contacts(sql, run)["Ines Ortega"]["replaced_by"] == added["id"]
    undo(company.csm, done)
    assert set(contacts(sql, run)) == {"Ines Ortega"}


def test_whom_one_hopes_to_win_over_replaces_nobody_while_the_risk_is_only_accepted(company, run, add_contact):
    gone, stays = add_contact("Ines Ortega"), add_contact("Bo Lund")
    answer(company.csm, run, {"who": gone}, {"choice": stays})
    assert propose(company.csm, run, "risk_accepted")["contact"]["successor"] is None
    assert propose(company.csm, run, "contact_secured")["contact"]["successor"]["id"] == stays


@pytest.mark.parametrize(
    "left",
    [{}, {"who": "other", "who_else": "Somebody Unknown"}, {"who": str(uuid.uuid4())}, {"who": ["x"]}, {"who": 3}],
)
def test_nobody_on_record_is_no_change(company, run, add_contact, left):
    stays = add_contact("Bo Lund")
    answer(company.csm, run, left, {"choice": stays})
    assert propose(company.csm, run, "contact_secured") == NOTHING


def test_what_the_contacts_say_already_is_no_change(company, run, add_contact):
    stays = add_contact("Bo Lund")
    gone = add_contact("Ines Ortega", status="left", left_on="2026-09-01", replaced_by=stays)
    answer(company.csm, run, {"who": gone, "left_on": "2026-09-01"}, {"choice": stays})
    assert propose(company.csm, run, "contact_secured") == NOTHING


def test_nobody_replaces_themselves_and_a_contact_of_another_customer_is_nobody(company, run, add_contact, sql):
    gone = add_contact("Ines Ortega")
    elsewhere = insert_row(
        sql, "contacts", company_id=company.id, customer_id=customer_of(sql, start_renewal(company, sql)),
        name="Al Foreign", role="user",
    )  # fmt: skip
    for choice in (gone, str(elsewhere)):
        save_replacement(company, run, sql, choice)
        assert propose(company.csm, run, "contact_secured")["contact"]["successor"] is None


def save_replacement(company: Company, run: str, sql: Sql, choice: str) -> None:
    answer_rows = "delete from public.workflow_step_executions where execution_id = %s"
    sql.execute(answer_rows, [run])
    gone = contacts(sql, run)["Ines Ortega"]["id"]
    answer(company.csm, run, {"who": str(gone)}, {"choice": choice})


def test_a_contact_changed_since_it_was_shown_is_left_alone(company, run, add_contact, sql):
    gone = add_contact("Ines Ortega")
    answer(company.csm, run, {"who": gone})
    departure = propose(company.csm, run, "contact_secured")["contact"]
    sql.execute("update public.contacts set title = 'COO' where id = %s", [gone])
    with assert_refused("PT409", "changed since this was shown"):
        close(company.csm, sql, run, {"contact": departure}, "contact_secured")
    assert fetch_execution(sql, run)["status"] == "active"
    assert contacts(sql, run)["Ines Ortega"]["status"] == "active"


def test_undo_is_refused_once_somebody_refers_to_the_contact_that_was_added(company, run, add_contact, sql):
    gone = add_contact("Ines Ortega")
    answer(company.csm, run, {"who": gone}, {"choice": "other", "other": "Dana Wu"})
    changes = {"contact": propose(company.csm, run, "contact_secured")["contact"]}
    done = close(company.csm, sql, run, changes, "contact_secured")
    add_contact("Old Hand", status="left", replaced_by=contacts(sql, run)["Dana Wu"]["id"])
    with assert_refused("PT409", "refers to a contact"):
        undo(company.csm, done)
    assert contacts(sql, run)["Ines Ortega"]["status"] == "left"


def test_the_stock_workflow_of_a_lost_executive_writes_both_contacts_and_undo_takes_both_back(company, sql):
    customer = insert_customer(sql, company.id, company.csm.id)
    where = {"company_id": company.id, "customer_id": customer}
    gone = str(insert_row(sql, "contacts", **where, name="Ines Ortega", role="executive_sponsor"))
    started = call_rpc(company.csm, "start_workflow", p_workflow_id=LOST_EXECUTIVE, p_customer_id=str(customer))
    run = str(started["execution_id"])
    answer(company.csm, run, {"who": gone, "left_on": "2026-10-01"}, {"choice": "other", "other": "Dana Wu, COO"})
    changes = {"contact": propose(company.csm, run, "contact_secured")["contact"]}
    done = close(company.csm, sql, run, changes, "contact_secured")
    rows = contacts(sql, run)
    assert (rows["Dana Wu"]["title"], rows["Dana Wu"]["role"]) == ("COO", "executive_sponsor")
    assert (rows["Ines Ortega"]["status"], rows["Ines Ortega"]["replaced_by"]) == ("left", rows["Dana Wu"]["id"])
    account = call_rpc(company.csm, "customer_page", p_customer_id=str(customer))["account"]
    assert {each["name"]: each["status"] for each in account["contacts"]} == {
        "Ines Ortega": "left",
        "Dana Wu": "active",
    }
    undo(company.csm, done)
    assert {name: row["status"] for name, row in contacts(sql, run).items()} == {"Ines Ortega": "active"}
