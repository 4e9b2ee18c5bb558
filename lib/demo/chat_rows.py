"""Conversations on the slides of some runs: every kind of message, every kind of branch, one that was left."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lib.demo import data_files
from lib.demo.customers import DemoCustomer, Row
from lib.demo.demo_calendar import DemoCalendar, format_utc_moment
from lib.demo.ids import derive_demo_id

_TOKEN_PRICES = (0.25, 2.0)
"""USD per million tokens read and written."""

Tables = Mapping[str, Sequence[Row]]


def build_chat_rows(
    customers: tuple[DemoCustomer, ...], tables: Tables, calendar: DemoCalendar
) -> dict[str, list[Row]]:
    """Rows of the chat tables; `tables` has the runs and the usage they speak about."""
    by_site = {customer.site: customer for customer in customers}
    rows: dict[str, list[Row]] = {
        "workflow_chat_threads": [],
        "workflow_chat_messages": [],
        "workflow_llm_context": [],
        "workflow_llm_tool_calls": [],
    }
    for told in data_files.read_data_file("chats")["threads"]:
        customer = by_site[told["site"]]
        thread = _build_thread_row(customer, told, tables, calendar)
        messages = list(_build_message_rows(customer, told, thread, tables, calendar))
        rows["workflow_chat_threads"].append(thread)
        rows["workflow_chat_messages"].extend(messages)
        if told.get("llm"):
            rows["workflow_llm_context"].append(_build_llm_context_row(customer, thread))
            rows["workflow_llm_tool_calls"].append(_build_tool_call_row(customer, thread, messages[1]))
    return rows


def build_chat_extract_rows(tables: Tables) -> list[Row]:
    """The last six texts of the chat of whoever raised an escalation, as they stood then."""
    found = []
    for asked in tables["workflow_escalations"]:
        threads = {
            thread["id"]: thread["slide_id"]
            for thread in tables["workflow_chat_threads"]
            if (thread["execution_id"], thread["owner_id"]) == (asked["execution_id"], asked["raised_by"])
        }
        said = [
            {
                "role": row["role"],
                "slide_id": threads[row["thread_id"]],
                "text": row["content"]["text"],
                "at": row["created_at"],
            }
            for row in tables["workflow_chat_messages"]
            if row["thread_id"] in threads and row["message_type"] == "text" and row["created_at"] < asked["created_at"]
        ]
        if said:
            found.append(
                {
                    "id": derive_demo_id("extract", asked["id"]),
                    "company_id": asked["company_id"],
                    "escalation_id": asked["id"],
                    "messages": said[-6:],
                    "created_at": asked["created_at"],
                }
            )
    return found


def _build_thread_row(customer: DemoCustomer, told: Mapping[str, Any], tables: Tables, calendar: DemoCalendar) -> Row:
    workflow = told.get("workflow", "standard-renewal")
    runs = [
        run
        for run in tables["workflow_executions"]
        if run["customer_id"] == customer.id and run["workflow_id"] == workflow
    ]
    latest = max(runs, key=lambda run: str(run["started_at"]))
    moment = format_utc_moment(calendar.workday_near(told["days"]), 10, 2)
    return {
        "id": derive_demo_id("thread", customer.site, told["title"]),
        "company_id": customer.key_columns["company_id"],
        "execution_id": latest["id"],
        "slide_id": told["slide"],
        "owner_id": customer.owner_id,
        "is_shared": told["shared"],
        "status": told["status"],
        "title": told["title"],
        "created_at": moment,
        "updated_at": format_utc_moment(calendar.workday_near(told["days"]), 10, 2 + len(told["messages"])),
    }


def _build_message_rows(
    customer: DemoCustomer, told: Mapping[str, Any], thread: Row, tables: Tables, calendar: DemoCalendar
) -> Iterator[Row]:
    for place, (role, branch, block, *tokens) in enumerate(told["messages"]):
        content = _build_content_block_json(customer, block, tables)
        yield {
            "id": derive_demo_id("message", thread["id"], place),
            "company_id": thread["company_id"],
            "thread_id": thread["id"],
            "role": role,
            "message_type": content["type"],
            "content": content,
            "branch_type": branch,
            "created_at": format_utc_moment(calendar.workday_near(told["days"]), 10, 2 + place),
            **_build_model_usage_columns(told, role, tokens[0] if tokens else None),
        }


def _build_model_usage_columns(told: Mapping[str, Any], role: str, tokens: Sequence[int] | None) -> Row:
    """Who wrote an answer and what it used; null where nothing was reported, as by the built-in assistant."""
    read, written = tokens or (None, None)
    cost = (
        None
        if read is None or written is None
        else round((read * _TOKEN_PRICES[0] + written * _TOKEN_PRICES[1]) / 1e6, 6)
    )
    return {
        "model": told.get("model") if role == "assistant" else None,
        "input_tokens": read,
        "output_tokens": written,
        "cost_usd": cost,
    }


def _build_content_block_json(customer: DemoCustomer, block: Mapping[str, Any], tables: Tables) -> Row:
    if block["type"] == "usage chart":
        return _build_usage_chart_json(customer, tables)
    if block["type"] == "scenario table":
        return _build_scenario_table_json(customer)
    return dict(block)


def _build_usage_chart_json(customer: DemoCustomer, tables: Tables) -> Row:
    weeks = [row for row in tables["usage_weeks"] if row["customer_id"] == customer.id][-12:]
    points = [{"x": week["week_starts_on"], "y": round(100 * week["active_users"] / week["seats"])} for week in weeks]
    return {
        "type": "chart",
        "title": "Seats in use",
        "kind": "line",
        "series": [{"name": "In use", "points": points}],
        "x_label": "Week",
        "y_label": "% of seats, 28 days",
        "empty": "No usage data.",
        "source": "Usage feed",
    }


def _build_scenario_table_json(customer: DemoCustomer) -> Row:
    offers = (("As today", customer.seats, customer.discount), ("Seats in use and some room", 42, customer.discount))
    rows = [
        {"scenario": name, "seats": seats, "arr": (seats * customer.price * (100 - discount) + 50) // 100}
        for name, seats, discount in (*offers, ("The same without the discount", 42, 0))
    ]
    return {
        "type": "table",
        "title": "ARR with fewer seats",
        "columns": [
            {"key": "scenario", "label": "Scenario"},
            {"key": "seats", "label": "Seats", "kind": "number"},
            {"key": "arr", "label": "ARR", "kind": "money"},
        ],
        "rows": rows,
    }


def _build_llm_context_row(customer: DemoCustomer, thread: Row) -> Row:
    return {
        "id": derive_demo_id("context", thread["id"]),
        "company_id": thread["company_id"],
        "thread_id": thread["id"],
        "system_prompt": "You help a customer success manager with one slide of a guided renewal. Use the account's "
        "facts below; say when a fact is missing.",
        "tools": [{"name": "price_scenario", "description": "ARR of a number of seats at a discount."}],
        "context_data": {"customer": customer.name, "seats": customer.seats, "discount_percent": customer.discount},
        "model": "rules",
        "input_tokens": None,
        "output_tokens": None,
        "created_at": thread["created_at"],
        "updated_at": thread["updated_at"],
    }


def _build_tool_call_row(customer: DemoCustomer, thread: Row, message: Row) -> Row:
    arr = (42 * customer.price * (100 - customer.discount) + 50) // 100
    return {
        "id": derive_demo_id("tool call", thread["id"]),
        "company_id": thread["company_id"],
        "thread_id": thread["id"],
        "message_id": message["id"],
        "tool": "price_scenario",
        "input": {"seats": 42, "discount_percent": customer.discount},
        "output": {"arr": arr},
        "status": "succeeded",
        "duration_ms": 3,
        "error": None,
        "created_at": message["created_at"],
        "updated_at": message["created_at"],
    }
