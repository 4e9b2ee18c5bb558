"""Looking at a customer and the first slide before a run is started, and what starts it."""

import pytest

from lib.ui.session_keys import RUN_PAGE_STATE, run_button_key
from tests.database.factories import fetch_rows, fetch_value, insert_customer
from tests.pages.assertions import assert_page_inert, button_labels, find_button, page_text, primary_labels
from tests.pages.dialogs import choose_action, read_status, snooze_run
from tests.pages.factories import INERT, add_customer, add_usage, count_open_runs
from tests.support.requests import break_supabase, record_requests

PAGE = "workflows/run.py"
WORKFLOW = "standard-renewal"
PEEK, START, SAVE, CHAT = (
    f"POST /rest/v1/rpc/{name}"
    for name in ("peek_run", "start_workflow_with_answers", "save_step", "chat_panel")
)  # fmt: skip
WRITTEN = (
    "workflow_executions", "workflow_step_executions", "workflow_execution_events", "workflow_chat_threads",
    "saved_action_runs",
)  # fmt: skip
RUN_OF = "select id::text from public.workflow_executions where company_id = %s and ended_at is null"


@pytest.fixture
def acme(sql, company):
    made = add_customer(sql, company, company.csm, "Acme", notice_in=20)
    add_usage(sql, company, made)
    return made


@pytest.fixture
def peek(open_page, company, acme):
    def open_peek(member=None, *, customer: str = acme, **query: str):
        return open_page(member or company.csm, PAGE, workflow=WORKFLOW, customer=customer, **query)

    return open_peek


def press(page, what: str, slide: str):
    return page.button(key=run_button_key(what, slide)).click().run()


def answer(page, value: str):
    """Answer the first question of the first slide."""
    return page.text_area[0].set_value(value).run()


def shown_run(page):
    return page.session_state[RUN_PAGE_STATE].execution


def count_written(sql, company) -> list[int]:
    return [fetch_value(sql, f"select count(*) from public.{t} where company_id = %s", company.id) for t in WRITTEN]


def test_open_on_today_shows_customer_and_first_slide_and_writes_nothing(open_page, sql, company, acme):
    page = open_page(company.csm)
    with record_requests() as sent:
        find_button(page, "Open").click().run()
    assert sent == [PEEK]
    seen = page_text(page)
    assert "# Acme" in seen
    assert "Nothing is started yet. Your first answer starts the run." in seen
    assert "Start the run to ask" in seen
    assert count_written(sql, company) == [0] * len(WRITTEN)
    assert page.query_params["customer"] == acme
    assert "Acme" in page_text(open_page(company.csm))


def test_every_slide_can_be_looked_at_without_starting(peek, sql, company):
    page = peek()
    slides = [page.session_state[RUN_PAGE_STATE].slide_id]
    while any(found.label.startswith("Next: ") for found in page.button):
        assert len(primary_labels(page)) == 1
        page = press(page, "next", slides[-1])
        slides.append(page.session_state[RUN_PAGE_STATE].slide_id)
    assert len(slides) == len(set(slides)) == 9
    assert "Complete" not in button_labels(page)
    assert count_written(sql, company) == [0] * len(WRITTEN)


def test_the_first_answer_starts_the_run_with_it_saved(peek, sql, company):
    page = peek()
    with record_requests() as sent:
        answer(page, "Calm.")
    assert sent == [START, CHAT]
    run = fetch_value(sql, RUN_OF, company.id)
    (step,) = fetch_rows(sql, "select * from public.workflow_step_executions where execution_id = %s", run)
    assert "Calm." in step["answers"].values()
    assert shown_run(page).id == run
    assert "Nothing is started yet" not in page_text(page)
    assert "Saved" in page_text(page)
    with record_requests() as sent:
        answer(page, "Very calm.")
    assert sent == [SAVE]


def test_start_begins_the_run_without_an_answer(peek, sql, company):
    page = peek()
    with record_requests() as sent:
        find_button(page, "Start the run").click().run()
    assert sent[0] == START
    run = fetch_value(sql, RUN_OF, company.id)
    assert shown_run(page).id == run
    assert "Start the run" not in button_labels(page)
    assert "Start the run to ask" not in page_text(page)


def test_two_tabs_begin_one_run(peek, sql, company):
    first, second = peek(), peek()
    answer(first, "Calm.")
    find_button(second, "Start the run").click().run()
    assert count_open_runs(sql, company) == 1
    assert shown_run(first).id == shown_run(second).id
    assert second.text_area[0].value == "Calm."


def test_a_second_tab_that_answers_the_same_slide_otherwise_meets_the_first_as_a_conflict(peek, sql, company):
    first, second = peek(), peek()
    answer(first, "Calm.")
    answer(second, "Tense.")
    assert "You saved this slide in another tab" in page_text(second)
    assert count_open_runs(sql, company) == 1
    assert shown_run(second).id == shown_run(first).id
    find_button(second, "Keep these").click().run()
    (step,) = fetch_rows(sql, "select * from public.workflow_step_executions where company_id = %s", company.id)
    assert "Tense." in step["answers"].values()


