"""A small school with one course, one mentor and one student who are paired and may meet."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from config.keyring import Keyring
from lti_tool.models.course import (
    CourseRecord,
    MembershipRecord,
    ProgramCourseRecord,
    ProgramRecord,
)
from lti_tool.models.pairings import (
    AgreementRecord,
    ClearanceRecord,
    ConsentRecord,
    MentorRecord,
    ObjectiveRecord,
    PairingMemberRecord,
    PairingRecord,
    TrainingRecord,
)
from lti_tool.models.people import GrantRecord, OrganizationRecord, SchoolRecord, StaffRecord
from lti_tool.models.registration import DeploymentRecord, RegistrationRecord
from lti_tool.models.sealed import new_data_key, seal
from lti_tool.services import people, sign_ins
from lti_tool.services.people import Identity
from lti_tool.services.sign_ins import Tab

ZONE = "America/New_York"
CHANNELS = ("in-person", "video")


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Ids of everything in the school."""

    organization_id: UUID
    school_id: UUID
    registration_id: UUID
    deployment_id: UUID
    course_id: UUID
    program_id: UUID
    pairing_id: UUID
    coordinator_id: UUID
    teacher_id: UUID
    rivera_id: UUID
    """Supervisor on the confirmed roster, with a Google address."""
    chen_id: UUID
    """Backup on the confirmed roster, with a Google address."""
    okafor_id: UUID
    """A third one, with a Google address."""
    mentor_id: UUID
    student_id: UUID
    other_student_id: UUID
    """In the course, without a pairing."""


def make_world(session: Session, keyring: Keyring, *, now: datetime, mark: str = "") -> World:
    """Write an organization with one school into the database."""
    organization_id = uuid4()
    session.add(
        OrganizationRecord(
            id=organization_id,
            name="Harbor District",
            time_zone=ZONE,
            data_key_sealed=new_data_key(keyring, organization_id),
            created_at=now,
        )
    )
    session.flush()
    return make_school(session, organization_id, now=now, mark=mark)


def make_school(session: Session, organization_id: UUID, *, now: datetime, mark: str = "") -> World:
    """Write a school, with everybody in it, into an organization that is there already.

    `mark` ends every name, so that a page that shows another school's people gives itself away.
    """
    school_id = uuid4()
    session.add(SchoolRecord(organization_id=organization_id, id=school_id, name="Harbor High"))
    session.flush()
    names = {
        "coordinator": "Grace Hopkins",
        "teacher": "Tom Becker",
        "rivera": "Ana Rivera",
        "chen": "David Chen",
        "okafor": "Ngozi Okafor",
        "mentor": "Jordan Ellis",
        "student": "Maya Torres",
        "other_student": "Liam Johnson",
    }
    ids: dict[str, UUID] = {
        key: people.add(session, organization_id, identities=(), name=name + mark, now=now)
        for key, name in names.items()
    }
    registration_id, deployment_id, course_id = _add_course(
        session, organization_id, school_id, ids, now
    )
    program_id = _add_program(session, organization_id, school_id, course_id, ids, now)
    world = World(
        organization_id=organization_id,
        school_id=school_id,
        registration_id=registration_id,
        deployment_id=deployment_id,
        course_id=course_id,
        program_id=program_id,
        pairing_id=uuid4(),
        **{f"{key}_id": person_id for key, person_id in ids.items()},
    )
    session.add(
        GrantRecord(
            organization_id=organization_id,
            id=uuid4(),
            person_id=world.coordinator_id,
            school_id=school_id,
            role="coordinator",
            granted_at=now,
        )
    )
    for person_id, address in (
        (world.rivera_id, "rivera@harbor.example"),
        (world.chen_id, "chen@harbor.example"),
        (world.okafor_id, "okafor@harbor.example"),
    ):
        add_staff(session, world, person_id, address, now=now)
    add_mentor(session, world, world.mentor_id, now=now)
    for channel in CHANNELS:
        add_consent(session, world, world.student_id, channel, now=now)
    add_pairing(
        session,
        world,
        world.pairing_id,
        mentors=(world.mentor_id,),
        mentees=(world.student_id,),
        now=now,
    )
    return world


