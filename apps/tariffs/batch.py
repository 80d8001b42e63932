"""The tariffs of one batch: read once for all the places and instants that it asks about."""

from dataclasses import replace
from datetime import datetime

from apps.batch.items import Item
from apps.batch.parts import Batch, Part
from apps.batch.refs import StationRef
from apps.domain.answers import TokenAnswer
from apps.domain.display import SetDisplayMessage
from apps.domain.vocabulary import TokenStatus
from apps.tariffs.rates import Place, list_versions, rates_of
from apps.tariffs.words import price_text


class Tariffs(Part):
    """Which version applies, and prices in the answer to a token (2.0.1 I01)."""

    def __init__(self, batch: Batch) -> None:
        super().__init__(batch)
        self._versions: dict[Place, list[tuple[datetime, int]]] = {}

    def version_id(self, ref: StationRef, at: datetime) -> int | None:
        """The version in force at the station at ``at``; read with those of all other items."""
        return self.version_at((ref.organisation_id, ref.location_id), at)

    def version_at(self, place: Place, at: datetime) -> int | None:
        """The same of a place: an organisation and a location."""
        if place not in self._versions:
            here = {(i.ref.organisation_id, i.ref.location_id) for i in self.batch.items}
            self._versions |= list_versions({place, *here})
        return next((pk for since, pk in self._versions[place] if since <= at), None)

    def tell_here(self, item: Item, answer: TokenAnswer) -> TokenAnswer:
        """As ``tell``, with what is in force at a station that shows personal messages."""
        if not _wants_price(answer) or not item.traits.can(SetDisplayMessage):
            return answer
        return tell(answer, self.version_id(item.ref, self.batch.now))


def tell(answer: TokenAnswer, version_id: int | None) -> TokenAnswer:
    """The answer with the price as its message; a message of the token's own stays."""
    if version_id is None or not _wants_price(answer):
        return answer
    return replace(answer, personal_message=price_text(rates_of(version_id)))


def _wants_price(answer: TokenAnswer) -> bool:
    return answer.status is TokenStatus.ACCEPTED and not answer.personal_message
