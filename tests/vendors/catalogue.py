"""All habits by group, in the order of their numbers."""

from tests.vendors.booting import BOOTING
from tests.vendors.clocks import CLOCKS
from tests.vendors.connecting import CONNECTING
from tests.vendors.habit import Group, Habit
from tests.vendors.metering import METERING
from tests.vendors.power import POWER
from tests.vendors.status import STATUS
from tests.vendors.transactions import TRANSACTIONS
from tests.vendors.upkeep import UPKEEP
from tests.vendors.v201 import V201

GROUPS: tuple[Group, ...] = (
    CONNECTING, BOOTING, CLOCKS, TRANSACTIONS, METERING, STATUS, POWER, UPKEEP, V201,
)  # fmt: skip
HABITS: tuple[Habit, ...] = tuple(habit for group in GROUPS for habit in group.habits)
