import csv
import io
import json
from datetime import date, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.chat import tree
from lib.chat.explorer import MATCH, Hit, Search
from lib.chat.model import MessageStatus, Role, ThreadStatus
from lib.db.rows import to_time
from lib.errors import ZenError
from lib.services import build
from lib.slides.library import title_of
from lib.ui.explorer import address
from lib.ui.explorer.found import as_csv, snippet
from lib.ui.explorer.looking import Looked, whole
from lib.ui.keys import EXPLORER_WORDS, explorer_facet, explorer_press
from tests.chat.desk import person_of
from tests.database.calls import call
from tests.database.rows import one, rows
from tests.database.talk import answer, ask, share
from tests.pages.arranged import INERT, customer
from tests.pages.seen import button, labels, text
from tests.support.requests import counted, supabase_gone

PAGE = "history/chats.py"
SEARCH, FACETS, THREAD, USE = (
    f"POST /rest/v1/rpc/{name}" for name in ("search_chats", "chat_facets", "chat_thread", "chat_usage")
)


def begun(sql, company, member, name: str = "Acme", workflow: str = "standard-renewal") -> str:
    made = customer(sql, company, member, name)
    return call(member, "start_workflow", p_workflow_id=workflow, p_customer_id=made)["execution_id"]


def spoken(member, run: str, question: str, *said: str, **more: Any) -> str:
    """A conversation of one turn; its id."""
    turn = ask(member, run, question, p_title=question)
    answer(member, turn, *said, **more)
    return turn["thread"]["id"]


@pytest.fixture
def acme(sql, company):
    return begun(sql, company, company.csm)


@pytest.fixture
def show(open_page, company):
    def open_explorer(member=None, **query: str) -> AppTest:
        return open_page(member or company.csm, PAGE, **query)

    return open_explorer


def search(page: AppTest, words: str) -> AppTest:
    return page.text_input(key=EXPLORER_WORDS).set_value(words).run()


def choose(page: AppTest, facet: str, *values: str) -> AppTest:
    return page.multiselect(key=explorer_facet(facet)).set_value(list(values)).run()


def test_someone_signed_out_sees_no_conversation(open_page):
    page = open_page(None, PAGE)
    assert "You are not signed in." in [header.value for header in page.header]
    assert not page.text_input


def test_an_empty_history_says_what_will_be_here(show):
    assert "No conversations yet" in text(show())


def test_what_was_said_is_listed_with_where_and_by_whom(show, company, acme):
    spoken(company.csm, acme, "Who left underwriting?", "Nobody that we know of.")
    seen = text(show())
    assert "Nobody that we know of." in seen
    assert "Acme · Standard renewal · Where we stand · Alice Moreau" in seen
    assert "Who left underwriting?" in labels(show())


def test_opening_costs_two_requests_and_a_rerun_none(show, company, acme):
    spoken(company.csm, acme, "One?", "Yes.")
    with counted() as sent:
        page = show()
    assert (sent.count(SEARCH), sent.count(FACETS), sent.count(USE)) == (1, 1, 0)
    with counted() as sent:
        page.run()
    assert sent == []


def test_words_phrases_and_without_find_and_are_marked(show, company, acme):
    spoken(company.csm, acme, "Underwriting?", "The pilot in underwriting was cancelled.")
    spoken(company.csm, acme, "Claims?", "Claims was cancelled by the pilot.")
    page = search(show(), "cancelled")
    assert ":orange-background[cancelled]" in text(page)
    assert page.query_params["q"] == "cancelled"
    assert "Claims" not in text(search(page, '"pilot in underwriting"'))
    assert "underwriting" not in text(search(page, "cancelled -underwriting")).lower()
    assert "Nothing was found" in text(search(page, "hippopotamus"))


def test_words_that_cannot_be_looked_for_are_a_sentence(show, company, acme):
    spoken(company.csm, acme, "One?", "Yes.")
    for words in ('"', "-", "-only", "' or 1=1; --", "<b>", "\u202e", "株式会社"):
        assert not search(show(), words).exception


def test_a_deep_link_keeps_words_and_filters(show, sql, company, acme):
    other = begun(sql, company, company.csm, "Umbra", "executive-contact-lost")
    spoken(company.csm, acme, "Pilot?", "The pilot runs.")
    spoken(company.csm, other, "Pilot here?", "The pilot stopped.")
    page = show(q="pilot", workflow="executive-contact-lost")
    assert page.text_input(key=EXPLORER_WORDS).value == "pilot"
    assert page.multiselect(key=explorer_facet("workflow")).value == ["executive-contact-lost"]
    assert "stopped" in text(page)
    assert "Acme" not in text(page)


