"""Acting from Today: what leaves it, what comes back to it first, and what was handed on."""

import re

import pytest

from lib.ui import session_keys
from tests.database.factories import fetch_value, insert_row
from tests.pages.assertions import button_labels, find_button, page_html, page_text
from tests.pages.dialogs import (
    SOON,
    choose_action,
    dialog_field,
    fill_dialog,
    make_snooze_due,
    read_status,
    run_action,
    snooze_run,
    start_run,
    submit_dialog,
)
from tests.pages.factories import add_customer
from tests.support.pages import REPOSITORY
from tests.support.requests import record_requests

DASHBOARD_RPC = "POST /rest/v1/rpc/zen_dashboard"
RUNS_OF_COMPANY = "select id::text from public.workflow_executions where company_id = %s"


@pytest.fixture
def acme(sql, company):
    return add_customer(sql, company, company.csm, "Acme", notice_in=9)


def page_link_queries(page) -> list[str]:
    return [link.proto.query_string for link in page.page_link]


def test_snoozing_a_priority_starts_its_run_hides_it_and_counts_it(open_page, company, sql, acme):
    page = snooze_run(open_page(company.csm))
    run = fetch_value(sql, RUNS_OF_COMPANY, company.id)
    assert read_status(sql, run) == "snoozed"
    seen = page_text(page)
    assert "That is all for today." in seen
    assert "Snoozed until " in seen
    assert "1 snoozed" in [link.label for link in page.page_link]
    assert "section=snoozed" in page_link_queries(page)
    assert fetch_value(sql, "select source from public.saved_action_runs where execution_id = %s", run) == "page"


def test_a_csms_snoozed_run_is_counted_for_no_leader(open_page, company, sql, acme):
    snooze_run(open_page(company.csm))
    page = open_page(company.manager)
    assert "1 snoozed" not in [link.label for link in page.page_link]
    assert "section=snoozed" not in " ".join(page_link_queries(page))


def test_an_action_costs_its_request_the_dashboard_and_the_number_of_the_menu(open_page, company, acme):
    page = choose_action(open_page(company.csm), "snooze")
    with record_requests() as sent:
        submit_dialog(fill_dialog(page, until=SOON, reason="A fair"))
    action = ["POST /rest/v1/rpc/available_actions", "POST /rest/v1/rpc/run_saved_action"]
    assert sent == [*action, DASHBOARD_RPC, "POST /rest/v1/rpc/read_browser_session"]


def test_undo_brings_the_priority_back(open_page, company, sql, acme):
    page = snooze_run(open_page(company.csm))
    find_button(page, "Undo").click().run()
    assert fetch_value(sql, RUNS_OF_COMPANY, company.id) is None
    assert re.search(r"<h3><a [^>]*>Acme</a> ", "".join(element.value for element in page_html(page)))


def test_a_woken_run_comes_first_with_its_reasons(open_page, company, sql, acme):
    run = start_run(company.csm, add_customer(sql, company, company.csm, "Quiet", notice_in=300))
    run_action(sql, company.csm, run, "snooze", until=SOON.isoformat(), reason="They are at a fair.")
    make_snooze_due(sql, run)
    page = open_page(company.csm)
    first = next(element.value for element in page_html(page) if "<h3>" in element.value)
    assert re.search(r"<h3><a [^>]*>Quiet</a> ", first)
    assert "as planned. Snoozed because: They are at a fair." in first
    assert "They are at a fair." in page_text(page)
    find_button(page, "Open").click().run()
    assert page.query_params["execution"] == run
    assert read_status(sql, run) == "active"


def test_a_woken_run_can_be_snoozed_again_and_is_counted(open_page, company, sql, acme):
    run = start_run(company.csm, acme)
    run_action(sql, company.csm, run, "snooze", until=SOON.isoformat(), reason="They are at a fair.")
    make_snooze_due(sql, run)
    page = choose_action(open_page(company.csm), "snooze")
    assert "Snoozed once already." in page_text(page)
    submit_dialog(fill_dialog(page, until=SOON, reason="Still there"))
    assert read_status(sql, run) == "snoozed"


