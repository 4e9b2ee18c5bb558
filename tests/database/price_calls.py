"""Propose, quote and decide prices of a run through the database. Parameters have defaults."""

from typing import Any

from tests.database.factories import Sql, fetch_rows
from tests.database.rpc import call_rpc
from tests.support.companies import Member


def save(who: Member, run: str, slide: str, answers: dict[str, Any]) -> None:
    step = next(
        (s for s in call_rpc(who, "workflow_run", p_execution_id=run)["steps"] if s["slide_id"] == slide),
        {"revision": 0},
    )
    call_rpc(
        who,
        "save_step",
        p_execution_id=run,
        p_slide_id=slide,
        p_answers=answers,
        p_revision=step["revision"],
    )


def propose(who: Member, run: str, *, uplift: Any = 0, discount: Any = 0, seats: Any = 100, **answers: Any) -> None:
    row = {"name": "Offer", "uplift": uplift, "discount": discount, "seats": seats}
    save(who, run, "pricing-strategy", {"scenarios": [row], "chosen": "Offer"} | answers)


def quote(who: Member, run: str, *lines: dict[str, Any], **answers: Any) -> None:
    save(who, run, "prepare-quote", {"lines": list(lines)} | answers)


def line(discount: Any = 0, price: Any = 500, seats: Any = 100, item: str = "Subscription") -> dict[str, Any]:
    return {"item": item, "seats": seats, "price": price, "discount": discount}


def asked(sql: Sql, run: str, subject: str = "scenario") -> dict[str, Any]:
    """The row that holds for the subject; empty without one."""
    rows = fetch_rows(
        sql,
        "select * from public.price_approvals where execution_id = %s and subject = %s and superseded_at is null",
        run,
        subject,
    )
    return rows[0] if rows else {}


def prices(who: Member, run: str) -> dict[str, Any]:
    return call_rpc(who, "workflow_run", p_execution_id=run)["prices"]


def decide(who: Member, approval: dict[str, Any], approve: bool = True, **more: Any) -> Any:
    return call_rpc(who, "decide_price_approval", p_id=str(approval["id"]), p_approve=approve, **more)


def waiting(who: Member, **more: Any) -> dict[str, bool]:
    return {row["id"]: row["can_decide"] for row in call_rpc(who, "inbox", **more)["price_approvals"]}
