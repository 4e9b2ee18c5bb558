"""What keeps the draft from being published, each a way to its place."""

from functools import partial

import streamlit as st

from lib.text.format import format_count
from lib.text.markdown_escape import escape_markdown
from lib.text.truncate import truncate
from lib.ui.builder.builder_state import WORKFLOW_ADDRESS, BuilderPageState
from lib.ui.builder.draft_editor import DraftEditor
from lib.ui.builder.field_problems import get_field_name, get_short_message
from lib.ui.session_keys import builder_button_key
from lib.workflows.draft_edits import list_branches
from lib.workflows.model import DefinitionError

MAX_SHOWN = 6
MAX_LENGTH = 160


def draw_problem_list(state: BuilderPageState) -> None:
    """Nothing where nothing is wrong."""
    if not state.problems:
        return
    with st.container(border=True, gap="xxsmall", key="builder_problems"):
        count = format_count(len(state.problems), "problem")
        st.markdown(f"##### :material/error: {count} to solve before it can be published")
        for place, problem in enumerate(state.problems[:MAX_SHOWN]):
            st.button(
                escape_markdown(_describe_problem(state, problem)),
                key=builder_button_key("problem", str(place)),
                type="tertiary",
                icon=":material/arrow_forward:",
                on_click=state.queue_command,
                args=(
                    partial(
                        DraftEditor.go_to_problem,
                        address=_find_slide_of_problem(state, problem),
                        field=get_field_name(problem),
                        branch=problem.branch,
                    ),
                ),
            )
        if len(state.problems) > MAX_SHOWN:
            st.caption(f"{format_count(len(state.problems) - MAX_SHOWN, 'more problem')}, on the slides marked above.")


def _find_slide_of_problem(state: BuilderPageState, problem: DefinitionError) -> str:
    return problem.slide if problem.slide in state.draft.slide_sequence else WORKFLOW_ADDRESS


def _describe_problem(state: BuilderPageState, problem: DefinitionError) -> str:
    if problem.slide is not None and problem.branch is not None:
        branches = list_branches(state.draft, problem.slide)
        label = next((each.get("label") for each in branches if each["branch_key"] == problem.branch), None)
        where = f"{state.get_slide_title(problem.slide)}, chat, “{label or 'without a name'}”"
        return truncate(f"{where} {get_short_message(problem)}", MAX_LENGTH)
    if problem.slide is None or problem.field is None:
        return truncate(problem.message, MAX_LENGTH)
    where = f"{state.get_slide_title(problem.slide)}, {problem.field.replace('.', ' ')}"
    return truncate(f"{where}: {get_short_message(problem)}", MAX_LENGTH)
