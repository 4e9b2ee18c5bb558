import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.executions.model import StepStatus
from lib.ui.session_keys import (
    COOKIE_KEY,
    CUSTOMER_RECORDS,
    RUN_BROWSER_FORM,
    RUN_PAGE_STATE,
    RUN_SLIDE_ROW,
    customer_records_key,
    run_button_key,
)
from tests.database.factories import fetch_rows, fetch_value, insert_row, publish_next_version, publish_workflow
from tests.database.rpc import call_rpc
from tests.pages.assertions import assert_page_inert, button_labels, page_text, primary_labels
from tests.pages.factories import INERT, add_customer, add_usage
from tests.support.requests import break_supabase, record_requests

PAGE = "workflows/run.py"
RUN, OPEN, SAVE, COMPLETE, ACCOUNT, CHAT, BOARD, SESSION = (
    f"POST /rest/v1/rpc/{name}"
    for name in (
        "workflow_run",
        "open_run",
        "save_step",
        "complete_workflow",
        "customer_account",
        "chat_panel",
        "zen_dashboard",
        "read_browser_session",
    )
)


@pytest.fixture
def acme(sql, company):
    made = add_customer(sql, company, company.csm, "Acme", notice_in=20)
    add_usage(sql, company, made)
    return made


@pytest.fixture
def run(company, acme):
    """A standard renewal of Alice's for Acme."""
    return call_rpc(company.csm, "start_workflow", p_workflow_id="standard-renewal", p_customer_id=acme)["execution_id"]


@pytest.fixture
def show(open_page, company, run):
    def open_run(member=None, *, slide: str | None = None, execution: str = run) -> AppTest:
        query = {"execution": execution} | ({"slide": slide} if slide else {})
        return open_page(member or company.csm, PAGE, **query)

    return open_run


def test_a_contact_stands_once_on_the_slide_that_reviews_the_account(show, company, acme, sql):
    insert_row(sql, "contacts", company_id=company.id, customer_id=acme, name="Ines Ortega", role="champion")
    assert page_text(show(slide="review-account")).count("Ines Ortega") == 1


def find_widget(page: AppTest, kind: str, name: str) -> Any:
    """The widget of a question, whichever version of the form it belongs to."""
    return next(found for found in page.get(kind) if (found.key or "").endswith(f".{name}"))


def press_button(page: AppTest, what: str, slide: str) -> AppTest:
    return page.button(key=run_button_key(what, slide)).click().run()


def read_step(sql, run: str, slide: str) -> dict[str, Any]:
    found = fetch_rows(
        sql, "select * from public.workflow_step_executions where execution_id = %s and slide_id = %s", run, slide
    )
    return found[0] if found else {}


def save_in_another_tab(member, run: str, slide: str, revision: int = 0, **answers: Any) -> None:
    """The same slide, saved in another tab."""
    call_rpc(member, "save_step", p_execution_id=run, p_slide_id=slide, p_answers=answers, p_revision=revision)


def test_someone_signed_out_sees_nothing_of_the_run(open_page, run):
    page = open_page(None, PAGE, execution=run)
    assert "You are not signed in." in [header.value for header in page.header]
    assert not page.text_area


def test_without_a_run_in_the_address_it_says_where_to_choose_one(open_page, company, run):
    page = open_page(company.csm, PAGE)
    assert "Choose a run from Today or from the inbox, or begin one from Workflows." in page_text(page)
    assert [link.label for link in page.page_link] == ["Go to Today", "Go to the inbox", "Go to Workflows"]


@pytest.mark.parametrize("execution", ["00000000-0000-4000-8000-000000000000", "not-a-uuid", "'; drop table"])
def test_an_unknown_run_is_a_sentence_and_a_way_back(open_page, company, execution):
    page = open_page(company.csm, PAGE, execution=execution)
    assert "does not exist, or you don't have access to it." in page_text(page)
    assert [link.label for link in page.page_link] == ["Go to Today"]


def test_another_companys_run_does_not_exist(show, new_company):
    assert "does not exist, or you don't have access to it." in page_text(show(new_company("Neighbour").csm))


def test_an_unknown_slide_is_named_and_leads_back_to_the_run(show):
    page = show(slide="<b>nonsense</b>")
    assert "This run has no slide “<b>nonsense</b>”." in page_text(page)
    assert "Open the run at its current slide" in [link.label for link in page.page_link]


