"""From a row of the export to a run of ours, or to all the reasons why it cannot be one. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lib.errors import InvalidInput
from lib.slides.words import listed, plain
from lib.workflows.composer import compose
from lib.workflows.legacy.facts import Facts, quoted
from lib.workflows.legacy.mapping import STATUSES, LegacyMapping
from lib.workflows.legacy.placing import OPEN, placed_on
from lib.workflows.legacy.world import World
from lib.workflows.model import ComposedWorkflow, WorkflowVersion

KNOWN = frozenset({
    "execution_id", "workflow_config_id", "customer", "user", "status", "current_step", "step_data", "started_at",
    "updated_at", "completed_at", "due_date", "outcome", "amount", "reason", "notes", "snoozed_until", "snooze_reason",
})  # fmt: skip
"""Keys of a row that mean something here; others stand in the source."""

_ENDED = ("completed", "skipped", "abandoned")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What `import_legacy_execution` is to make; `left` names what stands in the source only."""

    run: Mapping[str, Any]
    steps: tuple[Mapping[str, Any], ...]
    snooze: Mapping[str, Any] | None
    remarks: tuple[str, ...]
    left: tuple[str, ...]


class Planner:
    """Plans rows for one company. Raises InvalidInput when the mapping itself does not fit what is in the database."""

    def __init__(self, world: World, mapping: LegacyMapping, now: datetime) -> None:
        self._world, self._mapping, self._now = world, mapping, now
        self._open = set(world.open_runs)
        self._workflows: dict[str, tuple[WorkflowVersion, ComposedWorkflow]] = {}
        faults = [fault for name in mapping.workflows for fault in self._faults_of(name)]
        if faults:
            raise InvalidInput(f"The mapping does not fit the workflows that are here. {' '.join(faults)}")

    def opened(self, plan: Plan) -> None:
        """One more run is open, be it only in a dry run: another of the same customer and workflow cannot be."""
        if plan.run["status"] in OPEN:
            self._open.add((plan.run["customer_id"], plan.run["workflow_id"]))

    def plan(self, row: Any) -> Plan | tuple[str, ...]:
        """The run a row becomes, or every reason why it becomes none."""
        if not isinstance(row, Mapping):
            return ("It is not an object.",)
        facts = Facts(row, self._now, self._mapping.time_zone)
        config = facts.words("workflow_config_id", "which workflow it ran")
        status = self._status(facts)
        run = {"status": status, **self._customer(facts), **self._owner(facts, status), **_times(facts, status)}
        found = self._workflow(config) if config else None
        if config and found is None:
            facts.faults.append(f"The workflow {quoted(config)} is not mapped, and there is none of that id.")
        steps: tuple[Mapping[str, Any], ...] = ()
        left = tuple(str(key) for key in row if key not in KNOWN)
        if config and found and status:
            version, workflow = found
            placed = placed_on(facts, self._mapping.workflow(config), workflow, status)
            steps, left = placed.steps, left + placed.left
            pinned = {"workflow_id": version.workflow_id, "definition_version_id": version.id}
            run |= pinned | {"current_slide": placed.current}
        run |= self._outcome(facts, status)
        snooze = _snooze(facts) if status == "snoozed" else None
        if status in OPEN and (run.get("customer_id"), run.get("workflow_id")) in self._open:
            facts.faults.append("An open run of this workflow exists already for this customer.")
        if facts.faults:
            return tuple(dict.fromkeys(facts.faults))
        return Plan(run=run, steps=steps, snooze=snooze, remarks=(*facts.remarks, *_said(left)), left=left)

    def _status(self, facts: Facts) -> str | None:
        given = facts.words("status", "its status")
        if given is None:
            return None
        status = self._mapping.statuses.get(given) or STATUSES.get(given.lower())
        if status is None:
            facts.faults.append(f"The status {quoted(given)} is not mapped.")
        return status

    def _customer(self, facts: Facts) -> dict[str, Any]:
        given = facts.words("customer", "which customer it is about")
        if given is None:
            return {}
        name = self._mapping.customers.get(given, given).strip().casefold()
        found = self._world.customers.get(name, ())
        if len(found) != 1:
            said = "is not known" if not found else "is the name of several; the mapping can name one by its id"
            facts.faults.append(f"The customer {quoted(given)} {said}.")
        return {"customer_id": found[0]} if len(found) == 1 else {}

    def _owner(self, facts: Facts, status: str | None) -> dict[str, Any]:
        given = facts.words("user", "whose it was")
        if given is None:
            return {}
        found = self._world.people.get(self._mapping.people.get(given, given).strip().lower())
        if found is None:
            facts.faults.append(f"The person {quoted(given)} is not known.")
        elif status in OPEN and not found.is_active:
            facts.faults.append(
                f"{plain(found.full_name, most=80)} has left, and the run is open: map it to somebody else."
            )
        return {"owner_id": found.id} if found else {}

    def _outcome(self, facts: Facts, status: str | None) -> dict[str, Any]:
        if status == "skipped":
            given = str(facts.row.get("outcome") or "")
            words = facts.text("reason", 2000) or facts.text("notes", 2000) or "Left out in the earlier system."
            return {"skip_reason": self._mapping.skip_reasons.get(given, "other"), "skip_words": words}
        if status not in _ENDED:
            if any(facts.row.get(key) not in (None, "") for key in ("outcome", "amount", "reason", "notes")):
                facts.remarks.append("It is open: its outcome, reason and notes stand in the source only.")
            return {}
        told = {"outcome_reason": facts.text("reason", 20_000), "outcome_notes": facts.text("notes", 200_000)}
        if status == "abandoned":
            return told
        outcome = facts.words("outcome", "how it ended")
        code = self._mapping.outcomes.get(outcome) or plain(outcome, most=80) if outcome else None
        return told | {"outcome_code": code, "outcome_amount": facts.amount("amount")}

    def _workflow(self, config: str) -> tuple[WorkflowVersion, ComposedWorkflow] | None:
        rule = self._mapping.workflow(config)
        key = f"{rule.workflow_id}/{rule.version}"
        if key not in self._workflows:
            offered = self._world.versions.get(rule.workflow_id, ())
            version = next((found for found in offered if rule.version in (None, found.version)), None)
            if version is None:
                return None
            self._workflows[key] = (version, compose(version))
        return self._workflows[key]

    def _faults_of(self, config: str) -> list[str]:
        rule, found = self._mapping.workflow(config), self._workflow(config)
        number = f" in version {rule.version}" if rule.version else ""
        if found is None:
            return [f"{quoted(config)}: there is no workflow “{plain(rule.workflow_id, most=80)}”{number}."]
        slides = {step.slide for step in rule.steps if step.slide} - set(found[1].slide_ids)
        return [f"{quoted(config)}: {listed(sorted(slides))} is not in {rule.workflow_id}."] if slides else []


