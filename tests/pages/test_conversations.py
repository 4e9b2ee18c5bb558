import csv
import io
import json
from datetime import date, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from lib.chat import message_tree
from lib.chat.chat_search import SearchHit, SearchQuery
from lib.chat.conversation import MessageRole, MessageStatus, ThreadStatus
from lib.chat.search_matches import SearchTerm, cut_search_excerpt
from lib.errors import ZenError
from lib.services import build_services
from lib.slides.library import get_default_slide_title
from lib.text.local_time import to_local_time
from lib.ui.conversations import search as url_search
from lib.ui.conversations.search import SearchResults, load_all_hits
from lib.ui.conversations.search_results import build_excerpt_html, export_hits_csv, export_hits_xlsx
from lib.ui.session_keys import CONVERSATIONS_QUERY, conversations_button_key, conversations_filter_key
from tests.chat.chat_harness import get_person
from tests.database.chat_calls import begin_turn, finish_turn, new_id, share_thread
from tests.database.factories import fetch_rows, fetch_value
from tests.database.rpc import call_rpc
from tests.pages.assertions import assert_page_inert, button_labels, find_button, page_html, page_text
from tests.pages.factories import INERT, add_customer
from tests.support.requests import break_supabase, record_requests

PAGE = "conversations/conversations.py"
SEARCH, FACETS, THREAD, USE = (
    f"POST /rest/v1/rpc/{name}" for name in ("search_chats", "chat_facets", "chat_thread", "chat_usage")
)


def start_run(sql, company, member, name: str = "Acme", workflow: str = "standard-renewal") -> str:
    made = add_customer(sql, company, member, name)
    return call_rpc(member, "start_workflow", p_workflow_id=workflow, p_customer_id=made)["execution_id"]


def add_conversation(member, run: str, question: str, *said: str, **more: Any) -> str:
    """A conversation of one turn; its id."""
    turn = begin_turn(member, run, question, p_title=question)
    finish_turn(member, turn, *said, **more)
    return turn["thread"]["id"]


@pytest.fixture
def acme(sql, company):
    return start_run(sql, company, company.csm)


@pytest.fixture
def open_conversations(open_page, company):
    def open_as(member=None, **query: str) -> AppTest:
        return open_page(member or company.csm, PAGE, **query)

    return open_as


def search(page: AppTest, words: str) -> AppTest:
    return page.text_input(key=CONVERSATIONS_QUERY).set_value(words).run()


def choose(page: AppTest, facet: str, *values: str) -> AppTest:
    return page.multiselect(key=conversations_filter_key(facet)).set_value(list(values)).run()


def test_signed_out_there_is_no_conversation(open_page):
    page = open_page(None, PAGE)
    assert "You are not signed in." in [header.value for header in page.header]
    assert not page.text_input


def test_an_empty_list_says_what_will_be_here(open_conversations):
    assert "No conversations yet" in page_text(open_conversations())


def test_messages_are_listed_with_their_place_and_author(open_conversations, company, acme):
    add_conversation(company.csm, acme, "Who left underwriting?", "Nobody that we know of.")
    seen = page_text(open_conversations())
    assert "Nobody that we know of." in seen
    assert "Acme · Standard renewal · Where we stand · Alice Moreau" in seen
    assert "Who left underwriting?" in button_labels(open_conversations())


def test_opening_costs_two_requests_and_a_rerun_none(open_conversations, company, acme):
    add_conversation(company.csm, acme, "One?", "Yes.")
    with record_requests() as sent:
        page = open_conversations()
    assert (sent.count(SEARCH), sent.count(FACETS), sent.count(USE)) == (1, 1, 0)
    with record_requests() as sent:
        page.run()
    assert sent == []


