"""A text that cannot be read says why in words of whoever writes it, not in those of a parser."""

import re

import pytest
from jinja2 import Environment, TemplateSyntaxError

from lib.errors import InvalidInput
from lib.slides.template import parse_template
from lib.slides.template_syntax_errors import OTHERWISE, SENTENCES

NOT_CLOSED, NO_IF = "an “{% if %}” has no “{% endif %}” after it.", "stands without an “{% if %}” before it."
SOURCES = (
    ("{% if contract.arr %}x", NOT_CLOSED),
    ("{% if contract.arr %}{% else %}x", NOT_CLOSED),
    ("{% endif %}", NO_IF),
    ("{% elif contract.arr %}", NO_IF),
    ("{% if contract.arr %}{% else %}{% else %}{% endif %}", "after “{% else %}” there can only be “{% endif %}”."),
    ("{% foo %}", "there is no “foo”. A text may use if, elif, else and endif."),
    ("{{ customer.name", "a placeholder is not closed: it ends with “}}”."),
    ("{% if contract.arr %}x{% endif", "an “{%” is not closed: it ends with “%}”."),
    ("{# x", "a comment is not closed: it ends with “#}”."),
    ("{{ }}", "a placeholder is empty: its name stands between “{{” and “}}”."),
    ("{% if %}x{% endif %}", "an “{% if %}” does not say what it depends on."),
    ("{% if contract.arr > %}x{% endif %}", "an “{% if %}” does not say what it depends on."),
    ("{{ customer.name customer.name }}", "a placeholder is one name. Close it with “}}” before what follows."),
    (
        "{% if contract.arr contract.seats %}x{% endif %}",
        "an “{% if %}” asks for one thing. Join two by “and” or “or”.",
    ),
    ("{{ customer.name| }}", "the name of a filter is missing after “|”."),
    ("{{ customer. }}", "the name of a placeholder is not complete."),
    ("{{ (customer.name }}", "an opening and a closing bracket do not match."),
    ("{{ customer.name ) }}", "an opening and a closing bracket do not match."),
    ("{{ customer.name }", "a placeholder ends with two braces: “}}”."),
    ("{{ 3 $ 4 }}", "“$” may not stand in a placeholder or an “if”"),
    ("{{ 'x }}", "“'” may not stand in a placeholder or an “if”"),
    ("{{ customer.name ~ }}", OTHERWISE),
)


@pytest.mark.parametrize(("source", "sentence"), SOURCES)
def test_a_text_that_cannot_be_read_says_why(source: str, sentence: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_template(f"One.\n{source}")
    assert caught.value.message.startswith("Line 2: ")
    assert sentence in caught.value.message


def test_each_sentence_is_reached_by_a_text() -> None:
    messages = []
    for source, _ in SOURCES:
        with pytest.raises(TemplateSyntaxError) as caught:
            Environment(autoescape=True).parse(source)
        messages.append(str(caught.value.message))
    first = [next((place for place, (p, _) in enumerate(SENTENCES) if re.search(p, each)), None) for each in messages]
    assert set(first) == {*range(len(SENTENCES)), None}
