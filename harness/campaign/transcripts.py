"""Bytes that one side said, as a transcript that `smtpchaos play` says again."""

import re

LETTERS = {0x0D: r"\r", 0x0A: r"\n", 0x09: r"\t", 0x00: r"\0", 0x5C: r"\\"}


def shown(data):
    """The bytes as transcripts write them; a # is never taken for a comment then."""
    text = "".join(LETTERS.get(byte) or (chr(byte) if 0x20 <= byte < 0x7F and byte != 0x23
                                         else f"\\x{byte:02x}") for byte in data)
    return re.sub(r"^ | $", r"\\x20", text)


def step(mark, piece):
    """One step; CRLF goes without saying, any other end is shown, none is a backslash."""
    if piece.endswith(b"\r\n") and piece[-3:-2] != b"\r" and len(piece) > 2:
        return f"{mark} {shown(piece[:-2])}"
    text = shown(piece)
    return f"{mark} {text}" if piece.endswith((b"\r", b"\n")) else f"{mark} {text}\\"


def write(data, speaks, about):
    """The transcript of a client's words, or of a server's."""
    mark = "C>" if speaks == "client" else "S>"
    lines = [f"# {line}" for line in about]
    lines += [step(mark, piece) for piece in re.findall(rb"[^\n]*\n|[^\n]+", data)]
    return "\n".join([*lines, rf"{mark} \FIN", ""])
