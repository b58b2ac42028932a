"""A second program that uses a cluster: starts it, says so, stops it when its input ends.

python -m tests.support.cluster_child FOLDER
"""

import sys
from pathlib import Path

from geoapp.core.cluster import Cluster

if __name__ == "__main__":
    cluster = Cluster(Path(sys.argv[1]), durable=False)
    print(cluster.start(), flush=True)  # noqa: T201 - the parent reads it
    sys.stdin.read()
    cluster.stop()
