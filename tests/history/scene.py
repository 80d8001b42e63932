"""Something to act on, for those who ask what each deed leaves."""

from typing import Any

import pyotp
from django.test import Client

from apps.accounts import invitations, keys, people, second_factor
from apps.accounts.models import LogIn
from apps.campaigns.audience import Audience
from apps.campaigns.services import Time
from apps.certificates import roots
from apps.habits import services as habits
from apps.habits.models import Habit
from apps.incidents import maintenance, rules
from apps.incidents import services as incidents
from apps.incidents.models import Incident
from apps.jobs import services as jobs
from apps.journal.models import Block
from apps.onboarding import recipe
from apps.power import planned
from apps.sessions import amending
from apps.sessions.amending import Change, Point, What
from apps.sessions.models import Sample
from apps.stations.models import Location
from apps.stations.selectors import list_stations
from apps.tariffs import services as tariffs
from apps.tokens import services as tokens
from tests import factories
from tests.certificates import maker
from tests.factories import OFFICE, Cast
from tests.onboarding.scene import READ
from tests.power.test_planned import EVENING


class Scene:
    """Something to act on, made by the office, and who acts."""

    def __init__(self, people: Cast) -> None:
        self.people, self.by, self.now = people, people.admin, people.now
        self.network = people.organisation
        self.whose = {"organisation_id": self.network.pk}

    def invitation(self) -> Any:
        return invitations.invite(**self.whose, role="viewer", actor=OFFICE, now=self.now)

    def key(self) -> Any:
        return keys.create_api_key(organisation=self.network, name="K", actor=OFFICE)[0]

    def turns_on(self, by: Any) -> Any:
        secret = second_factor.new_secret()
        code = pyotp.TOTP(secret).at(self.now)
        second_factor.turn_on(self.people.support, secret, code, actor=by, now=self.now)
        return self.people.support

    def brings_back(self) -> None:
        people.deactivate(self.people.support, actor=OFFICE)
        people.reactivate(self.people.support, actor=self.by)

    def log_in(self) -> Any:
        (client := Client()).force_login(who := self.people.support)
        key, seen = str(client.session.session_key), {"began_at": self.now, "seen_at": self.now}
        return LogIn.objects.create(user=who, session_key=key, ip="::1", **seen)

    def tariff(self) -> Any:
        return tariffs.add_tariff(**self.whose, name="T", currency="EUR", actor=OFFICE)

    def token(self) -> Any:
        return tokens.add_token(**self.whose, uid="AB12", actor=OFFICE)

    def station(self) -> Any:
        return factories.station(self.people.location, "CP1", now=self.now)

    def blocked(self) -> Any:
        return Block.objects.create(organisation_id=self.network.pk, identity="X", at=self.now)

    def forget(self) -> None:
        habit = Habit.objects.create(organisation=self.network, way="unit:A", last_at=self.now)
        habits.forget(habit, self.station(), actor=self.by)

    def session(self) -> Any:
        return factories.session(self.station(), started_at=self.now)

    def sets_aside(self) -> None:
        factories.samples(session := self.session())
        of = Sample.objects.filter(session_id=session.pk)[0]
        change = Change(What.SET_ASIDE, Point(of.at, of.context))
        amending.amend(session, change, reason="so", actor=self.by, now=self.now)

    def root(self) -> Any:
        return roots.trust(self.network.pk, self.text(), actor=OFFICE, now=self.now)

    @staticmethod
    def text() -> str:
        return maker.pem(maker.root("Mobility").certificate)

    def case(self) -> Any:
        return factories.case(self.station(), "offline", at=self.now)

    def incident(self) -> Any:
        self.case()
        incidents.keep_incidents(now=self.now)
        return Incident.objects.get()

    def work(self, by: Any) -> Any:
        return maintenance.plan_maintenance(
            location=self.people.location, station=None, begins_at=self.now,
            ends_at=self.now, reason="so", actor=by,
        )  # fmt: skip

    def rule(self, by: Any) -> Any:
        return rules.add_rule(
            actor=by, now=self.now, name="R", channel="email", to="a@example.com", least="minor",
            location=None, tells_end=True, organisation_id=self.network.pk,
        )  # fmt: skip

    def push(self, by: Any) -> Any:
        limit = planned.Limit(0, EVENING, Time(self.now, "daily", expires_s=60))
        return planned.plan_limit(
            **self.whose, name="Evening", limit=limit, audience=Audience(), actor=by, now=self.now
        )

    def job(self, *, is_started: bool = False, is_stopped: bool = False) -> Any:
        """Reviewed by an operator, and as much further."""
        by = {"actor": self.people.operator, "now": self.now}
        self.station()
        job = jobs.freeze(self.people.operator, list_stations(self.by), "reset", now=self.now)
        jobs.prepare(job, jobs.Plan({}), **by)
        if is_started or is_stopped:
            jobs.start(job, **by)
        if is_stopped:
            jobs.stop(job, **by)
        return job

    def step(self) -> Any:
        for _ in range(2):
            made = recipe.add_step(self.network_admin, name=READ[0], parameters=READ[1])
        return made

    @property
    def network_admin(self) -> Any:
        """Another person than who acts."""
        return self.people.operator

    def refusal(self) -> Any:
        return factories.refusal("NOBODY", at=self.now)

    def place(self) -> Any:
        return Location.objects.create(organisation=self.network, name="Empty")
