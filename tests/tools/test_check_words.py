"""The wording check follows the language guide, and knows whose words are whose."""

import pytest

from tools.check_words import complaints


@pytest.mark.parametrize(
    "line",
    [
        "The addict was admitted.",
        "An IV drug user of 34.",
        "History of substance abuse.",
        "Two dirty urine tests.",
        "She has been clean since May.",
        "opioid substitution therapy",
        "failed detox in 2019",
        "Non-compliant with vitals.",
        "drug-seeking behaviour",
        "He absconded at night.",
        "a frequent flyer",
        "Denies use of alcohol.",
        "suffering from withdrawal",
    ],
)
def test_a_term_of_the_guide_is_refused_with_what_to_write(line):
    ((number, sentence),) = complaints(line)
    assert number == 1
    assert "write" in sentence


@pytest.mark.parametrize(
    "line",
    [
        "A person with opioid use disorder, in recovery since May.",
        "The user signs in; users choose a role.",
        "Medication for addiction is offered.",
        "A clean clone passes make test.",
        "Her goal: “I want to get clean and stop being an addict.”",
        "Source: Substance Abuse and Mental Health Services Administration.",
        "Reports no use of alcohol.",
    ],
)
def test_plain_respectful_and_quoted_words_pass(line):
    assert complaints(line) == []


def test_the_line_is_named():
    assert complaints("fine\nfine\nthe junkie\n")[0][0] == 3
