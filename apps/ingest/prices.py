"""Prices in the answer to a token, for stations that show personal messages (2.0.1 I01)."""

from dataclasses import replace

from apps.costs.words import price_text
from apps.domain.answers import TokenAnswer
from apps.domain.display import SetDisplayMessage
from apps.domain.vocabulary import TokenStatus
from apps.ingest.items import Item
from apps.ingest.working_set import WorkingSet
from apps.tariffs.rates import find_version_id, rates_of


def beside(answer: TokenAnswer, version_id: int | None) -> TokenAnswer:
    """The answer with the price as its message; a message of the token's own stays."""
    if version_id is None or not _wants_price(answer):
        return answer
    return replace(answer, personal_message=price_text(rates_of(version_id)))


def here(batch: WorkingSet, item: Item, answer: TokenAnswer) -> TokenAnswer:
    """As ``beside``, with the tariff that is in force at the station."""
    if not _wants_price(answer) or not item.traits.can(SetDisplayMessage):
        return answer
    ref = item.ref
    return beside(answer, find_version_id(ref.organisation_id, ref.location_id, batch.now))


def _wants_price(answer: TokenAnswer) -> bool:
    return answer.status is TokenStatus.ACCEPTED and not answer.personal_message
