"""The editor of a company's own questions on a slide: a list, one of them open with its fields."""

from functools import partial
from typing import Any

import streamlit as st
from pydantic import ValidationError

from lib.slides.own_questions import MAX_QUESTIONS, QUESTION_KIND_LABELS, OwnQuestion, OwnQuestionKind
from lib.text.markdown_escape import escape_markdown
from lib.ui.builder.builder_state import BuilderPageState
from lib.ui.builder.draft_editor import DraftEditor
from lib.ui.builder.entry_buttons import draw_command_button, draw_entry_buttons
from lib.ui.builder.field_problems import draw_field_problems
from lib.ui.number_widgets import draw_field_error
from lib.workflows.draft_edits import get_slide_field, set_slide_field

OwnQuestionJson = dict[str, Any]
NEW_LABEL = "New question"
NEW_CHOICES = ("First choice", "Second choice")


def draw_question_form(state: BuilderPageState) -> None:
    st.markdown("### Questions of your own")
    st.caption(
        "Asked below the slide's. Answers are kept with the slide's; later slides show one with its placeholder."
    )
    draw_field_problems(state, "questions")
    questions = list_questions(state)
    for place, question in enumerate(questions):
        is_open = question.get("key") == state.question_key
        with st.container(border=is_open, gap="xsmall", key=f"builder_question_{place}"):
            _draw_head(state, question, is_open=is_open)
            if is_open:
                _draw_fields(state, question)
                draw_entry_buttons(
                    state, "question", str(question.get("key")), place=place, count=len(questions),
                    move=move_question, remove=remove_question,
                )  # fmt: skip
    if state.may_edit and len(questions) < MAX_QUESTIONS:
        draw_command_button(state, "question", "Add a question of your own", ":material/add:", add_question)


def list_questions(state: BuilderPageState) -> list[OwnQuestionJson]:
    """The chosen slide's own questions as JSON."""
    listed = get_slide_field(state.draft, state.address, "questions")
    return [dict(each) for each in listed or () if isinstance(each, dict)]


def read_question_fields(state: BuilderPageState) -> None:
    """What the widgets of the open question hold becomes the draft, once it is a whole question."""
    questions = list_questions(state)
    place = next((n for n, each in enumerate(questions) if each.get("key") == state.question_key), None)
    if place is None or _key(state, "label") not in st.session_state:
        return
    question = _read_question(state)
    if _find_question_error(question) is None:
        questions[place] = question
        draft = set_slide_field(state.draft, state.address, "questions", questions)
        state.show_changed_draft(draft, group=f"{state.address}.{state.question_key}")


def add_question(editor: DraftEditor) -> None:
    """Add a text question at the end, and open it."""
    state = editor.state
    questions = list_questions(state)
    used = {each.get("key") for each in questions}
    key = next(f"own_question_{n}" for n in range(1, MAX_QUESTIONS + 2) if f"own_question_{n}" not in used)
    question = OwnQuestion(key=key, label=NEW_LABEL, kind=OwnQuestionKind.TEXT)
    _set_questions(editor, [*questions, question.model_dump(mode="json", exclude_defaults=True)])
    open_question(editor, key)
    state.focus_on("own_question")


def open_question(editor: DraftEditor, key: str | None) -> None:
    editor.state.question_key = key
    editor.state.start_new_form()


def remove_question(editor: DraftEditor, key: str) -> None:
    _set_questions(editor, [each for each in list_questions(editor.state) if each.get("key") != key])
    open_question(editor, None)


def move_question(editor: DraftEditor, key: str, by: int) -> None:
    questions = list_questions(editor.state)
    place = next((n for n, each in enumerate(questions) if each.get("key") == key), None)
    if place is not None and 0 <= place + by < len(questions):
        questions.insert(place + by, questions.pop(place))
        _set_questions(editor, questions)


def _set_questions(editor: DraftEditor, questions: list[OwnQuestionJson]) -> None:
    state = editor.state
    if state.may_edit and state.address in state.draft.slide_sequence:
        state.show_changed_draft(set_slide_field(state.draft, state.address, "questions", questions))


def _read_question(state: BuilderPageState) -> OwnQuestionJson:
    kind = OwnQuestionKind(st.session_state[_key(state, "kind")])
    question: OwnQuestionJson = {
        "key": state.question_key,
        "label": str(st.session_state[_key(state, "label")] or "").strip(),
        "kind": kind.value,
    }
    if kind is OwnQuestionKind.CHOICE:
        text = st.session_state.get(_key(state, "choices"))
        lines = NEW_CHOICES if text is None else [line.strip() for line in text.split("\n") if line.strip()]
        question["choices"] = list(lines)
    if st.session_state[_key(state, "is_required")]:
        question["is_required"] = True
    if explanation := str(st.session_state[_key(state, "help")] or "").strip():
        question["help"] = explanation
    return question


def _find_question_error(question: OwnQuestionJson) -> str | None:
    try:
        OwnQuestion.model_validate(question)
    except ValidationError as error:
        return str(error.errors(include_url=False)[0]["msg"]).removeprefix("Value error, ")
    return None


def _draw_head(state: BuilderPageState, question: OwnQuestionJson, *, is_open: bool) -> None:
    kind = str(question.get("kind"))
    label = QUESTION_KIND_LABELS[OwnQuestionKind(kind)] if kind in tuple(OwnQuestionKind) else kind
    draw_command_button(
        state,
        "question",
        f"{escape_markdown(str(question.get('label') or ''))} :gray[· {escape_markdown(label)}]",
        ":material/expand_less:" if is_open else ":material/expand_more:",
        partial(open_question, key=None if is_open else str(question.get("key"))),
        of=str(question.get("key")),
    )


def _draw_fields(state: BuilderPageState, question: OwnQuestionJson) -> None:
    _seed(state, question)
    common: dict[str, Any] = {"disabled": not state.may_edit}
    with st.container(key="builder_field_own_question"):
        st.text_input("Question", key=_key(state, "label"), max_chars=200, live="600ms", **common)
    kind = st.selectbox(
        "Answered with",
        [each.value for each in OwnQuestionKind],
        format_func=lambda each: QUESTION_KIND_LABELS[OwnQuestionKind(each)],
        key=_key(state, "kind"),
        **common,
    )
    if kind == OwnQuestionKind.CHOICE:
        if st.session_state.get(_key(state, "choices")) is None:
            st.session_state[_key(state, "choices")] = "\n".join(question.get("choices") or NEW_CHOICES)
        st.text_area("Choices", key=_key(state, "choices"), placeholder="One a line", height="content", **common)
    st.checkbox("Needs an answer", key=_key(state, "is_required"), **common)
    st.text_input("Explanation (optional)", key=_key(state, "help"), max_chars=400, live="600ms", **common)
    st.caption(f"In texts of later slides: `{{{{ answer.{question.get('key')} }}}}`")
    error = _find_question_error(_read_question(state))
    if error is not None:
        draw_field_error(f"Not saved yet: {error}")


def _seed(state: BuilderPageState, question: OwnQuestionJson) -> None:
    stored = {
        "label": str(question.get("label") or ""),
        "kind": str(question.get("kind") or OwnQuestionKind.TEXT),
        "is_required": bool(question.get("is_required")),
        "help": str(question.get("help") or ""),
    }
    for name, value in stored.items():
        if _key(state, name) not in st.session_state:
            st.session_state[_key(state, name)] = value


def _key(state: BuilderPageState, name: str) -> str:
    return state.field_key(f"question.{state.question_key}.{name}")
