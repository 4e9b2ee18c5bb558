import re
import uuid
from threading import Thread

import psycopg
import pytest

from lib.chat.chat_search import parse_search_page
from tests.database.chat_calls import begin_turn, finish_turn, get_row_signer, share_thread
from tests.database.factories import fetch_value
from tests.database.rpc import assert_refused, call_rpc


@pytest.fixture
def run(company, new_run):
    return new_run(company)


def search_page(who, query=None, **filters):
    return parse_search_page(call_rpc(who, "search_chats", p_query=query, p_filters=filters), get_row_signer())


def found(who, query=None, **filters):
    """Texts of what is found, newest first."""
    return [hit.text for hit in search_page(who, query, **filters).hits]


def count(who, **asked):
    return call_rpc(who, "chat_facets", **asked)["total"]


def said(who, run, *messages):
    """Questions, each in a conversation of its own; returns their threads' ids."""
    return [begin_turn(who, run, words)["thread"]["id"] for words in messages]


def move_thread(sql, thread, moment):
    """Date the messages of a conversation as if they had been written then."""
    sql.execute("update public.workflow_chat_messages set created_at = %s where thread_id = %s", [moment, thread])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("renewal", {"The renewal is late", "A renewal plan"}),
        ("RENEWAL", {"The renewal is late", "A renewal plan"}),
        ("renewal -plan", {"The renewal is late"}),
        ('"renewal plan"', {"A renewal plan"}),
        ('"plan renewal"', set()),
        ("late or gym", {"The renewal is late", "Müller said “gym”"}),
        ("muller", {"Müller said “gym”"}),
        ("MÜLLER gym", {"Müller said “gym”"}),
        ("満足", {"顧客満足度が高い"}),
        ("客満", {"顧客満足度が高い"}),
        ("足満", set()),
        ("довольны", {"Клиенты довольны"}),
        ("-renewal -gym -満", {"Клиенты довольны"}),
        ("nothing of it", set()),
        ("???", set()),
        ("   ", {"The renewal is late", "A renewal plan", "Müller said “gym”", "顧客満足度が高い", "Клиенты довольны"}),
    ],
)
def test_words_phrases_and_what_is_not_wanted(talk, query, expected):
    assert set(found(talk, query)) == expected


@pytest.fixture(scope="module")
def talk(stack, sql, module_run):
    company, run = module_run
    said(
        company.csm,
        run,
        "The renewal is late",
        "A renewal plan",
        "Müller said “gym”",
        "顧客満足度が高い",
        "Клиенты довольны",
    )
    return company.csm


@pytest.fixture(scope="module")
def module_run(stack, sql):
    from tests.database.factories import insert_customer, publish_workflow
    from tests.support.companies import Company

    company = Company.create(sql, "Talkers")
    publish_workflow(sql, company.id, "renewal-run")
    customer = str(insert_customer(sql, company.id, company.csm.id))
    started = call_rpc(company.csm, "start_workflow", p_workflow_id="renewal-run", p_customer_id=customer)
    return company, started["execution_id"]


@pytest.mark.parametrize(
    ("message", "query", "is_found"),
    [
        ("The renewal is late", "renew", True),
        ("The renewal is late", "renew late", True),
        ("The renewal is late", "newal", False),
        ("The renewal is late", '"renew"', False),
        ("The renewal is late", '"the renew"', False),
        ("The renewal is late", "i", False),
        ("The renewal is late", "-renew", False),
        ("The renewal is late", '-"renew"', True),
        ("Überfällige Verlängerung", "uberf", True),
        ("Клиенты довольны", "клиент", True),
        ("Write to ravi.nair@fernhill.example", "nair", True),
        ("Write to ravi.nair@fernhill.example", "fernhill", True),
        ("Write to ravi.nair@fernhill.example", "ravi.nair@fernhill.example", True),
        ("Write to ravi.nair@fernhill.example", "ravi.nair@fern", True),
        ("Write to ravi.nair@fernhill.example", "nair.ravi", False),
        ("See https://docs.example/guides/renewal-terms?seats=40#price", "guides", True),
        ("See https://docs.example/guides/renewal-terms?seats=40#price", "renewal terms", True),
        ("See https://docs.example/guides/renewal-terms?seats=40#price", "docs.example/guides/renewal-terms", True),
        ("See https://docs.example/guides/renewal-terms?seats=40#price", "seats=40", True),
        ("They pay $284,400 a year", "284400", True),
        ("They pay $284,400 a year", "284,400", True),
        ("They pay $284,400 a year", "$284,400", True),
        ("They pay $284,400 a year", "284", True),
        ("They pay $284,400 a year", "400", False),
        ("They pay 1.284.400,50 €", "1284400", True),
        ("They pay 1’284’400 CHF", "1,284,400", True),
        ("In 2024,300 seats", "300", True),
        ("snake_case and camelCase", "case", True),
        ("The follow-up", "up", True),
        ("The follow up", "follow-up", True),
        ("She wrote it", "wro OR nothing", True),
        ("A “quoted phrase” here", "“quoted phrase”", True),
        ("A quoted long phrase", "“quoted phrase”", False),
    ],
)
def test_beginnings_of_words_and_parts_of_addresses_and_numbers_are_found(company, run, message, query, is_found):
    said(company.csm, run, message)
    assert found(company.csm, query) == ([message] if is_found else [])


