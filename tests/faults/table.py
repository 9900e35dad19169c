"""A table of the faults that were provoked, after the tests: `script/test faults` loads this plugin."""

from __future__ import annotations

from collections import defaultdict

import pytest

_faults: dict[str, tuple[str, str]] = {}
_outcomes: dict[str, list[str]] = defaultdict(list)
_words: dict[str, str] = {}
_measured: dict[str, list[str]] = defaultdict(list)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if (marker := item.get_closest_marker("fault")) is not None:
            _faults[item.nodeid] = marker.args
            _words.setdefault(*marker.args)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.nodeid not in _faults or (report.when != "call" and report.passed):
        return
    code = _faults[report.nodeid][0]
    _outcomes[code].append(report.outcome)
    _measured[code] += [f"{name} {value}" for name, value in report.user_properties]


def pytest_terminal_summary(terminalreporter) -> None:
    write = terminalreporter.write_line
    terminalreporter.section("gangguan")
    for code in sorted(_outcomes, key=lambda code: (int(code[1:]), code)):
        held = _outcomes[code].count("passed")
        lost = len(_outcomes[code]) - held
        write(f"{code:4} {held:3} bertahan {lost:3} tidak   {_words[code]}")
        for line in _measured[code]:
            write(f"       {line}")
    good = sum(set(outcomes) == {"passed"} for outcomes in _outcomes.values())
    write(f"{good} dari {len(_outcomes)} gangguan tertahan, {sum(map(len, _outcomes.values()))} kali dicoba")
