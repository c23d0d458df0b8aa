"""The list of applications: tabs with counts, filters that show and come off, pages back and forth, a file."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from html import unescape

import pytest

from candidacies import ACTORS, HOSTILE, Browser, registered
from poec_workflow import Workflow, commands
from poec_workflow.model import Role
from poec_workflow.views import ApplicationFilter, Column, PageRequest

pytestmark = pytest.mark.usefixtures("site")

LIST = "/applications/"
PLATFORM = ACTORS["platform"][0]


def references(page: str) -> list[str]:
    """The rows of a page."""
    return re.findall(r'<th scope="row" class="reference"><a href="/applications/([^/]+)/"', page)


def links(page: str) -> dict[str, str]:
    """The addresses of a page by their text."""
    found = re.findall(r'<a[^>]*? href="([^"]+)"[^>]*>(.*?)</a>', page, re.DOTALL)
    return {re.sub(r"<[^>]*>", "", text).strip(): unescape(url) for url, text in found}


def test_tabs_count_what_they_list() -> None:
    """Current and coming, ended, and both together: each figure is the number of its rows."""
    browser = Browser("responsible")
    page = browser.page(LIST, size="50")
    tabs = {text: url for text, url in links(page).items() if "tab=" in url}
    assert len(tabs) == 3
    for text, url in tabs.items():
        assert f"[{len(references(browser.page(url)))}]" in text
    assert "EXPIRING" not in references(page)


@pytest.mark.parametrize("since", [None, date(2026, 2, 1)])
def test_each_figure_of_the_dashboard_is_a_door(site: Workflow, since: date | None) -> None:
    """The list that a figure's parameters ask for has exactly the applications that it counts."""
    browser = Browser("responsible")
    dashboard = site.dashboard("AFEC", since=since)
    assert len(dashboard.rows) == len(Role)
    for row in dashboard.rows:
        for column in Column:
            days = {"since": since.isoformat()} if since else {}
            asked = {"role": row.role.value, "column": column.value, "published": "1", "at": dashboard.at.isoformat()}
            page = browser.page(LIST, **asked, **days, size="50")
            assert len(references(page)) == getattr(row, column.value)


def test_a_filter_shows_and_comes_off() -> None:
    """Each filter that is on says what it is, and its link gives the list without it."""
    browser = Browser("responsible")
    asked = {"tab": "all", "state": "present", "text": "nom", "role": "responsible", "from": "2026-01-01"}
    page = browser.page(LIST, **asked)
    assert references(page) == ["PRESENT"]
    for text in ("Présent", "nom", "Responsable", "01/01/2026"):
        assert text in page
    url = links(page)["×Retirer le filtre\u00a0: État candidature"]
    assert "state=" not in url
    assert all(each in url for each in ("text=nom", "role=responsible", "tab=all"))
    assert len(references(browser.page(url))) > 1


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"state": "retained"}, ["RETAINED"]),
        ({"text": "NOM absent"}, ["ABSENT"]),
        ({"session": "S2"}, ["EXPIRING"]),
        ({"candidate": "P-DUE"}, ["DUE"]),
        ({"tab": "ended"}, ["EXPIRING"]),
        ({"until": "2026-03-01", "tab": "all"}, ["EXPIRING"]),
        ({"type": "nothing"}, []),
        ({"column": "expiring"}, ["EXPIRING"]),
        ({"state": "pending", "column": "retained"}, []),
    ],
)
def test_each_filter_restricts(asked: dict[str, str], expected: list[str]) -> None:
    """And where nothing is left the page says how to come back."""
    page = Browser("responsible").page(LIST, **asked)
    assert references(page) == expected
    assert expected or "Retirer les filtres" in page


def test_a_list_shows_its_own_organisation_only() -> None:
    """What is asked for another is refused; free text finds nothing of another's."""
    browser = Browser("responsible")
    assert browser.get(LIST, organization="OTHER").status_code == 400
    assert references(browser.page(LIST, text="ELSEWHERE", tab="all")) == []
    assert references(Browser("elsewhere").page(LIST, tab="all")) == ["ELSEWHERE"]
    assert Browser("candidate").get(LIST, candidate="P-DUE").status_code == 400
    assert references(Browser("platform").page(LIST, organization="OTHER", tab="all")) == ["ELSEWHERE"]


