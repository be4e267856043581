/** Search over names and message texts. The index is only in the memory of the worker, never on the disk. */
import type { StoredMessage } from '../../../client/conversations/history.ts';

export interface SearchProgress {
  readonly indexedCount: number;
  readonly isComplete: boolean;
}

export interface SearchOptions {
  /** Only in this conversation. */
  readonly conversation?: string;
  /** Default 50. */
  readonly limit?: number;
}

/** Start and end of what matched, in UTF-16 units. */
export type HighlightRange = readonly [start: number, end: number];

export interface MessageHit {
  readonly message: StoredMessage;
  /** The part of the text around the first match, with … where it was cut. */
  readonly snippet: string;
  /** Within the snippet. */
  readonly highlights: readonly HighlightRange[];
}

export interface NameHit {
  readonly accountId: string;
  readonly name: string;
  readonly highlights: readonly HighlightRange[];
}

export interface SearchResult {
  readonly names: readonly NameHit[];
  /** Newest first. */
  readonly messages: readonly MessageHit[];
  /** False while older messages are still being indexed: ask again after the event `searchProgress` says so. */
  readonly isComplete: boolean;
}

export interface SearchApi {
  /** Builds the index when it is not there yet; call it when the search field gets the focus. */
  prepare(): Promise<void>;
  /** All words have to occur; the last one may be a beginning. Empty: no hits. */
  search(query: string, options?: SearchOptions): Promise<SearchResult>;
}
