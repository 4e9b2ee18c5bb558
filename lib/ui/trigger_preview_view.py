"""The dry run of a trigger: whom it fits today, why, and for whom a run would begin."""

from lib.content.model import Column, Table
from lib.customers.start_reason import describe_start_reason
from lib.text.format import format_count
from lib.ui.tables import draw_table
from lib.workflows.trigger_rule import StartBlocker, TriggerMatch, TriggerPreview

BLOCKERS = {
    StartBlocker.OPEN: "No, a run is open",
    StartBlocker.RECENT: "No, a run began within the period",
}


def draw_trigger_preview(preview: TriggerPreview, *, key: str) -> None:
    """A sentence and a table; long ones scroll and can be downloaded."""
    draw_table(build_trigger_preview_table(preview), key=key)


def build_trigger_preview_table(preview: TriggerPreview) -> Table:
    return Table(
        title=describe_trigger_preview(preview),
        columns=tuple(
            Column(key=key, label=label)
            for key, label in (
                ("customer", "Customer"),
                ("owner", "Owner"),
                ("because", "Why"),
                ("begins", "A run would begin"),
            )
        ),
        rows=tuple(_build_row(match) for match in preview.customers),
        empty="It fits no customer today.",
    )


def describe_trigger_preview(preview: TriggerPreview) -> str:
    """ "Fits 12 customers today; 8 runs would begin. 3 more wait: at most 50 runs a day begin by themselves."."""
    fits = format_count(preview.matching_count, "customer")
    begin = format_count(preview.starting_count - preview.waiting_count, "run")
    text = f"Fits {fits} today; {begin} would begin."
    if preview.waiting_count:
        text += f" {preview.waiting_count} more wait: at most {preview.most_a_day} runs a day begin by themselves."
    if len(preview.customers) < preview.matching_count:
        text += f" The first {len(preview.customers)} are listed."
    return text


def _build_row(match: TriggerMatch) -> dict[str, str]:
    begins = BLOCKERS[match.blocked_by] if match.blocked_by else "Yes"
    return {
        "customer": match.customer_name,
        "owner": match.owner_name,
        "because": describe_start_reason(match.why),
        "begins": begins,
    }
