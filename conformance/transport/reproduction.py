"""One shell line that repeats one request.

Every argument stands in double quotes, so that the `$NAME` that the redactor puts in a secret's place is expanded by
the shell.
"""

import base64
import binascii
import re

from conformance.transport.exchange import HeaderList

SHOWING = "curl -sS --include"
RAW_SECONDS = 3
_PLAIN_BYTES = frozenset(range(0x20, 0x7F)) - {ord("\\")}
_SHELL_SPECIALS = str.maketrans({character: "\\" + character for character in '\\"$`'})
_TEXT = re.compile(rb"[\t\r\n\x20-\x7e]*")


def escaped(text: str) -> str:
    """Return text as it stands between double quotes in a shell."""
    return text.translate(_SHELL_SPECIALS)


def body_file(sha256: str) -> str:
    """Return the name of the file that stands for the body with that SHA-256 in a line."""
    return f"{sha256[:8]}.bin"


def is_text(body: bytes) -> bool:
    """Return whether a body can stand in a line as it is; any other comes from its file."""
    return bool(body) and _TEXT.fullmatch(body) is not None


def curl_line(
    method: str, url: str, headers: HeaderList, *, body: bytes, file: str | None, chunked: bool, expect: bool
) -> str:
    """Return a curl command; a body that is not short text is read from `file`, None when the request has no body."""
    words = [SHOWING, "--path-as-is"]
    words += ["--head"] if method == "HEAD" else ["--request", method] if method != "GET" else []
    for name, value in headers:
        words += _header(name, value)
    if chunked:
        words += ["--header", '"Transfer-Encoding: chunked"']
    if file is not None:
        words += ["--header", '"Expect: 100-continue"' if expect else '"Expect:"']
    if is_text(body):
        unlabelled = all(name.lower() != "content-type" for name, _ in headers)
        words += ["--header", '"Content-Type:"'] if unlabelled else []
        words += ["--data-binary", "@-", f'"{escaped(url)}"']
        return f"{_printing(body)} | {' '.join(words)}"
    words += ["--upload-file", file] if file is not None else []
    return " ".join([*words, f'"{escaped(url)}"'])


def raw_line(data: bytes, *, host: str, port: int, tls: bool, more: int = 0) -> str:
    """Return a command that sends bytes as they are, then `more` bytes of text, and soon closes the connection."""
    sent = _printing(data)
    if more:
        sent = f"{{ {sent}; yes broken | head -c {more}; }}"
    if tls:
        return f"{{ {sent}; sleep {RAW_SECONDS}; }} | openssl s_client -quiet -connect {host}:{port}"
    shown = f"[{host}]" if ":" in host else host
    return f"{sent} | curl -s --max-time {RAW_SECONDS} telnet://{shown}:{port}"


def _printing(data: bytes) -> str:
    script = "".join(chr(byte) if byte in _PLAIN_BYTES else f"\\0{byte:03o}" for byte in data)
    return f'printf %b "{escaped(script)}"'


def _header(name: str, value: str) -> list[str]:
    if name.lower() == "authorization" and value.startswith("Basic "):
        try:
            return ["--user", f'"{escaped(base64.b64decode(value[6:], validate=True).decode())}"']
        except (binascii.Error, UnicodeDecodeError):
            pass
    return ["--header", f'"{escaped(name)}: {escaped(value)}"']
