/** Ready means: a message that comes now can be stored. */
export interface Health {
  /** @returns what is wrong, in a few words, or undefined. */
  findProblem(): Promise<string | undefined>;
}
