from pathlib import Path

from starlette.responses import HTMLResponse

from lib.auth.html_pages import create_template_environment, render_template_page

environment = create_template_environment(Path(__file__).parent / "templates")


def render_unknown_address_page() -> HTMLResponse:
    """The page for an address that no page has, with the way to Today; status 404."""
    return render_template_page("unknown_address.html", status=404, environment=environment)
