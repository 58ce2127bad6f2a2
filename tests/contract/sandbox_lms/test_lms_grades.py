"""Columns, scores and results, by the rules of the standard and of each product."""

from datetime import timedelta
from typing import Any

import pytest
import requests

from sandbox import clock
from tests.contract.sandbox_lms.world import (
    AGS_CLAIM,
    LINE_ITEM_READ_SCOPE,
    LINE_ITEM_SCOPE,
    LINE_ITEM_TYPE,
    LINE_ITEMS_TYPE,
    RESULT_SCOPE,
    RESULTS_TYPE,
    SCORE_SCOPE,
    SCORE_TYPE,
    Json,
    Registered,
    World,
)

SUBMISSION = "https://canvas.instructure.com/lti/submission"


def _list(registered: Registered, query: str = "") -> list[Json]:
    answer = _list_page(registered, registered.line_items_url() + query)
    items: list[Json] = answer.json()
    return items


def _list_page(registered: Registered, address: str) -> requests.Response:
    answer = registered.call("GET", address, LINE_ITEM_READ_SCOPE, accept=LINE_ITEMS_TYPE)
    assert answer.status_code == 200, answer.text
    return answer


def _results(registered: Registered, item: Json, query: str = "") -> list[Json]:
    address = f"{item['id']}/results{query}"
    answer = registered.call("GET", address, RESULT_SCOPE, accept=RESULTS_TYPE)
    assert answer.status_code == 200, answer.text
    results: list[Json] = answer.json()
    return results


class TestLineItems:
    def test_can_be_added_read_replaced_and_removed(self, platform: Registered) -> None:
        item = platform.add_line_item(tag="reflection", resourceId="7")
        url = item["id"]
        read = platform.call("GET", url, LINE_ITEM_SCOPE, accept=LINE_ITEM_TYPE)
        assert read.json() == item
        changed = {"label": "Renamed", "scoreMaximum": 5}
        put = platform.call("PUT", url, LINE_ITEM_SCOPE, send=LINE_ITEM_TYPE, body=changed)
        assert put.json() == {"id": url, **changed}
        assert platform.call("DELETE", url, LINE_ITEM_SCOPE).status_code == 204
        gone = platform.call("GET", url, LINE_ITEM_SCOPE, accept=LINE_ITEM_TYPE)
        assert gone.status_code == 404

    def test_are_found_by_their_tag_resource_and_link(self, canvas: Registered) -> None:
        link = canvas.add_link()
        plain = canvas.add_line_item(tag="other", resourceId="9")
        assert [item["id"] for item in _list(canvas, "?tag=other")] == [plain["id"]]
        assert [item["id"] for item in _list(canvas, "?resource_id=9")] == [plain["id"]]
        by_link = _list(canvas, f"?resource_link_id={link['id']}")
        assert [item["tag"] for item in by_link] == ["reflection"]
        assert _list(canvas, "?tag=other&resource_id=42") == []

    def test_come_ten_to_a_page_on_canvas(self, canvas: Registered) -> None:
        for number in range(12):
            canvas.add_line_item(label=f"Column {number}")
        first = _list_page(canvas, canvas.line_items_url())
        second = _list_page(canvas, first.links["next"]["url"])
        assert (len(first.json()), len(second.json())) == (10, 2)
        assert "next" not in second.links

    def test_of_another_tool_do_not_exist(self, world: World) -> None:
        one, other = world.register("canvas"), world.register("canvas")
        url = one.add_line_item()["id"]
        assert _list(other) == []
        answer = other.call("GET", url, LINE_ITEM_SCOPE, accept=LINE_ITEM_TYPE)
        assert answer.status_code == 404

    @pytest.mark.parametrize(
        "wrong",
        [
            {"label": ""},
            {"label": None},
            {"scoreMaximum": 0},
            {"scoreMaximum": "20"},
            {"scoreMaximum": True},
            {"tag": 7},
            {"colour": "red"},
        ],
    )
    def test_must_be_described_properly(self, platform: Registered, wrong: Json) -> None:
        body = {"label": "Column", "scoreMaximum": 20, **wrong}
        url = platform.line_items_url()
        answer = platform.call("POST", url, LINE_ITEM_SCOPE, send=LINE_ITEM_TYPE, body=body)
        assert answer.status_code == 400

    def test_may_only_hang_on_a_link_of_the_tool(self, platform: Registered) -> None:
        body = {"label": "Column", "scoreMaximum": 20, "resourceLinkId": "unknown"}
        url = platform.line_items_url()
        answer = platform.call("POST", url, LINE_ITEM_SCOPE, send=LINE_ITEM_TYPE, body=body)
        assert answer.status_code == 412

    def test_need_their_media_types_and_scopes(self, platform: Registered) -> None:
        url = platform.line_items_url()
        body = {"label": "Column", "scoreMaximum": 20}

        def post(scope: str, send: str) -> int:
            return platform.call("POST", url, scope, send=send, body=body).status_code

        assert post(LINE_ITEM_SCOPE, "application/json") == 415
        assert post(LINE_ITEM_READ_SCOPE, LINE_ITEM_TYPE) == 403
        listed = platform.call("GET", url, LINE_ITEM_SCOPE, accept="application/json")
        assert listed.status_code == 406

    def test_that_came_with_a_link_stay_on_canvas(self, canvas: Registered) -> None:
        canvas.add_link()
        (item,) = _list(canvas)
        assert canvas.call("DELETE", item["id"], LINE_ITEM_SCOPE).status_code == 401


