"""Whether a title begins with a verb that says what to do."""

from __future__ import annotations

import re

_VERBS = frozenset(
    """
    abort accept activate adapt add address adjust adopt advance align allow analyse analyze annotate
    answer append apply archive assemble assert assess assign attach audit authenticate authorise
    authorize automate backfill begin benchmark bind block bring broaden build bump bundle cache
    calculate call calm cancel capture catch centralise centralize change check choose clarify clean
    clear clone close collect combine come compare compile complete compose compress compute configure
    confirm connect consolidate consume control convert copy correct count cover create cross cut debug
    decide declare decouple deduplicate define delete deliver demonstrate deny deploy deprecate derive
    describe design detach detect determine develop disable discover display document download draft draw
    drop echo edit embed emit employ enable encode encrypt end enforce enrich ensure enter equip escape
    establish estimate evaluate examine exclude execute exercise expand expire explain explore export
    expose extend extract factor feed fetch fill filter finalise finalize find finish fix flag flush fold
    follow format forward free freeze gate gather generate get give go grant group grow guard halt handle
    harden hash help hide hold hook host identify ignore implement import improve include increase index
    initialise initialize inject inline insert inspect install instrument integrate introduce invalidate
    investigate invite isolate join judge jump keep label launch learn leave let limit link lint list
    listen load localise localize lock log look lower maintain make manage map mark mask measure meet
    mend merge migrate minimise minimize mock model modify monitor mount move name narrow normalise
    normalize note notify observe offer offload omit open optimise optimize order organise organize own
    package pad park parse pass patch pay perform persist pick pin plan point polish poll populate port
    post prefer preload prepare present preserve prevent prime print process produce profile prompt
    protect prototype prove provide provision prune publish pull purge push put query queue quit quote
    raise rate reach read rebase rebuild receive recognise recognize reconcile record recover redact
    redesign redirect reduce refactor refresh refuse register reject relax release reload rely remember
    remove rename render reorder repair repeat replace replicate reply report require rescue research
    reset resize resolve respond restart restore restrict restructure resume retain retire retry return
    reuse revert review revise revoke reword rework rewrite roll rollback rotate round route run sample
    sanitise sanitize save say scaffold scale scan schedule secure see seed select sell send separate
    serialise serialize serve set settle share ship show shrink sign simplify simulate skip slice smooth
    solve sort space specify speed spell spin split spread stabilise stabilize stamp standardise
    standardize start state stay stop store stream streamline stretch strip structure stub submit
    subscribe suggest sum summarise summarize supply support suppress surface survey suspend swap switch
    sync synchronise synchronize tag take talk teach tell terminate test think throttle tidy tie tighten
    time toggle touch trace track train transfer transform translate trigger trim try tune turn type
    unblock understand undo unify uninstall unlock unpack unpin unset update upgrade upload use validate
    vary vendor verify version view wait walk warn wash watch weigh widen win wire work worry wrap write
    yield
    """.split()  # noqa: SIM905 - 400 words read better as text than as a list
)
_WORD = re.compile(r"[A-Za-z]+")


def begins_with_verb(title: str) -> bool:
    """Return whether the first word of a title is an English verb of action."""
    first = _WORD.search(title)
    if first is None:
        return False
    word = first.group().lower()
    return word in _VERBS or (word.startswith("re") and word.removeprefix("re") in _VERBS)
