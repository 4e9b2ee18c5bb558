import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

import pytest

from lib.content.model import Callout, Chart, Fact, Facts, Table, Text
from lib.customers.model import Account
from lib.forms.answer_validation import build_initial_answers, validate_answers
from lib.forms.model import FieldKind
from lib.slides import slide_builder
from lib.slides.library import LIBRARY
from lib.slides.model import Document, Section, Slide, SlideId
from lib.text.json_values import to_exact_numbers, to_json_numbers
from lib.workflows.model import Category
from tests.slides.malformed_answers import MALFORMED_ANSWERS
from tests.slides.slide_inputs import EVERY_SLIDE, build_all_sections, default_answers, make_slide_input
from tests.support.sample_accounts import bare_account, full_account, nasty_account

ACCOUNTS = {
    "full": full_account(),
    "bare": bare_account(),
    "nasty": nasty_account(),
    "no usage": replace(full_account(), usage=()),
    "no contract": replace(full_account(), contract=None),
    "no contacts": replace(full_account(), contacts=()),
    "no price list": replace(full_account(), price_list=()),
    "notice passed": replace(full_account(), today=date(2027, 3, 1)),
    "term over": replace(full_account(), today=date(2028, 1, 1)),
    "first day of the calendar": replace(full_account(), today=date.min),
    "last day of the calendar": replace(full_account(), today=date.max),
}
Kind = TypeVar("Kind", bound=Section)
EVERY_ACCOUNT = pytest.mark.parametrize("account", ACCOUNTS.values(), ids=ACCOUNTS)
SLIDES_WITH_CHART = {
    SlideId.REVIEW_ACCOUNT,
    SlideId.ASSESS_DEPARTURE,
    SlideId.PRICING_STRATEGY,
    SlideId.STAKEHOLDER_MAP,
    SlideId.GROWTH_PLAN,
}
INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def texts_of(section: Section) -> Iterator[str]:
    match section:
        case Text():
            yield section.markdown
        case Callout():
            yield section.text
        case Facts():
            yield section.title
            for fact in section.items:
                yield from (part for part in (fact.label, fact.value, fact.note) if part)
        case Table():
            yield from (section.title, section.empty)
            yield from (cell for row in section.rows for cell in row.values() if isinstance(cell, str))
        case Chart():
            yield from (section.title, section.x_label, section.y_label, section.empty, section.takeaway or "")


def test_every_slide_id_is_in_the_library_under_its_own_id() -> None:
    assert set(LIBRARY) == set(SlideId)
    assert all(slide.id is key for key, slide in LIBRARY.items())
    assert len(LIBRARY) == 16


