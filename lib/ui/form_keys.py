"""Session-state keys of the widgets of a form."""

from dataclasses import dataclass

from lib.forms.model import Field


@dataclass(frozen=True, kw_only=True)
class FormKeys:
    """Session-state keys of a form's widgets. A new prefix makes a form start again."""

    prefix: str

    def field_key(self, field: Field) -> str:
        return f"{self.prefix}.{field.key}"

    def rows_key(self, field: Field) -> str:
        """The rows a row editor started with; its own key holds only the changes."""
        return f"{self.prefix}.{field.key}.rows"

    def numbers_key(self, field: Field) -> str:
        """What a text stands for, by (column key or None, text): stored numbers, and those chosen by the person."""
        return f"{self.prefix}.{field.key}.numbers"
