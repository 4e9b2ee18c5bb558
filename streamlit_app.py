"""The server. Start it with `streamlit run streamlit_app.py`."""

import streamlit as st
from starlette.middleware import Middleware

from lib.auth.middleware import AuthMiddleware
from lib.auth.routes import create_auth_routes
from lib.json_log import configure_json_log
from lib.server.access_control import AccessMiddleware
from lib.server.demo_login_list import list_demo_logins
from lib.server.embedded_supabase import EmbeddedSupabase
from lib.server.event_routes import create_event_routes
from lib.server.health_and_asset_routes import create_server_routes
from lib.server.lifespan import create_lifespan, exit_on_invalid_settings
from lib.server.page_head import PageHeadMiddleware
from lib.server.page_limits import PageLimitMiddleware
from lib.server.request_log import RequestLogMiddleware
from lib.server.security_headers import SecurityHeadersMiddleware
from lib.server.server_settings import is_supabase_embedded, load_server_settings
from lib.server.startup_and_unknown_page_middleware import StartupPageMiddleware, UnknownAddressMiddleware
from lib.server.uvicorn_proxy_headers import distrust_forwarded_addresses
from lib.ui.chat.background_turn import stop_running_turns

configure_json_log()
exit_on_invalid_settings()
distrust_forwarded_addresses()
settings = load_server_settings()
supabase = EmbeddedSupabase()
app = st.App(
    "lib/ui/router.py",
    routes=[*create_auth_routes(list_demo_logins), *create_server_routes(supabase), *create_event_routes()],
    lifespan=create_lifespan(supabase, finish_work=stop_running_turns),
    middleware=[
        Middleware(RequestLogMiddleware),
        Middleware(SecurityHeadersMiddleware),
        Middleware(AccessMiddleware, settings=settings, is_embedded=is_supabase_embedded()),
        Middleware(StartupPageMiddleware, supabase=supabase),
        Middleware(AuthMiddleware),
        Middleware(UnknownAddressMiddleware),
        Middleware(PageLimitMiddleware, settings=settings),
        Middleware(PageHeadMiddleware),
    ],
)
