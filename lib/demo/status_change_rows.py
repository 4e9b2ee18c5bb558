"""Builds the rows of status changes: snoozes, escalations, skips, with their events and action runs.

Each turn is a row of its own, an event, and the record of the click; read in order, the events give the run as it is.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from lib.demo.customers import Row
from lib.demo.demo_calendar import DemoCalendar, format_utc_moment
from lib.demo.ids import build_person_placeholder, derive_demo_id
from lib.demo.people import DEMO_PEOPLE
from lib.demo.run_history import RunHistory
from lib.demo.runs import DemoRun, StatusChange, derive_run_id, read_stock_workflow_name

_NAMES = {person.email: person.full_name for person in DEMO_PEOPLE}
_RESPONSE_DAYS = {"critical": 1, "high": 2, "medium": 7, "low": 14}
"""Severity -> days until the first answer is due, as the database has it."""


def build_run_history(run: DemoRun, steps: list[Row], calendar: DemoCalendar) -> RunHistory:
    """All status changes of a run but its completion, which `run_rows` adds."""
    story, before = RunHistory(run, steps, calendar), "active"
    for place, turn in enumerate(run.status_changes):
        following = run.status_changes[place + 1] if place + 1 < len(run.status_changes) else None
        _HANDLERS[before, turn.to](story, turn, following)
        before = turn.to
    for step in steps:
        if step["status"] == "skipped":
            _add_skipped_slide_rows(story, step)
    if run.status == "skipped":
        _add_skipped_run_rows(story, before)
    return story


def _build_status_change_payload(before: str, after: str) -> Row:
    return {"from": before, "to": after, "set": {"status": after}}


def _add_snooze_rows(story: RunHistory, turn: StatusChange, following: StatusChange | None) -> None:
    moment, signal = story.format_workday_moment(turn.day), turn.details.get("signal")
    until = _find_snooze_end(story, turn)
    ended = story.format_workday_moment(following.day, 9, 0) if following else None
    story.tables["workflow_snoozes"].append(
        {
            "id": derive_demo_id("snooze", derive_run_id(story.run), turn.day),
            **story.key_columns,
            "customer_id": story.run.customer.id,
            "snoozed_by": story.owner,
            "reason": turn.reason,
            "until_at": until,
            "is_backstop": "until" not in turn.details,
            "signal": signal,
            "created_at": moment,
            "ended_at": ended,
            "ended_by": "date" if following else None,
            "woke_because": following.reason if following else None,
            "woke_revision": None,
        }
    )
    told = {"reason": turn.reason, "until": until, "signal": signal}
    story.add_event_row("snoozed", story.owner, moment, told | _build_status_change_payload("active", "snoozed"))
    day = story.calendar.workday_near(-int(turn.details.get("until", 0)))
    given = {"until": day.isoformat() if "until" in turn.details else None, "signal": signal, "reason": turn.reason}
    summary = "Snoozed until the day chosen." if "until" in turn.details else "Snoozed until the signal occurs."
    story.add_action_run_row(
        "snooze", "Snooze", story.owner, moment, summary, parameters=given, before={"status": "active"}
    )


def _find_snooze_end(story: RunHistory, turn: StatusChange) -> str:
    """When the snooze ends: the chosen day at nine (or its first minute if today), else a week before the deadline."""
    if "until" in turn.details:
        days = int(turn.details["until"])
        return story.format_workday_moment(-days, 9 if days else 0, 0)
    return story.format_workday_moment(7 - story.run.customer.deadline, 9, 0)


def _add_wake_rows(story: RunHistory, turn: StatusChange, _: StatusChange | None) -> None:
    moment = story.format_workday_moment(turn.day, 9, 0)
    story.add_event_row(
        "woke", None, moment, {"because": turn.reason, "by": "date"} | _build_status_change_payload("snoozed", "active")
    )
    story.tables["workflow_snoozes"][-1]["woke_revision"] = story.find_revision_at(moment)


def _add_escalation_rows(story: RunHistory, turn: StatusChange, following: StatusChange | None) -> None:
    moment, to = story.format_workday_moment(turn.day), str(turn.details["to"])
    severity = str(turn.details["severity"])
    escalation = derive_demo_id("escalation", derive_run_id(story.run), turn.day)
    told = {"person": _NAMES[to], "severity": severity, "ask": turn.reason}
    story.add_event_row("escalated", story.owner, moment, told | _build_status_change_payload("active", "escalated"))
    given = {"to": build_person_placeholder(to), "severity": severity, "ask": turn.reason}
    summary = f"Escalated to {_NAMES[to]}, {severity}."
    story.add_action_run_row("escalate", "Escalate", story.owner, moment, summary, parameters=given)
    acknowledged = _add_acknowledgement_rows(story, turn, escalation, to)
    ended = story.format_workday_moment(following.day) if following else None
    story.tables["workflow_escalations"].append(
        {
            "id": escalation,
            **story.key_columns,
            "customer_id": story.run.customer.id,
            "raised_by": story.owner,
            "assigned_to": build_person_placeholder(to),
            "severity": severity,
            "ask": turn.reason,
            "context_pack": _build_escalation_context_json(story, moment),
            "respond_by": format_utc_moment(
                story.calendar.workday_near(turn.day) + timedelta(days=_RESPONSE_DAYS[severity]), 15, 20
            ),
            "acknowledged_at": acknowledged or ended,
            "decision": following.reason if following else None,
            "created_at": moment,
            "ended_at": ended,
            "ended_by": "hand_back" if following else None,
            "seen_at": story.format_workday_moment(following.day, 17, 5) if following else None,
        }
    )
    for day, hour, who, words in turn.details.get("comments", ()):
        _add_escalation_comment_row(
            story, escalation, story.format_workday_moment(day, hour, 12), build_person_placeholder(who), words
        )


def _add_acknowledgement_rows(story: RunHistory, turn: StatusChange, escalation: str, to: str) -> str | None:
    if "acknowledged" not in turn.details:
        return None
    moment = story.format_workday_moment(turn.day, 15 + int(turn.details["acknowledged"]), 5)
    story.add_event_row("acknowledged", build_person_placeholder(to), moment, {"escalation_id": escalation})
    return moment


def _add_escalation_comment_row(story: RunHistory, escalation: str, moment: str, author: str, words: str) -> None:
    story.tables["workflow_escalation_comments"].append(
        {
            "company_id": story.key_columns["company_id"],
            "escalation_id": escalation,
            "author_id": author,
            "body": words,
            "created_at": moment,
        }
    )
    story.add_event_row("commented", author, moment, {"escalation_id": escalation, "words": words})


def _add_hand_back_rows(story: RunHistory, turn: StatusChange, _: StatusChange | None) -> None:
    moment, by = story.format_workday_moment(turn.day), build_person_placeholder(str(turn.details["by"]))
    story.add_event_row(
        "handed_back", by, moment, {"decision": turn.reason} | _build_status_change_payload("escalated", "active")
    )
    escalation = story.tables["workflow_escalations"][-1]["id"]
    story.add_action_run_row(
        "hand_back",
        "Hand back",
        by,
        moment,
        "Handed back with a decision.",
        parameters={"decision": turn.reason},
        before={"escalation_id": escalation},
    )


def _add_skipped_slide_rows(story: RunHistory, step: Row) -> None:
    why = {"reason": step["skip_reason"], "words": step["skip_words"]}
    story.add_action_run_row(
        "skip",
        "Skip",
        story.owner,
        step["created_at"],
        "Left out this slide.",
        slide_id=step["slide_id"],
        parameters=why,
    )


def _add_skipped_run_rows(story: RunHistory, before: str) -> None:
    run = story.run
    moment = story.format_workday_moment(run.ended or 0, 16, 5)
    told = {"skip_reason": run.skip_reason, "skip_words": run.reason}
    story.add_event_row("skipped", story.owner, moment, told | _build_status_change_payload(before, "skipped"))
    story.add_action_run_row(
        "skip",
        "Skip",
        story.owner,
        moment,
        "Left out this run.",
        parameters={"reason": run.skip_reason, "words": run.reason},
    )


def _build_escalation_context_json(story: RunHistory, moment: str) -> Row:
    """The context a colleague was given: facts of that day and the answers so far."""
    term, customer = story.run.term, story.run.customer
    known = [step for step in story.steps if step["created_at"] <= moment and step["status"] != "skipped"]
    return {
        "customer": customer.name,
        "workflow": read_stock_workflow_name(story.run.workflow, story.run.version),
        "slide": known[-1]["slide_id"] if known else None,
        "due_on": _format_workday_before_end(story, customer.notice),
        "as_of": moment,
        "owner": customer.owner.full_name,
        "facts": {
            "arr": term.arr,
            "renewal_date": _format_workday_before_end(story, 0),
            "notice_deadline": _format_workday_before_end(story, customer.notice),
            "auto_renews": customer.auto_renews,
            "open_p1": len(customer.troubles),
        },
        "answers": [{key: step[key] for key in ("slide_id", "status", "answers")} for step in known],
    }


def _format_workday_before_end(story: RunHistory, days_before_the_end: int) -> str:
    return (story.run.term.ends_on - timedelta(days=days_before_the_end)).isoformat()


_HANDLERS: Mapping[tuple[str, str], Any] = {
    ("active", "snoozed"): _add_snooze_rows,
    ("snoozed", "active"): _add_wake_rows,
    ("active", "escalated"): _add_escalation_rows,
    ("escalated", "active"): _add_hand_back_rows,
}
