"""What is wrong with a field, under it."""

from lib.ui.builder.builder_state import BuilderPageState
from lib.ui.builder.place_labels import replace_codes_by_names
from lib.ui.number_widgets import draw_field_error
from lib.workflows.model import DefinitionError


def draw_field_problems(state: BuilderPageState, name: str | None) -> None:
    """The problems of a field of what is chosen; of `None` those of the slide as a whole."""
    for problem in state.problems:
        if (problem.slide or "") == state.address and problem.branch is None and get_field_name(problem) == name:
            draw_field_error(replace_codes_by_names(state, problem.slide, get_short_message(problem)))


def draw_branch_problems(state: BuilderPageState, key: str | None) -> None:
    """The problems of a chat branch of the chosen slide."""
    for problem in state.problems:
        if key is not None and problem.slide == state.address and problem.branch == key:
            draw_field_error(replace_codes_by_names(state, problem.slide, get_short_message(problem)))


def get_field_name(problem: DefinitionError) -> str | None:
    """The field of a context, without the place in its list: "checklist" for "checklist.2"."""
    return problem.field.partition(".")[0] if problem.field else None


def get_short_message(problem: DefinitionError) -> str:
    """The message without the place it begins with, as it is drawn there."""
    if problem.branch is not None:
        return problem.message.removeprefix(f"The branch “{problem.branch}” on {problem.slide} ")
    message = problem.message.removeprefix(f"{problem.slide}, {problem.field}: ")
    return message.removeprefix(f"{problem.slide}, {get_field_name(problem)}: ")
