"""Acting on a run from its page and from Today: dialogs, one key a click, undo, how it stands afterwards."""

from datetime import date, timedelta
from typing import Any

import pytest

from lib.ui import session_keys
from tests.database.action_calls import escalate, hand_back, snooze
from tests.database.factories import fetch_rows, fetch_value, insert_row, publish_next_version, publish_workflow
from tests.database.rpc import call_rpc
from tests.pages.assertions import button_labels, find_button, page_text, primary_labels
from tests.pages.dialogs import (
    SOON,
    choose_action,
    dialog_field,
    fill_dialog,
    read_action_runs,
    read_status,
    run_action,
    snooze_run,
    start_run,
    submit_dialog,
)
from tests.pages.factories import add_customer
from tests.support.requests import break_supabase, record_requests

PAGE = "workflows/run.py"
READ = ["POST /rest/v1/rpc/run_saved_action", "POST /rest/v1/rpc/workflow_run"]

# Once the page is drawn: the number beside Inbox follows what was done.
MENU_READ = "POST /rest/v1/rpc/read_browser_session"


@pytest.fixture
def acme(sql, company):
    return add_customer(sql, company, company.csm, "Acme", notice_in=20)


@pytest.fixture
def run(company, acme):
    return start_run(company.csm, acme)


@pytest.fixture
def show(open_page, company, run):
    def open_run(member=None, *, slide: str | None = None, execution: str = run):
        query = {"execution": execution} | ({"slide": slide} if slide else {})
        return open_page(member or company.csm, PAGE, **query)

    return open_run


def test_a_snoozed_run_shows_until_when_and_why(show, sql, run):
    page = snooze_run(show())
    seen = page_text(page)
    assert read_status(sql, run) == "snoozed"
    assert "Snoozed until" in seen
    assert "They are at a fair." in seen
    assert "Resume now" in button_labels(page)
    (done,) = read_action_runs(sql, run)
    assert (done["kind"], done["source"]) == ("snooze", "page")


def test_actions_cost_no_request_before_a_dialog_opens_and_a_snooze_costs_two_and_the_menu_one(show):
    page = show()
    with record_requests() as opening:
        choose_action(page, "snooze")
    assert opening == []
    with record_requests() as sending:
        submit_dialog(fill_dialog(page, until=SOON, reason="A fair"))
    assert sending == ["POST /rest/v1/rpc/available_actions", *READ, MENU_READ]


def test_missing_answers_are_named_in_the_dialog_and_the_others_stay(show, sql, run):
    page = choose_action(show(), "snooze")
    fill_dialog(page, reason="They are at a fair.")
    submit_dialog(page)
    assert ":small[:red[:material/error: Choose a day, a signal, or both.]]" in page_text(page)
    assert dialog_field(page, ".reason").value == "They are at a fair."
    fill_dialog(page, until=SOON).run()
    assert "Choose a day, a signal" not in page_text(page)
    submit_dialog(page)
    assert read_status(sql, run) == "snoozed"


def test_a_day_in_the_past_is_refused_below_its_field(show, sql, run):
    page = choose_action(show(), "snooze")
    pills = dialog_field(page, ".preset")
    pills.set_value(next(name for name in pills.options if name.startswith("In two weeks, "))).run()
    assert "Back on " in page_text(page)
    submit_dialog(fill_dialog(page, until=date(2025, 11, 1), reason="A fair"))
    assert "This day is in the past. Choose a later one." in page_text(page)
    assert "Back on " not in page_text(page)
    assert not dialog_field(page, ".preset").value
    assert dialog_field(page, ".until").value == date(2025, 11, 1)
    assert read_status(sql, run) == "active"


def test_a_new_due_date_after_the_notice_deadline_shows_a_warning(show, run):
    page = choose_action(show(), "snooze")
    fill_dialog(page, until=SOON).run()
    assert "That is after the notice deadline, " in page_text(page)


