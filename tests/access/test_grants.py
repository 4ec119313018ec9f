"""One source of access: lists, details and single checks say the same."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.db.models import Count
from django.shortcuts import get_object_or_404
from guardian.models import GroupObjectPermission, UserObjectPermission
from guardian.shortcuts import get_objects_for_user

from casework.access.backend import GrantBackend
from casework.access.grants import granted, held_by, require, scopes
from casework.access.pages import After, count_per_level, page_for
from casework.access.permissions import Permission
from casework.access.scope import ScopeMissing
from casework.cases import grants
from casework.cases.models import Case, CaseUserGrant, Note, Participation
from casework.people.errors import NotPermitted, NotVisible
from casework.people.transitions import leave_desk
from tests.access.building import build
from tests.access.random_worlds import MOMENTS, chaos
from tests.access.relations import stands
from tests.access.town import NOW
from tests.world import AT, make_world, opened, referred

pytestmark = [pytest.mark.access, pytest.mark.django_db]

SEEDS = range(12)


def pages_of(user, *, at, limit=7):
    """Page after page of somebody's list, as he would turn them."""
    found, after = [], None
    while rows := page_for(Case, user, at=at, after=after, limit=limit):
        found += [row.pk for row in rows]
        after = After(rows[-1].attention_on, rows[-1].pk)
    return found


class TestOneAnswer:
    """Catches a way of asking that forgets until, an exclusion or a membership."""

    @pytest.mark.parametrize("seed", SEEDS)
    def test_in_a_world_at_random(self, seed):
        world = chaos(seed)

        for user in world.users:
            for at in MOMENTS:
                seen = {
                    case.pk
                    for case in world.cases
                    if Permission.SEE_CASE in world.scopes(user, case, at=at)
                }
                visible = Case.objects.visible_to(user, at=at)
                listed = world.listed(user, at=at)

                assert set(visible.values_list("pk", flat=True)) == seen
                assert pages_of(user, at=at) == listed
                assert set(listed) <= seen

    @pytest.mark.parametrize("seed", SEEDS[:3])
    def test_for_every_scope_of_every_case(self, seed):
        world = chaos(seed, users=5, cases=12)

        for user in world.users:
            for at in MOMENTS[::2]:
                given = {
                    scope: set(
                        Case.objects.visible_to(
                            user, at=at, permission=scope
                        ).values_list("pk", flat=True)
                    )
                    for scope in Permission
                }
                for case in world.cases:
                    wanted = world.scopes(user, case, at=at)
                    assert scopes(user, case, at=at) == wanted
                    assert {s for s in Permission if case.pk in given[s]} == wanted

    @pytest.mark.parametrize("seed", SEEDS[:3])
    def test_by_which_places_a_case_is_seen(self, seed):
        world = chaos(seed)

        for case in world.cases:
            for at in MOMENTS[::2]:
                found = held_by(case, at=at).values_list("participation", flat=True)
                assert set(found) == world.holding(case, at=at)

    def test_has_perm_asks_our_backend(self, time_machine_at):
        backend = GrantBackend()
        world = chaos(99, users=4, cases=10)
        time_machine_at(AT)

        for user in world.users:
            for case in world.cases:
                wanted = world.scopes(user, case, at=AT)
                assert {
                    scope
                    for scope in Permission
                    if user.has_perm(f"cases.{scope.value}", case)
                } == wanted
                assert backend.get_all_permissions(user, case) == wanted
                assert not user.has_perm("cases.delete_case", case)

    def test_the_backend_knows_nothing_without_a_case_or_a_person(
        self, time_machine_at
    ):
        """Catches a page of guardian or of Django that asks in its own way."""
        world = make_world()
        backend, user, case = GrantBackend(), world.procesregisseur, opened(world)
        time_machine_at(AT)

        assert backend.has_perm(user, "cases.see_case", case)
        assert backend.has_perm(user, "see_case", case)
        for who, what in ((user, None), (AnonymousUser(), case), (None, case)):
            assert not backend.has_perm(who, "cases.see_case", what)
            assert backend.get_all_permissions(who, what) == set()

    @pytest.mark.parametrize("seed", SEEDS[:3])
    def test_as_many_are_counted_as_are_listed(self, seed):
        world = chaos(seed)
        Case.objects.system_scope("all of them run").update(
            status=Case.Status.OPEN, procesregisseur=world.users[0]
        )

        for user in world.users:
            for at in MOMENTS:
                counted = count_per_level(Case, user, at=at)
                assert counted.get(1, 0) == len(world.listed(user, at=at))
                assert not set(counted) - {1}

    def test_cases_of_people_whom_somebody_knows_are_left_out(self):
        world = chaos(3)

        for user in world.users:
            left = Case.objects.system_scope("nobody reads").excluding(user)
            known = {case for who, case in world.exclusions if who == user.pk}
            assert {case.pk for case in left} == {c.pk for c in world.cases} - known

    def test_a_page_holds_fifty(self):
        world = chaos(5, users=2, cases=400)
        busiest = max(world.users, key=lambda user: len(world.listed(user, at=AT)))
        assert len(world.listed(busiest, at=AT)) > 50

        assert len(page_for(Case, busiest, at=AT)) == 50

    def test_pages_of_any_length_hold_the_same(self):
        world = chaos(7, users=3, cases=60)

        for user in world.users:
            lists = {tuple(pages_of(user, at=AT, limit=n)) for n in (1, 2, 50)}
            assert len(lists) == 1


