"""The editor of a company's own action: what it is called, up to ten safe steps, and how it will read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from lib.actions import steps
from lib.actions.model import ActionKind, Colleague, SavedAction
from lib.errors import Conflict, ZenError
from lib.services import Services
from lib.slides.words import escape
from lib.ui import forms, states
from lib.ui.acting import stepping
from lib.ui.acting.desk import Notice, the_desk
from lib.ui.actions import draft as drafts
from lib.ui.actions import refused
from lib.ui.actions.draft import Draft, Line
from lib.ui.keys import admin_press

WORDS = (
    "A text may say **{customer}** (the customer's name), **{person}** (whoever runs it), **{today}** (the day) and "
    "**{words}** (what whoever runs it is asked to write)."
)
SAMPLE = {"customer": "Obsidian Black", "words": "what is written then"}


def draw(draft: Draft, services: Services) -> None:
    """Raises what reading people and workflows raises: one request each, when a step needs them."""
    people, workflows = _people(draft, services), _workflows(draft, services)
    st.markdown(f"## {'Change an action' if draft.action else 'A new action'}")
    drafts.seed(draft)
    _about(draft)
    written = _steps(draft, people, workflows) if draft.has_steps else []
    if draft.has_steps:
        _preview(written, people, workflows, services)
    _foot(draft, services, written)


def _about(draft: Draft) -> None:
    with st.container(border=True, key="admin_about", width=754):
        st.text_input("Name", key=draft.key("name"), max_chars=200, placeholder="Ask for a reference")
        refused.under(draft, "name", "Name")
        st.text_input(
            "What it does, in a sentence (optional)", key=draft.key("description"), max_chars=1000,
            placeholder="Leaves a note and a follow-up for the owner.",
        )  # fmt: skip
        refused.under(draft, "description", "What it does, in a sentence")
        st.checkbox("From a chat, only with a leader's approval", key=draft.key("needs_leader"))


def _steps(draft: Draft, people: Sequence[Colleague], workflows: drafts.Workflows) -> list[dict[str, Any]]:
    st.markdown("### Steps", help=WORDS)
    st.caption(WORDS.replace("**", ""))
    written = []
    for place, line in enumerate(tuple(draft.lines), start=1):
        form = drafts.form_of(line, place, people, workflows)
        forms.seed(form, line.stored, line.place)
        with st.container(gap="xxsmall", key=admin_press("step", line.id)):
            wrong = refused.of_step(draft, line, form, drafts.step_of(line, form))
            typed = forms.typed(form, line.place)
            forms.draw(form, line.place, typed, faults=wrong, key=admin_press("form", line.id))
            _arrange(draft, line, place)
        written.append(drafts.step_of(line, form))
        draft.lines[place - 1] = replace(line, stored=written[-1])
    _add(draft)
    refused.under(draft, "steps")
    if steps.asks_for_words({"steps": written}):
        st.text_input(
            "What whoever runs it is asked (optional)", key=draft.key("question"), max_chars=200, width=754,
            placeholder="What to write",
        )  # fmt: skip
        refused.under(draft, "question", "Question")
    return written


def _arrange(draft: Draft, line: Line, place: int) -> None:
    with st.container(horizontal=True, gap="xsmall"):
        for label, icon, by, is_end in (
            ("Up", ":material/arrow_upward:", -1, place == 1),
            ("Down", ":material/arrow_downward:", 1, place == len(draft.lines)),
        ):
            st.button(
                label, key=admin_press(label, line.id), type="tertiary", icon=icon, disabled=is_end,
                on_click=drafts.move_line, args=(draft, line.id, by),
            )  # fmt: skip
        st.button(
            "Remove", key=admin_press("remove", line.id), type="tertiary", icon=":material/delete:",
            on_click=drafts.remove_line, args=(draft, line.id),
        )  # fmt: skip


def _add(draft: Draft) -> None:
    if len(draft.lines) >= steps.MOST_STEPS:
        st.caption(f"An action has at most {steps.MOST_STEPS} steps.")
        return
    key = admin_press("add", draft.seat)
    st.menu_button(
        "Add a step", list(steps.STEPS), key=key, format_func=drafts.TITLES.__getitem__, icon=":material/add:",
        on_click=drafts.add_line, args=(draft, key),
    )  # fmt: skip


def _preview(
    written: Sequence[Mapping[str, Any]], people: Sequence[Colleague], workflows: drafts.Workflows, services: Services
) -> None:
    """How it reads for whoever is about to run it, and with the placeholders filled."""
    if not written:
        return
    named = {each.id: each.full_name for each in people}
    filled = [_filled(step, services) for step in written]
    for step in filled:
        if step.get("workflow_id") in workflows:
            step["workflow_id"] = workflows[step["workflow_id"]]
    with st.container(border=True, gap="xsmall", key="admin_preview", width=754):
        st.markdown(f"##### :material/visibility: What it will do, for {SAMPLE['customer']} for example")
        told = stepping.sentences_of({"steps": filled}, named)
        st.markdown("\n".join(f"{place}. {escape(said)}" for place, said in enumerate(told, start=1)))


def _filled(step: Mapping[str, Any], services: Services) -> dict[str, Any]:
    sample = SAMPLE | {"person": services.person.full_name, "today": f"{services.actions.today():%-d %B %Y}"}
    return {key: _put(value, sample) if isinstance(value, str) else value for key, value in step.items()}


def _put(text: str, sample: Mapping[str, str]) -> str:
    for name, value in sample.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _foot(draft: Draft, services: Services, written: Sequence[Mapping[str, Any]]) -> None:
    content = drafts.content_of(draft, written)
    _refused(draft, refused.rest(draft, content))
    with st.container(horizontal=True, gap="small"):
        is_sent = st.button("Save", key=admin_press("save", draft.seat), type="primary", icon=":material/check:")
        st.button("Cancel", key=admin_press("cancel", draft.seat), type="tertiary", on_click=drafts.close_draft)
    if is_sent:
        _save(draft, services, content)
        st.rerun()


def _save(draft: Draft, services: Services, content: Mapping[str, Any]) -> None:
    """A second click waits for the first, then finds the draft gone."""
    desk = the_desk()
    with desk.lock:
        if drafts.the_draft() is not draft:
            return
        draft.trouble = None
        try:
            saved = _keep(draft, services, content)
        except ZenError as error:
            refused.keep(draft, error, content)
            is_stale = isinstance(error, Conflict) and isinstance(error.detail, SavedAction)
            draft.theirs = error.detail if is_stale else None
            return
        drafts.close_draft()
        desk.finish(Notice(text=f"“{saved.name}” is saved."))


def _keep(draft: Draft, services: Services, content: Mapping[str, Any]) -> SavedAction:
    if draft.action is not None:
        return services.actions.edit(draft.action, content)
    rest = {key: value for key, value in content.items() if key != "name"}
    return services.actions.create(ActionKind.CUSTOM, content["name"], rest)


def _refused(draft: Draft, trouble: ZenError | None) -> None:
    if trouble is None:
        return
    states.problem(trouble, key="admin_refused")
    theirs = draft.theirs
    if theirs is None:
        return
    with st.container(border=True, gap="small", key="admin_theirs"):
        st.markdown(f"##### How “{escape(theirs.name)}” stands now")
        told = stepping.sentences_of(theirs.parameters)
        st.markdown("\n".join(f"{place}. {escape(said)}" for place, said in enumerate(told, start=1)))
        st.markdown("What you wrote is still above. Saving it again takes the place of this.")
        with st.container(horizontal=True, gap="small"):
            st.button("Keep mine", key=admin_press("mine", draft.seat), on_click=_stand_on, args=(draft, theirs))
            st.button("Take theirs", key=admin_press("theirs", draft.seat), on_click=drafts.open_draft, args=(theirs,))


def _stand_on(draft: Draft, theirs: SavedAction) -> None:
    """A callback: what is saved next takes the place of theirs."""
    draft.action, draft.theirs, draft.trouble = theirs, None, None


def _people(draft: Draft, services: Services) -> Sequence[Colleague]:
    """Whom a step may name: read when one asks, oneself among them."""
    if not any("person" in steps.STEPS[line.kind].model_fields for line in draft.lines):
        return ()
    if "people" not in draft.found:
        me = services.person
        draft.found["people"] = (
            Colleague(id=str(me.id), full_name=me.full_name, role=me.role.value),
            *services.actions.colleagues(),
        )
    people: Sequence[Colleague] = draft.found["people"]
    return people


def _workflows(draft: Draft, services: Services) -> drafts.Workflows:
    if not any(line.kind == "start_workflow" for line in draft.lines):
        return {}
    if "workflows" not in draft.found:
        found = services.workflows.list_available_workflows()
        draft.found["workflows"] = {each.workflow_id: each.name for each in found}
    workflows: drafts.Workflows = draft.found["workflows"]
    return workflows