def test_another_day_needs_another_confirmation(show, sql, run):
    page = snooze_run(show(), until=date.today() + timedelta(days=40))
    dialog_field(page, ".meant").check()
    submit_dialog(fill_dialog(page, until=date.today() + timedelta(days=50)))
    assert read_status(sql, run) == "active"
    assert not dialog_field(page, ".meant").value


def test_cancel_closes_a_dialog_without_effect(show, sql, run):
    page = fill_dialog(choose_action(show(), "escalate"), ask="May we?")
    find_button(page, "Cancel").click().run()
    assert "Escalate" not in button_labels(page)
    assert read_status(sql, run) == "active"


def test_every_missing_answer_is_named_below_its_question(show):
    page = submit_dialog(choose_action(show(), "escalate"))
    assert page_text(page).count(":small[:red[:material/error: Needs an answer.]]") == 2
    fill_dialog(page, ask="May we?").run()
    assert page_text(page).count(":small[:red[:material/error: Needs an answer.]]") == 1
    assert "Nothing was saved yet." not in page_text(page)


def test_a_snooze_beyond_the_notice_deadline_needs_confirmation(show, sql, run):
    page = snooze_run(show(), until=date.today() + timedelta(days=40))
    assert "The notice deadline is" in page_text(page)
    assert read_status(sql, run) == "active"
    dialog_field(page, ".meant").check()
    submit_dialog(page)
    assert read_status(sql, run) == "snoozed"


def test_the_due_date_moves_only_with_its_checkbox(show, sql, run):
    page = choose_action(show(), "snooze")
    fill_dialog(page, until=SOON, reason="A fair").run()
    assert dialog_field(page, ".move_due").label.startswith("Move the due date too, from ")
    dialog_field(page, ".move_due").check()
    submit_dialog(page)
    assert "before the due date would be" in page_text(page)
    dialog_field(page, ".meant").check()
    submit_dialog(page)
    moved = fetch_value(sql, "select due_on from public.workflow_executions where id = %s", run)
    assert moved == date.today() + timedelta(days=25)
    assert f"due {moved.day} " in page_text(page)


def test_without_a_day_the_due_date_is_not_asked_about(show):
    page = choose_action(show(), "snooze")
    assert not [found for found in page.checkbox if found.key.endswith(".move_due")]


def test_a_signal_alone_is_enough(show, sql, run):
    page = choose_action(show(), "snooze")
    dialog_field(page, ".signal").set_value("note_mentions").run()
    dialog_field(page, "signal.note_mentions").set_value("budget")
    submit_dialog(fill_dialog(page, reason="Until the budget is there"))
    assert read_status(sql, run) == "snoozed"
    assert "a note mentions “budget”" in page_text(page)


def test_two_clicks_on_send_do_it_once(show, sql, run):
    page = choose_action(show(), "snooze")
    fill_dialog(page, until=SOON, reason="A fair")
    click = next(found for found in page.button if (found.key or "").startswith("act.press.send."))
    opened = page.session_state[session_keys.ACTION_STATE].dialog
    click.click().run()
    page.session_state[
        session_keys.ACTION_STATE
    ].dialog = opened  # a second click that was under way when the first ended
    page.run()
    fill_dialog(page, until=SOON, reason="A fair")
    submit_dialog(page)
    assert len(read_action_runs(sql, run)) == 1


def test_undo_brings_it_back_from_the_notice(show, sql, run):
    page = snooze_run(show())
    find_button(page, "Undo").click().run()
    assert read_status(sql, run) == "active"
    assert "Undid “Snoozed until " in page_text(page)


def test_undo_is_there_for_a_day_in_what_happened(show, sql, run):
    snooze_run(show())
    page = show()
    assert "Undo" in button_labels(page)
    find_button(page, "Undo").click().run()
    assert read_status(sql, run) == "active"


