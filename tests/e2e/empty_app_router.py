import streamlit as st

pages = [st.Page(lambda: None, title=title, url_path=title.lower()) for title in ("One", "Two", "Three", "Four")]
st.navigation({"": pages[:2], "Section": pages[2:3], "Another": pages[3:]}).run()
