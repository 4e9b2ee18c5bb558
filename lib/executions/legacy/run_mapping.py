"""Maps a row of the export to a run, or to all the reasons why it cannot be one. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lib.errors import InvalidInput
from lib.executions.legacy.export_row_fields import RowReader, format_quoted_value
from lib.executions.legacy.import_context import ImportContext
from lib.executions.legacy.mapping_file import DEFAULT_STATUSES, LegacyMapping
from lib.executions.legacy.step_mapping import IMPORTABLE_OPEN_STATUSES, map_old_steps
from lib.text.format import join_names
from lib.text.truncate import single_line
from lib.workflows.composer import compose_workflow
from lib.workflows.model import ComposedWorkflow, WorkflowVersion

KNOWN_KEYS = frozenset({
    "execution_id", "workflow_config_id", "customer", "user", "status", "current_step", "step_data", "started_at",
    "updated_at", "completed_at", "due_date", "outcome", "amount", "reason", "notes", "snoozed_until", "snooze_reason",
})  # fmt: skip
"""Keys of a row that are read; others stay in the source only."""

_FINAL_STATUSES = ("completed", "skipped", "abandoned")


@dataclass(frozen=True, kw_only=True)
class MappedRun:
    """The arguments of `import_legacy_execution`; `unmapped` names what stays in the source only."""

    run: Mapping[str, Any]
    steps: tuple[Mapping[str, Any], ...]
    snooze: Mapping[str, Any] | None
    remarks: tuple[str, ...]
    unmapped: tuple[str, ...]


class RunMapper:
    """Maps the rows of one company. Raises InvalidInput if the mapping does not fit the database."""

    def __init__(self, context: ImportContext, mapping: LegacyMapping, now: datetime) -> None:
        self._context, self._mapping, self._now = context, mapping, now
        self._open = set(context.open_runs)
        self._workflows: dict[str, tuple[WorkflowVersion, ComposedWorkflow]] = {}
        errors = [fault for name in mapping.workflows for fault in self._find_mapping_rule_errors(name)]
        errors += self._find_unknown_mapped_codes()
        if errors:
            raise InvalidInput(f"The mapping does not fit what is here. {' '.join(errors)}")

    def add_open_run(self, plan: MappedRun) -> None:
        """Note a run as open, in a dry run too: a second one of that customer and workflow is an error."""
        if plan.run["status"] in IMPORTABLE_OPEN_STATUSES:
            self._open.add((plan.run["customer_id"], plan.run["workflow_id"]))

    def map_export_row(self, row: Any) -> MappedRun | tuple[str, ...]:
        """The run a row becomes, or every reason why it cannot be one."""
        if not isinstance(row, Mapping):
            return ("It is not an object.",)
        reader = RowReader(row, self._now, self._mapping.time_zone)
        config = reader.read_required_text("workflow_config_id", "which workflow it ran")
        status = self._map_status(reader)
        run = {
            "status": status,
            **self._map_customer(reader),
            **self._map_person(reader, status),
            **_map_run_times(reader, status),
        }
        found = self._find_workflow(config) if config else None
        if config and found is None:
            reader.errors.append(
                f"The workflow {format_quoted_value(config)} is not mapped, and there is none of that id."
            )
        steps: tuple[Mapping[str, Any], ...] = ()
        left = tuple(str(key) for key in row if key not in KNOWN_KEYS)
        if config and found and status:
            version, workflow = found
            placed = map_old_steps(
                reader, self._mapping.find_workflow_rule(config), workflow, status, self._context.rules
            )
            steps, left = placed.steps, left + placed.unmapped
            pinned = {"workflow_id": version.workflow_id, "definition_version_id": version.id}
            run |= pinned | {"current_slide": placed.current}
        run |= self._map_outcome(reader, status)
        snooze = _map_run_snooze(reader) if status == "snoozed" else None
        if status in IMPORTABLE_OPEN_STATUSES and (run.get("customer_id"), run.get("workflow_id")) in self._open:
            reader.errors.append("This customer already has an open run of this workflow.")
        if reader.errors:
            return tuple(dict.fromkeys(reader.errors))
        return MappedRun(
            run=run,
            steps=steps,
            snooze=snooze,
            remarks=(*reader.remarks, *_describe_unmapped_names(left)),
            unmapped=left,
        )

    def _map_status(self, reader: RowReader) -> str | None:
        given = reader.read_required_text("status", "its status")
        if given is None:
            return None
        status = self._mapping.statuses.get(given) or DEFAULT_STATUSES.get(given.lower())
        if status is None:
            reader.errors.append(f"The status {format_quoted_value(given)} is not mapped.")
        return status

    def _map_customer(self, reader: RowReader) -> dict[str, Any]:
        given = reader.read_required_text("customer", "which customer it is about")
        if given is None:
            return {}
        name = self._mapping.customers.get(given, given).strip().casefold()
        found = self._context.customers.get(name, ())
        if len(found) != 1:
            said = "is not known" if not found else "is the name of several; the mapping can name one by its id"
            reader.errors.append(f"The customer {format_quoted_value(given)} {said}.")
        return {"customer_id": found[0]} if len(found) == 1 else {}

    def _map_person(self, reader: RowReader, status: str | None) -> dict[str, Any]:
        """Whose run it was. Where that is not the customer's owner, the run is assigned to them."""
        given = reader.read_required_text("user", "whose it was")
        if given is None:
            return {}
        found = self._context.people.get(self._mapping.people.get(given, given).strip().lower())
        if found is None:
            reader.errors.append(f"The person {format_quoted_value(given)} is not known.")
        elif status in IMPORTABLE_OPEN_STATUSES and not found.is_active:
            reader.errors.append(
                f"{single_line(found.full_name, max_length=80)} has left, and the run is open: map it to somebody else."
            )
        return {"assigned_to": found.id} if found else {}

    def _map_outcome(self, reader: RowReader, status: str | None) -> dict[str, Any]:
        if status == "skipped":
            given = str(reader.row.get("outcome") or "")
            words = (
                reader.read_text("reason", 2000) or reader.read_text("notes", 2000) or "Left out in the earlier system."
            )
            return {"skip_reason": self._mapping.skip_reasons.get(given, "other"), "skip_words": words}
        if status not in _FINAL_STATUSES:
            if any(reader.row.get(key) not in (None, "") for key in ("outcome", "amount", "reason", "notes")):
                reader.remarks.append("It is open: its outcome, reason and notes stand in the source only.")
            return {}
        outcome_row = {
            "outcome_reason": reader.read_text("reason", 20_000),
            "outcome_notes": reader.read_text("notes", 200_000),
        }
        if status == "abandoned":
            return outcome_row
        outcome = reader.read_required_text("outcome", "how it ended")
        code = self._mapping.outcomes.get(outcome) or single_line(outcome, max_length=80) if outcome else None
        return outcome_row | {"outcome_code": code, "outcome_amount": reader.read_amount("amount")}

    def _find_workflow(self, config: str) -> tuple[WorkflowVersion, ComposedWorkflow] | None:
        rule = self._mapping.find_workflow_rule(config)
        key = f"{rule.workflow_id}/{rule.version}"
        if key not in self._workflows:
            offered = self._context.versions.get(rule.workflow_id, ())
            version = next((found for found in offered if rule.version in (None, found.version)), None)
            if version is None:
                return None
            self._workflows[key] = (version, compose_workflow(version))
        return self._workflows[key]

    def _find_unknown_mapped_codes(self) -> list[str]:
        rules = self._context.rules
        outcomes, reasons = {each.code for each in rules.outcome_codes}, {each.code for each in rules.skip_reasons}
        unknown = [
            f"{format_quoted_value(code)} is no outcome."
            for code in self._mapping.outcomes.values()
            if code not in outcomes
        ]
        return unknown + [
            f"{format_quoted_value(code)} is no reason to skip."
            for code in self._mapping.skip_reasons.values()
            if code not in reasons
        ]

    def _find_mapping_rule_errors(self, config: str) -> list[str]:
        rule, found = self._mapping.find_workflow_rule(config), self._find_workflow(config)
        number = f" in version {rule.version}" if rule.version else ""
        if found is None:
            workflow = single_line(rule.workflow_id, max_length=80)
            return [f"{format_quoted_value(config)}: there is no workflow “{workflow}”{number}."]
        slides = {step.slide for step in rule.steps if step.slide} - set(found[1].slide_ids)
        return (
            [f"{format_quoted_value(config)}: {join_names(sorted(slides))} is not in {rule.workflow_id}."]
            if slides
            else []
        )


