"""What completing a run changes in the book, as proposed by the database and as accepted by a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from lib.db.row_parsing import parse_row
from lib.forms.model import Answers
from lib.text.json_values import to_json_numbers


@dataclass(frozen=True, kw_only=True)
class ProposalTerm:
    """A term of a contract; `ends_on` is the renewal date. Money is a year, `discount_percent` 0-100."""

    starts_on: date
    ends_on: date
    term_months: int
    notice_days: int
    auto_renews: bool
    seats: int
    annual_price_per_seat: Decimal
    discount_percent: Decimal
    arr: Decimal
    modules: tuple[str, ...] = ()


ContractGap = Literal["not_owner", "needs_approval", "no_price"]


@dataclass(frozen=True, kw_only=True)
class ContractProposal:
    """The next term by the price the run agreed on, or at the ARR entered (`subject` is "amount").

    `total` is that price a year as it was agreed. `starts` are the days the next term may start on, the proposed one
    first.
    """

    current: ProposalTerm
    next: ProposalTerm
    starts: tuple[date, ...]
    subject: Literal["quote", "scenario", "amount"]
    total: Decimal
    approval: Literal["approved", "denied", "waiting", "not_needed"]

    @property
    def is_price_open(self) -> bool:
        """True if the price still needs an approval, or was denied one."""
        return self.approval in ("waiting", "denied")


@dataclass(frozen=True, kw_only=True)
class Successor:
    """Who replaces a contact; without an id somebody who is not on record yet."""

    name: str
    id: str | None = None
    title: str | None = None


@dataclass(frozen=True, kw_only=True)
class DepartureProposal:
    """A contact who left, and who replaces them."""

    name: str
    title: str | None = None
    left_on: date | None = None
    successor: Successor | None = None


@dataclass(frozen=True, kw_only=True)
class BookProposal:
    """What a run's outcome would change; each part is None for no change. `row` is the proposal as it was sent.

    `contract_gap`: why no next contract is proposed where one is due.
    """

    contract: ContractProposal | None
    contract_gap: ContractGap | None = None
    status: str | None
    contact: DepartureProposal | None
    row: Mapping[str, Any]

    @property
    def is_empty(self) -> bool:
        return not self.changes_book and self.contract_gap is None

    @property
    def changes_book(self) -> bool:
        return self.contract is not None or self.status is not None or self.contact is not None

    @property
    def depends_on_amount(self) -> bool:
        """True if another ARR in the outcome may be followed by another contract."""
        return self.contract_gap is not None or (self.contract is not None and self.contract.subject == "amount")

    @property
    def can_be_accepted(self) -> bool:
        """False if a contract without an approved price is all there is."""
        return self.status is not None or self.contact is not None or self._has_agreed_contract

    @property
    def _has_agreed_contract(self) -> bool:
        return self.contract is not None and not self.contract.is_price_open

    def build_changes(self, edits: Answers) -> dict[str, Any]:
        """The accepted changes as `close_run` takes them: the contract with its edits, the rest as proposed."""
        changes = {key: self.row[key] for key in ("status", "contact") if self.row[key] is not None}
        if self._has_agreed_contract:
            current = self.row["contract"]["current"]
            seen = {"current_id": current["id"], "current_updated_at": current["updated_at"]}
            changes["contract"] = seen | {key: to_json_numbers(value) for key, value in edits.items()}
        return changes


def parse_book_proposal(row: Mapping[str, Any]) -> BookProposal:
    """A BookProposal from what `public.propose_closing` returns."""
    return parse_row(BookProposal, {**row, "row": row})
