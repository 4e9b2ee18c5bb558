import time
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from lib import services
from lib.ui.chat import background_turn
from lib.ui.session_keys import CHAT_PANELS, chat_button_key, chat_input_key, icon_only_key
from tests.chat.markdown_assertions import assert_html_inert
from tests.database.chat_calls import begin_turn, finish_turn, share_thread
from tests.database.factories import fetch_rows, fetch_value, insert_row
from tests.database.rpc import call_rpc
from tests.pages.assertions import assert_page_inert, button_labels, find_button, page_html, page_text
from tests.pages.factories import INERT, add_customer, add_usage
from tests.support.model_server import ModelServer, ScriptedCall, ScriptedRefusal, ScriptedReply
from tests.support.requests import break_supabase, record_requests

PAGE = "workflows/run.py"
PANEL, BEGIN, FINISH = (f"POST /rest/v1/rpc/{name}" for name in ("chat_panel", "begin_chat_turn", "finish_chat_turn"))


@pytest.fixture
def run(sql, company):
    made = add_customer(sql, company, company.csm, "Acme", notice_in=20)
    add_usage(sql, company, made)
    return call_rpc(company.csm, "start_workflow", p_workflow_id="standard-renewal", p_customer_id=made)["execution_id"]


@pytest.fixture
def show(open_page, company, run):
    def open_run(member=None, slide: str = "greeting") -> AppTest:
        return open_page(member or company.csm, PAGE, execution=run, slide=slide)

    return open_run


@pytest.fixture
def server(monkeypatch):
    """A model behind the chat; without it the built-in assistant answers."""
    with ModelServer.running() as running:
        monkeypatch.setenv("OPENAI_BASE_URL", running.url)
        monkeypatch.setenv("OPENAI_API_KEY", "key-of-zen")
        monkeypatch.setenv("OPENAI_MODEL", "small")
        services.get_model_settings.cache_clear()
        yield running
    services.get_model_settings.cache_clear()


def say(page: AppTest, words: str, slide: str = "greeting") -> AppTest:
    return page.chat_input(key=chat_input_key(slide)).set_value(words).run()


def press(page: AppTest, what: str, place: int = -1) -> AppTest:
    """The last button of that kind in the panel; the first with `place` 0."""
    found = [each for each in page.button if (each.key or "").startswith(f"chat.press.{what}.")]
    return found[place].click().run()


def said(sql, run: str) -> list[dict[str, Any]]:
    return fetch_rows(
        sql,
        "select m.* from public.workflow_chat_messages m join public.workflow_chat_threads t on t.id = m.thread_id"
        " where t.execution_id = %s order by m.created_at, m.position",
        run,
    )


def statuses(sql, run: str) -> list[str]:
    return [row["status"] for row in said(sql, run) if row["role"] == "assistant" and row["position"] == 0]


def test_someone_signed_out_sees_no_chat(open_page, run):
    page = open_page(None, PAGE, execution=run)
    assert "You are not signed in." in [header.value for header in page.header]
    assert not page.chat_input


def test_an_empty_chat_invites_and_offers_the_slides_branches(show):
    page = show(slide="review-account")
    assert "Ask about this slide" in page_text(page)
    assert page.chat_input[0].placeholder == "Ask about this customer"
    assert [each for each in page.button if (each.key or "").startswith("chat.press.suggest.")]


def test_opening_costs_one_request_a_slide_and_a_rerun_none(show):
    with record_requests() as sent:
        page = show()
    assert sent.count(PANEL) == 1
    with record_requests() as sent:
        page.run()
    assert sent == []


def test_a_hidden_chat_asks_nothing_and_comes_back(show):
    page = show()
    press(page, "hide")
    assert not page.chat_input
    page.session_state[CHAT_PANELS] = {}
    with record_requests() as sent:
        page.run()
    assert sent == []
    find_button(page, "Show the chat").click().run()
    assert page.chat_input


def test_without_a_key_the_built_in_assistant_answers_with_a_chart_and_says_who_it_is(show, sql, run):
    page = say(show(), "How has usage developed?")
    assert "How has usage developed?" in page_text(page)
    assert page.get("plotly_chart")
    assert any("Built-in assistant" in label for label in button_labels(page))
    assert statuses(sql, run) == ["complete"]
    assert {row["model"] for row in said(sql, run) if row["role"] == "assistant" and row["position"] == 0} == {"rules"}


