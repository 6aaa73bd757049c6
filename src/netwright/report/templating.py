"""A page's template with the functions that it may call as filters; what is put into it is escaped."""

from collections.abc import Callable
from functools import cache
from typing import Any

import jinja2


@cache
def template_of(name: str, *tools: Callable[..., Any]) -> jinja2.Template:
    """Return a template of this room; a value that it names and does not get is an error."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("netwright.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update({tool.__name__: tool for tool in tools})
    return environment.get_template(name)
