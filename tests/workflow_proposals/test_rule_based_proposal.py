"""Descriptions in several languages become slides, in the order of the work, with what could not be done."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.slides.model import SlideId
from lib.workflow_proposals.description_topics import TOPICS, DescriptionTopic, read_description
from lib.workflow_proposals.rule_based_proposal import (
    NOT_UNDERSTOOD,
    SLIDE_ORDER,
    choose_category,
    choose_slides,
    list_examples,
    propose_by_rules,
)
from lib.workflows.draft_problems import list_draft_problems
from lib.workflows.model import Category, WorkflowVersion
from lib.workflows.stock_seed import STOCK_FOLDER
from tests.workflow_proposals.drafts import to_draft

DEPARTURE_SLIDES = {SlideId.ASSESS_DEPARTURE, SlideId.STAKEHOLDER_MAP, SlideId.IDENTIFY_REPLACEMENT}


def stock_version(workflow_id: str) -> WorkflowVersion:
    path = max(STOCK_FOLDER.glob(f"{workflow_id}.v*.json"))
    row = json.loads(path.read_text())
    return WorkflowVersion(
        id="v", definition_id="d", workflow_id=workflow_id, company_id=None, version=row["version"], name=row["name"],
        description=row["description"], category=row["category"], slide_sequence=tuple(row["slide_sequence"]),
        slide_contexts=row["slide_contexts"],
    )  # fmt: skip


@pytest.mark.parametrize(
    "description",
    [
        "for a customer whose champion left before renewal",
        "Kunde, dessen Ansprechpartner das Unternehmen vor der Vertragsverlängerung verlassen hat",
        "pour un client dont le sponsor est parti avant le renouvellement",
        "un cliente cuyo patrocinador se marchó antes de la renovación",
        "un cliente il cui referente ha lasciato prima del rinnovo",
        "klant waarvan de contactpersoon is vertrokken vóór de verlenging",
        "um cliente cujo patrocinador saiu antes da renovação",
        "champion lefft... the sponsor is gone and the renewel is near",
    ],
)
def test_a_departure_before_a_renewal_is_understood_in_seven_languages(description: str) -> None:
    reading = read_description(description)
    assert {DescriptionTopic.DEPARTURE, DescriptionTopic.RENEWAL} <= reading.topics.keys()
    slides = choose_slides(reading)
    assert DEPARTURE_SLIDES | {SlideId.CONTRACT_TERMS, SlideId.ASSESS_RISK} <= set(slides)
    assert (slides[0], slides[-1]) == (SlideId.GREETING, SlideId.SUMMARY)
    assert choose_category(reading) is Category.RISK
    assert list_examples(reading)[:2] == ("executive-contact-lost", "standard-renewal")


@pytest.mark.parametrize(
    ("description", "slide"),
    [
        ("Quarterly success plan with goals", SlideId.SET_GOALS),
        ("They outgrow their seats: upsell modules", SlideId.GROWTH_PLAN),
        ("Preiserhöhung ankündigen", SlideId.PRICING_STRATEGY),
        ("prepare the CEO meeting", SlideId.EXECUTIVE_BRIEF),
        ("customer complains about outages and may churn", SlideId.ASSESS_RISK),
    ],
)
def test_a_topic_brings_its_slide(description: str, slide: SlideId) -> None:
    assert slide in choose_slides(read_description(description))


@pytest.mark.parametrize("description", ["Renewal without a quote", "Vertragsverlängerung ohne Angebot"])
def test_what_is_not_wanted_is_left_out_and_said(description: str) -> None:
    reading = read_description(description)
    assert SlideId.PREPARE_QUOTE not in choose_slides(reading)
    note = propose_by_rules(description, reading, ()).note
    assert any(sentence.startswith("You said no to") for sentence in note.not_done)


def test_what_has_no_slide_and_what_is_set_elsewhere_is_said() -> None:
    description = "Onboarding that begins by itself for enterprise customers, with an invoice reminder"
    note = propose_by_rules(description, read_description(description), ()).note
    told = " ".join(note.not_done)
    for part in ("onboarding and training", "invoices and payments", "begin by itself", "Shown when"):
        assert part in told


def test_an_action_and_a_channel_that_the_draft_does_not_have_are_said() -> None:
    description = "Champion left before renewal: snooze for a week during holidays, then send a WhatsApp message"
    proposed = propose_by_rules(description, read_description(description), ())
    told = " ".join(proposed.note.not_done)
    assert "No question of the chat proposes to snooze, skip or escalate because of your words" in told
    assert "messages by other ways than email" in told
    assert proposed.content["name"] == "Champion left before renewal"


@pytest.mark.parametrize("description", ["株式会社", "🙂", "xyzzy plugh", "the the the"])
def test_a_description_nobody_understands_is_a_small_draft_that_says_so(description: str) -> None:
    proposed = propose_by_rules(description, read_description(description), ())
    assert NOT_UNDERSTOOD in proposed.note.not_done
    assert proposed.content["slide_sequence"][-1] == SlideId.SUMMARY


def test_texts_come_from_the_stock_workflow_that_fits() -> None:
    description = "champion left before renewal"
    reading = read_description(description)
    examples = [stock_version(each) for each in list_examples(reading)]
    proposed = propose_by_rules(description, reading, examples)
    contexts = proposed.content["slide_contexts"]
    assert contexts["greeting"] == examples[0].slide_contexts["greeting"]
    assert contexts["contract-terms"] == examples[1].slide_contexts["contract-terms"]
    assert any("Executive contact lost" in sentence for sentence in proposed.note.done)


def test_every_slide_of_a_topic_has_its_place() -> None:
    assert {slide for rule in TOPICS.values() for slide in rule.slides} <= set(SLIDE_ORDER)
    assert set(SLIDE_ORDER) == set(SlideId) - {SlideId.CUSTOM}
    assert set(TOPICS) == set(DescriptionTopic)


@given(
    st.text(max_size=200) | st.lists(st.sampled_from([s for rule in TOPICS.values() for s in rule.stems])).map(" ".join)
)
def test_any_description_is_a_draft_without_problems(description: str) -> None:
    proposed = propose_by_rules(description or "x", read_description(description), ())
    sequence = proposed.content["slide_sequence"]
    assert sequence == sorted(sequence, key=list(SLIDE_ORDER).index)
    assert len(set(sequence)) == len(sequence)
    assert list_draft_problems(to_draft(proposed)) == ()