class TestScores:
    def test_reach_the_gradebook_and_the_results(self, platform: Registered) -> None:
        item = platform.add_line_item(scoreMaximum=10)
        answer = platform.score(item, "maya", comment="Well observed.")
        assert answer.status_code in {200, 204}
        cell = platform.cell(item, "maya")
        assert (cell["score"], cell["maximum"], cell["posts"]) == (7.5, 10, 1)
        assert cell["comment"] == "Well observed."
        (result,) = _results(platform, item, f"?user_id={platform.sub('maya')}")
        assert result["resultScore"] == 7.5
        assert result["comment"] == "Well observed."
        assert result["scoreOf"] == item["id"]

    def test_of_zero_and_above_the_maximum_count(self, platform: Registered) -> None:
        item = platform.add_line_item()
        platform.score(item, "maya", scoreGiven=0)
        platform.score(item, "liam", scoreGiven=22)
        scores = [result["resultScore"] for result in _results(platform, item)]
        assert scores == [0, 22]

    @pytest.mark.parametrize(
        ("changed", "status"),
        [
            ({"userId": None}, 400),
            ({"userId": "nobody"}, 422),
            ({"activityProgress": "Done"}, 400),
            ({"activityProgress": None}, 400),
            ({"gradingProgress": None}, 400),
            ({"timestamp": None}, 400),
            ({"timestamp": "yesterday"}, 400),
            ({"timestamp": "2026-11-23T10:00:00Z"}, 400),
            ({"timestamp": "2026-11-23T10:00:00.000"}, 400),
            ({"scoreMaximum": None}, 422),
            ({"scoreMaximum": 0}, 422),
            ({"scoreGiven": -1}, 422),
            ({"scoreGiven": "15"}, 422),
            ({"comment": 5}, 400),
            ({"mood": "good"}, 400),
            ({"submission": "yesterday"}, 400),
        ],
    )
    def test_must_be_complete(self, platform: Registered, changed: Json, status: int) -> None:
        item = platform.add_line_item()
        assert platform.score(item, "maya", **changed).status_code == status
        assert _results(platform, item) == []

    @pytest.mark.parametrize("user", ["rivera", "lopez", "torres", "test-student", "novak"])
    def test_are_for_students_of_the_course_only(self, platform: Registered, user: str) -> None:
        item = platform.add_line_item()
        assert platform.score(item, user).status_code == 422

    def test_need_their_media_type_and_scope(self, platform: Registered) -> None:
        item = platform.add_line_item()
        address = f"{item['id']}/scores"

        def post(scope: str, send: str) -> int:
            return platform.call("POST", address, scope, send=send, body={}).status_code

        assert post(SCORE_SCOPE, "application/json") == 415
        assert post(LINE_ITEM_SCOPE, SCORE_TYPE) == 403

    @pytest.mark.parametrize(("profile", "status"), [("canvas", 400), ("schoology", 409)])
    def test_older_than_the_stored_one_change_nothing(
        self, world: World, profile: str, status: int
    ) -> None:
        registered = world.register(profile)
        item = registered.add_line_item()
        registered.score(item, "maya", timestamp="2026-11-23T10:00:00.500Z")
        late = registered.score(
            item, "maya", scoreGiven=1, timestamp="2026-11-23T05:00:00.400-05:00"
        )
        assert late.status_code == status
        assert registered.cell(item, "maya")["score"] == 15

    def test_of_the_same_moment_are_taken_again(self, platform: Registered) -> None:
        item = platform.add_line_item()
        platform.score(item, "maya")
        assert platform.score(item, "maya").status_code < 300
        assert platform.cell(item, "maya")["posts"] == 2

    def test_are_all_kept_even_when_refused(self, platform: Registered) -> None:
        item = platform.add_line_item()
        platform.score(item, "maya")
        platform.score(item, "rivera")
        posts = platform.world.get("/control/scores", client_id=platform.client_id)
        assert [post["status"] for post in posts] == [200, 422]
        assert posts[1]["body"]["userId"] == platform.sub("rivera")


