"""Takes the C library and its headers out of a wheel of TensorFlow: unpack_wheel.py WHEEL FOLDER."""

import pathlib
import shutil
import sys
import zipfile

wheel, folder = sys.argv[1:]
libraries = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"]
headers = ["tensorflow/c/", "tensorflow/core/platform/", "xla/", "tsl/"]

with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        path = name.removeprefix("tensorflow/")
        header = path.removeprefix("include/")
        wanted = path in libraries or (
            path.startswith("include/")
            and header.endswith(".h")
            and any(header.startswith(start) for start in headers)
        )
        if wanted:
            target = pathlib.Path(folder, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(name) as source, target.open("wb") as copy:
                shutil.copyfileobj(source, copy)

missing = [library for library in libraries if not pathlib.Path(folder, library).exists()]
if missing:
    sys.exit(f"{wheel}: expected {' and '.join(missing)} in it, found none")
