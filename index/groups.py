"""Groups: which contents are copies of one report, kept right as contents come and go.

A group is a connected part of the graph whose edges are the pairs of near-duplicates, and is named by
the smallest content id in it. Whether a pair is an edge depends on these two texts alone, so the groups
depend only on what is stored, never on the order in which it came.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.near_duplicates import BANDS, ROWS, Signatures, Sketch

_SKETCHES = "SELECT content_id, signature, shingles FROM contents"


@dataclass(frozen=True)
class Sketches:
    """The sketches of n contents by rising id: (n,), (n, BANDS * ROWS) and (n,)."""

    content_ids: npt.NDArray[np.int64]
    signatures: Signatures
    shingles: npt.NDArray[np.int64]

    @classmethod
    def of(cls, connection: sqlite3.Connection, content_ids: Iterable[int] | None = None) -> Sketches:
        """Those of these contents that there are, or of all."""
        if content_ids is None:
            rows = connection.execute(f"{_SKETCHES} ORDER BY content_id").fetchall()
        else:
            rows = connection.execute(
                f"{_SKETCHES} WHERE content_id IN (SELECT value FROM json_each(?)) ORDER BY content_id",
                (json.dumps(list(content_ids)),),
            ).fetchall()
        signatures = np.frombuffer(b"".join(row[1] for row in rows), "<u4").astype(np.uint32)
        return cls(
            np.array([row[0] for row in rows], np.int64),
            signatures.reshape(-1, BANDS * ROWS),
            np.array([row[2] for row in rows], np.int64),
        )

    def __len__(self) -> int:
        return len(self.content_ids)

    def __iter__(self) -> Iterator[tuple[int, Sketch]]:
        return ((int(self.content_ids[place]), self._at(place)) for place in range(len(self)))

    def among(self, content_ids: Iterable[int]) -> Sketches:
        """Those of these contents that are here."""
        wanted = np.array(sorted(content_ids), np.int64)
        places = np.searchsorted(self.content_ids, wanted)
        is_here = self.content_ids.take(places, mode="clip") == wanted
        return self._taken(places[is_here])

    def near(self, sketch: Sketch) -> npt.NDArray[np.bool_]:
        """Which of these are one report with the sketch: (n,)."""
        return sketch.near(self.signatures, self.shingles)

    def connected(self) -> list[list[int]]:
        """The connected parts, each in order."""
        parts = []
        apart = self
        while len(apart):
            part, waiting, apart = [int(apart.content_ids[0])], [apart._at(0)], apart._taken(slice(1, None))
            while waiting and len(apart):
                near = apart.near(waiting.pop())
                found = apart._taken(near)
                part += found.content_ids.tolist()
                waiting += [sketch for _, sketch in found]
                apart = apart._taken(~near)
            parts.append(sorted(part))
        return parts

    def _at(self, place: int) -> Sketch:
        return Sketch(self.signatures[place], int(self.shingles[place]))

    def _taken(self, which: slice | npt.NDArray[np.bool_ | np.int64]) -> Sketches:
        return Sketches(self.content_ids[which], self.signatures[which], self.shingles[which])


def join(connection: sqlite3.Connection, content_id: int, sketch: Sketch) -> None:
    """Give a new content its group, which may tie older groups together."""
    candidates = Sketches.of(connection, _with_a_band_of(connection, sketch))
    near = candidates.content_ids[candidates.near(sketch)].tolist()
    connection.executemany("INSERT INTO bands VALUES (?, ?)", [(band, content_id) for band in sketch.bands])
    groups = connection.execute(
        "SELECT DISTINCT group_id FROM contents WHERE content_id IN (SELECT value FROM json_each(?))",
        (json.dumps(near),),
    ).fetchall()
    tied = [content_id, *(row[0] for row in groups)]
    connection.execute("UPDATE contents SET group_id = ?1 WHERE content_id = ?1", (content_id,))
    connection.execute(
        "UPDATE contents SET group_id = ? WHERE group_id IN (SELECT value FROM json_each(?))",
        (min(tied), json.dumps(tied)),
    )


def leave(connection: sqlite3.Connection, content_id: int) -> None:
    """Take a content out of its group before it is deleted; the others may fall apart."""
    ((_, sketch),) = Sketches.of(connection, [content_id])
    connection.executemany(
        "DELETE FROM bands WHERE band = ? AND content_id = ?", [(band, content_id) for band in sketch.bands]
    )
    others = connection.execute(
        "SELECT content_id FROM contents WHERE content_id != ?1 AND group_id = "
        "(SELECT group_id FROM contents WHERE content_id = ?1)",
        (content_id,),
    ).fetchall()
    for group in Sketches.of(connection, [row[0] for row in others]).connected():
        connection.execute(
            "UPDATE contents SET group_id = ? WHERE content_id IN (SELECT value FROM json_each(?))",
            (min(group), json.dumps(group)),
        )


def problems(connection: sqlite3.Connection) -> Iterator[str]:
    """What is wrong with bands and groups, in words: they must be those that the sketches make."""
    sketches = Sketches.of(connection)  # all at once: to read them for each content takes many times as long
    groups = dict(connection.execute("SELECT content_id, group_id FROM contents"))
    members: dict[int, list[int]] = {}
    for content_id, sketch in sketches:
        if content_id not in groups:
            yield f"Content {content_id} can't be found by its id."
            continue
        members.setdefault(groups[content_id], []).append(content_id)
        found = _with_a_band_of(connection, sketch)
        if found.count(content_id) != BANDS:
            yield f"Bands of content {content_id} are missing."
        later = {each for each in found if each > content_id and groups.get(each) != groups[content_id]}
        others = sketches.among(later)
        for other in others.content_ids[others.near(sketch)].tolist():
            yield f"The contents {content_id} and {other} are one report in two groups."
    for group_id, content_ids in members.items():
        if sketches.among(content_ids).connected() != [content_ids] or group_id != content_ids[0]:
            yield f"The group {group_id} of contents is not one report."
    (gone,) = connection.execute(
        "SELECT count(*) FROM bands WHERE content_id NOT IN (SELECT content_id FROM contents)"
    ).fetchone()
    if gone:
        yield f"{gone} bands belong to contents that are deleted."


def _with_a_band_of(connection: sqlite3.Connection, sketch: Sketch) -> list[int]:
    """The contents that share a band with this one, each as often as it does."""
    rows = connection.execute(
        "SELECT content_id FROM bands WHERE band IN (SELECT value FROM json_each(?))",
        (json.dumps(sketch.bands),),
    )
    return [row[0] for row in rows]
