"""Trainings that the doctor is tried on: with planted faults, sound but unusual ones, and real ones that failed."""