def test_words_phrases_and_exclusions_find_messages_and_mark_matches(open_conversations, company, acme):
    add_conversation(company.csm, acme, "Underwriting?", "The pilot in underwriting was cancelled.")
    add_conversation(company.csm, acme, "Claims?", "Claims was cancelled by the pilot.")
    page = search(open_conversations(), "cancelled")
    assert any("<mark>cancelled</mark>" in element.value for element in page_html(page))
    assert page.query_params["q"] == "cancelled"
    assert "Claims" not in page_text(search(page, '"pilot in underwriting"'))
    assert "underwriting" not in page_text(search(page, "cancelled -underwriting")).lower()
    assert "Nothing found" in page_text(search(page, "hippopotamus"))


def test_an_invalid_query_is_an_error(open_conversations, company, acme):
    add_conversation(company.csm, acme, "One?", "Yes.")
    for words in ('"', "-", "-only", "' or 1=1; --", "<b>", "\u202e", "株式会社"):
        assert not search(open_conversations(), words).exception


def test_a_deep_link_keeps_words_and_filters(open_conversations, sql, company, acme):
    other = start_run(sql, company, company.csm, "Umbra", "executive-contact-lost")
    add_conversation(company.csm, acme, "Pilot?", "The pilot runs.")
    add_conversation(company.csm, other, "Pilot here?", "The pilot stopped.")
    page = open_conversations(q="pilot", workflow="executive-contact-lost")
    assert page.text_input(key=CONVERSATIONS_QUERY).value == "pilot"
    assert page.multiselect(key=conversations_filter_key("workflow")).value == ["executive-contact-lost"]
    assert "stopped" in page_text(page)
    assert "Acme" not in page_text(page)


def test_filters_keep_their_place_and_name_slides_by_title(open_conversations, company, acme):
    add_conversation(company.csm, acme, "What do they want?", "Seats.")
    page = open_conversations()
    places = [each.key for each in page.multiselect]
    slide = page.multiselect(key=conversations_filter_key("slide"))
    assert slide.options[0].startswith(f"{get_default_slide_title('greeting')} (")
    assert slide.disabled
    search(page, "nowhere")
    assert [each.key for each in page.multiselect] == places
    assert all(each.disabled for each in page.multiselect)


def test_filters_have_counts_are_in_the_address_and_can_be_cleared(open_conversations, sql, company, acme):
    other = start_run(sql, company, company.csm, "Umbra")
    add_conversation(company.csm, acme, "One?", "Yes.")
    add_conversation(company.csm, other, "Two?", "No.")
    page = open_conversations()
    options = page.multiselect(key=conversations_filter_key("customer")).options
    assert sorted(options) == ["Acme (2)", "Umbra (2)"]
    umbra = fetch_value(sql, "select customer_id from public.workflow_executions where id = %s", other)
    choose(page, "customer", str(umbra))
    assert page.query_params["customer"] == str(umbra)
    assert "Acme" not in page_text(page)
    find_button(page, "Clear the filters").click().run()
    assert "Acme" in page_text(page)


def test_first_and_last_day_filter_and_are_in_the_address(open_conversations, sql, company, acme):
    add_conversation(company.csm, acme, "One?", "Yes.")
    today = fetch_value(sql, "select (now() at time zone 'UTC')::date")
    page = open_conversations()
    page.date_input(key=conversations_filter_key("since")).set_value(today + timedelta(days=1)).run()
    assert "Nothing found" in page_text(page)
    assert page.query_params["from"] in ([str(today + timedelta(days=1))], str(today + timedelta(days=1)))
    page = open_conversations(**{"from": str(today), "to": str(today)})
    assert "Yes." in page_text(page)
    assert page.date_input(key=conversations_filter_key("until")).value == today


def test_the_csv_holds_all_hits(open_conversations, company, acme):
    for number in range(12):
        add_conversation(company.csm, acme, f"Question {number:02}?", f"Answer {number:02}.")
    chat = build_services(company.csm.client, get_person(company.csm)).chat
    wanted = SearchQuery(words="answer")
    looked = SearchResults(
        search=wanted,
        facets=chat.search.fetch_facet_counts(wanted),
        page=chat.search.fetch_search_page(wanted, limit=5),
    )
    assert len(read_csv(*load_all_hits(chat, looked))) == 12


