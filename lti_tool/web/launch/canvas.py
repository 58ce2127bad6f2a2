"""What a Canvas administrator pastes into a developer key (or gives as the address of it)."""

from typing import Any
from urllib.parse import urlsplit

from lti_tool.web.launch import addresses
from lti_tool.web.launch.launch import MASQUERADER_PARAMETER

SCOPES = (
    "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem",
    "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly",
    "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly",
    "https://purl.imsglobal.org/spec/lti-ags/scope/score",
    "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly",
)
CUSTOM_FIELDS = {MASQUERADER_PARAMETER: "$Canvas.masqueradingUser.userId"}
TITLE = "Career Mentoring"


def developer_key(public_url: str, login_url: str) -> dict[str, Any]:
    """Return the developer key's settings; the person's name is not asked for."""
    target = addresses.launch_url(public_url)
    return {
        "title": TITLE,
        "description": "Supervised career mentoring in your course",
        "oidc_initiation_url": login_url,
        "target_link_uri": target,
        "scopes": list(SCOPES),
        "public_jwk_url": addresses.key_set_url(public_url),
        "custom_fields": CUSTOM_FIELDS,
        "extensions": [
            {
                "domain": urlsplit(public_url).netloc,
                "tool_id": "career-mentoring",
                "platform": "canvas.instructure.com",
                "privacy_level": "name_only",
                "settings": {
                    "text": TITLE,
                    "placements": [_placement(name, target) for name in _PLACEMENTS],
                },
            }
        ],
    }


_PLACEMENTS = {
    "course_navigation": "LtiResourceLinkRequest",
    "assignment_selection": "LtiDeepLinkingRequest",
    "link_selection": "LtiDeepLinkingRequest",
}


def _placement(name: str, target: str) -> dict[str, Any]:
    return {
        "placement": name,
        "message_type": _PLACEMENTS[name],
        "text": TITLE,
        "enabled": True,
        "target_link_uri": target,
    }
