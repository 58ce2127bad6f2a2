"""The form of a program, with the guide's formats in plain words."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from lti_tool.domain.consent import Channel
from lti_tool.domain.formats import Format
from lti_tool.domain.narrowing import Narrowing
from lti_tool.domain.policy import Policy
from lti_tool.domain.presence import Basis
from lti_tool.queries.program import Program
from lti_tool.services.program import ProgramPlan
from lti_tool.web.choices import choices
from lti_tool.web.fields import CheckboxesField, day_of

FORMATS = {
    Format.traditional: "One to one. One adult meets one student.",
    Format.small_group: "Small group. One adult meets up to four students.",
    Format.team: "Team. Two or more adults share a group, with up to four students each.",
    Format.large_group: "Large group. One or two adults meet seven to ten students.",
    Format.peer: "Peer. An older student mentors younger ones. Staff still supervise.",
}
CHANNELS = {
    Channel.in_person: "In person",
    Channel.video: "Video call",
    Channel.phone: "Phone",
    Channel.e_mail: "E-mail",
}
BASES = {
    Basis.measured: "Measured in the call",
    Basis.attested: "Attested by staff at the time",
    Basis.corrected: "Corrected afterwards by two members of staff",
}


class ProgramForm(FlaskForm):
    """What staff decide about a program."""

    name = StringField(
        "Name of the program",
        [InputRequired("Give the program a name."), Length(max=120)],
        description="For example: Career Mentoring 2026-27",
    )
    format = RadioField(
        "How do mentors and students meet?",
        [InputRequired("Choose a format.")],
        choices=choices(FORMATS.items()),
        description="Five or six students with one adult fit no format: split the group, or add "
        "a mentor and choose a team.",
    )
    is_e_mentoring = BooleanField(
        "Most meetings are on-line (e-mentoring)",
        description="E-mentoring is a way to carry out a format, not one of its own.",
    )
    starts_on = DateField("First day", [InputRequired("Enter the first day.")])
    ends_on = DateField("Last day", [InputRequired("Enter the last day.")])
    students_per_adult_max = SelectField("Most students with one adult", coerce=int)
    channels = CheckboxesField("Ways to meet", [InputRequired("Allow at least one way to meet.")])
    counting_bases = CheckboxesField(
        "Which minutes count",
        [InputRequired("Let at least one kind of minute count.")],
        description="Every supervised minute says how it is known.",
    )
    version = IntegerField(widget=HiddenInput(), default=0)

    def offer(self, policy: Policy) -> "ProgramForm":
        """Offer what the organization's policy allows, and no more."""
        most = policy.students_per_adult_max
        numbers = [str(number) for number in range(1, most + 1)]
        self.students_per_adult_max.choices = choices(zip(numbers, numbers, strict=True))
        self.channels.choices = choices(
            (each, CHANNELS[each]) for each in Channel if each in policy.channels
        )
        self.counting_bases.choices = choices(
            (each, BASES[each]) for each in Basis if each in policy.counting_bases
        )
        if not self.is_submitted():
            self._show_all(policy)
        return self

    def fill(self, program: Program, policy: Policy) -> "ProgramForm":
        """Show a program as it is."""
        self.offer(policy)
        if self.is_submitted():
            return self
        self.name.data, self.format.data = program.name, program.format.value
        self.is_e_mentoring.data = program.is_e_mentoring
        self.starts_on.data, self.ends_on.data = program.starts_on, program.ends_on
        self.version.data = program.version
        narrowing = program.narrowing
        if narrowing.students_per_adult_max is not None:
            self.students_per_adult_max.data = min(
                narrowing.students_per_adult_max, policy.students_per_adult_max
            )
        if narrowing.channels:
            self.channels.data = sorted(narrowing.channels)
        if narrowing.counting_bases:
            self.counting_bases.data = sorted(narrowing.counting_bases)
        return self

    def plan(self, policy: Policy) -> ProgramPlan:
        """Return what was decided; what equals the organization's policy narrows nothing.

        :raises ProgramInvalidError: if it ends before it starts
        """
        channels = frozenset(Channel(each) for each in self.channels.data or ())
        bases = frozenset(Basis(each) for each in self.counting_bases.data or ())
        most = self.students_per_adult_max.data
        return ProgramPlan(
            name=(self.name.data or "").strip(),
            format=Format(self.format.data),
            is_e_mentoring=bool(self.is_e_mentoring.data),
            starts_on=day_of(self.starts_on),
            ends_on=day_of(self.ends_on),
            narrowing=Narrowing(
                students_per_adult_max=None if most == policy.students_per_adult_max else most,
                channels=frozenset() if channels == policy.channels else channels,
                counting_bases=frozenset() if bases == policy.counting_bases else bases,
            ),
        )

    def _show_all(self, policy: Policy) -> None:
        self.students_per_adult_max.data = policy.students_per_adult_max
        self.channels.data = sorted(policy.channels)
        self.counting_bases.data = sorted(policy.counting_bases)
