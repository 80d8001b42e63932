"""Costs on displays of OCPP 1.6 stations: "OCPP & California Pricing Requirements".

SetUserPrice, RunningCost and FinalCost with the members that are surely known. Idle prices,
prices of a next period and triggers for meter values are left out: our tariffs know none.
"""

from functools import partial

from apps.domain.costs import TellFinalCost, TellRunningCost, TellUserPrice
from apps.domain.instants import in_utc
from apps.domain.vocabulary import Protocol
from apps.protocol.errors import CannotEncode
from apps.protocol.transfers.vendor import Payload, Vendor, transfer

VENDOR_ID = "org.openchargealliance.costmsg"

Written = tuple[str, Payload]

_transfer = partial(transfer, VENDOR_ID)


def _user_price(command: TellUserPrice) -> Written:
    return _transfer("SetUserPrice", {"idToken": command.token, "priceText": command.text})


def _running_cost(command: TellRunningCost) -> Written:
    """Always "Charging": our prices are the same while a car only stands there."""
    prices = {
        "kWhPrice": command.kwh_price,
        "hourPrice": command.hour_price,
        "flatFee": command.flat_fee,
    }
    data = {
        "transactionId": _number(command.transaction_id),
        "timestamp": in_utc(command.at),
        "meterValue": command.register_wh,
        "cost": command.cost,
        "state": "Charging",
        "chargingPrice": prices,
    }
    return _transfer("RunningCost", data)


def _final_cost(command: TellFinalCost) -> Written:
    number = _number(command.transaction_id)
    data = {"transactionId": number, "cost": command.cost, "priceText": command.text}
    return _transfer("FinalCost", data)


def _number(transaction_id: str) -> int:
    try:
        return int(transaction_id)
    except ValueError as problem:
        raise CannotEncode(f"{transaction_id!r} is no transaction id of OCPP 1.6") from problem


VENDOR = Vendor(
    vendor_id=VENDOR_ID,
    protocols=frozenset({Protocol.OCPP16}),
    messages={},  # it hears, and tells nothing
    writers={
        TellFinalCost: _final_cost,
        TellRunningCost: _running_cost,
        TellUserPrice: _user_price,
    },
    outcomes={},
)
