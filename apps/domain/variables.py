"""Variables of the device model, 1.6's configuration keys among them: read and set."""

from dataclasses import dataclass
from typing import Annotated, Any

from apps.domain.command import Command, Declaration, WhilePending, always, check, list_problems
from apps.domain.confirmation import LASTING_S, NOT_LATE_S, ByReading, ByReport, Json, never
from apps.domain.parameters import Entries
from apps.domain.permissions import Permission

_NAMED = ("variable", "component")
NAMED_VARIABLES = Entries(required=("variable",), named=_NAMED)
NAMED_COMPONENTS = Entries(required=(), named=_NAMED)  # or with a variable, or for a key that alone
VALUES = Entries(required=("variable", "attributeValue"), named=_NAMED)


def _is_no_report(_given: Json, request: Json) -> bool:
    """Everything at once comes in a report of its own: then the answer is a promise."""
    return "requestId" not in request


@dataclass(frozen=True, slots=True)
class GetVariables(Command):
    """``variables`` as in OCPP 2.0.1 GetVariables; a bare key (1.6) is {"variable": {"name"}}.

    An empty tuple asks for everything (1.6 GetConfiguration, 2.0.1 a full base report).
    """

    declared = Declaration(
        name="get_variables", noun="Get variables", title=always("Get variables"),
        permission=Permission.HELP_DRIVER,
        confirmed_by=ByReport(
            awaits="the report", patience_s=600.0, late_s=NOT_LATE_S,
            is_answer_enough=_is_no_report,
        ),
        while_pending=WhilePending.SETS_UP, limited_as="GetVariables", is_stepwise=False,
        is_for_many=True,
    )  # fmt: skip

    variables: Annotated[tuple[dict[str, Any], ...], NAMED_VARIABLES] = ()


@dataclass(frozen=True, slots=True)
class SetVariables(Command):
    """``variables`` as in OCPP 2.0.1 SetVariables, each with its ``attributeValue``."""

    declared = Declaration(
        name="set_variables", noun="Set variables", title=always("Set variables"),
        permission=Permission.OPERATE,
        confirmed_by=ByReading(
            awaits="the value to be read back", patience_s=None, late_s=LASTING_S,
            is_answer_enough=never,
        ),
        while_pending=WhilePending.SETS_UP, limited_as="SetVariables", is_stepwise=False,
        is_for_many=True,
    )  # fmt: skip

    variables: Annotated[tuple[dict[str, Any], ...], VALUES]

    def __post_init__(self) -> None:
        check(list_problems(variables=self.variables))