def test_a_run_opens_at_its_current_slide_with_customer_and_deadline(show):
    page = show()
    seen = page_text(page)
    assert "# Acme" in seen
    assert "in 20 days" in seen
    assert "0 of 9 slides done" in seen
    assert "slide" not in page.query_params, "an entry of the history that Back would only lead to again"
    assert page.session_state[RUN_PAGE_STATE].slide_id == "greeting"


def test_a_deep_link_opens_its_slide(show):
    assert "## Contract terms" in page_text(show(slide="contract-terms"))


def test_a_view_has_one_primary_button_the_next_step(show):
    assert primary_labels(show()) == ["Next: Review the account"]
    assert primary_labels(show(slide="summary")) == ["Complete"]


def test_the_row_of_slides_names_each_in_a_word_and_not_the_customer(show):
    row = show().button_group(key=RUN_SLIDE_ROW)
    names = [option.split(": ")[-1] for option in row.options]
    assert names == ["Start", "Account", "Terms", "Risk", "Pricing", "Quote", "Email", "Call", "Outcome"]


def test_the_footer_says_when_answers_are_saved(show):
    assert "Saved when you leave a field" in page_text(show())


def test_opening_costs_three_requests_at_most_and_a_rerun_none(show):
    page = show()
    with record_requests() as sent:
        page.run()
    assert sent == []
    with record_requests() as sent:
        again = show()
    assert [request for request in sent if request != BOARD][-3:] == [SESSION, OPEN, CHAT]
    assert not again.exception


def test_another_slide_costs_one_request_for_its_chat_when_nothing_was_typed(show):
    page = show()
    with record_requests() as sent:
        page.button_group(key=RUN_SLIDE_ROW).set_value("contract-terms").run()
    assert "## Contract terms" in page_text(page)
    assert sent == [CHAT]


def test_an_answer_is_saved_as_a_draft_with_one_request(show, sql, run):
    page = show()
    with record_requests() as sent:
        find_widget(page, "text_area", "goal").set_value("Renew for two years").run()
    assert sent == [SAVE]
    assert read_step(sql, run, "greeting")["answers"]["goal"] == "Renew for two years"
    assert read_step(sql, run, "greeting")["status"] == StepStatus.DRAFT
    assert "Saved" in page_text(page)


def test_a_reload_shows_the_saved_answer(show):
    page = show()
    find_widget(page, "text_area", "goal").set_value("Renew").run()
    assert find_widget(show(), "text_area", "goal").value == "Renew"


def test_next_finishes_the_slide_and_moves_on(show, sql, run):
    page = show()
    find_widget(page, "text_area", "goal").set_value("Renew").run()
    with record_requests() as sent:
        press_button(page, "next", "greeting")
    assert sent == [SAVE, CHAT]
    assert "## Review the account" in page_text(page)
    assert read_step(sql, run, "greeting")["status"] == StepStatus.DONE
    assert "1 of 9 slides done" in page_text(page)
    assert page.query_params["slide"] == "review-account"


def test_an_answer_typed_and_next_pressed_at_once_are_one_save(show, sql, run):
    page = show()
    find_widget(page, "text_area", "goal").set_value("Renew")
    with record_requests() as sent:
        press_button(page, "next", "greeting")
    assert sent == [SAVE, CHAT]
    assert read_step(sql, run, "greeting")["answers"]["goal"] == "Renew"


def test_a_missing_answer_is_named_below_its_question_and_the_draft_stays(show, sql, run):
    page = show(slide="review-account")
    find_widget(page, "text_area", "data_wrong").set_value("Seats are 110")
    press_button(page, "next", "review-account")
    assert "Needs an answer." in page_text(page)
    assert "1 answer missing" in page_text(page)
    assert "## Review the account" in page_text(page)
    assert find_widget(page, "text_area", "data_wrong").value == "Seats are 110"
    assert read_step(sql, run, "review-account")["answers"]["data_wrong"] == "Seats are 110"


def test_a_second_click_does_not_skip_a_slide(show):
    page = show()
    button = page.button(key=run_button_key("next", "greeting"))
    button.click().run()
    assert "## Review the account" in page_text(page)
    assert run_button_key("next", "greeting") not in [found.key for found in page.button]


