import pytest
from hypothesis import HealthCheck, given, settings

from tests.calendars.test_files import HOSTILE_ENTRIES, require_closed_list


@pytest.mark.timeout(3600)
@settings(deadline=None, max_examples=10_000, suppress_health_check=list(HealthCheck))
@given(HOSTILE_ENTRIES)
def test_no_words_of_ten_thousand_get_out_of_the_closed_list(drawn):
    require_closed_list(*drawn)
