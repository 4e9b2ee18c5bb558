"""Saved views: open one, save what is shown as one, change or delete one's own."""

from collections.abc import Mapping, Sequence

import streamlit as st

from lib.auth.model import Person
from lib.book.saved_views import MAX_VIEW_NAME_CHARS, SavedView, ViewContent
from lib.errors import InvalidInput
from lib.services import Services
from lib.text.html import Html
from lib.text.markdown_escape import escape_markdown
from lib.text.truncate import single_line, truncate
from lib.ui import page_cache
from lib.ui.actions.action_state import queue_command
from lib.ui.actions.buttons import draw_command_button
from lib.ui.actions.dialog_state import Command, FlashMessage
from lib.ui.book.book_url import BookUrl, build_book_query_params
from lib.ui.safe_text import draw_html
from lib.ui.session_keys import BOOK_VIEWS, book_button_key, book_filter_key

MAX_AGE_SECONDS = 300.0
PLACE_PARAMS = frozenset({"view", "from", "show", "sort", "columns"})


def load_saved_views(services: Services) -> tuple[SavedView, ...]:
    """One request, none within five minutes."""
    return page_cache.load_with_max_age(BOOK_VIEWS, services.book_views.fetch_views, MAX_AGE_SECONDS).value


def show_named_view(address: BookUrl, views: Sequence[SavedView]) -> None:
    """Show the view of an address that names one and nothing else; say so if there is none."""
    view = next((each for each in views if str(each.id) == address.view_id), None)
    if address.view_id is None:
        return
    if view is None:
        text = "This view was deleted, or is not shared with you; the book is shown without it."
        draw_html(Html('<p class="zen-warning">{}</p>').format(text))
    elif set(st.query_params) == {"view"}:
        st.query_params.from_dict(build_view_params(view))
        st.rerun()


def draw_saved_views(address: BookUrl, views: Sequence[SavedView], services: Services) -> None:
    """Behind a button named after the open view: all views, and what can be done with this one."""
    person = services.person
    current = next((each for each in views if str(each.id) == address.view_id), None)
    label = truncate(single_line(current.name), 30) if current else "Views"
    with st.popover(escape_markdown(label), icon=":material/bookmark:"):
        for view in views:
            whose = "" if str(view.owner_id) == str(person.id) else " · the company's"
            st.button(
                escape_markdown(f"{single_line(view.name)}{whose}"),
                key=book_button_key("view", str(view.id)),
                type="tertiary",
                on_click=_open_saved_view,
                args=(view,),
            )
        content = build_view_content(address, leads_team=person.role.leads_team)
        if current is not None and _may_change_saved_view(current, person):
            _draw_open_view_controls(current, content)
        _draw_new_view_form(content, person)


def build_view_params(view: SavedView) -> dict[str, str]:
    """The address of a view. Values that are no texts are written as such: the page names what it cannot read."""
    columns = ",".join(view.shown_columns) or "none"
    return {
        **{name: str(value) for name, value in view.filter.items()},
        "sort": view.sort,
        "columns": columns,
        "view": str(view.id),
    }


def build_view_content(address: BookUrl, *, leads_team: bool) -> ViewContent:
    """What is shown, to be saved: the owner is always named, as another reader begins with another one."""
    params = build_book_query_params(address, leads_team=leads_team)
    shown = {name: value for name, value in params.items() if name not in PLACE_PARAMS}
    owner = address.view.filter.owner or "team"
    direction = ".desc" if address.view.descending else ""
    return ViewContent(
        filter=shown | {"owner": owner},
        sort=f"{address.view.sort}{direction}",
        columns=tuple(str(each) for each in address.view.columns),
    )


def _may_change_saved_view(view: SavedView, person: Person) -> bool:
    return str(view.owner_id) == str(person.id) or (view.is_shared and person.role.leads_team)


def _open_saved_view(view: SavedView) -> None:
    st.query_params.from_dict(build_view_params(view))


def _draw_open_view_controls(view: SavedView, content: ViewContent) -> None:
    with st.container(horizontal=True, gap="small"):
        revision = f"{view.id}.{view.revision}"
        if content != ViewContent(filter=_values_to_texts(view.filter), sort=view.sort, columns=view.shown_columns):
            draw_command_button("Save changes", build_update_command(view, content), key=f"book.view.save.{revision}")
        draw_command_button(
            "Delete", build_delete_command(view), key=f"book.view.delete.{revision}", icon=":material/delete:",
            is_quiet=True,
        )  # fmt: skip


def _draw_new_view_form(content: ViewContent, person: Person) -> None:
    name, shared = book_filter_key("view_name"), book_filter_key("view_shared")
    st.text_input("Save as", key=name, max_chars=MAX_VIEW_NAME_CHARS, placeholder="Name of a new view")
    st.checkbox("Share with the company", key=shared)
    st.button("Save", key=book_button_key("save_view"), on_click=_queue_save_view, args=(name, shared, content, person))


def _queue_save_view(name_key: str, shared_key: str, content: ViewContent, person: Person) -> None:
    """A callback."""
    name, shared = st.session_state[name_key].strip(), bool(st.session_state[shared_key])
    queue_command(build_save_command(name, content, person, shared=shared), f"{name_key}.{name}.{content}")


def build_save_command(name: str, content: ViewContent, person: Person, *, shared: bool) -> Command:
    """A command that saves a new view and opens it."""

    def save_view(services: Services) -> FlashMessage:
        if not name:
            raise InvalidInput("Give the view a name.")
        view = services.book_views.save_view(str(person.company_id), str(person.id), name, content, shared=shared)
        st.session_state[book_filter_key("view_name")] = ""
        _open_saved_view(view)
        return FlashMessage(text=f"Saved as “{name}”.")

    return save_view


def build_update_command(view: SavedView, content: ViewContent) -> Command:
    """A command that gives a view the content that is shown."""

    def update_view(services: Services) -> FlashMessage:
        services.book_views.update_view(view, content)
        return FlashMessage(text=f"“{view.name}” is saved.")

    return update_view


def build_delete_command(view: SavedView) -> Command:
    """A command that deletes a view; undone by saving it again."""

    def delete_view(services: Services) -> FlashMessage:
        services.book_views.delete_view(view)
        if st.query_params.get("view") == str(view.id):
            del st.query_params["view"]
        content = ViewContent(filter=_values_to_texts(view.filter), sort=view.sort, columns=view.shown_columns)
        undo = build_save_command(view.name, content, services.person, shared=view.is_shared)
        return FlashMessage(
            text=f"“{view.name}” is deleted.", undo=undo if str(view.owner_id) == str(services.person.id) else None
        )

    return delete_view


def _values_to_texts(values: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items()}
