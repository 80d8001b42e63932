"""People who give commands meanwhile, over REST, each with a number of its own."""

import asyncio
import json
import random
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException

PERIOD_S = 0.5
_ACCEPTED = (200, 202)


@dataclass
class Person:
    """``promised``: the command ids that a 202 named. An order whose answer was lost is left alone.

    Nobody gives it again: whether it was queued is what the numbers at the stations show.
    """

    port: int
    key: str
    identities: list[str]
    dice: random.Random
    asked: int = 0
    refused: int = 0
    promised: dict[int, str] = field(default_factory=dict)

    async def work(self, is_ending: asyncio.Event) -> None:
        while not is_ending.is_set():
            self.asked += 1
            with suppress(OSError, HTTPException, ValueError):
                command_id = await asyncio.to_thread(self._order, str(self.asked))
                self.promised[command_id] = str(self.asked)
            with suppress(TimeoutError):
                await asyncio.wait_for(is_ending.wait(), PERIOD_S)

    def _order(self, number: str) -> int:
        """The id of the command; ValueError where it was not taken."""
        transfer = {"vendor_id": "chaos", "message_id": "order", "data": number}
        body = json.dumps({"command": "data_transfer", "parameters": transfer})
        path = f"/api/v1/stations/{self.dice.choice(self.identities)}/commands/"
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", path, body=body, headers=headers)
            response = connection.getresponse()
            answer = json.loads(response.read())
        finally:
            connection.close()
        if response.status not in _ACCEPTED:
            self.refused += 1
            raise ValueError(answer)
        return int(answer["id"])
