// Gives the host's event loop a turn in the midst of long work, so that a page can paint and a worker can take its messages.

interface Port {
  onmessage: (() => void) | null;
  postMessage(message: null): void;
  close(): void;
}
type ChannelClass = new () => { readonly port1: Port; readonly port2: Port };

/**
 * By a message to ourselves: fair to other tasks, and unlike a timer not held back in pages that nobody sees. (A promise of
 * WebCrypto would not do: Chromium settles those without a task.) A host without MessageChannel gets no turn; nothing else
 * depends on it.
 */
export function yieldToHost(): Promise<void> {
  const Channel = (globalThis as { readonly MessageChannel?: ChannelClass }).MessageChannel;
  if (Channel === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    const { port1, port2 } = new Channel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