def test_the_third_snooze_suggests_alternatives(show, company, sql, run):
    for _ in range(2):
        snooze_run(show())
        call_rpc(company.csm, "wake_execution", p_execution_id=run)
    page = choose_action(show(), "snooze")
    assert "Snoozed twice already." in page_text(page)
    find_button(page, "Escalate instead").click().run()
    assert "Your request" in [found.label for found in page.text_area]


def test_a_due_run_wakes_when_it_is_opened_and_shows_why(show, sql, run):
    snooze_run(show())
    sql.execute(
        "update public.workflow_snoozes set until_at = now() - interval '1 minute' where execution_id = %s", [run]
    )
    page = show()
    assert read_status(sql, run) == "active"
    (said,) = [alert.value for alert in page.info]
    assert "Back today, as you planned" in said
    assert "They are at a fair." in said
    field_of_slide = next(found for found in page.text_area if (found.key or "").endswith(".goal"))
    field_of_slide.set_value("Renew").run()
    assert [alert.value for alert in page.info] == [said]


def test_a_colleague_who_only_reads_does_not_wake_it(show, company, sql, run):
    snooze_run(show())
    sql.execute(
        "update public.workflow_snoozes set until_at = now() - interval '1 minute' where execution_id = %s", [run]
    )
    page = show(company.other_csm)
    assert read_status(sql, run) == "snoozed"
    assert not page.menu_button


def test_resume_now_wakes_a_run_early(show, sql, run):
    page = snooze_run(show())
    find_button(page, "Resume now").click().run()
    assert read_status(sql, run) == "active"
    assert "Snoozed until" not in page_text(page)


def test_the_draft_is_saved_before_a_dialog_opens(show, sql, run):
    page = show()
    next(found for found in page.text_area if (found.key or "").endswith(".goal")).set_value("Renew")
    choose_action(page, "snooze")
    kept = fetch_value(sql, "select answers from public.workflow_step_executions where execution_id = %s", run)
    assert kept["goal"] == "Renew"
    submit_dialog(fill_dialog(page, until=SOON, reason="A fair"))
    assert next(found for found in page.text_area if (found.key or "").endswith(".goal")).value == "Renew"


def test_a_skipped_slide_shows_its_reason_and_can_be_resumed(show, sql, run):
    page = choose_action(show(slide="review-account"), "skip_slide")
    dialog_field(page, ".reason").set_value("no_data").run()
    submit_dialog(page)
    assert "## Contract terms" in page_text(page)
    page = show(slide="review-account")
    assert "This slide is skipped by Alice Moreau" in page_text(page)
    assert "No data for this" in page_text(page)
    assert not [found for found in page.text_area if (found.key or "").startswith("run.field.")]
    find_button(page, "Resume").click().run()
    assert [found for found in page.text_area if (found.key or "").startswith("run.field.")]
    assert "This slide is skipped" not in page_text(page)


def test_next_on_a_skipped_slide_just_moves_on(show, company, run):
    page = choose_action(show(slide="review-account"), "skip_slide")
    dialog_field(page, ".reason").set_value("no_data").run()
    submit_dialog(page)
    page = show(slide="review-account")
    page.button(key=session_keys.run_button_key("next", "review-account")).click().run()
    assert "## Contract terms" in page_text(page)
    (step,) = [
        s
        for s in call_rpc(company.csm, "workflow_run", p_execution_id=run)["steps"]
        if s["slide_id"] == "review-account"
    ]
    assert step["status"] == "skipped"


def test_the_last_slide_cannot_be_skipped(show):
    assert "skip_slide" not in menu_options(show(slide="summary"))


def menu_options(page) -> list[str]:
    return [option.split(": ", 1)[-1] for option in page.menu_button[0].options] if page.menu_button else []


