"""The digest: the three things of Today by email or in Slack, on the morning of a working day.

Whoever adds something to it: it says at most what Today says, to whom Today says it, and nothing else.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from lib.customers.today_items import TodayItem
from lib.text.regional_format import RegionalFormat


class DigestChannel(StrEnum):
    EMAIL = "email"
    SLACK = "slack"


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Who gets a digest. `day` is the day where they are; `app_url` where links lead, without a slash."""

    person_id: str
    email: str = field(repr=False)
    full_name: str = field(repr=False)
    time_zone: str
    locale: str
    currency: str
    day: date
    channels: tuple[DigestChannel, ...]
    app_url: str

    @property
    def regional_format(self) -> RegionalFormat:
        return RegionalFormat(currency=self.currency, locale=self.locale)


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """An escalation whose first answer is due, and who is to be told."""

    recipient: Recipient
    escalation_id: str


@dataclass(frozen=True, kw_only=True)
class DigestItems:
    """At most three items of a person's list of today. `channels` are those by which they are news."""

    items: tuple[TodayItem, ...]
    channels: tuple[DigestChannel, ...]


@dataclass(frozen=True, kw_only=True)
class DigestMessage:
    """What is sent by one channel: a mail as text and HTML, or in Slack the JSON that is posted, as text."""

    channel: DigestChannel
    subject: str
    body_text: str
    body_html: str | None = None
    mute_token: str = field(repr=False)
    unsubscribe_url: str = field(repr=False)
