"""Reviewed content cannot be changed while the software runs."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil

import pytest

from stepdown import clinical


def things():
    """Every dataclass of the clinical floor."""
    for module in pkgutil.walk_packages(clinical.__path__, "stepdown.clinical."):
        for _, each in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if dataclasses.is_dataclass(each) and each.__module__ == module.name:
                yield each


@pytest.mark.parametrize("thing", list(things()))
def test_a_clinical_thing_can_neither_be_altered_nor_added_to(thing):
    blank = object.__new__(thing)

    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(blank, dataclasses.fields(thing)[0].name, "other")
    assert not hasattr(blank, "__dict__")
