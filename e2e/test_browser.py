"""The page as a reader sees it, in a real browser over a real server."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

from conftest import ROOT, Server
from vedette import Part, SegmentationPrediction, SegmentedObject

SCREENSHOTS = ROOT / ".e2e" / "screenshots"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
WAIT_MILLISECONDS = 20_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        except Error as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"NO BROWSER: the page was not looked at. Install Debian's chromium. ({error.message[:80]})")
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """A signed-in page in which any error of a script fails the test, and any request elsewhere too."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(WAIT_MILLISECONDS)
    expect.set_options(timeout=WAIT_MILLISECONDS)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith((server.url, "data:", "blob:")) else problems.append(request.url)
        ),
    )
    page.goto(f"{server.url}/#token={server.token}")
    expect(page.get_by_role("heading", name="Deployments")).to_be_visible()
    # The token is not left where it could be seen or bookmarked.
    assert "token" not in page.url
    yield page
    context.close()
    assert problems == []


def coins(seed: int) -> tuple[bytes, SegmentationPrediction, SegmentationPrediction]:
    """A picture of discs; a champion that outlines each, one with a hole; a shadow that sees one."""
    chance = np.random.default_rng(seed)
    picture = np.full((300, 400, 3), 40, np.uint8)
    objects = []
    for n, (x, y) in enumerate([(90, 90), (260, 110), (180, 220)]):
        radius = int(chance.integers(30, 50))
        cv2.circle(picture, (x, y), radius, (160, 190, 200), -1)
        outer = disc(x, y, radius)
        holes = [disc(x, y, 10)] if n == 0 else []
        objects.append(SegmentedObject(n % 2, [Part(outer, holes)], 0.75 + n / 10))
    jpeg = cv2.imencode(".jpg", picture)[1].tobytes()
    return jpeg, SegmentationPrediction.from_objects(objects), SegmentationPrediction.from_objects(objects[:1])


def disc(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    angles = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    return [(float(x + radius * np.cos(a)), float(y + radius * np.sin(a))) for a in angles]


def shoot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


@pytest.fixture(scope="module")
def watched(server: Server) -> str:
    """A deployment with a dozen predictions of two cameras."""
    deployment = server.client.create_deployment("browser coins", labels=["small coin", "large coin"])
    deployment.set_shadow("v2")
    for n in range(12):
        picture, champion, shadow = coins(n)
        deployment.monitor(
            picture, 0.012, prediction=champion, source=f"camera-{n % 2 + 1}", tags=["day"], filename=f"frame-{n}.jpg",
            shadow_latency=0.004, shadow_raw_predictions=shadow,
        )  # fmt: skip
    return deployment.name


def test_deployments_and_their_predictions(page: Page, watched: str) -> None:
    card = page.get_by_test_id("deployment-card").filter(has_text=watched)
    expect(card).to_contain_text("12")
    shoot(page, "deployments")
    card.click()
    tiles = page.get_by_test_id("prediction-tile")
    expect(tiles).to_have_count(12)
    # The newest first, each with its picture and its polygons in label colours.
    expect(tiles.first.locator("img")).to_have_attribute("alt", re.compile("frame-11"))
    shapes = tiles.first.get_by_test_id("object-shape")
    expect(shapes).to_have_count(3)
    colours = {
        shape.get_attribute("data-label"): shape.evaluate("e => getComputedStyle(e).stroke") for shape in shapes.all()
    }
    assert set(colours) == {"small coin", "large coin"}
    assert len(set(colours.values())) == 2
    page.wait_for_function(
        "[...document.querySelectorAll('[data-testid=prediction-tile] img')].slice(0, 3).every(i => i.naturalWidth > 0)"
    )
    shoot(page, "predictions")
    # By a switch, the shadow's.
    page.get_by_test_id("role-switch").get_by_text("Shadow", exact=True).click()
    expect(tiles.first.get_by_test_id("object-shape")).to_have_count(1)


def test_one_prediction(page: Page, server: Server, watched: str) -> None:
    page.goto(f"{server.url}/deployments/{watched}")
    page.get_by_test_id("prediction-tile").first.click()
    viewer, facts = page.get_by_test_id("viewer"), page.get_by_test_id("facts")
    expect(viewer.get_by_test_id("object-shape")).to_have_count(3)
    for words in ("camera-2", "day", "400 × 300", "12 ms", "large coin", "0.85"):
        expect(facts).to_contain_text(words)
    shoot(page, "prediction")
    shape = viewer.get_by_test_id("object-shape").nth(1)
    shape.hover()
    expect(page.get_by_test_id("object-tip")).to_contain_text("large coin")
    expect(page.get_by_test_id("object-tip")).to_contain_text("0.85")
    before = float(viewer.get_attribute("data-scale") or 0)
    viewer.hover()
    page.mouse.wheel(0, -600)
    expect(viewer).not_to_have_attribute("data-scale", f"{before:.3f}")
    assert float(viewer.get_attribute("data-scale") or 0) > before
    box = shape.bounding_box()
    frame = viewer.bounding_box()
    assert box is not None
    assert frame is not None
    page.mouse.move(frame["x"] + 300, frame["y"] + 300)
    page.mouse.down()
    page.mouse.move(frame["x"] + 360, frame["y"] + 340, steps=4)
    page.mouse.up()
    moved = shape.bounding_box()
    assert moved is not None
    assert moved["x"] != box["x"]
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("frame-10.jpg").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("prediction-tile").first).to_be_visible()


