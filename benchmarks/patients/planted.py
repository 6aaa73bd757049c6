"""Sound programs with one fault each: every fault in its five settings, over the programs that it fits in turn."""

from collections.abc import Iterator

from netwright.diagnosis.faults import FAULTS, Fault, plant
from netwright.diagnosis.faults.healthy import HEALTHY
from netwright.diagnosis.programs import Program, train_program
from patients.visit import Visit, held_out, look, told

HARM = 0.05  # of a score: what a fault does less harm than is no illness


def planted(every: int = 1) -> Iterator[tuple[Fault, Program, object, Program]]:
    """Yield faults, sound programs, settings and planted programs: all, or every so many of them."""
    sound = {name: make() for name, make in HEALTHY.items()}
    count = 0
    for number in range(5):
        for place, fault in enumerate(FAULTS.values()):
            fits = [program for program in sound.values() if fault.fits(program)]
            program, setting = fits[(place + number) % len(fits)], fault.settings[number]
            count += 1
            if count % every == 0:
                yield fault, program, setting, plant(fault, program, setting)


def visits(every: int = 1) -> Iterator[Visit]:
    """Yield what is said of each."""
    scores: dict[str, float | None] = {}
    for fault, sound, setting, sick in planted(every):
        if sound.name not in scores:
            scores[sound.name] = train_program(sound, 0).score
        outcome, findings, seconds = look(sick)
        healthy = scores[sound.name]
        yield Visit(
            "planted",
            fault.name,
            sound.name,
            str(setting),
            held_out(fault.name, setting, sound.name),
            fault.causes,
            fault.symptoms,
            told(findings),
            findings[0].evidence if findings else "",
            outcome.score,
            healthy,
            not fault.mild or outcome.score is None or (healthy or 0.0) - outcome.score >= HARM,
            seconds,
        )
