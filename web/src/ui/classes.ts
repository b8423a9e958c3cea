/** The classes of pairs and of the head that came with a model. */

/** True if both name the same classes, in whatever order: then the head that came with a model is used for the pairs. */
export function areSameClasses(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((name) => others.includes(name));
}
