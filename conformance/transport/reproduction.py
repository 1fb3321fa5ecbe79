"""One shell line that repeats a request.

Every argument stands in double quotes, so that the `$NAME` that the redactor puts in a secret's place is expanded by
the shell.
"""

import base64
import binascii

from conformance.transport.exchange import HeaderList

_PLAIN_BYTES = frozenset(range(0x20, 0x7F)) - {ord("\\")}
_SHELL_SPECIALS = str.maketrans({character: "\\" + character for character in '\\"$`'})


def escaped(text: str) -> str:
    """Return text as it stands between double quotes in a shell."""
    return text.translate(_SHELL_SPECIALS)


def curl_line(
    method: str, url: str, headers: HeaderList, *, body: bytes | None, size: int | None, chunked: bool, expect: bool
) -> str:
    """Return a curl command; a body that is not short text is made of `size` random bytes."""
    words = ["curl", "--include", "--path-as-is"]
    words += ["--head"] if method == "HEAD" else ["--request", method] if method != "GET" else []
    for name, value in headers:
        words += _header(name, value)
    if chunked:
        words += ["--header", '"Transfer-Encoding: chunked"']
    if size is not None and not expect:
        words += ["--header", '"Expect:"']
    text = _text(body)
    if text is not None:
        words += ["--data-binary", f'"{escaped(text)}"']
        words += [] if any(name.lower() == "content-type" for name, _ in headers) else ["--header", '"Content-Type:"']
    elif size is not None:
        words += ["--upload-file", "file.bin"]
    line = " ".join([*words, f'"{escaped(url)}"'])
    return f"head -c {size} /dev/urandom > file.bin; {line}" if size is not None and text is None else line


def raw_line(data: bytes, *, host: str, port: int, tls: bool) -> str:
    """Return a command that sends bytes as they are."""
    script = "".join(chr(byte) if byte in _PLAIN_BYTES else f"\\0{byte:03o}" for byte in data)
    peer = f"openssl s_client -quiet -connect {host}:{port}" if tls else f"nc {host} {port}"
    return f'printf %b "{escaped(script)}" | {peer}'


def _header(name: str, value: str) -> list[str]:
    if name.lower() == "authorization" and value.startswith("Basic "):
        try:
            return ["--user", f'"{escaped(base64.b64decode(value[6:], validate=True).decode())}"']
        except (binascii.Error, UnicodeDecodeError):
            pass
    return ["--header", f'"{escaped(name)}: {escaped(value)}"']


def _text(body: bytes | None) -> str | None:
    if not body:
        return None
    try:
        text = body.decode("ascii")
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() else None
