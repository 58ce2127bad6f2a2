"""Forms of a mentor's record."""

from collections.abc import Sequence
from datetime import date

from flask_wtf import FlaskForm
from wtforms import DateField, EmailField, IntegerField, SelectField, StringField
from wtforms.validators import Email, InputRequired, Length, Optional, Regexp
from wtforms.widgets import HiddenInput

from lti_tool.domain.clearance import ClearanceStatus
from lti_tool.queries.mentors import MentorPage, module_name
from lti_tool.services.clearance import Check
from lti_tool.services.mentors import MentorDetails
from lti_tool.services.training import Completed, Signed
from lti_tool.web.choices import choices
from lti_tool.web.fields import day_of, stripped

GOOGLE_USER = r"users/\d{1,40}"
STATUSES = {
    ClearanceStatus.applied: "Applied",
    ClearanceStatus.submitted: "Papers submitted",
    ClearanceStatus.fingerprinted: "Fingerprinted",
    ClearanceStatus.pending: "Pending",
    ClearanceStatus.eligible: "Eligible",
    ClearanceStatus.recheck: "To be checked again",
    ClearanceStatus.ineligible: "Not eligible",
    ClearanceStatus.withdrawn: "Withdrawn by the mentor",
    ClearanceStatus.revoked: "Revoked",
}


class DetailsForm(FlaskForm):
    """Who a mentor is."""

    name = StringField("Name", [InputRequired("Enter the name."), Length(max=120)])
    employer = StringField(
        "Employer",
        [InputRequired("Enter the employer, or Self-employed."), Length(max=120)],
    )
    occupation = StringField(
        "Occupation",
        [InputRequired("Enter what the mentor does for a living."), Length(max=120)],
    )
    google_user = StringField(
        "Google user in Meet",
        [Optional(), Regexp(GOOGLE_USER, message="Enter users/ and digits, or leave it empty.")],
        description="For example users/1234567890. Enter it only after you have seen that it is "
        "this person's account. With it, Meet's record shows when the mentor was there.",
    )

    def details(self) -> MentorDetails:
        """Return what was typed."""
        return MentorDetails(
            name=(self.name.data or "").strip(),
            employer=(self.employer.data or "").strip(),
            occupation=(self.occupation.data or "").strip(),
            google_user=stripped(self.google_user.data),
        )

    def fill(self, mentor: MentorPage) -> "DetailsForm":
        """Show a mentor as on record."""
        self.name.data, self.employer.data = mentor.name, mentor.employer
        self.occupation.data, self.google_user.data = mentor.occupation, mentor.google_user
        return self


class MentorForm(DetailsForm):
    """A mentor who is not on record yet."""

    e_mail = EmailField(
        "E-mail address",
        [
            InputRequired("Enter the address; it is how the mentor signs in."),
            Email("Enter a whole address, such as name@company.com."),
            Length(max=254),
        ],
        description="Students never see it.",
    )


class ClearanceForm(FlaskForm):
    """What the clearance system said."""

    status = SelectField("Status", [InputRequired("Choose the status.")])
    checked_on = DateField("Checked on", [InputRequired("Enter the day of the check.")])
    expires_on = DateField(
        "Counts until",
        [Optional()],
        description="The first day on which it no longer counts. Leave it empty if it has no end.",
    )
    reference = StringField(
        "Reference",
        [Optional(), Length(max=60)],
        description="The clearance system's own number. Never a Social Security number, and "
        "nothing that was found.",
    )
    version = IntegerField(widget=HiddenInput(), default=0)

    def offer(self, statuses: Sequence[ClearanceStatus]) -> "ClearanceForm":
        """Offer the statuses that may follow."""
        self.status.choices = choices((each, STATUSES[each]) for each in statuses)
        return self

    def check(self) -> Check:
        """Return what was typed."""
        return Check(
            status=ClearanceStatus(self.status.data),
            checked_on=day_of(self.checked_on),
            expires_on=self.expires_on.data,
            reference=(self.reference.data or "").strip(),
        )


class RevokeForm(FlaskForm):
    """The question before a clearance is revoked."""

    version = IntegerField(widget=HiddenInput(), default=0)


class TrainingForm(FlaskForm):
    """A module that the mentor has completed."""

    module = SelectField("Module", [InputRequired("Choose the module.")])
    completed_on = DateField("Completed on", [InputRequired("Enter the day.")])
    expires_on = DateField(
        "Counts until", [Optional()], description="Leave it empty if it has no end."
    )

    def offer(self, modules: Sequence[str]) -> "TrainingForm":
        """Offer the modules that the policy asks for."""
        self.module.choices = choices((each, module_name(each)) for each in modules)
        return self

    def completed(self) -> Completed:
        """Return what was typed."""
        return Completed(
            module=str(self.module.data),
            completed_on=day_of(self.completed_on),
            expires_on=self.expires_on.data,
        )


class AgreementForm(FlaskForm):
    """The agreement that the mentor has signed."""

    signed_on = DateField("Signed on", [InputRequired("Enter the day of the signature.")])
    ends_on = DateField(
        "Ends on",
        [Optional()],
        description="The first day on which it no longer counts. Leave it empty if it has no end.",
    )

    def signed(self) -> Signed:
        """Return what was typed."""
        return Signed(signed_on=day_of(self.signed_on), ends_on=self.ends_on.data)


def prefilled(field: DateField, day: date) -> None:
    """Propose a day in a form that is shown for the first time."""
    if field.data is None and not field.raw_data:
        field.data = day
