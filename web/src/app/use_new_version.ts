/** Makes the page work offline, and notices when another version of it has been put in its place. */

import { useEffect, useState } from "preact/hooks";
import { offlineWorkerUrl } from "../settings";

/** True in the build that is served; see scripts/build.mjs. While one works on the page, what is shown must be what is
 * there, so that neither the file nor a version kept by an earlier visit may come in between. */
declare const IS_RELEASE: boolean;

/** What the page and its service worker say to each other. */
export type OfflineMessage = { kind: "take_over" } | { kind: "other_tabs" };

export interface NewVersion {
  isReady: boolean;
  /** The last attempt to take it met other tabs of this page. */
  hasOtherTabs: boolean;
  /** Take it, unless other tabs still show the old one: no tab ever has files of two versions. */
  reload(): void;
}

export function useNewVersion(): NewVersion {
  const [waiting, setWaiting] = useState<ServiceWorker | null>(null);
  const [hasOtherTabs, setHasOtherTabs] = useState(false);

  useEffect(() => {
    const { serviceWorker } = navigator;
    // Only secure contexts have one. Where it is switched off or refused, the page works as long as there is a line.
    if (serviceWorker === undefined) return;
    const start = IS_RELEASE ? registerOffline(serviceWorker, setWaiting) : unregisterOffline(serviceWorker);
    start.catch(() => {});
  }, []);

  return {
    isReady: waiting !== null,
    hasOtherTabs,
    reload: () => {
      if (waiting === null) return;
      navigator.serviceWorker.addEventListener("message", (event: MessageEvent<OfflineMessage>) => {
        if (event.data.kind === "other_tabs") setHasOtherTabs(true);
      });
      navigator.serviceWorker.addEventListener("controllerchange", () => window.location.reload(), { once: true });
      const message: OfflineMessage = { kind: "take_over" };
      waiting.postMessage(message);
    },
  };
}

async function registerOffline(
  container: ServiceWorkerContainer,
  onWaiting: (worker: ServiceWorker) => void,
): Promise<void> {
  const registration = await container.register(offlineWorkerUrl(), { updateViaCache: "none" });
  const look = () => {
    // Without a controller this is the first version, which has nothing to take the place of.
    if (registration.waiting !== null && container.controller !== null) onWaiting(registration.waiting);
  };
  look();
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", look));
}

async function unregisterOffline(container: ServiceWorkerContainer): Promise<void> {
  const registration = await container.getRegistration();
  await registration?.unregister();
}
