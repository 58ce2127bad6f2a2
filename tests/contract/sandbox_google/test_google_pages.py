"""The pages, asked for as a browser asks."""

import re
from typing import Any

import pytest
import requests

from tests.contract.sandbox_google.google_client import CHEN, MAYA, RIVERA, Google


class Visitor:
    """A browser without a screen."""

    def __init__(self, url: str) -> None:
        self.url = url

    def get(self, path: str, **query: str) -> str:
        answer = requests.get(self.url + path, params=query, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.text

    def post(self, path: str, form: dict[str, str] | None = None, status: int = 200) -> str:
        answer = requests.post(self.url + path, data=form or {}, timeout=10)
        assert answer.status_code == status, answer.text
        return answer.text


@pytest.fixture
def visitor(google: Google) -> Visitor:
    return Visitor(google.url)


@pytest.fixture
def room(google: Google) -> str:
    meet = google.service("meet")
    config = {"accessType": "RESTRICTED", "moderation": "ON"}
    return f"/meet/{meet.spaces().create(body={'config': config}).execute()['meetingCode']}"


def test_the_overview_leads_to_calendars_rooms_and_forms(
    google: Google, visitor: Visitor, room: str
) -> None:
    google.service("forms").forms().create(body={"info": {"title": "How was it?"}}).execute()

    page = visitor.get("/")

    assert "Elena Rivera" in page
    assert room in page
    assert "How was it?" in page


def test_a_calendar_shows_own_events_and_invitations(google: Google, visitor: Visitor) -> None:
    calendar = google.service("calendar")
    made = calendar.calendars().insert(body={"summary": "M", "timeZone": "UTC"}).execute()
    body = {
        "summary": "Mentoring <1>",
        "location": "http://localhost:9100/m/7",
        "start": {"dateTime": "2027-06-01T10:00:00Z"},
        "end": {"dateTime": "2027-06-01T10:30:00Z"},
        "attendees": [{"email": MAYA}, {"email": CHEN}],
        "guestsCanSeeOtherGuests": False,
    }
    calendar.events().insert(calendarId=made["id"], body=body).execute()

    hers, his = visitor.get(f"/calendars/{RIVERA}"), visitor.get(f"/calendars/{MAYA}")

    assert "Mentoring &lt;1&gt;" in hers
    assert "Tue Jun 1 2027, 10:00 AM UTC" in hers
    assert CHEN in hers
    assert 'href="http://localhost:9100/m/7"' in his
    assert CHEN not in his


def test_a_student_knocks_and_the_teacher_admits(visitor: Visitor, room: str) -> None:
    student, teacher = f"email:{MAYA}", f"email:{RIVERA}"
    assert "A host will let you in" in visitor.post(f"{room}/join", {"as": student})
    at_the_door = visitor.post(f"{room}/join", {"as": teacher})
    assert "Maya Torres" in at_the_door
    identity = re.findall(r'name="identity" value="([^"]+)"', at_the_door)[0]

    visitor.post(f"{room}/admit", {"as": teacher, "identity": identity})

    assert "You are in the call" in visitor.get(room, **{"as": student})
    assert "End call for everyone" not in visitor.get(room, **{"as": student})
    visitor.post(f"{room}/leave", {"as": student})
    assert "outside the call" in visitor.get(room, **{"as": student})
    visitor.post(f"{room}/end", {"as": teacher})
    assert "A host has to open it" in visitor.post(f"{room}/join", {"as": student}, 409)


def test_a_guest_gives_a_name_and_can_be_turned_away(visitor: Visitor, room: str) -> None:
    teacher = f"email:{RIVERA}"
    visitor.post(f"{room}/join", {"as": teacher})
    visitor.post(f"{room}/join", {"kind": "anonymous", "typed": "Sam"})

    visitor.post(f"{room}/deny", {"as": teacher, "identity": "anonymous:Sam"})

    assert "outside the call" in visitor.get(room, **{"as": "anonymous:Sam"})


def test_only_hosts_end_the_call(visitor: Visitor, room: str) -> None:
    visitor.post(f"{room}/join", {"as": f"email:{RIVERA}"})

    assert "Only a host" in visitor.post(f"{room}/end", {"as": f"email:{CHEN}"}, 409)
    assert "who you are" in visitor.post(f"{room}/join", status=409)


@pytest.fixture
def form_path(google: Google) -> str:
    forms = google.service("forms")
    made = forms.forms().create(body={"info": {"title": "Feedback"}}).execute()
    kinds: list[dict[str, Any]] = [
        {"textQuestion": {}, "questionId": "0000000a", "required": True},
        {"textQuestion": {"paragraph": True}},
        {"scaleQuestion": {"low": 1, "high": 5, "lowLabel": "no", "highLabel": "yes"}},
        {"ratingQuestion": {"ratingScaleLevel": 3, "iconType": "STAR"}},
        {"choiceQuestion": {"type": "DROP_DOWN", "options": [{"value": "A"}, {"value": "B"}]}},
        {"dateQuestion": {}},
        {"timeQuestion": {}},
    ]
    wanted = [
        {
            "createItem": {
                "item": {"title": f"Question {index}", "questionItem": {"question": kind}},
                "location": {"index": index},
            }
        }
        for index, kind in enumerate(kinds)
    ]
    form = {"formId": made["formId"]}
    forms.forms().batchUpdate(**form, body={"requests": wanted}).execute()
    state = {"publishState": {"isPublished": True, "isAcceptingResponses": True}}
    forms.forms().setPublishSettings(**form, body={"publishSettings": state}).execute()
    body = {"type": "anyone", "role": "reader", "view": "published"}
    google.service("drive").permissions().create(fileId=made["formId"], body=body).execute()
    return f"/forms/{made['formId']}/viewform"


def test_a_form_is_filled_in_from_a_prefilled_link(
    google: Google, visitor: Visitor, form_path: str
) -> None:
    page = visitor.get(form_path, **{"usp": "pp_url", "entry.10": "signed-token"})
    assert 'value="signed-token"' in page
    assert "signed-token" not in visitor.get(form_path, **{"entry.10": "signed-token"})

    sent = visitor.post(form_path, {"entry.10": "signed-token", "email": MAYA})

    assert "has been recorded" in sent
    form_id = form_path.split("/")[2]
    found = google.service("forms").forms().responses().list(formId=form_id).execute()
    (response,) = found["responses"]
    assert response["respondentEmail"] == MAYA
    assert response["answers"]["0000000a"]["textAnswers"]["answers"] == [{"value": "signed-token"}]


def test_a_form_says_what_is_missing_and_keeps_what_was_typed(
    visitor: Visitor, form_path: str
) -> None:
    assert "Please answer: Question 0" in visitor.post(form_path, {"email": MAYA}, 409)
    page = visitor.post(form_path, {"entry.10": "kept"}, 409)
    assert "Sign in" in page
    assert 'value="kept"' in page


def test_an_unpublished_form_says_so(google: Google, visitor: Visitor) -> None:
    made = google.service("forms").forms().create(body={"info": {"title": "Soon"}}).execute()

    assert "not published" in visitor.get(f"/forms/{made['formId']}/viewform")


@pytest.mark.parametrize("path", ["/meet/none", "/forms/none/viewform", "/calendars/none"])
def test_what_is_not_there_is_not_found(google: Google, path: str) -> None:
    assert requests.get(google.url + path, timeout=10).status_code == 404