def test_two_savers_are_shown_both_answers_and_choose_mine(show, sql, run, company):
    page = show()
    save_in_another_tab(company.csm, run, "greeting", goal="Theirs *bold*")
    find_widget(page, "text_area", "goal").set_value("Mine").run()
    seen = page_text(page)
    assert "saved this slide" in seen
    assert find_widget(page, "text_area", "goal").value == "Mine"
    (both,) = [table.value for table in page.table if "Other tab" in table.value.columns]
    assert both.to_dict("records") == [
        {"Question": both["Question"][0], "This tab": "Mine", "Other tab": "Theirs \\*bold\\*"},
    ]
    assert page.button(key=run_button_key("next", "greeting")).disabled
    assert read_step(sql, run, "greeting")["answers"]["goal"] == "Theirs *bold*"
    press_button(page, "keep_mine", "greeting")
    assert read_step(sql, run, "greeting")["answers"]["goal"] == "Mine"
    assert "saved this slide" not in page_text(page)


def test_take_theirs_replaces_the_draft(show, sql, run, company):
    page = show()
    save_in_another_tab(company.csm, run, "greeting", goal="Theirs")
    find_widget(page, "text_area", "goal").set_value("Mine").run()
    press_button(page, "take_theirs", "greeting")
    assert find_widget(page, "text_area", "goal").value == "Theirs"
    find_widget(page, "text_area", "goal").set_value("Both").run()
    assert read_step(sql, run, "greeting")["answers"]["goal"] == "Both"


def test_the_same_answer_from_elsewhere_is_no_conflict(show, run, company):
    page = show()
    save_in_another_tab(company.csm, run, "greeting", goal="Renew", concern=None)
    find_widget(page, "text_area", "goal").set_value("Renew").run()
    assert "saved this slide" not in page_text(page)


def test_a_lost_database_keeps_the_draft_and_offers_a_retry(show, sql, run):
    page = show()
    with break_supabase():
        find_widget(page, "text_area", "goal").set_value("Renew").run()
        assert "Zen cannot reach its database right now." in page_text(page)
        assert "Not saved" in page_text(page)
        assert find_widget(page, "text_area", "goal").value == "Renew"
        press_button(page, "next", "greeting")
        assert find_widget(page, "text_area", "goal").value == "Renew"
    page.button(key="run_trouble_retry").click().run()
    assert "Not saved" not in page_text(page)
    assert read_step(sql, run, "greeting")["answers"]["goal"] == "Renew"


def test_a_run_that_cannot_be_read_is_a_sentence_and_a_retry(show, open_page, company, run):
    page = open_page(company.csm)
    with break_supabase():
        page.query_params["execution"] = run
        page.switch_page(page_path()).run()
        assert "Zen cannot reach its database right now." in page_text(page)
    page.button(key="run_retry").click().run()
    assert "# Acme" in page_text(page)


def page_path() -> str:
    from tests.support.pages import REPOSITORY

    return str(REPOSITORY / "pages" / PAGE)


def test_a_colleagues_run_is_read_only(show, company):
    page = show(company.other_csm)
    assert "This run belongs to Alice Moreau." in alert_text(page)
    assert not page.text_area
    assert "not answered" in page_text(page)
    with record_requests() as sent:
        press_button(page, "next", "greeting")
    assert "## Review the account" in page_text(page)
    assert sent == [CHAT]


def alert_text(page: AppTest) -> str:
    return "\n".join(alert.value for alert in page.info)


def test_a_run_ended_elsewhere_turns_read_only_and_shows_the_draft(show, company, run, sql):
    page = show()
    revision = fetch_value(sql, "select revision from public.workflow_executions where id = %s", run)
    call_rpc(
        company.csm, "complete_workflow", p_execution_id=run, p_revision=revision, p_outcome_code="churned",
        p_reason="Budget",
    )  # fmt: skip
    find_widget(page, "text_area", "goal").set_value("Too late").run()
    seen = page_text(page)
    assert "This run ended on" in seen
    assert "Completed on" in seen
    assert "**Lost**" in seen
    assert "Too late" in seen
    assert not page.text_area


