"""What Find lists: results of the database, commands and pages, each as text with a link."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, assert_never
from urllib.parse import urlencode

from lib.errors import ZenError
from lib.executions.model import ExecutionStatus
from lib.find.model import MAX_QUERY_CHARS, MOST_ROWS, Findings, FoundKind, FoundRow
from lib.server.page_urls import PagePath
from lib.text.format import format_date, format_short_date, join_names
from lib.text.local_time import to_local_time
from lib.text.truncate import single_line, truncate
from lib.ui.customer.customer_url import customer_link
from lib.ui.find.dialog_from_url import DIALOG_PARAM, SNOOZE
from lib.ui.page_links import build_peek_query_params, build_run_query_params

MAX_LABEL_CHARS, MAX_CONTEXT_CHARS, MAX_FULL_CHARS = 90, 140, 600
GROUPS: Mapping[FoundKind, str] = {
    FoundKind.CUSTOMER: "Customers",
    FoundKind.CONTACT: "Contacts",
    FoundKind.RUN: "Runs",
    FoundKind.START: "Commands",
    FoundKind.WORKFLOW: "Workflows",
    FoundKind.ACTION: "Actions",
    FoundKind.CONVERSATION: "Conversations",
    FoundKind.NOTE: "Notes",
}
PAGES, RECENT = "Pages", "Recent customers"
RUN_STATUS_TEXTS = {
    ExecutionStatus.SNOOZED: "Snoozed",
    ExecutionStatus.ESCALATED: "Escalated",
    ExecutionStatus.COMPLETED: "Completed",
    ExecutionStatus.SKIPPED: "Skipped",
    ExecutionStatus.ABANDONED: "Ended without outcome",
}
NOTE_LABELS = {"call": "Call", "meeting": "Meeting", "email": "Email"}


@dataclass(frozen=True, kw_only=True)
class ListedResult:
    """A line of the list. `href` is an address of Zen."""

    group: str
    label: str
    context: str
    href: str

    def to_json(self) -> dict[str, str]:
        """As `static/find.js` takes it; `full` is all of it for the tooltip."""
        label, context = single_line(self.label), single_line(self.context)
        return {
            "group": self.group,
            "label": truncate(label, MAX_LABEL_CHARS),
            "context": truncate(context, MAX_CONTEXT_CHARS),
            "full": truncate(f"{label}\n{context}" if context else label, MAX_FULL_CHARS),
            "href": self.href,
        }


def build_find_answer(
    query: str, is_cut: bool, findings: Findings, pages: Mapping[str, str], time_zone: str, *, is_all: bool = False
) -> dict[str, Any]:
    """What `static/find.js` draws for a query. `pages` are titles by address; `is_all`: the reader asked for more."""
    results = [line for row in findings.rows for line in _list_results_of_row(row, time_zone)]
    if not query:
        listed = [line.to_json() | {"group": RECENT} for line in results]
        return {"results": listed, "note": "" if listed else "Type a name, a word of a note, or a page."}
    order = list(dict.fromkeys(GROUPS.values()))
    results.sort(key=lambda line: order.index(line.group))
    results += _list_matching_pages(query, pages)
    notes = [f"Only the first {MAX_QUERY_CHARS} characters are searched."] if is_cut else []
    if not results:
        notes.append(f"Nothing found for “{truncate(query, 60)}”.")
    elif findings.is_near:
        notes.append("No exact match. Similar names:")
    results.append(_build_conversation_search(query))
    more = [GROUPS[kind] for kind in GROUPS if kind in findings.cut_kinds]
    if more and is_all:
        notes.append(f"Only the first {MOST_ROWS} are listed of: {', '.join(more).lower()}. Type another word.")
    answer = {"results": [line.to_json() for line in results], "note": " ".join(notes)}
    return answer if is_all or not more else answer | {"more": f"Show more {join_names(more).lower()}"}


def build_error_answer(error: ZenError) -> dict[str, Any]:
    return {"results": [], "note": " ".join(part for part in (error.message, error.hint) if part)}


def _list_results_of_row(row: FoundRow, time_zone: str) -> Iterable[ListedResult]:
    match row.kind:
        case FoundKind.CUSTOMER:
            parts = [f"Owner {row.owner_name}" if row.owner_name else "", "Churned" if row.status == "churned" else ""]
            yield _build_listed_result(row, row.label, parts, customer_link(row.id))
        case FoundKind.CONTACT:
            parts = [row.title or "", f"Contact at {row.customer_name}", "Has left" if row.status == "left" else ""]
            yield _build_listed_result(row, row.label, parts, customer_link(row.customer_id or ""))
        case FoundKind.RUN:
            yield from _list_results_of_run(row, time_zone)
        case FoundKind.START:
            params = build_peek_query_params(row.id, row.customer_id or "")
            label = f"Start {row.label} for {row.customer_name}"
            yield _build_listed_result(
                row, label, ("Opens its first slide; nothing is started yet",), _build_run_url(params)
            )
        case FoundKind.WORKFLOW:
            address = f"/{PagePath.WORKFLOWS}?{urlencode({'workflow': row.id})}"
            yield _build_listed_result(row, row.label, ("Workflow",), address)
        case FoundKind.ACTION:
            yield _build_listed_result(row, row.label, (row.detail or "Action",), f"/{PagePath.ACTIONS}")
        case FoundKind.CONVERSATION:
            day = format_short_date(to_local_time(row.happened_at, time_zone).date()) if row.happened_at else ""
            about = f"Conversation of {day} on {row.customer_name}, by {row.owner_name}"
            address = f"/{PagePath.CONVERSATIONS}?{urlencode({'thread': row.id})}"
            yield _build_listed_result(row, row.label, (about,), address)
        case FoundKind.NOTE:
            kind = NOTE_LABELS.get(row.note_kind or "", "Note")
            label = f"{kind} of {format_date(row.happened_on)} on {row.customer_name}"
            yield _build_listed_result(row, label, (f"…{row.body}…",), customer_link(row.customer_id or ""))
        case _:
            assert_never(row.kind)


def _list_results_of_run(row: FoundRow, time_zone: str) -> Iterable[ListedResult]:
    """The run itself, and the command that snoozes it."""
    name = f"{row.label} for {row.customer_name}"
    params = build_run_query_params(row.id)
    if row.is_named:
        status = RUN_STATUS_TEXTS.get(ExecutionStatus(row.status or "active"), "")
        ended = to_local_time(row.ended_at, time_zone).date() if row.ended_at else None
        day = f"ended {format_date(ended)}" if ended else f"due {format_date(row.due_on)}" if row.due_on else ""
        yield _build_listed_result(
            row, name, (status, day[:1].upper() + day[1:] if not status else day), _build_run_url(params)
        )
    if row.may_snooze:
        link = _build_run_url({**params, DIALOG_PARAM: SNOOZE})
        command = _build_listed_result(row, f"Snooze {name}", ("Asks until when",), link)
        yield ListedResult(group="Commands", label=command.label, context=command.context, href=command.href)


def _build_listed_result(row: FoundRow, label: str, context: Sequence[str], href: str) -> ListedResult:
    return ListedResult(
        group=GROUPS[row.kind], label=label, context=" · ".join(part for part in context if part), href=href
    )


def _build_run_url(params: Mapping[str, str]) -> str:
    return f"/{PagePath.RUN}?{urlencode(params)}"


def _list_matching_pages(query: str, pages: Mapping[str, str]) -> list[ListedResult]:
    """Pages of the menu with words that begin as those of the query."""
    words = query.casefold().split()
    return [
        ListedResult(group=PAGES, label=title, context="Page", href=f"/{address}")
        for address, title in pages.items()
        if all(any(part.startswith(word) for part in title.casefold().split()) for word in words)
    ]


def _build_conversation_search(query: str) -> ListedResult:
    address = f"/{PagePath.CONVERSATIONS}?{urlencode({'q': query})}"
    label = f"Search conversations for “{truncate(query, 60)}”"
    return ListedResult(
        group=GROUPS[FoundKind.CONVERSATION], label=label, context="What was said in them", href=address
    )
