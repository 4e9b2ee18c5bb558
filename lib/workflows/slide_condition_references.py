"""Which slides the conditions of a workflow name, in raw contexts. Pure."""

from collections.abc import Mapping
from typing import Any


def rename_slide_in_conditions(contexts: Mapping[str, Any], address: str, renamed: str) -> dict[str, Any]:
    """The contexts, with conditions that name a slide's answers naming it by its new address."""
    return {key: _rename_in_context(context, address, renamed) for key, context in contexts.items()}


def _rename_in_context(context: Any, address: str, renamed: str) -> Any:
    condition = context.get("shown_when") if isinstance(context, Mapping) else None
    if not isinstance(condition, Mapping):
        return context
    tests = {name: _rename_in_tests(listed, address, renamed) for name, listed in condition.items()}
    return {**context, "shown_when": tests}


def _rename_in_tests(listed: Any, address: str, renamed: str) -> Any:
    if not isinstance(listed, list | tuple):
        return listed
    return [
        {**test, "slide": renamed} if isinstance(test, Mapping) and test.get("slide") == address else test
        for test in listed
    ]
