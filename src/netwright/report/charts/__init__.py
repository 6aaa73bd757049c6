"""Small pictures as inline SVG, one file a picture.

Each file's functions take plain values and return the `<svg>` as safe markup, or empty markup where there is nothing
to draw. Colours come from the page's style sheet, so one picture serves light, dark and print.
Pictures are drawn at the width they are meant to be read at, about that of a telephone, and laid side by side.
"""
