"""Forms of a pairing."""

from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from lti_tool.domain.consent import Channel
from lti_tool.domain.formats import Format
from lti_tool.domain.objectives import TEXT_MAX, TEXT_MIN
from lti_tool.queries.pairing_pages import Choices
from lti_tool.services.pairings import Proposal
from lti_tool.web.choices import choices
from lti_tool.web.fields import CheckboxesField, RequestIdField

FORMATS = {
    Format.traditional: "One to one",
    Format.small_group: "Small group: one adult, up to four students",
    Format.team: "Team: two or more adults, up to four students each",
    Format.large_group: "Large group: one or two adults, seven to ten students",
    Format.peer: "Peer: an older student mentors",
}
CHANNELS = {
    Channel.in_person: "In person",
    Channel.video: "Video call",
    Channel.phone: "Phone",
    Channel.e_mail: "E-mail",
}
REASONS = {
    "completed": "The year is complete",
    "student-left": "The student left the program",
    "mentor-left": "The mentor left the program",
    "wish": "One side wishes to end it",
    "other": "Another reason",
}


class PairingForm(FlaskForm):
    """Who should meet, in which format and how."""

    format = RadioField("Format", [InputRequired("Choose a format.")])
    mentors = CheckboxesField("Mentors", [InputRequired("Choose at least one mentor.")])
    mentees = CheckboxesField("Students", [InputRequired("Choose at least one student.")])
    channels = CheckboxesField(
        "How will they meet?",
        [InputRequired("Choose at least one way to meet.")],
        description="Each family must allow every way that you choose here.",
    )
    request_id = RequestIdField()

    def offer(self, people: Choices) -> "PairingForm":
        """Offer the program's people; peer mentors are students and come with that format only."""
        is_peer = people.format is Format.peer
        formats = [each for each in Format if (each is Format.peer) == is_peer]
        self.format.choices = choices((each, FORMATS[each]) for each in formats)
        if self.format.data is None:
            self.format.data = people.format.value
        self.mentors.choices = choices(people.students if is_peer else people.mentors)
        self.mentees.choices = choices(people.students)
        self.channels.choices = choices((each, CHANNELS[each]) for each in people.channels)
        return self

    def proposal(self) -> Proposal:
        """Return what was chosen."""
        return Proposal(
            format=Format(self.format.data),
            mentor_ids=tuple(UUID(each) for each in self.mentors.data or ()),
            mentee_ids=tuple(UUID(each) for each in self.mentees.data or ()),
            channels=tuple(Channel(each) for each in self.channels.data or ()),
        )


class ObjectiveForm(FlaskForm):
    """A learning objective in the students' own words."""

    text = TextAreaField(
        "Learning objective",
        [
            InputRequired("Write what the student wants to reach."),
            Length(min=TEXT_MIN, max=TEXT_MAX, message=f"Write {TEXT_MIN} to {TEXT_MAX} letters."),
        ],
        description="For example: I can explain what a nurse does on a working day.",
    )
    request_id = RequestIdField()


class EndForm(FlaskForm):
    """Why a pairing ends."""

    reason = SelectField("Reason", choices=choices(REASONS.items()))
