from __future__ import annotations

import re
from pathlib import Path

import pytest

from verikit._base import errors


def native_codes(root: Path) -> dict[str, str]:
    """Error codes of cpp/base/error.h and the class that its comment promises."""
    text = (root / "cpp" / "base" / "error.h").read_text()
    body = re.search(r"enum class ErrorCode[^{]*\{(.*?)\};", text, re.DOTALL)
    assert body is not None
    codes = dict(re.findall(r"\b(k\w+)(?:\s*=\s*\d+)?,\s*//\s*(\w+)", body[1]))
    assert len(codes) == len(re.findall(r"^\s*k\w+", body[1], re.MULTILINE)) - 1  # all but kCount
    return codes


def test_every_error_code_has_its_class(root: Path) -> None:
    codes = native_codes(root)
    assert len(codes) == 12
    binding = (root / "src" / "bind_errors.cpp").read_text()
    for code, name in codes.items():
        assert issubclass(getattr(errors, name), errors.VerikitError), code
        assert f'"{name}"' in binding, f"src/bind_errors.cpp does not translate {code} into {name}"


def test_every_error_that_is_exported_exists_and_is_documented() -> None:
    for name in errors.__all__:
        cls = getattr(errors, name)
        assert issubclass(cls, errors.VerikitError)
        assert cls.__doc__


@pytest.mark.parametrize(
    ("cls", "builtin", "exit_code"),
    [
        (errors.ShapeError, ValueError, 64),
        (errors.ModelFormatError, ValueError, 64),
        (errors.UnsupportedOpError, errors.UnsupportedError, 2),
        (errors.TimeLimitError, errors.ResourceError, 2),
        (errors.WorkerDied, RuntimeError, 70),
        (errors.SoundnessError, errors.InternalError, 70),
    ],
)
def test_errors_end_a_command_with_the_code_of_their_kind(
    cls: type[errors.VerikitError], builtin: type[Exception], exit_code: int
) -> None:
    assert issubclass(cls, builtin)
    assert cls.exit_code == exit_code
