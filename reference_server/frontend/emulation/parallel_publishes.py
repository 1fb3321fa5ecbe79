"""The documented race of GitLab: of parallel first publishes of one new package all but one may fail with 500."""

from __future__ import annotations

import time
from collections import OrderedDict

from reference_server.frontend.http.request import RequestContext
from reference_server.frontend.package_files.paths import split_file_path

_PACKAGES = 4096
_LONGEST_SECONDS = 60.0

_PackageSegments = tuple[str, str, str]


class ParallelPublishes:
    """Remembers, for the packages published last, the request that was the first and is perhaps not answered yet."""

    def __init__(self) -> None:
        self._first: OrderedDict[_PackageSegments, RequestContext] = OrderedDict()

    def is_in_the_way(self, request: RequestContext) -> bool:
        """Return whether a request publishes to a package whose first publish is still under way."""
        segments = split_file_path(request.target.partition("?")[0]) if request.method == "PUT" else None
        if segments is None:
            return False
        first = self._first.get(segments[:3])
        if first is not None and _is_under_way(first):
            return True
        if first is None or not _succeeded(first):
            self._first[segments[:3]] = request
            if len(self._first) > _PACKAGES:
                self._first.popitem(last=False)
        return False


def _is_under_way(request: RequestContext) -> bool:
    return request.status == 0 and time.monotonic() < request.started + _LONGEST_SECONDS


def _succeeded(request: RequestContext) -> bool:
    return 200 <= request.status < 300  # noqa: PLR2004 -- 2xx