def test_words_come_before_the_chart_and_are_said_once(show):
    page = say(show(), "How has usage developed?")
    told = page_text(page).splitlines()
    asked = told.index("How has usage developed?")
    words = told[asked + 1]
    assert told.count(words) == 1
    assert told[asked:].index(words) < told[asked:].index("Usage")


def test_a_short_table_is_set_like_text_and_is_a_grid_where_one_sorts_it(show, sql, company, run):
    page = say(show(), "How healthy are they?")
    assert any(">Part</th>" in element.value for element in page_html(page))
    assert not page.dataframe
    answer = next(
        each for each in page.session_state[CHAT_PANELS]["greeting"].message_path if not each.entry.is_person_message
    )
    page.session_state[icon_only_key(chat_button_key("more", answer.entry.id))] = True
    page.run()
    assert len(page.dataframe) == 1


def test_a_table_wider_than_the_chat_opens_over_the_page(show):
    page = say(show(), "How healthy are they?")
    shown = sum(">Part</th>" in element.value for element in page_html(page))
    press(page, "large")
    assert not page.exception
    assert sum(">Part</th>" in element.value for element in page_html(page)) == shown + 1


def test_a_model_answers_in_two_requests_and_its_line_says_tokens(show, server):
    server.script(ScriptedReply("It **falls**.\n\nSecond."))
    page = show()
    with record_requests() as sent:
        say(page, "Usage?")
    assert sent == [BEGIN, FINISH]
    assert "It falls." in page_text(page)
    assert any("small" in label and "120 + 30 tokens" in label for label in button_labels(page))


def test_tokens_a_server_does_not_report_are_said_so(show, server):
    server.script(ScriptedReply("Fine.", usage=None))
    assert any("tokens not reported" in label for label in button_labels(say(show(), "How are they?")))


def test_a_reload_draws_the_same_and_never_asks_the_model(show, server):
    server.script(
        ScriptedReply(calls=(ScriptedCall("usage_trend", {}), ScriptedCall("list_contacts", {}))),
        ScriptedReply("One.\n\n```python\nprint(1)\n```\n\n| a | b |\n| --- | --- |\n| 1 | 2 |"),
    )
    page = say(show(), "Show me all")
    before = (page_text(page), len(page.get("plotly_chart")), len(page.table), [code.value for code in page.code])
    asked = len(server.requests)
    again = show()
    after = (page_text(again), len(again.get("plotly_chart")), len(again.table), [code.value for code in again.code])
    assert len(server.requests) == asked
    assert "One." in after[0]
    assert after[3] == before[3] == ["print(1)"]
    assert after[1:] == before[1:]


def test_what_a_model_writes_can_neither_load_nor_link_nor_mark_up(show, server):
    server.script(
        ScriptedReply("![x](https://evil.example/a.png) [y](https://evil.example) <img src=x> :material/home: $x$")
    )
    page = say(show(), "Say it")
    seen = page_text(page)
    assert "](https" not in seen
    assert "(image left out: x) y <img src=x> :material/home: $x$" in seen
    for element in page_html(page):
        assert_html_inert(element.value)


def test_what_a_person_types_is_text(show, server):
    page = say(show(), INERT)
    assert INERT in page_text(page)
    assert_page_inert(page)


def test_a_suggestion_asks_its_branch_and_is_not_offered_again(show, sql, run):
    page = show(slide="review-account")
    offered = [each for each in page.button if (each.key or "").startswith("chat.press.suggest.")]
    label = offered[0].label
    offered[0].click().run()
    assert statuses(sql, run) == ["complete"]
    assert label in page_text(page)
    assert label not in [each.label for each in page.button if (each.key or "").startswith("chat.press.suggest.")]


def suggested(page: AppTest) -> list[str]:
    return [each.label for each in page.button if (each.key or "").startswith("chat.press.suggest.")]


def test_three_suggestions_are_shown_and_the_others_when_asked_for(show):
    page = say(show(slide="review-account"), "How are they?", "review-account")
    first = suggested(page)
    assert len(first) == 3
    page.session_state[chat_button_key("others", "review-account.2")] = True
    page.run()
    assert suggested(page)[:3] == first
    assert len(suggested(page)) > 3