class TestCanvas:
    def test_wipes_a_grade_when_work_comes_in_again(self, canvas: Registered) -> None:
        item = canvas.add_line_item()
        canvas.score(item, "maya")
        canvas.score(item, "maya", gradingProgress="Pending", activityProgress="Submitted")
        assert canvas.cell(item, "maya")["score"] is None

    def test_keeps_the_grade_when_asked_to(self, canvas: Registered) -> None:
        item = canvas.add_line_item()
        canvas.score(item, "maya")
        kept = {"preserve_score": True, "new_submission": False}
        canvas.score(item, "maya", scoreGiven=None, **{SUBMISSION: kept})
        assert canvas.cell(item, "maya")["score"] == 15

    def test_piles_up_comments(self, canvas: Registered) -> None:
        item = canvas.add_line_item()
        for comment in ("One.", "Two."):
            canvas.score(item, "maya", comment=comment)
        assert canvas.cell(item, "maya")["comments"] == ["One.", "Two."]

    def test_refuses_work_handed_in_tomorrow(self, canvas: Registered) -> None:
        item = canvas.add_line_item()
        tomorrow = (clock.now() + timedelta(days=1)).isoformat()
        extension = {SUBMISSION: {"submitted_at": tomorrow}}
        assert canvas.score(item, "maya", **extension).status_code == 400
        wrong: dict[str, Any] = {SUBMISSION: {"submission_type": "by_pigeon"}}
        assert canvas.score(item, "maya", **wrong).status_code == 400

    def test_opens_what_was_handed_in_with_the_courses_own_link(self, canvas: Registered) -> None:
        link = canvas.add_link()
        item = {"id": f"{canvas.line_items_url()}/{link['line_items'][0]}"}
        work = f"{canvas.world.tool.url}/launch?submission=5"
        extension = {"submission_type": "basic_lti_launch", "submission_data": work}
        handed_in = {"scoreGiven": None, "gradingProgress": "PendingManual"}
        canvas.score(item, "maya", **handed_in, **{SUBMISSION: extension})
        wish = {"placement": "submission", "link_id": link["id"], "student": "maya"}
        claims = canvas.claims("rivera", **wish)
        claim = "https://purl.imsglobal.org/spec/lti/claim"
        assert claims[f"{claim}/target_link_uri"] == work
        assert claims[f"{claim}/resource_link"]["id"] == claims[f"{claim}/context"]["id"]
        assert "lineitem" not in claims[AGS_CLAIM]


class TestSchoology:
    def test_keeps_the_grade_and_one_comment(self, schoology: Registered) -> None:
        item = schoology.add_line_item()
        schoology.score(item, "maya", comment="One.")
        schoology.score(item, "maya", gradingProgress="PendingManual", comment="Two.")
        cell = schoology.cell(item, "maya")
        assert (cell["score"], cell["comments"]) == (15, ["Two."])

    def test_has_a_column_for_each_section_and_takes_no_score_across(
        self, schoology: Registered
    ) -> None:
        schoology.add_link()
        link = schoology.world.get(
            "/control/courses/pathways-a/links", client_id=schoology.client_id
        )[-1]
        assert len(link["line_items"]) == 2
        wish = {"placement": "link", "link_id": link["id"]}
        own = {
            user: {"id": schoology.claims(user, **wish)[AGS_CLAIM]["lineitem"]}
            for user in ("maya", "yara")
        }
        assert own["maya"] != own["yara"]
        assert schoology.score(own["maya"], "maya").status_code == 204
        assert schoology.score(own["maya"], "yara").status_code == 422
