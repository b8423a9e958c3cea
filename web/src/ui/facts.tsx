/** Names and values, for the inside of a list of descriptions. */
export function Facts({ facts }: { facts: readonly (readonly [string, string])[] }) {
  return facts.map(([name, value]) => (
    <div key={name}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  ));
}
