"""Whom an organisation trusts for drivers' contracts (mobility operators' roots)."""

from datetime import datetime

from cryptography import x509
from django.db import transaction
from django.db.models import QuerySet

from apps.certificates import chain
from apps.certificates.models import TrustedRoot
from apps.history import kinds
from apps.history.doers import Doer
from apps.history.services import record
from ocpp_platform.scope import Insider, scoped


class BadRoot(ValueError):
    """No root that could be trusted; the message says what is wrong with it."""


def list_roots(actor: Insider) -> QuerySet[TrustedRoot]:
    return scoped(TrustedRoot, actor)


def trusted_by(organisation_id: int) -> tuple[x509.Certificate, ...]:
    """The certificates themselves."""
    texts = TrustedRoot.objects.filter(organisation_id=organisation_id).values_list("certificate")
    return tuple(certificate for (text,) in texts for certificate in chain.read_pem(text))


@transaction.atomic
def trust(organisation_id: int, text: str, *, actor: Doer, now: datetime) -> TrustedRoot:
    """Trust the one certificate of this PEM text; again changes nothing. BadRoot."""
    certificate = _root(text)
    root, is_new = TrustedRoot.objects.get_or_create(
        organisation_id=organisation_id,
        fingerprint=chain.fingerprint(certificate),
        defaults={
            "certificate": chain.write_pem([certificate]),
            "subject": certificate.subject.rfc4514_string()[:255],
            "not_after": certificate.not_valid_after_utc,
            "added_at": now,
            "added_by": actor.label[:160],
        },
    )
    if is_new:
        _record(kinds.ROOT_TRUSTED, root, actor)
    return root


@transaction.atomic
def forget(root: TrustedRoot, *, actor: Doer) -> None:
    """Contracts that end in it are no longer accepted. DoesNotExist where somebody was faster."""
    TrustedRoot.objects.select_for_update().get(pk=root.pk)
    _record(kinds.ROOT_FORGOTTEN, root, actor)
    root.delete()


def _record(kind: kinds.Kind, root: TrustedRoot, actor: Doer) -> None:
    record(
        kind,
        actor=actor,
        organisation_id=root.organisation_id,
        subject=(root.pk, root.subject),
        details={"fingerprint": root.fingerprint},
    )


def _root(text: str) -> x509.Certificate:
    try:
        found = chain.read_pem(text)
    except ValueError as error:
        raise BadRoot(f"This is no PEM certificate: {error}.") from error
    if len(found) != 1:
        raise BadRoot(f"One certificate is needed, {len(found)} are here.")
    try:
        limits = found[0].extensions.get_extension_for_class(x509.BasicConstraints).value
    except x509.ExtensionNotFound:
        limits = x509.BasicConstraints(ca=False, path_length=None)
    except ValueError as error:
        raise BadRoot(f"This certificate cannot be read: {error}.") from error
    if not limits.ca:
        raise BadRoot("This certificate may not sign others: it is no root.")
    return found[0]