def add_staff(
    session: Session, world: World, person_id: UUID, address: str, *, now: datetime
) -> None:
    """Confirm somebody on the roster as instructional staff."""
    row_id = uuid4()
    session.add(
        StaffRecord(
            organization_id=world.organization_id,
            id=row_id,
            person_id=person_id,
            school_id=world.school_id,
            staff_role="instructional-staff",
            confirmed_by=world.coordinator_id,
            confirmed_at=now,
            google_address_sealed=seal(
                session, "staff", world.organization_id, row_id, "google_address_sealed", address
            ),
        )
    )
    session.flush()


def add_mentor(session: Session, world: World, person_id: UUID, *, now: datetime) -> None:
    """Make a person an eligible mentor: cleared, trained, agreed, for a year."""
    organization_id, today = world.organization_id, now.date()
    by, since = world.coordinator_id, today - timedelta(days=30)
    session.add(
        MentorRecord(
            organization_id=organization_id,
            id=person_id,
            school_id=world.school_id,
            employer="Brightworks",
            occupation="Engineer",
            added_by=by,
            added_at=now,
        )
    )
    people.add_identity(
        session,
        organization_id,
        person_id,
        people.email(f"mentor-{person_id.hex[:6]}@brightworks.example"),
        now=now,
    )
    session.add(
        ClearanceRecord(
            organization_id=organization_id,
            id=person_id,
            status="eligible",
            checked_on=since,
            expires_on=today + timedelta(days=365),
            reference="CLR-1",
            recorded_by=by,
            recorded_at=now,
        )
    )
    session.add(
        TrainingRecord(
            organization_id=organization_id,
            id=uuid4(),
            person_id=person_id,
            module="role-and-supervision",
            version="1",
            completed_on=since,
            recorded_by=by,
            recorded_at=now,
        )
    )
    session.add(
        AgreementRecord(
            organization_id=organization_id,
            id=uuid4(),
            person_id=person_id,
            version="1",
            signed_on=since,
            recorded_by=by,
            recorded_at=now,
        )
    )
    session.flush()


def add_consent(
    session: Session, world: World, person_id: UUID, channel: str, *, now: datetime
) -> None:
    """Record the family's consent for one channel, for a year."""
    row_id = uuid4()
    session.add(
        ConsentRecord(
            organization_id=world.organization_id,
            id=row_id,
            person_id=person_id,
            channel=channel,
            given_on=now.date() - timedelta(days=30),
            expires_on=now.date() + timedelta(days=365),
            recorded_by=world.coordinator_id,
            recorded_at=now,
            guardian_name_sealed=seal(
                session,
                "consents",
                world.organization_id,
                row_id,
                "guardian_name_sealed",
                "Elena Torres",
            ),
        )
    )
    session.flush()


def add_pairing(
    session: Session,
    world: World,
    pairing_id: UUID,
    *,
    mentors: tuple[UUID, ...],
    mentees: tuple[UUID, ...],
    now: datetime,
    format_: str = "traditional",
) -> None:
    """Make an active pairing with one agreed objective."""
    organization_id = world.organization_id
    session.add(
        PairingRecord(
            organization_id=organization_id,
            id=pairing_id,
            program_id=world.program_id,
            format=format_,
            status="active",
            created_by=world.teacher_id,
            created_at=now,
            activated_at=now,
            channels=list(CHANNELS),
        )
    )
    session.flush()
    for person_id in (*mentors, *mentees):
        session.add(
            PairingMemberRecord(
                organization_id=organization_id,
                id=uuid4(),
                pairing_id=pairing_id,
                person_id=person_id,
                side="mentor" if person_id in mentors else "mentee",
            )
        )
    session.add(
        ObjectiveRecord(
            organization_id=organization_id,
            id=uuid4(),
            pairing_id=pairing_id,
            text="Explain what an engineer does in a week.",
            created_by=world.teacher_id,
            created_at=now,
            agreed_on=now.date(),
        )
    )
    session.flush()