def test_filters_keep_their_places_and_name_slides_as_the_run_does(show, company, acme):
    spoken(company.csm, acme, "What do they want?", "Seats.")
    page = show()
    places = [each.key for each in page.multiselect]
    slide = page.multiselect(key=explorer_facet("slide"))
    assert slide.options[0].startswith(f"{title_of('greeting')} (")
    assert slide.disabled
    search(page, "nowhere")
    assert [each.key for each in page.multiselect] == places
    assert all(each.disabled for each in page.multiselect)


def test_filters_have_counts_stand_in_the_address_and_can_be_cleared(show, sql, company, acme):
    other = begun(sql, company, company.csm, "Umbra")
    spoken(company.csm, acme, "One?", "Yes.")
    spoken(company.csm, other, "Two?", "No.")
    page = show()
    options = page.multiselect(key=explorer_facet("customer")).options
    assert sorted(options) == ["Acme (2)", "Umbra (2)"]
    umbra = one(sql, "select customer_id from public.workflow_executions where id = %s", other)
    choose(page, "customer", str(umbra))
    assert page.query_params["customer"] == [str(umbra)] or page.query_params["customer"] == str(umbra)
    assert "Acme" not in text(page)
    button(page, "Clear the filters").click().run()
    assert "Acme" in text(page)


def test_a_first_and_a_last_day_narrow_it_and_stand_in_the_address(show, sql, company, acme):
    spoken(company.csm, acme, "One?", "Yes.")
    today = one(sql, "select (now() at time zone 'UTC')::date")
    page = show()
    page.date_input(key=explorer_facet("since")).set_value(today + timedelta(days=1)).run()
    assert "Nothing was found" in text(page)
    assert page.query_params["from"] in ([str(today + timedelta(days=1))], str(today + timedelta(days=1)))
    page = show(**{"from": str(today), "to": str(today)})
    assert "Yes." in text(page)
    assert page.date_input(key=explorer_facet("until")).value == today


def test_the_list_taken_away_is_all_that_was_found(show, company, acme):
    for number in range(12):
        spoken(company.csm, acme, f"Question {number:02}?", f"Answer {number:02}.")
    chat = build(company.csm.client, person_of(company.csm)).chat
    wanted = Search(words="answer")
    looked = Looked(wanted=wanted, facets=chat.chat_facets(wanted), found=chat.search_chats(wanted, most=5))
    assert len(list(csv.reader(io.StringIO(as_csv(whole(chat, looked)).decode("utf-8-sig"))))) == 13


@pytest.mark.parametrize(
    "query", [{"workflow": "<script>"}, {"month": "2026-99"}, {"thumbs": "sideways"}, {"from": "x"}]
)
def test_an_address_with_nonsense_in_it_is_no_crash(show, company, acme, query):
    spoken(company.csm, acme, "One?", "Yes.")
    page = show(**query)
    assert not page.exception
    assert "# Conversations" in text(page)


def test_older_ones_come_page_by_page_none_twice(show, company, acme):
    for number in range(12):
        spoken(company.csm, acme, f"Question {number:02}?", f"Answer {number:02}.")
    page = show()
    assert "20 of 24 messages" in text(page)
    with counted() as sent:
        page.button(key=explorer_press("older")).click().run()
    assert sent == [SEARCH]
    seen = text(page)
    assert [seen.count(f"Answer {number:02}") for number in range(12)] == [1] * 12
    assert "That is all." in seen


def test_a_conversation_opens_as_it_was_with_one_request_and_no_model(show, company, acme):
    point = {"x": "2026-11-02", "y": 4.0}
    chart = {
        "type": "chart", "title": "Seats in use", "kind": "line", "x_label": "Week", "y_label": "Seats",
        "series": [{"name": "In use", "points": [point, {"x": "2026-11-09", "y": 5.0}]}],
    }  # fmt: skip
    said = [
        {"content": {"type": "text", "text": "It **rises**."}, "branch_type": "llm"},
        {"content": chart, "branch_type": "llm"},
        {"content": {"type": "code", "language": "python", "code": "1 + 1"}, "branch_type": "llm"},
    ]
    thread = spoken(company.csm, acme, "How many?", p_rows=said)
    page = show()
    with counted() as sent:
        button(page, "How many?").click().run()
    assert sent == [THREAD]
    assert page.query_params["thread"] in (thread, [thread])
    assert "It **rises**." in text(page)
    assert page.get("plotly_chart")
    assert page.code[0].value == "1 + 1"
    with counted() as sent:
        page.run()
    assert sent == []


