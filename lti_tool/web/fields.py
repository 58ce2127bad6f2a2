"""Fields that several forms share."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from wtforms import DateField, HiddenField, SelectMultipleField
from wtforms.form import BaseForm
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget


class RequestIdField(HiddenField):
    """A random id made with the form: sent twice, the form shows the first result."""

    def __init__(self, **options: Any) -> None:
        """Make a fresh id for every form that is shown."""
        super().__init__(default=lambda: str(uuid4()), **options)

    def pre_validate(self, form: BaseForm) -> None:
        """Refuse what is no id.

        :raises ValidationError: if somebody changed it
        """
        try:
            UUID(self.data or "")
        except ValueError as error:
            raise ValidationError("Reload the page and try again.") from error

    @property
    def uuid(self) -> UUID:
        """Return the id of a form that was checked."""
        return UUID(self.data or "")


class CheckboxesField(SelectMultipleField):
    """Several choices, each with a box of its own."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def day_of(field: DateField) -> date:
    """Return the day in a required field of a form that was checked.

    :raises ValueError: if the form was not checked
    """
    if field.data is None:
        raise ValueError(f"{field.name} was not checked")
    return field.data


def stripped(text: str | None) -> str | None:
    """Return the text without surrounding blanks; nothing for one that is blank."""
    return (text or "").strip() or None
