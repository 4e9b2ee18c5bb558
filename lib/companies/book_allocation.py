"""Dividing a book among colleagues, before anything is written."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from lib.auth.model import Role
from lib.companies.handovers import Book, BookCustomer, BookKind, Takers
from lib.companies.people_and_invitations import TeamMember


@dataclass(frozen=True, kw_only=True)
class AllocationShare:
    """What one colleague gets, and has afterwards."""

    taker: TeamMember
    names: tuple[str, ...]
    counts: Mapping[BookKind, int]
    arr: Decimal
    customers_after: int


def allocate_by_load(customers: Sequence[BookCustomer], takers: Sequence[TeamMember]) -> dict[UUID, UUID]:
    """The taker of each customer: the largest first, each to whoever then has the fewest customers, then the least ARR.

    Customers who left count as none. Empty without takers.
    """
    if not takers:
        return {}
    counts = {each.id: each.customers for each in takers}
    amounts = {each.id: each.arr for each in takers}
    chosen: dict[UUID, UUID] = {}
    for customer in sorted(customers, key=lambda each: (-each.arr, each.name, each.id)):
        taker = min(takers, key=lambda each: (counts[each.id], amounts[each.id], each.full_name, each.id))
        chosen[customer.id] = taker.id
        counts[taker.id] += customer.is_active
        amounts[taker.id] += customer.arr
    return chosen


def allocate_by_segment(customers: Sequence[BookCustomer], takers: Mapping[str, UUID]) -> dict[UUID, UUID]:
    """The taker of each customer whose segment has one."""
    return {each.id: takers[each.segment] for each in customers if each.segment in takers}


def allocate_tasks(
    book: Book, customers: Mapping[UUID, UUID], team: Sequence[TeamMember], *, others: UUID | None
) -> tuple[dict[tuple[BookKind, UUID], UUID], tuple[str, ...]]:
    """The takers of the whole book, given those of its customers; and the names of what has no taker yet.

    A task at one of these customers goes with it, any other to `others`. An escalation goes to nobody who raised it:
    then to a manager, else an admin.
    """
    chosen = {(BookKind.CUSTOMER, each.id): customers[each.id] for each in book.customers if each.id in customers}
    missing = [each.name for each in book.customers if each.id not in customers]
    for kind, task in book.tasks:
        taker = customers.get(task.customer_id) or others
        if kind is BookKind.ESCALATION and taker is not None and taker == task.raised_by:
            taker = _find_team_leader(team, without=task.raised_by)
        if taker is None:
            missing.append(f"{task.name} ({task.customer_name})")
        else:
            chosen[kind, task.id] = taker
    return chosen, tuple(missing)


def summarize_allocation(book: Book, chosen: Takers, team: Sequence[TeamMember]) -> tuple[AllocationShare, ...]:
    """What each taker gets, by name."""
    customers = {each.id: each for each in book.customers}
    names = {(BookKind.CUSTOMER, each.id): each.name for each in book.customers}
    names |= {(kind, task.id): f"{task.name} ({task.customer_name})" for kind, task in book.tasks}
    shares = []
    for member in sorted(team, key=lambda each: (each.full_name, each.id)):
        got = [place for place, taker in chosen.items() if taker == member.id]
        if not got:
            continue
        own = [customers[row_id] for kind, row_id in got if kind is BookKind.CUSTOMER]
        shares.append(
            AllocationShare(
                taker=member,
                names=tuple(names[place] for place in got),
                counts=Counter(kind for kind, _ in got),
                arr=sum((each.arr for each in own), Decimal()),
                customers_after=member.customers + sum(each.is_active for each in own),
            )
        )
    return tuple(shares)


def _find_team_leader(team: Sequence[TeamMember], *, without: UUID) -> UUID | None:
    leaders = [each for each in team if each.role.leads_team and each.id != without]
    leaders.sort(key=lambda each: (each.role is not Role.MANAGER, each.full_name, each.id))
    return leaders[0].id if leaders else None
