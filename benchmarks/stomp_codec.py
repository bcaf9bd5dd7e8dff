"""Speed of the STOMP frame parser, on one core, as frames a second.

Feeds frames of 400 octets with the headers the interconnect uses, cut into chunks of 1,400
octets (about one TCP segment), and compares with the least that any parser must do: cut the
same chunks at NUL. Also measures encoding.

    python benchmarks/stomp_codec.py [--frames N] [--require FRAMES_PER_SECOND]
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable

from net119_protocol.stomp import Frame, FrameParser

CHUNK = 1_400
FRAME_SIZE = 400
RUNS = 5


def sample_frame() -> Frame:
    """A MESSAGE-like frame of exactly FRAME_SIZE octets with eight realistic headers."""
    headers = {
        "destination": "/queue/midori.callee",
        "content-type": "application/json;charset=utf-8",
        "content-length": "000",
        "receipt": "r-0001742",
        "message-id": "8c0f5f3e-52ab-4c0e-9a45-0f2c1d7be119",
        "subscription": "sub-1",
        "ack": "s7f3a.1742",
        "net119-sender": "aoba",
    }
    empty = len(Frame("MESSAGE", {**headers, "content-length": "0"}).encode()) + 2
    text = '{"profile":"net119-interconnect/1","type":"chat.message","text":"けが人が二人います"}'
    body = text.encode().ljust(FRAME_SIZE - empty)
    frame = Frame("MESSAGE", {**headers, "content-length": str(len(body))}, body)
    if len(frame.encode()) != FRAME_SIZE:
        raise RuntimeError(f"the sample frame has {len(frame.encode())} octets")
    return frame


def parse_all(chunks: list[bytes]) -> int:
    parser = FrameParser(sender="server")
    count = 0
    for chunk in chunks:
        parser.receive_data(chunk)
        count += len(parser.events())
    if parser.error is not None:
        raise parser.error
    return count


def split_all(chunks: list[bytes]) -> int:
    rest, count = b"", 0
    for chunk in chunks:
        *frames, rest = (rest + chunk).split(b"\0")
        count += len(frames)
    return count


def rate(run: Callable[[], int], expected: int) -> float:
    """Median over RUNS of frames a second."""
    rates = []
    for _ in range(RUNS):
        begin = time.perf_counter()
        count = run()
        rates.append(count / (time.perf_counter() - begin))
        if count != expected:
            raise RuntimeError(f"{count} frames instead of {expected}")
    return statistics.median(rates)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--frames", type=int, default=50_000, help="frames in each run")
    options.add_argument("--require", type=float, default=0, help="exit 1 below this parse rate")
    given = options.parse_args()
    frame = sample_frame()
    stream = frame.encode() * given.frames
    chunks = [stream[at : at + CHUNK] for at in range(0, len(stream), CHUNK)]
    parsed = rate(lambda: parse_all(chunks), given.frames)
    split = rate(lambda: split_all(chunks), given.frames)
    encoded = rate(lambda: sum(1 for _ in range(given.frames) if frame.encode()), given.frames)
    sys.stdout.write(
        f"parse   {parsed:10,.0f} frames/s   (median of {RUNS} runs; {FRAME_SIZE} octets, "
        f"{len(frame.headers)} headers, chunks of {CHUNK})\n"
        f"split   {split:10,.0f} frames/s   (cut at NUL only; parsing takes "
        f"{split / parsed:.1f} times as long)\n"
        f"encode  {encoded:10,.0f} frames/s\n"
    )
    if parsed < given.require:
        sys.stderr.write(f"below the required {given.require:,.0f} frames/s\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
