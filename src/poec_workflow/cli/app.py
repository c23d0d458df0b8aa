"""The command-line program: the list of its commands, and the exit code of each exception."""

from __future__ import annotations

import click

from poec_workflow import __version__
from poec_workflow.cli.check_command import check
from poec_workflow.cli.dashboard_commands import dashboard, queue
from poec_workflow.cli.demo_command import demo
from poec_workflow.cli.diagram_command import diagram
from poec_workflow.cli.exec_command import execute
from poec_workflow.cli.inspection_commands import explain, history, show
from poec_workflow.cli.list_commands import actions, applications, sessions
from poec_workflow.cli.paths_command import paths
from poec_workflow.cli.readjudicate_command import readjudicate
from poec_workflow.cli.run_command import run
from poec_workflow.cli.store_commands import store
from poec_workflow.cli.sweep_command import sweep
from poec_workflow.cli.terminal import say
from poec_workflow.errors import CommandRefused, Conflict, Malformed, SchemaOutdated, StorageUnavailable

DONE, REFUSED, MALFORMED, UNREACHABLE, CONFLICT = range(5)
"""The exit codes, as the surface fixes them; click's usage errors are 2 too."""


class Program(click.Group):
    """A group of commands that turns the package's exceptions into exit codes."""

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


for each in (
    demo,
    run,
    readjudicate,
    execute,
    explain,
    history,
    show,
    applications,
    sessions,
    actions,
    dashboard,
    queue,
    sweep,
    diagram,
    check,
    paths,
    store,
):
    program.add_command(each)
