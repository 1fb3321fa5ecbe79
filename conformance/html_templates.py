"""The templates of HTML pages: whatever goes into one is escaped, and what is missing is an error."""

from jinja2 import Environment, PackageLoader, StrictUndefined, Template


def html_template(package: str, name: str) -> Template:
    """Return the template of this name that lies beside the modules of a package."""
    environment = Environment(
        loader=PackageLoader(package, "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
