/**
 * Gives the page a language where the browser has none. WebKitGTK calls the language of a system without one "C", and
 * uPlot throws as it is loaded, because `Intl` knows no such language: nothing at all would be shown.
 */

try {
  Intl.getCanonicalLocales(navigator.language);
} catch {
  Object.defineProperty(navigator, "language", { value: "en" });
}
