"""What Find lists for what was found: text, context and address."""

from datetime import UTC, date, datetime
from typing import Any

from lib.find.model import Findings, FoundKind, FoundRow, clean_find_query
from lib.ui.find.find_results import build_find_answer

PAGES = {"": "Today", "inbox": "Inbox", "book": "Book"}
CUSTOMER = {"customer_id": "c-1", "customer_name": "Acme"}


def answer(query: str, *rows: FoundRow, is_near: bool = False, is_cut: bool = False) -> dict[str, Any]:
    return build_find_answer(query, is_cut, Findings(rows=rows, is_near=is_near), PAGES, "Europe/Berlin")


def listed(query: str, row: FoundRow) -> list[tuple[str, str, str, str]]:
    """The lines of a row, without the search in conversations at the end."""
    results = answer(query, row)["results"][:-1]
    return [(line["group"], line["label"], line["context"], line["href"]) for line in results]


def test_a_list_that_is_cut_says_so():
    rows = tuple(FoundRow(kind=FoundKind.CUSTOMER, id=f"c-{n}", label=f"Acme {n}") for n in range(8))
    found = Findings(rows=rows).cut(7)
    assert (len(found.rows), found.cut_kinds) == (7, {FoundKind.CUSTOMER})
    assert build_find_answer("acme", False, found, PAGES, "UTC")["more"] == "Show more customers"
    answer = build_find_answer("acme", False, found, PAGES, "UTC", is_all=True)
    assert "more" not in answer
    assert answer["note"] == "Only the first 100 are listed of: customers. Type another word."
    assert "more" not in build_find_answer("acme", False, Findings(rows=rows).cut(8), PAGES, "UTC")


def test_each_kind_says_what_it_is_and_leads_there():
    rows = [
        FoundRow(kind=FoundKind.CUSTOMER, id="c-1", label="Acme", owner_name="Alice Moreau", status="churned"),
        FoundRow(kind=FoundKind.CONTACT, id="k-1", label="Jane", title="CFO", status="left", **CUSTOMER),
        FoundRow(kind=FoundKind.START, id="our", label="Renewal", **CUSTOMER),
        FoundRow(kind=FoundKind.WORKFLOW, id="our", label="Renewal"),
        FoundRow(kind=FoundKind.ACTION, id="a-1", label="Wait", detail="Waits a month."),
        FoundRow(
            kind=FoundKind.CONVERSATION, id="t-1", label="Rollout?", owner_name="Bob",
            happened_at=datetime(2026, 11, 3, 23, 30, tzinfo=UTC), **CUSTOMER,
        ),
        FoundRow(
            kind=FoundKind.NOTE, id="n-1", label="Acme", note_kind="call", happened_on=date(2026, 11, 3),
            body="about\nthe move", **CUSTOMER,
        ),
    ]  # fmt: skip
    assert [line for row in rows for line in listed("x", row)] == [
        ("Customers", "Acme", "Owner Alice Moreau · Churned", "/customer?id=c-1"),
        ("Contacts", "Jane", "CFO · Contact at Acme · Has left", "/customer?id=c-1"),
        (
            "Commands", "Start Renewal for Acme", "Opens its first slide; nothing is started yet",
            "/run?workflow=our&customer=c-1",
        ),
        ("Workflows", "Renewal", "Workflow", "/workflows?workflow=our"),
        ("Actions", "Wait", "Waits a month.", "/actions"),
        ("Conversations", "Rollout?", "Conversation of 4 Nov on Acme, by Bob", "/conversations?thread=t-1"),
        ("Notes", "Call of 3 Nov 2026 on Acme", "…about the move…", "/customer?id=c-1"),
    ]  # fmt: skip


def test_a_run_is_listed_by_its_name_and_its_snooze_as_a_command():
    run = FoundRow(
        kind=FoundKind.RUN, id="e-1", label="Renewal", status="active", due_on=date(2026, 12, 9), may_snooze=True,
        **CUSTOMER,
    )  # fmt: skip
    assert listed("x", run) == [
        ("Runs", "Renewal for Acme", "Due 9 Dec 2026", "/run?execution=e-1"),
        ("Commands", "Snooze Renewal for Acme", "Asks until when", "/run?execution=e-1&dialog=snooze"),
    ]


def test_pages_are_found_by_the_beginning_of_their_title():
    found = answer("inb")
    assert [(line["label"], line["href"]) for line in found["results"][:-1]] == [("Inbox", "/inbox")]
    assert found["note"] == ""


def test_what_finds_nothing_says_so_and_leads_to_the_search_in_conversations():
    found = answer("zebra & co")
    assert found["note"] == "Nothing found for “zebra & co”."
    [line] = found["results"]
    assert line["href"] == "/conversations?q=zebra+%26+co"


def test_like_names_are_introduced_as_such():
    found = answer("amce", FoundRow(kind=FoundKind.CUSTOMER, id="c-1", label="Acme"), is_near=True)
    assert found["note"] == "No exact match. Similar names:"


def test_without_words_customers_are_the_recent_ones_and_nothing_else_is_listed():
    found = answer("", FoundRow(kind=FoundKind.CUSTOMER, id="c-1", label="Acme"))
    assert [(line["group"], line["label"]) for line in found["results"]] == [("Recent customers", "Acme")]
    assert answer("")["note"] == "Type a name, a word of a note, or a page."


def test_a_long_name_is_cut_and_whole_in_its_tooltip():
    name = "Ä" * 500
    [line, _] = answer("ä", FoundRow(kind=FoundKind.CUSTOMER, id="c-1", label=name))["results"]
    assert len(line["label"]) == 90
    assert name in line["full"]


def test_what_cannot_be_seen_is_not_in_the_list():
    label = "Acme\u202e\x00\n<img src=x>"
    [line, _] = answer("acme", FoundRow(kind=FoundKind.CUSTOMER, id="c-1", label=label))["results"]
    assert line["label"] == "Acme <img src=x>"


def test_a_query_is_one_line_of_a_hundred_characters():
    assert clean_find_query("  a\n\x00b ") == ("a b", False)
    query, is_cut = clean_find_query("word " * 2000)
    assert (len(query) <= 100, is_cut) == (True, True)
    assert answer(query, is_cut=True)["note"].startswith("Only the first 100 characters are searched.")
