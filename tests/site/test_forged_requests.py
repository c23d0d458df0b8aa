"""What no page of ours sends: forged fields, ids, methods, hosts and addresses of other sites."""

from __future__ import annotations

import pytest
from every_page import addresses
from site_world import SignedIn, codes_of
from test_who_does_what import acting, recorded

from poec_workflow.contrib.django import get_workflow

CONVOKE = "/applications/C-pending/convoke/"
DAY = {"on": "2026-03-17"}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
}


def form(user: str = "trainer", **fields: str) -> dict[str, str]:
    """A form as the page of a user sends it."""
    return {"acting": acting(user), "key": "a-key", **fields}


def test_nothing_is_done_without_the_token_of_a_form(signed_in: SignedIn) -> None:
    """Every address that takes forms; the page says what to do, and nothing of the reason."""
    client = signed_in("trainer", enforce_csrf_checks=True)
    before = recorded()
    for address in addresses():
        answer = client.post(address, form(**DAY))
        assert answer.status_code in {403, 405}, (address, answer.status_code)
        if answer.status_code == 403:
            assert "Formulaire périmé" in answer.content.decode(), address
            assert "CSRF" not in answer.content.decode(), address
    assert recorded() == before


def test_a_form_of_another_structure_is_not_sent(signed_in: SignedIn) -> None:
    """Whether another tab chose one, or somebody wrote one into the form."""
    client = signed_in("several")
    before = recorded()
    for whom in ("organization/OTHER/", "adviser/FT-1/", "platform/CAP/", "system//", "", "organization/TRAIN"):
        answer = client.post(CONVOKE, {**form(**DAY), "acting": whom})
        assert answer.status_code == 409, whom
        assert 'value="2026-03-17"' in answer.content.decode(), "what was typed is kept"
    assert recorded() == before


def test_a_form_of_a_structure_that_another_tab_left_says_where_to_look(signed_in: SignedIn) -> None:
    """Of an application that the other structure is not shown: no word of whether there is one, but what to do."""
    client = signed_in("several")
    client.post("/structures/", {"structure": acting("several", 1)})
    before = recorded()
    for address in (CONVOKE, CONVOKE.replace("C-pending", "C-never")):
        page = client.post(address, form(**DAY))
        assert page.status_code == 404
        assert "Rien n&#x27;a été enregistré" in page.content.decode()
        assert "Vous travaillez en ce moment pour OTHER" in page.content.decode()
    assert "Vous travaillez en ce moment pour OTHER" in client.get("/applications/C-pending/").content.decode()
    assert "Vous travaillez en ce moment" not in signed_in("trainer").get("/applications/X-due/").content.decode()
    assert recorded() == before


def test_nobody_chooses_a_structure_that_is_not_theirs(signed_in: SignedIn) -> None:
    """Another one's stays out of reach."""
    client = signed_in("trainer")
    for whom in ("platform/CAP/", "organization/OTHER/", "system//", "", "a" * 10_000, "\x00"):
        assert client.post("/structures/", {"structure": whom}).status_code in {200, 400, 403}
        assert client.get("/applications/X-pending/").status_code == 404


def test_one_of_several_structures_is_chosen(signed_in: SignedIn) -> None:
    """And then everything is that one's."""
    client = signed_in("several")
    assert client.get("/applications/X-pending/").status_code == 404
    client.post("/structures/", {"structure": acting("several", 1)})
    assert client.get("/applications/X-pending/").status_code == 200
    assert client.get("/applications/C-pending/").status_code == 404


def test_a_key_of_somebody_else_carries_nothing_out(signed_in: SignedIn) -> None:
    """`key-reused`, and no word of what it was used for."""
    assert signed_in("trainer").post(CONVOKE, form(**DAY)).status_code == 302
    before = recorded()
    answer = signed_in("positioner").post("/applications/C-due/record-presence/", form("positioner"))
    assert answer.status_code == 409
    assert codes_of(answer.content.decode()) >= {"key-reused"}
    assert recorded() == before


def test_a_second_click_does_it_once(signed_in: SignedIn) -> None:
    """Both get the same answer."""
    client = signed_in("trainer")
    before = recorded()
    answers = [client.post(CONVOKE, form(version="1", **DAY)) for _ in range(2)]
    assert [each.status_code for each in answers] == [302, 302]
    assert recorded() == before + 1


def test_who_comes_second_is_told_and_keeps_what_they_typed(signed_in: SignedIn) -> None:
    """Two clerks at once on one application."""
    signed_in("positioner").post(CONVOKE, {**form("positioner", **DAY), "key": "first", "version": "1"})
    answer = signed_in("trainer").post(CONVOKE, {**form(on="2026-03-19"), "key": "second", "version": "1"})
    assert answer.status_code == 412
    assert "19/03/2026" in answer.content.decode()
    assert "Une autre personne a modifié ce dossier" in answer.content.decode()
    assert get_workflow().application("C-pending").convocations[0].on.isoformat() == "2026-03-17"


