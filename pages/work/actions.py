"""The actions of the company: everybody reads them, leaders keep them."""

import streamlit as st

from lib.auth.gate import require_person

person = require_person()
st.markdown("# Actions")
