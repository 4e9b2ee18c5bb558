"""Whom an export or an erasure is about."""

import streamlit as st

from lib.auth.model import Role
from lib.privacy.model import Subject, SubjectKind
from lib.services import Services
from lib.ui.session_keys import privacy_key

KIND_LABELS = {SubjectKind.CUSTOMER: "Customer", SubjectKind.CONTACT: "Contact", SubjectKind.PERSON: "Colleague"}
MIN_CHARACTERS = 2


def choose_subject(services: Services) -> Subject | None:
    """The chosen one; None before. A search is one request in each run that has words."""
    person = services.person
    kind = st.segmented_control(
        "About", list(SubjectKind), default=SubjectKind.CUSTOMER, format_func=KIND_LABELS.__getitem__, required=True,
        key=privacy_key("kind"), label_visibility="collapsed",
    )  # fmt: skip
    if kind is SubjectKind.PERSON and person.role is not Role.ADMIN:
        st.caption("You can download what is held on yourself. For a colleague, ask an admin.")
        return Subject(kind=kind, id=person.id, name=person.full_name)
    words = st.text_input(
        "Find by name",
        key=privacy_key("words"),
        placeholder="Name, or a part of it",
        icon=":material/search:",
        width=420,
    ).strip()
    if len(words) < MIN_CHARACTERS:
        return None
    found = {str(each.id): each for each in services.privacy.find_subjects(kind or SubjectKind.CUSTOMER, words)}
    if not found:
        st.caption("Nobody was found by this name.")
        return None
    chosen = st.selectbox(
        KIND_LABELS[kind or SubjectKind.CUSTOMER],
        list(found),
        index=0 if len(found) == 1 else None,
        format_func=lambda each: found[each].label,
        key=privacy_key(f"subject.{kind}.{words}"),
        width=420,
    )
    return found.get(chosen) if chosen else None
