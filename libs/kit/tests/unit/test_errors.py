import pytest

from atiende_kit import errors

pytestmark = pytest.mark.unit


def test_error_carries_reason_message_fields_and_retry() -> None:
    error = errors.RateLimited("TOO_OFTEN", "Espere.", fields={"/a": "b"}, retry_after=3)
    assert (error.reason, error.message, error.fields, error.retry_after) == (
        "TOO_OFTEN",
        "Espere.",
        {"/a": "b"},
        3,
    )
    assert str(error) == "TOO_OFTEN: Espere."


def test_service_may_refine_a_kind() -> None:
    class CaseClosed(errors.FailedPrecondition):
        pass

    assert issubclass(CaseClosed, errors.AtiendeError)


def test_nobody_adds_a_branch_to_the_tree() -> None:
    with pytest.raises(TypeError, match="must subclass a kind"):
        type("Strange", (errors.AtiendeError,), {"__module__": "elsewhere"})


def test_every_exported_kind_is_drawn_in_the_docstring() -> None:
    assert errors.__doc__ is not None
    for name in errors.__all__:
        assert name in errors.__doc__
