"""Whether a message comes from whoever shares a secret with this server.

Ours is HMAC-SHA256 over the time and the body; Twilio's is the one of "Validating requests are
coming from Twilio" in its security documentation.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable

TOLERANCE_S = 300
_SIGNED = re.compile(r"t=([0-9]{1,12})((?:,v1=[0-9a-f]{64}){1,4})")
_PORT = re.compile(r"\A([a-z]+://[^/?#]*):[0-9]{1,5}(?=[/?#]|\Z)")


def is_signed(header: str, body: bytes, secret: str, now: float) -> bool:
    """Whether `t=<unix seconds>,v1=<hex>` is this body's signature, made TOLERANCE_S ago at most.

    More than one `v1` may stand in it, for the time in which a secret is changed.
    """
    found = _SIGNED.fullmatch(header)
    if found is None or not secret or abs(now - int(found[1])) > TOLERANCE_S:
        return False
    expected = sign(body, secret, int(found[1]))
    given = found[2].removeprefix(",v1=").split(",v1=")
    return any(hmac.compare_digest(expected, one) for one in given)


def sign(body: bytes, secret: str, at: int) -> str:
    """The `v1` of a body sent at this Unix time."""
    return hmac.new(secret.encode(), b"%d.%s" % (at, body), hashlib.sha256).hexdigest()


def is_signed_by_twilio(
    header: str, url: str, fields: Iterable[tuple[str, str]], token: str
) -> bool:
    """Whether Twilio sent these form fields to this URL, which it may have signed without its
    port.
    """
    if not token:
        return False
    said = "".join(name + value for name, value in sorted(set(fields)))
    expected = [_twilios(one + said, token) for one in (url, _PORT.sub(r"\1", url))]
    given = header.encode("utf-8", "replace")
    return any(hmac.compare_digest(one, given) for one in expected)


def _twilios(text: str, token: str) -> bytes:
    digest = hmac.new(token.encode(), text.encode("utf-8", "replace"), hashlib.sha1).digest()
    return base64.b64encode(digest)
