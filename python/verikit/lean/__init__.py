"""An independent Lean 4 type checker, and whether a proof proves what was asked.

Names load when they are first used, so that importing this package costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verikit.lean.checking import STANDARD_AXIOMS, check, verify_proof
    from verikit.lean.environment import Constant, Environment, load
    from verikit.lean.evidence import LeanEvidence, LeanFinding

__all__ = [
    "STANDARD_AXIOMS",
    "Constant",
    "Environment",
    "LeanEvidence",
    "LeanFinding",
    "check",
    "load",
    "verify_proof",
]

_HOME = {
    "STANDARD_AXIOMS": "checking",
    "Constant": "environment",
    "Environment": "environment",
    "LeanEvidence": "evidence",
    "LeanFinding": "evidence",
    "check": "checking",
    "load": "environment",
    "verify_proof": "checking",
}


def __getattr__(name: str) -> object:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
