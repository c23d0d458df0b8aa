"""The table of notices, drawn: who is told of what, as Markdown tables and as flowcharts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from attrs import frozen

from poec_workflow import locales
from poec_workflow.diagrams.decision_table import markdown_table
from poec_workflow.messages import AddresseeKind
from poec_workflow.model import LIVE_STATES, ApplicationState
from poec_workflow.notices import Audience, Notice, Notices
from poec_workflow.notices.wording import audience_label

_STEP = "    "
_SPECIAL = re.compile(r"[:;#\"<>{}*_`|\[\]()]")
_RETAINED = frozenset({ApplicationState.RETAINED})


@frozen(kw_only=True)
class _Boxes:
    """The boxes of a row in a flowchart: identifiers, and labels.

    Attributes:
        told: who is told, and for which of a session's applications; empty for the event itself.
    """

    on: str
    notice: str
    happened: str
    told: tuple[tuple[str, str], ...]


def table(notices: Notices, lang: str) -> str:
    """A Markdown table: a line for each notice, a column for each audience."""
    columns = _audience_names(notices)
    labels = {each.name: audience_label(each, lang) for row in notices.rows for each in row.audiences}
    head = ("#", _word("event", lang), *(labels[name] for name in columns))
    lines = ((row.id, _happened(row, lang), *(_cell(row, name, lang) for name in columns)) for row in notices.rows)
    return markdown_table(head, lines)


def rows(notices: Notices, lang: str) -> str:
    """A Markdown table: a line for each notice, with all who are told in one cell."""
    head = ("#", _word("event", lang), _word("told", lang))
    return markdown_table(
        head, ((row.id, _happened(row, lang), "<br/>".join(_told(row, lang))) for row in notices.rows)
    )


def mermaid(notices: Notices, lang: str) -> str:
    """A Mermaid flowchart: events ▸ notice ▸ those told; of a session's event, dashed, those told of applications."""
    lines = ["---", f"title: {_word('notices', lang)}", "---", "flowchart LR"]
    for row, box in _boxes(notices, lang):
        lines += [f'{_STEP}{box.on}(["{_escaped(box.happened)}"]) --> {box.notice}["{row.id}"]']
        for place, (told, of_each) in enumerate(box.told):
            arrow = f'-. "{_escaped(of_each)}" .->' if of_each else "-->"
            lines.append(f'{_STEP}{box.notice} {arrow} {box.notice}_{place}["{_escaped(told)}"]')
    return "\n".join(lines) + "\n"


def dot(notices: Notices, lang: str) -> str:
    """The same flowchart in Graphviz's language."""
    lines = ["digraph notices {", f"{_STEP}label={_quoted(_word('notices', lang))}; labelloc=t; rankdir=LR;"]
    lines += [f'{_STEP}graph [fontname="sans-serif"]; node [fontname="sans-serif", shape=box];']
    lines += [f'{_STEP}edge [fontname="sans-serif", fontsize=10];']
    for row, box in reversed(list(_boxes(notices, lang))):  # Graphviz stacks what is not connected from below
        lines.append(f"{_STEP}{box.on} [label={_quoted(box.happened)}, style=rounded];")
        lines.append(f"{_STEP}{box.notice} [label={_quoted(row.id)}];")
        lines.append(f"{_STEP}{box.on} -> {box.notice};")
        for place, (told, of_each) in enumerate(box.told):
            look = f" [label={_quoted(of_each)}, style=dashed]" if of_each else ""
            lines.append(f"{_STEP}{box.notice}_{place} [label={_quoted(told)}];")
            lines.append(f"{_STEP}{box.notice} -> {box.notice}_{place}{look};")
    return "\n".join([*lines, "}"]) + "\n"


NOTICE_FORMATS: Mapping[str, Callable[[Notices, str], str]] = {
    "table": table,
    "rows": rows,
    "mermaid": mermaid,
    "dot": dot,
}
"""Each format's renderer of a table of notices."""


def render_notices(notices: Notices, as_: str, lang: str) -> str:
    """A table of notices as text of a format; the same table gives the same bytes.

    Raises:
        ValueError: an unknown format or language.
    """
    locales.words(lang)
    if as_ not in NOTICE_FORMATS:
        raise ValueError(f"notices are not drawn as {as_!r}: one of {', '.join(NOTICE_FORMATS)}")
    return NOTICE_FORMATS[as_](notices, lang)


def _word(name: str, lang: str) -> str:
    return locales.label("told", name, lang)


def _audience_names(notices: Notices) -> list[str]:
    """Each audience's name once: organisations first, then people, then systems, each in the order of the rows."""
    order = [AddresseeKind.ORGANIZATION, AddresseeKind.CANDIDATE, AddresseeKind.SYSTEM]
    audiences = [each for row in notices.rows for each in row.audiences]
    return list(dict.fromkeys(each.name for each in sorted(audiences, key=lambda each: order.index(each.kind))))


def _happened(row: Notice, lang: str) -> str:
    """What a row tells of: its events, or of a digest what it sums up."""
    if row.events:
        return "<br/>".join(f"{locales.label('events', each.type, lang)} (`{each.type}`)" for each in row.events)
    return f"{locales.label('notices', row.id, lang)} ({_word('once-a-day', lang)})"


def _cell(row: Notice, name: str, lang: str) -> str:
    """Whether an audience is told, and what besides: « ● », « ● (invitation d'agenda) »."""
    parts = [_marked(each, lang) for each in row.tell if each.name == name]
    parts += [
        f"{_marked(each, lang)} {_of_each(states, lang)}"
        for states, audiences in row.applications.items()
        for each in audiences
        if each.name == name
    ]
    return "<br/>".join(parts)


def _marked(audience: Audience, lang: str) -> str:
    return f"● ({besides})" if (besides := _besides(audience, lang)) else "●"


def _told(row: Notice, lang: str) -> Iterator[str]:
    if row.tell:
        yield _listed(row.tell, lang)
    for states, audiences in row.applications.items():
        yield locales.labelled(_of_each(states, lang), _listed(audiences, lang), lang)


def _listed(audiences: Iterable[Audience], lang: str) -> str:
    return ", ".join(
        f"{audience_label(each, lang)} ({besides})" if (besides := _besides(each, lang)) else audience_label(each, lang)
        for each in audiences
    )


def _besides(audience: Audience, lang: str) -> str:
    """What an audience gets besides what happened."""
    fields = [_word(each, lang) for each in audience.fields]
    return ", ".join([*([_word("invited", lang)] if audience.invited else []), *fields])


def _of_each(states: Collection[ApplicationState], lang: str) -> str:
    """« pour chaque candidature retenue »."""
    for known, name in ((LIVE_STATES, "of-each-live"), (_RETAINED, "of-each-retained")):
        if states == known:
            return _word(name, lang)
    some = [each for each in ApplicationState if each in states]
    return locales.filled(_word("of-each", lang), {"states": some}, lang)


def _boxes(notices: Notices, lang: str) -> Iterator[tuple[Notice, _Boxes]]:
    for place, row in enumerate(notices.rows):
        happened = ", ".join(locales.label("events", each.type, lang) for each in row.events)
        told = [(_listed(row.tell, lang), "")] if row.tell else []
        told += [(_listed(each, lang), _of_each(states, lang)) for states, each in row.applications.items()]
        yield (
            row,
            _Boxes(
                on=f"on{place}", notice=f"notice{place}", happened=happened or _happened(row, lang), told=tuple(told)
            ),
        )


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda found: f"#{ord(found.group())};", text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
