"""Takes the pictures of the documentation from a running demo: python take.py http://127.0.0.1:8600 TOKEN"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent


def main(host: str, token: str) -> None:
    """The predictions of a deployment, and one of them with champion and shadow."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1360, "height": 820})
        page.goto(f"{host}/#token={token}")
        page.get_by_test_id("deployment-card").first.locator("img").first.wait_for()
        page.wait_for_timeout(1500)
        page.goto(f"{host}/deployments/coin-inspection")
        page.get_by_test_id("prediction-tile").first.wait_for()
        page.wait_for_timeout(1500)
        page.screenshot(path=HERE / "predictions.jpg", type="jpeg", quality=82)
        page.goto(f"{host}/deployments/tissue-nuclei?show=both")
        page.get_by_test_id("prediction-tile").first.click()
        page.get_by_test_id("facts").wait_for()
        page.wait_for_timeout(1500)
        page.screenshot(path=HERE / "prediction.jpg", type="jpeg", quality=82)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