def test_the_summary_demands_an_outcome_names_all_faults_and_completes(show, sql, run):
    page = show(slide="summary")
    press_button(page, "complete", "summary")
    assert "Needs an answer." in page_text(page)
    find_widget(page, "button_group", "outcome_code").set_value("renewed")
    press_button(page, "complete", "summary")
    assert "Needs an answer." in page_text(page)
    find_widget(page, "text_input", "amount").set_value("50000")
    press_button(page, "complete", "summary")
    press_button(page, "complete anyway", "summary")
    press_button(page, "book leave", "summary")
    assert "Completed on" in page_text(page)
    assert "$50,000 a year" in page_text(page).replace("\\", "")
    assert primary_labels(page) == []
    ended = fetch_rows(sql, "select * from public.workflow_executions where id = %s", run)[0]
    assert (ended["status"], ended["outcome_code"], ended["outcome_amount"]) == ("completed", "renewed", 50000)


def test_before_completing_missing_answers_and_an_odd_amount_are_asked_about(show, sql, run):
    page = show(slide="summary")
    find_widget(page, "button_group", "outcome_code").set_value("downgraded")
    find_widget(page, "text_input", "amount").set_value("500,000")
    find_widget(page, "text_area", "reason").set_value("They gave back seats.")
    press_button(page, "complete", "summary")
    seen = page_text(page).replace("\\", "")
    assert "Before you complete it" in seen
    assert "$452,750 more than today's $47,250" in page.warning[-1].value.replace("\\", "")
    assert {"Contract terms", "Draft the email", "Complete anyway"} <= set(button_labels(page))
    assert fetch_value(sql, "select status from public.workflow_executions where id = %s", run) == "active"
    assert primary_labels(page) == ["Complete"]
    press_button(page, "to contract-terms", "summary")
    assert "## Contract terms" in page_text(page)
    assert "Before you complete it" not in page_text(page)


def test_a_slide_left_out_or_done_is_not_asked_for(show, company, run):
    step = {"p_execution_id": run, "p_answers": {}, "p_revision": 0, "p_status": "done"}
    call_rpc(company.csm, "save_step", p_slide_id="contract-terms", p_current_slide="summary", **step)
    page = show(slide="summary")
    find_widget(page, "button_group", "outcome_code").set_value("renewed")
    find_widget(page, "text_input", "amount").set_value("50000")
    press_button(page, "complete", "summary")
    assert "Contract terms" not in button_labels(page)
    assert "Complete anyway" in button_labels(page)


def test_completing_a_run_that_changed_elsewhere_asks_to_look_again_then_works(show, company, run, sql):
    page = show(slide="summary")
    save_in_another_tab(company.csm, run, "greeting", goal="From the other tab")
    find_widget(page, "button_group", "outcome_code").set_value("renewed")
    find_widget(page, "text_input", "amount").set_value("1")
    page.run()
    save_in_another_tab(company.csm, run, "greeting", 1, goal="Again")
    press_button(page, "complete", "summary")
    press_button(page, "complete anyway", "summary")
    assert "This run was changed elsewhere after you opened it." in page_text(page)
    press_button(page, "complete anyway", "summary")
    press_button(page, "book leave", "summary")
    assert fetch_value(sql, "select status from public.workflow_executions where id = %s", run) == "completed"


def test_a_customer_without_any_data_is_walked_through(show, sql, company):
    bare = insert_row(
        sql, "customers", company_id=company.id, owner_id=company.csm.id, name="Bare", segment="smb",
        customer_since=date.today(),
    )  # fmt: skip
    run = call_rpc(company.csm, "start_workflow", p_workflow_id="standard-renewal", p_customer_id=str(bare))[
        "execution_id"
    ]
    slides = fetch_value(
        sql, "select slide_sequence from public.workflow_definitions where workflow_id = 'standard-renewal'"
    )
    for slide in slides:
        assert "no data" in page_text(show(execution=run, slide=slide)) or slide in ("assess-risk", "summary")


def test_names_are_inert_wherever_they_stand(show, sql, company):
    evil = add_customer(sql, company, company.csm, INERT)
    run = call_rpc(company.csm, "start_workflow", p_workflow_id="standard-renewal", p_customer_id=evil)["execution_id"]
    assert_page_inert(show(execution=run))


