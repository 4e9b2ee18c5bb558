"""All records of the customer beside a slide: notes, tickets, survey answers, earlier runs, loaded when opened."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import streamlit as st

from lib.content.model import Column, ColumnKind, Table
from lib.customers.company_codes_and_limits import CompanyRules
from lib.customers.customer_record_kinds import CustomerRecord, RecordKind, count_all_records
from lib.customers.model import Note, PastRun, SurveyResponse, Ticket
from lib.errors import ZenError
from lib.services import Services
from lib.text.format import format_count, format_date, humanize_code
from lib.text.html import Html
from lib.text.truncate import truncate
from lib.ui import empty_and_error_states, page_cache, tables
from lib.ui.run.run_page_state import RunPageState
from lib.ui.safe_text import draw_html
from lib.ui.session_keys import CUSTOMER_RECORDS, customer_records_key

PAGE_ROWS = 20
PREVIEW_LENGTH = 600
NOUNS: Mapping[RecordKind, tuple[str, str]] = {
    RecordKind.NOTES: ("note", "Notes"),
    RecordKind.TICKETS: ("ticket", "Tickets"),
    RecordKind.SURVEYS: ("survey answer", "Survey answers"),
    RecordKind.PAST_RUNS: ("earlier run", "Earlier runs"),
}


def draw_customer_records(state: RunPageState, services: Services) -> None:
    """An expander with all records; nothing where there are none. Requests only once it is open, one for 20 rows."""
    counts = {kind: count_all_records(state.account, kind) for kind in RecordKind}
    kinds = [kind for kind in RecordKind if counts[kind]]
    if not kinds:
        return
    title = "Records: " + ", ".join(format_count(counts[kind], NOUNS[kind][0]) for kind in kinds)
    # Named after the customer, so that it is closed on the next one's page.
    key = f"{CUSTOMER_RECORDS}.{state.account.customer.id}"
    box = st.expander(title, type="compact", key=key, on_change="rerun")
    if not box.open:
        return
    with box, empty_and_error_states.error_boundary("records"):
        kind = st.segmented_control(
            "Kind of record",
            kinds,
            key=f"{key}.kind",
            default=kinds[0],
            required=True,
            format_func=lambda each: f"{NOUNS[each][1]} {counts[each]:,}",
            label_visibility="collapsed",
        )
        _draw_records_of_kind(state, services, kind or kinds[0], counts[kind or kinds[0]])


def _draw_records_of_kind(state: RunPageState, services: Services, kind: RecordKind, total: int) -> None:
    customer_id = state.account.customer.id
    key = customer_records_key(customer_id, kind.value)
    try:
        pages = _load_record_pages(services, customer_id, kind, key)
    except ZenError as error:
        empty_and_error_states.draw_error(error, key=key)
        return
    rows = [row for page in pages for row in page]
    if kind is RecordKind.NOTES:
        for row in rows:
            draw_html(build_note_html(row))  # type: ignore[arg-type]  # rows are of the kind asked for
    else:
        table = build_records_table(kind, rows, state.account.rules)
        tables.draw_table_rows(table, key=f"{key}.table", max_static_rows=len(rows))
    if len(rows) < total and len(pages[-1]) == PAGE_ROWS:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(f"{len(rows):,} of {format_count(total, NOUNS[kind][0])}", width="content")
            st.button(
                f"Show {min(PAGE_ROWS, total - len(rows))} more",
                key=f"{key}.more",
                type="tertiary",
                icon=":material/expand_more:",
                on_click=_show_another_record_page,
                args=(key, len(pages) + 1),
            )


def _load_record_pages(
    services: Services, customer_id: str, kind: RecordKind, key: str
) -> list[tuple[CustomerRecord, ...]]:
    """The pages the person asked for, each after the last row of the one before. One request for each new one."""
    pages: list[tuple[CustomerRecord, ...]] = []
    for number in range(st.session_state.get(f"{key}.pages", 1)):
        after = pages[-1][-1].id if pages and pages[-1] else None
        if number and after is None:
            break
        fetch = _build_page_fetch(services, customer_id, kind, after)
        pages.append(page_cache.load_with_max_age(f"{key}.{after}", fetch, page_cache.CACHE_SECONDS).value)
    return pages


def _build_page_fetch(
    services: Services, customer_id: str, kind: RecordKind, after: str | None
) -> Callable[[], tuple[CustomerRecord, ...]]:
    return lambda: services.accounts.fetch_customer_records(customer_id, kind, after=after, most=PAGE_ROWS)


def _show_another_record_page(key: str, number: int) -> None:
    """A callback."""
    st.session_state[f"{key}.pages"] = number


def build_note_html(note: Note) -> Html:
    """Day, kind and author above the text; a long text unfolds."""
    head = f"{format_date(note.happened_on)} · {humanize_code(note.kind)} · {note.author_name}"
    lines = Html("<br>").join(note.body.splitlines())
    if len(note.body) > PREVIEW_LENGTH:
        preview = truncate(note.body, PREVIEW_LENGTH)
        body = Html('<details><summary dir="auto">{}</summary><p dir="auto">{}</p></details>').format(preview, lines)
    else:
        body = Html('<p dir="auto">{}</p>').format(lines)
    return Html('<p class="zen-small zen-muted">{}</p>{}').format(head, body)


def build_records_table(kind: RecordKind, rows: list[CustomerRecord], rules: CompanyRules) -> Table:
    """Tickets, survey answers or earlier runs as a table."""
    columns, build_row = _TABLES[kind]
    return Table(title=NOUNS[kind][1], columns=columns, rows=tuple(build_row(row, rules) for row in rows), empty="")


def _build_ticket_row(ticket: Ticket, _: CompanyRules) -> dict[str, str | date | None]:
    return {
        "opened_on": ticket.opened_on,
        "number": ticket.number,
        "title": ticket.title,
        "priority": ticket.priority.upper(),
        "status": f"solved {format_date(ticket.solved_on)}" if ticket.solved_on else ticket.status,
    }


def _build_survey_row(answer: SurveyResponse, _: CompanyRules) -> dict[str, str | date | int | None]:
    return {
        "responded_on": answer.responded_on,
        "score": answer.score,
        "contact": answer.contact_name,
        "comment": answer.comment,
    }


def _build_past_run_row(run: PastRun, rules: CompanyRules) -> dict[str, str | date | None]:
    return {
        "finished_on": run.finished_on,
        "workflow": run.workflow_name,
        "outcome": rules.format_outcome(run.outcome_code, otherwise=run.status.capitalize()),
        "reason": run.outcome_reason,
    }


_TABLES: Mapping[RecordKind, tuple[tuple[Column, ...], Callable[[Any, CompanyRules], dict[str, Any]]]] = {
    RecordKind.TICKETS: (
        (
            Column(key="opened_on", label="Opened", kind=ColumnKind.DATE),
            Column(key="number", label="Number"),
            Column(key="title", label="Title"),
            Column(key="priority", label="Priority"),
            Column(key="status", label="Status"),
        ),
        _build_ticket_row,
    ),
    RecordKind.SURVEYS: (
        (
            Column(key="responded_on", label="Day", kind=ColumnKind.DATE),
            Column(key="score", label="Score", kind=ColumnKind.NUMBER),
            Column(key="contact", label="From"),
            Column(key="comment", label="Comment"),
        ),
        _build_survey_row,
    ),
    RecordKind.PAST_RUNS: (
        (
            Column(key="finished_on", label="Ended", kind=ColumnKind.DATE),
            Column(key="workflow", label="Workflow"),
            Column(key="outcome", label="Outcome"),
            Column(key="reason", label="Reason"),
        ),
        _build_past_run_row,
    ),
}
