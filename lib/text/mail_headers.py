def write_header_text(text: str) -> str:
    """`text` for a header of a mail, in which `=?…?=` stays the signs it is.

    Python reads it as an encoded word, and what it says may be a line break, which begins another header. An invisible
    word joiner keeps the two signs apart.
    """
    return text.replace("=?", "=\u2060?")
