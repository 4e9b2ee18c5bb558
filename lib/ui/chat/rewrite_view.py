"""A text that a model rewrote: the words that would go and come, and what of it is in no record."""

from lib.chat.rewritten_text import RewrittenText, find_rewritten_text
from lib.chat.tool_call_approvals import Proposal
from lib.chat.tool_call_record import ToolCallRecord
from lib.text.html import Html, mark_texts
from lib.ui.chat.block_view import draw_claim_remarks
from lib.ui.chat.panel_state import PanelContext
from lib.ui.safe_text import draw_html
from lib.ui.workflow_diff.diff_html import build_word_diff_html

MAX_KNOWN = 8


def load_rewritten_text(ctx: PanelContext, call: ToolCallRecord, proposal: Proposal) -> RewrittenText | None:
    """The long text that a waiting call would replace. Checked once for each call and text on the slide. No request."""
    if len(proposal.fields) != 1:
        return None
    field, answers = proposal.fields[0], ctx.context.answers
    key = f"{call.id}:{hash((field.value if isinstance(field.value, str) else None, str(answers)))}"
    known = ctx.state.rewritten_texts
    if key not in known:
        if len(known) >= MAX_KNOWN:
            known.clear()
        known[key] = find_rewritten_text(ctx.context, ctx.panel, call, field)
    return known[key]


def draw_rewritten_text(text: RewrittenText, typed: str) -> None:
    """The difference to the text on the slide word by word, as edited below it, with what is not in the records."""
    claims = [claim for claim in text.unknown_claims if claim.said in typed]
    if text.before:
        body = mark_texts(build_word_diff_html(text.before, typed), [claim.said for claim in claims], "zen-unknown")
        draw_html(Html('<p class="zen-small zen-muted">What would change in your text</p>'))
        draw_html(Html('<p class="zen-diff" dir="auto">{}</p>').format(body))
    draw_claim_remarks(claims)
