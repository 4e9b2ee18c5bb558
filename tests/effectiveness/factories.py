"""Counts of runs as the database answers them."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from lib.effectiveness.model import CodeCount, Effectiveness, SlideUse, VersionUse


def make_version(number: int = 1, **given: Any) -> VersionUse:
    counts = dict.fromkeys(("started", "open", "completed", "skipped", "abandoned", "stopped", "arr_runs"), 0)
    nothing = {"median_days": None, "arr_before": None, "arr_after": None, "outcomes": (), "skip_reasons": ()}
    return VersionUse(version=number, published_at=datetime(2026, 6, 1, tzinfo=UTC), **counts | nothing | given)


def make_slide(slide_id: str = "greeting", version: int = 1, **given: Any) -> SlideUse:
    counts: dict[str, Any] = {"place": 1, "reached": 0, "skipped": 0, "stopped": 0, "reasons": ()}
    return SlideUse(slide_id=slide_id, version=version, **counts | given)


def make_effectiveness(*versions: VersionUse, slides: tuple[SlideUse, ...] = ()) -> Effectiveness:
    return Effectiveness(
        definition_id="d", versions=versions, slides=slides,
        outcome_labels={"renewed": "Renewed", "churned": "Churned"},
        reason_labels={"not_relevant": "Does not apply here", "no_data": "No data for this"},
    )  # fmt: skip


def make_counts(**runs: int) -> tuple[CodeCount, ...]:
    return tuple(CodeCount(code=code, runs=count) for code, count in runs.items())


ARR = {"arr_runs": 2, "arr_before": Decimal(100_000), "arr_after": Decimal(90_000)}
