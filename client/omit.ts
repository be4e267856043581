/** The record without some of its fields: an absent field is not the same as an undefined one. */
export function omit<T extends object, K extends keyof T>(record: T, ...names: readonly K[]): Omit<T, K> {
  const kept = Object.entries(record).filter(([name]) => !names.some((omitted) => omitted === name));
  return Object.fromEntries(kept) as Omit<T, K>;
}