@EVERY_ACCOUNT
@EVERY_SLIDE
def test_every_slide_can_be_built_for_every_account(
    slide: Slide, account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        sections = build_all_sections(slide, make_slide_input(slide, account))
        outputs = slide_builder.build_slide_documents(
            slide, make_slide_input(slide, account), default_answers(slide, make_slide_input(slide, account))
        )
        assert all(each.build() for each in outputs if isinstance(each, Document))
    assert sections
    assert not caplog.records


@EVERY_SLIDE
def test_every_slide_has_content_of_its_own(slide: Slide) -> None:
    sections = [
        section
        for section in slide_builder.build_slide_sections(slide, make_slide_input(slide, full_account()))
        if not isinstance(section, Text)
    ]
    assert sections
    assert slide.purpose
    assert bool(slide.defaults.lead) == (slide.id is not SlideId.CUSTOM)  # all of a free slide is written by its author
    assert slide.defaults.minutes


def build_sections_of_type(kind: type[Kind], slide: Slide, account: Account) -> list[Kind]:
    return [each for each in build_all_sections(slide, make_slide_input(slide, account)) if isinstance(each, kind)]


@EVERY_ACCOUNT
def test_these_slides_have_a_chart_or_a_table_for_every_account(account: Account) -> None:
    charts, tables = (
        {slide.id for slide in LIBRARY.values() if build_sections_of_type(kind, slide, account)}
        for kind in (Chart, Table)
    )
    assert charts == SLIDES_WITH_CHART
    assert tables == set(SlideId) - {SlideId.SET_GOALS, SlideId.CUSTOM}


@EVERY_ACCOUNT
@EVERY_SLIDE
def test_a_chart_has_units_and_says_what_is_missing(slide: Slide, account: Account) -> None:
    for chart in build_sections_of_type(Chart, slide, account):
        assert chart.x_label
        assert chart.y_label
        assert chart.source
        assert chart.empty.endswith(".")


@EVERY_ACCOUNT
@EVERY_SLIDE
def test_a_table_has_the_columns_of_its_rows_and_an_empty_sentence(slide: Slide, account: Account) -> None:
    for table in build_sections_of_type(Table, slide, account):
        assert table.empty.endswith(".")
        keys = {column.key for column in table.columns}
        assert [row for row in table.rows if set(row) != keys] == []


@EVERY_SLIDE
def test_nothing_invisible_or_on_several_lines_reaches_a_label_or_cell(slide: Slide) -> None:
    for section in build_all_sections(slide, make_slide_input(slide, nasty_account())):
        for text in texts_of(section):
            assert not INVISIBLE.search(text)
            assert isinstance(section, Text) or "\n" not in text


@EVERY_SLIDE
def test_unknown_values_are_no_data_and_never_zero(slide: Slide) -> None:
    facts = [
        fact
        for section in build_all_sections(slide, make_slide_input(slide, bare_account()))
        if isinstance(section, Facts)
        for fact in section.items
    ]
    assert [fact for fact in facts if said_as_zero(fact)] == []


def said_as_zero(fact: Fact) -> bool:
    return fact.label != "Priority" and re.match(r"\$?0\b", fact.value or "") is not None


@EVERY_SLIDE
def test_a_chart_without_data_draws_nothing_at_zero(slide: Slide) -> None:
    assert [chart for chart in build_sections_of_type(Chart, slide, bare_account()) if chart.has_data] == []


@EVERY_ACCOUNT
@EVERY_SLIDE
def test_initial_answers_of_a_form_are_valid_json_without_errors(slide: Slide, account: Account) -> None:
    form = slide_builder.build_slide_form(slide, make_slide_input(slide, account))
    answers = build_initial_answers(form, {})
    assert to_exact_numbers(json.loads(json.dumps(to_json_numbers(answers)))) == answers
    assert validate_answers(form, answers, draft=True) == ()


@EVERY_SLIDE
def test_question_labels_are_distinct_and_not_blank(slide: Slide) -> None:
    for category in Category:
        form = slide_builder.build_slide_form(slide, make_slide_input(slide, full_account(), category=category))
        assert len({field.key for field in form.fields}) == len(form.fields)
        assert bool(form.fields) == (slide.id is not SlideId.CUSTOM)
        assert all(field.label for field in form.fields)
        for field in form.fields:
            assert bool(field.options) or field.kind is not FieldKind.CHOICE
            assert bool(field.columns) == (field.kind is FieldKind.ROWS)


@EVERY_SLIDE
@pytest.mark.parametrize("garbage", MALFORMED_ANSWERS, ids=repr)
def test_malformed_answers_break_no_slide(slide: Slide, garbage: Any, caplog: pytest.LogCaptureFixture) -> None:
    form = slide_builder.build_slide_form(slide, make_slide_input(slide, full_account()))
    answers = {field.key: garbage for field in form.fields}
    everywhere = dict.fromkeys(SlideId, answers) | {SlideId.GREETING: garbage}
    slide_input = make_slide_input(slide, full_account(), answers=everywhere)
    with caplog.at_level(logging.ERROR):
        slide_builder.build_slide_sections(slide, slide_input)
        slide_builder.build_slide_form(slide, slide_input)
        slide_builder.build_slide_results(slide, slide_input, answers)
        outputs = slide_builder.build_slide_documents(slide, slide_input, answers)
        assert all(each.build() for each in outputs if isinstance(each, Document))
    assert not caplog.records


def test_every_slide_has_a_short_name_of_one_word() -> None:
    names = [slide.short for slide in LIBRARY.values()]
    assert len(set(names)) == len(names)
    assert all(0 < len(name) <= 12 and " " not in name for name in names)
