"""Whose word counts for the address of a client."""

import os
from typing import Any

import uvicorn.config
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

SETTING = "FORWARDED_ALLOW_IPS"
"""uvicorn's own setting: the proxies whose X-Forwarded-For counts."""


class ExplicitProxyHeaders(ProxyHeadersMiddleware):
    """uvicorn believes X-Forwarded-For of every program on this machine; here of none, unless SETTING names it.

    Else whoever reaches a proxy on this machine could write the address from which they come.
    """

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if "headers" in scope and not os.environ.get(SETTING):
            kept = [(name, value) for name, value in scope["headers"] if name.lower() != b"x-forwarded-for"]
            scope = {**scope, "headers": kept}
        await super().__call__(scope, receive, send)


def distrust_forwarded_addresses() -> None:
    """Have uvicorn use ExplicitProxyHeaders. It makes that middleware after it has imported the app."""
    uvicorn.config.ProxyHeadersMiddleware = ExplicitProxyHeaders  # type: ignore[attr-defined]
