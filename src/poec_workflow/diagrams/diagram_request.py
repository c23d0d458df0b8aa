"""A diagram that is described by texts: in the marker of a page, or the options of a directive."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from attrs import frozen

from poec_workflow.diagrams import FORMATS, Graph, graph, render
from poec_workflow.diagrams.detail import Detail, detail
from poec_workflow.diagrams.labels import SHOWN
from poec_workflow.locales import DEFAULT_LANGUAGE, LANGUAGES
from poec_workflow.machines import LIFECYCLES, LIFECYCLES_BY_NAME, Lifecycles
from poec_workflow.machines.lifecycles import by_name
from poec_workflow.policies.settings import Settings


@frozen(kw_only=True)
class DiagramRequest:
    """The arguments of `diagrams.render`."""

    lifecycle: str = "application"
    format: str = "mermaid"
    lang: str = DEFAULT_LANGUAGE
    show: tuple[str, ...] | None = None
    colours: bool = True
    grouped: bool | None = None
    full: bool = False

    @property
    def detail(self) -> Detail:
        """What is shown, with what suits the format where it is not said."""
        return detail(self.format, self.show, grouped=self.grouped, full=self.full)

    def render(self, settings: Settings | None = None, lifecycles: Lifecycles = LIFECYCLES) -> str:
        """The diagram under a service's settings and with its own rows, or the defaults."""
        return render(
            by_name(lifecycles)[self.lifecycle],
            self.format,
            lang=self.lang,
            settings=settings,
            show=self.show,
            colours=self.colours,
            grouped=self.grouped,
            full=self.full,
        )

    def graph(self, settings: Settings | None = None, lifecycles: Lifecycles = LIFECYCLES) -> Graph:
        """The graph, for a caller with a renderer of its own."""
        return graph(
            by_name(lifecycles)[self.lifecycle],
            lang=self.lang,
            settings=settings,
            colours=self.colours,
            grouped=self.detail.grouped,
        )


def parse_request(lifecycle: str, options: Mapping[str, str]) -> DiagramRequest:
    """The request of a diagram.

    Args:
        lifecycle: its name.
        options: texts by name: `show` is a list with commas, `colours`, `grouped` and `full` are yes or no.

    Raises:
        ValueError: an unknown lifecycle, option or value; the message lists the known ones.
    """
    _one_of("lifecycle", lifecycle, LIFECYCLES_BY_NAME)
    for name in options:
        _one_of("option", name, _CHOICES)
    return DiagramRequest(lifecycle=lifecycle, **{name: _value(name, text) for name, text in options.items()})


_YES_OR_NO = {"yes": True, "no": False}
_CHOICES: Mapping[str, Collection[str]] = {
    "format": FORMATS,
    "lang": LANGUAGES,
    "show": SHOWN,
    "colours": _YES_OR_NO,
    "grouped": _YES_OR_NO,
    "full": _YES_OR_NO,
}


def _value(name: str, text: str) -> Any:  # noqa: ANN401 - each option has a type of its own
    known = _CHOICES[name]
    if known is SHOWN:
        return tuple(_one_of(name, each, known) for each in text.split(",") if each)
    return _YES_OR_NO[_one_of(name, text, known)] if known is _YES_OR_NO else _one_of(name, text, known)


def _one_of(name: str, text: str, known: Collection[str]) -> str:
    if text not in known:
        raise ValueError(f"unknown {name} {text!r}: one of {', '.join(known)}")
    return text
