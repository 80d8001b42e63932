"""One's own second factor: turned on with an app, off with the password; recovery codes."""

import segno
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from apps.accounts import sealing, second_factor
from apps.dashboard.access import PageRequest, page
from apps.dashboard.forms.second_factor import PasswordForm, TurnOnForm

_OFFERED = "offered factor"  # in the session, sealed: the secret that the picture shows


@never_cache
@page()
def show(request: PageRequest) -> HttpResponse:
    """The picture for the app and the way to turn it on; where it is on, the way off."""
    person = request.user
    if person.has_second_factor:
        return render(request, "profile/factor.html", {"form": PasswordForm(person=person)})
    secret = _offered(request)
    form = TurnOnForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        try:
            codes = second_factor.turn_on(
                person, secret, form.cleaned_data["code"], actor=person, now=timezone.now()
            )
        except ValidationError as wrong:
            form.add_error(None, wrong)
        else:
            del request.session[_OFFERED]
            return render(request, "profile/codes.html", {"codes": codes})
    address = second_factor.address_of(secret, person)
    context = {
        "form": form,
        "picture": segno.make(address).svg_data_uri(scale=4, border=4, light="#fff"),
        "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
    }
    status = 422 if form.is_bound else 200
    return render(request, "profile/factor_on.html", context, status=status)


@never_cache
@require_POST
@page()
def change(request: PageRequest, what: str) -> HttpResponse:
    """Turn it off, or make other recovery codes; the password says who sits there."""
    person = request.user
    if not person.has_second_factor:
        return redirect("dashboard:second-factor")
    form = PasswordForm(request.POST, person=person)
    if not form.is_valid():
        return render(request, "profile/factor.html", {"form": form}, status=422)
    if what == "codes":
        codes = second_factor.renew_codes(person, actor=person)
        return render(request, "profile/codes.html", {"codes": codes})
    second_factor.turn_off(person, actor=person)
    return redirect("dashboard:profile")


def _offered(request: PageRequest) -> str:
    """The same as long as the page is open; another one where it cannot be read."""
    kept = sealing.unseal(request.session.get(_OFFERED, ""))
    if kept is None:
        kept = second_factor.new_secret()
        request.session[_OFFERED] = sealing.seal(kept)
    return kept
