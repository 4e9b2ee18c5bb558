"""The slides of a workflow with what each is for."""

from lib.slides.library import get_default_slide_title, get_slide_of_address
from lib.slides.slide_address import format_slide_name
from lib.slides.template_text_preview import format_template_preview
from lib.text.format import format_count
from lib.text.html import Html
from lib.ui.catalogue.workflow_cards import WorkflowCard
from lib.workflows.model import ComposedSlide


def build_slides_html(card: WorkflowCard) -> Html:
    """Each slide with its purpose and lead; only the titles of a workflow that cannot be composed."""
    if card.workflow is not None:
        return Html("").join(
            _build_slide_html(place, slide) for place, slide in enumerate(card.workflow.slides, start=1)
        )
    titles = (
        get_default_slide_title(name) if get_slide_of_address(name) else f"{name} (not in the slide library)"
        for name in card.content.slide_sequence
    )
    return Html("").join(
        Html("<p><strong>{}. {}</strong></p>").format(place, title) for place, title in enumerate(titles, start=1)
    )


def _build_slide_html(place: int, slide: ComposedSlide) -> Html:
    context = slide.context
    title = format_template_preview(context.title) if context.title else format_slide_name(slide.slide.title, slide.id)
    minutes = f" · {format_count(context.minutes, 'minute')}" if context.minutes else ""
    lead = (
        Html('<p class="zen-small zen-muted">{}</p>').format(format_template_preview(context.lead))
        if context.lead
        else ""
    )
    return Html('<h4>{}. {}<span class="zen-muted">{}</span></h4><p>{}</p>{}').format(
        place, title, minutes, slide.slide.purpose, lead
    )
