"""Sound bounds and complete verification of neural networks.

Names load when they are first used, so that importing this package costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verikit.bounds.bounds import Bounds
    from verikit.bounds.box import Box
    from verikit.bounds.certification import CertifiedAccuracy, certify
    from verikit.bounds.evidence import BoundsEvidence
    from verikit.bounds.network import Network
    from verikit.bounds.specification import Specification
    from verikit.bounds.verification import verify

__all__ = [
    "Bounds",
    "BoundsEvidence",
    "Box",
    "CertifiedAccuracy",
    "Network",
    "Specification",
    "certify",
    "verify",
]

_HOME = {
    "Bounds": "bounds",
    "BoundsEvidence": "evidence",
    "Box": "box",
    "CertifiedAccuracy": "certification",
    "Network": "network",
    "Specification": "specification",
    "certify": "certification",
    "verify": "verification",
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
