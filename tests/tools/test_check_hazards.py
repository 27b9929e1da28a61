"""The hazard log cannot claim a test that is not there."""

import pytest

from tools.check_hazards import complaints, hazards

LOG = """# Log

## First part

### H-01 A thing
- **Severity**: major
- **Cause**: one
  and two.
- **Harm**: some.
- **Controls**: a check.
- **Evidence**: `tests/test_it.py::test_it_holds`, `journeys/a.yaml`
- **Status**: controlled

## Second part

### H-02 Another
- **Severity**: minor
- **Cause**: x
- **Harm**: y
- **Controls**: none
- **Evidence**: none yet
- **Status**: open
"""


@pytest.fixture
def root(tmp_path):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_it.py").write_text("def test_it_holds(client):\n    assert 1\n")
    (tmp_path / "journeys").mkdir()
    (tmp_path / "journeys" / "a.yaml").touch()
    return tmp_path


def test_a_log_whose_evidence_exists_has_no_complaint(root):
    assert list(complaints(LOG, root)) == []


def test_a_field_goes_on_over_lines_and_ends_with_the_hazard():
    found = hazards(LOG)
    assert found["H-01"]["Cause"] == "one and two."
    assert found["H-01"]["Status"] == "controlled"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("::test_it_holds", "::test_it_hold", "H-01: tests/test_it.py::test_it_hold does not"),
        ("journeys/a.yaml", "journeys/z.yaml", "H-01: journeys/z.yaml does not exist"),
        ("- **Harm**: some.\n", "", "H-01: has no harm"),
        ("Severity**: minor", "Severity**: tiny", "H-02: severity 'tiny' is not one of"),
        ("Status**: open", "Status**: fine", "H-02: status 'fine' is not one of"),
        ("Status**: open", "Status**: controlled", "H-02: controlled, but no evidence is named"),
        ("Status**: controlled", "Status**: partly", "H-01: partly controlled, but what is miss"),
    ],
)
def test_a_claim_without_ground_is_named(root, old, new, said):
    (complaint,) = complaints(LOG.replace(old, new), root)
    assert complaint.startswith(said)


def test_two_hazards_with_one_number_are_refused():
    with pytest.raises(ValueError, match="H-01 is there twice"):
        hazards(LOG.replace("H-02", "H-01"))
