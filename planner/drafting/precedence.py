"""Dependencies between the tasks of documents: `after`, numbered order, and what the prose says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from planner.drafting.prose_references import ProseReference, find_references
from planner.drafting.stated_order import StatedOrder
from planner.drafting.task_names import TaskNames
from planner.drafting.task_seed import TaskSeed
from planner.intake.markdown_outline import Block
from planner.intake.secret_redaction import redact
from planner.intake.source_evidence import evidence
from schemas.dag import Finding
from schemas.errors import InvalidArguments
from schemas.tasks import Dependency, DependencyEvidence, DependencyType

EXPLICIT, STATED, NUMBERED, MENTIONED = 1.0, 0.9, 0.85, 0.5


@dataclass(frozen=True, slots=True)
class Claim:
    """One reason to believe that `later` needs `earlier`; both are places in the plan."""

    earlier: int
    later: int
    type: DependencyType
    reason: str
    confidence: float
    is_hard: bool
    evidence: DependencyEvidence


def find_dependencies(
    seeds: Sequence[TaskSeed],
    names: TaskNames,
    order: Sequence[StatedOrder] = (),
    settled: Collection[str] = (),
) -> tuple[tuple[Dependency, ...], tuple[Finding, ...]]:
    """Return one dependency for each pair of tasks, with all that speaks for it, and what stayed unclear.

    Args:
        seeds: the tasks, in the order of the plan.
        names: what they are called.
        order: what is said elsewhere than in a task, by the places of tasks in the plan.
        settled: the names of tasks that are done already: whoever needs them waits for nobody.

    Raises:
        InvalidArguments: `after` names a task that does not exist, or could be several.
    """
    findings: list[Finding] = []
    claims: list[Claim] = []
    for place, seed in enumerate(seeds):
        claims += _explicit(place, seed, names)
        claims += _stated(place, seed, names, findings, settled)
    claims += _numbered(seeds, names)
    claims += _said_elsewhere(seeds, names, order)
    pairs: defaultdict[tuple[int, int], list[Claim]] = defaultdict(list)
    for claim in claims:
        pairs[claim.later, claim.earlier].append(claim)
    return tuple(_merged(pairs[pair], names) for pair in sorted(pairs)), tuple(findings)


def quoted(seed: TaskSeed, start: int, end: int, reason: str, confidence: float) -> DependencyEvidence:
    """Return the evidence for a dependency: the words of the document and where they stand."""
    source = evidence(seed.document, start, end)
    return DependencyEvidence(
        type="document",
        reason=reason,
        confidence=confidence,
        quote=source.quote,
        loc=source.loc,
        startLine=source.startLine,
        endLine=source.endLine,
    )


def _merged(claims: Sequence[Claim], names: TaskNames) -> Dependency:
    best = max(claims, key=lambda claim: (claim.is_hard, claim.confidence))
    return Dependency(
        from_=names.tasks[best.earlier].id,
        to=names.tasks[best.later].id,
        type=best.type,
        reason=best.reason,
        evidence=tuple(dict.fromkeys(claim.evidence for claim in claims)),
        confidence=best.confidence,
        isHard=best.is_hard,
    )


def _explicit(place: int, seed: TaskSeed, names: TaskNames) -> Iterator[Claim]:
    own = names.tasks[place].id
    for reference, line in zip(seed.options.after or (), seed.given.after_lines, strict=True):
        where = f"{seed.document.source.name}:{line}"
        found = names.meant(reference, place)
        if found == (place,):
            raise InvalidArguments(f"{where}: the task {own} comes after itself", hint="take that out")
        if len(found) > 1:
            choice = ", ".join(names.tasks[other].id for other in found)
            raise InvalidArguments(
                f"{where}: `after` names {reference!r}, which can be {choice}", hint="write the id of one"
            )
        if not found:
            similar = names.similar(reference)
            advice = f"did you mean {' or '.join(similar)}?" if similar else "name an id, a title or a number"
            raise InvalidArguments(
                f"{where}: `after` names {reference!r}, and no task is called so", hint=advice
            )
        reason = f"the document says that {own} comes after {names.tasks[found[0]].id}"
        proof = quoted(seed, *seed.document.line_span(line), reason, EXPLICIT)
        yield Claim(found[0], place, "technical", reason, EXPLICIT, is_hard=True, evidence=proof)


def _numbered(seeds: Sequence[TaskSeed], names: TaskNames) -> Iterator[Claim]:
    """Yield what numbers say: each step comes after those with the number before, unless `after` is given."""
    series: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    for place, seed in enumerate(seeds):
        if seed.number:
            series[(names.tasks[place].document, *seed.series)].append(place)
    for places in series.values():
        by_number: defaultdict[tuple[int, ...], list[int]] = defaultdict(list)
        for place in places:
            by_number[seeds[place].number].append(place)
        for before, after in pairwise(sorted(by_number)):
            for later in by_number[after]:
                if seeds[later].options.after is None:
                    yield from (_in_order(earlier, later, seeds, names) for earlier in by_number[before])


def _said_elsewhere(
    seeds: Sequence[TaskSeed], names: TaskNames, order: Sequence[StatedOrder]
) -> Iterator[Claim]:
    for said in order:
        ids = {"earlier": names.tasks[said.earlier].id, "later": names.tasks[said.later].id}
        reason = redact(said.reason.format(**ids))[0]
        proof = quoted(seeds[said.later], said.start, said.end, reason, said.confidence)
        yield Claim(said.earlier, said.later, said.type, reason, said.confidence, said.is_hard, proof)


def _in_order(earlier: int, later: int, seeds: Sequence[TaskSeed], names: TaskNames) -> Claim:
    seed = seeds[later]
    numbers = [".".join(str(part) for part in seeds[place].number) for place in (earlier, later)]
    reason = f"the document numbers {names.tasks[later].id} as {numbers[1]}, after {numbers[0]}"
    own = seed.quotes[0] if seed.owner is None else _whole_line(seed, seed.document.blocks[seed.owner])
    start, end = seed.numbered_at or own
    proof = quoted(seed, start, end, reason, NUMBERED)
    return Claim(earlier, later, "sequential", reason, NUMBERED, is_hard=True, evidence=proof)


def _whole_line(seed: TaskSeed, block: Block) -> tuple[int, int]:
    """Return the first line of a block, with the mark that holds its number."""
    return seed.document.line_span(block.first_line)


def _stated(
    place: int, seed: TaskSeed, names: TaskNames, findings: list[Finding], settled: Collection[str]
) -> Iterator[Claim]:
    for block in seed.texts():
        for reference in find_references(block.text, place, names):
            start, end = block.place(reference.start, reference.end)
            if reference.task is not None:
                yield _stated_claim(place, seed, names, reference, (start, end))
            elif reference.kind != "unknown" or reference.name not in settled:
                findings.append(_unclear(seed, place, reference, start, names))


def _stated_claim(
    place: int, seed: TaskSeed, names: TaskNames, reference: ProseReference, span: tuple[int, int]
) -> Claim:
    about = place if reference.subject is None else reference.subject
    other = reference.task if reference.task is not None else about
    earlier, later = (about, other) if reference.kind == "needed_by" else (other, about)
    ids = names.tasks[earlier].id, names.tasks[later].id
    if reference.kind == "mentions":
        reason = f"{ids[1]} mentions {ids[0]}, and does not surely say that it needs it"
        proof = quoted(seed, *span, reason, MENTIONED)
        return Claim(earlier, later, "knowledge", reason, MENTIONED, is_hard=False, evidence=proof)
    reason = f"the document says that {ids[1]} needs {ids[0]}"
    proof = quoted(seed, *span, reason, STATED)
    return Claim(earlier, later, "technical", reason, STATED, is_hard=True, evidence=proof)


def _unclear(seed: TaskSeed, place: int, reference: ProseReference, start: int, names: TaskNames) -> Finding:
    if reference.kind == "ambiguous" and reference.candidates:
        choice = ", ".join(names.tasks[other].id for other in reference.candidates)
        message = f"{reference.name!r} can be {choice}; no dependency was made, write `after` with an id"
    elif reference.kind == "ambiguous":
        message = f"{reference.name!r} is this task itself; no dependency was made"
    else:
        message = f"{reference.name!r} is the name of no task; no dependency was made"
    return Finding(
        rule="unclear-reference",
        severity="warning",
        message=message,
        task=names.tasks[place].id,
        file=seed.document.source.name,
        line=seed.document.line_of(start),
    )
