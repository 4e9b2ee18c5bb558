import re

import pytest

from lib.ui import session_keys
from tests.database.chat_calls import get_row_signer, new_id
from tests.database.factories import fetch_value, insert_row
from tests.database.rpc import call_rpc
from tests.pages.assertions import assert_page_inert, button_labels, find_button, page_text
from tests.pages.dialogs import (
    SOON,
    choose_action,
    dialog_field,
    fill_dialog,
    make_snooze_due,
    read_status,
    run_action,
    start_run,
    submit_dialog,
)
from tests.pages.factories import INERT, add_customer
from tests.support.requests import break_supabase, record_requests

PAGE = "work/inbox.py"
READ = "POST /rest/v1/rpc/inbox"
SNOOZE = {"until": SOON.isoformat(), "reason": "They are at a fair."}


@pytest.fixture
def runs(sql, company):
    """Three runs of Alice's, in the order of their customers' names."""
    return [
        start_run(company.csm, add_customer(sql, company, company.csm, name)) for name in ("Acme", "Brindle", "Kiln")
    ]


@pytest.fixture
def open_inbox(open_page, company):
    def open_inbox(member=None, **query: str):
        return open_page(member or company.csm, PAGE, **query)

    return open_inbox


def section_titles(page) -> list[str]:
    return page.button_group(key=session_keys.INBOX_SECTION).options


def page_links(page) -> list[str]:
    return [link.proto.query_string for link in page.page_link]


def test_signed_out_there_is_nothing(open_page):
    page = open_page(None, PAGE)
    assert "You are not signed in." in [header.value for header in page.header]


@pytest.mark.parametrize(
    ("section", "title"),
    [
        ("waiting", "Nothing is waiting for you"),
        ("snoozed", "Nothing is snoozed"),
        ("escalated", "Nothing is escalated"),
        ("approvals", "Nothing needs approval"),
        ("done", "Nothing was done in the last 24 hours"),
        ("nonsense", "Nothing is waiting for you"),
    ],
)
def test_each_empty_section_says_what_will_be_there(open_inbox, section, title):
    page = open_inbox(section=section)
    assert title in page_text(page)
    assert "Go to Today" in [link.label for link in page.page_link]


def test_the_page_costs_one_request_and_a_rerun_none(open_inbox, runs):
    with record_requests() as sent:
        page = open_inbox()
    assert sent.count(READ) == 1
    with record_requests() as again:
        page.run()
    assert again == []


def test_a_snoozed_run_is_listed_with_its_end_and_reason_and_links_to_the_run(open_inbox, company, sql, runs):
    run_action(sql, company.csm, runs[0], "snooze", **SNOOZE)
    page = open_inbox(section="snoozed")
    seen = page_text(page)
    assert "Until " in seen
    assert "They are at a fair." in seen
    assert "Acme" in page_text(page)
    assert f"execution={runs[0]}&slide=greeting" in page_links(page)


def test_a_woken_run_is_listed_with_its_reason(open_inbox, company, sql, runs):
    run_action(sql, company.csm, runs[0], "snooze", **SNOOZE)
    make_snooze_due(sql, runs[0])
    page = open_inbox()
    assert "You planned this for" in page_text(page)
    assert "Snoozed because: They are at a fair." in page_text(page)
    assert section_titles(page)[0] == "Waiting 1"


def test_a_snoozed_run_is_resumed_from_its_row(open_inbox, company, sql, runs):
    run_action(sql, company.csm, runs[0], "snooze", **SNOOZE)
    find_button(open_inbox(section="snoozed"), "Resume").click().run()
    assert read_status(sql, runs[0]) == "active"


def test_several_runs_are_snoozed_in_one_dialog_each_once(open_inbox, company, sql, runs):
    for run in runs:
        run_action(sql, company.csm, run, "snooze", **SNOOZE)
        make_snooze_due(sql, run)
    page = open_inbox()
    find_button(page, "Select all").click().run()
    find_button(page, "Snooze 3").click().run()
    submit_dialog(fill_dialog(page, until=SOON, reason="After the fair"))
    assert [read_status(sql, run) for run in runs] == ["snoozed"] * 3
    assert "3 runs are snoozed." in page_text(page)
    used = "select count(distinct idempotency_key) from public.saved_action_runs where execution_id::text = any (%s)"
    assert fetch_value(sql, used, runs) == 6
    assert "Nothing is waiting for you" in page_text(page)