@pytest.mark.parametrize("sort", ["reference", "registration", "session-start"])
@pytest.mark.parametrize("order", ["ascending", "descending"])
def test_pages_back_and_forth_have_each_row_once(site: Workflow, sort: str, order: str) -> None:
    """Ten a page, in the order that was asked for; back from the last page come the same pages."""
    for number in range(14):
        site.execute(registered(f"N-{number}"), PLATFORM)
    browser = Browser("responsible")
    pages = [browser.page(LIST, sort=sort, order=order, tab="all")]
    while following := links(pages[-1]).get("Suivants →"):
        pages.append(browser.page(following))
    rows = [references(each) for each in pages]
    descending = order == "descending"
    asked = PageRequest(limit=0, sort=sort, descending=descending)  # type: ignore[arg-type]
    every = site.applications(ApplicationFilter(organization="AFEC"), asked).items
    assert [each for page in rows for each in page] == [each.reference for each in every]
    assert [len(each) for each in rows[:-1]] == [10] * (len(rows) - 1)
    back = [pages[-1]]
    while previous := links(back[-1]).get("← Précédents"):
        back.append(browser.page(previous))
    assert [references(each) for each in back] == rows[::-1]


WRONG = (
    {"tab": "nothing"}, {"state": "nothing"}, {"role": "nothing"}, {"from": "hier"}, {"until": "2026-02-30"},
    {"since": "1-1-1"}, {"at": "9999-01-01"}, {"column": "nothing"}, {"published": "yes"}, {"size": "11"},
    {"size": "-1"}, {"sort": "name"}, {"order": "up"}, {"after": "nothing"}, {"before": "é"}, {"text": "\0"},
    {"text": "x" * 201}, {"session": "x" * 65}, {"organization": "x" * 65}, {"format": "exe"}, {"unknown": "1"},
)  # fmt: skip


@pytest.mark.parametrize("user", ["responsible", "platform"])
def test_a_wrong_parameter_is_a_page_with_400(user: str) -> None:
    """Whatever an address says: a page that says what is wrong, never a failure."""
    browser = Browser(user)
    for asked in WRONG:
        answer = browser.get(LIST, **asked)
        assert (asked, answer.status_code) == (asked, 400)
        assert b"<h1>" in answer.content
        assert b"expected" not in answer.content
        assert f'href="{LIST}"' in answer.content.decode()


def test_the_file_has_all_rows_of_the_filter_as_a_spreadsheet_reads_them(site: Workflow) -> None:
    """Every page's rows, with the headings and labels of the language, and no text that a spreadsheet would run."""
    for number in range(12):
        site.execute(registered(f"N-{number}", name='=HYPERLINK("http://x")'), PLATFORM)
    site.execute(commands.Convoke(application="N-3", on=date(2026, 3, 12)), ACTORS["responsible"][0])
    browser = Browser("responsible")
    page = browser.page(LIST, tab="all", text="N-")
    answer = browser.get(links(page)["Exporter pour Excel (CSV)"])
    text = b"".join(answer.streaming_content).decode()
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text[1:], newline=""), delimiter=";"))
    assert [each["Référence"] for each in rows] == sorted(f"N-{number}" for number in range(12))
    assert {each["Candidat"] for each in rows} == {'\'=HYPERLINK("http://x")'}
    assert {each["État"] for each in rows} == {"En attente", "Convoquée"}
    assert {each["Début session"] for each in rows} == {"2026-03-02"}
    hostile = b"".join(browser.get(LIST, format="csv", text="HOSTILE").streaming_content).decode()
    assert HOSTILE.replace('"', '""') in hostile


def test_a_file_has_all_rows_whatever_page_its_address_names(site: Workflow) -> None:
    """A place in the list says where a page begins, and no file."""
    for number in range(12):
        site.execute(registered(f"N-{number:02}"), PLATFORM)
    browser = Browser("responsible")
    following = links(browser.page(LIST, tab="all", text="N-"))["Suivants →"]
    [place] = re.findall(r"after=([^&]+)", following)
    whole = b"".join(browser.get(LIST, tab="all", text="N-", format="csv").streaming_content)
    assert whole.count(b"\r\n") == 13
    for name in ("after", "before"):
        file = browser.get(LIST, tab="all", text="N-", format="csv", **{name: place})
        assert b"".join(file.streaming_content) == whole


def test_an_empty_list_says_where_applications_come_from() -> None:
    """Who has none reads who registers them."""
    assert "Elles arrivent quand" in Browser("stranger").page(LIST)


def test_a_page_of_the_list_asks_few_questions(site: Workflow, django_queries: list[str]) -> None:
    """However many rows: their number of queries is the same."""
    browser = Browser("responsible")
    browser.page(LIST)
    django_queries.clear()
    browser.page(LIST, size="10")
    few = len(django_queries)
    for number in range(30):
        site.execute(registered(f"N-{number}"), PLATFORM)
    django_queries.clear()
    browser.page(LIST, size="50")
    assert len(django_queries) == few <= 4


@pytest.mark.parametrize("role", Role)
def test_a_role_needs_an_organisation_where_none_is_the_visitors(role: Role) -> None:
    """The platform's list offers a role once an organisation is chosen."""
    assert Browser("platform").get(LIST, role=role.value).status_code == 400
    assert references(Browser("platform").page(LIST, role=role.value, organization="OTHER", tab="all"))
