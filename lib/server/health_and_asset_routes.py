from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from lib.server.embedded_supabase import EmbeddedSupabase, StartupPhase

STATIC_FILES = Path(__file__).parents[1] / "ui" / "static"


def create_server_routes(supabase: EmbeddedSupabase) -> list[BaseRoute]:
    """The routes that are not sign-in: /health, and the scripts of the pages under /assets."""

    async def show_health(request: Request) -> Response:
        """`{"status": "starting" | "ok" | "failed"}`, with status 200 for ok and else 503."""
        return JSONResponse(
            {"status": supabase.phase.value},
            status_code=200 if supabase.phase is StartupPhase.OK else 503,
            headers={"Cache-Control": "no-store"},
        )

    return [Route("/health", show_health, methods=["GET"]), Mount("/assets", StaticFiles(directory=STATIC_FILES))]
