import streamlit as st

from lib.auth.gate import require_person

person = require_person()
st.title("catalogue")
