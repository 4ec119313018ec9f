"""Who knows the people of a case hears nothing of work in it."""

from datetime import timedelta

import pytest

from casework.cases.absence import end_absence, replace_who_left, start_absence
from casework.cases.excluding import exclude_colleague
from casework.cases.handover import hand_over_procesregie
from casework.cases.models import Exclusion
from casework.people.models import Absence, Desk, User
from casework.people.transitions import leave_desk
from casework.work import recipients
from casework.work.absences import tell_absences
from casework.work.due import Due
from casework.work.items import open_item
from casework.work.ladder import plan_due
from casework.work.mail import StoreTransport
from casework.work.models import Delivery, Notice, WorkItem
from casework.work.outbox import deliver_due
from tests.world import AT, DAY

LATER, SILENT = AT + timedelta(days=1), AT + timedelta(days=20)


def work(world, case, *, owner: User | Desk, **facts) -> WorkItem:
    return open_item(
        "case.review",
        title="Kijk het plan na",
        about=f"{case.key}:test",
        link=f"/casussen/{case.reference}/",
        owner=owner,
        due=Due.day(DAY + timedelta(days=3)),
        case=case.pk,
        reference=case.reference,
        by=world.procesregisseur,
        at=AT,
        **facts,
    )


def exclude(world, case, user) -> None:
    exclude_colleague(case, by=world.procesregisseur, at=AT, user=user)


def told(item) -> set[User]:
    rows = Notice.objects.filter(item=item).select_related("user")
    return {row.user for row in rows}


def test_a_deputy_hears_not_that_the_owner_is_silent(world, case):
    """Catches a mail with the reference to who may not know of the case."""
    exclude(world, case, world.deputy)
    item = work(world, case, owner=world.procesregisseur)

    plan_due(at=SILENT, call=lambda *_: None)

    assert world.deputy not in told(item)
    assert told(item) == {world.procesregisseur, world.beheerder}
    item.refresh_from_db()
    assert item.stand_in == world.beheerder


def test_a_deputy_hears_nothing_while_the_owner_is_away(world, case):
    """Catches an excluded deputy who is told as who stands in."""
    exclude(world, case, world.deputy)
    item = work(world, case, owner=world.procesregisseur)
    Absence.objects.create(
        user=world.procesregisseur,
        deputy=world.deputy,
        starts_at=AT,
        started_by=world.procesregisseur,
        reason="Ziek",
    )

    plan_due(at=LATER, call=lambda *_: None)

    assert world.deputy not in told(item)
    mailed = Delivery.objects.filter(item=item)
    assert not mailed.filter(to_user=world.deputy).exists()
    for people in (recipients.owners, recipients.asker, recipients.deputies):
        assert world.deputy not in [each.user for each in people(item, at=LATER)]


def test_a_colleague_of_the_desk_hears_nothing(world, case):
    """Catches a reminder to all of a desk, also to who knows these people."""
    colleague = world.other_procesregisseur
    exclude(world, case, colleague)
    item = work(world, case, owner=world.procesregie)

    plan_due(at=LATER, call=lambda *_: None)

    assert colleague not in told(item)
    owners = recipients.owners(item, at=LATER)
    assert [each.user for each in owners] == [world.procesregisseur]


def test_who_asked_for_it_hears_nothing(world, case):
    """Catches the asker who handed the case over and knows these people."""
    left, successor = world.procesregisseur, world.other_procesregisseur
    item = work(world, case, owner=world.manager, asked_by=left)
    hand_over_procesregie([case], by=left, at=AT, user=successor)
    exclude_colleague(case, by=successor, at=AT, user=left)
    WorkItem.objects.system_scope("test").filter(pk=item.pk).update(asked_by=left)
    item.refresh_from_db()

    asked = [each.user for each in recipients.asker(item, at=LATER)]

    assert left not in asked
    assert world.deputy not in asked


def test_nothing_is_sent_that_was_planned_before(world, case):
    """Catches a mail that leaves after somebody said "Ik ken deze mensen"."""
    item = work(world, case, owner=world.manager, urgent=True)
    plan_due(at=AT, call=lambda *_: None)
    mail = Delivery.objects.get(item=item, to_user=world.manager)
    Exclusion.objects.create(
        case=case, user=world.manager, by=world.procesregisseur, at=AT
    )

    deliver_due(at=LATER, connect=StoreTransport)

    mail.refresh_from_db()
    assert (mail.state, mail.last_error) == (Delivery.State.DROPPED, "known")


@pytest.mark.parametrize("excluded", [True, False])
def test_a_digest_has_no_line_of_it(world, case, excluded):
    """Catches the title of a case in the morning mail of who may not know of it."""
    item = work(world, case, owner=world.procesregie)
    plan_due(at=AT + timedelta(days=1, hours=1), call=lambda *_: None)
    mail = Delivery.objects.get(lines__item=item, kind=Delivery.Kind.DIGEST)
    if excluded:
        Exclusion.objects.create(
            case=case, user=mail.to_user, by=world.other_procesregisseur, at=AT
        )

    deliver_due(at=mail.not_before, connect=StoreTransport)

    mail.refresh_from_db()
    assert (case.reference not in mail.text) is excluded


def says_who_is_away() -> list[str]:
    mails = Delivery.objects.filter(kind=Delivery.Kind.ABSENCE).order_by("pk")
    return [mail.text.partition("\n")[0] for mail in mails]


def goes_away(world, user) -> Absence:
    return start_absence(user, by=user, at=AT, reason="")


def test_nobody_is_told_that_she_is_back_whose_deputy_left(world, case):
    """Catches "is er weer" about somebody for whom another stands in from now on."""
    away = world.procesregisseur
    away.team_lead = world.other_manager
    away.save(update_fields=["team_lead"])
    goes_away(world, away)
    leave_desk(world.deputy.memberships.get(), on=DAY)

    replace_who_left(at=LATER)

    said = says_who_is_away()
    assert not [line for line in said if "is er weer" in line]
    assert f"{world.deputy.name} doet het werk van {away.name} niet meer." in said
    assert f"{away.name} is er niet. {world.other_manager.name} doet het werk." in said


def test_it_is_told_that_nobody_stands_in_any_more(world, case):
    """Catches "is er weer" about somebody for whom nobody is left to stand in."""
    away = world.procesregisseur
    goes_away(world, away)
    leave_desk(world.deputy.memberships.get(), on=DAY)

    replace_who_left(at=LATER)

    assert (
        f"{world.deputy.name} doet het werk van {away.name} niet meer. Er is geen "
        f"andere vervanger. Het werk staat weer bij {away.name}."
    ) in says_who_is_away()


def test_nobody_is_told_that_she_is_back_whose_deputy_went_away(world, case):
    """Catches "is er weer" where a deputy goes away and his own deputy goes on."""
    away = world.procesregisseur
    world.deputy.deputy = world.other_procesregisseur
    world.deputy.save(update_fields=["deputy"])
    goes_away(world, away)
    goes_away(world, world.deputy)

    tell_absences(at=LATER)

    assert not [line for line in says_who_is_away() if "is er weer" in line]


def test_everybody_is_told_that_she_is_back_who_says_so(world, case):
    """Catches a mail that leaves it in the middle whether somebody is back."""
    absence = goes_away(world, world.procesregisseur)

    end_absence(absence, by=world.deputy, at=LATER)

    assert (
        f"{world.procesregisseur.name} is er weer. "
        f"Het werk is niet meer bij {world.deputy.name}."
    ) in says_who_is_away()
