"""What acts cost beside each other, on machines that do other things meanwhile."""

import time

TURNS = 20


def measure(act):
    """CPU seconds of this thread that an act takes."""
    began = time.thread_time()
    act()
    return time.thread_time() - began


def costs_at_most(times, usual, act):
    """Whether an act costs at most so many times as much as a usual one; what they took, if not.

    They are done by turns, and the least that each took counts: a machine that is slow for a
    while, or all the time, is so for both. The first turn after which it is true is the last.
    """
    least = [float("inf")] * 2
    for _ in range(TURNS):
        least = list(map(min, least, map(measure, (usual, act))))
        if least[1] <= times * least[0]:
            return True
    print(f"{1000 * least[1]:.1f} ms, {times} times {1000 * least[0]:.1f} ms are allowed")
    return False
