"""The page that shows what stands out in a month of the log."""

from __future__ import annotations

from datetime import date, timedelta

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from casework.access.requests import UserRequest
from casework.access.rules import page, roles
from casework.audit import log
from casework.cases.log_views import WATCHERS, known_to
from casework.cases.remarkable import remarkable

_EARLIEST = date(2000, 1, 1)


class MonthForm(forms.Form):
    """Which month."""

    maand = forms.DateField(
        label="Maand",
        input_formats=["%Y-%m"],
        widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
        help_text="Jaar en maand, zoals 2026-11.",
        error_messages={
            "invalid": "Vul een jaar en een maand in, zoals 2026-11.",
            "required": "Kies een maand.",
        },
    )

    def clean_maand(self) -> date:
        """Refuse a month that is still to come."""
        day: date = self.cleaned_data["maand"]
        if not _EARLIEST <= day <= timezone.localdate():
            raise forms.ValidationError("Kies een maand die al begonnen is.")
        return day


@page(access=roles(*WATCHERS))
def show_remarkable(request: UserRequest) -> HttpResponse:
    """What stands out in a month; looking at it is a line in the log."""
    at = timezone.now()
    today = timezone.localdate(at)
    before = today.replace(day=1) - timedelta(days=1)
    form = MonthForm(request.GET or {"maand": f"{today:%Y-%m}"})
    valid = form.is_valid()
    log.write(
        "log.read",
        by=request.user,
        at=at,
        about="remarkable",
        role=",".join(sorted(request.role_set & set(WATCHERS))),
    )
    known = known_to(request.user)
    context = {
        "form": form,
        "found": remarkable(form.cleaned_data["maand"], without=known) if valid else [],
        "before": f"?maand={before:%Y-%m}",
    }
    status = 200 if valid else 422
    return render(request, "audit/remarkable.html", context, status=status)
