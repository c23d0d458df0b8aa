"""Problems of RFC 9457, by what each says: its type, status and title, and the codes that it may have.

A problem may have members that are not listed, for RFC 9457 lets whoever answers add some; what stands in its lists is
closed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from poec_workflow import locales
from poec_workflow.errors import (
    KIND_OF_CODE,
    PROBLEM_TYPE,
    STATUS_OF_PROBLEM,
    MalformedProblemDocument,
    ProblemDocument,
    RefusalDocument,
    RefusalKind,
    RefusedProblemDocument,
)
from poec_workflow.locales import LANGUAGES
from poec_workflow.policies.check import code_of
from poec_workflow.remedies import RemediedRefusalDocument
from poec_workflow.schemas.annotation_schemas import Make, SchemaMaker, closed_object, constant, name_of, one_of
from poec_workflow.schemas.component_table import ComponentTable, Schema

_DOCUMENTS: Mapping[str, Any] = {"malformed": MalformedProblemDocument}
"""The problems that say more than the base."""


def statuses() -> Mapping[str, int]:
    """Every kind of problem, with its HTTP status."""
    return {**{each.value: each.http_status for each in RefusalKind}, **STATUS_OF_PROBLEM}


def codes_in(table: ComponentTable) -> Mapping[str, RefusalKind]:
    """Every code that a service's rules may refuse with, and its kind."""
    rules = [code for rule in table.rules for code in rule.codes]
    own = [code_of(policy) for policies in table.settings.refuse_also.values() for policy in policies]
    return {
        **KIND_OF_CODE,
        **dict.fromkeys((code for code in (*rules, *own) if code not in KIND_OF_CODE), RefusalKind.RULE),
    }


def problem(make: SchemaMaker, kind: str) -> Schema:
    """A reference to the component of one kind of problem."""
    name = f"{kind.capitalize()}Problem"
    return make.table.reference(name, (ProblemDocument, kind), lambda: _problem(make, kind))


def _problem(make: SchemaMaker, kind: str) -> Schema:
    refused = kind in {*RefusalKind}
    document = RefusedProblemDocument if refused else _DOCUMENTS.get(kind, ProblemDocument)
    members = {**make.typed_members(document, "Problem")}
    title = {"examples": [locales.label("problems", kind, lang) for lang in LANGUAGES]}
    narrowed = {"type": constant(f"{PROBLEM_TYPE}{kind}"), "status": {"const": statuses()[kind]}, "title": title}
    for member, more in narrowed.items():
        members[member] = {**members[member][0], **more}, True
    if refused:
        codes = [code for code, of in codes_in(make.table).items() if of == kind]
        refusals = {**members["refusals"][0], "minItems": 1, "items": _refusal_of(make, kind, codes)}
        members["refusals"] = refusals, True
    return {
        **closed_object(members, make.describe.label("problems", kind, "description")),
        "additionalProperties": True,
    }


def host_problem(make: SchemaMaker) -> Schema:
    """A reference to the component of problems that are not the workflow's: of HTTP itself, or the host's own."""

    def made() -> Schema:
        members = make.typed_members(ProblemDocument, "Problem")
        ours = {"format": "uri-reference", "not": {"pattern": f"^{PROBLEM_TYPE}"}}
        narrowed = {**members, "type": ({**members["type"][0], **ours}, False), "detail": (members["detail"][0], False)}
        return {**closed_object(narrowed, make.describe.thing("HostProblem")), "additionalProperties": True}

    return make.table.reference("HostProblem", (ProblemDocument, "host"), made)


def _refusal_of(make: SchemaMaker, kind: str, codes: Collection[str]) -> Schema:
    name = f"{kind.capitalize()}Refusal"

    def made() -> Schema:
        return _with_codes(make, RefusalDocument, {"type": "string", "enum": sorted(codes)})

    return make.table.reference(name, (RefusalDocument, kind), made)


def _with_codes(make: SchemaMaker, document: Any, codes: Schema) -> Schema:  # noqa: ANN401 - a TypedDict
    members = {**make.typed_members(document, "Refusal")}
    members["code"] = {**members["code"][0], **codes}, True
    return closed_object(members, make.describe.thing("Refusal"))


def _refusal(make: SchemaMaker, document: Any) -> Schema:  # noqa: ANN401 - a TypedDict
    codes = make.table.reference("RefusalCode", "RefusalCode", lambda: _codes(make))
    return make.table.reference(name_of(document), document, lambda: _with_codes(make, document, codes))


def _codes(make: SchemaMaker) -> Schema:
    return {"type": "string", "enum": sorted(codes_in(make.table)), **make.describe.thing("RefusalCode")}


def _any_problem(make: SchemaMaker, _: object) -> Schema:
    def made() -> Schema:
        options = {f"{PROBLEM_TYPE}{kind}": problem(make, kind) for kind in statuses()}
        return one_of("type", options, make.describe.thing("Problem"))

    return make.table.reference("Problem", ProblemDocument, made)


PROBLEMS: Mapping[Any, Make] = {
    ProblemDocument: _any_problem,
    RefusalDocument: _refusal,
    RemediedRefusalDocument: _refusal,
}
"""Annotation ▸ what makes its schema."""
