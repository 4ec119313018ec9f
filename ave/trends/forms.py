"""What a procesregisseur fills in to send a beleidssignaal."""

from __future__ import annotations

from typing import Any

from casework.access.fields import Pick, PickRow, SentForm, Text
from casework.cases.models import Bottleneck
from casework.people.models import Desk
from programme.models import Activity


class PickActivity(PickRow):
    """An activity of a programme that is open, by its title."""

    def label_from_instance(self, obj: Activity) -> str:
        """Show the title."""
        return obj.title


class SignalForm(SentForm):
    """A beleidssignaal: the kind, the words, and where it goes."""

    theme = Pick(
        label="Waar gaat het over?",
        choices=Bottleneck.Theme.choices,
        missing="Kies waar het over gaat.",
    )
    text = Text(
        label="Wat zie je in de praktijk?",
        help_text="Noem geen namen, kenmerk, partij of dag. "
        "Schrijf wat er structureel misgaat en wat zou helpen.",
        missing="Schrijf wat je in de praktijk ziet.",
    )
    activity = PickActivity(
        Activity.objects.none(),
        label="Bij welke activiteit uit het programma past dit?",
        required=False,
        empty_label="Bij geen activiteit",
    )
    desk = PickRow(
        Desk.objects.none(),
        label="Wie antwoordt?",
        missing="Kies een bureau dat over beleid gaat.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        activity, desk = self.fields["activity"], self.fields["desk"]
        assert isinstance(activity, PickRow)
        assert isinstance(desk, PickRow)
        activity.queryset = Activity.objects.filter(
            programme__closed_at__isnull=True
        ).order_by("title", "pk")
        desk.queryset = Desk.objects.filter(
            kind=Desk.Kind.POLICY, is_active=True
        ).order_by("name", "pk")