def test_asking_again_makes_a_sibling_and_keeps_the_first(show, server, sql, run):
    server.script(ScriptedReply("First answer."), ScriptedReply("Second answer."))
    page = say(show(), "How are they?")
    press(page, "regenerate")
    assert "Second answer." in page_text(page)
    assert "First answer." not in page_text(page)
    assert "2/2" in page_text(page)
    press(page, "turn-1")
    assert "First answer." in page_text(page)
    assert "1/2" in page_text(page)
    assert len(statuses(sql, run)) == 2


def test_an_edited_question_stands_beside_the_old_one(show, server, sql, run):
    server.script(ScriptedReply("Old answer."), ScriptedReply("New answer."))
    page = say(show(), "Old question")
    press(page, "edit")
    area = next(each for each in page.text_area if (each.key or "").startswith("chat.press.text."))
    assert area.value == "Old question"
    area.set_value("New question").run()
    press(page, "send")
    seen = page_text(page)
    assert "New answer." in seen
    assert "Old answer." not in seen
    press(page, "turn-1", 0)
    assert "Old answer." in page_text(page)
    assert len([row for row in said(sql, run) if row["role"] == "user"]) == 2


def test_of_a_long_conversation_the_end_is_drawn_first_and_the_rest_when_asked_for(show, server):
    page = show()
    for number in range(5):
        server.script(ScriptedReply(f"Answer {number} it is."))
        say(page, f"Question {number}?")
    page = show()
    seen = page_text(page)
    assert "Question 1?" not in seen
    assert "Answer 4 it is." in seen
    with record_requests() as sent:
        press(page, "earlier")
    assert sent == []
    seen = page_text(page)
    assert all(f"Question {number}?" in seen and f"Answer {number} it is." in seen for number in range(5))


def test_thumbs_and_comment_are_there_after_a_reload(show, server, sql, run):
    page = say(show(), "How are they?")
    page.feedback[0].set_value(1).run()
    comment = next(each for each in page.text_input if (each.key or "").startswith("chat.press.comment."))
    comment.set_value("To the point").run()
    again = show()
    assert again.feedback[0].value == 1
    assert "To the point" in [each.value for each in again.text_input]
    again.feedback[0].set_value(None).run()
    assert not fetch_rows(
        sql, "select * from public.workflow_chat_feedback where person_id is not null and comment = 'x'"
    )
    assert show().feedback[0].value is None


def test_a_failed_turn_says_so_and_can_be_retried(show, server, sql, run):
    server.script(ScriptedRefusal(401, "invalid_api_key"), ScriptedReply("Now it works."))
    page = say(show(), "How are they?")
    assert statuses(sql, run) == ["failed"]
    assert "vendor words" not in page_text(page)
    assert "Retry" in button_labels(page)
    press(page, "retry")
    assert "Now it works." in page_text(page)
    assert statuses(sql, run) == ["failed", "complete"]


def test_a_stream_cut_in_the_middle_keeps_what_was_said(show, server, sql, run):
    server.script(ScriptedReply("Half of an answer that never ends.", pieces=8, cut=5))
    page = say(show(), "How are they?")
    assert statuses(sql, run)[0] in ("cut", "failed")
    assert "Half of" in page_text(page)
    assert "Retry" in button_labels(page)


def test_a_conversation_too_long_for_the_model_is_continued_in_a_new_one(show, server, sql, run):
    too_long = ScriptedRefusal(400, "context_length_exceeded")
    server.script(ScriptedReply("Usage fell by a third."), too_long, ScriptedReply("Then call them."))
    page = say(say(show(), "How is usage?"), "What now?")
    assert "This conversation is too long for the model" in page_text(page)
    press(page, "continue")
    assert statuses(sql, run) == ["complete", "failed", "complete"]
    assert "Then call them." in page_text(page)
    asked = server.requests[-1].body
    words = str(asked.get("messages") or asked["input"])
    assert "What now?" in words
    assert "- Question: How is usage?" in words
    assert "- Answer: Usage fell by a third." in words
    threads = fetch_rows(sql, "select title from public.workflow_chat_threads where execution_id = %s", run)
    assert len(threads) == 2


def test_a_first_question_too_long_for_the_model_has_nothing_to_leave_out(show, server):
    server.script(ScriptedRefusal(400, "context_length_exceeded"))
    page = say(show(), "How is usage?")
    assert "Continue in a new conversation with a summary" not in button_labels(page)