class TestNobody:
    """Catches a short cut for who is powerful, gone, or logged out."""

    @pytest.fixture
    def case(self):
        self.world = make_world()
        return opened(self.world)

    def test_superuser_sees_nothing(self, case):
        user = self.world.other_manager
        user.is_superuser = user.is_staff = True
        user.save()

        assert not user.has_perm("cases.see_case", case)
        assert not user.has_perm("cases.see_case")
        assert not scopes(user, case, at=AT)
        assert not Case.objects.visible_to(user, at=AT).exists()
        assert page_for(Case, user, at=AT) == []

    def test_who_left_sees_nothing(self, case):
        user = self.world.procesregisseur
        assert scopes(user, case, at=AT)

        user.is_active = False
        user.save()

        assert not scopes(user, case, at=AT)
        assert not user.has_perm("cases.see_case", case)
        assert not Case.objects.visible_to(user, at=AT).exists()
        assert page_for(Case, user, at=AT) == []

    def test_a_desk_is_left_with_all_that_it_sees(self, case):
        user = self.world.other_procesregisseur
        referral = referred(self.world)
        assert Permission.TRIAGE_CASE in scopes(user, referral, at=AT)

        leave_desk(user.memberships.get(), on=AT.date())

        assert not scopes(user, referral, at=AT)
        assert page_for(Case, user, at=AT) == []

    def test_a_grant_that_ended_gives_nothing_though_its_row_stands(self, case):
        user = self.world.procesregisseur
        Participation.objects.system_scope("test").filter(case=case, user=user).update(
            until_at=AT + timedelta(hours=4)
        )
        grants.follow([case.pk], at=AT)
        later = AT + timedelta(hours=4)

        assert scopes(user, case, at=later - timedelta(seconds=1))
        assert CaseUserGrant.objects.filter(user=user, content_object=case).exists()
        assert not scopes(user, case, at=later)
        assert not Case.objects.visible_to(user, at=later).exists()
        assert page_for(Case, user, at=later) == []
        require(user, Permission.SEE_CASE, case, at=later - timedelta(seconds=1))
        with pytest.raises(NotVisible):
            require(user, Permission.SEE_CASE, case, at=later)

    def test_who_sees_a_case_may_not_do_everything_and_hears_who_may(self, case):
        referral = referred(self.world)

        with pytest.raises(NotPermitted) as refused:
            require(self.world.procesregisseur, Permission.STEER_CASE, referral, at=AT)

        told = "Dit doet de procesregisseur van deze casus."
        assert refused.value.user_message == told

    def test_stock_tables_of_guardian_stay_empty(self, case):
        assert not UserObjectPermission.objects.exists()
        assert not GroupObjectPermission.objects.exists()