def test_a_skipped_run_shows_its_reason_and_can_be_reopened(show, sql, run):
    page = choose_action(show(), "skip")
    dialog_field(page, ".reason").set_value("other").run()
    submit_dialog(page)
    assert ":small[:red[:material/error: Say why in your own words.]]" in page_text(page)
    submit_dialog(fill_dialog(page, words="They merge with Kiln"))
    assert read_status(sql, run) == "skipped"
    seen = page_text(page)
    assert "Skipped on" in seen
    assert "They merge with Kiln" in seen
    find_button(page, "Reopen").click().run()
    submit_dialog(page)
    assert ":small[:red[:material/error: Needs an answer.]]" in page_text(page)
    submit_dialog(fill_dialog(page, reason="It matters after all."))
    assert read_status(sql, run) == "active"


def escalate_run(page, company, **given: Any):
    choose_action(page, "escalate")
    return submit_dialog(fill_dialog(page, **({"to": str(company.manager.id), "ask": "May we offer 15 %?"} | given)))


def test_an_escalation_is_acknowledged_commented_and_handed_back_and_the_decision_is_seen(show, company, sql, run):
    _ = company.manager
    page = escalate_run(show(), company)
    assert "Escalated to Mara Lindqvist, medium" in page_text(page)
    assert "First answer due" in page_text(page)

    theirs = show(company.manager)
    assert "Escalated to you, medium" in page_text(theirs)
    find_button(theirs, "Acknowledge").click().run()
    assert "Acknowledged " in page_text(theirs)
    fill_dialog(theirs, comment="Which term?")
    find_button(theirs, "Comment").click().run()
    assert "Which term?" in page_text(theirs)
    find_button(theirs, "Hand back").click().run()
    submit_dialog(fill_dialog(theirs, decision="Yes, 15 %."))
    assert read_status(sql, run) == "active"

    page = show()
    assert "Handed back by Mara Lindqvist" in page_text(page)
    assert "Yes, 15 %." in page_text(page).replace("\\", "")
    assert fetch_value(sql, "select seen_at is not null from public.workflow_escalations where execution_id = %s", run)
    find_button(show(company.manager), "Undo").click().run()
    assert read_status(sql, run) == "escalated"


def test_a_decision_is_shown_although_the_run_was_escalated_again(show, company, sql, run):
    escalate(company.csm, run, company.manager)
    hand_back(company.manager, sql, run, "Yes, 15%.")
    escalate(company.manager, run, company.admin)
    text = page_text(show())
    assert "Handed back by Mara Lindqvist" in text
    assert "Yes, 15%." in text.replace("\\", "")
    assert "Escalated to " in text
    unseen = "select count(*) from public.workflow_escalations where execution_id = %s and decision is not null"
    assert fetch_value(sql, f"{unseen} and seen_at is null", run) == 0
    assert text.count("Handed back by") == 1


def test_a_decision_is_shown_although_the_run_was_snoozed_since(show, company, sql, run):
    escalate(company.csm, run, company.manager)
    hand_back(company.manager, sql, run, "Yes, 15%.")
    snooze(company.manager, run)
    assert "Handed back by Mara Lindqvist" in page_text(show())


def test_an_overdue_response_clock_is_in_words(show, company, sql, run):
    _ = company.manager
    escalate_run(show(), company, severity="critical")
    sql.execute(
        "update public.workflow_escalations set created_at = now() - interval '3 days', "
        "respond_by = now() - interval '2 days' where execution_id = %s", [run],
    )  # fmt: skip
    for member in (company.csm, company.manager):
        assert "First answer overdue by 2 days" in page_text(show(member))


def test_answers_handed_over_are_questions_and_labels_never_codes(show, company, run):
    _ = company.manager
    for slide, answers in (
        ("summary", {"outcome_code": "downgraded", "amount": 41066.5}),
        ("prepare-quote", {"valid_until": "2027-01-28", "remarks": "Net 30"}),
        ("greeting", {"goal": "x" * 20_001}),
    ):
        call_rpc(company.csm, "save_step", p_execution_id=run, p_slide_id=slide, p_answers=answers, p_revision=0)
    shown = [page_text(choose_action(show(), "escalate"))]
    escalate_run(show(), company)
    shown.append(page_text(show(company.manager)))
    for seen in shown:
        for part in (
            "How did it end? Renewed for less",
            "$41,066.50",
            "28 Jan 2027",
            "Net 30",
            "Too long to hand over.",
        ):
            assert part in seen.replace(":gray[", "").replace("]", "").replace("\\", ""), part
        assert "downgraded" not in seen
        assert "utcome code" not in seen


