"""The registry as the checks speak of it: new locations to publish to, and PUT, GET and HEAD on them."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from http import HTTPStatus
from itertools import count
from typing import TypedDict, Unpack
from urllib.parse import quote, urljoin

from conformance.content.generator import Content, GeneratedContent, LiteralContent
from conformance.target.access import Access, Credential, NotApplicable, TargetProject, Visibility
from conformance.target.redirects import REDIRECTS, RedirectPolicy, carried, redirect_target
from conformance.transport.address import API, Address, AddressError
from conformance.transport.client import Client
from conformance.transport.exchange import Exchange
from conformance.transport.recorder import Recorder
from conformance.transport.request import Body, Headers, Request
from conformance.transport.response import Response

SMALL_BYTES = 3000
CROWD, PUBLISHERS = 101, 8
SHELF = (("c", "2.0.0"), ("a", "5.0.0"), ("e", "1.0.0"), ("b", "4.0.0"), ("d", "3.0.0"))
OCTET_STREAM: Headers = (("Content-Type", "application/octet-stream"),)


@dataclass(frozen=True, slots=True)
class FileLocation:
    """Where a file lies: package, version and file name as they stand in the URL, already encoded."""

    package: str
    version: str = "1.0.0"
    file: str = "file.bin"


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """A file that was published: where, what, and the response to it."""

    location: FileLocation
    content: GeneratedContent
    response: Response


@dataclass(frozen=True, slots=True)
class PackageFixtures:
    """Packages in the public project that lists are judged by, in the order of their creation.

    `stem` is what their names begin with and no other name holds. `responses` are those to their publishes and to that
    of a package beside them, which only a list that is not filtered by the stem holds.
    """

    stem: str
    locations: tuple[FileLocation, ...]
    responses: tuple[Response, ...]

    @property
    def names(self) -> list[str]:
        """The names in the order of creation."""
        return [location.package for location in self.locations]


class RequestOptions(TypedDict, total=False):
    """How a request departs from the plain one, which is the writer's and goes to the usual project by its id.

    `credential` None is nobody's. `project` outweighs `visibility`. `query` goes after the question mark.
    """

    credential: Credential | None
    visibility: Visibility
    project: TargetProject
    by_path: bool
    query: str
    headers: Headers
    expect_continue: bool


class CallOptions(TypedDict, total=False):
    """How any call departs from the plain one, which is the writer's; `document` becomes its body as JSON."""

    credential: Credential | None
    query: str
    document: object


