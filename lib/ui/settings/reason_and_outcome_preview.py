"""What other reasons and outcomes would change, in words and a table."""

from lib.companies.settings_previews import ChangedCode, CodePreview
from lib.content.model import Column, ColumnKind, Table
from lib.text.format import format_count
from lib.text.html import Html
from lib.text.truncate import single_line
from lib.ui.safe_text import draw_html
from lib.ui.tables import draw_table

LIST_NOUNS = {"skip_reasons": "Reason", "outcome_codes": "Outcome"}


def draw_code_preview(preview: CodePreview) -> None:
    """How many codes change and are in use, and each with the runs that name it."""
    draw_html(Html("<h5>{}</h5>").format(describe_code_changes(preview)))
    if preview.changed:
        draw_table(_build_changed_codes_table(preview), key="code_preview")


def describe_code_changes(preview: CodePreview) -> str:
    """ "2 change, 1 is new. Archived codes can no longer be chosen; 3 open and 12 finished runs keep theirs."."""
    parts = [f"{len(preview.changed)} change" if preview.changed else "", f"{preview.added_count} new"]
    sentence = ", ".join(part for part in parts if part and part != "0 new") or "Only the order changes"
    archived = [each for each in preview.changed if _is_newly_archived(each)]
    if not archived:
        return f"{sentence}."
    runs = (
        f"{sum(each.open_count for each in archived)} open and "
        f"{format_count(sum(each.finished_count for each in archived), 'finished run')}"
    )
    return f"{sentence}. Archived codes can no longer be chosen; {runs} keep theirs."


def describe_code_change(each: ChangedCode) -> str:
    """ "Archived", "Renamed to “Left us”", "Different questions" or several of these."""
    before, after = each.before, each.after
    others = [key for key in after if key not in ("code", "label", "is_archived", "categories")]
    parts = [
        "Archived" if _is_newly_archived(each) else "Restored" if before["is_archived"] != after["is_archived"] else "",
        f"Renamed to “{single_line(after['label'])}”" if before["label"] != after["label"] else "",
        "Different questions" if any(before[key] != after[key] for key in others) else "",
        "Different workflows" if set(before.get("categories") or ()) != set(after.get("categories") or ()) else "",
    ]
    return ", ".join(part for part in parts if part)


def _is_newly_archived(each: ChangedCode) -> bool:
    return bool(each.after["is_archived"] and not each.before["is_archived"])


def _build_changed_codes_table(preview: CodePreview) -> Table:
    return Table(
        title="Reasons and outcomes that would change",
        columns=(
            Column(key="kind", label="List"),
            Column(key="label", label="Now"),
            Column(key="change", label="Change"),
            Column(key="open", label="Open runs", kind=ColumnKind.NUMBER),
            Column(key="finished", label="Finished runs", kind=ColumnKind.NUMBER),
        ),
        rows=tuple(
            {
                "kind": LIST_NOUNS[each.list],
                "label": each.before["label"],
                "change": describe_code_change(each),
                "open": each.open_count,
                "finished": each.finished_count,
            }
            for each in preview.changed
        ),
    )