def tab_token(
    session: Session, world: World, person_id: UUID, course_role: str, *, now: datetime
) -> str:
    """Sign a person in inside the course and return the tab's token."""
    code = sign_ins.open_tab(
        session,
        Tab(
            organization_id=world.organization_id,
            school_id=world.school_id,
            person_id=person_id,
            deployment_id=world.deployment_id,
            course_id=world.course_id,
            resource_link_id=None,
            course_role=course_role,
            masquerading_person_id=None,
            landing_path="/",
            deep_linking=None,
        ),
        browser_proof=None,
        now=now,
    )
    session.flush()
    token, _ = sign_ins.exchange(session, code, browser_proof=None, now=now)
    return token


def cookie_token(session: Session, world: World, person_id: UUID, *, now: datetime) -> str:
    """Sign a person in outside the LMS and return the token for the cookie."""
    return sign_ins.open_first_party(
        session,
        organization_id=world.organization_id,
        school_id=world.school_id,
        person_id=person_id,
        now=now,
    )


def _add_course(
    session: Session,
    organization_id: UUID,
    school_id: UUID,
    ids: dict[str, UUID],
    now: datetime,
) -> tuple[UUID, UUID, UUID]:
    registration_id, deployment_id, course_id = uuid4(), uuid4(), uuid4()
    session.add(
        RegistrationRecord(
            id=registration_id,
            name="Canvas",
            profile="canvas",
            issuer=f"https://canvas.example/{registration_id}",
            client_id="1",
            auth_login_url="https://canvas.example/auth",
            token_url="https://canvas.example/token",
            token_audience="https://canvas.example/token",
            jwks_url="https://canvas.example/jwks",
            frame_origins=["https://canvas.example"],
            created_at=now,
        )
    )
    session.flush()
    session.add(
        DeploymentRecord(
            id=deployment_id,
            registration_id=registration_id,
            lti_deployment_id="1",
            first_seen_at=now,
            organization_id=organization_id,
            school_id=school_id,
            approved_at=now,
        )
    )
    session.flush()
    session.add(
        CourseRecord(
            organization_id=organization_id,
            id=course_id,
            registration_id=registration_id,
            school_id=school_id,
            deployment_id=deployment_id,
            context_id="course-1",
            title="Career Explorations",
        )
    )
    session.flush()
    for key, role in (
        ("teacher", "teacher"),
        ("student", "student"),
        ("other_student", "student"),
    ):
        people.add_identity(
            session,
            organization_id,
            ids[key],
            Identity(kind=people.IdentityKind.lti, namespace=str(registration_id), subject=key),
            now=now,
        )
        session.add(
            MembershipRecord(
                organization_id=organization_id,
                id=uuid4(),
                course_id=course_id,
                person_id=ids[key],
                role=role,
                seen_at=now,
            )
        )
    session.flush()
    return registration_id, deployment_id, course_id


def _add_program(
    session: Session,
    organization_id: UUID,
    school_id: UUID,
    course_id: UUID,
    ids: dict[str, UUID],
    now: datetime,
) -> UUID:
    program_id = uuid4()
    session.add(
        ProgramRecord(
            organization_id=organization_id,
            id=program_id,
            school_id=school_id,
            name="Career Mentoring 2026-27",
            format="traditional",
            is_e_mentoring=False,
            starts_on=date(2026, 9, 1),
            ends_on=date(2027, 6, 25),
            created_by=ids["coordinator"],
            created_at=now,
        )
    )
    session.flush()
    session.add(
        ProgramCourseRecord(organization_id=organization_id, id=course_id, program_id=program_id)
    )
    session.flush()
    return program_id