@pytest.mark.parametrize(
    "query", [{"workflow": "<script>"}, {"month": "2026-99"}, {"thumbs": "sideways"}, {"from": "x"}]
)
def test_invalid_query_parameters_are_ignored(open_conversations, company, acme, query):
    add_conversation(company.csm, acme, "One?", "Yes.")
    page = open_conversations(**query)
    assert not page.exception
    assert "# Conversations" in page_text(page)


def test_older_messages_load_page_by_page_without_repeats(open_conversations, company, acme):
    for number in range(12):
        add_conversation(company.csm, acme, f"Question {number:02}?", f"Answer {number:02}.")
    page = open_conversations()
    assert "20 of 24 messages" in page_text(page)
    with record_requests() as sent:
        page.button(key=conversations_button_key("older")).click().run()
    assert sent == [SEARCH]
    seen = page_text(page)
    assert [seen.count(f"Answer {number:02}") for number in range(12)] == [1] * 12
    assert "No older messages." in seen


def test_a_conversation_opens_as_stored_with_one_request_and_no_model(open_conversations, company, acme):
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
    thread = add_conversation(company.csm, acme, "How many?", p_rows=said)
    page = open_conversations()
    with record_requests() as sent:
        find_button(page, "How many?").click().run()
    assert sent == [THREAD]
    assert page.query_params["thread"] in (thread, [thread])
    assert "It rises." in page_text(page)
    assert page.get("plotly_chart")
    assert page.code[0].value == "1 + 1"
    with record_requests() as sent:
        page.run()
    assert sent == []


def test_going_back_keeps_the_query(open_conversations, company, acme):
    add_conversation(company.csm, acme, "Pilot?", "The pilot runs.")
    page = search(open_conversations(), "pilot")
    find_button(page, "Pilot?").click().run()
    find_button(page, "All conversations").click().run()
    assert page.text_input(key=CONVERSATIONS_QUERY).value == "pilot"
    assert page.query_params["q"] in ("pilot", ["pilot"])


@pytest.mark.parametrize("thread", ["00000000-0000-4000-8000-000000000000", "nonsense"])
def test_an_unknown_conversation_is_an_error_with_a_way_back(open_conversations, thread):
    page = open_conversations(thread=thread)
    assert not page.exception
    assert "All conversations" in button_labels(page)


def test_a_colleagues_conversation_is_visible_only_while_shared(open_conversations, new_company, company, acme):
    thread = add_conversation(company.csm, acme, "Between us?", "Of course.")
    assert "Of course." not in page_text(open_conversations(company.other_csm))
    assert "Between us?" not in page_text(open_conversations(company.other_csm, thread=thread))
    share_thread(company.csm, thread)
    assert "Of course." in page_text(open_conversations(company.other_csm))
    page = open_conversations(company.other_csm, thread=thread)
    assert "Of course." in page_text(page)
    assert "Unshare" not in button_labels(page)
    assert "Of course." not in page_text(open_conversations(new_company("Neighbour").manager, thread=thread))


def test_a_private_conversation_says_that_leaders_can_read_it(open_conversations, company, acme):
    thread = add_conversation(company.csm, acme, "One?", "Yes.")
    readers = "can read this conversation, and so can the managers and admins of your company."
    assert f"You {readers}" in page_text(open_conversations(thread=thread))
    assert f"{company.csm.full_name} {readers}" in page_text(open_conversations(company.manager, thread=thread))


def test_sharing_and_unsharing(open_conversations, sql, company, acme):
    thread = add_conversation(company.csm, acme, "Ours?", "Yes.")
    query = "select is_shared from public.workflow_chat_threads where id = %s"
    page = open_conversations(thread=thread)
    find_button(page, "Share with the company").click().run()
    assert fetch_value(sql, query, thread) is True
    assert "Everyone in your company can read this conversation." in page_text(page)
    find_button(page, "Unshare").click().run()
    assert fetch_value(sql, query, thread) is False


