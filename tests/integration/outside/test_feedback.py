from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from sqlalchemy import select

from lti_tool.domain.consent import Channel
from lti_tool.domain.feedback import RESPONDENT_TITLE
from lti_tool.domain.meetings import MeetingStatus
from lti_tool.models.feedback import FeedbackFormRecord, FeedbackResponseRecord
from lti_tool.models.meetings import MeetingRecord
from lti_tool.models.messages import MailRecord
from lti_tool.queries.errors import NotFoundError
from lti_tool.services import feedback, feedback_responses
from lti_tool.services.feedback import FeedbackRefusedError
from tests.factories.meetings import Scene

USEFUL = "How useful was the meeting for you?"
HEARD = "Did you get to ask what you wanted to ask?"
LEARNED = "What did you learn about a job or about work?"


@pytest.fixture
def meeting_id(scene: Scene) -> UUID:
    made = scene.open_slot(channel=Channel.in_person)
    end(scene, made)
    return made


def end(scene: Scene, meeting_id: UUID) -> None:
    with scene.database.transaction() as session:
        row = session.get_one(MeetingRecord, (scene.world.organization_id, meeting_id))
        row.status = MeetingStatus.ended


def ask(scene: Scene, meeting_id: UUID) -> None:
    with scene.database.transaction() as session:
        feedback.ask(
            session,
            organization_id=scene.world.organization_id,
            meeting_id=meeting_id,
            actor_id=scene.world.teacher_id,
            now=scene.clock.now(),
        )


def follow(scene: Scene) -> None:
    """Let time pass until nothing waits any more."""
    for _ in range(8):
        scene.drain()
        scene.clock.at += timedelta(minutes=5)


def forms(scene: Scene) -> dict[str, FeedbackFormRecord]:
    with scene.database.reading() as session:
        rows = session.scalars(select(FeedbackFormRecord)).all()
        session.expunge_all()
    return {row.audience: row for row in rows}


def link(scene: Scene, audience: str, person_id: UUID) -> str:
    with scene.database.transaction() as session:
        return feedback.give(
            session,
            organization_id=scene.world.organization_id,
            form_id=forms(scene)[audience].id,
            person_id=person_id,
            now=scene.clock.now(),
        )


def token_in(url: str) -> str:
    query = parse_qs(urlsplit(url).query)
    assert query["usp"] == ["pp_url"]
    return query[f"entry.{0x1FEE0001}"][0]


def answer(scene: Scene, token: str, useful: str = "4", **more: str) -> str:
    answers = {RESPONDENT_TITLE: token, USEFUL: useful, HEARD: "5", LEARNED: "Bridges bend."}
    body = {"answers": answers, "at": scene.clock.now().isoformat(), **more}
    form_id = forms(scene)["mentee"].remote_form_id
    made = scene.google.control(f"/forms/{form_id}/responses", body)
    return str(made["responseId"])


def collect(scene: Scene) -> list[FeedbackResponseRecord]:
    scene.clock.at += timedelta(minutes=1)
    with scene.database.transaction() as session:
        feedback_responses.look_for_responses(
            session, scene.world.organization_id, scene.clock.now()
        )
    scene.drain()
    with scene.database.reading() as session:
        rows = list(session.scalars(select(FeedbackResponseRecord)))
        session.expunge_all()
    return rows


def test_one_form_for_each_side_becomes_ready(scene: Scene, meeting_id: UUID) -> None:
    ask(scene, meeting_id)
    ask(scene, meeting_id)
    scene.drain()
    made = forms(scene)
    assert sorted(made) == ["mentee", "mentor"]
    assert all(form.shared_at for form in made.values())
    assert scene.google.counts()["forms.forms.create"] == 2
    with scene.database.reading() as session:
        told = session.scalars(
            select(MailRecord.person_id).where(MailRecord.template == "feedback_wanted")
        ).all()
    assert told == [scene.world.mentor_id]


