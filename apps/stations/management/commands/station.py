"""``manage.py station add IDENTITY``: register a station and print where it connects.

``manage.py station set IDENTITY``: change one that is registered.
"""

from argparse import ArgumentParser
from typing import Any
from urllib.parse import quote

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from apps.accounts.services import home_organisation
from apps.domain.vocabulary import Strictness
from apps.history.doers import command_line
from apps.stations import passwords
from apps.stations.models import Station
from apps.stations.naming import set_aliases
from apps.stations.services import add_station, change_station
from apps.stations.sites import find_or_add_location
from ocpp_platform import whereabouts

_TYPED = command_line("manage.py station")


class Command(BaseCommand):
    help = "Register a station, or change one."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        add = verbs.add_parser("add")
        add.add_argument("identity")
        add.add_argument("--location", help="its location, made if it does not exist")
        add.add_argument(
            "--alias", action="append", default=[], help="another identity that it comes under"
        )
        secret = add.add_mutually_exclusive_group()
        secret.add_argument("--password", help="default: one is made and printed")
        secret.add_argument("--no-password", action="store_true", help="security profile 0")
        add.add_argument("--security-profile", type=int, choices=range(4))
        _ask_reading(add, default=Strictness.TOLERANT.value)
        change = verbs.add_parser("set")
        change.add_argument("identity")
        _ask_reading(change, required=True)

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            (self._add if options["verb"] == "add" else self._set)(options)
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error

    def _add(self, options: dict[str, Any]) -> None:
        identity, organisation = options["identity"], home_organisation()
        password = None if options["no_password"] else options["password"] or passwords.make()
        profile = options["security_profile"]
        location = None
        if options["location"]:
            location = find_or_add_location(organisation, options["location"], actor=_TYPED)
        with transaction.atomic():
            station = add_station(
                organisation=organisation,
                identity=identity,
                location=location,
                password=password,
                security_profile=(1 if password else 0) if profile is None else profile,
                reading=options["reading"],
                now=timezone.now(),
                actor=_TYPED,
            )
            set_aliases(station, options["alias"], actor=_TYPED)
        self.stdout.write(f"{whereabouts.socket_url()}/ocpp/{quote(identity, safe='')}")
        if password and not options["password"]:
            self.stdout.write(f"password: {password}")

    def _set(self, options: dict[str, Any]) -> None:
        identity, reading = options["identity"], options["reading"]
        station = Station.objects.filter(identity=identity).first()
        if station is None:
            raise CommandError(f"There is no station {identity!r}.")
        change_station(station, actor=_TYPED, reading=reading)
        self.stdout.write(f"{identity}: reading {reading}")


def _ask_reading(parser: ArgumentParser, **how: Any) -> None:
    words = "how the form of its messages is judged; strict is for laboratories"
    parser.add_argument("--reading", choices=[r.value for r in Strictness], help=words, **how)
