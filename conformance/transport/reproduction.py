"""One shell line that repeats one request.

Every argument stands in double quotes, so that the `$NAME` that the redactor puts in a secret's place is expanded by
the shell.
"""

import base64
import binascii
import re

from conformance.transport.address import Address
from conformance.transport.exchange import SHOWN_BYTES
from conformance.transport.request import Request

SHOWING = "curl -sS --include"
RAW_SECONDS = 3
_PLAIN_BYTES = frozenset(range(0x20, 0x7F)) - {ord("\\")}
_SHELL_SPECIALS = str.maketrans({character: "\\" + character for character in '\\"$`'})
_TEXT = re.compile(rb"[\t\r\n\x20-\x7e]*")


def escaped(text: str) -> str:
    """Return text as it stands between double quotes in a shell."""
    return text.translate(_SHELL_SPECIALS)


def shell_line(request: Request, address: Address) -> str:
    """Return a command that repeats a request: with curl, or its bytes where the body breaks off."""
    body = request.body
    if body is None or body.break_off_after is None:
        return curl_line(request, str(address) + request.target)
    head = [f"{request.method} {address.prefix}{request.target} HTTP/1.1", f"Host: {address.authority}"]
    head += [f"{name}: {value}" for name, value in (*request.headers, *request.framing_headers())]
    chunk = f"{body.break_off_after:x}\r\n" if body.chunked else ""
    data = "\r\n".join([*head, "", chunk]).encode()
    return raw_line(data, address, more=body.break_off_after)


def body_file(request: Request) -> str | None:
    """Return the name of the file that a line takes the body from, None where it stands in the line or there is none.

    The name begins with the SHA-256 of the body.
    """
    if request.body is None or _text(request):
        return None
    return f"{request.body.content.sha256[:8]}.bin"


def curl_line(request: Request, url: str) -> str:
    """Return a curl command; a body that is not short text is read from its file."""
    words = [SHOWING, "--path-as-is"]
    if request.method != "GET":
        words += ["--head"] if request.method == "HEAD" else ["--request", request.method]
    for name, value in request.headers:
        words += _header(name, value)
    if request.body is not None:
        words += ["--header", '"Transfer-Encoding: chunked"'] if request.body.chunked else []
        words += ["--header", '"Expect: 100-continue"' if request.expect_continue else '"Expect:"']
    if text := _text(request):
        unlabelled = all(name.lower() != "content-type" for name, _ in request.headers)
        words += ["--header", '"Content-Type:"'] if unlabelled else []
        return f"{_printing(text)} | {' '.join([*words, '--data-binary', '@-', _quoted(url)])}"
    file = body_file(request)
    return " ".join([*words, *(["--upload-file", file] if file else []), _quoted(url)])


def raw_line(data: bytes, address: Address, more: int = 0) -> str:
    """Return a command that sends bytes as they are, then `more` bytes of text, and soon closes the connection."""
    sent = _printing(data)
    if more:
        sent = f"{{ {sent}; yes broken | head -c {more}; }}"
    host = f"[{address.host}]" if ":" in address.host else address.host
    if address.scheme == "https":
        return f"{{ {sent}; sleep {RAW_SECONDS}; }} | openssl s_client -quiet -connect {host}:{address.port}"
    return f"{sent} | curl -s --max-time {RAW_SECONDS} telnet://{host}:{address.port}"


def _text(request: Request) -> bytes:
    """Return the body where it is short text, which can stand in a line as it is, else nothing."""
    if request.body is None or request.body.content.size > SHOWN_BYTES:
        return b""
    body = b"".join(request.body.content.chunks())
    return body if _TEXT.fullmatch(body) else b""


def _quoted(text: str) -> str:
    return f'"{escaped(text)}"'


def _printing(data: bytes) -> str:
    script = "".join(chr(byte) if byte in _PLAIN_BYTES else f"\\0{byte:03o}" for byte in data)
    return f"printf %b {_quoted(script)}"


def _header(name: str, value: str) -> list[str]:
    if name.lower() == "authorization" and value.startswith("Basic "):
        try:
            return ["--user", _quoted(base64.b64decode(value[6:], validate=True).decode())]
        except (binascii.Error, UnicodeDecodeError):
            pass
    return ["--header", _quoted(f"{name}: {value}")]
