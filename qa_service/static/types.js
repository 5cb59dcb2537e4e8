/**
 * The shapes that the service sends. Offsets count Unicode code points of the article's text.
 *
 * @typedef {object} Citation
 * @property {number} id
 * @property {string} article_id
 * @property {string} content_hash of the text that was quoted
 * @property {string} title
 * @property {string | null} url
 * @property {string | null} published
 * @property {string | null} [source]
 * @property {string | null} [author]
 * @property {number | null} [page]
 * @property {number} start
 * @property {number} end
 * @property {string} quote
 * @property {number} passage_start
 * @property {number} passage_end
 * @property {string} passage
 * @property {Copy[]} [copies] other articles with the same report
 *
 * @typedef {object} Copy
 * @property {string} article_id
 * @property {string} title
 * @property {string | null} url
 * @property {string | null} published
 * @property {string | null} source
 *
 * @typedef {object} Timeframe what a question says of time
 * @property {string} words
 * @property {"latest" | "since" | "around"} kind
 * @property {string | null} after
 * @property {string | null} before
 *
 * @typedef {object} Answer
 * @property {string} text
 * @property {number} confidence
 * @property {number[]} citations
 *
 * @typedef {object} Reply
 * @property {string} question
 * @property {string} standalone_question
 * @property {boolean} answerable
 * @property {string | null} answer
 * @property {number} confidence
 * @property {"single" | "list" | "sentence"} [kind] what the answers are to each other; a reply that was kept
 *   by an older page has none, and is a single
 * @property {Timeframe | null} [timeframe]
 * @property {string | null} [did_you_mean] the question with names that the articles have
 * @property {Answer[]} answers of a list its members
 * @property {Citation[]} citations
 * @property {Generated | null} [generated] an answer of a language model
 * @property {string | null} [note] why there is none
 *
 * @typedef {object} Sentence
 * @property {string} text
 * @property {number[]} citations
 * @property {number} support how well they bear it out, 0 to 1
 * @property {boolean} supported
 * @property {string | null} problem
 * @property {boolean} begins_line
 *
 * @typedef {{model: string, sentences: Sentence[], citations: Citation[]}} Generated
 *
 * @typedef {object} Found what was searched for, and what is going to be read
 * @property {string} standalone_question
 * @property {{article_id: string, title: string}[]} passages best first
 *
 * @typedef {object} Ready
 * @property {number} articles
 * @property {string | null} changed_at when an article was last added, changed or deleted, in ISO 8601
 *
 * @typedef {object} Article
 * @property {string} id
 * @property {string} title
 * @property {string | null} url
 * @property {string | null} published
 * @property {string | null} author
 * @property {string | null} source
 * @property {string | null} language
 * @property {string[]} tags
 * @property {string} content_hash
 * @property {string} text
 *
 * @typedef {Omit<Article, "text">} Summary
 * @typedef {{total: number, articles: Summary[]}} ArticleList
 * @typedef {{start: number, end: number, text: string}} Chunk
 *
 * @typedef {{value: string, articles: number}} Facet
 * @typedef {{sources: Facet[], authors: Facet[], languages: Facet[], tags: Facet[]}} Facets
 *
 * @typedef {object} Outcome
 * @property {"added" | "changed" | "unchanged" | "failed"} outcome
 * @property {string | null} id
 * @property {string | null} file
 * @property {string | null} reason
 *
 * @typedef {object} Outcomes
 * @property {number} added
 * @property {number} changed
 * @property {number} unchanged
 * @property {number} failed
 * @property {Outcome[]} outcomes
 *
 * @typedef {object} Turn a question of a conversation, and what it was answered
 * @property {string} id
 * @property {string} asked when, in ISO 8601
 * @property {string} question
 * @property {import("./turn.js").How} how
 * @property {Reply | null} reply null as long as there is none
 * @property {"up" | "down"} [rating] what the reader thought of it
 *
 * @typedef {{question: string, answer: string}} PastTurn
 */

export {};
