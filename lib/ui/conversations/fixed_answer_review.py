"""The dialog in which a leader turns one customer's answer into everybody's: decide, preview on others, publish."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from lib.auth.gate import get_client_of_person, require_person
from lib.chat.answer_template import list_placeholder_values
from lib.chat.answer_template_flags import Flag, apply_candidate, find_flags
from lib.chat.fixed_answer_drafts import MAX_LABEL_LENGTH, FixedAnswerDraft, require_valid_draft_texts
from lib.customers.model import Account
from lib.errors import InvalidInput, NotFound, NotPermitted, ZenError
from lib.services import Services, build_services
from lib.slides import template
from lib.slides.template_values import TemplateValues
from lib.text.html import Html
from lib.text.markdown_escape import escape_markdown
from lib.text.truncate import single_line, truncate
from lib.ui import empty_and_error_states, page_cache
from lib.ui.safe_text import draw_html, draw_markdown
from lib.ui.session_keys import (
    CATALOGUE,
    CONVERSATIONS_DECIDED,
    CONVERSATIONS_REVIEW,
    conversations_button_key,
)
from lib.ui.widget_values import number_duplicate_labels

TITLE = "Answer for every customer"
PREVIEWS = 2
CUSTOMERS_SECONDS = 600.0
MAX_VALUE_LENGTH = 60
MAX_KEPT_FIGURES = 40
PLACEHOLDER_HINT = (
    "`{{ customer.name }}` and the like are filled in for each customer. Names and figures are not published."
)
NO_SOURCE = "The conversation it came from is gone, so its figures cannot be compared with the account."


@dataclass
class ReviewState:
    """A draft under review in this tab. `source` is the account it was about; `accounts` are those read so far.

    `kept` are the figures that stay as they are.
    """

    draft: FixedAnswerDraft
    kept: list[str]
    source: Account | None
    customers: dict[str, str]
    accounts: dict[str, Account] = field(default_factory=dict)

    @property
    def label_key(self) -> str:
        return conversations_button_key("draft_label", self.draft.id)

    @property
    def text_key(self) -> str:
        return conversations_button_key("draft_text", self.draft.id)


def open_review(draft: FixedAnswerDraft, services: Services) -> None:
    """Load what the dialog needs: two requests, and one for each preview. Raises what they raise."""
    catalogue = page_cache.load_with_max_age(
        CATALOGUE, services.workflows.fetch_workflow_catalogue, CUSTOMERS_SECONDS
    ).value
    others = [each for each in catalogue.customers if each.id != draft.customer_id]
    labels = number_duplicate_labels([single_line(each.name) for each in others])
    state = ReviewState(
        draft=draft,
        kept=list(draft.kept_figures),
        source=_fetch_source(draft, services),
        customers=dict(zip((each.id for each in others), labels, strict=True)),
    )
    st.session_state[CONVERSATIONS_REVIEW] = state
    st.session_state[state.label_key], st.session_state[state.text_key] = draft.label, draft.response_text


def draw_open_review(waiting: Sequence[FixedAnswerDraft]) -> None:
    """The dialog while it is open, for a draft that still waits."""
    state: ReviewState | None = st.session_state.get(CONVERSATIONS_REVIEW)
    if state is not None and any(each.id == state.draft.id for each in waiting):
        _show_review_dialog()


def _close_review() -> None:
    st.session_state.pop(CONVERSATIONS_REVIEW, None)


def _fetch_source(draft: FixedAnswerDraft, services: Services) -> Account | None:
    if draft.customer_id is None:
        return None
    try:
        return services.accounts.fetch_account(draft.customer_id)
    except (NotFound, NotPermitted):
        return None


@st.dialog(TITLE, width="large", icon=":material/rate_review:", on_dismiss=_close_review)
def _show_review_dialog() -> None:
    state: ReviewState = st.session_state[CONVERSATIONS_REVIEW]
    services = build_services(get_client_of_person(), require_person())
    st.text_input("Question", key=state.label_key, max_chars=MAX_LABEL_LENGTH)
    st.text_area("Answer", key=state.text_key, height="content")
    st.caption(PLACEHOLDER_HINT)
    label, text = st.session_state[state.label_key] or "", st.session_state[state.text_key] or ""
    try:
        require_valid_draft_texts(label, text)
    except InvalidInput as error:
        empty_and_error_states.draw_error(error, key="review_text")
        return
    _draw_decisions(state, label, text, services)
    _draw_previews(state, text, services)
    _draw_review_buttons(state, label, text, services)


def _draw_decisions(state: ReviewState, label: str, text: str, services: Services) -> None:
    """What is filled in for each customer, and what still tells of one."""
    if state.source is None:
        st.caption(NO_SOURCE)
        return
    values = TemplateValues.for_account(state.source, person_name=services.person.full_name)
    _draw_filled_in(text, values)
    flags, of_label = (
        [flag for flag in find_flags(words, state.source, values) if flag.is_name or flag.passage not in state.kept]
        for words in (text, label)
    )
    _draw_kept_figures(state, f"{label}\n{text}")
    if not flags and not of_label:
        st.markdown(":material/check: Nothing in it tells of one customer.")
        return
    st.markdown("##### To decide")
    for place, flag in enumerate(of_label):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            problem = "in the question, which has no placeholders. Reword it."
            st.markdown(f"“{escape_markdown(flag.passage)}” — {problem}", width="content")
            _draw_keep_button(state, flag, f"label.{place}")
    for place, flag in enumerate(flags):
        _draw_flag(state, flag, place)


def _draw_flag(state: ReviewState, flag: Flag, place: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"“{escape_markdown(flag.passage)}” — {escape_markdown(flag.sentence)}", width="content")
        for number, candidate in enumerate(flag.candidates):
            st.button(
                escape_markdown(f"{candidate.meaning}: {truncate(candidate.shown, MAX_VALUE_LENGTH)}"),
                key=conversations_button_key("choose", f"{place}.{number}.{flag.passage}"),
                help=f"`{candidate.placeholder}`",
                on_click=_choose_candidate,
                args=(state, flag, number),
            )
        _draw_keep_button(state, flag, f"text.{place}")


def _draw_keep_button(state: ReviewState, flag: Flag, place: str) -> None:
    """For a figure that is right for every customer, such as a rule of 30 days."""
    if not flag.is_name and len(state.kept) < MAX_KEPT_FIGURES:
        st.button(
            "Keep this figure",
            key=conversations_button_key("keep", f"{place}.{flag.passage}"),
            type="tertiary",
            help="It is no customer's: it is right for all of them.",
            on_click=state.kept.append,
            args=(flag.passage,),
        )


def _draw_kept_figures(state: ReviewState, words: str) -> None:
    """What somebody decided to publish as it is, for whoever reads the draft next."""
    for passage in [each for each in state.kept if each in words]:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            text = f":material/check: “{escape_markdown(passage)}” is kept: it is right for every customer."
            st.markdown(text, width="content")
            st.button(
                "Decide again",
                key=conversations_button_key("unkeep", passage),
                type="tertiary",
                on_click=state.kept.remove,
                args=(passage,),
            )


def _choose_candidate(state: ReviewState, flag: Flag, number: int) -> None:
    text = st.session_state[state.text_key]
    st.session_state[state.text_key] = apply_candidate(text, flag.passage, flag.candidates[number])


def _draw_filled_in(text: str, values: TemplateValues) -> None:
    """The placeholders of the answer, with what they read for the customer it was about."""
    used = [each for each in list_placeholder_values(values) if f"{{{{ {each.name}" in text]
    if not used:
        return
    items = Html(", ").join(
        Html("{} ({})").format(each.meaning, truncate(single_line(each.shown), MAX_VALUE_LENGTH)) for each in used
    )
    draw_html(Html('<p class="zen-small zen-muted">Filled in for each customer: {}.</p>').format(items))


def _draw_previews(state: ReviewState, text: str, services: Services) -> None:
    """The answer as two other customers' owners would read it."""
    if not state.customers:
        st.caption("There is no other customer to preview it with.")
        return
    for place, column in enumerate(st.columns(min(PREVIEWS, len(state.customers)), gap="medium")):
        with column, st.container(border=True, gap="small"):
            key = conversations_button_key("preview", f"{state.draft.id}.{place}")
            st.session_state.setdefault(key, list(state.customers)[place])
            st.selectbox(
                "Preview with",
                list(state.customers.keys()),
                format_func=lambda each: state.customers.get(each, each),
                key=key,
            )
            try:
                account = _load_account(state, st.session_state[key], services)
                values = TemplateValues.for_account(account, person_name=account.customer.owner_name)
                draw_markdown(template.render_template_as_markdown(text, values))
            except ZenError as error:
                empty_and_error_states.draw_error(error, key=f"review_preview_{place}")


def _load_account(state: ReviewState, customer_id: str, services: Services) -> Account:
    if customer_id not in state.accounts:
        state.accounts[customer_id] = services.accounts.fetch_account(customer_id)
    return state.accounts[customer_id]


def _draw_review_buttons(state: ReviewState, label: str, text: str, services: Services) -> None:
    with st.container(horizontal=True, gap="small"):
        is_published = st.button("Publish", key=conversations_button_key("publish", state.draft.id), type="primary")
        is_saved = st.button("Save", key=conversations_button_key("save_draft", state.draft.id))
    if not is_published and not is_saved:
        return
    try:
        kept = tuple(each for each in state.kept if each in f"{label}\n{text}")
        stored = (state.draft.label, state.draft.response_text, state.draft.kept_figures)
        if is_saved or (label, text, kept) != stored:
            services.chat.edit_fixed_answer_draft(state.draft, label, text, kept)
        if is_published:
            services.chat.publish_fixed_answer_draft(state.draft)
    except ZenError as error:
        empty_and_error_states.draw_error(error, key="review")
        return
    done = "It is now offered on its slide" if is_published else "Saved"
    st.session_state[CONVERSATIONS_DECIDED] = f"{done}: “{single_line(label)}”."
    _close_review()
    st.rerun()
