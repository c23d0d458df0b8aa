"""Everything that a service may set, frozen and checked when it is made."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache, cached_property
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from attrs import field, fields_dict, frozen

from poec_workflow.catalogue import Catalogue
from poec_workflow.commands import COMMANDS, Command
from poec_workflow.errors import Details, Fault, Malformed
from poec_workflow.frozen_map import FrozenMap
from poec_workflow.policies.access import PERMISSIONS, Grant, Permissions
from poec_workflow.policies.check import Check, code_of, faults_of_code, faults_of_function, has_name
from poec_workflow.policies.optional_rules import FIXED, IMPORTS, OPTIONAL_RULES, TITLE_PREFIX

_ANY, _LONGEST_GRACE, _LONGEST_KEEPING = 2**31, 3_660, 100
_BOUNDS = {
    "max_convocations": (1, _ANY),
    "coefficient_min": (1, _ANY),
    "coefficient_max": (1, _ANY),
    "overbooking": (0, _ANY),
    "grace_days": (0, _LONGEST_GRACE),
    "warning_days": (0, _LONGEST_GRACE),
    "keep_personal_data_years": (1, _LONGEST_KEEPING),
}
QuotaCounts = Literal["registered", "live"]
CloseWhenFull = Literal["manual", "automatic"]


def _tuples(value: Any) -> Any:  # noqa: ANN401 - of any type; `_faults` reports a wrong one
    if not isinstance(value, Mapping):
        return value
    rows = {key: tuple(each) if isinstance(each, (list, tuple)) else each for key, each in value.items()}
    return FrozenMap(rows)


def _with_imports(value: Any) -> Any:  # noqa: ANN401 - as above
    """A service's table may be older than the commands that import."""
    return _tuples({**{each: PERMISSIONS[each] for each in IMPORTS}, **value} if isinstance(value, Mapping) else value)


# Not slotted: `cached_property` keeps what is read at every decision.
_NO_TIME_ZONES = "where it has no time zones at all, install the package tzdata"


