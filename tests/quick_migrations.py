"""The migrations with less work: a constraint, an index or a trigger more does not build every related model anew.

Django gives each state of the migrations its own model classes, and makes those of a model and of all that point to
it again after every operation. What a constraint, an index or a trigger changes is one option of one class. The SQL
that runs is the same; `make check` runs the migrations as Django does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

CHANGES: tuple[tuple[Any, str], ...] = (
    (ProjectState, "_append_option"),  # of indexes and constraints
    (ProjectState, "_remove_option"),
    (AddTrigger, "state_forwards"),
    (RemoveTrigger, "state_forwards"),
)


def patch(patcher: pytest.MonkeyPatch) -> None:
    plain = ProjectState.reload_model
    inside = False

    def option_alone(changes: Callable[..., None]) -> Callable[..., None]:
        def changed(*args: Any) -> None:
            nonlocal inside
            inside = True
            try:
                changes(*args)
            finally:
                inside = False

        return changed

    def reload_model(state: ProjectState, app_label: str, model_name: str, delay: bool = False) -> None:
        if not inside:
            plain(state, app_label, model_name, delay)
        elif "apps" in state.__dict__:
            options = state.models[app_label, model_name.lower()].options
            meta = state.apps.get_model(app_label, model_name)._meta
            for name in ("indexes", "constraints", "triggers"):
                if name in options:
                    setattr(meta, name, list(options[name]))

    patcher.setattr(ProjectState, "reload_model", reload_model)
    for owner, name in CHANGES:
        patcher.setattr(owner, name, option_alone(getattr(owner, name)))
