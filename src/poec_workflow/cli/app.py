"""The command-line program: the list of its commands, and how they are found and left."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pkgutil import resolve_name
from types import CodeType
from typing import TYPE_CHECKING, Any, cast

import click

from poec_workflow import __version__
from poec_workflow.cli import click_words, interruption, language
from poec_workflow.locales import LANGUAGES

if TYPE_CHECKING:
    from importlib.abc import InspectLoader

_OO = 2

_COMMANDS = {
    "demo": "demo_command:demo",
    "run": "run_command:run",
    "readjudicate": "readjudicate_command:readjudicate",
    "exec": "exec_command:execute",
    "explain": "inspection_commands:explain",
    "feed": "feed_command:feed",
    "history": "inspection_commands:history",
    "show": "inspection_commands:show",
    "applications": "list_commands:applications",
    "candidate": "candidate_command:candidate_history",
    "catalogue": "catalogue_command:catalogue",
    "sessions": "list_commands:sessions",
    "actions": "list_commands:actions",
    "dashboard": "dashboard_commands:dashboard",
    "queue": "dashboard_commands:queue",
    "import": "import_command:import_",
    "export": "import_command:export",
    "sweep": "sweep_command:sweep",
    "retain-until": "retain_command:retain_until",
    "relay": "relay_command:relay",
    "remind": "relay_command:remind",
    "diagram": "diagram_command:diagram",
    "check": "check_command:check",
    "paths": "paths_command:paths",
    "schema": "schema_command:schema",
    "store": "store_commands:store",
}
"""Where each command is; it is imported when it is run, for some need the kit or an adapter."""


class Program(click.Group):
    """A group of commands that speaks the user's language, and turns the package's exceptions into exit codes."""

    def main(self, args: Sequence[str] | None = None, *more: Any, **extra: Any) -> Any:  # noqa: ANN401 - as click's
        """Run a command in the language that its arguments, else the environment, ask for."""
        arguments = sys.argv[1:] if args is None else list(args)
        lang = language.chosen(arguments, os.environ)
        with language.speaking(lang):
            return super(Program, click_words.in_language(self, lang)).main(args, *more, **extra)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - of the base class
        """The commands' names, sorted."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command of a name; None where there is none."""
        place = _COMMANDS.get(cmd_name)
        command: click.Command | None = resolve_name(f"poec_workflow.cli.{place}") if place else None
        return command and click_words.in_language(command, language.current())

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each command's short help, without importing the command."""
        names = self.list_commands(ctx)
        limit = formatter.width - 6 - max(map(len, names))
        with formatter.section(click_words.said("Commands")):
            formatter.write_dl([(name, _short_help(_COMMANDS[name], limit)) for name in names])

    def make_context(self, info_name: str | None, args: list[str], *more: Any, **extra: Any) -> click.Context:  # noqa: ANN401 - as click's
        """Read the words up to the command; help and the version are printed here too."""
        given = tuple(args)
        with _failures_said(given):
            made = super().make_context(info_name, args, *more, **extra)
        made.meta[_GIVEN] = given
        return made

    def invoke(self, ctx: click.Context) -> object:
        """Run the command that was named; of what it raises say what is to be said, and exit."""
        with _failures_said(ctx.meta.get(_GIVEN, ()), lambda: self.get_command(ctx, ctx.invoked_subcommand or "")):
            return super().invoke(ctx)


_GIVEN = "poec_workflow.given"


@contextmanager
def _failures_said(given: Sequence[str], command: Callable[[], click.Command | None] = lambda: None) -> Iterator[None]:
    """Turn exceptions into messages and exit codes; quote no password that stands among the words that were given."""
    try:
        with interruption.raised_once():
            yield
    except click.UsageError as error:
        from poec_workflow.cli.usage_errors import told  # noqa: PLC0415 - loaded where it is needed

        _quote_no_password(error, given)
        raise told(error, language.current()) from error
    except click.ClickException as error:
        _quote_no_password(error, given)
        raise
    except (click.exceptions.Exit, click.Abort):
        raise
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - each has its exit code
        from poec_workflow.cli.failures import leave  # noqa: PLC0415 - needs the domain, which help does not

        leave(error, given, command())


def _quote_no_password(error: click.ClickException, given: Sequence[str]) -> None:
    from poec_workflow.redaction import redacted  # noqa: PLC0415 - help and completion need none

    for name in ("message", "option_name"):
        if isinstance(value := getattr(error, name, None), str):
            setattr(error, name, redacted(value, given))


def _short_help(place: str, limit: int) -> str:
    """The short help of a command, from its docstring, which is read off the compiled module: nothing is run."""
    module, _, name = place.partition(":")
    spec = find_spec(f"{__package__}.{module}")
    code = cast("InspectLoader", spec and spec.loader).get_code(f"{__package__}.{module}")
    functions = (each for each in code.co_consts if isinstance(each, CodeType)) if code else ()
    # Under -OO there are no docstrings, and the first constant may be anything.
    docstring = next((each.co_consts[0] for each in functions if each.co_name == name and sys.flags.optimize < _OO), "")
    command = click.Command(name, help=inspect.cleandoc(str(docstring)))
    return click_words.in_language(command, language.current()).get_short_help_str(limit)


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="poec-workflow")
@click.option(
    language.OPTION,
    type=click.Choice(LANGUAGES, case_sensitive=False),
    expose_value=False,
    help="Language of labels and messages; that of the locale by default.",
)
def program() -> None:
    """The rules of POEC applications: keep a store, judge journals, see what waits, draw lifecycles."""


click_words.install()
