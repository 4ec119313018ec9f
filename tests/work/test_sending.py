"""Where a page says why a transition refused what its form let through."""

from __future__ import annotations

import pytest
from django import forms
from django.http import HttpResponse, QueryDict
from django.test import RequestFactory

from casework.people.errors import AlreadyDone, InvalidInput, NotPermitted
from casework.work.sending import refuse, send

SAID = "Kies een dag die nog komt."


class Planned(forms.Form):
    """A form with a day and the version that somebody saw."""

    day = forms.CharField()
    seen = forms.IntegerField(required=False)


class Versioned:
    """What a form is about, as it is now."""

    version = 7


def sent(text: str, *, prefix: str = "") -> Planned:
    return Planned(QueryDict(text), prefix=prefix or None)


def answer(form: forms.Form, refusal: Exception | None = None, *, about=None):
    """Answer a form as the page does that is run again after a refusal."""
    request = RequestFactory().post("/", form.data)
    request.refusal = refusal

    def show(status: int) -> HttpResponse:
        return HttpResponse(status=status)

    return send(request, form, lambda: "/", show=show, about=about)


class TestRefuse:
    @pytest.mark.parametrize(
        ("refusal", "field"),
        [
            (InvalidInput(SAID, field="day"), "day"),
            (InvalidInput(SAID, field="elsewhere"), "__all__"),
            (InvalidInput(SAID), "__all__"),
            (AlreadyDone(SAID), "__all__"),
        ],
    )
    def test_says_it_at_its_field_or_above_the_form(self, refusal, field):
        """Catches a reason that stands where nobody looks, or a 500 for its field."""
        form = sent("day=morgen")
        assert form.is_valid()

        refuse(form, refusal)

        assert form.errors == {field: [SAID]}


class TestSend:
    def test_shows_what_is_not_valid(self):
        assert answer(sent("day=")).status_code == 422

    @pytest.mark.parametrize(
        ("refusal", "status"),
        [(InvalidInput(SAID, field="day"), 422), (AlreadyDone(SAID), 409)],
    )
    def test_shows_again_with_the_text_and_the_version_of_now(self, refusal, status):
        """Catches a form that can never be sent any more after one refusal."""
        form = sent("day=morgen&seen=3")

        page = answer(form, refusal, about=Versioned())

        assert page.status_code == status
        assert form.data["day"] == "morgen"
        assert form.data["seen"] == "7"

    def test_renews_the_version_under_its_prefix(self):
        form = sent("a-day=morgen&a-seen=3", prefix="a")

        answer(form, AlreadyDone(SAID), about=Versioned())

        assert form.data["a-seen"] == "7"
        assert "seen" not in form.data

    def test_leaves_a_form_about_nothing_as_it_is(self):
        form = sent("day=morgen&seen=3")

        answer(form, AlreadyDone(SAID))

        assert form.data["seen"] == "3"

    def test_lets_others_say_that_it_is_not_allowed(self):
        with pytest.raises(NotPermitted):
            answer(sent("day=morgen"), NotPermitted())
