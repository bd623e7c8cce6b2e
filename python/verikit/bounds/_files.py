"""Files in: existence checks with a message, and gzip with a limit."""

from __future__ import annotations

import os

from verikit._base.errors import InputError, MemoryLimitError

_MAX_BYTES = 2 << 30  # as ReadLimits::max_bytes of the native readers


def require_file(path: str | os.PathLike[str], what: str) -> str:
    """``path`` as a string, or with ``.gz`` added where only that exists.

    Raises
    ------
    InputError
        If there is no such file.
    """
    file = os.fspath(path)
    if os.path.isfile(file):
        return file
    if os.path.isfile(file + ".gz"):
        return file + ".gz"
    kind = "a folder" if os.path.isdir(file) else "nothing"
    raise InputError(f"{what}: expected a file at {file!r}, found {kind}; check the path")


def inflate(file: str) -> bytes:
    """The content of a gzip file.

    Raises
    ------
    InputError
        If it is not a complete gzip file.
    MemoryLimitError
        If it holds more than 2 GiB.
    """
    import gzip
    import zlib

    try:
        with gzip.open(file, "rb") as stream:
            content = stream.read(_MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{file}: expected a complete gzip file; {error}") from None
    if len(content) > _MAX_BYTES:
        raise MemoryLimitError(f"{file}: holds more than {_MAX_BYTES} bytes uncompressed, which is the limit")
    return content
