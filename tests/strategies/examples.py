"""Examples of the domain in which every gate is green, to be spoiled one thing at a time."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from lti_tool.domain.clearance import Clearance, ClearanceStatus
from lti_tool.domain.consent import Channel, Consent
from lti_tool.domain.eligibility import MentorFile
from lti_tool.domain.formats import Format
from lti_tool.domain.ids import PersonId
from lti_tool.domain.meetings import MeetingPlan, Place, Supervisor
from lti_tool.domain.policy import Policy
from lti_tool.domain.presence import Basis, Interval, Kind
from lti_tool.domain.roles import StaffRole
from lti_tool.domain.training import Agreement, Training

POLICY = Policy()
DAY = date(2026, 11, 24)
YEAR_START = date(2026, 9, 1)
YEAR_END = date(2027, 7, 1)
START = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
END = START + timedelta(minutes=30)


def person(number: int) -> PersonId:
    return PersonId(UUID(int=number))


SUPERVISOR = person(1)
BACKUP = person(2)
RECORDER = person(3)
MENTORS = tuple(person(100 + n) for n in range(12))
MENTEES = tuple(person(200 + n) for n in range(50))


def minute(number: float) -> datetime:
    return START + timedelta(minutes=number)


def cleared(
    person_id: PersonId,
    *,
    status: ClearanceStatus = ClearanceStatus.eligible,
    checked_on: date | None = YEAR_START,
    expires_on: date | None = YEAR_END,
    recorded_by: PersonId = RECORDER,
    reference: str = "PETS-2026-17",
) -> Clearance:
    return Clearance(
        person_id=person_id,
        status=status,
        checked_on=checked_on,
        expires_on=expires_on,
        recorded_by=recorded_by,
        reference=reference,
    )


def trained(
    person_id: PersonId,
    *,
    module: str = "role-and-supervision",
    completed_on: date = YEAR_START,
    expires_on: date | None = YEAR_END,
) -> Training:
    return Training(
        person_id=person_id,
        module=module,
        version="1",
        completed_on=completed_on,
        expires_on=expires_on,
    )


def agreed(
    person_id: PersonId, *, signed_on: date = YEAR_START, ends_on: date | None = YEAR_END
) -> Agreement:
    return Agreement(person_id=person_id, version="1", signed_on=signed_on, ends_on=ends_on)


def mentor_file(person_id: PersonId) -> MentorFile:
    return MentorFile(
        person_id=person_id,
        clearance=cleared(person_id),
        trainings=(trained(person_id),),
        agreement=agreed(person_id),
    )


def bare_file(person_id: PersonId) -> MentorFile:
    return MentorFile(person_id=person_id, clearance=None, trainings=(), agreement=None)


def consent(
    person_id: PersonId,
    *,
    channel: Channel = Channel.video,
    given_on: date = YEAR_START,
    expires_on: date | None = YEAR_END,
    withdrawn_on: date | None = None,
) -> Consent:
    return Consent(
        person_id=person_id,
        channel=channel,
        given_on=given_on,
        expires_on=expires_on,
        withdrawn_on=withdrawn_on,
        recorded_by=RECORDER,
    )


def staff(
    person_id: PersonId,
    *,
    staff_role: StaffRole = StaffRole.instructional_staff,
    on_roster: bool = True,
) -> Supervisor:
    return Supervisor(person_id=person_id, staff_role=staff_role, on_roster=on_roster)


def meeting_plan(
    chosen: Format = Format.traditional, *, mentors: int = 1, mentees: int = 1
) -> MeetingPlan:
    is_peer = chosen is Format.peer
    mentor_ids, mentee_ids = MENTORS[:mentors], MENTEES[:mentees]
    consenting = (*mentee_ids, *mentor_ids) if is_peer else mentee_ids
    return MeetingPlan(
        format=chosen,
        channel=Channel.video,
        place=Place.school,
        starts_at=START,
        ends_at=END,
        on=DAY,
        supervisor=staff(SUPERVISOR),
        backup=staff(BACKUP),
        mentors=tuple((bare_file if is_peer else mentor_file)(p) for p in mentor_ids),
        mentees=mentee_ids,
        consents=tuple(consent(p) for p in consenting),
        pairing_active=True,
    )


def stay(
    kind: Kind,
    joined: float,
    left: float | None,
    *,
    person_id: PersonId | None = None,
    basis: Basis = Basis.measured,
    end_is_known: bool = True,
) -> Interval:
    usual = {
        Kind.supervisor: SUPERVISOR,
        Kind.mentor: MENTORS[0],
        Kind.mentee: MENTEES[0],
        Kind.unknown: None,
    }
    return Interval(
        person_id=person_id or usual[kind],
        kind=kind,
        basis=basis,
        joined_at=minute(joined),
        left_at=None if left is None else minute(left),
        end_is_known=end_is_known,
    )
