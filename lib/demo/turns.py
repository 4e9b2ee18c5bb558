"""What became of runs besides their slides: put away, woken, handed to a colleague and back, left out.

Each turn is a row of its own, an event, and the record of the click; read in order, the events give the run as it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from lib.demo.days import Calendar, at
from lib.demo.ids import action_id, id_of, person_id
from lib.demo.people import DEMO_PEOPLE
from lib.demo.roster import Row
from lib.demo.runs import Run, Turn, name_of, run_id

_NAMES = {person.email: person.full_name for person in DEMO_PEOPLE}
_CLOCK = {"critical": 1, "high": 2, "medium": 7, "low": 14}
"""Severity -> days until the first answer is due, as the database has it."""


@dataclass
class Story:
    """One run's turns as rows: `events` are the execution's, `tables` everything else."""

    run: Run
    steps: list[Row]
    calendar: Calendar
    events: list[Row] = field(default_factory=list)
    tables: dict[str, list[Row]] = field(
        default_factory=lambda: {
            "workflow_snoozes": [], "workflow_escalations": [], "workflow_escalation_comments": [],
            "saved_action_runs": [],
        }
    )  # fmt: skip

    @property
    def keys(self) -> Row:
        return {"company_id": self.run.client.keys["company_id"], "execution_id": run_id(self.run)}

    @property
    def owner(self) -> str:
        return self.run.client.owner_id

    def moment(self, day: int, hour: int = 15, minute: int = 20) -> str:
        return at(self.calendar.workday(day), hour, minute)

    def tell(self, kind: str, actor: str | None, moment: str, told: Row, slide: str | None = None) -> None:
        payload = {key: value for key, value in told.items() if value is not None}
        self.events.append({
            **self.keys, "kind": kind, "slide_id": slide, "actor_id": actor, "payload": payload, "created_at": moment,
        })  # fmt: skip

    def acted(self, kind: str, name: str, actor: str, moment: str, summary: str, **more: Any) -> None:
        """The record of the click. What could be undone then no longer can be."""
        self.tables["saved_action_runs"].append({
            "id": id_of("action run", run_id(self.run), kind, more.get("slide_id"), len(self.events)),
            "company_id": self.keys["company_id"], "action_id": None if kind == "hand_back" else action_id(kind),
            "kind": kind, "name": name, "actor_id": actor,
            "idempotency_key": id_of("click", run_id(self.run), kind, more.get("slide_id"), len(self.events)),
            "source": "inbox" if kind == "hand_back" else "slide", "customer_id": self.run.client.id,
            "execution_id": run_id(self.run), "slide_id": more.get("slide_id"),
            "parameters": more.get("parameters", {}), "before": more.get("before", {}), "summary": summary,
            "revision_after": self.revision(moment), "created_at": moment,
        })  # fmt: skip

    def revision(self, moment: str) -> int:
        """Of the run, right after what happened at `moment`."""
        told = [*self.steps, *(event for event in self.events if "set" in event["payload"])]
        return 1 + sum(str(row["created_at"]) <= moment for row in told)


def story_of(run: Run, steps: list[Row], calendar: Calendar) -> Story:
    """Every turn of a run; how it was completed is for `history` to tell."""
    story, before = Story(run, steps, calendar), "active"
    for place, turn in enumerate(run.turns):
        following = run.turns[place + 1] if place + 1 < len(run.turns) else None
        _TURNS[before, turn.to](story, turn, following)
        before = turn.to
    for step in steps:
        if step["status"] == "skipped":
            _left_out_slide(story, step)
    if run.status == "skipped":
        _left_out(story, before)
    return story


def _moved(before: str, after: str) -> Row:
    return {"from": before, "to": after, "set": {"status": after}}


def _snoozed(story: Story, turn: Turn, following: Turn | None) -> None:
    moment, signal = story.moment(turn.day), turn.more.get("signal")
    until = _until(story, turn)
    ended = story.moment(following.day, 9, 0) if following else None
    story.tables["workflow_snoozes"].append({
        "id": id_of("snooze", run_id(story.run), turn.day), **story.keys, "customer_id": story.run.client.id,
        "snoozed_by": story.owner, "reason": turn.reason, "until_at": until, "is_backstop": "until" not in turn.more,
        "signal": signal, "created_at": moment, "ended_at": ended, "ended_by": "date" if following else None,
        "woke_because": following.reason if following else None, "woke_revision": None,
    })  # fmt: skip
    told = {"reason": turn.reason, "until": until, "signal": signal}
    story.tell("snoozed", story.owner, moment, told | _moved("active", "snoozed"))
    day = story.calendar.workday(-int(turn.more.get("until", 0)))
    given = {"until": day.isoformat() if "until" in turn.more else None, "signal": signal, "reason": turn.reason}
    summary = "Snoozed until the day chosen." if "until" in turn.more else "Snoozed until the signal comes."
    story.acted("snooze", "Snooze", story.owner, moment, summary, parameters=given, before={"status": "active"})


def _until(story: Story, turn: Turn) -> str:
    """The day chosen, at nine, or as the day begins when that is today; else a week before the notice deadline."""
    if "until" in turn.more:
        days = int(turn.more["until"])
        return story.moment(-days, 9 if days else 0, 0)
    return story.moment(7 - story.run.client.deadline, 9, 0)


def _woken(story: Story, turn: Turn, _: Turn | None) -> None:
    moment = story.moment(turn.day, 9, 0)
    story.tell("woke", None, moment, {"because": turn.reason, "by": "date"} | _moved("snoozed", "active"))
    story.tables["workflow_snoozes"][-1]["woke_revision"] = story.revision(moment)


def _escalated(story: Story, turn: Turn, following: Turn | None) -> None:
    moment, to = story.moment(turn.day), str(turn.more["to"])
    severity = str(turn.more["severity"])
    escalation = id_of("escalation", run_id(story.run), turn.day)
    told = {"person": _NAMES[to], "severity": severity, "ask": turn.reason}
    story.tell("escalated", story.owner, moment, told | _moved("active", "escalated"))
    given = {"to": person_id(to), "severity": severity, "ask": turn.reason}
    summary = f"Escalated to {_NAMES[to]}, {severity}."
    story.acted("escalate", "Escalate", story.owner, moment, summary, parameters=given)
    acknowledged = _acknowledged(story, turn, escalation, to)
    ended = story.moment(following.day) if following else None
    story.tables["workflow_escalations"].append({
        "id": escalation, **story.keys, "customer_id": story.run.client.id, "raised_by": story.owner,
        "assigned_to": person_id(to), "severity": severity, "ask": turn.reason, "context_pack": _pack(story, moment),
        "respond_by": at(story.calendar.workday(turn.day) + timedelta(days=_CLOCK[severity]), 15, 20),
        "acknowledged_at": acknowledged or ended, "decision": following.reason if following else None,
        "created_at": moment, "ended_at": ended, "ended_by": "hand_back" if following else None,
        "seen_at": story.moment(following.day, 17, 5) if following else None,
    })  # fmt: skip
    for day, hour, who, words in turn.more.get("comments", ()):
        _commented(story, escalation, story.moment(day, hour, 12), person_id(who), words)


def _acknowledged(story: Story, turn: Turn, escalation: str, to: str) -> str | None:
    if "acknowledged" not in turn.more:
        return None
    moment = story.moment(turn.day, 15 + int(turn.more["acknowledged"]), 5)
    story.tell("acknowledged", person_id(to), moment, {"escalation_id": escalation})
    return moment


def _commented(story: Story, escalation: str, moment: str, author: str, words: str) -> None:
    story.tables["workflow_escalation_comments"].append({
        "company_id": story.keys["company_id"], "escalation_id": escalation, "author_id": author, "body": words,
        "created_at": moment,
    })  # fmt: skip
    story.tell("commented", author, moment, {"escalation_id": escalation, "words": words})


def _handed_back(story: Story, turn: Turn, _: Turn | None) -> None:
    moment, by = story.moment(turn.day), person_id(str(turn.more["by"]))
    story.tell("handed_back", by, moment, {"decision": turn.reason} | _moved("escalated", "active"))
    escalation = story.tables["workflow_escalations"][-1]["id"]
    story.acted(
        "hand_back", "Hand back", by, moment, "Handed back with a decision.",
        parameters={"decision": turn.reason}, before={"escalation_id": escalation},
    )  # fmt: skip


def _left_out_slide(story: Story, step: Row) -> None:
    why = {"reason": step["skip_reason"], "words": step["skip_words"]}
    story.acted(
        "skip", "Skip", story.owner, step["created_at"], "Left out this slide.", slide_id=step["slide_id"],
        parameters=why,
    )  # fmt: skip


def _left_out(story: Story, before: str) -> None:
    run = story.run
    moment = story.moment(run.ended or 0, 16, 5)
    told = {"skip_reason": run.skip_reason, "skip_words": run.reason}
    story.tell("skipped", story.owner, moment, told | _moved(before, "skipped"))
    story.acted(
        "skip", "Skip", story.owner, moment, "Left out this run.",
        parameters={"reason": run.skip_reason, "words": run.reason},
    )  # fmt: skip


def _pack(story: Story, moment: str) -> Row:
    """What the person asked was given: facts of then, and the answers so far."""
    term, client = story.run.term, story.run.client
    known = [step for step in story.steps if step["created_at"] <= moment and step["status"] != "skipped"]
    return {
        "customer": client.name, "workflow": name_of(story.run.workflow, story.run.version),
        "slide": known[-1]["slide_id"] if known else None, "due_on": _day(story, client.notice), "as_of": moment,
        "owner": client.owner.full_name,
        "facts": {
            "arr": term.arr, "renewal_date": _day(story, 0), "notice_deadline": _day(story, client.notice),
            "auto_renews": client.auto_renews, "open_p1": len(client.troubles),
        },
        "answers": [{key: step[key] for key in ("slide_id", "status", "answers")} for step in known],
    }  # fmt: skip


def _day(story: Story, days_before_the_end: int) -> str:
    return (story.run.term.ends_on - timedelta(days=days_before_the_end)).isoformat()


_TURNS: Mapping[tuple[str, str], Any] = {
    ("active", "snoozed"): _snoozed, ("snoozed", "active"): _woken, ("active", "escalated"): _escalated,
    ("escalated", "active"): _handed_back,
}  # fmt: skip


def tables_of(stories: Iterator[Story] | list[Story]) -> dict[str, list[Row]]:
    """All stories' rows by table; comments in the order they were written, because their ids grow."""
    found: dict[str, list[Row]] = {}
    for story in stories:
        for table, rows in story.tables.items():
            found.setdefault(table, []).extend(rows)
    found["workflow_escalation_comments"].sort(key=lambda row: str(row["created_at"]))
    return found
