"""Writes test/golden/event-file.json: the bytes of an event file as TensorBoard's own messages and record writer make them.

    python -m venv .venv && .venv/bin/pip install tensorboard==2.21.0
    .venv/bin/python packages/report/golden/event-file.py
"""

import base64
import json
import pathlib
import platform
import tempfile

import google.protobuf
import tensorboard
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.histogram_pb2 import HistogramProto
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

time = 1700000000.5
png = bytes(range(64))
histogram = HistogramProto(min=-1, max=2, num=4, sum=1, sum_squares=6, bucket_limit=[0.5, 2], bucket=[3, 1])
events = [
    Event(wall_time=time, file_version="brain.Event:2"),
    Event(wall_time=time, step=1, summary=Summary(value=[Summary.Value(tag="accuracy/test", simple_value=0.25)])),
    Event(wall_time=time, step=300, summary=Summary(value=[Summary.Value(tag="loss", simple_value=0)])),
    Event(
        wall_time=time,
        step=2,
        summary=Summary(
            value=[
                Summary.Value(
                    tag="masks",
                    image=Summary.Image(height=8, width=300, colorspace=3, encoded_image_string=png),
                )
            ]
        ),
    ),
    Event(wall_time=time, step=2, summary=Summary(value=[Summary.Value(tag="weights", histo=histogram)])),
]
with tempfile.NamedTemporaryFile() as file:
    writer = RecordWriter(file)
    for event in events:
        writer.write(event.SerializeToString())
    writer.flush()
    data = pathlib.Path(file.name).read_bytes()

golden = {
    "madeBy": f"tensorboard {tensorboard.__version__}, protobuf {google.protobuf.__version__}, "
    f"Python {platform.python_version()}",
    "base64": base64.b64encode(data).decode(),
}
path = pathlib.Path(__file__).parent.parent / "test" / "golden" / "event-file.json"
path.write_text(json.dumps(golden, indent=2) + "\n")
