"""What is on record for the days in which a score moved."""

from datetime import date
from types import SimpleNamespace
from typing import Any

from lib.ui.customer.health_moves import list_events_of_move

MONDAY, SUNDAY = date(2026, 11, 2), date(2026, 11, 8)


def build_page(day: date) -> Any:
    """A customer with one of each event on `day`."""
    return SimpleNamespace(
        account=SimpleNamespace(
            tickets=[SimpleNamespace(priority="p1", number="T-1", opened_on=day, solved_on=None)],
            surveys=[SimpleNamespace(score=4, responded_on=day)],
            notes=[SimpleNamespace(kind=kind, happened_on=day) for kind in ("call", "call", "note")],
        ),
        contacts=[SimpleNamespace(name="Ines Ortega", left_on=day), SimpleNamespace(name="Kim", left_on=None)],
    )


def test_a_move_has_what_happened_after_the_day_before_it_and_until_its_own() -> None:
    events = ["P1 T-1 opened", "survey answer 4", "call", "Ines Ortega left"]
    assert list_events_of_move(build_page(SUNDAY), MONDAY, SUNDAY) == events
    assert list_events_of_move(build_page(MONDAY), MONDAY, SUNDAY) == []
    assert list_events_of_move(build_page(date(2026, 11, 9)), MONDAY, SUNDAY) == []
