"""How long keys of a platform count that does not answer any more."""

from uuid import uuid4

import pytest

from integrations.lms.guard import Guard
from integrations.lms.http import LmsHttp
from integrations.lms.key_sets import STALE_SECONDS, CachedKeySets
from lti_tool.ports.errors import UnavailableError
from lti_tool.ports.lms import Platform
from tests.contract.lms.platform import KID, published_key


def test_keys_of_yesterday_count_for_nobody_even_right_after_a_failed_try() -> None:
    moment = 0.0
    sets = CachedKeySets(LmsHttp(Guard(allows_private=True)), clock=lambda: moment)
    with published_key() as (address, _):
        platform = Platform(
            registration_id=uuid4(),
            profile="canvas",
            issuer="https://lms.example",
            client_id="1",
            token_url="https://lms.example/token",
            token_audience="https://lms.example/token",
            jwks_url=address,
        )
        assert sets.key_set(platform, kid=KID)["keys"]
    moment = STALE_SECONDS - 1
    assert sets.key_set(platform, kid=KID)["keys"]
    moment = STALE_SECONDS + 1
    with pytest.raises(UnavailableError):
        sets.key_set(platform, kid=KID)
    with pytest.raises(UnavailableError):
        sets.key_set(platform, kid=KID)
