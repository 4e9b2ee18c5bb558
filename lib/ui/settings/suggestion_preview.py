"""What other suggestion rules would change, in words and a table."""

from lib.companies.workflow_suggestion_rules import SuggestionPreview
from lib.content.model import Column, Table
from lib.text.format import format_count
from lib.text.html import Html
from lib.ui.safe_text import draw_html
from lib.ui.tables import draw_table

NO_SUGGESTION = "No suggestion"


def draw_suggestion_preview(preview: SuggestionPreview) -> None:
    """How many customers get another suggestion, how many each workflow has, and which customers they are."""
    draw_html(Html("<h5>{}</h5>").format(describe_changed_suggestions(preview)))
    counts = describe_suggestion_counts(preview)
    if counts:
        draw_html(Html('<p class="zen-muted">{}</p>').format(counts))
    if preview.changed:
        draw_table(_build_changed_suggestions_table(preview), key="suggestion_preview")


def describe_changed_suggestions(preview: SuggestionPreview) -> str:
    """ "3 of 52 customers would get another suggestion."."""
    customers = format_count(preview.customer_count, "customer")
    return f"{preview.changed_count or 'None'} of {customers} would get another suggestion."


def describe_suggestion_counts(preview: SuggestionPreview) -> str:
    """ "Standard renewal 12 → 9 · No suggestion 0 → 3"."""
    return " · ".join(f"{each.name or NO_SUGGESTION} {each.before} → {each.after}" for each in preview.workflows)


def _build_changed_suggestions_table(preview: SuggestionPreview) -> Table:
    rest = preview.changed_count - len(preview.changed)
    return Table(
        title="Customers with another suggestion",
        columns=(
            Column(key="customer", label="Customer"),
            Column(key="now", label="Now"),
            Column(key="then", label="With these rules"),
        ),
        rows=tuple(
            {
                "customer": each.customer_name,
                "now": each.workflow_before or NO_SUGGESTION,
                "then": each.workflow_after or NO_SUGGESTION,
            }
            for each in preview.changed
        ),
        source=f"{rest} more are not listed." if rest else "",
    )