def test_the_escalate_dialog_previews_what_is_handed_over(show, company):
    _ = company.manager
    page = choose_action(show(), "escalate")
    assert "What will be handed over" in [found.label for found in page.expander]
    assert "First answer within 7 days" in page_text(page)


def test_a_run_is_reassigned_to_a_colleague(show, company, sql, run):
    _ = company.other_csm
    page = choose_action(show(), "give")
    submit_dialog(fill_dialog(page, to=str(company.other_csm.id)))
    assert "Owner: Alice Moreau · Assigned to Łukasz Zieliński" in page_text(page)
    (row,) = fetch_rows(sql, "select owner_id, assigned_to from public.workflow_executions where id = %s", run)
    assert (row["owner_id"], row["assigned_to"]) == (company.csm.id, company.other_csm.id)
    find_button(page, "Undo").click().run()
    assert "· Assigned to" not in page_text(page)


def test_the_owner_takes_a_reassigned_run_back(show, company, sql, run):
    _ = company.other_csm
    page = choose_action(show(), "give")
    submit_dialog(fill_dialog(page, to=str(company.other_csm.id)))
    page = choose_action(show(), "give")
    submit_dialog(fill_dialog(page, to=str(company.csm.id)))
    assert fetch_value(sql, "select assigned_to from public.workflow_executions where id = %s", run) is None


def test_a_run_without_answers_is_ended_without_an_outcome_and_undone(show, sql, run):
    page = submit_dialog(choose_action(show(), "abandon"))
    assert read_status(sql, run) == "abandoned"
    assert "Ended without outcome on" in page_text(page)
    find_button(page, "Undo").click().run()
    assert read_status(sql, run) == "active"


def test_a_run_with_answers_is_not_offered_to_end_without_an_outcome(show, company, run):
    assert ":material/block: End without outcome" in show().menu_button[0].options
    answers = {"p_slide_id": "greeting", "p_answers": {"goal": "calm"}, "p_revision": 0}
    call_rpc(company.csm, "save_step", p_execution_id=run, **answers)
    assert ":material/block: End without outcome" not in show().menu_button[0].options


def test_what_the_database_refuses_is_a_sentence_in_the_dialog(show, company, sql, run):
    page = choose_action(show(), "snooze")
    fill_dialog(page, until=SOON, reason="A fair")
    run_action(sql, company.csm, run, "skip", reason="duplicate")
    submit_dialog(page)
    assert "This run ended on" in page_text(page)
    assert dialog_field(page, ".reason").value == "A fair"


def test_a_lost_database_keeps_the_dialog_and_its_answers(show, sql, run):
    page = choose_action(show(), "snooze")
    fill_dialog(page, until=SOON, reason="A fair")
    with break_supabase():
        submit_dialog(page)
        assert "Zen cannot reach its database right now." in page_text(page)
        assert dialog_field(page, ".reason").value == "A fair"
    submit_dialog(page)
    assert read_status(sql, run) == "snoozed"
    assert len(read_action_runs(sql, run)) == 1


def test_a_dialog_has_one_primary_button_besides_the_pages(show):
    page = choose_action(show(), "snooze")
    assert sorted(primary_labels(page)) == ["Next: Review the account", "Snooze"]


def test_the_due_badge_names_the_deadline_apart_when_they_differ(show, sql, acme):
    assert "notice deadline" in page_text(show())
    sql.execute("update public.contracts set ends_on = ends_on + 30 where customer_id = %s", [acme])
    badge = next(line for line in page_text(show()).splitlines() if "badge[" in line)
    assert "due " in badge
    assert ", notice deadline " in badge


