/** The places of the page, each with an address of its own. */

import { useEffect, useState } from "preact/hooks";

export const PLACES = ["train", "compare", "explore"] as const;

export type Place = (typeof PLACES)[number];

export const addressOf = (place: Place) => `#/${place}`;

/** The place of an address, which may have settings after a question mark; any other address is that of the first place. */
export function placeOf(hash: string): Place {
  return PLACES.find((place) => addressOf(place) === hash.split("?")[0]) ?? PLACES[0];
}

export function usePlace(): Place {
  const [place, setPlace] = useState(() => placeOf(location.hash));
  useEffect(() => {
    const onChange = () => {
      setPlace(placeOf(location.hash));
      window.scrollTo(0, 0);
    };
    window.addEventListener("hashchange", onChange);
    return () => window.removeEventListener("hashchange", onChange);
  }, []);
  return place;
}
