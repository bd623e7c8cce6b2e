"""Attacks on Lean checkers, most of them proofs of False for a checker with one rule left out.

Each registered function is one file of tests/reject/lean: it is named for what has gone wrong somewhere (an issue of
lean4 where there is one), and says which rule must stop it. The constructions are our own.
"""

from . import attack_blocks, attack_declarations, attack_equality, attack_literals, attack_recursors
from .attack_parts import ATTACKS

__all__ = ["ATTACKS", "attack_blocks", "attack_declarations", "attack_equality", "attack_literals", "attack_recursors"]
