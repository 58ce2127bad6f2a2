"""What a launch stores of the person, the course and the link, and what it leaves alone."""

from sqlalchemy import select

from lti_tool.models.audit import AuditRecord
from lti_tool.models.course import CourseRecord, ResourceLinkRecord
from lti_tool.models.outbox import PromiseRecord
from lti_tool.models.people import PersonRecord, SignInRecord
from lti_tool.models.registration import DeploymentRecord
from lti_tool.queries.people import names
from tests.functional.launch.world import Registered, World, bearer

LTI = "https://purl.imsglobal.org/spec/lti/claim"
MASQUERADE = {"masquerading_user_id": "$Canvas.masqueradingUser.userId"}
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"


def test_a_person_is_the_same_in_the_next_launch_and_keeps_the_newest_name(
    world: World, canvas: Registered
) -> None:
    world.enter(world.browser(), canvas, "maya")
    people = world.count(PersonRecord)
    wish = {"claims": {"name": "Maya T. Torres"}}
    world.enter(world.browser(), canvas, "maya", misbehavior=wish)
    assert world.count(PersonRecord) == people
    with world.workshop.database.reading() as session:
        sign_in = session.scalars(select(SignInRecord).limit(1)).one()
        known = names(session, sign_in.organization_id, [sign_in.person_id])
    assert set(known.values()) == {"Maya T. Torres"}


def test_people_of_two_registrations_are_never_merged_by_e_mail(world: World) -> None:
    one, other = world.register("canvas"), world.register("schoology")
    before = world.count(PersonRecord)
    world.enter(world.browser(), one, "maya")
    world.enter(world.browser(), other, "maya")
    assert world.count(PersonRecord) == before + 2


def test_service_addresses_on_foreign_hosts_are_not_kept(world: World, canvas: Registered) -> None:
    foreign = "http://127.0.0.2:9/roster"
    wish = {
        "claims": {
            NRPS: {"context_memberships_url": foreign},
            AGS: {"scope": ["a"], "lineitems": foreign, "lineitem": "https://user@x.example/1"},
        }
    }
    world.enter(world.browser(), canvas, "maya", misbehavior=wish)
    course, link = world.only(CourseRecord), world.only(ResourceLinkRecord)
    assert course.memberships_url is None
    assert course.line_items_url is None
    assert link.line_item_url is None
    assert world.count(PromiseRecord) == 0


def test_a_launch_promises_the_roster_once_for_a_while(world: World, canvas: Registered) -> None:
    for user in ("rivera", "maya"):
        world.enter(world.browser(), canvas, user)
    promise = world.only(PromiseRecord)
    assert (promise.topic, promise.queue, promise.wanted_version) == ("roster", "lms", 1)


def test_frame_origins_of_signed_claims_are_remembered(world: World, canvas: Registered) -> None:
    wish = {
        "claims": {
            f"{LTI}/launch_presentation": {"return_url": "https://harbor.instructure.com/back"}
        }
    }
    world.enter(world.browser(), canvas, "maya", misbehavior=wish)
    deployment = world.only(DeploymentRecord)
    assert "https://harbor.instructure.com" in deployment.frame_origins
    assert world.lms_url in deployment.frame_origins


def test_5_masquerade_is_noted_for_both_people(world: World, canvas: Registered) -> None:
    world.tell_platform(canvas, custom=MASQUERADE)
    world.enter(world.browser(), canvas, "novak", masquerading_as="maya")
    sign_in = world.only(SignInRecord)
    line = world.only(AuditRecord, AuditRecord.action == "launched-as-another-person")
    assert sign_in.masquerading_person_id not in {None, sign_in.person_id}
    assert line.actor_id == sign_in.masquerading_person_id
    assert line.subject_id == sign_in.person_id


def test_71_a_variable_that_arrives_literally_is_unset(world: World, platform: Registered) -> None:
    world.tell_platform(platform, custom={**MASQUERADE, "activity_id": "$Activity.id"})
    entered = world.enter(world.browser(), platform, "maya")
    sign_in = world.only(SignInRecord)
    assert sign_in.masquerading_person_id is None
    assert entered["landing"] == "/"


def test_70_a_test_student_is_marked(world: World, canvas: Registered) -> None:
    roles = [
        "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner",
        "http://purl.imsglobal.org/vocab/lti/system/person#TestUser",
    ]
    wish = {"claims": {f"{LTI}/roles": roles}}
    world.enter(world.browser(), canvas, "maya", misbehavior=wish)
    sign_in = world.only(SignInRecord)
    assert world.only(PersonRecord, PersonRecord.id == sign_in.person_id).is_test


def test_a_link_to_an_activity_elsewhere_is_tied_to_no_activity(
    world: World, canvas: Registered
) -> None:
    foreign = "7b0c6c1e-6f3d-4f51-9f53-0c9f0f0b4a11"
    wish = {"claims": {f"{LTI}/custom": {"activity_id": foreign}}}
    entered = world.enter(world.browser(), canvas, "maya", misbehavior=wish)
    assert entered["landing"] == f"/activities/{foreign}"
    with world.workshop.database.reading() as session:
        assert session.scalars(select(ResourceLinkRecord.activity_id)).one() is None


def test_the_token_opens_pages_and_nothing_else_does(world: World, canvas: Registered) -> None:
    entered = world.enter(world.browser(), canvas, "rivera")
    browser = world.browser()
    assert browser.get("/lti/again", headers=bearer(entered)).status_code == 400
    assert "token" not in entered["landing"]
