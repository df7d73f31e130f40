"""Takes TensorFlow's C library and the headers that tfjs-node compiles against out of a wheel.

usage: unpack-tensorflow.py WHEEL FOLDER
"""

import re
import shutil
import sys
import zipfile
from pathlib import Path

LIBRARY = re.compile(r"tensorflow/(libtensorflow_(?:cc|framework)\.(?:so\.2|2\.dylib))")
HEADER = re.compile(r"tensorflow/(include/(?:(?:tensorflow|tsl)/c/.*\.h|(?:tensorflow/core|tsl)/platform/ctstring\w*\.h))")

wheel, folder = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        library, header = LIBRARY.fullmatch(name), HEADER.fullmatch(name)
        if library or header:
            target = Path(folder, f"lib/{library[1]}" if library else header[1])
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(name) as source, open(target, "wb") as destination:
                shutil.copyfileobj(source, destination, 1 << 20)
