import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated
from urllib.parse import unquote, urlsplit

from pydantic import BeforeValidator, Field
from pydantic_settings import NoDecode

from lib.errors import InvalidInput
from lib.settings import EnvironmentSettings, parse_settings
from lib.text.email_addresses import parse_email_address


class SmtpSecurity(StrEnum):
    """The schemes of ZEN_SMTP_URL: STARTTLS is demanded, TLS from the first byte, or none."""

    STARTTLS = "smtp"
    TLS = "smtps"
    NONE = "smtp+plain"


DEFAULT_PORTS = {SmtpSecurity.STARTTLS: 587, SmtpSecurity.TLS: 465, SmtpSecurity.NONE: 25}
LOOPBACK = re.compile(r"localhost|127(\.\d+){3}|::1")


@dataclass(frozen=True, kw_only=True)
class SmtpServer:
    host: str
    port: int
    security: SmtpSecurity
    username: str = ""
    password: str = field(default="", repr=False)


def _parse_smtp_url(url: object) -> object:
    """The server of smtp://user:password@host:port. Raises ValueError that does not quote it."""
    if not isinstance(url, str):
        return url
    try:
        parts = urlsplit(url)
        security, port = SmtpSecurity(parts.scheme), parts.port
    except ValueError:
        raise ValueError("ZEN_SMTP_URL does not begin with smtp://, smtps:// or smtp+plain://.") from None
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("ZEN_SMTP_URL is not of the form smtp://user:password@host:port; write / as %2F, # as %23.")
    username, password = unquote(parts.username or ""), unquote(parts.password or "")
    if username and security is SmtpSecurity.NONE and not LOOPBACK.fullmatch(parts.hostname):
        raise ValueError("ZEN_SMTP_URL would send its password in the clear: use smtp:// or smtps://.")
    return SmtpServer(
        host=parts.hostname, port=port or DEFAULT_PORTS[security], security=security,
        username=username, password=password,
    )  # fmt: skip


def _parse_sender(text: object) -> object:
    if text == "":
        return ""
    address = parse_email_address(text) if isinstance(text, str) else None
    if address is None or address.needs_international_mail:
        raise ValueError("ZEN_MAIL_FROM is not an address such as Zen <zen@example.com>.")
    return str(address.to_header())


def _parse_app_url(text: object) -> object:
    if isinstance(text, str) and text and not re.fullmatch(r"https?://[A-Za-z0-9.-]{1,253}(:\d{1,5})?/?", text):
        raise ValueError("ZEN_APP_URL is not an address such as https://zen.example.com.")
    return text.rstrip("/") if isinstance(text, str) else text


class MailSettings(EnvironmentSettings):
    """The mail server of the worker; without one mails stay in the outbox, or go to the embedded mailbox.

    `app_url` is where the links of digests lead; without it where the operator said when they began a company.
    """

    smtp: Annotated[SmtpServer | None, NoDecode, BeforeValidator(_parse_smtp_url)] = Field(
        default=None, validation_alias="ZEN_SMTP_URL", repr=False
    )
    sender: Annotated[str, BeforeValidator(_parse_sender)] = Field(default="", validation_alias="ZEN_MAIL_FROM")
    app_url: Annotated[str | None, BeforeValidator(_parse_app_url)] = Field(
        default=None, validation_alias="ZEN_APP_URL"
    )


def load_mail_settings() -> MailSettings:
    """The mail settings of this process. Raises InvalidInput that names every wrong one."""
    settings = parse_settings(MailSettings)
    if settings.smtp and not settings.sender:
        raise InvalidInput("ZEN_MAIL_FROM is not set.", hint="Mails need an address they come from.")
    return settings
