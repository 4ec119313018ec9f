"""Who lost his telephone and his codes can log in again, by two others together."""

from datetime import date

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from casework.audit.models import AuditEntry
from casework.people.models import Desk, Organisation, Role, User
from casework.people.transitions import join_desk, open_desk
from casework.work.models import Delivery
from tests.ground.signing_in import code, log_in, somebody, with_app

pytestmark = pytest.mark.django_db

CHOOSE = "/inloggen/veilig/kiezen/"


@pytest.fixture(autouse=True)
def _required(settings):
    settings.SECOND_STEP_REQUIRED = True


@pytest.fixture
def town():
    return Organisation.objects.create(
        name="Gemeente Zuiderveen", short_name="Zuiderveen", kind="gemeente"
    )


@pytest.fixture
def works(town):
    """Give somebody with a role."""

    def works(name: str, role: Role, kind: Desk.Kind) -> User:
        user = somebody(name)
        desk = open_desk(town, name=name, kind=kind)
        join_desk(user, desk, role=role, on=date(2020, 1, 1))
        return user

    return works


@pytest.fixture
def ben(works):
    return works("ben", Role.BEHEERDER, Desk.Kind.BEHEER)


@pytest.fixture
def petra(works):
    return works("petra", Role.PRIVACY_OFFICER, Desk.Kind.PRIVACY)


@pytest.fixture
def fatima():
    user = somebody()
    with_app(user)
    return user


def reset(user: User | str, *, by: User, second: User | str) -> None:
    named = [getattr(each, "email", each) for each in (user, by, second)]
    call_command("reset_second_step", named[0], by=named[1], second=named[2])


def test_he_is_logged_out_and_sets_a_new_one_up_when_he_logs_in(
    client, fatima, ben, petra
):
    """Catches codes or a session that stay, and a reset that lets a password do."""
    log_in(client, fatima)
    client.post(reverse("mfa_authenticate"), {"code": code()})
    assert client.get("/").status_code == 200

    reset(fatima, by=ben, second=petra)

    assert not Authenticator.objects.filter(user=fatima).exists()
    assert client.get("/").url.startswith("/inloggen/?")
    log_in(client, fatima)
    assert client.get("/").url.startswith(CHOOSE)


def test_it_stands_in_the_log_with_both(fatima, ben, petra):
    """Catches a reset that nobody answers for."""
    reset(fatima, by=ben, second=petra)

    row = AuditEntry.objects.get(verb="second_step.reset")
    assert (row.by, row.about, row.ground, row.by_role) == (
        ben,
        f"user:{fatima.pk}",
        f"second:{petra.pk}",
        Role.BEHEERDER,
    )


def test_he_and_the_second_hear_of_it(fatima, ben, petra):
    """Catches one person who resets in silence, and names another who knows nothing."""
    reset(fatima, by=ben, second=petra)

    his, hers = (Delivery.objects.get(to_user=user) for user in (fatima, petra))
    assert "Je tweede stap bij het inloggen is weggehaald, door Ben" in his.text
    assert "Jij bent genoemd als tweede collega" in hers.text
    assert Delivery.objects.count() == 2


def test_his_team_lead_or_another_beheerder_is_a_second_too(fatima, ben, works):
    """Catches a small town with no privacy officer where nobody can be helped."""
    lead = works("lea", Role.MANAGER, Desk.Kind.MANAGEMENT)
    fatima.team_lead = lead
    fatima.save(update_fields=["team_lead"])
    other = works("bo", Role.BEHEERDER, Desk.Kind.BEHEER)

    reset(fatima, by=ben, second=lead)
    with_app(fatima)
    reset(fatima, by=ben, second=other)

    assert not Authenticator.objects.filter(user=fatima).exists()


class TestRefused:
    @pytest.fixture(autouse=True)
    def _nothing_happened(self, fatima):
        yield
        assert Authenticator.objects.filter(user=fatima).count() == 2
        assert not AuditEntry.objects.filter(verb="second_step.reset").exists()
        assert not Delivery.objects.exists()

    def test_his_own(self, ben, petra, fatima):
        """Catches a beheerder who takes his own away, or is his own second."""
        with_app(ben)
        for by, second in ((ben, petra), (petra, ben)):
            with pytest.raises(CommandError, match="Niemand kan dit voor zichzelf"):
                reset(ben, by=by, second=second)
        assert Authenticator.objects.filter(user=ben).count() == 2

    def test_without_a_beheerder(self, fatima, petra, works):
        lead = works("lea", Role.MANAGER, Desk.Kind.MANAGEMENT)

        with pytest.raises(CommandError, match="Noem met --by een functioneel"):
            reset(fatima, by=lead, second=petra)

    def test_by_one_person(self, fatima, ben):
        """Catches one beheerder who is his own witness."""
        with pytest.raises(CommandError, match="een ander dan met --by"):
            reset(fatima, by=ben, second=ben)

    def test_with_a_second_who_has_no_say(self, fatima, ben, works):
        colleague = works("kees", Role.KETENPARTNER, Desk.Kind.PARTNER)

        with pytest.raises(CommandError, match="Noem met --second een andere"):
            reset(fatima, by=ben, second=colleague)

    def test_with_a_second_who_left(self, fatima, ben, petra):
        """Catches the account of a colleague who is long gone as a witness."""
        place = petra.memberships.get()
        place.until_on = timezone.localdate()
        place.save(update_fields=["until_on"])

        with pytest.raises(CommandError, match="Noem met --second een andere"):
            reset(fatima, by=ben, second=petra)

    def test_a_wrong_address(self, fatima, ben, petra):
        """Catches a stack trace, and the address in what is said."""
        with pytest.raises(CommandError) as refused:
            reset("niemand@zuiderveen.example", by=ben, second=petra)
        assert str(refused.value) == (
            "Bij het eerste adres hoort geen collega met een account."
        )
        with pytest.raises(CommandError, match="Bij --second hoort geen collega"):
            reset(fatima, by=ben, second="niemand@zuiderveen.example")

    def test_who_has_none(self, fatima, ben, petra):
        other = somebody("omar")

        with pytest.raises(CommandError, match="heeft geen tweede stap"):
            reset(other, by=ben, second=petra)
