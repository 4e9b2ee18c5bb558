"""What a model says and nothing it was given does is marked beside the nearest fact; what follows from it is not."""

import time
from datetime import timedelta

import pytest

from lib.chat import conversation_export
from lib.chat.account_facts import list_account_facts
from lib.chat.chat_search import SearchQuery
from lib.chat.claims.given_facts import list_prompt_facts, list_text_facts
from lib.chat.claims.known_facts import KnownFacts
from lib.chat.claims.unknown_claims import list_unknown_claims, mark_unknown_claims
from lib.content.block_json import parse_block, serialize_block
from lib.content.block_text import block_to_shown_text
from lib.content.model import ClaimKind, Code, Text
from lib.llm.model_settings import ModelSettings
from lib.text.html import Html, mark_texts, markdown_to_html
from tests.support.model_server import ModelServer, ScriptedCall, ScriptedReply
from tests.support.sample_accounts import TODAY, full_account

FACTS = KnownFacts(
    [
        *list_prompt_facts({"fence": "DATA-19", "account": list_account_facts(full_account())}),
        *list_text_facts("Would a 7% discount help? Lena Vogt asked.", is_record=False),
    ],
    TODAY,
)


def said(text: str) -> list[str]:
    return [claim.said for claim in list_unknown_claims(text, FACTS)]


@pytest.mark.parametrize(
    "text",
    [
        "ARR is $257,250, or 257.25k, or 257 250 USD.",
        "That is about $257k a year.",
        "The discount is 12.5 %, or 12,5 percent.",
        "The term is 12 months, which is one year, with a notice period of 61 days or two months.",
        "The notice deadline is 6 February 2027 (2027-02-06, Feb 6, 06.02.2027), in Q1 2027.",
        "312 of 600 seats are in use, so 288 seats (48%) are not.",
        "600 seats at a list price of $490 are $294,000.",
        "An uplift of 4% would bring ARR to $267,540, which is $10,290 more.",
        "Łukasz Nowak left 18 days ago; the notice deadline is in 75 days.",
        "The renewal date is 8 April 2027, 61 days after the notice deadline.",
        "Renée D'Arcy is the CFO. Renee D’Arcy’s last contact was in May.",
        "With the 7% you ask about, Lena Vogt may agree.",
        "Next Steps: plan a Quarterly Business Review with the Executive Sponsor in 2 weeks, for 30 minutes at 10:00.",
        "1. Call Aiko Tanaka.\n2. Send the brief by Friday.\n3. Plan three meetings [1].",
        "Ticket T-9 is open.",
        "Nothing is known about this.",
    ],
)  # fmt: skip
def test_what_was_given_or_follows_from_it_is_not_marked(text: str) -> None:
    assert said(text) == []


@pytest.mark.parametrize(
    ("text", "claim", "nearest"),
    [
        ("The notice period is 19 days.", "19 days", "term: notice 61 days"),
        ("The notice period is nineteen days.", "nineteen days", "term: notice 61 days"),
        ("ARR is $284,400.", "$284,400", "ARR: $257,250 a year"),
        ("ARR is 275 250 $ this year.", "275 250 $", "ARR: $257,250 a year"),
        ("ARR is €257,250.", "€257,250", "ARR: $257,250 a year"),
        ("The discount is 21.5 %.", "21.5 %", "discount: 12.5%"),
        ("The uplift is capped at 5%.", "5%", "uplift cap: 4%"),
        ("The renewal date is 8 May 2027.", "8 May 2027", "renewal date: 8 Apr 2027"),
        ("The renewal date is 2027-04-18.", "2027-04-18", "renewal date: 8 Apr 2027"),
        ("They are a customer since 2019.", "2019", "customer since: 1 Feb 2023"),
        ("Marta Keller is the CFO.", "Marta Keller", "contact Renée D’Arcy: CFO, economic buyer, influence 5 of 5"),
        ("We should call Renée Dupont.", "Renée Dupont", "contact Renée D’Arcy"),
        ("Renee D'Arsy will decide.", "Renee D'Arsy", "contact Renée D’Arcy: CFO"),
        ("Ask Lukas Novak.", "Lukas Novak", "left: Łukasz Nowak: COO"),
        ("Mr. Tanako spoke with us.", "Mr. Tanako", "contact Aiko Tanaka: Head of Planning"),
        ("Call Aiko Tanako.", "Aiko Tanako", "contact Aiko Tanaka: Head of Planning"),
        ("Rivalus is their competitor.", "Rivalus", "competitor: Rivalis"),
        ("Aiko Poe is the champion.", "Aiko Poe", "contact Aiko Tanaka"),
        ("They compare us with Northbeam.", "Northbeam", None),
        ("Ticket T-12 is open.", "T-12", None),
        ("Łukasz Nowak left 25 days ago.", "25 days", "signals: Łukasz Nowak, executive sponsor, left 18 days ago."),
    ],
)
def test_what_stands_nowhere_is_marked_beside_the_nearest_fact(text: str, claim: str, nearest: str | None) -> None:
    found = list_unknown_claims(text, FACTS)
    assert [each.said for each in found] == [claim]
    assert nearest is None or (found[0].nearest or "").startswith(nearest)


