"""Run actions through the database, and read the rows they leave. Parameters have defaults."""

import uuid
from datetime import date, timedelta
from typing import Any

from lib.db.client import Client
from tests.database.factories import Sql, fetch_rows, fetch_value, insert_row
from tests.database.rpc import call_rpc
from tests.support.companies import Member

IN_FIVE_DAYS = (date.today() + timedelta(days=5)).isoformat()
SNOOZE_PARAMETERS = {"until": IN_FIVE_DAYS, "reason": "They are at a fair."}


def global_action_id(who: Member, kind: str) -> str:
    """Of the global action of that kind."""
    return str(next(a["id"] for a in call_rpc(who, "available_actions") if a["kind"] == kind and a["is_global"]))


def run_action(
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
    return call_rpc(
        who,
        "run_saved_action",
        p_action_id=action or global_action_id(who, kind),  # type: ignore[arg-type]
        p_subject=on,
        p_parameters=parameters,
        p_key=key or str(uuid.uuid4()),
    )


def snooze(who: Member, run: str, *, key: str = "", **changes: Any) -> Any:
    return run_action(who, "snooze", run, SNOOZE_PARAMETERS | changes, key=key)


def skip(who: Member, run: str, *, slide: str | None = None, key: str = "", **changes: Any) -> Any:
    return run_action(who, "skip", run, {"reason": "duplicate"} | changes, slide=slide, key=key)


def escalate(who: Member, run: str, to: Member, /, *, key: str = "", **changes: Any) -> Any:
    ask = {"to": str(to.id), "severity": "high", "ask": "May we offer 15 %?"}
    return run_action(who, "escalate", run, ask | changes, key=key)


def hand_back(who: Member, sql: Sql, run: str, decision: str = "Yes, 15 %.", *, key: str = "") -> Any:
    arguments = {"p_decision": decision, "p_key": key or str(uuid.uuid4())}
    return call_rpc(who, "hand_back_escalation", p_escalation_id=latest_escalation_id(sql, run), **arguments)


def withdraw(who: Member, sql: Sql, run: str, reason: str | None = None, *, key: str = "") -> Any:
    arguments = {"p_reason": reason, "p_key": key or str(uuid.uuid4())}
    return call_rpc(who, "withdraw_escalation", p_escalation_id=latest_escalation_id(sql, run), **arguments)


def redirect(who: Member, sql: Sql, run: str, to: Member, *, key: str = "") -> Any:
    arguments = {"p_to": str(to.id), "p_key": key or str(uuid.uuid4())}
    return call_rpc(who, "redirect_escalation", p_escalation_id=latest_escalation_id(sql, run), **arguments)


def undo(who: Member, done: Any) -> Any:
    return call_rpc(who, "undo_action", p_run_id=done["run_id"])


def latest_escalation_id(sql: Sql, run: str) -> str:
    """The run's latest escalation."""
    latest = "select id from public.workflow_escalations where execution_id = %s order by created_at desc limit 1"
    return str(fetch_value(sql, latest, run))


def fetch_execution(sql: Sql, run: str) -> dict[str, Any]:
    return fetch_rows(sql, "select * from public.workflow_executions where id = %s", run)[0]


def fetch_events(sql: Sql, run: str) -> list[dict[str, Any]]:
    """In the order they happened."""
    return fetch_rows(sql, "select * from public.workflow_execution_events where execution_id = %s order by id", run)


def fetch_event_kinds(sql: Sql, run: str) -> list[str]:
    return [event["kind"] for event in fetch_events(sql, run)]


def fetch_snoozes(sql: Sql, run: str) -> list[dict[str, Any]]:
    return fetch_rows(sql, "select * from public.workflow_snoozes where execution_id = %s order by created_at, id", run)


def end_snooze(sql: Sql, run: str) -> None:
    """The day the run was put away until has come."""
    past = "update public.workflow_snoozes set until_at = now() - interval '1 minute' where execution_id = %s"
    sql.execute(past, [run])


def customer_id_of(sql: Sql, run: str) -> uuid.UUID:
    return fetch_execution(sql, run)["customer_id"]


def latest_snooze(who: Member, run: str) -> dict[str, Any]:
    """The run's latest snooze, as a page reads it."""
    return call_rpc(who, "workflow_run", p_execution_id=run)["snooze"]["latest"]


def insert_company_action(sql: Sql, company: Any, steps: Any, *, kind: str = "custom", **changes: Any) -> str:
    """Another action of the company's own."""
    values = {"company_id": company.id, "kind": kind, "name": f"Ours {uuid.uuid4()}", "parameters": {"steps": steps}}
    return str(insert_row(sql, "saved_actions", **values | changes))
