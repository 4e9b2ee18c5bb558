"""What other rules of health or priority would change, in words and a table."""

from lib.companies.score_rules import BackTest, RulePreview, ScoreKind
from lib.content.model import Column, ColumnKind, Table
from lib.text.format import format_count
from lib.text.html import Html
from lib.ui.safe_text import draw_html
from lib.ui.tables import draw_table

BAND_NAMES = {
    ScoreKind.HEALTH: {"green": "Green", "yellow": "Yellow", "red": "Red", "none": "No score"},
    ScoreKind.PRIORITY: {"today": "On Today", "later": "Later", "none": "No score"},
}
FLAGGED = {ScoreKind.HEALTH: "red", ScoreKind.PRIORITY: "on Today"}


def draw_rule_preview(kind: ScoreKind, preview: RulePreview) -> None:
    """How many customers move, which, and what the rules would have said of closed renewals."""
    names = BAND_NAMES[kind]
    draw_html(Html("<h5>{}</h5>").format(_describe_moved_customers(preview)))
    draw_html(Html('<p class="zen-muted">{}</p>').format(_describe_band_changes(preview, names)))
    if preview.changed:
        draw_table(_build_moved_customers_table(preview, names), key=f"rule_preview_{kind}")
    draw_html(Html("<p>{}</p>").format(describe_back_test(kind, preview)))


def describe_back_test(kind: ScoreKind, preview: RulePreview) -> str:
    """ "These rules would have flagged (red) 6 of 9 losses 60 days ahead, with 4 false alarms; the current rules …"."""
    after, before = preview.back_test_after, preview.back_test_before
    if after.n == 0:
        return "There are no closed renewals with a score to try these rules on."
    sentence = (
        f"These rules would have flagged ({FLAGGED[kind]}) {_describe_flagged_losses(after)} "
        f"{preview.days_ahead} days ahead; "
        f"the current rules {_describe_flagged_losses(before).removesuffix(',')}."
    )
    warning = f" That is from {format_count(after.n, 'closed renewal')} only: too few to rely on."
    return sentence + (warning if after.is_small_sample else f" From {after.n} closed renewals.")


def _describe_flagged_losses(test: BackTest) -> str:
    """ "6 of 9 losses, with 4 false alarms"."""
    losses = format_count(test.losses, "loss", "losses")
    return f"{test.flagged_losses} of {losses}, with {format_count(test.false_alarms, 'false alarm')},"


def _describe_moved_customers(preview: RulePreview) -> str:
    if preview.changed_count == 0:
        return f"None of {format_count(preview.customer_count, 'customer')} would move."
    return f"{preview.changed_count} of {format_count(preview.customer_count, 'customer')} would move."


def _describe_band_changes(preview: RulePreview, names: dict[str, str]) -> str:
    """ "Green 12 → 9 · Yellow 4 → 6 · Red 2 → 3"."""
    bands = [band for band in names if band in preview.bands_before or band in preview.bands_after]
    return " · ".join(
        f"{names[band]} {preview.bands_before.get(band, 0)} → {preview.bands_after.get(band, 0)}" for band in bands
    )


def _build_moved_customers_table(preview: RulePreview, names: dict[str, str]) -> Table:
    rest = preview.changed_count - len(preview.changed)
    return Table(
        title="Customers that would move",
        columns=(
            Column(key="customer", label="Customer"),
            Column(key="now", label="Now"),
            Column(key="score_now", label="Score", kind=ColumnKind.NUMBER),
            Column(key="then", label="With these rules"),
            Column(key="score_then", label="Score", kind=ColumnKind.NUMBER),
        ),
        rows=tuple(
            {
                "customer": each.customer_name,
                "now": names[each.band_before or "none"],
                "score_now": each.score_before,
                "then": names[each.band_after or "none"],
                "score_then": each.score_after,
            }
            for each in preview.changed
        ),
        source=f"{rest} more are not listed." if rest else "",
    )
