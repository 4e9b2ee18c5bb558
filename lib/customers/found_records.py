"""What a search in a customer's records returns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from lib.customers.model import Note, PastRun, Ticket


@dataclass(frozen=True, kw_only=True)
class SavedAnswer:
    """What was answered on a slide of a run of this customer, its texts in a row. `body` is untrusted plain text."""

    id: str
    slide_id: str
    saved_on: date
    body: str


@dataclass(frozen=True, kw_only=True)
class Similarity:
    """Cosine of a question and a passage of a record, -1 to 1. `part` is its place in the text, from 0."""

    record_id: str
    part: int
    similarity: float


@dataclass(frozen=True, kw_only=True)
class FoundRecords:
    """Records of a customer that a search found. `counts`: how many of each source were searched."""

    notes: tuple[Note, ...] = ()
    tickets: tuple[Ticket, ...] = ()
    past_runs: tuple[PastRun, ...] = ()
    answers: tuple[SavedAnswer, ...] = ()
    similarities: tuple[Similarity, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
