"""Answers, proposals and completions of runs that change the book."""

import uuid
from datetime import date, timedelta
from typing import Any

from tests.database.action_calls import fetch_execution
from tests.database.factories import Sql, fetch_rows, insert_customer, insert_row, publish_workflow
from tests.database.rpc import call_rpc
from tests.support.companies import Company, Member

SLIDES = ["greeting", "pricing-strategy", "prepare-quote", "summary"]
TERMS = {"term_months": 12, "notice_days": 60, "auto_renews": True, "seats": 100, "annual_price_per_seat": 500}
NOTHING = {"contract": None, "contract_gap": None, "status": None, "contact": None}


def in_days(days: int) -> date:
    return date.today() + timedelta(days=days)


def start_renewal(
    company: Company, sql: Sql, *, slides: list[str] = SLIDES, category: str = "renewal", ends_in: int = 30
) -> str:
    """A run for a customer of the CSM, whose contract of 50,000 ends in `ends_in` days; returns its id."""
    workflow = f"closing-{uuid.uuid4()}"
    publish_workflow(sql, company.id, workflow, slides=slides, category=category)
    customer = insert_customer(sql, company.id, company.csm.id)
    dates = {"starts_on": in_days(min(-335, ends_in - 365)), "ends_on": in_days(ends_in)}
    insert_row(sql, "contracts", company_id=company.id, customer_id=customer, **dates, **TERMS)
    started = call_rpc(company.csm, "start_workflow", p_workflow_id=workflow, p_customer_id=str(customer))
    return str(started["execution_id"])


def save(who: Member, run: str, slide: str, answers: dict[str, Any]) -> None:
    arguments = {"p_slide_id": slide, "p_answers": answers, "p_revision": 0}
    call_rpc(who, "save_step", p_execution_id=run, **arguments)


def choose_scenario(who: Member, run: str, *, uplift: Any = 5, discount: Any = 10, seats: Any = 120) -> None:
    row = {"name": "Offer", "uplift": uplift, "discount": discount, "seats": seats}
    save(who, run, "pricing-strategy", {"scenarios": [row], "chosen": "Offer"})


def quote(who: Member, run: str, *lines: dict[str, Any], **answers: Any) -> None:
    save(who, run, "prepare-quote", {"lines": list(lines)} | answers)


def line(discount: Any = 0, price: Any = 500, seats: Any = 100, item: str = "Subscription") -> dict[str, Any]:
    return {"item": item, "seats": seats, "price": price, "discount": discount}


def propose(who: Member, run: str, code: str = "renewed", *, amount: Any = None) -> Any:
    return call_rpc(who, "propose_closing", p_execution_id=run, p_outcome_code=code, p_amount=amount)


def accept(contract: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The proposed contract as a page accepts it, edited."""
    current = {"current_id": contract["current"]["id"], "current_updated_at": contract["current"]["updated_at"]}
    return {"contract": current | changes}


def close(
    who: Member, sql: Sql, run: str, changes: Any, code: str = "renewed", *, key: str = "", amount: Any = 1
) -> Any:
    outcome = {"p_outcome_code": code, "p_amount": amount, "p_reason": "Because.", "p_notes": None}
    return call_rpc(
        who, "close_run", p_execution_id=run, p_revision=fetch_execution(sql, run)["revision"], **outcome,
        p_changes=changes, p_key=key or str(uuid.uuid4()),
    )  # fmt: skip


def customer_of(sql: Sql, run: str) -> uuid.UUID:
    return fetch_execution(sql, run)["customer_id"]


def contracts(sql: Sql, run: str) -> list[dict[str, Any]]:
    """Of the run's customer, the earliest first."""
    return fetch_rows(
        sql, "select * from public.contracts where customer_id = %s order by starts_on", customer_of(sql, run)
    )
