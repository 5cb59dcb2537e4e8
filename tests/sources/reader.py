"""A source that is read again and again, as runs would, and what a site may hold for it."""

from index.loaders import Failure
from index.registry import Source
from index.sources import reading
from index.sources.fetch import Fetcher
from index.sources.findings import Finding, Found, Gone, Known, Same, State
from index.sources.kinds import Kind
from index.types import Article
from tests.web import Answer, Web

XML = "application/xml"


class Reader:
    """Reads one source again and again, as a run would, remembering what it found."""

    def __init__(self, fetcher: Fetcher, kind: Kind, location: str, **bounds: int) -> None:
        self.fetcher = fetcher
        self.source = Source("test", kind, location, **bounds)  # type: ignore[arg-type]
        self.known: dict[str, State] = {}
        self.total = 0

    def read(self) -> "Seen":
        seen = Seen()
        source = reading(self.source, self.fetcher)
        for finding in source.findings(self.known):
            seen.add(finding, self.known)
        self.total = source.total
        self.known = {**self.known, **seen.states}
        for key in seen.gone:
            self.known.pop(key, None)
        return seen


class Seen:
    """What one reading found."""

    def __init__(self) -> None:
        self.articles: list[Article] = []
        self.failures: list[Failure] = []
        self.same: set[str] = set()
        self.gone: set[str] = set()
        self.states: dict[str, State] = {}

    def add(self, finding: Finding, known: Known) -> None:
        match finding:
            case Found():
                self.states[finding.key] = finding.state
                for content in finding.contents:
                    self.articles.append(content) if isinstance(content, Article) else self.failures.append(
                        content
                    )
            case Same():
                self.same.add(finding.key)
            case Gone():
                if finding.key in known:
                    self.gone.add(finding.key)
            case Failure():
                self.failures.append(finding)

    @property
    def titles(self) -> list[str]:
        return [article.title for article in self.articles]


def rss(*items: str) -> Answer:
    channel = f"<channel><title>Wire</title>{''.join(items)}</channel>"
    body = f'<?xml version="1.0"?><rss version="2.0">{channel}</rss>'
    return Answer(body.encode(), "application/rss+xml")


def item(web: Web, path: str, title: str, more: str = "") -> str:
    return f"<item><title>{title}</title><link>{web.url(path)}</link>{more}</item>"


def sitemap(web: Web, *paths: str, root: str = "urlset", entry: str = "url") -> Answer:
    entries = "".join(f"<{entry}><loc> {web.url(path)} </loc></{entry}>" for path in paths)
    body = (
        f'<?xml version="1.0"?><{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</{root}>'
    )
    return Answer(body.encode(), XML)
