"""``manage.py apikey create NAME``: make a bearer key and print it once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.accounts.keys import create_api_key
from apps.accounts.roles import Role
from apps.accounts.services import home_organisation
from apps.history.doers import command_line


class Command(BaseCommand):
    help = "Create an API key; it is printed once."

    def add_arguments(self, parser: CommandParser) -> None:
        create = parser.add_subparsers(dest="verb", required=True).add_parser("create")
        create.add_argument("name")
        create.add_argument("--role", choices=[r.value for r in Role], default=Role.ADMIN.value)

    def handle(self, *_args: Any, **options: Any) -> None:
        _, secret = create_api_key(
            organisation=home_organisation(),
            name=options["name"],
            role=Role(options["role"]),
            actor=command_line("manage.py apikey"),
        )
        self.stdout.write(secret)
