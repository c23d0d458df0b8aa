"""The facts that the page lets people change: dimensions, each with its options.

An option holds a real value, as a day or an actor: each cell of a truth table is a case that can occur, and holds what
Python answers in that case. There is a day between any two landmarks of the session, and several before its start,
where appointments lie.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from attrs import frozen

from poec_workflow import locales
from poec_workflow.catalogue import WITHDRAWAL
from poec_workflow.model import ActionState, Actor, ActorKind, ApplicationState, Origin, Prescriber, SessionState
from poec_workflow.policies.settings import Settings

MOST_CONVOCATIONS = 6
"""As many convocations as the page shows, whatever the settings allow."""

START, REGISTRATION_DEADLINE, LATE_ENTRY, END = (
    date(2021, 12, 6),
    date(2021, 12, 1),
    date(2021, 12, 13),
    date(2022, 3, 4),
)
_ORDINARY = (
    date(2021, 11, 8),
    date(2021, 11, 15),
    date(2021, 11, 18),
    date(2021, 11, 22),
    date(2021, 11, 25),
    date(2021, 11, 28),  # a Sunday
    date(2021, 12, 2),
    date(2021, 12, 14),
    date(2022, 3, 5),
)
FIRST_DAY = _ORDINARY[1]
USUAL_HOURS = Decimal(35)


ROLES = {"trainer": "AFEC", "positioner": "GRETA", "responsible": "INFA"}
"""The session's organisations."""
CANDIDATE = "P-1"
PRESCRIBER = "FT-AGEN"
FUNDER = "OPCO"
"""Whose action it is."""


@frozen(kw_only=True)
class Option:
    """One value of a fact.

    Attributes:
        value: what Python's policies get.
        labels: what people read, by language.
    """

    value: Any
    labels: Mapping[str, str]


Dimensions = Mapping[str, Sequence[Option]]


@cache
def words(lang: str) -> Mapping[str, Any]:
    """The page's own words in a language."""
    text = files(__package__ or "").joinpath(f"{lang}.json").read_text(encoding="utf-8")
    table: Mapping[str, Any] = json.loads(text)
    return table


def translations(translate: Callable[[str], str]) -> Mapping[str, str]:
    """A text in every language."""
    return {lang: translate(lang) for lang in locales.LANGUAGES}


def translated(key: str) -> Mapping[str, str]:
    """What an option is called."""
    return translations(lambda lang: words(lang)["options"][key])


def landmarks(advice_deadline: date, overdue: date) -> Mapping[str, date]:
    """The session's days that have a name."""
    return {
        "registration-deadline": REGISTRATION_DEADLINE,
        "start": START,
        "late-entry": LATE_ENTRY,
        "end": END,
        "advice-deadline": advice_deadline,
        "overdue": overdue,
    }


def dimensions(settings: Settings, named: Mapping[str, date]) -> Dimensions:
    """Every dimension, in the page's order."""
    used = min(settings.max_convocations, MOST_CONVOCATIONS)
    day_options = tuple(day_option(day, named) for day in sorted({*_ORDINARY, *named.values()}))
    return {
        "today": day_options,
        "actor": tuple(Option(value=actor, labels=translated(f"actor.{name}")) for name, actor in ACTORS.items()),
        "action": states_of(ActionState),
        "session": states_of(SessionState),
        "seats": _yes_or_no("seats", "left", "none"),
        "quota": _yes_or_no("quota", "left", "reached"),
        "live": _yes_or_no("live", "no", "yes"),
        "elsewhere": _yes_or_no("elsewhere", "no", "yes"),
        "state": states_of(ApplicationState),
        "registered": day_options,
        "attempts": tuple(plain_option(count) for count in range(used + 1)),
        **{f"{name}.{place}": day_options for place in range(1, used + 1) for name in ("convoked", "entered")},
        "origin": tuple(_origin(origin) for origin in (Origin.FRANCE_TRAVAIL, Origin.SELF)),
        "on": day_options,
        "notified": tuple(
            Option(value=value, labels=translated(f"notified.{name}")) for name, value in (("yes", True), ("no", False))
        ),
        "entry": day_options,
        "exit": day_options,
        "hours": tuple(_hours(settings)),
        "motive": tuple(_motives(settings)),
        "reason": tuple(_reasons(settings)),
    }


def day_option(day: date, named: Mapping[str, date]) -> Option:
    """A day, with the names that it has."""

    def label(lang: str) -> str:
        weekday = words(lang)["weekdays"][day.weekday()]
        marks = [words(lang)["landmarks"][name] for name, which in named.items() if which == day]
        return f"{weekday} {locales.shown(day, lang)}" + (f" · {', '.join(marks)}" if marks else "")

    return Option(value=day, labels=translations(label))


