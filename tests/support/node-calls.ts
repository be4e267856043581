/** Calls of members in the process of the test, with the state machine that every client has. */
import { nodeClock } from '../../cli/ports/node-ports.ts';
import { CallManager } from '../../client/calls/call-manager.ts';
import type { CallPorts } from '../../client/calls/call-ports.ts';
import type { CallView } from '../../client/calls/call-view.ts';
import type { NodeMember } from './node-member.ts';

export interface NodeCalls {
  readonly manager: CallManager;
  /** Hears of no more calls. */
  readonly stop: () => void;
}

export function openCalls(
  { client, account }: NodeMember,
  createPeer: CallPorts['createPeer'],
  onChange: (view: CallView) => void,
): NodeCalls {
  const ports: CallPorts = {
    self: account,
    clock: nodeClock,
    random: { bytes: (count) => crypto.getRandomValues(new Uint8Array(count)) },
    send: (recipient, message) => client.sendCall(recipient, message),
    sendDurably: (recipient, message) => client.sendCallDurably(recipient, message),
    createPeer,
    isInCallElsewhere: async () => false,
  };
  const manager = new CallManager(ports, onChange);
  return { manager, stop: client.on('call', (event) => void manager.receive(event)) };
}
