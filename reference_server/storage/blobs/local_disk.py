"""Content in files on a local volume: blobs/ab/cd/<sha256>, staging/<upload id>, trash/<sha256>, damaged/."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from reference_server.content.files import StagedFile, StoredFile, free_bytes, full_volume_refused
from reference_server.contract.crash_points import CrashPoint, reached
from reference_server.contract.limits import MIB

_FILE_MODE = 0o640
_DIGEST_BYTES = 32
_LARGE_BYTES = 16 * MIB


class LocalDisk:
    """A BlobStore on a directory, which is made when it does not exist."""

    def __init__(self, root: Path, reserve_bytes: int = 0) -> None:
        self._root = root
        self._reserve_bytes = reserve_bytes
        self._blobs = root / "blobs"
        self._staging = root / "staging"
        self._trash = root / "trash"
        self._damaged = root / "damaged"
        self._durable: set[bytes] = set()  # by the beginning of the digests in them: paths would take megabytes
        self._removing = ThreadPoolExecutor(1, thread_name_prefix="unlink")
        for directory in (root, self._blobs, self._staging, self._trash):
            directory.mkdir(mode=0o750, parents=True, exist_ok=True)
        sync_directory(root)

    def stage(self, upload_id: str) -> None:
        with full_volume_refused():
            os.close(os.open(self._staging / upload_id, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE))

    def write_staged(self, upload_id: str) -> StagedFile:
        with _absent_is_key_error(upload_id):
            return StagedFile(os.open(self._staging / upload_id, os.O_WRONLY))

    def staging_path(self, upload_id: str) -> str:
        """Return the path of the staging file, relative to the root."""
        return f"staging/{upload_id}"

    def staged_size(self, upload_id: str) -> int:
        with _absent_is_key_error(upload_id):
            return (self._staging / upload_id).stat().st_size

    def last_staged(self, upload_id: str) -> float:
        with _absent_is_key_error(upload_id):
            return (self._staging / upload_id).stat().st_mtime

    def read_staged(self, upload_id: str) -> bytes:
        with _absent_is_key_error(upload_id):
            return (self._staging / upload_id).read_bytes()

    def keep(self, upload_id: str, sha256: bytes) -> None:
        """Sync the staging file, rename it to its digest, and sync the directories that this changed."""
        target = self._root / self.path(sha256)
        with _absent_is_key_error(upload_id), full_volume_refused():
            self._make_directories(sha256)
            descriptor = os.open(self._staging / upload_id, os.O_WRONLY)
            try:
                os.fdatasync(descriptor)
            finally:
                os.close(descriptor)
            reached(CrashPoint.STORAGE_PUBLISH_SYNCED)
            (self._staging / upload_id).replace(target)
            reached(CrashPoint.STORAGE_PUBLISH_RENAMED)
            sync_directory(target.parent)
            reached(CrashPoint.STORAGE_PUBLISH_KEPT)

    def discard(self, upload_id: str) -> None:
        """Remove a staging file, if there is one; a large one in a thread, because the file system frees it slowly."""
        path = self._staging / upload_id
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_size > _LARGE_BYTES:
                self._removing.submit(path.unlink, missing_ok=True)
            else:
                path.unlink()

    def open(self, sha256: bytes) -> StoredFile:
        with _absent_is_key_error(sha256.hex()):
            return StoredFile(os.open(self._root / self.path(sha256), os.O_RDONLY))

    def holds(self, sha256: bytes, size: int) -> bool:
        """Compare with the length of the file."""
        try:
            return (self._root / self.path(sha256)).stat().st_size == size
        except FileNotFoundError:
            return False

    def path(self, sha256: bytes) -> str:
        """Return the path of the file of content, relative to the root."""
        name = sha256.hex()
        return f"blobs/{name[0:2]}/{name[2:4]}/{name}"

    def remove(self, sha256: bytes) -> None:
        """Remove content, if there is any. Its directories stay: another upload may be about to use them."""
        (self._root / self.path(sha256)).unlink(missing_ok=True)

    def set_aside(self, sha256: bytes) -> None:
        """Rename content into the trash; its time of modification says when."""
        path = self._root / self.path(sha256)
        with contextlib.suppress(FileNotFoundError):
            os.utime(path)
            reached(CrashPoint.STORAGE_SWEEP_DATED)
            path.replace(self._trash / path.name)

    def bring_back(self, sha256: bytes) -> None:
        """Rename content out of the trash, durably."""
        target = self._root / self.path(sha256)
        if not target.exists():
            self._make_directories(sha256)
            with _absent_is_key_error(sha256.hex()):
                (self._trash / target.name).replace(target)
            reached(CrashPoint.STORAGE_SWEEP_BROUGHT_BACK)
            sync_directory(target.parent)

    def set_aside_content(self) -> Iterator[tuple[bytes, float]]:
        """Yield what lies in the trash; other files are none of this program's."""
        for path in self._trash.iterdir():
            if (digest := _digest_of(path)) is not None:
                yield digest, path.stat().st_mtime

    def set_damaged_aside(self, sha256: bytes) -> None:
        """Rename content into damaged/, which is made when it is first needed."""
        path = self._root / self.path(sha256)
        self._damaged.mkdir(mode=0o750, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            path.replace(self._damaged / path.name)

    def damaged_content(self) -> Iterator[bytes]:
        for path in self._damaged.glob("*"):
            if (digest := _digest_of(path)) is not None:
                yield digest

    def forget(self, sha256: bytes) -> None:
        (self._trash / sha256.hex()).unlink(missing_ok=True)

    def kept(self) -> Iterator[bytes]:
        """Yield the digests of all content that is kept; other files are none of this program's."""
        for path in self._blobs.glob("??/??/*"):
            if (digest := _digest_of(path)) is not None:
                yield digest

    def staged(self) -> Iterator[str]:
        for path in self._staging.iterdir():
            yield path.name

    def has_room_for(self, size: int) -> bool:
        """Compare with the free space of the file system, but for the reserve."""
        return size + self._reserve_bytes <= free_bytes(self._root)

    def _make_directories(self, sha256: bytes) -> None:
        """Make the two directories above a blob, each on stable storage before it is used.

        One that exists may have been made a moment ago by another thread that has not synced it yet.
        """
        directory = (self._root / self.path(sha256)).parent
        for path, beginning in ((directory.parent, sha256[:1]), (directory, sha256[:2])):
            if beginning not in self._durable:
                path.mkdir(mode=0o750, exist_ok=True)
                sync_directory(path.parent)
                self._durable.add(beginning)


def sync_directory(directory: Path) -> None:
    """Bring a directory's entries to stable storage."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _digest_of(path: Path) -> bytes | None:
    """Return the digest that a file is named after, None for any other file."""
    try:
        digest = bytes.fromhex(path.name)
    except ValueError:
        return None
    return digest if len(digest) == _DIGEST_BYTES else None


@contextlib.contextmanager
def _absent_is_key_error(name: str) -> Iterator[None]:
    """Raise KeyError where there is no such file."""
    try:
        yield
    except FileNotFoundError:
        raise KeyError(name) from None