def test_a_question_nobody_answered_offers_to_ask_again(show, sql, run, company):
    begin_turn(company.csm, run, "And then?")
    page = show()
    assert "Not answered: the turn was interrupted" in page_text(page)
    press(page, "again")
    assert statuses(sql, run) == ["complete"]
    assert "Not answered: the turn was interrupted" not in page_text(page)


def test_a_database_gone_before_the_question_keeps_what_was_typed(show, sql, run):
    page = show()
    with break_supabase():
        say(page, "Precious words")
        assert "Zen cannot reach its database right now." in page_text(page)
    assert said(sql, run) == []
    assert page.chat_input[0].proto.value == "Precious words"


def test_a_chat_that_cannot_be_read_is_a_sentence_and_the_slide_stays(show, run):
    page = show()
    page.session_state[CHAT_PANELS] = {}
    with break_supabase():
        page.run()
        assert "Zen cannot reach its database right now." in page_text(page)
        assert "# Acme" in page_text(page)
    page.button(key="chat_read_retry").click().run()
    assert page.chat_input


def test_switching_slides_switches_the_conversation(show, server):
    page = say(show(), "About the greeting")
    page.button_group(key="run.steps").set_value("contract-terms").run()
    assert "About the greeting" not in page_text(page)
    page.button_group(key="run.steps").set_value("greeting").run()
    assert "About the greeting" in page_text(page)


def test_a_new_conversation_leaves_the_old_one_to_go_back_to(show, server, sql, run):
    page = say(show(), "First one")
    press(page, "new")
    assert "First one" not in page_text(page)
    assert fetch_value(sql, "select count(*) from public.workflow_chat_threads where execution_id = %s", run) == 1
    say(page, "Second one")
    assert fetch_value(sql, "select count(*) from public.workflow_chat_threads where execution_id = %s", run) == 2
    page.selectbox[0].set_value(page.session_state[CHAT_PANELS]["greeting"].panel.threads[-1].id).run()
    assert "First one" in page_text(page)


def test_a_shared_conversation_is_read_only_for_a_colleague(show, company, run):
    turn = begin_turn(company.csm, run, "Between us")
    finish_turn(company.csm, turn, "All of us.")
    assert "Between us" not in page_text(show(company.other_csm))
    share_thread(company.csm, turn["thread"]["id"])
    page = show(company.other_csm)
    page.selectbox[0].set_value(turn["thread"]["id"]).run()
    assert "Between us" in page_text(page)
    assert not page.chat_input
    assert not page.feedback
    assert not [each for each in page.button if (each.key or "").startswith(("chat.press.edit", "chat.press.regen"))]


def test_a_private_chat_says_that_leaders_can_read_it(show, server, sql, run):
    page = say(show(), "Who decides?")
    thread = fetch_value(sql, "select id::text from public.workflow_chat_threads where execution_id = %s", run)
    assert "You and managers" in [found.proto.popover.label for found in page.get("popover")]
    page.session_state[chat_button_key("sharing", thread)] = True
    text = page_text(page.run())
    assert "You can read this conversation, and so can the managers and admins of your company." in text


def test_sharing_is_a_switch_and_can_be_taken_back(show, server, sql, run):
    page = say(show(), "How are they?")
    thread = fetch_value(sql, "select id::text from public.workflow_chat_threads where execution_id = %s", run)
    for wanted in (True, False):
        page.session_state[chat_button_key("sharing", thread)] = True
        page.run()
        next(each for each in page.toggle if each.label == "Share with the company").set_value(wanted).run()
        query = "select is_shared from public.workflow_chat_threads where execution_id = %s"
        assert fetch_value(sql, query, run) is wanted


def proposed(server, page: AppTest, value: str = "Renew early") -> AppTest:
    server.script(
        ScriptedReply(calls=(ScriptedCall("save_answer", {"field": "goal", "value": value}),)),
        ScriptedReply("It waits."),
        ScriptedReply("It waits."),
    )
    return say(page, "Put that into the goal")


def test_what_would_change_something_waits_with_its_exact_arguments(show, server, sql, run):
    page = proposed(server, show())
    assert "will say: Renew early" in page_text(page)
    assert fetch_value(sql, "select count(*) from public.workflow_step_executions where execution_id = %s", run) == 0
    assert "Approve" in button_labels(show())


