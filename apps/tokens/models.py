from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now, Upper

from apps.accounts.models import Organisation
from apps.domain.vocabulary import TokenStatus
from apps.journal.secrecy import shown
from apps.tokens.keys import Key

KINDS = [
    "ISO14443",
    "ISO15693",
    "Central",
    "KeyCode",
    "Local",
    "MacAddress",
    "eMAID",
    "NoAuthorization",
]  # OCPP 2.0.1 IdTokenEnumType


class Token(models.Model):
    """A card, fob, app or contract. Compared without regard to case (2.0.1 IdTokenType).

    ``max_sessions`` at once: None is as the organisation's TokenPolicy says. ``is_listed``:
    stations keep it where only chosen tokens are in their local lists.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    uid = models.CharField(max_length=36)
    type = models.CharField(max_length=20, default="ISO14443", choices=[(k, k) for k in KINDS])
    status = models.CharField(
        max_length=24,
        default=TokenStatus.ACCEPTED.value.lower(),
        choices=[
            (s.value.lower(), s.value)
            for s in (
                TokenStatus.ACCEPTED,
                TokenStatus.BLOCKED,
                TokenStatus.EXPIRED,
                TokenStatus.INVALID,
                TokenStatus.NO_CREDIT,
            )
        ],
    )
    group = models.CharField(max_length=36, blank=True)
    is_master_pass = models.BooleanField(default=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    language = models.CharField(max_length=8, blank=True)
    personal_message = models.CharField(max_length=512, blank=True)
    charging_priority = models.SmallIntegerField(
        default=0, validators=[MinValueValidator(-9), MaxValueValidator(9)]
    )
    max_sessions = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)]
    )
    is_listed = models.BooleanField(default=False)
    contract_id = models.CharField(max_length=36, blank=True)
    holder = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint("organisation", Upper("uid"), "type", name="token_once"),
        ]
        indexes = [models.Index(Key("uid"), "organisation", name="token_by_key")]

    def __str__(self) -> str:
        return self.shown_uid

    @property
    def shown_uid(self) -> str:
        """What may be read outside of the register of tokens; no code that a driver types."""
        return shown(self.uid, self.type)


class TokenPolicy(models.Model):
    """What holds for all tokens of an organisation that has one.

    ``max_sessions`` of one token at once, None is any number. ``master_pass_group``: tokens of
    this group are master passes (2.0.1 AuthCtrlr.MasterPassGroupId, C16).
    """

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, related_name="token_policy"
    )
    max_sessions = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)]
    )
    master_pass_group = models.CharField(max_length=36, blank=True)


class Attempt(models.Model):
    """A token was presented: at which station, with which verdict. A typed code is not kept."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    station_id = models.BigIntegerField()
    at = models.DateTimeField()
    uid = models.CharField(max_length=36)
    kind = models.CharField(max_length=20, blank=True)
    verdict = models.CharField(max_length=24)
    token = models.ForeignKey(Token, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "-at"], name="attempt_recent"),
            models.Index(fields=["station_id", "-at"], name="attempt_by_station"),
            models.Index(Key("uid"), name="attempt_by_key"),
        ]

    @property
    def shown_uid(self) -> str:
        """The same where an older version kept it."""
        return shown(self.uid, self.kind)

    @property
    def is_other_kind(self) -> bool:
        """Whether the token that decided is registered as another kind than was presented."""
        return self.token is not None and self.kind not in ("", "Central", self.token.type)
