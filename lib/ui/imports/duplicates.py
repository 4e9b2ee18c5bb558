"""Customers and contacts that look alike: compared side by side, made one, and two again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from lib.errors import ZenError
from lib.imports.duplicate_pairs import FIELDS, SimilarPair
from lib.imports.record_merges import Merge
from lib.services import Services
from lib.text.format import join_names
from lib.text.html import Html
from lib.text.markdown_escape import escape_markdown
from lib.ui import empty_and_error_states, page_cache, row_pager
from lib.ui.actions import buttons
from lib.ui.actions.dialog_state import Command, FlashMessage
from lib.ui.imports.merge_value_text import format_merge_value, format_moved_counts
from lib.ui.safe_text import draw_row_with_buttons
from lib.ui.session_keys import DUPLICATES, import_button_key, merge_field_key

MAX_PAIRS = 20
_ROW = Html('<p><strong>{}</strong> <span class="zen-muted">and</span> <strong>{}</strong></p>'
            '<p class="zen-small zen-muted">{}</p>')  # fmt: skip
_NOUNS = {"customers": "customer", "contacts": "contact"}
_CONSEQUENCES = {
    "customers": "Runs, conversations, notes, contacts, contracts, usage and tickets of both go to the one that stays. "
    "Where both have usage of the same week, its own counts stay. You can undo it.",
    "contacts": "Survey answers of both go to the one that stays. You can undo it.",
}
_MERGE = Html('<p><strong>{}</strong> <span class="zen-muted">was merged</span></p><p class="zen-small">{}</p>')


@dataclass(kw_only=True)
class DuplicateSearch:
    """What was found when the person looked; `compared` is the pair that is open.

    It counts as long as nothing was changed since (`data_version`).
    """

    pairs: tuple[SimilarPair, ...]
    merges: tuple[Merge, ...]
    colleagues: Mapping[str, str]
    data_version: int
    compared: str | None = None


def draw_duplicates(services: Services) -> None:
    """A button that looks for them; then the pairs, and the latest merges. Four requests when one looks."""
    st.markdown("## Duplicates")
    search: DuplicateSearch | None = st.session_state.get(DUPLICATES)
    if search is None or search.data_version != page_cache.get_data_version().number:
        if st.button("Look for duplicates", key=import_button_key("look", "duplicates"), icon=":material/join_inner:"):
            _look_for_duplicates(services)
        return
    if not search.pairs:
        text = "No two customers, and no two contacts of a customer, have the same address or similar names."
        empty_and_error_states.draw_empty_state("No duplicates", text, icon=":material/check:")
    window = row_pager.get_row_window(DUPLICATES, len(search.pairs), at_first=MAX_PAIRS)
    for pair in search.pairs[window.first : window.end]:
        _draw_similar_pair(pair, search)
    row_pager.draw_row_pager(DUPLICATES, window, len(search.pairs), "pair")
    for merge in search.merges:
        _draw_done_merge(merge)
    st.button("Close", key=import_button_key("close", "duplicates"), type="tertiary", on_click=close_duplicates)


def close_duplicates() -> None:
    st.session_state.pop(DUPLICATES, None)


def _look_for_duplicates(services: Services) -> None:
    try:
        with empty_and_error_states.show_skeleton(height=120):
            people = services.people.fetch_team().people
            st.session_state[DUPLICATES] = DuplicateSearch(
                pairs=services.merges.find_similar_customer_pairs() + services.merges.find_similar_contact_pairs(),
                merges=services.merges.fetch_merges(),
                colleagues={str(each.id): each.full_name for each in people},
                data_version=page_cache.get_data_version().number,
            )
    except ZenError as error:
        empty_and_error_states.draw_error(error, key="duplicates")
        return
    st.rerun()


def _draw_similar_pair(pair: SimilarPair, search: DuplicateSearch) -> None:
    if search.compared == pair.id:
        _draw_merge_form(pair, search)
        return
    customer = pair.first["customers"]["name"] if pair.table_name == "contacts" else ""
    about = " · ".join(filter(None, (customer and f"contacts of {customer}", pair.reason)))
    html = _ROW.format(pair.first["name"], pair.second["name"], about)
    with draw_row_with_buttons(html, key=f"pair.{pair.id}"):
        st.button(
            "Compare…",
            key=import_button_key("compare", pair.id),
            type="tertiary",
            on_click=setattr,
            args=(search, "compared", pair.id),
        )


def _draw_merge_form(pair: SimilarPair, search: DuplicateSearch) -> None:
    with st.container(border=True, gap="small", key="merge"):
        st.markdown(f"##### Make one {_NOUNS[pair.table_name]} of these?")
        sides = {"first": pair.first, "second": pair.second}
        kept = st.radio(
            "Which one stays",
            list(sides),
            format_func=lambda side: escape_markdown(str(sides[side]["name"])),
            key=merge_field_key(pair.id, "kept"),
            horizontal=True,
            width="stretch",
        )
        taken = [name for name in pair.list_differences() if _draw_merge_field(pair, name, kept, search) != kept]
        st.caption(_CONSEQUENCES[pair.table_name])
        removed = "second" if kept == "first" else "first"
        command = build_merge_command(pair.table_name, sides[kept], sides[removed], taken)
        with st.container(horizontal=True, gap="small"):
            buttons.draw_command_button("Merge", command, key=f"merge.{pair.id}", is_primary=True)
            st.button(
                "Cancel",
                key=import_button_key("cancel_merge", pair.id),
                type="tertiary",
                on_click=setattr,
                args=(search, "compared", None),
            )


def _draw_merge_field(pair: SimilarPair, name: str, kept: str, search: DuplicateSearch) -> str:
    """Both values beside each other; the side whose value stays, at first that of the customer that stays."""
    values = {"first": pair.first[name], "second": pair.second[name]}
    filled = next((side for side in (kept, *values) if values[side] is not None), kept)
    chosen = st.radio(
        FIELDS[pair.table_name][name],
        list(values),
        index=list(values).index(filled),
        format_func=lambda side: escape_markdown(
            format_merge_value(pair.table_name, name, values[side], search.colleagues)
        ),
        key=merge_field_key(pair.id, f"{name}.{kept}"),
        horizontal=True,
        width="stretch",
    )
    return str(chosen)


def build_merge_command(
    table_name: str, kept: Mapping[str, Any], removed: Mapping[str, Any], taken: list[str]
) -> Command:
    def merge(services: Services) -> FlashMessage:
        merge_id = services.merges.merge_records(table_name, kept_id=kept["id"], removed_id=removed["id"], taken=taken)
        undo = build_undo_merge_command(merge_id, table_name)
        return FlashMessage(text=f"{removed['name']} is merged into {kept['name']}.", undo=undo)

    return merge


def build_undo_merge_command(merge_id: str, table_name: str) -> Command:
    def undo(services: Services) -> FlashMessage:
        left_alone = services.merges.undo_merge(merge_id)
        labels = join_names([FIELDS[table_name].get(name, name) for name in left_alone])
        kept = f" Changed since the merge, and left as it is: {labels}." if labels else ""
        return FlashMessage(text=f"The merge is undone.{kept}")

    return undo


def _draw_done_merge(merge: Merge) -> None:
    html = _MERGE.format(merge.removed_label, format_moved_counts(merge))
    with draw_row_with_buttons(html, key=f"merged.{merge.id}"):
        undo = build_undo_merge_command(merge.id, merge.table_name)
        buttons.draw_command_button("Undo", undo, key=f"undo_merge.{merge.id}", icon=":material/undo:", is_quiet=True)
