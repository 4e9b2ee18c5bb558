from lib.content.model import Column, ColumnKind, Table
from lib.customers.successor_candidates import RANKING_FORMULA, rank_successor_candidates
from lib.forms.model import Field, FieldKind, Form, Option
from lib.slides import shared_sections
from lib.slides.model import Slide, SlideCategory, SlideId, SlideInput
from lib.slides.slide_context import SlideContext
from lib.slides.slide_texts import fill_slide_question
from lib.text.truncate import single_line

UNLISTED_CONTACT = "other"


def build_successor_candidates_table(slide_input: SlideInput) -> Table:
    return Table(
        title="Candidates",
        columns=(
            Column(key="rank", label="Rank", kind=ColumnKind.NUMBER),
            Column(key="name", label="Name"),
            Column(key="title", label="Title"),
            Column(key="points", label="Points", kind=ColumnKind.NUMBER),
            Column(key="reasons", label="Why"),
        ),
        rows=tuple(
            {
                "rank": place,
                "name": single_line(candidate.contact.name, max_length=120),
                "title": single_line(candidate.contact.title, max_length=120) if candidate.contact.title else None,
                "points": candidate.points,
                "reasons": "; ".join(candidate.reasons).capitalize(),
            }
            for place, candidate in enumerate(rank_successor_candidates(slide_input.account), start=1)
        ),
        empty="No one else is on record: no data. Ask the remaining team who decides now.",
        source=RANKING_FORMULA,
    )


def build_replacement_form(slide_input: SlideInput) -> Form:
    people = [candidate.contact for candidate in rank_successor_candidates(slide_input.account)]
    return Form(
        title="Your choice",
        fields=(
            Field(
                key="choice",
                label=fill_slide_question(slide_input, "Who do you want to win over?"),
                kind=FieldKind.CHOICE,
                options=(
                    *shared_sections.build_contact_options(people),
                    Option(value=UNLISTED_CONTACT, label="Someone not listed"),
                ),
                required=True,
                help="The ranking is a suggestion from records alone.",
            ),
            Field(
                key="other",
                label="Their name and title",
                kind=FieldKind.TEXT,
                required_when=lambda answers: answers.get("choice") == UNLISTED_CONTACT,
            ),
            Field(
                key="introduced_by",
                label="Who can introduce you?",
                kind=FieldKind.CHOICE,
                options=shared_sections.build_contact_options(people),
            ),
            Field(key="first_step", label="First step", kind=FieldKind.LONG_TEXT, required=True),
            Field(key="by", label="By when?", kind=FieldKind.DATE, required=True),
        ),
    )


SLIDE = Slide(
    id=SlideId.IDENTIFY_REPLACEMENT,
    title="Identify the replacement",
    short="Replacement",
    category=SlideCategory.RISK,
    purpose="Who decides now: contacts ranked by what is on record.",
    sections=(build_successor_candidates_table,),
    form=build_replacement_form,
    defaults=SlideContext(
        lead="Look for whoever inherits the budget, not for whoever is easiest to reach. "
        "{% if departed.name %}They replace {{ departed.name }}.{% endif %}",
        minutes=6,
    ),
)
