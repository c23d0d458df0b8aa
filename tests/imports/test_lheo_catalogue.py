"""LHEO out: what it says of each session, that it is LHEO 2.3, and that what is written is read."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from attrs import evolve
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from lheo_samples import SAMPLES
from lheo_schema import NAMESPACE, breaches, parsed

from poec_workflow import Settings, Workflow, to_dict
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.cli.app import program
from poec_workflow.commands import ImportAction, ImportApplication, ImportSession, Request
from poec_workflow.importing import ImportRow, ReadOptions, RowFault, read_mapping
from poec_workflow.importing.lheo_mapping import lheo_mapping
from poec_workflow.importing.lheo_reader import read_lheo
from poec_workflow.importing.store_export import exported
from poec_workflow.model import (
    ActionState,
    Actor,
    ActorKind,
    ApplicationState,
    Candidate,
    Origin,
    Prescriber,
    SessionState,
    TrainingAction,
    TrainingSession,
)
from poec_workflow.policies.recruitment import Recruitment
from poec_workflow.publishing import Offer, OfferedSession, lheo_catalogue, offer_listing, published_offers
from poec_workflow.publishing.lheo_offer import formation
from poec_workflow.serialization import journal_line
from poec_workflow.testing import SettableClock
from poec_workflow.testing.strategies import days, journals, references, texts
from seasons import given_season

PLATFORM = Actor(kind=ActorKind.PLATFORM)
TODAY = "2022-02-01T09:00:00+01:00"
ACTION = ImportAction(
    "A",
    title="[POEC] Soudeur",
    funder="OPCO",
    responsible="30159912300011",
    objective="Souder",
    certification="RNCP34221 et RS 5641",
    durations="399 h",
    state=ActionState.PUBLISHED,
)
SESSION = ImportSession(
    "S",
    action="A",
    start=date(2022, 3, 1),
    end=date(2022, 6, 30),
    place="12 rue des Lilas, 86000 Poitiers",
    responsible="30159912300011",
    positioner="P",
    trainer="T",
    capacity=2,
    coefficient=2,
    registration_deadline=date(2022, 2, 20),
    late_entry_deadline=date(2022, 3, 15),
    state=SessionState.ACTIVE,
)


def application(number: int, state: ApplicationState) -> ImportApplication:
    return ImportApplication(
        f"C-{number}",
        session="S",
        candidate=Candidate(reference=f"P-{number}", name="?"),
        prescriber=Prescriber(origin=Origin.OTHER),
        state=state,
        registered_at=datetime.fromisoformat(TODAY),
    )


def stored(*commands: Any, settings: Settings | None = None) -> Workflow:
    """A workflow on what was imported."""
    workflow = Workflow(MemoryStorage(), clock=SettableClock(TODAY), settings=settings or Settings())
    report = workflow.import_([ImportRow(0, each) for each in commands], PLATFORM)
    assert not report.faults, report.faults
    return workflow


def written(workflow: Workflow, **options: Any) -> str:
    return "".join(lheo_catalogue(workflow, **options))


def the(name: str, text: str) -> str | None:
    """The text of the one element of a name."""
    [found] = parsed(text).iter(f"{NAMESPACE}{name}")
    return found.text


PENDING, RETAINED = ApplicationState.PENDING, ApplicationState.RETAINED
REJECTED = ApplicationState.REJECTED
FULL = [application(1, RETAINED), application(2, RETAINED)]
CASES: dict[str, tuple[list[Any], str, str]] = {
    "takes registrations": ([SESSION], "1", "2"),
    "one seat is given": ([SESSION, application(1, RETAINED)], "1", "1"),
    "the last day of registration": ([evolve(SESSION, registration_deadline=date(2022, 2, 1))], "1", "2"),
    "the deadline is passed": ([evolve(SESSION, registration_deadline=date(2022, 1, 31))], "2", "0"),
    "every seat is given": ([SESSION, *FULL], "2", "0"),
    "declared full": ([evolve(SESSION, state=SessionState.COMPLETE), *FULL], "2", "0"),
    "cancelled": ([evolve(SESSION, state=SessionState.CANCELLED)], "2", "0"),
    "the quota is reached, with seats left": ([SESSION, *(application(each, REJECTED) for each in range(4))], "3", "2"),
}


@pytest.mark.parametrize("case", CASES)
def test_recruitment_is_what_a_registration_would_be_told(case: str) -> None:
    """`etat-recrutement` and the places left follow from the rules of a registration, and from the seats."""
    commands, code, seats = CASES[case]
    text = written(stored(ACTION, *commands))
    assert the("etat-recrutement", text) == code
    assert f'<extra info="places-restantes">{seats}</extra>' in text


def test_recruitment_is_that_of_the_day_that_is_asked_for() -> None:
    """On another day the same session is open, or is no more."""
    workflow = stored(ACTION, SESSION)
    assert the("etat-recrutement", written(workflow, at=date(2022, 2, 20))) == "1"
    assert the("etat-recrutement", written(workflow, at=date(2022, 2, 21))) == "2"


def test_settings_of_ones_own_are_the_ones_that_count() -> None:
    """Overbooking makes seats, and who lets the platform register nobody is told of no recruitment."""
    assert the("etat-recrutement", written(stored(ACTION, SESSION, *FULL, settings=Settings(overbooking=1)))) == "1"
    default = Settings()
    permissions = {**default.permissions}
    preregister = next(each for each in permissions if each.type == "preregister")
    grants = [each for each in permissions[preregister] if each.kind is not ActorKind.PLATFORM]
    own = Settings(permissions={**permissions, preregister: tuple(grants)})
    [offer] = published_offers(stored(ACTION, SESSION, settings=own))
    assert offer.sessions[0].recruitment is None
    assert "etat-recrutement" not in "".join(formation(offer, lheo_mapping({})))


def test_only_published_actions_are_in_it_and_those_without_a_session_are_told() -> None:
    """A catalogue has the published actions by reference; LHEO has no action without a session."""
    other = evolve(ACTION, action="B", state=ActionState.AWAITING_PUBLICATION)
    empty = evolve(ACTION, action="C")
    early = evolve(SESSION, session="Z", start=date(2022, 2, 25))
    workflow = stored(ACTION, other, empty, SESSION, evolve(SESSION, session="S-B", action="B"), early)
    left_out: list[str] = []
    root = parsed(written(workflow, left_out=left_out.append))
    assert [each.get("numero") for each in root.iter(f"{NAMESPACE}action")] == ["A"]
    assert [each.get("numero") for each in root.iter(f"{NAMESPACE}session")] == ["Z", "S"]
    assert left_out == ["C"]


def test_what_is_known_stands_where_lheo_has_it() -> None:
    """Dates, place, funder, organisations, certification: in LHEO's own elements, for who knows no extras."""
    mapping = lheo_mapping({
        "organizations": {"54860000186": "T", "30159912300029": "T"},
        "names": {"T": "École de soudure"},
        "funders": {"16": "OPCO"},
    })  # fmt: skip
    meeting = evolve(SESSION, information_dates=(date(2022, 2, 3),))
    text = written(stored(ACTION, meeting), mapping=mapping)
    assert (the("date", text), the("duree-indicative", text)) == ("20220203", "399 h")
    assert (the("code-financeur", text), the("nb-places-financees", text)) == ("16", "2")
    assert (the("code-RNCP", text), the("code-RS", text), the("certifiante", text)) == ("34221", "5641", "1")
    assert the("raison-sociale-formateur", text) == "École de soudure"
    assert [each.text for each in parsed(text).iter(f"{NAMESPACE}SIRET")] == ["30159912300029", "30159912300011"]
    lines = [each.text for each in parsed(text).iter(f"{NAMESPACE}ligne")]
    towns = [each.text for each in parsed(text).iter(f"{NAMESPACE}ville")]
    assert (set(lines), set(towns)) == ({"12 rue des Lilas"}, {"Poitiers"})
    [period] = parsed(text).iter(f"{NAMESPACE}periode-inscription")
    assert [each.text for each in period.iter() if not len(each)] == ["00000000", "20220220"]


