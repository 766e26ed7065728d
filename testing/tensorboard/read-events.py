"""Prints as JSON what TensorBoard reads in a folder of runs: by run the scalars, images and histograms."""

import json
import sys

from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
from tensorboard.util import tensor_util

multiplexer = EventMultiplexer().AddRunsFromDirectory(sys.argv[1])
multiplexer.Reload()
found = {}
for run, tags in multiplexer.Runs().items():
    found[run] = {}
    for tag in tags["tensors"]:
        metadata = multiplexer.SummaryMetadata(run, tag)
        values = [
            [event.step, tensor_util.make_ndarray(event.tensor_proto)]
            for event in multiplexer.Tensors(run, tag)
        ]
        plugin = metadata.plugin_data.plugin_name
        if plugin == "images":
            shown = [[step, [value[0].decode(), value[1].decode(), len(value[2])]] for step, value in values]
        else:
            shown = [[step, value.tolist()] for step, value in values]
        found[run][tag] = {"plugin": plugin, "values": shown}
print(json.dumps(found))
