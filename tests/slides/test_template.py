import re
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.errors import InvalidInput
from lib.slides import template, template_evaluation
from lib.slides.answer_meanings import ANSWER_PREFIX
from lib.slides.template_filters import FILTERS
from lib.slides.template_values import SAMPLE_OF_KIND, TemplateValues
from lib.slides.template_variables import VARIABLES
from tests.slides.template_attacks import LINK_LEAKS, TEMPLATE_ATTACKS
from tests.support.sample_accounts import NASTY, bare_account, full_account, nasty_account

FULL = TemplateValues.for_account(full_account(), person_name="Zoë")
BARE = TemplateValues.for_account(bare_account())
NASTY_VALUES = TemplateValues.for_account(nasty_account(), person_name=NASTY)


@pytest.mark.parametrize("source", TEMPLATE_ATTACKS, ids=lambda source: source[:40])
def test_template_reaches_nothing_but_variables(source: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        template.parse_template(source)
    assert caught.value.message
    assert "Traceback" not in caught.value.message


@pytest.mark.parametrize("source", LINK_LEAKS)
def test_link_built_from_variables_is_refused(source: str) -> None:
    with pytest.raises(InvalidInput, match=r"images are not allowed|a link must be written out"):
        template.parse_template(source)


def test_link_written_out_is_allowed() -> None:
    source = "See [the playbook](https://wiki.example/renewals) for {{ customer.name }}."
    assert (
        template.render_template_as_markdown(source, FULL)
        == "See [the playbook](https://wiki.example/renewals) for Obsidian Black."
    )


def test_template_error_names_its_line_and_the_closest_variable() -> None:
    with pytest.raises(
        InvalidInput, match=r"^Line 2: there is no variable “customer\.nmae”\. Did you mean “customer\.name”\?$"
    ):
        template.parse_template("Hello\n{{ customer.nmae }}")


@pytest.mark.parametrize("word", VARIABLES)
def test_every_variable_renders_for_every_account(word: str) -> None:
    for values in (FULL, BARE, NASTY_VALUES):
        assert template.render_template_as_markdown(f"{{{{ {word} }}}}", values)


@pytest.mark.parametrize(
    "word", [word for word in VARIABLES if word != "person.name" and not word.startswith(ANSWER_PREFIX)]
)
def test_variable_has_values_of_its_kind(word: str) -> None:
    account = full_account()
    sponsor = replace(account.contacts[0], role="executive_sponsor", status="active", left_on=None)
    value = TemplateValues.for_account(replace(account, contacts=(*account.contacts, sponsor))).values[word]
    sample = SAMPLE_OF_KIND[VARIABLES[word].kind]
    assert value is not None
    assert isinstance(value, str) == isinstance(sample, str)
    assert (type(value).__name__ == "date") == (type(sample).__name__ == "date")


@pytest.mark.parametrize(
    "word", ["contract.arr", "contract.notice_deadline", "usage.percent", "health.score", "sponsor.name"]
)
def test_missing_value_renders_no_data_and_never_zero(word: str) -> None:
    assert template.render_template_as_markdown(f"{{{{ {word} }}}}", BARE) == "no data"


def test_values_are_formatted_by_their_kind() -> None:
    source = (
        "{{ contract.arr }}, {{ contract.notice_deadline }}, {{ contract.days_to_notice }}, {{ contract.discount }}, "
        "{{ contract.seats }}, {{ contract.auto_renews }}"
    )
    assert template.render_template_as_text(source, FULL) == "$257,250, 6 Feb 2027, 75 days, 12.5%, 600, yes"


def test_filters_change_the_format_of_a_value() -> None:
    source = (
        "{{ contract.days_to_notice|away }}; {{ tickets.p1_open|count('P1 ticket') }}; {{ health.band|sentence }}; "
        "{{ sponsor.name|or_else('their sponsor') }}; {{ contract.seats|money }}; {{ buyer.name or champion.name }}"
    )
    assert (
        template.render_template_as_text(source, FULL)
        == "in 75 days; 1 P1 ticket; Yellow; their sponsor; $600; Renée D’Arcy"
    )


@pytest.mark.parametrize(
    "name", [name for name, entry in FILTERS.items() if entry.arguments == 0 and name != "sentence"]
)
def test_filter_leaves_a_missing_value(name: str) -> None:
    word = "contract.notice_deadline" if name == "date" else "contract.arr"
    assert template.render_template_as_markdown(f"{{{{ {word}|{name} }}}}", BARE) == "no data"


def test_missing_value_is_neither_more_nor_less_than_another() -> None:
    source = "{% if usage.percent > 0 %}more{% elif usage.percent <= 0 %}less{% else %}unknown{% endif %}"
    assert template.render_template_as_markdown(source, BARE) == "unknown"


def test_the_matching_branch_of_an_if_is_rendered() -> None:
    source = (
        '{% if health.band == "yellow" and not sponsor.name %}'
        '{{ "watch" if contract.seats >= 600 else "wait" }}{% endif %}'
    )
    assert template.render_template_as_markdown(source, FULL) == "watch"


def test_values_cannot_become_templates() -> None:
    rendered = template.render_template_as_text("{{ customer.name }}", NASTY_VALUES)
    assert "{{ customer.name }}" in rendered


def test_values_are_escaped_in_markdown_and_literal_in_plain_text() -> None:
    values = TemplateValues({**FULL.values, "customer.name": "*Zoë* <b> $x$ :red[y]"})
    assert (
        template.render_template_as_markdown("{{ customer.name }}", values) == "\\*Zoë\\* \\<b\\> \\$x\\$ :red\\[y\\]"
    )
    assert template.render_template_as_text("{{ customer.name }}", values) == "*Zoë* <b> $x$ :red[y]"


def test_a_line_break_in_a_value_cannot_open_a_block() -> None:
    rendered = template.render_template_as_markdown("Hello {{ customer.name }}", NASTY_VALUES)
    assert "\n" not in rendered
    assert not re.search("[\u200b-\u200f\u202a-\u202e\ufeff\x00]", rendered)


def test_too_long_text_is_refused_before_and_after_filling_in() -> None:
    with pytest.raises(InvalidInput, match="longer than"):
        template.parse_template("x" * (template.MAX_SOURCE_LENGTH + 1))
    with pytest.raises(InvalidInput, match="once it is filled in"):
        template.render_template_as_markdown("{{ customer.summary }}" * 200, NASTY_VALUES)


@pytest.mark.parametrize("source", ["a" * 7990, "a" + "\n" * 7990, "[" + "a" * 7990])
def test_links_are_looked_for_in_a_long_text_without_delay(source: str) -> None:
    started = time.perf_counter()
    template.parse_template(source)
    assert time.perf_counter() - started < 0.2


@settings(max_examples=300)
@given(st.text(max_size=200))
def test_any_text_is_rendered_or_refused(text: str) -> None:
    assert_read_or_refused(text)


PIECES = [
    "{{",
    "}}",
    "{%",
    "%}",
    "if",
    "elif",
    "else",
    "endif",
    "for",
    "in",
    "customer",
    ".",
    "name",
    "|",
    "money",
    "(",
    ")",
    "'",
    '"',
    "not",
    "and",
    "or",
    "==",
    "<",
    "[",
    "]",
    "1",
    "__class__",
    "~",
    "\n",
    " ",
    "-",
    "#}",
    "{#",
]


@settings(max_examples=500)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join))
def test_any_sequence_of_template_tokens_is_rendered_or_refused(text: str) -> None:
    assert_read_or_refused(text)


