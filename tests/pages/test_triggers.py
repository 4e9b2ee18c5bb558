"""A workflow that begins by itself: written in the builder, turned on and off on its page."""

import pytest

from tests.database.factories import AccountFactory, fetch_value, insert_draft, publish_workflow
from tests.database.rpc import call_rpc
from tests.pages.assertions import button_labels, find_button, page_text
from tests.support.requests import record_requests

BUILDER = "workflows/builder.py"
CATALOGUE = "workflows/catalogue.py"
NOTICE = "Days to the notice deadline, at most"
RULE = {"period_days": 90, "notice_within_days": 60}
PREVIEW = "POST /rest/v1/rpc/preview_trigger"


@pytest.fixture
def customer(sql, company):
    today = fetch_value(sql, "select private.today()")
    account = AccountFactory(sql, company.id, company.csm.id, day=today, name="Alder Ltd")
    account.insert_contract(notice_in=30)
    return account


@pytest.fixture
def definition(sql, company):
    return str(publish_workflow(sql, company.id, "our-renewal", begun_when=RULE))


@pytest.fixture
def open_draft(open_page, company, sql):
    def at(**changes):
        draft = insert_draft(sql, company.id, company.csm.id, slide_sequence=["greeting", "summary"], **changes)
        page = open_page(company.csm, BUILDER)
        page.query_params["draft"] = draft
        return page.run(), draft

    return at


@pytest.fixture
def open_workflow(open_page):
    def at(member):
        page = open_page(member, CATALOGUE)
        page.query_params["workflow"] = "our-renewal"
        return page.run()

    return at


def find_labelled(elements, label):
    return next(each for each in elements if each.label.startswith(label))


def stored(sql, draft):
    return fetch_value(sql, "select begun_when from public.workflow_drafts where id = %s", draft)


def test_a_trigger_is_written_with_its_conditions_and_tried(open_draft, customer, sql):
    page, draft = open_draft()
    find_labelled(page.checkbox, "Begin it by itself for customers that fit").check().run()
    assert "without a condition it would begin for all" in page_text(page)
    assert stored(sql, draft) is None
    find_labelled(page.text_input, NOTICE).set_value("60").run()
    assert stored(sql, draft) == RULE
    with record_requests() as sent:
        find_button(page, "Show whom it fits today").click().run()
    assert sent == [PREVIEW]
    seen = page_text(page)
    assert "Fits 1 customer today; 1 run would begin." in seen
    assert "Alder Ltd" in seen
    assert "Notice deadline in 30 days" in seen
    assert fetch_value(sql, "select count(*) from public.workflow_executions where customer_id = %s", customer.id) == 0


def test_another_condition_asks_for_a_new_dry_run(open_draft, customer):
    page, _ = open_draft(begun_when=RULE)
    find_button(page, "Show whom it fits today").click().run()
    assert "Alder Ltd" in page_text(page)
    find_labelled(page.text_input, NOTICE).set_value("20").run()
    assert "Fits 1 customer" not in page_text(page)


def test_a_trigger_is_taken_out_of_a_draft(open_draft, sql):
    page, draft = open_draft(begun_when=RULE)
    assert find_labelled(page.text_input, NOTICE).value == "60"
    find_labelled(page.checkbox, "Begin it by itself for customers that fit").uncheck().run()
    assert stored(sql, draft) is None


def test_a_manager_turns_it_on_and_off(open_workflow, company, definition, customer, sql):
    page = open_workflow(company.manager)
    assert "Begins by itself: off" in page_text(page)
    assert "Notice deadline within 60 days; at most once in 90 days for a customer" in page_text(page)
    find_button(page, "Turn on").click().run()
    assert "Begins by itself: on" in page_text(page)
    assert "begins by itself" in page_text(open_workflow(company.csm))
    find_button(page, "Turn off").click().run()
    assert "Begins by itself: off" in page_text(page)
    assert fetch_value(sql, "select private.begins_by_itself(%s)", definition) is False


def test_the_page_lists_the_last_starts_with_why(open_workflow, company, definition, customer, sql):
    call_rpc(company.manager, "switch_trigger", p_definition_id=definition, p_is_enabled=True, p_rule=RULE)
    sql.execute("select private.run_trigger(t) from public.workflow_triggers t where definition_id = %s", [definition])
    page = open_workflow(company.csm)
    assert "Notice deadline in 30 days" in page_text(page)
    assert "Turn off" not in button_labels(page)
    find_button(page, "Show whom it fits today").click().run()
    assert "No, a run is open" in page_text(page)


def test_a_workflow_without_a_trigger_costs_no_request_more(open_page, company, sql):
    publish_workflow(sql, company.id, "plain-renewal")
    page = open_page(company.manager, CATALOGUE)
    page.query_params["workflow"] = "plain-renewal"
    with record_requests() as sent:
        page.run()
    assert not any("workflow_trigger" in each for each in sent)


def test_the_run_says_why_it_began(open_page, company, definition, customer, sql):
    call_rpc(company.manager, "switch_trigger", p_definition_id=definition, p_is_enabled=True, p_rule=RULE)
    sql.execute("select private.run_trigger(t) from public.workflow_triggers t where definition_id = %s", [definition])
    run = fetch_value(sql, "select id from public.workflow_executions where customer_id = %s", customer.id)
    page = open_page(company.csm, "workflows/run.py")
    page.query_params["execution"] = str(run)
    seen = page_text(page.run())
    assert "Zen began this run on " in seen
    assert "The run began by itself. Notice deadline in 30 days" in seen
    assert "Began by itself. Notice deadline in 30 days." in page_text(open_page(company.csm, "today/today.py").run())
    notices = page_text(open_page(company.csm, "work/inbox.py").run())
    assert "Zen began “Our renewal” for Alder Ltd. Notice deadline in 30 days." in notices
