"""How many tests a command ran, and how they ended: from JUnit files, else from what known runners print."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from xml.etree import ElementTree as ET

_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_PYTEST_PART = r"\d+ (?:passed|failed|errors?|skipped|deselected|xfailed|xpassed|warnings?|reruns?|rerun)"
_PYTEST = re.compile(
    rf"^=*\s?(?P<parts>no tests (?:ran|collected)[^\n]*?|{_PYTEST_PART}(?:, {_PYTEST_PART})*) in [\d.]+s",
    re.MULTILINE,
)
_UNITTEST = re.compile(
    r"^Ran (?P<run>\d+) tests? in [\d.]+s\s+(?:OK|FAILED|NO TESTS RAN)(?: \((?P<parts>[^)\n]*)\))?",
    re.MULTILINE,
)
_GO_TEST = re.compile(r"^--- (?P<word>PASS|FAIL|SKIP): ", re.MULTILINE)
_GO_PACKAGE = re.compile(r"^(?:ok  |FAIL|\?   )\t\S+(?P<rest>[^\n]*)", re.MULTILINE)
_JEST = re.compile(r"^\s*Tests:?\s+(?P<parts>\d+ (?:failed|passed|skipped|todo)[^\n]*)", re.MULTILINE)
_CARGO = re.compile(
    r"^test result: \w+\. (?P<passed>\d+) passed; (?P<failed>\d+) failed; (?P<skipped>\d+) ignored",
    re.MULTILINE,
)
_NODE = re.compile(r"^\W* ?(?P<word>tests|pass|fail|skipped|cancelled) (?P<number>\d+)$", re.MULTILINE)
_COUNTED = re.compile(r"(\d+) ([a-z]+)")
_NAMED = re.compile(r"([a-z ]+)=(\d+)")


@dataclass(frozen=True, slots=True)
class TestCounts:
    """Tests by outcome, and where the numbers come from; a test in error is a failed one."""

    __test__ = False  # pytest takes whatever is called Test for one

    passed: int
    failed: int
    skipped: int
    source: str

    @property
    def executed(self) -> int:
        """Return how many tests said something: a skipped one proves nothing."""
        return self.passed + self.failed


def counts_from_junit(reports: Iterable[tuple[str, bytes]]) -> TestCounts | None:
    """Return the sum over all files that are JUnit reports, None if there is none."""
    passed = failed = skipped = 0
    names: list[str] = []
    for name, content in reports:
        root = parse_xml(content)
        if root is None or local_name(root) not in {"testsuites", "testsuite"}:
            continue
        names.append(name)
        for case in (element for element in root.iter() if local_name(element) == "testcase"):
            outcomes = {local_name(child) for child in case}
            failed += bool(outcomes & {"failure", "error"})
            skipped += "skipped" in outcomes and not outcomes & {"failure", "error"}
            passed += not outcomes & {"failure", "error", "skipped"}
    return TestCounts(passed, failed, skipped, ", ".join(names)) if names else None


def counts_from_output(output: str) -> TestCounts | None:
    """Return the sum over all summaries of known runners in an output, None if there is none."""
    text = _COLOUR.sub("", output).replace("\r\n", "\n")
    found = [counts for reader in _READERS if (counts := reader(text)) is not None]
    if not found:
        return None
    return TestCounts(
        sum(counts.passed for counts in found),
        sum(counts.failed for counts in found),
        sum(counts.skipped for counts in found),
        ", ".join(counts.source for counts in found),
    )


def parse_xml(content: bytes) -> ET.Element | None:
    """Return the root element, None for what is no XML; entities are refused: they can swell without end."""
    if b"<!ENTITY" in content:
        return None
    try:
        return ET.fromstring(content)  # noqa: S314 - no entity gets here, and expat opens no address
    except (ET.ParseError, ValueError, LookupError):
        return None


def local_name(element: ET.Element) -> str:
    """Return the name of an element without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _pytest(text: str) -> TestCounts | None:
    found = [match["parts"] for match in _PYTEST.finditer(text)]
    return _summed("pytest", (_by_word(parts) for parts in found)) if found else None


def _jest(text: str) -> TestCounts | None:
    found = [match["parts"] for match in _JEST.finditer(text)]
    return _summed("jest or vitest", (_by_word(parts) for parts in found)) if found else None


def _by_word(parts: str) -> tuple[int, int, int]:
    number = {word: int(count) for count, word in _COUNTED.findall(parts)}
    failed = number.get("failed", 0) + number.get("error", 0) + number.get("errors", 0)
    skipped = number.get("skipped", 0) + number.get("xfailed", 0) + number.get("todo", 0)
    return number.get("passed", 0) + number.get("xpassed", 0), failed, skipped


def _unittest(text: str) -> TestCounts | None:
    found = list(_UNITTEST.finditer(text))
    return _summed("unittest", (_of_unittest(match) for match in found)) if found else None


def _of_unittest(match: re.Match[str]) -> tuple[int, int, int]:
    number = {word.strip(): int(count) for word, count in _NAMED.findall(match["parts"] or "")}
    failed = sum(number.get(word, 0) for word in ("failures", "errors", "unexpected successes"))
    skipped = number.get("skipped", 0) + number.get("expected failures", 0)
    return max(int(match["run"]) - failed - skipped, 0), failed, skipped


def _cargo(text: str) -> TestCounts | None:
    found = list(_CARGO.finditer(text))
    numbers = ((int(match["passed"]), int(match["failed"]), int(match["skipped"])) for match in found)
    return _summed("cargo test", numbers) if found else None


def _go(text: str) -> TestCounts | None:
    words = [match["word"] for match in _GO_TEST.finditer(text)]
    packages = [match["rest"] for match in _GO_PACKAGE.finditer(text)]
    broken = sum("[build failed]" in rest or "[setup failed]" in rest for rest in packages)
    untested = all("[no test files]" in rest or "[no tests to run]" in rest for rest in packages)
    if words or (packages and (broken or untested)):
        return TestCounts(words.count("PASS"), words.count("FAIL") + broken, words.count("SKIP"), "go test")
    return None  # without -v, go says how packages ended but not how many tests there were


def _node(text: str) -> TestCounts | None:
    number = {match["word"]: int(match["number"]) for match in _NODE.finditer(text)}
    if not {"tests", "pass", "fail"} <= number.keys():
        return None
    failed = number["fail"] + number.get("cancelled", 0)
    return TestCounts(number["pass"], failed, number.get("skipped", 0), "node --test")


def _summed(source: str, numbers: Iterable[tuple[int, int, int]]) -> TestCounts:
    rows = list(numbers)
    return TestCounts(
        sum(row[0] for row in rows), sum(row[1] for row in rows), sum(row[2] for row in rows), source
    )


_READERS: tuple[Callable[[str], TestCounts | None], ...] = (_pytest, _unittest, _go, _jest, _cargo, _node)