def test_what_waits_for_an_answer_or_was_said_within_is_not_published() -> None:
    """A certification that nobody approved, and why a session was cancelled, are not in a catalogue."""
    cancelled = evolve(SESSION, state=SessionState.CANCELLED, cancellation_reason="faute d'inscrits")
    text = written(stored(evolve(ACTION, pending_certification="Titre à valider"), cancelled))
    assert "à valider" not in text
    assert "faute" not in text


def test_a_catalogue_is_the_same_to_the_byte() -> None:
    """Nothing in it is of the moment at which it is written, nor of the order in which a store keeps things."""
    commands = [ACTION, SESSION, evolve(ACTION, action="B"), evolve(SESSION, session="S-2", action="B")]
    day = date(2022, 2, 1)
    first, second = stored(*commands), stored(*reversed(commands))
    assert written(first, at=day) == written(second, at=day)


def test_it_comes_while_it_is_read() -> None:
    """The first action is written before the second is read."""
    commands = [evolve(ACTION, action=f"A-{each}") for each in range(3)]
    sessions = [evolve(SESSION, session=f"S-{each}", action=f"A-{each}") for each in range(3)]
    workflow = stored(*commands, *sessions)
    read: list[str] = []

    class Watched(Workflow):
        def offer(self, action: str, **options: Any) -> Offer:
            read.append(action)
            return super().offer(action, **options)

    lines = lheo_catalogue(Watched(workflow.storage, clock=workflow.clock))
    for line in lines:
        if "</formation>" in line:
            break
    assert read == ["A-0"]


