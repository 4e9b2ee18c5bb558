"""The editor of a company action: its name, up to ten safe steps, and a preview."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from lib.actions import company_action_steps
from lib.actions.model import ActionKind, Colleague, SavedAction
from lib.errors import Conflict, ZenError
from lib.services import Services
from lib.text.markdown_escape import escape_markdown
from lib.ui import empty_and_error_states
from lib.ui.actions import company_action_sentences
from lib.ui.actions.action_state import get_action_state
from lib.ui.actions.dialog_state import FlashMessage
from lib.ui.company_actions import action_draft as drafts
from lib.ui.company_actions.action_draft import ActionDraft
from lib.ui.company_actions.action_steps_editor import draw_action_preview, draw_action_steps
from lib.ui.session_keys import company_action_button_key


def draw_action_editor(draft: ActionDraft, services: Services) -> None:
    """Loads colleagues and workflows when a step needs them, one request each. Raises what those raise."""
    people, workflows = _load_colleagues(draft, services), _load_workflows(draft, services)
    st.markdown(f"## {'Edit action' if draft.action else 'New action'}")
    drafts.seed_action_fields(draft)
    _draw_name_fields(draft)
    steps = []
    if draft.has_steps:
        steps = draw_action_steps(draft, people, workflows)
        draw_action_preview(steps, people, workflows, services)
    _draw_save_buttons(draft, services, steps)


def _draw_name_fields(draft: ActionDraft) -> None:
    with st.container(border=True, key="admin_about", width=754):
        st.text_input("Name", key=draft.field_key("name"), max_chars=200, placeholder="Ask for a reference")
        drafts.draw_field_errors(draft, "name", "Name")
        st.text_input(
            "What it does, in a sentence (optional)",
            key=draft.field_key("description"),
            max_chars=1000,
            placeholder="Leaves a note and a follow-up for the owner.",
        )
        drafts.draw_field_errors(draft, "description", "What it does, in a sentence")
        st.checkbox("Needs a manager's approval when run from chat", key=draft.field_key("needs_leader"))


def _draw_save_buttons(draft: ActionDraft, services: Services, steps: Sequence[Mapping[str, Any]]) -> None:
    content = drafts.build_action_content(draft, steps)
    _draw_save_error(draft, drafts.find_error_without_field(draft, content))
    with st.container(horizontal=True, gap="small"):
        is_clicked = st.button(
            "Save", key=company_action_button_key("save", draft.draft_id), type="primary", icon=":material/check:"
        )
        st.button(
            "Cancel",
            key=company_action_button_key("cancel", draft.draft_id),
            type="tertiary",
            on_click=drafts.close_action_draft,
        )
    if is_clicked:
        _save_action(draft, services, content)
        st.rerun()


def _save_action(draft: ActionDraft, services: Services, content: Mapping[str, Any]) -> None:
    actions = get_action_state()
    # A second click waits for the first, then finds the draft gone.
    with actions.commands.lock:
        if drafts.get_action_draft() is not draft:
            return
        draft.error = None
        try:
            saved = _create_or_update_action(draft, services, content)
        except ZenError as error:
            drafts.record_save_error(draft, error, content)
            is_stale = isinstance(error, Conflict) and isinstance(error.detail, SavedAction)
            draft.conflicting_action = error.detail if is_stale else None
            return
        drafts.close_action_draft()
        actions.record_success(FlashMessage(text=f"“{saved.name}” is saved."))


def _create_or_update_action(draft: ActionDraft, services: Services, content: Mapping[str, Any]) -> SavedAction:
    if draft.action is not None:
        return services.actions.update_action(draft.action, content)
    rest = {key: value for key, value in content.items() if key != "name"}
    return services.actions.create_action(ActionKind.COMPANY_ACTION, content["name"], rest)


def _draw_save_error(draft: ActionDraft, error: ZenError | None) -> None:
    if error is None:
        return
    empty_and_error_states.draw_error(error, key="admin_refused")
    conflicting = draft.conflicting_action
    if conflicting is None:
        return
    with st.container(border=True, gap="small", key="admin_theirs"):
        st.markdown(f"##### “{escape_markdown(conflicting.name)}” as it is now")
        st.markdown(company_action_sentences.format_numbered_steps(conflicting.parameters))
        st.markdown("Your version is still above. Saving it replaces this one.")
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Keep mine",
                key=company_action_button_key("mine", draft.draft_id),
                on_click=_keep_own_action_version,
                args=(draft, conflicting),
            )
            st.button(
                "Take theirs",
                key=company_action_button_key("theirs", draft.draft_id),
                on_click=drafts.start_action_draft,
                args=(conflicting,),
            )


def _keep_own_action_version(draft: ActionDraft, conflicting: SavedAction) -> None:
    """For callbacks: the next save replaces the conflicting action."""
    draft.action, draft.conflicting_action, draft.error = conflicting, None, None


def _load_colleagues(draft: ActionDraft, services: Services) -> Sequence[Colleague]:
    """The people a step may name, oneself included; loaded when a step needs them."""
    if not any("person" in company_action_steps.STEP_TYPES[step_draft.kind].model_fields for step_draft in draft.steps):
        return ()
    if "people" not in draft.loaded:
        me = services.person
        draft.loaded["people"] = (
            Colleague(id=str(me.id), full_name=me.full_name, role=me.role.value),
            *services.actions.fetch_colleagues(),
        )
    people: Sequence[Colleague] = draft.loaded["people"]
    return people


def _load_workflows(draft: ActionDraft, services: Services) -> drafts.WorkflowNames:
    if not any(step_draft.kind == "start_workflow" for step_draft in draft.steps):
        return {}
    if "workflows" not in draft.loaded:
        available = services.workflows.list_available_workflows()
        draft.loaded["workflows"] = {each.workflow_id: each.name for each in available}
    workflows: drafts.WorkflowNames = draft.loaded["workflows"]
    return workflows
