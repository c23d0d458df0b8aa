"""Options ▸ adapters ▸ `Workflow`: the composition root."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import cast

from attrs import frozen

from poec_workflow.errors import Malformed, SchemaOutdated, WorkflowError
from poec_workflow.machines import LIFECYCLES, Lifecycles
from poec_workflow.machines.lifecycles import frozen_lifecycles, must_be_lifecycles
from poec_workflow.notices import NOTICES, Notices
from poec_workflow.policies.settings import Settings, default_settings
from poec_workflow.ports import Clock, Storage, SystemClock
from poec_workflow.redaction import redacted, scheme_of
from poec_workflow.relay.routing import Channels, Routing
from poec_workflow.store_urls import SQL_SCHEMES, STORAGES, shown
from poec_workflow.workflow import Workflow

STORAGE_ENTRY_POINTS = "poec_workflow.storage"
NOTIFIER_ENTRY_POINTS = "poec_workflow.notifiers"


class InvalidOption(ValueError):
    """An option whose value does not exist or is not installed; the message says what there is."""


def storage(url: str) -> Storage:
    """The storage of a URL: `memory:`, or a scheme that an installed package registers.

    Args:
        url: no message quotes it, for it may hold a password.

    Raises:
        InvalidOption: no storage is registered for the scheme.
    """
    if url == "memory:":
        from poec_workflow.adapters.memory import MemoryStorage  # noqa: PLC0415 - loaded on demand

        return MemoryStorage()
    scheme = scheme_of(url)
    if scheme in SQL_SCHEMES:
        return _sql(url)
    for each in entry_points(group=STORAGE_ENTRY_POINTS, name=scheme or url.partition(":")[0]):
        return _registered(each, url)
    raise InvalidOption(f"no storage for {shown(url)}: {STORAGES}")


def _registered(entry: EntryPoint, url: str) -> Storage:
    try:
        opened: Storage = entry.load()(url)
    except WorkflowError:
        raise
    except Exception as error:  # noqa: BLE001 - anybody's code, which may fail in any way
        problem = redacted(f"{type(error).__name__}: {error}", [url])
    else:
        return opened
    # Raised out here, for the error itself may quote the URL.
    raise InvalidOption(f"the storage {entry.name}: {problem}")


def _sql(url: str) -> Storage:
    try:
        from poec_workflow.adapters.sql import SqlStorage  # noqa: PLC0415 - only who names a database loads one

        return SqlStorage.open(url)
    except ImportError as error:
        extra = "sql" if (scheme_of(url) or "").startswith("sqlite") else "postgresql"
        raise InvalidOption(f"a database needs its extra: pip install 'poec-workflow[{extra}]'") from error


def dialect_of(url: str) -> str:
    """The database that a URL names, as `schema_sql` takes it.

    Raises:
        InvalidOption: it names none that has SQL.
    """
    scheme = scheme_of(url)
    if scheme not in SQL_SCHEMES:
        raise InvalidOption(
            f"no SQL for {scheme}://: there are postgresql, sqlite" if scheme else "no URL of a database"
        )
    return "sqlite" if scheme.startswith("sqlite") else "postgresql"


def schema_sql(dialect: str, start: str | None = None) -> str:
    """The SQL that makes a store's schema, or brings an earlier one up to this release; nothing is connected to.

    Raises:
        InvalidOption: the database or the start revision is unknown.
    """
    try:
        from poec_workflow.adapters.sql import migrations, revisions  # noqa: PLC0415 - as above
        from poec_workflow.adapters.sql.dialects import BEGINNINGS  # noqa: PLC0415
    except ImportError as error:
        raise InvalidOption("a database needs its extra: pip install 'poec-workflow[sql]'") from error
    if dialect not in BEGINNINGS:
        raise InvalidOption(f"no SQL for {dialect!r}: there are {', '.join(sorted(BEGINNINGS))}")
    ours = revisions.REVISIONS
    if start is not None and start not in ours.known:
        raise InvalidOption(f"no revision {start!r}: this release knows {', '.join(ours.known)}")
    try:
        return migrations.sql(dialect, ours.scripts, start, ours.head)
    except SchemaOutdated as error:
        raise InvalidOption(str(error)) from error


@frozen(kw_only=True)
class OwnRules:
    """The rules of a service: its settings, lifecycles and notices, or the package's where it has none of its own."""

    settings: Settings
    lifecycles: Lifecycles = LIFECYCLES
    notices: Notices = NOTICES


