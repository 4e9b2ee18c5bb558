"""The rows behind the figures of a customer, as tables."""

from datetime import timedelta

from lib.content.model import Cell, Column, ColumnKind, Table
from lib.customers.customer_page_data import CustomerPage
from lib.customers.model import HealthPart, SurveyResponse, Ticket
from lib.text.format import NO_DATA, format_date, humanize_code
from lib.ui.customer.customer_tables import build_contract_table, build_survey_table, build_ticket_table

USAGE_WEEKS = 13
RECENT_TICKET_DAYS = 30
SURVEY_DAYS = 180

SHOWN_TOUCHES = 5


def list_arr_tables(page: CustomerPage) -> tuple[Table, ...]:
    """The terms agreed: ARR is seats × price × (1 − discount) of the current one."""
    return (build_contract_table(page.contracts, page.account.today),)


def list_usage_tables(page: CustomerPage) -> tuple[Table, ...]:
    weeks = tuple(reversed(page.account.usage[-USAGE_WEEKS:]))
    return (
        Table(
            title="Usage by week",
            columns=(
                Column(key="week", label="Week of", kind=ColumnKind.DATE),
                Column(key="active", label="Active in 28 days", kind=ColumnKind.NUMBER),
                Column(key="seats", label="Seats", kind=ColumnKind.NUMBER),
                Column(key="share", label="In use", kind=ColumnKind.PERCENT),
                Column(key="logins", label="Sign-ins", kind=ColumnKind.NUMBER),
            ),
            rows=tuple(
                {
                    "week": week.week_starts_on,
                    "active": week.active_users,
                    "seats": week.seats,
                    "share": round(100 * week.utilisation, 1),
                    "logins": week.logins,
                }
                for week in weeks
            ),
            empty="No usage feed, so no data.",
        ),
    )


def list_health_tables(page: CustomerPage) -> tuple[Table, ...]:
    """The points of each part, then the rows each part was computed from."""
    return (
        _build_parts_table(page),
        *list_usage_tables(page),
        _build_customer_contacts_table(page),
        build_ticket_table(_list_counted_tickets(page), title="Support: tickets counted"),
        build_survey_table(_list_counted_surveys(page), title="Voice: survey answers of 180 days"),
    )


def _build_parts_table(page: CustomerPage) -> Table:
    health = page.account.health
    version = f" by version {health.rule_version} of the rules" if health.rule_version else ""
    return Table(
        title="Health by part",
        columns=(
            Column(key="part", label="Part"),
            Column(key="points", label="Points"),
            Column(key="why", label="Why"),
        ),
        rows=tuple(
            {"part": part.key.capitalize(), "points": _format_points(part), "why": part.sentence}
            for part in health.parts
        ),
        empty="There is no score for this customer.",
        source=f"Computed for {format_date(page.account.today)}{version}; parts without data are left out.",
    )


def _format_points(part: HealthPart) -> str:
    return NO_DATA if part.points is None else f"{part.points}\N{NO-BREAK SPACE}of\N{NO-BREAK SPACE}{part.out_of}"


def _build_customer_contacts_table(page: CustomerPage) -> Table:
    """Calls, meetings and emails, and the last contact of each person; the latest one counts."""
    touches: list[dict[str, Cell]] = [
        {"day": note.happened_on, "what": humanize_code(note.kind).capitalize(), "with": note.author_name}
        for note in page.account.notes
        if note.kind != "note"
    ]
    touches += [
        {"day": contact.last_contact_on, "what": "Last contact", "with": contact.name}
        for contact in page.contacts
        if contact.last_contact_on
    ]
    latest = sorted(touches, key=lambda touch: str(touch["day"]), reverse=True)[:SHOWN_TOUCHES]
    return Table(
        title="Engagement: latest contact",
        columns=(
            Column(key="day", label="Day", kind=ColumnKind.DATE),
            Column(key="what", label="What"),
            Column(key="with", label="By or with"),
        ),
        rows=tuple(latest),
        empty="No contact on record.",
        source="the latest; earlier calls, meetings and emails are in the timeline, under Notes"
        if len(touches) > SHOWN_TOUCHES
        else None,
    )


def _list_counted_tickets(page: CustomerPage) -> list[Ticket]:
    first = page.account.today - timedelta(days=RECENT_TICKET_DAYS)
    return [
        ticket
        for ticket in page.account.tickets
        if ticket.opened_on > first or (ticket.priority == "p1" and ticket.solved_on is None)
    ]


def _list_counted_surveys(page: CustomerPage) -> list[SurveyResponse]:
    first = page.account.today - timedelta(days=SURVEY_DAYS)
    return [answer for answer in page.account.surveys if answer.responded_on >= first]
