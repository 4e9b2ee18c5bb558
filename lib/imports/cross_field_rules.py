"""Values of a record made from others, and what must agree: names, terms and prices of contracts."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

from lib.imports.amount_parser import round_amount
from lib.imports.parsed_records import Rejection
from lib.imports.record_fields import FieldValue
from lib.imports.record_kinds import RECORD_SCHEMAS, ImportKind
from lib.text.calendar_months import add_months

Values = dict[str, FieldValue]
FieldProblem = tuple[str, Rejection]
"""The field a problem is about, and the problem."""


def apply_cross_field_rules(kind: ImportKind, values: Values) -> tuple[Values, tuple[FieldProblem, ...]]:
    """Replace parts by what they make, and find what does not agree."""
    complete = COMPLETIONS.get(kind)
    made = dict(values)
    problems = tuple(complete(made)) if complete else ()
    return made, problems + tuple(_reject_open_required_days(kind, made))


def _reject_open_required_days(kind: ImportKind, values: Values) -> Iterator[FieldProblem]:
    """A day that has to be there cannot be open. A contract without an end has one when it can be ended next."""
    for field in RECORD_SCHEMAS[kind].fields:
        if field.is_required and field.name in values and values[field.name] is None:
            del values[field.name]
            yield field.name, Rejection(f"{field.label} cannot be open.", "Give a day.")


def _complete_contact(values: Values) -> Iterator[FieldProblem]:
    parts = [str(part) for part in (values.pop("first_name", None), values.pop("last_name", None)) if part]
    if parts and not values.get("name"):
        values["name"] = " ".join(parts)
    if not values.get("name") and values.get("email"):
        values["name"] = str(values["email"])
    left_on = values.get("left_on")
    if left_on:
        if values.setdefault("status", "left") != "left":
            yield (
                "left_on",
                Rejection("Only who left has a day of leaving.", "Clear the day, or set the status to left."),
            )
    elif values.get("status") in ("active", "unknown"):
        values["left_on"] = None


def _complete_contract(values: Values) -> Iterator[FieldProblem]:
    _complete_contract_term(values)
    yield from _check_contract_term(values)
    yield from _derive_list_price(values)


def _complete_contract_term(values: Values) -> None:
    starts_on = _parse_iso_day_or_none(values.get("starts_on"))
    if "last_day_on" in values and values["last_day_on"] is None:
        values.setdefault("ends_on", None)
    last_day = _parse_iso_day_or_none(values.pop("last_day_on", None))
    if last_day and not values.get("ends_on"):
        values["ends_on"] = (last_day + timedelta(days=1)).isoformat()
    months = values.get("term_months")
    if starts_on and isinstance(months, int) and not values.get("ends_on"):
        values["ends_on"] = add_months(starts_on, months).isoformat()
    ends_on = _parse_iso_day_or_none(values.get("ends_on"))
    if starts_on and ends_on and starts_on < ends_on and months is None:
        values["term_months"] = min(120, max(1, count_months(starts_on, ends_on)))


def _check_contract_term(values: Values) -> Iterator[FieldProblem]:
    starts_on, ends_on = _parse_iso_day_or_none(values.get("starts_on")), _parse_iso_day_or_none(values.get("ends_on"))
    if starts_on and ends_on and ends_on <= starts_on:
        yield "ends_on", Rejection("The contract ends before it begins.", "Correct the start or the end.")


def _derive_list_price(values: Values) -> Iterator[FieldProblem]:
    """List price = ARR ÷ (1 - discount) ÷ seats. It is rounded to cents: the ARR may differ by half a cent a seat."""
    amount, seats = values.pop("annual_amount", None), values.get("seats")
    if amount is None or values.get("annual_price_per_seat") is not None or not isinstance(seats, int):
        return
    share = 1 - Decimal(str(values.get("discount_percent") or 0)) / 100
    if share == 0:
        yield (
            "annual_price_per_seat",
            Rejection(
                "With a discount of 100% the ARR does not tell the list price.",
                "Give the list price per seat and year.",
            ),
        )
        return
    values["annual_price_per_seat"] = str(round_amount(Decimal(str(amount)) / share / seats))


def _complete_ticket(values: Values) -> Iterator[FieldProblem]:
    """Many helpdesks have one id of a ticket, which is its number."""
    if values.get("external_id") and not values.get("number"):
        values["number"] = values["external_id"]
    status, opened_on, solved_on = values.get("status"), values.get("opened_on"), values.get("solved_on")
    if status == "solved" and "solved_on" not in values:
        yield "solved_on", Rejection("A solved ticket needs the day it was solved.", "Give the day, or map its column.")
    elif status in ("open", "pending"):
        values["solved_on"] = None
    elif solved_on and status is None:
        values["status"] = "solved"
    if opened_on and values.get("solved_on") and str(solved_on) < str(opened_on):
        yield "solved_on", Rejection("The ticket is solved before it was opened.", "Correct one of the two days.")


COMPLETIONS: Mapping[ImportKind, Callable[[Values], Iterator[FieldProblem]]] = {
    ImportKind.CONTACTS: _complete_contact,
    ImportKind.CONTRACTS: _complete_contract,
    ImportKind.TICKETS: _complete_ticket,
}


def count_months(start: date, end: date) -> int:
    """Months between two days, rounded to the nearest."""
    return round((end - start).days / 30.4375)


def _parse_iso_day_or_none(value: FieldValue) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else None
