"""Whether a workflow begins by itself, turning it on and off, and its last starts with why."""

import streamlit as st

from lib.customers.start_reason import describe_start_reason
from lib.errors import Conflict, ZenError
from lib.services import Services
from lib.text.format import format_date
from lib.text.html import Html
from lib.text.local_time import to_local_time
from lib.text.truncate import single_line
from lib.ui import empty_and_error_states, page_cache, session_keys
from lib.ui.catalogue.workflow_cards import WorkflowCard
from lib.ui.customer.customer_url import build_customer_link_html
from lib.ui.safe_text import draw_html
from lib.ui.trigger_preview_view import draw_trigger_preview
from lib.workflows.trigger_rule import WorkflowStart, WorkflowTrigger, describe_trigger_rule

_MUTED = Html('<p class="zen-small zen-muted">{}</p>')


def draw_trigger(card: WorkflowCard, services: Services) -> None:
    """For a published workflow with a trigger. One request, none within a minute; two with a dry run."""
    definition = card.definition
    if definition is None or definition.begun_when is None or card.is_stock or card.is_archived:
        return
    key = session_keys.catalogue_trigger_key(definition.id)
    fetch = lambda: services.triggers.fetch_trigger(definition.id)  # noqa: E731
    trigger = page_cache.load_with_max_age(key, fetch, page_cache.CACHE_SECONDS).value
    if trigger.rule is None:
        return
    with st.container(border=True, gap="small"):
        draw_html(_build_trigger_html(trigger, services.person.time_zone))
        with st.container(horizontal=True, gap="small"):
            if services.person.role.leads_team:
                _draw_switch(card, trigger, services, key)
            is_previewed = st.button("Show whom it fits today", key=f"{key}.preview", type="tertiary")
        if is_previewed:
            draw_trigger_preview(
                services.triggers.preview_trigger(card.workflow_id, trigger.rule), key=f"{key}.preview_table"
            )
        if trigger.starts:
            draw_html(_build_starts_html(trigger, services.person.time_zone))


def _build_trigger_html(trigger: WorkflowTrigger, time_zone: str) -> Html:
    state = "on" if trigger.is_enabled else "off"
    parts = [Html("<p><strong>Begins by itself: {}</strong></p>").format(state)]
    parts.append(Html("<p>{}</p>").format(describe_trigger_rule(trigger.rule or {})))
    if trigger.is_changed_since:
        parts.append(Html("<p>{}</p>").format("It was on; a new rule was published, which a manager has to turn on."))
    elif trigger.changed_by_name and trigger.changed_at:
        day = format_date(to_local_time(trigger.changed_at, time_zone).date())
        who = single_line(trigger.changed_by_name, max_length=60)
        parts.append(_MUTED.format(f"Turned {state} by {who} on {day}."))
    return Html("").join(parts)


def _draw_switch(card: WorkflowCard, trigger: WorkflowTrigger, services: Services, key: str) -> None:
    if not st.button("Turn off" if trigger.is_enabled else "Turn on", key=f"{key}.switch"):
        return
    try:
        if trigger.is_enabled:
            services.triggers.disable_trigger(card.id)
        else:
            services.triggers.enable_trigger(card.id, trigger.rule or {})
    except ZenError as error:
        if isinstance(error, Conflict):
            page_cache.invalidate(key)
        empty_and_error_states.draw_error(error, key=f"{key}.switch")
        return
    page_cache.invalidate(key)
    page_cache.invalidate(session_keys.CATALOGUE)
    st.rerun()


def _build_starts_html(trigger: WorkflowTrigger, time_zone: str) -> Html:
    shown = len(trigger.starts)
    title = "Began by itself" if shown == trigger.started_count else f"Last {shown} of {trigger.started_count} starts"
    lines = Html("").join(_build_start_html(start, time_zone) for start in trigger.starts)
    return Html("<h5>{}</h5><ul>{}</ul>").format(title, lines)


def _build_start_html(start: WorkflowStart, time_zone: str) -> Html:
    day = format_date(to_local_time(start.started_at, time_zone).date())
    name = build_customer_link_html(start.customer_id, single_line(start.customer_name))
    return Html("<li>{}, {}. {}</li>").format(name, day, describe_start_reason(start.why))
