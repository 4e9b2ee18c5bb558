"""What moved the health of a customer: steps of a week, by part, and what is on record for those days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from lib.customers.account_repository import HEALTH_PARTS
from lib.customers.customer_page_data import CustomerPage, HealthPoint

MOVE_POINTS = 5
"""A smaller step is no event: a part of 25 points loses one or two with each week without contact."""


@dataclass(frozen=True, kw_only=True)
class HealthMove:
    """A step of the health from one week to the next, and of each part that has data in both."""

    after: date
    until: date
    score_before: int
    score: int
    part_steps: dict[str, int]

    @property
    def step(self) -> int:
        return self.score - self.score_before

    @property
    def label(self) -> str:
        """The part that moved most: "usage -9"; the step where no part did alone."""
        if not self.part_steps:
            return f"{self.step:+d}"
        part = max(self.part_steps, key=lambda each: abs(self.part_steps[each]))
        return f"{part} {self.part_steps[part]:+d}"


def list_health_moves(trend: Sequence[HealthPoint]) -> list[HealthMove]:
    """Weeks in which the health moved by MOVE_POINTS or more, oldest first."""
    return [
        HealthMove(
            after=before.day,
            until=now.day,
            score_before=before.score,
            score=now.score,
            part_steps=_list_steps_of_part(before, now),
        )
        for before, now in pairwise(trend)
        if before.score is not None and now.score is not None and abs(now.score - before.score) >= MOVE_POINTS
    ]


def _list_steps_of_part(before: HealthPoint, now: HealthPoint) -> dict[str, int]:
    points = {part: (getattr(before, f"{part}_points"), getattr(now, f"{part}_points")) for part in HEALTH_PARTS}
    return {part: new - old for part, (old, new) in points.items() if None not in (old, new) and new != old}


def list_events_of_move(page: CustomerPage, after: date, until: date) -> list[str]:
    """What is on record for the days after one and up to another: tickets, answers, contacts, people who left."""
    account, contacts = page.account, page.contacts
    dated: list[tuple[date | None, str]] = [
        *((each.opened_on, f"{each.priority.upper()} {each.number} opened") for each in account.tickets),
        *((each.solved_on, f"{each.priority.upper()} {each.number} solved") for each in account.tickets),
        *((each.responded_on, f"survey answer {each.score}") for each in account.surveys),
        *((each.happened_on, each.kind) for each in account.notes if each.kind != "note"),
        *((each.left_on, f"{each.name} left") for each in contacts),
    ]
    return list(dict.fromkeys(text for day, text in dated if day is not None and after < day <= until))
