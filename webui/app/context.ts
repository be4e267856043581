/** What views are given: the engine to ask, the state to show. */
import type { AccountId } from '../../wire/ids.ts';
import type { EngineClient } from '../platform/engine-client.ts';
import type { AppState } from '../state/app-state.ts';

/** Asked for by views, with the event `call-request`. */
export interface CallRequest {
  readonly peer: AccountId;
  readonly withVideo: boolean;
}

export interface AppContext {
  readonly engine: EngineClient;
  readonly state: AppState;
}
