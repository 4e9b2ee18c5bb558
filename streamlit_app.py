"""The server. Start it with `streamlit run streamlit_app.py`."""

import streamlit as st
from starlette.middleware import Middleware

from lib.auth.middleware import Door
from lib.auth.routes import routes
from lib.auth.startup import lifespan, refuse_wrong_settings

refuse_wrong_settings()
app = st.App("lib/ui/router.py", routes=routes, lifespan=lifespan, middleware=[Middleware(Door)])
