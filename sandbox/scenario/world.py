"""Who and what the story is about: one school, one course, one mentor."""

from dataclasses import dataclass

ORGANIZATION = "Harbor School District"
SCHOOL = "Harbor Career High School"
TIME_ZONE = "America/New_York"
DOMAIN = "harbor.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """A member of staff: the LMS user and the Google address."""

    user: str
    address: str


RIVERA = StaffMember(user="rivera", address="rivera@harbor.example")
CHEN = StaffMember(user="chen", address="chen@harbor.example")
OKAFOR = StaffMember(user="okafor", address="okafor@harbor.example")
IT_ADMINISTRATOR = "novak"
STUDENT = "maya"
MENTOR_NAME = "Jordan Ellis"

SCOPES = (
    "https://www.googleapis.com/auth/calendar.app.created",
    "https://www.googleapis.com/auth/calendar.events.freebusy",
    "https://www.googleapis.com/auth/meetings.space.created",
    "https://www.googleapis.com/auth/drive.file",
)
