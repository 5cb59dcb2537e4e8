"""Groups: which contents are copies of one report, kept right as contents come and go.

A group is a connected part of the graph whose edges are the pairs of near-duplicates, and is named by
the smallest content id in it. Whether a pair is an edge depends on these two texts alone, so the groups
depend only on what is stored, never on the order in which it came.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from index.near_duplicates import BANDS, Sketch

Sketches = Mapping[int, Sketch]
"""Sketches by content id."""


def join(connection: sqlite3.Connection, content_id: int, sketch: Sketch) -> None:
    """Give a new content its group, which may tie older groups together."""
    near = _near(sketch, _candidates(connection, sketch))
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
    bands = _sketches(connection, [content_id])[content_id].bands
    connection.executemany(
        "DELETE FROM bands WHERE band = ? AND content_id = ?", [(band, content_id) for band in bands]
    )
    others = connection.execute(
        "SELECT content_id FROM contents WHERE content_id != ?1 AND group_id = "
        "(SELECT group_id FROM contents WHERE content_id = ?1)",
        (content_id,),
    ).fetchall()
    for group in _connected(_sketches(connection, [row[0] for row in others])):
        connection.execute(
            "UPDATE contents SET group_id = ? WHERE content_id IN (SELECT value FROM json_each(?))",
            (min(group), json.dumps(group)),
        )


def problems(connection: sqlite3.Connection) -> Iterator[str]:
    """What is wrong with bands and groups, in words: they must be those that the sketches make."""
    members = connection.execute(
        "SELECT group_id, json_group_array(content_id) FROM contents GROUP BY group_id"
    )
    for group_id, content_ids in members:
        sketches = _sketches(connection, json.loads(content_ids))
        if _connected(sketches) != [sorted(sketches)] or group_id != min(sketches):
            yield f"The group {group_id} of contents is not one report."
        for content_id, sketch in sketches.items():
            if _count_bands(connection, content_id, sketch) != BANDS:
                yield f"Bands of content {content_id} are missing."
            for other in _near(sketch, _candidates(connection, sketch)):
                if other > content_id and other not in sketches:
                    yield f"The contents {content_id} and {other} are one report in two groups."
    (gone,) = connection.execute(
        "SELECT count(*) FROM bands WHERE content_id NOT IN (SELECT content_id FROM contents)"
    ).fetchone()
    if gone:
        yield f"{gone} bands belong to contents that are deleted."


def _connected(sketches: Sketches) -> list[list[int]]:
    """The connected parts, each in order."""
    parts = []
    apart = dict(sketches)
    while apart:
        part = [min(apart)]
        waiting = [apart.pop(part[0])]
        while waiting and apart:
            for content_id in _near(waiting.pop(), apart):
                part.append(content_id)
                waiting.append(apart.pop(content_id))
        parts.append(sorted(part))
    return parts


def _near(sketch: Sketch, others: Sketches) -> list[int]:
    """Which of the others are one report with this one."""
    if not others:
        return []
    signatures = np.stack([other.signature for other in others.values()])
    shingles = np.array([other.shingles for other in others.values()], np.int64)
    near = sketch.near(signatures, shingles)
    return [content_id for content_id, is_near in zip(others, near, strict=True) if is_near]


def _candidates(connection: sqlite3.Connection, sketch: Sketch) -> dict[int, Sketch]:
    """Those that share a band with this one."""
    rows = connection.execute(
        "SELECT DISTINCT content_id FROM bands WHERE band IN (SELECT value FROM json_each(?))",
        (json.dumps(sketch.bands),),
    )
    return _sketches(connection, [row[0] for row in rows])


def _sketches(connection: sqlite3.Connection, content_ids: Iterable[int]) -> dict[int, Sketch]:
    rows = connection.execute(
        "SELECT content_id, signature, shingles FROM contents "
        "WHERE content_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(content_ids)),),
    )
    return {content_id: Sketch.decode(signature, shingles) for content_id, signature, shingles in rows}


def _count_bands(connection: sqlite3.Connection, content_id: int, sketch: Sketch) -> int:
    (count,) = connection.execute(
        "SELECT count(*) FROM bands WHERE content_id = ? AND band IN (SELECT value FROM json_each(?))",
        (content_id, json.dumps(sketch.bands)),
    ).fetchone()
    return int(count)
