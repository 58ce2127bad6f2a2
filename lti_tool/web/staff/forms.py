"""Forms of the staff roster."""

from flask_wtf import FlaskForm
from wtforms import EmailField, RadioField, StringField
from wtforms.validators import Email, InputRequired, Length, Optional, Regexp

from lti_tool.domain.roles import StaffRole
from lti_tool.services.staff import StaffLine
from lti_tool.web.choices import choices
from lti_tool.web.fields import stripped

ROLES = {
    StaffRole.instructional_staff: "Instructional staff (teacher, teaching assistant)",
    StaffRole.administrator: "Administrator",
    StaffRole.counselor: "Counselor",
    StaffRole.other_staff: "Other staff (may help, but may not supervise)",
}
GOOGLE_USER = r"users/\d{1,40}"


class StaffForm(FlaskForm):
    """What the coordinator confirms about a teacher of a course."""

    staff_role = RadioField(
        "Role at the school",
        [InputRequired("Choose a role.")],
        choices=choices(ROLES.items()),
        default=StaffRole.instructional_staff.value,
        description="Minutes count when instructional staff, an administrator or a counselor "
        "supervises.",
    )
    google_address = EmailField(
        "School Google address",
        [Optional(), Email("Enter a whole address, such as name@school.org."), Length(max=254)],
        description="Meet rooms and calendar events are made in this account. It is also where "
        "sign-in codes go.",
    )
    google_user = StringField(
        "Google user in Meet",
        [Optional(), Regexp(GOOGLE_USER, message="Enter users/ and digits, or leave it empty.")],
        description="For example users/1234567890. With it, Meet's record shows who was there.",
    )

    def line(self) -> StaffLine:
        """Return what was confirmed."""
        return StaffLine(
            staff_role=StaffRole(self.staff_role.data),
            google_address=stripped(self.google_address.data),
            google_user=stripped(self.google_user.data),
        )


class OutsiderForm(StaffForm):
    """What the coordinator confirms about somebody who is in no course."""

    name = StringField("Name", [InputRequired("Enter the name."), Length(max=120)])
    google_address = EmailField(
        "School Google address",
        [
            InputRequired("Enter the address; it is how this person signs in."),
            Email("Enter a whole address, such as name@school.org."),
            Length(max=254),
        ],
        description="Meet rooms and calendar events are made in this account. It is also where "
        "sign-in codes go.",
    )

    def line(self) -> StaffLine:
        """Return what was confirmed, with the name."""
        return StaffLine(
            staff_role=StaffRole(self.staff_role.data),
            google_address=stripped(self.google_address.data),
            google_user=stripped(self.google_user.data),
            name=stripped(self.name.data),
        )
