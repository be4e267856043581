/** What the page may ask of the engine, which lives in a worker: methods of the client, by name. Arguments and results are
 * copied between the two (structured clone), so there are no functions in them. */
import type { VantClient } from '../../client/client.ts';
import type { ClientEvents } from '../../client/events.ts';
import type { Team } from '../../client/team.ts';

/** `empty`: nobody has joined in this browser yet. `locked`: the records are under a passphrase that is not known yet. */
export type EngineState = 'empty' | 'joined' | 'locked';

export const CLIENT_METHODS = [
  'account',
  'conversations',
  'hasPendingRegistration',
  'join',
  'markRead',
  'messages',
  'recordCall',
  'sendCall',
  'sendCallDurably',
  'sendText',
  'unreadCounts',
] as const satisfies readonly (keyof VantClient)[];

export const TEAM_METHODS = [
  'acceptIdentity',
  'addDevice',
  'createInvite',
  'devices',
  'invites',
  'knownMembers',
  'members',
  'removeDevice',
  'removeMember',
  'revokeInvite',
  'safetyNumber',
  'setProfile',
  'setRole',
  'setTeamProfile',
  'teamProfile',
] as const satisfies readonly (keyof Team)[];

export interface EngineControl {
  /** Opens the store; connects when somebody has joined. */
  open(): Promise<EngineState>;
}

export const CONTROL_METHODS = ['open'] as const satisfies readonly (keyof EngineControl)[];

export interface EngineApi {
  readonly control: EngineControl;
  readonly client: Pick<VantClient, (typeof CLIENT_METHODS)[number]>;
  readonly team: Pick<Team, (typeof TEAM_METHODS)[number]>;
}

export interface EngineEvents extends ClientEvents {
  state: EngineState;
}

/** From the page to the worker. */
export interface CallMessage {
  readonly id: number;
  readonly target: keyof EngineApi;
  readonly method: string;
  readonly args: readonly unknown[];
}

/** An error as it crosses between the two: what a class name and a code say survives the copy, the class does not. */
export interface WireError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
}

/** From the worker to the page. */
export type EngineMessage =
  | { readonly type: 'result'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: WireError }
  | { readonly type: 'event'; readonly name: keyof EngineEvents; readonly detail: unknown };
