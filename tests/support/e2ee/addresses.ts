// The two parties of most tests. Service ids, so that messages are bound to them.
import type { Address } from './device.ts';

export const ALICE: Address = { name: '9d0652a3-dcc3-4d11-975f-74d61598733f', deviceId: 1 };
export const BOB: Address = { name: '796abedb-ca4e-4f18-8803-1fde5b921f9f', deviceId: 3 };