def test_a_bulk_snooze_reports_successes_and_failures(open_inbox, company, sql, runs):
    for run in runs[:2]:
        run_action(sql, company.csm, run, "snooze", **SNOOZE)
        make_snooze_due(sql, run)
    page = open_inbox()
    find_button(page, "Select all").click().run()
    find_button(page, "Snooze 2").click().run()
    run_action(sql, company.csm, runs[1], "skip", reason="duplicate")
    submit_dialog(fill_dialog(page, until=SOON, reason="After the fair"))
    seen = page_text(page)
    assert "1 run is snoozed; 1 was not." in seen
    assert "Brindle" in seen
    assert "This run ended on" in seen
    assert read_status(sql, runs[0]) == "snoozed"


def test_a_bulk_snooze_past_a_deadline_asks_to_confirm_those_runs_only(open_inbox, company, sql, runs):
    near = start_run(company.csm, add_customer(sql, company, company.csm, "Near", notice_in=10))
    for run in (runs[0], near):
        run_action(sql, company.csm, run, "snooze", **SNOOZE)
        make_snooze_due(sql, run)
    page = open_inbox()
    find_button(page, "Select all").click().run()
    find_button(page, "Snooze 2").click().run()
    submit_dialog(fill_dialog(page, until=SOON.replace(year=SOON.year + 1), reason="Next year"))
    assert "go beyond their notice deadline." in page_text(page)
    assert read_status(sql, near) == "snoozed"
    assert fetch_value(sql, "select count(*) from public.workflow_snoozes where execution_id = %s", near) == 1
    dialog_field(page, ".meant").check()
    submit_dialog(page)
    assert "2 runs are snoozed." in page_text(page)
    assert fetch_value(sql, "select count(*) from public.workflow_snoozes where execution_id = %s", runs[0]) == 2


def test_an_escalation_is_listed_for_both_people_and_handed_back_from_its_row(open_inbox, company, sql, runs):
    run_action(sql, company.csm, runs[0], "escalate", to=str(company.manager.id), severity="high", ask="May we?")
    assert "You asked Mara Lindqvist" in page_text(open_inbox(section="escalated"))
    page = open_inbox(company.manager)
    assert "Alice Moreau asked you" in page_text(page)
    find_button(page, "Acknowledge").click().run()
    assert "Acknowledged " in page_text(page)
    find_button(page, "Hand back").click().run()
    submit_dialog(fill_dialog(page, decision="Yes."))
    assert read_status(sql, runs[0]) == "active"
    seen = page_text(open_inbox())
    assert "Mara Lindqvist: Yes." in seen
    assert "Handed back by Mara Lindqvist" in seen
    assert "Assigned to" not in seen, "it is with its owner again"


def test_a_follow_up_and_a_notice_are_finished_from_their_rows(open_inbox, company, sql, runs):
    acme = fetch_value(sql, "select customer_id from public.workflow_executions where id = %s", runs[0])
    me = company.csm.id
    insert_row(sql, "follow_ups", company_id=company.id, customer_id=acme, assigned_to=me,
        created_by=company.manager.id, title="Call <b>them</b>",
        due_on=fetch_value(sql, "select current_date - 1"))  # fmt: skip
    insert_row(sql, "notices", company_id=company.id, person_id=me, from_id=company.manager.id, customer_id=acme,
        body="The price list is new.")  # fmt: skip
    page = open_inbox()
    seen = page_text(page)
    assert "Overdue" in seen
    assert "Call <b>them</b>" in seen
    assert_page_inert(page)
    assert "The price list is new." in seen
    find_button(page, "Done").click().run()
    find_button(page, "Read").click().run()
    assert "Nothing is waiting for you" in page_text(page)


