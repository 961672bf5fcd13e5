"""Every public object in a child process made in one way, and in many threads: prints what came out other."""

from __future__ import annotations

import json
import multiprocessing
import pickle
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

THREADS = 8


def differing(objects: dict[str, Any], shown: dict[str, str]) -> list[str]:
    """The names of those that are not what the parent sent, or do not equal their copy."""
    wrong = []
    for name, value in objects.items():
        again = pickle.loads(pickle.dumps(value))
        if again != value or repr(value) != shown[name]:
            wrong.append(name)
    return wrong


def child(pipe: Any, objects: dict[str, Any], shown: dict[str, str]) -> None:
    """What a child says of the objects that it was given."""
    pipe.send(differing(objects, shown))
    pipe.close()


def main() -> None:
    """Ask a child, and threads of this process."""
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from tests.public_objects import one_of_each

    objects = one_of_each()
    shown = {name: repr(value) for name, value in objects.items()}
    made = multiprocessing.get_context(sys.argv[1])
    here, there = made.Pipe()
    process = made.Process(target=child, args=(there, objects, shown))
    process.start()
    told = here.recv()
    process.join()
    with ThreadPoolExecutor(THREADS) as pool:
        each = list(pool.map(lambda _: differing(objects, shown), range(THREADS)))
    threads = sorted({name for wrong in each for name in wrong})
    print(json.dumps({"objects": len(objects), "child": told, "ended": process.exitcode,
                      "threads": threads}))  # fmt: skip


if __name__ == "__main__":
    main()
