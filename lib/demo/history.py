"""Runs as rows: the execution, a step for every slide touched, and the events, dated when they happened."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from lib.demo.answers import ANSWERS, Desk
from lib.demo.contacts import cast_of
from lib.demo.contracts import Term
from lib.demo.days import Calendar, at
from lib.demo.ids import id_of, version_id
from lib.demo.roster import Client, Row
from lib.demo.runs import Run, run_id, runs, sequence
from lib.demo.turns import Story, story_of, tables_of


def history_rows(
    everyone: tuple[Client, ...], terms: Mapping[str, tuple[Term, ...]], calendar: Calendar
) -> dict[str, list[Row]]:
    executions: list[Row] = []
    steps: list[Row] = []
    events: list[Row] = []
    stories: list[Story] = []
    for run in runs(everyone, terms, calendar):
        mine = list(_steps(run, calendar))
        story = story_of(run, mine, calendar)
        executions.append(_execution(run, len(mine), calendar))
        steps.extend(mine)
        events.extend([*_events(run, mine, calendar), *story.events])
        stories.append(story)
    return {
        "workflow_executions": executions,
        "workflow_step_executions": steps,
        "workflow_execution_events": sorted(events, key=lambda event: str(event["created_at"])),
    } | tables_of(stories)


def _keys(run: Run) -> Row:
    return {"company_id": run.client.keys["company_id"], "execution_id": run_id(run)}


def _execution(run: Run, steps: int, calendar: Calendar) -> Row:
    slides = sequence(run.workflow, run.version)
    started = at(calendar.workday(run.started), 8, 30)
    ended = at(calendar.workday(run.ended), 16, 5) if run.ended is not None else None
    return {
        "id": run_id(run), **run.client.keys, "owner_id": run.client.owner_id, "workflow_id": run.workflow,
        "definition_version_id": version_id(run.workflow, run.version), "status": run.status,
        "current_slide": slides[min(run.slides, len(slides) - 1)], "due_on": _due(run),
        "outcome_code": run.outcome, "outcome_amount": run.amount,
        "outcome_reason": run.reason if run.outcome else None, "outcome_notes": run.notes,
        "skip_reason": run.skip_reason, "skip_words": run.reason if run.skip_reason else None,
        "revision": 1 + steps + len(run.turns) + (run.ended is not None), "started_at": started, "ended_at": ended,
        "created_at": started, "updated_at": ended or at(calendar.workday(run.touched), 16, 5),
    }  # fmt: skip


def _due(run: Run) -> str:
    """The notice deadline the run worked towards: that of the term before, once the next one has begun."""
    renewed = run.outcome in ("renewed", "expanded", "downgraded") and run.workflow == "standard-renewal"
    ends_on = run.term.starts_on if renewed else run.term.ends_on
    return (ends_on - timedelta(days=run.client.notice)).isoformat()


def _steps(run: Run, calendar: Calendar) -> Iterator[Row]:
    slides = sequence(run.workflow, run.version)
    count = run.slides + run.draft
    outcome = {"outcome_code": run.outcome, "amount": run.amount, "reason": run.reason, "notes": run.notes}
    for place, slide in enumerate(slides[:count]):
        day = run.started - (run.started - run.touched) * place // max(1, count - 1)
        done = place < run.slides
        moment = at(calendar.workday(day), 9 + place // 3, 7 + 13 * (place % 3))
        desk = Desk(
            client=run.client, people=cast_of(run.client), term=run.term, day=day, calendar=calendar,
            dice=run.client.dice(f"{run.workflow}/{run.tag}/{slide}"), outcome=outcome,
        )  # fmt: skip
        code, words = run.skips.get(slide, (None, None))
        status = "skipped" if code else "done" if done else "draft"
        yield {
            "id": id_of("step", run_id(run), slide), **_keys(run), "slide_id": slide, "status": status,
            "answers": {} if code else ANSWERS[slide](desk), "skip_reason": code, "skip_words": words,
            "saved_by": run.client.owner_id, "revision": 1, "completed_at": moment if status == "done" else None,
            "created_at": moment, "updated_at": moment,
        }  # fmt: skip


def _events(run: Run, steps: list[Row], calendar: Calendar) -> Iterator[Row]:
    begun = _execution(run, 0, calendar)
    first = sequence(run.workflow, run.version)[0]
    told = {key: begun[key] for key in ("definition_version_id", "due_on", "owner_id")} | {"status": "active"}
    yield _event(run, "started", first, begun["started_at"], told)
    for step in steps:
        keys = sorted(key for key, value in step["answers"].items() if value is not None)
        kind = "step_saved" if step["status"] == "draft" else f"step_{step['status']}"
        told = {"revision": 1, "status": step["status"], "keys": keys}
        told |= {key: step[key] for key in ("skip_reason", "skip_words") if step[key]}
        yield _event(run, kind, step["slide_id"], step["created_at"], told)
    if run.ended is None or run.status == "skipped":
        return
    before = run.turns[-1].to if run.turns else "active"
    told = {
        "from": before, "to": run.status, "outcome_code": run.outcome, "outcome_amount": run.amount,
        "outcome_reason" if run.outcome else "reason": run.reason, "set": {"status": run.status},
    }  # fmt: skip
    told = {key: value for key, value in told.items() if value is not None}
    kind = "completed" if run.status == "completed" else "status_changed"
    yield _event(run, kind, None, at(calendar.workday(run.ended), 16, 5), told)


def _event(run: Run, kind: str, slide: str | None, moment: str, told: Row) -> Row:
    return {
        **_keys(run), "kind": kind, "slide_id": slide, "actor_id": run.client.owner_id, "payload": told,
        "created_at": moment,
    }  # fmt: skip
