"""Of a draft that was proposed from a description: what it does, what could not be done, and what is behind it."""

import json

import streamlit as st

from lib.errors import ZenError
from lib.services import Services
from lib.text.format import format_count
from lib.text.html import Html
from lib.text.markdown_escape import escape_markdown
from lib.text.truncate import single_line
from lib.ui.builder.builder_state import BuilderPageState
from lib.ui.safe_text import draw_html
from lib.ui.session_keys import BUILDER_NEW_PROPOSAL, BUILDER_PROPOSAL, builder_button_key
from lib.workflow_proposals.model import DraftProposal

LABEL = "What this draft does"


def draw_proposal_note(state: BuilderPageState, services: Services) -> None:
    """Open on a draft that was just made, else to be opened. One request for a draft of one's own from scratch."""
    proposal = _load_proposal(state, services)
    if proposal is None:
        return
    is_new = st.session_state.get(BUILDER_NEW_PROPOSAL) == state.stored.id
    with st.expander(LABEL, expanded=is_new, icon=":material/edit_note:", key="builder_proposal"):
        draw_html(_build_note_html(proposal))
        if not proposal.is_by_rules:
            _draw_origin(proposal)


def _load_proposal(state: BuilderPageState, services: Services) -> DraftProposal | None:
    """Read once for a draft; without it the builder goes on."""
    draft = state.stored
    if not state.is_own or draft.base_version_id is not None:
        return None
    known: tuple[str, DraftProposal | None] | None = st.session_state.get(BUILDER_PROPOSAL)
    if known is None or known[0] != draft.id:
        try:
            known = (draft.id, services.proposals.fetch_proposal_of_draft(draft.id))
        except ZenError:
            known = (draft.id, None)
        st.session_state[BUILDER_PROPOSAL] = known
    return known[1]


def _build_note_html(proposal: DraftProposal) -> Html:
    by = "Put together by rules from" if proposal.is_by_rules else f"Proposed by {proposal.model} from"
    source = Html('<p class="zen-small zen-muted" dir="auto">{} “{}”</p>').format(
        by, single_line(proposal.description, max_length=300)
    )
    left = (
        Html("<h5>What it does not do</h5><ul>{}</ul>").format(_build_items_html(proposal.note.not_done))
        if proposal.note.not_done
        else ""
    )
    return Html("{}<ul>{}</ul>{}").format(source, _build_items_html(proposal.note.done), left)


def _build_items_html(sentences: tuple[str, ...]) -> Html:
    return Html("").join(Html('<li dir="auto">{}</li>').format(sentence) for sentence in sentences)


def _draw_origin(proposal: DraftProposal) -> None:
    with st.popover("Behind this draft", key=builder_button_key("proposal"), type="tertiary"):
        tokens = [each for each in (proposal.input_tokens, proposal.output_tokens) if each is not None]
        used = format_count(sum(tokens), "token") if tokens else "tokens not reported"
        cost = f", ${proposal.cost_usd:.4f}" if proposal.cost_usd is not None else ""
        st.caption(escape_markdown(f"{used.capitalize()}{cost}"))
        st.markdown("##### Instructions, exactly as given")
        st.code(proposal.system_prompt, language=None, wrap_lines=True, height=200)
        st.markdown("##### Answer, as it came")
        answer = json.dumps(proposal.answer, ensure_ascii=False, indent=1)
        st.code(answer, language=None, wrap_lines=True, height=200)
