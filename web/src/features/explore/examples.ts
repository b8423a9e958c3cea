/** Example pairs: at least one of each class, and two that are hard for sentence embeddings. */

export interface Example {
  name: string;
  sentenceA: string;
  sentenceB: string;
}

export const EXAMPLES: readonly [Example, ...Example[]] = [
  {
    name: "Follows",
    sentenceA: "A violinist is playing on a busy street corner.",
    sentenceB: "Someone is making music outdoors.",
  },
  {
    name: "May or may not be",
    sentenceA: "Two children are building a sandcastle near the pier.",
    sentenceB: "The children are on holiday with their grandparents.",
  },
  {
    name: "Contradicts",
    sentenceA: "The museum stays open until nine tonight.",
    sentenceB: "The museum is closed this evening.",
  },
  {
    name: "Same words, other meaning",
    sentenceA: "The dog chased the cat up the stairs.",
    sentenceB: "The cat chased the dog up the stairs.",
  },
  {
    name: "Nothing in common",
    sentenceA: "The bread in the oven smells wonderful.",
    sentenceB: "Parliament postponed the vote on the new rail tunnel.",
  },
];

/** The first lines of the matrix: three subjects, each in several ways. */
export const EXAMPLE_LINES = [
  "A violinist is playing on a busy street corner.",
  "Someone is making music outdoors.",
  "The street is silent and empty.",
  "The museum stays open until nine tonight.",
  "The museum is closed this evening.",
  "Visitors can see the exhibition after dinner.",
  "The bread in the oven smells wonderful.",
  "A loaf is being baked in the kitchen.",
].join("\n");