def test_a_newer_version_is_offered(show, sql, company, acme):
    definition = publish_workflow(sql, company.id, "ours")
    run = call_rpc(company.csm, "start_workflow", p_workflow_id="ours", p_customer_id=acme)["execution_id"]
    publish_next_version(sql, definition)
    seen = page_text(show(execution=run))
    assert "version 1 of 2" in seen
    assert "This run uses version 1." in seen


def test_the_activity_names_who_did_what(show):
    page = show()
    press_button(page, "next", "greeting")
    seen = page_text(show())
    assert "Alice Moreau started the run" in seen
    assert "Alice Moreau finished “" in seen


def test_a_long_text_is_saved_and_one_too_long_is_refused(show, sql, run):
    page = show()
    find_widget(page, "text_area", "goal").set_value("x" * 100_000).run()
    assert len(read_step(sql, run, "greeting")["answers"]["goal"]) == 100_000
    find_widget(page, "text_area", "goal").set_value("x" * 410_000).run()
    assert "the limit is 400 kB" in page_text(page)
    assert len(find_widget(page, "text_area", "goal").value) == 410_000


def test_an_amount_is_read_and_written_in_the_person_s_own_locale(show, company, sql, run):
    call_rpc(company.csm, "save_locale", p_locale="de_DE")
    page = show(slide="summary")
    page.context["locale"] = "en-US"
    amount = find_widget(page, "text_input", "amount")
    amount.set_value("41066,5").run()
    assert read_step(sql, run, "summary")["answers"]["amount"] == 41066.5
    assert find_widget(page, "text_input", "amount").value == "41.066,50"
    call_rpc(company.csm, "save_locale", p_locale=None)
    assert find_widget(show(slide="summary"), "text_input", "amount").value == "41,066.50"


def test_without_an_own_locale_an_amount_is_read_in_the_company_s(show, company, sql, run):
    sql.execute("update public.company_settings set locale = 'de_DE' where company_id = %s", [company.id])
    page = show(slide="summary")
    find_widget(page, "text_input", "amount").set_value("41.066").run()
    assert read_step(sql, run, "summary")["answers"]["amount"] == 41066
    assert find_widget(page, "text_input", "amount").value == "41.066,00"


def test_an_unclear_amount_stays_typed_and_is_asked_about(show, company, sql, run):
    call_rpc(company.csm, "save_locale", p_locale="de_DE")
    page = show(slide="summary")
    find_widget(page, "button_group", "outcome_code").set_value("renewed")
    find_widget(page, "text_input", "amount").set_value("41,066").run()
    assert "Is unclear. Did you mean 41.066,00?" in page_text(page).replace("\\", "")
    assert read_step(sql, run, "summary")["answers"]["amount"] == "41,066"
    press_button(page, "complete", "summary")
    assert page_text(page).count("Is unclear") == 1
    assert fetch_value(sql, "select status from public.workflow_executions where id = %s", run) == "active"
    assert find_widget(show(slide="summary"), "text_input", "amount").value == "41,066"
    next(button for button in page.button if button.label == "41.066,00").click().run()
    assert read_step(sql, run, "summary")["answers"]["amount"] == 41066
    assert "Is unclear" not in page_text(page)


def test_what_is_typed_into_a_column_of_prices_is_read_and_asked_about(show, company, sql, run):
    call_rpc(company.csm, "save_locale", p_locale="de_DE")
    page = show(slide="prepare-quote")
    editor = next(found for found in page.get("data_editor") if found.key.endswith(".lines"))
    contracts = "public.contracts c join public.workflow_executions e on e.customer_id = c.customer_id"
    price = fetch_value(sql, f"select min(c.annual_price_per_seat) from {contracts} where e.id = %s", run)
    assert price > 20
    typed = f"{price + Decimal('0.55'):.2f}".replace(".", ",")
    changes = {"edited_rows": {0: {"price": typed, "discount": "7,5"}}, "added_rows": [], "deleted_rows": []}
    page.session_state[editor.key] = changes
    page.run()
    row = read_step(sql, run, "prepare-quote")["answers"]["lines"][0]
    assert (Decimal(str(row["price"])), row["discount"]) == (price + Decimal("0.55"), 7.5)
    changes["edited_rows"][0]["price"] = typed.replace(",", "")
    page.session_state[editor.key] = changes
    page.run()
    assert "is far from the list price of" in page_text(page).replace("\\", "")
    next(button for button in page.button if button.label.replace("\\", "") == typed).click().run()
    assert Decimal(str(read_step(sql, run, "prepare-quote")["answers"]["lines"][0]["price"])) == Decimal(
        typed.replace(",", ".")
    )
    assert "is far from" not in page_text(page)


