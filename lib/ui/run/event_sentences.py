"""Events of a run in sentences. A new kind of event costs a line in EVENT_SENTENCES."""

from collections.abc import Callable, Mapping
from typing import Any

from lib.customers.company_codes_and_limits import CompanyRules
from lib.customers.start_reason import StartReason, describe_start_reason
from lib.db.row_parsing import parse_row
from lib.executions.model import RunEvent
from lib.executions.snoozes import WakeSignal
from lib.text.format import format_percent, humanize_code
from lib.text.json_values import parse_moment, parse_number
from lib.text.markdown_escape import escape_markdown
from lib.text.truncate import single_line, truncate
from lib.ui.actions import action_sentences

QUOTE_LENGTH = 300


EventPayload = Mapping[str, Any]


DescribeEvent = Callable[[str, EventPayload, str], str]


def format_event_sentence(event: RunEvent, title: str, time_zone: str, rules: CompanyRules) -> str:
    """ "Alice saved “Contract terms”"; `title` is the slide's, plain text."""
    describe = EVENT_SENTENCES.get(event.kind)
    if event.actor_name is None and event.kind in UNATTENDED_SENTENCES:
        return UNATTENDED_SENTENCES[event.kind](escape_markdown(title), event.payload, time_zone)
    who = escape_markdown(event.actor_name or "Zen")
    if describe is None:
        return f"{who}: {escape_markdown(humanize_code(event.kind))}"
    payload = {
        **event.payload,
        "outcome_label": rules.format_outcome(str(event.payload.get("outcome_code") or "")),
        "severity": action_sentences.format_severity(str(event.payload.get("severity") or ""), rules).lower(),
        "skip_text": _describe_skip_reason(event.payload, rules),
    }
    return f"{who} {describe(escape_markdown(title), payload, time_zone)}"


def _parse_payload_text(payload: EventPayload, key: str) -> str:
    return escape_markdown(truncate(single_line(str(payload.get(key) or "")), QUOTE_LENGTH))


def _format_colon_text(payload: EventPayload, key: str) -> str:
    text = _parse_payload_text(payload, key)
    return f": {text}" if text else ""


def _describe_run_completed(_: str, payload: EventPayload, __: str) -> str:
    return f"completed the run: {_parse_payload_text(payload, 'outcome_label').lower()}"


def _describe_skip_reason(payload: EventPayload, rules: CompanyRules) -> str:
    code, words = payload.get("skip_reason"), str(payload.get("skip_words") or "") or None
    return action_sentences.describe_skip(code, words, rules) if code else ""


def _describe_slide_skipped(title: str, payload: EventPayload, _: str) -> str:
    why = _parse_payload_text(payload, "skip_text")
    return f"skipped {f'“{title}”' if title else 'the run'}{f': {why}' if why else ''}"


def _describe_run_snoozed(_: str, payload: EventPayload, time_zone: str) -> str:
    until_at, found = payload.get("until"), payload.get("signal")
    when = action_sentences.describe_snooze_end(
        parse_moment(until_at),
        WakeSignal(kind=found["kind"], value=found.get("value"))
        if isinstance(found, Mapping) and "kind" in found
        else None,
        time_zone,
        is_backstop=False,
    )
    return f"snoozed the run {escape_markdown(when)}{_format_colon_text(payload, 'reason')}"


def _describe_run_woken(_: str, payload: EventPayload, __: str) -> str:
    if payload.get("by") == "person":
        return f"resumed the run early{_describe_wake_reason(payload)}"
    return f"brought the run back{_format_colon_text(payload, 'because')}"


def _describe_wake_reason(payload: EventPayload) -> str:
    because = str(payload.get("because") or "")
    return "" if because.startswith("Resumed") else _format_colon_text(payload, "because")


def _describe_start_by_itself(payload: EventPayload) -> str:
    why = payload.get("why")
    reason = describe_start_reason(parse_row(StartReason, why)) if why else ""
    return f"The run began by itself. {escape_markdown(reason)}".rstrip()


def _describe_run_escalated(_: str, payload: EventPayload, __: str) -> str:
    person, severity = _parse_payload_text(payload, "person"), _parse_payload_text(payload, "severity")
    return f"escalated the run to {person}, {severity}{_format_colon_text(payload, 'ask')}"


