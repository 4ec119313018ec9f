"""A bottleneck becomes a beleidssignaal, and nobody can walk back to the case."""

import json
from datetime import timedelta

import pytest
from django.core import serializers

from ave.trends.anonymity import PointsAtCase
from ave.trends.transitions import CaseNotRunning, SignalSent, send_signal
from casework.audit.models import AuditEntry
from casework.cases import grants
from casework.cases.bottlenecks import raise_bottleneck
from casework.cases.models import Case, Event
from casework.cases.participations import join_case
from casework.people.errors import InvalidInput, NotPermitted, NotVisible, Stale
from casework.work.models import WorkItem
from programme.models import PolicySignal
from tests.replay import replays
from tests.world import AT, CANARIES, STUCK

OUTSIDERS = (
    "other_procesregisseur",
    "officer",
    "manager",
    "burgemeester",
    "aov",
    "beleidsmedewerker",
    "privacy_officer",
    "fg",
    "beheerder",
)


class TestSendSignal:
    def test_brings_the_words_to_policy(self, world, bottleneck, facts, policy_desk):
        send_signal(bottleneck, by=world.procesregisseur, at=AT, **facts)

        signal = PolicySignal.objects.get()
        assert signal.text == "Er is te weinig plek voor begeleid wonen."
        assert (signal.desk, signal.activity.code) == (policy_desk, "ZV-02")
        assert signal.asked_by == world.procesregisseur
        work = WorkItem.objects.system_scope("test").open().get(about=signal.key)
        assert work.owner_desk == policy_desk

    def test_records_it_in_the_case_alone(self, world, case, bottleneck, facts):
        """Catches a key of the signal in the journal, or of the case in the log of it."""
        with replays(case):
            send_signal(bottleneck, by=world.procesregisseur, at=AT, **facts)

        event = Event.objects.system_scope("test").get(kind="signal.sent")
        assert (event.case, event.facts) == (case, {"about": bottleneck.key})
        entry = AuditEntry.objects.get(verb="signal.sent")
        assert (entry.case, entry.about) == (case.pk, bottleneck.key)
        assert not AuditEntry.objects.filter(about__startswith="signal:").exists()

    def test_leaves_nothing_of_the_case_in_the_signal(
        self, world, case, bottleneck, facts
    ):
        """Catches a reference, key, party, name or moment in a row that policy has."""
        send_signal(bottleneck, by=world.procesregisseur, at=AT, **facts)

        signal = PolicySignal.objects.get()
        work = WorkItem.objects.system_scope("test").get(about=signal.key)
        rows = json.dumps(json.loads(serializers.serialize("json", [signal, work])))
        for secret in (
            case.reference,
            bottleneck.key,
            "2026-11-23T",
            "Buurtbewoner",
            "Woonstichting",
            *CANARIES.values(),
        ):
            assert secret not in rows
        assert work.case is None
        named = {field.name for field in PolicySignal._meta.get_fields()}
        assert not named & {"case", "bottleneck", "event", "reference"}

    @pytest.mark.parametrize("who", OUTSIDERS)
    def test_refuses_whoever_is_not_in_the_case(self, world, bottleneck, facts, who):
        with pytest.raises(NotVisible):
            send_signal(bottleneck, by=getattr(world, who), at=AT, **facts)

        assert not PolicySignal.objects.exists()

    def test_refuses_the_casusregisseur(self, world, case, bottleneck, facts):
        join_case(case, "casusregisseur", user=world.casusregisseur, at=AT)
        grants.follow([case.pk], at=AT)

        with pytest.raises(NotPermitted):
            send_signal(bottleneck, by=world.casusregisseur, at=AT, **facts)

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("De moeder van Ooievaarsteeg 7 wacht.", ["Ooievaarsteeg 7"]),
            ("Mevrouw Kwikstaart wacht.", ["Mevrouw Kwikstaart"]),
            ("Teun Kwikstaart kan nergens heen.", ["Teun Kwikstaart"]),
        ],
    )
    def test_refuses_names_with_exactly_those_words(
        self, world, bottleneck, facts, text, words
    ):
        """Catches a name that reaches policy because it was written in a sentence."""
        with pytest.raises(InvalidInput) as refusal:
            send_signal(
                bottleneck,
                by=world.procesregisseur,
                at=AT,
                **{**facts, "text": text},
            )

        message = refusal.value.user_message
        assert refusal.value.field == "text"
        assert "In je tekst staat een naam of adres" in message
        for word in words:
            assert f'"{word}"' in message
        assert not PolicySignal.objects.exists()

    @pytest.mark.parametrize(
        ("text", "word"),
        [
            ("Zie AVE-2026-0412.", "AVE-2026-0412"),
            ("Sinds 12 november is er geen plek.", "12 november"),
            ("Op 12-11-2026 was er geen plek.", "12-11-2026"),
            ("Op 2026-11-12 was er geen plek.", "2026-11-12"),
            ("De Woonstichting Veenland weigert.", "Woonstichting Veenland"),
            ("veenland weigert.", "veenland"),
            ("GGZ Zuid neemt niet op.", "GGZ Zuid"),
        ],
    )
    def test_refuses_what_leads_back_to_the_case(
        self, world, case, bottleneck, facts, text, word
    ):
        """Catches a reference, a day, a party or the cause of a knelpunt in the text."""
        join_case(case, "party", organisation=world.housing, at=AT)
        stuck = {**STUCK, "cause": world.health}
        raise_bottleneck(case, by=world.procesregisseur, at=AT, **stuck)

        with pytest.raises(PointsAtCase) as refusal:
            send_signal(
                bottleneck,
                by=world.procesregisseur,
                at=AT,
                **{**facts, "text": text},
            )

        assert f'"{word}"' in refusal.value.user_message

    def test_takes_the_months_of_a_trend(self, world, bottleneck, facts):
        """Catches a check on days that refuses "mei tot november"."""
        text = "Van mei tot november was er geen plek, vaak 3 maanden lang."

        send_signal(
            bottleneck, by=world.procesregisseur, at=AT, **{**facts, "text": text}
        )

        assert PolicySignal.objects.get().text == text

    def test_refuses_a_second_one_about_the_same_bottleneck(
        self, world, bottleneck, facts
    ):
        send_signal(bottleneck, by=world.procesregisseur, at=AT, **facts)

        with pytest.raises(SignalSent):
            send_signal(bottleneck, by=world.procesregisseur, at=AT, **facts)

        assert PolicySignal.objects.count() == 1

    def test_takes_another_one_after_half_a_year(self, world, bottleneck, facts):
        send_signal(bottleneck, by=world.procesregisseur, at=AT, **facts)
        later = AT + timedelta(days=190)

        send_signal(bottleneck, by=world.procesregisseur, at=later, **facts)

        assert PolicySignal.objects.count() == 2

    def test_refuses_a_form_from_before_a_change(self, world, bottleneck, facts):
        with pytest.raises(Stale):
            send_signal(bottleneck, by=world.procesregisseur, at=AT, seen=0, **facts)

    def test_refuses_a_kind_that_does_not_exist(self, world, bottleneck, facts):
        with pytest.raises(InvalidInput):
            send_signal(
                bottleneck,
                by=world.procesregisseur,
                at=AT,
                **{**facts, "theme": "weather"},
            )

    def test_refuses_a_case_that_does_not_run(self, world, case, bottleneck, facts):
        Case._base_manager.filter(pk=case.pk).update(
            status="closed", closed_at=AT, outcome="solved", level=1
        )

        with pytest.raises(CaseNotRunning):
            send_signal(bottleneck, by=world.procesregisseur, at=AT, **facts)
