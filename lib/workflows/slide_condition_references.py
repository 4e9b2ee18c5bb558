"""Which slides and answers the conditions of a workflow name, in raw contexts. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

RawTest = Mapping[str, Any]


def rename_slide_in_conditions(contexts: Mapping[str, Any], address: str, renamed: str) -> dict[str, Any]:
    """The contexts, with conditions that name a slide's answers naming it by its new address."""

    def change(test: RawTest) -> RawTest:
        return {**test, "slide": renamed} if test.get("slide") == address else test

    return {key: _change_tests(context, change) for key, context in contexts.items()}


def replace_answer_in_conditions(
    contexts: Mapping[str, Any], address: str, key: str, old: str, new: str
) -> dict[str, Any]:
    """The contexts, with conditions that compare a question's answer with `old` comparing it with `new`."""

    def change(test: RawTest) -> RawTest:
        if (test.get("slide"), test.get("key")) != (address, key):
            return test
        value = test.get("value")
        if isinstance(value, list | tuple):
            return {**test, "value": [new if each == old else each for each in value]}
        return {**test, "value": new} if value == old else test

    return {name: _change_tests(context, change) for name, context in contexts.items()}


def _change_tests(context: Any, change: Callable[[RawTest], RawTest]) -> Any:
    condition = context.get("shown_when") if isinstance(context, Mapping) else None
    if not isinstance(condition, Mapping):
        return context
    tests = {name: _change_listed_tests(listed, change) for name, listed in condition.items()}
    return {**context, "shown_when": tests}


def _change_listed_tests(listed: Any, change: Callable[[RawTest], RawTest]) -> Any:
    if not isinstance(listed, list | tuple):
        return listed
    return [change(test) if isinstance(test, Mapping) else test for test in listed]
