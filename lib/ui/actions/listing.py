"""The actions there are: the company's own with what each does, and the global ones, which a company can hide."""

from collections.abc import Sequence

import streamlit as st

from lib.actions.model import SavedAction
from lib.slides.words import escape
from lib.ui import states
from lib.ui.acting import acts, buttons, stepping
from lib.ui.actions.draft import open_draft
from lib.ui.keys import admin_press


def draw(actions: Sequence[SavedAction], *, leads: bool) -> None:
    own = [each for each in actions if not each.is_global and each.archived_at is None]
    archived = [each for each in actions if not each.is_global and each.archived_at is not None]
    st.markdown("## Your company's own")
    _invite(leads=leads)
    if not own:
        text = "An action does several things in one click: leave a note, ask somebody to follow up, tell a colleague."
        states.empty("No actions of your own yet", text, icon=":material/bolt:")
    for each in own:
        _own(each, leads=leads)
    if archived:
        with st.expander(f"{len(archived)} archived", type="compact"):
            for each in archived:
                _own(each, leads=leads)
    st.markdown("## For every company")
    for each in actions:
        if each.is_global:
            _global(each, leads=leads)


def _invite(*, leads: bool) -> None:
    if leads:
        st.button(
            "New action", key=admin_press("new", ""), icon=":material/add:", on_click=open_draft, args=(None,)
        )  # fmt: skip
    else:
        st.caption("Managers and admins keep them. They stand under Actions of a run or a thing, as More actions.")


def _own(action: SavedAction, *, leads: bool) -> None:
    told, act = st.columns([3, 1.4], vertical_alignment="top")
    with told.container(gap="xxsmall"):
        marks = "  :gray-badge[:material/verified_user: from a chat with approval]" if action.needs_leader else ""
        st.markdown(f"**{escape(action.name)}**{marks}")
        if action.description:
            st.markdown(escape(action.description))
        for place, said in enumerate(stepping.sentences_of(action.parameters), start=1):
            st.caption(f"{place}. {escape(said)}")
    if not leads:
        return
    with act.container(horizontal=True, horizontal_alignment="right", gap="small"):
        st.button(
            "Change", key=admin_press("edit", action.id), type="tertiary", icon=":material/edit:", on_click=open_draft,
            args=(action,),
        )  # fmt: skip
        is_offered = action.archived_at is None
        made = acts.archive(action) if is_offered else acts.restore(action)
        label, icon = ("Archive", ":material/archive:") if is_offered else ("Offer again", ":material/unarchive:")
        buttons.act(label, made, key=f"archive.{action.id}.{action.revision}", icon=icon, is_quiet=True)


def _global(action: SavedAction, *, leads: bool) -> None:
    told, act = st.columns([3, 1.4], vertical_alignment="top")
    with told.container(gap="xxsmall"):
        mark = "  :gray-badge[:material/visibility_off: hidden in your company]" if action.is_hidden else ""
        st.markdown(f"**{escape(action.name)}**{mark}")
        st.caption(escape(action.description))
    if leads:
        with act.container(horizontal=True, horizontal_alignment="right"):
            made = acts.show(action) if action.is_hidden else acts.hide(action)
            label, icon = (
                ("Show", ":material/visibility:") if action.is_hidden else ("Hide", ":material/visibility_off:")
            )
            buttons.act(label, made, key=f"hide.{action.id}.{action.is_hidden}", icon=icon, is_quiet=True)
