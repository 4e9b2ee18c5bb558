from collections.abc import Mapping

from lib.content.model import Callout
from lib.forms.model import Form
from lib.slides.answer_summary import build_answers_table
from lib.slides.library import (
    assess_risk,
    contract_terms,
    greeting,
    growth_plan,
    review_account,
    stakeholder_map,
)
from lib.slides.model import SectionBuilder, Slide, SlideCategory, SlideId, SlideInput
from lib.slides.shown_sections import ShownSection
from lib.slides.slide_context import SlideContext
from lib.slides.slide_texts import fill_slide_question

SECTION_BUILDERS: Mapping[ShownSection, SectionBuilder] = {
    ShownSection.OVERVIEW: greeting.build_account_overview_facts,
    ShownSection.KEY_FACTS: review_account.build_account_key_facts,
    ShownSection.PRIORITY_REASONS: greeting.build_priority_reasons_table,
    ShownSection.CONTRACT_TERMS: contract_terms.build_contract_terms_facts,
    ShownSection.NOTICE_DEADLINE: contract_terms.build_notice_deadline_callout,
    ShownSection.USAGE_CHART: review_account.build_account_usage_chart,
    ShownSection.HEALTH_PARTS: review_account.build_account_health_table,
    ShownSection.RISK_SIGNALS: assess_risk.build_risk_signals_table,
    ShownSection.OPEN_TICKETS: review_account.build_account_tickets_table,
    ShownSection.CONTACTS: review_account.build_account_contacts_table,
    ShownSection.KEY_ROLES: stakeholder_map.build_key_roles_facts,
    ShownSection.INFLUENCE_CHART: stakeholder_map.build_influence_chart,
    ShownSection.NOTES: review_account.build_account_notes_table,
    ShownSection.PAST_RUNS: greeting.build_past_runs_table,
    ShownSection.MODULES: growth_plan.build_product_modules_table,
    ShownSection.ANSWERS: lambda slide_input: build_answers_table(slide_input, "Answers so far"),
}


def _build_chosen_section(shown: ShownSection) -> SectionBuilder:
    """A section that is there if the workflow chose it; on each slide they stand in the order of the list."""
    return lambda slide_input: (
        SECTION_BUILDERS[shown](slide_input) if shown in (slide_input.context.shows or ()) else None
    )


def build_empty_slide_callout(slide_input: SlideInput) -> Callout | None:
    """What an author sees who has not written anything yet."""
    context = slide_input.context
    if context.lead or context.checklist or context.shows or context.questions:
        return None
    return Callout(text="This slide is still empty. It can have a text, questions, and facts of the account.")


def build_free_form(slide_input: SlideInput) -> Form:
    """No questions of its own: all are those the workflow asks."""
    return Form(title=fill_slide_question(slide_input, "Questions"), fields=())


SLIDE = Slide(
    id=SlideId.CUSTOM,
    title="Free slide",
    short="Free",
    category=SlideCategory.COMMON,
    purpose="A slide of your own: your text, your questions, and facts of the account you choose.",
    sections=(build_empty_slide_callout, *(_build_chosen_section(shown) for shown in ShownSection)),
    form=build_free_form,
    defaults=SlideContext(minutes=5),
)
