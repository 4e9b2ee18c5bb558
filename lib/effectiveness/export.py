"""The figures of a workflow as a file: a row for each version, and one for each of its slides."""

from lib.content.model import Cell
from lib.effectiveness.model import CodeCount, Effectiveness, SlideUse, VersionUse
from lib.files.spreadsheet_writer import build_csv
from lib.text.share_interval import compute_wilson_interval

HEAD = (
    "Version", "Slide", "Started or came to it", "Open", "Completed", "Completed from (95%)", "Completed to (95%)",
    "Skipped", "Skipped from (95%)", "Skipped to (95%)", "Abandoned", "Stopped", "Median days", "Runs with ARR",
    "ARR before", "ARR after", "Outcomes", "Skip reasons",
)  # fmt: skip


def export_effectiveness_csv(found: Effectiveness) -> bytes:
    """Every count there is, with the intervals of shares in percent."""
    rows: list[tuple[Cell, ...]] = [HEAD]
    for version in found.versions:
        rows.append(_build_version_cells(found, version))
        rows += [_build_slide_cells(found, slide) for slide in found.slides_of(version.version)]
    return build_csv(rows)


def _build_version_cells(found: Effectiveness, version: VersionUse) -> tuple[Cell, ...]:
    return (
        version.version, None, version.started, version.open, version.completed,
        *_compute_percent_interval(version.completed, version.ended), version.skipped,
        *_compute_percent_interval(version.skipped, version.ended), version.abandoned, version.stopped,
        version.median_days, version.arr_runs, version.arr_before, version.arr_after,
        _format_code_counts([(found.label_outcome(each.code), each) for each in version.outcomes]),
        _format_code_counts([(found.label_reason(each.code), each) for each in version.skip_reasons]),
    )  # fmt: skip


def _build_slide_cells(found: Effectiveness, slide: SlideUse) -> tuple[Cell, ...]:
    return (
        slide.version, slide.slide_id, slide.reached, None, None, None, None, slide.skipped,
        *_compute_percent_interval(slide.skipped, slide.reached), None, slide.stopped, None, None, None, None, None,
        _format_code_counts([(found.label_reason(each.code), each) for each in slide.reasons]),
    )  # fmt: skip


def _compute_percent_interval(hits: int, count: int) -> tuple[Cell, Cell]:
    if not count:
        return (None, None)
    low, high = compute_wilson_interval(hits, count)
    return (round(low * 100), round(high * 100))


def _format_code_counts(counts: list[tuple[str, CodeCount]]) -> str:
    return "; ".join(f"{label}: {each.runs}" for label, each in counts)
