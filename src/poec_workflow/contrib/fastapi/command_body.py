"""A command as the body of a request: read by the wire format's strict reader, shown by its schema.

FastAPI's own reading is laxer: of a key that stands twice it takes the last. It is asked for what OpenAPI shows alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from email.message import Message
from inspect import Parameter, Signature
from typing import Annotated, Any, TypeVar

from poec_workflow.adapters.extras import needs_extra

with needs_extra("fastapi"):
    from fastapi import Body, Depends, Path, Request
    from starlette.exceptions import HTTPException

from attrs import fields_dict, has

from poec_workflow.commands import Command
from poec_workflow.contrib.fastapi.wire_models import Documented, component_of, reference_to
from poec_workflow.errors import Fault, Malformed
from poec_workflow.model import Reference
from poec_workflow.serialization import LONGEST_LINE, from_dict
from poec_workflow.serialization.parsing import duplicates, parse

T = TypeVar("T")


def CommandBody(command: type[Command] = Command, *, path: Iterable[str] = ()) -> Any:  # noqa: N802, ANN401 - as Depends
    """A dependency that gives the command which the body of the request is.

    Args:
        command: its class; `Command`: any, by its `type`.
        path: fields that the path names, as `application` in `/applications/{application}/convocation`; the body has
            none of them, and of one class it needs no `type`.

    Raises:
        Malformed: at each request whose body is none, with every fault.
        TypeError: the command has no such field.
    """
    named = tuple(path)
    if unknown := [each for each in named if each not in _fields_of(command)]:
        raise TypeError(f"{command.__name__} has no field {', '.join(unknown)}")

    async def read(request: Request, **given: Any) -> Command:  # noqa: ANN401 - of the signature below
        return read_body(await body_of(request), command, {each: given[each] for each in named})

    read.__signature__ = Signature([_REQUEST, _body(command, named), *map(_in_path, named)])  # type: ignore[attr-defined]
    return Depends(read)


def _fields_of(command: type[Any]) -> Collection[str]:
    """The fields of a command; of any command none is known."""
    return fields_dict(command) if has(command) else ()


ReferencePath = Annotated[str, Documented(lambda: reference_to(Reference))]
"""A reference in a path: OpenAPI shows what it may be, and the workflow says if it is not."""
_REQUEST = Parameter("request", Parameter.KEYWORD_ONLY, annotation=Request)


def _body(command: type[Command], named: tuple[str, ...]) -> Parameter:
    shown = Documented(lambda: _schema(command, named))
    return Parameter("body", Parameter.KEYWORD_ONLY, annotation=Annotated[Any, shown, Body()])


def _in_path(name: str) -> Parameter:
    return Parameter(name, Parameter.KEYWORD_ONLY, annotation=Annotated[ReferencePath, Path()])


def _schema(command: type[Command], named: tuple[str, ...]) -> Mapping[str, Any]:
    if not named:
        return reference_to(command)
    schema = component_of(command)
    properties = {name: each for name, each in schema["properties"].items() if name not in named}
    required = [name for name in schema["required"] if name not in (*named, "type")]
    return {**schema, "properties": properties, "required": required, "title": command.__name__}


async def body_of(request: Request) -> bytes:
    """The body of a request, if it is JSON.

    Raises:
        HTTPException: 413, it is longer than any command; 415, it is said to be something else.
    """
    content = Message()
    content["content-type"] = request.headers.get("content-type", "")
    kind = content.get_content_subtype() if content.get_content_maintype() == "application" else ""
    if kind != "json" and not kind.endswith("+json"):
        raise HTTPException(415, headers={"Accept": "application/json"})
    body = await request.body()
    if len(body) > LONGEST_LINE:
        raise HTTPException(413)
    return body


def read_body(body: bytes, cls: type[T], given: Mapping[str, str]) -> T:
    """The value that a body says, with the members that the path gives.

    Raises:
        Malformed: with every fault.
    """
    data = parse(body)
    faults = list(duplicates(data))
    if isinstance(data, Mapping):
        faults += [Fault(f"$.{name}", "stands in the path already") for name in given if name in data]
        data = {**data, **given}
    try:
        value = from_dict(data, cls)
    except Malformed as error:
        faults += (_of_path(each, given) for each in error.faults)
    if faults:
        raise Malformed(faults)
    return value


def _of_path(fault: Fault, given: Mapping[str, str]) -> Fault:
    name = fault.place.removeprefix("$.")
    return Fault(f"path.{name}", fault.problem) if name in given else fault
