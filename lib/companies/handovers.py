"""Handing over a book: what a person has, and giving it to colleagues. Each method of the repository is one request."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from lib.db.client import Client
from lib.db.query_execution import execute_read, execute_write
from lib.db.row_parsing import parse_row


class BookKind(StrEnum):
    """What is handed over: customers with their runs, and work at customers of anyone."""

    CUSTOMER = "customer"
    RUN = "run"
    ESCALATION = "escalation"
    FOLLOW_UP = "follow_up"


@dataclass(frozen=True, kw_only=True)
class BookCustomer:
    """A customer a person owns. Its runs, snoozed ones too, follow its owner."""

    id: UUID
    name: str
    segment: str
    arr: Decimal
    is_active: bool
    open_runs: int
    snoozed_runs: int


@dataclass(frozen=True, kw_only=True)
class BookTask:
    """A run, an escalation or a follow-up a person has to deal with. `raised_by` is of an escalation."""

    id: UUID
    customer_id: UUID
    customer_name: str
    name: str
    raised_by: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Book:
    """All that would need somebody else if a person were gone."""

    customers: tuple[BookCustomer, ...]
    runs: tuple[BookTask, ...]
    escalations: tuple[BookTask, ...]
    follow_ups: tuple[BookTask, ...]

    @property
    def tasks(self) -> tuple[tuple[BookKind, BookTask], ...]:
        """All but the customers, each with its kind."""
        kinds = (
            (BookKind.RUN, self.runs),
            (BookKind.ESCALATION, self.escalations),
            (BookKind.FOLLOW_UP, self.follow_ups),
        )
        return tuple((kind, task) for kind, tasks in kinds for task in tasks)

    @property
    def is_empty(self) -> bool:
        return not self.customers and not self.tasks


Takers = Mapping[tuple[BookKind, UUID], UUID]
"""Who gets what: the colleague of each thing, by its kind and id."""


@dataclass(frozen=True, kw_only=True)
class Handover:
    """What was handed over. `id` is None where nothing was: a person was deactivated who had nothing."""

    id: UUID | None
    customers: int
    runs: int
    escalations: int
    follow_ups: int


class HandoverRepository:
    """Hands over books in the company of the client's token, with that person's rights."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch_book(self, person_id: UUID | str) -> Book:
        """What a colleague has; empty for a person of another company."""
        return parse_row(Book, execute_read(self._client.rpc("person_book", {"p_person_id": str(person_id)})))

    def hand_over_book(self, person_id: UUID, takers: Takers, *, key: str, deactivate: bool = False) -> Handover:
        """Hand over all that is named, once for each `key`; `deactivate` also ends the person's membership.

        Raises NotPermitted for a CSM, and for a manager who deactivates; InvalidInput for a taker who is no active
        colleague; Conflict if the book has changed, and for the last admin or work left over when deactivating.
        """
        items = [{"kind": kind.value, "id": str(row_id), "to": str(to)} for (kind, row_id), to in takers.items()]
        arguments = {"p_person_id": str(person_id), "p_items": items, "p_key": key, "p_deactivate": deactivate}
        return parse_row(Handover, execute_write(self._client.rpc("hand_over_book", arguments)))

    def undo_handover(self, handover_id: UUID) -> tuple[str, ...]:
        """Undo a hand-over of the last day. Returns the names of what stays, as somebody changed it since.

        Raises NotPermitted for a CSM, and Conflict for an older one or a person who has left.
        """
        arguments = {"p_handover_id": str(handover_id)}
        return tuple(execute_write(self._client.rpc("undo_handover", arguments))["kept"])
