"""What became of the runs of a workflow, by version and by slide; counts, with no judgement in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from lib.text.format import humanize_code

LEAST_RUNS = 20
"""With fewer runs than this a share says little, and two versions are not compared."""


@dataclass(frozen=True, kw_only=True)
class CodeCount:
    """How many runs ended with an outcome, or were skipped for a reason; `code` is None for one that was not given."""

    code: str | None
    runs: int


@dataclass(frozen=True, kw_only=True)
class VersionUse:
    """A version, and the runs pinned to it now.

    `stopped`: abandoned, or active and unchanged for 30 days. `median_days` is from start to completion. The ARR is of
    the `arr_runs` completed runs whose outcome says one, before and after.
    """

    version: int
    published_at: datetime
    started: int
    open: int
    completed: int
    skipped: int
    abandoned: int
    stopped: int
    median_days: Decimal | None
    arr_runs: int
    arr_before: Decimal | None
    arr_after: Decimal | None
    outcomes: tuple[CodeCount, ...]
    skip_reasons: tuple[CodeCount, ...]

    @property
    def ended(self) -> int:
        return self.completed + self.skipped + self.abandoned


@dataclass(frozen=True, kw_only=True)
class SlideUse:
    """How many runs came to a slide of a version, skipped it (and why), and stopped at it."""

    version: int
    place: int
    slide_id: str
    reached: int
    skipped: int
    stopped: int
    reasons: tuple[CodeCount, ...]


@dataclass(frozen=True, kw_only=True)
class Effectiveness:
    """All versions, newest first, and the slides of those with runs in their order. Labels are by code."""

    definition_id: str
    versions: tuple[VersionUse, ...]
    slides: tuple[SlideUse, ...]
    outcome_labels: Mapping[str, str]
    reason_labels: Mapping[str, str]

    @property
    def used_versions(self) -> tuple[VersionUse, ...]:
        return tuple(version for version in self.versions if version.started)

    def find_version(self, number: int) -> VersionUse | None:
        return next((version for version in self.versions if version.version == number), None)

    def slides_of(self, number: int) -> tuple[SlideUse, ...]:
        return tuple(slide for slide in self.slides if slide.version == number)

    def label_outcome(self, code: str | None) -> str:
        return self.outcome_labels.get(code or "") or humanize_code(code)

    def label_reason(self, code: str | None) -> str:
        return self.reason_labels.get(code or "") or ("no reason given" if code is None else humanize_code(code))
