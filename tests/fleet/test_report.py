"""The printed table: a row for each maker and one for all, and what is to be looked into."""

from collections import Counter
from dataclasses import replace

from fleet.makers import MAKERS
from fleet.report import discrepancies, lines, rows
from fleet.verdict import Judged, Outcome
from tests.fleet.test_verdict import TRUTH, kept

ONE, OTHER = MAKERS[:2]
JUDGED = [
    *[Judged(ONE.name, Outcome.RIGHT, "", TRUTH, kept())] * 1_200,
    Judged(ONE.name, Outcome.MARKED, "begin", TRUTH, kept()),
    *[Judged(OTHER.name, Outcome.UNEXPLAINED, "energy less", TRUTH, kept(energy_wh=5.0))] * 2,
    Judged(OTHER.name, Outcome.PHANTOM, "a phantom", None, kept()),
]
ATTEMPTS = [(ONE.name, True), (ONE.name, False)]


def test_a_row_for_each_maker_and_one_for_all() -> None:
    made = rows(MAKERS, JUDGED, ATTEMPTS, Counter({ONE.name: 2, OTHER.name: 1}))
    assert [row.maker for row in made] == [*(maker.name for maker in MAKERS), "all"]
    first, second, *_, total = made
    assert (first.sessions, first.wrong, first.attempts) == (1_201, 1, 2), "an attempt is lost"
    assert (second.sessions, second.wrong) == (2, 3), "a phantom is none that truly was"
    assert (total.chargers, total.sessions, total.wrong) == (3, 1_203, 4)
    head, one, *_, last = lines(made)
    assert head.split()[:4] == ["maker", "chargers", "sessions", "right"]
    assert one.split()[-1] == "1/2"
    assert "1,203" in last
    assert len({len(line) for line in (head, one, last)}) == 1


def test_what_is_alike_is_told_once_with_an_example() -> None:
    told = "\n".join(discrepancies(JUDGED))
    assert "   2 unexplained, energy less: sent_twice" in told
    assert "F1/1 CA4D01 08:00:00 120 s 300 Wh; kept 1:" in told
    assert "no mark" in told
    assert "marked" not in told


def test_many_kinds_are_cut() -> None:
    many = [
        Judged(ONE.name, Outcome.UNEXPLAINED, str(n), replace(TRUTH, card=str(n)), kept())
        for n in range(99)
    ]
    assert list(discrepancies(many))[-1] == "     and 59 other kinds"
