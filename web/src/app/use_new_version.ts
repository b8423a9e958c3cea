/** Makes the page work offline, and detects a new version of it. */

import { useEffect, useState } from "preact/hooks";
import { offlineWorkerUrl } from "../settings";

/** True in a release build; see scripts/build.mjs. A development build has no service worker, which could show an older
 * version. */
declare const IS_RELEASE: boolean;

/** The messages between the page and its service worker. */
export type OfflineMessage = { kind: "take_over" } | { kind: "other_tabs" };

export interface NewVersion {
  isReady: boolean;
  /** Other tabs prevented the last attempt to take it. */
  hasOtherTabs: boolean;
  /** Take it unless other tabs show the old one, so that no tab has files of two versions. */
  reload(): void;
}

export function useNewVersion(): NewVersion {
  const [waiting, setWaiting] = useState<ServiceWorker | null>(null);
  const [hasOtherTabs, setHasOtherTabs] = useState(false);

  useEffect(() => {
    const { serviceWorker } = navigator;
    // Only secure contexts have one. Without it the page works online.
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
    // Without a controller this is the first version, which replaces none.
    if (registration.waiting !== null && container.controller !== null) onWaiting(registration.waiting);
  };
  look();
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", look));
}

async function unregisterOffline(container: ServiceWorkerContainer): Promise<void> {
  const registration = await container.getRegistration();
  await registration?.unregister();
}
