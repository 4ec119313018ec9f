"""The lists of Mijn werk, as their templates get them: groups, links and who has what."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from casework.people.models import Absence
from casework.plan.offering import Ask
from casework.plan.transitions import offer_task
from casework.work import items
from casework.work.due import Due
from casework.work.models import Notice, WorkItem
from casework.work.own import write_own
from tests.pages.conftest import many_cases
from tests.world import AT, DAY, asked, opened

SUNDAY = DAY + timedelta(days=6)


def own(world, title, due, *, ago=9):
    return write_own(
        title, due=due, by=world.procesregisseur, at=AT - timedelta(days=ago)
    )


def goes_away(user, *, deputy):
    Absence.objects.create(
        user=user,
        deputy=deputy,
        starts_at=AT - timedelta(hours=1),
        started_by=user,
        reason="Ziek",
    )


def rows_of(page):
    return [row for group in page.context["groups"] for row in group.items]


class TestGroups:
    def test_puts_each_day_under_its_heading(self, world, browser):
        """Catches work of Sunday under "Later", and of this morning under "Vandaag"."""
        dues = {
            "gisteren": Due.day(DAY - timedelta(days=1)),
            "vanochtend": Due.moment(AT - timedelta(minutes=1)),
            "vanmiddag": Due.moment(AT + timedelta(hours=5)),
            "vandaag": Due.day(DAY),
            "morgen": Due.day(DAY + timedelta(days=1)),
            "overmorgen": Due.day(DAY + timedelta(days=2)),
            "zondag": Due.day(SUNDAY),
            "maandag": Due.day(SUNDAY + timedelta(days=1)),
        }
        for ago, (title, due) in enumerate(dues.items(), start=2):
            own(world, title, due, ago=ago)

        page = browser(world.procesregisseur).get("/")

        assert [
            (each.title, each.heading_id, each.late, [row.title for row in each.items])
            for each in page.context["groups"]
        ] == [
            ("Te laat", "te-laat", True, ["gisteren", "vanochtend"]),
            (
                "Vandaag en morgen",
                "vandaag",
                False,
                ["vanmiddag", "vandaag", "morgen"],
            ),
            ("Deze week", "deze-week", False, ["overmorgen", "zondag"]),
            ("Later", "later", False, ["maandag"]),
        ]

    def test_ends_the_week_on_its_sunday_whatever_day_it_is(self, world, browser):
        """Catches a week that only ends on Sunday when it is Monday."""
        own(world, "maandag", Due.day(SUNDAY + timedelta(days=1)))

        with time_machine.travel(AT + timedelta(days=2), tick=False):
            page = browser(world.procesregisseur).get("/")

        assert [each.title for each in page.context["groups"]] == ["Later"]

    def test_has_one_heading_for_what_is_done(self, world, browser):
        me = browser(world.procesregisseur)
        assert me.get("/?toon=klaar").context["groups"] == []
        item = own(world, "Bel", Due.day(DAY))
        me.send(f"/te-doen/{item.pk}/klaar/")

        (group,) = me.get("/?toon=klaar").context["groups"]

        assert (group.title, group.heading_id, group.late) == ("Klaar", "klaar", False)
        (row,) = group.items
        assert (row.title, row.closed_at) == ("Bel", AT)
        assert (row.is_own, row.is_new, row.may_rest) == (False, False, False)


class TestFilters:
    @pytest.mark.parametrize("shown", ["mij", "team", "anderen", "klaar"])
    def test_lead_to_each_list_with_how_much_is_in_it(self, world, browser, shown):
        """Catches a count beside the wrong list, and a list that is not marked."""
        asked(world, opened(world))
        own(world, "Bel", Due.day(DAY - timedelta(days=1)))

        page = browser(world.procesregisseur).get(f"/?toon={shown}")

        counts = page.context["counts"]
        assert counts.late == 1
        assert [
            (each.label, each.url, each.current, each.count)
            for each in page.context["filters"]
        ] == [
            ("Van mij", "/", shown == "mij", counts.mine),
            ("Van mijn team", "/?toon=team", shown == "team", counts.team),
            ("Wacht op anderen", "/?toon=anderen", shown == "anderen", counts.others),
            ("Klaar", "/?toon=klaar", shown == "klaar", ""),
        ]

    def test_counts_as_many_as_each_list_shows(self, world, browser):
        asked(world, opened(world))
        me = browser(world.procesregisseur)

        counts = me.get("/").context["counts"]

        shown = {
            cut: len(rows_of(me.get(f"/?toon={cut}")))
            for cut in ("mij", "team", "anderen")
        }
        assert shown == {
            "mij": counts.mine,
            "team": counts.team,
            "anderen": counts.others,
        }
        assert counts.others == 1

    def test_badge_of_the_menu_is_how_much_is_late(self, world, browser):
        own(world, "Bel", Due.day(DAY - timedelta(days=1)))
        own(world, "Mail", Due.day(DAY), ago=8)

        page = browser(world.procesregisseur).get("/")

        assert page.context["badges"] == {"work:mine": 1}


class TestRows:
    def test_of_others_leads_to_it_and_says_who_has_it(self, world, browser):
        request = asked(world, opened(world))

        (row,) = rows_of(browser(world.procesregisseur).get("/?toon=anderen"))

        item = WorkItem.objects.system_scope("test").get(about=request.key)
        assert (row.pk, row.link, row.title) == (item.pk, item.link, item.title)
        assert (row.reference, row.level) == (request.case.reference, 3)
        waits = ["wacht op Marloes de Wit sinds ma 23 november"]
        assert (row.who, row.facts) == ("Marloes de Wit", waits)
        assert row.may_rest
        assert (row.is_own, row.is_new, row.urgent) == (False, False, False)

    def test_of_the_team_says_who_picked_it_up(self, world, browser):
        opened(world, referrer_name="Buur")
        item = items.open_item(
            "desk",
            title="Kijk even",
            about="desk:1",
            link="/casussen/",
            owner=world.procesregie,
            due=Due.day(DAY),
            by=None,
            at=AT,
        )
        me, other = (
            browser(world.procesregisseur),
            browser(world.other_procesregisseur),
        )

        def facts(client, cut):
            found = rows_of(client.get(f"/?toon={cut}"))
            return [row.facts for row in found if row.pk == item.pk]

        assert facts(me, "team") == facts(me, "mij") == [["bij Procesregie"]]
        items.claim(item, by=world.procesregisseur, at=AT)
        assert facts(other, "team") == [["opgepakt door Fatima El Amrani"]]
        assert facts(other, "mij") == []
        assert facts(me, "mij") == [[]]

    def test_of_whom_one_stands_in_for_says_so(self, world, browser):
        asked(world, opened(world))
        goes_away(world.manager, deputy=world.other_manager)

        found = rows_of(browser(world.other_manager).get("/"))

        assert [row.facts for row in found] == [["namens Marloes de Wit"]]

    def test_of_a_desk_that_he_picked_up_says_so_too(self, world, browser):
        """Catches work of a colleague in one's list as if it were one's own."""
        offer_task(
            opened(world),
            Ask(
                kind="overview",
                question="Wat weten jullie?",
                desk=world.police_desk,
                due_on=DAY + timedelta(days=7),
            ),
            by=world.procesregisseur,
            at=AT,
        )
        item = WorkItem.objects.system_scope("test").get(kind="task")
        items.claim(item, by=world.officer, at=AT)
        goes_away(world.officer, deputy=world.other_officer)

        found = rows_of(browser(world.other_officer).get("/"))

        assert [row.facts for row in found] == [["namens Kemal Yildiz"]]

    def test_own_work_of_whom_one_stands_in_for_is_not_there(self, world, browser):
        own(world, "Bel", Due.day(DAY))

        (row,) = rows_of(browser(world.procesregisseur).get("/"))

        assert row.is_own


class TestNews:
    def test_is_read_once_and_keeps_its_moment(self, world, browser):
        """Catches a visit that makes it look as if all was read only now."""
        request = asked(world, opened(world))
        item = WorkItem.objects.system_scope("test").get(about=request.key)
        facts = {"item": item, "revision": 0, "at": AT}
        yesterday = AT - timedelta(days=1)
        old = Notice.objects.create(
            step="old", user=world.manager, read_at=yesterday, **facts
        )
        new = Notice.objects.create(step="new", user=world.manager, **facts)
        others = Notice.objects.create(step="new", user=world.other_manager, **facts)

        browser(world.manager).get("/")

        read = dict(Notice.objects.values_list("pk", "read_at"))
        assert (read[old.pk], read[new.pk]) == (yesterday, AT)
        assert read[others.pk] is None


class TestPages:
    @pytest.mark.parametrize("hours", [0, 3])
    def test_of_others_give_each_row_once(self, world, browser, hours):
        """Catches a second page that begins anew, or leaves out what has an hour."""
        for number in range(30):
            day = DAY + timedelta(days=2 + number // 10)
            moment = AT + timedelta(days=2, hours=number // 10)
            items.open_item(
                "signal.answer",
                title=f"Antwoord {number}",
                link="/beleidssignalen/1/",
                owner=world.manager,
                due=Due.moment(moment) if hours and number % 2 else Due.day(day),
                by=world.procesregisseur,
                asked_by=world.procesregisseur,
                about=f"signal:{number + 1}",
                at=AT,
            )
        me = browser(world.procesregisseur)

        first = me.get("/?toon=anderen")
        second = me.get(first.context["next_url"])

        seen = [row.pk for page in (first, second) for row in rows_of(page)]
        assert (len(rows_of(first)), len(seen), len(set(seen))) == (25, 30, 30)

    def test_lead_on_and_back_within_their_list(self, world, browser):
        many_cases(world, 30)
        me = browser(world.procesregisseur)

        first = me.get("/")
        second = me.get(first.context["next_url"])

        assert len(rows_of(first)) == 25
        assert first.context["previous_url"] == ""
        assert first.context["next_url"].startswith("/?toon=mij&na=")
        assert second.context["previous_url"] == "/?toon=mij"
        assert second.context["next_url"] == ""
