"""An ArticleIndex on a Milvus cluster, for more articles or more machines than one."""

from index.milvus.index import MilvusIndex

__all__ = ["MilvusIndex"]
