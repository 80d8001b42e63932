"""Bearer keys: ``Authorization: Bearer <key>``."""

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from apps.accounts import keys
from apps.accounts.models import ApiKey


class ApiKeyAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[ApiKey, str] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        if len(words) != 2:
            raise AuthenticationFailed("Send one key: 'Authorization: Bearer <key>'.")
        given = words[1].decode("latin-1")
        is_plain = given.isascii() and given.isprintable()
        key = keys.find_api_key(given, now=timezone.now()) if is_plain else None
        if key is None:
            raise AuthenticationFailed("This API key is unknown, has ended or was revoked.")
        return key, given

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