def test_a_day_begins_and_ends_in_the_persons_own_time_zone(company, run, sql):
    thread = said(company.csm, run, "late in the evening")[0]
    move_thread(sql, thread, "2026-07-01T03:30Z")
    june = {"from": "2026-06-30", "to": "2026-06-30"}
    july = {"from": "2026-07-01", "to": "2026-07-01"}
    for zone, is_june in (("America/Chicago", True), ("UTC", False), ("Asia/Tokyo", False)):
        call_rpc(company.csm, "save_time_zone", p_time_zone=zone)
        assert bool(found(company.csm, **june)) is is_june
        assert bool(found(company.csm, "evening", **july)) is not is_june
        assert bool(found(company.csm, month=["2026-06"])) is is_june
        facets = call_rpc(company.csm, "chat_facets", p_filters=june)
        assert facets["total"] == is_june
        months = call_rpc(company.csm, "chat_facets")["facets"]["month"]
        assert [each["value"] for each in months] == ["2026-06" if is_june else "2026-07"]


@pytest.mark.parametrize(
    ("words", "query", "marked"),
    [
        ("The renewal is late", "renewal", "The [renewal] is late"),
        ("Müller said “gym”", "muller gym", "[Müller] said “[gym]”"),
        ("顧客満足度が高い", "満足", "顧客[満足]度が高い"),
        ("<b>renewal</b> & more", "renewal", "<b>[renewal]</b> & more"),
        ("fake \ue000mark\ue001 renewal", "renewal", "fake \ue000mark\ue001 [renewal]"),
        ("At 10:30 sharp", "10:30", "At [10:30] sharp"),
        ("a\nb\tc", "b", "a [b] c"),
        ("The renewal is late", "renew", "The [renew]al is late"),
        ("A plan, not planning", '"plan"', "A [plan], not planning"),
        ("A follow-up call", "follow up", "A [follow]-[up] call"),
        ("To ravi.nair@acme.example", "ravi.nair@acme", "To [ravi.nair@acme].example"),
        ("They pay $284,400 now", "284400", "They pay $[284,400] now"),
        ("In a café", "cafe", "In a [café]"),
        ("Mu\u0308ller said so", "muller", "[Mu\u0308ller] said so"),
        ("데이터 검색", "검색", "데이터 [검색]"),
        ("データの更新", "データ", "[データ]の更新"),
    ],
)
def test_an_excerpt_marks_what_was_found_and_changes_nothing_else(company, run, words, query, marked):
    said(company.csm, run, words)
    (hit,) = search_page(company.csm, query).hits
    pieces = hit.excerpt.split_at_matches()
    assert "".join(f"[{text}]" if is_match else text for text, is_match in pieces) == marked


def test_an_excerpt_is_cut_around_the_match(company, run):
    text = "before " * 2000 + "needle" + " after" * 2000
    said(company.csm, run, text)
    (hit,) = search_page(company.csm, "needle").hits
    assert ("needle", True) in hit.excerpt.split_at_matches()
    assert len(hit.excerpt.text) < 300
    assert (hit.excerpt.has_text_before, hit.excerpt.has_text_after) == (True, True)
    assert hit.text == text


