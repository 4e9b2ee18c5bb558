"""From a problem to its place in the builder."""

from lib.ui.builder.builder_state import WORKFLOW_ADDRESS, BuilderPageState, EditorTab
from lib.ui.builder.draft_editor import DraftEditor
from lib.ui.builder.form_change_form import OPEN_PREFIX
from lib.workflows.draft_edits import get_slide_field
from lib.workflows.model import DefinitionError


def go_to_problem(editor: DraftEditor, problem: DefinitionError) -> None:
    """Open the editor where a problem is, with its question or branch open, at its field."""
    state = editor.state
    state.publication = None
    editor.open_slide_editor(find_slide_of_problem(state, problem))
    name, *rest = (problem.field or "").split(".")
    state.branch_key, state.question_key = problem.branch, None
    if problem.branch is not None:
        state.tab, focus = EditorTab.CHAT, "branch_label"
    elif name in ("questions", "form"):
        state.tab, focus = EditorTab.QUESTIONS, "own_question"
        state.question_key = _find_question_key(state, name, rest)
    else:
        state.tab, focus = EditorTab.TEXTS, name
    state.start_new_form()
    if focus:
        state.focus_on(focus)


def find_slide_of_problem(state: BuilderPageState, problem: DefinitionError) -> str:
    """The slide where it is mended; the workflow for what is on no slide of the draft."""
    return problem.slide if problem.slide in state.draft.slide_sequence else WORKFLOW_ADDRESS


def _find_question_key(state: BuilderPageState, name: str, rest: list[str]) -> str | None:
    if not rest:
        return None
    if name == "form":
        return OPEN_PREFIX + rest[0]
    listed = get_slide_field(state.draft, state.address, "questions")
    questions = listed if isinstance(listed, list | tuple) else ()
    place = int(rest[0]) if rest[0].isdigit() else len(questions)
    question = questions[place] if place < len(questions) else None
    return question.get("key") if isinstance(question, dict) else None
