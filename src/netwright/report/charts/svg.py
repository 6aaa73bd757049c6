"""Elements of SVG, with every text and attribute escaped."""

from markupsafe import Markup, escape

Number = float | int
Attribute = str | float | int
Point = tuple[Number, Number]


def element(tag: str, *children: str, **attributes: Attribute) -> Markup:
    """One element. `class_` writes class, `stroke_width` writes stroke-width; plain strings inside are escaped."""
    written = Markup("").join(
        Markup(' {}="{}"').format(name.rstrip("_").replace("_", "-"), attribute(value))
        for name, value in attributes.items()
    )
    return Markup("<{0}{1}>{2}</{0}>").format(tag, written, Markup("").join(map(escape, children)))


def attribute(value: Attribute) -> str:
    """Coordinates to a tenth of a pixel: more only makes the page heavier."""
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


def picture(width: Number, height: Number, label: str, *children: Markup) -> Markup:
    """The `<svg>` itself. `label` says in words what the picture shows, for those who do not see it."""
    return element(
        "svg",
        *children,
        viewBox=f"0 0 {attribute(float(width))} {attribute(float(height))}",
        width=float(width),
        height=float(height),
        role="img",
        aria_label=label,
    )


def text(x: Number, y: Number, content: str, **attributes: Attribute) -> Markup:
    return element("text", content, x=float(x), y=float(y), **attributes)


def line(start: Point, end: Point, **attributes: Attribute) -> Markup:
    return element("line", x1=float(start[0]), y1=float(start[1]), x2=float(end[0]), y2=float(end[1]), **attributes)


def rectangle(corner: Point, size: Point, *children: str, **attributes: Attribute) -> Markup:
    x, y = corner
    width, height = size
    return element("rect", *children, x=x, y=y, width=width, height=height, **attributes)


def shorten(label: str, length: int) -> str:
    return label if len(label) <= length else label[: length - 1].rstrip() + "…"
