"""What came back: a response as a check sees it, with the digest of its body instead of the body."""

import hashlib
import json
from codecs import getincrementaldecoder
from collections.abc import Collection
from dataclasses import dataclass, field

import h11

from conformance.transport.exchange import BodyRecord, ConnectionRecord, HeaderList, ResponseRecord

KEPT_BYTES = 1 << 20  # a page of 100 packages of GitLab can have more than 64 KiB
SHOWN_BYTES = 200
TEXT_TYPES = (b"application/json", b"text/")
SUCCESS = 2
NESTED_CONTAINERS = 64  # more levels than any answer has; repr and == would fail on thousands


@dataclass(frozen=True, slots=True)
class Response:
    """The final response, or the reason why there is none.

    `number` is that of its exchange record. `kept` holds the first MiB of the body, `size` and `sha256` tell of
    all of it. `body_sent` counts the body bytes that had gone out when the response began. `seconds` is the time from
    the first byte sent to the last received. `reusable` says whether the connection could take another request, `lost`
    whether it ended, other than by a timeout, without any response, `unanswered` whether it did so without a byte: as a
    server may that has closed an idle connection.
    """

    number: int
    status: int | None
    reason: str
    headers: HeaderList
    interim: tuple[int, ...]
    size: int
    sha256: str
    kept: bytes
    body_sent: int
    seconds: float
    reusable: bool
    failure: str | None
    lost: bool
    unanswered: bool = False

    @property
    def succeeded(self) -> bool:
        """Whether the status is 2xx."""
        return self.status is not None and self.status // 100 == SUCCESS

    def header(self, name: str) -> str | None:
        """Return the value of a header, its several values joined by a comma, None when it is absent."""
        values = [value for key, value in self.headers if key == name.lower()]
        return ", ".join(values) if values else None

    def json(self) -> object:
        """Return the body as JSON, None when it is none: NaN is no JSON, and thousands of levels are no answer."""
        try:
            document: object = json.loads(self.kept, parse_constant=_refused)
        except (ValueError, RecursionError):
            return None
        return None if _is_nested_deeper(document, NESTED_CONTAINERS) else document

    def key(self, name: str) -> object:
        """Return the value of a key of a JSON object, None when there is no such key or no object."""
        document = self.json()
        return document.get(name) if isinstance(document, dict) else None


@dataclass(slots=True)
class IncomingResponse:
    """A response while it arrives; without a `head` there was none and `failure` says why."""

    head: h11.Response | None = None
    interim: list[int] = field(default_factory=list)
    size: int = 0
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    kept: bytearray = field(default_factory=bytearray)
    body_sent: int = 0
    complete: bool = False
    stalled: bool = False
    began: bool = False
    failure: str | None = None

    @property
    def lost(self) -> bool:
        """Whether the connection ended, other than by a timeout, without any response."""
        return self.failure is not None and self.head is None and not self.interim and not self.stalled

    @property
    def unanswered(self) -> bool:
        """Whether the connection ended so without a byte of a response."""
        return self.lost and not self.began

    def record(self) -> ResponseRecord | None:
        """Return what is recorded of it, None when there was no response."""
        if self.head is None:
            return None
        return ResponseRecord(
            status=self.head.status_code,
            reason=bytes(self.head.reason).decode("latin-1"),
            headers=tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in self.head.headers),
            interim=tuple(self.interim),
            body=(body := BodyRecord.of(bytes(self.kept), self.size, self.digest.hexdigest())),
            beginning=self._beginning() if body.text is None else None,
        )

    def connection_record(self, *, reusable: bool, kept: bool) -> ConnectionRecord:
        """Return what is recorded beside the messages; `kept` says whether an older connection was used."""
        interim = () if self.head else tuple(self.interim)
        return ConnectionRecord(
            self.body_sent,
            interim,
            reusable,
            self.lost,
            repeated=kept and self.lost,
            unanswered=self.unanswered,
        )

    def _beginning(self) -> str | None:
        """Return the beginning of a body that is text, by its bytes or by its type, None of any other."""
        types = [value for name, value in self.head.headers if name == b"content-type"] if self.head else []
        if not any(value.startswith(TEXT_TYPES) for value in types):
            try:
                getincrementaldecoder("utf-8")().decode(self.kept)
            except UnicodeDecodeError:
                return None
        return self.kept.decode("utf-8", "surrogateescape")

    def response(self, number: int, seconds: float, *, reusable: bool) -> Response:
        """Return it as a check sees it: a response that is not complete is none."""
        whole = self.record() if self.complete else None
        return Response(
            number=number,
            status=whole.status if whole else None,
            reason=whole.reason if whole else "",
            headers=whole.headers if whole else (),
            interim=tuple(self.interim),
            size=self.size,
            sha256=self.digest.hexdigest(),
            kept=bytes(self.kept),
            body_sent=self.body_sent,
            seconds=seconds,
            reusable=reusable,
            failure=None if whole else self.failure or "no response",
            lost=self.lost,
            unanswered=self.unanswered,
        )

    def take(self, event: object) -> None:
        """Add what an event brings."""
        if isinstance(event, h11.InformationalResponse):
            self.interim.append(event.status_code)
        elif isinstance(event, h11.Response):
            self.head = event
        elif isinstance(event, h11.Data):
            self.size += len(event.data)
            self.digest.update(event.data)
            self.kept += event.data[: KEPT_BYTES - len(self.kept)]
        elif isinstance(event, h11.EndOfMessage):
            self.complete = True


def _refused(constant: str) -> object:
    raise ValueError(f"{constant} is no JSON")


def _is_nested_deeper(document: object, levels: int) -> bool:
    level: Collection[object] = [document]
    for _ in range(levels + 1):
        containers = [entry for entry in level if isinstance(entry, dict | list)]
        if not containers:
            return False
        level = [
            entry
            for container in containers
            for entry in (container.values() if isinstance(container, dict) else container)
        ]
    return True


def describe(response: Response) -> str:
    """Return a response in a few words: its status and the beginning of a readable body, or why there is none."""
    if response.status is None:
        return f"no answer: {response.failure}"
    is_text = (response.header("content-type") or "").startswith(("application/json", "text/"))
    decoded = response.kept[:SHOWN_BYTES].decode("utf-8", "replace") if is_text else ""
    beginning = "".join(character if character.isprintable() else " " for character in decoded).strip()
    return " ".join(filter(None, [str(response.status), response.reason, beginning and f"with {beginning}"]))
