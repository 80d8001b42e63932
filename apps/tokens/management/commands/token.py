"""``manage.py token add UID``: register an id token."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.services import home_organisation
from apps.history.doers import command_line
from apps.tokens.models import KINDS
from apps.tokens.services import add_token


class Command(BaseCommand):
    help = "Register an id token."

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_subparsers(dest="verb", required=True).add_parser("add")
        add.add_argument("uid")
        add.add_argument("--type", choices=KINDS, default="ISO14443")
        add.add_argument(
            "--status", choices=["accepted", "blocked", "expired", "invalid"], default="accepted"
        )
        add.add_argument("--group", default="")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            token = add_token(
                organisation_id=home_organisation().pk,
                uid=options["uid"],
                type=options["type"],
                status=options["status"],
                group=options["group"],
                actor=command_line("manage.py token"),
            )
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        self.stdout.write(f"{token.uid} ({token.type}): {token.status}")
