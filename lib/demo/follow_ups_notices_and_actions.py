"""What people left each other to do and to know, and the company actions."""

from collections.abc import Mapping
from typing import Any

from lib.demo import data_files
from lib.demo.customers import DemoCustomer, Row
from lib.demo.demo_calendar import DemoCalendar, format_utc_moment
from lib.demo.ids import build_person_placeholder, derive_company_id, derive_demo_id
from lib.demo.people import VENDOR

DataLine = Mapping[str, Any]


def build_company_action_rows(calendar: DemoCalendar) -> list[Row]:
    """The company actions, as `lib.actions.company_action_steps` reads them."""
    return [_build_company_action_row(line, calendar) for line in data_files.read_data_file("tasks")["actions"]]


def _build_company_action_row(line: DataLine, calendar: DemoCalendar) -> Row:
    moment = format_utc_moment(calendar.workday_near(line["made"]), 11)
    return {
        "id": _derive_action_id(line["name"]),
        "company_id": derive_company_id(VENDOR),
        "kind": "custom",
        "name": line["name"],
        "description": line["description"],
        "parameters": {"question": line["question"], "steps": line["steps"]},
        "created_by": build_person_placeholder(line["by"]),
        "created_at": moment,
        "updated_at": moment,
    }


def build_task_rows(
    customers: tuple[DemoCustomer, ...], runs: list[Row], calendar: DemoCalendar
) -> dict[str, list[Row]]:
    """Follow-ups and notices; with what an action did, its record and its note."""
    by_site, told = {customer.site: customer for customer in customers}, data_files.read_data_file("tasks")
    rows: dict[str, list[Row]] = {"follow_ups": [], "notices": [], "saved_action_runs": [], "notes": []}
    for line in told["follow_ups"]:
        customer = by_site[line["site"]]
        rows["follow_ups"].append(_build_follow_up_row(customer, line, runs, calendar))
        if "action" in line:
            rows["saved_action_runs"].append(_build_action_run_row(customer, line, calendar))
            rows["notes"].append(_build_action_note_row(customer, line, calendar))
    rows["notices"] = [_build_notice_row(by_site[line["site"]], line, runs, calendar) for line in told["notices"]]
    return rows


def _build_follow_up_row(customer: DemoCustomer, line: DataLine, runs: list[Row], calendar: DemoCalendar) -> Row:
    made = format_utc_moment(calendar.workday_near(line["made"]), 17, 15)
    done = format_utc_moment(calendar.workday_near(line["done"]), 10, 40) if "done" in line else None
    return {
        "id": derive_demo_id("follow-up", customer.site, line["title"]),
        **customer.key_columns,
        "execution_id": _find_latest_run_id(customer, line, runs),
        "assigned_to": build_person_placeholder(line["to"]),
        "created_by": build_person_placeholder(line["by"]),
        "title": line["title"],
        "due_on": calendar.workday_near(line["due"]).isoformat(),
        "done_at": done,
        "created_at": made,
        "updated_at": done or made,
    }


def _build_notice_row(customer: DemoCustomer, line: DataLine, runs: list[Row], calendar: DemoCalendar) -> Row:
    return {
        "id": derive_demo_id("notice", customer.site, line["body"]),
        **customer.key_columns,
        "execution_id": _find_latest_run_id(customer, line, runs),
        "person_id": build_person_placeholder(line["to"]),
        "from_id": build_person_placeholder(line["by"]),
        "body": line["body"],
        "read_at": format_utc_moment(calendar.workday_near(line["read"]), 9, 10) if "read" in line else None,
        "created_at": format_utc_moment(calendar.workday_near(line["made"]), 17, 20),
    }


def _build_action_run_row(customer: DemoCustomer, line: DataLine, calendar: DemoCalendar) -> Row:
    key = derive_demo_id("click", customer.site, line["title"])
    return {
        "id": derive_demo_id("action run", customer.site, line["title"]),
        "company_id": customer.key_columns["company_id"],
        "action_id": _derive_action_id(line["action"]),
        "kind": "custom",
        "name": line["action"],
        "actor_id": build_person_placeholder(line["by"]),
        "idempotency_key": key,
        "source": "page",
        "customer_id": customer.id,
        "execution_id": None,
        "slide_id": None,
        "parameters": {"words": line["words"]},
        "before": {},
        "summary": f"Added a note, asked {customer.owner.full_name} to follow up.",
        "revision_after": None,
        "created_at": format_utc_moment(calendar.workday_near(line["made"]), 17, 15),
    }


def _build_action_note_row(customer: DemoCustomer, line: DataLine, calendar: DemoCalendar) -> Row:
    day = calendar.workday_near(line["made"])
    return {
        "id": derive_demo_id("note", customer.site, "acted", line["title"]),
        **customer.key_columns,
        "author_id": build_person_placeholder(line["by"]),
        "kind": "note",
        "body": line["words"],
        "happened_on": day.isoformat(),
        "created_at": format_utc_moment(day, 17, 15),
        "updated_at": format_utc_moment(day, 17, 15),
    }


def _find_latest_run_id(customer: DemoCustomer, line: DataLine, runs: list[Row]) -> str | None:
    """The latest run of the workflow it came from, where it came from one."""
    mine = [run for run in runs if run["customer_id"] == customer.id and run["workflow_id"] == line.get("run")]
    return str(max(mine, key=lambda run: str(run["started_at"]))["id"]) if mine else None


def _derive_action_id(name: str) -> str:
    return derive_demo_id("action", VENDOR, name)
