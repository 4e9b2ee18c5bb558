from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from lib.server.embedded_supabase import EmbeddedSupabase, StartPhase


def create_server_routes(supabase: EmbeddedSupabase) -> list[Route]:
    """The routes that are not sign-in: /health."""

    async def show_health(request: Request) -> Response:
        """`{"status": "starting" | "ok" | "failed"}`, with status 200 for ok and else 503."""
        return JSONResponse(
            {"status": supabase.phase.value},
            status_code=200 if supabase.phase is StartPhase.OK else 503,
            headers={"Cache-Control": "no-store"},
        )

    return [Route("/health", show_health, methods=["GET"])]
