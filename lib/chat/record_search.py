"""Search all records of a customer, by words and by meaning: one request to the database under the person's rights."""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from lib.chat.passage_retrieval import PassageHit, fuse_passages, has_answer, rank_passages
from lib.chat.record_passages import Passage, list_account_passages, list_answer_passages
from lib.content.model import CitationSource
from lib.customers.account_repository import AccountRepository
from lib.customers.customer_record_kinds import RecordKind, count_all_records
from lib.customers.found_records import FoundRecords
from lib.customers.model import Account
from lib.llm.text_embedder import TextEmbedder, Vector, compute_cosine, embed_question
from lib.text.search_terms import list_word_beginnings

log = logging.getLogger(__name__)

NEAREST = 3
_CONTRACTS_KEPT = 100
_FIGURES = re.compile(r"[^\w\s]?\d[\d.,]*")


@dataclass(frozen=True, kw_only=True)
class RecordSearch:
    """What a search found: `hits` best first, none if nothing answers the question; then `nearest` are shown.

    `counts`: how many records of each source were searched.
    """

    hits: tuple[PassageHit, ...] = ()
    nearest: tuple[PassageHit, ...] = ()
    counts: Mapping[CitationSource, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RecordSearcher:
    """Without `accounts` it searches what is loaded with an account, without `embedder` by words alone."""

    accounts: AccountRepository | None = None
    embedder: TextEmbedder | None = None

    def search(self, account: Account, question: str) -> RecordSearch:
        """The passages that fit `question`. One request where there is a repository. Raises Unavailable."""
        vector = embed_question(self.embedder, question) if self.accounts else None
        found = self._fetch_records(account, question, vector)
        everything = _add_found_records(account, found)
        passages = (*list_account_passages(everything), *list_answer_passages(found.answers))
        counts = _count_records(account, found)
        if self.embedder is None or vector is None or not list_word_beginnings(question):
            return RecordSearch(hits=rank_passages(passages, question), counts=counts)
        similarities = list(self._list_similarities(everything, passages, found, vector))
        if all(each is None for each in similarities):
            return RecordSearch(hits=rank_passages(passages, question), counts=counts)
        return replace(choose_hits(passages, question, similarities, self.embedder), counts=counts)

    def _fetch_records(self, account: Account, question: str, vector: Vector | None) -> FoundRecords:
        beginnings = list_word_beginnings(question)
        if self.accounts is None or not (beginnings or vector):
            return FoundRecords()
        model = self.embedder.name if self.embedder else None
        return self.accounts.search_records(account.customer.id, beginnings, model, vector)

    def _list_similarities(
        self, account: Account, passages: Sequence[Passage], found: FoundRecords, question: Vector
    ) -> Iterator[float | None]:
        """For each passage its cosine with the question; None where it has no vector yet."""
        numbers = {ticket.id: ticket.number for ticket in account.tickets}
        stored = {
            (numbers.get(each.record_id, each.record_id), each.part): each.similarity for each in found.similarities
        }
        contract = self._embed_contract([each.text for each in passages if each.source is CitationSource.CONTRACT])
        parts: dict[tuple[CitationSource, str], int] = {}
        for passage in passages:
            key = (passage.source, passage.id)
            part = parts[key] = parts.get(key, -1) + 1
            if passage.source is CitationSource.CONTRACT:
                vector = contract.get(passage.text)
                yield compute_cosine(question, vector) if vector else None
            else:
                yield stored.get((passage.id, part))

    def _embed_contract(self, texts: Sequence[str]) -> dict[str, Vector]:
        """Vectors of what a contract says, by text; none if the model or its server fails."""
        if self.embedder is None or not texts:
            return {}
        try:
            vectors = _embed_sentences(self.embedder, tuple(_FIGURES.sub("", text) for text in texts))
        except Exception:
            log.exception("A contract has no vectors: it is found by words alone.")
            return {}
        return dict(zip(texts, vectors, strict=True))


# The sentences of a contract change with the day, and are the same for many customers but for their figures: their
# vectors are kept in this process.
@lru_cache(maxsize=_CONTRACTS_KEPT)
def _embed_sentences(embedder: TextEmbedder, sentences: tuple[str, ...]) -> tuple[Vector, ...]:
    return embedder.embed_passages(sentences)


def choose_hits(
    passages: Sequence[Passage], question: str, similarities: Sequence[float | None], embedder: TextEmbedder
) -> RecordSearch:
    """The best passages by words and meaning, as hits if they are about `question`, else as the nearest."""
    hits = fuse_passages(passages, question, similarities)
    across = embedder.similarity_across_languages
    if has_answer(hits, question, similarity=embedder.similarity, across_languages=across):
        return RecordSearch(hits=hits)
    return RecordSearch(nearest=hits[:NEAREST])


def _add_found_records(account: Account, found: FoundRecords) -> Account:
    """The account with the records that were found and are not loaded with it."""
    notes, runs = {note.id for note in account.notes}, {run.id for run in account.past_runs}
    tickets = {ticket.number for ticket in account.tickets}
    return replace(
        account,
        notes=(*account.notes, *(note for note in found.notes if note.id not in notes)),
        tickets=(*account.tickets, *(ticket for ticket in found.tickets if ticket.number not in tickets)),
        past_runs=(*account.past_runs, *(run for run in found.past_runs if run.id not in runs)),
    )


def _count_records(account: Account, found: FoundRecords) -> Mapping[CitationSource, int]:
    return {
        CitationSource.CONTRACT: 1 if account.contract else 0,
        CitationSource.NOTE: count_all_records(account, RecordKind.NOTES),
        CitationSource.TICKET: count_all_records(account, RecordKind.TICKETS),
        CitationSource.PAST_RUN: count_all_records(account, RecordKind.PAST_RUNS),
        CitationSource.ANSWER: found.counts.get(CitationSource.ANSWER.value, 0),
    }
