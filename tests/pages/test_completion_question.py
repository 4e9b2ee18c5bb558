"""Before a run is completed the page asks what it changes in the book, and writes only what was accepted."""

from datetime import date, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.ui.session_keys import action_button_key, run_button_key
from tests.database.closing_calls import choose_scenario, contracts
from tests.database.factories import fetch_value, insert_row, publish_workflow
from tests.database.rpc import call_rpc
from tests.pages.assertions import button_labels, page_text, primary_labels
from tests.pages.factories import add_customer

PAGE = "workflows/run.py"
SLIDES = ["greeting", "assess-departure", "identify-replacement", "pricing-strategy", "summary"]
DONE = {"p_answers": {}, "p_revision": 0, "p_status": "done", "p_current_slide": "summary"}


@pytest.fixture
def run(sql, company) -> str:
    """A renewal of Alice's for Acme, with nothing left to answer but how it ended."""
    publish_workflow(sql, company.id, "book-question", slides=SLIDES)
    customer = add_customer(sql, company, company.csm, "Acme", notice_in=20)
    started = call_rpc(company.csm, "start_workflow", p_workflow_id="book-question", p_customer_id=customer)
    for slide in SLIDES[:3]:
        call_rpc(company.csm, "save_step", p_execution_id=started["execution_id"], p_slide_id=slide, **DONE)
    return str(started["execution_id"])


def find_widget(page: AppTest, kind: str, name: str) -> Any:
    return next(found for found in page.get(kind) if (found.key or "").endswith(f".{name}"))


def complete(open_page, company, run: str, code: str = "renewed", amount: str = "50000") -> AppTest:
    """The summary after Complete, past the check of the other slides."""
    page = open_page(company.csm, PAGE, execution=run, slide="summary")
    find_widget(page, "button_group", "outcome_code").set_value(code)
    find_widget(page, "text_input", "amount").set_value(amount)
    find_widget(page, "text_area", "reason").set_value("Because.")
    press(page, "complete")
    if "Complete anyway" in button_labels(page):
        press(page, "complete anyway")
    return page


def press(page: AppTest, what: str) -> AppTest:
    return page.button(key=run_button_key(what, "summary")).click().run()


def status_of(sql, run: str) -> str:
    return fetch_value(sql, "select status from public.workflow_executions where id = %s", run)


def test_the_next_contract_is_shown_from_and_to_and_nothing_is_written_yet(open_page, company, run, sql):
    choose_scenario(company.csm, run)
    page = complete(open_page, company, run)
    seen = page_text(page).replace("\\", "")
    for words in ("This changes the book", "Term Current Next", "Source: The chosen scenario;"):
        assert words in seen
    assert {"Complete and add the contract", "Complete, leave the contract as it is"} <= set(button_labels(page))
    assert "The outcome says $50,000 a year, the next contract $51,030." in page.warning[-1].value.replace("\\", "")
    assert primary_labels(page) == ["Complete"]
    assert (status_of(sql, run), len(contracts(sql, run))) == ("active", 1)


def test_accepting_completes_adds_the_contract_and_can_be_undone(open_page, company, run, sql):
    choose_scenario(company.csm, run)
    page = press(complete(open_page, company, run), "book accept")
    assert (status_of(sql, run), len(contracts(sql, run))) == ("completed", 2)
    seen = page_text(page)
    assert "Completed the run and added the contract from" in seen
    undone = fetch_value(sql, "select id from public.saved_action_runs where execution_id = %s and kind = 'close'", run)
    page.button(key=action_button_key("do", f"undo.ending.{undone}")).click().run()
    assert (status_of(sql, run), len(contracts(sql, run))) == ("active", 1)


def test_leaving_the_contract_completes_the_run_only(open_page, company, run, sql):
    choose_scenario(company.csm, run)
    page = press(complete(open_page, company, run), "book leave")
    assert "Completed on" in page_text(page)
    assert (status_of(sql, run), len(contracts(sql, run))) == ("completed", 1)


def test_terms_are_edited_before_they_are_accepted(open_page, company, run, sql):
    choose_scenario(company.csm, run)
    page = complete(open_page, company, run)
    find_widget(page, "text_input", "seats").set_value("119")
    press(page, "book accept")
    assert status_of(sql, run) == "active"
    assert "“Seats” is below 120." in page_text(page).replace("\\", "")
    find_widget(page, "text_input", "seats").set_value("150")
    press(page, "book accept")
    assert contracts(sql, run)[1]["seats"] == 150


def test_another_outcome_is_asked_about_anew(open_page, company, run, sql):
    choose_scenario(company.csm, run)
    page = complete(open_page, company, run)
    find_widget(page, "button_group", "outcome_code").set_value("no_decision").run()
    assert "This changes the book" not in page_text(page)
    press(page, "complete")
    assert (status_of(sql, run), len(contracts(sql, run))) == ("completed", 1)