def assert_read_or_refused(text: str) -> None:
    for values in (FULL, BARE, NASTY_VALUES):
        try:
            template.render_template_as_markdown(text, values)
        except InvalidInput:
            continue


HOSTILE = {
    "wide": "{{ " + "today or " * 800 + "today }}",
    "deep": "{{ " + "not " * 300 + "today }}",
    "long": "{{ today" + "|date" * 900 + " }}",
    "surrogate": "{{ '\\ud800' }}",
    "many": "{{ customer.name }}" * 400,
    "arms": "{% if today %}x{% endif %}" * 280,
    "nested": "{% if today %}" * 90 + "x" + "{% endif %}" * 90,
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_hostile_template_is_rendered_or_refused(source: str) -> None:
    assert len(source) <= template.MAX_SOURCE_LENGTH
    assert_read_or_refused(source)


def test_a_link_is_looked_for_in_the_arm_that_does_not_apply_too() -> None:
    source = "{% if customer.name %}Hello{% else %}[x](https://evil.example/{{ customer.name }}){% endif %}"
    with pytest.raises(InvalidInput, match="a link must be written out"):
        template.parse_template(source)


@pytest.mark.parametrize(
    ("condition", "holds"), [("1 < contract.seats < 601", True), ("1 < contract.seats < 10", False)]
)
def test_a_chain_of_comparisons_holds_if_each_does(condition: str, holds: bool) -> None:
    source = f"{{% if {condition} %}}yes{{% else %}}no{{% endif %}}"
    assert template.render_template_as_text(source, FULL) == ("yes" if holds else "no")


def test_a_text_may_grow_to_its_limit_and_no_further() -> None:
    name = template.render_template_as_text("{{ customer.name }}", NASTY_VALUES)
    fitting = template.MAX_OUTPUT_LENGTH // (len(name) + 1)
    assert template.render_template_as_text("{{ customer.name }}x" * fitting, NASTY_VALUES)
    with pytest.raises(InvalidInput, match="once it is filled in"):
        template.render_template_as_text("{{ customer.name }}x" * (fitting + 1), NASTY_VALUES)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("{{ contract.seats|count }}", "the filter “count” takes 1 text"),
        ('{{ contract.seats|count("a", "b") }}', "the filter “count” takes 1 text"),
        ('{{ contract.arr|money("x") }}', "the filter “money” takes 0 texts"),
        ("{{ contract.auto_renews|money }}", "the filter “money” cannot read a yes/no"),
        ("{{ customer.name|money }}", "the filter “money” cannot read a text"),
    ],
)
def test_a_filter_takes_what_it_says_it_takes(source: str, problem: str) -> None:
    with pytest.raises(InvalidInput, match=problem):
        template.parse_template(source)


def test_an_empty_text_is_no_data_for_or_else() -> None:
    assert template.render_template_as_text('{{ ""|or_else("nobody") }}', FULL) == "nobody"


def test_each_part_of_an_expression_is_checked_once_a_rendering(monkeypatch):
    looked_up = []
    look_up = template_evaluation._look_up_variable
    monkeypatch.setattr(template_evaluation, "_look_up_variable", lambda *of: looked_up.append(of[0]) or look_up(*of))
    template.parse_template("{{ " + " and ".join(["today"] * 200) + " }} once")
    assert len(looked_up) == 2 * 200


@pytest.mark.parametrize(
    "expression",
    ["1 or nowhere", "0 and nowhere", "1 if 1 else nowhere", "nowhere if 0 else 1", "1 > 2 > nowhere"],
)
def test_a_part_that_samples_never_reach_is_checked(expression):
    with pytest.raises(InvalidInput, match="there is no variable “nowhere”"):
        template.parse_template("{{ " + expression + " }}")


def test_the_test_of_a_later_arm_is_checked():
    with pytest.raises(InvalidInput, match="there is no variable “nowhere”"):
        template.parse_template("{% if 1 %}a{% elif nowhere %}b{% endif %}")
