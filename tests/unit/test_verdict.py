from __future__ import annotations

import json

import msgspec
import pytest

from verikit import Cause, Guarantee, Stats, Status, Verdict

_NONE = Guarantee(claim="nothing", class_="none", assumptions=(), trusted_base=())


def make(status: Status, *, reason: str | None = None, cause: Cause | None = None) -> Verdict[dict[str, int]]:
    return Verdict(
        status=status,
        engine="test",
        subject="a claim",
        reason=reason,
        cause=cause,
        evidence={"leaves": 3},
        stats=Stats(time_s=0.5, version="0"),
        guarantee=_NONE,
    )


ACCEPTED = make(Status.ACCEPTED)
REJECTED = make(Status.REJECTED, cause=Cause.RESPONSE)
DECLINED = make(Status.DECLINED, reason="timeout", cause=Cause.RESPONSE)


def test_verdict_has_exactly_one_answer() -> None:
    for verdict, answers in ((ACCEPTED, (1, 0, 0)), (REJECTED, (0, 1, 0)), (DECLINED, (0, 0, 1))):
        assert (verdict.accepted, verdict.rejected, verdict.declined) == answers


def test_verdict_declined_is_neither_true_nor_false() -> None:
    assert bool(ACCEPTED) is True
    assert bool(REJECTED) is False
    with pytest.raises(TypeError, match=r"DECLINED\(timeout\).*\.accepted"):
        bool(DECLINED)


def test_verdict_is_immutable() -> None:
    with pytest.raises(AttributeError):
        ACCEPTED.status = Status.REJECTED  # type: ignore[misc]


@pytest.mark.parametrize(
    ("status", "reason", "cause"),
    [
        (Status.ACCEPTED, "timeout", None),
        (Status.ACCEPTED, None, Cause.RESPONSE),
        (Status.REJECTED, None, None),
        (Status.REJECTED, "timeout", Cause.RESPONSE),
        (Status.DECLINED, None, Cause.RESPONSE),
        (Status.DECLINED, "timeout", None),
    ],
)
def test_verdict_without_a_matching_reason_and_cause_cannot_be_made(
    status: Status, reason: str | None, cause: Cause | None
) -> None:
    with pytest.raises(ValueError, match=r"reason|cause"):
        make(status, reason=reason, cause=cause)


def test_verdict_prints_its_reason() -> None:
    assert [str(verdict) for verdict in (ACCEPTED, REJECTED, DECLINED)] == ["ACCEPTED", "REJECTED", "DECLINED(timeout)"]


def test_verdict_json_has_all_fields_and_the_schema_first() -> None:
    fields = json.loads(DECLINED.to_json())
    assert list(fields)[:2] == ["schema", "kind"]
    assert fields["schema"] == "verikit/1"
    assert set(fields) == {"schema", "kind", *Verdict.__struct_fields__}
    assert fields["guarantee"] == {"claim": "nothing", "class": "none", "assumptions": [], "trusted_base": []}
    assert (fields["status"], fields["reason"], fields["cause"]) == ("declined", "timeout", "response")


def test_verdict_json_never_holds_a_number_that_is_not_json() -> None:
    stats = Stats(time_s=float("inf"), version="0")
    text = msgspec.structs.replace(ACCEPTED, stats=stats).to_json()
    assert json.loads(text, parse_constant=pytest.fail)["stats"]["time_s"] is None