def test_approved_as_edited_it_is_done_once_and_stands_in_the_form(show, server, sql, run):
    page = proposed(server, show())
    value = next(each for each in page.text_area if "argument.value" in (each.key or ""))
    value.set_value("Renew in March").run()
    press(page, "approve")
    kept = fetch_value(sql, "select answers from public.workflow_step_executions where execution_id = %s", run)
    assert kept["goal"] == "Renew in March"
    form = next(each for each in page.text_area if (each.key or "").endswith(".goal"))
    assert form.value == "Renew in March"
    assert "Approve" not in button_labels(page)
    assert "Done. “" in page_text(page)


def test_denied_with_a_reason_nothing_is_done(show, server, sql, run):
    page = proposed(server, show())
    reason = next(each for each in page.text_input if (each.key or "").startswith("chat.press.reason."))
    reason.set_value("Too early").run()
    press(page, "deny")
    assert fetch_value(sql, "select count(*) from public.workflow_step_executions where execution_id = %s", run) == 0
    assert "Cancelled" in page_text(page)
    assert "Too early" in page_text(show())


def test_decided_in_another_tab_it_says_so(show, server):
    page, other = proposed(server, show()), None
    other = show()
    press(other, "deny")
    press(page, "approve")
    assert "already" in page_text(page)
    assert "Approve" not in button_labels(page)


def test_an_action_approved_in_the_chat_shows_on_the_page_at_once(show, sql, company, run):
    action = insert_row(
        sql, "saved_actions", company_id=company.id, kind="snooze", name="Put off", created_by=company.manager.id
    )
    query = (
        "select v.definition_id from public.workflow_executions e"
        " join public.workflow_definition_versions v on v.id = e.definition_version_id where e.id = %s"
    )
    insert_row(
        sql, "workflow_chat_branches", definition_id=fetch_value(sql, query, run), company_id=company.id,
        slide_id="greeting", branch_key="put-off", branch_type="saved_action", label="Put it off", status="published",
        saved_action_id=action,
    )  # fmt: skip
    page = show()
    find_button(page, "Put it off").click().run()
    assert "Put off?" in page_text(page)
    reason = next(each for each in page.text_area if "argument.parameters.reason" in (each.key or ""))
    reason.set_value("They are at a fair.").run()
    page = press(page, "approve")
    assert fetch_value(sql, "select status from public.workflow_executions where id = %s", run) == "snoozed"
    assert "Resume now" in button_labels(page)


def test_a_call_broken_off_after_its_approval_says_so_and_is_closed(show, server, sql, run):
    proposed(server, show())
    owner = fetch_value(sql, "select owner_id from public.workflow_executions where id = %s", run)
    sql.execute("update public.workflow_llm_tool_calls set status = 'running', decided_by = %s where status = 'waiting'"
                " and thread_id in (select id from public.workflow_chat_threads where execution_id = %s)",
                [owner, run])  # fmt: skip
    page = show()
    assert "Approved and running" in page_text(page)
    sql.execute("update public.workflow_llm_tool_calls set decided_at = now() - interval '1 hour'"
                " where decided_at is not null and status = 'running'")  # fmt: skip
    page = show()
    assert "it may or may not have run" in page_text(page)
    assert "Approve" not in button_labels(page)
    press(page, "close_call")
    assert "Interrupted right after it was approved: it may or may not have run." in page_text(page)
    assert "Close" not in button_labels(page)
    assert "Interrupted right after it was approved: it may or may not have run." in page_text(show())
    assert fetch_value(sql, "select count(*) from public.workflow_step_executions where execution_id = %s", run) == 0


def test_behind_an_answer_stand_instructions_data_calls_and_what_has_changed(show, server, sql, run, company):
    server.script(ScriptedReply(calls=(ScriptedCall("usage_trend", {}),)), ScriptedReply("It falls."))
    page = say(show(), "Usage?")
    with record_requests() as sent:
        press(page, "source")
    assert len(sent) == 1
    seen = page_text(page)
    assert "Instructions, exactly as given" in seen
    assert any("Rules:" in code.value for code in page.code)
    assert "Nothing it was given has changed." in seen
    sql.execute("update public.contracts set seats = 99 where company_id = %s", [company.id])
    page = show()
    press(page, "source")
    assert any({"Fact", "Then", "Now"} <= set(table.value.columns) for table in page.table)


