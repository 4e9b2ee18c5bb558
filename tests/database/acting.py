"""Actions in the fewest words: what a test does not name is ordinary."""

import uuid
from datetime import date, timedelta
from typing import Any

from lib.db.client import Client
from tests.database.calls import call
from tests.database.rows import Sql, add, one, rows
from tests.support.companies import Member

SOON = (date.today() + timedelta(days=5)).isoformat()
AWAY = {"until": SOON, "reason": "They are at a fair."}


def action_id(who: Member, kind: str) -> str:
    """Of the global action of that kind."""
    return str(next(a["id"] for a in call(who, "available_actions") if a["kind"] == kind and a["is_global"]))


def trigger(
    who: Member | Client,
    kind: str,
    run: str | None,
    parameters: Any,
    *,
    slide: str | None = None,
    key: str = "",
    action: str = "",
    **subject: Any,
) -> Any:
    """The global action of that kind (or `action`) on a run, or on what `subject` says."""
    on = subject | ({"execution_id": run} if run else {}) | ({"slide_id": slide} if slide else {})
    return call(
        who,
        "run_saved_action",
        p_action_id=action or action_id(who, kind),  # type: ignore[arg-type]
        p_subject=on,
        p_parameters=parameters,
        p_key=key or str(uuid.uuid4()),
    )


def snooze(who: Member, run: str, *, key: str = "", **changes: Any) -> Any:
    return trigger(who, "snooze", run, AWAY | changes, key=key)


def skip(who: Member, run: str, *, slide: str | None = None, key: str = "", **changes: Any) -> Any:
    return trigger(who, "skip", run, {"reason": "duplicate"} | changes, slide=slide, key=key)


def escalate(who: Member, run: str, to: Member, /, *, key: str = "", **changes: Any) -> Any:
    ask = {"to": str(to.id), "severity": "high", "ask": "May we offer 15 %?"}
    return trigger(who, "escalate", run, ask | changes, key=key)


def hand_back(who: Member, sql: Sql, run: str, decision: str = "Yes, 15 %.", *, key: str = "") -> Any:
    arguments = {"p_decision": decision, "p_key": key or str(uuid.uuid4())}
    return call(who, "hand_back_escalation", p_escalation_id=raised(sql, run), **arguments)


def undo(who: Member, done: Any) -> Any:
    return call(who, "undo_action", p_run_id=done["run_id"])


def raised(sql: Sql, run: str) -> str:
    """The run's latest escalation."""
    latest = "select id from public.workflow_escalations where execution_id = %s order by created_at desc limit 1"
    return str(one(sql, latest, run))


def run_row(sql: Sql, run: str) -> dict[str, Any]:
    return rows(sql, "select * from public.workflow_executions where id = %s", run)[0]


def events(sql: Sql, run: str) -> list[dict[str, Any]]:
    """In the order they happened."""
    return rows(sql, "select * from public.workflow_execution_events where execution_id = %s order by id", run)


def kinds(sql: Sql, run: str) -> list[str]:
    return [event["kind"] for event in events(sql, run)]


def snoozes(sql: Sql, run: str) -> list[dict[str, Any]]:
    return rows(sql, "select * from public.workflow_snoozes where execution_id = %s order by created_at, id", run)


def over(sql: Sql, run: str) -> None:
    """The day the run was put away until has come."""
    past = "update public.workflow_snoozes set until_at = now() - interval '1 minute' where execution_id = %s"
    sql.execute(past, [run])


def customer_of(sql: Sql, run: str) -> uuid.UUID:
    return run_row(sql, run)["customer_id"]


def latest(who: Member, run: str) -> dict[str, Any]:
    """The run's latest snooze, as a page reads it."""
    return call(who, "workflow_run", p_execution_id=run)["snooze"]["latest"]


def made(sql: Sql, company: Any, steps: Any, *, kind: str = "custom", **changes: Any) -> str:
    """Another action of the company's own."""
    values = {"company_id": company.id, "kind": kind, "name": f"Ours {uuid.uuid4()}", "parameters": {"steps": steps}}
    return str(add(sql, "saved_actions", **values | changes))