def test_a_name_like_nobodys_has_no_nearest_fact_by_the_month_beside_it() -> None:
    (name, _) = list_unknown_claims("Ravi Naur joins us on 3 May 2031.", FACTS)
    assert (name.said, name.nearest) == ("Ravi Naur", None)


def test_the_marks_survive_storing_and_stand_in_text_and_code() -> None:
    blocks = mark_unknown_claims((Text(markdown="It is **19 days**."), Code(code="Dear Marta Keller,")), FACTS)
    assert [[claim.said for claim in block.unknown_claims] for block in blocks] == [["19 days"], ["Marta Keller"]]
    assert tuple(parse_block(serialize_block(block)) for block in blocks) == blocks
    assert mark_unknown_claims((Code(code="pay(19_000)", language="python"),), FACTS)[0].unknown_claims == ()


def test_a_mark_stands_around_whole_words_and_no_markup() -> None:
    html = mark_texts(markdown_to_html("19 days, 119 days, `<b>19 days</b>` & more"), ["19 days", "mark", "code"], "x")
    assert html.count('<mark class="x">19 days</mark>') == 2
    assert "119 days" in html
    assert "<code>&lt;b&gt;" in html
    assert mark_texts(Html("<p>a &amp; b</p>"), ["a & b"], "x") == '<p><mark class="x">a &amp; b</mark></p>'


def test_an_answer_of_100_kb_is_checked_in_seconds() -> None:
    long = "".join(
        f"{place} of {place * 37} seats cost ${place * 991}, says Xy{place}q on 3 May 2031. " for place in range(2000)
    )
    started = time.process_time()
    assert len(list_unknown_claims(long[:100_000], FACTS)) == 60
    assert time.process_time() - started < 10


def test_claims_of_a_models_answer_are_stored_shown_searched_and_exported(
    new_chat, server: ModelServer, completions: ModelSettings
) -> None:
    at = new_chat(completions)
    server.script(ScriptedReply("The notice period is 19 days, so call Ines Ortega or Marta Keller [S7, 8]."))
    at.ask("What is the notice period?")
    (row,) = at.stored_steps()[-1]
    assert row.is_authentic
    assert row.text == "The notice period is 19 days, so call Ines Ortega or Marta Keller."
    found = {claim.said: claim for claim in row.block.unknown_claims}
    assert {each: claim.kind for each, claim in found.items()} == {
        "[7]": ClaimKind.SOURCE, "[8]": ClaimKind.SOURCE, "19 days": ClaimKind.FIGURE, "Marta Keller": ClaimKind.NAME,
    }  # fmt: skip
    assert "notice" in (found["19 days"].nearest or "")
    shown = block_to_shown_text(row.block)
    assert "19 days: not in the records. On record: term: notice" in shown
    assert "[7]: no source has this number" in shown
    conversation = at.service.get_chat_history(at.panel.thread.id)
    assert "19 days: not in the records" in conversation_export.format_conversation_as_markdown(conversation, "UTC")
    assert '"said": "19 days"' in conversation_export.format_conversation_as_json(conversation)
    hits = at.service.search.fetch_search_page(SearchQuery(words='"not in the records"')).hits
    (hit,) = (each for each in hits if each.thread_id == at.panel.thread.id)
    assert (hit.message_id, hit.unknown_claims) == (row.id, 2)
    assert "19 days: not in the records" in hit.text


def test_what_a_tool_said_before_is_known_later_and_what_was_marked_is_not(
    new_chat, server: ModelServer, completions: ModelSettings
) -> None:
    at = new_chat(completions)
    server.script(
        ScriptedReply(calls=(ScriptedCall("usage_trend", {"weeks": 12}),)),
        ScriptedReply("60 people use it, and 77 will."),
        ScriptedReply("As said: 60 people, 77 later."),
    )
    at.ask("How is usage?")
    at.ask("Again?")
    marked = [[claim.said for claim in row.block.unknown_claims] for row in at.stored_steps()[-1]]
    assert marked == [["77"]]


def test_the_built_in_assistant_quotes_records_and_is_not_marked(new_chat) -> None:
    at = new_chat()
    at.ask("When is the notice deadline?")
    assert all(not row.block.unknown_claims for row in at.stored_steps()[-1] if isinstance(row.block, Text))
    assert at.context.account.today + timedelta(days=50) == at.context.account.contract.notice_deadline
