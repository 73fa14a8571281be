"""The demo's citizens fill in every form that they meet as its schema wants it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from jsonschema import Draft202012Validator

from atiende_city.form_language import in_language
from atiende_city.testing import example_release
from dev.demo.lines.portal import GENERAL, is_simple, values_of
from dev.demo.script import invented_day

pytestmark = pytest.mark.repo


def test_what_citizens_fill_in_is_valid() -> None:
    release = example_release()
    matters = invented_day(date(2026, 3, 2), 40, 1)
    filled = {
        code: in_language(procedure.form, "es")
        for code, procedure in release.procedures.items()
        if is_simple(in_language(procedure.form, "es"))
    }
    assert GENERAL in filled
    assert len(filled) > len(release.procedures) / 2
    for code, form in filled.items():
        check = Draft202012Validator(form, format_checker=Draft202012Validator.FORMAT_CHECKER)
        for matter in (*matters, replace(matters[0], text="", address="")):
            told = [error.message for error in check.iter_errors(values_of(form, matter))]
            assert told == [], code