@pytest.mark.parametrize(
    "more",
    [
        {"version": "-1"},
        {"version": "99999999999999999999"},
        {"version": "٣"},
        {"version": "1 OR 1=1"},
        {"key": "k" * 100_000},
        {"key": "\x00"},
        {"key": " "},
        {"key": "\ud800"},
        {"on": "2026-03-17\x00"},
        {"on": "٢٠٢٦-٠٣-١٧"},
        {"place": "\x00"},
        {"place": "x" * 100_000},
        {"place": "\ud800"},
        {"time": "25:00"},
        {"on": "9999-12-31"},
    ],
    ids=lambda more: "-".join(f"{name}={value[:12]!r}" for name, value in more.items()),
)
def test_what_no_form_has_is_answered_without_failing(more: dict[str, str], signed_in: SignedIn) -> None:
    """With a page, whatever it is."""
    sent = {key: value.encode("utf-8", "surrogatepass") for key, value in {**form(**DAY), **more}.items()}
    answer = signed_in("trainer").post(CONVOKE, sent)
    assert answer.status_code in {302, 400, 409, 422}, answer.status_code


def test_a_form_speaks_of_the_subject_of_its_address(signed_in: SignedIn) -> None:
    """Whatever other fields say."""
    signed_in("trainer").post(CONVOKE, form(application="X-pending", state="retained", type="retain", **DAY))
    assert get_workflow().application("X-pending").version == 1
    assert get_workflow().application("C-pending").state == "convoked"


@pytest.mark.parametrize(
    "address",
    [
        "/sessions/C-pending/convoke/",
        "/applications/S-mine/set-capacity/",
        "/applications/C-pending/set-capacity/",
        "/applications/C-pending/preregister/",
        "/sessions/S-mine/create-session/",
        "/actions/A-mine/create-action/",
        "/applications/C-pending/nothing/",
        "/people/P-1/erase/",
        "/candidates/P-1/convoke/",
        "/applications/~2E~2E/",
        "/applications/~00/",
        "/applications/~ff/",
        "/applications/~ED~A0~80/",
        "/applications/" + "a" * 5_000 + "/",
        "/sessions/~00/",
        "/actions/~00/set-capacity/",
        "/candidates/~00/",
    ],
)
def test_what_is_not_there_is_not_found(address: str, signed_in: SignedIn) -> None:
    """Of the wrong kind, creating, or in no known way written."""
    for client in (signed_in("platform"), signed_in("trainer")):
        for answer in (client.get(address), client.post(address, form(**DAY))):
            assert answer.status_code in {400, 404, 405}, (address, answer.status_code)


def test_an_address_alone_does_nothing(signed_in: SignedIn) -> None:
    """A link, a picture, a page that is loaded ahead: what does something takes forms alone."""
    client = signed_in("trainer")
    before = recorded()
    for address in addresses():
        for method in ("head", "put", "delete"):
            answer = getattr(client, method)(address, DAY)
            assert answer.status_code < 500, (method, address)
    assert recorded() == before


@pytest.mark.parametrize(
    "page",
    ["//evil.example", "///evil.example", "https://evil.example/", "\\\\evil.example", "/\\evil.example",
     "javascript:alert(1)", "http:///evil.example", "\x01//evil.example", "//testserver@evil.example"],
)  # fmt: skip
def test_nobody_is_sent_to_another_site(page: str, signed_in: SignedIn) -> None:
    """After choosing a language or a structure, or on the way to signing in."""
    client = signed_in("several")
    languages = client.post("/language/", {"lang": "en", "next": page})
    chosen = client.post("/structures/", {"structure": acting("several", 1), "next": page})
    assert {languages.headers["Location"], chosen.headers["Location"]} == {"/"}


def test_a_language_that_there_is_not_is_not_kept(signed_in: SignedIn) -> None:
    """Neither in a cookie nor in a page."""
    client = signed_in("trainer")
    for lang in ("de", "../../etc", "<script>", ""):
        assert not client.post("/language/", {"lang": lang}).cookies
        client.cookies["django_language"] = lang
        assert client.get("/").status_code == 200


def test_every_answer_has_the_headers(signed_in: SignedIn) -> None:
    """Pages, redirects, refusals, what is not found or takes no such request, files."""
    client = signed_in("trainer")
    for address in (*addresses(), "/nothing/", "/applications/nothing/"):
        for answer in (client.post(address, form(**DAY)), client.get(address)):
            for name, value in HEADERS.items():
                assert answer.headers.get(name) == value, (address, answer.status_code, name)
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy, address
            assert "frame-ancestors 'none'" in policy, address
            assert "unsafe" not in policy, address


def test_another_host_is_no_host_of_ours(signed_in: SignedIn) -> None:
    """The page says so in the site's look, and does not repeat the name."""
    answer = signed_in("trainer").get("/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()
    assert "Demande incomprise" in answer.content.decode()


def test_more_fields_than_any_form_has_are_not_read(signed_in: SignedIn) -> None:
    """And nothing fails."""
    answer = signed_in("trainer").post(CONVOKE, {**form(**DAY), **{f"f{number}": "1" for number in range(2_000)}})
    assert answer.status_code == 400


def test_who_has_to_sign_in_on_the_way_comes_back_to_the_page(signed_in: SignedIn) -> None:
    """Not to an address that takes forms alone; and only to what they are shown."""
    assert signed_in("trainer").get(CONVOKE).headers["Location"] == "/applications/C-pending/"
    assert signed_in("other-organization").get(CONVOKE).status_code == 404
