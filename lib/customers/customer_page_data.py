"""What the page of a customer shows, as `public.customer_page` returns it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from lib.customers.account_repository import parse_account
from lib.customers.customer_timeline import TimelineEntry
from lib.customers.model import Account, Contact, Contract
from lib.db.row_parsing import parse_row


@dataclass(frozen=True, kw_only=True)
class ContactRow(Contact):
    """A contact, with the moment of its latest change as the database wrote it: an edit names it."""

    updated_at: str


@dataclass(frozen=True, kw_only=True)
class ContractRow(Contract):
    """A term, past, current or to come, with the moment of its latest change as the database wrote it."""

    id: str
    updated_at: str


@dataclass(frozen=True, kw_only=True)
class NoteRow:
    """A note with its whole text, and the moment of its latest change as the database wrote it."""

    id: str
    kind: str
    body: str
    happened_on: date
    updated_at: str


@dataclass(frozen=True, kw_only=True)
class HealthPoint:
    """Health on one day, with the points of its parts; None where there is nothing to judge by."""

    day: date
    score: int | None
    band: str | None
    usage_points: int | None
    engagement_points: int | None
    support_points: int | None
    voice_points: int | None


@dataclass(frozen=True, kw_only=True)
class ChangesSince:
    """What others did and what came in since the person last looked: the latest few of `count`."""

    looked_at: datetime
    count: int
    entries: tuple[TimelineEntry, ...]


@dataclass(frozen=True, kw_only=True)
class CustomerRun:
    """An open run for the customer. Of a past day only that it was open: its state then is not known."""

    execution_id: str
    workflow_id: str
    workflow_name: str
    started_at: datetime
    current_slide: str
    status: str | None
    slides: int | None
    slides_done: int | None
    due_on: date | None
    assigned_to_name: str | None = None


@dataclass(frozen=True, kw_only=True)
class CustomerGoal:
    """What the customer wants to reach, as the slide of a run says it."""

    goal: str
    execution_id: str
    slide_id: str
    workflow_name: str
    saved_at: datetime
    owner: str | None = None
    due: date | None = None
    measure: str | None = None


@dataclass(frozen=True, kw_only=True)
class MadeFile:
    """A file that somebody made from a slide of a run, last at `made_at`. The file itself is not stored."""

    filename: str
    execution_id: str
    slide_id: str
    made_at: datetime
    made_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class OfferedWorkflow:
    """A workflow that can be started in the company."""

    workflow_id: str
    name: str


@dataclass(frozen=True, kw_only=True)
class CustomerPage:
    """A customer with everything its page shows at first. `contracts` are newest first, `open_runs` next due first.

    `suggested_workflow_id` fits the customer now; None while a run is open or recent. `timeline` has its first entries,
    `health_trend` is by week, oldest first. `as_of` is the day the page is of; None for today.
    `goals` are those of the latest run that set some, then the aim of the latest run. `files` are the six made last.
    `erased_on` is the day on which names and texts were erased.
    """

    account: Account
    may_write: bool
    may_write_contracts: bool
    contacts: tuple[ContactRow, ...]
    contracts: tuple[ContractRow, ...]
    open_runs: tuple[CustomerRun, ...]
    workflows: tuple[OfferedWorkflow, ...]
    health_trend: tuple[HealthPoint, ...]
    timeline: tuple[TimelineEntry, ...]
    suggested_workflow_id: str | None = None
    since: ChangesSince | None = None
    as_of: date | None = None
    goals: tuple[CustomerGoal, ...] = ()
    files: tuple[MadeFile, ...] = ()
    erased_on: date | None = None

    @property
    def suggested_workflow(self) -> OfferedWorkflow | None:
        return next((each for each in self.workflows if each.workflow_id == self.suggested_workflow_id), None)


def parse_customer_page(row: dict[str, Any]) -> CustomerPage:
    """A CustomerPage from what `public.customer_page` returns. Raises UnreadableData."""
    values = row | {"account": parse_account(row["account"]), "contacts": row["account"]["contacts"]}
    return parse_row(CustomerPage, values)
