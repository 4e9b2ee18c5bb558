"""An event of a run in words, as Markdown. A new kind of event costs a line in SENTENCES."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from lib.executions.model import RunEvent
from lib.executions.snoozes import WakeSignal
from lib.slides.library.summary import OUTCOME_LABELS
from lib.text.escape import escape_markdown
from lib.text.format import humanize_code
from lib.text.truncate import single_line, truncate
from lib.ui.actions import sentences

QUOTE_LENGTH = 300

EventPayload = Mapping[str, Any]
DescribeEvent = Callable[[str, EventPayload, str], str]


def format_event(event: RunEvent, title: str, time_zone: str) -> str:
    """ "Alice saved “Contract terms”"; `title` is the slide's, plain text."""
    say = EVENT_SENTENCES.get(event.kind)
    if event.actor_name is None and event.kind in UNATTENDED_SENTENCES:
        return UNATTENDED_SENTENCES[event.kind](escape_markdown(title), event.payload, time_zone)
    who = escape_markdown(event.actor_name or "Zen")
    return (
        f"{who} {say(escape_markdown(title), event.payload, time_zone)}"
        if say
        else f"{who}: {escape_markdown(humanize_code(event.kind))}"
    )


def _payload_text(payload: EventPayload, key: str) -> str:
    return escape_markdown(truncate(single_line(str(payload.get(key) or "")), QUOTE_LENGTH))


def _colon_text(payload: EventPayload, key: str) -> str:
    said = _payload_text(payload, key)
    return f": {said}" if said else ""


def _describe_completed(_: str, payload: EventPayload, __: str) -> str:
    code = str(payload.get("outcome_code") or "")
    return f"completed the run: {escape_markdown(OUTCOME_LABELS.get(code, humanize_code(code)).lower())}"


def _describe_skip_reason(payload: EventPayload) -> str:
    said = sentences.describe_skip(payload.get("skip_reason"), str(payload.get("skip_words") or "") or None)
    return escape_markdown(truncate(single_line(said), QUOTE_LENGTH)) if payload.get("skip_reason") else ""


def _describe_skipped(title: str, payload: EventPayload, _: str) -> str:
    why = _describe_skip_reason(payload)
    return f"skipped {f'“{title}”' if title else 'the run'}{f': {why}' if why else ''}"


def _describe_snoozed(_: str, payload: EventPayload, time_zone: str) -> str:
    until_at, found = payload.get("until"), payload.get("signal")
    when = sentences.describe_snooze_end(
        datetime.fromisoformat(until_at) if isinstance(until_at, str) else None,
        WakeSignal(kind=found["kind"], value=found.get("value"))
        if isinstance(found, Mapping) and "kind" in found
        else None,
        time_zone,
        is_backstop=False,
    )
    return f"snoozed the run {escape_markdown(when)}{_colon_text(payload, 'reason')}"


def _describe_woke(_: str, payload: EventPayload, __: str) -> str:
    if payload.get("by") == "person":
        return f"took the run up again before its time{_describe_wake_reason(payload)}"
    return f"brought the run back{_colon_text(payload, 'because')}"


def _describe_wake_reason(payload: EventPayload) -> str:
    because = str(payload.get("because") or "")
    return "" if because.startswith("Taken up again") else _colon_text(payload, "because")


def _describe_escalated(_: str, payload: EventPayload, __: str) -> str:
    return f"escalated the run to {_payload_text(payload, 'person')}, {_payload_text(payload, 'severity')}{_colon_text(payload, 'ask')}"


def _describe_undone(_: str, payload: EventPayload, __: str) -> str:
    said = _payload_text(payload, "summary").rstrip(".")
    return f"undid “{said}”" if said else "undid the last action"


def _describe_acted(_: str, payload: EventPayload, __: str) -> str:
    done = payload.get("done")
    said = ", ".join(str(part) for part in done) if isinstance(done, list) else ""
    return escape_markdown(truncate(single_line(said), QUOTE_LENGTH)) or "ran an action"


def _describe_moved(_: str, payload: EventPayload, __: str) -> str:
    return (
        f"moved the run from version {_payload_text(payload, 'from_version')} to {_payload_text(payload, 'to_version')}"
    )


EVENT_SENTENCES: Mapping[str, DescribeEvent] = {
    "started": lambda *_: "started the run",
    "step_saved": lambda title, *_: f"saved “{title}”",
    "step_done": lambda title, *_: f"finished “{title}”",
    "step_skipped": _describe_skipped,
    "step_taken_up": lambda title, *_: f"took up “{title}” again",
    "status_changed": lambda _, payload, __: (
        f"set it to {escape_markdown(humanize_code(str(payload.get('to') or '')))}"
    ),
    "completed": _describe_completed,
    "snoozed": _describe_snoozed,
    "woke": _describe_woke,
    "skipped": _describe_skipped,
    "escalated": _describe_escalated,
    "acknowledged": lambda *_: "has the escalation",
    "commented": lambda _, payload, __: f"said about the escalation{_colon_text(payload, 'words')}",
    "handed_back": lambda _, payload, __: f"handed the run back{_colon_text(payload, 'decision')}",
    "reopened": lambda _, payload, __: f"opened the run again{_colon_text(payload, 'reason')}",
    "reassigned": lambda _, payload, __: f"gave the run to {_payload_text(payload, 'person') or 'somebody else'}",
    "moved": _describe_moved,
    "stayed": lambda _, payload, __: (
        f"kept the run on its version, not on {_payload_text(payload, 'declined_version')}"
    ),
    "undone": _describe_undone,
    "acted": _describe_acted,
    "imported": lambda *_: "brought the run in from before",
}
UNATTENDED_SENTENCES: Mapping[str, DescribeEvent] = {
    "woke": lambda _, payload, __: f"The run came back{_colon_text(payload, 'because')}",
    "imported": lambda *_: "The run was brought in from before",
}
"""What happens by itself: without anybody who does it."""
