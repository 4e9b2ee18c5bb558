import json
import re
from pathlib import Path

import pytest

from lib.content.model import Callout, Text
from lib.errors import InvalidInput
from lib.forms.answer_validation import build_initial_answers
from lib.slides import slide_builder, template
from lib.slides.model import SlideInput
from lib.slides.template_values import TemplateValues
from lib.workflows.composer import compose_workflow
from lib.workflows.model import ComposedSlide
from lib.workflows.slide_context_errors import list_context_templates
from lib.workflows.stock_seed import StockWorkflow, read_stock_workflows
from tests.support.sample_accounts import bare_account, full_account, nasty_account

STOCK = read_stock_workflows()
EVERY_STOCK = pytest.mark.parametrize("stock", STOCK, ids=lambda stock: f"{stock.workflow_id}.v{stock.version}")
SEQUENCES = """
standard-renewal: greeting, review-account, contract-terms, assess-risk, pricing-strategy, prepare-quote, draft-email,
    schedule-call, summary
executive-contact-lost: greeting, review-account, assess-departure, stakeholder-map, identify-replacement,
    executive-brief, draft-email, schedule-call, summary
obsidian-black-renewal: greeting, review-account, contract-terms, pricing-strategy, prepare-quote, summary
complete-strategic-account-plan-for-obsidian-black: greeting, review-account, stakeholder-map, set-goals, growth-plan,
    executive-brief, summary
executive-engagement-with-obsidian-black: greeting, review-account, stakeholder-map, executive-brief, draft-email,
    schedule-call, summary
expansion-opportunity-for-obsidian-black: greeting, review-account, growth-plan, pricing-strategy, prepare-quote,
    draft-email, schedule-call, summary
"""


def test_the_six_stock_workflows_have_the_agreed_sequences() -> None:
    agreed = " ".join(SEQUENCES.split())
    assert {stock.workflow_id for stock in STOCK} == set(re.findall(r"[\w-]+(?=:)", agreed))
    for stock in STOCK:
        assert f"{stock.workflow_id}: {', '.join(stock.slide_sequence)}" in agreed
    assert [stock.version for stock in STOCK if stock.workflow_id == "standard-renewal"] == [1, 2]


@EVERY_STOCK
def test_every_slide_of_stock_has_words_of_its_own(stock: StockWorkflow) -> None:
    for slide in compose_workflow(stock.to_workflow_version()).slides:
        assert slide.context.lead != slide.slide.defaults.lead
        assert slide.context.minutes
    if (stock.workflow_id, stock.version) != ("standard-renewal", 1):
        assert all(slide.context.checklist for slide in compose_workflow(stock.to_workflow_version()).slides)


@EVERY_STOCK
@pytest.mark.parametrize("account", [full_account(), bare_account(), nasty_account()], ids=["full", "bare", "nasty"])
def test_every_text_of_stock_can_be_filled_in(stock: StockWorkflow, account) -> None:
    vocabulary = TemplateValues.for_account(account, person_name="Zoë")
    for slide in compose_workflow(stock.to_workflow_version()).slides:
        for _, text in list_context_templates(slide.context):
            assert template.render_template_as_markdown(text, vocabulary) is not None
            assert "{{" not in template.render_template_as_text(text, TemplateValues.for_account(bare_account()))


@EVERY_STOCK
def test_stock_speaks_calmly(stock: StockWorkflow) -> None:
    for slide in compose_workflow(stock.to_workflow_version()).slides:
        for _, text in list_context_templates(slide.context):
            assert "!" not in text.replace("!=", "")
            assert not any(ord(character) > 0x2FFF for character in text)


@EVERY_STOCK
def test_a_letter_of_stock_has_no_gap_for_a_full_account(stock: StockWorkflow) -> None:
    workflow = compose_workflow(stock.to_workflow_version())
    for slide in workflow.slides:
        form = slide_builder.build_slide_form(slide.slide, seen(slide, workflow.category))
        written = " ".join(str(value) for value in build_initial_answers(form, {}).values())
        assert "no data" not in written
        assert slide.id not in ("draft-email", "executive-brief") or "Obsidian Black" in written


@EVERY_STOCK
def test_a_run_of_stock_goes_through_without_a_broken_part(stock: StockWorkflow) -> None:
    workflow = compose_workflow(stock.to_workflow_version())
    for slide in workflow.slides:
        inp = seen(slide, workflow.category)
        form = slide_builder.build_slide_form(slide.slide, inp)
        sections = (
            *slide_builder.build_slide_sections(slide.slide, inp),
            *slide_builder.build_slide_results(slide.slide, inp, build_initial_answers(form, {})),
        )
        assert isinstance(sections[0], Text)
        assert not any(
            isinstance(section, Callout) and section.text == slide_builder.BROKEN_SECTION for section in sections
        )


def seen(slide: ComposedSlide, category: str) -> SlideInput:
    return SlideInput(account=full_account(), context=slide.context, category=category, person_name="Zoë")


def test_every_fault_of_every_stock_file_is_named(tmp_path: Path) -> None:
    good = STOCK[0].model_dump(mode="json")
    files = {
        "a.v1.json": "{",
        "b.json": "{}",
        "c.v1.json": json.dumps(good),
        "d.v1.json": json.dumps(good | {"workflow_id": "d", "slide_sequence": ["nowhere"], "slide_contexts": {}}),
        "e.v1.json": json.dumps({"workflow_id": "e", "sequence": []}),
        "f.v2.json": json.dumps(good | {"workflow_id": "f", "version": 2}),
    }
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        read_stock_workflows(tmp_path)
    said = caught.value.message
    for expected in (
        "a.v1.json: It is not valid JSON",
        "b.json: The name is not",
        "c.v1.json: It says",
        "d.v1.json: The workflow",
        "“nowhere”",
        "e.v1.json: version field required",
        "f: versions [2] do not count up from 1",
    ):
        assert expected in said


def test_an_empty_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="There are no stock workflows"):
        read_stock_workflows(tmp_path)
