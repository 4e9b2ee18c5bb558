"""Answers as variables of templates on every later slide: `{{ answer.goals }}`, `{{ answer.own_auditor }}`."""

from collections.abc import Iterator, Mapping, Sequence

from lib.slides.answer_meanings import ANSWER_MEANINGS, ANSWER_PREFIX
from lib.slides.answer_summary import read_summarized_answer
from lib.slides.model import SlideInput
from lib.slides.own_questions import OwnQuestion, OwnQuestionKind, read_own_answer
from lib.slides.template_values import OwnVariables
from lib.slides.template_variables import VariableKind, VariableValue

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
    return tuple((ANSWER_PREFIX + key, VARIABLE_KINDS[question.kind]) for key, (_, question) in sorted(found.items()))


class AnswerValues(Mapping[str, VariableValue]):
    """The values of all variables of answers, each read when a text asks for it: None for what was not answered."""

    def __init__(self, slide_input: SlideInput) -> None:
        self._input = slide_input
        self._own = _find_questions_before(slide_input.questions, slide_input.addresses, slide_input.address)

    def __getitem__(self, name: str) -> VariableValue:
        if not name.startswith(ANSWER_PREFIX):
            raise KeyError(name)
        key = name.removeprefix(ANSWER_PREFIX)
        if key in self._own:
            where, question = self._own[key]
            answer: VariableValue = read_own_answer(
                question, self._input.answers_at(where).get(key), self._input.account
            )
            return answer
        if key not in ANSWER_MEANINGS:
            raise KeyError(name)
        return read_summarized_answer(self._input, key)

    def __iter__(self) -> Iterator[str]:
        return (ANSWER_PREFIX + key for key in (*ANSWER_MEANINGS, *self._own))

    def __len__(self) -> int:
        return len(ANSWER_MEANINGS) + len(self._own)


def _find_questions_before(
    questions: QuestionsByAddress, addresses: Sequence[str], address: str
) -> dict[str, tuple[str, OwnQuestion]]:
    """By key; of two slides that ask under one key, the later."""
    before = addresses[: addresses.index(address)] if questions and address in addresses else ()
    return {question.key: (where, question) for where in before for question in questions.get(where, ())}