def test_an_answer_becomes_a_draft_in_two_clicks(open_conversations, sql, company, acme):
    thread = add_conversation(company.csm, acme, "What first?", "Ask for the board date.")
    page = open_conversations(thread=thread)
    find_button(page, "Save as a draft").click().run()
    draft = fetch_rows(sql, "select * from public.workflow_chat_branches where company_id = %s", company.id)
    assert [(row["status"], row["branch_type"], row["slide_id"]) for row in draft] == [("draft", "fixed", "greeting")]
    assert "Saved as a draft" in "\n".join(alert.value for alert in page.success)
    find_button(page, "Save as a draft").click().run()
    assert "This answer is already a draft." in page_text(page)


def test_provenance_of_an_answer_shows_its_context(open_conversations, company, acme):
    turn = begin_turn(
        company.csm, acme, "Why?", p_model="rules", p_system_prompt="Be calm.", p_tools=[],
        p_context_data={"account": {"customer": "Acme of old"}},
    )  # fmt: skip
    finish_turn(company.csm, turn, "Because.", p_model="rules")
    page = open_conversations(thread=turn["thread"]["id"])
    find_button(page, "Built-in assistant, by rules").click().run()
    assert "Be calm." in [code.value for code in page.code]
    assert any("Then" in table.value.columns for table in page.table)


def test_a_manager_sees_the_team_and_can_filter_by_person(open_conversations, sql, company, acme):
    other = start_run(sql, company, company.other_csm, "Umbra")
    add_conversation(company.csm, acme, "Mine?", "Alice's.")
    add_conversation(company.other_csm, other, "Theirs?", "Of Łukasz.")
    page = open_conversations(company.manager)
    assert "Of Łukasz." in page_text(page)
    choose(page, "person", str(company.csm.id))
    assert "Of Łukasz." not in page_text(page)
    assert conversations_filter_key("person") not in [each.key for each in open_conversations(company.csm).multiselect]


def test_usage_is_ones_own_and_the_teams_for_a_manager(open_conversations, company, acme):
    turn = begin_turn(company.csm, acme, "Why?", p_model="small", p_system_prompt="Be calm.")
    finish_turn(company.csm, turn, "So.", p_model="small", p_input_tokens=100, p_output_tokens=20, p_cost_usd="0.0021")
    turn = begin_turn(company.csm, acme, "And?", p_model="small", p_system_prompt="Be calm.")
    finish_turn(company.csm, turn, "So so.", p_model="small")
    with record_requests() as sent:
        page = open_conversations(view="use")
    assert sent.count(USE) == 1
    assert SEARCH not in sent
    seen = page_text(page)
    assert "2 answers in 30 days, your own. 120 tokens" in seen
    assert "as stored. No usage reported for 1 answer" in seen
    assert "the team's" in page_text(open_conversations(company.manager, view="use"))
    assert "No model was used" in page_text(open_conversations(company.other_csm, view="use"))


def test_without_supabase_there_is_an_error_with_a_retry(open_conversations, company, acme):
    add_conversation(company.csm, acme, "One?", "Yes.")
    page = open_conversations()
    with break_supabase():
        search(page, "yes")
        assert "Zen cannot reach its database right now." in page_text(page)
        assert page.text_input(key=CONVERSATIONS_QUERY).value == "yes"
    page.button(key="conversations_retry").click().run()
    assert "Yes" in page_text(page)


def test_messages_are_inert_in_list_and_conversation(open_conversations, sql, company):
    evil = start_run(sql, company, company.csm, INERT)
    thread = add_conversation(company.csm, evil, INERT, f"{INERT} ![x](https://evil.example/a.png)")
    for page in (open_conversations(), search(open_conversations(), "evil"), open_conversations(thread=thread)):
        assert_page_inert(page)


def read_csv(*hits: SearchHit, time_zone: str = "UTC") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(export_hits_csv(hits, time_zone).decode("utf-8-sig"), newline="")))


