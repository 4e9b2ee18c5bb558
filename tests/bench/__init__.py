import os

# A worker beside it would be measured as well.
os.environ.setdefault("ZEN_LOCAL_WORKER", "off")