def _map_run_times(reader: RowReader, status: str | None) -> dict[str, Any]:
    started, updated, ended = (
        reader.read_time("started_at"),
        reader.read_time("updated_at"),
        reader.read_time("completed_at"),
    )
    if started is None and not any("started_at" in fault for fault in reader.errors):
        reader.errors.append("It does not say when it began (“started_at”).")
    if status in _FINAL_STATUSES:
        ended = ended or updated
        if ended is None and started is not None:
            reader.errors.append("It has ended, and does not say when (“completed_at” or “updated_at”).")
    elif ended is not None:
        reader.errors.append("It says when it was completed, and that it is open.")
    if started and ended and ended < started:
        reader.errors.append("It ended before it began.")
    if started and updated and updated < started:
        reader.remarks.append("It was last changed before it began; the beginning stands for both.")
    last = max((moment for moment in (started, updated, ended) if moment), default=None)
    due = reader.read_day("due_date")
    return {
        "started_at": _to_iso_text(started), "updated_at": _to_iso_text(last),
        "ended_at": _to_iso_text(ended if status in _FINAL_STATUSES else None),
        "due_on": due.isoformat() if due else None,
    }  # fmt: skip


def _map_run_snooze(reader: RowReader) -> dict[str, Any]:
    until = reader.read_time("snoozed_until", past=False)
    if until is None and not any("snoozed_until" in fault for fault in reader.errors):
        reader.errors.append("It is snoozed, and does not say until when (“snoozed_until”).")
    reason = reader.read_text("snooze_reason", 2000) or "Snoozed in the earlier system."
    return {"until_at": _to_iso_text(until), "reason": reason}


def _describe_unmapped_names(left: tuple[str, ...]) -> tuple[str, ...]:
    if not left:
        return ()
    names = [single_line(name, max_length=60) for name in left[:12]] + (
        [f"{len(left) - 12} more"] if len(left) > 12 else []
    )
    return (f"In the source only: {join_names(names)}.",)


def _to_iso_text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
