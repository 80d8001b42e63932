"""Whatever a person can make happen leaves a fact with that person as its doer."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from apps.audit import export as audit_file
from apps.audit.selectors import AuditFilter
from apps.certificates import roots
from apps.certificates import services as certificates
from apps.control.services import give
from apps.domain.cells import Form
from apps.domain.commands import ResetStation
from apps.history.models import Fact
from apps.incidents import maintenance, rules
from apps.incidents import services as incidents
from apps.jobs import services as jobs
from apps.lists import policy as list_policy
from apps.onboarding import recipe
from apps.onboarding import services as onboarding
from apps.power import planned
from apps.reconciliation import resolving
from apps.reconciliation.kind import Resolution
from apps.reconciliation.resolving import Wish
from apps.sessions import deciding, export
from apps.sessions.selectors import SessionFilter
from apps.stations import groups, naming, sites, tags, turned_away
from apps.stations import services as stations
from apps.tariffs import services as tariffs
from apps.tokens import services as tokens
from tests import factories
from tests.certificates import records
from tests.factories import OFFICE
from tests.history.deeds_of_people import OF_PEOPLE
from tests.history.scene import Scene
from tests.onboarding.records import on_the_way
from tests.onboarding.scene import READ

ROOT = Path(__file__).resolve().parents[2]
FACES = ("apps/dashboard", "apps/api")
# What faces call in writing modules, and what leaves no fact.
READS = {
    "jobs.services.freeze": "a draft: nothing happens until it is started",
    "jobs.services.prepare": "a draft: nothing happens until it is started",
    "stations.tags.list_tags": "reads",
    "stations.groups.list_groups": "reads",
    "incidents.notices.send_test": "changes nothing here",
    "reconciliation.resolving.may_resolve": "reads",
    "reconciliation.resolving.ways": "reads",
    "reconciliation.resolving.ways_of": "reads",
    "accounts.keys.find_api_key": "notes that a key was used, which is no deed",
    "accounts.invitations.accept": "nobody is known: the fact has who came by it as its doer",
    "accounts.invitations.find_invitation": "reads",
    "accounts.invitations.mail": "sends what was told already",
    "accounts.log_ins.follow": "a log-in goes on under another key",
    "accounts.log_ins.forget": "somebody logs out",
    "accounts.log_ins.list_attacked": "reads",
    "accounts.log_ins.note_seen": "notes that a log-in was used, which is no deed",
    "accounts.keys.check_end": "reads",
    "accounts.people.find_by_password_link": "reads",
    "accounts.log_ins.note_failure": "nobody is known: told of the account, by its address",
    "accounts.log_ins.note_success": "lets go of what was counted",
    "accounts.second_factor.address_of": "reads",
    "accounts.second_factor.new_secret": "nothing is kept of it yet",
    "accounts.second_factor.prove": "a log-in; a recovery code that is used is told, of whom it is",
    "certificates.roots.list_roots": "reads",
    "power.services.check": "reads",
    "stations.turned_away.count_dismissed": "reads",
    "stations.turned_away.get_turned_away": "reads",
    "stations.turned_away.list_blocked": "reads",
    "stations.turned_away.list_likely": "reads",
    "stations.turned_away.list_turned_away": "reads",
    "uploads.services.file_of": "reads",
}


Deed = Callable[[Scene], Any]
DEEDS: dict[str, tuple[str, Deed]] = {
    **OF_PEOPLE,
    "certificates.roots.forget": ("root forgotten", lambda s: roots.forget(s.root(), actor=s.by)),
    "certificates.roots.trust": (
        "root trusted",
        lambda s: roots.trust(s.network.pk, s.text(), actor=s.by, now=s.now),
    ),
    "certificates.services.revoke": (
        "certificate revoked",
        lambda s: certificates.revoke(
            records.issue(s.station()), because="lost", actor=s.by, now=s.now
        ),
    ),
    "control.services.give": ("command given", lambda s: give(s.by, s.station(), ResetStation())),
    "habits.services.forget": ("habit of its make forgotten", lambda s: s.forget()),
    "jobs.services.start": (
        "job started",
        lambda s: jobs.start(s.job(), actor=s.by, now=s.now),
    ),
    "jobs.services.stop": (
        "job stopped",
        lambda s: jobs.stop(s.job(is_started=True), actor=s.by, now=s.now),
    ),
    "jobs.services.retry": (
        "job tried again",
        lambda s: jobs.retry(s.job(is_stopped=True), actor=s.by, now=s.now),
    ),
    "lists.policy.set_policy": (
        "list policy changed",
        lambda s: list_policy.set_policy(s.network, actor=s.by, scope="chosen"),
    ),
    "onboarding.recipe.add_step": (
        "set-up step added",
        lambda s: recipe.add_step(s.by, name=READ[0], parameters=READ[1]),
    ),
    "onboarding.recipe.change_step": (
        "set-up step changed",
        lambda s: recipe.change_step(s.step(), actor=s.by, parameters=READ[1], must_succeed=False),
    ),
    "onboarding.recipe.move_step": (
        "set-up step moved",
        lambda s: recipe.move_step(s.step(), actor=s.by, is_up=True),
    ),
    "onboarding.recipe.remove_step": (
        "set-up step removed",
        lambda s: recipe.remove_step(s.step(), actor=s.by),
    ),
    "onboarding.recipe.replace_steps": (
        "onboarding policy changed",
        lambda s: recipe.replace_steps(s.by, [{"name": READ[0], "parameters": READ[1]}]),
    ),
    "onboarding.services.accept": (
        "station accepted",
        lambda s: onboarding.accept(on_the_way(s.people)[1], actor=s.by, now=s.now),
    ),
    "onboarding.services.begin": (
        "set-up begun",
        lambda s: onboarding.begin(s.station().pk, actor=s.by, now=s.now),
    ),
    "onboarding.services.reject": (
        "station rejected",
        lambda s: onboarding.reject(s.station(), actor=s.by, now=s.now),
    ),
    "onboarding.services.set_policy": (
        "onboarding policy changed",
        lambda s: onboarding.set_policy(s.by, heartbeat_interval_s=60),
    ),
    "onboarding.services.try_again": (
        "set-up tried again",
        lambda s: onboarding.try_again(on_the_way(s.people)[0], actor=s.by, now=s.now),
    ),
    "power.planned.call_off_limit": (
        "push called off",
        lambda s: planned.call_off_limit(s.push(OFFICE), actor=s.by),
    ),
    "incidents.services.acknowledge": (
        "incident acknowledged",
        lambda s: incidents.acknowledge(s.incident(), actor=s.by, now=s.now),
    ),
    "incidents.services.assign": (
        "incident assigned",
        lambda s: incidents.assign(s.incident(), s.by, actor=s.by),
    ),
    "incidents.services.snooze": (
        "incident snoozed",
        lambda s: incidents.snooze(s.incident(), s.now, actor=s.by),
    ),
    "incidents.services.note": (
        "incident noted",
        lambda s: incidents.note(s.incident(), "so", actor=s.by),
    ),
    "incidents.services.close": (
        "incident closed",
        lambda s: incidents.close(s.incident(), reason="so", actor=s.by, now=s.now),
    ),
    "incidents.maintenance.plan_maintenance": (
        "maintenance planned",
        lambda s: s.work(s.by),
    ),
    "incidents.maintenance.call_off_maintenance": (
        "maintenance called off",
        lambda s: maintenance.call_off_maintenance(s.work(OFFICE), actor=s.by, now=s.now),
    ),
    "incidents.rules.add_rule": ("rule added", lambda s: s.rule(s.by)),
    "incidents.rules.remove_rule": (
        "rule removed",
        lambda s: rules.remove_rule(s.rule(OFFICE), actor=s.by),
    ),
    "reconciliation.resolving.resolve": (
        "case decided",
        lambda s: resolving.resolve(
            s.case(), Wish(Resolution.DISMISS, "so"), actor=s.by, now=s.now
        ),
    ),
    "power.planned.plan_limit": ("push planned", lambda s: s.push(s.by)),
    "sessions.amending.amend": ("reading set aside", lambda s: s.sets_aside()),
    "sessions.deciding.decide_energy": (
        "energy decided",
        lambda s: deciding.decide_energy(s.session(), 1.0, reason="so", actor=s.by, now=s.now),
    ),
    "audit.export.export": (
        "audit log exported",
        lambda s: audit_file.export(
            s.by, AuditFilter(), query="", zone=ZoneInfo("UTC"), now=s.now, form=Form()
        ),
    ),
    "sessions.export.export": (
        "sessions exported",
        lambda s: export.export(s.by, SessionFilter(), query="", now=s.now),
    ),
    "stations.naming.set_aliases": (
        "station changed",
        lambda s: naming.set_aliases(s.station(), ["Other"], actor=s.by),
    ),
    "stations.sites.add_location": (
        "location added",
        lambda s: sites.add_location(organisation=s.network, name="Far", actor=s.by),
    ),
    "stations.services.add_station": (
        "station added",
        lambda s: stations.add_station(
            organisation=s.network, identity="NEW", now=s.now, actor=s.by
        ),
    ),
    "stations.sites.change_location": (
        "location changed",
        lambda s: sites.change_location(s.place(), city="Delft", actor=s.by),
    ),
    "stations.services.change_station": (
        "station changed",
        lambda s: stations.change_station(s.station(), security_profile=1, actor=s.by),
    ),
    "stations.services.declare_topology": (
        "topology declared",
        lambda s: stations.declare_topology(s.station(), [{"evse_id": 1}], actor=s.by),
    ),
    "stations.sites.find_or_add_location": (
        "location added",
        lambda s: sites.find_or_add_location(s.network, "Far", actor=s.by),
    ),
    "stations.sites.remove_location": (
        "location removed",
        lambda s: sites.remove_location(s.place(), actor=s.by),
    ),
    "stations.services.remove_station": (
        "station removed",
        lambda s: stations.remove_station(s.station(), actor=s.by),
    ),
    "stations.groups.add_group": (
        "group of stations added",
        lambda s: groups.add_group(s.by, "Fast", query="q=CP"),
    ),
    "stations.groups.remove_group": (
        "group of stations removed",
        lambda s: groups.remove_group(
            s.by, groups.add_group(s.people.operator, "Fast", query="q=CP").pk
        ),
    ),
    "stations.tags.set_tags": (
        "tags of a station changed",
        lambda s: tags.set_tags(s.station(), ["Depot"], actor=s.by),
    ),
    "stations.turned_away.bring_back": (
        "refused charger brought back",
        lambda s: turned_away.bring_back(s.refusal(), actor=s.by),
    ),
    "stations.turned_away.adopt": (
        "station added",
        lambda s: turned_away.adopt(s.refusal(), s.people.location, actor=s.by, now=s.now),
    ),
    "stations.turned_away.block": (
        "refused charger blocked",
        lambda s: turned_away.block(s.refusal(), actor=s.by, now=s.now),
    ),
    "stations.turned_away.unblock": (
        "refused charger unblocked",
        lambda s: turned_away.unblock(s.blocked(), actor=s.by),
    ),
    "stations.turned_away.dismiss": (
        "refused charger dismissed",
        lambda s: turned_away.dismiss(s.refusal(), actor=s.by, now=s.now),
    ),
    "stations.turned_away.take_for": (
        "station changed",
        lambda s: turned_away.take_for(s.refusal(), s.station(), actor=s.by),
    ),
    "tariffs.services.add_tariff": (
        "tariff added",
        lambda s: tariffs.add_tariff(**s.whose, name="T", currency="EUR", actor=s.by),
    ),
    "tariffs.services.add_version": (
        "tariff version added",
        lambda s: tariffs.add_version(s.tariff(), valid_from=s.now, actor=s.by),
    ),
    "tariffs.services.change_tariff": (
        "tariff changed",
        lambda s: tariffs.change_tariff(s.tariff(), name="U", actor=s.by),
    ),
    "tariffs.services.remove_tariff": (
        "tariff removed",
        lambda s: tariffs.remove_tariff(s.tariff(), actor=s.by),
    ),
    "tokens.services.add_token": (
        "token added",
        lambda s: tokens.add_token(**s.whose, uid="CD34", actor=s.by),
    ),
    "tokens.services.change_token": (
        "token changed",
        lambda s: tokens.change_token(s.token(), status="blocked", actor=s.by),
    ),
    "tokens.services.remove_token": (
        "token removed",
        lambda s: tokens.remove_token(s.token(), actor=s.by),
    ),
    "tokens.services.set_policy": (
        "token policy changed",
        lambda s: tokens.set_policy(s.network.pk, max_sessions=1, actor=s.by),
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("deed", DEEDS)
def test_a_deed_leaves_one_fact_with_its_doer(deed: str) -> None:
    scene = Scene(factories.cast())
    kind, do = DEEDS[deed]
    do(scene)
    fact = Fact.objects.get(actor_kind="person", actor_id=scene.by.pk, kind=kind)
    assert fact.organisation_id == scene.network.pk
    assert fact.actor_label == scene.by.label
    assert fact.subject_label


def test_every_service_that_faces_call_is_among_them() -> None:
    called = set(calls())
    missing = called - DEEDS.keys() - READS.keys()
    assert not missing, "DEEDS has what each does, READS why one leaves no fact"
    assert {name for name in DEEDS if not name.startswith("accounts.")} <= called
    assert READS.keys() <= called


def calls() -> Iterator[str]:
    """``app.module.function`` of every call of a face to a module that writes."""
    for face in FACES:
        for path in (ROOT / face).rglob("*.py"):
            yield from _calls(ast.parse(path.read_text()))


def _calls(tree: ast.Module) -> Iterator[str]:
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("apps."):
            names |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        first, _, rest = ast.unparse(node.func).partition(".")
        module, _, function = (names.get(first, "") + (f".{rest}" if rest else "")).rpartition(".")
        if _writes(module) and function[:1].islower():
            yield f"{module}.{function}".removeprefix("apps.")


def _writes(module: str) -> bool:
    """Its facts itself, or through the services of its app."""
    path = ROOT / (module.replace(".", "/") + ".py")
    if not path.is_file() or module.split(".")[1] in ("dashboard", "api", "history"):
        return False
    told, through = path.read_text(), f"from {module.rpartition('.')[0]} import services"
    return path.name == "services.py" or "apps.history.services" in told or through in told


def test_each_kind_is_written_somewhere() -> None:
    """A kind that nothing writes is a promise that nobody keeps."""
    sources = "\n".join(path.read_text() for path in (ROOT / "apps").rglob("*.py"))
    declared = re.findall(
        r"^([A-Z_]+) = _kind\(", (ROOT / "apps/history/kinds.py").read_text(), re.MULTILINE
    )
    assert [name for name in declared if len(re.findall(rf"\b{name}\b", sources)) < 2] == []
