"""What has been checked so far, and the errors of checking."""

from __future__ import annotations

from .export import Constant, Rule
from .levels import Name
from .terms import Term, show

__all__ = ["Constant", "DeclinedError", "Environment", "RejectedError", "Rule"]


class RejectedError(Exception):
    """The declaration is wrong. ``rule`` is named as in verdicts."""

    def __init__(self, rule: str, detail: str, *terms: Term) -> None:
        super().__init__(f"{rule}: {detail}" + "".join(f"\n  {show(t)}" for t in terms))
        self.rule = rule


class DeclinedError(Exception):
    """Not decided: too large for this checker."""


class Environment:
    """Constants by name, which of them the kernel computes with, and whether quotients are there."""

    def __init__(self) -> None:
        self.constants: dict[Name, Constant] = {}
        self.operations: set[Name] = set()  # on Nat, their definitions verified
        self.reserved: set[Name] = set()  # of recursors that the file leaves out
        self.quotients = False
        self.string_of_list: Name = ("String", "ofList")  # one reading of literals for a whole file

    def copy(self) -> Environment:
        """A copy to extend."""
        other = Environment()
        other.constants, other.operations = dict(self.constants), set(self.operations)
        other.reserved = set(self.reserved)
        other.quotients, other.string_of_list = self.quotients, self.string_of_list
        return other

    def add(self, constant: Constant) -> None:
        """Adds under a name that is free."""
        if constant.name in self.constants:
            raise RejectedError("duplicate-name", f"{dotted(constant.name)} is declared twice")
        if constant.name in self.reserved:
            raise RejectedError("recursor", f"{dotted(constant.name)} is the name of a recursor that was left out")
        self.constants[constant.name] = constant

    def get(self, name: Name) -> Constant:
        """The constant, which must be there."""
        found = self.constants.get(name)
        if found is None:
            raise RejectedError("unknown-constant", f"{dotted(name)} is not there, or not yet")
        return found

    def find(self, name: Name, kind: str) -> Constant | None:
        """The constant if it is of that kind."""
        found = self.constants.get(name)
        return found if found is not None and found.kind == kind else None

    def structure(self, name: Name) -> Constant | None:
        """The constructor, for a type with one constructor, no indices and no recursion."""
        found = self.find(name, "induct")
        if found is None or found.is_rec or found.num_indices or len(found.constructors) != 1:
            return None
        return self.get(found.constructors[0])


def dotted(name: Name) -> str:
    """For messages."""
    return ".".join(map(str, name)) or "[anonymous]"
