"""A plugin of pytest (see pyproject.toml): a test that does not run does not pass."""

from collections.abc import Generator

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skipped test, or one that is let fail, counts as a failed one."""
    report = yield
    if report.skipped or hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"Here a skipped test is a failed test: {report.longrepr}"
        report.__dict__.pop("wasxfail", None)  # with it pytest would show the failure and pass
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """So does a whole file that skips itself."""
    report = yield
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"Here a skipped file is a failed file: {report.longrepr}"
    return report
