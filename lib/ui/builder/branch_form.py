"""The editor of what the chat offers on the chosen slide: a list of branches, one of them open with its fields."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from lib.actions.model import ActionKind
from lib.text.markdown_escape import escape_markdown
from lib.ui.builder import branch_commands
from lib.ui.builder.branch_commands import MAX_BRANCHES, Branch
from lib.ui.builder.builder_state import BuilderPageState
from lib.ui.builder.entry_buttons import draw_command_button, draw_entry_buttons
from lib.ui.builder.field_problems import draw_branch_problems
from lib.ui.builder.whole_number_texts import find_whole_number_error, format_whole_number, parse_whole_number
from lib.ui.number_widgets import draw_field_error
from lib.workflows.chat_branch_content import MAX_SNOOZE_DAYS
from lib.workflows.draft_edits import list_branches, set_branches

BRANCH_TYPES: Mapping[str, str] = {
    "fixed": "A fixed answer",
    "llm": "Answered by the model",
    "rag": "Answered from the customer's records",
    "saved_action": "Proposes an action",
}
TEXT_FIELDS: Mapping[str, str] = {"fixed": "response_text", "llm": "prompt", "rag": "prompt"}
TEXT_LABELS: Mapping[str, str] = {"response_text": "Answer", "prompt": "What the model is asked"}
NO_FOLLOW_UP = ""


def draw_branch_form(state: BuilderPageState) -> None:
    """Buttons that the chat shows on this slide, in order; the open one with its fields below its name."""
    branches = list_branches(state.draft, state.address)
    st.caption("Questions that the chat offers as buttons on this slide, in this order.")
    draw_branch_problems(state, None)
    for place, branch in enumerate(branches):
        is_open = branch["branch_key"] == state.branch_key
        with st.container(border=is_open, gap="xsmall", key=f"builder_branch_{place}"):
            _draw_branch_head(state, branch, is_open=is_open)
            if is_open:
                _draw_branch_fields(state, branch, branches)
                draw_entry_buttons(
                    state, "branch", branch["branch_key"], place=place, count=len(branches),
                    move=branch_commands.move_branch, remove=branch_commands.remove_branch,
                )  # fmt: skip
            draw_branch_problems(state, branch["branch_key"])
    if state.may_edit and len(branches) < MAX_BRANCHES:
        draw_command_button(state, "branch", "Add a question", ":material/add:", branch_commands.add_branch)


def read_branch_fields(state: BuilderPageState) -> None:
    """What the widgets of the open branch hold becomes the draft."""
    branches = list_branches(state.draft, state.address)
    place = next((n for n, branch in enumerate(branches) if branch["branch_key"] == state.branch_key), None)
    if place is None or _build_branch_field_key(state, "label") not in st.session_state:
        return
    branches[place] = _read_branch_from_widgets(state, branches[place])
    state.show_changed_draft(
        set_branches(state.draft, state.address, branches), group=f"{state.address}.{state.branch_key}"
    )


def _read_branch_from_widgets(state: BuilderPageState, stored: Branch) -> Branch:
    """The branch in its widgets. A text stays when the type changes to another with a text."""
    kind = str(st.session_state[_build_branch_field_key(state, "branch_type")])
    branch: Branch = {
        "branch_key": stored["branch_key"],
        "branch_type": kind,
        "label": str(st.session_state[_build_branch_field_key(state, "label")] or ""),
    }
    text, action = (
        st.session_state.get(_build_branch_field_key(state, "text")),
        st.session_state.get(_build_branch_field_key(state, "saved_action_id")),
    )
    if kind in TEXT_FIELDS:
        branch |= {TEXT_FIELDS[kind]: text if text is not None else _get_branch_text(stored)}
    elif action:
        branch |= {"saved_action_id": action}
        if _is_snooze(state, action) and (days := _read_snooze_days(state, stored)):
            branch |= {"snooze_days": days}
    if follow_up := st.session_state[_build_branch_field_key(state, "next_branch_key")]:
        branch |= {"next_branch_key": follow_up}
    return branch


def _read_snooze_days(state: BuilderPageState, stored: Branch) -> int | None:
    """The days in their field. The stored ones stay where the field is not drawn, or holds no such number."""
    text = st.session_state.get(_build_branch_field_key(state, "snooze_days"))
    if text is None or find_whole_number_error(text, least=1, most=MAX_SNOOZE_DAYS) is not None:
        return stored.get("snooze_days")
    return parse_whole_number(text)


def _draw_branch_head(state: BuilderPageState, branch: Branch, *, is_open: bool) -> None:
    label = escape_markdown(str(branch.get("label") or "").strip() or "Without a name")
    kind = BRANCH_TYPES.get(str(branch.get("branch_type")), "Unknown")
    draw_command_button(
        state,
        "branch",
        f"{label} :gray[· {escape_markdown(kind)}]",
        ":material/expand_less:" if is_open else ":material/expand_more:",
        partial(branch_commands.open_branch, key=None if is_open else branch["branch_key"]),
        of=branch["branch_key"],
    )


def _draw_branch_fields(state: BuilderPageState, branch: Branch, branches: list[Branch]) -> None:
    _seed_branch_widgets(state, branch)
    common: dict[str, Any] = {"disabled": not state.may_edit}
    with st.container(key="builder_field_branch_label"):
        st.text_input("Question", key=_build_branch_field_key(state, "label"), max_chars=200, live="600ms", **common)
    kind = st.selectbox(
        "Answer comes from",
        list(BRANCH_TYPES),
        format_func=lambda each: BRANCH_TYPES.get(each, each),
        key=_build_branch_field_key(state, "branch_type"),
        **common,
    )
    if kind in TEXT_FIELDS:
        label = TEXT_LABELS[TEXT_FIELDS[kind]]
        st.text_area(label, key=_build_branch_field_key(state, "text"), max_chars=40_000, height="content", **common)
    else:
        _draw_action_select(state, common)
    others = {str(each["branch_key"]): str(each.get("label") or each["branch_key"]) for each in branches}
    others.pop(str(branch["branch_key"]))
    chosen = str(branch.get("next_branch_key") or NO_FOLLOW_UP)
    names = {NO_FOLLOW_UP: "Nothing", **others} | ({chosen: chosen} if chosen and chosen not in others else {})
    st.selectbox(
        "Then offers",
        list(names),
        format_func=lambda each: names.get(each, each),
        key=_build_branch_field_key(state, "next_branch_key"),
        help="The question that is offered first once this one is answered.",
        **common,
    )


def _draw_action_select(state: BuilderPageState, common: Mapping[str, Any]) -> None:
    actions = dict(state.actions or {})
    chosen = st.session_state[_build_branch_field_key(state, "saved_action_id")]
    if chosen and chosen not in actions:
        actions[chosen] = "An action that is archived or hidden"
    st.selectbox(
        "Action",
        list(actions),
        format_func=lambda each: actions.get(each, each),
        placeholder="Choose an action",
        key=_build_branch_field_key(state, "saved_action_id"),
        help="The chat proposes it; whoever runs the workflow confirms it.",
        **common,
    )
    if _is_snooze(state, chosen):
        text = st.text_input(
            "For how many days",
            key=_build_branch_field_key(state, "snooze_days"),
            max_chars=20,
            width=160,
            placeholder="14",
            help="Never later than a week before the due date. Whoever runs it can choose another day.",
            **common,
        )
        if error := find_whole_number_error(text, least=1, most=MAX_SNOOZE_DAYS):
            draw_field_error(error)


def _is_snooze(state: BuilderPageState, action: str | None) -> bool:
    return action is not None and (state.action_kinds or {}).get(action) == ActionKind.SNOOZE


def _seed_branch_widgets(state: BuilderPageState, branch: Branch) -> None:
    stored = {
        "label": str(branch.get("label") or ""),
        "branch_type": str(branch.get("branch_type") or "fixed"),
        "text": _get_branch_text(branch),
        "saved_action_id": branch.get("saved_action_id"),
        "snooze_days": format_whole_number(branch.get("snooze_days")),
        "next_branch_key": branch.get("next_branch_key") or NO_FOLLOW_UP,
    }
    for name, value in stored.items():
        if _build_branch_field_key(state, name) not in st.session_state:
            st.session_state[_build_branch_field_key(state, name)] = value


def _get_branch_text(branch: Branch) -> str:
    return str(branch.get("response_text") or branch.get("prompt") or "")


def _build_branch_field_key(state: BuilderPageState, name: str) -> str:
    return state.field_key(f"branch.{state.branch_key}.{name}")
