import { expect, test } from "./support/fixtures.ts";

// The real model: what a service worker fetches no test can put something else in the place of.
test.use({ serviceWorkers: "allow" });

test("after the first visit the page works without a network, and takes a new deploy when the visitor wants it", async ({
  context,
  lab,
  page,
}) => {
  await lab.openReady();
  // The browser has all that a later visit needs once the service worker is there.
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await expect.poll(() => page.evaluate(() => caches.keys().then((names) => names.length))).toBeGreaterThan(0);

  await test.step("without a network", async () => {
    await context.setOffline(true);
    await page.reload();
    await lab.expectReady();
    await lab.expectStillWorking();
    await context.setOffline(false);
  });

  await test.step("a new deploy is picked up, whole", async () => {
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
});
