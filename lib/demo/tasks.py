"""What people left each other to do and to know, and the actions a company made for itself."""

from collections.abc import Mapping
from typing import Any

from lib.demo import corpus
from lib.demo.days import Calendar, at
from lib.demo.ids import company_id, id_of, person_id
from lib.demo.people import VENDOR
from lib.demo.roster import Client, Row

Line = Mapping[str, Any]


def own_actions(calendar: Calendar) -> list[Row]:
    """The custom actions of the company, as `lib.actions.steps` reads them."""
    return [_own_action(line, calendar) for line in corpus.read("tasks")["actions"]]


def _own_action(line: Line, calendar: Calendar) -> Row:
    moment = at(calendar.workday(line["made"]), 11)
    return {
        "id": _action_id(line["name"]), "company_id": company_id(VENDOR), "kind": "custom", "name": line["name"],
        "description": line["description"], "parameters": {"question": line["question"], "steps": line["steps"]},
        "created_by": person_id(line["by"]), "created_at": moment, "updated_at": moment,
    }  # fmt: skip


def task_rows(everyone: tuple[Client, ...], runs: list[Row], calendar: Calendar) -> dict[str, list[Row]]:
    """Follow-ups and notices; with what an action did, its record and its note."""
    by_site, told = {client.site: client for client in everyone}, corpus.read("tasks")
    rows: dict[str, list[Row]] = {"follow_ups": [], "notices": [], "saved_action_runs": [], "notes": []}
    for line in told["follow_ups"]:
        client = by_site[line["site"]]
        rows["follow_ups"].append(_follow_up(client, line, runs, calendar))
        if "action" in line:
            rows["saved_action_runs"].append(_acted(client, line, calendar))
            rows["notes"].append(_note(client, line, calendar))
    rows["notices"] = [_notice(by_site[line["site"]], line, runs, calendar) for line in told["notices"]]
    return rows


def _follow_up(client: Client, line: Line, runs: list[Row], calendar: Calendar) -> Row:
    made = at(calendar.workday(line["made"]), 17, 15)
    done = at(calendar.workday(line["done"]), 10, 40) if "done" in line else None
    return {
        "id": id_of("follow-up", client.site, line["title"]), **client.keys,
        "execution_id": _run_of(client, line, runs), "assigned_to": person_id(line["to"]),
        "created_by": person_id(line["by"]), "title": line["title"],
        "due_on": calendar.workday(line["due"]).isoformat(), "done_at": done, "created_at": made,
        "updated_at": done or made,
    }  # fmt: skip


def _notice(client: Client, line: Line, runs: list[Row], calendar: Calendar) -> Row:
    return {
        "id": id_of("notice", client.site, line["body"]), **client.keys, "execution_id": _run_of(client, line, runs),
        "person_id": person_id(line["to"]), "from_id": person_id(line["by"]), "body": line["body"],
        "read_at": at(calendar.workday(line["read"]), 9, 10) if "read" in line else None,
        "created_at": at(calendar.workday(line["made"]), 17, 20),
    }  # fmt: skip


def _acted(client: Client, line: Line, calendar: Calendar) -> Row:
    key = id_of("click", client.site, line["title"])
    return {
        "id": id_of("action run", client.site, line["title"]), "company_id": client.keys["company_id"],
        "action_id": _action_id(line["action"]), "kind": "custom", "name": line["action"],
        "actor_id": person_id(line["by"]), "idempotency_key": key, "source": "dashboard", "customer_id": client.id,
        "execution_id": None, "slide_id": None, "parameters": {"words": line["words"]}, "before": {},
        "summary": f"Added a note, asked {client.owner.full_name} to follow up.", "revision_after": None,
        "created_at": at(calendar.workday(line["made"]), 17, 15),
    }  # fmt: skip


def _note(client: Client, line: Line, calendar: Calendar) -> Row:
    day = calendar.workday(line["made"])
    return {
        "id": id_of("note", client.site, "acted", line["title"]), **client.keys, "author_id": person_id(line["by"]),
        "kind": "note", "body": line["words"], "happened_on": day.isoformat(), "created_at": at(day, 17, 15),
        "updated_at": at(day, 17, 15),
    }  # fmt: skip


def _run_of(client: Client, line: Line, runs: list[Row]) -> str | None:
    """The latest run of the workflow it came from, where it came from one."""
    mine = [run for run in runs if run["customer_id"] == client.id and run["workflow_id"] == line.get("run")]
    return str(max(mine, key=lambda run: str(run["started_at"]))["id"]) if mine else None


def _action_id(name: str) -> str:
    return id_of("action", VENDOR, name)
