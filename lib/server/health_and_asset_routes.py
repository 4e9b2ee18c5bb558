from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from lib.server.embedded_supabase import EmbeddedSupabase
from lib.server.readiness import Readiness, ReadyStatus
from lib.server.static_files import STATIC_FILES, STATIC_URL
from lib.server.unknown_address_page import render_unknown_address_page

NO_STORE = {"Cache-Control": "no-store"}


def create_server_routes(supabase: EmbeddedSupabase) -> list[BaseRoute]:
    """The routes that are not sign-in, which must stand before them.

    /health, /ready, the scripts of the pages, and addresses below /auth that are none.
    """
    readiness = Readiness(supabase)

    async def show_health(request: Request) -> Response:
        """Status 200: the process is alive."""
        return JSONResponse({"status": "ok"}, headers=NO_STORE)

    def show_readiness(request: Request) -> Response:  # not async: in a thread, because it asks the database
        """`{"status": …}` of ReadyStatus, with status 200 for ok and else 503."""
        status = readiness.check_readiness()
        return JSONResponse(
            {"status": status.value}, status_code=200 if status is ReadyStatus.OK else 503, headers=NO_STORE
        )

    async def show_unknown_address(request: Request) -> Response:
        return render_unknown_address_page()

    return [
        Route("/health", show_health, methods=["GET"]),
        Route("/ready", show_readiness, methods=["GET"]),
        Mount(STATIC_URL, StaticFiles(directory=STATIC_FILES)),
        Route("/auth/{rest:path}", show_unknown_address, methods=["GET"]),
    ]
