"""The usual way to stream an answer, to measure beside ours: nothing kept, nothing checked."""

import os

import streamlit as st
from openai import OpenAI

if prompt := st.chat_input("Say something"):
    with st.chat_message("assistant"):
        st.write_stream(
            OpenAI(base_url=os.environ["OPENAI_BASE_URL"], api_key="k").chat.completions.create(
                model="small", messages=[{"role": "user", "content": prompt}], stream=True
            )
        )
