from pathlib import Path

from starlette.responses import HTMLResponse

from lib.auth.html_pages import create_template_environment, render_template_page
from lib.server.embedded_supabase import EmbeddedSupabase, StartupPhase

LINES_SHOWN = 8
RELOAD_SECONDS = 1

environment = create_template_environment(Path(__file__).parent / "templates")


def render_startup_page(supabase: EmbeddedSupabase) -> HTMLResponse:
    """The progress of the start. The page loads itself again until the start ends or fails."""
    failed = supabase.phase is StartupPhase.FAILED
    return render_template_page(
        "starting.html",
        status=503,
        environment=environment,
        failed=failed,
        error=supabase.error,
        lines=supabase.progress[-LINES_SHOWN:],
        refresh=None if failed else RELOAD_SECONDS,
    )