def own_rules(places: Iterable[str] = ()) -> OwnRules:
    """A service's rules by `module:name`, the modules looked for in the working directory too; else the defaults.

    Args:
        places: of a `Settings`, of lifecycles with its own rows, of `Notices`, or of a `Workflow`, which has all.

    Raises:
        InvalidOption: one can't be imported, is none of these, or two name the same.
    """
    found: dict[str, tuple[str, object]] = {}
    for place in places:
        for what, value in _rules_in(place, named("--settings", place)).items():
            if what in found:
                raise InvalidOption(f"--settings {place}: {found[what][0]} names the {what} already")
            found[what] = place, value
    return OwnRules(**{"settings": default_settings(), **{what: value for what, (_, value) in found.items()}})  # type: ignore[arg-type]


def _rules_in(place: str, value: object) -> Mapping[str, object]:
    if isinstance(value, Workflow):
        return {"settings": value.settings, "lifecycles": value.lifecycles, "notices": value.notices}
    if isinstance(value, Notices):
        return {"notices": value}
    if isinstance(value, Settings):
        return {"settings": value}
    if isinstance(value, Mapping):
        try:
            must_be_lifecycles(value, "$")
        except Malformed as error:
            problems = "; ".join(each.problem for each in error.faults)
            raise InvalidOption(f"--settings {place}: {problems}") from error
        return {"lifecycles": frozen_lifecycles(value)}
    raise InvalidOption(
        f"--settings {place}: not a poec_workflow.Settings, nor the lifecycles of machines.with_rows, nor Notices, "
        "nor a Workflow"
    )


def named(option: str, place: str) -> object:
    """What an option names by `module:name`, the module looked for in the working directory too.

    Raises:
        InvalidOption: it can't be imported.
    """
    module, _, name = place.partition(":")
    if not _PLACE.fullmatch(place):
        # It may be the URL of a broker, with its password.
        raise InvalidOption(f"{option} {redacted(place, [place])}: expected MODULE:NAME")
    sys.path.insert(0, "")
    try:
        found: object = getattr(importlib.import_module(module), name)
    except Exception as error:  # its module is anybody's code, and may fail in any way
        raise InvalidOption(f"{option} {place}: {redacted(str(error))}") from error
    finally:
        sys.path.remove("")
    return found


_PLACE = re.compile(r"[\w.]+:\w+")


def workflow(url: str, places: Iterable[str] = (), clock: Clock | None = None) -> Workflow:
    """The workflow of a store and a service's rules, which stand at one place or at several.

    Raises:
        InvalidOption: one of them does not exist.
    """
    rules = own_rules(places)
    return Workflow(
        storage(url),
        settings=rules.settings,
        lifecycles=rules.lifecycles,
        notices=rules.notices,
        clock=clock or SystemClock(),
    )


def channels(place: str) -> Channels:
    """The channels that `module:name` names or an installed package registers: themselves, or what makes them.

    Raises:
        InvalidOption: there are none.
    """
    if ":" in place:
        found = named("--channels", place)
    else:
        installed = {each.name: each for each in entry_points(group=NOTIFIER_ENTRY_POINTS)}
        if place not in installed:
            known = ", ".join(sorted(installed)) or "none"
            raise InvalidOption(f"--channels {place}: expected MODULE:NAME, or one that is installed: {known}")
        found = _loaded(place, installed[place])
    if not isinstance(found, Mapping) and not hasattr(found, "deliver") and callable(found):
        found = _called(place, found)
    try:
        Routing.of(found)
    except Malformed as error:
        problems = "; ".join(map(str, error.faults))
        raise InvalidOption(f"--channels {place}: {problems}") from error
    return cast("Channels", found)


def _loaded(place: str, entry: EntryPoint) -> object:
    try:
        loaded: object = entry.load()
    except ImportError as error:
        raise InvalidOption(f"--channels {place}: {redacted(str(error))}; its extra is not installed") from error
    return loaded


def _called(place: str, make: Callable[[], object]) -> object:
    try:
        return make()
    except Exception as error:  # anybody's code, which may fail in any way
        raise InvalidOption(f"--channels {place}: {redacted(str(error))}") from error


def close_channels(given: Channels) -> None:
    """Close the channels that can be closed, each once."""
    some = given.values() if isinstance(given, Mapping) else (given,)
    for each in {id(one): one for one in some}.values():
        close = getattr(each, "close", None)
        if callable(close):
            close()
