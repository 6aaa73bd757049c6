"""Forecasts for a terminal: errors beside baselines, recipes, channels, series. Every cell is a `Text`."""

from rich.table import Table
from rich.text import Text

from netwright.core.forecasts import ForecastEvaluation, SeriesSchema
from netwright.core.values import Contest
from netwright.report.forecast_words import step_in_words, trust_of_forecasts
from netwright.report.numbers import close, count, interval, percent, show
from netwright.report.tables import new_table

MOST_ROWS = 24  # of a table; the report has all


def errors_table(evaluation: ForecastEvaluation, name: str) -> Table:
    """Errors on the test windows with their 95% intervals, beside the baselines; the least in bold."""
    table = new_table(f"{name}: {count(evaluation.windows)} windows of rows that nothing was learnt from")
    table.add_column("")
    table.add_column("this run", justify="right")
    table.add_column("95% interval", justify="right", style="dim", no_wrap=True)
    for baseline in evaluation.baselines:
        table.add_column(Text(baseline), justify="right")
    for metric, measure in evaluation.metrics.items():
        others = [values[metric] for values in evaluation.baselines.values()]
        every = [measure.value, *others]
        least = min(value for value in every if value is not None)
        shown = [Text("–" if v is None else close(v), style="bold" if v == least else "") for v in every]
        label = Text(metric.upper()).append(" ↓, standardised", style="dim")
        table.add_row(label, shown[0], Text(interval(measure)), *shown[1:])
    return table


def recipes_table(contest: Contest) -> Table:
    """What each recipe made of the validation and of the test windows, the best first; what is kept in bold."""
    table = new_table()
    for heading in ("recipe", "validation loss ↓", "test MSE ↓", "weights", "seconds"):
        table.add_column(heading, justify="left" if heading == "recipe" else "right")
    kept = " + ".join(contest.chosen)
    for one in contest.contenders:
        values = ["–" if value is None else close(value) for value in (one.loss, one.test)]
        cells = (one.name, *values, count(one.parameters), show(one.seconds))
        table.add_row(*(Text(cell, style="bold" if one.name == kept else "") for cell in cells))
    return table


def channels_table(evaluation: ForecastEvaluation) -> Table | None:
    """Errors of each channel, in standardised units and in its own; None for a single one."""
    if not evaluation.channels:
        return None
    table = new_table()
    for heading in ("channel", "MSE", "MAE", "RMSE, own unit", "MAE, own unit", "held by intervals"):
        table.add_column(heading, justify="left" if heading == "channel" else "right")
    for channel in evaluation.channels[:MOST_ROWS]:
        values = (close(channel.mse), close(channel.mae), show(channel.rmse_own), show(channel.mae_own))
        table.add_row(*map(Text, (channel.name, *values, percent(channel.covered))))
    if len(evaluation.channels) > MOST_ROWS:
        table.add_row(Text(f"and {len(evaluation.channels) - MOST_ROWS:,} more", style="dim"))
    return table


def trust_table(evaluation: ForecastEvaluation) -> Table:
    """How far to trust the forecasts, a line for each thing there is to say."""
    table = new_table()
    table.show_header = False
    table.add_column("", no_wrap=True)
    table.add_column("", overflow="fold")
    for heading, words in trust_of_forecasts(evaluation).items():
        table.add_row(Text(heading), Text(words))
    return table


def series_table(schema: SeriesSchema) -> Table:
    """The series: their rows in each part, and what is read and said."""
    table = new_table(
        f"forecast {count(schema.horizon)} rows of {len(schema.channels)} channels from {count(schema.lookback)} before"
        f"{step_in_words(schema)}"
    )
    for heading in ("series", "rows", "train", "validation", "test"):
        table.add_column(heading, justify="left" if heading == "series" else "right")
    for fact in schema.series[:MOST_ROWS]:
        numbers = (fact.rows, fact.train, fact.validation, fact.test)
        table.add_row(Text(fact.name or "the one series"), *(Text(count(number)) for number in numbers))
    if len(schema.series) > MOST_ROWS:
        table.add_row(Text(f"and {len(schema.series) - MOST_ROWS:,} more", style="dim"))
    return table
