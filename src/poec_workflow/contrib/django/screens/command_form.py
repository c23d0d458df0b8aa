"""The form of a command: what a template shows, and the command that a sent one says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from json import dumps, loads
from uuid import uuid4

from attrs import evolve, frozen
from django.http import QueryDict

from poec_workflow import locales
from poec_workflow.catalogue import Motive
from poec_workflow.commands import Command, Reject, Withdraw
from poec_workflow.contrib.django.screens.form_fields import CommandField, as_wire, fields_of
from poec_workflow.contrib.django.screens.standing_values import STANDING, WAS, digest_of, is_left_out, is_untouched
from poec_workflow.contrib.django.screens.words import words_of
from poec_workflow.errors import Malformed
from poec_workflow.locales.exception_sentences import sentence
from poec_workflow.policies.settings import Settings
from poec_workflow.serialization import from_dict

REASON = "reason"
_ANSWERS = {"true": "common.yes", "false": "common.no"}
Group = tuple[str, Sequence[tuple[str, str]]]
"""Choices of a list: the label of a group (none is empty), and the values with their labels."""


@frozen(kw_only=True)
class FormField:
    """A field as a template shows it.

    Attributes:
        field: which one.
        label: what it is called.
        value: what stands in it.
        text: the same as people read it.
        groups: what can be chosen.
        faults: what is wrong with it.
        was: the digest of what stood in it; empty where its form does not show what stands.
        untouched: what was sent is what stood in it.
        left_out: it was not touched, and is not said.
    """

    field: CommandField
    label: str
    value: str = ""
    text: str = ""
    groups: Sequence[Group] = ()
    faults: tuple[str, ...] = ()
    was: str = ""
    untouched: bool = False
    left_out: bool = False

    @property
    def id(self) -> str:
        """What names it in a page."""
        return self.field.name.replace(".", "-")


@frozen(kw_only=True)
class CommandForm:
    """The form of one command to one subject.

    Attributes:
        command: of which kind.
        reference: of the subject; empty where the command creates it, and the form asks.
        fields: in their order.
        version: the version that the page showed; None where the subject is to be created.
        key: names this sending, so that a second click sends it once.
        faults: what is wrong and belongs to no field.
    """

    command: type[Command]
    reference: str
    fields: tuple[FormField, ...] = ()
    version: int | None = None
    key: str = ""
    faults: tuple[str, ...] = ()

    @property
    def type(self) -> str:
        """The command's name on the wire."""
        return self.command.type

    @property
    def kind(self) -> str:
        """Of the command's subject."""
        return self.command.subject_kind.value

    @property
    def by_name(self) -> Mapping[str, FormField]:
        """The fields by name, for a template that places them itself."""
        return {each.field.name: each for each in self.fields}

    @property
    def said(self) -> Sequence[FormField]:
        """The fields that are sent on when the command is confirmed."""
        return [each for each in self.fields if not each.left_out]


def blank_form(  # noqa: D417 - see the class
    command: type[Command],
    reference: str,
    settings: Settings,
    lang: str,
    *,
    version: int | None = None,
    initial: Mapping[str, str] | None = None,
) -> CommandForm:
    """A form to fill in.

    Args:
        settings: whose catalogue motives and reasons are of.
        lang: of the labels.
        initial: what stands in the fields, by name.
    """
    given = initial or {}
    return CommandForm(
        command=command,
        reference=reference,
        fields=tuple(
            _shown(command, each, given.get(each.name, ""), settings, lang) for each in fields_of_form(command)
        ),
        version=version,
        key=uuid4().hex,
    )


def sent_form(
    command: type[Command], reference: str, sent: QueryDict, settings: Settings, lang: str
) -> tuple[CommandForm, Command | None]:
    """The form as it was sent, and the command that it says; None where it says none, with faults in their places."""
    typed = {each.name: sent.get(each.name, "") for each in fields_of_form(command)}
    version = sent.get("version", "")
    form = evolve(
        blank_form(command, reference, settings, lang, initial=typed),
        version=int(version) if version.isascii() and version.isdecimal() and len(version) <= 10 else None,  # noqa: PLR2004 - the digits of the largest integer
        key=sent.get("key") or uuid4().hex,
    )
    form = evolve(form, fields=tuple(_compared(command, each, sent) for each in form.fields))
    if command in STANDING and all(each.untouched for each in form.fields):
        return evolve(form, faults=(words_of("common.nothing-changed", lang),)), None
    own = {command.subject_kind.value: reference} if reference else {}
    data = {"type": command.type, **own, **_chosen(form, typed)}
    try:
        said: Command = from_dict(data, Command)
    except Malformed as error:
        return _with_faults(form, error, lang), None
    return form, said


def fields_of_form(command: type[Command]) -> tuple[CommandField, ...]:
    """The fields that a form has: a reason and its motive are one choice."""
    fields: tuple[CommandField, ...] = fields_of(command)
    if command is Reject:
        fields = tuple(each for each in fields if each.name != "motive")
    if issubclass(command, (Reject, Withdraw)):
        fields = tuple(evolve(each, widget="choice") if each.name == REASON else each for each in fields)
    return tuple(evolve(each, widget="long-text") if each.name == "comment" else each for each in fields)


