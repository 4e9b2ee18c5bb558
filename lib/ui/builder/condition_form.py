"""When a slide is shown: a few comparisons, each a fact or an earlier answer, how it is compared, and with what."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st
from pydantic import ValidationError

from lib.slides.model import SlideId
from lib.slides.slide_address import get_slide_id_of_address
from lib.slides.slide_condition import (
    COMPARISON_LABELS,
    FACT_LABELS,
    FACT_VALUES,
    MAX_TESTS,
    NUMBER_COMPARISONS,
    TEXT_COMPARISONS,
    YES_NO_COMPARISONS,
    Comparison,
    ConditionFact,
    SlideCondition,
)
from lib.text.markdown_escape import escape_markdown
from lib.ui.builder.builder_state import BuilderPageState
from lib.ui.builder.comparable_answers import ComparableAnswer, list_comparable_answers
from lib.ui.builder.condition_sentence import describe_shown_when
from lib.ui.builder.draft_editor import DraftEditor
from lib.ui.builder.field_problems import draw_field_problems
from lib.ui.builder.whole_number_texts import find_whole_number_error, format_whole_number, parse_whole_number
from lib.ui.number_widgets import draw_field_error
from lib.ui.session_keys import builder_button_key
from lib.workflows.draft_edits import get_slide_field, set_slide_field

Test = dict[str, Any]
NEW_TEST: Test = {"fact": "segment", "comparison": "is", "value": next(iter(FACT_VALUES[ConditionFact.SEGMENT]))}
WORDS = {"all": "all of these hold", "any": "any of these holds"}
MAX_NUMBER = 10**12
YES_NO = {True: "Yes", False: "No"}


def draw_condition_form(state: BuilderPageState) -> None:
    """The condition of the chosen slide. The first slide and the summary are always shown."""
    st.markdown("### Shown when")
    draw_field_problems(state, "shown_when")
    tests, word = list_tests(state)
    is_always = state.place == 0 or get_slide_id_of_address(state.address) == SlideId.SUMMARY
    if is_always and not tests:
        st.caption("The first slide and the summary are always shown.")
        return
    if not tests:
        st.caption("Always.")
    elif len(tests) > 1:
        key = state.field_key("condition.word")
        st.session_state.setdefault(key, word)
        st.selectbox("Shown if", list(WORDS), format_func=WORDS.__getitem__, key=key, disabled=not state.may_edit)
    if tests:
        st.markdown(f"{escape_markdown(describe_shown_when(state, state.address))}.")
    answers = {each.value: each for each in list_comparable_answers(state)}
    for row, test in enumerate(tests):
        with st.container(border=True, gap="xsmall", key=f"builder_condition_{row}"):
            _draw_test(state, row, test, answers)
    condition = _read_condition(state, tests, word)
    if tests and _find_condition_error(condition) is not None:
        draw_field_error("Not saved yet: each comparison needs a value.")
    elif tests and state.may_edit and condition != {word: tests}:
        st.rerun()  # another fact has brought widgets of its own, whose values are saved before a run
    if state.may_edit and not is_always and len(tests) < MAX_TESTS:
        st.button(
            "Add a comparison",
            key=builder_button_key("condition add", state.address),
            type="tertiary",
            icon=":material/add:",
            on_click=state.queue_command,
            args=(add_test,),
        )


def list_tests(state: BuilderPageState) -> tuple[list[Test], str]:
    """The comparisons of the chosen slide as JSON, and whether all or any has to hold."""
    condition = get_slide_field(state.draft, state.address, "shown_when")
    if not isinstance(condition, Mapping):
        return [], "all"
    word = "any" if condition.get("any") else "all"
    return [dict(test) for test in condition.get(word) or () if isinstance(test, Mapping)], word


def read_condition_fields(state: BuilderPageState) -> None:
    """What the widgets hold becomes the draft's condition, once every comparison is whole."""
    tests, word = list_tests(state)
    if tests and state.field_key("condition.0.fact") in st.session_state:
        condition = _read_condition(state, tests, word)
        if _find_condition_error(condition) is None:
            _set_condition(state, condition)


def add_test(editor: DraftEditor) -> None:
    tests, word = list_tests(editor.state)
    _set_condition(editor.state, {word: [*tests, NEW_TEST]})


def remove_test(editor: DraftEditor, row: int) -> None:
    tests, word = list_tests(editor.state)
    left = [test for place, test in enumerate(tests) if place != row]
    _set_condition(editor.state, {word: left} if left else None)
    editor.state.start_new_form()


def _set_condition(state: BuilderPageState, condition: Mapping[str, Any] | None) -> None:
    if state.may_edit and state.address in state.draft.slide_sequence:
        state.show_changed_draft(set_slide_field(state.draft, state.address, "shown_when", condition))


def _read_condition(state: BuilderPageState, tests: list[Test], word: str) -> dict[str, Any]:
    word = st.session_state.get(state.field_key("condition.word"), word)
    return {word: [_read_test(state, row, test) for row, test in enumerate(tests)]}


