"""Near-duplicates: texts that are one report, with words changed, a lead put before it or its end cut off.

MinHash over word shingles, after Broder, "On the resemblance and containment of documents" (1997), in
the form of Li and Li, "C-MinHash" (2022). Two texts are compared only if their signatures agree in a
whole band, so that the candidates among many are an index look-up (locality-sensitive hashing, Leskovec,
Rajaraman and Ullman, "Mining of Massive Datasets", section 3.4).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SHINGLE_WORDS = 3
BANDS, ROWS = 42, 3
"""Of pairs with a resemblance of 0.5 these bands bring 99.6 % to a comparison, of 0.4 still 93.8 %."""

THRESHOLD = 0.6
"""From this share of the shorter text's shingles on, two texts are one report; measured in
benchmarks/index-data.md."""

_SEED = 1

Signatures = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class Sketch:
    """What is kept of a text to compare it: (BANDS * ROWS,) minimal hashes, and its number of shingles."""

    signature: Signatures
    shingles: int

    @classmethod
    def of(cls, text: str) -> Sketch:
        from rensa import CMinHash

        shingles = _shingles(text)
        minhash = CMinHash(BANDS * ROWS, _SEED)
        minhash.update(sorted(shingles))
        return cls(np.array(minhash.digest(), np.uint32), len(shingles))

    @property
    def encoded(self) -> bytes:
        """The signature as it is stored: little-endian."""
        return self.signature.astype("<u4").tobytes()

    @property
    def bands(self) -> list[int]:
        """One signed 64-bit number for each band; two of one place are equal only if the bands are."""
        rows = [row.tobytes() for row in self.signature.astype("<u4").reshape(BANDS, ROWS)]
        hashes = [hashlib.blake2b(row, digest_size=8, salt=bytes([place])) for place, row in enumerate(rows)]
        return [int.from_bytes(each.digest(), "big", signed=True) for each in hashes]

    def near(self, signatures: Signatures, shingles: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Which of n texts are one report with this one: (n, BANDS * ROWS) and (n,) give (n,)."""
        return np.asarray(self.shared(signatures, shingles) >= THRESHOLD)

    def shared(self, signatures: Signatures, shingles: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """The estimated share of the shorter text's shingles in both; 0 without a common band: (n,)."""
        equal = signatures == self.signature
        resemblance = equal.mean(axis=1)
        common = resemblance / (1 + resemblance) * (shingles + self.shingles)
        compared = equal.reshape(-1, BANDS, ROWS).all(axis=2).any(axis=1)
        return np.where(compared, common / np.minimum(shingles, self.shingles), 0)


def _shingles(text: str) -> set[str]:
    words = re.findall(r"\w+", text.casefold())
    return {" ".join(words[i : i + SHINGLE_WORDS]) for i in range(max(1, len(words) - SHINGLE_WORDS + 1))}