def test_every_kind_of_message_is_found_by_what_it_shows(company, run):
    turn = begin_turn(company.csm, run, "Show me")
    columns = [{"key": "n", "label": "Person"}, {"key": "a", "label": "Age", "kind": "number"}]
    table = {"type": "table", "title": "Contacts", "columns": columns, "rows": [{"n": "Ines Ortega", "a": 41}]}
    chart = {
        "type": "chart",
        "kind": "line",
        "title": "Seats",
        "series": [{"name": "In use", "points": [{"x": "w1", "y": 3}]}],
    }
    code = {"type": "code", "language": "python", "code": "print(arr)"}
    rows = [{"content": block, "branch_type": "llm"} for block in (table, chart, code)]
    finish_turn(company.csm, turn, p_rows=rows)
    kinds = {query: [row["message_type"] for row in call_rpc(company.csm, "search_chats", p_query=query)["rows"]]
             for query in ("ortega", "person", '"in use"', "arr", "python", "number", "line")}  # fmt: skip
    assert kinds == {"ortega": ["table"], "person": ["table"], '"in use"': ["chart"], "arr": ["code"],
                     "python": [], "number": [], "line": []}  # fmt: skip


CHART = {"type": "chart", "kind": "bar", "title": "ARR", "x_label": "Offer", "y_label": "USD", "empty": "No offers.",
         "y_format": "$,.0f", "series": [{"name": "Price", "points": [
             {"x": "As today", "y": 86222, "tone": "warning"},
             {"x": "2026-11-02", "y": 5.00104381712324}]}]}  # fmt: skip
TABLE = {"type": "table", "title": "Usage", "empty": "No usage data.", "source": "Feed", "columns": [
            {"key": "d", "label": "Day", "kind": "date"}, {"key": "s", "label": "Share", "kind": "percent"},
            {"key": "m", "label": "Price", "kind": "money"}], "rows": [
            {"d": "2026-11-02", "s": 5.00104381712324, "m": 70.675},
            {"d": "2026-12-24", "s": None, "m": 86222}]}  # fmt: skip
TEXT = {"type": "text", "text": "It **rises** by `5%`.\n\n| a | b |\n|---|---|\n| c | d |\n\n1. One", "citations": [
           {"number": 1, "source": "note", "id": "n", "label": "Call", "quote": "So it is."}], "unknown_claims": [
    {"kind": "figure", "said": "5%", "nearest": "uplift cap: 4%"}, {"kind": "source", "said": "[7]"}]}  # fmt: skip
SHOWN = {
    "chart": "ARR\nOffer | USD\nAs today | 86,222\n2026-11-02 | 5",
    "table": "Usage\nDay | Share | Price\n2 Nov 2026 | 5% | $70.68\n24 Dec 2026 | no data | $86,222\nFeed",
    "text": "It rises by 5%.\na | b\nc | d\nOne\n5%: not in the records. On record: uplift cap: 4%\n"
    "[7]: no source has this number\n[1] Call: So it is.",
    "code": "print(1)",
}
BLOCKS = (CHART, TABLE, TEXT, {"type": "code", "language": "python", "code": "print(1)"})


def test_lists_show_a_message_as_it_is_drawn_and_every_word_of_it_is_found(company, run):
    rows = [{"content": block, "branch_type": "llm"} for block in BLOCKS]
    finish_turn(company.csm, begin_turn(company.csm, run, "?"), p_rows=rows)
    assert {hit.message_type: hit.text for hit in search_page(company.csm, role=["assistant"]).hits} == SHOWN
    for kind, text in SHOWN.items():
        for word in re.findall(r"\w[\w,.]*\w|\w", re.sub(r"\[\d\]|no data", "", text)):
            kinds = [hit.message_type for hit in search_page(company.csm, f'"{word}"', role=["assistant"]).hits]
            assert kind in kinds, word
    for hidden in ("0f", "warning", "No offers", "No usage", "00104381712324", "python", "percent", "note"):
        assert found(company.csm, hidden) == [], hidden


