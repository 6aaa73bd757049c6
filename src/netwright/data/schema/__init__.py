"""From a table to a data contract: kinds, roles and the task, each with a reason.

Takes a `Table` and a `SchemaRequest`. Hands on a `Schema` and the table whose rows can be learnt from.
"""
