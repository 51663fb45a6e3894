"""Chapter 13: the claims of its text beside those in `test_formulas_13.py`."""

from course_lib import capstone
from tests.notebooks.claims import claims
from tests.notebooks.stored import line, numbers, says


@claims("13", "3 % are bad, in four ways", "12,000 joints of 120 lots of screws")
def test_the_joints():
    joints, lots, good, *faults = numbers("13", "Joints (simulated):")[:7]
    assert (joints, lots) == (12_000, 120) and good + sum(faults) == joints and len(faults) == 4
    assert round(100 * sum(faults) / joints) == 3


@claims("13", "The window of today contains 99 % of the good joints")
def test_the_window_contains_99_percent():
    false_alarms, of = numbers("13", "78% of the bad joints found,")
    assert round(100 * (1 - false_alarms / of)) == 99


@claims("13", "network and boosting are both far better than the window")
def test_both_are_better_than_the_window():
    assert says("13", "it costs less than half of the window:")
    assert line("13", "year 0: cheaper is the") == " boosting"  # so it costs less than half, too


@claims("13", "one joint is 1.1 points")
def test_one_joint_of_90():
    bad = numbers("13", "test 2400 joints of 24 lots,")[0]
    assert bad == 90 and round(100 / bad, 1) == 1.1


@claims("13", "So ask two other years that nobody has looked at")
def test_neither_wins_in_every_year():
    winners = {line("13", f"year {year}: cheaper is the").strip() for year in (0, 3, 4)}
    assert winners == {"boosting", "network"}


@claims("13", "Twice boosting, once the network", "Both cost far less than the window")
def test_boosting_wins_two_of_three():
    winners = [line("13", f"year {year}: cheaper is the").strip() for year in (0, 3, 4)]
    assert sorted(winners) == ["boosting", "boosting", "network"]
    assert says("13", "it costs less than half of the window:")


@claims("13", "One bad joint that is missed is 167 EUR for 1,000 joints here")
def test_the_price_of_one_joint():
    joints = numbers("13", "test 2400 joints of 24 lots,")
    assert joints and round(1000 * 400 / 2400) == 167


@claims("13", "lies just above all known lots", "Not every new lot is above it")
def test_the_line_at_15_percent():
    assert says("13", "all known lots lie below 15 %, but some new ones too:")


@claims("13", "they fail loudly: the share of alarms jumps at the first lot")
def test_they_fail_loudly():
    assert says("13", "false alarms of the window at least 5 times as many:")
    assert says("13", "false alarms of the network at least 5 times as many:")
    assert says("13", "more than half of the new lots lie above 15 %:")


@claims("13", "A network needs eleven functions", "A network is eleven small functions")
def test_eleven_functions():
    assert len(capstone.NAMES) == 11