def _describe_action_undone(_: str, payload: EventPayload, __: str) -> str:
    text = _parse_payload_text(payload, "summary").rstrip(".")
    return f"undid “{text}”" if text else "undid the last action"


def _describe_action_run(_: str, payload: EventPayload, __: str) -> str:
    done = payload.get("done")
    text = ", ".join(str(part) for part in done) if isinstance(done, list) else ""
    return escape_markdown(truncate(single_line(text), QUOTE_LENGTH)) or "ran an action"


def _describe_version_change(_: str, payload: EventPayload, __: str) -> str:
    before, after = (_parse_payload_text(payload, key) for key in ("from_version", "to_version"))
    return f"moved the run from version {before} to {after}"


def _describe_price_asked(_: str, payload: EventPayload, __: str) -> str:
    approver = _parse_payload_text(payload, "approver")
    named = f" ({approver})" if approver else ""
    return f"asked for approval of a price {_format_distance_from_list(payload)}{named}"


def _describe_price_decided(_: str, payload: EventPayload, __: str) -> str:
    decided = "approved" if payload.get("approved") is True else "denied"
    agreed = _parse_payload_text(payload, "agreed_by")
    record = f", agreed by {agreed}" if agreed else ""
    why = _format_colon_text(payload, "reason")
    return f"{decided} the price {_format_distance_from_list(payload)}{record}{why}"


def _format_distance_from_list(payload: EventPayload) -> str:
    if payload.get("lacks_list_price") is True:
        return "without a list price"
    return f"{escape_markdown(format_percent(parse_number(payload.get('percent'))))} below list"


EVENT_SENTENCES: Mapping[str, DescribeEvent] = {
    "started": lambda *_: "started the run",
    "step_saved": lambda title, *_: f"saved “{title}”",
    "step_done": lambda title, *_: f"finished “{title}”",
    "step_skipped": _describe_slide_skipped,
    "completed": _describe_run_completed,
    "step_taken_up": lambda title, *_: f"resumed “{title}”",
    "status_changed": lambda _, payload, __: (
        f"set it to {escape_markdown(humanize_code(str(payload.get('to') or '')))}"
    ),
    "snoozed": _describe_run_snoozed,
    "woke": _describe_run_woken,
    "skipped": _describe_slide_skipped,
    "escalated": _describe_run_escalated,
    "acknowledged": lambda *_: "acknowledged the escalation",
    "commented": lambda _, payload, __: f"commented on the escalation{_format_colon_text(payload, 'words')}",
    "handed_back": lambda _, payload, __: f"handed the run back{_format_colon_text(payload, 'decision')}",
    "withdrawn": lambda _, payload, __: f"withdrew the escalation{_format_colon_text(payload, 'reason')}",
    "redirected": lambda _, payload, __: f"redirected the escalation to {_parse_payload_text(payload, 'person')}",
    "data_questioned": lambda _, payload, __: (
        f"asked {_parse_payload_text(payload, 'person')} to check our records{_format_colon_text(payload, 'words')}"
    ),
    "reopened": lambda _, payload, __: f"reopened the run{_format_colon_text(payload, 'reason')}",
    "reassigned": lambda _, payload, __: (
        f"reassigned the run to {_parse_payload_text(payload, 'person') or 'someone else'}"
    ),
    "owner_changed": lambda _, payload, __: (
        f"changed the customer's owner to {_parse_payload_text(payload, 'person') or 'someone else'}"
    ),
    "abandoned": lambda *_: "ended the run without an outcome",
    "moved": _describe_version_change,
    "stayed": lambda _, payload, __: (
        f"kept the run on its version instead of {_parse_payload_text(payload, 'declined_version')}"
    ),
    "undone": _describe_action_undone,
    "acted": _describe_action_run,
    "approval_asked": _describe_price_asked,
    "approval_decided": _describe_price_decided,
    "file_made": lambda title, payload, __: f"made {_parse_payload_text(payload, 'filename') or 'a file'} on “{title}”",
    "imported": lambda *_: "imported the run",
}


UNATTENDED_SENTENCES: Mapping[str, DescribeEvent] = {
    "woke": lambda _, payload, __: f"The run came back{_format_colon_text(payload, 'because')}",
    "imported": lambda *_: "The run was imported",
    "started": lambda _, payload, __: _describe_start_by_itself(payload),
}
"""Events without an actor."""
