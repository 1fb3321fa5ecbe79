"""A storage whose metadata writer ends unexpectedly: it says so by its health, its log and its exit code."""

from pathlib import Path

from grpc_health.v1 import health_pb2, health_pb2_grpc

from tests.support.storage import SECONDS, ending
from tests.support.storage_process import StorageProcess

# Commits fail with an error that nobody foresaw once the file exists that the first argument names.
BREAKABLE = """
import sys
from pathlib import Path
from reference_server.__main__ import main
from reference_server.storage.metadata.sqlite.database import SqliteDatabase

broken, commit = Path(sys.argv.pop(1)), SqliteDatabase.commit

def fail(database):
    if broken.exists():
        raise RuntimeError("a defect")
    commit(database)

SqliteDatabase.commit = fail
sys.exit(main())
"""


def test_a_storage_that_can_no_longer_write_ends(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    with StorageProcess(tmp_path, program=("-c", BREAKABLE, str(broken))) as process:
        registry = process.connect()
        registry.project()
        broken.touch()
        assert ending(registry.project) == "INTERNAL"
        assert process.wait() == 1
        assert "the metadata writer ended" in process.log()


def test_what_still_runs_hears_by_health_that_the_storage_does_not_serve(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    with StorageProcess(tmp_path, program=("-c", BREAKABLE, str(broken))) as process:
        registry = process.connect()
        request = health_pb2.HealthCheckRequest(service="")
        watching = health_pb2_grpc.HealthStub(registry.channel).Watch(request, timeout=SECONDS)
        assert next(watching).status == health_pb2.HealthCheckResponse.SERVING
        broken.touch()
        assert ending(registry.project) == "INTERNAL"
        assert next(watching).status == health_pb2.HealthCheckResponse.NOT_SERVING
