"""The program: its commands, and the exit code of what goes wrong."""

from __future__ import annotations

import click

from poec_workflow import __version__
from poec_workflow.cli.check import check
from poec_workflow.cli.demo import demo
from poec_workflow.cli.diagram import diagram
from poec_workflow.cli.execute import execute
from poec_workflow.cli.lists import actions, applications, sessions
from poec_workflow.cli.organization import dashboard, queue
from poec_workflow.cli.paths import paths
from poec_workflow.cli.readjudicate import readjudicate
from poec_workflow.cli.run import run
from poec_workflow.cli.store import store
from poec_workflow.cli.subjects import explain, history, show
from poec_workflow.cli.sweep import sweep
from poec_workflow.cli.text import say
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
