"""Which days a royal decree makes equal to a holiday, for terms of the law."""

from datetime import date

# Algemene termijnenwet, article 3, paragraph 3. The title of each decree names its days.
_DECREES = {
    "Besluit gelijkstelling 2023-2025": (
        date(2023, 4, 28),
        date(2023, 5, 19),
        date(2024, 5, 10),
        date(2024, 12, 27),
        date(2025, 5, 30),
    ),
    "Besluit gelijkstelling 2026-2028": (
        date(2026, 1, 2),
        date(2026, 5, 15),
        date(2027, 5, 7),
        date(2028, 4, 28),
        date(2028, 5, 26),
    ),
}

DECREED = {day: decree for decree, days in _DECREES.items() for day in days}
"""Day -> the decree. What comes after 2028 is added as a day of our own calendar."""
