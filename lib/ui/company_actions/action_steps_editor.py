"""The steps of a company action in its editor, and their preview."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from lib.actions import company_action_steps
from lib.actions.model import Colleague
from lib.services import Services
from lib.ui import form_widgets
from lib.ui.actions import company_action_sentences
from lib.ui.company_actions import action_draft as drafts
from lib.ui.company_actions.action_draft import ActionDraft, StepDraft
from lib.ui.session_keys import company_action_button_key

PLACEHOLDER_HELP = (
    "Placeholders: **{customer}** (the customer's name), **{person}** (whoever runs it), **{today}** (the day) and "
    "**{words}** (the answer to the question below)."
)


SAMPLE = {"customer": "Obsidian Black", "words": "the answer given then"}


def draw_action_steps(
    draft: ActionDraft, people: Sequence[Colleague], workflows: drafts.WorkflowNames
) -> list[dict[str, Any]]:
    st.markdown("### Steps", help=PLACEHOLDER_HELP)
    st.caption(PLACEHOLDER_HELP.replace("**", ""))
    steps = []
    for number, step_draft in enumerate(tuple(draft.steps), start=1):
        form = drafts.build_action_step_form(step_draft, number, people, workflows)
        form_widgets.seed_widgets(form, step_draft.stored, step_draft.form_keys)
        with st.container(gap="xxsmall", key=company_action_button_key("step", step_draft.id)):
            errors = drafts.list_step_errors(draft, step_draft, form, drafts.read_step_widgets(step_draft, form))
            answers = form_widgets.read_widget_answers(form, step_draft.form_keys)
            form_widgets.draw_form_fields(
                form, step_draft.form_keys, answers, errors=errors, key=company_action_button_key("form", step_draft.id)
            )
            _draw_step_buttons(draft, step_draft, number)
        steps.append(drafts.read_step_widgets(step_draft, form))
        draft.steps[number - 1] = replace(step_draft, stored=steps[-1])
    _draw_add_menu(draft)
    drafts.draw_field_errors(draft, "steps")
    if company_action_steps.has_words_placeholder({"steps": steps}):
        st.text_input(
            "Question to ask when it runs (optional)",
            key=draft.field_key("question"),
            max_chars=200,
            width=754,
            placeholder="What did they say?",
        )
        drafts.draw_field_errors(draft, "question", "Question")
    return steps


def _draw_step_buttons(draft: ActionDraft, step_draft: StepDraft, number: int) -> None:
    with st.container(horizontal=True, gap="xsmall"):
        for label, icon, by, is_end in (
            ("Up", ":material/arrow_upward:", -1, number == 1),
            ("Down", ":material/arrow_downward:", 1, number == len(draft.steps)),
        ):
            st.button(
                label,
                key=company_action_button_key(label, step_draft.id),
                type="tertiary",
                icon=icon,
                disabled=is_end,
                on_click=drafts.move_draft_step,
                args=(draft, step_draft.id, by),
            )
        st.button(
            "Remove",
            key=company_action_button_key("remove", step_draft.id),
            type="tertiary",
            icon=":material/delete:",
            on_click=drafts.remove_draft_step,
            args=(draft, step_draft.id),
        )


def _draw_add_menu(draft: ActionDraft) -> None:
    if len(draft.steps) >= company_action_steps.MAX_STEPS:
        st.caption(f"An action has at most {company_action_steps.MAX_STEPS} steps.")
        return
    key = company_action_button_key("add", draft.draft_id)
    st.menu_button(
        "Add a step",
        list(company_action_steps.STEP_TYPES),
        key=key,
        format_func=drafts.STEP_TITLES.__getitem__,
        icon=":material/add:",
        on_click=drafts.add_draft_step,
        args=(draft, key),
    )


def draw_action_preview(
    steps: Sequence[Mapping[str, Any]],
    people: Sequence[Colleague],
    workflows: drafts.WorkflowNames,
    services: Services,
) -> None:
    """The steps as sentences, with the placeholders filled."""
    if not steps:
        return
    names = {each.id: each.full_name for each in people}
    filled = [_fill_placeholders(step, services) for step in steps]
    for step in filled:
        if step.get("workflow_id") in workflows:
            step["workflow_id"] = workflows[step["workflow_id"]]
    with st.container(border=True, gap="xsmall", key="admin_preview", width=754):
        st.markdown(f"##### :material/visibility: What it will do, for example for {SAMPLE['customer']}")
        st.markdown(company_action_sentences.format_numbered_steps({"steps": filled}, names))


def _fill_placeholders(step: Mapping[str, Any], services: Services) -> dict[str, Any]:
    sample = SAMPLE | {
        "person": services.person.full_name,
        "today": f"{services.actions.get_today_of_person():%-d %B %Y}",
    }
    return {
        key: _replace_placeholders(value, sample) if isinstance(value, str) else value for key, value in step.items()
    }


def _replace_placeholders(text: str, sample: Mapping[str, str]) -> str:
    for name, value in sample.items():
        text = text.replace(f"{{{name}}}", value)
    return text