def test_a_lost_customer_is_churned_only_when_accepted(open_page, company, run, sql):
    page = complete(open_page, company, run, "churned", "")
    assert "becomes **churned**" in page_text(page)
    press(page, "book accept")
    customer = "select c.status from public.customers c join public.workflow_executions e on e.customer_id = c.id"
    assert fetch_value(sql, f"{customer} where e.id = %s", run) == "churned"


def test_who_left_is_shown_and_written_only_when_accepted(open_page, company, run, sql):
    customer = fetch_value(sql, "select customer_id from public.workflow_executions where id = %s", run)
    person = {"company_id": company.id, "customer_id": customer, "name": "Ines Ortega", "role": "champion"}
    gone = insert_row(sql, "contacts", **person)
    left = {"who": str(gone), "left_on": "2026-10-01", "influence": 3, "effect": "slower"}
    step = {"p_slide_id": "assess-departure", "p_answers": left, "p_revision": 1}
    call_rpc(company.csm, "save_step", p_execution_id=run, **step)
    page = complete(open_page, company, run, "no_decision", "")
    assert "Ines Ortega is marked as left on 1 Oct 2026; no successor is known." in page_text(page).replace("\\", "")
    press(page, "book leave")
    status = "select status from public.contacts where id = %s"
    assert (status_of(sql, run), fetch_value(sql, status, gone)) == ("completed", "active")


def test_a_price_without_its_approval_is_no_contract(open_page, company, run, sql):
    choose_scenario(company.csm, run, discount=18)
    page = complete(open_page, company, run)
    assert "The price is not approved yet" in page_text(page) + " ".join(alert.value for alert in page.warning)
    assert "Complete and add the contract" not in button_labels(page)
    press(page, "book leave")
    assert (status_of(sql, run), len(contracts(sql, run))) == ("completed", 1)


def test_a_contract_changed_meanwhile_is_asked_about_again(open_page, company, run, sql):
    choose_scenario(company.csm, run)
    page = complete(open_page, company, run)
    sql.execute("update public.contracts set notice_days = 45 where id = %s", [contracts(sql, run)[0]["id"]])
    press(page, "book accept")
    assert "changed since this was shown" in page_text(page)
    assert status_of(sql, run) == "active"
    press(page, "complete")
    if "Complete anyway" in button_labels(page):
        press(page, "complete anyway")
    press(page, "book accept")
    assert (status_of(sql, run), contracts(sql, run)[1]["notice_days"]) == ("completed", 45)


def test_renewed_for_less_starts_on_the_renewal_date_or_today_if_chosen(open_page, company, run, sql):
    choose_scenario(company.csm, run, seats=50, uplift=0)
    page = complete(open_page, company, run, "downgraded", "22500")
    ends_on = contracts(sql, run)[0]["ends_on"]
    assert ends_on > date.today() + timedelta(days=1)
    start = find_widget(page, "button_group", "starts_on")
    assert start.value == ends_on.isoformat()
    assert "ends on the day the next one starts" not in page_text(page)
    start.set_value(date.today().isoformat()).run()
    assert "ends on the day the next one starts" in page_text(page)
    press(page, "book accept")
    before, after = contracts(sql, run)
    assert (before["ends_on"], after["starts_on"]) == (date.today(), date.today())


def test_without_quote_or_scenario_the_same_terms_are_proposed_again(open_page, company, run, sql):
    arr = str(contracts(sql, run)[0]["arr"])
    page = complete(open_page, company, run, amount=arr)
    assert "Source: The ARR you entered;" in page_text(page)
    press(page, "book accept")
    before, after = contracts(sql, run)
    assert (status_of(sql, run), after["starts_on"], str(after["arr"])) == ("completed", before["ends_on"], arr)


def test_an_arr_that_needs_an_approval_says_where_to_add_the_next_term(open_page, company, run, sql):
    page = complete(open_page, company, run, "downgraded", "100")
    assert "No next contract" in page_text(page)
    said = page.warning[-1].value
    assert "further below list than you may go alone" in said
    assert "on the customer's page, under Contract" in said.replace("\\", "")
    assert "Complete and add the contract" not in button_labels(page)
    assert (status_of(sql, run), len(contracts(sql, run))) == ("active", 1)
    find_widget(page, "text_input", "amount").set_value(str(contracts(sql, run)[0]["arr"])).run()
    assert "Complete without a next contract" not in button_labels(page)
    find_widget(page, "text_input", "amount").set_value("100").run()
    press(page, "book leave")
    assert (status_of(sql, run), len(contracts(sql, run))) == ("completed", 1)
