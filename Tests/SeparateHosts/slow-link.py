"""A link between two network namespaces that delays packets and loses some, for kernels without netem.

usage: slow-link.py NAMESPACE NAMESPACE DELAY_MS LOSS_PERCENT

Makes an interface `slow0` in each and carries packets between the two until it is ended. The delay is for one way.
"""

import collections
import ctypes
import fcntl
import os
import random
import select
import struct
import sys
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI, CLONE_NEWNET = 0x400454CA, 0x0001, 0x1000, 0x40000000


def interface(namespace: str) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    with open(f"/run/netns/{namespace}") as place:
        if libc.setns(place.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"setns {namespace}")
    tunnel = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tunnel, TUNSETIFF, struct.pack("16sH", b"slow0", IFF_TUN | IFF_NO_PI))
    return tunnel


def carry(ends: list[int], delay: float, loss: float) -> None:
    waiting: collections.deque[tuple[float, int, bytes]] = collections.deque()
    chance = random.Random(1)
    while True:
        pause = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
        for end in select.select(ends, [], [], pause)[0]:
            other = ends[1 - ends.index(end)]
            packet = os.read(end, 65536)
            if chance.random() >= loss:
                waiting.append((time.monotonic() + delay, other, packet))
        while waiting and waiting[0][0] <= time.monotonic():
            _, other, packet = waiting.popleft()
            try:
                os.write(other, packet)
            except BlockingIOError:
                pass  # A full queue loses packets, as any link does.


if __name__ == "__main__":
    carry([interface(name) for name in sys.argv[1:3]], float(sys.argv[3]) / 1000, float(sys.argv[4]) / 100)
