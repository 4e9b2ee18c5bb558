"""The guide: how each page of Zen is used, with a search over all of it."""

import streamlit as st

from lib.auth.gate import require_person
from lib.guide.guide_files import load_guide
from lib.ui.help.help_page import draw_help_page
from lib.ui.help.help_url import parse_guide_name

require_person()
st.markdown("# Help")
draw_help_page(load_guide(), parse_guide_name(st.query_params))
