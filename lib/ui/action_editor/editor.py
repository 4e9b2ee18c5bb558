"""The editor of a company's own action: what it is called, up to ten safe steps, and how it will read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from lib.actions import action_steps
from lib.actions.model import ActionKind, Colleague, SavedAction
from lib.errors import Conflict, ZenError
from lib.services import Services
from lib.text.escape import escape_markdown
from lib.ui import forms, placeholders
from lib.ui.action_editor import draft as drafts
from lib.ui.action_editor import field_errors
from lib.ui.action_editor.draft import ActionDraft, StepDraft
from lib.ui.actions import step_text
from lib.ui.actions.action_state import FlashMessage, get_action_state
from lib.ui.keys import action_editor_button

PLACEHOLDER_HELP = (
    "A text may say **{customer}** (the customer's name), **{person}** (whoever runs it), **{today}** (the day) and "
    "**{words}** (what whoever runs it is asked to write)."
)
SAMPLE = {"customer": "Obsidian Black", "words": "what is written then"}


def draw_editor(draft: ActionDraft, services: Services) -> None:
    """Raises what reading people and workflows raises: one request each, when a step needs them."""
    people, workflows = _load_colleagues(draft, services), _load_workflows(draft, services)
    st.markdown(f"## {'Change an action' if draft.action else 'A new action'}")
    drafts.seed_fields(draft)
    _draw_name_fields(draft)
    written = _draw_steps(draft, people, workflows) if draft.has_steps else []
    if draft.has_steps:
        _draw_preview(written, people, workflows, services)
    _draw_save_buttons(draft, services, written)


def _draw_name_fields(draft: ActionDraft) -> None:
    with st.container(border=True, key="admin_about", width=754):
        st.text_input("Name", key=draft.field_key("name"), max_chars=200, placeholder="Ask for a reference")
        field_errors.draw_field_errors(draft, "name", "Name")
        st.text_input(
            "What it does, in a sentence (optional)", key=draft.field_key("description"), max_chars=1000,
            placeholder="Leaves a note and a follow-up for the owner.",
        )  # fmt: skip
        field_errors.draw_field_errors(draft, "description", "What it does, in a sentence")
        st.checkbox("From a chat, only with a leader's approval", key=draft.field_key("needs_leader"))


def _draw_steps(
    draft: ActionDraft, people: Sequence[Colleague], workflows: drafts.WorkflowNames
) -> list[dict[str, Any]]:
    st.markdown("### Steps", help=PLACEHOLDER_HELP)
    st.caption(PLACEHOLDER_HELP.replace("**", ""))
    written = []
    for place, line in enumerate(tuple(draft.steps), start=1):
        form = drafts.build_step_form(line, place, people, workflows)
        forms.seed_widgets(form, line.stored, line.form_keys)
        with st.container(gap="xxsmall", key=action_editor_button("step", line.id)):
            wrong = field_errors.step_errors(draft, line, form, drafts.read_step(line, form))
            typed = forms.read_answers(form, line.form_keys)
            forms.draw_form(form, line.form_keys, typed, errors=wrong, key=action_editor_button("form", line.id))
            _draw_step_buttons(draft, line, place)
        written.append(drafts.read_step(line, form))
        draft.steps[place - 1] = replace(line, stored=written[-1])
    _draw_add_menu(draft)
    field_errors.draw_field_errors(draft, "steps")
    if action_steps.needs_words({"steps": written}):
        st.text_input(
            "What whoever runs it is asked (optional)", key=draft.field_key("question"), max_chars=200, width=754,
            placeholder="What to write",
        )  # fmt: skip
        field_errors.draw_field_errors(draft, "question", "Question")
    return written


def _draw_step_buttons(draft: ActionDraft, line: StepDraft, place: int) -> None:
    with st.container(horizontal=True, gap="xsmall"):
        for label, icon, by, is_end in (
            ("Up", ":material/arrow_upward:", -1, place == 1),
            ("Down", ":material/arrow_downward:", 1, place == len(draft.steps)),
        ):
            st.button(
                label, key=action_editor_button(label, line.id), type="tertiary", icon=icon, disabled=is_end,
                on_click=drafts.move_step, args=(draft, line.id, by),
            )  # fmt: skip
        st.button(
            "Remove", key=action_editor_button("remove", line.id), type="tertiary", icon=":material/delete:",
            on_click=drafts.remove_step, args=(draft, line.id),
        )  # fmt: skip


def _draw_add_menu(draft: ActionDraft) -> None:
    if len(draft.steps) >= action_steps.MAX_STEPS:
        st.caption(f"An action has at most {action_steps.MAX_STEPS} steps.")
        return
    key = action_editor_button("add", draft.draft_id)
    st.menu_button(
        "Add a step", list(action_steps.STEP_TYPES), key=key, format_func=drafts.STEP_TITLES.__getitem__, icon=":material/add:",
        on_click=drafts.add_step, args=(draft, key),
    )  # fmt: skip


def _draw_preview(
    written: Sequence[Mapping[str, Any]],
    people: Sequence[Colleague],
    workflows: drafts.WorkflowNames,
    services: Services,
) -> None:
    """How it reads for whoever is about to run it, and with the placeholders filled."""
    if not written:
        return
    named = {each.id: each.full_name for each in people}
    filled = [_fill_placeholders(step, services) for step in written]
    for step in filled:
        if step.get("workflow_id") in workflows:
            step["workflow_id"] = workflows[step["workflow_id"]]
    with st.container(border=True, gap="xsmall", key="admin_preview", width=754):
        st.markdown(f"##### :material/visibility: What it will do, for {SAMPLE['customer']} for example")
        told = step_text.describe_steps({"steps": filled}, named)
        st.markdown("\n".join(f"{place}. {escape_markdown(said)}" for place, said in enumerate(told, start=1)))


def _fill_placeholders(step: Mapping[str, Any], services: Services) -> dict[str, Any]:
    sample = SAMPLE | {"person": services.person.full_name, "today": f"{services.actions.today():%-d %B %Y}"}
    return {
        key: _replace_placeholders(value, sample) if isinstance(value, str) else value for key, value in step.items()
    }


def _replace_placeholders(text: str, sample: Mapping[str, str]) -> str:
    for name, value in sample.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _draw_save_buttons(draft: ActionDraft, services: Services, written: Sequence[Mapping[str, Any]]) -> None:
    content = drafts.read_action(draft, written)
    _draw_error(draft, field_errors.remaining_error(draft, content))
    with st.container(horizontal=True, gap="small"):
        is_sent = st.button(
            "Save", key=action_editor_button("save", draft.draft_id), type="primary", icon=":material/check:"
        )
        st.button(
            "Cancel", key=action_editor_button("cancel", draft.draft_id), type="tertiary", on_click=drafts.close_draft
        )
    if is_sent:
        _save_draft(draft, services, content)
        st.rerun()


def _save_draft(draft: ActionDraft, services: Services, content: Mapping[str, Any]) -> None:
    """A second click waits for the first, then finds the draft gone."""
    desk = get_action_state()
    with desk.commands.lock:
        if drafts.get_draft() is not draft:
            return
        draft.error = None
        try:
            saved = _store_action(draft, services, content)
        except ZenError as error:
            field_errors.record_error(draft, error, content)
            is_stale = isinstance(error, Conflict) and isinstance(error.detail, SavedAction)
            draft.conflicting_action = error.detail if is_stale else None
            return
        drafts.close_draft()
        desk.record_success(FlashMessage(text=f"“{saved.name}” is saved."))


def _store_action(draft: ActionDraft, services: Services, content: Mapping[str, Any]) -> SavedAction:
    if draft.action is not None:
        return services.actions.edit(draft.action, content)
    rest = {key: value for key, value in content.items() if key != "name"}
    return services.actions.create(ActionKind.CUSTOM, content["name"], rest)


def _draw_error(draft: ActionDraft, trouble: ZenError | None) -> None:
    if trouble is None:
        return
    placeholders.draw_error(trouble, key="admin_refused")
    theirs = draft.conflicting_action
    if theirs is None:
        return
    with st.container(border=True, gap="small", key="admin_theirs"):
        st.markdown(f"##### How “{escape_markdown(theirs.name)}” stands now")
        told = step_text.describe_steps(theirs.parameters)
        st.markdown("\n".join(f"{place}. {escape_markdown(said)}" for place, said in enumerate(told, start=1)))
        st.markdown("What you wrote is still above. Saving it again takes the place of this.")
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Keep mine", key=action_editor_button("mine", draft.draft_id), on_click=_keep_mine, args=(draft, theirs)
            )
            st.button(
                "Take theirs",
                key=action_editor_button("theirs", draft.draft_id),
                on_click=drafts.open_draft,
                args=(theirs,),
            )


def _keep_mine(draft: ActionDraft, theirs: SavedAction) -> None:
    """A callback: what is saved next takes the place of theirs."""
    draft.action, draft.conflicting_action, draft.error = theirs, None, None


def _load_colleagues(draft: ActionDraft, services: Services) -> Sequence[Colleague]:
    """Whom a step may name: read when one asks, oneself among them."""
    if not any("person" in action_steps.STEP_TYPES[line.kind].model_fields for line in draft.steps):
        return ()
    if "people" not in draft.loaded:
        me = services.person
        draft.loaded["people"] = (
            Colleague(id=str(me.id), full_name=me.full_name, role=me.role.value),
            *services.actions.list_colleagues(),
        )
    people: Sequence[Colleague] = draft.loaded["people"]
    return people


def _load_workflows(draft: ActionDraft, services: Services) -> drafts.WorkflowNames:
    if not any(line.kind == "start_workflow" for line in draft.steps):
        return {}
    if "workflows" not in draft.loaded:
        found = services.workflows.list_available_workflows()
        draft.loaded["workflows"] = {each.workflow_id: each.name for each in found}
    workflows: drafts.WorkflowNames = draft.loaded["workflows"]
    return workflows
