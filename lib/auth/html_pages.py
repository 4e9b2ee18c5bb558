"""HTML pages outside Streamlit: one layout, no script, nothing from another site, every value escaped."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import FileResponse, HTMLResponse, Response

from lib.text.format import format_date

TEMPLATES = Path(__file__).parent / "templates"
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
}
NO_VALUES = {"error": None, "notice": None, "hint": None, "refresh": None, "theme": None}


def create_template_environment(*folders: Path) -> Environment:
    """Templates from `folders` and from this room's own, which hold layout.html."""
    environment = Environment(
        loader=FileSystemLoader([*folders, TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["format_date"] = format_date
    return environment


environment = create_template_environment()


def render_template_page(
    template: str, *, status: int = 200, environment: Environment = environment, **values: Any
) -> HTMLResponse:
    """Render `template`. Above its content stands `error` (a ZenError), or `notice` and `hint` (sentences).

    `refresh`: seconds after which the browser loads the page again. `theme`: a `Theme`; without one that of the device.
    """
    html = environment.get_template(template).render(NO_VALUES | values)
    return HTMLResponse(html, status_code=status, headers=HEADERS)


def serve_stylesheet() -> Response:
    return FileResponse(TEMPLATES / "style.css", headers={"Cache-Control": "no-cache"})
