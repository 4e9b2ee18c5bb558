"""The import: row by row, one transaction each. Cut off and started again, it goes on where it was.

A dry run goes the whole way, database included, and takes every row back: its report is the one the import will give.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from lib.db.client import Client
from lib.db.results import execute
from lib.errors import Unavailable, ZenError
from lib.slides.words import plain
from lib.workflows.legacy.mapping import LegacyMapping
from lib.workflows.legacy.planning import Plan, Planner
from lib.workflows.legacy.reading import Export, Row
from lib.workflows.legacy.report import Listed, Report, Result
from lib.workflows.legacy.world import World, read_world

LONGEST_ID = 200


def import_legacy(
    client: Client,
    export: Export,
    mapping: LegacyMapping,
    *,
    dry_run: bool = False,
    progress: Callable[[int], None] = lambda _done: None,
) -> Report:
    """Every row of `export` brought in, or kept with the reason why not. `progress` is told how many are done.

    Raises InvalidInput when the company is not known or the mapping does not fit; Unavailable when the database stops
    answering: what was done until then is done.
    """
    world = read_world(client, export.company)
    run = Import(client, world, mapping, dry_run=dry_run)
    listed = []
    for done, row in enumerate(export.rows(), start=1):
        listed.append(run.take(row))
        progress(done)
    return Report(company=world.company_name, dry_run=dry_run, rows=tuple(listed))


class Import:
    """What has to be remembered from row to row: ids seen, and which runs are open by now."""

    def __init__(self, client: Client, world: World, mapping: LegacyMapping, *, dry_run: bool) -> None:
        self._client, self._world, self._mapping, self._dry_run = client, world, mapping, dry_run
        self._now = datetime.now(UTC)
        self._planner = Planner(world, mapping, self._now)
        self._seen: Counter[str] = Counter()
        self._first: dict[str, int] = {}

    def take(self, row: Row) -> Listed:
        legacy_id, fault = identity(row)
        self._seen[legacy_id] += 1
        occurrence, first = self._seen[legacy_id], self._first.setdefault(legacy_id, row.line)
        there = self._world.there.get((legacy_id, occurrence))
        if there is not None:
            differs = there != _digest(row.source)
            remarks = ("It is otherwise in this file than it was when it was imported; nothing was changed.",)
            return Listed(
                line=row.line, legacy_id=legacy_id, result=Result.ALREADY_THERE, remarks=remarks if differs else ()
            )
        plan: Plan | tuple[str, ...]
        if fault:
            plan = (fault,)
        elif occurrence > 1:
            plan = (f"This id stands in the file before, on line {first}; only that one is imported.",)
        else:
            plan = self._planner.plan(row.value)
        return self._send(row, legacy_id, occurrence, plan)

    def _send(self, row: Row, legacy_id: str, occurrence: int, plan: Plan | tuple[str, ...]) -> Listed:
        base = {
            "company_id": self._world.company_id, "legacy_id": legacy_id, "occurrence": occurrence,
            "source": row.source, "dry_run": self._dry_run,
        }  # fmt: skip
        try:
            answer = execute(self._client.rpc("import_legacy_execution", {"p": base | _planned(plan)}))
        except ZenError as error:
            raise Unavailable(
                f"The import stopped at line {row.line:,} ({plain(legacy_id, most=60)}). {error.message}",
                hint="What was imported stays; start it again to go on from there.",
            ) from error
        result = Result(answer["result"])
        listed = Listed(line=row.line, legacy_id=legacy_id, result=result)
        if result is Result.IMPORTED and isinstance(plan, Plan):
            self._planner.opened(plan)
            return replace(listed, remarks=plan.remarks, left=_counted(row, plan))
        because = (answer["reason"],) if isinstance(plan, Plan) else plan
        return replace(listed, because=because if result is Result.NOT_MAPPABLE else ())


def identity(row: Row) -> tuple[str, str | None]:
    """The row's id, and what is wrong with it; a row without a usable one goes by the digest of its text."""
    value = row.value.get("execution_id") if isinstance(row.value, Mapping) else None
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    digest = f"no-id:{_digest(row.source)}"
    if not isinstance(row.value, Mapping):
        return digest, "It is not an object."
    if not isinstance(value, str) or not value.strip():
        return digest, "It has no id (“execution_id”)."
    if len(value) > LONGEST_ID or value != plain(value, most=LONGEST_ID):
        return digest, f"Its id is longer than {LONGEST_ID} characters, or holds what cannot be seen."
    return value, None


def _planned(plan: Plan | tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(plan, Plan):
        return {"reason": " ".join(plan)}
    return {"run": plan.run, "steps": plan.steps, "snooze": plan.snooze, "remarks": plan.remarks}


def _counted(row: Row, plan: Plan) -> tuple[str, ...]:
    """Names of what stands in the source only, under the workflow where it was typed."""
    return tuple(f"{row.value.get('workflow_config_id')}: {name}" for name in plan.left)


def _digest(source: str) -> str:
    return hashlib.md5(source.encode(), usedforsecurity=False).hexdigest()
