"""What a probe asks for: a request whose target and framing go out exactly as given."""

from dataclasses import dataclass

from conformance.content.generator import Content
from conformance.transport.exchange import SHOWN_BYTES, BodyRecord

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Body:
    """A request body and how it is framed.

    `chunked` sends it without a Content-Length. `break_off_after` ends the connection's sending side after that many
    bytes, without the end that the framing promised.
    """

    content: Content
    chunked: bool = False
    break_off_after: int | None = None

    def record(self) -> BodyRecord:
        """Return the record of the whole content."""
        small = self.content.size <= SHOWN_BYTES
        data = b"".join(self.content.chunks()) if small else b""
        return BodyRecord.of(data, self.content.size, self.content.sha256)


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `target` starts at the registry's prefix and is sent byte for byte."""

    method: str
    target: str
    headers: Headers = ()
    body: Body | None = None
    expect_continue: bool = False

    def framing_headers(self) -> Headers:
        """Return the headers that follow from body and expectation."""
        headers: list[tuple[str, str]] = []
        if self.body is not None and self.body.chunked:
            headers.append(("Transfer-Encoding", "chunked"))
        elif self.body is not None:
            headers.append(("Content-Length", str(self.body.content.size)))
        if self.expect_continue:
            headers.append(("Expect", "100-continue"))
        return tuple(headers)
