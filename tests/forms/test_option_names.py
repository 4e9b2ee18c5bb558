import pytest

from lib.errors import InvalidInput
from lib.forms.model import Field, FieldKind, Option
from lib.forms.option_names import find_option, format_option_answer, list_option_names, resolve_option_names

PERSON = "9d473433-eaba-5394-b171-5f97d4242c25"
OPTIONS = (
    Option(value=PERSON, label="Hugh Bassett, CFO"),
    Option(value="Europe/Berlin", label="Berlin, Europe"),
    Option(value="renew_as_is", label="Renew as is"),
    Option(value="a", label="Ravi Nair, CFO"),
    Option(value="b", label="Ravi Nair, Planner"),
)
PEOPLE = Field(key="people", label="Guests", kind=FieldKind.MULTI, options=OPTIONS)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("hugh bassett", PERSON),
        (PERSON, PERSON),
        ("Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("Renew as is", "renew_as_is"),
        ("Ravi Nair, Planner", "b"),
    ],
)
def test_an_option_is_found_by_value_label_or_name(said: str, value: str) -> None:
    assert find_option(OPTIONS, said) == value


@pytest.mark.parametrize(("said", "why"), [("Mars/Olympus", "none of the choices"), ("Ravi Nair", "several")])
def test_an_unknown_or_ambiguous_name_is_refused(said: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        find_option(OPTIONS, said)


def test_answers_are_stored_by_value_and_shown_by_name() -> None:
    answer = resolve_option_names(PEOPLE, ["Hugh Bassett", "b"])
    assert answer == [PERSON, "b"]
    assert format_option_answer(PEOPLE, answer) == "Hugh Bassett, CFO and Ravi Nair, Planner"
    assert list_option_names(PEOPLE)[:3] == ("Hugh Bassett, CFO", "Berlin, Europe", "renew_as_is")
