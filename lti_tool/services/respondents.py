"""The token in a form's link that says who answers: signed, of limited life, a claim and no more.

Forms have no hidden field, so the token stands in a prefilled question where it can be read and
changed. Whatever does not bear our signature for this form belongs to nobody we know.
"""

import base64
import binascii
import hmac
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from config.keyring import Keyring, Purpose
from lti_tool.domain.feedback import RESPONDENT_QUESTION_ID

VALID_FOR = timedelta(days=30)
ENTRY = f"entry.{int(RESPONDENT_QUESTION_ID, 16)}"
_PERSON, _EXPIRY, _SIGNATURE = 16, 5, 16


def respondent_url(
    keyring: Keyring, *, responder_url: str, form_id: UUID, person_id: UUID, expires_at: datetime
) -> str:
    """Return the address of the form with the respondent's token filled in."""
    claim = person_id.bytes + int(expires_at.timestamp()).to_bytes(_EXPIRY, "big")
    signature = keyring.digest(Purpose.links, _text(form_id, claim))[:_SIGNATURE]
    token = base64.urlsafe_b64encode(claim + signature).rstrip(b"=").decode()
    return f"{responder_url}?{urlencode({'usp': 'pp_url', ENTRY: token})}"


def respondent(
    keyring: Keyring, token: str, *, form_id: UUID, submitted_at: datetime
) -> UUID | None:
    """Return who the token names for this form, or nothing when it is not a genuine, fresh one."""
    try:
        raw = base64.urlsafe_b64decode(token.strip() + "=" * (-len(token.strip()) % 4))
    except (binascii.Error, ValueError):
        return None
    claim, signature = raw[: _PERSON + _EXPIRY], raw[_PERSON + _EXPIRY :]
    if len(raw) != _PERSON + _EXPIRY + _SIGNATURE:
        return None
    genuine = keyring.digests(Purpose.links, _text(form_id, claim))
    if not any(hmac.compare_digest(signature, each[:_SIGNATURE]) for each in genuine):
        return None
    expires_at = datetime.fromtimestamp(int.from_bytes(claim[_PERSON:], "big"), UTC)
    return UUID(bytes=claim[:_PERSON]) if submitted_at <= expires_at else None


def _text(form_id: UUID, claim: bytes) -> str:
    return f"respondent/{form_id}/{claim.hex()}"
