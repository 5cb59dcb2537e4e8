"""Questions in, answers out: the service over an index of articles."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask_openapi3 import OpenAPI

    from qa_service.config import Settings
    from qa_service.pipeline import Pipeline

__version__ = "0.1.0"


def create_app(settings: Settings, pipeline: Pipeline | None = None) -> OpenAPI:
    """The WSGI application. Opens the pipeline of ``settings`` unless one is given."""
    # Imported here, so that the command line starts without Flask and the models.
    from flask_openapi3 import Info, OpenAPI
    from werkzeug.middleware.proxy_fix import ProxyFix

    from qa_service import problems
    from qa_service.draining import Draining
    from qa_service.pipeline import Pipeline
    from qa_service.recent import Recent
    from qa_service.routes import (
        access,
        admission,
        articles,
        ask,
        completions,
        document,
        editing,
        feedback,
        guard,
        health,
        monitoring,
        openid,
        page,
        sign_in,
        stream,
        suggestions,
    )

    app = OpenAPI(
        __name__,
        info=Info(title="Question answering over articles", version=__version__),
        doc_ui=False,
        validation_error_callback=problems.invalid_request,
        validation_error_model=problems.Problem,
        security_schemes={"key": {"type": "http", "scheme": "bearer"}},
    )
    app.url_map.converters["article_id"] = articles.ArticleId
    app.url_map.merge_slashes = False  # ids may have two in a row, as addresses do
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the answer first, as the contract shows it
    app.extensions["settings"] = settings
    app.extensions["pipeline"] = pipeline or Pipeline.open(settings)
    app.extensions["draining"] = Draining()
    app.extensions["recent"] = Recent()
    if proxies := settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, proxies, proxies, proxies)  # type: ignore[method-assign]
    problems.init_app(app)
    monitoring.init_app(app)
    sign_in.init_app(app)
    openid.init_app(app)
    access.init_app(app)
    guard.init_app(app)
    admission.init_app(app)
    monitoring.measure(app)
    answering = (ask.routes, stream.routes, suggestions.routes, completions.routes, feedback.routes)
    for routes in (*answering, editing.routes, health.routes, monitoring.routes):
        app.register_api(routes)
    app.register_blueprint(sign_in.routes)
    app.register_blueprint(page.page)
    document.complete(app)
    return app