def test_edited_and_added_rows_are_saved(show, sql, run):
    page = show(slide="pricing-strategy")
    editor = next(found for found in page.get("data_editor") if found.key.endswith(".scenarios"))
    page.session_state[editor.key] = {
        "edited_rows": {0: {"name": "As it is"}},
        "added_rows": [{"name": "Bold", "uplift": "9,5 %"}],
        "deleted_rows": [1],
    }
    page.run()
    rows = read_step(sql, run, "pricing-strategy")["answers"]["scenarios"]
    names = [row["name"] for row in rows]
    assert rows[-1]["uplift"] == 9.5
    assert names[0] == "As it is"
    assert names[-1] == "Bold"
    assert "Bold" in str(find_widget(page, "button_group", "chosen").options)


def test_coming_back_from_another_page_reads_the_run_anew(show, company, run):
    page = show()
    page.switch_page(page_path().replace(PAGE, "today/today.py")).run()
    save_in_another_tab(company.csm, run, "greeting", goal="Meanwhile")
    page.query_params["execution"] = run
    page.switch_page(page_path()).run()
    assert find_widget(page, "text_area", "goal").value == "Meanwhile"


def test_labels_of_buttons_say_what_they_do(show):
    assert {"Refresh", "Back", "Next: Contract terms"} <= set(button_labels(show(slide="review-account")))


def footer_text(page: AppTest) -> str:
    return next(found.value for found in page.markdown if " of 9 ·]" in found.value)


def visit_page(page: AppTest, path: str, **query: str) -> AppTest:
    """Go to another page, as a click on a link in the app does."""
    for name in list(page.query_params):
        del page.query_params[name]
    for name, value in query.items():
        page.query_params[name] = value
    return page.switch_page(page_path().replace(PAGE, path)).run()


def test_not_saved_outranks_missing_answers_and_next_tries_again(show, sql, run):
    page = show(slide="assess-risk")
    press_button(page, "next", "assess-risk")
    assert "2 answers missing" in footer_text(page)
    with break_supabase():
        find_widget(page, "text_area", "mitigation").set_value("Call the sponsor").run()
        assert "Not saved" in footer_text(page)
        press_button(page, "next", "assess-risk")
        assert "Not saved" in footer_text(page)
        assert "Not saved" in footer_text(page.run())
    press_button(page, "next", "assess-risk")
    assert "2 answers missing" in footer_text(page)
    assert read_step(sql, run, "assess-risk")["answers"]["mitigation"] == "Call the sponsor"


@pytest.mark.parametrize("is_back_in_time", [True, False], ids=["database back", "database still gone"])
def test_unsaved_answers_are_there_after_a_visit_to_another_page(show, sql, run, is_back_in_time):
    page = show(slide="assess-risk")
    with break_supabase():
        find_widget(page, "text_area", "mitigation").set_value("Call the sponsor").run()
        press_button(page, "next", "assess-risk")
        visit_page(page, "today/today.py")
        if not is_back_in_time:
            visit_page(page, PAGE, execution=run)
            visit_page(page, "work/inbox.py")
    visit_page(page, PAGE, execution=run)
    assert find_widget(page, "text_area", "mitigation").value == "Call the sponsor"
    page.run()
    assert "Saved" in footer_text(page)
    assert read_step(sql, run, "assess-risk")["answers"]["mitigation"] == "Call the sponsor"


def test_unsaved_answers_are_there_after_a_visit_to_another_run(show, sql, run, company):
    other_customer = add_customer(sql, company, company.csm, "Beta", notice_in=20)
    other = call_rpc(company.csm, "start_workflow", p_workflow_id="standard-renewal", p_customer_id=other_customer)[
        "execution_id"
    ]
    page = show(slide="assess-risk")
    with break_supabase():
        find_widget(page, "text_area", "mitigation").set_value("Call the sponsor").run()
    visit_page(page, PAGE, execution=other)
    assert "# Beta" in page_text(page)
    visit_page(page, PAGE, execution=run)
    assert find_widget(page, "text_area", "mitigation").value == "Call the sponsor"
    page.run()
    assert read_step(sql, run, "assess-risk")["answers"]["mitigation"] == "Call the sponsor"


