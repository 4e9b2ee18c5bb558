"""Search by meaning over the database: what the worker embeds, a person finds, and a rag branch answers with."""

import hashlib
import itertools
import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from lib.chat import rag_answer
from lib.chat.conversation import BranchType
from lib.chat.message_tree import build_message_path
from lib.chat.record_search import RecordSearcher
from lib.content.model import CitationSource
from lib.customers.account_repository import AccountRepository
from lib.customers.model import Account
from lib.db.client import Client
from lib.llm.model_settings import ModelSettings
from lib.llm.text_embedder import BundledEmbedder, TextEmbedder, Vector
from lib.worker.record_embedder import embed_next_records, embed_record
from tests.chat.chat_harness import ChatHarness, add_branch, build_chat_service
from tests.database.factories import Sql, fetch_rows, insert_customer, insert_row
from tests.database.import_calls import operator_client
from tests.database.rpc import call_rpc
from tests.support.companies import Company
from tests.support.model_server import ModelServer, ScriptedReply

BODIES = (
    "They are looking at Northlake beside us; the warehouse managers liked the scanner app.",
    "Jonas asked whether data can be kept in Frankfurt only.",
    "Four of nine seats in Malmö were not used in sixty days.",
)


class HashEmbedder:
    """Vectors from the words themselves, without a model, so that a whole database is embedded in a moment."""

    similarity = similarity_across_languages = 0.99

    def __init__(self, name: str) -> None:
        self.name = name

    def embed_question(self, text: str) -> Vector:
        digest = hashlib.sha256(text.encode()).digest()[:8]
        length = math.sqrt(sum(byte * byte for byte in digest)) or 1.0
        return tuple(byte / length for byte in digest)

    def embed_passages(self, texts: Sequence[str]) -> tuple[Vector, ...]:
        return tuple(map(self.embed_question, texts))


class BrokenEmbedder(HashEmbedder):
    def embed_question(self, text: str) -> Vector:
        raise ConnectionError("no answer")


@pytest.fixture(scope="module")
def bundled() -> BundledEmbedder:
    return BundledEmbedder()


@pytest.fixture(scope="module")
def operator(stack: Any) -> Client:
    return operator_client(stack)


@pytest.fixture(scope="module")
def company(stack: Any, sql: Sql) -> Company:
    return Company.create(sql, "Meaningful Software")


@pytest.fixture
def customer(sql: Sql, company: Company) -> str:
    customer = insert_customer(sql, company.id, company.csm.id)
    for body in BODIES:
        add_note(sql, company, str(customer), body)
    return str(customer)


def add_note(sql: Sql, company: Company, customer: str, body: str) -> str:
    values = {"company_id": company.id, "customer_id": customer, "author_id": company.csm.id}
    return str(insert_row(sql, "notes", **values, body=body, happened_on="2026-11-02"))


def embed_customer(sql: Sql, operator: Client, customer: str, embedder: TextEmbedder) -> None:
    texts = "select source, record_id::text, body from private.record_texts where customer_id = %s"
    rows = [embed_record(row, embedder) for row in fetch_rows(sql, texts, customer)]
    call_rpc(operator, "store_passage_vectors", p_model=embedder.name, p_records=rows)


def load_account(company: Company, customer: str) -> tuple[Account, AccountRepository]:
    accounts = AccountRepository(company.csm.client)
    return accounts.fetch_account(customer), accounts


def test_a_note_is_found_in_other_words_and_another_language(
    sql: Sql, company: Company, operator: Client, customer: str, bundled: BundledEmbedder
) -> None:
    embed_customer(sql, operator, customer, bundled)
    account, accounts = load_account(company, customer)
    searcher = RecordSearcher(accounts=accounts, embedder=bundled)
    for question, body in (
        ("Are they talking to a competitor?", BODIES[0]),
        ("Wo dürfen die Daten liegen?", BODIES[1]),
    ):
        found = searcher.search(account, question)
        assert (found.hits or found.nearest)[0].passage.text == body
    words = RecordSearcher(accounts=accounts).search(account, "Is there a competitor?")
    assert words.hits == ()


