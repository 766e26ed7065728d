"""Hostile safetensors files, and what the reference library says of each.

    python -m venv .venv && .venv/bin/pip install safetensors==0.8.0
    .venv/bin/python packages/core/golden/safetensors_abuse.py

The first three are the attempts that the library's repository keeps under `attacks/`, in a smaller size. The others break
one rule of the format each, or keep to it in an unusual way. `reference` is the library's error, or null where it
reads the file.
"""

import base64
import json
import platform
import struct
from pathlib import Path

import safetensors

OUT = Path(__file__).parent.parent / "test" / "golden" / "weights" / "safetensors-abuse.json"


def file(header, body=b"", length=None):
    """A file of this header, as an object or as bytes; `length` is what the first eight bytes claim."""
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(raw) if length is None else length) + raw + body


def array(start=0, end=4, shape=(1,), dtype="F32", **more):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [start, end], **more}


ONE = b'{"dtype":"F32","shape":[1],"data_offsets":[%d,%d]}'
FOUR, EIGHT, TWELVE = bytes(4), bytes(8), bytes(12)

CASES = {
    "attempt 1: a header that claims more than the file": file({"w": array()}, FOUR, length=1000),
    "attempt 2: a hundred arrays over the same bytes": file(
        {f"w{i}": array(0, 16, (2, 2)) for i in range(100)}, bytes(16)
    ),
    "attempt 3: a hundred larger arrays over the same bytes": file(
        {f"w{i}": array(0, 400, (10, 10)) for i in range(100)}, bytes(400)
    ),
    "no bytes": b"",
    "seven bytes": bytes(7),
    "a header of no bytes": struct.pack("<Q", 0),
    "a header of 2^63 bytes": file({}, length=2**63),
    "two arrays over the same bytes": file({"a": array(), "b": array()}, FOUR),
    "two arrays that share some bytes": file(
        {"a": array(0, 8, (2,)), "b": array(4, 12, (2,))}, TWELVE
    ),
    "an empty array inside another": file({"a": array(0, 8, (2,)), "b": array(4, 4, (0,))}, EIGHT),
    "an empty array at the end": file({"a": array(), "b": array(4, 4, (0,))}, FOUR),
    "a gap between two arrays": file({"a": array(), "b": array(8, 12)}, TWELVE),
    "a gap before the first array": file({"a": array(4, 8)}, EIGHT),
    "bytes after the last array": file({"a": array()}, EIGHT),
    "bytes and no arrays": file({}, FOUR),
    "an array beyond the end": file({"a": array()}, bytes(3)),
    "offsets the wrong way round": file({"a": array(4, 0)}, FOUR),
    "fewer bytes than the shape needs": file({"a": array(0, 4, (2,))}, FOUR),
    "a shape that overflows": file({"a": array(0, 4, (2**32, 2**32, 2**32))}, FOUR),
    "a shape that overflows to its size": file({"a": array(0, 4, (2**62 + 1,))}, FOUR),
    "a negative side": file({"a": array(0, 4, (-1,))}, FOUR),
    "a side that is no whole number": file({"a": array(0, 4, (1.5,))}, FOUR),
    "one offset": file({"a": {**array(), "data_offsets": [0]}}, FOUR),
    "three offsets": file({"a": {**array(), "data_offsets": [0, 4, 8]}}, FOUR),
    "an unknown type": file({"a": array(dtype="F99")}, FOUR),
    "no offsets": file({"a": {"dtype": "F32", "shape": [1]}}, FOUR),
    "another field": file({"a": array(note=1)}, FOUR),
    "a name twice, at two places": file(
        b'{"a":%s,"a":%s}' % (ONE % (0, 4), ONE % (4, 8)), EIGHT
    ),
    "arrays in another order than their bytes": file({"b": array(4, 8), "a": array()}, EIGHT),
    "an array that is not aligned": file(
        {"a": array(0, 1, dtype="U8"), "b": array(1, 5)}, bytes(5)
    ),
    "the name __proto__": file({"__proto__": array()}, FOUR),
    "half of a surrogate pair as a name": file(b'{"\\ud800":%s}' % (ONE % (0, 4)), FOUR),
    "spaces after the header": file(b"{}      "),
    "zeros after the header": file(b"{}\0\0"),
    "text after the header": file(b"{}x"),
    "a byte order mark": file(b"\xef\xbb\xbf{}"),
    "a header that is a list": file([]),
    "a header that is not UTF-8": file(b'{"\xff":%s}' % (ONE % (0, 4)), FOUR),
    "half a header": file(b'{"a":'),
    "lists in lists": file(b'{"a":' + b"[" * 1000 + b"]" * 1000 + b"}"),
    "a number in the metadata": file({"__metadata__": {"a": 1}}),
    "an object in the metadata": file({"__metadata__": {"a": {"b": "c"}}}),
    "metadata that are a text": file({"__metadata__": "a"}),
    "metadata that are null": file({"__metadata__": None}),
}


def reference(content):
    try:
        safetensors.deserialize(content)
    except safetensors.SafetensorError as error:
        return str(error).removeprefix("Error while deserializing: ")
    return None


OUT.write_text(
    json.dumps(
        {
            "versions": {
                "python": platform.python_version(),
                "safetensors": safetensors.__version__,
            },
            "files": [
                {
                    "what": what,
                    "bytes": base64.b64encode(content).decode(),
                    "reference": reference(content),
                }
                for what, content in CASES.items()
            ],
        },
        indent=2,
    )
    + "\n"
)
