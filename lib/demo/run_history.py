"""The rows that the status changes of a run leave behind, as they are collected."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lib.demo.customers import Row
from lib.demo.demo_calendar import DemoCalendar, format_utc_moment
from lib.demo.ids import build_action_placeholder, derive_demo_id
from lib.demo.runs import DemoRun, derive_run_id


@dataclass
class RunHistory:
    """The rows of one run's status changes: `events` are the execution's, `tables` all others."""

    run: DemoRun
    steps: list[Row]
    calendar: DemoCalendar
    events: list[Row] = field(default_factory=list)
    tables: dict[str, list[Row]] = field(
        default_factory=lambda: {
            "workflow_snoozes": [],
            "workflow_escalations": [],
            "workflow_escalation_comments": [],
            "saved_action_runs": [],
        }
    )

    @property
    def key_columns(self) -> Row:
        return {"company_id": self.run.customer.key_columns["company_id"], "execution_id": derive_run_id(self.run)}

    @property
    def owner(self) -> str:
        return self.run.customer.owner_id

    def format_workday_moment(self, day: int, hour: int = 15, minute: int = 20) -> str:
        return format_utc_moment(self.calendar.workday_near(day), hour, minute)

    def add_event_row(self, kind: str, actor: str | None, moment: str, told: Row, slide: str | None = None) -> None:
        payload = {key: value for key, value in told.items() if value is not None}
        self.events.append(
            {
                **self.key_columns,
                "kind": kind,
                "slide_id": slide,
                "actor_id": actor,
                "payload": payload,
                "created_at": moment,
            }
        )

    def add_action_run_row(self, kind: str, name: str, actor: str, moment: str, summary: str, **more: Any) -> None:
        """Add the action's record. It is too old to be undone."""
        self.tables["saved_action_runs"].append(
            {
                "id": derive_demo_id(
                    "action run", derive_run_id(self.run), kind, more.get("slide_id"), len(self.events)
                ),
                "company_id": self.key_columns["company_id"],
                "action_id": None if kind == "hand_back" else build_action_placeholder(kind),
                "kind": kind,
                "name": name,
                "actor_id": actor,
                "idempotency_key": derive_demo_id(
                    "click", derive_run_id(self.run), kind, more.get("slide_id"), len(self.events)
                ),
                "source": "page",
                "customer_id": self.run.customer.id,
                "execution_id": derive_run_id(self.run),
                "slide_id": more.get("slide_id"),
                "parameters": more.get("parameters", {}),
                "before": more.get("before", {}),
                "summary": summary,
                "revision_after": self.find_revision_at(moment),
                "created_at": moment,
            }
        )

    def find_revision_at(self, moment: str) -> int:
        """The run's revision right after `moment`."""
        told = [*self.steps, *(event for event in self.events if "set" in event["payload"])]
        return 1 + sum(str(row["created_at"]) <= moment for row in told)


def merge_history_tables(stories: Iterator[RunHistory] | list[RunHistory]) -> dict[str, list[Row]]:
    """All stories' rows by table; comments in the order they were written, because their ids grow."""
    found: dict[str, list[Row]] = {}
    for story in stories:
        for table, rows in story.tables.items():
            found.setdefault(table, []).extend(rows)
    found["workflow_escalation_comments"].sort(key=lambda row: str(row["created_at"]))
    return found
