CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE articles (
    article_id TEXT PRIMARY KEY, text TEXT NOT NULL, content_hash TEXT NOT NULL, title TEXT NOT NULL,
    url TEXT, published TEXT, author TEXT, source TEXT, language TEXT, tags TEXT NOT NULL
);
CREATE INDEX articles_published ON articles (published);
-- AUTOINCREMENT: an id is never given twice, so a vector of an id never changes.
CREATE TABLE chunks (
    chunk_id INTEGER PRIMARY KEY AUTOINCREMENT,
    article_id TEXT NOT NULL REFERENCES articles ON DELETE CASCADE,
    start INTEGER NOT NULL, stop INTEGER NOT NULL, digest BLOB NOT NULL
);
CREATE INDEX chunks_article ON chunks (article_id);
-- Apart from the chunks, so that scanning chunks does not read the vectors.
CREATE TABLE vectors (
    chunk_id INTEGER PRIMARY KEY REFERENCES chunks ON DELETE CASCADE, vector BLOB NOT NULL
);
CREATE VIEW chunk_texts AS
    SELECT chunk_id, title, substr(text, start + 1, stop - start) AS body
    FROM chunks JOIN articles USING (article_id);
CREATE VIRTUAL TABLE chunks_fts USING fts5 (
    title, body, content = 'chunk_texts', content_rowid = 'chunk_id',
    tokenize = 'porter unicode61 remove_diacritics 2'
);
INSERT INTO meta VALUES ('generation', '0');
