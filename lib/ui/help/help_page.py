"""The guide in the app: a search over all of it, one guide page, and the list of all."""

from collections.abc import Sequence

import streamlit as st

from lib.guide.guide_files import find_guide_page
from lib.guide.guide_html import build_guide_html, mark_search_words
from lib.guide.model import GuideHit, GuidePage
from lib.guide.search import MAX_QUERY_CHARS, list_guide_query_words, search_guide
from lib.server.page_urls import PagePath
from lib.text.html import Html
from lib.ui import empty_and_error_states
from lib.ui.current_page import set_page_title
from lib.ui.help.help_url import GUIDE_OF_TODAY, build_help_link
from lib.ui.safe_text import draw_html
from lib.ui.session_keys import HELP_QUERY

_LINK = Html('<a class="zen-link zen-guide-link" href="{}" target="_self">{}</a>')


def draw_help_page(pages: Sequence[GuidePage], guide_name: str | None) -> None:
    """What the search found, else the guide page that is asked for; all guide pages below it."""
    if not pages:
        empty_and_error_states.draw_empty_state(
            "No guide here", "Zen was installed without its folder docs/guide.", icon=":material/help:"
        )
        return
    query = _draw_search()
    page = find_guide_page(pages, guide_name) if guide_name else None
    if query.strip():
        _draw_hits(search_guide(pages, query), list_guide_query_words(query))
    elif page is not None:
        set_page_title(page.title, "Help")
        _draw_guide_page(page)
    elif guide_name:
        empty_and_error_states.draw_empty_state(
            "Guide page not found", "Search for it, or choose one below.", icon=":material/search_off:"
        )
    _draw_all_pages(pages, page)


def _draw_search() -> str:
    return st.text_input(
        "Search the guide",
        key=HELP_QUERY,
        type="search",
        max_chars=MAX_QUERY_CHARS,
        placeholder="Search the guide: snooze, undo, at risk",
        label_visibility="collapsed",
        live="300ms",
        width=720,
        bind="query-params",
    )


def _draw_hits(hits: Sequence[GuideHit], words: Sequence[str]) -> None:
    if not hits:
        empty_and_error_states.draw_empty_state(
            "Nothing found", "Try fewer words, or the beginning of one.", icon=":material/search_off:"
        )
        return
    sections = Html("").join(
        Html("<h3>{}{}</h3>{}").format(
            _LINK.format(build_help_link(hit.page.name), hit.page.title),
            Html(": {}").format(mark_search_words(hit.section.heading, words)) if hit.section.heading else "",
            build_guide_html(hit.section.text, words=words, build_link=build_help_link),
        )
        for hit in hits
    )
    _draw_guide_text(sections)


def _draw_guide_page(page: GuidePage) -> None:
    sections = Html("").join(
        Html("{}{}").format(
            Html("<h3>{}</h3>").format(section.heading) if section.heading else "",
            build_guide_html(section.text, build_link=build_help_link),
        )
        for section in page.sections
    )
    _draw_guide_text(Html("<h2>{}</h2>{}").format(page.title, sections))


def _draw_guide_text(html: Html) -> None:
    draw_html(Html('<div class="zen-guide zen-markdown">{}</div>').format(html))


def _draw_all_pages(pages: Sequence[GuidePage], shown: GuidePage | None) -> None:
    """Links to all guide pages, those of the menu first, in its order."""
    order = {address or GUIDE_OF_TODAY: place for place, address in enumerate(PagePath)}
    links = Html("").join(
        Html("<li>{}</li>").format(
            Html("<strong>{}</strong>").format(page.title)
            if page is shown
            else _LINK.format(build_help_link(page.name), page.title)
        )
        for page in sorted(pages, key=lambda page: order.get(page.name, len(order)))
    )
    draw_html(Html('<h2 class="zen-guide-end">All topics</h2><ul class="zen-guide-topics">{}</ul>').format(links))