@pytest.fixture
def moved_on(sql, company, acme):
    """A run on version 1 of an own workflow, with an answer on a slide that version 2 does without."""
    slides = ["greeting", "review-account", "summary"]
    definition = publish_workflow(sql, company.id, "our-renewal", slides=slides)
    execution = start_run(company.csm, acme, "our-renewal")
    for slide, answers in (("greeting", {"goal": "Renew"}), ("review-account", {"stands_out": "Fine"})):
        call_rpc(company.csm, "save_step", p_execution_id=execution, p_slide_id=slide, p_answers=answers, p_revision=0)
    newer = ["greeting", "contract-terms", "summary"]
    sql.execute("update public.workflow_definitions set slide_sequence = %s where id = %s", [newer, definition])
    publish_next_version(sql, definition)
    return execution


def test_a_reworded_slide_shows_its_old_and_its_new_text(show, moved_on, company, sql):
    said = """{"greeting": {"lead": "Ask for their result first."}}"""
    definition = fetch_value(sql, "select id from public.workflow_definitions where workflow_id = 'our-renewal' "
                     "and company_id = %s", company.id)  # fmt: skip
    sql.execute("update public.workflow_definitions set slide_contexts = %s where id = %s", [said, definition])
    publish_next_version(sql, definition)
    page = open_version_change(show(execution=moved_on))
    assert "1 slide reworded." in page_text(page)
    assert ":material/edit: Where we stand" in [fold.label for fold in page.expander]
    assert "Ask for their result first." in page_text(page)


def open_version_change(page):
    return find_button(page, "See what would change").click().run()


def test_a_newer_version_is_offered_with_what_would_change_for_this_customer(show, moved_on):
    seen = page_text(open_version_change(show(execution=moved_on)))
    assert "Added: “Contract terms”." in seen
    assert "Removed: “Review the account”." in seen
    assert "Your answers stay on “Where we stand”." in seen
    assert "Set aside, but kept with the run: your answers on “Review the account”." in seen
    assert "You continue at “Where we stand”." in seen


def test_moving_lands_on_its_slide_and_undo_brings_slide_and_answer_back(show, moved_on, sql):
    page = submit_dialog(open_version_change(show(execution=moved_on, slide="review-account")))
    seen = page_text(page)
    assert "version 2 ·" in seen
    assert "## Where we stand" in seen
    assert page.query_params["slide"] == "greeting"
    find_button(page, "Undo").click().run()
    page = show(execution=moved_on, slide="review-account")
    assert "version 1 of 2" in page_text(page)


def test_staying_on_a_version_is_remembered(show, moved_on):
    page = open_version_change(show(execution=moved_on))
    find_button(page, "Stay on this version").click().run()
    again = page_text(show(execution=moved_on))
    assert "This run stays on version 1; version 2 is published." in again
    assert "This run uses version" not in again


def test_a_run_changed_after_the_dialog_opened_is_not_moved(show, moved_on, company, sql):
    page = open_version_change(show(execution=moved_on))
    call_rpc(
        company.csm, "save_step", p_execution_id=moved_on, p_slide_id="greeting", p_answers={"goal": "No"}, p_revision=1
    )
    submit_dialog(page)
    assert "changed elsewhere" in page_text(page)
    version = (
        "select v.version from public.workflow_executions e "
        "join public.workflow_definition_versions v on v.id = e.definition_version_id where e.id = %s"
    )
    assert fetch_value(sql, version, moved_on) == 1


def add_company_action(
    sql, company, steps: list[dict[str, Any]], name: str = "Ask for a reference", **given: Any
) -> str:
    parameters = {"steps": steps} | given
    return str(insert_row(sql, "saved_actions", company_id=company.id, kind="custom", name=name, parameters=parameters,
                   description="For happy ones.", created_by=company.manager.id))  # fmt: skip


