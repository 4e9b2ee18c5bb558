"""The database's list of slides and their answers is that of the slide library."""

import json

import psycopg
import pytest

from lib.slides import slide_builder
from lib.slides.library import LIBRARY
from lib.slides.model import SlideInput
from lib.slides.slide_context import SlideContext
from tests.database.factories import fetch_rows, fetch_value
from tests.support.sample_accounts import bare_account, full_account


def test_the_slides_and_their_answer_keys_are_those_of_the_library(sql):
    stored = {tuple(row.values()) for row in fetch_rows(sql, "select * from private.slide_answer_keys")}
    assert stored == {
        (slide.id.value, field.key, field.kind.value, any(column.key == "discount" for column in field.columns))
        for account in (bare_account(), full_account())
        for slide in LIBRARY.values()
        for field in slide_builder.build_slide_form(
            slide,
            SlideInput(account=account, context=slide.defaults, category="renewal", person_name="", answers={}),
        ).fields
    }


def test_the_fields_of_a_slide_context_are_those_of_the_library(sql):
    check = "select private.require_known_context_keys(jsonb_build_object('greeting', %s::jsonb))"
    fetch_value(sql, check, json.dumps(dict.fromkeys(SlideContext.model_fields)))
    with pytest.raises(psycopg.DatabaseError) as refused, sql.transaction():
        fetch_value(sql, check, '{"color": "red"}')
    assert refused.value.diag.message_hint == f"Its fields are {', '.join(SlideContext.model_fields)}."
