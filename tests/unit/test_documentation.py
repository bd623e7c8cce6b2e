from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGES = ["README.md", "docs/bounds.md", "docs/lean.md"]


def code_blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES)
def test_documentation_code_blocks_run(root: Path, page: str) -> None:
    blocks = code_blocks((root / page).read_text(), "python")
    assert blocks
    out = subprocess.run(
        [sys.executable, "-W", "error", "-c", "\n".join(blocks)], cwd=root, capture_output=True, text=True, timeout=120
    )
    assert out.returncode == 0, out.stderr


def test_readme_has_its_two_commands_each_on_one_line(root: Path) -> None:
    text = (root / "README.md").read_text()
    for name, must_have in (("run", "verikit-check net"), ("test", "pytest")):
        (block,) = re.findall(rf"<!-- command: {name} -->\n```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
        assert block.count("\n") == 1
        assert must_have in block
        assert "index" not in block


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", *(f"docs/{n}.md" for n in ("bounds", "layout", "lean"))]
)
def test_documentation_links_lead_somewhere(root: Path, page: str) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", (root / page).read_text())
    assert links
    for link in links:
        assert link.startswith("https://") or (root / page).parent.joinpath(link).exists(), link


def test_documentation_names_every_option_of_net(root: Path) -> None:
    from verikit.cli.app import net

    page = (root / "docs" / "bounds.md").read_text()
    for option in ("model", "prop", *net.__annotations__):
        if option not in ("model", "prop", "return"):
            assert f"--{option}" in page, option


def test_documentation_names_every_option_of_proof_and_every_rule(root: Path) -> None:
    from verikit.cli.app import proof

    page = (root / "docs" / "lean.md").read_text()
    for option in proof.__annotations__:
        if option not in ("files", "return"):
            assert f"--{option.replace('_', '-')}" in page, option
    rules = re.findall(r'return "([a-z-]+)";', (root / "cpp" / "lean" / "rejection.cpp").read_text())
    assert len(rules) > 20
    for rule in rules:
        assert rule == "none" or f"`{'timeout' if rule == 'time' else rule}`" in page, rule
