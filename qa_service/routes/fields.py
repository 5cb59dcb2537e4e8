"""The fields that several requests share, checked and cleaned as those of articles are."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictStr

from index.types import Filters, clean_text

MOST_ID_CHARS = 200


def _iso_date(text: str) -> str:
    from index.loaders.dates import iso_date

    iso = iso_date(text)
    if iso is None:
        raise ValueError("Give a date such as 2019-11-30, 2019-11 or 2019.")
    return iso


def _written(value: object) -> object:
    """A number is a date for pydantic: so many seconds since 1970."""
    if not isinstance(value, str):
        raise ValueError("Give a date such as 2019-11-30.")
    return value


def _field_text(value: object) -> object:
    from index.loaders.fields import field_text

    return field_text(value) or value


def _field_value(text: str) -> str:
    if not text:
        raise ValueError("Give a value, or take the field out.")
    return text


def _field_pair(text: str) -> str:
    name, _, value = (" ".join(part.split()) for part in text.partition("="))
    if not (name and value):
        raise ValueError("Write NAME=VALUE, such as section=Asia.")
    return f"{name}={value}"


def _content(text: str) -> str:
    if not text:
        raise ValueError("Give the article's text; this one is empty.")
    return text


def _no_long_identifier(text: str) -> str:
    if not 0 < len(text) <= MOST_ID_CHARS:
        raise ValueError(f"Give an id of 1 to {MOST_ID_CHARS} characters; this one has {len(text)}.")
    return text


def _identifier(text: str) -> str:
    _no_long_identifier(text)
    if any(unicodedata.category(char) == "Cc" for char in text):
        raise ValueError("Give an id without line breaks and other control characters.")
    return text


# Cleaned as articles are: JSON may hold what no stored text does, such as lone surrogates and NUL.
Text = Annotated[StrictStr, AfterValidator(clean_text)]
Day = Annotated[date, BeforeValidator(_written, json_schema_input_type=date)]
Date = Annotated[Text, AfterValidator(_iso_date)]
FieldText = Annotated[
    Text,
    BeforeValidator(_field_text, json_schema_input_type=str | float | bool),
    AfterValidator(_field_value),
    Field(json_schema_extra={"minLength": 1}),
]
FieldPair = Annotated[Text, AfterValidator(_field_pair)]
Content = Annotated[Text, AfterValidator(_content), Field(json_schema_extra={"minLength": 1})]
Id = Annotated[
    StrictStr,
    AfterValidator(_no_long_identifier),
    AfterValidator(clean_text),
    AfterValidator(_identifier),
    Field(json_schema_extra={"minLength": 1, "maxLength": MOST_ID_CHARS}),
]


class StrictModel(BaseModel):
    """What a request says; a field that is not known is an error."""

    model_config = ConfigDict(extra="forbid")


class MetadataFilters(StrictModel):
    """Which articles are meant: those that pass every filter given."""

    published_after: Date | None = None
    published_before: Date | None = None
    source: Text | None = None
    author: Text | None = None
    language: Text | None = None
    tags: list[Text] = []

    def filters(self) -> Filters:
        given = self.model_dump(include=set(MetadataFilters.model_fields))
        return Filters(**{**given, "tags": tuple(self.tags)})


class FiltersBody(MetadataFilters):
    """Which articles may answer."""

    fields: dict[Text, FieldText] = {}

    def filters(self) -> Filters:
        return replace(super().filters(), fields=self.fields)
