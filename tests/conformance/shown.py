"""What an operator reads in the control room of the station that is played."""

from html import unescape

from django.test import Client

from apps.accounts.models import Organisation, User
from apps.accounts.roles import Role
from tests.factories import user
from tests.servers import rows


async def shown(path: str = "/stations/CP1/", **query: str) -> str:
    """The page as an operator sees it, entities as characters."""
    return await rows(lambda: _read(path, query))


async def tab(name: str) -> str:
    """A tab of the station."""
    return await shown(tab=name)


def _read(path: str, query: dict[str, str]) -> str:
    known = User.objects.filter(username="reader").first()
    who = known or user(Organisation.objects.get(), "reader", Role.ENGINEER)
    client = Client()
    client.force_login(who)
    response = client.get(path, query)
    assert response.status_code == 200, (path, response.status_code)
    return unescape(response.content.decode())
