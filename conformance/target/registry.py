"""The registry as the checks speak of it: fresh places to publish to, and PUT, GET and HEAD on them."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import TypedDict, Unpack
from urllib.parse import quote, urljoin, urlsplit

from conformance.content.generator import Content, GeneratedContent, LiteralContent
from conformance.target.access import Access, Credential, Project, Visibility
from conformance.transport.address import API, parse_address
from conformance.transport.answer import Answer
from conformance.transport.client import Client
from conformance.transport.recorder import Recorder
from conformance.transport.request import Body, Headers, Request

REDIRECTS = (301, 302, 303, 307, 308)
SMALL_BYTES = 3000
CROWD, PUBLISHERS = 101, 8
SHELF = (("c", "2.0.0"), ("a", "5.0.0"), ("e", "1.0.0"), ("b", "4.0.0"), ("d", "3.0.0"))
OCTET_STREAM: Headers = (("Content-Type", "application/octet-stream"),)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file lies: package, version and file name as they stand in the URL, already encoded."""

    package: str
    version: str = "1.0.0"
    file: str = "file.bin"


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that was published: where, what, and the answer to it."""

    place: Place
    content: GeneratedContent
    answer: Answer


@dataclass(frozen=True, slots=True)
class Shelf:
    """Packages in the public project that lists are judged by, in the order of their creation.

    `stem` is what their names begin with and no other name holds. `answers` are those to their publishes and to that of
    a package beside them, which only a list that is not filtered by the stem holds.
    """

    stem: str
    places: tuple[Place, ...]
    answers: tuple[Answer, ...]

    @property
    def names(self) -> list[str]:
        """The names in the order of creation."""
        return [place.package for place in self.places]


class Terms(TypedDict, total=False):
    """How a request departs from the plain one, which is the writer's and goes to the public project by its id.

    `credential` None is nobody's. `project` outweighs `visibility`. `query` goes after the question mark.
    """

    credential: Credential | None
    visibility: Visibility
    project: Project
    by_path: bool
    query: str
    headers: Headers
    expect_continue: bool


class Call(TypedDict, total=False):
    """How any call departs from the plain one, which is the writer's; `document` becomes its body as JSON."""

    credential: Credential | None
    query: str
    document: object


