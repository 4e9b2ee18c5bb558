"""A page with nothing on it: what the machine and Streamlit cost by themselves."""

import streamlit as st

st.write("Nothing here.")
