"""The password within an upload address: that it is of our making can be told without a look-up.

It opens nothing by itself; the row of the upload says whether it still does (``services``).
"""

import base64
import hashlib
import hmac
import secrets

from django.conf import settings

PATH = b"/uploads/"
_RANDOM_CHARACTERS = 24  # 18 bytes


def make_secret(upload_id: int) -> str:
    """A new password for this upload, with our mark on it."""
    drawn = secrets.token_urlsafe(18)
    return drawn + _mark(str(upload_id), drawn)


def is_of_ours(user: str, secret: str) -> bool:
    """Whether this user (the number of an upload) was once given this password."""
    drawn, mark = secret[:_RANDOM_CHARACTERS], secret[_RANDOM_CHARACTERS:]
    return hmac.compare_digest(mark.encode(), _mark(user, drawn).encode())


def _mark(user: str, drawn: str) -> str:
    digest = hmac.new(
        settings.SECRET_KEY.encode(), f"upload:{user}:{drawn}".encode(), hashlib.sha256
    ).digest()
    return base64.urlsafe_b64encode(digest[:9]).decode()