def test_results_arrive_live(page: Page, server: Server) -> None:
    deployment = server.client.create_deployment("browser live", labels=["small coin", "large coin"])
    page.goto(f"{server.url}/deployments/{deployment.name}")
    # Nothing yet: the code that sends the first prediction, with the reader's own token and host.
    code = page.get_by_test_id("first-prediction-code")
    expect(code).to_contain_text(server.token)
    expect(code).to_contain_text(server.url)
    shoot(page, "first-prediction")
    for n in range(2):
        picture, champion, _ = coins(n)
        deployment.monitor(picture, 0.012, prediction=champion)
        expect(page.get_by_test_id("prediction-tile")).to_have_count(n + 1)


def test_names_are_only_text(page: Page, server: Server) -> None:
    markup = '<img src=x onerror=alert(1)>"&lt;'
    deployment = server.client.create_deployment(markup, labels=[markup, "b"])
    picture, champion, _ = coins(0)
    deployment.monitor(picture, 0.1, prediction=champion, source=markup, tags=[markup], filename=f"{markup}.jpg")
    page.goto(server.url)
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    page.get_by_test_id("deployment-card").filter(has_text=markup).click()
    page.get_by_test_id("prediction-tile").first.click()
    expect(page.get_by_test_id("facts")).to_contain_text(markup)


def test_a_bad_token_leads_back_to_signing_in(browser: Browser, server: Server) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server.url}/#token=vdt_{'x' * 43}")
    expect(page.get_by_role("alert")).to_contain_text("unknown", timeout=WAIT_MILLISECONDS)
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    context.close()


def test_a_picture_that_is_not_kept_leaves_its_frame(page: Page, server: Server) -> None:
    deployment = server.client.create_deployment("browser forgotten", labels=["small coin", "large coin"])
    picture, champion, _ = coins(3)
    deployment.monitor(picture, 0.1, prediction=champion, keep_image=False)
    page.goto(f"{server.url}/deployments/{deployment.name}")
    tile = page.get_by_test_id("prediction-tile").first
    expect(tile.get_by_test_id("object-shape")).to_have_count(3)
    expect(tile).to_contain_text("not kept")


@pytest.fixture(autouse=True, scope="module")
def built() -> Path:
    """The dashboard as the server serves it."""
    index = ROOT / "server/src/vedette_server/http/static/index.html"
    assert index.exists(), "run `make setup`: the dashboard is not built"
    return index
