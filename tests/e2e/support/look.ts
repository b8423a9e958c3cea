/** How the page looks: at every width, in light and dark. */

import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** A screenshot at each width, light and dark, without sideways scrolling and without violations that axe finds. */
export async function look(page: Page, name: string): Promise<void> {
  const size = page.viewportSize();
  for (const width of [360, 768, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const overhang = () =>
        page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      await expect.poll(overhang).toBeLessThanOrEqual(0);
      // What stays in sight is at the top, not over what is further down.
      await page.evaluate(() => window.scrollTo(0, 0));
      await page.screenshot({ path: `output/${name}-${width}-${colorScheme}.png`, fullPage: true });
      if (width === 768) continue;
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    }
  }
  if (size !== null) await page.setViewportSize(size);
}