class Registry:
    """The registry under test, with the projects and credentials of the run.

    Downloads are followed to the hosts that `redirects` allows.
    """

    def __init__(
        self,
        client: Client,
        access: Access,
        recorder: Recorder,
        *,
        large_bytes: int,
        redirects: RedirectPolicy | None = None,
    ) -> None:
        self.client = client
        self.access = access
        self.large_bytes = large_bytes
        self._redirects = redirects or RedirectPolicy(client.address.host)
        self._recorder = recorder
        self._numbers = count(1)
        self._lock = threading.Lock()
        self._shared: dict[Visibility, PublishedFile] = {}

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """Everything that the run has asked and was answered so far, for checks that judge all of it."""
        return self._recorder.exchanges

    def location(self, file: str = "file.bin", version: str = "1.0.0") -> FileLocation:
        """Return a location in a package that does not exist yet."""
        with self._lock:
            return FileLocation(f"{self.access.prefix}-{next(self._numbers)}", version, file)

    def content(self, size: int = SMALL_BYTES) -> GeneratedContent:
        """Return a content that no other file has."""
        with self._lock:
            return GeneratedContent(f"{self.access.prefix}/{next(self._numbers)}", size)

    def request(
        self, method: str, location: FileLocation, body: Body | None = None, **options: Unpack[RequestOptions]
    ) -> Request:
        """Return the request on a location."""
        project = options.get("project") or self.access.project(options.get("visibility", self.access.usual))
        credential = options.get("credential", self.access.writer)
        path = _path(project, location, by_path=options.get("by_path", False))
        return Request(
            method=method,
            target=path + _query(credential, options.get("query", "")),
            headers=(*(credential.headers() if credential else ()), *options.get("headers", ())),
            body=body,
            expect_continue=options.get("expect_continue", False),
        )

    def publish(self, location: FileLocation, body: Content | Body, **options: Unpack[RequestOptions]) -> Response:
        """PUT a content, sized unless a body says otherwise, as application/octet-stream unless headers are given."""
        options.setdefault("headers", OCTET_STREAM)
        framed = body if isinstance(body, Body) else Body(body)
        return self.client.send(self.request("PUT", location, framed, **options))

    def download(self, location: FileLocation, **options: Unpack[RequestOptions]) -> Response:
        """GET a file, across one redirect if need be; the credential goes to no other host.

        A redirect that nobody can follow is no response. Raises Unavailable for one to a host that may not be asked.
        """
        return self.followed(self.request("GET", location, **options))

    def head(self, location: FileLocation, **options: Unpack[RequestOptions]) -> Response:
        """HEAD a file, across one redirect if need be, as `download`.

        Raises NotApplicable when the other host refuses it: GitLab before 15.8 signed for GET alone (issue 382158).
        """
        request = self.request("HEAD", location, **options)
        response = self.followed(request)
        if response.status == HTTPStatus.FORBIDDEN and self.client.send(request).status in REDIRECTS:
            raise NotApplicable("the storage to which HEAD is redirected refuses it")
        return response

    def followed(self, request: Request, send: Callable[[Request], Response] | None = None) -> Response:
        """Return the response to a GET or HEAD of a file, sent by `send` if given, across one redirect if need be.

        A redirect that nobody can follow is no response. Raises Unavailable for one to a host that may not be asked.
        """
        response = (send or self.client.send)(request)
        redirect = response.header("location")
        if response.status in REDIRECTS and redirect:
            return self._behind(request, response, redirect)
        return response

    def fetch(self, path: str) -> Response:
        """GET as the writer what lies at an address of the API, `path` without /api/v4, across one redirect."""
        return self.followed(Request("GET", API + path, self.access.writer.headers()))

    def own_download(self, location: FileLocation, **options: Unpack[RequestOptions]) -> Response:
        """GET a file from the registry itself, across one redirect to itself if need be.

        Raises NotApplicable when it leaves that to another host, which knows nothing of the registry's own headers.
        """
        request = self.request("GET", location, **options)
        response = self.client.send(request)
        redirect = response.header("location")
        if response.status not in REDIRECTS or not redirect:
            return response
        if self._leads_elsewhere(request, redirect):
            raise NotApplicable("the registry redirects downloads to another host, whose answers have its own headers")
        return self._behind(request, response, redirect)

    def call(self, method: str, path: str, **options: Unpack[CallOptions]) -> Response:
        """Make any call of the API, `path` without /api/v4 unless it begins with /api."""
        credential = options.get("credential", self.access.writer)
        headers = credential.headers() if credential else ()
        whole = path if path.startswith("/api/") else f"{API}{path}"
        target = f"{whole}{_query(credential, options.get('query', ''))}"
        if "document" not in options:
            return self.client.send(Request(method, target, headers))
        body = Body(LiteralContent(json.dumps(options["document"]).encode()))
        return self.client.send(Request(method, target, (*headers, ("Content-Type", "application/json")), body))

    def shared(self, visibility: Visibility) -> PublishedFile:
        """Return a small file that the writer has published to the project, the same for every check."""
        if visibility not in self._shared:
            location, content = self.location("shared.bin"), self.content()
            with self._recorder.during("set-up"):
                response = self.publish(location, content, visibility=visibility)
            self._shared[visibility] = PublishedFile(location, content, response)
        return self._shared[visibility]

    @cached_property
    def large(self) -> PublishedFile:
        """A large file, published with its length declared and its record asked for, the same for every check."""
        location, content = self.location("large.bin"), self.content(self.large_bytes)
        with self._recorder.during("set-up"):
            response = self.publish(location, content, query="select=package_file")
        return PublishedFile(location, content, response)

    @cached_property
    def package_fixtures(self) -> PackageFixtures:
        """A shelf that no check changes, the same for every check."""
        with self._recorder.during("set-up"):
            return self.new_package_fixtures()

    @cached_property
    def many_packages(self) -> PackageFixtures:
        """A shelf with one package more than the largest page of a list holds."""
        stem = f"{self.location().package}-crowd"
        locations = tuple(FileLocation(f"{stem}-{number}") for number in range(CROWD))
        contents = [self.content() for _ in locations]
        with self._recorder.during("set-up"), ThreadPoolExecutor(PUBLISHERS) as publishers:
            responses = tuple(publishers.map(self.publish, locations, contents))
        return PackageFixtures(stem, locations, responses)

    def new_package_fixtures(self) -> PackageFixtures:
        """Fill a shelf: the order of creation is that of neither the names nor the versions."""
        stem = f"{self.location().package}-shelf"
        locations = tuple(FileLocation(f"{stem}-{letter}", version) for letter, version in SHELF)
        published = (*locations, self.location())
        return PackageFixtures(stem, locations, tuple(self.publish(location, self.content()) for location in published))

    def _leads_elsewhere(self, request: Request, redirect: str) -> bool:
        try:
            return self._target(request, redirect)[0].origin != self.client.address.origin
        except (AddressError, ValueError):
            return False

    def _target(self, request: Request, redirect: str) -> tuple[Address, str]:
        return redirect_target(urljoin(str(self.client.address) + request.target, redirect))

    def _behind(self, request: Request, response: Response, redirect: str) -> Response:
        try:
            address, target = self._target(request, redirect)
        except (AddressError, ValueError) as error:
            failure = f"redirected to {redirect!r}, which cannot be followed: {error}"
            return replace(response, status=None, headers=(), failure=failure)
        if address.origin == self.client.address.origin:
            target = target.removeprefix(self.client.address.prefix)
            return self.client.send(Request(request.method, target, request.headers))
        client = self.client.elsewhere(self._redirects.pinned(address))
        try:
            return client.send(Request(request.method, target, carried(request.headers)))
        finally:
            client.close()


def _path(project: TargetProject, location: FileLocation, *, by_path: bool) -> str:
    reference = quote(project.path, safe="") if by_path else str(project.id)
    return f"{API}/projects/{reference}/packages/generic/{location.package}/{location.version}/{location.file}"


def _query(credential: Credential | None, query: str) -> str:
    whole = "&".join(filter(None, [query, credential.parameter() if credential else ""]))
    return f"?{whole}" if whole else ""