def test_a_company_action_lists_its_steps_asks_its_question_and_runs(show, company, sql, run):
    note = {"do": "add_note", "body": "{customer}: {words}"}
    task = {"do": "follow_up", "title": "Call {customer}", "in_days": 7, "person": "owner"}
    add_company_action(sql, company, [note, task], question="What did they say?")
    page = choose_action(show(), "company")
    seen = page_text(page)
    assert "1. Adds a note: “Acme: \\[answer to the question\\]”." in seen
    assert "2. Creates a follow-up for the customer's owner in 7 days: “Call Acme”." in seen
    assert "What did they say?" in [found.label for found in page.text_area]
    submit_dialog(page)
    assert "Write the text this action asks for." in page_text(page)
    next(found for found in page.text_area if found.label == "What did they say?").set_value("Gladly")
    submit_dialog(page)
    body = fetch_value(sql, "select body from public.notes where company_id = %s", company.id)
    assert body == "Acme: Gladly"
    assert fetch_value(sql, "select count(*) from public.follow_ups where execution_id = %s", run) == 1


def test_an_action_archived_since_it_was_drawn_is_refused_with_a_sentence(show, company, sql, run):
    action = add_company_action(sql, company, [{"do": "add_note", "body": "Hello"}])
    page = choose_action(show(), "company")
    sql.execute("update public.saved_actions set archived_at = now(), revision = revision + 1 where id = %s", [action])
    submit_dialog(page)
    assert "is no longer offered" in page_text(page)
    assert read_action_runs(sql, run) == []


def test_a_hidden_global_action_is_refused_with_a_sentence(show, company, sql, run):
    action = fetch_value(sql, "select id from public.saved_actions where kind = 'skip' and company_id is null")
    sql.execute(
        "insert into public.hidden_saved_actions (company_id, action_id, hidden_by) values (%s, %s, %s)",
        [company.id, action, company.manager.id],
    )
    page = choose_action(show(), "skip")
    dialog_field(page, ".reason").set_value("no_data").run()
    submit_dialog(page)
    assert "is not offered in your company" in page_text(page)
    assert read_status(sql, run) == "active"


def test_the_activity_has_a_sentence_for_every_action(show, company, sql, run):
    run_action(sql, company.csm, run, "snooze", until=SOON.isoformat(), reason="A *fair*")
    call_rpc(company.csm, "wake_execution", p_execution_id=run)
    run_action(sql, company.csm, run, "escalate", to=str(company.manager.id), severity="high", ask="May we?")
    seen = page_text(show())
    assert "Alice Moreau snoozed the run until " in seen
    assert "A \\*fair\\*" in seen
    assert "Alice Moreau resumed the run early" in seen
    assert "Alice Moreau escalated the run to Mara Lindqvist, high: May we?" in seen


def test_a_notice_about_one_customer_is_gone_on_the_next_customers_run(show, sql, company):
    other = start_run(company.csm, add_customer(sql, company, company.csm, "Borealis", notice_in=20))
    page = snooze_run(show())
    assert "Undo" in button_labels(page)
    page.query_params["execution"] = other
    page.run()
    assert "# Borealis" in page_text(page)
    assert "Snoozed until" not in page_text(page)
    assert page.session_state[session_keys.ACTION_STATE].message is None


def test_a_notice_does_not_come_back_with_its_page(show, sql, company, run):
    other = start_run(company.csm, add_customer(sql, company, company.csm, "Borealis", notice_in=20))
    page = snooze_run(show())
    for execution in (other, run):
        page.query_params["execution"] = execution
        page.run()
    assert not [found for found in page.button if found.key.startswith("act.press.dismiss")]


def test_an_error_of_one_customer_is_gone_on_the_next_customers_run(show, sql, company, run):
    other = start_run(company.csm, add_customer(sql, company, company.csm, "Borealis", notice_in=20))
    page = snooze_run(show())
    call_rpc(company.csm, "wake_execution", p_execution_id=run)
    find_button(page, "Resume now").click().run()
    assert "This run is not snoozed" in page_text(page)
    page.query_params["execution"] = other
    page.run()
    assert page.session_state[session_keys.ACTION_STATE].error is None


