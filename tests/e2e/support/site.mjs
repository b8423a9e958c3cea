// Where the built page is served while the tests run.

const PORT = Number(process.env.E2E_PORT ?? 46_173);

// Not the root of the host: the page must work wherever its folder is put.
export const BASE_PATH = "/some/base/";

export const ORIGIN = `http://127.0.0.1:${PORT}`;

/** Where a page is that somebody else serves, if that is the one to try. */
export const SITE_URL = process.env.SITE_URL;

export const BASE_URL = SITE_URL ?? `${ORIGIN}${BASE_PATH}`;

/** Where the hub of the tests is: another origin, as the real one is. */
export const HUB_ORIGIN = `http://127.0.0.1:${PORT + 1}`;
