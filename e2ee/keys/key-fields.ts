// Keys as fields of protocol buffers.
import { bytes, converted } from '../proto/message.ts';
import { PrivateKey } from './private-key.ts';
import { PublicKey } from './public-key.ts';

export const publicKey = /* @__PURE__ */ converted(
  bytes,
  (raw) => PublicKey.deserialize(raw),
  (key: PublicKey) => key.serialize(),
);
export const privateKey = /* @__PURE__ */ converted(
  bytes,
  (raw) => PrivateKey.deserialize(raw),
  (key: PrivateKey) => {
    return key.serialize();
  },
);
