"""The command-line program: the list of its commands, and the exit code of each exception."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pkgutil import resolve_name
from types import CodeType
from typing import TYPE_CHECKING, Any, cast

import click

from poec_workflow import __version__

if TYPE_CHECKING:
    from importlib.abc import InspectLoader

DONE, REFUSED, MALFORMED, UNREACHABLE, CONFLICT = range(5)
"""The exit codes, as the surface fixes them; click's usage errors are 2 too."""
_OO = 2

_COMMANDS = {
    "demo": "demo_command:demo",
    "run": "run_command:run",
    "readjudicate": "readjudicate_command:readjudicate",
    "exec": "exec_command:execute",
    "explain": "inspection_commands:explain",
    "history": "inspection_commands:history",
    "show": "inspection_commands:show",
    "applications": "list_commands:applications",
    "candidate": "candidate_command:candidate",
    "sessions": "list_commands:sessions",
    "actions": "list_commands:actions",
    "dashboard": "dashboard_commands:dashboard",
    "queue": "dashboard_commands:queue",
    "sweep": "sweep_command:sweep",
    "relay": "relay_command:relay",
    "remind": "relay_command:remind",
    "diagram": "diagram_command:diagram",
    "check": "check_command:check",
    "paths": "paths_command:paths",
    "store": "store_commands:store",
}
"""Where each command is; it is imported when it is run, for some need the kit or an adapter."""


class Program(click.Group):
    """A group of commands that turns the package's exceptions into exit codes."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - of the base class
        """The commands' names, sorted."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command of a name; None where there is none."""
        place = _COMMANDS.get(cmd_name)
        command: click.Command | None = resolve_name(f"poec_workflow.cli.{place}") if place else None
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each command's short help, without importing the command."""
        names = self.list_commands(ctx)
        limit = formatter.width - 6 - max(map(len, names))
        with formatter.section("Commands"):
            formatter.write_dl([(name, _short_help(_COMMANDS[name], limit)) for name in names])

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,  # noqa: ANN401 - of the base class
    ) -> click.Context:
        """Read the words up to the command."""
        given = tuple(args)
        with _quoting_no_password(given):
            made = super().make_context(info_name, args, parent, **extra)
        made.meta[_GIVEN] = given
        return made

    def invoke(self, ctx: click.Context) -> object:
        """Run the command that was named."""
        given = ctx.meta.get(_GIVEN, ())
        try:
            with _quoting_no_password(given):
                return super().invoke(ctx)
        except Exception as error:
            code = _exit_code(error)
            if code is None:
                raise
            from poec_workflow.cli.terminal import say  # noqa: PLC0415
            from poec_workflow.redaction import redacted  # noqa: PLC0415

            say(f"poec-workflow: {redacted(str(error), given)}", err=True)
            ctx.exit(code)


_GIVEN = "poec_workflow.given"


@contextmanager
def _quoting_no_password(given: Sequence[str]) -> Iterator[None]:
    """Let no usage error quote the password of a URL that stands among the words, at its place or at a wrong one."""
    try:
        yield
    except click.ClickException as error:
        from poec_workflow.redaction import redacted  # noqa: PLC0415 - help and completion need none

        for name in ("message", "option_name"):
            if isinstance(value := getattr(error, name, None), str):
                setattr(error, name, redacted(value, given))
        raise


def _exit_code(error: Exception) -> int | None:
    """The exit code of one of the package's exceptions; None of another."""
    # Imported here, for help and completion need nothing of the domain.
    from poec_workflow.errors import (  # noqa: PLC0415
        CommandRefused,
        Conflict,
        Malformed,
        SchemaOutdated,
        StorageUnavailable,
    )

    match error:
        case CommandRefused():
            return REFUSED
        case StorageUnavailable() | SchemaOutdated():
            return UNREACHABLE
        case Conflict():
            return CONFLICT
        case Malformed() | OSError():
            return MALFORMED
    return None


def _short_help(place: str, limit: int) -> str:
    """The short help of a command, from its docstring, which is read off the compiled module: nothing is run."""
    module, _, name = place.partition(":")
    spec = find_spec(f"{__package__}.{module}")
    code = cast("InspectLoader", spec and spec.loader).get_code(f"{__package__}.{module}")
    functions = (each for each in code.co_consts if isinstance(each, CodeType)) if code else ()
    # Under -OO there are no docstrings, and the first constant may be anything.
    docstring = next((each.co_consts[0] for each in functions if each.co_name == name and sys.flags.optimize < _OO), "")
    return click.Command(name, help=docstring).get_short_help_str(limit)


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="poec-workflow")
def program() -> None:
    """The rules of POEC applications: keep a store, judge journals, see what waits, draw lifecycles."""
