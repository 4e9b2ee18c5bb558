"""The HTML pages outside Streamlit: one layout, no script, nothing from another site, every value escaped."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import FileResponse, HTMLResponse, Response

from lib.auth.startup import Phase, Startup

TEMPLATES = Path(__file__).parent / "templates"
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'self'"
    ),
}
LINES_SHOWN = 8
environment = Environment(
    loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def page(template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """`template` with `values`; above the form stands `error` (a ZenError), or `notice` (a sentence) with `hint`."""
    html = environment.get_template(template).render(
        {"error": None, "notice": None, "hint": None, "refresh": None} | values
    )
    return HTMLResponse(html, status_code=status, headers=HEADERS)


def starting_page(startup: Startup) -> HTMLResponse:
    """What stands in for every page until the embedded Supabase answers; asks again by itself."""
    failed = startup.phase is Phase.FAILED
    return page(
        "starting.html",
        status=503,
        failed=failed,
        error=startup.error,
        lines=startup.lines[-LINES_SHOWN:],
        refresh=None if failed else 1,
    )


def stylesheet() -> Response:
    return FileResponse(TEMPLATES / "style.css", headers={"Cache-Control": "no-cache"})
