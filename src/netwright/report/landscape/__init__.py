"""Drawing a landscape: one PNG, one interactive page, and a section of the report.

Colours and heights are one `Scale`, so that surfaces drawn beside each other can be compared.
"""
