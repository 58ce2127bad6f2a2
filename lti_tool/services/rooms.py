"""The room of a meeting: made once, staffed, read back; each promise one remote request.

room (create) -> members (list) -> co-host (add) -> members -> verify (read back) -> event. Only a
room that was read back as RESTRICTED and moderated, with exactly the named staff, is ever used.
Nobody else gets in without being admitted by them (S3).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.domain.consent import Channel
from lti_tool.domain.meetings import MeetingStatus
from lti_tool.models.meetings import MeetingRecord
from lti_tool.models.sealed import seal
from lti_tool.ports.google import Account, Room, RoomMember
from lti_tool.queries.plans import planned
from lti_tool.services import audit, events, google, messages, outbox
from lti_tool.services.outbox import Claim, Topic

ROOM = Topic(name="meeting.room", queue="google")
MEMBERS = Topic(name="meeting.members", queue="google")
COHOST = Topic(name="meeting.cohost", queue="google")
UNSEAT = Topic(name="meeting.unseat", queue="google")
VERIFY = Topic(name="meeting.verify", queue="google")

OVER = frozenset({MeetingStatus.ended, MeetingStatus.cancelled})


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomWork:
    """What to ask for: in whose account, about which room, and for whom."""

    account: Account
    space_name: str = ""
    address: str = ""
    person_id: UUID | None = None
    member_name: str = ""
    is_live: bool = False


def room_to_do(session: Session, claim: Claim, _now: datetime) -> RoomWork | None:
    """Say in whose account a room is to be created; nothing when there is one."""
    meeting = _meeting(session, claim)
    if meeting is None or meeting.space_name or meeting.channel != Channel.video:
        return None
    account = google.host_account(session, meeting)
    return RoomWork(account=account) if account else None


def room_done(session: Session, claim: Claim, _work: RoomWork, room: Room, now: datetime) -> None:
    """Keep the room unless there is one; another one stays an orphan that nobody is told of."""
    meeting = _meeting(session, claim)
    if meeting is None or meeting.space_name is not None:
        _note(session, claim, "room-orphaned", now)
        return
    meeting.space_name = room.space_name
    meeting.meeting_url_sealed = seal(
        session,
        MeetingRecord.__tablename__,
        meeting.organization_id,
        meeting.id,
        "meeting_url_sealed",
        room.meeting_url,
    )
    _note(session, claim, "room-created", now)
    _promise(session, claim, MEMBERS, now)


def members_to_do(session: Session, claim: Claim, _now: datetime) -> RoomWork | None:
    """Say whose co-hosts are to be listed."""
    return _about_room(session, claim)


def members_done(
    session: Session,
    claim: Claim,
    _work: RoomWork,
    members: tuple[RoomMember, ...],
    now: datetime,
) -> None:
    """Compare the co-hosts with the named staff: add who is missing, remove who is too many."""
    meeting = session.get_one(MeetingRecord, (claim.organization_id, claim.key))
    wanted = _wanted(session, meeting)
    names = {member.address: member.name for member in members}
    meeting.cohosts = {
        str(person_id): names[address] for person_id, address in wanted.items() if address in names
    }
    strays = sorted(set(names) - set(wanted.values()))
    meeting.stray_member = names[strays[0]] if strays else None
    if strays:
        _promise(session, claim, UNSEAT, now)
    elif len(meeting.cohosts) < len(wanted):
        _promise(session, claim, COHOST, now)
    else:
        _promise(session, claim, VERIFY, now)


def cohost_to_do(session: Session, claim: Claim, _now: datetime) -> RoomWork | None:
    """Say who is still to become co-host."""
    work, meeting = _about_room(session, claim), _meeting(session, claim)
    if work is None or meeting is None:
        return None
    missing = {p: a for p, a in _wanted(session, meeting).items() if str(p) not in meeting.cohosts}
    for person_id, address in missing.items():
        return RoomWork(
            account=work.account,
            space_name=work.space_name,
            address=address,
            person_id=person_id,
        )
    return None


def cohost_done(
    session: Session, claim: Claim, work: RoomWork, member: RoomMember | None, now: datetime
) -> None:
    """Note the new co-host and list again; one who was there already is found by that."""
    meeting = session.get_one(MeetingRecord, (claim.organization_id, claim.key))
    if member is not None:
        meeting.cohosts = {**meeting.cohosts, str(work.person_id): member.name}
    _promise(session, claim, MEMBERS, now)


def unseat_to_do(session: Session, claim: Claim, _now: datetime) -> RoomWork | None:
    """Say which co-host does not belong to the meeting's staff any more."""
    work, meeting = _about_room(session, claim), _meeting(session, claim)
    if work is None or meeting is None or meeting.stray_member is None:
        return None
    return RoomWork(
        account=work.account, space_name=work.space_name, member_name=meeting.stray_member
    )


