"""Every page that the map of addresses has, with something to show, held to what all must pass."""

from playwright.sync_api import Page
from werkzeug.routing import Rule

from central.accounts.permissions import (
    PERMISSIONS,
    PUBLIC_ENDPOINTS,
    Role,
    required_permission,
)
from tests.browser.conftest import Site
from tests.browser.inspection import Inspector
from tests.portal.samples import own_path

# They lead to the provider of accounts, which is not ours to inspect.
_AWAY = frozenset({"sign_in.leave_for_provider", "sign_in.come_back"})


def _is_for_aspirantes(site: Site, rule: Rule) -> bool:
    if rule.rule.startswith("/api/") or rule.endpoint in _AWAY or "GET" not in (rule.methods or ()):
        return False
    permission = required_permission(site.world.app.view_functions[rule.endpoint])
    return permission in PERMISSIONS[Role.ASPIRANTE] or rule.endpoint in PUBLIC_ENDPOINTS


def test_every_page_of_the_map_passes_inspection(own_page: Page, site: Site) -> None:
    inspected, problems = [], {}
    for rule in sorted(site.world.app.url_map.iter_rules(), key=str):
        if not _is_for_aspirantes(site, rule):
            continue
        address = site.url + own_path(rule, site.world)
        answer = own_page.request.get(address, max_redirects=0)
        if not answer.headers.get("content-type", "").startswith("text/html") or not answer.ok:
            continue
        inspector = Inspector(own_page)
        own_page.goto(address)
        inspected.append(rule.endpoint)
        if found := inspector.check():
            problems[rule.rule] = found
    assert problems == {}
    assert len(inspected) > 20
