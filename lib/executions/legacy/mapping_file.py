"""The mapping file: which id of the earlier system is which of ours. Ids it does not name stay as they are."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from lib.errors import InvalidInput
from lib.executions.legacy.legacy_export_reader import read_json_file
from lib.text.truncate import single_line

MappedStatus = Literal["active", "snoozed", "completed", "skipped", "abandoned"]

DEFAULT_STATUSES: Mapping[str, MappedStatus] = {
    "in_progress": "active", "active": "active", "snoozed": "snoozed", "completed": "completed", "skipped": "skipped",
    "cancelled": "abandoned", "abandoned": "abandoned",
}  # fmt: skip
"""What a status means when the mapping does not say otherwise."""


class _StrictModel(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FieldRule(_StrictModel):
    """The field of the slide's form, and its value by the old one where they differ."""

    field: str
    values: dict[str, Any] = Field(default_factory=dict)


class StepRule(_StrictModel):
    """A step of the old workflow and the slide it became; no slide: what was typed there stays in the source."""

    step: str
    slide: str | None = None
    fields: dict[str, str | FieldRule] = Field(default_factory=dict)

    def find_field_rule(self, name: str) -> FieldRule:
        found = self.fields.get(name, name)
        return found if isinstance(found, FieldRule) else FieldRule(field=found)


class WorkflowRule(_StrictModel):
    """The workflow an old one became. `steps` are in the old order; without them they are the slides themselves."""

    workflow_id: str
    version: int | None = Field(default=None, ge=1)
    steps: tuple[StepRule, ...] = ()


class LegacyMapping(_StrictModel):
    """All that the mapping file may say."""

    format: Literal["zen-legacy-mapping/1"] = "zen-legacy-mapping/1"
    time_zone: str | None = None
    workflows: dict[str, WorkflowRule] = Field(default_factory=dict)
    customers: dict[str, str] = Field(default_factory=dict)
    people: dict[str, str] = Field(default_factory=dict)
    statuses: dict[str, MappedStatus] = Field(default_factory=dict)
    outcomes: dict[str, str] = Field(default_factory=dict)
    skip_reasons: dict[str, str] = Field(default_factory=dict)

    @field_validator("time_zone")
    @classmethod
    def _require_known_time_zone(cls, name: str | None) -> str | None:
        if name is not None:
            try:
                ZoneInfo(name)
            except (KeyError, ValueError, OSError) as error:
                raise ValueError("there is no such time zone") from error
        return name

    def find_workflow_rule(self, config_id: str) -> WorkflowRule:
        return self.workflows.get(config_id) or WorkflowRule(workflow_id=config_id)


def read_mapping_file(path: Path | None) -> LegacyMapping:
    """The mapping file, or an empty one for None. Raises InvalidInput naming every fault in it."""
    if path is None:
        return LegacyMapping()
    try:
        return LegacyMapping.model_validate(read_json_file(path))
    except ValidationError as error:
        errors = [
            f"{single_line('.'.join(map(str, fault['loc'])), max_length=120)}: {fault['msg'].lower()}"
            for fault in error.errors(include_url=False, include_input=False)
        ]
        raise InvalidInput(f"{path.name} cannot be used. {'; '.join(errors)}.") from error