def states_of(states: type[ActionState | SessionState | ApplicationState]) -> tuple[Option, ...]:
    """Every state of a lifecycle."""
    return tuple(
        Option(value=state, labels={lang: locales.state(state, lang) for lang in locales.LANGUAGES}) for state in states
    )


def plain_option(value: object) -> Option:
    """A number or a name, which is the same in every language."""
    return Option(value=value, labels=dict.fromkeys(locales.LANGUAGES, str(value)))


def _yes_or_no(dimension: str, *names: str) -> tuple[Option, ...]:
    """Whether a limit is reached; the first name is the option for no."""
    return tuple(
        Option(value=reached, labels=translated(f"{dimension}.{name}"))
        for reached, name in zip((False, True), names, strict=True)
    )


ACTORS = {
    **{role: Actor(kind=ActorKind.ORGANIZATION, organization=name) for role, name in ROLES.items()},
    "stranger": Actor(kind=ActorKind.ORGANIZATION, organization="AFPA"),
    "adviser": Actor(kind=ActorKind.ADVISER, organization=PRESCRIBER),
    "other-adviser": Actor(kind=ActorKind.ADVISER, organization="FT-PAU"),
    "candidate": Actor(kind=ActorKind.CANDIDATE, candidate=CANDIDATE),
    "other-candidate": Actor(kind=ActorKind.CANDIDATE, candidate="P-9"),
    "funder": Actor(kind=ActorKind.FUNDER, organization=FUNDER),
    "other-funder": Actor(kind=ActorKind.FUNDER, organization="France Travail"),
    "platform": Actor(kind=ActorKind.PLATFORM, organization="CAP"),
    "system": Actor(kind=ActorKind.SYSTEM),
}


def _origin(origin: Origin) -> Option:
    prescriber = Prescriber(origin=origin, organization=None if origin is Origin.SELF else PRESCRIBER)
    return Option(value=prescriber, labels=translated(f"origin.{origin}"))


def _hours(settings: Settings) -> Iterator[Option]:
    """None, few, usual, many and too many hours a week, and the limits themselves."""
    (least, most), limit = settings.usual_weekly_hours, settings.weekly_hours_max
    cent = Decimal("0.01")
    values = {Decimal(0), least - cent, least, most, most + cent, limit, limit + cent}
    for hours in sorted(value.quantize(cent) for value in values if value >= 0):
        text = f"{hours.normalize():f}"
        yield Option(value=Decimal(text), labels=dict.fromkeys(locales.LANGUAGES, f"{text} h"))


UNKNOWN = "?"
"""No code of a catalogue."""


def _motives(settings: Settings) -> Iterator[Option]:
    """Every motive with each of its reasons, retired ones too, and what is in no catalogue."""
    catalogue = settings.catalogue
    pairs = [(motive.code, reason.code) for motive in catalogue.motives for reason in motive.reasons]
    usable = next((each.code for each in catalogue.motives if not each.reserved and not each.retired), UNKNOWN)
    pairs.sort(key=lambda pair: not _usable(settings, *pair))
    for motive, reason in (*pairs, (usable, UNKNOWN), (UNKNOWN, UNKNOWN)):
        yield Option(
            value=(motive, reason),
            labels={lang: _label(settings, lang, motive, reason) for lang in locales.LANGUAGES},
        )


def _usable(settings: Settings, motive: str, reason: str) -> bool:
    known = settings.catalogue.motive(motive)
    return known is not None and not known.reserved and settings.catalogue.has_reason(motive, reason)


def _label(settings: Settings, lang: str, motive: str, reason: str) -> str:
    catalogue, other = settings.catalogue, words(lang)["options"]
    first = other["motive.unknown"] if motive == UNKNOWN else catalogue.label(lang, motive)
    second = other["reason.unknown"] if reason == UNKNOWN else catalogue.label(lang, motive, reason)
    return f"{first} — {second}"


def _reasons(settings: Settings) -> Iterator[Option]:
    """Every reason of a withdrawal, retired ones too, and one that is in no catalogue."""
    known = [each.code for motive in settings.catalogue.motives if motive.code == WITHDRAWAL for each in motive.reasons]
    for reason in (*known, UNKNOWN):
        yield Option(
            value=reason,
            labels={lang: _label(settings, lang, WITHDRAWAL, reason).split(" — ")[1] for lang in locales.LANGUAGES},
        )
