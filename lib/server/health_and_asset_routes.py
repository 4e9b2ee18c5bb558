from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from lib.server.embedded_supabase import EmbeddedSupabase, StartupPhase
from lib.server.unknown_address_page import render_unknown_address_page

STATIC_FILES = Path(__file__).parents[1] / "ui" / "static"


def create_server_routes(supabase: EmbeddedSupabase) -> list[BaseRoute]:
    """The routes that are not sign-in: /health, the scripts of the pages, and addresses below /auth that are none.

    Those of sign-in must stand before them.
    """

    async def show_health(request: Request) -> Response:
        """`{"status": "starting" | "ok" | "failed"}`, with status 200 for ok and else 503."""
        return JSONResponse(
            {"status": supabase.phase.value},
            status_code=200 if supabase.phase is StartupPhase.OK else 503,
            headers={"Cache-Control": "no-store"},
        )

    async def show_unknown_address(request: Request) -> Response:
        return render_unknown_address_page()

    return [
        Route("/health", show_health, methods=["GET"]),
        Mount("/assets", StaticFiles(directory=STATIC_FILES)),
        Route("/auth/{rest:path}", show_unknown_address, methods=["GET"]),
    ]
