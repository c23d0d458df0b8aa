"""Settings, permissions, catalogues and policies: those that make sense, and those that do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from poec_workflow.catalogue import ABSENCE, WITHDRAWAL, Catalogue, Motive, Reason
from poec_workflow.commands import COMMANDS, Command
from poec_workflow.errors import Details
from poec_workflow.model import ActorKind
from poec_workflow.policies import messages
from poec_workflow.policies.access import PERMISSIONS, Grant, Permissions, anyone
from poec_workflow.policies.optional_rules import FIXED, OPTIONAL_RULES
from poec_workflow.policies.settings import Settings
from poec_workflow.testing.strategies.malformed import Wrong

Policy = Callable[..., Details | None]

_LETTERS = "abcdefgh"
_REFUSABLE = tuple(each for each in COMMANDS.values() if each not in FIXED)


def permissions() -> st.SearchStrategy[Permissions]:
    """The default matrix with some commands given to other kinds of actors, or to nobody."""
    grants = st.lists(st.sampled_from(ActorKind), max_size=3, unique=True).map(
        lambda kinds: tuple(Grant(each, anyone) for each in kinds)
    )
    changed = st.dictionaries(st.sampled_from(_REFUSABLE), grants, max_size=4)
    return changed.map(lambda rows: {**PERMISSIONS, **rows})


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    """Catalogues of a few motives, some retired or reserved; `absence` and `withdrawal` are always there."""
    more = draw(st.lists(st.sampled_from(_LETTERS), max_size=3, unique=True))
    reserved = {ABSENCE, *draw(st.sets(st.sampled_from(more)) if more else st.just(set()))}
    return Catalogue(
        version="drawn",
        motives=tuple(
            Motive(
                code=code,
                reasons=draw(_reasons(least=int(code == WITHDRAWAL))),
                reserved=code in reserved,
                retired=code in more and draw(st.booleans()),
            )
            for code in (ABSENCE, WITHDRAWAL, *more)
        ),
    )


@st.composite
def _reasons(draw: st.DrawFn, least: int) -> tuple[Reason, ...]:
    """Some reasons, of which the first `least` are in use."""
    codes = draw(st.lists(st.sampled_from(_LETTERS), min_size=least, max_size=3, unique=True))
    return tuple(
        Reason(code=code, retired=number >= least and draw(st.booleans())) for number, code in enumerate(codes)
    )


def policies() -> st.SearchStrategy[Policy]:
    """A service's own policies: some never refuse, some always, some by what the command's reference ends with."""
    return st.builds(_policy, st.sampled_from(_LETTERS), st.sampled_from(["", "1", "-"]), st.booleans())


def refusals_of_ones_own() -> st.SearchStrategy[Mapping[type[Command], tuple[Policy, ...]]]:
    """What `Settings.refuse_also` takes: policies for some commands, none of them the system's own."""
    some = st.lists(policies(), max_size=2, unique_by=lambda policy: policy.__name__).map(tuple)
    return st.dictionaries(st.sampled_from(_REFUSABLE), some, max_size=3)


def rules_left_out() -> st.SearchStrategy[Mapping[type[Command], tuple[str, ...]]]:
    """What `Settings.leave_out` takes: some rules of some commands."""
    pairs = [(command, code) for command, codes in OPTIONAL_RULES.items() for code in codes]
    some = st.lists(st.sampled_from(pairs), max_size=3, unique=True)
    return some.map(
        lambda chosen: {command: tuple(code for of, code in chosen if of is command) for command, _ in chosen}
    )


def settings() -> st.SearchStrategy[Settings]:
    """Settings that make sense; the simplest are the domain page's own."""
    least = st.integers(1, 3)
    return st.builds(
        lambda least, more, **others: Settings(coefficient_min=least, coefficient_max=least + more, **others),
        least,
        st.integers(0, 4),
        max_convocations=st.integers(1, 4),
        quota_counts=st.sampled_from(["registered", "live"]),
        overbooking=st.integers(0, 2),
        close_when_full=st.sampled_from(["manual", "automatic"]),
        grace_days=st.sampled_from([21, 0, 1, 60]),
        warning_days=st.integers(0, 30),
        weekly_hours_max=st.sampled_from([Decimal(48), Decimal("0.5"), Decimal(35)]),
        time_zone=st.sampled_from(["Europe/Paris", "UTC", "Indian/Reunion", "America/Cayenne"]),
        permissions=st.just(PERMISSIONS) | permissions(),
        catalogue=st.just(Catalogue.default()) | catalogues(),
        title_prefix=st.sampled_from(["[POEC]", "", "[AIF]"]),
        refuse_also=st.just({}) | refusals_of_ones_own(),
        leave_out=st.just({}) | rules_left_out(),
        keep_personal_data_years=st.integers(1, 3),
        keep_file_years=st.none() | st.integers(3, 10),
    )


_NONSENSE: Mapping[str, tuple[Any, ...]] = {
    "max_convocations": (0, -1, 2.5, True, None),
    "coefficient_min": (0, 6, "2"),
    "coefficient_max": (0, None),
    "overbooking": (-1, 0.5),
    "grace_days": (-1, 3_661),
    "warning_days": (-1, "15"),
    "keep_personal_data_years": (0, 2.0, None),
    "keep_file_years": (0, 1, "10"),
    "quota_counts": ("", "all", None),
    "close_when_full": ("", "sometimes", None),
    "weekly_hours_max": (Decimal(0), Decimal("NaN"), 48),
    "usual_weekly_hours": ((Decimal(35), Decimal(8)), (Decimal(8),), None),
    "time_zone": ("Europe/Atlantis", "", None),
    "catalogue": (None, "default"),
    "permissions": ({}, None, {**PERMISSIONS, "convoke": ()}),
    "title_prefix": (None, 5, ["[POEC]"]),
    "leave_out": (
        None,
        {"convoke": ()},
        {COMMANDS["convoke"]: "advice-deadline-passed"},
        {COMMANDS["convoke"]: ("no-such-rule",)},
        {COMMANDS["convoke"]: ("no-seat-left",)},
        {COMMANDS["retain"]: ("not-permitted",)},
        {COMMANDS["retain"]: ("no-seat-left", "no-seat-left")},
        {COMMANDS["expire"]: ("advice-deadline-not-passed",)},
        {COMMANDS["retain"]: (None,)},
    ),
    "refuse_also": (None, {"convoke": ()}, {COMMANDS["expire"]: ()}, {COMMANDS["convoke"]: (lambda: None,)}),
}


def malformed_settings() -> st.SearchStrategy[Wrong]:
    """Arguments of `Settings` of which one makes no sense; its name is the place."""
    pairs = [(name, value) for name, nonsense in _NONSENSE.items() for value in nonsense]
    return st.sampled_from(pairs).map(lambda pair: Wrong({pair[0]: pair[1]}, f"$.{pair[0]}"))


def _policy(letter: str, ending: str, refuses: bool) -> Policy:  # noqa: FBT001 - drawn
    """One that is named after its letter, as policies are after their code."""

    def policy(_subject: object, _facts: object, command: Command) -> Details | None:
        return {"reference": command.reference} if refuses and command.reference.endswith(ending) else None

    policy.__name__ = f"drawn_{letter}"
    return messages(fr="Tiré ({reference}).", en="Drawn ({reference}).")(policy)
