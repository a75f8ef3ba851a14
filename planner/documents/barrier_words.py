"""What a barrier between waves asks, in words for people."""

from __future__ import annotations

from schemas.waves import DEFER_OPTIONAL, WaveBased

BEHIND_FULL_BARRIERS = "when the one before has ended"


def beginning_of_waves(waved: WaveBased) -> str:
    """Return when a wave begins, such as `when 95 % of the tasks of the one before have ended`."""
    barriers = [wave.barrier for wave in waved.waves if wave.barrier is not None]
    shares = sorted({barrier.quorum for barrier in barriers if barrier.kind == "quorum"})
    timeouts = sorted(
        {
            barrier.timeoutMinutes
            for barrier in barriers
            if barrier.timeoutMinutes is not None and barrier.fallback == DEFER_OPTIONAL
        }
    )
    if not shares and not timeouts:
        return BEHIND_FULL_BARRIERS
    named = " or ".join(f"{100 * share:g} %" for share in shares)
    words = f"when {named or 'all'} of the tasks of the one before have ended"
    if not timeouts:
        return words
    minutes = " or ".join(f"{timeout:g}" for timeout in timeouts)
    return f"{words}, and its optional ones hold nothing back after {minutes} minutes"