def test_a_recent_action_can_be_undone(open_inbox, company, sql, runs):
    run_action(sql, company.csm, runs[0], "snooze", **SNOOZE)
    page = open_inbox(section="done")
    find_button(page, "Undo").click().run()
    assert read_status(sql, runs[0]) == "active"
    assert "undone by Alice Moreau" in page_text(page)
    assert "Undo" not in button_labels(page)


def test_an_outdated_undo_is_refused(open_inbox, company, sql, runs):
    run_action(sql, company.csm, runs[0], "snooze", **SNOOZE)
    page = open_inbox(section="done")
    make_snooze_due(sql, runs[0])
    run_action(sql, company.csm, runs[0], "skip", reason="duplicate")
    find_button(page, "Undo").click().run()
    assert "This can no longer be undone" in page_text(page)


def test_the_customer_filter_is_in_the_address(open_inbox, company, sql, runs):
    for run in runs:
        run_action(sql, company.csm, run, "snooze", **SNOOZE)
    page = open_inbox(section="snoozed", customer="kil")
    titles = [line for line in page_text(page).splitlines() if " · Standard renewal" in line]
    assert [title.split(" · ")[0] for title in titles] == ["Kiln"]
    page.text_input(key=session_keys.INBOX_CUSTOMER).set_value("nobody").run()
    assert page.query_params["customer"] == "nobody"
    assert "Nothing found" in page_text(page)
    find_button(page, "Show every customer").click().run()
    assert len(page.checkbox) == 3


def test_only_a_leader_sees_the_team_inbox(open_inbox, company, sql, runs):
    run_action(sql, company.csm, runs[0], "snooze", **SNOOZE)
    assert "Nothing is snoozed" in page_text(open_inbox(company.manager, section="snoozed"))
    page = open_inbox(company.manager, section="snoozed", of="team")
    assert "Alice Moreau" in page_text(page)
    theirs = open_inbox(company.other_csm, section="snoozed", of="team")
    assert "Nothing is snoozed" in page_text(theirs)
    assert session_keys.INBOX_TEAM not in [found.key for found in theirs.get("button_group")]


def test_a_waiting_call_links_to_its_slide_and_conversation(open_inbox, company, sql, runs):
    thread = insert_row(sql, "workflow_chat_threads", company_id=company.id, execution_id=runs[0], slide_id="greeting",
                 owner_id=company.csm.id)  # fmt: skip
    for tool, arguments in (
        ("add_note", {"body": "x"}), ("run_saved_action", {"action": "Snooze until the budget round"}),
    ):  # fmt: skip
        call = {"id": new_id(), "thread_id": str(thread), "tool": tool, "input": arguments, "status": "waiting"}
        signature = get_row_signer().sign_tool_call(call)
        insert_row(sql, "workflow_llm_tool_calls", company_id=company.id, signature=signature, **call)
    forged = {"tool": "run_saved_action", "input": {"action": "Agree to 90%"}, "status": "waiting"}
    insert_row(sql, "workflow_llm_tool_calls", company_id=company.id, thread_id=thread, **forged)
    page = open_inbox(section="approvals")
    assert "“Snooze until the budget round” is waiting for approval" in page_text(page)
    assert "Add note is waiting for approval" in page_text(page)
    assert "A proposal that was not written by Zen is waiting for approval" in page_text(page)
    assert "Agree to 90%" not in page_text(page)
    assert any("slide=greeting" in link for link in page_links(page))
    assert f"thread={thread}" in page_links(page)


def test_rows_over_the_limit_are_counted(open_inbox, company, sql, runs):
    acme = fetch_value(sql, "select customer_id from public.workflow_executions where id = %s", runs[0])
    sql.execute(
        "insert into public.notices (company_id, person_id, customer_id, body) "
        "select %s, %s, %s, 'No. ' || n from generate_series(1, 203) n", [company.id, company.csm.id, acme],
    )  # fmt: skip
    page = open_inbox()
    assert "200 of 203" in page_text(page)
    find_button(page, "Show 3 more").click().run()
    seen = page_text(page)
    assert len(set(re.findall(r"No\. \d+", seen))) == 203
    assert "of 203" not in seen


