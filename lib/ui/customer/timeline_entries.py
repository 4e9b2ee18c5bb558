"""Entries of a customer's timeline as HTML: what happened, when, by whom, and what it opens to."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel

from lib.customers.code_labels import label_code
from lib.customers.company_codes_and_limits import CompanyRules
from lib.customers.customer_edit_schemas import NOTE_KINDS, ContactFields, ContractFields, CustomerFields
from lib.customers.customer_timeline import TimelineEntry
from lib.customers.model import HEALTH_BAND_LABELS
from lib.server.page_urls import PagePath
from lib.text.format import NO_DATA, format_date, format_money, format_percent, format_yes_no, humanize_code
from lib.text.html import Html, build_icon_html
from lib.text.local_time import format_time_zone
from lib.text.truncate import single_line, truncate

PREVIEW_LENGTH = 400
ICONS = {
    "note": ":material/notes:",
    "call": ":material/call:",
    "meeting": ":material/groups:",
    "email": ":material/mail:",
    "ticket": ":material/confirmation_number:",
    "survey": ":material/reviews:",
    "health": ":material/monitor_heart:",
    "run": ":material/checklist:",
    "chat": ":material/forum:",
    "quote": ":material/request_quote:",
    "file": ":material/draft:",
    "term": ":material/contract:",
    "customers": ":material/edit:",
    "contacts": ":material/person:",
    "contracts": ":material/contract:",
}
SOURCE_LABELS = {
    "import": "by an import",
    "import_undo": "by undoing an import",
    "handover": "by a hand-over",
    "merge": "by a merge",
}
_SCHEMAS: Mapping[str, type[BaseModel]] = {
    "customers": CustomerFields,
    "contacts": ContactFields,
    "contracts": ContractFields,
}
_OTHER_LABELS = {"owner_id": "Owner", "status": "Status", "left_on": "Left on", "arr": "ARR", "time_zone": "Time zone"}
_DAY_FIELDS = frozenset({"customer_since", "last_contact_on", "left_on", "starts_on", "ends_on"})
_HIDDEN_FIELDS = frozenset({"replaced_by", "notice_deadline"})
_HEAD = Html('<p class="zen-small zen-muted">{}{}</p>')
_LINK = Html('<a class="zen-link" href="/{}?{}={}" target="_self">{}</a>')
_FOLDED = Html('<details><summary dir="auto">{}</summary>{}</details>')


def build_entry_html(entry: TimelineEntry, rules: CompanyRules, as_of: date | None = None) -> Html:
    """Day, kind and author in a quiet line, then what happened; long texts and changes unfold.

    On the page as of a day, a ticket that was solved later is open.
    """
    head = _HEAD.format(build_icon_html(ICONS[entry.kind]), " · ".join(_list_entry_head_parts(entry)))
    return Html('<div class="zen-entry">{}{}</div>').format(head, _build_body_html(entry, rules, as_of))


def _list_entry_head_parts(entry: TimelineEntry) -> list[str]:
    kind = NOTE_KINDS.get(entry.kind)
    source = SOURCE_LABELS.get(str(entry.detail.get("source")))
    return [part for part in (format_date(entry.day), kind, entry.author_name, source) if part]


def _build_body_html(entry: TimelineEntry, rules: CompanyRules, as_of: date | None) -> Html:
    detail = entry.detail
    match entry.kind:
        case "note" | "call" | "meeting" | "email":
            return build_folded_text_html(str(detail["body"]), is_cut=detail["length"] > len(detail["body"]))
        case "ticket":
            return _build_ticket_html(detail, as_of)
        case "survey":
            return _build_survey_html(entry)
        case "health":
            return Html("<p>{}</p>").format(describe_health_or_usage_turn(detail))
        case "run" | "chat" | "quote" | "file":
            return _build_run_html(entry, rules)
        case "term":
            verb = "Term began" if detail["state"] == "began" else "Term added"
            return Html("<p>{}: {}</p>").format(verb, describe_contract_term(detail))
        case _:
            return build_row_change_html(entry)


def build_folded_text_html(text: str, *, is_cut: bool = False) -> Html:
    """A text as it was written; a long one unfolds."""
    lines = Html("<br>").join((*text.splitlines(), *(("…",) if is_cut else ())))
    if len(text) <= PREVIEW_LENGTH and text.count("\n") < 8:
        return Html('<p dir="auto">{}</p>').format(lines)
    return _FOLDED.format(
        truncate(single_line(text, max_length=2 * PREVIEW_LENGTH), PREVIEW_LENGTH),
        Html('<p dir="auto">{}</p>').format(lines),
    )


def _build_ticket_html(detail: Mapping[str, Any], as_of: date | None) -> Html:
    solved_on = detail.get("solved_on")
    if as_of is not None and solved_on and date.fromisoformat(solved_on) > as_of:
        detail = {**detail, "status": "open", "satisfied": None}
    verb = "Ticket solved" if detail["state"] == "solved" else "Ticket"
    priority, status = (label_code("tickets", name, str(detail[name])) for name in ("priority", "status"))
    facts = f"{priority} · {detail['number']} · {status}"
    satisfied = "" if detail.get("satisfied") is None else f" · satisfied: {format_yes_no(detail['satisfied'])}"
    return Html('<p dir="auto">{}: {}</p><p class="zen-small zen-muted">{}</p>').format(
        verb, detail["title"], facts + satisfied
    )


def _build_survey_html(entry: TimelineEntry) -> Html:
    comment = entry.detail.get("comment")
    text = Html('<p dir="auto">Survey answer: <strong>{} out of 10</strong></p>').format(entry.detail["score"])
    return text + (build_folded_text_html(str(comment)) if comment else Html(""))


def _build_run_html(entry: TimelineEntry, rules: CompanyRules) -> Html:
    """A run, a quote, a file or a conversation, as a link to it."""
    detail, run_id = entry.detail, entry.execution_id or ""
    link = _LINK.format(PagePath.RUN, "execution", run_id, detail["workflow_name"])
    match entry.kind, detail.get("state"):
        case "chat", _:
            title = single_line(str(detail.get("title") or "Conversation"), max_length=160)
            thread = _LINK.format(PagePath.CONVERSATIONS, "thread", entry.row_id, title)
            return Html('<p dir="auto">{} · {}</p>').format(thread, detail["workflow_name"])
        case "quote", _:
            return Html("<p>Quote of {} · {}</p>").format(format_money(detail.get("total")), link)
        case "file", _:
            return Html('<p dir="auto">File made: {} · {}</p>').format(detail.get("filename") or "a file", link)
        case _, "started":
            return Html("<p>Started {}</p>").format(link)
        case _, state:
            outcome = rules.format_outcome(detail.get("outcome_code"), otherwise=humanize_code(state).capitalize())
            reason = Html('<p dir="auto">{}</p>').format(detail["reason"]) if detail.get("reason") else ""
            return Html("<p>{}: <strong>{}</strong></p>{}").format(link, outcome, reason)


def describe_health_or_usage_turn(detail: Mapping[str, Any]) -> str:
    """ "Usage fell: red, 34% of seats", "Health rose: healthy, 74 of 100", "Usage: no data"."""
    is_usage, band = detail["part"] == "usage", detail["band"]
    verb = " ".join(part for part in ("Usage" if is_usage else "Health", detail["direction"]) if part)
    if band is None:
        return f"{verb}: no data" if is_usage else f"{verb}: no score"
    figure = f"{format_percent(round(100 * float(detail['utilisation'])))} of seats" if is_usage else ""
    known = (band, figure) if is_usage else (HEALTH_BAND_LABELS[band], f"{detail['score']} of 100")
    rules = " (by new rules)" if detail.get("has_new_rules") else ""
    return f"{verb}: {', '.join(known)}{rules}"


def describe_contract_term(detail: Mapping[str, Any]) -> str:
    """ "1 Jan 2026 – 31 Dec 2026, ARR $47,250"."""
    first, last = (format_date(date.fromisoformat(detail[name])) for name in ("starts_on", "ends_on"))
    return f"{first} – {last}, ARR {format_money(detail['arr'])}"


def build_row_change_html(entry: TimelineEntry) -> Html:
    """What was added, removed or changed, field by field: "Seats: 105 → 120"."""
    what = describe_changed_row(entry)
    match entry.detail["operation"]:
        case "insert" if entry.kind == "contracts" and entry.detail.get("starts_on"):
            return Html("<p>Term added: {}</p>").format(describe_contract_term(entry.detail))
        case "insert":
            return Html('<p dir="auto">{} added</p>').format(what)
        case "delete":
            return Html('<p dir="auto">{} removed</p>').format(what)
    lines = list_field_changes(entry)
    if len(lines) == 1:
        return Html('<p dir="auto">{}: {}</p>').format(what, lines[0])
    items = Html("").join(Html('<li dir="auto">{}</li>').format(line) for line in lines)
    return _FOLDED.format(f"{what}: {len(lines)} changes", Html("<ul>{}</ul>").format(items))


def describe_changed_row(entry: TimelineEntry) -> str:
    """ "Contact Ines Ortega", "Contract", "Details"."""
    if entry.kind == "contacts":
        return f"Contact {entry.detail.get('name') or ''}".strip()
    return "Contract" if entry.kind == "contracts" else "Details"


def list_field_changes(entry: TimelineEntry) -> list[str]:
    """A line for each field that changed, in words."""
    changes: Mapping[str, Any] = entry.detail.get("changes") or {}
    names = entry.detail.get("owner_names") or {}
    return [
        f"{_find_field_title(entry.kind, field)}: "
        f"{_format_field_value(entry.kind, field, old, names)} → {_format_field_value(entry.kind, field, new, names)}"
        for field, (old, new) in sorted(changes.items())
        if field not in _HIDDEN_FIELDS
    ]


def _find_field_title(table: str, field: str) -> str:
    info = _SCHEMAS[table].model_fields.get(field)
    return (info.title if info else None) or _OTHER_LABELS.get(field) or humanize_code(field).capitalize()


def _format_field_value(table: str, field: str, value: Any, names: Mapping[str, str]) -> str:
    if value is None or value == "":
        return NO_DATA
    if isinstance(value, bool):
        return format_yes_no(value)
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    if field in ("arr", "annual_price_per_seat"):
        return format_money(value)
    if field == "owner_id":
        return names.get(str(value), "a colleague")
    if field == "time_zone":
        return format_time_zone(str(value))
    if field in _DAY_FIELDS:
        return format_date(date.fromisoformat(str(value)))
    text = single_line(str(value), max_length=200)
    return label_code(table, field, text) or text