def test_a_visit_to_another_slide_of_the_run_by_its_address_keeps_unsaved_answers(show, sql, run):
    page = show(slide="assess-risk")
    with break_supabase():
        find_widget(page, "text_area", "mitigation").set_value("Call the sponsor").run()
        visit_page(page, "today/today.py")
    visit_page(page, PAGE, execution=run, slide="greeting")
    visit_page(page, PAGE, execution=run, slide="assess-risk")
    page.run()
    assert read_step(sql, run, "assess-risk")["answers"]["mitigation"] == "Call the sponsor"


def connect_to_another_process(page: AppTest) -> AppTest:
    """The same tab with a session of another process: the browser sends what its widgets hold, and nothing else."""
    other = AppTest.from_file(page._script_path, default_timeout=20)
    other.session_state[COOKIE_KEY] = page.session_state[COOKIE_KEY]
    for name, value in page.query_params.items():
        other.query_params[name] = value
    other._page_hash = page._page_hash
    return other._run(page._tree.get_widget_states())


def test_a_new_session_of_the_same_tab_keeps_what_its_widgets_hold(show, open_page, company, sql, run):
    page = show(slide="greeting")
    find_widget(page, "text_area", "concern").set_value("The price").run()
    find_widget(page, "text_area", "goal").set_value("Typed while the process died")
    after = connect_to_another_process(page)
    assert find_widget(after, "text_area", "goal").value == "Typed while the process died"
    assert find_widget(after, "text_area", "goal").key == find_widget(page, "text_area", "goal").key
    assert read_step(sql, run, "greeting")["answers"] == {
        "goal": "Typed while the process died",
        "concern": "The price",
    }
    assert "Saved" in footer_text(after)


def test_a_new_session_of_the_same_tab_keeps_its_prices_and_amounts(show, open_page, company, sql, run):
    page = show(slide="prepare-quote")
    editor = next(found for found in page.get("data_editor") if found.key.endswith(".lines"))
    page.session_state[editor.key] = {"edited_rows": {0: {"discount": "7,5"}}, "added_rows": [], "deleted_rows": []}
    page.run()
    before = read_step(sql, run, "prepare-quote")["answers"]["lines"]
    find_widget(page, "text_area", "remarks").set_value("Typed while the process died")
    connect_to_another_process(page)
    answers = read_step(sql, run, "prepare-quote")["answers"]
    assert answers["remarks"] == "Typed while the process died"
    assert [row["price"] for row in answers["lines"]] == [row["price"] for row in before]


def test_a_choice_made_while_the_process_was_gone_is_kept(show, open_page, company, sql, run):
    page = show(slide="assess-risk")
    find_widget(page, "text_area", "reason").set_value("No sponsor").run()
    find_widget(page, "button_group", "own_call").set_value("high")
    connect_to_another_process(page)
    answers = read_step(sql, run, "assess-risk")["answers"]
    assert (answers["own_call"], answers["reason"]) == ("high", "No sponsor")


def test_a_new_session_asks_before_it_overwrites_what_was_saved_meanwhile(show, open_page, company, sql, run):
    page = show(slide="greeting")
    find_widget(page, "text_area", "goal").set_value("Mine").run()
    find_widget(page, "text_area", "goal").set_value("Mine, and more")
    save_in_another_tab(company.manager, run, "greeting", revision=1, goal="Theirs", concern=None)
    after = connect_to_another_process(page)
    assert "saved this slide" in page_text(after)
    assert find_widget(after, "text_area", "goal").value == "Mine, and more"
    assert read_step(sql, run, "greeting")["answers"]["goal"] == "Theirs"


def test_a_field_the_browser_did_not_have_keeps_its_stored_answer(show, open_page, company, sql, run):
    page = show(slide="greeting")
    find_widget(page, "text_area", "concern").set_value("The price").run()
    find_widget(page, "text_area", "goal").set_value("Typed")
    drop_widget(page, find_widget(page, "text_area", "concern"))
    after = connect_to_another_process(page)
    assert find_widget(after, "text_area", "concern").value == "The price"
    assert find_widget(after, "text_area", "goal").value == "Typed"
    assert read_step(sql, run, "greeting")["answers"] == {"goal": "Typed", "concern": "The price"}


