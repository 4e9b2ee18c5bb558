from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event

from lib.db.client import Client
from lib.worker.mail import MailTransport


@dataclass(frozen=True, kw_only=True)
class JobContext:
    """What a job works with. `client` has the operator's key; `mail` is None where mails cannot be sent,
    `app_url` the address of the app if it is set (`ZEN_APP_URL`),
    `webhook_origins` where it may post besides Slack (`ZEN_WEBHOOK_ORIGINS`).

    A job that takes longer than a few seconds looks at `stopping` between its parts, and ends once it is set.
    """

    client: Client
    mail: MailTransport | None = None
    app_url: str | None = None
    webhook_origins: tuple[str, ...] = ()
    stopping: Event = field(default_factory=Event)


@dataclass(frozen=True, kw_only=True)
class Job:
    """Something the worker does again and again, every `interval` seconds.

    `run` does a part of what is due, in less than a minute, and returns True if there may be more: it is then run again
    at once. A second worker takes over a run that takes longer than two minutes, so both at once must be safe.
    """

    interval: int
    run: Callable[[JobContext], bool]
