"""An event of a run in words, as Markdown. A new kind of event costs a line in SENTENCES."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from lib.executions.model import Event
from lib.executions.work import read_signal
from lib.slides.deck.summary import LABELS
from lib.slides.words import cut, escape, plain, spoken
from lib.ui.acting import sentences

QUOTED = 300

Payload = Mapping[str, Any]
Say = Callable[[str, Payload, str], str]


def sentence(event: Event, title: str, time_zone: str) -> str:
    """ "Alice saved “Contract terms”"; `title` is the slide's, plain text."""
    say = SENTENCES.get(event.kind)
    if event.actor_name is None and event.kind in UNATTENDED:
        return UNATTENDED[event.kind](escape(title), event.payload, time_zone)
    who = escape(event.actor_name or "Zen")
    return f"{who} {say(escape(title), event.payload, time_zone)}" if say else f"{who}: {escape(spoken(event.kind))}"


def _text(payload: Payload, key: str) -> str:
    return escape(cut(plain(str(payload.get(key) or "")), QUOTED))


def _because(payload: Payload, key: str) -> str:
    said = _text(payload, key)
    return f": {said}" if said else ""


def _completed(_: str, payload: Payload, __: str) -> str:
    code = str(payload.get("outcome_code") or "")
    return f"completed the run: {escape(LABELS.get(code, spoken(code)).lower())}"


def _left_out(payload: Payload) -> str:
    said = sentences.left_out(payload.get("skip_reason"), str(payload.get("skip_words") or "") or None)
    return escape(cut(plain(said), QUOTED)) if payload.get("skip_reason") else ""


def _skipped(title: str, payload: Payload, _: str) -> str:
    why = _left_out(payload)
    return f"skipped {f'“{title}”' if title else 'the run'}{f': {why}' if why else ''}"


def _snoozed(_: str, payload: Payload, time_zone: str) -> str:
    until_at, found = payload.get("until"), payload.get("signal")
    when = sentences.until(
        datetime.fromisoformat(until_at) if isinstance(until_at, str) else None,
        read_signal(found) if isinstance(found, Mapping) and "kind" in found else None,
        time_zone,
        is_backstop=False,
    )
    return f"snoozed the run {escape(when)}{_because(payload, 'reason')}"


def _woke(_: str, payload: Payload, __: str) -> str:
    if payload.get("by") == "person":
        return f"took the run up again before its time{_said_before(payload)}"
    return f"brought the run back{_because(payload, 'because')}"


def _said_before(payload: Payload) -> str:
    because = str(payload.get("because") or "")
    return "" if because.startswith("Taken up again") else _because(payload, "because")


def _escalated(_: str, payload: Payload, __: str) -> str:
    return f"escalated the run to {_text(payload, 'person')}, {_text(payload, 'severity')}{_because(payload, 'ask')}"


def _undone(_: str, payload: Payload, __: str) -> str:
    said = _text(payload, "summary").rstrip(".")
    return f"undid “{said}”" if said else "undid the last action"


def _acted(_: str, payload: Payload, __: str) -> str:
    done = payload.get("done")
    said = ", ".join(str(part) for part in done) if isinstance(done, list) else ""
    return escape(cut(plain(said), QUOTED)) or "ran an action"


def _moved(_: str, payload: Payload, __: str) -> str:
    return f"moved the run from version {_text(payload, 'from_version')} to {_text(payload, 'to_version')}"


SENTENCES: Mapping[str, Say] = {
    "started": lambda *_: "started the run",
    "step_saved": lambda title, *_: f"saved “{title}”",
    "step_done": lambda title, *_: f"finished “{title}”",
    "step_skipped": _skipped,
    "step_taken_up": lambda title, *_: f"took up “{title}” again",
    "status_changed": lambda _, payload, __: f"set it to {escape(spoken(str(payload.get('to') or '')))}",
    "completed": _completed,
    "snoozed": _snoozed,
    "woke": _woke,
    "skipped": _skipped,
    "escalated": _escalated,
    "acknowledged": lambda *_: "has the escalation",
    "commented": lambda _, payload, __: f"said about the escalation{_because(payload, 'words')}",
    "handed_back": lambda _, payload, __: f"handed the run back{_because(payload, 'decision')}",
    "reopened": lambda _, payload, __: f"opened the run again{_because(payload, 'reason')}",
    "reassigned": lambda _, payload, __: f"gave the run to {_text(payload, 'person') or 'somebody else'}",
    "moved": _moved,
    "stayed": lambda _, payload, __: f"kept the run on its version, not on {_text(payload, 'declined_version')}",
    "undone": _undone,
    "acted": _acted,
    "imported": lambda *_: "brought the run in from before",
}
UNATTENDED: Mapping[str, Say] = {
    "woke": lambda _, payload, __: f"The run came back{_because(payload, 'because')}",
    "imported": lambda *_: "The run was brought in from before",
}
"""What happens by itself: without anybody who does it."""
