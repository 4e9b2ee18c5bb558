"""What became of a workflow's runs: by version, by slide, and two versions side by side."""

import streamlit as st

from lib.content.model import Table
from lib.effectiveness.export import export_effectiveness_csv
from lib.effectiveness.model import LEAST_RUNS, Effectiveness, VersionUse
from lib.errors import ZenError
from lib.files.spreadsheet_writer import CSV_MEDIA_TYPE
from lib.services import Services
from lib.text.file_names import build_filename
from lib.text.format import format_count, join_names
from lib.text.html import Html
from lib.text.regional_format import keep_regional_format
from lib.ui import charts, empty_and_error_states, page_cache, session_keys, tables
from lib.ui.catalogue import effectiveness_tables
from lib.ui.catalogue.workflow_cards import WorkflowCard
from lib.ui.safe_text import draw_html

_NOTE = Html('<p class="zen-small zen-muted">{}</p>')
_WARNING = Html('<p class="zen-warning">{}</p>')
DEFINITIONS = (
    "Stopped: abandoned, or active and unchanged for 30 days. Came to it: completed runs, and those that are at the "
    "slide or beyond it, or have saved it. Retained ARR: for completed runs with an ARR in their outcome, that ARR as "
    "a share of the ARR when the run began; growth counts. A run that moved counts under its new version."
)
NO_CAUSE = "The versions ran at different times, for different customers: a difference need not come from the workflow."


def draw_effectiveness(card: WorkflowCard, services: Services) -> None:
    """Counts of the runs one may see, never a claim they cannot carry. One request, none within a minute."""
    definition = card.definition
    if definition is None:
        draw_html(_NOTE.format("A draft has no runs. Once it is published, this shows what becomes of them."))
        return
    try:
        found = load_effectiveness(services, definition.id)
    except ZenError as error:
        retry = lambda: page_cache.invalidate(session_keys.EFFECTIVENESS)  # noqa: E731
        empty_and_error_states.draw_error(error, retry=retry, key="effectiveness")
        return
    used = found.used_versions
    if not used:
        empty_and_error_states.draw_empty_state(
            "No runs yet",
            "Once it has been run, this shows how many were completed, where people stop and what they skip.",
            icon=":material/monitoring:",
        )
        return
    _draw_versions(found)
    _draw_version_details(found, used)
    if len(used) > 1:
        _draw_version_comparison(found, used)
    draw_html(_NOTE.format(DEFINITIONS))
    _draw_effectiveness_download(card, found)


def load_effectiveness(services: Services, definition_id: str) -> Effectiveness:
    page_cache.drop_value_of_other_subject(session_keys.EFFECTIVENESS, definition_id)
    fetch = lambda: services.effectiveness.fetch_effectiveness(definition_id)  # noqa: E731
    return page_cache.load_with_max_age(session_keys.EFFECTIVENESS, fetch, page_cache.CACHE_SECONDS).value


def _draw_versions(found: Effectiveness) -> None:
    few = [version for version in found.used_versions if version.ended < LEAST_RUNS]
    if few:
        which = "" if len(few) == len(found.used_versions) == 1 else f" of {_join_versions(few)}"
        draw_html(_WARNING.format(f"Fewer than {LEAST_RUNS} ended runs{which}: too few to draw conclusions."))
    tables.draw_table(effectiveness_tables.build_version_table(found), key="effectiveness_versions")


def _join_versions(versions: list[VersionUse]) -> str:
    numbers = join_names(str(number) for number in sorted(version.version for version in versions))
    return f"version {numbers}" if len(versions) == 1 else f"versions {numbers}"


def _draw_version_details(found: Effectiveness, used: tuple[VersionUse, ...]) -> None:
    version = _choose_compared_version("Version", used, session_keys.EFFECTIVENESS_VERSION, 0)
    slides = effectiveness_tables.build_slide_table(found, version)
    chart = effectiveness_tables.build_slide_chart(found, version)
    if chart.series[0].points:
        charts.draw_chart(chart, key="effectiveness_slides", rows=tables.build_table_rows_html(slides))
    else:
        _draw_quiet_slides(chart.empty, slides)
    tables.draw_table(effectiveness_tables.build_outcome_table(found, version), key="effectiveness_outcomes")


def _draw_quiet_slides(sentence: str, slides: Table) -> None:
    draw_html(
        Html(
            '<p class="zen-muted">{}</p><details><summary class="zen-small">Show as table</summary>{}</details>'
        ).format(sentence, tables.build_table_rows_html(slides))
    )


def _draw_version_comparison(found: Effectiveness, used: tuple[VersionUse, ...]) -> None:
    st.markdown("#### Two versions side by side")
    with st.container(horizontal=True, gap="small"):
        first = _choose_compared_version("Version", used, session_keys.EFFECTIVENESS_FIRST, 0)
        second = _choose_compared_version("beside version", used, session_keys.EFFECTIVENESS_SECOND, 1)
    if first.version == second.version:
        draw_html(_NOTE.format("Choose two different versions."))
        return
    table = effectiveness_tables.build_comparison_table(found, first, second)
    tables.draw_table(table, key="effectiveness_comparison")
    draw_html(_NOTE.format(NO_CAUSE))


def _choose_compared_version(label: str, used: tuple[VersionUse, ...], key: str, index: int) -> VersionUse:
    by_number = {version.version: version for version in used}
    if st.session_state.get(key) not in (None, *by_number):
        del st.session_state[key]  # of another workflow
    chosen = st.selectbox(
        label,
        list(by_number),
        index=index,
        key=key,
        width=220,
        format_func=lambda number: f"{number} ({format_count(by_number[number].started, 'run')})",
    )
    return by_number[chosen]


def _draw_effectiveness_download(card: WorkflowCard, found: Effectiveness) -> None:
    st.download_button(
        "Download CSV",
        keep_regional_format(lambda: export_effectiveness_csv(found)),
        build_filename("effectiveness", card.content.name, "csv", default="workflow"),
        CSV_MEDIA_TYPE,
        key=session_keys.EFFECTIVENESS_DOWNLOAD,
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )
