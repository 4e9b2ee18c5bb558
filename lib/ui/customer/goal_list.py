"""What the customer wants to reach, and which run says so."""

from lib.customers.customer_page_data import CustomerGoal, CustomerPage
from lib.slides.library import get_default_slide_title
from lib.text.format import format_date
from lib.text.html import Html
from lib.text.truncate import single_line, truncate
from lib.ui import page_links
from lib.ui.safe_text import draw_html, draw_row_with_buttons

MAX_GOAL_CHARS = 300
_ROW = Html('<p dir="auto">{}</p><p class="zen-small zen-muted">{}</p>')
_SOURCE = Html('<p class="zen-small zen-muted">{}</p>')


def draw_customer_goals(page: CustomerPage) -> None:
    """The goals of each slide under one another, then the slide they are from. Goals are written in runs only."""
    if not page.goals:
        return
    draw_html(Html("<h4>Goals</h4>"))
    for slide_id in dict.fromkeys(goal.slide_id for goal in page.goals):
        goals = [goal for goal in page.goals if goal.slide_id == slide_id]
        draw_html(Html("").join(_build_goal_html(goal) for goal in goals))
        with draw_row_with_buttons(_SOURCE.format(describe_goal_source(goals[0])), key=f"goals.{slide_id}"):
            of = (goals[0].workflow_name, page.account.customer.name)
            page_links.draw_run_link(goals[0].execution_id, "Open", slide_id=slide_id, of=of)


def describe_goal_source(goal: CustomerGoal) -> str:
    """ "Set goals, Account plan, 12 Oct 2026"."""
    title = get_default_slide_title(goal.slide_id)
    return f"{title}, {single_line(goal.workflow_name)}, {format_date(goal.saved_at.date())}"


def _build_goal_html(goal: CustomerGoal) -> Html:
    about = (
        single_line(goal.owner) if goal.owner else None,
        f"by {format_date(goal.due)}" if goal.due else None,
        f"measured by {single_line(goal.measure)}" if goal.measure else None,
    )
    return _ROW.format(truncate(single_line(goal.goal), MAX_GOAL_CHARS), " · ".join(part for part in about if part))
