"""What became of runs, as tables and charts. Pure."""

from collections.abc import Iterable

from lib.content.model import Cell, Chart, ChartKind, Column, ColumnKind, Point, Series, Table
from lib.effectiveness.model import CodeCount, Effectiveness, SlideUse, VersionUse
from lib.effectiveness.version_use_comparison import compare_versions, describe_median_days, describe_retained_arr
from lib.slides.library import LIBRARY
from lib.slides.model import SlideId
from lib.slides.slide_address import format_slide_name, get_slide_id_of_address
from lib.text.format import format_count
from lib.text.share_interval import format_share

SOURCE = "runs of your company that you may see, each under the version it is on now"
SHARES_NOTE = "in brackets the 95% interval (Wilson)"


def format_slide_title(address: str) -> str:
    """The title of a slide of the library, with the label of its address; an unknown one by its id."""
    slide_id = get_slide_id_of_address(address)
    return format_slide_name(LIBRARY[SlideId(slide_id)].title if slide_id in LIBRARY else slide_id, address)


def build_version_table(found: Effectiveness) -> Table:
    """A row for each version: its runs, how they ended, how long they took and what ARR they kept."""
    return Table(
        title="Runs by version",
        columns=(
            Column(key="version", label="Version", kind=ColumnKind.NUMBER),
            Column(key="published", label="Published", kind=ColumnKind.DATE),
            Column(key="started", label="Started", kind=ColumnKind.NUMBER),
            Column(key="open", label="Open", kind=ColumnKind.NUMBER),
            Column(key="completed", label="Completed, of those ended"),
            Column(key="skipped", label="Skipped", kind=ColumnKind.NUMBER),
            Column(key="abandoned", label="Abandoned", kind=ColumnKind.NUMBER),
            Column(key="stopped", label="Stopped", kind=ColumnKind.NUMBER),
            Column(key="days", label="Median to completion"),
            Column(key="arr", label="Retained ARR"),
        ),
        rows=tuple(_build_version_row(version) for version in found.versions),
        source=f"{SOURCE}; {SHARES_NOTE}",
    )


def _build_version_row(version: VersionUse) -> dict[str, Cell]:
    return {
        "version": version.version,
        "published": version.published_at.date(),
        "started": version.started,
        "open": version.open,
        "completed": format_share(version.completed, version.ended) if version.ended else "none ended",
        "skipped": version.skipped,
        "abandoned": version.abandoned,
        "stopped": version.stopped,
        "days": describe_median_days(version),
        "arr": describe_retained_arr(version),
    }


def build_slide_table(found: Effectiveness, version: VersionUse) -> Table:
    """A row for each slide: how many runs came to it, skipped it and why, and stopped there."""
    return Table(
        title=f"Slides of version {version.version}",
        columns=(
            Column(key="slide", label="Slide"),
            Column(key="reached", label="Came to it", kind=ColumnKind.NUMBER),
            Column(key="skipped", label="Skipped it"),
            Column(key="reasons", label="Why"),
            Column(key="stopped", label="Stopped here", kind=ColumnKind.NUMBER),
        ),
        rows=tuple(_build_slide_row(found, slide) for slide in found.slides_of(version.version)),
        empty="No run of this version yet.",
        source=f"{SOURCE}; {SHARES_NOTE}",
    )


def _build_slide_row(found: Effectiveness, slide: SlideUse) -> dict[str, Cell]:
    return {
        "slide": f"{slide.place}. {format_slide_title(slide.slide_id)}",
        "reached": slide.reached,
        "skipped": format_share(slide.skipped, slide.reached) if slide.skipped else format_count(0),
        "reasons": ", ".join(f"{found.label_reason(each.code)} ({each.runs})" for each in slide.reasons),
        "stopped": slide.stopped,
    }


def build_slide_chart(found: Effectiveness, version: VersionUse) -> Chart:
    """Runs that skipped each slide beside those that stopped there."""
    slides = found.slides_of(version.version)
    shown = [slide for slide in slides if slide.skipped or slide.stopped]
    return Chart(
        title=f"Where runs of version {version.version} skip or stop",
        kind=ChartKind.BAR,
        series=(
            Series(name="Skipped it", points=_build_slide_points((s.slide_id, s.skipped) for s in shown)),
            Series(name="Stopped here", points=_build_slide_points((s.slide_id, s.stopped) for s in shown)),
        ),
        x_label="slide",
        y_label="runs",
        y_scale=(0, max(max(slide.skipped, slide.stopped) for slide in shown)) if shown else None,
        empty=f"No slide of version {version.version} was skipped, and no run stopped.",
        source=SOURCE,
    )


def _build_slide_points(counts: Iterable[tuple[str, int]]) -> tuple[Point, ...]:
    return tuple(Point(x=format_slide_title(slide), y=float(runs)) for slide, runs in counts)


def build_outcome_table(found: Effectiveness, version: VersionUse) -> Table:
    """How completed runs ended, and why whole runs were skipped."""
    outcomes = [(found.label_outcome(each.code), "completed", each, version.completed) for each in version.outcomes]
    skips = [(found.label_reason(each.code), "skipped", each, version.skipped) for each in version.skip_reasons]
    return Table(
        title=f"How runs of version {version.version} ended",
        columns=(
            Column(key="kind", label="Run"),
            Column(key="end", label="Outcome or reason"),
            Column(key="share", label="Runs"),
        ),
        rows=tuple(_build_outcome_row(*each) for each in (*outcomes, *skips)),
        empty="No run of this version has ended with an outcome or a reason.",
        source=f"{SOURCE}; {SHARES_NOTE}",
    )


def _build_outcome_row(label: str, kind: str, each: CodeCount, of: int) -> dict[str, Cell]:
    return {"kind": kind, "end": label, "share": format_share(each.runs, of)}


def build_comparison_table(found: Effectiveness, first: VersionUse, second: VersionUse) -> Table:
    """Two versions side by side, with what may be said of the difference."""
    return Table(
        title=f"Version {first.version} beside version {second.version}",
        columns=(
            Column(key="figure", label="Figure"),
            Column(key="first", label=f"Version {first.version}"),
            Column(key="second", label=f"Version {second.version}"),
            Column(key="verdict", label=f"Version {first.version} is"),
        ),
        rows=tuple(
            {"figure": each.label, "first": each.first, "second": each.second, "verdict": each.verdict}
            for each in compare_versions(found, first, second)
        ),
        source=f"{SOURCE}; the interval of a difference is Newcombe's (95%)",
    )
