"""Fast, deterministic verifiers: a claim goes in, a verdict with evidence comes out.

The engines live in sub-packages (``verikit.bounds``) and load when they are imported; importing
``verikit`` alone is cheap and pulls in neither numpy nor torch, onnx or z3.
"""

from verikit._base.errors import (
    BackendError,
    InputError,
    InternalError,
    ResourceError,
    UnsupportedError,
    VerikitError,
)
from verikit._base.verdict import Cause, Guarantee, Stats, Status, Verdict
from verikit._version import __version__

__all__ = [
    "BackendError",
    "Cause",
    "Guarantee",
    "InputError",
    "InternalError",
    "ResourceError",
    "Stats",
    "Status",
    "UnsupportedError",
    "Verdict",
    "VerikitError",
    "__version__",
]
