"""Tokens that are presented without a session."""

from apps.batch.items import Item
from apps.batch.parts import Batch
from apps.domain.answers import TokenAnswer
from apps.domain.events import Token, TokenPresented
from apps.tariffs.batch import Tariffs
from apps.tokens.batch import Tokens


def presented(batch: Batch, item: Item, event: TokenPresented) -> TokenAnswer:
    return answer(batch, item, event.token)


def answer(batch: Batch, item: Item, token: Token) -> TokenAnswer:
    """The verdict, noted, with the price that is in force at the station."""
    tokens, organisation_id = batch.part(Tokens), item.ref.organisation_id
    verdict = tokens.decide(organisation_id, token, batch.now)
    tokens.note(organisation_id, item.ref.id, token, verdict, batch.now)
    item.note(verdict.note)
    return batch.part(Tariffs).tell_here(item, verdict.answer)
