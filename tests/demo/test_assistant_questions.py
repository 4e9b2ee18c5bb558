"""Sixty questions of a CSM, asked over the demo book with no model configured (see assistant/answer_scores.py)."""

from collections.abc import Callable

import pytest

from lib.services import build_services
from tests.demo.assistant.answer_scores import (
    Score,
    ScoredAnswer,
    ask_and_score,
    format_report,
    load_person,
    load_questions,
)
from tests.demo.conftest import Demo

pytestmark = pytest.mark.usefixtures("app_of_demo")
Ask = Callable[[str], list[ScoredAnswer]]


@pytest.fixture(scope="module")
def ask_all(demo: Demo) -> Ask:
    def ask(file: str) -> list[ScoredAnswer]:
        people = {
            name: build_services(demo.person(name), load_person(demo.person(name), name)) for name in ("alice", "bob")
        }
        return [ask_and_score(each, people[each.by], demo.sql) for each in load_questions(file)]

    return ask


def test_of_sixty_questions_most_are_answered_and_none_is_misleading(ask_all: Ask) -> None:
    answers = ask_all("questions.toml")
    assert len(answers) == 60
    assert not [answer for answer in answers if answer.score is Score.MISLEADING], format_report(answers)
    assert sum(answer.score is Score.RIGHT for answer in answers) >= 45, format_report(answers)