def test_leaders_are_listed_before_peers_to_escalate_to(show, company):
    assert all((company.other_csm, company.manager, company.admin)), "they have signed up"
    page = choose_action(show(), "escalate")
    roles = [label.rsplit(", ", 1)[1] for label in dialog_field(page, ".to").options]
    assert roles == sorted(roles, key=lambda role: role == "customer success manager")
    assert roles[0] in ("manager", "admin")
    assert roles[-1] == "customer success manager"


def test_whoever_escalated_redirects_and_withdraws_with_undo(show, sql, company, run):
    run_action(sql, company.csm, run, "escalate", to=str(company.other_csm.id), severity="high", ask="May we?")
    assert all((company.manager, company.admin)), "they have signed up"
    menu = next(place for place, found in enumerate(show().menu_button) if "raised" in found.key)
    page = choose_action(show(), "redirect", menu)
    options = dialog_field(page, ".to").options
    assert not [label for label in options if company.other_csm.full_name in label], "it is with them already"
    manager = next(label for label in options if company.manager.full_name in label)
    page = submit_dialog(fill_dialog(page, to=str(company.manager.id) if manager == options else manager))
    assert f"Escalated to {company.manager.full_name}" in page_text(page)
    page = choose_action(page, "withdraw", menu)
    assert dialog_field(page, ".reason").label == "Why (optional)"
    page = submit_dialog(fill_dialog(page, reason="They have signed."))
    assert read_status(sql, run) == "active"
    find_button(page, "Undo").click().run()
    assert read_status(sql, run) == "escalated"
    assert [each["kind"] for each in read_action_runs(sql, run)] == ["escalate", "redirect", "withdraw"]


def test_the_person_asked_neither_redirects_nor_withdraws(show, sql, company, run):
    run_action(sql, company.csm, run, "escalate", to=str(company.other_csm.id), severity="high", ask="May we?")
    assert not [found for found in show(company.other_csm).menu_button if "raised" in found.key]


def test_what_is_wrong_in_the_data_says_to_whom_it_goes(show, company, sql, run):
    assert company.admin, "has signed up"
    page = show(slide="review-account")
    field = next(found for found in page.text_area if found.label.startswith("Is anything wrong"))
    assert company.admin.full_name in field.help
    page = field.set_value("The seats are 40.").run()
    assert f"is a follow-up for {company.admin.full_name}." in page_text(page) + " ".join(i.value for i in page.info)
    assert (
        fetch_value(sql, "select assigned_to from public.follow_ups where execution_id = %s", run) == company.admin.id
    )


def test_the_companys_own_reasons_and_severities_are_offered_named_and_need_their_words(show, sql, company, run):
    sql.execute(
        f"""
        insert into public.severities (company_id, code, label, response_days, position)
        values ('{company.id}', 'some_day', 'Some day: answer within 60 days', 60, 9);
        insert into public.skip_reasons (company_id, code, label, needs_words, position)
        values ('{company.id}', 'merger', 'They merge', true, 0)"""
    )
    page = choose_action(show(slide="contract-terms"), "skip_slide")
    reason = dialog_field(page, ".reason")
    reason.set_value(next(each for each in ("merger", "They merge") if each in (*reason.options, "merger"))).run()
    page = submit_dialog(page)
    assert "Say why in your own words." in page_text(page)
    page = submit_dialog(fill_dialog(page, words="With Borealis."))
    assert "With Borealis." in page_text(show(slide="contract-terms"))
    assert all((company.manager, company.admin)), "they have signed up"
    page = choose_action(show(), "escalate")
    dialog_field(page, ".severity").set_value("some_day").run()
    assert "First answer within 60 days" in page_text(page)
