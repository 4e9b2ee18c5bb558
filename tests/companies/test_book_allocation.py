from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from lib.auth.model import Role
from lib.companies.book_allocation import (
    allocate_by_load,
    allocate_by_segment,
    allocate_tasks,
    summarize_allocation,
)
from lib.companies.handovers import Book, BookCustomer, BookKind, BookTask
from lib.companies.people_and_invitations import TeamMember


def member(number: int, customers: int = 0, arr: int = 0, role: Role = Role.CSM) -> TeamMember:
    return TeamMember(
        id=UUID(int=number), full_name=f"Person {number}", email=f"p{number}@zen.test", role=role,
        joined_at=datetime(2026, 1, 1, tzinfo=UTC), last_seen_at=None, customers=customers, arr=Decimal(arr),
        open_runs=0,
    )  # fmt: skip


def customer(number: int, arr: int = 0, segment: str = "mid", *, is_active: bool = True) -> BookCustomer:
    return BookCustomer(
        id=UUID(int=number), name=f"Customer {number}", segment=segment, arr=Decimal(arr), is_active=is_active,
        open_runs=0, snoozed_runs=0,
    )  # fmt: skip


def task(number: int, at: int, raised_by: int | None = None) -> BookTask:
    return BookTask(
        id=UUID(int=number), customer_id=UUID(int=at), customer_name=f"Customer {at}", name=f"Task {number}",
        raised_by=None if raised_by is None else UUID(int=raised_by),
    )  # fmt: skip


def book(*customers: BookCustomer, **tasks: tuple[BookTask, ...]) -> Book:
    return Book(customers=customers, **({"runs": (), "escalations": (), "follow_ups": ()} | tasks))


def test_by_load_the_largest_customer_goes_to_who_has_the_fewest():
    chosen = allocate_by_load([customer(10, 5), customer(11, 900)], [member(1, customers=3), member(2, customers=2)])
    assert chosen[UUID(int=11)] == UUID(int=2)


def test_by_load_a_customer_who_left_is_no_load():
    gone = [customer(number, is_active=False) for number in range(10, 14)]
    assert set(allocate_by_load(gone, [member(1), member(2, customers=1)]).values()) == {UUID(int=1)}


@given(st.lists(st.integers(0, 10**6), max_size=40), st.lists(st.integers(0, 30), min_size=1, max_size=6))
def test_by_load_nobody_gets_a_customer_while_a_colleague_has_two_fewer(amounts, loads):
    customers = [customer(100 + place, arr) for place, arr in enumerate(amounts)]
    takers = [member(place + 1, customers=load) for place, load in enumerate(loads)]
    chosen = allocate_by_load(customers, takers)
    assert chosen.keys() == {each.id for each in customers}
    after = {each.id: each.customers + list(chosen.values()).count(each.id) for each in takers}
    assert all(after[taker] <= min(after.values()) + 1 for taker in chosen.values())


def test_by_load_without_colleagues_nothing_is_allocated():
    assert allocate_by_load([customer(10)], []) == {}


def test_by_segment_a_segment_without_a_taker_stays():
    chosen = allocate_by_segment([customer(10, segment="smb"), customer(11)], {"smb": UUID(int=1)})
    assert chosen == {UUID(int=10): UUID(int=1)}


def test_a_task_goes_with_its_customer_and_any_other_to_who_takes_the_rest():
    has = book(customer(10), runs=(task(20, at=99),), follow_ups=(task(21, at=10),))
    chosen, missing = allocate_tasks(has, {UUID(int=10): UUID(int=1)}, [member(1), member(2)], others=UUID(int=2))
    assert chosen[BookKind.FOLLOW_UP, UUID(int=21)] == UUID(int=1)
    assert chosen[BookKind.RUN, UUID(int=20)] == UUID(int=2)
    assert missing == ()


def test_what_has_no_taker_is_named():
    has = book(customer(10), runs=(task(20, at=99),))
    assert allocate_tasks(has, {}, [member(1)], others=None)[1] == ("Customer 10", "Task 20 (Customer 99)")


def test_an_escalation_goes_to_a_manager_rather_than_to_who_raised_it():
    has = book(escalations=(task(20, at=99, raised_by=1),))
    team = [member(1), member(2, role=Role.ADMIN), member(3, role=Role.MANAGER)]
    assert allocate_tasks(has, {}, team, others=UUID(int=1))[0] == {(BookKind.ESCALATION, UUID(int=20)): UUID(int=3)}


def test_an_escalation_nobody_else_could_answer_is_named():
    has = book(escalations=(task(20, at=99, raised_by=1),))
    assert allocate_tasks(has, {}, [member(1)], others=UUID(int=1))[1] == ("Task 20 (Customer 99)",)


def test_a_share_says_what_a_colleague_gets_and_has_afterwards():
    has = book(customer(10, 500), customer(11, 200, is_active=False), runs=(task(20, at=10),))
    chosen, _ = allocate_tasks(has, {UUID(int=10): UUID(int=1), UUID(int=11): UUID(int=1)}, [member(1)], others=None)
    (share,) = summarize_allocation(has, chosen, [member(1, customers=4), member(2)])
    assert (share.arr, share.customers_after) == (Decimal(700), 5)
    assert share.counts == {BookKind.CUSTOMER: 2, BookKind.RUN: 1}
    assert share.names == ("Customer 10", "Customer 11", "Task 20 (Customer 10)")
