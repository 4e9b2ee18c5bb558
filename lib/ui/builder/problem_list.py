"""What keeps the draft from being published, and what its author should know, each a way to its place."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from lib.text.format import format_count
from lib.text.markdown_escape import escape_markdown
from lib.text.truncate import truncate
from lib.ui.builder import problem_commands
from lib.ui.builder.builder_state import BuilderPageState
from lib.ui.builder.field_problems import get_short_message
from lib.ui.builder.place_labels import (
    describe_branch_place,
    describe_context_place,
    replace_codes_by_names,
)
from lib.ui.session_keys import builder_button_key
from lib.workflows.model import DefinitionError

MAX_SHOWN = 6
MAX_LENGTH = 200


def draw_problem_list(state: BuilderPageState) -> None:
    """Nothing where nothing is wrong."""
    if state.problems:
        with st.container(border=True, gap="xxsmall", key="builder_problems"):
            count = format_count(len(state.problems), "problem")
            st.markdown(f"##### :material/error: {count} to solve before it can be published")
            _draw_problem_links(state, state.problems, "problem")
    if state.warnings:
        count = format_count(len(state.warnings), "thing")
        with st.expander(f"{count} to know before it is published", icon=":material/info:"):
            _draw_problem_links(state, state.warnings, "warning")


def describe_problem(state: BuilderPageState, problem: DefinitionError) -> str:
    """ "Review the account, Lead: Line 1: there is no variable “customer.nam”."; names in place of ids."""
    message = replace_codes_by_names(state, problem.slide, get_short_message(problem))
    if problem.slide not in state.draft.slide_sequence:
        return message
    where = [state.get_slide_title(problem.slide)]
    if problem.branch is not None:
        where.append(describe_branch_place(state, problem.slide, problem.branch))
    elif problem.field is not None:
        where.append(describe_context_place(state, problem.slide, problem.field.split(".")))
    return f"{', '.join(where)}: {message}"


def _draw_problem_links(state: BuilderPageState, problems: Sequence[DefinitionError], noun: str) -> None:
    for place, problem in enumerate(problems[:MAX_SHOWN]):
        st.button(
            escape_markdown(truncate(describe_problem(state, problem), MAX_LENGTH)),
            key=builder_button_key(noun, str(place)),
            type="tertiary",
            icon=":material/arrow_forward:",
            on_click=state.queue_command,
            args=(partial(problem_commands.go_to_problem, problem=problem),),
        )
    if len(problems) > MAX_SHOWN:
        st.caption(f"{format_count(len(problems) - MAX_SHOWN, f'more {noun}')}.")
