"""Records of a customer as tables."""

from collections.abc import Sequence
from datetime import date

from lib.content.model import Column, ColumnKind, Table
from lib.customers.model import Contract, SurveyResponse, Ticket
from lib.text.format import format_date


def build_contract_table(contracts: Sequence[Contract], today: date) -> Table:
    """Each term with what its ARR is made of, newest first."""
    return Table(
        title="Terms",
        columns=(
            Column(key="term", label="Term"),
            Column(key="state", label=""),
            Column(key="seats", label="Seats", kind=ColumnKind.NUMBER),
            Column(key="price", label="Price per seat", kind=ColumnKind.MONEY),
            Column(key="discount", label="Discount", kind=ColumnKind.PERCENT),
            Column(key="arr", label="ARR", kind=ColumnKind.MONEY),
            Column(key="notice", label="Notice deadline", kind=ColumnKind.DATE),
        ),
        rows=tuple(
            {
                "term": f"{format_date(each.starts_on)} – {format_date(each.ends_on)}",
                "state": describe_term(each, contracts, today),
                "seats": each.seats,
                "price": each.annual_price_per_seat,
                "discount": each.discount_percent,
                "arr": each.arr,
                "notice": each.notice_deadline,
            }
            for each in contracts
        ),
        empty="No contract on record.",
        source="ARR = seats × price per seat × (1 − discount). The latest term that has begun is the current one.",
    )


def describe_term(contract: Contract, contracts: Sequence[Contract], today: date) -> str:
    """ "current", "next" or "past"; the latest term that has begun is the current one."""
    begun = [each.starts_on for each in contracts if each.starts_on <= today]
    if contract.starts_on > today:
        return "next"
    return "current" if contract.starts_on == max(begun) else "past"


def build_ticket_table(tickets: Sequence[Ticket], *, title: str = "Tickets") -> Table:
    """Tickets in the order given."""
    return Table(
        title=title,
        columns=(
            Column(key="opened_on", label="Opened", kind=ColumnKind.DATE),
            Column(key="number", label="Number"),
            Column(key="title", label="Title"),
            Column(key="priority", label="Priority"),
            Column(key="status", label="Status"),
        ),
        rows=tuple(
            {
                "opened_on": each.opened_on,
                "number": each.number,
                "title": each.title,
                "priority": each.priority.upper(),
                "status": f"solved {format_date(each.solved_on)}" if each.solved_on else each.status,
            }
            for each in tickets
        ),
        empty="No tickets.",
    )


def build_survey_table(answers: Sequence[SurveyResponse], *, title: str = "Survey answers") -> Table:
    """Survey answers in the order given."""
    return Table(
        title=title,
        columns=(
            Column(key="day", label="Day", kind=ColumnKind.DATE),
            Column(key="score", label="Out of 10", kind=ColumnKind.NUMBER),
            Column(key="from", label="From"),
            Column(key="comment", label="Comment"),
        ),
        rows=tuple(
            {"day": each.responded_on, "score": each.score, "from": each.contact_name, "comment": each.comment}
            for each in answers
        ),
        empty="No survey answers.",
    )
