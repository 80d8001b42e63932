"""What is done to people and keys, and what it leaves."""

from collections.abc import Callable
from typing import Any

from apps.accounts import invitations, keys, log_ins, people, second_factor
from tests.factories import OFFICE
from tests.history.scene import Scene

OF_PEOPLE: dict[str, tuple[str, Callable[[Scene], Any]]] = {
    "accounts.keys.create_api_key": (
        "key created",
        lambda s: keys.create_api_key(organisation=s.network, name="k", actor=s.by),
    ),
    "accounts.invitations.invite": (
        "person invited",
        lambda s: invitations.invite(**s.whose, role="viewer", actor=s.by, now=s.now),
    ),
    "accounts.invitations.call_off": (
        "invitation called off",
        lambda s: invitations.call_off(s.invitation()[0], actor=s.by, now=s.now),
    ),
    "accounts.keys.change_key": (
        "key changed",
        lambda s: keys.change_key(s.key(), name="Other", actor=s.by),
    ),
    "accounts.keys.rotate": (
        "key rotated",
        lambda s: keys.rotate(s.key(), actor=s.by, now=s.now),
    ),
    "accounts.keys.revoke": (
        "key revoked",
        lambda s: keys.revoke(s.key(), actor=s.by, now=s.now),
    ),
    "accounts.people.change_person": (
        "person changed",
        lambda s: people.change_person(s.people.support, role="viewer", actor=s.by),
    ),
    "accounts.people.deactivate": (
        "person deactivated",
        lambda s: people.deactivate(s.people.support, actor=s.by),
    ),
    "accounts.people.reactivate": ("person reactivated", lambda s: s.brings_back()),
    "accounts.people.make_password_link": (
        "password link made",
        lambda s: people.make_password_link(s.people.support, actor=s.by),
    ),
    "accounts.people.set_password": (
        "password changed",
        lambda s: people.set_password(s.people.support, "correct battery", actor=s.by),
    ),
    "accounts.log_ins.end_log_in": (
        "log-ins ended",
        lambda s: log_ins.end_log_in(s.log_in(), actor=s.by),
    ),
    "accounts.log_ins.end_log_ins": (
        "log-ins ended",
        lambda s: log_ins.end_log_ins(s.log_in().user, actor=s.by),
    ),
    "accounts.second_factor.turn_on": ("second factor turned on", lambda s: s.turns_on(s.by)),
    "accounts.second_factor.turn_off": (
        "second factor turned off",
        lambda s: second_factor.turn_off(s.turns_on(OFFICE), actor=s.by),
    ),
    "accounts.second_factor.renew_codes": (
        "recovery codes made",
        lambda s: second_factor.renew_codes(s.turns_on(OFFICE), actor=s.by),
    ),
}