def test_a_customer_is_found_beyond_the_first_rows(open_inbox, company, sql, runs):
    last = add_customer(sql, company, company.csm, "The Last One")
    sql.execute(
        "insert into public.notices (company_id, person_id, customer_id, body, created_at) "
        "select %s, %s, case n when 203 then %s::uuid end, 'No. ' || n, now() - n * interval '1 minute'"
        " from generate_series(1, 203) n", [company.id, company.csm.id, last],
    )  # fmt: skip
    assert "No. 203" in page_text(open_inbox(customer="The Last One"))


def test_beyond_a_thousand_rows_there_is_a_window_after_it_and_one_before(open_inbox, company, sql, runs):
    sql.execute(
        "insert into public.notices (company_id, person_id, body, created_at) "
        "select %s, %s, 'No. ' || n, now() - n * interval '1 minute' from generate_series(1, 1203) n",
        [company.id, company.csm.id],
    )
    page = open_inbox()
    for _ in range(4):
        find_button(page, "Show 200 more").click().run()
    assert "1,000 of 1,203" in page_text(page)
    find_button(page, "Next 203").click().run()
    seen = page_text(page)
    assert "1,001–1,203 of 1,203" in seen
    assert set(re.findall(r"No\. \d+", seen)) == {f"No. {number}" for number in range(1001, 1204)}
    find_button(page, "Previous 1000").click().run()
    assert "1,000 of 1,203" in page_text(page)


def test_names_are_inert(open_inbox, company, sql):
    run = start_run(company.csm, add_customer(sql, company, company.csm, INERT))
    run_action(sql, company.csm, run, "snooze", until=SOON.isoformat(), reason=INERT)
    page = open_inbox(section="snoozed")
    assert_page_inert(page)
    assert page_text(page).count(INERT) == 2
    labels = [found.label for found in page.checkbox]
    assert all("<b>" not in value and ":red[hot" not in value and "[x](" not in value for value in labels)


def test_without_supabase_there_is_an_error_with_a_retry(open_inbox, runs):
    page = open_inbox()
    del page.session_state[session_keys.INBOX]
    with break_supabase():
        page.run()
        assert "cannot reach its database" in page_text(page)
    find_button(page, "Try again").click().run()
    assert "Nothing is waiting for you" in page_text(page)


def test_the_menu_of_a_row_acts_on_its_run(open_inbox, company, sql, runs):
    run_action(sql, company.csm, runs[0], "snooze", **SNOOZE)
    page = choose_action(open_inbox(section="snoozed"), "skip")
    dialog_field(page, ".reason").set_value("already_done").run()
    submit_dialog(page)
    assert read_status(sql, runs[0]) == "skipped"
    assert (
        fetch_value(
            sql, "select source from public.saved_action_runs where execution_id = %s and kind = 'skip'", runs[0]
        )
        == "page"
    )


def test_only_a_run_without_answers_is_ended_without_an_outcome(open_inbox, company, sql, runs):
    run_action(sql, company.csm, runs[0], "snooze", **SNOOZE)
    page = open_inbox(section="snoozed")
    assert ":material/block: End without outcome" in page.menu_button[0].options
    answers = {"p_slide_id": "greeting", "p_answers": {"goal": "Calm"}, "p_revision": 0}
    call_rpc(company.csm, "save_step", p_execution_id=runs[0], **answers)
    submit_dialog(choose_action(page, "abandon"))
    assert "This run has answers, so it cannot end without an outcome." in page_text(page)
    assert read_status(sql, runs[0]) == "snoozed"
    assert ":material/block: End without outcome" not in open_inbox(section="snoozed").menu_button[0].options
    run_action(sql, company.csm, runs[1], "snooze", **SNOOZE)
    page = submit_dialog(choose_action(open_inbox(section="snoozed", customer="Brindle"), "abandon"))
    assert read_status(sql, runs[1]) == "abandoned"
    assert "Brindle: Ended without an outcome." in page_text(page)
