"""What work calls somebody of a household, for a title holds no name."""

from __future__ import annotations

from casework.cases.models import Case, Person


def numbers_in(case: Case) -> dict[int, int]:
    """
    Give the number of each person of a case, also of who left or was taken back.

    In the order in which they came, so that it stays his whoever comes or goes.
    """
    keys = (
        Person.objects.system_scope("a number, for work has no names")
        .filter(case=case.pk)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    return {key: number for number, key in enumerate(keys, 1)}


def called(person: Person, case: Case) -> str:
    """Give what work calls somebody: "persoon 2". One query."""
    return f"persoon {numbers_in(case)[person.pk]}"


def place_of(person: Person, case: Case) -> str:
    """Give the address of somebody on the page of his household."""
    return f"/casussen/{case.reference}/huishouden/#persoon-{person.pk}"
