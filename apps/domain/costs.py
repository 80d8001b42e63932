"""What a session costs, told to its station. Amounts include VAT, in the tariff's currency."""

from collections.abc import Mapping
from dataclasses import dataclass

from apps.domain.authorization import token_problems
from apps.domain.command import Command, Declaration, WhilePending, always, check
from apps.domain.confirmation import ByAnswer
from apps.domain.instants import instant_problems
from apps.domain.permissions import Permission

MAX_TEXT = 512


@dataclass(frozen=True, slots=True)
class TellUserPrice(Command):
    """The price for who holds ``token``, in words to be shown."""

    declared = Declaration(
        name="tell_user_price", noun="Tell user price", title=always("Tell user price"),
        permission=Permission.OPERATE, confirmed_by=ByAnswer(),
        while_pending=WhilePending.SERVES, limited_as="", is_stepwise=False, is_for_many=False,
    )  # fmt: skip

    token: str
    text: str

    def __post_init__(self) -> None:
        check(token_problems(self.token) + _text_problems(self.text))


@dataclass(frozen=True, slots=True)
class TellRunningCost(Command):
    """``cost`` so far, when the register of the meter stood at ``register_wh``.

    The prices let the station go on counting until it is told again.
    """

    declared = Declaration(
        name="tell_running_cost", noun="Tell running cost", title=always("Tell running cost"),
        permission=Permission.OPERATE, confirmed_by=ByAnswer(),
        while_pending=WhilePending.SERVES, limited_as="", is_stepwise=False, is_for_many=False,
    )  # fmt: skip

    transaction_id: str
    cost: float
    at: str
    register_wh: int = 0
    kwh_price: float = 0.0
    hour_price: float = 0.0
    flat_fee: float = 0.0

    def __post_init__(self) -> None:
        amounts = {name: getattr(self, name) for name in _AMOUNTS}
        problems = instant_problems(at=self.at) + _amount_problems(amounts)
        check(problems if self.at else [*problems, "'at' is required: when it cost so much"])


@dataclass(frozen=True, slots=True)
class TellFinalCost(Command):
    """What it cost in the end; ``text`` is shown beside it."""

    declared = Declaration(
        name="tell_final_cost", noun="Tell final cost", title=always("Tell final cost"),
        permission=Permission.OPERATE, confirmed_by=ByAnswer(),
        while_pending=WhilePending.SERVES, limited_as="", is_stepwise=False, is_for_many=False,
    )  # fmt: skip

    transaction_id: str
    cost: float
    text: str

    def __post_init__(self) -> None:
        check(_amount_problems({"cost": self.cost}) + _text_problems(self.text))


_AMOUNTS = ("cost", "kwh_price", "hour_price", "flat_fee")


def _amount_problems(amounts: Mapping[str, object]) -> list[str]:
    return [
        f"{name!r} must be a number, 0 or more"
        for name, amount in amounts.items()
        if isinstance(amount, bool) or not isinstance(amount, int | float) or not 0 <= amount < 1e9
    ]


def _text_problems(text: str) -> list[str]:
    if 0 < len(text) <= MAX_TEXT:
        return []
    return [f"'text' must have 1 to {MAX_TEXT} characters"]