def test_a_fixed_answer_has_nothing_behind_it_and_says_so(show, sql, run, company):
    turn = begin_turn(company.csm, run, "What now?")
    finish_turn(company.csm, turn, "Write to them.")
    page = show()
    press(page, "source")
    assert "No model was asked" in page_text(page)


def test_an_answer_becomes_a_draft_of_the_slide(show, server, sql, run):
    server.script(ScriptedReply("Ask for the board date."))
    page = say(show(), "What should I ask?")
    answered = next(row["id"] for row in said(sql, run) if row["role"] == "assistant")
    page.session_state[icon_only_key(chat_button_key("more", answered))] = True
    page.run()
    assert "Ask for the board date." in [code.value for code in page.code]
    press(page, "promote")
    draft = fetch_rows(sql, "select * from public.workflow_chat_branches where label = 'What should I ask?'")[-1]
    assert (draft["status"], draft["branch_type"], draft["response_text"]) == (
        "draft", "fixed", "Ask for the board date.",
    )  # fmt: skip


def test_a_block_that_no_longer_parses_is_shown_as_it_was_stored(show, sql, run, company):
    turn = begin_turn(company.csm, run, "A chart please")
    content = {"type": "chart", "kind": "hologram"}
    finish_turn(company.csm, turn, p_rows=[{"content": content, "branch_type": "llm", "message_type": "chart"}])
    page = show()
    assert "can no longer be drawn" in page_text(page)
    assert any("hologram" in code.value for code in page.code)


def test_a_tab_that_is_gone_leaves_a_whole_conversation(show, server, sql, run, monkeypatch):
    """The script ends in the middle, as when a tab is closed; the turn ends by itself and is stored as cut."""
    monkeypatch.setattr(background_turn, "GRACE_SECONDS", 1.5)
    server.script(ScriptedReply("Word. " * 90, pieces=90, delay=0.1))

    monkeypatch.setattr("lib.ui.chat.answer_stream.AnswerStreamView.draw_until_finished", lambda writing: st.stop())
    say(show(), "Still there?")
    end = time.monotonic() + 20
    while (statuses(sql, run), server.hung_up) != (["cut"], 1) and time.monotonic() < end:
        time.sleep(0.1)
    assert (statuses(sql, run), server.hung_up) == (["cut"], 1)


def test_a_turn_goes_on_when_the_page_is_drawn_anew(show, server, sql, run):
    server.script(ScriptedReply("A whole answer.", pieces=5, delay=0.1))
    page = show()
    state = page.session_state[CHAT_PANELS]["greeting"]
    assert state.turn is None
    say(page, "How are they?")
    assert state.turn is None
    assert "A whole answer." in page_text(page)
    assert statuses(sql, run) == ["complete"]


def test_names_of_customers_are_inert_in_the_panel(open_page, sql, company):
    evil = add_customer(sql, company, company.csm, INERT)
    run = call_rpc(company.csm, "start_workflow", p_workflow_id="standard-renewal", p_customer_id=evil)["execution_id"]
    assert_page_inert(say(open_page(company.csm, PAGE, execution=run), "How are they?"))


def test_conversations_and_messages_beyond_those_loaded_are_counted_and_linked(show, sql, company, run):
    thread = begin_turn(company.csm, run)["thread"]["id"]
    sql.execute(
        "insert into public.workflow_chat_threads (company_id, execution_id, slide_id, owner_id, status)"
        " select company_id, execution_id, slide_id, owner_id, 'completed' from public.workflow_chat_threads,"
        " generate_series(1, 51) where id = %s",
        [thread],
    )
    sql.execute(
        "insert into public.workflow_chat_messages (company_id, thread_id, answer_id, role, content, message_type)"
        " select company_id, thread_id, gen_random_uuid(), 'user', content, message_type"
        " from public.workflow_chat_messages, generate_series(1, 611) where thread_id = %s",
        [thread],
    )
    page = show()
    seen = page_text(page)
    assert "The latest 50 of 52." in seen
    assert "The newest 500 of 612 messages." in seen
    links = [link.proto.query_string for link in page.get("page_link")]
    assert f"thread={thread}" in links
    assert any(link.startswith("customer=") and link.endswith("slide=greeting") for link in links)