def test_no_action_is_forgotten_between_two_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many actions are read at a time, each is there once, by reference."""
    monkeypatch.setattr(offer_listing, "_PAGE", 2)
    references = [f"A-{each}" for each in range(5)]
    workflow = stored(*(evolve(ACTION, action=each) for each in references))
    assert [each.action.reference for each in published_offers(workflow)] == references


def test_nothing_published_is_an_empty_catalogue() -> None:
    """Without a published action there is a document without a formation."""
    assert [each.tag for each in parsed(written(stored()))] == [f"{NAMESPACE}offres"]


def rows_of(text: str, mapping: str = "") -> list[ImportRow | RowFault]:
    return list(read_lheo(io.BytesIO(text.encode()), ReadOptions(mapping=read_mapping(mapping))))


def published(workflow: Workflow) -> list[Any]:
    """What a catalogue is to give back: published actions that have sessions, and these, as a store exports them."""
    everything = [each for each in exported(workflow.storage.queries) if isinstance(each, ImportAction | ImportSession)]
    sessions = [each for each in everything if isinstance(each, ImportSession)]
    actions = {each.action: each for each in everything if isinstance(each, ImportAction)}
    wanted = {each.action for each in sessions if actions[each.action].state is ActionState.PUBLISHED}
    bare = [evolve(actions[each], pending_certification=None) for each in wanted]
    kept = [evolve(each, cancellation_reason=None) for each in sessions if each.action in wanted]
    return sorted([*bare, *kept], key=lambda each: (each.type, each.reference))


def given_back(text: str) -> list[Any]:
    rows = rows_of(text)
    assert not [each for each in rows if isinstance(each, RowFault)], rows
    commands = [each.command for each in rows if isinstance(each, ImportRow)]
    return sorted(map(_with_texts, commands), key=lambda each: (each.type, each.reference))


def _with_texts(command: Any) -> Any:
    """An action whose texts are empty where none are said, as it is stored."""
    if not isinstance(command, ImportAction):
        return command
    names = ("objective", "programme", "certification", "durations", "regulatory_conditions", "prerequisites")
    texts_: Any = {name: getattr(command, name) or "" for name in names}
    return evolve(command, **texts_)


def test_the_given_season_is_lheo_and_is_read_back() -> None:
    """The season of the domain: its catalogue breaks nothing of the schema, and what is written is read."""
    lines, known = given_season()
    workflow = Workflow(MemoryStorage(), clock=SettableClock(known["sweep_at"]))
    workflow.execute_many([journal_line(each) for each in lines])
    text = written(workflow)
    assert list(breaches(parsed(text))) == []
    assert given_back(text) == list(map(_with_texts, published(workflow)))
    assert len(published(workflow)) > 20


@settings(max_examples=25, deadline=None)
@given(journals(longest=30))
def test_drawn_seasons_are_lheo_and_are_read_back(journal: list[Request]) -> None:
    """Whatever was done in a store, its catalogue is LHEO 2.3, and what is written is read."""
    workflow = Workflow(MemoryStorage(), clock=SettableClock(TODAY))
    workflow.execute_many(journal)
    text = written(workflow)
    wanted = published(workflow)
    found = list(breaches(parsed(text)))
    assert found == ([] if wanted else ["offres has 0 formation"])
    assert given_back(text) == list(map(_with_texts, wanted))


LONG = st.one_of(
    texts(),
    st.sampled_from(
        ["", "Non renseigné", " non renseignée.", "x" * 300, "y" * 4000, "a\r\nb", " a\n  b ", "<&>\"'", "\t"]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=80),
)


TEXTS = (
    *("title", "funder", "kind", "objective", "programme", "certification"),
    *("durations", "regulatory_conditions", "prerequisites"),
)


@st.composite
def drawn_offers(draw: st.DrawFn) -> Offer:
    """An offer with any texts and days."""
    first, second = sorted(draw(st.lists(days(), min_size=2, max_size=2)))
    said: Any = {name: draw(LONG) for name in TEXTS}
    action = TrainingAction(
        reference=draw(references()), version=1, state=ActionState.PUBLISHED, responsible=draw(references()), **said
    )
    roles: Any = {role: draw(references()) for role in ("responsible", "positioner", "trainer")}
    session = TrainingSession(
        reference=draw(references()),
        version=1,
        state=draw(st.sampled_from(SessionState)),
        action=action.reference,
        start=first,
        end=second,
        place=draw(LONG),
        **roles,
        capacity=draw(st.integers(1, 10**9)),
        coefficient=draw(st.integers(0, 9)),
        minimum_headcount=draw(st.integers(0, 9)),
        registration_deadline=draw(days()),
        late_entry_deadline=draw(days()),
        information_dates=tuple(draw(st.lists(days(), max_size=4))),
        session_type=draw(st.none() | LONG),
        market=draw(st.none() | LONG),
    )
    offered = OfferedSession(session=session, recruitment=draw(st.none() | st.sampled_from(Recruitment)), seats=3)
    return Offer(action=action, sessions=(offered,))


def document_of(offer: Offer) -> str:
    body = "\n".join(formation(offer, lheo_mapping({})))
    return f'<lheo xmlns="{NAMESPACE[1:-1]}"><offres>{body}</offres></lheo>'


def as_xml_has_it(value: Any) -> Any:
    """A value without the characters that no XML document can have."""
    if not isinstance(value, str):
        return value
    kept = (each in "\t\n\r" or " " <= each < "\ufffe" or each > "\uffff" for each in value)
    return "".join(each if keep else "\ufffd" for each, keep in zip(value, kept, strict=True))


@settings(max_examples=50, deadline=None)
@given(drawn_offers())
def test_any_texts_are_lheo_and_are_read_back_to_the_letter(offer: Offer) -> None:
    """Texts of any length and characters are escaped, cut to what the schema lets be, and given back by the extras."""
    text = document_of(offer)
    assert list(breaches(parsed(text))) == []
    action, session = given_back(text)
    assert {name: getattr(action, name) for name in (*TEXTS, "action", "responsible")} == {
        **{name: as_xml_has_it(getattr(offer.action, name)) for name in (*TEXTS, "responsible")},
        "action": as_xml_has_it(offer.action.reference),
    }
    meant = {**to_dict(offer.sessions[0].session), "session": offer.sessions[0].session.reference}
    found = to_dict(session)
    assert found == {name: as_xml_has_it(meant.get(name, found[name])) for name in found}


def test_the_checker_of_the_schema_finds_what_is_wrong() -> None:
    """What the tests lean on is no yes-man: each kind of breach is found."""
    good = parsed(document_of(next(published_offers(stored(ACTION, SESSION)))))
    assert list(breaches(good)) == []
    spoil: dict[str, Callable[[Element], object]] = {
        "session": lambda each: each.remove(each[0]),
        "action": lambda each: each.append(each[0]),
        "formation": lambda each: each.insert(0, each[1]),
        "etat-recrutement": lambda each: setattr(each, "text", "4"),
        "ville": lambda each: setattr(each, "text", "x" * 51),
        "debut": lambda each: setattr(each, "text", "2022-03-01"),
        "extras": lambda each: each.append(Element(f"{NAMESPACE}session")),
        "periode": lambda each: each.append(Element("debut")),
        "lieu-de-formation": lambda each: each.set("datemaj", "20220301"),
    }
    for name, change in spoil.items():
        root = parsed(document_of(next(published_offers(stored(ACTION, SESSION)))))
        change(next(root.iter(f"{NAMESPACE}{name}")))
        assert list(breaches(root)), name


def test_the_command_writes_it_and_import_reads_it(tmp_path: Path) -> None:
    """`catalogue` of one store goes into another by `import`, which answers the same."""
    stores = [f"sqlite:///{tmp_path}/{each}.db" for each in ("one", "two")]

    def run(*words: str, store: str) -> Any:
        return CliRunner().invoke(program, [*words], env={"POEC_STORE": store, "POEC_LANG": "en"})

    sample = ("import", str(SAMPLES / "carif-2.2.xml"), "--mapping", str(SAMPLES / "carif-2.2.toml"))
    assert run(*sample, store=stores[0]).exit_code == 0
    first = run("catalogue", "--as", "lheo", "--at", "2021-10-01", store=stores[0])
    assert first.exit_code == 0
    place = tmp_path / "catalogue"
    place.write_bytes(first.stdout_bytes)
    assert run("import", str(place), "--source", "carif-2.2.xml", store=stores[1]).exit_code == 0
    assert run("catalogue", "--at", "2021-10-01", store=stores[1]).stdout_bytes == first.stdout_bytes


def test_the_command_tells_what_it_leaves_out_and_refuses_what_can_not_be(tmp_path: Path) -> None:
    """An action without a session is told on standard error; a mapping that can't be is a fault."""
    store = f"sqlite:///{tmp_path}/poec.db"
    lines = tmp_path / "actions.csv"
    lines.write_text("action;title;funder;responsible;state\nA;[POEC] x;OPCO;O;published\n", encoding="utf-8")

    def run(*words: str) -> Any:
        return CliRunner().invoke(program, [*words], env={"POEC_STORE": store, "POEC_LANG": "en"})

    assert run("import", str(lines)).exit_code == 0
    said = run("catalogue")
    assert said.stderr == "1 action left out: LHEO has none without a session\n"
    mapping = tmp_path / "mapping.toml"
    mapping.write_text("[lheo]\nfunders = 3\n", encoding="utf-8")
    wrong = run("catalogue", "--mapping", str(mapping))
    assert wrong.exit_code == 2
    assert "lheo.funders" in wrong.stderr
