"""``python -m fleet [--minutes 10] [--chargers 300] [--seed N]``; not 0 if anything was wrong."""

import argparse
import asyncio
import itertools
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import django

from chaos.estate import QUICK, Estate, estate
from fleet import report
from fleet.chargers import SAMPLE_INTERVAL_S, Cards, Charger, built
from fleet.makers import MAKERS
from fleet.truths import truths
from fleet.verdict import Judged, judge

DRAIN_S = 60  # until all that waits at the chargers is told
SETTLE_S = 240  # until what fell silent is closed: see SETTINGS, and the beat of the watchdog
CARDS_A_MINUTE = 3  # that a charger can see at the most, and some
LEAST_SESSIONS = 1  # of each charger, or nothing has been tried
_THREADS = 32
SETTINGS = QUICK | {
    "OCPP_SAMPLE_INTERVAL_S": str(SAMPLE_INTERVAL_S),
    "OCPP_SESSION_SILENCE_FACTOR": "6",
    "OCPP_SESSION_GRACE_S": "20",
    "OCPP_WATCH_OFFLINE_END_S": "75",
    "OCPP_STRANGERS_PER_ADDRESS": "5000",
}


def main() -> int:
    given = _arguments()
    print(
        f"fleet: {given.minutes:g} minutes, {given.chargers} chargers of {len(MAKERS)} makers,"
        f" seed {given.seed}",
        flush=True,
    )
    with estate(SETTINGS) as built_estate:
        os.environ.update(built_estate.env, DJANGO_SETTINGS_MODULE="ocpp_platform.settings")
        django.setup()
        return asyncio.run(_play(built_estate, given))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m fleet")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--chargers", type=int, default=300)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    return parser.parse_args()


async def _play(of: Estate, given: argparse.Namespace) -> int:
    from fleet import records  # its models need what is set up above

    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS))
    dice, duration_s = random.Random(given.seed), given.minutes * 60
    chargers = built(of.urls, given.chargers, dice, duration_s)
    known = round(given.chargers * (given.minutes + 1) * CARDS_A_MINUTE)
    names = [charger.identity for charger in chargers]
    every = Cards(known)
    printed = [every.next(is_good=True) for _ in range(known)]
    await asyncio.to_thread(records.register, names, printed)
    cards = Cards(known)
    living = [c.live(cards, random.Random(dice.random()), duration_s) for c in chargers]
    await asyncio.gather(*living)
    await _drained(chargers)
    await asyncio.to_thread(_settled)
    told = await asyncio.to_thread(_report, chargers)
    await asyncio.gather(*(charger.station.close() for charger in chargers))
    return told


async def _drained(chargers: Sequence[Charger]) -> None:
    deadline = time.monotonic() + DRAIN_S
    while time.monotonic() < deadline:
        waiting = [c for c in chargers if c.station.is_online and len(c.station.outbox)]
        if not waiting:
            return
        await asyncio.sleep(0.5)


def _settled() -> None:
    """Until no session is open any more and all are judged, or for as long as that can need."""
    from fleet import records

    deadline = time.monotonic() + SETTLE_S
    while (records.count_open() or not records.is_judged()) and time.monotonic() < deadline:
        time.sleep(1)


def _report(chargers: Sequence[Charger]) -> int:
    from fleet import records

    makers = {charger.identity: charger.maker.name for charger in chargers}
    judged = judge(list(truths(chargers)), records.kept(), makers)
    refused = records.refused_cards()
    attempts = [
        (charger.maker.name, (charger.identity, card) in refused)
        for charger in chargers
        for card in charger.refused
    ]
    counts = Counter(charger.maker.name for charger in chargers)
    rows = report.rows(MAKERS, judged, attempts, counts)
    business, form = records.refusals()
    _print(rows, judged, business, form)
    has_played = len([one for one in judged if one.truth]) >= LEAST_SESSIONS * len(chargers)
    if not has_played:
        print("Too little happened to conclude anything.")
    return int(not has_played or rows[-1].wrong > 0 or business.total() > 0)


def _print(
    rows: Sequence[report.Row],
    judged: Sequence[Judged],
    business: Counter[str],
    form: Counter[str],
) -> None:
    for line in itertools.chain(report.lines(rows), report.discrepancies(judged)):
        print(line)
    for name, errors in (("for business reasons", business), ("over form", form)):
        print(f"CALLERRORs {name}: {errors.total()}")
        for kind, number in errors.most_common():
            print(f"{number:>4} {kind}")
    print(f"wrong: {rows[-1].wrong + business.total()}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
