"""Who stands outside: blocked, unblocked, adopted; and what of it is kept at all."""

from datetime import timedelta

import pytest
from django.conf import settings

from apps.gateway import strangers
from apps.journal.models import Block, Refusal
from apps.journal.refusals import UNKNOWN, TurnedAway
from apps.live import announce
from apps.onboarding.models import Policy
from apps.onboarding.services import hold
from apps.retention.services import prune_all
from apps.stations.models import Station
from apps.stations.turned_away import block, is_blocked, unblock, worth_keeping
from tests import factories as make
from tests.factories import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make.cast()


def knock(cast: Cast, identity: str = "PEST", **fields: object) -> TurnedAway:
    return TurnedAway(identity, UNKNOWN, 404, cast.now, **{"ip": "192.0.2.9"} | fields)  # type: ignore[arg-type]


def test_whom_all_have_blocked_is_not_even_counted(cast: Cast) -> None:
    refusal = make.refusal("PEST", at=cast.now)
    block(refusal, actor=cast.admin, now=cast.now)
    assert worth_keeping([knock(cast)]) == [knock(cast)], "the other organisation may await it"
    block(refusal, actor=cast.stranger, now=cast.now)
    assert worth_keeping([knock(cast), knock(cast, "OTHER")]) == [knock(cast, "OTHER")]
    strangers._record([knock(cast)] * 5, 10)
    assert list(Refusal.objects.values_list("ip", "count")) == [(refusal.ip, refusal.count)]
    unblock(Block.objects.get(organisation_id=cast.organisation.pk), actor=cast.admin)
    assert worth_keeping([knock(cast)]) == [knock(cast)]


def test_a_refusal_of_a_station_that_is_registered_is_always_kept(cast: Cast) -> None:
    refusal = make.refusal("PEST", at=cast.now)
    for actor in (cast.admin, cast.stranger):
        block(refusal, actor=actor, now=cast.now)
    known = knock(cast, organisation_id=cast.organisation.pk)
    assert worth_keeping([known]) == [known]


def test_what_no_database_looks_for_is_kept_all_the_same(cast: Cast) -> None:
    strangers._record([knock(cast, "x\x00y", ip="a\x00", user_agent="\x00")], 10)
    assert list(Refusal.objects.values_list("identity", "ip")) == [("x\ufffdy", "a\ufffd")]


def test_what_is_blocked_does_not_wait_to_be_accepted(cast: Cast) -> None:
    Policy.objects.create(organisation=cast.organisation, unknown="hold")
    block(make.refusal("PEST", at=cast.now), actor=cast.admin, now=cast.now)
    assert hold("PEST", None, cast.now) is None
    assert hold("OTHER", None, cast.now) is not None
    assert not Station.objects.filter(identity="PEST").exists()


def test_a_block_outlives_what_is_forgotten(cast: Cast) -> None:
    refusal = make.refusal("PEST", at=cast.now)
    block(refusal, actor=cast.admin, now=cast.now)
    prune_all(now=cast.now + timedelta(days=2 * settings.OCPP_EVENTS_RETENTION_D))
    assert not Refusal.objects.exists()
    assert is_blocked(cast.organisation.pk, "PEST")


def test_every_organisation_hears_of_a_stranger_and_only_its_own_of_a_station(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: object
) -> None:
    heard: list[tuple[int, tuple[str, ...]]] = []
    monkeypatch.setattr(announce.board, "add", lambda whose, topics: heard.append((whose, topics)))
    ours, theirs = cast.organisation.pk, cast.stranger.organisation_id
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        strangers._record([knock(cast)], 10)
    assert {whose for whose, _ in heard} == {ours, theirs}
    heard.clear()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        strangers._record([knock(cast, organisation_id=ours)], 10)
    assert {whose for whose, _ in heard} == {ours}
