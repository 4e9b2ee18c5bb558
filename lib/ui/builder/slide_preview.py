"""The chosen slide as a run would show it for a real customer. Nothing of it is written anywhere."""

from functools import partial

import streamlit as st

from lib.auth.model import Person
from lib.errors import InvalidInput
from lib.forms.model import Form
from lib.slides import slide_builder
from lib.slides.library import get_slide_of_address
from lib.slides.model import Slide, SlideInput
from lib.slides.slide_texts import build_template_values
from lib.slides.template import render_template_as_markdown
from lib.text.markdown_escape import escape_markdown
from lib.text.truncate import single_line
from lib.ui import empty_and_error_states, form_widgets, slide_sections
from lib.ui.builder.builder_state import WORKFLOW_ADDRESS, BuilderPageState, EditorTab
from lib.ui.builder.draft_editor import DraftEditor
from lib.ui.form_widgets import FormKeys
from lib.ui.safe_text import draw_markdown
from lib.ui.session_keys import BUILDER_CUSTOMER, BUILDER_LAST_CUSTOMER, builder_preview_key
from lib.ui.widget_values import number_duplicate_labels
from lib.workflows.draft_edits import list_branches


def draw_slide_preview(state: BuilderPageState, person: Person) -> None:
    """Whom to preview with, and the slide for that customer. No request: the account is at hand."""
    if not state.customers:
        empty_and_error_states.draw_empty_state(
            "No customer to preview with", "Once you have customers, slides are shown with their data."
        )
        return
    _draw_customer_select(state)
    slide = get_slide_of_address(state.address)
    if state.account is None:
        st.caption("Choose a customer to see the slides with their data.")
    elif state.address == WORKFLOW_ADDRESS or slide is None:
        st.caption("Choose a slide to see it as a run would show it.")
    else:
        _draw_previewed_slide(state, slide, person)


def _draw_customer_select(state: BuilderPageState) -> None:
    labels = number_duplicate_labels([single_line(customer.name) for customer in state.customers])
    names = dict(zip((customer.id for customer in state.customers), labels, strict=True))
    if BUILDER_CUSTOMER not in st.session_state:
        st.session_state[BUILDER_CUSTOMER] = state.account.customer.id if state.account else None
    st.selectbox(
        "Preview with",
        list(names),
        format_func=lambda identity: names.get(identity, identity),
        placeholder="Choose a customer",
        key=BUILDER_CUSTOMER,
        on_change=_queue_preview_customer,
        args=(state,),
    )


def _queue_preview_customer(state: BuilderPageState) -> None:
    customer_id = st.session_state[BUILDER_LAST_CUSTOMER] = st.session_state[BUILDER_CUSTOMER]
    state.queue_command(partial(DraftEditor.preview_with_customer, customer_id=customer_id))


def _draw_previewed_slide(state: BuilderPageState, slide: Slide, person: Person) -> None:
    context = state.get_context(state.address)
    if context is None or state.account is None:
        st.caption("The preview comes back when the problems of this slide are solved.")
        return
    keys = FormKeys(prefix=builder_preview_key(state.address))
    slide_input = SlideInput(
        account=state.account,
        address=state.address,
        addresses=state.draft.slide_sequence,
        questions=state.own_questions,
        context=context,
        category=state.draft.category,
        person_name=person.full_name,
        person_email=person.email,
        answers=state.preview_answers,
    )
    if state.tab is EditorTab.CHAT:
        _draw_branch_preview(state, slide_input)
    with st.container(border=True, key="builder_slide"):
        st.markdown(f"## {escape_markdown(slide_builder.render_slide_title(slide, slide_input))}")
        blocks = slide_sections.load_slide_blocks(slide, slide_input)
        slide_sections.draw_section_blocks(blocks, key=f"builder.section.{state.address}")
        form = _build_preview_form(slide, slide_input)
        form_widgets.seed_widgets(form, state.preview_answers.get(state.address, {}), keys)
        answers = form_widgets.read_widget_answers(form, keys)
        state.preview_answers[state.address] = answers
        form_widgets.draw_form_fields(form, keys, answers, key="builder_preview_form")
        results = slide_builder.build_slide_results(slide, slide_input, answers)
        slide_sections.draw_slide_sections(results, key=f"builder.result.{state.address}")
    st.caption("Answers tried here are kept while this page is open, for the slides that follow, and stored nowhere.")


def _draw_branch_preview(state: BuilderPageState, slide_input: SlideInput) -> None:
    """The open question with its fixed answer, as the chat would show it."""
    branches = list_branches(state.draft, state.address)
    branch = next((each for each in branches if each["branch_key"] == state.branch_key), None)
    text = branch.get("response_text") if branch else None
    if branch is None or not isinstance(text, str) or not text.strip():
        return
    with st.container(border=True, gap="small", key="builder_branch_preview"):
        st.markdown(f"##### :material/forum: {escape_markdown(str(branch.get('label') or ''))}")
        try:
            draw_markdown(render_template_as_markdown(text, build_template_values(slide_input)))
        except InvalidInput as error:
            st.caption(escape_markdown(error.message))


def _build_preview_form(slide: Slide, slide_input: SlideInput) -> Form:
    try:
        return slide_builder.build_slide_form(slide, slide_input)
    except InvalidInput as error:
        empty_and_error_states.draw_error(error, key="builder_form")
        return Form(title="", fields=())