class Registry:
    """The registry under test, with the projects and credentials of the run."""

    def __init__(self, client: Client, access: Access, recorder: Recorder, *, large_bytes: int) -> None:
        self.client = client
        self.access = access
        self.large_bytes = large_bytes
        self._recorder = recorder
        self._numbers = count(1)
        self._lock = threading.Lock()
        self._shared: dict[Visibility, Stored] = {}

    def place(self, file: str = "file.bin", version: str = "1.0.0") -> Place:
        """Return a place in a package that does not exist yet."""
        with self._lock:
            return Place(f"{self.access.prefix}-{next(self._numbers)}", version, file)

    def content(self, size: int = SMALL_BYTES) -> GeneratedContent:
        """Return a content that no other file has."""
        with self._lock:
            return GeneratedContent(f"{self.access.prefix}/{next(self._numbers)}", size)

    def request(self, method: str, place: Place, body: Body | None = None, **terms: Unpack[Terms]) -> Request:
        """Return the request on a place."""
        project = terms.get("project") or self.access.project(terms.get("visibility", Visibility.PUBLIC))
        credential = terms.get("credential", self.access.writer)
        path = _path(project, place, by_path=terms.get("by_path", False))
        return Request(
            method=method,
            target=path + _query(credential, terms.get("query", "")),
            headers=(*(credential.headers() if credential else ()), *terms.get("headers", ())),
            body=body,
            expect_continue=terms.get("expect_continue", False),
        )

    def publish(self, place: Place, body: Content | Body, **terms: Unpack[Terms]) -> Answer:
        """PUT a content, sized unless a body says otherwise, as application/octet-stream unless headers are given."""
        terms.setdefault("headers", OCTET_STREAM)
        framed = body if isinstance(body, Body) else Body(body)
        return self.client.ask(self.request("PUT", place, framed, **terms))

    def download(self, place: Place, **terms: Unpack[Terms]) -> Answer:
        """GET a file, across one redirect if need be; the credential goes to no other host."""
        request = self.request("GET", place, **terms)
        answer = self.client.ask(request)
        location = answer.header("location")
        if answer.status in REDIRECTS and location:
            return self._follow(urljoin(str(self.client.address) + request.target, location), request.headers)
        return answer

    def head(self, place: Place, **terms: Unpack[Terms]) -> Answer:
        """HEAD a file."""
        return self.client.ask(self.request("HEAD", place, **terms))

    def call(self, method: str, path: str, **terms: Unpack[Call]) -> Answer:
        """Make any call of the API, `path` without /api/v4 unless it begins with /api."""
        credential = terms.get("credential", self.access.writer)
        headers = credential.headers() if credential else ()
        whole = path if path.startswith("/api/") else f"{API}{path}"
        target = f"{whole}{_query(credential, terms.get('query', ''))}"
        if "document" not in terms:
            return self.client.ask(Request(method, target, headers))
        body = Body(LiteralContent(json.dumps(terms["document"]).encode()))
        return self.client.ask(Request(method, target, (*headers, ("Content-Type", "application/json")), body))

    def shared(self, visibility: Visibility) -> Stored:
        """Return a small file that the writer has published to the project, the same for every check."""
        if visibility not in self._shared:
            place, content = self.place("shared.bin"), self.content()
            with self._recorder.during("set-up"):
                answer = self.publish(place, content, visibility=visibility)
            self._shared[visibility] = Stored(place, content, answer)
        return self._shared[visibility]

    @cached_property
    def large(self) -> Stored:
        """A large file, published with its length declared and its record asked for, the same for every check."""
        place, content = self.place("large.bin"), self.content(self.large_bytes)
        with self._recorder.during("set-up"):
            answer = self.publish(place, content, query="select=package_file")
        return Stored(place, content, answer)

    @cached_property
    def shelf(self) -> Shelf:
        """A shelf that no check changes, the same for every check."""
        with self._recorder.during("set-up"):
            return self.new_shelf()

    @cached_property
    def crowd(self) -> Shelf:
        """A shelf with one package more than the largest page of a list holds."""
        stem = f"{self.place().package}-crowd"
        places = tuple(Place(f"{stem}-{number}") for number in range(CROWD))
        with self._recorder.during("set-up"), ThreadPoolExecutor(PUBLISHERS) as publishers:
            answers = tuple(publishers.map(lambda place: self.publish(place, self.content()), places))
        return Shelf(stem, places, answers)

    def new_shelf(self) -> Shelf:
        """Fill a shelf: the order of creation is that of neither the names nor the versions."""
        stem = f"{self.place().package}-shelf"
        places = tuple(Place(f"{stem}-{letter}", version) for letter, version in SHELF)
        published = (*places, self.place())
        return Shelf(stem, places, tuple(self.publish(place, self.content()) for place in published))

    def _follow(self, url: str, headers: Headers) -> Answer:
        parts = urlsplit(url)
        address = parse_address(f"{parts.scheme}://{parts.netloc}")
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        if address.origin == self.client.address.origin:
            return self.client.ask(Request("GET", target.removeprefix(self.client.address.prefix), headers))
        return self.client.elsewhere(address).ask(Request("GET", target))


def _path(project: Project, place: Place, *, by_path: bool) -> str:
    reference = quote(project.path, safe="") if by_path else str(project.id)
    return f"{API}/projects/{reference}/packages/generic/{place.package}/{place.version}/{place.file}"


def _query(credential: Credential | None, query: str) -> str:
    whole = "&".join(filter(None, [query, credential.parameter() if credential else ""]))
    return f"?{whole}" if whole else ""
