import pytest

from lib.slides.template_text_preview import describe_template, format_template_preview


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("**{{ customer.name }}** ends {{ contract.renewal_date }}.", "[customer] ends [renewal date]."),
        ("{% if signals.count %}{{ signals.count|count('signal') }}{% else %}-{% endif %}", "[number] signals"),
        ("{{ 'is' if tickets.open == 1 else 'are' }} open", "are open"),
        ("{{ contract.arr|money }} today", "[annual recurring revenue] today"),
        ("{{ nonsense }}", "{{ nonsense }}"),
        ("Ask {{ answer.own_new_auditor }} about {{ answer.own_fee|money }}.", "Ask [new auditor] about [fee]."),
        ("two\nlines", "two lines"),
    ],
)  # fmt: skip
def test_placeholders_show_their_names_without_a_customer(source, words):
    assert format_template_preview(source) == words


def test_a_condition_on_an_answer_of_ones_own_is_told_in_words():
    source = "{% if answer.own_seats > 60 %}Ask {{ answer.own_auditor }}.{% endif %}"
    assert describe_template(source) == "[if [seats] is above 60: Ask [auditor].]"
