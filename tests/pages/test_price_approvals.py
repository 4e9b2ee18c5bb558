"""A price below one's limit on the pages: before it is saved, waiting, decided."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.database.factories import fetch_rows
from tests.database.test_price_approvals import quote, save
from tests.pages.assertions import button_labels, find_button, page_text
from tests.pages.dialogs import dialog_field, start_run, submit_dialog
from tests.pages.factories import add_company_workflow, add_customer

SLIDES = ["greeting", "pricing-strategy", "prepare-quote", "summary"]


@pytest.fixture
def run(sql: Any, company: Any) -> str:
    workflow = add_company_workflow(sql, company, company.admin, SLIDES, category="renewal")
    return start_run(company.csm, add_customer(sql, company, company.csm, "Acme"), workflow)


def propose(who: Any, run: str, discount: float) -> None:
    row = {"name": "Offer", "uplift": 0, "discount": discount, "seats": 100}
    save(who, run, "pricing-strategy", {"scenarios": [row], "chosen": "Offer"})


def read_decision(sql: Any, run: str) -> tuple[Any, ...]:
    columns = "status, decided_by, reason, agreed_by, proof"
    (row,) = fetch_rows(
        sql, f"select {columns} from price_approvals where execution_id = %s and superseded_at is null", run
    )
    return tuple(row.values())


def test_the_manager_sees_the_figures_and_approves_with_one_click(open_page, company, run, sql):
    propose(company.csm, run, 15)
    page = open_page(company.manager, "work/inbox.py", section="approvals")
    text = page_text(page)
    assert "$38,250 a year instead of $45,000 at list price: 15% below list, $6,750 less" in text
    assert f"Scenario “Offer” · by {company.csm.full_name}" in text
    page = find_button(page, "Approve").click().run()
    assert read_decision(sql, run)[:2] == ("approved", company.manager.id)
    assert "Acme: price approved." in page_text(page)
    assert "Nothing needs approval" in page_text(page)


def test_whoever_asked_sees_that_it_waits_and_has_no_buttons(open_page, company, run):
    propose(company.csm, run, 15)
    page = open_page(company.csm, "work/inbox.py", section="approvals")
    assert "by you" in page_text(page)
    assert "waiting for a manager's approval" in page_text(page)
    assert not {"Approve", "Deny"} & set(button_labels(page))


def test_a_denial_asks_for_a_reason(open_page, company, run, sql):
    propose(company.csm, run, 15)
    page = open_page(company.manager, "work/inbox.py", section="approvals")
    page = submit_dialog(find_button(page, "Deny").click().run())
    assert read_decision(sql, run)[0] == "waiting"
    dialog_field(page, ".reason").set_value("Not this year.").run()
    submit_dialog(page)
    assert read_decision(sql, run)[:3] == ("denied", company.manager.id, "Not this year.")
    assert "Denied your price, 15% below list. Not this year." in page_text(open_page(company.csm, "work/inbox.py"))


def test_above_every_limit_an_admin_records_who_agreed(open_page, company, run, sql):
    propose(company.csm, run, 45)
    page = open_page(company.admin, "work/inbox.py", section="approvals")
    page = find_button(page, "Approve").click().run()
    assert read_decision(sql, run)[0] == "waiting"
    dialog_field(page, ".agreed_by").set_value("Carla Díaz, CFO").run()
    dialog_field(page, ".agreed_on").set_value("2026-01-05").run()
    dialog_field(page, ".proof").set_value("Her email.").run()
    submit_dialog(page)
    assert read_decision(sql, run) == ("approved", company.admin.id, None, "Carla Díaz, CFO", "Her email.")


def test_today_shows_a_manager_what_waits(open_page, company, run):
    propose(company.csm, run, 15)
    page = open_page(company.manager, "today/today.py")
    text = page_text(page)
    assert f"{company.csm.full_name} asks for your approval" in text
    assert text.count("15% below list") == 1
    assert "Decide" in [link.label for link in page.page_link]
    assert "Prices to approve" not in text, "it is on the list"
    mine = page_text(open_page(company.csm, "today/today.py"))
    assert "asks for your approval" not in mine
    assert "Prices to approve" not in mine


def callouts(page: Any) -> str:
    """The texts of the boxes of a page."""
    return "\n".join(box.value for box in (*page.info, *page.warning))


def test_the_slide_says_what_its_price_needs_and_who_decided(open_page, company, run):
    propose(company.csm, run, 15)
    slide = {"execution": run, "slide": "pricing-strategy"}
    page = open_page(company.csm, "workflows/run.py", **slide)
    assert "15% below list — waiting for a manager's approval" in callouts(page)
    page = open_page(company.manager, "work/inbox.py", section="approvals")
    find_button(page, "Approve").click().run()
    page = open_page(company.csm, "workflows/run.py", **slide)
    assert f"15% below list — approved by {company.manager.full_name}" in callouts(page)
    assert f"{company.manager.full_name} approved the price 15% below list" in page_text(page)


def test_a_quote_is_a_draft_until_its_price_is_approved(open_page, company, run):
    line = {"item": "Subscription", "seats": 100, "price": 450, "discount": 15}
    terms = {"term_months": 24, "valid_until": (date.today() + timedelta(days=10)).isoformat(), "remarks": "Net 30."}
    quote(company.csm, run, line, **terms)
    slide = {"execution": run, "slide": "prepare-quote"}
    page = open_page(company.csm, "workflows/run.py", **slide)
    assert "Until it is approved, the quote is marked as a draft." in callouts(page)
    find_button(open_page(company.manager, "work/inbox.py", section="approvals"), "Approve").click().run()
    page = open_page(company.csm, "workflows/run.py", **slide)
    assert f"Approved by {company.manager.full_name}" in callouts(page)
    assert "marked as a draft" not in callouts(page)
    quote(company.csm, run, line, **terms | {"remarks": "Net 30. Two months free."})
    page = open_page(company.csm, "workflows/run.py", **slide)
    assert "15% below list — waiting for a manager's approval" in callouts(page)
    assert "Until it is approved, the quote is marked as a draft." in callouts(page)


def test_a_price_that_changed_meanwhile_is_not_approved(open_page, company, run, sql):
    propose(company.csm, run, 15)
    page = open_page(company.manager, "work/inbox.py", section="approvals")
    propose(company.csm, run, 18)
    page = find_button(page, "Approve").click().run()
    assert "The figures have changed since this was asked." in page_text(page)
    assert read_decision(sql, run)[0] == "waiting"
