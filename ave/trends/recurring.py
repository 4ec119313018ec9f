"""Which kinds of bottleneck come back in several cases; counted, never named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Count

from casework.cases.models import Bottleneck
from casework.policy import policy
from casework.policy.policy import Policy
from casework.work.days import MONTHS, add_months, at_local, local_day

WINDOW_IN_MONTHS = 6


@dataclass(frozen=True)
class Trend:
    """How often a kind of bottleneck came up in the window that ends on a day."""

    theme: str
    count: int
    threshold: int
    small_cell: int
    from_on: date
    until_on: date

    @property
    def recurs(self) -> bool:
        """
        Whether it came up in so many cases that policy should hear of it.

        "Iets anders" is no kind, so it never comes back.
        """
        return self.theme != Bottleneck.Theme.OTHER and self.count >= self.threshold

    @property
    def label(self) -> str:
        """The kind of bottleneck in words."""
        return str(Bottleneck.Theme(self.theme).label)

    @property
    def shown_count(self) -> str:
        """The number as anybody may see it: "<5" where it is small."""
        return small(self.count, below=self.small_cell)

    @property
    def sentence(self) -> str:
        """What the procesregisseur reads on the page of a bottleneck."""
        return (
            "Dit soort knelpunt kwam in zes maanden vaker voor "
            f"(aantal casussen: {self.shown_count})."
        )

    @property
    def period(self) -> str:
        """
        What the receiver reads: "komt vaker voor, mei tot november".

        The months are those of the window, not of any case; empty when it is no trend.
        """
        if not self.recurs:
            return ""
        months = (
            f"{MONTHS[self.from_on.month - 1]} tot {MONTHS[self.until_on.month - 1]}"
        )
        return f"komt vaker voor, {months}"


def recurring(theme: str, *, since: datetime) -> int:
    """Count the cases in which this kind of bottleneck came up since then. One query."""
    return (
        Bottleneck.objects.system_scope("counted over all cases, without showing any")
        .filter(theme=theme, raised_at__gte=since)
        .values("case")
        .distinct()
        .count()
    )


def trend_of(theme: str, *, at: datetime, rules: Policy | None = None) -> Trend:
    """Say whether a kind of bottleneck came back in the last six months."""
    today = local_day(at)
    rules = rules or policy.at(today)
    first = add_months(today, -WINDOW_IN_MONTHS)
    count = recurring(theme, since=at_local(first, time()))
    return _trend(theme, count, from_on=first, until_on=today, rules=rules)


def _trend(
    theme: str, count: int, *, from_on: date, until_on: date, rules: Policy
) -> Trend:
    return Trend(
        theme=theme,
        count=count,
        threshold=rules.number("signal_threshold"),
        small_cell=rules.number("small_cell"),
        from_on=from_on,
        until_on=until_on,
    )


def comes_back(themes: set[str], *, at: datetime) -> dict[str, Trend]:
    """
    Give the trends among these kinds of bottleneck of which policy should hear.

    One query for the kinds together.
    """
    today = local_day(at)
    rules = policy.at(today)
    first = add_months(today, -WINDOW_IN_MONTHS)
    counted = (
        Bottleneck.objects.system_scope("counted over all cases, without showing any")
        .filter(raised_at__gte=at_local(first, time()))
        .order_by()
        .values_list("theme")
        .annotate(count=Count("case", distinct=True))
    )
    trends = (
        _trend(theme, count, from_on=first, until_on=today, rules=rules)
        for theme, count in counted
    )
    return {each.theme: each for each in trends if each.recurs and each.theme in themes}


def small(count: int, *, below: int) -> str:
    """A count for readers outside the cases: small ones give people away."""
    return f"<{below}" if count < below else str(count)
