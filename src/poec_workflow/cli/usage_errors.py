"""Wrong usage, told in the user's language and in lines that fit the terminal."""

from __future__ import annotations

import sys

import click

from poec_workflow.cli.click_words import said
from poec_workflow.cli.line_wrapping import HANG, wrap
from poec_workflow.cli.terminal import visible, width_of
from poec_workflow.locales.exception_sentences import sentence


def told(error: click.UsageError, lang: str) -> click.UsageError:
    """The same error in a language; what click itself says of it is in that already."""
    if type(error).show is not click.UsageError.show:
        # A group without a command shows its help.
        return error
    vars(error)["message"] = sentence(error.message, lang)
    text = visible(error.format_message().replace("\n\t", "\n  "))
    width = width_of(sys.stderr)
    if width is not None:
        before = said("Error: {message}").format(message="")
        text = "\n".join(wrap(before + text, width, HANG))[len(before) :]
    return click.UsageError(text, error.ctx)
