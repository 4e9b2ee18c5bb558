from pathlib import Path

from starlette.responses import HTMLResponse

from lib.auth.html_pages import create_environment, render_page
from lib.server.embedded_supabase import EmbeddedSupabase, StartPhase

LINES_SHOWN = 8
RELOAD_SECONDS = 1

environment = create_environment(Path(__file__).parent / "templates")


def render_start_page(supabase: EmbeddedSupabase) -> HTMLResponse:
    """The progress of the start. The page loads itself again until the start ends or fails."""
    failed = supabase.phase is StartPhase.FAILED
    return render_page(
        "starting.html",
        status=503,
        environment=environment,
        failed=failed,
        error=supabase.error,
        lines=supabase.progress[-LINES_SHOWN:],
        refresh=None if failed else RELOAD_SECONDS,
    )
