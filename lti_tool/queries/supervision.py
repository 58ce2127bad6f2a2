"""Who was in a meeting and what that proves: the stays of all its calls, and its ledger."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lti_tool.domain.consent import Channel
from lti_tool.domain.ids import PersonId
from lti_tool.domain.presence import Basis, Interval, Kind
from lti_tool.domain.roles import StaffRole
from lti_tool.domain.supervision import Ledger, ledger
from lti_tool.models.meetings import MeetingRecord, ParticipantRecord, PresenceRecord
from lti_tool.models.people import StaffRecord
from lti_tool.models.sealed import unseal_value
from lti_tool.queries.plans import Planned


@dataclass(frozen=True, slots=True, kw_only=True)
class Joiner:
    """Somebody seen in the room, for the staff who watch."""

    participant_id: UUID
    identity_kind: str
    shown_name: str
    person_id: UUID | None
    is_named: bool
    """Named by staff, who thereby attest it."""
    is_in: bool
    joined_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A stay that a staff member wants to add afterwards."""

    presence_id: UUID
    person_id: UUID
    joined_at: datetime
    left_at: datetime | None
    added_by: UUID
    seconded_by: UUID | None
    reason: str


def current_ledger(
    session: Session, current: Planned, meeting: MeetingRecord, *, now: datetime
) -> Ledger:
    """Compute the ledger of a meeting from all that is known of it now."""
    is_live = current.closed_at is None
    # Google's clock may run ahead of ours; what has not begun yet is left for the next look.
    stays = tuple(
        stay for stay in intervals(session, current) if not is_live or stay.joined_at < now
    )
    return ledger(
        stays,
        starts_at=current.plan.starts_at,
        ends_at=current.plan.ends_at,
        data_complete=_is_complete(current, meeting),
        policy=current.policy,
        as_of=now if is_live else None,
        elsewhere=_elsewhere(session, current, stays),
    )


def intervals(session: Session, current: Planned) -> tuple[Interval, ...]:
    """Return every stay in the meeting; a correction counts once a second person confirmed it."""
    kinds, off_roster = _kinds(session, current), _off_roster_since(session, current)
    rows = session.execute(
        select(PresenceRecord, ParticipantRecord.person_id, ParticipantRecord.named_by)
        .outerjoin(
            ParticipantRecord,
            (ParticipantRecord.organization_id == PresenceRecord.organization_id)
            & (ParticipantRecord.id == PresenceRecord.participant_id),
        )
        .where(
            PresenceRecord.organization_id == current.organization_id,
            PresenceRecord.meeting_id == current.meeting_id,
            or_(PresenceRecord.basis != Basis.corrected, PresenceRecord.seconded_by.is_not(None)),
        )
    ).all()
    stays = (
        _interval(row, row.person_id or seen_as, kinds, is_named=named_by is not None)
        for row, seen_as, named_by in rows
    )
    return tuple(part for stay in stays for part in _on_roster(stay, off_roster))


def joiners(session: Session, organization_id: UUID, meeting_id: UUID) -> tuple[Joiner, ...]:
    """List who was seen in the room, those still in first."""
    rows = session.execute(
        select(ParticipantRecord, PresenceRecord.joined_at, PresenceRecord.left_at)
        .join(
            PresenceRecord,
            (PresenceRecord.organization_id == ParticipantRecord.organization_id)
            & (PresenceRecord.participant_id == ParticipantRecord.id),
        )
        .where(
            ParticipantRecord.organization_id == organization_id,
            ParticipantRecord.meeting_id == meeting_id,
        )
        .order_by(PresenceRecord.joined_at)
    ).all()
    stays: dict[UUID, list[tuple[datetime, datetime | None]]] = {}
    people = {}
    for row, joined_at, left_at in rows:
        stays.setdefault(row.id, []).append((joined_at, left_at))
        people[row.id] = row
    found = [
        Joiner(
            participant_id=row.id,
            identity_kind=row.identity_kind,
            shown_name=unseal_value(
                session,
                ParticipantRecord.__tablename__,
                organization_id,
                row.id,
                "display_name_sealed",
                row.display_name_sealed,
            ),
            person_id=row.person_id,
            is_named=row.named_by is not None,
            is_in=any(left is None for _, left in stays[row.id]),
            joined_at=min(joined for joined, _ in stays[row.id]),
        )
        for row in people.values()
    ]
    return tuple(sorted(found, key=lambda joiner: (not joiner.is_in, joiner.joined_at)))


def attested(session: Session, organization_id: UUID, meeting_id: UUID) -> Mapping[UUID, bool]:
    """Return whom staff saw in person, and whether they are still there."""
    there: dict[UUID, bool] = {}
    for row in session.scalars(
        select(PresenceRecord)
        .where(
            PresenceRecord.organization_id == organization_id,
            PresenceRecord.meeting_id == meeting_id,
            PresenceRecord.basis == Basis.attested,
            PresenceRecord.person_id.is_not(None),
        )
        .order_by(PresenceRecord.joined_at)
    ):
        if row.person_id is not None:
            there[row.person_id] = row.left_at is None
    return there


