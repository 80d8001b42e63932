"""What an administrator changes of somebody holds on the pages that are open."""

from typing import Any

import pytest
from django.contrib.sessions.models import Session

from apps.accounts.models import Organisation, User
from apps.accounts.people import change_person, deactivate
from tests.dashboard.test_log_in import close_code, open_page, session_of
from tests.factories import OFFICE, PASSWORD
from tests.servers import rows
from tests.throwaway import Platform


@pytest.fixture
def person(network: Organisation) -> User:
    return User.objects.create_user("eva", password=PASSWORD, organisation=network, role="support")


@pytest.mark.parametrize("fields", [{"role": "viewer"}, {"site_ids": [1]}])
async def test_a_changed_role_opens_the_page_anew(
    fields: dict[str, Any], server: Platform, person: User
) -> None:
    session = await rows(lambda: session_of(person))
    page = await open_page(server, session)
    await rows(lambda: change_person(person, actor=OFFICE, **fields))
    await page.send('{"watch": ["tiles:all"]}')
    assert await close_code(page) == 4403
    await rows(lambda: deactivate(person, actor=OFFICE))
    assert await rows(lambda: Session.objects.filter(pk=session).count()) == 0
    again = await open_page(server, session)
    assert await close_code(again) == 4401
