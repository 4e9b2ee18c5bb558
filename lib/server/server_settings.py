"""Settings of the web server: who may reach it, under which names, and how much one may open."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_settings import NoDecode

from lib.settings import EnvironmentSettings, PositiveInt, load_settings, parse_settings, split_setting_list

Network = IPv4Network | IPv6Network

EVERYONE = (ip_network("0.0.0.0/0"), ip_network("::/0"))
THIS_MACHINE = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


def _parse_networks(text: object) -> object:
    if not isinstance(text, str):
        return text
    try:
        return EVERYONE if text.strip() == "*" else tuple(map(ip_network, text.replace(",", " ").split()))
    except ValueError:
        raise ValueError("ZEN_ALLOWED_CLIENTS is neither * nor a list of addresses such as 192.168.0.0/16.") from None


class ServerSettings(EnvironmentSettings):
    """`allowed_clients`, `allowed_hosts`: None for the defaults, which differ on the embedded Supabase.

    The limits count open pages: one for each tab, as long as its websocket is open.
    """

    allowed_clients: Annotated[tuple[Network, ...] | None, NoDecode, BeforeValidator(_parse_networks)] = Field(
        default=None, validation_alias="ZEN_ALLOWED_CLIENTS"
    )
    allowed_hosts: Annotated[tuple[str, ...] | None, NoDecode, BeforeValidator(split_setting_list)] = Field(
        default=None, validation_alias="ZEN_ALLOWED_HOSTS"
    )
    max_pages: PositiveInt = Field(default=500, validation_alias="ZEN_MAX_PAGES")
    max_pages_per_browser: PositiveInt = Field(default=30, validation_alias="ZEN_MAX_PAGES_PER_BROWSER")
    max_pages_per_address: PositiveInt = Field(default=150, validation_alias="ZEN_MAX_PAGES_PER_ADDRESS")
    has_metrics: bool = Field(default=False, validation_alias="ZEN_METRICS")


def load_server_settings() -> ServerSettings:
    """The settings of the web server. Raises InvalidInput that names every wrong one."""
    return parse_settings(ServerSettings)


def is_supabase_embedded() -> bool:
    """True if the app runs on its embedded Supabase, or is going to start it."""
    settings = load_settings()
    return settings is None or settings.is_local