def _read_test(state: BuilderPageState, row: int, stored: Test) -> Test:
    """A row whose widgets are not drawn yet, for another fact for example, has its first comparison and no value."""
    fact = st.session_state.get(state.field_key(f"condition.{row}.fact"))
    if fact is None:
        return stored
    source = st.session_state.get(state.field_key(f"condition.{row}.source")) if fact == "answer" else None
    prefix = f"condition.{row}.{fact}.{source}"
    comparison = st.session_state.get(state.field_key(f"{prefix}.comparison"))
    number_key = state.field_key(f"{prefix}.number")
    if number_key in st.session_state:
        value = parse_whole_number(st.session_state[number_key])
    else:
        value = st.session_state.get(state.field_key(f"{prefix}.value.{comparison == Comparison.ONE_OF}"))
    test: Test = {"fact": fact, "comparison": comparison, "value": value}
    if source is not None:
        slide, _, key = source.rpartition("/")
        test |= {"slide": slide, "key": key}
    return test


def _find_condition_error(condition: Mapping[str, Any]) -> str | None:
    try:
        SlideCondition.model_validate(condition)
    except ValidationError as error:
        return str(error)
    return None


def _format_fact(fact: str) -> str:
    label = FACT_LABELS[ConditionFact(fact)]
    return label[:1].upper() + label[1:]


def _draw_test(state: BuilderPageState, row: int, test: Test, answers: Mapping[str, ComparableAnswer]) -> None:
    common: dict[str, Any] = {"disabled": not state.may_edit}
    facts = [each.value for each in ConditionFact if each is not ConditionFact.ANSWER or answers]
    key = state.field_key(f"condition.{row}.fact")
    st.session_state.setdefault(key, test.get("fact"))
    fact = st.selectbox("Fact", facts, format_func=_format_fact, key=key, **common)
    source = None
    if fact == ConditionFact.ANSWER:
        key = state.field_key(f"condition.{row}.source")
        stored = f"{test.get('slide')}/{test.get('key')}"
        is_gone = test.get("slide") is not None and stored not in answers
        st.session_state.setdefault(key, stored if is_gone or stored in answers else next(iter(answers)))
        source = st.selectbox(
            "Answer", [*answers, *([stored] if is_gone else [])], key=key,
            format_func=lambda each: answers[each].label if each in answers else each,
            **common,
        )  # fmt: skip
    if source is not None and source not in answers:
        st.caption("This answer is not asked on an earlier slide any more.")
    else:
        _draw_comparison(state, f"condition.{row}.{fact}.{source}", test, fact, answers.get(source or ""), common)
    if state.may_edit:
        st.button(
            "Remove comparison",
            key=builder_button_key(f"condition remove {row}", state.address),
            type="tertiary",
            icon=":material/delete:",
            on_click=state.queue_command,
            args=(partial(remove_test, row=row),),
        )


def _draw_comparison(
    state: BuilderPageState,
    prefix: str,
    test: Test,
    fact: str,
    answer: ComparableAnswer | None,
    common: Mapping[str, Any],
) -> None:
    options = answer.options if answer else FACT_VALUES.get(ConditionFact(fact))
    is_yes_no = answer is not None and answer.is_yes_no
    known = YES_NO_COMPARISONS if is_yes_no else TEXT_COMPARISONS if options else NUMBER_COMPARISONS
    key = state.field_key(f"{prefix}.comparison")
    stored = str(test.get("comparison"))
    is_stored = test.get("fact") == fact and stored in {each.value for each in known}
    st.session_state.setdefault(key, stored if is_stored else known[0].value)
    comparison = st.selectbox(
        "Compared by",
        [each.value for each in known],
        format_func=lambda each: COMPARISON_LABELS[Comparison(each)],
        key=key,
        **common,
    )
    is_list = comparison == Comparison.ONE_OF
    key, value = state.field_key(f"{prefix}.value.{is_list}"), test.get("value") if is_stored else None
    if is_yes_no:
        st.session_state.setdefault(key, value if isinstance(value, bool) else True)
        st.selectbox("Value", list(YES_NO), format_func=YES_NO.__getitem__, key=key, **common)
    elif options:
        names = dict(options)
        if is_list:
            st.session_state.setdefault(key, [each for each in value or () if each in names] if is_stored else [])
            st.multiselect("Values", list(names), format_func=names.__getitem__, key=key, **common)
        else:
            st.session_state.setdefault(key, value if value in names else next(iter(names)))
            st.selectbox("Value", list(names), format_func=lambda each: names.get(each, each), key=key, **common)
    else:
        key = state.field_key(f"{prefix}.number")
        st.session_state.setdefault(key, format_whole_number(value if value is not None else 0))
        text = st.text_input("Value", max_chars=20, key=key, **common)
        error = find_whole_number_error(text, least=-MAX_NUMBER, most=MAX_NUMBER)
        if error:
            draw_field_error(error)
