"""Each wrong id_token is wrong in the way that was asked for, and in no other."""

import time
from typing import Any

import jwt
import pytest

from tests.contract.sandbox_lms.world import LTI, Registered


def _token(registered: Registered, wish: dict[str, Any]) -> str:
    return str(registered.answer("maya", misbehavior=wish)["id_token"])


def _claims(token: str) -> Any:
    return jwt.decode(token, options={"verify_signature": False})


@pytest.mark.parametrize("signer", ["foreign", "other-platform"])
def test_a_wrong_key_is_not_in_the_key_set_under_its_kid(platform: Registered, signer: str) -> None:
    token = _token(platform, {"sign_with": signer})
    with pytest.raises((jwt.InvalidSignatureError, StopIteration)):
        platform.verify(token)


def test_alg_none_has_no_signature(platform: Registered) -> None:
    token = _token(platform, {"sign_with": "none"})
    assert jwt.get_unverified_header(token)["alg"] == "none"
    assert token.endswith(".")
    assert _claims(token)["aud"] == platform.client_id


def test_hs256_is_signed_with_the_published_key(platform: Registered) -> None:
    token = _token(platform, {"sign_with": "hs256"})
    assert jwt.get_unverified_header(token)["alg"] == "HS256"
    assert _claims(token)["aud"] == platform.client_id


def test_the_header_can_lose_or_change_its_kid(platform: Registered) -> None:
    without = _token(platform, {"header": {"kid": None}})
    other = _token(platform, {"header": {"kid": "unknown"}})
    assert "kid" not in jwt.get_unverified_header(without)
    assert jwt.get_unverified_header(other)["kid"] == "unknown"


def test_claims_can_be_replaced_dropped_and_shifted(platform: Registered) -> None:
    wish = {
        "claims": {"aud": [platform.client_id, "other"], f"{LTI}/version": "11.3"},
        "drop": ["sub", f"{LTI}/roles"],
        "shift": {"exp": -100, "iat": -200},
    }
    claims = _claims(_token(platform, wish))
    assert claims["aud"] == [platform.client_id, "other"]
    assert claims[f"{LTI}/version"] == "11.3"
    assert not {"sub", f"{LTI}/roles"} & set(claims)
    assert claims["exp"] < time.time() - 90
    assert claims["exp"] - claims["iat"] == 100


def test_the_nonce_of_the_last_launch_can_be_replayed(platform: Registered) -> None:
    first = platform.claims("maya")
    assert _claims(_token(platform, {"replay": True}))["nonce"] == first["nonce"]


def test_the_payload_can_be_anything_and_of_any_size(platform: Registered) -> None:
    with pytest.raises(jwt.DecodeError, match="object"):
        _claims(_token(platform, {"payload": ["a", "list"]}))
    assert len(_token(platform, {"pad": 1_000_000})) > 1_000_000


def test_state_and_login_can_be_forged_too(canvas: Registered) -> None:
    assert canvas.answer("maya", misbehavior={"state": "forged"})["state"] == "forged"
    wish = {"initiation": {"iss": "https://elsewhere.example", "client_id": None}}
    login = canvas.begin("maya", misbehavior=wish)
    assert login["iss"] == "https://elsewhere.example"
    assert "client_id" not in login
