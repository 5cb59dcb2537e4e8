"""Files in, articles out: one module per kind of document.

``find`` lists the files that can be loaded, ``count`` says how many articles one may hold, and ``load``
reads them; ``load_file`` and ``load_bytes`` read one that is open or in memory, and ``anything`` tells of one
that holds nothing. What can't be read comes back as a ``Failure`` among the articles: it never stops the
rest. A new kind of document is one new module and one line in ``kinds.KINDS``.
"""

from index.loaders.failure import Failure
from index.loaders.files import find
from index.loaders.reading import anything, count, load, load_bytes, load_file

__all__ = ["Failure", "anything", "count", "find", "load", "load_bytes", "load_file"]
