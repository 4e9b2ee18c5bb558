"""An answer about one customer becomes a template: nothing ambiguous is replaced, and it reads the same there."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.chat.answer_template import escape_as_template, list_placeholder_values, replace_by_placeholders
from lib.chat.answer_template_flags import Flag, apply_candidate, find_flags
from lib.chat.written_figures import parse_written_days, parse_written_number
from lib.customers.model import Account
from lib.errors import InvalidInput
from lib.slides import template
from lib.slides.template_values import TemplateValues
from lib.text.truncate import strip_invisible
from tests.support.sample_accounts import bare_account, full_account, nasty_account

ACCOUNT = full_account()
VALUES = TemplateValues.for_account(ACCOUNT, person_name="Dan Ferro")
KNOWN = list_placeholder_values(VALUES)


def make_template(text: str, account: Account = ACCOUNT) -> str:
    values = TemplateValues.for_account(account, person_name="Dan Ferro")
    return replace_by_placeholders(escape_as_template(text), values)


def flag(text: str, passage: str) -> Flag:
    return next(each for each in find_flags(text, ACCOUNT, VALUES) if each.passage == passage)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Obsidian Black pays $257,250.", "{{ customer.name }} pays {{ contract.arr }}."),
        ("Notice is due on 6 Feb 2027.", "Notice is due on {{ contract.notice_deadline }}."),
        ("Usage is 53%, discount 12.5%.", "Usage is {{ usage.percent }}, discount {{ contract.discount }}."),
        ("Ask Aiko Tanaka; Aiko knows.", "Ask {{ champion.name }}; {{ champion.first_name }} knows."),
        ("Zoë Okafor owns it.", "{{ owner.name }} owns it."),
        ("$257,2501 and A$257,250 are others.", "$257,2501 and A$257,250 are others."),
        ("600 seats, 4% cap.", "600 seats, 4% cap."),
        ("Fill {{ customer.name }} in.", "Fill { { customer.name }} in."),
        ("{{{ and {% x %} and {# y #}", "{ { { and { % x %} and { # y #}"),
    ],
)
def test_what_one_placeholder_reads_exactly_is_replaced(text: str, expected: str) -> None:
    assert make_template(text) == expected


def test_the_same_figure_of_two_placeholders_is_offered_and_not_replaced() -> None:
    contract = ACCOUNT.contract
    assert contract
    twin = replace(ACCOUNT, contract=replace(contract, starts_on=ACCOUNT.customer.customer_since))
    text = "Since 1 Feb 2023."
    assert make_template(text, twin) == text
    (found,) = find_flags(text, twin, TemplateValues.for_account(twin))
    assert [each.placeholder for each in found.candidates] == ["{{ customer.since }}", "{{ contract.start_date }}"]
    assert found.sentence == "several figures of the account are the same. Choose which is meant."
    assert apply_candidate(text, found.passage, found.candidates[1]) == "Since {{ contract.start_date }}."


@pytest.mark.parametrize(
    ("text", "passage", "placeholder", "shown"),
    [
        ("By 2027-02-06.", "2027-02-06", "{{ contract.notice_deadline }}", "6 Feb 2027"),
        ("By February 6th, 2027.", "February 6th, 2027", "{{ contract.notice_deadline }}", "6 Feb 2027"),
        ("By 06.02.2027.", "06.02.2027", "{{ contract.notice_deadline }}", "6 Feb 2027"),
        ("About $257.3K.", "$257.3K", "{{ contract.arr }}", "$257,250"),
        ("They pay 257.250,00 € of it.", "257.250,00 €", "{{ contract.arr }}", "$257,250"),
        ("Cap 4%.", "4%", "{{ contract.uplift_cap }}", "4%"),
        ("In 75 working days", "75", "{{ contract.days_to_notice|number }}", "75"),
        ("320 people", "320", "{{ usage.active_users }}", "320"),
    ],
)
def test_a_figure_written_otherwise_or_too_short_is_offered(
    text: str, passage: str, placeholder: str, shown: str
) -> None:
    assert make_template(text) == text
    (candidate,) = flag(text, passage).candidates
    assert (candidate.placeholder, candidate.shown) == (placeholder, shown)
    filled = template.render_template_as_text(apply_candidate(text, passage, candidate), VALUES)
    assert filled == text.replace(passage, shown)


def test_a_day_that_reads_two_ways_matches_either() -> None:
    assert parse_written_days("06/02/2027") == (date(2027, 2, 6), date(2027, 6, 2))
    assert flag("On 02/06/2027.", "02/06/2027").candidates[0].placeholder == "{{ contract.notice_deadline }}"


@pytest.mark.parametrize("text", ["They spent $12,400.", "7.5% off", "3 seats", "on 2026-11-03", "12:30", "€9"])
def test_a_foreign_figure_is_listed_and_stays_as_text(text: str) -> None:
    assert make_template(text) == text
    (found,) = find_flags(text, ACCOUNT, VALUES)
    assert found.candidates == ()
    assert found.sentence.startswith("not a figure of the account")


def test_names_of_people_there_are_listed_with_the_placeholder_that_is_meant() -> None:
    text = "Ask Sam Poe, Mr Tanaka and OBSIDIAN BLACK."
    assert make_template(text) == text
    found = {each.passage: each for each in find_flags(text, ACCOUNT, VALUES)}
    assert list(found) == ["Sam Poe", "Tanaka", "OBSIDIAN BLACK"]
    assert found["Sam Poe"].candidates == ()
    assert [each.placeholder for each in found["Tanaka"].candidates] == ["{{ champion.name }}"]
    assert [each.placeholder for each in found["OBSIDIAN BLACK"].candidates] == ["{{ customer.name }}"]


def test_lists_names_of_quarters_and_placeholders_are_no_figures() -> None:
    text = '1. Close each P1.\n2. Plan Q3 with {{ champion.name }} and {{ contract.seats|count("seat") }}.'
    assert find_flags(text, ACCOUNT, VALUES) == ()


def test_a_link_with_a_name_in_it_is_left_alone() -> None:
    text = "See https://wiki.example/Obsidian Black and $257,250."
    assert make_template(text) == text


@pytest.mark.parametrize(
    ("written", "reading"), [("$1.2M", 1_200_000), ("47,250", 47_250), ("47.250,50", 47_250.5), ("85 percent", 85)]
)
def test_numbers_are_read_as_people_write_them(written: str, reading: float) -> None:
    found = parse_written_number(written)
    assert found
    assert any(abs(each - Decimal(str(reading))) == 0 for each in found.readings)


pieces = st.one_of(
    st.sampled_from([each.shown for each in KNOWN]),
    st.sampled_from(
        ["{{", "}}", "{%", "{#", "{", "\n", " ", ". ", ", ", "$", "%", "https://a.b/", "[x](", ")", "![", "<b>", "**"]
    ),
    st.integers(0, 10**7).map(str),
    st.text(max_size=8),
)


@given(st.lists(pieces, max_size=14).map("".join), st.sampled_from([full_account(), bare_account(), nasty_account()]))
def test_filled_for_the_same_customer_a_template_gives_the_text_back(text: str, account: Account) -> None:
    values = TemplateValues.for_account(account, person_name="Dan Ferro")
    escaped = escape_as_template(text)
    made = replace_by_placeholders(escaped, values)
    try:
        filled = template.render_template_as_text(made, values)
    except InvalidInput:
        assert made == escaped  # such as an image: it cannot be a template, with or without placeholders
        return
    assert filled == strip_invisible(escaped.strip())


@given(st.lists(pieces, max_size=14).map(" ".join))
def test_choosing_a_candidate_takes_the_passage_out_and_ends(text: str) -> None:
    made = make_template(text)
    for _ in range(40):
        offered = [each for each in find_flags(made, ACCOUNT, VALUES) if each.candidates]
        changed = next(
            (after for each in offered if (after := apply_candidate(made, each.passage, each.candidates[0])) != made),
            None,
        )
        if changed is None:
            break
        made = changed
    else:
        pytest.fail("choosing never ends")
