from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from lib.text.truncate import single_line

MAX_QUERY_CHARS = 100
FIRST_ROWS, MOST_ROWS = 6, 100
"""Rows of each kind at first, and once the reader asks for more."""


class FoundKind(StrEnum):
    """What a row of Find is. START is a workflow that may be started for a customer."""

    CUSTOMER = "customer"
    CONTACT = "contact"
    RUN = "run"
    START = "start"
    WORKFLOW = "workflow"
    ACTION = "action"
    CONVERSATION = "conversation"
    NOTE = "note"


@dataclass(frozen=True, kw_only=True)
class FoundRow:
    """Something that was found; a field is None where its kind has none.

    A run is found by its name (`is_named`) or by the command that snoozes it (`may_snooze`). `body` is the part of a
    note around the first word.
    """

    kind: FoundKind
    id: str
    label: str
    customer_id: str | None = None
    customer_name: str = ""
    owner_name: str | None = None
    status: str | None = None
    title: str | None = None
    detail: str | None = None
    due_on: date | None = None
    ended_at: datetime | None = None
    happened_at: datetime | None = None
    happened_on: date | None = None
    note_kind: str | None = None
    body: str = ""
    is_named: bool = True
    may_snooze: bool = False


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What a query found. `is_near` if nothing has exactly these words, only like ones.

    Of the kinds in `cut_kinds` there are more than the rows.
    """

    rows: tuple[FoundRow, ...]
    is_near: bool = False
    cut_kinds: frozenset[FoundKind] = frozenset()

    def cut(self, most: int) -> "Findings":
        """At most so many rows of each kind."""
        counts: Counter[FoundKind] = Counter()
        kept = []
        for row in self.rows:
            counts[row.kind] += 1
            kept += [row] if counts[row.kind] <= most else []
        cut_kinds = frozenset(kind for kind, count in counts.items() if count > most)
        return replace(self, rows=tuple(kept), cut_kinds=cut_kinds)


def clean_find_query(text: str) -> tuple[str, bool]:
    """What is searched for, on one line, and whether it was cut at MAX_QUERY_CHARS."""
    query = single_line(text[: 10 * MAX_QUERY_CHARS])
    return query[:MAX_QUERY_CHARS].strip(), len(query) > MAX_QUERY_CHARS or len(text) > 10 * MAX_QUERY_CHARS
