"""Indexes: which one the settings mean, in this machine's folder or on a Milvus cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from index.errors import ConfigError

if TYPE_CHECKING:
    from index.article_index import Manifest
    from index.local import LocalIndex
    from index.milvus import MilvusIndex
    from qa_service.config import Settings

    AnyIndex: TypeAlias = LocalIndex | MilvusIndex


def open_index(settings: Settings, manifest: Manifest | None = None) -> AnyIndex:
    """The index; where there is none it is begun, if a manifest is given. Raises StoreErrors, ConfigError."""
    if settings.index == "milvus":
        return open_milvus(settings, manifest)
    from index.local import LocalIndex

    return LocalIndex.open(settings.index_folder, manifest)


def open_embedded(settings: Settings, instead: str) -> LocalIndex:
    """The embedded index, for what can be done with it alone; ``instead`` is what to do with Milvus."""
    if settings.index == "milvus":
        raise ConfigError(f"That can't be done with index = milvus. {instead}")
    from index.local import LocalIndex

    return LocalIndex.open(settings.index_folder)


def open_milvus(settings: Settings, manifest: Manifest | None = None) -> MilvusIndex:
    """The index on the cluster that ``milvus_uri`` names."""
    if not settings.milvus_uri:
        raise ConfigError(
            "milvus_uri (QA_MILVUS_URI) is not set; give the address of the cluster and the name of a "
            "database there: --milvus-uri http://127.0.0.1:19530/articles"
        )
    try:
        from index.milvus import MilvusIndex
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"Milvus needs its client, and {error.name} is not installed: "
            "pip install -r requirements-milvus.txt"
        ) from error
    return MilvusIndex.open(settings.milvus_uri, settings.milvus_token, manifest)
