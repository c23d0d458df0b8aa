"""The contract of channels on ours: mails, files, webhooks, a broker, and the kit's own."""

from __future__ import annotations

import email
import email.policy
import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from kombu import Connection, Exchange, Queue
from smtp_server import HOST, Answers, serving

from poec_workflow.adapters.broker_channel import BrokerChannel
from poec_workflow.adapters.email import Directory, EmailChannel, SmtpBackend
from poec_workflow.adapters.message_folder import FolderChannel
from poec_workflow.messages import AddresseeKind
from poec_workflow.ports import Channel
from poec_workflow.testing import RecordingChannel
from poec_workflow.testing.contracts.channel_contract import ChannelContract, OpenedChannel

ORGANIZATIONS = {name: f"{name}@example.org" for name in ("POS", "FT", "TRAIN", "RESP")}


class TestRecording(ChannelContract):
    """The kit's own."""

    def open_channel(self, folder: Path) -> AbstractContextManager[OpenedChannel]:
        del folder
        channel = RecordingChannel()
        return nullcontext(OpenedChannel(channel, lambda: [each.id for each in channel.messages]))

    def open_broken(self, folder: Path) -> AbstractContextManager[Channel]:
        del folder
        channel = RecordingChannel()
        channel.failing[None] = ConnectionError("no route")
        return nullcontext(channel)


def _written_at(file: Path) -> int:
    return file.stat().st_mtime_ns


class TestFolder(ChannelContract):
    """Files, in the order of their writing."""

    def open_channel(self, folder: Path) -> AbstractContextManager[OpenedChannel]:
        def arrived() -> list[str]:
            return [json.loads(each.read_bytes())["id"] for each in sorted(folder.iterdir(), key=_written_at)]

        return nullcontext(OpenedChannel(FolderChannel(folder), arrived))

    def open_broken(self, folder: Path) -> AbstractContextManager[Channel]:
        return nullcontext(FolderChannel(folder / "missing"))


def _channel(port: int) -> EmailChannel:
    backend = SmtpBackend(host=HOST, port=port, security="none")
    return EmailChannel(
        backend=backend, addresses=Directory(ORGANIZATIONS), from_address="poec@example.org", reply_to="a@example.org"
    )


class TestEmail(ChannelContract):
    """Mails on a real server."""

    reaches = frozenset({AddresseeKind.CANDIDATE, AddresseeKind.ORGANIZATION})

    @contextmanager
    def open_channel(self, folder: Path) -> Iterator[OpenedChannel]:
        del folder
        answers = Answers()

        def arrived() -> list[str]:
            mails = [
                email.message_from_bytes(each.original_content or b"", policy=email.policy.default)
                for each in answers.taken
            ]
            return [str(each["Message-ID"])[1:].partition("@")[0] for each in mails]

        with serving(answers) as port:
            yield OpenedChannel(_channel(port), arrived)

    @contextmanager
    def open_broken(self, folder: Path) -> Iterator[Channel]:
        del folder
        with serving(Answers(data="451 try again")) as port:
            yield _channel(port)


class TestBroker(ChannelContract):
    """kombu's own broker in memory; RabbitMQ and Redis have tests of their own."""

    @contextmanager
    def open_channel(self, folder: Path) -> Iterator[OpenedChannel]:
        url = "memory://"
        name = f"poec.{folder.name}"
        queue = Queue(f"{name}.all", Exchange(name, type="topic"), routing_key="#")
        found: list[str] = []

        def arrived() -> list[str]:
            with Connection(url) as connection:
                bound = queue(connection.default_channel)
                while (message := bound.get(no_ack=True)) is not None:
                    found.append(message.properties["message_id"])
            return found

        with Connection(url) as connection:
            queue(connection.default_channel).declare()
            channel = BrokerChannel(url, exchange=name)
            yield OpenedChannel(channel, arrived)
            channel.close()