def test_nothing_found_says_what_was_searched_and_shows_the_nearest(
    sql: Sql, company: Company, operator: Client, customer: str, bundled: BundledEmbedder
) -> None:
    embed_customer(sql, operator, customer, bundled)
    account, accounts = load_account(company, customer)
    found = RecordSearcher(accounts=accounts, embedder=bundled).search(account, "What colour is their new logo?")
    assert (found.hits, len(found.nearest)) == ((), 3)
    text = rag_answer.describe_nothing_found(found.nearest, found.counts)
    assert text.markdown.startswith("I found nothing that answers this. I searched 3 notes. The nearest passages: ")
    assert {citation.quote for citation in text.citations} == set(BODIES)


def test_a_later_passage_of_a_long_note_is_the_one_that_is_shown(
    sql: Sql, company: Company, operator: Client, customer: str, bundled: BundledEmbedder
) -> None:
    filler = " ".join(
        f"On day {day} the team met and went through the usual list of small things." for day in range(40)
    )
    add_note(sql, company, customer, f"{filler} Their lawyer wants the liability cap raised to two million. {filler}")
    embed_customer(sql, operator, customer, bundled)
    account, accounts = load_account(company, customer)
    found = RecordSearcher(accounts=accounts, embedder=bundled).search(account, "How much are we liable for at most?")
    assert "liability cap" in (found.hits or found.nearest)[0].passage.text


def test_a_model_that_fails_leaves_words(company: Company, customer: str) -> None:
    account, accounts = load_account(company, customer)
    found = RecordSearcher(accounts=accounts, embedder=BrokenEmbedder("broken")).search(
        account, "Who liked the scanner?"
    )
    assert found.hits[0].passage.text == BODIES[0]


def test_answers_of_runs_are_found(new_chat: Any) -> None:
    at: ChatHarness = new_chat()
    said = {"stands_out": "The new head of logistics brings her old tool with her."}
    at.sql.execute(
        "insert into workflow_step_executions (company_id, execution_id, slide_id, answers, saved_by)"
        " select company_id, id, 'review-account', %s, owner_id from workflow_executions where id = %s"
        " on conflict (execution_id, slide_id) do update set answers = excluded.answers",
        [Jsonb(said), at.context.execution.id],
    )
    searcher = RecordSearcher(accounts=AccountRepository(at.member.client))
    found = searcher.search(at.context.account, "Who is the new head of logistics?")
    assert found.hits[0].passage.source is CitationSource.ANSWER
    assert found.counts[CitationSource.ANSWER] == 1


def test_the_worker_embeds_everything_once_two_at_a_time_and_again_for_another_model(
    sql: Sql, operator: Client, customer: str
) -> None:
    names = itertools.count(1)
    for _ in range(2):
        embedder = HashEmbedder(f"hash-{next(names)}")

        def work(_worker: int, embedder: HashEmbedder = embedder) -> None:
            while embed_next_records(operator, embedder, 500):
                pass

        with ThreadPoolExecutor(2) as workers:
            list(workers.map(work, range(2)))
        stored = "select model, count(*) as n from private.passage_vectors where customer_id = %s group by model"
        assert fetch_rows(sql, stored, customer) == [{"model": embedder.name, "n": 3}]


def test_a_rag_branch_shows_what_a_model_was_given(
    new_chat: Any,
    server: ModelServer,
    completions: ModelSettings,
    operator: Client,
    bundled: BundledEmbedder,
) -> None:
    """Behind the answer stand the passages that meaning found, byte for byte as they were sent."""
    note = "Complaint by mail: the mobile app logs drivers out every few minutes when the signal is weak."
    server.script(ScriptedReply("The mobile app logs drivers out every few minutes [S1]."))
    at: ChatHarness = new_chat(completions)
    at.sql.execute(
        "insert into notes (company_id, customer_id, author_id, body, happened_on)"
        " select company_id, customer_id, owner_id, %s, '2026-11-02' from workflow_executions where id = %s",
        [note, at.context.execution.id],
    )
    embed_customer(at.sql, operator, str(at.context.account.customer.id), bundled)
    at.service = build_chat_service(at.member, completions, embedder=bundled)
    branch = add_branch(at, BranchType.RAG, label="Truckers?", prompt="Truckers are thrown out of the phone app")
    at.panel = at.service.process_rag_branch(at.context, at.panel, branch).panel
    assert at.last_answer_text() == "The mobile app logs drivers out every few minutes. [1]"
    shown = at.service.load_provenance(at.context, at.panel, build_message_path(at.panel.messages)[-1].entry)
    assert shown.context
    sent = [message["content"] for message in server.requests[-1].body["messages"]]
    assert [shown.context.system_prompt, *(message.text for message in shown.messages)] == sent
    assert note in sent[1]
