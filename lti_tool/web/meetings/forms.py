"""Forms of meetings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from lti_tool.domain.consent import Channel
from lti_tool.domain.meetings import Place
from lti_tool.queries.meetings import Choice, SlotChoices
from lti_tool.services.doors import Outcome
from lti_tool.services.meetings import Slot
from lti_tool.web.choices import choices
from lti_tool.web.fields import RequestIdField, stripped

CHANNELS = {Channel.video: "By video in Google Meet", Channel.in_person: "In person"}
PLACES = {
    Place.school: "The student is at school",
    Place.workplace: "At the mentor's workplace",
    Place.online: "Online, the student is somewhere else",
}
OUTCOMES = {
    Outcome.held: "It took place",
    Outcome.short: "It took place, but was short",
    Outcome.mentor_late: "The mentor was late",
    Outcome.mentor_absent: "The mentor did not come",
    Outcome.student_absent: "The student did not come",
    Outcome.school_reason: "The school had a reason (drill, snow, exam)",
    Outcome.technical: "Technology failed",
}
SHORTEST, LONGEST = 10, 240
REASON_LENGTH = 500
AGENDA_LENGTH = 1000


def _options(offered: Sequence[Choice]) -> list[tuple[str, str]]:
    return [("", "Please choose")] + [(str(choice.id), choice.label) for choice in offered]


class SlotForm(FlaskForm):
    """A supervised time for one pairing."""

    request_id = RequestIdField()
    pairing = SelectField("Who meets", validators=[InputRequired("Choose who meets.")])
    date = DateField("Day", validators=[InputRequired("Enter the day.")])
    start = TimeField("Start", validators=[InputRequired("Enter the time.")])
    fold = RadioField(
        "The clocks go back on that day: which one?",
        choices=choices([("0", "The first of the two"), ("1", "The second of the two")]),
        validators=[Optional()],
    )
    minutes = IntegerField(
        "Minutes",
        default=30,
        validators=[
            InputRequired("Enter how many minutes."),
            NumberRange(SHORTEST, LONGEST, f"Choose from {SHORTEST} to {LONGEST} minutes."),
        ],
    )
    channel = RadioField(
        "How they meet", choices=choices(list(CHANNELS.items())), default=Channel.video.value
    )
    place = RadioField(
        "Where the student is", choices=choices(list(PLACES.items())), default=Place.school.value
    )
    supervisor = SelectField(
        "Supervisor",
        description="Opens the meeting and stays with it. The room lies in this person's account.",
        validators=[InputRequired("Choose a supervisor.")],
    )
    backup = SelectField(
        "Backup",
        description="May open it as well, and steps in at once.",
        validators=[InputRequired("Choose a backup.")],
    )
    agenda = TextAreaField(
        "What it is about",
        description="Staff, mentor and student read this. No phone numbers or links, please.",
        validators=[Optional(), Length(max=AGENDA_LENGTH)],
    )

    def offer(self, offered: SlotChoices) -> "SlotForm":
        """Fill the lists with what the actor may choose."""
        self.pairing.choices = choices(_options(offered.pairings))
        self.supervisor.choices = choices(_options(offered.staff))
        self.backup.choices = choices(_options(offered.staff))
        return self

    def slot(self) -> Slot:
        """Return what a checked form asks for.

        :raises ValueError: if the form was not checked
        """
        if self.date.data is None or self.start.data is None or self.minutes.data is None:
            raise ValueError("the form was not checked")
        return Slot(
            request_id=self.request_id.uuid,
            pairing_id=UUID(self.pairing.data),
            local_start=datetime.combine(self.date.data, self.start.data),
            minutes=self.minutes.data,
            channel=Channel(self.channel.data),
            place=Place(self.place.data),
            supervisor_id=UUID(self.supervisor.data),
            backup_id=UUID(self.backup.data),
            fold=self._fold(),
            agenda=stripped(self.agenda.data),
        )

    def _fold(self) -> Literal[0, 1] | None:
        if self.fold.data == "0":
            return 0
        return 1 if self.fold.data == "1" else None


class CoverForm(FlaskForm):
    """Other staff for the same meeting."""

    version = IntegerField(widget=HiddenInput(), validators=[Optional()])
    supervisor = SelectField("Supervisor", validators=[InputRequired("Choose a supervisor.")])
    backup = SelectField("Backup", validators=[InputRequired("Choose a backup.")])

    def offer(self, staff: Sequence[Choice]) -> "CoverForm":
        """Fill the lists with the staff who may supervise."""
        self.supervisor.choices = choices(_options(staff))
        self.backup.choices = choices(_options(staff))
        return self


class OutcomeForm(FlaskForm):
    """How the meeting went."""

    outcome = SelectField(
        "How did it go?",
        choices=choices(list(OUTCOMES.items())),
        default=Outcome.held.value,
    )


class PersonForm(FlaskForm):
    """One of the people expected."""

    person = HiddenField(validators=[InputRequired()])

    def person_id(self) -> UUID | None:
        """Return the chosen person, or nothing for what is no id."""
        try:
            return UUID(self.person.data or "")
        except ValueError:
            return None


class CorrectionForm(FlaskForm):
    """A stay to add afterwards."""

    person = SelectField("Who was there", validators=[InputRequired("Choose who was there.")])
    start = TimeField("From", validators=[InputRequired("Enter when they came.")])
    end = TimeField("Until", validators=[InputRequired("Enter when they left.")])
    reason = TextAreaField(
        "How you know",
        validators=[
            InputRequired("Say how you know."),
            Length(max=REASON_LENGTH, message=f"At most {REASON_LENGTH} characters, please."),
        ],
    )

    def offer(self, people: Sequence[Choice]) -> "CorrectionForm":
        """Fill the list with the people of the meeting."""
        self.person.choices = choices(_options(people))
        return self
