"""zip_seeds.py ARCHIVE FOLDER…: the files of the folders, named after their content, once each."""

import hashlib
import sys
import zipfile
from pathlib import Path

with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as archive:
    contents = {path.read_bytes() for folder in sys.argv[2:] for path in Path(folder).iterdir()
                if path.is_file()}
    for content in sorted(contents):
        archive.writestr(hashlib.sha1(content).hexdigest(), content)
