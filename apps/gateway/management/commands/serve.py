"""Serve stations, people and programs from one process."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = "Serve OCPP, the dashboard and the API over Daphne."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *_args: Any, **options: Any) -> None:
        from apps.gateway.server import serve
        from ocpp_platform.asgi import application

        serve(application, options["host"], options["port"])