def corrections(
    session: Session, organization_id: UUID, meeting_id: UUID
) -> tuple[Correction, ...]:
    """List what staff added afterwards, confirmed or waiting for a second person."""
    return tuple(
        Correction(
            presence_id=row.id,
            person_id=row.person_id,
            joined_at=row.joined_at,
            left_at=row.left_at,
            added_by=row.recorded_by,
            seconded_by=row.seconded_by,
            reason=row.reason or "",
        )
        for row in session.scalars(
            select(PresenceRecord)
            .where(
                PresenceRecord.organization_id == organization_id,
                PresenceRecord.meeting_id == meeting_id,
                PresenceRecord.basis == Basis.corrected,
            )
            .order_by(PresenceRecord.joined_at, PresenceRecord.id)
        )
        if row.person_id is not None and row.recorded_by is not None
    )


def _kinds(session: Session, current: Planned) -> dict[UUID, Kind]:
    """Say in what capacity people count here; any counting staff of the school may stand in."""
    kinds: dict[UUID, Kind] = {
        row.person_id: Kind.supervisor
        for row in session.scalars(
            select(StaffRecord).where(
                StaffRecord.organization_id == current.organization_id,
                StaffRecord.school_id == current.school_id,
            )
        )
        if StaffRole(row.staff_role).counts
    }
    kinds.update(dict.fromkeys(current.plan.mentor_ids, Kind.mentor))
    kinds.update(dict.fromkeys(current.plan.mentees, Kind.mentee))
    return kinds


def _off_roster_since(session: Session, current: Planned) -> dict[UUID, datetime]:
    return {
        row.person_id: row.removed_at
        for row in session.scalars(
            select(StaffRecord).where(
                StaffRecord.organization_id == current.organization_id,
                StaffRecord.school_id == current.school_id,
                StaffRecord.removed_at.is_not(None),
            )
        )
        if row.removed_at is not None
    }


def _on_roster(stay: Interval, off_roster: Mapping[UUID, datetime]) -> Iterator[Interval]:
    """Let whoever left the roster count as staff until that moment, and as nobody known after."""
    since = off_roster.get(stay.person_id) if stay.person_id else None
    if since is None or stay.kind is not Kind.supervisor:
        yield stay
        return
    if stay.joined_at < since:
        is_over = stay.left_at is not None and stay.left_at <= since
        yield stay if is_over else replace(stay, left_at=since, end_is_known=True)
    if stay.left_at is None or stay.left_at > since:
        yield replace(stay, kind=Kind.unknown, joined_at=max(stay.joined_at, since))


def _interval(
    row: PresenceRecord, person_id: UUID | None, kinds: Mapping[UUID, Kind], *, is_named: bool
) -> Interval:
    kind = kinds.get(person_id, Kind.unknown) if person_id else Kind.unknown
    return Interval(
        person_id=PersonId(person_id) if person_id else None,
        kind=kind,
        basis=Basis.attested if is_named else Basis(row.basis),
        joined_at=row.joined_at,
        left_at=row.left_at,
        end_is_known=row.end_is_known,
    )


def _is_complete(current: Planned, meeting: MeetingRecord) -> bool:
    """Missing data is never called fine: a room that nobody has read proves nothing."""
    if current.plan.channel is not Channel.video:
        return True
    if current.closed_at is None:
        return meeting.presence_read_at is not None
    return meeting.presence_complete_at is not None


def _elsewhere(
    session: Session, current: Planned, stays: Iterable[Interval]
) -> tuple[Interval, ...]:
    """Return when the same staff were in other rooms: a person supervises one call at a time."""
    staff = {stay.person_id for stay in stays if stay.kind is Kind.supervisor}
    if not staff:
        return ()
    rows = session.execute(
        select(PresenceRecord, ParticipantRecord.person_id)
        .join(
            ParticipantRecord,
            (ParticipantRecord.organization_id == PresenceRecord.organization_id)
            & (ParticipantRecord.id == PresenceRecord.participant_id),
        )
        .where(
            PresenceRecord.organization_id == current.organization_id,
            PresenceRecord.meeting_id != current.meeting_id,
            ParticipantRecord.person_id.in_(staff),
            PresenceRecord.joined_at < current.plan.ends_at,
            or_(
                PresenceRecord.left_at.is_(None),
                PresenceRecord.left_at > current.plan.starts_at,
            ),
        )
    ).all()
    kinds: dict[UUID, Kind] = dict.fromkeys(
        (person_id for person_id in staff if person_id), Kind.supervisor
    )
    return tuple(_interval(row, person_id, kinds, is_named=False) for row, person_id in rows)