def _times(facts: Facts, status: str | None) -> dict[str, Any]:
    started, updated, ended = facts.moment("started_at"), facts.moment("updated_at"), facts.moment("completed_at")
    if started is None and not any("started_at" in fault for fault in facts.faults):
        facts.faults.append("It does not say when it began (“started_at”).")
    if status in _ENDED:
        ended = ended or updated
        if ended is None and started is not None:
            facts.faults.append("It has ended, and does not say when (“completed_at” or “updated_at”).")
    elif ended is not None:
        facts.faults.append("It says when it was completed, and that it is open.")
    if started and ended and ended < started:
        facts.faults.append("It ended before it began.")
    if started and updated and updated < started:
        facts.remarks.append("It was last changed before it began; the beginning stands for both.")
    last = max((moment for moment in (started, updated, ended) if moment), default=None)
    due = facts.day("due_date")
    return {
        "started_at": _iso(started), "updated_at": _iso(last), "ended_at": _iso(ended if status in _ENDED else None),
        "due_on": due.isoformat() if due else None,
    }  # fmt: skip


def _snooze(facts: Facts) -> dict[str, Any]:
    until = facts.moment("snoozed_until", past=False)
    if until is None and not any("snoozed_until" in fault for fault in facts.faults):
        facts.faults.append("It is snoozed, and does not say until when (“snoozed_until”).")
    reason = facts.text("snooze_reason", 2000) or "Snoozed in the earlier system."
    return {"until_at": _iso(until), "reason": reason}


def _said(left: tuple[str, ...]) -> tuple[str, ...]:
    if not left:
        return ()
    names = [plain(name, most=60) for name in left[:12]] + ([f"{len(left) - 12} more"] if len(left) > 12 else [])
    return (f"In the source only: {listed(names)}.",)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
