// Why SPQR refuses a message. The session turns it into the public error.
export class SpqrError extends Error {
  override readonly name = 'SpqrError';
}

export const epochOutOfRange = (epoch: number): SpqrError => new SpqrError(`epoch not in valid range: ${epoch}`);
export const erroneousData = (): SpqrError => new SpqrError('Erroneous data received from remote party');
export const macFailed = (): SpqrError => new SpqrError('MAC verification failed');
export const malformed = (): SpqrError => new SpqrError('message decode failed');
