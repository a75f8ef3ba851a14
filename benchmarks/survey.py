"""Survey a codebase twice, without and with what was kept, and count what it holds in another way as well.

`survey.py DIR [--json]`, or `survey.py --generate 3500` for a codebase that is made for it. The peak of
memory is that of this process after the surveys, before anything is counted in another way. Processor
seconds say what a machine with nothing else to do would take.
"""

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path

from benchmarks.generated_codebase import make_codebase
from benchmarks.independent_counts import independent_counts
from benchmarks.survey_counts import share_off, survey_counts
from planner.codebase.facts_cache import FactsCache
from planner.codebase.repository_files import list_repository_files
from planner.codebase.source_reading import DEFAULT_OPTIONS, SurveyOptions, read_sources
from planner.codebase.survey import Survey, survey


def measure(root: Path) -> dict[str, object]:
    """Return what was found in a codebase, how long it took, and the counts of both ways."""
    with tempfile.TemporaryDirectory() as kept:
        cold, warm = (_timed(root, SurveyOptions(FactsCache(Path(kept)))) for _ in range(2))
    without, found = _timed(root, DEFAULT_OPTIONS)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    facts = read_sources(list_repository_files(root), DEFAULT_OPTIONS).facts
    ours, theirs = survey_counts(facts), independent_counts(root, facts)
    analysis = found.analysis
    return {
        "root": str(root),
        "files": len(found.files),
        "source_files": found.source_files,
        "languages": dict(found.languages),
        "lines": analysis.source_lines,
        "seconds": {"first": cold[0], "again": warm[0], "without_cache": without},
        "reused_the_second_time": warm[1].reused,
        "peak_megabytes": round(peak),
        "import_edges": analysis.import_edges,
        "extension_points": len(analysis.extension_points),
        "shared_resources": {name: item.location for name, item in analysis.shared_resources.items()},
        "commands": [f"{item.trust}: {item.script}" for item in found.commands],
        "left_out": list(analysis.left_out or ()),
        "counts": {
            language: {
                what: {
                    "survey": ours.get(language, {}).get(what, 0),
                    "independent": count,
                    "off": round(share_off(ours.get(language, {}).get(what, 0), count), 4),
                }
                for what, count in counts.items()
            }
            for language, counts in theirs.items()
        },
    }


def _timed(root: Path, options: SurveyOptions) -> tuple[dict[str, float], Survey]:
    started, worked = time.perf_counter(), time.process_time()
    found = survey(root, options)
    seconds = {"elapsed": time.perf_counter() - started, "processor": time.process_time() - worked}
    return {name: round(value, 2) for name, value in seconds.items()}, found


def main() -> None:
    """Measure the codebase that is named, or one that is made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", nargs="?", type=Path)
    parser.add_argument("--generate", type=int, metavar="FILES")
    parser.add_argument("--json", action="store_true", help="print the whole result as JSON")
    given = parser.parse_args()
    if (given.root is None) == (given.generate is None):
        parser.error("name a codebase, or how many files to generate")
    if given.root is not None:
        result = measure(given.root)
    else:
        with tempfile.TemporaryDirectory() as folder:
            make_codebase(Path(folder), given.generate)
            result = measure(Path(folder))
    if given.json:
        print(json.dumps(result, indent=2))
        return
    for name, value in result.items():
        print(f"{name}: {json.dumps(value)}")


if __name__ == "__main__":
    main()
