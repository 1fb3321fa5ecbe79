"""The documented race of GitLab: of parallel first publishes of one new package some may fail with 500."""

from __future__ import annotations

from collections import OrderedDict

from reference_server.frontend.http.reply import Reply
from reference_server.frontend.package_files.paths import split_file_path

_PACKAGES = 4096

_PackageSegments = tuple[str, str, str]


class ParallelPublishes:
    """Remembers, for the packages published last, the reply to the first publish, and whether it has met another."""

    def __init__(self) -> None:
        self._first: OrderedDict[_PackageSegments, Reply] = OrderedDict()
        self._met: set[Reply] = set()

    def is_in_the_way(self, reply: Reply) -> bool:
        """Return whether a request is the second to publish to a package whose first publish is still under way."""
        request = reply.request
        segments = split_file_path(request.target.partition("?")[0]) if request.method == "PUT" else None
        if segments is None:
            return False
        first = self._first.get(segments[:3])
        if first is None or _has_failed(first):
            self._remember(segments[:3], reply)
            return False
        if first.is_over or first in self._met:
            return False
        self._met.add(first)
        return True

    def _remember(self, package: _PackageSegments, reply: Reply) -> None:
        self._met.discard(self._first.pop(package, reply))
        self._first[package] = reply
        if len(self._first) > _PACKAGES:
            self._met.discard(self._first.popitem(last=False)[1])


def _has_failed(reply: Reply) -> bool:
    """Return whether a request was refused, although its body may still be on its way, or ended without an answer."""
    status = reply.request.status
    return status >= 300 or (reply.is_over and not status)  # noqa: PLR2004 -- all above 2xx