@frozen(kw_only=True, slots=False)
class Settings:
    """The rules' settings; the defaults are the domain page's.

    Attributes:
        max_convocations: appointments an application may use up [S].
        coefficient_min, coefficient_max: bounds of a session's coefficient [S].
        quota_counts: `"registered"` counts every application ever registered, `"live"` the open and retained ones.
        overbooking: seats that may be given beyond the capacity.
        close_when_full: `"automatic"` declares a session full when its last seat is given.
        grace_days: days between a session's end and its advice deadline [S].
        warning_days: how many days before its deadline an application is said to be expiring [S].
        weekly_hours_max: hours a week that a retained candidate may have at most.
        usual_weekly_hours: outside of these, an advisory.
        time_zone: whose calendar days count.
        permissions: command ▸ who may; replace single entries with `{**PERMISSIONS, Convoke: (…)}`.
        catalogue: motives and reasons of rejections.
        title_prefix: what an action's title starts with, to the letter [S]; an empty one is no rule.
        refuse_also: command ▸ a service's own policies, evaluated after those of the row.
        leave_out: command ▸ codes of this package's refusals and advisories that a service does not want for it. They
            stay for what the system does, as closing a session automatically.
        keep_personal_data_years: how many years after the last movement of a candidate's applications their name and
            e-mail are kept, that day included; not erased while one is open [R].
        keep_file_years: how many years after it the comments and the people who acted are kept, as funders ask, for
            European funds 10; None: for good. No decision depends on these two, so they are in no fingerprint.

    Raises:
        Malformed: lists every setting that is out of range, misspelt or of the wrong shape.
    """

    max_convocations: int = 3
    coefficient_min: int = 2
    coefficient_max: int = 5
    quota_counts: QuotaCounts = "registered"
    overbooking: int = 0
    close_when_full: CloseWhenFull = "manual"
    grace_days: int = 21
    warning_days: int = 15
    weekly_hours_max: Decimal = Decimal(48)
    usual_weekly_hours: tuple[Decimal, Decimal] = (Decimal(8), Decimal(35))
    time_zone: str = "Europe/Paris"
    permissions: Permissions = field(default=PERMISSIONS, converter=_with_imports)
    catalogue: Catalogue = field(factory=Catalogue.default)
    title_prefix: str = "[POEC]"
    refuse_also: Mapping[type[Command], Sequence[Callable[..., Details | None]]] = field(
        factory=dict, converter=_tuples
    )
    leave_out: Mapping[type[Command], Sequence[str]] = field(factory=dict, converter=_tuples)
    keep_personal_data_years: int = 2
    keep_file_years: int | None = None

    def __attrs_post_init__(self) -> None:
        faults = tuple(self._faults())
        if faults:
            raise Malformed(faults)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone, ready to use."""
        return ZoneInfo(self.time_zone)

    @cached_property
    def checks(self) -> Mapping[type[Command], tuple[Check, ...]]:
        """A service's own policies, prepared for evaluation."""
        return FrozenMap({command: tuple(map(Check.of, policies)) for command, policies in self.refuse_also.items()})

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in fields_dict(type(self))}

    @property
    def counts_live(self) -> bool:
        """Whether the quota counts open and retained applications only."""
        return self.quota_counts == "live"

    @property
    def closes_when_full(self) -> bool:
        """Whether giving the last seat declares the session full."""
        return self.close_when_full == "automatic"

    def leaves_out(self, command: type[Command], code: str) -> bool:
        """Whether a rule of this package is left out of a command; an empty prefix is no rule (A1)."""
        return code in self.leave_out.get(command, ()) or (not self.title_prefix and code == TITLE_PREFIX)

    @cached_property
    def fingerprint(self) -> str:
        """A stable hash of every setting that decisions depend on; policies count by their module and name."""
        data = {
            "max_convocations": self.max_convocations,
            "coefficient": [self.coefficient_min, self.coefficient_max],
            "quota_counts": self.quota_counts,
            "overbooking": self.overbooking,
            "close_when_full": self.close_when_full,
            "days": [self.grace_days, self.warning_days],
            "weekly_hours": [f"{each.normalize():f}" for each in (self.weekly_hours_max, *self.usual_weekly_hours)],
            "time_zone": self.time_zone,
            "permissions": {
                command.type: sorted(map(str, grants))
                for command, grants in self.permissions.items()
                # The settings of the releases that could not import keep their fingerprint.
                if command not in IMPORTS or grants != PERMISSIONS[command]
            },
            "catalogue": [
                [
                    motive.code,
                    motive.reserved,
                    motive.retired,
                    [[each.code, each.retired] for each in motive.reasons],
                ]
                for motive in self.catalogue.motives
            ],
            "refuse_also": {
                command.type: [f"{each.__module__}.{code_of(each)}" for each in policies]
                for command, policies in self.refuse_also.items()
            },
            "title_prefix": self.title_prefix,
            "leave_out": {command.type: sorted(codes) for command, codes in self.leave_out.items()},
        }
        import hashlib  # noqa: PLC0415

        return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:16]

    def _faults(self) -> Iterator[Fault]:
        yield from self._faults_of_numbers()
        yield from self._faults_of_hours()
        for name, words_of in (("quota_counts", QuotaCounts), ("close_when_full", CloseWhenFull)):
            if getattr(self, name) not in get_args(words_of):
                yield Fault(f"$.{name}", f"expected {' or '.join(get_args(words_of))}")
        try:
            ZoneInfo(self.time_zone)
        except (KeyError, OSError, TypeError, ValueError):
            yield Fault("$.time_zone", f"this system knows no time zone {self.time_zone!r:.80}; {_NO_TIME_ZONES}")
        catalogue: object = self.catalogue
        if not isinstance(catalogue, Catalogue):
            yield Fault("$.catalogue", "expected a Catalogue")
        prefix: object = self.title_prefix
        if not isinstance(prefix, str):
            yield Fault("$.title_prefix", "expected a text")
        yield from self._faults_of_policies()

    def _faults_of_numbers(self) -> Iterator[Fault]:
        for name, (least, most) in _BOUNDS.items():
            value: object = getattr(self, name)
            if type(value) is not int or not least <= value <= most:
                yield Fault(f"$.{name}", f"expected a whole number from {least} to {most}")
        kept: object = self.keep_file_years
        if kept is not None and (type(kept) is not int or not 1 <= kept <= _LONGEST_KEEPING):
            yield Fault("$.keep_file_years", f"expected None, or a whole number from 1 to {_LONGEST_KEEPING}")
        elif kept is not None and type(self.keep_personal_data_years) is int and kept < self.keep_personal_data_years:
            yield Fault("$.keep_file_years", "below keep_personal_data_years: a file is erased with whose it is")
        floor: Any = self.coefficient_min
        ceiling: Any = self.coefficient_max
        if type(floor) is type(ceiling) is int and 1 <= ceiling < floor:
            yield Fault("$.coefficient_min", "above coefficient_max")

    def _faults_of_hours(self) -> Iterator[Fault]:
        most: object = self.weekly_hours_max
        usual: Any = self.usual_weekly_hours
        if not _is_hours(most) or self.weekly_hours_max <= 0:
            yield Fault("$.weekly_hours_max", "expected a Decimal above 0")
        pair = isinstance(usual, tuple) and len(usual) == 2 and all(map(_is_hours, usual))  # noqa: PLR2004
        if not pair or usual[0] > usual[1]:
            yield Fault("$.usual_weekly_hours", "expected two Decimals in order")

    def _faults_of_policies(self) -> Iterator[Fault]:
        for name, faults_of in (
            ("permissions", _faults_of_grants),
            ("refuse_also", _faults_of_own),
            ("leave_out", _faults_of_codes),
        ):
            table: Any = getattr(self, name)
            if not isinstance(table, Mapping):
                yield Fault(f"$.{name}", "expected a mapping of commands")
                continue
            for command, rows in table.items():
                if command not in COMMANDS.values():
                    yield Fault(f"$.{name}", f"not a command: {command!r:.80}")
                elif not isinstance(rows, tuple):
                    yield Fault(f"$.{name}", f"expected a sequence for {command.type}")
                else:
                    yield from (Fault(f"$.{name}", each) for each in faults_of(command, rows))
        if isinstance(self.permissions, Mapping):
            for command in COMMANDS.values():
                if command not in self.permissions:
                    yield Fault("$.permissions", f"says nothing of {command.type}")


