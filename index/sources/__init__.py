"""Sources of articles: folders, single addresses, feeds, sitemaps and sites, one module each.

``reading`` opens a source of any kind, and ``recognised`` tells what kind an address is of. Whatever
is fetched goes through ``fetch.Fetcher``, whose connections ``guard`` checks.
"""

from index.sources.kinds import KINDS, is_url, reading, recognised

__all__ = ["KINDS", "is_url", "reading", "recognised"]
