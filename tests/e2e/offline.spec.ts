import { expect, test } from "./support/fixtures.ts";

test.use({ serviceWorkers: "allow" });

test("after the first visit the page works without a network", async ({ context, lab, page }) => {
  await lab.openReady();
  // The browser has all that a later visit needs once the service worker is there.
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await expect.poll(() => page.evaluate(() => caches.keys().then((names) => names.length))).toBeGreaterThan(0);

  await context.setOffline(true);
  await page.reload();
  await lab.expectReady();
  await lab.expectStillWorking();
  await context.setOffline(false);
});

test("a new deploy is picked up, whole, when the visitor wants it", async ({ lab, page }) => {
  await lab.openReady();
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.request.get("./deploy-again");
  await page.reload();
  await lab.expectReady();
  await expect(page.getByTestId("new-version")).toBeVisible();
  await page
    .getByTestId("new-version")
    .getByRole("button", { name: /Reload/ })
    .click();
  await lab.expectReady();
  await expect(page.getByTestId("new-version")).toHaveCount(0);
});
