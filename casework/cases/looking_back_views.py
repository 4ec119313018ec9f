"""The page on which the privacy officer looks back at a case."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from casework.access.fields import Day
from casework.access.requests import UserRequest
from casework.access.rules import page, roles
from casework.audit import log
from casework.audit.reading import lines_of
from casework.cases import looking_back, pages
from casework.cases.models import Case
from casework.people.errors import NotVisible
from casework.people.models import Role, User
from casework.work.due import ZONE

_EARLIEST = datetime(2000, 1, 1, tzinfo=ZONE).date()


class LookBackForm(forms.Form):
    """Which moment, and through whose eyes."""

    op = Day(label="Dag", missing="Kies een dag.")
    tijd = forms.TimeField(
        label="Tijd",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="Laat leeg voor het einde van de dag.",
        error_messages={"invalid": "Vul een tijd in, zoals 14:30."},
    )
    wie = forms.ModelChoiceField(
        label="Wat kon deze persoon zien?",
        queryset=User.objects.none(),
        required=False,
        empty_label="Niemand in het bijzonder",
        help_text="Wie hier niet staat, had nooit een plaats in de casus en keek nooit.",
        error_messages={"invalid_choice": "Kies iemand uit de lijst."},
    )

    def __init__(self, *args: Any, case: Case, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._now = now
        who = self.fields["wie"]
        assert isinstance(who, forms.ModelChoiceField)
        who.queryset = looking_back.people_of(case)

    def clean(self) -> dict[str, Any]:
        """Refuse a day that is still to come, or long before there was anything."""
        cleaned = super().clean() or self.cleaned_data
        day = cleaned.get("op")
        if day and not _EARLIEST <= day <= timezone.localdate(self._now):
            self.add_error("op", "Kies een dag die geweest is.")
        return cleaned

    def moment(self) -> datetime:
        """Give the moment that is asked for; never later than now."""
        day, clock = self.cleaned_data["op"], self.cleaned_data["tijd"]
        midnight = datetime.combine(day + timedelta(days=1), time.min, ZONE)
        end = midnight - timedelta(microseconds=1)
        asked = datetime.combine(day, clock, ZONE) if clock else end
        return min(asked, self._now)


@page(access=roles(Role.PRIVACY_OFFICER))
def look_back(request: UserRequest, reference: str) -> HttpResponse:
    """A case as it was on a day, what somebody could see then, and whether he looked."""
    now = timezone.now()
    case = _case(reference, request.user)
    today = timezone.localdate(now)
    form = LookBackForm(request.GET or {"op": today.isoformat()}, case=case, now=now)
    valid = form.is_valid()
    who = form.cleaned_data.get("wie") if valid else None
    log.write(
        "history.read",
        by=request.user,
        at=now,
        case=case.pk,
        about=f"user:{who.pk}" if who else case.key,
        role=Role.PRIVACY_OFFICER,
    )
    context: dict[str, Any] = {"form": form, "case": case}
    if valid:
        context |= _shown(case, who, at=form.moment())
    status = 200 if valid else 422
    return render(request, "audit/look_back.html", context, status=status)


def _shown(case: Case, who: User | None, *, at: datetime) -> dict[str, Any]:
    state = looking_back.state_at(case, at=at)
    if case.key not in state:
        return {"at": at, "who": who}
    context: dict[str, Any] = {
        "at": at,
        "who": who,
        "then": looking_back.then(case, at=at, state=state),
    }
    if who is not None:
        opened = looking_back.opened_by(case, who, until=at)
        context |= {
            "rights": looking_back.rights_at(case, who, at=at, state=state),
            "lines": lines_of(opened[: looking_back.MOST_LINES]),
        }
    return context


def _case(reference: str, user: User) -> Case:
    pages.require_reference(reference)
    rows = Case.objects.system_scope("the privacy officer looks back").excluding(user)
    case = rows.filter(reference=reference).first()
    if case is None:
        raise NotVisible
    return case
