"""Moto's server, which moto itself keeps in memory alone, with a file for what it holds.

    python motoServer.py FILE [options of moto.server]

What FILE holds is there from the start. On SIGUSR1 it is written anew, whole or not at all. Only files of one's own may
be given: reading a pickle runs what is in it.
"""

import os
import pickle
import signal
import sys

from moto.backends import get_backend
from moto.core.base_backend import BackendDict
from moto.server import main

# Nothing is written beside the sources: where one of them is new or other, snapshots count as old.
sys.dont_write_bytecode = True
import motoSpeed  # noqa: E402, F401 It changes moto as it is imported.


def write(file: str) -> None:
    services = {}
    for backends in BackendDict._instances:
        accounts = {account: dict(regions) for account, regions in backends.items()}
        services.setdefault(backends.service_name, {}).update(accounts)
    # All at once, so that what two services share is shared again.
    with open(file + ".new", "wb") as out:
        pickle.dump(services, out, pickle.HIGHEST_PROTOCOL)
    os.replace(file + ".new", file)


def read(file: str) -> None:
    with open(file, "rb") as held:
        services = pickle.load(held)
    for service, accounts in services.items():
        backends = get_backend(service)
        for account, regions in accounts.items():
            for region, backend in regions.items():
                dict.__setitem__(backends[account], region, backend)


if __name__ == "__main__":
    state = sys.argv[1]
    if os.path.exists(state):
        read(state)
    signal.signal(signal.SIGUSR1, lambda signum, frame: write(state))
    main(sys.argv[2:])
