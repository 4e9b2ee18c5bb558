from typing import Any

from lib.workflows.slide_condition_references import rename_slide_in_conditions


def contexts(slide: str) -> dict[str, Any]:
    test = {"fact": "answer", "slide": slide, "key": "own_x", "comparison": "is", "value": True}
    return {"draft-email": {"lead": "x", "shown_when": {"all": [test, {"fact": "arr", "value": 1}]}}, "summary": {}}


def test_conditions_follow_a_slide_to_its_new_label() -> None:
    renamed = rename_slide_in_conditions(contexts("custom:first"), "custom:first", "custom:audit")
    assert renamed == contexts("custom:audit")
    assert rename_slide_in_conditions(contexts("custom:other"), "custom:first", "custom:audit") == contexts(
        "custom:other"
    )


def test_what_is_no_condition_stays_as_it_is() -> None:
    for odd in (3, None, "x", {"shown_when": 3}, {"shown_when": {"all": 3}}, {"shown_when": {"all": ["x", None]}}):
        assert rename_slide_in_conditions({"greeting": odd}, "a", "b") == {"greeting": odd}