def _compared(command: type[Command], each: FormField, sent: QueryDict) -> FormField:
    """A sent field, compared with what stood in it."""
    untouched = is_untouched(command, each.field.name, sent)
    left_out = is_left_out(command, each.field, untouched=untouched)
    return evolve(each, was=sent.get(f"{WAS}{each.field.name}", ""), untouched=untouched, left_out=left_out)


def _chosen(form: CommandForm, typed: Mapping[str, str]) -> dict[str, object]:
    """The wire's fields; of a reason, its motive too; of a text that stood there and is emptied, that it is empty."""
    data = as_wire([each.field for each in form.said], typed)
    emptied = (each for each in form.said if each.was and not each.untouched and not each.value.strip())
    data |= {each.field.name: "" for each in emptied if each.field.widget not in ("date", "long-text")}
    if form.command is Reject and data.get(REASON):
        try:
            data["motive"], data[REASON] = loads(data[REASON])
        except (TypeError, ValueError):
            data["motive"] = ""  # no choice of the form: what it is, the rules say
    return data


def _shown(command: type[Command], each: CommandField, value: str, settings: Settings, lang: str) -> FormField:
    groups = tuple(_groups(command, each, settings, lang))
    return FormField(
        field=each,
        label=_label(command, each, lang),
        value=value,
        text=_text(each, value, groups, lang),
        groups=groups,
        was=digest_of(value) if command in STANDING else "",
    )


def _text(each: CommandField, value: str, groups: Sequence[Group], lang: str) -> str:
    """What was typed or chosen, as people read it."""
    if each.widget == "boolean" and value in _ANSWERS:
        return words_of(_ANSWERS[value], lang)
    if each.widget == "date":
        try:
            return locales.shown(date.fromisoformat(value), lang)
        except ValueError:
            return value
    chosen = ((group, text) for group, choices in groups for code, text in choices if code == value)
    return next((locales.labelled(group, text, lang) if group else text for group, text in chosen), value)


def _label(command: type[Command], each: CommandField, lang: str) -> str:
    """The label of a field: as the table of fields has it, or the screens' own where it lacks one, or says another."""
    for name in (f"{command.type}.{each.name}", each.name):
        try:
            return words_of(f"fields.{name.replace('.', '-')}", lang)
        except KeyError:
            continue
    last = each.name.rpartition(".")[2]
    return locales.label("fields", last, lang)


def _groups(command: type[Command], each: CommandField, settings: Settings, lang: str) -> Iterator[Group]:
    motives = settings.catalogue.motives
    if each.name == REASON and command is Reject:
        for motive in motives:
            if not motive.reserved and not motive.retired:
                label = settings.catalogue.label(lang, motive.code)
                yield label, [(dumps([motive.code, code]), text) for code, text in _reasons(motive, settings, lang)]
    elif each.name == REASON and issubclass(command, Withdraw):
        for motive in motives:
            if motive.code == command.motive:
                yield "", _reasons(motive, settings, lang)
    elif each.members:
        yield "", [(member, locales.label("words", member, lang)) for member in each.members]


def _reasons(motive: Motive, settings: Settings, lang: str) -> list[tuple[str, str]]:
    return [
        (each.code, settings.catalogue.label(lang, motive.code, each.code))
        for each in motive.reasons
        if not each.retired
    ]


def _with_faults(form: CommandForm, error: Malformed, lang: str) -> CommandForm:
    """Each fault at its field; those of none, at the form."""
    left = list(error.faults)
    fields = []
    for each in form.fields:
        place = _place(form, each)
        own = [fault for fault in left if fault.place == place or place.startswith(f"{fault.place}[")]
        left = [fault for fault in left if fault not in own]
        fields.append(evolve(each, faults=tuple(_said(fault.problem, each, lang) for fault in own)))
    return evolve(
        form,
        fields=tuple(fields),
        faults=tuple(locales.labelled(each.place, sentence(each.problem, lang), lang) for each in left),
    )


def _place(form: CommandForm, of: FormField) -> str:
    """Where a field stands on the wire: a day of a list after those that are filled in before it."""
    parent, _, last = of.field.name.rpartition(".")
    if not last.isdecimal():
        return f"$.{of.field.name}"
    before = [form.by_name[f"{parent}.{index}"] for index in range(int(last))]
    return f"$.{parent}[{sum(bool(each.value.strip()) for each in before)}]"


def _said(problem: str, each: FormField, lang: str) -> str:
    """What is wrong with a field, as who fills in a form reads it."""
    if each.field.required and not each.value.strip():
        return words_of("common.required", lang)
    known = f"common.expected-{each.field.widget}"
    try:
        return words_of(known, lang)
    except KeyError:
        return sentence(problem, lang)
