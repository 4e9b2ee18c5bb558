"""The database's list of slides and their answers is that of the slide library."""

import json

import psycopg
import pytest

from lib.slides import slide_builder
from lib.slides.form_changes import is_field_locked
from lib.slides.library import LIBRARY
from lib.slides.model import SlideId, SlideInput
from lib.slides.quote_totals import TERM_KEYS
from lib.slides.slide_context import SlideContext
from lib.slides.slide_fields import list_slide_fields
from tests.database.factories import fetch_rows, fetch_value
from tests.support.sample_accounts import bare_account, full_account

KEYS = "select slide_id, key, kind, holds_discount from private.slide_answer_keys"


def test_the_slides_and_their_answer_keys_are_those_of_the_library(sql):
    stored = {tuple(row.values()) for row in fetch_rows(sql, KEYS)}
    assert stored == {
        (slide.id.value, field.key, field.kind.value, any(column.key == "discount" for column in field.columns))
        for account in (bare_account(), full_account())
        for slide in LIBRARY.values()
        for field in slide_builder.build_slide_form(
            slide,
            SlideInput(account=account, context=slide.defaults, category="renewal", person_name="", answers={}),
        ).fields
    }


def test_the_terms_of_a_quote_are_those_its_slide_compares(sql):
    marked = fetch_rows(sql, "select slide_id, key from private.slide_answer_keys where holds_terms order by key")
    assert [tuple(row.values()) for row in marked] == [(SlideId.PREPARE_QUOTE, key) for key in TERM_KEYS]


def test_the_questions_that_are_always_asked_are_those_of_the_library(sql):
    stored = {
        tuple(row.values()) for row in fetch_rows(sql, "select slide_id, key, is_locked from private.slide_answer_keys")
    }
    assert stored == {
        (slide.id.value, key, is_field_locked(slide, field))
        for slide in LIBRARY.values()
        for key, field in list_slide_fields(slide).items()
    }


def test_the_fields_of_a_slide_context_are_those_of_the_library(sql):
    check = "select private.require_known_context_keys(jsonb_build_object('greeting', %s::jsonb))"
    fetch_value(sql, check, json.dumps(dict.fromkeys(SlideContext.model_fields)))
    with pytest.raises(psycopg.DatabaseError) as refused, sql.transaction():
        fetch_value(sql, check, '{"color": "red"}')
    assert refused.value.diag.message_hint == f"Its fields are {', '.join(SlideContext.model_fields)}."
