"""The clinic's own pages are found in groups, and the menu says where one is."""

import pytest
from django.urls import get_resolver, resolve, reverse

from blikk.web.templatetags.administrator_menu import GROUPS, administrator_menu

PAGES = [page for _name, pages in GROUPS for page, _words in pages]


class At:
    def __init__(self, path: str) -> None:
        self.path = path


def here(path: str) -> str:
    return administrator_menu({"request": At(path)})["here"]


@pytest.mark.parametrize("page", PAGES)
def test_each_page_is_marked_where_it_is(page):
    assert here(reverse(page)) == reverse(page)
    # Scar: two pages had one address, and the one that came second was never seen.
    assert resolve(reverse(page)).url_name == page


def test_a_page_below_another_belongs_to_it_and_not_to_the_clinics_first_page():
    assert here(reverse("members") + "abc/") == reverse("members")
    assert here(reverse("clinic") + "noe-annet/") == reverse("clinic")


def test_no_page_stands_in_two_groups():
    assert len(PAGES) == len(set(PAGES))
    assert set(PAGES) <= set(get_resolver().reverse_dict)