class TestFollow:
    """Catches a transition that changes who takes part and forgets the grants."""

    def test_grants_are_what_participations_say_after_everything(self, time_machine_at):
        time_machine_at(NOW)
        town = build()
        assert differing() == 0

        for group in stands(town):
            assert differing() == 0, group[0]

    def test_a_grant_too_many_is_seen(self):
        world = make_world()
        case = opened(world)
        row = CaseUserGrant.objects.filter(content_object=case).first()
        row.pk, row.user = None, world.manager
        row.save(force_insert=True)

        assert differing() == 1
        grants.follow([case.pk], at=AT)
        assert differing() == 0

    def test_a_grant_too_few_is_seen(self):
        world = make_world()
        case = opened(world)
        CaseUserGrant.objects.filter(content_object=case).first().delete()

        assert differing() == 1

    def test_nothing_is_written_when_nothing_changed(self):
        world = make_world()
        case = opened(world)

        assert grants.follow([case.pk], at=AT) == (0, 0)


class TestScopedQuerySet:
    """Catches content that is read without saying for whom."""

    EVALUATED = {
        "iterated": list,
        "counted": lambda rows: rows.count(),
        "measured": len,
        "tested": bool,
        "asked whether it is there": lambda rows: rows.exists(),
        "got": lambda rows: rows.get(pk=1),
        "first": lambda rows: rows.first(),
        "last": lambda rows: rows.last(),
        "earliest": lambda rows: rows.earliest("pk"),
        "latest": lambda rows: rows.latest("pk"),
        "sliced": lambda rows: list(rows[:1]),
        "indexed": lambda rows: rows.order_by("pk")[0],
        "named": lambda rows: list(rows.values("pk")),
        "listed": lambda rows: list(rows.values_list("pk", flat=True)),
        "in bulk": lambda rows: rows.in_bulk(),
        "streamed": lambda rows: list(rows.iterator()),
        "aggregated": lambda rows: rows.aggregate(),
        "updated": lambda rows: rows.update(pk=1),
        "deleted": lambda rows: rows.delete(),
        "by day": lambda rows: list(rows.filter(pk=1).distinct()),
        "annotated": lambda rows: list(rows.annotate()),
        "locked": lambda rows: list(rows.select_for_update()),
        "excluded": lambda rows: list(rows.exclude(pk=1)),
        "or got": lambda rows: get_object_or_404(rows, pk=1),
        "got or created": lambda rows: rows.get_or_create(pk=1),
        "updated or created": lambda rows: rows.update_or_create(pk=1),
        "held": lambda rows: 1 in rows,
        "printed": repr,
    }

    @pytest.mark.parametrize("model", [Case, Note, Participation])
    @pytest.mark.parametrize("way", EVALUATED)
    def test_raises_when_it_runs(self, model, way):
        with pytest.raises(ScopeMissing):
            self.EVALUATED[way](model.objects.all())

    def test_raises_for_the_shortcut_of_guardian(self):
        world = make_world()

        with pytest.raises(ScopeMissing):
            list(get_objects_for_user(world.manager, "cases.see_case", Case))

    def test_raises_for_a_dump(self):
        with pytest.raises(CommandError, match="Case"):
            call_command("dumpdata", "cases.case", stdout=StringIO())

    def test_raises_in_a_combination(self):
        world = make_world()

        with pytest.raises(ScopeMissing):
            list(Case.objects.all() | Case.objects.visible_to(world.manager, at=AT))

    def test_needs_a_reason_of_the_system(self):
        with pytest.raises(ScopeMissing):
            Case.objects.system_scope("")

    def test_lets_what_is_held_reach_its_children(self):
        case = opened(make_world())

        assert case.bottlenecks.count() == 1
        assert case.participations.exists()

    def test_reads_a_few_at_a_time(self):
        """Catches an `iterator` that forgets by how many."""
        case = opened(make_world())
        rows = Case.objects.visible_to(case.procesregisseur, at=AT)

        assert list(rows.prefetch_related("notes").iterator(chunk_size=2)) == [case]
        assert rows.aggregate(Count("pk")) == {"pk__count": 1}

    def test_lets_rows_be_made_and_written(self):
        case = opened(make_world())
        Note.objects.create(
            case=case, text="x", mark="fact", by=case.procesregisseur, at=AT
        )
        case.mnemonic = "y"
        case.save(update_fields=["mnemonic"])
        case.refresh_from_db()

        assert case.mnemonic == "y"

    def test_nothing_is_read_of_keys_that_are_not_run(self, django_assert_num_queries):
        world = make_world()

        with django_assert_num_queries(0):
            granted(Case, world.manager, Permission.SEE_CASE, at=AT)


def differing() -> int:
    cases = Case.objects.system_scope("test").values_list("pk", flat=True)
    return grants.difference(list(cases), at=NOW)
