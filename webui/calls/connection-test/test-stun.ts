/** Whether this browser learns under which address others see it: then calls can go directly from device to device. */

/** As with a relay, browsers give up after 9.5 seconds (RFC 8489, 6.2.1). */
const DEADLINE_MS = 12_000;

/** @param url such as `stun:chat.example.org:3478` @returns milliseconds until the answer, or undefined */
export async function testStun(url: string): Promise<number | undefined> {
  const connection = new RTCPeerConnection({ iceServers: [{ urls: [url] }] });
  const startedAt = performance.now();
  const done = Promise.withResolvers<number | undefined>();
  const timer = setTimeout(() => done.resolve(undefined), DEADLINE_MS);
  let hasError = false;
  connection.addEventListener('icecandidateerror', () => (hasError = true));
  connection.addEventListener('icecandidate', ({ candidate }) => {
    if (candidate?.type === 'srflx') done.resolve(performance.now() - startedAt);
  });
  connection.addEventListener('icegatheringstatechange', () => {
    // Whose own address is the one that others see, gets no second candidate for it, and no error either.
    if (connection.iceGatheringState === 'complete') done.resolve(hasError ? undefined : performance.now() - startedAt);
  });
  try {
    connection.createDataChannel('test');
    await connection.setLocalDescription();
    return await done.promise;
  } finally {
    clearTimeout(timer);
    connection.close();
  }
}
