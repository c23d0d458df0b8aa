"""The lists of training actions and sessions, and the dashboard's figures as doors to the applications list."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from poec_workflow import Refused, Request, commands
from poec_workflow.model import Role
from poec_workflow.serialization import from_dict
from poec_workflow.testing import SettableClock
from poec_workflow.views import ApplicationFilter, Column
from training_site import PLATFORM, TODAY, Site, action, day, session, url

WRONG = (
    "size=11",
    "size=ten",
    "size=-1",
    "order=up",
    "sort=nope",
    "sort=registration",
    "after=zz",
    "before=zz",
    "after=%00",
    "after=QQ&before=QQ",
    "tab=nope",
    "format=pdf",
    "unknown=1",
    "tab=alert&tab=published",
    "text=" + "x" * 201,
    "text=%00",
    "%00=1",
)
WRONG_SESSIONS = ("from=2026-02-30", "until=3000-01-01", "role=boss", "state=gone", "type=%00", "action=" + "x" * 65)
GOOD = (
    "",
    "text=%E9%25",
    "size=25&order=descending",
    "text=%27%22%3C",
    "size=&order=&text=&after=",
    "text=%25_%5C",
)
REFERENCES = re.compile(r'class="reference"><a href="[^"]*"><span[^>]*>✎</span>([^<]*)</a>')


def many(site: Site, number: int) -> None:
    """So many actions, each with a session, beside those of the story."""
    requests = [
        Request(command=command, actor=PLATFORM)
        for index in range(number)
        for command in (
            action(f"M{index:02}"),
            commands.PublishAction(f"M{index:02}"),
            session(f"T{index:02}", f"M{index:02}", start=day(30 + index % 3)),
        )
    ]
    assert not [each for each in site.workflow.execute_many(requests, batch=100) if isinstance(each, Refused)]


@pytest.mark.parametrize("view", ["actions", "sessions"])
def test_a_wrong_parameter_has_a_page_that_says_so(site: Site, view: str) -> None:
    """Never another list than the one that was asked for, and never an error of the server."""
    for query in WRONG:
        assert "Retour à l" in site.page("platform", f"{url(view)}?{query}", 400)


def test_a_wrong_filter_of_sessions_has_a_page_that_says_so(site: Site) -> None:
    """Days that there are not, roles, states and texts that are none."""
    for query in WRONG_SESSIONS:
        site.page("platform", f"{url('sessions')}?{query}", 400)


@pytest.mark.parametrize("view", ["actions", "sessions"])
def test_other_parameters_have_a_list(site: Site, view: str) -> None:
    """Empty ones are none, and any text may be looked for."""
    for query in GOOD:
        site.page("platform", f"{url(view)}?{query}")


def test_wrong_days_of_the_dashboard_have_a_page_that_says_so(site: Site) -> None:
    """The one parameter of the first screen is a day."""
    for query in ("since=x", "since=2026-02-30", "from=2026-01-01", "since=0001-01-01"):
        site.page("responsible", f"{url('home')}?{query}", 400)


def test_an_adviser_has_the_published_actions_alone(site: Site) -> None:
    """One tab, its own count, and no other by address."""
    page = site.page("adviser", url("actions"))
    assert re.findall(r"tab=[a-z-]+", page) == ["tab=published"]
    assert REFERENCES.findall(page) == ["A1", "A2"]
    site.page("adviser", url("actions") + "?tab=archived", 400)


def test_six_tabs_with_their_counts(site: Site) -> None:
    """Those of the source, as the workflow counts them."""
    page = site.page("responsible", url("actions"))
    counts = re.findall(r'<a href="\?*[^"]*tab=([a-z-]+)"[^>]*>[^<]*<span class="count">(\d+)<', page)
    assert counts == [
        ("alert", "0"),
        ("published", "1"),
        ("pending-validation", "0"),
        ("awaiting-publication", "1"),
        ("archived", "1"),
        ("deleted", "0"),
    ]


@pytest.mark.parametrize(
    "sort", ["", "sort=session-start&", "order=descending&", "sort=session-start&order=descending&"]
)
def test_pages_go_on_and_back(site: Site, sort: str) -> None:
    """Ten by ten to the end without a gap or a row twice, and back over the same pages."""
    many(site, 23)
    address, seen = f"{url('sessions')}?{sort}size=10", []
    pages = []
    while address:
        page = site.page("responsible", address)
        pages.append(REFERENCES.findall(page))
        seen.append(page)
        found = re.search(r'href="([^"]+)" rel="next"', page)
        address = found[1].replace("&amp;", "&") if found else ""
    rows = [each for page in pages for each in page]
    assert [len(each) for each in pages] == [10, 10, 5]
    assert len(set(rows)) == len(rows) == 25
    for expected in (pages[1], pages[0]):
        back = re.search(r'href="([^"]+)" rel="prev"', seen[-1])
        assert back
        page = site.page("responsible", back[1].replace("&amp;", "&"))
        assert REFERENCES.findall(page) == expected
        assert 'rel="next"' in page
        seen.append(page)
    assert 'rel="prev"' not in seen[0]
    assert 'rel="prev"' not in seen[-1]


def test_filters_go_along(site: Site) -> None:
    """A filter stays on other pages, tabs and sizes, and the file has what the list has."""
    many(site, 12)
    page = site.page("responsible", url("sessions") + "?text=T0&size=10&role=responsible")
    assert REFERENCES.findall(page) == [f"T{index:02}" for index in range(10)]
    for link in re.findall(r'href="(/sessions/\?[^"]+)"', page):
        if "sessions/?tab" in link or "text=" in link:
            assert "text=T0" in link
    file = site.client("responsible").get(url("sessions") + "?text=T0&format=csv")
    assert file.content.decode().count("\r\n") == 11


def test_a_file_has_all_rows_whatever_page_its_address_names(site: Site) -> None:
    """A place in the list says where a page begins, and no file."""
    many(site, 12)
    query = url("sessions") + "?text=T&size=10"
    [place] = re.findall(r"after=([^&\"]+)\" rel=\"next\"", site.page("responsible", query))
    whole = site.client("responsible").get(f"{query}&format=csv").content
    for name in ("after", "before"):
        assert site.client("responsible").get(f"{query}&format=csv&{name}={place}").content == whole


def test_session_filters_are_those_of_the_source(site: Site) -> None:
    """Start, end, role, state, type and text."""
    for query, found in {
        "role=trainer": [],
        "role=positioner": ["FULL", "S1"],
        "state=complete": [],
        "state=active": ["FULL", "S1"],
        f"from={day(31)}": [],
        f"until={day(90)}": ["FULL", "S1"],
        f"until={day(89)}": [],
        "type=X": [],
        "action=A1": ["FULL", "S1"],
        "action=A2": [],
        "tab=ended": ["ENDED"],
        "text=agen": ["FULL", "S1"],
    }.items():
        assert REFERENCES.findall(site.page("positioner", f"{url('sessions')}?{query}")) == found, query


def test_files_open_in_a_spreadsheet(site: Site) -> None:
    """Headings in the language of the page, each figure in a cell, references as they are, and nothing is a formula."""
    site.workflow.execute(action("=1+1", title="[POEC] ;=1", funder="+1", kind="-1"), PLATFORM)
    site.workflow.execute(session("00301234", "A1", place="=HYPERLINK(1)", market="@x"), PLATFORM)
    answer = site.client("positioner").get(url("sessions") + "?format=csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="sessions.csv"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    text = answer.content.decode("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines(), delimiter=";"))
    assert [each["Référence"] for each in rows] == ['="00301234"', "FULL", "S1"]
    assert rows[0]["Lieu"] == "'=HYPERLINK(1)"
    assert rows[0]["Début"] == day(30).isoformat()
    assert (rows[2]["Inscrits"], rows[2]["Capacité d'accueil"], rows[2]["Préinscrits"], rows[2]["Quota"]) == tuple(
        "0214"
    )
    english = site.client("platform", "en").get(url("actions") + "?format=csv&tab=awaiting-publication")
    [row, _] = csv.DictReader(english.content.decode("utf-8-sig").splitlines(), delimiter=";")
    assert (row["Reference"], row["Kind"], row["Funding"]) == ("'=1+1", "'-1", "'+1")
    assert row["State"] == "Awaiting publication"


def test_each_figure_of_the_dashboard_is_a_door(site: Site) -> None:
    """Each figure links to a list that has exactly as many applications, since a day too."""
    for since in (None, TODAY - timedelta(200), TODAY + timedelta(1)):
        address = url("home") + ("" if since is None else f"?since={since}")
        page = site.page("positioner", address)
        doors = re.findall(r'<td class="number"><a href="([^"]+)"[^>]*>(\d+)</a>', page)
        assert len(doors) == len(Column)
        for link, figure in doors:
            asked = dict(parse_qsl(urlsplit(link.replace("&amp;", "&")).query))
            assert asked.pop("published") == "1"
            assert (asked["role"], asked["at"]) == (Role.POSITIONER, TODAY.isoformat())
            assert asked.get("since") == (since and since.isoformat())
            door = from_dict({**asked, "published": True, "organization": "POS"}, ApplicationFilter)
            assert site.workflow.application_count(door) == int(figure)
        assert sum(int(figure) for _, figure in doors) == (0 if since and since > TODAY else 3)
        assert ("préinscrites depuis le" in page) == (since is not None)


def test_what_expires_is_counted_down(site: Site, clock: SettableClock) -> None:
    """The applications that expire soon stand on the first screen, with the days that are left."""
    assert "Aucune candidature n'arrive à échéance" in site.page("positioner", url("home")).replace("&#x27;", "'")
    clock.set(f"{day(90 + 21 - 15)}T10:00:00+01:00")
    page = site.page("positioner", url("home"))
    assert "15 jours restants" in page
    clock.set(f"{day(90 + 21)}T23:00:00+02:00")
    page = site.page("positioner", url("home"))
    assert "0 jour restant" in page
    assert f"jusqu&#x27;au {day(111):%d/%m/%Y}" in page or f"jusqu'au {day(111):%d/%m/%Y}" in page
    clock.set(f"{day(112)}T00:00:00+02:00")
    assert "jour restant" not in site.page("positioner", url("home"))


def test_the_first_screen_is_each_ones_own(site: Site) -> None:
    """The platform reads what it has to validate and publish, an adviser where somebody can be registered."""
    site.do("responsible", "action", "A1", "enrich-action", changes__certification="Titre")
    platform = site.page("platform", url("home"))
    assert "Certifications à valider" in platform
    assert url("action", "A1") in platform
    assert url("action", "WAITING") in platform
    adviser = site.page("adviser", url("home"))
    assert url("session", "S1") in adviser
    assert url("session", "ENDED") not in adviser
    assert url("application", "C-1") in adviser
    assert url("application", "C-2") not in site.page("candidate", url("home"))
    assert url("application", "C-1") not in site.page("stranger", url("home"))
    assert "Votre organisme ne tient encore de rôle" in site.page("stranger", url("home"))


def test_the_choice_of_a_structure(site: Site) -> None:
    """Among one's own alone, for what follows; and back to a page of this site alone."""
    client = site.client("several")
    assert "Travailler pour cette structure" in site.page("several", url("structures"))
    assert client.post(url("structures"), {"structure": "organization/POS/"}).headers["Location"] == url("home")
    assert "<h1>POS" in site.page("several", url("home"))
    told = client.post(url("structures"), {"structure": "platform/CAP/"})
    assert told.status_code == 403
    assert "pas rattaché à cette structure" in told.content.decode()
    for away in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        answer = client.post(url("structures"), {"structure": "organization/FORM/", "next": away})
        assert answer.headers["Location"] == url("home")
