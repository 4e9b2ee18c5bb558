"""The builder asks for every field of a slide's context, and for none that changes nothing."""

import pytest
from annotated_types import Le, MaxLen

from lib.slides import slide_builder
from lib.slides.library import LIBRARY
from lib.slides.model import SlideInput
from lib.slides.slide_context import SlideContext
from lib.ui.builder.context_fields import CONTEXT_FIELDS, SLIDE_FIELDS, list_context_fields
from lib.ui.builder.slide_library import SLIDE_NEEDS
from tests.support.sample_accounts import full_account

MARK = "A mark nobody writes"


def test_each_field_of_the_schema_is_asked_for_somewhere():
    assert set(CONTEXT_FIELDS) | SLIDE_FIELDS == set(SlideContext.model_fields)


@pytest.mark.parametrize("field", CONTEXT_FIELDS.values(), ids=lambda field: field.name)
def test_limits_are_those_of_the_schema(field):
    bounds = SlideContext.model_fields[field.name].metadata
    assert field.limit in {bound.max_length for bound in bounds if isinstance(bound, MaxLen)} | {
        bound.le for bound in bounds if isinstance(bound, Le)
    }


def test_each_slide_says_what_it_needs():
    assert set(SLIDE_NEEDS) == set(LIBRARY)


@pytest.mark.parametrize("slide", LIBRARY.values(), ids=lambda slide: slide.id.value)
@pytest.mark.parametrize("name", ["question", "subject", "body"])
def test_a_text_is_asked_for_where_it_changes_the_form(slide, name):
    def build_form(context):
        slide_input = SlideInput(
            account=full_account(), address=slide.id, context=context, category="renewal", person_name="Alice"
        )
        return repr(slide_builder.build_slide_form(slide, slide_input))

    is_used = MARK in build_form(replace_field(slide.defaults, name))
    assert is_used == (name in {field.name for field in list_context_fields(slide)})


def replace_field(context, name):
    return context.model_copy(update={name: MARK})
