"""``manage.py journal restore FILE…``: messages from files back into the journal, for a while."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.history.doers import command_line
from apps.journal.archive import Unusable
from apps.journal.restoring import check
from apps.retention.reading_back import read_back

MOST_DAYS = 36_500


class Command(BaseCommand):
    help = "Check files of messages, and read them back into the journal."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        for verb, about in (
            ("check", "Say what files hold, and whether they are whole."),
            ("restore", "Read messages back; they are forgotten again after some days."),
        ):
            one = verbs.add_parser(verb, help=about)
            one.add_argument("files", nargs="+", type=Path, metavar="FILE")
        one.add_argument("--days", type=int, default=30, help="how long they stay (30)")

    def handle(self, *_args: Any, **options: Any) -> None:
        verb = self._check if options["verb"] == "check" else self._restore
        for path in options["files"]:
            try:
                verb(path, options)
            except Unusable as error:
                raise CommandError(str(error)) from error

    def _check(self, path: Path, _options: dict[str, Any]) -> None:
        header = check(path)
        self.stdout.write(
            f"{path}: {header.rows} messages of organisation {header.organisation_id},"
            f" {header.first[0]:%Y-%m-%d %H:%M} to {header.last[0]:%Y-%m-%d %H:%M} UTC"
        )

    def _restore(self, path: Path, options: dict[str, Any]) -> None:
        if not 1 <= options["days"] <= MOST_DAYS:
            raise CommandError(f"--days must be from 1 to {MOST_DAYS}.")
        actor = command_line("manage.py journal")
        done = read_back(path, days=options["days"], actor=actor, now=timezone.now())
        self.stdout.write(
            f"{path}: {done.added} messages read back for {options['days']} days,"
            f" {done.there} were there"
        )