def test_going_back_keeps_what_was_looked_for(show, company, acme):
    spoken(company.csm, acme, "Pilot?", "The pilot runs.")
    page = search(show(), "pilot")
    button(page, "Pilot?").click().run()
    button(page, "All conversations").click().run()
    assert page.text_input(key=EXPLORER_WORDS).value == "pilot"
    assert page.query_params["q"] in ("pilot", ["pilot"])


@pytest.mark.parametrize("thread", ["00000000-0000-4000-8000-000000000000", "nonsense"])
def test_an_unknown_conversation_is_a_sentence_and_a_way_back(show, thread):
    page = show(thread=thread)
    assert not page.exception
    assert "All conversations" in labels(page)


def test_a_colleagues_conversation_is_there_only_while_it_is_shared(show, new_company, company, acme):
    thread = spoken(company.csm, acme, "Between us?", "Of course.")
    assert "Of course." not in text(show(company.other_csm))
    assert "Between us?" not in text(show(company.other_csm, thread=thread))
    share(company.csm, thread)
    assert "Of course." in text(show(company.other_csm))
    page = show(company.other_csm, thread=thread)
    assert "Of course." in text(page)
    assert "Take it back" not in labels(page)
    assert "Of course." not in text(show(new_company("Neighbour").manager, thread=thread))


def test_sharing_and_taking_back(show, sql, company, acme):
    thread = spoken(company.csm, acme, "Ours?", "Yes.")
    query = "select is_shared from public.workflow_chat_threads where id = %s"
    page = show(thread=thread)
    button(page, "Share with the company").click().run()
    assert one(sql, query, thread) is True
    assert "shared with the company" in text(page)
    button(page, "Take it back").click().run()
    assert one(sql, query, thread) is False


def test_an_answer_becomes_a_draft_in_two_clicks(show, sql, company, acme):
    thread = spoken(company.csm, acme, "What first?", "Ask for the board date.")
    page = show(thread=thread)
    button(page, "Save as a draft").click().run()
    draft = rows(sql, "select * from public.workflow_chat_branches where company_id = %s", company.id)
    assert [(row["status"], row["branch_type"], row["slide_id"]) for row in draft] == [("draft", "fixed", "greeting")]
    assert "Saved as a draft" in "\n".join(alert.value for alert in page.success)
    button(page, "Save as a draft").click().run()
    assert "This answer was made a draft already." in text(page)


def test_behind_an_answer_stands_what_it_was_given(show, company, acme):
    turn = ask(
        company.csm, acme, "Why?", p_model="rules", p_system_prompt="Be calm.", p_tools=[],
        p_context_data={"account": {"customer": "Acme of old"}},
    )  # fmt: skip
    answer(company.csm, turn, "Because.", p_model="rules")
    page = show(thread=turn["thread"]["id"])
    button(page, "Built-in assistant, by rules").click().run()
    assert "Be calm." in [code.value for code in page.code]
    assert any("Then" in table.value.columns for table in page.table)


def test_a_manager_sees_the_team_and_can_ask_for_one_person(show, sql, company, acme):
    other = begun(sql, company, company.other_csm, "Umbra")
    spoken(company.csm, acme, "Mine?", "Alice's.")
    spoken(company.other_csm, other, "Theirs?", "Of Łukasz.")
    page = show(company.manager)
    assert "Of Łukasz." in text(page)
    choose(page, "person", str(company.csm.id))
    assert "Of Łukasz." not in text(page)
    assert explorer_facet("person") not in [each.key for each in show(company.csm).multiselect]


def test_tokens_and_cost_are_ones_own_and_the_teams_for_a_manager(show, company, acme):
    turn = ask(company.csm, acme, "Why?", p_model="small", p_system_prompt="Be calm.")
    answer(company.csm, turn, "So.", p_model="small", p_input_tokens=100, p_output_tokens=20, p_cost_usd="0.0021")
    turn = ask(company.csm, acme, "And?", p_model="small", p_system_prompt="Be calm.")
    answer(company.csm, turn, "So so.", p_model="small")
    with counted() as sent:
        page = show(view="use")
    assert sent.count(USE) == 1
    assert SEARCH not in sent
    seen = text(page)
    assert "2 answers in 30 days, your own. 120 tokens" in seen
    assert "For 1 answer nothing was reported" in seen
    assert "the team's" in text(show(company.manager, view="use"))
    assert "Nothing was asked of a model" in text(show(company.other_csm, view="use"))