@pytest.mark.parametrize("forged", ["", "no JSON", "{}", '{"execution_id": 1}'])
def test_a_forged_form_on_screen_is_ignored(show, open_page, company, forged):
    page = show(slide="greeting")
    next(field for field in page.text_input if field.key == RUN_BROWSER_FORM).set_value(forged)
    after = connect_to_another_process(page)
    assert "# Acme" in page_text(after)
    assert find_widget(after, "text_area", "goal").value == ""


def give_back_answers(page: AppTest, run: str, *, slide: str, revision: int, **answers: Any) -> AppTest:
    """The tab puts answers into the hidden field that another session could not save."""
    form = {
        "page_key": run,
        "slide_id": slide,
        "form_version": "gone",
        "revision": revision,
        "rows": {},
        "answers": answers,
    }
    next(field for field in page.text_input if field.key == RUN_BROWSER_FORM).set_value(json.dumps(form))
    return page.run()


def test_answers_that_another_session_could_not_save_are_saved(show, sql, run):
    page = show(slide="assess-risk")
    given = give_back_answers(page, run, slide="assess-risk", revision=0, own_call="high", reason="No sponsor")
    assert find_widget(given, "text_area", "reason").value == "No sponsor"
    answers = read_step(sql, run, "assess-risk")["answers"]
    assert (answers["own_call"], answers["reason"]) == ("high", "No sponsor")


def test_answers_of_another_session_meet_what_was_saved_meanwhile_as_a_conflict(show, company, sql, run):
    save_in_another_tab(company.manager, run, "greeting", revision=0, goal="Theirs", concern=None)
    page = show(slide="greeting")
    given = give_back_answers(page, run, slide="greeting", revision=0, goal="Mine", concern=None)
    assert "saved this slide" in page_text(given)
    assert find_widget(given, "text_area", "goal").value == "Mine"
    assert read_step(sql, run, "greeting")["answers"]["goal"] == "Theirs"


def test_answers_of_another_slide_are_not_taken(show, sql, run):
    page = show(slide="greeting")
    given = give_back_answers(page, run, slide="assess-risk", revision=0, own_call="high", reason="No sponsor")
    assert find_widget(given, "text_area", "goal").value == ""


def drop_widget(page: AppTest, widget: Any) -> None:
    """Let the browser not have this widget, as one that a new release brings."""

    def drop(block: Any) -> None:
        for index, child in list(block.children.items()):
            if child is widget:
                del block.children[index]
            elif hasattr(child, "children"):
                drop(child)

    drop(page._tree)


def test_all_records_of_the_customer_are_reached_from_its_run(show, sql, company, acme):
    sql.execute(
        "insert into public.notes (company_id, customer_id, author_id, body, happened_on)"
        " select %s, %s, %s, 'No. ' || n, current_date - n from generate_series(1, 65) n",
        [company.id, acme, company.csm.id],
    )
    page = show(slide="review-account")
    assert "Notes in Zen, newest first: 5 of 65, all under Records below." in page_text(page)
    assert "Records: 65 notes" in [each.label for each in page.expander]
    with record_requests() as sent:
        page.session_state[f"{CUSTOMER_RECORDS}.{acme}"] = True
        page.run()
    assert [request for request in sent if "customer_records" in request] == ["POST /rest/v1/rpc/customer_records"]
    for _ in range(3):
        page.button(key=f"{customer_records_key(acme, 'notes')}.more").click().run()
    seen = page_text(page)
    assert {f"No. {number}" for number in range(1, 66)} <= set(re.findall(r"No\. \d+", seen))
    assert "of 65 notes" not in seen


def test_all_events_of_a_run_are_reached(show, sql, company, run):
    sql.execute(
        "insert into public.workflow_execution_events (company_id, execution_id, kind, actor_id)"
        " select %s, %s, 'acknowledged', %s from generate_series(1, 119)",
        [company.id, run, company.csm.id],
    )
    page = show()
    assert "50 of 120 events" in page_text(page)
    page.button(key=run_button_key("events", run)).click().run()
    assert "100 of 120 events" in page_text(page)
    page.button(key=run_button_key("events", run)).click().run()
    seen = page_text(page)
    assert "of 120 events" not in seen
    assert seen.count("acknowledged the escalation") == 119
