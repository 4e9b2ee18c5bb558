"""Send events as a company's system does: with a token, as nobody."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.database.rpc import call_rpc
from tests.support.companies import Company


def create_token(company: Company, *scopes: str) -> str:
    named = {"p_name": "Product", "p_scopes": list(scopes or ("usage", "tickets"))}
    return str(call_rpc(company.admin, "create_event_token", **named)["token"])


def days_ago(days: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat()


def usage(**changes: Any) -> dict[str, Any]:
    values = {"type": "usage", "happened_at": days_ago(1), "customer_domain": "acme.test", "user": "u1", "logins": 1}
    return {"id": str(uuid.uuid4()), **values} | changes


def ticket(**changes: Any) -> dict[str, Any]:
    values = {"type": "ticket", "happened_at": days_ago(1), "customer_domain": "acme.test", "number": "T-1"}
    words = {"title": "Slow export", "priority": "p2", "status": "open", "opened_on": "2026-11-02"}
    return {"id": str(uuid.uuid4()), **values, **words} | changes