def test_a_lost_database_is_a_sentence_and_a_retry(show, company, acme):
    spoken(company.csm, acme, "One?", "Yes.")
    page = show()
    with supabase_gone():
        search(page, "yes")
        assert "Zen cannot reach its database right now." in text(page)
        assert page.text_input(key=EXPLORER_WORDS).value == "yes"
    page.button(key="explorer_retry").click().run()
    assert "Yes" in text(page)


def test_what_people_wrote_is_inert_in_list_and_conversation(show, sql, company):
    evil = begun(sql, company, company.csm, INERT)
    thread = spoken(company.csm, evil, INERT, f"{INERT} ![x](https://evil.example/a.png)")
    for page in (show(), search(show(), "evil"), show(thread=thread)):
        seen = text(page)
        assert "<b>Evil</b>" not in seen
        assert "](https://" not in seen


def hit(said: str, **more: Any) -> Hit:
    values = {
        "message_id": "m", "thread_id": "t", "answer_id": "a", "execution_id": "e", "thread_title": "T",
        "thread_status": ThreadStatus.ACTIVE, "is_shared": False, "is_own": True, "owner_id": "o",
        "owner_name": "Alice",
        "customer_id": "c", "customer_name": "Acme", "workflow_id": "w", "workflow_name": "W", "slide_id": "greeting",
        "role": Role.USER, "message_type": "text", "branch_type": None, "ended": MessageStatus.COMPLETE, "tools": (),
        "thumbs": (), "created_at": to_time("2026-11-23T10:00:00+00:00"), "snippet": said,
    } | more  # fmt: skip
    return Hit(**values)  # type: ignore[arg-type]


def test_a_match_is_escaped_before_it_is_marked():
    marked = snippet(hit(f"see {MATCH[0]}<b>]now{MATCH[1]} [x](y)"))
    assert marked == r"see :orange-background[&lt;b&gt;\]now] \[x\](y)"


def test_a_spreadsheet_runs_nothing_of_the_list():
    table = list(csv.reader(io.StringIO(as_csv((hit("=cmd()"), hit("a\nb"))).decode("utf-8-sig"))))
    assert [row[8] for row in table] == ["words", "'=cmd()", "a b"]


def test_the_address_says_what_is_looked_for_and_back():
    wanted = Search(words="a -b", chosen={"workflow": ("x", "y"), "month": ("2026-11",)}, since=date(2026, 1, 2))

    class Params(dict):  # type: ignore[type-arg]
        def get_all(self, name: str) -> list[str]:
            found = self.get(name, [])
            return [found] if isinstance(found, str) else found

    assert address.read(Params(address.write(wanted))) == wanted
    assert json.dumps(address.write(wanted))


@pytest.fixture
def draft(sql, company, acme):
    """An answer a csm offered to a slide; its label."""
    spoken(company.csm, acme, "What do they want?", "An audit log, {{ customer.name }} said.")
    services = build(company.csm.client, person_of(company.csm))
    chat = services.chat.start_chat(acme, "greeting")
    return services.chat.promote_to_branch(chat.scene, chat.panel, tree.path(chat.panel.messages)[-1].entry).label


def status_of(sql, company) -> str:
    return str(one(sql, "select status from public.workflow_chat_branches where company_id = %s", company.id))


@pytest.mark.parametrize(("press", "status"), [("Publish", "published"), ("Discard", "archived")])
def test_a_leader_finds_a_draft_and_decides_about_it(show, sql, company, draft, press, status):
    page = show(company.manager, view=address.DRAFTS)
    seen = text(page)
    assert f"**{draft}**" in seen
    assert "An audit log" in seen
    assert company.csm.full_name in seen
    button(page, press).click().run()
    assert status_of(sql, company) == status
    assert "No draft waits" in text(page) or "No draft waits" in [header.value for header in page.header]


def test_a_csm_is_offered_no_drafts_to_decide_and_the_database_refuses_one(show, sql, company, draft):
    page = show(company.other_csm, view=address.DRAFTS)
    assert "Publish" not in labels(page)
    chat = build(company.other_csm.client, person_of(company.other_csm)).chat
    with pytest.raises(ZenError):
        chat.publish_draft(chat.drafts()[0])
    assert status_of(sql, company) == "draft"


def test_a_draft_decided_meanwhile_is_said(show, sql, company, draft):
    page = show(company.manager, view=address.DRAFTS)
    sql.execute("update public.workflow_chat_branches set status = 'archived' where company_id = %s", [company.id])
    button(page, "Publish").click().run()
    assert "decided about this draft already" in text(page)