@pytest.mark.parametrize(
    ("service", "method"),
    [
        ("forms", "forms.create"),
        ("forms", "forms.batchUpdate"),
        ("forms", "forms.setPublishSettings"),
        ("drive", "permissions.create"),
    ],
)
def test_a_lost_answer_never_publishes_two(
    scene: Scene, meeting_id: UUID, service: str, method: str
) -> None:
    before = len(scene.google.control("/forms", verb="GET")["forms"])
    scene.google.fault(service, "drop_after_send", method)
    ask(scene, meeting_id)
    follow(scene)
    assert all(form.shared_at for form in forms(scene).values())
    held = scene.google.control("/forms", verb="GET")["forms"][before:]
    published = [each for each in held if each["publishSettings"]["publishState"]["isPublished"]]
    assert len(published) == 2
    assert all(len(form["items"]) == 5 for form in published)


def test_a_used_up_quota_is_waited_for(scene: Scene, meeting_id: UUID) -> None:
    scene.google.fault("forms", "403:quotaExceeded", "forms.batchUpdate")
    ask(scene, meeting_id)
    scene.drain()
    assert scene.open_promises() == ["feedback.fill"]
    scene.clock.at += timedelta(hours=3)
    follow(scene)
    assert all(form.shared_at for form in forms(scene).values())


def test_a_meeting_that_is_not_over_cannot_be_asked_about(scene: Scene) -> None:
    with pytest.raises(FeedbackRefusedError):
        ask(scene, scene.open_slot(channel=Channel.in_person))


class TestLink:
    def test_is_for_those_who_were_expected_on_that_side(
        self, scene: Scene, meeting_id: UUID
    ) -> None:
        ask(scene, meeting_id)
        scene.drain()
        assert token_in(link(scene, "mentee", scene.world.student_id))
        for stranger in (scene.world.mentor_id, scene.world.other_student_id):
            with pytest.raises(NotFoundError):
                link(scene, "mentee", stranger)

    def test_is_refused_while_the_form_is_being_made(self, scene: Scene, meeting_id: UUID) -> None:
        ask(scene, meeting_id)
        with pytest.raises(FeedbackRefusedError):
            link(scene, "mentee", scene.world.student_id)


class TestResponses:
    @pytest.fixture(autouse=True)
    def ready(self, scene: Scene, meeting_id: UUID) -> None:
        ask(scene, meeting_id)
        scene.drain()

    def test_are_known_by_the_token(self, scene: Scene) -> None:
        answer(scene, token_in(link(scene, "mentee", scene.world.student_id)))
        (row,) = collect(scene)
        assert row.person_id == scene.world.student_id

    @pytest.mark.parametrize("spoilt", ["", "abc", "x" * 50, "ünicode"])
    def test_without_a_genuine_token_are_nobodys(self, scene: Scene, spoilt: str) -> None:
        answer(scene, spoilt)
        (row,) = collect(scene)
        assert row.person_id is None

    def test_with_the_token_of_another_form_are_nobodys(self, scene: Scene) -> None:
        answer(scene, token_in(link(scene, "mentor", scene.world.mentor_id)))
        (row,) = collect(scene)
        assert row.person_id is None

    def test_are_stored_once_however_often_they_are_read(self, scene: Scene) -> None:
        answer(scene, "")
        assert [row.id for row in collect(scene)] == [row.id for row in collect(scene)]

    def test_follow_an_edit(self, scene: Scene) -> None:
        response_id = answer(scene, "", useful="2")
        (before,) = collect(scene)
        answer(scene, "", useful="5", responseId=response_id)
        (after,) = collect(scene)
        assert after.id == before.id
        assert after.submitted_at > before.submitted_at
        assert after.answers_sealed != before.answers_sealed

    def test_survive_a_lost_answer(self, scene: Scene) -> None:
        answer(scene, "")
        scene.google.fault("forms", "drop_after_send", "forms.responses.list", times=2)
        assert collect(scene) == []
        follow(scene)
        assert len(collect(scene)) == 1

    def test_are_asked_for_no_more_after_two_weeks(self, scene: Scene) -> None:
        scene.clock.at += timedelta(days=15)
        answer(scene, "")
        assert collect(scene) == []

    def test_are_asked_for_rarely_after_a_day(self, scene: Scene) -> None:
        scene.clock.at += timedelta(days=2)
        collect(scene)
        scene.google.control("/requests/reset")
        for _ in range(5):
            collect(scene)
        assert "forms.forms.responses.list" not in scene.google.counts()
