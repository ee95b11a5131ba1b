"""What holds for all tests: what a test has recorded (`record_property`) is printed at the end, whoever ran it."""

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    recorded = [
        (name, value)
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        for name, value in report.user_properties
    ]
    if recorded:
        terminalreporter.section("recorded by tests")
        for name, value in recorded:
            terminalreporter.line(f"{name}: {value}")
