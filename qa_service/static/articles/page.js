/** The page of articles: joins the query, the list, the panels and the service. */

import { byId } from "../dom.js";
import { AddingPanel } from "./adding.js";
import { ArticlePanel } from "./article.js";
import { Deletions } from "./deletions.js";
import { ArticleList } from "./list.js";
import { Query } from "./query.js";

const query = new Query(() => list.load());
const deletions = new Deletions(refresh);
const panel = new ArticlePanel({ remove: (article) => deletions.begin(article), onChange: refresh });
const adding = new AddingPanel({ open: (id) => panel.open(id, byId("add")), onAdded: refresh });
const list = new ArticleList(query, deletions, {
  open: (article, opener) => panel.open(article.id, opener, article),
  remove: (article) => deletions.begin(article),
  add: () => adding.open(),
  retry: refresh,
});

function refresh() {
  list.refresh();
  query.refreshFacets();
}

byId("add").addEventListener("click", () => adding.open());
addEventListener("beforeunload", (event) => {
  if (adding.hasUnsaved || panel.hasUnsaved) event.preventDefault();
});
addEventListener("pageshow", (event) => event.persisted && refresh());
await query.start();
list.load();