def test_an_answer_that_cannot_be_saved_stays_and_starts_the_run_when_tried_again(peek, sql, company):
    page = peek()
    with break_supabase():
        answer(page, "Calm.")
        assert "Not saved" in page_text(page)
    assert count_open_runs(sql, company) == 0
    find_button(page, "Try again").click().run()
    assert count_open_runs(sql, company) == 1
    assert page.text_area[0].value == "Calm."


def test_a_managers_answer_begins_the_run_of_the_csm_whose_today_keeps_it(peek, open_page, sql, company):
    answer(peek(company.manager), "Calm.")
    seen = page_text(open_page(company.csm))
    assert "Acme" in seen
    assert "At “Where we stand”, " in seen
    run = fetch_value(sql, RUN_OF, company.id)
    assert "Owner: Alice Moreau" in page_text(open_page(company.csm, PAGE, execution=run))


def test_who_may_not_start_looks_and_reads_why(peek, open_page, sql, company):
    page = peek(company.other_csm)
    assert "Acme belongs to Alice Moreau. You can look; a manager can start the run." in page.info[0].value
    assert "Start the run" not in button_labels(page)
    assert not page.text_area
    sql.execute("update public.customers set status = 'churned' where company_id = %s", [company.id])
    assert "Acme is no longer a customer. You can look, but no run can be started." in peek().info[0].value


def test_an_open_run_is_opened_instead(peek, sql, company):
    answer(peek(), "Calm.")
    page = peek()
    assert shown_run(page).id == fetch_value(sql, RUN_OF, company.id)
    assert page.text_area[0].value == "Calm."


@pytest.mark.parametrize("customer", ["00000000-0000-4000-8000-000000000000", "not-a-uuid", "'; drop table"])
def test_an_unknown_customer_is_a_sentence_and_a_way_back(peek, customer):
    page = peek(customer=customer)
    assert "does not exist, or you don't have access to it." in page_text(page)
    assert [link.label for link in page.page_link] == ["Go to Today"]


def test_another_companys_customer_does_not_exist(peek, sql, new_company):
    other = new_company("Neighbour")
    theirs = str(insert_customer(sql, other.id, other.csm.id))
    assert "does not exist, or you don't have access to it." in page_text(peek(customer=theirs))


def test_an_unknown_slide_of_a_peek_is_named(peek):
    assert "This run has no slide “nonsense”." in page_text(peek(slide="nonsense"))


def test_a_snooze_from_a_peek_is_undone_to_the_peek(peek, sql, company):
    page = snooze_run(peek())
    run = fetch_value(sql, RUN_OF, company.id)
    assert (read_status(sql, run), shown_run(page).id) == ("snoozed", run)
    find_button(page, "Undo").click().run()
    assert "Nothing is started yet" in page_text(page)
    assert count_written(sql, company)[:4] == [0] * 4


def test_undo_on_the_page_of_the_run_that_a_snooze_had_started_leads_back_to_the_peek(open_page, sql, company, acme):
    snooze_run(open_page(company.csm))
    page = open_page(company.csm, PAGE, execution=fetch_value(sql, RUN_OF, company.id))
    find_button(page, "Undo").click().run()
    assert "Nothing is started yet" in page_text(page)
    assert (page.query_params["customer"], "execution" in page.query_params) == (acme, False)


def test_the_address_names_the_run_once_it_is_started_and_the_slide_changes(peek, sql, company):
    page = answer(peek(), "Calm.")
    assert "execution" not in page.query_params
    page = press(page, "next", "greeting")
    assert page.query_params["execution"] == fetch_value(sql, RUN_OF, company.id)


def test_undo_of_a_snooze_from_today_leaves_today_as_it_was(open_page, sql, company, acme):
    before = page_text(open_page(company.csm))
    page = snooze_run(open_page(company.csm))
    assert page_text(page) != before
    find_button(page, "Undo").click().run()
    assert page_text(open_page(company.csm)) == before
    assert count_written(sql, company)[:4] == [0] * 4


def test_a_peek_offers_what_needs_no_run(peek):
    page = choose_action(peek(), "company")
    assert page.menu_button[0].options == [
        ":material/snooze: Snooze",
        ":material/tab_close: Skip the run",
        ":material/priority_high: Escalate",
        ":material/bolt: More actions",
    ]


def test_names_are_inert(peek, sql, company):
    page = peek(customer=add_customer(sql, company, company.csm, INERT))
    assert_page_inert(page)
    assert INERT in page_text(page)


def test_the_catalogue_opens_a_peek(open_page, sql, company, acme):
    page = open_page(company.csm, "workflows/catalogue.py")
    page.query_params["workflow"] = WORKFLOW
    page.run()
    page.selectbox[0].set_value(acme).run()
    find_button(page, "Open").click().run()
    assert "Nothing is started yet" in page_text(page)
    assert page.query_params["customer"] == acme
    assert count_open_runs(sql, company) == 0
