"""Answers to own questions as variables of templates: `{{ answer.own_auditor }}` on every later slide."""

from collections.abc import Mapping, Sequence

from lib.slides.model import SlideInput
from lib.slides.own_questions import OwnQuestion, OwnQuestionKind, read_own_answer
from lib.slides.template_values import OwnVariables
from lib.slides.template_variables import VariableKind, VariableValue

PREFIX = "answer."
VARIABLE_KINDS: Mapping[OwnQuestionKind, VariableKind] = {
    OwnQuestionKind.TEXT: VariableKind.TEXT,
    OwnQuestionKind.NUMBER: VariableKind.NUMBER,
    OwnQuestionKind.MONEY: VariableKind.MONEY,
    OwnQuestionKind.CHOICE: VariableKind.TEXT,
    OwnQuestionKind.DATE: VariableKind.DATE,
    OwnQuestionKind.PERSON: VariableKind.TEXT,
    OwnQuestionKind.YES_NO: VariableKind.YES_NO,
}

QuestionsByAddress = Mapping[str, Sequence[OwnQuestion]]


def list_own_variables(questions: QuestionsByAddress, addresses: Sequence[str], address: str) -> OwnVariables:
    """The variables a slide's texts may use: questions of the slides before it, by name and kind."""
    found = _find_questions_before(questions, addresses, address)
    return tuple((PREFIX + key, VARIABLE_KINDS[question.kind]) for key, (_, question) in sorted(found.items()))


def read_own_variables(slide_input: SlideInput) -> Mapping[str, VariableValue]:
    """Their values: what was answered so far, None for what was not."""
    found = _find_questions_before(slide_input.questions, slide_input.addresses, slide_input.address)
    return {
        PREFIX + key: read_own_answer(question, slide_input.answers_at(where).get(key), slide_input.account)
        for key, (where, question) in found.items()
    }


def _find_questions_before(
    questions: QuestionsByAddress, addresses: Sequence[str], address: str
) -> dict[str, tuple[str, OwnQuestion]]:
    """By key; of two slides that ask under one key, the later."""
    before = addresses[: addresses.index(address)] if questions and address in addresses else ()
    return {question.key: (where, question) for where in before for question in questions.get(where, ())}