def make_hit(said: str, word: str = "", **more: Any) -> SearchHit:
    values = {
        "message_id": "m", "thread_id": "t", "answer_id": "a", "execution_id": "e", "thread_title": "T",
        "thread_status": ThreadStatus.ACTIVE, "is_shared": False, "is_own": True, "owner_id": "o",
        "owner_name": "Alice",
        "customer_id": "c", "customer_name": "Acme", "workflow_id": "w", "workflow_name": "W", "slide_id": "greeting",
        "role": MessageRole.USER, "message_type": "text", "branch_type": None, "ended": MessageStatus.COMPLETE,
        "tools": (), "thumbs": (), "created_at": datetime.fromisoformat("2026-11-23T10:00:00+00:00"), "text": said,
        "excerpt": cut_search_excerpt(said, [SearchTerm(words=word, is_beginning=True)]),
    } | more  # fmt: skip
    return SearchHit(**values)  # type: ignore[arg-type]


def test_a_match_is_escaped_before_it_is_marked():
    assert build_excerpt_html(make_hit("see <b>]now [x](y)", "now")) == "see &lt;b&gt;]<mark>now</mark> [x](y)"


def test_the_csv_holds_whole_texts_on_the_persons_own_day():
    text = "late " * 400 + "needle"
    late = make_hit(text, "needle", created_at=datetime.fromisoformat("2026-11-24T03:30:00+00:00"))
    (row,) = read_csv(late, time_zone="America/Chicago")
    assert (row["when"], row["time_zone"]) == ("2026-11-23 21:30", "America/Chicago")
    assert row["text"] == text
    assert row["from"] == "Alice"


def test_a_formula_in_the_csv_stays_text():
    assert [row["text"] for row in read_csv(make_hit("=cmd()"), make_hit("a\nb"))] == ["'=cmd()", "a\nb"]


def test_a_query_survives_the_address():
    wanted = SearchQuery(
        words="a -b", facet_values={"workflow": ("x", "y"), "month": ("2026-11",)}, since=date(2026, 1, 2)
    )

    class Params(dict):  # type: ignore[type-arg]
        def get_all(self, name: str) -> list[str]:
            found = self.get(name, [])
            return [found] if isinstance(found, str) else found

    assert url_search.parse_search_query(Params(url_search.build_search_query_params(wanted))) == wanted
    assert json.dumps(url_search.build_search_query_params(wanted))


@pytest.fixture
def draft(sql, company, acme):
    """An answer a csm offered to a slide; its label."""
    add_conversation(company.csm, acme, "What do they want?", "An audit log, {{ customer.name }} said.")
    services = build_services(company.csm.client, get_person(company.csm))
    chat = services.chat.start_chat(acme, "greeting")
    return services.chat.create_fixed_answer_draft(
        chat.context, chat.panel, message_tree.build_message_path(chat.panel.messages)[-1].entry
    ).label


def draft_status(sql, company) -> str:
    return str(fetch_value(sql, "select status from public.workflow_chat_branches where company_id = %s", company.id))


def review(page: AppTest) -> AppTest:
    return find_button(page, "Review").click().run()


def set_answer(page: AppTest, text: str) -> AppTest:
    (answer,) = [each for each in page.text_area if each.label == "Answer"]
    return answer.set_value(text).run()


def tell(sql, company, text: str) -> None:
    sql.execute("update public.workflow_chat_branches set response_text = %s where company_id = %s", [text, company.id])


def test_a_leader_publishes_a_draft_after_a_review(open_conversations, sql, company, draft):
    page = open_conversations(company.manager, view=url_search.DRAFTS_TAB)
    seen = page_text(page)
    assert draft in seen
    assert "An audit log" in seen
    assert company.csm.full_name in seen
    assert "Publish" not in button_labels(page)
    page = review(page)
    assert "Nothing in it tells of one customer." in page_text(page)
    find_button(page, "Publish").click().run()
    assert draft_status(sql, company) == "published"


def test_a_leader_discards_a_draft(open_conversations, sql, company, draft):
    page = open_conversations(company.manager, view=url_search.DRAFTS_TAB)
    find_button(page, "Discard").click().run()
    assert draft_status(sql, company) == "archived"
    assert "No drafts" in page_text(page)