@pytest.mark.parametrize("is_one_moment", [False, True])
def test_pages_follow_each_other_without_a_gap_or_a_repeat(company, run, sql, is_one_moment):
    for number in range(25):
        (thread,) = said(company.csm, run, f"renewal number {number}")
        if is_one_moment:
            move_thread(sql, thread, "2026-06-15T09:00:00Z")
    seen, cursor = [], None
    while True:
        page = call_rpc(company.csm, "search_chats", p_query="renewal", p_cursor=cursor, p_limit=7)
        seen += [row["message_id"] for row in page["rows"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert (len(seen), len(set(seen))) == (25, 25)
    everything = call_rpc(company.csm, "search_chats", p_query="renewal", p_limit=1000)["rows"]
    assert seen == [row["message_id"] for row in everything]


def test_no_more_than_a_hundred_rows_come_at_once(company, run, sql):
    thread = said(company.csm, run, "first")[0]
    add = """insert into public.workflow_chat_messages (company_id, thread_id, role, content)
             select %s, %s, 'user', '{"type": "text", "text": "again"}' from generate_series(1, 150)"""
    sql.execute(add, [company.id, thread])
    assert len(call_rpc(company.csm, "search_chats", p_limit=10**6)["rows"]) == 100


def test_a_word_said_long_ago_is_found_behind_thousands_of_others(company, run, sql):
    thread = said(company.csm, run, "an old needle")[0]
    move_thread(sql, thread, "2020-01-01")
    add = """insert into public.workflow_chat_messages (company_id, thread_id, role, content)
             select %s, %s, 'user', '{"type": "text", "text": "hay"}' from generate_series(1, 2000)"""
    sql.execute(add, [company.id, thread])
    assert found(company.csm, "needle") == ["an old needle"]


def test_rows_are_found_by_each_facet_and_counted(company, run, sql):
    turn = begin_turn(company.csm, run, "How are they?", p_title="How are they?")
    told = finish_turn(company.csm, turn, "They are well.")
    call_rpc(company.csm, "give_chat_feedback", p_message_id=told["messages"][0]["id"], p_thumbs=-1)
    logged = {"company_id": str(company.id), "thread_id": turn["thread"]["id"], "tool": "read_account"}
    company.csm.client.table("workflow_llm_tool_calls").insert(logged | {"answer_id": told["answer_id"]}).execute()
    (row,) = call_rpc(company.csm, "search_chats", p_query="well")["rows"]
    assert (row["tools"], row["thumbs"], row["is_own"]) == (["read_account"], ["down"], True)
    facets = call_rpc(company.csm, "chat_facets")
    counts = {name: {each["value"]: each["count"] for each in values} for name, values in facets["facets"].items()}
    customer = row["customer_id"]
    assert counts.pop("month").popitem()[1] == 2
    assert counts == {
        "workflow": {"renewal-run": 2}, "slide": {"greeting": 2}, "customer": {customer: 2},
        "person": {str(company.csm.id): 2}, "branch_type": {"llm": 1}, "message_type": {"text": 2},
        "tool": {"read_account": 1}, "status": {"active": 2}, "ended": {"complete": 2}, "thumbs": {"down": 1},
        "role": {"user": 1, "assistant": 1},
    }  # fmt: skip
    assert (facets["total"], facets["is_capped"], facets["counted_over"]) == (2, False, 10_000)
    for name, values in counts.items():
        for value, count in values.items():
            assert len(found(company.csm, **{name: [value]})) == count, (name, value)
        assert found(company.csm, **{name: ["something else"]}) == []


def test_a_choice_leaves_the_other_values_of_its_facet_counted(company, run):
    finish_turn(company.csm, begin_turn(company.csm, run))
    counted = call_rpc(company.csm, "chat_facets", p_filters={"role": ["user"]})["facets"]
    assert {each["value"] for each in counted["role"]} == {"user", "assistant"}
    assert counted["message_type"] == [{"value": "text", "count": 1, "label": "text"}]


def test_facets_follow_what_changes(company, run):
    turn = begin_turn(company.csm, run)
    told = finish_turn(company.csm, turn)["messages"][0]["id"]
    threads = company.csm.client.table("workflow_chat_threads")
    threads.update({"status": "completed"}).eq("id", turn["thread"]["id"]).execute()
    assert (len(found(company.csm, status=["completed"])), found(company.csm, status=["active"])) == (2, [])
    call_rpc(company.csm, "give_chat_feedback", p_message_id=told, p_thumbs=1)
    call_rpc(company.csm, "give_chat_feedback", p_message_id=told, p_thumbs=-1)
    assert (len(found(company.csm, thumbs=["down"])), found(company.csm, thumbs=["up"])) == (1, [])
    call_rpc(company.csm, "give_chat_feedback", p_message_id=told)
    assert found(company.csm, thumbs=["down"]) == []


def test_a_span_of_days(company, run, sql):
    threads = said(company.csm, run, "in May", "in June", "in July")
    for thread, day in zip(threads, ("2026-05-31T23:59Z", "2026-06-30T12:00Z", "2026-07-01T00:00Z"), strict=True):
        move_thread(sql, thread, day)
    span = {"from": "2026-06-01", "to": "2026-06-30"}
    assert found(company.csm, **span) == found(company.csm, "in", **span) == ["in June"]
    assert found(company.csm, month=["2026-05"]) == ["in May"]
    assert found(company.csm, month=["2026-07", "2026-05"]) == ["in July", "in May"]
    assert found(company.csm, month=["2026-05"], **span) == []
    assert found(company.csm, **{"from": "2026-07-01", "to": "2026-05-31"}) == []


@pytest.mark.parametrize(
    "arguments",
    [
        {"p_query": "x" * 1001},
        {"p_query": " ".join(f"w{number}" for number in range(200))},
        {"p_filters": {"company_id": ["x"]}},
        {"p_filters": {"workflow": "standard-renewal"}},
        {"p_filters": {"workflow": [1]}},
        {"p_filters": {"workflow": ["x"] * 51}},
        {"p_filters": ["workflow"]},
        {"p_filters": {"from": "yesterday-ish"}},
        {"p_filters": {"to": "2026-13-45"}},
        {"p_cursor": {"created_at": "x", "message_id": "y"}},
        {"p_cursor": {}},
    ],
)
def test_what_cannot_be_searched_for_is_refused_in_a_sentence(company, arguments):
    with assert_refused("PT400"):
        call_rpc(company.csm, "search_chats", **arguments)
    if "p_cursor" not in arguments:
        with assert_refused("PT400"):
            call_rpc(company.csm, "chat_facets", **arguments)


WEIRD = ["'", '"', '"""', "a:*", "a:ABC", "!!a", "(((", "a & | b", "\\", "'; drop table x; --", "-", '-"', "or", "a or",
         "<->", "%", "\u0001c", "\u202e", "𝕏", "🦄", "a" * 1000, "http://x.y/z?q=\u0001",
         "<script>alert(1)</script>", "x'y''z"]  # fmt: skip


@pytest.mark.parametrize("query", WEIRD)
def test_no_syntax_is_an_error(company, run, query):
    said(company.csm, run, f"before {query} after")
    page = call_rpc(company.csm, "search_chats", p_query=query)
    assert len(page["rows"]) <= 1
    call_rpc(company.csm, "chat_facets", p_query=query)


def test_what_is_too_long_to_index_is_kept_all_the_same(company, run):
    words = " ".join(f"{number:x}é" for number in range(60_000))
    assert said(company.csm, run, words[:390_000], "𠀀" * 90_000, "x" * 100_000)
    assert len(found(company.csm, "1fé")) == 1


# Who finds what


def test_unshared_talk_is_found_by_its_owner_and_the_leaders(company, run, strangers, uninvited):
    said(company.csm, run, "a secret needle")
    everyone = (company.csm, company.other_csm, company.manager, company.admin, strangers.admin)
    finders = [who for who in everyone if found(who, "needle") or found(who, "-hay") or count(who, p_query="needle")]
    assert finders == [company.csm, company.manager, company.admin]
    with assert_refused("PT403"):
        call_rpc(uninvited, "search_chats", p_query="needle")


def test_sharing_and_taking_back_count_at_once(company, run, strangers):
    (thread,) = said(company.csm, run, "a needle")
    for shared in (True, False, True, False):
        share_thread(company.csm, thread, shared=shared)
        for total in (len(found(company.other_csm, "needle")), call_rpc(company.other_csm, "chat_facets")["total"]):
            assert total == shared
        assert found(strangers.admin, "needle") == []
    assert found(company.csm, "needle") == ["a needle"]


def test_what_is_said_after_sharing_is_shared_too(company, run):
    turn = begin_turn(company.csm, run)
    share_thread(company.csm, turn["thread"]["id"])
    finish_turn(company.csm, turn, "a needle")
    assert found(company.other_csm, "needle") == ["a needle"]


def test_filters_open_no_door(company, run, strangers):
    said(company.csm, run, "a needle")
    wishes = [
        {"person": [str(company.csm.id)]},
        {"status": ["active"]},
        {"role": ["user"]},
        {"workflow": ["renewal-run"]},
    ]
    for wish in wishes:
        for who in (company.other_csm, strangers.admin):
            assert found(who, **wish) == []
            assert count(who, p_filters=wish) == 0


def test_no_words_make_a_facet(company, run, strangers, sql):
    """Somebody who knows how a facet and its key are written says them: they stay words, and open nothing."""
    facets = [f"=company={strangers.id}", f"=person={strangers.admin.id}", "=shared=true", "=role=user"]
    prefix = fetch_value(sql, "select private.key_prefix(%s, now())", strangers.id)
    keys = [prefix + facet for facet in facets]
    shapes = ("{}", "x{}x", "'{}'", "http://a.b/{}", "<{}>", "a.{}.b", "{}:1A", "<a b='{}'>", "a@{}.com", "/{}/{}")
    disguises = [shape.format(forged, forged) for forged in facets + keys for shape in shapes]
    said(company.csm, run, " ".join(disguises), *disguises)
    assert found(strangers.admin) == found(company.other_csm) == []
    for forged in facets + keys:
        for who in (strangers.admin, company.other_csm):
            assert found(who, forged) == found(who, f'"{forged}" or needle') == []
    indexed = """select count(*) from private.chat_index i, unnest(ts_filter(i.words, '{%s}')) word
                 where i.company_id = %%s and (word.lexeme like '%%%%=%%%%') = %s"""
    assert fetch_value(sql, indexed % ("a", "false"), company.id) == 0
    assert fetch_value(sql, indexed % ("d", "true"), company.id) == 0


def test_a_negation_does_not_reach_past_the_rule(company, run, strangers):
    said(company.csm, run, "a needle")
    for query in ("-hay", "hay or -hay", '-"x y"', f"-{uuid.uuid4()}", "a or -a"):
        assert found(strangers.admin, query) == found(company.other_csm, query) == []


def test_the_index_is_nobodys_to_read(company):
    from postgrest.exceptions import APIError

    for name in ("chat_index", "find_messages", "count_facets", "index_messages"):
        with pytest.raises(APIError):
            company.csm.client.schema("private").table(name).select("*").execute()
        with pytest.raises(APIError):
            company.csm.client.rpc(name, {}).execute()


def test_content_that_is_not_a_known_block_is_found_by_its_words(company, run):
    said(company.csm, run)
    begin_turn(company.csm, run, p_content={"type": "text", "text": "x", "nested": {"deep": ["needle", 7]}})
    assert len(found(company.csm, "needle")) == 1


@pytest.mark.parametrize("sharing_first", [True, False])
def test_what_is_said_while_it_is_being_shared_is_shared(company, run, stack, sql, sharing_first):
    thread = begin_turn(company.csm, run)["thread"]["id"]
    say = """insert into public.workflow_chat_messages (company_id, thread_id, role, content)
             values (%s, %s, 'user', '{"type": "text", "text": "needle"}')"""
    open_up = "update public.workflow_chat_threads set is_shared = true where id = %s"
    first, second = (open_up, [thread]), (say, [company.id, thread])
    if not sharing_first:
        first, second = second, first
    with psycopg.connect(stack.database_url) as one_tab, psycopg.connect(stack.database_url) as other_tab:
        one_tab.execute(*first)
        later = Thread(target=lambda: (other_tab.execute(*second), other_tab.commit()))
        later.start()
        later.join(0.3)
        assert later.is_alive()
        one_tab.commit()
        later.join(10)
    assert found(company.other_csm, "needle") == ["needle"]


def test_what_the_operator_changes_is_found_as_it_is(company, run, sql):
    message = begin_turn(company.csm, run, "hay")["message"]["id"]
    sql.execute(
        """update public.workflow_chat_messages set content = '{"type": "text", "text": "needle"}',
           created_at = '2026-01-01' where id = %s""",
        [message],
    )
    (row,) = call_rpc(company.csm, "search_chats", p_query="needle", p_filters={"month": ["2026-01"]})["rows"]
    assert row["message_id"] == message
    assert found(company.csm, "hay") == []


def test_an_insert_of_many_rows_is_indexed_once_for_the_statement(sql):
    """By row, 200,000 messages loaded at once took longer than anybody waits."""
    by_row = """
        select tgrelid::regclass::text from pg_trigger t join pg_proc p on p.oid = t.tgfoid
        where p.prosrc like '%%private.index_messages%%' and t.tgtype & 1 = 1 and t.tgtype & 4 = 4
    """
    assert sql.execute(by_row).fetchall() == []


def test_messages_inserted_in_one_statement_are_all_found(company, run, sql):
    thread = begin_turn(company.csm, run, "First of many")["thread"]["id"]
    sql.execute(
        """
        insert into public.workflow_chat_messages (company_id, thread_id, answer_id, role, content)
        select company_id, id, gen_random_uuid(), 'user', jsonb_build_object('type', 'text', 'text', 'Bulk ' || n)
        from public.workflow_chat_threads, generate_series(1, 300) n where id = %s
        """,
        [thread],
    )
    assert count(company.csm, p_query="bulk") == 300
    assert found(company.csm, "bulk 300") == ["Bulk 300"]
