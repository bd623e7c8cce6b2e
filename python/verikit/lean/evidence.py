"""What a verdict of the Lean engine carries."""

from __future__ import annotations

import msgspec


class LeanFinding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that was not accepted.

    Attributes
    ----------
    declaration : str
        Name of the constant concerned; for a declaration of several, of the first.
    status : {"rejected", "declined"}
    rule : str
        The rule that it breaks (docs/lean.md lists them), or the limit that ran out.
    detail : str
        What is wrong with it, with the terms printed.
    """

    declaration: str
    status: str
    rule: str
    detail: str


class LeanEvidence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="lean"):
    """Evidence for or against a Lean environment or a proof.

    Attributes
    ----------
    theorem : str or None
        The constant whose statement was compared with the reference's.
    statement : str or None
        Its type in the candidate, printed (cut off where it is long).
    axioms : tuple of str
        With a theorem: the axioms that its proof uses, recomputed from the terms. Without: all axioms that were read.
    findings : tuple of LeanFinding
        What was not accepted, in the order of the declarations; the first thousand.
    rejected, undecided : int
        How many declarations were rejected and how many were declined, beyond the thousand too.
    declarations, checked, trusted : int
        Declarations in all, those that were checked, and those that were taken on trust.
    constants, terms : int
        Sizes of what was read.
    format : str or None
        ``"lean4export-ndjson"``, ``"lean4export-text"`` or ``"olean"``.
    sha256, reference_sha256 : str or None
        Of the input: a file's digest; of a module in parts, or a folder, the digest of the parts' digests.
    """

    theorem: str | None = None
    statement: str | None = None
    axioms: tuple[str, ...] = ()
    findings: tuple[LeanFinding, ...] = ()
    rejected: int = 0
    undecided: int = 0
    declarations: int = 0
    checked: int = 0
    trusted: int = 0
    constants: int = 0
    terms: int = 0
    format: str | None = None
    sha256: str | None = None
    reference_sha256: str | None = None
