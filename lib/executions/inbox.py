"""What waits for the signed-in person: the first of each kind, and counts of all."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from lib.db.client import Client
from lib.db.query_execution import execute_read, execute_update, execute_write
from lib.db.row_parsing import parse_row
from lib.db.row_signatures import RowSigner
from lib.executions.inbox_entries import (
    EscalatedRun,
    FollowUp,
    Notice,
    PendingApproval,
    PendingPrice,
    RecentAction,
    SnoozedRun,
    WokenRun,
)

RUN_SECTIONS = ("woken", "snoozed", "escalations")
SECTIONS = (*RUN_SECTIONS, "follow_ups", "notices", "approvals", "price_approvals", "undone")


@dataclass(frozen=True, kw_only=True)
class PriceAgreement:
    """Who agreed to a price above every limit, on which day, and what proves it."""

    agreed_by: str
    agreed_on: date
    proof: str


@dataclass(frozen=True, kw_only=True)
class InboxCounts:
    """Totals, also of what is not loaded. `escalations` are all of that section; `team` is None in one's own inbox.

    `waiting` is woken runs, escalations to the person and decisions they have not seen, follow-ups and notices.
    """

    waiting: int
    woken: int
    snoozed: int
    to_me: int
    by_me: int
    escalations: int
    follow_ups: int
    notices: int
    approvals: int
    price_approvals: int
    undone: int
    team: int | None = None


@dataclass(frozen=True, kw_only=True)
class Inbox:
    """All sections of the inbox, each with `most` rows, without the first `first`."""

    counts: InboxCounts
    woken: tuple[WokenRun, ...]
    snoozed: tuple[SnoozedRun, ...]
    escalations: tuple[EscalatedRun, ...]
    follow_ups: tuple[FollowUp, ...]
    notices: tuple[Notice, ...]
    approvals: tuple[PendingApproval, ...]
    price_approvals: tuple[PendingPrice, ...]
    undone: tuple[RecentAction, ...]
    first: int = 0
    most: int = 200

    @property
    def is_cut(self) -> bool:
        """True if a section has rows that were not loaded."""
        return any(getattr(self.counts, section) > len(getattr(self, section)) for section in SECTIONS)


class InboxRepository:
    """What waits for the signed-in person, read and ticked off with the rights of the client's token."""

    def __init__(self, client: Client, signer: RowSigner) -> None:
        self._client, self._signer = client, signer

    def fetch_inbox(self, team: bool = False, *, first: int = 0, most: int = 200, customer: str | None = None) -> Inbox:
        """One's own inbox, or with `team` the company's, which only leaders get. One request.

        Each section has `most` (up to 5,000) rows, without the first `first`, and their count; with `customer` those of
        customers whose name has this part.
        """
        arguments = {"p_team": team, "p_most": most, "p_first": first, "p_customer": customer}
        row = execute_read(self._client.rpc("inbox", arguments))
        runs = {kind: [run | {"execution_id": run["id"]} for run in row[kind]] for kind in RUN_SECTIONS}
        approvals = [call | {"is_authentic": self._is_proposed_by_zen(call)} for call in row["approvals"]]
        return parse_row(Inbox, row | runs | {"approvals": approvals, "first": first, "most": most})

    def _is_proposed_by_zen(self, call: dict[str, Any]) -> bool:
        return self._signer.is_tool_call_authentic(call | {"id": call["call_id"], "status": "waiting"})

    def add_follow_up(self, customer_id: str | None, title: str, *, key: str) -> None:
        """Add a follow-up of one's own, due today. The same `key` again does nothing.

        Raises InvalidInput without a customer or title, NotPermitted for a colleague's customer.
        """
        arguments = {"p_customer_id": customer_id, "p_title": title, "p_id": key}
        execute_write(self._client.rpc("add_follow_up", arguments))

    def reopen_follow_up(self, follow_up_id: str) -> None:
        """Mark a follow-up as not done. Raises NotPermitted unless the person has it."""
        table = self._client.table("follow_ups")
        execute_update(
            table.update({"done_at": None}).eq("id", follow_up_id), otherwise="You may not change this follow-up."
        )

    def complete_follow_up(self, follow_up_id: str) -> None:
        """Mark a follow-up as done. Raises NotPermitted unless the person has it."""
        table = self._client.table("follow_ups")
        execute_update(
            table.update({"done_at": "now"}).eq("id", follow_up_id), otherwise="You can't close this follow-up."
        )

    def decide_price_approval(
        self, approval_id: str, *, approve: bool, reason: str | None = None, agreement: PriceAgreement | None = None
    ) -> None:
        """Approve or deny a price. The same decision again does nothing.

        Raises NotPermitted for one's own and above one's limit, InvalidInput with every error, Conflict if it was
        decided or its figures have changed.
        """
        arguments = {"p_id": approval_id, "p_approve": approve, "p_reason": reason}
        if agreement is not None:
            arguments |= {
                "p_agreed_by": agreement.agreed_by,
                "p_agreed_on": agreement.agreed_on.isoformat(),
                "p_proof": agreement.proof,
            }
        execute_write(self._client.rpc("decide_price_approval", arguments))

    def mark_notice_read(self, notice_id: str) -> None:
        """Mark a notice as read. Raises NotPermitted for somebody else's."""
        table = self._client.table("notices")
        execute_update(table.update({"read_at": "now"}).eq("id", notice_id), otherwise="This notice is not yours.")
