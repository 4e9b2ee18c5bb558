import pytest

from lib.slides.template_text_preview import format_template_preview


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("**{{ customer.name }}** ends {{ contract.renewal_date }}.", "[customer] ends [renewal date]."),
        ("{% if signals.count %}{{ signals.count|count('signal') }}{% else %}-{% endif %}", "[number] signals"),
        ("{{ 'is' if tickets.open == 1 else 'are' }} open", "are open"),
        ("{{ contract.arr|money }} today", "[annual recurring revenue] today"),
        ("{{ nonsense }}", "{{ nonsense }}"),
        ("two\nlines", "two lines"),
    ],
)  # fmt: skip
def test_placeholders_show_their_names_without_a_customer(source, words):
    assert format_template_preview(source) == words
