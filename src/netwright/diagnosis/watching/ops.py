"""From a tape's entries to the operations of a case."""

from netwright.diagnosis.case import Op
from netwright.diagnosis.watching.reading import Reading
from netwright.diagnosis.watching.tape import Entry


def ops_of(entries: list[Entry], reading: Reading | None, light: bool) -> tuple[Op, ...]:
    """Return the operations of the network, and of those after its output the ones on the way to the loss.

    Args:
        entries: of one step.
        reading: what they say of the objective; None where the output did not reach a loss.
        light: whether the first entry only stands for the network.
    """
    way = {entry.number for entry in reading.way} if reading is not None else set()
    first = min(way, default=len(entries))
    kept = [e for e in entries if e.number in way or (e.number < first and not (light and e.number == 0))]
    return tuple(_op(entry, entry.number in way, reading) for entry in kept)


def _op(entry: Entry, after: bool, reading: Reading | None) -> Op:
    return Op(
        number=entry.number,
        kind=entry.kind,
        name=entry.name,
        inputs=entry.inputs,
        shape=entry.shape,
        layer=entry.layer,
        bias=entry.bias,
        where=entry.where,
        after_output=after,
        from_data=any(operand.origin is not None and operand.origin.data for operand in entry.operands),
        takes_target=reading is not None and entry is reading.meeting,
        input_shapes=tuple(operand.shape for operand in entry.operands),
    )
