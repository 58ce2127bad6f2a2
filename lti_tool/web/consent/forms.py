"""Forms of a family's consent."""

from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from lti_tool.domain.consent import Channel
from lti_tool.services.consent import Given
from lti_tool.web.choices import choices
from lti_tool.web.fields import CheckboxesField, RequestIdField, day_of

CHANNELS = {
    Channel.in_person: "Meet in person",
    Channel.video: "Video call",
    Channel.phone: "Phone",
    Channel.e_mail: "E-mail",
}


class ConsentForm(FlaskForm):
    """A guardian's yes, as it stands on the school's form."""

    guardian_name = StringField(
        "Parent or guardian who signed",
        [InputRequired("Enter who signed."), Length(max=120)],
    )
    channels = CheckboxesField("Allowed ways to meet", [InputRequired("Choose at least one.")])
    given_on = DateField("Signed on", [InputRequired("Enter the day of the signature.")])
    expires_on = DateField(
        "Counts until",
        [Optional()],
        description="The first day on which it no longer counts. Leave it empty if it has no end.",
    )
    request_id = RequestIdField()

    def offer(self, channels: Sequence[Channel]) -> "ConsentForm":
        """Offer the ways to meet that the organization allows."""
        self.channels.choices = choices((each, CHANNELS[each]) for each in channels)
        return self

    def given(self) -> Given:
        """Return what was typed."""
        return Given(
            guardian_name=(self.guardian_name.data or "").strip(),
            channels=frozenset(Channel(each) for each in self.channels.data or ()),
            given_on=day_of(self.given_on),
            expires_on=self.expires_on.data,
        )


class WithdrawForm(FlaskForm):
    """Which consent a family takes back."""

    channel = SelectField(choices=choices((each, each) for each in Channel))
