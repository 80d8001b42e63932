"""Log lines without secrets; as JSON, one object a line, for machines that collect them."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from apps.journal.secrecy import hidden_in


def configuration(form: str, level: str) -> dict[str, Any]:
    """What ``logging.config`` takes. ``form``: text or json."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "text": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
            "json": {"()": JsonFormatter},
        },
        "filters": {"discretion": {"()": Discretion}, "brevity": {"()": Brevity}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": form,
                "filters": ["discretion", "brevity"],
            }
        },
        "root": {"handlers": ["stderr"], "level": level},
    }


class Discretion(logging.Filter):
    """Takes passwords and signatures out of what is logged, addresses above all."""

    def filter(self, record: logging.LogRecord) -> bool:
        told = record.getMessage()
        shown = hidden_in(told)
        if shown != told:
            record.msg, record.args = shown, ()
        return True


class Brevity(logging.Filter):
    """A request that was refused is a line: its traceback says nothing of us."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", 500) < 500:
            record.exc_info = None
        return True


class JsonFormatter(logging.Formatter):
    """``at``, ``level``, ``logger``, ``message`` and, where there is one, ``exception``."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