def test_a_leader_edits_a_draft_whose_figures_cannot_be_published(open_conversations, sql, company, draft):
    tell(sql, company, "They pay $64,571 a year.")
    page = review(open_conversations(company.manager, view=url_search.DRAFTS_TAB))
    assert "not a figure of the account" in page_text(page)
    find_button(page, "Publish").click().run()
    seen = page_text(page)
    assert "Put placeholders in place of" in seen
    assert "64,571" in seen.split("in place of")[1].splitlines()[0]
    assert draft_status(sql, company) == "draft"
    page = set_answer(page, "They pay {{ contract.arr }} a year.")
    assert "Annual recurring revenue ($47,250)" in page_text(page)
    find_button(page, "Save").click().run()
    stored = "select response_text from public.workflow_chat_branches where company_id = %s"
    assert fetch_value(sql, stored, company.id) == "They pay {{ contract.arr }} a year."
    page = review(open_conversations(company.manager, view=url_search.DRAFTS_TAB))
    find_button(page, "Publish").click().run()
    assert draft_status(sql, company) == "published"


def test_a_figure_of_no_customer_is_kept_and_the_next_reader_sees_it(open_conversations, sql, company, draft):
    tell(sql, company, "Answer within 30 days, never $64,571 late.")
    page = review(open_conversations(company.manager, view=url_search.DRAFTS_TAB))
    keep = [each.key for each in page.button if each.label == "Keep this figure"]
    assert len(keep) == 2
    next(each for each in page.button if each.key in keep and "64,571" not in str(each.key)).click().run()
    assert "“30” is kept: it is right for every customer." in page_text(page)
    find_button(page, "Publish").click().run()
    assert draft_status(sql, company) == "draft"
    assert "Put placeholders in place of: $64,571." in page_text(page)
    page = set_answer(page, "Answer within 30 days.")
    find_button(page, "Save").click().run()
    page = review(open_conversations(company.admin, view=url_search.DRAFTS_TAB))
    assert "“30” is kept" in page_text(page)
    assert "Nothing in it tells of one customer." in page_text(page)
    find_button(page, "Decide again").click().run()
    assert "Keep this figure" in button_labels(page)
    find_button(page, "Keep this figure").click().run()
    find_button(page, "Publish").click().run()
    assert draft_status(sql, company) == "published"


def test_a_name_of_the_customer_is_not_kept(open_conversations, sql, company, draft):
    tell(sql, company, "Acme asks first.")
    page = review(open_conversations(company.manager, view=url_search.DRAFTS_TAB))
    assert "a name at this customer" in page_text(page)
    assert "Keep this figure" not in button_labels(page)


def test_a_passage_is_replaced_by_the_placeholder_that_was_chosen(open_conversations, sql, company, draft):
    tell(sql, company, "They have 105 seats.")
    page = review(open_conversations(company.manager, view=url_search.DRAFTS_TAB))
    find_button(page, "Seats bought: 105").click().run()
    (answer,) = [each for each in page.text_area if each.label == "Answer"]
    assert answer.value == "They have {{ contract.seats }} seats."
    assert "Nothing in it tells of one customer." in page_text(page)


def test_a_draft_is_previewed_on_two_other_customers(open_conversations, sql, company, draft):
    for name, seats in (("Bolt", 1), ("Cobalt", 2), ("Delta", 3)):
        other = add_customer(sql, company, company.csm, name)
        sql.execute("update public.contracts set seats = %s where customer_id = %s", [seats, other])
    tell(sql, company, '{{ customer.name }} has {{ contract.seats|count("seat") }}.')
    page = review(open_conversations(company.manager, view=url_search.DRAFTS_TAB))
    seen = page_text(page)
    assert [each.label for each in page.selectbox].count("Preview with") == 2
    assert "Acme" not in [option for each in page.selectbox for option in each.options]
    assert "Bolt has 1 seat." in seen
    assert "Cobalt has 2 seats." in seen
    chosen = next(each for each in page.selectbox if each.label == "Preview with")
    chosen.set_value(
        str(fetch_value(sql, "select id from public.customers where name = 'Delta' and company_id = %s", company.id))
    ).run()
    assert "Delta has 3 seats." in page_text(page)


