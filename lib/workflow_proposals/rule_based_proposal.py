"""A workflow proposed by rules: slides for the topics of a description, with texts of the stock workflows. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lib.slides.library import get_default_slide_title
from lib.slides.model import SlideId
from lib.text.format import join_names
from lib.text.truncate import single_line
from lib.workflow_proposals.description_topics import TOPICS, DescriptionReading, DescriptionTopic
from lib.workflow_proposals.model import ProposalNote, ProposedContent
from lib.workflow_proposals.proposed_content import (
    create_empty_draft,
    describe_draft,
    format_name_of_description,
    read_draft_content,
)
from lib.workflows.draft_edits import add_slide
from lib.workflows.draft_problems import list_draft_problems
from lib.workflows.model import Category, WorkflowDraft, WorkflowVersion
from lib.workflows.slide_copy import copy_slide

SLIDE_ORDER = (
    SlideId.GREETING, SlideId.REVIEW_ACCOUNT, SlideId.ASSESS_DEPARTURE, SlideId.STAKEHOLDER_MAP,
    SlideId.IDENTIFY_REPLACEMENT, SlideId.CONTRACT_TERMS, SlideId.ASSESS_RISK, SlideId.SET_GOALS, SlideId.GROWTH_PLAN,
    SlideId.PRICING_STRATEGY, SlideId.EXECUTIVE_BRIEF, SlideId.PREPARE_QUOTE, SlideId.DRAFT_EMAIL,
    SlideId.SCHEDULE_CALL, SlideId.SUMMARY,
)  # fmt: skip
ALWAYS = (SlideId.GREETING, SlideId.REVIEW_ACCOUNT, SlideId.SUMMARY)
WAYS_OUT = (SlideId.DRAFT_EMAIL, SlideId.SCHEDULE_CALL)
"""Something leaves Zen at the end: an email and a call, unless one of them was asked for or not wanted."""
TOPIC_RANK = {topic: place for place, topic in enumerate(DescriptionTopic)}
SLIDES_WITHOUT_TOPIC = (SlideId.STAKEHOLDER_MAP, SlideId.ASSESS_RISK, *WAYS_OUT)
NOT_UNDERSTOOD = (
    "No word of the description names a slide: the draft has the slides that most workflows begin and end with."
)
BY_RULES = "The texts are those of Zen's own workflows. Reword them for your case."


def choose_category(reading: DescriptionReading) -> Category:
    """The category of the topic that says most about the job."""
    known = (TOPICS[topic].category for topic in sort_topics(reading))
    return next((category for category in known if category), Category.STRATEGY)


def sort_topics(reading: DescriptionReading) -> list[DescriptionTopic]:
    """The topics, the one that shapes the job first: a departure before the renewal it threatens."""
    return sorted(reading.topics, key=TOPIC_RANK.__getitem__)


def list_examples(reading: DescriptionReading) -> tuple[str, ...]:
    """Ids of the stock workflows whose texts fit, best first; at most three."""
    found = (TOPICS[topic].example for topic in sort_topics(reading))
    return tuple(dict.fromkeys(each for each in found if each))[:3] or ("standard-renewal",)


def choose_slides(reading: DescriptionReading) -> tuple[SlideId, ...]:
    """The slides in the order of the work."""
    wanted = {slide for topic in reading.topics for slide in TOPICS[topic].slides}
    if not reading.topics:
        wanted = set(SLIDES_WITHOUT_TOPIC)
    if not wanted.intersection(WAYS_OUT):
        wanted.update(WAYS_OUT)
    unwanted = {slide for topic in reading.unwanted for slide in TOPICS[topic].slides}
    kept = {slide for topic in reading.topics for slide in TOPICS[topic].slides[:1]}
    return tuple(slide for slide in SLIDE_ORDER if slide in ALWAYS or slide in wanted - (unwanted - kept))


def propose_by_rules(
    description: str, reading: DescriptionReading, examples: Sequence[WorkflowVersion]
) -> ProposedContent:
    """The content of a draft for what was read in a description. `examples`: stock versions, best first."""
    draft = create_empty_draft(
        name=format_name_of_description(description),
        description=single_line(description),
        category=choose_category(reading),
    )
    taken: dict[str, list[SlideId]] = {}
    for slide in choose_slides(reading):
        source = next((example for example in examples if slide in example.slide_sequence), None)
        copied = _copy_slide(draft, source, slide) if source else None
        if source and copied:
            draft = copied
            taken.setdefault(source.name, []).append(slide)
        else:
            draft, _ = add_slide(draft, slide, len(draft.slide_sequence))
    note = ProposalNote(
        done=(*describe_draft(draft)[:1], *_describe_topics(reading), *_describe_sources(taken)),
        not_done=_list_not_done(reading),
    )
    return ProposedContent(content=read_draft_content(draft), note=note)


def _copy_slide(draft: WorkflowDraft, source: WorkflowVersion, slide: SlideId) -> WorkflowDraft | None:
    """The draft with a slide of an example, its texts and questions of the chat; None if it would not compose."""
    copied = replace(draft, **copy_slide(draft, source, slide, place=len(draft.slide_sequence)))
    return None if any(problem.slide == slide for problem in list_draft_problems(copied)) else copied


def _describe_topics(reading: DescriptionReading) -> list[str]:
    return [
        f"Because of “{single_line(reading.topics[topic], max_length=40)}”: {_join_titles(TOPICS[topic].slides)}."
        for topic in sort_topics(reading)
    ]


def _describe_sources(taken: Mapping[str, Sequence[SlideId]]) -> list[str]:
    return [
        f"Texts and questions of the chat as in “{name}”: {_join_titles(slides)}." for name, slides in taken.items()
    ]


def _list_not_done(reading: DescriptionReading) -> tuple[str, ...]:
    sentences = [] if reading.topics else [NOT_UNDERSTOOD]
    sentences += [
        f"There is no slide for {name}. Add a free slide with questions of your own." for name in reading.without_slides
    ]
    sentences += reading.set_elsewhere
    sentences += [
        f"You said no to “{single_line(word, max_length=40)}”: left out where nothing else asked for it."
        for word in reading.unwanted.values()
    ]
    return (*sentences, BY_RULES)


def _join_titles(slides: Sequence[SlideId]) -> str:
    return join_names(get_default_slide_title(slide) for slide in slides)
