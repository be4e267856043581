/** What can go wrong in the engine beside what the client and the server say. The codes reach the page. */

const ENGINE_ERRORS = {
  LOCKED: 'The messages are locked.',
  OUTDATED: 'Another tab runs a newer version of the app. Reload this one.',
  WRONG_PASSPHRASE: 'This is not the passphrase.',
  WRONG_PASSKEY: 'This passkey does not open the messages.',
  PROOF_NEEDED: 'The passphrase or passkey is needed for this.',
  NOT_A_BACKUP: 'This file is not a backup of Vant.',
  BACKUP_TOO_NEW: 'This backup was made by a newer version of Vant.',
  BACKUP_WRONG_PASSPHRASE: 'This is not the passphrase of the backup.',
  BACKUP_DAMAGED: 'The backup is damaged: it was changed, or a part of it is missing.',
  BACKUP_CANCELLED: 'The backup was cancelled.',
  BACKUP_BUSY: 'Another backup is being made or read.',
} as const;

export type EngineErrorCode = keyof typeof ENGINE_ERRORS;
export const ENGINE_ERROR_CODES = Object.keys(ENGINE_ERRORS) as readonly EngineErrorCode[];

export class EngineFault extends Error {
  override readonly name = 'EngineFault';
  readonly code: EngineErrorCode;

  constructor(code: EngineErrorCode, options: { cause?: unknown } = {}) {
    super(ENGINE_ERRORS[code], options);
    this.code = code;
  }
}
