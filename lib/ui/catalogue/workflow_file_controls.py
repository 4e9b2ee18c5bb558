"""Workflow files on the catalogue: download a version or a draft, import a file as a draft."""

from contextvars import copy_context
from functools import partial

import streamlit as st

from lib.errors import InvalidInput, ZenError
from lib.services import Services
from lib.text.format import format_count
from lib.text.html import Html, build_icon_html
from lib.ui import empty_and_error_states, page_cache, session_keys
from lib.ui.catalogue.workflow_cards import WorkflowCard
from lib.ui.page_links import switch_to_builder
from lib.ui.safe_text import draw_html
from lib.ui.upload_permission import allow_uploads_of_tab
from lib.workflows.draft_writes import copy_definition_rules
from lib.workflows.workflow_file_reader import WorkflowFileFormat

MEDIA_TYPES = {WorkflowFileFormat.YAML: "application/yaml", WorkflowFileFormat.JSON: "application/json"}
FILE_TYPES = ("yaml", "yml", "json")
MAX_UPLOAD_MB = 1


def draw_file_downloads(card: WorkflowCard, services: Services) -> None:
    """YAML and JSON, made when asked. Up to one request each."""
    with st.popover(
        "Download", icon=":material/download:", type="tertiary", key=session_keys.catalogue_file_key(card.id)
    ):
        st.caption("A file to keep, to review, or to import in another company.")
        for file_format, media_type in MEDIA_TYPES.items():
            st.download_button(
                file_format.value.upper(),
                partial(copy_context().run, build_workflow_file, card, services, file_format),
                f"{card.workflow_id}.{file_format.value}",
                media_type,
                key=f"{session_keys.catalogue_file_key(card.id)}.{file_format}",
                on_click="ignore",
            )


def build_workflow_file(card: WorkflowCard, services: Services, file_format: WorkflowFileFormat) -> bytes:
    """The file of what a card shows. Up to two requests; Streamlit calls it in a thread of its own."""
    definition = card.definition
    content = card.content
    if definition is not None and definition.is_stock_workflow:
        content = services.drafts.fetch_version_to_copy(definition.id)  # with the branches stock offers
    rules = copy_definition_rules(definition) if definition else None
    return services.workflow_files.export_workflow(content, file_format, rules=rules).text.encode()


def draw_file_import(services: Services) -> None:
    """Choose a file; it becomes a draft and opens in the builder, or everything wrong in it is listed."""
    number = st.session_state.setdefault(session_keys.CATALOGUE_IMPORT_NUMBER, 0)
    box = st.popover(
        "Import a file",
        icon=":material/upload_file:",
        type="tertiary",
        key=session_keys.CATALOGUE_IMPORT,
        on_change="rerun",
    )
    if not box.open:
        return
    with box:
        st.caption("A YAML or JSON file that was downloaded from a workflow. It lands as a draft of yours.")
        allow_uploads_of_tab()
        file = st.file_uploader(
            "Workflow file", FILE_TYPES, key=f"{session_keys.CATALOGUE_IMPORT}.{number}", max_upload_size=MAX_UPLOAD_MB
        )
        if file is None:
            return
        try:
            draft = services.workflow_files.import_workflow(file.getvalue())
        except InvalidInput as error:
            _draw_file_problems(error)
            return
        except ZenError as error:
            empty_and_error_states.draw_error(error, key="workflow_import")
            return
    st.session_state[session_keys.CATALOGUE_IMPORT_NUMBER] = number + 1  # drawn again, it would bring the file back
    page_cache.invalidate(session_keys.CATALOGUE)
    switch_to_builder(draft.id)


def _draw_file_problems(error: InvalidInput) -> None:
    problems = error.detail if isinstance(error.detail, tuple) else ()
    if not problems:
        empty_and_error_states.draw_error(error, key="workflow_import")
        return
    items = Html("").join(Html("<li>{}</li>").format(str(problem)) for problem in problems)
    title = f"{format_count(len(problems), 'problem')} in this file. Nothing was imported."
    draw_html(Html("<h5>{}{}</h5><ul>{}</ul>").format(build_icon_html(":material/error:"), title, items))
