"""The command-line program: the list of its commands, and the exit code of each exception."""

from __future__ import annotations

from pkgutil import resolve_name

import click

from poec_workflow import __version__
from poec_workflow.cli.terminal import say
from poec_workflow.errors import CommandRefused, Conflict, Malformed, SchemaOutdated, StorageUnavailable

DONE, REFUSED, MALFORMED, UNREACHABLE, CONFLICT = range(5)
"""The exit codes, as the surface fixes them; click's usage errors are 2 too."""


_COMMANDS = {
    "demo": "demo_command:demo",
    "run": "run_command:run",
    "readjudicate": "readjudicate_command:readjudicate",
    "exec": "exec_command:execute",
    "explain": "inspection_commands:explain",
    "history": "inspection_commands:history",
    "show": "inspection_commands:show",
    "applications": "list_commands:applications",
    "sessions": "list_commands:sessions",
    "actions": "list_commands:actions",
    "dashboard": "dashboard_commands:dashboard",
    "queue": "dashboard_commands:queue",
    "sweep": "sweep_command:sweep",
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

    def invoke(self, ctx: click.Context) -> object:
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except CommandRefused as error:
            _leave(ctx, str(error), REFUSED)
        except Malformed as error:
            _leave(ctx, str(error), MALFORMED)
        except (StorageUnavailable, SchemaOutdated) as error:
            _leave(ctx, str(error), UNREACHABLE)
        except Conflict as error:
            _leave(ctx, str(error), CONFLICT)
        except OSError as error:
            _leave(ctx, str(error), MALFORMED)
        return None


def _leave(ctx: click.Context, message: str, code: int) -> None:
    say(f"poec-workflow: {message}", err=True)
    ctx.exit(code)


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="poec-workflow")
def program() -> None:
    """The rules of POEC applications: keep a store, judge journals, see what waits, draw lifecycles."""
