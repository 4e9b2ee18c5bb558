"""Elements of our own in the browser (Streamlit's Custom Components v2), each a script of `static/elements`."""

from functools import lru_cache
from pathlib import Path

import streamlit as st
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest
from streamlit.components.v2.types import ComponentRenderer

ELEMENTS_DIR = Path(__file__).resolve().parent / "static" / "elements"
PACKAGE = "zen"


def register_element(name: str, *, html: str, script: str) -> ComponentRenderer:
    """The element, its script a file of our origin: one written into the page is refused (docs/decisions/0021)."""
    return _register_element(get_bidi_component_manager(), name, html, script)


# Kept: to register an element once more looks at its files, in every run of every page.
@lru_cache(maxsize=16)
def _register_element(manager: BidiComponentManager, name: str, html: str, script: str) -> ComponentRenderer:
    full_name = f"{PACKAGE}.{name}"
    if manager.get_component_asset_root(full_name) is None:
        config = ComponentConfig(name=name, asset_dir=ELEMENTS_DIR.name)
        manifest = ComponentManifest(name=PACKAGE, version="1", components=[config])
        manager.register_from_manifest(manifest, ELEMENTS_DIR.parent)
    return st.components.v2.component(full_name, html=html, js=script, isolate_styles=False)


def ignore_trigger() -> None:
    """Streamlit reports a trigger only of what has a callback."""