_WHY_FIXED = ("is the system's", "takes over what was elsewhere")


def _faults_of_grants(command: type[Command], grants: tuple[Any, ...]) -> Iterator[str]:
    if not all(isinstance(each, Grant) for each in grants):
        yield f"expected Grants for {command.type}"


def _faults_of_own(command: type[Command], policies: tuple[Any, ...]) -> Iterator[str]:
    if command in FIXED:
        yield f"{command.type} {_WHY_FIXED[command in IMPORTS]}, and takes no further policy"
    codes: set[str] = set()
    for policy in policies:
        yield from faults_of_function(policy)
        if not (callable(policy) and has_name(policy)):
            continue
        yield from faults_of_code(policy)
        code = code_of(policy)
        if code in codes:
            yield f"{code} stands twice for {command.type}"
        codes.add(code)


def _faults_of_codes(command: type[Command], codes: tuple[Any, ...]) -> Iterator[str]:
    if command in FIXED:
        yield f"{command.type} {_WHY_FIXED[command in IMPORTS]}, and its rules stay"
        return
    if len(set(map(repr, codes))) < len(codes):
        yield f"a code stands twice for {command.type}"
    for code in codes:
        if code not in OPTIONAL_RULES[command]:
            yield f"{code!r:.80} is no rule of {command.type}, which has {', '.join(OPTIONAL_RULES[command]) or 'none'}"


@cache
def default_settings() -> Settings:
    """The settings of who gives none: checked, and fingerprinted, once a process."""
    return Settings()


def _is_hours(value: object) -> bool:
    return isinstance(value, Decimal) and value.is_finite()
