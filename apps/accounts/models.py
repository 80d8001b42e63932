from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models, transaction

from apps.accounts.roles import Permission, Role, may, may_command
from apps.history.doers import KEY, PERSON, command_line
from apps.history.kinds import PERSON_ADDED
from apps.history.services import record

FIRST_NETWORK = "My network"


class Organisation(models.Model):
    """A charge point operator; everything that a person can see belongs to one."""

    name = models.CharField(max_length=100, unique=True)
    timezone = models.CharField(max_length=64, default="UTC")
    currency = models.CharField(max_length=3, default="EUR")

    def __str__(self) -> str:
        return self.name


class Mandate(models.Model):
    """A role in an organisation.

    ``site_ids``: the locations that it is limited to; None is the whole organisation.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(
        max_length=10,
        choices=[(r.value, r.value.capitalize()) for r in Role],
        default=Role.SUPPORT.value,
    )
    site_ids = models.JSONField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_admin_has_every_site",
                condition=~models.Q(role=Role.ADMIN.value) | models.Q(site_ids__isnull=True),
            )
        ]

    @property
    def is_limited(self) -> bool:
        """To some of the organisation's sites."""
        return self.site_ids is not None


class Actor(Mandate):
    """Somebody who acts for an organisation: a person or a program."""

    actor_kind: str

    class Meta(Mandate.Meta):
        abstract = True

    @property
    def label(self) -> str:
        """How people know it."""
        raise NotImplementedError

    @property
    def is_limited(self) -> bool:
        """To some sites of its organisation."""
        return self.site_ids is not None

    def may(self, permission: Permission) -> bool:
        return may(self.role, permission, is_limited=self.is_limited)

    def may_command(self, command: str) -> bool:
        return may_command(self.role, command, is_limited=self.is_limited)


class People(UserManager["User"]):
    """Whom the command line makes belongs to the installation's first organisation."""

    def create_superuser(self, username: str, **given: Any) -> "User":  # type: ignore[override]
        if "organisation" not in given:
            first = Organisation.objects.order_by("pk").first()
            given["organisation"] = first or Organisation.objects.create(name=FIRST_NETWORK)
        with transaction.atomic():
            made = super().create_superuser(username, **{"role": Role.ADMIN, **given})
            record(
                PERSON_ADDED,
                actor=command_line("the command line"),
                organisation_id=made.organisation_id,
                subject=(made.pk, made.label),
                details={"role": made.role},
            )
        return made


class User(Actor, AbstractUser):
    """A person who logs in."""

    timezone = models.CharField(max_length=64, blank=True)
    has_generated_password = models.BooleanField(default=False)

    class Meta(Actor.Meta, AbstractUser.Meta):
        abstract = False

    actor_kind = PERSON
    objects: ClassVar[People] = People()

    @property
    def label(self) -> str:
        return self.get_full_name() or self.username

    @property
    def has_second_factor(self) -> bool:
        return hasattr(self, "second_factor")


class SecondFactor(models.Model):
    """The app that shows a person's codes. ``sealed``: its secret, see sealing.py.

    ``last_step``: that of the code which was taken last, for none is taken twice.
    ``recovery_digests``: of the codes that are left for a lost phone.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="second_factor")
    sealed = models.CharField(max_length=200)
    last_step = models.BigIntegerField(default=0)
    recovery_digests = models.JSONField(default=list)
    turned_on_at = models.DateTimeField()


class Invitation(Mandate):
    """A link by which somebody becomes a person of an organisation, once and until it expires.

    Only the digest of what proves it is kept.
    """

    email = models.EmailField(blank=True)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=120)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    called_off_at = models.DateTimeField(null=True, blank=True)

    @property
    def label(self) -> str:
        return self.email or f"invitation {self.pk}"


class LogIn(models.Model):
    """One browser that somebody has logged in with, for as long as its session lasts."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="log_ins")
    session_key = models.CharField(max_length=40, unique=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)
    ip = models.CharField(max_length=45)
    agent = models.CharField(max_length=200, blank=True)


class FailedLogIn(models.Model):
    """Wrong passwords for one account from one address, since the last right one."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="failed_log_ins")
    ip = models.CharField(max_length=45)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "ip"], name="failed_log_in_once"),
        ]


class ApiKey(Actor):
    """A bearer key of a program; only digests of its secret and of the one before it are kept.

    ``former_prefix``: "" for none; it proves the key until ``former_until``.
    """

    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    former_prefix = models.CharField(max_length=12, blank=True, db_index=True)
    former_digest = models.CharField(max_length=64, blank=True)
    former_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=120, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    actor_kind = KEY
    is_authenticated = True

    @property
    def label(self) -> str:
        return f"key {self.name}"
