"""Cases of a workflow: replayed over a version or draft, kept and removed."""

from collections.abc import Callable

import streamlit as st

from lib.errors import InvalidInput, ZenError
from lib.ghost_runs.case_replay import CaseDifference, replay_case
from lib.ghost_runs.workflow_cases import WorkflowCase, WorkflowCases
from lib.services import Services
from lib.slides.slide_address import format_slide_name
from lib.text.format import format_count, format_date
from lib.text.html import Html
from lib.text.local_time import to_local_time
from lib.text.truncate import single_line
from lib.ui import empty_and_error_states, page_cache, session_keys
from lib.ui.safe_text import draw_html
from lib.ui.workflow_diff.diff_html import build_labelled_diff_html
from lib.ui.workflow_diff.field_labels_and_values import format_field_label
from lib.workflows.composer import compose_workflow
from lib.workflows.model import ComposedWorkflow, WorkflowContent

SAME = "Nothing differs."
SLIDE_CHANGES = {
    "added": "The slide is new.",
    "removed": "The slide is gone; its answers would no longer be shown.",
    "shown": "The slide would be shown now.",
    "missing_answers": "A required answer is missing that was not asked for then.",
}
_MUTED = Html('<p class="zen-small zen-muted">{}</p>')


def draw_workflow_cases(source: WorkflowContent, services: Services) -> None:
    """Each case with what this content would make of it. One request, none within a minute."""
    st.markdown("#### Cases")
    draw_html(_MUTED.format("Finished runs replayed over this content, with the answers and data they had at the end."))
    try:
        found = load_cases(source.workflow_id, services)
        now = compose_workflow(source)
    except ZenError as error:
        empty_and_error_states.draw_error(error, key="cases")
        return
    for case in found.cases:
        _draw_workflow_case(case, now, services)
    if not found.cases:
        draw_html(_MUTED.format("No run is kept as a case yet."))
    _draw_keep_case_form(found, services)


def draw_case_warning(source: WorkflowContent, services: Services) -> None:
    """Before publishing: for how many cases something differs. One request, none within a minute."""
    try:
        found = load_cases(source.workflow_id, services)
        now = compose_workflow(source)
        differing = [case for case in found.cases if _replay_case_or_explain(case, now, services)]
    except ZenError:
        return  # the section of cases says why
    if not found.cases:
        return
    if not differing:
        draw_html(_MUTED.format(f"{format_count(len(found.cases), 'case')} replayed: {SAME.lower()}"))
        return
    with st.expander(f"{len(differing)} of {format_count(len(found.cases), 'case')} would differ"):
        for case in differing:
            draw_html(_build_case_html(case, _replay_case_or_explain(case, now, services), now))


def load_cases(workflow_id: str, services: Services) -> WorkflowCases:
    page_cache.drop_value_of_other_subject(session_keys.CASES, workflow_id)
    fetch = lambda: services.cases.fetch_cases(workflow_id)  # noqa: E731
    return page_cache.load_with_max_age(session_keys.CASES, fetch, page_cache.CACHE_SECONDS).value


def _replay_case_or_explain(
    case: WorkflowCase, now: ComposedWorkflow, services: Services
) -> tuple[CaseDifference, ...] | str:
    """The differences, or why the version of the run can no longer be composed."""
    try:
        return replay_case(case, now, services.person.full_name)
    except InvalidInput as error:
        return error.message


def _draw_workflow_case(case: WorkflowCase, now: ComposedWorkflow, services: Services) -> None:
    with st.container(border=True, key=f"case.{case.id}"):
        ended = format_date(to_local_time(case.ended_at, services.person.time_zone).date())
        about = " · ".join(
            part
            for part in (single_line(case.customer_name), f"ended {ended}", f"version {case.version.version}")
            if part not in case.name
        )
        draw_html(_build_case_html(case, _replay_case_or_explain(case, now, services), now, about=about))
        if case.may_remove and st.button("Remove", key=session_keys.case_button_key(case.id), type="tertiary"):
            _write_and_rerun(lambda: services.cases.remove_case(case.id), "The case is removed. Its run stays.")


def _build_case_html(
    case: WorkflowCase, differences: tuple[CaseDifference, ...] | str, now: ComposedWorkflow, *, about: str = ""
) -> Html:
    head = Html("<h5>{}</h5>{}").format(single_line(case.name), _MUTED.format(about) if about else "")
    if isinstance(differences, str):
        return Html("{}<p>{}</p>").format(head, differences)
    lines = Html("").join(_build_difference_html(each, now) for each in differences)
    return Html("{}{}").format(head, lines if differences else Html("<p>{}</p>").format(SAME))


def _build_difference_html(each: CaseDifference, now: ComposedWorkflow) -> Html:
    slide = now.find_slide(each.slide)
    name = slide.short if slide else format_slide_name(each.slide.partition(":")[0], each.slide)
    if each.field == "left_out":
        text = f"The slide would be left out because {each.after}."
        return Html("<p><strong>{}</strong>: {}</p>").format(name, text)
    if each.field in SLIDE_CHANGES:
        return Html("<p><strong>{}</strong>: {}</p>").format(name, SLIDE_CHANGES[each.field])
    return build_labelled_diff_html(f"{name}, {format_field_label(each.field).lower()}", each.before, each.after)


def _draw_keep_case_form(found: WorkflowCases, services: Services) -> None:
    if not found.candidates:
        return
    labels = {
        each.execution_id: f"{single_line(each.customer_name)}, ended "
        f"{format_date(to_local_time(each.ended_at, services.person.time_zone).date())}"
        for each in found.candidates
    }
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.selectbox(
            "Keep a finished run as a case",
            list(labels),
            index=None,
            key=session_keys.CASE_RUN,
            format_func=lambda identity: labels.get(identity, identity),
            placeholder="Choose a run",
            width=420,
        )
        is_clicked = st.button("Keep", key=session_keys.CASE_KEEP, disabled=chosen is None)
    if is_clicked and chosen in labels:
        company = str(services.person.company_id)
        _write_and_rerun(
            lambda: services.cases.keep_case(company, chosen, labels[chosen][:120]), "The run is kept as a case."
        )


def _write_and_rerun(change: Callable[[], None], message: str) -> None:
    try:
        change()
    except ZenError as error:
        empty_and_error_states.draw_error(error, key="case_change")
        return
    page_cache.invalidate(session_keys.CASES)
    st.toast(message)
    st.rerun()
