"""Tokens with which the company's own systems send usage and tickets: made, listed, revoked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_hex

import streamlit as st

from lib.errors import ZenError
from lib.imports.event_tokens import EventScope, EventToken, NewEventToken
from lib.services import Services
from lib.text.html import Html
from lib.text.markdown_escape import escape_markdown
from lib.ui import empty_and_error_states, page_cache, theme
from lib.ui.actions import buttons
from lib.ui.actions.action_state import get_action_state
from lib.ui.actions.dialog_state import Command, FlashMessage
from lib.ui.safe_text import draw_row_with_buttons
from lib.ui.session_keys import EVENT_TOKENS, EVENTS_DRAFT, settings_button_key, settings_field_key
from lib.ui.settings.unknown_event_customers import draw_unknown_customers

SCOPE_LABELS: Mapping[EventScope, str] = {EventScope.USAGE: "Usage", EventScope.TICKETS: "Tickets"}
_ROW = Html('<p><strong>{}</strong> <span class="zen-muted">{}</span></p><p class="zen-small zen-muted">{}</p>')


@dataclass(kw_only=True)
class EventTokenDraft:
    """`made` is shown until the person has copied it; a new `id` empties the fields. `revoking` asks once more."""

    made: NewEventToken | None = None
    error: ZenError | None = None
    revoking: str | None = None
    id: str = field(default_factory=lambda: token_hex(4))


def draw_event_tokens_section(services: Services, *, may_edit: bool, time_zone: str) -> None:
    """The form and the lists, for admins. Two requests."""
    st.markdown(
        "Your product and your help desk can send usage and tickets as they happen, to `POST /api/events`. "
        "Each system gets a token of its own."
    )
    if not may_edit:
        st.caption("An admin of your company makes the tokens.")
        return
    draft: EventTokenDraft = st.session_state.setdefault(EVENTS_DRAFT, EventTokenDraft())
    if draft.made:
        _draw_new_token(draft, draft.made)
    else:
        _draw_event_token_form(draft, services)
    try:
        loaded = page_cache.load_for_page(EVENT_TOKENS, services.event_tokens.fetch_senders, skeleton_height=120)
    except ZenError as error:
        retry = lambda: page_cache.invalidate(EVENT_TOKENS)  # noqa: E731
        empty_and_error_states.draw_error(error, retry=retry, key="event_tokens")
        return
    page_cache.draw_cache_error(EVENT_TOKENS, loaded, what="the list", time_zone=time_zone)
    _draw_event_tokens(loaded.value.tokens, draft, time_zone)
    draw_unknown_customers(loaded.value.unknown_customers, services, time_zone)


def _draw_event_token_form(draft: EventTokenDraft, services: Services) -> None:
    with st.container(width=640, gap="small", key="settings_event_token"):
        name = st.text_input(
            "What is it for?", key=settings_field_key(draft.id, "name"), max_chars=100, placeholder="Product analytics"
        )
        scopes = st.pills(
            "It may send",
            list(EventScope),
            selection_mode="multi",
            default=list(EventScope),
            format_func=SCOPE_LABELS.__getitem__,
            key=settings_field_key(draft.id, "scopes"),
        )
        if draft.error:
            st.markdown(f":red[:material/error:] {escape_markdown(str(draft.error))}")
        if st.button("Make a token", key=settings_button_key(draft.id, "make"), type="primary"):
            _create_event_token(draft, services, name or "", list(scopes))
            st.rerun()


def _create_event_token(draft: EventTokenDraft, services: Services, name: str, scopes: list[EventScope]) -> None:
    actions = get_action_state()
    with actions.commands.lock:
        try:
            draft.made, draft.error = services.event_tokens.create_token(name=name, scopes=scopes), None
        except ZenError as error:
            draft.error = error
            return
        draft.id = token_hex(4)
        actions.mark_data_changed()


def _draw_new_token(draft: EventTokenDraft, made: NewEventToken) -> None:
    with st.container(border=True, width=640, gap="small", key="settings_new_event_token"):
        st.markdown("**Copy the token now: Zen does not show it again.**")
        st.code(made.token, language=None, wrap_lines=True)
        st.caption("Send it as the header `Authorization: Bearer …`. docs/events.md shows what an event looks like.")
        st.button(
            "I have copied it",
            key=settings_button_key(draft.id, "copied"),
            on_click=setattr,
            args=(draft, "made", None),
        )


def _draw_event_tokens(tokens: tuple[EventToken, ...], draft: EventTokenDraft, time_zone: str) -> None:
    st.markdown("##### Tokens in use")
    if not tokens:
        empty_and_error_states.draw_empty_state(
            "No tokens yet", "Systems that may send events stand here, with when each last did.", icon=":material/key:"
        )
    for token in tokens:
        with draw_row_with_buttons(build_token_html(token, time_zone), key=f"event_token.{token.id}"):
            _draw_revoke_buttons(token, draft)


def _draw_revoke_buttons(token: EventToken, draft: EventTokenDraft) -> None:
    if draft.revoking != token.id:
        st.button(
            "Revoke…",
            key=settings_button_key(token.id, "revoke"),
            type="tertiary",
            on_click=setattr,
            args=(draft, "revoking", token.id),
        )
        return
    buttons.draw_command_button("Revoke", _build_revoke_command(token), key=f"revoke.{token.id}")
    st.button(
        "Cancel",
        key=settings_button_key(token.id, "keep"),
        type="tertiary",
        on_click=setattr,
        args=(draft, "revoking", None),
    )


def build_token_html(token: EventToken, time_zone: str) -> Html:
    """Its name and what it may send; below it who made it when, and when it was last used."""
    used = f"last used {theme.format_timestamp(token.last_used_at, time_zone)}" if token.last_used_at else "never used"
    made = f"Made by {token.created_by_name}, {theme.format_timestamp(token.created_at, time_zone)}"
    scopes = [label for scope, label in SCOPE_LABELS.items() if scope in token.scopes]
    return _ROW.format(token.name, " · ".join(scopes), f"{made} · {used}")


def _build_revoke_command(token: EventToken) -> Command:
    def revoke(services: Services) -> FlashMessage:
        services.event_tokens.revoke_token(token.id)
        return FlashMessage(text=f"{token.name} is revoked.")

    return revoke
