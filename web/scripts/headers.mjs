// The headers that a static host should send with every file. The content security policy is that of index.html, so that
// there is one to maintain; docs/hosting.md says what each header is for.

const META = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/;

// What the page never asks a browser for.
const FEATURES_OFF = "bluetooth camera display-capture geolocation hid microphone midi payment serial usb";

/** @param {string} html index.html @returns {Record<string, string>} */
export function headersFor(html) {
  const policy = html.match(META)?.[1];
  if (policy === undefined) throw new Error("index.html has no content security policy");
  // A header binds workers too. They start replicas from a string, which Trusted Types would refuse; they have no document
  // to put HTML into, and worker-src says where their workers come from.
  const directives = policy.split(/;\s*/).filter((directive) => !directive.includes("trusted-types"));
  return {
    // A policy in the document can't say who may embed it.
    "Content-Security-Policy": [...directives, "frame-ancestors 'none'"].join("; "),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": FEATURES_OFF.replace(/\S+/g, "$&=(),").replace(/,$/, ""),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    // No file has a hash in its name: the browser asks each time whether it has changed.
    "Cache-Control": "no-cache",
  };
}

/** The file `_headers`, which Netlify, Cloudflare Pages and others read. @param {Record<string, string>} headers */
export function headersFile(headers) {
  const lines = Object.entries(headers).map(([name, value]) => `  ${name}: ${value}\n`);
  return `/*\n${lines.join("")}`;
}
