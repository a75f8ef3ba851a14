"""What a survey found, counted in the terms of `independent_counts`."""

from collections import Counter
from collections.abc import Mapping

from planner.codebase.code_facts import FileFacts

GO_KINDS = {
    "function": "functions",
    "method": "methods",
    "class": "types",
    "interface": "types",
    "type": "types",
}
KINDS: dict[str, dict[str, str]] = {
    "Python": {"class": "classes", "function": "functions", "method": "methods"},
    "Go": GO_KINDS,
    "TypeScript": {"class": "classes", "function": "functions", "interface": "interfaces", "type": "types"},
    "Rust": {
        "function": "functions",
        "method": "functions",
        "class": "types",
        "interface": "types",
        "type": "types",
    },
    "Ruby": {"class": "classes", "module": "modules", "method": "methods", "function": "methods"},
}
WITH_IMPORTS = ("Python", "Go", "TypeScript")


def survey_counts(facts: Mapping[str, FileFacts]) -> dict[str, dict[str, int]]:
    """Return the counts for each language that can be counted in another way too."""
    found: dict[str, Counter[str]] = {}
    for file in facts.values():
        if file.language not in KINDS:
            continue
        counts = found.setdefault(file.language, Counter())
        for symbol in file.symbols:
            what = KINDS[file.language].get(symbol.kind)
            if what is not None:
                counts[what] += 1
        if file.language in WITH_IMPORTS:
            counts["imports"] += len(file.imports)
    return {language: dict(sorted(counts.items())) for language, counts in sorted(found.items())}


def share_off(ours: int, theirs: int) -> float:
    """Return how far two counts are apart, as a share of the larger one."""
    return abs(ours - theirs) / max(ours, theirs, 1)
