"""What a reader of files yields: a command of import and its line, or what is wrong with a line."""

from __future__ import annotations

from attrs import frozen

from poec_workflow.commands import Command
from poec_workflow.errors import Fault, Refusal
from poec_workflow.locales.exception_sentences import sentence
from poec_workflow.value_base import Value


@frozen(repr=False)
class ImportRow(Value):
    """A row of a file, as a command of import.

    Attributes:
        line: where it begins in its file, counted from 1.
        command: `ImportAction`, `ImportSession` or `ImportApplication`.
        file: its file's name, where several are read.
    """

    line: int
    command: Command
    file: str = ""


@frozen(repr=False)
class RowFault(Value):
    """Why a row can't be imported.

    Attributes:
        line: where the row begins in its file, counted from 1; 0: the file as a whole.
        place: the column, the element or the field, as the file has it; empty: the row as a whole.
        problem: an English sentence, of which `errors.fr.json` has the French one; with a refusal it may be empty.
        refusal: the rule that refuses the row, where one does; its sentence is told first.
        file: its file's name, where several are read.
    """

    line: int
    place: str
    problem: str
    refusal: Refusal | None = None
    file: str = ""

    @classmethod
    def of(cls, line: int, fault: Fault) -> RowFault:
        """The fault of a row that does not have the form of the wire format."""
        return cls(line, fault.place, fault.problem)

    @property
    def code(self) -> str | None:
        """The code of the refusal; None: the row can't be read, or contradicts another."""
        return self.refusal.code if self.refusal else None

    def message(self, lang: str = "fr") -> str:
        """A sentence for people, in `"fr"` or `"en"`."""
        problem = sentence(self.problem, lang)
        if self.refusal is None:
            return problem
        return f"{self.refusal.message(lang)} {problem[:1].upper()}{problem[1:]}".rstrip()
