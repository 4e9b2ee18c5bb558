"""A digest as what is sent: a mail as text and HTML, a post in Slack. Pure but for the token of each message."""

import json
import secrets
from collections.abc import Sequence

from markupsafe import Markup

from lib.digests.entries import DigestEntry
from lib.digests.model import DigestChannel, DigestMessage
from lib.text.truncate import truncate

MAX_SUBJECT = 150
MAX_SLACK_SECTION = 2900  # Slack refuses a section of more than 3,000 characters

MAIL_HTML = Markup(
    '<!doctype html><html lang="en"><body style="margin:0;padding:24px;font:16px/1.5 sans-serif;color:#1f2430">'
    '<div style="max-width:560px">{entries}'
    '<p style="margin-top:32px;font-size:14px"><a href="{today}" style="color:#3f5c9e">Open Today</a></p>'
    '<p style="font-size:13px;color:#5b6270">{why} <a href="{mute}" style="color:#5b6270">Mute</a></p>'
    "</div></body></html>"
)
ENTRY_HTML = Markup(
    '<div style="margin:0 0 24px" dir="auto"><a href="{url}" style="color:#3f5c9e;font-weight:600">{title}</a>{lines}'
    "</div>"
)
LINE_HTML = Markup('<p style="margin:4px 0 0">{}</p>')
WHY = "Sent on workdays when something is new."
WHY_ESCALATION = "Zen sends this once, when the answer to an escalation is due."


def build_morning_messages(
    entries: Sequence[DigestEntry], channels: Sequence[DigestChannel], app_url: str
) -> list[DigestMessage]:
    """One message for each channel."""
    subject = f"Today: {'; '.join(entry.title for entry in entries)}"
    return [_build_digest_message(channel, subject, entries, app_url, why=WHY) for channel in channels]


def build_escalation_messages(
    entry: DigestEntry, channels: Sequence[DigestChannel], app_url: str
) -> list[DigestMessage]:
    """One message for each channel."""
    subject = f"Answer due: {entry.title}"
    return [_build_digest_message(channel, subject, [entry], app_url, why=WHY_ESCALATION) for channel in channels]


def _build_digest_message(
    channel: DigestChannel, subject: str, entries: Sequence[DigestEntry], app_url: str, *, why: str
) -> DigestMessage:
    token = secrets.token_urlsafe(32)
    mute = f"{app_url}/auth/mute?token={token}"
    is_mail = channel is DigestChannel.EMAIL
    text = _write_mail_text(entries, app_url, mute, why) if is_mail else _write_slack_json(entries, app_url, mute)
    return DigestMessage(
        channel=channel,
        subject=truncate(subject, MAX_SUBJECT),
        body_text=text,
        body_html=_write_mail_html(entries, app_url, mute, why) if is_mail else None,
        mute_token=token,
        unsubscribe_url=mute,
    )


def _write_mail_text(entries: Sequence[DigestEntry], app_url: str, mute: str, why: str) -> str:
    parts = ["\n".join((entry.title, *entry.lines, entry.url)) for entry in entries]
    return "\n\n".join((*parts, f"Open Today: {app_url}/", f"{why}\nMute: {mute}")) + "\n"


def _write_mail_html(entries: Sequence[DigestEntry], app_url: str, mute: str, why: str) -> str:
    drawn = (
        ENTRY_HTML.format(
            url=entry.url, title=entry.title, lines=Markup("").join(LINE_HTML.format(line) for line in entry.lines)
        )
        for entry in entries
    )
    return str(MAIL_HTML.format(entries=Markup("").join(drawn), today=f"{app_url}/", mute=mute, why=why))


def _write_slack_json(entries: Sequence[DigestEntry], app_url: str, mute: str) -> str:
    """The body of the post. `verbatim`: Slack makes no links and mentions of names in it."""
    links = f"<{app_url}/|Open Today>  ·  <{mute}|Mute>"
    sections = [*map(_write_slack_section, entries)]
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}} for text in sections]
    context = {"type": "context", "elements": [{"type": "mrkdwn", "text": links, "verbatim": True}]}
    # The text stands in notifications, where Slack reads it by other rules: no name is in it.
    number = "1 thing" if len(entries) == 1 else f"{len(entries)} things"
    return json.dumps({"text": f"{number} for today", "blocks": [*blocks, context], "unfurl_links": False})


def _write_slack_section(entry: DigestEntry) -> str:
    title = f"<{entry.url}|{escape_slack(entry.title).replace('|', '¦')}>"
    lines = "\n".join(map(escape_slack, entry.lines))
    return f"{title}\n{truncate(lines, MAX_SLACK_SECTION - len(title))}"


def escape_slack(text: str) -> str:
    """`text` in which Slack finds no link, mention, channel or formatting."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # An invisible word joiner behind each mark: "*urgent*" stays as it was written.
    for mark in "*_~`":
        escaped = escaped.replace(mark, f"{mark}\u2060")
    return escaped
