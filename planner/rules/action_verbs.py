"""Whether a title begins with a verb that says what to do."""

from __future__ import annotations

import re

_VERBS = frozenset(
    """
    abort accept activate adapt add adjust adopt align allow analyse analyze annotate answer append
    apply archive assemble assert assess assign attach audit authenticate authorise authorize automate
    backfill benchmark bind block build bump bundle cache calculate call cancel capture catch change
    check choose clean clear close collect combine compare compile complete compose compress compute
    configure confirm connect consolidate convert copy correct count cover create cut debug decide
    declare decouple deduplicate define delete deliver deploy deprecate derive describe design detect
    determine develop disable discover display document download draft draw drop edit emit enable encode
    encrypt end enforce ensure escape establish estimate evaluate examine exclude execute expand expire
    explain explore export expose extend extract fetch fill filter finalise finalize find finish fix
    flush format forward freeze gate generate get give grant group guard handle harden hash hide hook
    identify ignore implement import improve include increase index initialise initialize inject inline
    insert inspect install instrument integrate introduce invalidate investigate invite isolate keep
    label launch let limit link lint list listen load localise localize lock log lower maintain make
    manage map mark mask measure merge migrate minimise minimize mock model modify monitor mount move
    name normalise normalize notify observe offer open optimise optimize order organise organize package
    parse pass patch perform persist pin plan poll populate port post prepare present preserve prevent
    print process produce profile prompt protect prototype prove provide provision prune publish pull
    push put query queue quote raise rate read rebase rebuild receive reconcile record recover redact
    redesign redirect reduce refactor refresh refuse register reject relax release reload remove rename
    render reorder repair replace replicate reply report require research reset resize resolve respond
    restart restore restrict restructure resume retire retry return reuse review revise revoke rewrite
    roll rollback rotate route run sample sanitise sanitize save scaffold scale scan schedule secure
    seed select send separate serialise serialize serve set settle share ship show shrink sign simplify
    simulate skip sort specify speed split stabilise stabilize standardise standardize start state stop
    store stream streamline strip structure stub submit subscribe summarise summarize supply support
    suppress surface suspend swap switch sync synchronise synchronize tag teach tell terminate test
    throttle tidy tighten time toggle trace track train transfer transform translate trigger trim try
    tune turn type unblock unify uninstall unlock unpack update upgrade upload use validate vendor
    verify version view wait walk warn watch weigh wire wrap write
    """.split()  # noqa: SIM905 - 300 words read better as text than as a list
)
_WORD = re.compile(r"[A-Za-z]+")


def begins_with_verb(title: str) -> bool:
    """Return whether the first word of a title is an English verb of action."""
    first = _WORD.search(title)
    if first is None:
        return False
    word = first.group().lower()
    return word in _VERBS or (word.startswith("re") and word.removeprefix("re") in _VERBS)
