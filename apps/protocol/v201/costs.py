"""The running cost as OCPP 2.0.1 tells it unasked (I02)."""

from collections.abc import Callable, Mapping
from typing import Any

from apps.domain.command import Command
from apps.domain.costs import TellRunningCost

Written = tuple[str, dict[str, Any]]


def _running_cost(command: TellRunningCost) -> Written:
    cost = {"totalCost": command.cost, "transactionId": command.transaction_id}
    return "CostUpdated", cost


WRITERS: Mapping[type[Command], Callable[[Any], Written]] = {TellRunningCost: _running_cost}
