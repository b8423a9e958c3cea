/**
 * Makes the page work offline: keeps its files, each by the hash of its content, and answers from them.
 *
 * A new deploy is another service worker. It fetches what has changed beside what is kept, and waits; only when no tab
 * shows the old version, or the visitor asks for the new one in the last tab, does it take over. A file with another
 * hash than announced is refused, so that files of two deploys are never mixed. Models are not here: see
 * storage/store.ts.
 */

import { PrecacheController, PrecacheRoute } from "workbox-precaching";
import { registerRoute } from "workbox-routing";
import type { OfflineMessage } from "./app/use_new_version";

declare const self: ServiceWorkerGlobalScope;

interface DeployedFile {
  url: string;
  revision: string;
  /** Subresource integrity, which the browser checks; absent for index.html, which the operator of a mirror changes. */
  integrity?: string;
}

/** Written in front of this file by scripts/precache.mjs when the page is built. */
declare const DEPLOYED: {
  /** What every visit needs. */
  page: DeployedFile[];
  /** What only some visits need; kept once it is used. */
  onDemand: DeployedFile[];
};

/** The HTTP cache has most files from the current visit: it is asked whether they are still the same, so that a first
 * visit doesn't fetch everything twice. */
const plugins = [
  { requestWillFetch: async ({ request }: { request: Request }) => new Request(request, { cache: "no-cache" }) },
];

/** Other deploys of this page on the same host have caches of their own. */
const cacheName = (what: string) => `sentence-bert-lab.${what} ${self.registration.scope}`;

const page = new PrecacheController({ cacheName: cacheName("page"), plugins });
page.addToCacheList(DEPLOYED.page);
registerRoute(new PrecacheRoute(page, { directoryIndex: "index.html", cleanURLs: false }));

// Never installed: a file that is missing is fetched when it is asked for, checked, and put beside the others.
const onDemand = new PrecacheController({ cacheName: cacheName("on-demand"), plugins });
onDemand.addToCacheList(DEPLOYED.onDemand);
registerRoute(new PrecacheRoute(onDemand, { cleanURLs: false }));

self.addEventListener("install", (event) => void page.install(event));

self.addEventListener("activate", (event) => {
  void page.activate(event);
  void onDemand.activate(event);
  // The first visit's page is served from here on too: what it has yet to fetch may be wanted when the line is gone.
  event.waitUntil(self.clients.claim());
});

self.addEventListener("message", (event: ExtendableMessageEvent) => {
  if ((event.data as OfflineMessage).kind === "take_over") event.waitUntil(takeOver(event.source));
});

async function takeOver(asker: ExtendableMessageEvent["source"]): Promise<void> {
  const tabs = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const nOurs = tabs.filter(({ url }) => url.startsWith(self.registration.scope)).length;
  if (nOurs <= 1) return self.skipWaiting();
  const message: OfflineMessage = { kind: "other_tabs" };
  asker?.postMessage(message);
}
