"""Storage and front end over a network: what is refused, and what mutual TLS lets in."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from generic_packages.storage.v1.content_pb2 import DescribeVolumeRequest
from generic_packages.storage.v1.content_pb2_grpc import ContentServiceStub

from reference_server.contract.addresses import Address, TcpAddress, UnixAddress, parse
from reference_server.contract.mutual_tls import MutualTls, stays_on_this_host
from reference_server.frontend.application import FrontEndOptions
from reference_server.programs.link_security import read_link_security
from reference_server.programs.refusals import UsageRefusedError
from tests.support.front_end import PATIENCE_SECONDS, ROOT_TOKEN, running_front_end
from tests.support.rest_packages import new_project

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "operating.md").read_text()
LARGE = 300_000


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make certificates as the operating guide says, for this host."""
    folder = tmp_path_factory.mktemp("certificates")
    (commands,) = [block for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL) if "openssl" in block]
    script = commands.replace("storage.example.com", "localhost").replace("rsa:3072", "rsa:2048")
    subprocess.run(["sh", "-eu", "-c", script], cwd=folder, check=True, capture_output=True)
    return folder


def files(folder: Path, half: str) -> tuple[Path, Path, Path]:
    """Return a half's certificate, its key, and the authority."""
    return folder / f"{half}.pem", folder / f"{half}.key", folder / "authority.pem"


def options(folder: Path, half: str) -> list[str]:
    """Return a half's options as the command line takes them."""
    names = ("--link-certificate", "--link-key", "--link-authority")
    return [text for name, file in zip(names, files(folder, half), strict=True) for text in (name, str(file))]


def mutual(tls: MutualTls) -> grpc.ChannelCredentials:
    return grpc.ssl_channel_credentials(tls.authority, tls.key, tls.certificate)


def tls(folder: Path, half: str) -> MutualTls:
    certificate, key, authority = (file.read_bytes() for file in files(folder, half))
    return MutualTls(certificate, key, authority)


@pytest.mark.parametrize("address", ["unix:/s", "127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "localhost:1"])
def test_an_address_of_this_host_alone_needs_no_certificate(address: str) -> None:
    assert stays_on_this_host(parse(address))
    assert read_link_security(parse(address), None, None, None) is None


@pytest.mark.parametrize("address", ["0.0.0.0:1", "[::]:1", "192.0.2.1:1", "storage.invalid:1"])
def test_any_other_address_needs_certificates(address: str) -> None:
    with pytest.raises(UsageRefusedError, match=r"in clear text.* give --link-certificate"):
        read_link_security(parse(address), None, None, None)


@pytest.mark.parametrize(
    "arguments",
    [["storage", "--data", "DATA", "--listen", "0.0.0.0:0"], ["frontend", "--storage", "192.0.2.1:1", "--port", "0"]],
)
def test_both_programs_end_with_2_and_a_sentence_before_they_touch_anything(
    tmp_path: Path, arguments: list[str]
) -> None:
    command = [sys.executable, "-m", "reference_server", *arguments]
    command = [str(tmp_path / "data") if argument == "DATA" else argument for argument in command]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert re.fullmatch(r"reference_server: \S+ is not on this host alone: .*--link-authority\n", ended.stderr)
    assert not (tmp_path / "data").exists()


def test_what_does_not_belong_together_is_refused(certificates: Path, tmp_path: Path) -> None:
    certificate, key, authority = files(certificates, "storage")
    address = TcpAddress("192.0.2.1", 1)
    (tmp_path / "empty").touch()
    refused: list[tuple[tuple[Address, Path, Path, Path | None], str]] = [
        ((address, certificate, key, None), "belong together"),
        ((UnixAddress("/s"), certificate, key, authority), "a unix socket takes no"),
        ((address, certificate, files(certificates, "frontend")[1], authority), "is not its private key"),
        ((address, tmp_path / "empty", key, authority), "is no PEM certificate"),
        ((address, certificate, tmp_path / "missing", authority), "--link-key .*: No such file"),
        ((address, certificate, key, tmp_path / "empty"), "holds no PEM certificate"),
    ]
    for arguments, sentence in refused:
        with pytest.raises(UsageRefusedError, match=sentence):
            read_link_security(*arguments)
    assert read_link_security(address, certificate, key, authority) == tls(certificates, "storage")


@pytest.fixture(scope="module")
def storage(certificates: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TcpAddress]:
    """Run a storage with certificates, on a TCP port."""
    folder = tmp_path_factory.mktemp("storage")
    (folder / "token").touch(0o600)
    (folder / "token").write_text(ROOT_TOKEN)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = TcpAddress("localhost", free.getsockname()[1])
    command = [sys.executable, "-m", "reference_server", "storage", "--data", str(folder / "data")]
    command += ["--root-token-file", str(folder / "token"), "--listen", address.target]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([*command, *options(certificates, "storage")], stderr=log)
    try:
        yield address
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def test_files_travel_over_mutual_tls_whatever_their_size(certificates: Path, storage: TcpAddress) -> None:
    front_end = FrontEndOptions(storage, "streamed", tls=tls(certificates, "frontend"))
    with running_front_end(front_end) as served:
        project = new_project(served)
        for size in (10, LARGE):
            path = f"/api/v4{project.packages}/generic/tool/1.0/file-{size}"
            assert served.send("PUT", path, bytes(size)).status == 201
            assert served.send("GET", path).body == bytes(size)


def describe_volume(channel: grpc.Channel) -> grpc.StatusCode:
    """Make a call that asks for no credential, and return how it ends."""
    try:
        ContentServiceStub(channel).DescribeVolume(DescribeVolumeRequest(), timeout=5)
    except grpc.RpcError as error:
        code: grpc.StatusCode = error.code()
        return code
    return grpc.StatusCode.OK


@pytest.mark.parametrize("shown", ["nothing", "another authority's", "no TLS"])
def test_whoever_shows_no_certificate_of_the_authority_reaches_nothing(
    certificates: Path, storage: TcpAddress, tmp_path: Path, shown: str
) -> None:
    ours = tls(certificates, "frontend")
    credentials = grpc.ssl_channel_credentials(ours.authority)
    if shown == "another authority's":
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=frontend"]
        subprocess.run([*command, "-keyout", "key", "-out", "pem"], cwd=tmp_path, check=True, capture_output=True)
        foreign = (tmp_path / "key").read_bytes(), (tmp_path / "pem").read_bytes()
        credentials = grpc.ssl_channel_credentials(ours.authority, *foreign)
    with grpc.secure_channel(storage.target, mutual(ours)) as good:
        grpc.channel_ready_future(good).result(PATIENCE_SECONDS)
        assert describe_volume(good) is grpc.StatusCode.OK
    plain = shown == "no TLS"
    with grpc.insecure_channel(storage.target) if plain else grpc.secure_channel(storage.target, credentials) as bad:
        assert describe_volume(bad) is grpc.StatusCode.UNAVAILABLE


def test_a_storage_whose_certificate_names_another_host_is_not_believed(
    certificates: Path, storage: TcpAddress
) -> None:
    with grpc.secure_channel(f"127.0.0.1:{storage.port}", mutual(tls(certificates, "frontend"))) as channel:
        assert describe_volume(channel) is grpc.StatusCode.UNAVAILABLE