def test_a_priority_is_skipped_with_a_reason(open_page, company, sql, acme):
    page = choose_action(open_page(company.csm), "skip")
    dialog_field(page, ".reason").set_value("not_relevant").run()
    submit_dialog(page)
    assert read_status(sql, fetch_value(sql, RUNS_OF_COMPANY, company.id)) == "skipped"
    assert "That is all for today." in page_text(page)


def test_an_escalation_is_listed_for_both_and_then_handed_back_until_seen(open_page, company, sql, acme):
    _ = company.manager
    page = choose_action(open_page(company.csm), "escalate")
    submit_dialog(fill_dialog(page, to=str(company.manager.id), ask="May we offer 15 %?"))
    assert "Waiting for others" in page_text(page)
    theirs = page_text(open_page(company.manager))
    assert "Escalated to you by Alice Moreau" in theirs
    assert "Medium. First answer due" in theirs

    escalation = fetch_value(sql, "select id::text from public.workflow_escalations where company_id = %s", company.id)
    company.manager.client.rpc(
        "hand_back_escalation", {"p_escalation_id": escalation, "p_decision": "Yes", "p_key": escalation}
    ).execute()
    page = open_page(company.csm)
    assert "Handed back by Mara Lindqvist\nYes" in page_text(page)
    run = fetch_value(sql, RUNS_OF_COMPANY, company.id)
    open_page(company.csm, "workflows/run.py", execution=run)
    assert "Handed back" not in page_text(open_page(company.csm))


def test_an_overdue_escalation_reads_as_overdue(open_page, company, sql, acme):
    run = start_run(company.csm, acme)
    run_action(sql, company.csm, run, "escalate", to=str(company.manager.id), severity="critical", ask="May we?")
    sql.execute(
        "update public.workflow_escalations set respond_by = now() - interval '1 day' where execution_id = %s", [run]
    )
    assert "First answer overdue by 1 day" in page_text(open_page(company.csm))


def test_follow_ups_and_notices_are_counted_and_link_to_the_inbox(open_page, company, sql, acme):
    me, today = company.csm.id, fetch_value(sql, "select current_date")
    insert_row(sql, "follow_ups", company_id=company.id, customer_id=acme, assigned_to=me, created_by=me, title="Call",
        due_on=today)  # fmt: skip
    insert_row(sql, "notices", company_id=company.id, person_id=me, body="Hello")
    page = open_page(company.csm)
    assert {"1 follow-up due", "1 notice"} <= {link.label for link in page.page_link}
    assert "section=waiting" in page_link_queries(page)


def test_a_refused_action_shows_its_reason_in_the_dialog(open_page, company, sql, acme):
    page = choose_action(open_page(company.csm), "snooze")
    sql.execute("update public.customers set owner_id = %s where company_id = %s", [company.other_csm.id, company.id])
    submit_dialog(fill_dialog(page, until=SOON, reason="A fair"))
    assert "belongs to a colleague" in page_text(page)
    assert dialog_field(page, ".reason").value == "A fair"
    assert fetch_value(sql, "select count(*) from public.workflow_executions where company_id = %s", company.id) == 0


def test_a_closed_dialog_changes_nothing(open_page, company, sql, acme):
    page = choose_action(open_page(company.csm), "snooze")
    page.session_state[session_keys.ACTION_STATE].dialog = None
    page.run()
    assert "Snooze" not in button_labels(page)
    assert fetch_value(sql, "select count(*) from public.workflow_executions where company_id = %s", company.id) == 0


def test_an_open_dialog_does_not_follow_to_another_page(open_page, company, acme):
    page = choose_action(open_page(company.csm), "snooze")
    page.switch_page(str(REPOSITORY / "pages/work/inbox.py")).run()
    assert "Snooze" not in button_labels(page)
    page.switch_page(str(REPOSITORY / "pages/today/today.py")).run()
    assert "Snooze" not in button_labels(page)
