/** What views are given: the engine to ask, the state to show. */
import type { EngineClient } from '../platform/engine-client.ts';
import type { AppState } from '../state/app-state.ts';

export interface AppContext {
  readonly engine: EngineClient;
  readonly state: AppState;
}
