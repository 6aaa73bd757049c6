"""Series: rows in the order of time, one series or many, and the windows that forecasts are made from.

One file an idea: the column of time, the step between rows, channels, the whole as a panel, the borders between
training, validation and test rows, the origins of windows, scales, the season.
"""
