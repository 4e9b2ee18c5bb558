"""A long text of the slide that a model would replace: with what stands there now, and checked as an answer is."""

from collections.abc import Iterator
from dataclasses import dataclass

from lib.chat.chat_context import ChatContext
from lib.chat.claims.given_facts import list_conversation_facts, list_prompt_facts, list_text_facts, list_tool_facts
from lib.chat.claims.known_facts import GivenFact, KnownFacts
from lib.chat.claims.unknown_claims import list_unknown_claims
from lib.chat.conversation import ChatPanel
from lib.chat.message_tree import find_message_path
from lib.chat.prompt import collect_prompt_data
from lib.chat.tool_call_record import CallStatus, ToolCallRecord
from lib.chat.tools import TOOL_LABELS
from lib.chat.tools.side_effect_tools import ProposalField
from lib.content.model import UnknownClaim
from lib.forms.model import FieldKind
from lib.text.json_values import parse_text


@dataclass(frozen=True, kw_only=True)
class RewrittenText:
    """`before` stands on the slide, `after` is proposed; `unknown_claims` are what `after` says and no record does."""

    before: str
    after: str
    unknown_claims: tuple[UnknownClaim, ...]


def find_rewritten_text(
    context: ChatContext, panel: ChatPanel, call: ToolCallRecord, field: ProposalField
) -> RewrittenText | None:
    """The text that `call` would replace `field` with; None for an answer that is no long text. No request."""
    question = field.form_field
    if question is None or question.kind is not FieldKind.LONG_TEXT or not isinstance(field.value, str):
        return None
    answers = context.answers_by_slide().get(context.slide.id, {})
    before = parse_text(answers.get(question.key, question.default)) or ""
    facts = KnownFacts(_list_facts(context, panel, call, before), context.account.today)
    return RewrittenText(before=before, after=field.value, unknown_claims=list_unknown_claims(field.value, facts))


def _list_facts(context: ChatContext, panel: ChatPanel, call: ToolCallRecord, before: str) -> Iterator[GivenFact]:
    """What the model was given when it proposed the text, from what is stored, and the text itself."""
    yield from list_prompt_facts(collect_prompt_data(context))
    yield from list_conversation_facts(find_message_path(panel.messages, call.message_id))
    for other in panel.list_answer_tool_calls(call.answer_id) if call.answer_id else ():
        if other.status is CallStatus.SUCCEEDED and other.is_authentic and other.output:
            label = TOOL_LABELS.get(other.tool, "").removeprefix("the ")
            yield from list_tool_facts(label, str(other.output.get("text", "")), ())
    yield from list_text_facts(before, is_record=False)