def unseat_done(
    session: Session, claim: Claim, work: RoomWork, _answer: None, now: datetime
) -> None:
    """Note that the co-host is gone and list again."""
    meeting = session.get_one(MeetingRecord, (claim.organization_id, claim.key))
    if meeting.stray_member == work.member_name:
        meeting.stray_member = None
    _note(session, claim, "cohost-removed", now)
    _promise(session, claim, MEMBERS, now)


def verify_to_do(session: Session, claim: Claim, _now: datetime) -> RoomWork | None:
    """Say which room is to be read back."""
    work, meeting = _about_room(session, claim), _meeting(session, claim)
    if work is None or meeting is None:
        return None
    is_live = meeting.status == MeetingStatus.open
    return RoomWork(account=work.account, space_name=work.space_name, is_live=is_live)


def verify_done(session: Session, claim: Claim, _work: RoomWork, room: Room, now: datetime) -> None:
    """Let the room be used while it is as it must be; otherwise its link goes dark at once."""
    meeting = session.get_one(MeetingRecord, (claim.organization_id, claim.key))
    if room.is_restricted and room.is_moderated:
        if meeting.room_verified_at is None:
            _note(session, claim, "room-verified", now)
        meeting.room_verified_at = now
        outbox.promise(
            session, events.EVENT, organization_id=meeting.organization_id, key=meeting.id, now=now
        )
        return
    meeting.room_verified_at = None
    _note(session, claim, "room-not-as-required", now)
    messages.notify_staff(
        session,
        organization_id=meeting.organization_id,
        school_id=planned(session, meeting.organization_id, meeting.id).school_id,
        code="room_not_as_required",
        subject_kind="meeting",
        subject_id=meeting.id,
        now=now,
    )


def check_again(session: Session, meeting: MeetingRecord, *, now: datetime) -> None:
    """Have the room staffed and read back anew, because its staff changed."""
    meeting.room_verified_at = None
    topic = MEMBERS if meeting.space_name else ROOM
    outbox.promise(session, topic, organization_id=meeting.organization_id, key=meeting.id, now=now)


def _meeting(session: Session, claim: Claim) -> MeetingRecord | None:
    meeting = session.get(MeetingRecord, (claim.organization_id, claim.key), with_for_update=True)
    return None if meeting is None or meeting.status in OVER else meeting


def _about_room(session: Session, claim: Claim) -> RoomWork | None:
    meeting = _meeting(session, claim)
    if meeting is None or meeting.space_name is None:
        return None
    account = google.host_account(session, meeting)
    return RoomWork(account=account, space_name=meeting.space_name) if account else None


def _wanted(session: Session, meeting: MeetingRecord) -> dict[UUID, str]:
    """Return who must be co-host: the named staff but the host, who owns the room."""
    return {
        person_id: address
        for person_id, address in google.staff_addresses(session, meeting).items()
        if person_id != meeting.host_id
    }


def _promise(session: Session, claim: Claim, topic: Topic, now: datetime) -> None:
    outbox.promise(session, topic, organization_id=claim.organization_id, key=claim.key, now=now)


def _note(session: Session, claim: Claim, action: str, now: datetime) -> None:
    audit.write(
        session,
        organization_id=claim.organization_id,
        actor_id=None,
        action=action,
        subject_kind="meeting",
        subject_id=claim.key,
        now=now,
    )
