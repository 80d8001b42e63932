"""``manage.py person reset-factor NAME``: for an administrator who has lost phone and codes."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts import second_factor
from apps.accounts.models import User
from apps.history.doers import command_line


class Command(BaseCommand):
    help = "Reset somebody's second factor; the password is enough from then on."

    def add_arguments(self, parser: CommandParser) -> None:
        reset = parser.add_subparsers(dest="verb", required=True).add_parser("reset-factor")
        reset.add_argument("name", help="The name that is used to log in.")

    def handle(self, *_args: Any, **options: Any) -> None:
        person = User.objects.filter(username=options["name"]).first()
        if person is None:
            raise CommandError(f"There is nobody named {options['name']!r}.")
        if not second_factor.turn_off(person, actor=command_line("manage.py person")):
            raise CommandError(f"{person.username} has no second factor.")
        self.stdout.write(f"The second factor of {person.username} is reset.")
