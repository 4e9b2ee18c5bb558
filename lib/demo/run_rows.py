"""Builds the rows of runs: execution, steps and events, dated when they happened."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from lib.demo.contacts import build_contacts
from lib.demo.contracts import ContractTerm
from lib.demo.customers import DemoCustomer, Row
from lib.demo.demo_calendar import DemoCalendar, format_utc_moment
from lib.demo.ids import build_version_placeholder, derive_demo_id
from lib.demo.run_history import RunHistory, merge_history_tables
from lib.demo.runs import DemoRun, build_demo_runs, derive_run_id, read_stock_slide_sequence
from lib.demo.slide_answers import ANSWERS_BY_SLIDE, AnswerContext
from lib.demo.status_change_rows import build_run_history


def build_run_rows(
    customers: tuple[DemoCustomer, ...], terms: Mapping[str, tuple[ContractTerm, ...]], calendar: DemoCalendar
) -> dict[str, list[Row]]:
    executions: list[Row] = []
    steps: list[Row] = []
    events: list[Row] = []
    stories: list[RunHistory] = []
    for run in build_demo_runs(customers, terms, calendar):
        mine = list(_build_step_rows(run, calendar))
        story = build_run_history(run, mine, calendar)
        executions.append(_build_execution_row(run, len(mine), calendar))
        steps.extend(mine)
        events.extend([*_build_event_rows(run, mine, calendar), *story.events])
        stories.append(story)
    return {
        "workflow_executions": executions,
        "workflow_step_executions": steps,
        "workflow_execution_events": sorted(events, key=lambda event: str(event["created_at"])),
    } | merge_history_tables(stories)


def _build_run_key_columns(run: DemoRun) -> Row:
    return {"company_id": run.customer.key_columns["company_id"], "execution_id": derive_run_id(run)}


def _build_execution_row(run: DemoRun, steps: int, calendar: DemoCalendar) -> Row:
    slides = read_stock_slide_sequence(run.workflow, run.version)
    started = format_utc_moment(calendar.workday_near(run.started), 8, 30)
    ended = format_utc_moment(calendar.workday_near(run.ended), 16, 5) if run.ended is not None else None
    return {
        "id": derive_run_id(run),
        **run.customer.key_columns,
        "owner_id": run.customer.owner_id,
        "workflow_id": run.workflow,
        "definition_version_id": build_version_placeholder(run.workflow, run.version),
        "status": run.status,
        "current_slide": slides[min(run.slides, len(slides) - 1)],
        "due_on": _format_run_due_day(run),
        "outcome_code": run.outcome,
        "outcome_amount": run.amount,
        "outcome_reason": run.reason if run.outcome else None,
        "outcome_notes": run.notes,
        "skip_reason": run.skip_reason,
        "skip_words": run.reason if run.skip_reason else None,
        "revision": 1 + steps + len(run.status_changes) + (run.ended is not None),
        "started_at": started,
        "ended_at": ended,
        "created_at": started,
        "updated_at": ended or format_utc_moment(calendar.workday_near(run.touched), 16, 5),
    }


def _format_run_due_day(run: DemoRun) -> str:
    """The notice deadline the run worked towards: of the term before, once the next has begun."""
    renewed = run.outcome in ("renewed", "expanded", "downgraded") and run.workflow == "standard-renewal"
    ends_on = run.term.starts_on if renewed else run.term.ends_on
    return (ends_on - timedelta(days=run.customer.notice)).isoformat()


def _build_step_rows(run: DemoRun, calendar: DemoCalendar) -> Iterator[Row]:
    slides = read_stock_slide_sequence(run.workflow, run.version)
    count = run.slides + run.draft
    outcome = {"outcome_code": run.outcome, "amount": run.amount, "reason": run.reason, "notes": run.notes}
    for place, slide in enumerate(slides[:count]):
        day = run.started - (run.started - run.touched) * place // max(1, count - 1)
        done = place < run.slides
        moment = format_utc_moment(calendar.workday_near(day), 9 + place // 3, 7 + 13 * (place % 3))
        context = AnswerContext(
            customer=run.customer,
            people=build_contacts(run.customer),
            term=run.term,
            day=day,
            calendar=calendar,
            random=run.customer.seeded_random(f"{run.workflow}/{run.tag}/{slide}"),
            outcome=outcome,
        )
        code, words = run.skips.get(slide, (None, None))
        status = "skipped" if code else "done" if done else "draft"
        yield {
            "id": derive_demo_id("step", derive_run_id(run), slide),
            **_build_run_key_columns(run),
            "slide_id": slide,
            "status": status,
            "answers": {} if code else ANSWERS_BY_SLIDE[slide](context),
            "skip_reason": code,
            "skip_words": words,
            "saved_by": run.customer.owner_id,
            "revision": 1,
            "completed_at": moment if status == "done" else None,
            "created_at": moment,
            "updated_at": moment,
        }


def _build_event_rows(run: DemoRun, steps: list[Row], calendar: DemoCalendar) -> Iterator[Row]:
    begun = _build_execution_row(run, 0, calendar)
    first = read_stock_slide_sequence(run.workflow, run.version)[0]
    told = {key: begun[key] for key in ("definition_version_id", "due_on", "owner_id")} | {"status": "active"}
    yield _build_event_row(run, "started", first, begun["started_at"], told)
    for step in steps:
        keys = sorted(key for key, value in step["answers"].items() if value is not None)
        kind = "step_saved" if step["status"] == "draft" else f"step_{step['status']}"
        told = {"revision": 1, "status": step["status"], "keys": keys}
        told |= {key: step[key] for key in ("skip_reason", "skip_words") if step[key]}
        yield _build_event_row(run, kind, step["slide_id"], step["created_at"], told)
    if run.ended is None or run.status == "skipped":
        return
    before = run.status_changes[-1].to if run.status_changes else "active"
    told = {
        "from": before,
        "to": run.status,
        "outcome_code": run.outcome,
        "outcome_amount": run.amount,
        "outcome_reason" if run.outcome else "reason": run.reason,
        "set": {"status": run.status},
    }
    told = {key: value for key, value in told.items() if value is not None}
    kind = "completed" if run.status == "completed" else "status_changed"
    yield _build_event_row(run, kind, None, format_utc_moment(calendar.workday_near(run.ended), 16, 5), told)


def _build_event_row(run: DemoRun, kind: str, slide: str | None, moment: str, told: Row) -> Row:
    return {
        **_build_run_key_columns(run),
        "kind": kind,
        "slide_id": slide,
        "actor_id": run.customer.owner_id,
        "payload": told,
        "created_at": moment,
    }
