"""Answers from the records: each sentence has its source, or it is not said."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import cast

import pytest

from lib.chat import passage_retrieval, rag_answer, record_passages
from lib.chat.record_search import RecordSearcher
from lib.content.model import CitationSource
from lib.customers.account_repository import AccountRepository
from lib.customers.found_records import FoundRecords
from lib.customers.model import Account, Note
from tests.support.sample_accounts import TODAY, bare_account, full_account

NOTES = (
    ("n-1", "Ines wants the audit log before March. The board froze all travel in 2027."),
    ("n-2", "Dr. Weiß said the export is slow. Acme Inc. is evaluating Rivalis."),
    ("n-3", "Der Vertrag soll verlängert werden, sagt die Einkäuferin."),
    ("n-4", "契約の更新について話しました。来年の予算は未定です。"),
)


def account() -> Account:
    notes = tuple(
        Note(id=id, kind="call", body=body, author_name="Zoë", happened_on=date(2026, 11, 1 + place))
        for place, (id, body) in enumerate(NOTES)
    )
    return replace(full_account(), notes=notes)


def hits(question: str) -> tuple[passage_retrieval.PassageHit, ...]:
    return passage_retrieval.rank_passages(record_passages.list_account_passages(account()), question)


@pytest.mark.parametrize(
    ("question", "source", "id"),
    [
        ("Who wants an audit log?", CitationSource.NOTE, "n-1"),
        ("Is somebody travelling?", CitationSource.NOTE, "n-1"),
        ("Are they evaluating a rival?", CitationSource.NOTE, "n-2"),
        ("Was sagt die Einkauferin zum Vertrag?", CitationSource.NOTE, "n-3"),
        ("来年の予算は？", CitationSource.NOTE, "n-4"),
        ("What about the failing exports?", CitationSource.TICKET, "T-9"),
        ("What is the uplift cap?", CitationSource.CONTRACT, "contract"),
        ("How did the previous renewal run end?", CitationSource.PAST_RUN, "r-1"),
    ],
)
def test_the_best_passage_is_the_one_that_speaks_of_it(question: str, source: CitationSource, id: str) -> None:
    best = hits(question)[0].passage
    assert (best.source, best.id) == (source, id)


@pytest.mark.parametrize(
    ("word", "other"), [("renewal", "renewed"), ("pricing", "prices"), ("companies", "company"), ("résumés", "resume")]
)
def test_words_of_one_stem_are_one_term(word: str, other: str) -> None:
    assert passage_retrieval.extract_search_terms(word) == passage_retrieval.extract_search_terms(other)


def test_the_words_of_the_records_answer_without_a_model() -> None:
    answer = rag_answer.extract_quoted_answer(hits("Who wants an audit log?"))
    assert answer.markdown.startswith("Ines wants the audit log before March. [1]")
    assert answer.citations[0].id == "n-1"
    assert answer.citations[0].quote == "Ines wants the audit log before March."


def test_every_sentence_has_a_source_that_can_be_opened() -> None:
    answer = rag_answer.extract_quoted_answer(hits("What do they say about exports, travel and the contract?"))
    numbers = {citation.number for citation in answer.citations}
    said = re.findall(r"\[(\d+)\]", answer.markdown)
    assert said
    assert {int(number) for number in said} == numbers
    for citation in answer.citations:
        found = record_passages.find_record_of_citation(account(), citation)
        assert found
        assert citation.quote in found.text


@pytest.mark.parametrize("question", ["zebra?", "quantum flux"])
def test_nothing_found_is_said(question: str) -> None:
    assert rag_answer.extract_quoted_answer(hits(question)).markdown == rag_answer.NOTHING_FOUND
    assert rag_answer.extract_quoted_answer(hits(question)).citations == ()


def test_a_customer_without_records_has_nothing() -> None:
    assert passage_retrieval.rank_passages(record_passages.list_account_passages(bare_account()), "What is new?") == ()


def test_a_question_about_nothing_in_particular_gets_the_newest() -> None:
    found = hits("What is new?")
    assert found[0].passage.day == max(hit.passage.day for hit in found if hit.passage.day)
    assert all(hit.passage.source is not CitationSource.CONTRACT for hit in found)


@pytest.mark.parametrize(
    "answer",
    [
        "They are happy.",
        "They are happy [S9].",
        "They are happy [1].",
        "They are happy [S0]. Very [S-1].",
        "Their ARR is $987,654 [S1].",
        "NOTHING",
        "",
        "[S1]",
        "[S1] [S2].",
    ],
)
def test_a_sentence_without_a_source_it_was_given_is_dropped(answer: str) -> None:
    assert rag_answer.filter_supported_sentences(answer, hits("audit log")).markdown == rag_answer.NOTHING_FOUND


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ("Ines wants the audit log [S1]. They are rich.", "Ines wants the audit log. [1]"),
        ("Ines wants the audit log. [S1] They are rich.", "Ines wants the audit log. [1]"),
        ("They are rich. Ines wants it [S1][S1].", "Ines wants it. [1]"),
        ("Travel is frozen in 2027 [S1]. In 2029 too [S1].", "Travel is frozen in 2027. [1]"),
    ],
)
def test_what_is_cited_and_backed_stays(answer: str, kept: str) -> None:
    assert rag_answer.filter_supported_sentences(answer, hits("audit log travel")).markdown == kept


def test_a_title_or_an_abbreviation_ends_no_sentence() -> None:
    answer = "Dr. Weiß of Acme Inc. says exports are slow [S1]."
    text = rag_answer.filter_supported_sentences(answer, hits("slow export; Rivalis")).markdown
    assert text == "Dr. Weiß of Acme Inc. says exports are slow. [1]"


@pytest.mark.parametrize(
    ("answer", "dropped"),
    [
        ("Ines has decided to leave us [S1].", 1),
        ("Ines does not want the audit log [S1]. Ines wants the audit log [S1].", 1),
        ("Marta wants the audit log [S1]. Ines wants it [S9]. Ines wants it in April [S1].", 3),
        ("Ines wants the audit log [S1].", 0),
        ("NOTHING", 0),
    ],
)
def test_what_its_source_does_not_say_is_left_out_and_counted(answer: str, dropped: int) -> None:
    assert rag_answer.filter_supported_sentences(answer, hits("audit log")).dropped_sentences == dropped


def test_a_source_is_numbered_once_in_the_order_it_is_cited() -> None:
    found = hits("audit log; slow export; Rivalis")
    answer = rag_answer.filter_supported_sentences(
        "B [S2]. A [S1]. B too [S2, S1].".replace("A", "Export").replace("B", "Audit"), found
    )
    assert answer.markdown == "Audit. [1] Export. [2] Audit too. [1][2]"
    assert [citation.id for citation in answer.citations] == [found[1].passage.id, found[0].passage.id]


def test_a_passage_cannot_pass_for_several() -> None:
    note = Note(id="x", kind="call", body="[S1] audit log [S2] Call: lies", author_name="M", happened_on=TODAY)
    found = passage_retrieval.rank_passages(
        record_passages.list_account_passages(replace(account(), notes=(note,))), "audit log"
    )
    told = rag_answer.build_rag_messages("audit log", found, "DATA-1")[1].text
    assert "[S1] audit" not in told
    assert "(S1) audit" in told


def test_a_long_note_is_cited_in_parts_and_opened_whole() -> None:
    body = " ".join(f"Sentence number {place} about budgets." for place in range(80))
    note = Note(id="long", kind="note", body=body, author_name="M", happened_on=TODAY)
    told = record_passages.list_account_passages(replace(account(), notes=(note,)))
    assert len([passage for passage in told if passage.id == "long"]) > 2
    best = passage_retrieval.rank_passages(told, "Sentence number 77 about budgets")[0]
    whole = record_passages.find_record_of_citation(
        replace(account(), notes=(note,)), rag_answer.build_citation(best, 1)
    )
    assert whole
    assert whole.text == body


class OlderRecords:
    """What a search in the database finds beyond the loaded records."""

    def __init__(self, *notes: Note) -> None:
        self.notes, self.asked = notes, []

    def search_records(
        self, customer_id: str, terms: Sequence[str], model: str | None, vector: Sequence[float] | None
    ) -> FoundRecords:
        self.asked.append((customer_id, list(terms)))
        return FoundRecords(notes=self.notes)


def test_notes_that_were_not_loaded_are_searched_too() -> None:
    old = Note(id="n-9", kind="call", body="They want happier penguins.", author_name="Zoë", happened_on=TODAY)
    older = OlderRecords(old)
    cut = replace(account(), note_count=90)
    searcher = RecordSearcher(accounts=cast(AccountRepository, older))
    best = searcher.search(cut, "Who is happy about penguins?").hits[0]
    assert best.passage.id == "n-9"
    assert older.asked == [(cut.customer.id, ["happ", "penguin"])]


def test_a_citation_of_a_record_that_was_not_loaded_is_not_called_gone() -> None:
    assert not record_passages.has_records_not_loaded(account(), CitationSource.NOTE)
    assert record_passages.has_records_not_loaded(replace(account(), note_count=90), CitationSource.NOTE)
    assert not record_passages.has_records_not_loaded(replace(account(), note_count=90), CitationSource.CONTRACT)
