import { test as base } from "@playwright/test";
import { LabPage } from "./lab_page.ts";
import { Watch } from "./watch.ts";

export { expect } from "@playwright/test";

/** Every test gets the page, and after every test its requests and complaints are checked. */
export const test = base.extend<{ watch: Watch; lab: LabPage }>({
  watch: async ({ context, page }, use) => {
    const watch = new Watch(context, page);
    await use(watch);
    watch.expectPrivacy();
    watch.expectQuiet();
  },
  lab: async ({ page, watch }, use) => {
    await use(new LabPage(page, watch));
  },
});
