import { testCertificate } from './test-certificate.ts';

/** Options under which a server pushes to stand-ins on this machine. */
export const pushEnvironment = (): Record<string, string> => ({
  VANT_PUSH_ALLOW_PRIVATE: '127.0.0.1',
  VANT_PUSH_CA_FILE: testCertificate().file,
  VANT_PUSH_ACKNOWLEDGE_WITHIN: '1s',
});