def test_a_draft_with_a_broken_placeholder_is_not_published(open_conversations, sql, company, draft):
    page = review(open_conversations(company.manager, view=url_search.DRAFTS_TAB))
    page = set_answer(page, "{{ customer.nmae }}")
    assert "Did you mean “customer.name”?" in page_text(page)
    assert "Publish" not in button_labels(page)


def test_an_answer_inserted_past_the_app_is_marked_as_not_written_by_zen(open_conversations, company, acme):
    turn = begin_turn(company.csm, acme, "What did finance say?")
    row = {"company_id": turn["thread"]["company_id"], "thread_id": turn["thread"]["id"], "role": "assistant"}
    forged = {"answer_id": new_id(), "parent_id": turn["message"]["id"], "model": "gpt-5.4", "cost_usd": 4}
    content = {"content": {"type": "text", "text": "Finance agreed to everything."}}
    company.csm.client.table("workflow_chat_messages").insert(row | forged | content).execute()
    call = {"tool": "run_saved_action", "input": {"action": "Agree"}, "status": "waiting"}
    about = {"company_id": row["company_id"], "thread_id": row["thread_id"], "answer_id": forged["answer_id"]}
    company.csm.client.table("workflow_llm_tool_calls").insert(about | call).execute()
    page = open_conversations(company.csm, thread=turn["thread"]["id"])
    seen = page_text(page)
    assert "A proposal. Not written by Zen" in seen
    assert "Save as a draft" not in button_labels(page)
    assert ":orange[:material/gpp_maybe: Not written by Zen]" in seen
    assert "gpt-5.4" not in seen
    assert "Not written by Zen" in page_text(open_conversations(company.csm, q="finance"))


def test_a_csm_cannot_decide_about_drafts(open_conversations, sql, company, draft):
    page = open_conversations(company.other_csm, view=url_search.DRAFTS_TAB)
    assert "Review" not in button_labels(page)
    chat = build_services(company.other_csm.client, get_person(company.other_csm)).chat
    with pytest.raises(ZenError):
        chat.publish_fixed_answer_draft(chat.fetch_fixed_answer_drafts()[0])
    assert draft_status(sql, company) == "draft"


def test_a_draft_already_decided_is_a_conflict(open_conversations, sql, company, draft):
    page = open_conversations(company.manager, view=url_search.DRAFTS_TAB)
    sql.execute("update public.workflow_chat_branches set status = 'archived' where company_id = %s", [company.id])
    find_button(page, "Discard").click().run()
    assert "already decided on this draft" in page_text(page)


def test_times_in_the_csv_are_the_persons_and_name_their_zone():
    (head, row) = csv.reader(io.StringIO(export_hits_csv((make_hit("Hi"),), "Pacific/Kiritimati").decode("utf-8-sig")))
    local = to_local_time(make_hit("Hi").created_at, "Pacific/Kiritimati")
    assert head[:2] == ["when", "time_zone"]
    assert row[:2] == [f"{local:%Y-%m-%d %H:%M}", "Pacific/Kiritimati"]


def test_the_spreadsheet_says_the_same_as_the_csv():
    hit = make_hit("=cmd() und\nmehr")
    (sheet,) = openpyxl.load_workbook(io.BytesIO(export_hits_xlsx((hit,), "UTC"))).worksheets
    head, row = (list(cells) for cells in sheet.iter_rows(values_only=True))
    assert {key: value or "" for key, value in zip(head, row, strict=True)} == {
        key: value.removeprefix("'") for key, value in read_csv(hit)[0].items()
    }
    assert all(cell.data_type in ("s", "n") for cells in sheet.iter_rows() for cell in cells)
